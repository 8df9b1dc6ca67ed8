use addresses::EndpointPolicy;
use api::{Answer, Problem};
use domain::{AccountId, Timestamp};
use egress::Sender;
use lambda_http::http::Response;
use lambda_http::{Body, Request};
use store::{Access, EndpointTests};
use vault::Vault;

use crate::routes::ROUTES;

/// A request of an account, to one of the routes.
pub(crate) type Asked<'a> = api::Asked<'a, AccountId>;

/// Everything that a request needs.
#[derive(Debug)]
pub struct Tester {
    /// Which account an API key opens.
    pub access: Access,
    /// Webhooks, and the log of their tests.
    pub tests: EndpointTests,
    /// Opens headers and secrets.
    pub vault: Vault,
    /// Which endpoints may be tested.
    pub endpoints: EndpointPolicy,
    /// Sends the sample.
    pub sender: Sender,
}

impl Tester {
    /// Answers one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        api::respond(&request, self.answer(&request)).await
    }

    async fn answer(&self, request: &Request) -> Answer {
        let api_key = api::api_key(request)?;
        let account = self.access.account_of(&api_key, Timestamp::now()).await?;
        api::answer(ROUTES, self, account.ok_or_else(Problem::unauthorized)?, request).await
    }
}
