use aws_sdk_dynamodb::Client;
use domain::{AccountId, Webhook, WebhookId};
use environment::{InvalidVariable, parsed_var, required_var};

use crate::StoreError;
use crate::item::{from_item, get, key2};

/// What `manage` reads and writes. Every method takes the account, and touches nothing of another one.
#[derive(Debug, Clone)]
pub struct Management {
    pub(crate) client: Client,
    pub(crate) accounts: String,
    pub(crate) api_keys: String,
    pub(crate) calls: String,
    pub(crate) campaigns: String,
    pub(crate) delivery_logs: String,
    pub(crate) ledger: String,
    pub(crate) request_logs: String,
    pub(crate) webhooks: String,
    pub(crate) log_days: u64,
}

impl Management {
    /// The tables that the environment names.
    ///
    /// # Errors
    ///
    /// [`InvalidVariable`], naming the variable that is missing.
    pub fn from_environment(client: Client) -> Result<Self, InvalidVariable> {
        Ok(Self {
            client,
            accounts: required_var("ACCOUNTS_TABLE")?,
            api_keys: required_var("API_KEYS_TABLE")?,
            calls: required_var("CALLS_TABLE")?,
            campaigns: required_var("CAMPAIGNS_TABLE")?,
            delivery_logs: required_var("DELIVERY_LOGS_TABLE")?,
            ledger: required_var("LEDGER_TABLE")?,
            request_logs: required_var("REQUEST_LOGS_TABLE")?,
            webhooks: required_var("WEBHOOKS_TABLE")?,
            log_days: parsed_var("DELIVERY_LOG_DAYS", str::parse)?,
        })
    }

    /// A webhook of the account.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn webhook(&self, account: &AccountId, id: &WebhookId) -> Result<Option<Webhook>, StoreError> {
        let found =
            get(&self.client, &self.webhooks, key2(("accountId", account.as_str()), ("id", id.as_str())))
                .await?;
        found.map(|item| from_item("Webhooks", item)).transpose()
    }
}
