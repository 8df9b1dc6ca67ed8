use domain::AccountId;
use lambda_http::Request;

use crate::problem::Problem;
use crate::reply::{Answer, Reply};
use crate::router::Manage;
use crate::{listing, view};

impl Manage {
    pub(crate) async fn show_account(&self, id: &AccountId) -> Answer {
        let account = self.store.account(id).await?.ok_or_else(Problem::not_found)?;
        Ok(Reply::Ok(view::account(&account)))
    }

    pub(crate) async fn list_ledger(&self, account: &AccountId, request: &Request) -> Answer {
        let slice = listing::slice(request, "ledger")?;
        let page = self.store.ledger(account, &slice).await?;
        Ok(Reply::Ok(listing::page(&page, "ledger", view::ledger_entry)))
    }
}
