//! A commit that nobody may begin any more: whoever asked has no patience left to hear of it.
//!
//! The SDK repeats what failed, and a transaction that met another one is tried again. So the moment is looked at before each
//! request that is sent, not once. It travels with the task, since neither hands it on.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use tokio::time::Instant;

tokio::task_local! {
    static BEGUN_UNTIL: Instant;
}

/// Does `writing`, all of whose requests to a client of [`in_time`] must begin before `until`. One that is under way by then is
/// waited for: it may commit.
pub(crate) async fn begun_until<T>(until: Instant, writing: impl Future<Output = T>) -> T {
    BEGUN_UNTIL.scope(until, writing).await
}

/// The same client, which refuses to begin what is too late.
pub(crate) fn in_time(client: &Client) -> Client {
    Client::from_conf(client.config().to_builder().interceptor(InTime).build())
}

#[derive(Debug)]
struct InTime;

impl Intercept for InTime {
    fn name(&self) -> &'static str {
        "InTime"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        match BEGUN_UNTIL.try_with(|until| Instant::now() >= *until) {
            Ok(true) => Err("it is too late to begin a commit".into()),
            // In time, or no commit.
            Ok(false) | Err(_) => Ok(()),
        }
    }
}
