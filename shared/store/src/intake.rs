use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use domain::{
    AccountId, Call, CallId, Campaign, CampaignId, IntakeRules, LedgerEntry, LedgerEntryId, LedgerKind,
    Randomness, RequestRecord, Slug, WebhookId,
};
use environment::{InvalidVariable, parsed_var, required_var};
use serde::Deserialize;
use tokio::time::Instant;

use crate::StoreError;
use crate::dynamo::commit_window::{begun_until, in_time};
use crate::dynamo::item::{Item, expires_at, from_item, is_refused, key, key2, number, read, text, to_item};
use crate::dynamo::transaction::{Transacted, transact};
use crate::intake_rules::rules_key;
use crate::ledger::put_entry;

/// A call is written under a new id only.
const IS_NEW: &str = "attribute_not_exists(id)";

/// What `inbound` reads and writes.
#[derive(Debug, Clone)]
pub struct Intake {
    client: Client,
    randomness: Randomness,
    accounts: String,
    calls: String,
    campaigns: String,
    ledger: String,
    request_logs: String,
    webhooks: String,
    log_days: u64,
    call_days: u64,
}

/// The webhook that a slug names.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InboundTarget {
    /// Whose it is.
    pub account_id: AccountId,
    /// `wh_…`
    pub id: WebhookId,
    status: String,
    /// The campaign that it is bound to.
    #[serde(default)]
    pub campaign_id: Option<CampaignId>,
}

impl InboundTarget {
    /// Whether it takes requests.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.status == "enabled" || self.has_rules()
    }

    /// Whether its owner has set rules for its requests.
    #[must_use]
    pub fn has_rules(&self) -> bool {
        self.status == "enabled_with_rules"
    }
}

/// What became of a call that was to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub enum Acceptance {
    /// It is recorded.
    Recorded,
    /// Nothing is recorded: the account has no credit left.
    InsufficientFunds,
    /// A call with this id was recorded before: a repeat under the same `Idempotency-Key`.
    Repeat(Box<Call>),
}

impl Intake {
    /// The tables that the environment names.
    ///
    /// # Errors
    ///
    /// [`InvalidVariable`], naming the variable that is missing.
    pub fn from_environment(client: Client, randomness: Randomness) -> Result<Self, InvalidVariable> {
        Ok(Self {
            client: in_time(&client),
            randomness,
            accounts: required_var("ACCOUNTS_TABLE")?,
            calls: required_var("CALLS_TABLE")?,
            campaigns: required_var("CAMPAIGNS_TABLE")?,
            ledger: required_var("LEDGER_TABLE")?,
            request_logs: required_var("REQUEST_LOGS_TABLE")?,
            webhooks: required_var("WEBHOOKS_TABLE")?,
            log_days: parsed_var("DELIVERY_LOG_DAYS", str::parse)?,
            call_days: parsed_var("CALL_RETENTION_DAYS", str::parse)?,
        })
    }

    /// Opens the connection to DynamoDB, by asking for a campaign that nobody has (0.5 RCU).
    pub async fn connect(&self) -> Result<(), StoreError> {
        self.campaign_item("-", "-").await?;
        Ok(())
    }

    /// The webhook with this slug.
    pub async fn webhook_by_slug(&self, slug: &Slug) -> Result<Option<InboundTarget>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.webhooks)
            .index_name("bySlug")
            .key_condition_expression("slug = :slug")
            .expression_attribute_values(":slug", text(slug.expose()))
            .limit(1)
            .send()
            .await?;
        Ok(answer.items.unwrap_or_default().pop().map(|item| from_item("Webhooks", item)).transpose()?)
    }

    /// The rules that its owner has set for the requests of a webhook; none when they were taken away a moment ago. Consistent: the
    /// index that says that there are some may be behind, and what it says is remembered.
    pub async fn rules(&self, webhook: &InboundTarget) -> Result<IntakeRules, StoreError> {
        let key = rules_key(&webhook.account_id, &webhook.id);
        Ok(read(&self.client, "Webhooks", &self.webhooks, key).await?.unwrap_or_default())
    }

    /// A campaign of an account.
    pub async fn campaign(
        &self,
        account: &AccountId,
        id: &CampaignId,
    ) -> Result<Option<Campaign>, StoreError> {
        let found = self.campaign_item(account.as_str(), id.as_str()).await?;
        Ok(found.map(|item| from_item("Campaigns", item)).transpose()?)
    }

    /// A campaign of an account as it is now, for whoever has just written its prompt.
    pub async fn current_campaign(
        &self,
        account: &AccountId,
        id: &CampaignId,
    ) -> Result<Option<Campaign>, StoreError> {
        read_campaign(&self.client, &self.campaigns, account, id).await
    }

    /// Eventually consistent: a campaign is remembered for seconds anyway.
    async fn campaign_item(&self, account: &str, id: &str) -> Result<Option<Item>, StoreError> {
        let key = key2(("accountId", account), ("id", id));
        let answer = self.client.get_item().table_name(&self.campaigns).set_key(Some(key)).send().await?;
        Ok(answer.item)
    }

    /// Whether an account has a credit left. Asked before a call is recorded that may not be dialled: a transaction that is
    /// refused is paid for like one that commits, by the bytes of what it would have written.
    pub async fn has_credit(&self, account: &AccountId) -> Result<bool, StoreError> {
        let request = self.client.get_item().table_name(&self.accounts).projection_expression("credits");
        let request = request.set_key(Some(key("id", account.as_str()))).consistent_read(true);
        let credits = request.send().await?.item.and_then(|mut item| item.remove("credits"));
        Ok(
            matches!(credits, Some(AttributeValue::N(digits)) if digits.parse().is_ok_and(|credits: u64| credits > 0)),
        )
    }

    /// Records an accepted call and takes one credit for it, both or neither. Nothing is begun after `until`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when nothing is known to have been recorded. When the answer to the transaction was lost, the call is
    /// looked for, so that what did commit is not reported as lost.
    pub async fn accept(&self, call: &Call, until: Instant) -> Result<Acceptance, StoreError> {
        let take_credit = Update::builder()
            .table_name(&self.accounts)
            .set_key(Some(key("id", call.account_id.as_str())))
            .update_expression("SET credits = credits - :one")
            .condition_expression("credits >= :one")
            .expression_attribute_values(":one", number(1))
            .build()?;
        let items = vec![
            TransactWriteItem::builder().update(take_credit).build(),
            TransactWriteItem::builder().put(self.put_call(call)?).build(),
            TransactWriteItem::builder().put(self.put_reservation(call)?).build(),
        ];
        match begun_until(until, transact(&self.client, &self.randomness, items)).await {
            Ok(Transacted::Committed) => Ok(Acceptance::Recorded),
            Ok(Transacted::Refused(reasons)) if Transacted::refused_at(&reasons, 1) => {
                self.repeat_of(call).await
            }
            Ok(Transacted::Refused(_)) => Ok(Acceptance::InsufficientFunds),
            Err(lost) => match self.call(&call.id).await? {
                Some(recorded) => Ok(recorded_before(call, recorded)),
                None => Err(lost),
            },
        }
    }

    /// Records a call that is not placed; no credit is taken. It goes when the row of the request log goes: a flood at a webhook
    /// that cannot call leaves nothing for ever. Nothing is begun after `until`.
    pub async fn record_cancelled(&self, call: &Call, until: Instant) -> Result<Acceptance, StoreError> {
        let days = if self.call_days == 0 { self.log_days } else { self.log_days.min(self.call_days) };
        let item = call_item(call, days)?;
        let request =
            self.client.put_item().table_name(&self.calls).set_item(Some(item)).condition_expression(IS_NEW);
        match begun_until(until, request.send()).await {
            Ok(_) => Ok(Acceptance::Recorded),
            Err(error) if is_refused(&error) => self.repeat_of(call).await,
            Err(error) => Err(error.into()),
        }
    }

    /// Writes a row of the request log.
    pub async fn log_request(&self, record: &RequestRecord) -> Result<(), StoreError> {
        let mut item = to_item("RequestLogs", record)?;
        item.insert("expiresAt".into(), expires_at(record.timestamp, self.log_days));
        self.client.put_item().table_name(&self.request_logs).set_item(Some(item)).send().await?;
        Ok(())
    }

    async fn call(&self, id: &CallId) -> Result<Option<Call>, StoreError> {
        read(&self.client, "Calls", &self.calls, key("id", id.as_str())).await
    }

    async fn repeat_of(&self, call: &Call) -> Result<Acceptance, StoreError> {
        match self.call(&call.id).await? {
            Some(recorded) => Ok(recorded_before(call, recorded)),
            None => Err(StoreError::Unavailable("a call that was there is gone".into())),
        }
    }

    fn put_call(&self, call: &Call) -> Result<Put, StoreError> {
        let put = Put::builder().table_name(&self.calls).set_item(Some(call_item(call, self.call_days)?));
        Ok(put.condition_expression(IS_NEW).build()?)
    }

    fn put_reservation(&self, call: &Call) -> Result<Put, StoreError> {
        let entry = LedgerEntry {
            account_id: call.account_id.clone(),
            id: LedgerEntryId::new(call.created_at, &self.randomness),
            kind: LedgerKind::Reserved,
            amount: -1,
            call_id: Some(call.id.clone()),
            written_off: 0,
            timestamp: call.created_at,
        };
        put_entry(&self.ledger, &entry)
    }
}

/// A call that is found under the id of the one being recorded is that one, when its transaction's answer was lost, or the
/// call of an earlier request with the same key. Two requests with one key in one millisecond are told apart by nothing,
/// and need not be: both send the job, which is queued once.
fn recorded_before(call: &Call, recorded: Call) -> Acceptance {
    if *call == recorded { Acceptance::Recorded } else { Acceptance::Repeat(Box::new(recorded)) }
}

/// A campaign as it is now.
pub(crate) async fn read_campaign(
    client: &Client,
    table: &str,
    account: &AccountId,
    id: &CampaignId,
) -> Result<Option<Campaign>, StoreError> {
    read(client, "Campaigns", table, key2(("accountId", account.as_str()), ("id", id.as_str()))).await
}

/// A call's item: its fields, and the keys of the index `byCampaign`. The account is part of the key, since bulk campaigns
/// bring ids of their own, which another account may use too. And its end, so many days after its beginning; 0 is never.
pub(crate) fn call_item(call: &Call, days: u64) -> Result<Item, StoreError> {
    let mut item = to_item("Calls", call)?;
    if days > 0 {
        item.insert("expiresAt".into(), expires_at(call.created_at, days));
    }
    item.insert("accountCampaign".into(), text(account_campaign(&call.account_id, &call.campaign.id)));
    item.insert("campaignOrder".into(), text(format!("{}#{}", call.created_at.sortable(), call.id)));
    Ok(item)
}

/// Partition key of the index `byCampaign`.
pub(crate) fn account_campaign(account: &AccountId, campaign: &CampaignId) -> String {
    format!("{account}#{campaign}")
}
