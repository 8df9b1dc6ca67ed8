use domain::{AccountId, CallId, CampaignId};
use lambda_http::{Request, RequestExt};
use store::{CallFilter, Slice};

use crate::problem::Problem;
use crate::reply::{Answer, Reply};
use crate::router::Manage;
use crate::{listing, view};

const STATUSES: [&str; 5] = ["queued", "cancelled", "finished", "missed", "failed"];
const WARMTHS: [&str; 5] = ["hot", "warm", "cold", "dead", "unknown"];

impl Manage {
    pub(crate) async fn list_calls(
        &self,
        account: &AccountId,
        campaign: &CampaignId,
        request: &Request,
    ) -> Answer {
        let slice = listing::slice(request, "calls")?;
        let filter = CallFilter {
            status: choice(request, "status", "invalid_status", &STATUSES)?,
            warmth: choice(request, "warmth", "invalid_warmth", &WARMTHS)?,
        };
        let page = self.store.calls(account, campaign, &filter, &slice).await?;
        if page.items.is_empty() {
            self.require_campaign(account, campaign).await?;
        }
        Ok(Reply::Ok(listing::page(&page, "calls", view::call)))
    }

    /// A bulk campaign is on no record here but through its calls.
    async fn require_campaign(&self, account: &AccountId, campaign: &CampaignId) -> Result<(), Problem> {
        if self.store.campaign(account, campaign).await?.is_some() {
            return Ok(());
        }
        let first = Slice { limit: 1, after: None };
        let calls = self.store.calls(account, campaign, &CallFilter::default(), &first).await?;
        if calls.items.is_empty() { Err(Problem::not_found()) } else { Ok(()) }
    }

    pub(crate) async fn show_call(&self, account: &AccountId, id: &CallId) -> Answer {
        let (call, transcript) = self.store.call(account, id).await?.ok_or_else(Problem::not_found)?;
        Ok(Reply::Ok(view::call_in_full(&call, transcript.as_deref())))
    }
}

/// A query parameter that is one of some words.
fn choice(
    request: &Request,
    name: &str,
    code: &'static str,
    choices: &[&'static str],
) -> Result<Option<&'static str>, Problem> {
    let query = request.query_string_parameters();
    let Some(given) = query.first(name) else { return Ok(None) };
    match choices.iter().find(|choice| **choice == given) {
        Some(choice) => Ok(Some(choice)),
        None => {
            Err(Problem::invalid_parameter(code, name, &format!("must be one of {}", choices.join(", "))))
        }
    }
}
