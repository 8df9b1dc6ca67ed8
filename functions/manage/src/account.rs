use domain::AccountId;

use crate::problem::Problem;
use crate::reply::{Answer, Reply};
use crate::router::Manage;
use crate::view;

impl Manage {
    pub(crate) async fn show_account(&self, id: &AccountId) -> Answer {
        let account = self.store.account(id).await?.ok_or_else(Problem::not_found)?;
        Ok(Reply::Ok(view::account(&account)))
    }
}
