//! The one route of the management API that commits a call. Everything else that comes to `inbound` is a slug.

use api::{Answer, Problem, Route};
use domain::AccountId;
use lambda_http::http::Response;
use lambda_http::{Body, Request, RequestExt};

use crate::{Inbound, test_call};

/// Every route with the conventions of the JSON APIs.
pub const ROUTES: &[Route<Inbound, AccountId>] =
    &[Route::post("/v1/campaigns/{campaignId}/test-call", |inbound, asked| {
        Box::pin(test_call::test_call(inbound, asked))
    })];

/// Whether the request is one of the management API's: no slug has a slash in it.
fn are_asked(request: &Request) -> bool {
    request.raw_http_path().starts_with("/v1/campaigns/")
}

impl Inbound {
    /// Answers one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        if are_asked(&request) {
            return api::respond(&request, self.answer_api(&request)).await;
        }
        self.handle_slug(&request).await
    }

    async fn answer_api(&self, request: &Request) -> Answer {
        let credential = api::credential(request)?;
        let caller = self.access.caller(&credential, self.clock.now()).await?;
        api::answer_caller(ROUTES, self, caller.ok_or_else(Problem::unauthorized)?, request).await
    }
}
