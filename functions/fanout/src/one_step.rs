use domain::{Call, DeliveryId, Webhook, WebhookId, choose_endpoints};
use queues::DeliveryMessage;

/// Most deliveries that are queued at once: a hundred requests to SQS, about a second. Accounts within their limits have
/// fewer, and are told in one step.
const MAX_DELIVERIES: usize = 1_000;

/// One step of a fan-out: the deliveries of some calls of an account to the next of its webhooks.
#[derive(Debug, PartialEq)]
pub(crate) struct OneStep {
    /// The deliveries.
    pub(crate) messages: Vec<DeliveryMessage>,
    /// How many there are of each call.
    pub(crate) counts: Vec<usize>,
    /// The last webhook of this step, when others are left.
    pub(crate) rest_after: Option<WebhookId>,
}

impl OneStep {
    /// The step that begins with these webhooks, which stand in the order of their ids.
    pub(crate) fn of(calls: &[&Call], webhooks: &[Webhook], there_are_more: bool) -> Self {
        let (mut messages, mut counts) = (Vec::new(), vec![0; calls.len()]);
        for (place, webhook) in webhooks.iter().enumerate() {
            let of_webhook: Vec<_> = calls.iter().map(|call| delivery(call, webhook)).collect();
            let number = of_webhook.iter().flatten().count();
            if place > 0 && messages.len() + number > MAX_DELIVERIES {
                return Self { messages, counts, rest_after: Some(webhooks[place - 1].id.clone()) };
            }
            counts.iter_mut().zip(&of_webhook).for_each(|(count, of_call)| *count += of_call.iter().len());
            messages.extend(of_webhook.into_iter().flatten());
        }
        let last = webhooks.last().filter(|_| there_are_more);
        Self { messages, counts, rest_after: last.map(|webhook| webhook.id.clone()) }
    }
}

/// What the webhook is told of the call, if anything.
fn delivery(call: &Call, webhook: &Webhook) -> Option<DeliveryMessage> {
    let endpoint = choose_endpoints(call, [webhook]).next()?;
    let id = DeliveryId::derived(&call.id, &endpoint.webhook_id, call.over_at());
    let (account, call) = (call.account_id.clone(), call.id.clone());
    Some(DeliveryMessage::first(id, account, endpoint.webhook_id, call, endpoint.event))
}

#[cfg(test)]
mod tests {
    use domain::{
        DeliveryMethod, DisabledState, Endpoint, Event, SealedBytes, TargetUrl, Timestamp, WebhookKind,
        sample_call,
    };

    use super::*;

    fn outbound(number: usize, is_enabled: bool) -> Webhook {
        let (now, url) =
            (Timestamp::from_millis(0), TargetUrl::parse("https://example.com/").expect("a URL"));
        let endpoint = Endpoint::new(url, DeliveryMethod::Post);
        let disabled =
            DisabledState::Disabled { disabled_reason: "owner".into(), disabled_at: now, is_untold: false };
        Webhook {
            account_id: sample_call().account_id,
            id: WebhookId::parse(&format!("wh_{number:05}")).expect("an id"),
            name: "one".into(),
            state: if is_enabled { DisabledState::Enabled } else { disabled },
            signing_secret: SealedBytes(Vec::new()),
            previous_secrets: Vec::new(),
            managed_by: None,
            created_at: now,
            updated_at: now,
            kind: WebhookKind::Outbound { endpoint, filter: None, events: Event::BY_DEFAULT.to_vec() },
        }
    }

    fn step(calls: usize, webhooks: usize, there_are_more: bool) -> OneStep {
        let (call, webhooks) = (sample_call(), (0..webhooks).map(|n| outbound(n, true)).collect::<Vec<_>>());
        OneStep::of(&vec![&call; calls], &webhooks, there_are_more)
    }

    #[test]
    fn few_webhooks_are_told_in_one_step() {
        let step = step(10, 100, false);
        assert_eq!((step.messages.len(), step.counts, step.rest_after), (1_000, vec![100; 10], None));
    }

    #[test]
    fn a_step_ends_before_the_webhook_that_makes_it_too_large() {
        let step = step(7, 1_000, true);
        assert_eq!((step.messages.len(), step.counts), (994, vec![142; 7]));
        assert_eq!(step.rest_after, Some(outbound(141, true).id));
    }

    #[test]
    fn a_step_goes_on_behind_the_last_webhook_that_was_read() {
        assert_eq!(step(1, 500, true).rest_after, Some(outbound(499, true).id));
        let (call, disabled) = (sample_call(), [outbound(7, false)]);
        let step = OneStep::of(&[&call], &disabled, true);
        assert_eq!((step.messages.len(), step.rest_after), (0, Some(outbound(7, false).id)));
    }
}
