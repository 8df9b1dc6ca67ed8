use aws_sdk_dynamodb::Client;
use domain::{AccountId, AttemptRecord, Webhook, WebhookId};
use environment::{InvalidVariable, parsed_var, required_var};

use crate::StoreError;
use crate::attempts::log_item;
use crate::webhook_item::read_webhook;

/// What `tester` reads and writes.
#[derive(Debug, Clone)]
pub struct EndpointTests {
    pub(crate) client: Client,
    delivery_logs: String,
    pub(crate) webhooks: String,
    log_days: u64,
}

impl EndpointTests {
    /// The tables that the environment names.
    ///
    /// # Errors
    ///
    /// [`InvalidVariable`], naming the variable that is missing.
    pub fn from_environment(client: Client) -> Result<Self, InvalidVariable> {
        Ok(Self {
            client,
            delivery_logs: required_var("DELIVERY_LOGS_TABLE")?,
            webhooks: required_var("WEBHOOKS_TABLE")?,
            log_days: parsed_var("DELIVERY_LOG_DAYS", str::parse)?,
        })
    }

    /// A webhook of the account.
    pub async fn webhook(&self, account: &AccountId, id: &WebhookId) -> Result<Option<Webhook>, StoreError> {
        read_webhook(&self.client, &self.webhooks, account, id).await
    }

    /// Writes a row of the delivery log.
    pub async fn log_attempt(&self, record: &AttemptRecord) -> Result<(), StoreError> {
        let item = log_item(record, self.log_days)?;
        self.client.put_item().table_name(&self.delivery_logs).set_item(Some(item)).send().await?;
        Ok(())
    }
}
