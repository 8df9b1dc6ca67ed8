use crate::calls::{Call, CallStatus};
use crate::values::{Timestamp, WebhookId};
use crate::webhooks::{DisabledState, Endpoint, Event, Webhook, WebhookKind};

/// One endpoint that is told of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenEndpoint {
    /// The outbound webhook, or the inbound webhook whose response webhook it is.
    pub webhook_id: WebhookId,
    /// In which words.
    pub event: Event,
}

/// Why an endpoint gets no delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoEndpointError {
    /// The webhook, or its response webhook, is disabled.
    Disabled,
    /// The inbound webhook has no response webhook (any more).
    Absent,
}

impl Webhook {
    /// Where this webhook's deliveries of `event` go.
    ///
    /// # Errors
    ///
    /// [`NoEndpointError`] when they go nowhere now.
    pub fn endpoint_for(&self, event: Event) -> Result<&Endpoint, NoEndpointError> {
        let (endpoint, own_state) = self.endpoint_and_state(event).ok_or(NoEndpointError::Absent)?;
        let enabled = self.state.is_enabled() && own_state.is_enabled();
        if enabled { Ok(endpoint) } else { Err(NoEndpointError::Disabled) }
    }

    /// Where this webhook's deliveries go while it is enabled; `None` when there is no such endpoint.
    #[must_use]
    pub fn endpoint(&self) -> Option<&Endpoint> {
        self.endpoint_and_state(self.event()).map(|(endpoint, _)| endpoint)
    }

    /// Whether it asks for this event.
    #[must_use]
    pub fn asks_for(&self, event: Event) -> bool {
        matches!(&self.kind, WebhookKind::Outbound { events, .. } if events.contains(&event))
    }

    /// What those of its deliveries tell of whose rows name no event.
    #[must_use]
    pub fn event(&self) -> Event {
        match self.kind {
            WebhookKind::Outbound { .. } => Event::CallFinished,
            WebhookKind::Inbound { .. } => Event::CallCompleted,
        }
    }

    /// Whether the endpoint for `event` itself was disabled, and why: of an inbound webhook, the response webhook's own state. `None`
    /// when there is no such endpoint.
    #[must_use]
    pub fn endpoint_state(&self, event: Event) -> Option<&DisabledState> {
        self.endpoint_and_state(event).map(|(_, own_state)| own_state)
    }

    /// The payload of its owner's own design in which it tells of `event`; `None` is the documented one, which it is for what is not
    /// about a call.
    #[must_use]
    pub fn payload_version(&self, event: Event) -> Option<Timestamp> {
        if event.is_about_an_endpoint() {
            return None;
        }
        self.endpoint_and_state(event).and_then(|(endpoint, _)| endpoint.payload_version)
    }

    fn endpoint_and_state(&self, event: Event) -> Option<(&Endpoint, &DisabledState)> {
        match (&self.kind, event) {
            (WebhookKind::Outbound { endpoint, .. }, event) if event != Event::CallCompleted => {
                Some((endpoint, &self.state))
            }
            (WebhookKind::Inbound { response_webhook: Some(response), .. }, Event::CallCompleted) => {
                Some((&response.endpoint, &response.state))
            }
            _ => None,
        }
    }
}

/// Who is told of a call that is over: each enabled outbound webhook of its account that asks for it and whose filter lets it
/// through, and the response webhook of the inbound webhook that triggered it. A call that was cancelled is told to the former
/// only. `webhooks` are the account's, of both directions.
pub fn choose_endpoints<'a>(
    call: &'a Call,
    webhooks: impl IntoIterator<Item = &'a Webhook>,
) -> impl Iterator<Item = ChosenEndpoint> {
    webhooks.into_iter().filter_map(|webhook| {
        let cancelled = call.status == CallStatus::Cancelled;
        let event = match &webhook.kind {
            WebhookKind::Outbound { filter: Some(filter), .. } if !filter.lets_through(call) => return None,
            WebhookKind::Outbound { .. } => Event::to_outbound(call.status),
            WebhookKind::Inbound { .. } if !cancelled && call.webhook_id.as_ref() == Some(&webhook.id) => {
                Event::CallCompleted
            }
            WebhookKind::Inbound { .. } => return None,
        };
        if event != Event::CallCompleted && !webhook.asks_for(event) {
            return None;
        }
        webhook.endpoint_for(event).ok()?;
        Some(ChosenEndpoint { webhook_id: webhook.id.clone(), event })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::sample_call;
    use crate::values::{Clock, Randomness, Slug};
    use crate::webhooks::webhook::samples::{asking, endpoint, outbound, webhook};
    use crate::webhooks::{CallFilter, ResponseWebhook};

    fn disabled() -> DisabledState {
        DisabledState::Disabled {
            disabled_reason: "owner".into(),
            disabled_at: Clock::system().now(),
            is_untold: false,
        }
    }

    fn inbound(id: &str, response: Option<DisabledState>) -> Webhook {
        let response_webhook = response.map(|state| ResponseWebhook { endpoint: endpoint(), state });
        webhook(
            id,
            WebhookKind::Inbound {
                slug: Slug::generate(&Randomness::system()),
                campaign_id: None,
                response_webhook,
                has_rules: false,
            },
        )
    }

    fn chosen(call: &Call, webhooks: &[Webhook]) -> Vec<(String, Event)> {
        choose_endpoints(call, webhooks).map(|chosen| (chosen.webhook_id.to_string(), chosen.event)).collect()
    }

    #[test]
    fn every_enabled_outbound_webhook_is_told_and_the_response_webhook_of_the_triggering_webhook() {
        let mut call = sample_call();
        call.webhook_id = Some(WebhookId::parse("wh_in").expect("an id"));
        let mut off = outbound("wh_off");
        off.state = disabled();
        let webhooks = [
            outbound("wh_a"),
            off,
            outbound("wh_b"),
            inbound("wh_in", Some(DisabledState::Enabled)),
            inbound("wh_other", Some(DisabledState::Enabled)),
        ];
        let expected =
            [("wh_a", Event::CallFinished), ("wh_b", Event::CallFinished), ("wh_in", Event::CallCompleted)];
        assert_eq!(chosen(&call, &webhooks), expected.map(|(id, event)| (id.to_owned(), event)));
    }

    #[test]
    fn a_payload_of_ones_own_is_for_what_tells_of_a_call() {
        let version = Some(Timestamp::from_millis(7));
        let own = Endpoint { payload_version: version, ..endpoint() };
        let kind = WebhookKind::Outbound { endpoint: own, filter: None, events: Event::BY_DEFAULT.to_vec() };
        let webhook = webhook("wh_own", kind);
        for event in [Event::CallFinished, Event::CallCancelled] {
            assert_eq!(webhook.payload_version(event), version, "{event:?}");
            assert_eq!(outbound("wh_a").payload_version(event), None, "{event:?}");
        }
        for event in [Event::WebhookDisabled, Event::WebhookFailing] {
            assert_eq!(webhook.payload_version(event), None, "{event:?}");
        }
    }

    #[test]
    fn an_outbound_webhook_is_told_of_what_its_filter_lets_through() {
        let only = |id, status| {
            let filter = CallFilter { statuses: Some(vec![status]), ..CallFilter::default() };
            webhook(
                id,
                WebhookKind::Outbound {
                    endpoint: endpoint(),
                    filter: Some(filter),
                    events: Event::BY_DEFAULT.to_vec(),
                },
            )
        };
        let call = Call { status: CallStatus::Missed, ..sample_call() };
        let webhooks = [only("wh_finished", CallStatus::Finished), only("wh_missed", CallStatus::Missed)];
        assert_eq!(chosen(&call, &webhooks), [("wh_missed".to_owned(), Event::CallFinished)]);
    }

    #[test]
    fn a_call_that_was_cancelled_is_told_to_those_that_ask_for_it_and_to_no_response_webhook() {
        let mut call = Call { status: CallStatus::Cancelled, ..sample_call() };
        call.webhook_id = Some(WebhookId::parse("wh_in").expect("an id"));
        let webhooks = [
            outbound("wh_a"),
            asking("wh_b", &[Event::CallCancelled]),
            asking("wh_c", &[Event::CallFinished, Event::CallCancelled]),
            inbound("wh_in", Some(DisabledState::Enabled)),
        ];
        let expected = ["wh_b", "wh_c"].map(|id| (id.to_owned(), Event::CallCancelled));
        assert_eq!(chosen(&call, &webhooks), expected);
        call.status = CallStatus::Finished;
        let told = chosen(&call, &webhooks).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!(told, ["wh_a", "wh_c", "wh_in"]);
    }

    #[test]
    fn a_call_of_no_webhook_has_no_response_webhook() {
        assert_eq!(chosen(&sample_call(), &[inbound("wh_in", Some(DisabledState::Enabled))]), []);
    }

    #[test]
    fn an_absent_or_disabled_response_webhook_is_not_told() {
        let mut call = sample_call();
        call.webhook_id = Some(WebhookId::parse("wh_in").expect("an id"));
        assert_eq!(chosen(&call, &[inbound("wh_in", None)]), []);
        assert_eq!(chosen(&call, &[inbound("wh_in", Some(disabled()))]), []);
    }

    #[test]
    fn a_webhook_has_one_endpoint_and_tells_it_of_one_event() {
        let outbound = outbound("wh_a");
        let disabled = disabled();
        let mut inbound = inbound("wh_in", Some(disabled.clone()));
        assert_eq!((outbound.event(), inbound.event()), (Event::CallFinished, Event::CallCompleted));
        assert_eq!((outbound.endpoint(), inbound.endpoint()), (Some(&endpoint()), Some(&endpoint())));
        assert_eq!(outbound.endpoint_state(Event::CallFinished), Some(&DisabledState::Enabled));
        assert_eq!(outbound.endpoint_state(Event::CallCompleted), None);
        assert_eq!(inbound.endpoint_state(Event::CallCompleted), Some(&disabled));
        inbound.kind = self::inbound("wh_in", None).kind;
        assert_eq!((inbound.endpoint(), inbound.endpoint_state(Event::CallCompleted)), (None, None));
    }

    #[test]
    fn a_response_webhook_is_told_nothing_while_its_inbound_webhook_is_disabled() {
        let mut webhook = inbound("wh_in", Some(DisabledState::Enabled));
        assert_eq!(webhook.endpoint_for(Event::CallCompleted), Ok(&endpoint()));
        assert_eq!(webhook.endpoint_for(Event::CallFinished), Err(NoEndpointError::Absent));
        webhook.state = disabled();
        assert_eq!(webhook.endpoint_for(Event::CallCompleted), Err(NoEndpointError::Disabled));
    }
}
