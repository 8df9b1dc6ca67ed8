use api::Answer;
use lambda_http::http::Response;
use lambda_http::{Body, Request};
use store::Accounts;

use crate::routes::ROUTES;

/// A request of the operator, to one of the routes.
pub(crate) type Asked<'a> = api::Asked<'a, ()>;

/// Everything that a request needs.
#[derive(Debug)]
pub struct Operator {
    /// Accounts, credits and API keys.
    pub accounts: Accounts,
}

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
