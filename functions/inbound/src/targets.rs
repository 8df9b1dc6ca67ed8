use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::{Campaign, CampaignStatus, Clock, IntakeRules, Slug, Timestamp};
use lambda_http::http::HeaderMap;
use store::{InboundTarget, Intake, StoreError};

/// How long a target is remembered. An edit takes effect within 5 seconds; one is left for the index `bySlug` to follow.
const REMEMBERED: Duration = Duration::from_secs(4);

/// Most targets remembered by one environment.
const CAPACITY: usize = 1_000;

/// A clock that was set back makes a target old, not young for ever.
fn is_fresh(since: Timestamp, now: Timestamp) -> bool {
    now.checked_since(since).is_some_and(|age| age < REMEMBERED)
}

/// The webhook and the campaign behind a slug.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) webhook: InboundTarget,
    /// What its owner has set for its requests.
    pub(crate) rules: IntakeRules,
    /// `None` when none is bound.
    pub(crate) campaign: Option<Campaign>,
    /// Whether the account had a credit left. Not asked of a webhook without a campaign.
    pub(crate) has_credit: bool,
}

impl Target {
    /// Whether a request with these headers is one that the webhook takes.
    pub(crate) fn admits(&self, headers: &HeaderMap) -> bool {
        self.rules.required_header.as_ref().is_none_or(|required| {
            headers.get_all(required.name()).iter().any(|value| required.has_value(value.as_bytes()))
        })
    }

    /// Whether a request would be dialled. Only such targets are remembered: whoever has just finished setting up a webhook
    /// should not have to wait for it to work, nor who has just bought credits.
    fn is_live(&self) -> bool {
        let live = |campaign: &Campaign| campaign.status == CampaignStatus::Active && campaign.has_prompt();
        self.webhook.is_enabled() && self.has_credit && self.campaign.as_ref().is_some_and(live)
    }
}

/// Finds what a slug names, and remembers it for some seconds.
#[derive(Debug)]
pub struct Targets {
    intake: Intake,
    remembered: Remembered,
}

impl Targets {
    /// Reads through to `intake`.
    #[must_use]
    pub fn new(intake: Intake, clock: Clock) -> Self {
        Self { intake, remembered: Remembered { clock, targets: Mutex::default() } }
    }

    /// The target of this slug; `None` when there is none.
    pub(crate) async fn find(&self, slug: &Slug) -> Result<Option<Target>, StoreError> {
        if let Some(target) = self.remembered.recall(slug) {
            return Ok(Some(target));
        }
        let asked_at = self.remembered.clock.now();
        let Some(webhook) = self.intake.webhook_by_slug(slug).await? else { return Ok(None) };
        let (rules, (campaign, has_credit)) =
            tokio::try_join!(self.rules(&webhook), self.campaign(&webhook))?;
        let target = Target { webhook, rules, campaign, has_credit };
        if target.is_live() {
            self.remembered.remember(slug, asked_at, &target);
        }
        Ok(Some(target))
    }

    async fn rules(&self, webhook: &InboundTarget) -> Result<IntakeRules, StoreError> {
        if webhook.has_rules() { self.intake.rules(webhook).await } else { Ok(IntakeRules::default()) }
    }

    /// The campaign, and whether the account has a credit for its calls.
    async fn campaign(&self, webhook: &InboundTarget) -> Result<(Option<Campaign>, bool), StoreError> {
        let Some(id) = &webhook.campaign_id else { return Ok((None, false)) };
        let account = &webhook.account_id;
        tokio::try_join!(self.intake.campaign(account, id), self.intake.has_credit(account))
    }

    /// The account's last credit has gone: it is looked at anew with each request, until there is one.
    pub(crate) fn forget(&self, slug: &Slug) {
        self.remembered.forget(slug);
    }
}

/// The targets of the last seconds, by the wall's clock: another may stand still while the function is frozen, and a slug that
/// was rotated meanwhile would go on being believed.
#[derive(Debug)]
struct Remembered {
    clock: Clock,
    targets: Mutex<HashMap<Slug, (Timestamp, Target)>>,
}

impl Remembered {
    fn recall(&self, slug: &Slug) -> Option<Target> {
        let targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, target) = targets.get(slug)?;
        is_fresh(*since, self.clock.now()).then(|| target.clone())
    }

    fn remember(&self, slug: &Slug, asked_at: Timestamp, target: &Target) {
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        if targets.len() >= CAPACITY {
            let now = self.clock.now();
            targets.retain(|_, (since, _)| is_fresh(*since, now));
        }
        if targets.len() < CAPACITY {
            targets.insert(slug.clone(), (asked_at, target.clone()));
        }
    }

    fn forget(&self, slug: &Slug) {
        self.targets.lock().unwrap_or_else(PoisonError::into_inner).remove(slug);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use domain::Randomness;
    use serde_json::json;

    use super::*;

    /// A memory whose clock is moved by hand, as it moves for a function that was frozen.
    struct Memory {
        remembered: Remembered,
        millis: Arc<AtomicU64>,
    }

    impl Memory {
        fn new() -> Self {
            let millis = Arc::new(AtomicU64::new(1_730_179_200_000));
            let shown = Arc::clone(&millis);
            let clock = Clock::new(move || Timestamp::from_millis(shown.load(Ordering::Relaxed)));
            Self { remembered: Remembered { clock, targets: Mutex::default() }, millis }
        }

        fn remember(&self, slug: &Slug) {
            let webhook = json!({"accountId": "acc_1", "id": "wh_1", "status": "enabled"});
            let webhook = serde_json::from_value(webhook).expect("a webhook");
            let target = Target { webhook, rules: IntakeRules::default(), campaign: None, has_credit: true };
            self.remembered.remember(slug, self.remembered.clock.now(), &target);
        }

        fn knows(&self, slug: &Slug) -> bool {
            self.remembered.recall(slug).is_some()
        }
    }

    fn slug() -> Slug {
        Slug::generate(&Randomness::system())
    }

    #[test]
    fn a_target_is_believed_for_less_than_four_seconds_of_the_walls_clock() {
        let (memory, slug) = (Memory::new(), slug());
        memory.remember(&slug);
        memory.millis.fetch_add(3_999, Ordering::Relaxed);
        assert!(memory.knows(&slug));
        memory.millis.fetch_add(1, Ordering::Relaxed);
        assert!(!memory.knows(&slug));
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nothing() {
        let (memory, slug) = (Memory::new(), slug());
        memory.remember(&slug);
        memory.millis.fetch_sub(1, Ordering::Relaxed);
        assert!(!memory.knows(&slug));
    }

    #[test]
    fn a_full_memory_takes_no_more_until_what_it_has_is_old() {
        let (memory, one_more) = (Memory::new(), slug());
        (0..CAPACITY).for_each(|_| memory.remember(&slug()));
        memory.remember(&one_more);
        assert!(!memory.knows(&one_more));
        memory.millis.fetch_add(4_000, Ordering::Relaxed);
        memory.remember(&one_more);
        assert!(memory.knows(&one_more));
    }
}
