//! The two routes of the management API that send a test.

use api::{Answer, Problem, Route};
use domain::AccountId;
use lambda_http::http::Response;
use lambda_http::{Body, Request};

use crate::{Tester, test_button};

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
        api::respond(&request, self.answer(&request)).await
    }

    async fn answer(&self, request: &Request) -> Answer {
        let credential = api::credential(request)?;
        let caller = self.access.caller(&credential, self.clock.now()).await?;
        api::answer_caller(ROUTES, self, caller.ok_or_else(Problem::unauthorized)?, request).await
    }
}
