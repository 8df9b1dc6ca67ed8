//! Payloads of their owners' own design, read and compiled once for each document.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{Event, Timestamp, Webhook, WebhookId};
use payloads::{InvalidTemplate, Template};
use store::{Attempts, StoreError};

/// Templates that an environment keeps.
const KEPT: usize = 64;

/// A document that is ready to be rendered; or why it is none any more.
pub(crate) type Compiled = Result<Arc<Template>, InvalidTemplate>;

/// What an environment has compiled, by webhook. Which document it was is known by its version, which the webhook names: so a
/// change holds from the next attempt on, and what has not changed is not read again.
#[derive(Default)]
pub struct Templates(Mutex<HashMap<WebhookId, (Timestamp, Compiled)>>);

domain::shows_only!(Templates {});

/// The templates of a batch, by webhook.
pub(crate) struct OfBatch(HashMap<WebhookId, Result<Compiled, StoreError>>);

impl OfBatch {
    /// The template in which the webhook tells of `event`; `None` for the documented payload.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it is not known now.
    pub(crate) fn of(&self, webhook: &Webhook, event: Event) -> Result<Option<&Compiled>, StoreError> {
        if webhook.payload_version(event).is_none() {
            return Ok(None);
        }
        // Never the documented payload in its place: its receiver takes another.
        let found = self.0.get(&webhook.id).ok_or_else(StoreError::payload_taken_away)?;
        found.as_ref().map(Some).map_err(Clone::clone)
    }
}

impl Templates {
    /// The templates of these webhooks, each with the version that it names. One read brings all that are not kept, and there is
    /// none when all are.
    pub(crate) async fn load(&self, attempts: &Attempts, wanted: &[(&Webhook, Timestamp)]) -> OfBatch {
        let (mut found, mut unknown) = (HashMap::new(), Vec::<&Webhook>::new());
        for (webhook, version) in wanted {
            match self.kept().get(&webhook.id) {
                Some((kept, compiled)) if kept == version => {
                    found.insert(webhook.id.clone(), Ok(compiled.clone()));
                }
                _ if unknown.iter().any(|other| other.id == webhook.id) => {}
                _ => unknown.push(webhook),
            }
        }
        let mut read =
            if unknown.is_empty() { Ok(HashMap::new()) } else { attempts.payloads(&unknown).await };
        for webhook in unknown {
            let stored = match &mut read {
                Ok(stored) => {
                    stored.remove(&webhook.id).unwrap_or_else(|| Err(StoreError::payload_taken_away()))
                }
                Err(error) => Err(error.clone()),
            };
            let compiled = stored.map(|payload| {
                let compiled = Template::parse(&payload.document.to_value()).map(Arc::new);
                self.keep(&webhook.id, payload.version, compiled.clone());
                compiled
            });
            found.insert(webhook.id.clone(), compiled);
        }
        OfBatch(found)
    }

    fn keep(&self, webhook: &WebhookId, version: Timestamp, compiled: Compiled) {
        let mut kept = self.kept();
        let another =
            kept.keys().next().filter(|_| kept.len() >= KEPT && !kept.contains_key(webhook)).cloned();
        another.map(|another| kept.remove(&another));
        kept.insert(webhook.clone(), (version, compiled));
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<WebhookId, (Timestamp, Compiled)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::{Clock, Randomness};

    use super::*;

    fn compiled() -> Compiled {
        Template::parse(&serde_json::json!({"text": "{{ call.id }}"})).map(Arc::new)
    }

    #[test]
    fn an_environment_keeps_the_newest_document_of_each_webhook_and_no_more_webhooks_than_it_may() {
        let (templates, at) = (Templates::default(), Timestamp::from_millis);
        let webhook = || WebhookId::new(Clock::system().now(), &Randomness::system());
        let seen = |of: &WebhookId| {
            let kept = templates.kept();
            (kept.len(), kept.get(of).map(|(version, _)| *version))
        };
        let first = webhook();
        templates.keep(&first, at(1), compiled());
        templates.keep(&first, at(2), compiled());
        assert_eq!(seen(&first), (1, Some(at(2))));
        for _ in 0..KEPT * 2 {
            templates.keep(&webhook(), at(1), compiled());
        }
        assert_eq!(seen(&first).0, KEPT);
        let last = webhook();
        templates.keep(&last, at(3), compiled());
        templates.keep(&last, at(4), compiled());
        assert_eq!(seen(&last), (KEPT, Some(at(4))));
    }
}
