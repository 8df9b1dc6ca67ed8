use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::{Campaign, CampaignStatus, Clock, Slug, Timestamp};
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
    /// `None` when none is bound.
    pub(crate) campaign: Option<Campaign>,
    /// Whether the account had a credit left. Not asked of a webhook without a campaign.
    pub(crate) has_credit: bool,
}

impl Target {
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
    clock: Clock,
    remembered: Mutex<HashMap<Slug, (Timestamp, Target)>>,
}

impl Targets {
    /// Reads through to `intake`.
    #[must_use]
    pub fn new(intake: Intake, clock: Clock) -> Self {
        Self { intake, clock, remembered: Mutex::default() }
    }

    /// The target of this slug; `None` when there is none.
    pub(crate) async fn find(&self, slug: &Slug) -> Result<Option<Target>, StoreError> {
        let now = self.clock.now();
        if let Some(target) = self.recall(slug, now) {
            return Ok(Some(target));
        }
        let Some(webhook) = self.intake.webhook_by_slug(slug).await? else { return Ok(None) };
        let (campaign, has_credit) = match &webhook.campaign_id {
            Some(id) => {
                let account = &webhook.account_id;
                tokio::try_join!(self.intake.campaign(account, id), self.intake.has_credit(account))?
            }
            None => (None, false),
        };
        let target = Target { webhook, campaign, has_credit };
        if target.is_live() {
            self.remember(slug, now, &target);
        }
        Ok(Some(target))
    }

    /// The account's last credit has gone: it is looked at anew with each request, until there is one.
    pub(crate) fn forget(&self, slug: &Slug) {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner).remove(slug);
    }

    fn recall(&self, slug: &Slug, now: Timestamp) -> Option<Target> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, target) = remembered.get(slug)?;
        is_fresh(*since, now).then(|| target.clone())
    }

    fn remember(&self, slug: &Slug, now: Timestamp, target: &Target) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= CAPACITY {
            remembered.retain(|_, (since, _)| is_fresh(*since, now));
        }
        if remembered.len() < CAPACITY {
            remembered.insert(slug.clone(), (now, target.clone()));
        }
    }
}
