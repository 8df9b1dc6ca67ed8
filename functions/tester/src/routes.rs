//! The two routes of the management API that send a test.

use std::time::Duration;

use api::{Answer, Problem, Route};
use domain::AccountId;
use lambda_http::http::Response;
use lambda_http::{Body, Request};
use tokio::time::timeout;

use crate::{Tester, test_button};

/// An endpoint has 12 s, what AWS does around it the rest. Whoever is later is told so before Lambda ends the function, after
/// 15 s: by then the place of a test is free.
const ANSWERED_WITHIN: Duration = Duration::from_secs(14);

/// Every route.
pub const ROUTES: &[Route<Tester, AccountId>] = &[
    Route::post("/v1/webhooks/test", |tester, asked| Box::pin(test_button::test_unsaved(tester, asked))),
    Route::post("/v1/webhooks/{webhookId}/test", |tester, asked| {
        Box::pin(test_button::test_saved(tester, asked))
    }),
];

impl Tester {
    /// Answers one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        api::respond(&request, in_time(self.answer(&request))).await
    }

    async fn answer(&self, request: &Request) -> Answer {
        let credential = api::credential(request)?;
        let caller = self.access.caller(&credential, self.clock.now()).await?;
        api::answer_caller(ROUTES, self, caller.ok_or_else(Problem::unauthorized)?, request).await
    }
}

async fn in_time(answer: impl Future<Output = Answer>) -> Answer {
    timeout(ANSWERED_WITHIN, answer).await?
}

#[cfg(test)]
mod tests {
    use api::Reply;
    use egress::Limits;
    use serde_json::json;
    use tokio::time::sleep;

    use super::*;

    async fn status_after(time: Duration) -> u16 {
        let answer = async {
            sleep(time).await;
            Ok(Reply::Ok(json!({})))
        };
        in_time(answer).await.map_or_else(|late| late.status().as_u16(), |_| 200)
    }

    #[tokio::test(start_paused = true)]
    async fn an_endpoint_may_take_all_its_time_and_whoever_is_later_than_14_seconds_is_told_so() {
        let Limits { head, body, .. } = Limits::default();
        assert_eq!(status_after(head + body + Duration::from_secs(1)).await, 200);
        assert_eq!(status_after(ANSWERED_WITHIN + Duration::from_millis(1)).await, 503);
    }
}
