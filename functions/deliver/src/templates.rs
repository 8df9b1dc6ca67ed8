//! Payloads of their owners' own design, read and compiled once for each document.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{Event, Timestamp, Webhook, WebhookId};
use payloads::{InvalidTemplate, Template};
use store::{Attempts, StoreError};

/// Memory of the templates that an environment keeps, in bytes, beside the newest one. A function has 256 MB; one document may
/// take 2 MB, and most take a tenth of one.
const KEPT: usize = 32 * 1024 * 1024;

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
        kept.remove(webhook);
        let mut memory: usize = kept.values().map(|(_, compiled)| memory_of(compiled)).sum();
        // In no order: any of the others.
        kept.retain(|_, (_, other)| {
            let stays = memory <= KEPT;
            memory -= if stays { 0 } else { memory_of(other) };
            stays
        });
        kept.insert(webhook.clone(), (version, compiled));
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<WebhookId, (Timestamp, Compiled)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn memory_of(compiled: &Compiled) -> usize {
    /// Of the entry itself, and of a reason.
    const OF_AN_ENTRY: usize = 1024;
    OF_AN_ENTRY + compiled.as_ref().map_or(0, |template| template.memory())
}

#[cfg(test)]
mod tests {
    use domain::{Clock, Randomness};

    use super::*;

    fn compiled(text: &str) -> Compiled {
        Template::parse(&serde_json::json!({ "text": text })).map(Arc::new)
    }

    #[test]
    fn an_environment_keeps_the_newest_document_of_each_webhook_and_no_more_memory_than_it_may() {
        let (templates, at) = (Templates::default(), Timestamp::from_millis);
        let webhook = || WebhookId::new(Clock::system().now(), &Randomness::system());
        let versions = |of: &WebhookId| templates.kept().get(of).map(|(version, _)| *version);
        let memory = || templates.kept().values().map(|(_, compiled)| memory_of(compiled)).sum::<usize>();
        let first = webhook();
        templates.keep(&first, at(1), compiled("{{ call.id }}"));
        templates.keep(&first, at(2), compiled("{{ call.id }}"));
        assert_eq!(templates.kept().len(), 1);
        assert_eq!(versions(&first), Some(at(2)));

        let large = compiled(&"{{ call.id }}".repeat(128));
        let most = KEPT + memory_of(&large);
        for _ in 0..KEPT / memory_of(&large) * 2 {
            let last = webhook();
            templates.keep(&last, at(1), large.clone());
            assert_eq!(versions(&last), Some(at(1)));
            assert!(memory() <= most, "{} bytes", memory());
        }
        assert!(memory() > KEPT / 2, "{} bytes are kept", memory());
    }

    #[test]
    fn what_cannot_be_read_any_more_takes_room_too() {
        let unreadable = Template::parse(&serde_json::json!({})).map(Arc::new);
        assert!(unreadable.is_err() && memory_of(&unreadable) > 0);
    }
}
