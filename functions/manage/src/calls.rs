use domain::{AccountId, CallId, CampaignId};
use lambda_http::Request;

use crate::problem::Problem;
use crate::reply::{Answer, Reply};
use crate::router::Manage;
use crate::{listing, view};

impl Manage {
    pub(crate) async fn list_calls(
        &self,
        account: &AccountId,
        campaign: &CampaignId,
        request: &Request,
    ) -> Answer {
        let slice = listing::slice(request, "calls")?;
        let page = self.store.calls(account, campaign, &slice).await?;
        // A bulk campaign is on no record here but through its calls.
        if page.items.is_empty() && self.store.campaign(account, campaign).await?.is_none() {
            return Err(Problem::not_found());
        }
        Ok(Reply::Ok(listing::page(&page, "calls", view::call)))
    }

    pub(crate) async fn show_call(&self, account: &AccountId, id: &CallId) -> Answer {
        let (call, transcript) = self.store.call(account, id).await?.ok_or_else(Problem::not_found)?;
        Ok(Reply::Ok(view::call_in_full(&call, transcript.as_deref())))
    }
}
