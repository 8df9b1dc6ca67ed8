use aws_sdk_sqs::Client;
use domain::{AccountId, CallId, WebhookId};
use serde::{Deserialize, Serialize};

use crate::QueueError;
use crate::body::to_body;
use crate::delivery_message::Version;

/// What is left of a fan-out: the deliveries of a call to the webhooks behind one. `fanout` sends it to itself, so that an
/// account with very many webhooks is told in steps, each of them a message with five receives of its own. Ids only: it says
/// nothing of how the call ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FanOutRest {
    version: Version,
    r#type: Type,
    /// Whose webhooks.
    pub account_id: AccountId,
    /// The call that they are told of.
    pub call_id: CallId,
    /// The last webhook that is done.
    pub after: WebhookId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Type {
    #[serde(rename = "fan-out.rest")]
    FanOutRest,
}

impl FanOutRest {
    /// The rest behind a webhook.
    #[must_use]
    pub fn new(account_id: AccountId, call_id: CallId, after: WebhookId) -> Self {
        Self { version: Version, r#type: Type::FanOutRest, account_id, call_id, after }
    }

    /// Reads a message's body; `None` when it is something else.
    #[must_use]
    pub fn parse(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }
}

/// `fan-out-rests`, a standard queue. Its messages carry their account as `MessageGroupId`, as those of
/// [`Deliveries`](crate::Deliveries) do.
#[derive(Debug, Clone)]
pub struct FanOutRests {
    client: Client,
    queue_url: String,
}

impl FanOutRests {
    /// The queue at this URL.
    #[must_use]
    pub fn new(client: Client, queue_url: String) -> Self {
        Self { client, queue_url }
    }

    /// Sends a rest.
    ///
    /// # Errors
    ///
    /// [`QueueError`] when SQS is not known to have taken it. Sending it again repeats deliveries under their ids.
    pub async fn send(&self, rest: &FanOutRest) -> Result<(), QueueError> {
        let body = to_body(rest)?;
        let request = self.client.send_message().queue_url(&self.queue_url).message_body(body);
        request.message_group_id(rest.account_id.as_str()).send().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_reads_back_and_nothing_else_is_one() {
        let rest = FanOutRest::new(
            AccountId::parse("acc_1").expect("an id"),
            CallId::parse("call_1").expect("an id"),
            WebhookId::parse("wh_1").expect("an id"),
        );
        let body = serde_json::to_string(&rest).expect("JSON");
        let written =
            r#"{"version":1,"type":"fan-out.rest","accountId":"acc_1","callId":"call_1","after":"wh_1"}"#;
        assert_eq!(body, written);
        assert_eq!(FanOutRest::parse(&body), Some(rest));
        for (from, to) in
            [("\"version\":1", "\"version\":2"), ("fan-out.rest", "call.completion"), ("wh_1", "")]
        {
            assert_eq!(FanOutRest::parse(&body.replace(from, to)), None, "{to}");
        }
    }
}
