use domain::{AccountId, Outcome, WebhookId};
use lambda_http::{Request, RequestExt};

use crate::problem::Problem;
use crate::reply::{Answer, Reply};
use crate::router::Manage;
use crate::{listing, view};

impl Manage {
    pub(crate) async fn list_attempts(
        &self,
        account: &AccountId,
        webhook: &WebhookId,
        request: &Request,
    ) -> Answer {
        let slice = listing::slice(request, "deliveries")?;
        let outcome = match request.query_string_parameters().first("outcome") {
            None => None,
            Some(name) => Some(Outcome::parse(name).ok_or_else(|| {
                Problem::invalid_parameter(
                    "invalid_outcome",
                    "outcome",
                    "must be succeeded, failed or errored",
                )
            })?),
        };
        self.store.webhook(account, webhook).await?.ok_or_else(Problem::not_found)?;
        let page = self.store.attempts(webhook, outcome, &slice).await?;
        Ok(Reply::Ok(listing::page(&page, "deliveries", view::attempt)))
    }

    pub(crate) async fn list_requests(
        &self,
        account: &AccountId,
        webhook: &WebhookId,
        request: &Request,
    ) -> Answer {
        let slice = listing::slice(request, "requests")?;
        self.store.webhook(account, webhook).await?.ok_or_else(Problem::not_found)?;
        let page = self.store.requests(webhook, &slice).await?;
        Ok(Reply::Ok(listing::page(&page, "requests", view::request)))
    }
}
