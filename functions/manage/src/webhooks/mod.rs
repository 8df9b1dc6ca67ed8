//! Webhooks: the list, one of them, its end. What changes one has a file of its own.

pub(crate) mod apart;
pub(crate) mod create;
pub(crate) mod edit;
mod endpoint;
mod filter;
mod last_error;
pub(crate) mod payload;
pub(crate) mod rotate;
pub(crate) mod rules;
mod view;
pub(crate) mod zapier;

use api::{Answer, Code, Problem, Reply};
use domain::{AccountId, Timestamp, Webhook, WebhookId};
use lambda_http::RequestExt;
use store::{Edited, lists};

use self::apart::{stored_apart, stored_apart_of};
use self::last_error::{last_error, last_errors};
use crate::edits::{next_change, until_written};
use crate::manage::{Asked, Manage};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Direction {
    Inbound,
    Outbound,
}

const DIRECTIONS: [(&str, Direction); 2] =
    [("inbound", Direction::Inbound), ("outbound", Direction::Outbound)];

pub(crate) async fn list(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let slice = api::slice(asked.request, &lists::WEBHOOKS)?;
    let query = asked.request.query_string_parameters();
    let direction = query.first("direction");
    if direction.is_some_and(|direction| DIRECTIONS.iter().all(|(name, _)| *name != direction)) {
        let reason = "must be inbound or outbound";
        return Err(Problem::invalid_parameter(Code::InvalidDirection, "direction", reason));
    }
    let page = manage.store.webhooks(&asked.caller, direction, &slice).await?;
    let base = manage.base_url(asked.request);
    let errors = last_errors(manage, &page).await?;
    let apart = stored_apart_of(manage, &page).await?;
    Ok(Reply::Ok(api::page(&page, &lists::WEBHOOKS, |webhook| {
        view::webhook(webhook, apart.get(&webhook.id), &base, errors.get(&webhook.id))
    })))
}

pub(crate) async fn show(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let webhook = manage.store.webhook(&asked.caller, &asked.id("webhookId")?).await?;
    let webhook = webhook.ok_or_else(Problem::not_found)?;
    let last_error = last_error(manage, &webhook).await?;
    let apart = stored_apart(manage, &webhook).await?;
    let base = manage.base_url(asked.request);
    Ok(Reply::Ok(view::webhook(&webhook, Some(&apart), &base, last_error.as_ref())))
}

pub(crate) async fn delete(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let (account, id): (_, &WebhookId) = (&asked.caller, &asked.id("webhookId")?);
    until_written(|| async move {
        let webhook = editable(manage, account, id).await?;
        if manage.store.delete_webhook(&webhook, manage.clock.now()).await? != Edited::Done {
            return Ok(None);
        }
        tracing::info!(webhook.id = %id, account.id = %account, "webhook {id} is deleted");
        Ok(Some(Reply::NoContent))
    })
    .await
}

/// A webhook that its owner may change here: not one that Zapier keeps.
async fn editable(manage: &Manage, account: &AccountId, id: &WebhookId) -> Result<Webhook, Problem> {
    let webhook = manage.store.webhook(account, id).await?.ok_or_else(Problem::not_found)?;
    match &webhook.managed_by {
        None => Ok(webhook),
        Some(_) => Err(Problem::conflict(
            Code::ManagedByZapier,
            "this webhook is managed by Zapier; change it there",
        )),
    }
}

/// The webhook with a new time of change.
fn next_version(stored: &Webhook, now: Timestamp) -> Webhook {
    Webhook { updated_at: next_change(stored.updated_at, now), ..stored.clone() }
}
