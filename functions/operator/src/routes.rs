//! What the operator API answers: each method of each path, and who does it.

use api::{Answer, Route};
use lambda_http::http::Response;
use lambda_http::{Body, Request};

use crate::{Operator, accounts, api_keys, portal};

/// Every route.
pub const ROUTES: &[Route<Operator, ()>] = &[
    Route::post("/operator/accounts", |operator, asked| Box::pin(accounts::create(operator, asked))),
    Route::patch("/operator/accounts/{accountId}", |operator, asked| {
        Box::pin(accounts::edit(operator, asked))
    }),
    Route::post("/operator/accounts/{accountId}/credits", |operator, asked| {
        Box::pin(accounts::add_credits(operator, asked))
    }),
    Route::get("/operator/accounts/{accountId}/api-keys", |operator, asked| {
        Box::pin(api_keys::list(operator, asked))
    }),
    Route::post("/operator/accounts/{accountId}/api-keys", |operator, asked| {
        Box::pin(api_keys::create(operator, asked))
    }),
    Route::delete("/operator/accounts/{accountId}/api-keys/{keyId}", |operator, asked| {
        Box::pin(api_keys::revoke(operator, asked))
    }),
    Route::post("/operator/accounts/{accountId}/portal-links", |operator, asked| {
        Box::pin(portal::make_link(operator, asked))
    }),
    Route::delete("/operator/accounts/{accountId}/portal-sessions", |operator, asked| {
        Box::pin(portal::end_sessions(operator, asked))
    }),
];

impl Operator {
    /// Answers one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        api::respond(&request, self.answer(&request)).await
    }

    async fn answer(&self, request: &Request) -> Answer {
        api::require_aws_signature(request)?;
        api::answer(ROUTES, self, (), request).await
    }
}
