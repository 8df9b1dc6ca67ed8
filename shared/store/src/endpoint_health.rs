//! What an attempt means for its endpoint, written over the endpoint that was asked and over no other.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use domain::{
    Endpoint, EndpointStatus, FAILURES_WHEN_TOLD, HealthChange, Mark, Timestamp, Webhook, WebhookKind,
};

use crate::dynamo::item::{Item, key2, number, text, unless_refused};
use crate::{Attempts, StoreError};

/// What became of an endpoint that was to be disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disabling {
    /// It is disabled now.
    Done,
    /// It is disabled already, and keeps its first reason.
    Already,
    /// Meanwhile the webhook has another endpoint, or the same one anew, or none: nothing is known against that.
    Moved,
}

impl Attempts {
    /// Notes that an endpoint fails or is slow from now on, or not any more. Nothing an owner sees, so `updatedAt` stays. Nothing
    /// is noted about another endpoint that the webhook has meanwhile; nor of a failure that is counted, or of a success, when
    /// meanwhile another attempt has noted something. Whether it is noted.
    pub async fn note_health(
        &self,
        webhook: &Webhook,
        endpoint: &Endpoint,
        change: HealthChange,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let at = Path::of(webhook).endpoint;
        let marks = [(change.failing, "failingSince"), (change.slow, "slowSince")];
        let of = |mark: Mark| marks.iter().filter(move |(wanted, _)| *wanted == mark);
        let mut set: Vec<String> = of(Mark::Set)
            .map(|(_, name)| format!("{at}.{name} = if_not_exists({at}.{name}, :now)"))
            .collect();
        let mut cleared: Vec<String> = of(Mark::Clear).map(|(_, name)| format!("{at}.{name}")).collect();
        let mut update = self.update(webhook, endpoint);
        let (mut parts, mut condition) = (Vec::new(), format!("{at}.#url = :url"));
        if endpoint.told_of(change) == Some(EndpointStatus::Failing) {
            set.push(format!("{at}.toldFailingAt = :now"));
        }
        if change.failures.is_some() || change.failing == Mark::Clear {
            // Attempts that fail side by side have seen the same, and are one. A success beside them has seen it, too: it does not
            // undo what they have noted. One that has been on its way for long may have seen failures that are over.
            let seen = [
                ("failures", (endpoint.failures > 0).then(|| number(endpoint.failures))),
                ("failingSince", endpoint.failing_since.map(|since| number(since.as_millis()))),
            ];
            for (name, value) in seen {
                let Some(value) = value else {
                    condition += &format!(" AND attribute_not_exists({at}.{name})");
                    continue;
                };
                // That the failures were told meanwhile changes nothing about their end, which the owner is told by now.
                let is_end = name == "failures" && endpoint.is_noted_to_be_told();
                let compared = if is_end { ">=" } else { "=" };
                condition += &format!(" AND {at}.{name} {compared} :{name}Seen");
                update = update.expression_attribute_values(format!(":{name}Seen"), value);
            }
        }
        if let Some(failures) = change.failures {
            set.push(format!("{at}.failures = :failures"));
            update = update.expression_attribute_values(":failures", number(failures));
        }
        // Where they are not counted, none is left for a later outage: an older version has cleared `failingSince` alone.
        let is_left = change.failing == Mark::Set && change.failures.is_none();
        if (change.failing == Mark::Clear || is_left) && endpoint.failures > 0 {
            cleared.push(format!("{at}.failures"));
        }
        if set.iter().any(|set| set.contains(":now")) {
            update = update.expression_attribute_values(":now", number(now.as_millis()));
        }
        if !set.is_empty() {
            parts.push(format!("SET {}", set.join(", ")));
        }
        if !cleared.is_empty() {
            parts.push(format!("REMOVE {}", cleared.join(", ")));
        }
        let update = update.update_expression(parts.join(" ")).condition_expression(condition);
        let Some(item) = unless_done(update).await? else { return Ok(true) };
        // The answer may be all that was lost, and the SDK has asked again.
        Ok(Path::of(webhook).told_failing_at(&item) == Some(&number(now.as_millis())))
    }

    /// Notes that its owner is told that the endpoint fails, as it does `since`.
    pub async fn note_told(
        &self,
        webhook: &Webhook,
        endpoint: &Endpoint,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        let at = Path::of(webhook).endpoint;
        let update = self
            .update(webhook, endpoint)
            .update_expression(format!("SET {at}.failures = :told"))
            .condition_expression(format!(
                "{at}.#url = :url AND {at}.failingSince = :since AND attribute_exists({at}.failures)"
            ))
            .expression_attribute_values(":told", number(FAILURES_WHEN_TOLD))
            .expression_attribute_values(":since", number(since.as_millis()));
        unless_refused(update.send().await).map(drop)
    }

    /// Disables an endpoint that has answered that it is gone: an outbound webhook, or the response webhook of an inbound one
    /// (whose calls go on).
    pub async fn disable_gone(
        &self,
        webhook: &Webhook,
        endpoint: &Endpoint,
        now: Timestamp,
    ) -> Result<Disabling, StoreError> {
        let path = Path::of(webhook);
        let update = self.update(webhook, endpoint);
        self.disable(update, &path, &format!("{}.#url = :url", path.endpoint), "gone", now).await
    }

    /// The same of one that has failed since `since`, when it was not enabled anew meanwhile.
    pub async fn disable_failing(
        &self,
        webhook: &Webhook,
        endpoint: &Endpoint,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Disabling, StoreError> {
        let path = Path::of(webhook);
        let update =
            self.update(webhook, endpoint).expression_attribute_values(":since", number(since.as_millis()));
        let at = path.endpoint;
        let same = format!("{at}.#url = :url AND {at}.failingSince = :since");
        self.disable(update, &path, &same, "failing", now).await
    }

    /// Notes that those who are to hear of it know that an endpoint was disabled.
    pub async fn note_disabled_told(
        &self,
        webhook: &Webhook,
        disabled_at: Timestamp,
    ) -> Result<(), StoreError> {
        let state = Path::of(webhook).state;
        let update = self
            .of_webhook(webhook)
            .update_expression(format!("REMOVE {state}isUntold"))
            .condition_expression(format!("{state}disabledAt = :disabledAt"))
            .expression_attribute_values(":disabledAt", number(disabled_at.as_millis()));
        unless_refused(update.send().await).map(drop)
    }

    async fn disable(
        &self,
        update: UpdateItemFluentBuilder,
        path: &Path,
        same: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<Disabling, StoreError> {
        let state = path.state;
        let update = update
            .update_expression(format!(
                "SET {state}#status = :disabled, {state}disabledReason = :reason, {state}disabledAt = :now, {state}isUntold = :true, updatedAt = :now"
            ))
            .condition_expression(format!("{state}#status = :enabled AND {same}"))
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":enabled", text("enabled"))
            .expression_attribute_values(":disabled", text("disabled"))
            .expression_attribute_values(":reason", text(reason))
            .expression_attribute_values(":true", AttributeValue::Bool(true))
            .expression_attribute_values(":now", number(now.as_millis()));
        Ok(match unless_done(update).await? {
            None => Disabling::Done,
            // The answer may be all that was lost, and the SDK has asked again.
            Some(item) if path.is_untold_since(&item, now) => Disabling::Done,
            Some(item) if path.is_disabled(&item) => Disabling::Already,
            Some(_) => Disabling::Moved,
        })
    }

    /// An update of the webhook, for an expression that knows the endpoint's URL.
    fn update(&self, webhook: &Webhook, endpoint: &Endpoint) -> UpdateItemFluentBuilder {
        self.of_webhook(webhook)
            .expression_attribute_names("#url", "url")
            .expression_attribute_values(":url", text(endpoint.url.as_str()))
    }

    fn of_webhook(&self, webhook: &Webhook) -> UpdateItemFluentBuilder {
        let key = key2(("accountId", webhook.account_id.as_str()), ("id", webhook.id.as_str()));
        self.client.update_item().table_name(&self.webhooks).set_key(Some(key))
    }
}

/// Does a conditional update; when its condition does not hold, the item as it is instead, without attributes when there is none.
async fn unless_done(update: UpdateItemFluentBuilder) -> Result<Option<Item>, StoreError> {
    let all_old = ReturnValuesOnConditionCheckFailure::AllOld;
    let Err(error) = update.return_values_on_condition_check_failure(all_old).send().await else {
        return Ok(None);
    };
    match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
            Ok(Some(refused.item().cloned().unwrap_or_default()))
        }
        _ => Err(error.into()),
    }
}

/// Where a webhook's item has its endpoint, and whether that is enabled.
struct Path {
    endpoint: &'static str,
    /// Stands before `status`.
    state: &'static str,
}

impl Path {
    fn of(webhook: &Webhook) -> Self {
        match webhook.kind {
            WebhookKind::Outbound { .. } => Self { endpoint: "endpoint", state: "" },
            WebhookKind::Inbound { .. } => {
                Self { endpoint: "responseWebhook.endpoint", state: "responseWebhook." }
            }
        }
    }

    fn is_disabled(&self, item: &Item) -> bool {
        self.inside(item).and_then(|inside| inside.get("status")) == Some(&text("disabled"))
    }

    fn is_untold_since(&self, item: &Item, now: Timestamp) -> bool {
        let Some(inside) = self.inside(item) else { return false };
        self.is_disabled(item)
            && inside.get("isUntold") == Some(&AttributeValue::Bool(true))
            && inside.get("disabledAt") == Some(&number(now.as_millis()))
    }

    fn told_failing_at<'a>(&self, item: &'a Item) -> Option<&'a AttributeValue> {
        map(self.inside(item)?, "endpoint")?.get("toldFailingAt")
    }

    /// What has the endpoint and its state: the item, or its response webhook.
    fn inside<'a>(&self, item: &'a Item) -> Option<&'a Item> {
        if self.state.is_empty() { Some(item) } else { map(item, "responseWebhook") }
    }
}

fn map<'a>(item: &'a Item, name: &str) -> Option<&'a Item> {
    item.get(name)?.as_m().ok()
}
