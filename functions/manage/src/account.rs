use api::{Answer, Problem, Reply, time};
use domain::LedgerEntry;
use serde_json::{Value, json};
use store::lists;

use crate::manage::{Asked, Manage};

pub(crate) async fn show(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let account = manage.store.account(&asked.caller).await?.ok_or_else(Problem::not_found)?;
    Ok(Reply::Ok(json!({"id": account.id, "name": account.name, "credits": account.credits})))
}

pub(crate) async fn list_ledger(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let slice = api::slice(asked.request, &lists::LEDGER)?;
    let page = manage.store.ledger(&asked.caller, &slice).await?;
    Ok(Reply::Ok(api::page(&page, &lists::LEDGER, ledger_entry_view)))
}

fn ledger_entry_view(entry: &LedgerEntry) -> Value {
    json!({
        "id": entry.id,
        "kind": entry.kind,
        "amount": entry.amount,
        "callId": entry.call_id,
        "writtenOff": entry.written_off,
        "timestamp": time(entry.timestamp),
    })
}
