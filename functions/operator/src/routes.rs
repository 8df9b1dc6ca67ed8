//! What the operator API answers: each method of each path, and who does it.

use api::{Answer, Problem, Route};
use lambda_http::http::Response;
use lambda_http::{Body, Request};

use crate::{Operator, Operators, accounts, api_keys, portal};

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
        check_signer(&self.operators, request)?;
        api::answer(ROUTES, self, (), request).await
    }
}

fn check_signer(operators: &Operators, request: &Request) -> Result<(), Problem> {
    let signer = api::aws_signer(request)?;
    if operators.include(&signer) { Ok(()) } else { Err(Problem::forbidden()) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn request(authorizer: Value) -> Request {
        let context =
            json!({"http": {"method": "GET", "path": "/operator/accounts"}, "authorizer": authorizer});
        let event: gateway::HttpEvent =
            serde_json::from_value(json!({"requestContext": context})).expect("an event");
        event.into_request()
    }

    #[test]
    fn an_operator_is_who_has_signed_and_is_named_by_the_deployment() {
        let may = |operators: &str, authorizer| {
            check_signer(&operators.parse().expect("a list"), &request(authorizer)).is_ok()
        };
        let signed = || json!({"iam": {"userArn": "arn:aws:sts::123456789012:assumed-role/Admin/jane"}});
        assert!(may("", signed()));
        assert!(may("arn:aws:iam::123456789012:role/Admin", signed()));
        assert!(!may("arn:aws:iam::123456789012:role/Support", signed()));
        assert!(!may("", Value::Null));
        assert!(!may("", json!({"jwt": {"claims": {}, "scopes": []}})));
    }
}
