use api::{Answer, Problem, Reply};
use domain::{AccountId, PortalTokenKind};

use crate::operator::{Asked, Operator};

/// Makes a link into an account's portal.
pub(crate) async fn make_link(operator: &Operator, asked: &Asked<'_>) -> Answer {
    let id: AccountId = asked.id("accountId")?;
    let (role, length) = api::portal_link(asked.request)?;
    operator.accounts.account(&id).await?.ok_or_else(Problem::not_found)?;
    let link =
        operator.portal_tokens.make(PortalTokenKind::Link, &id, role, operator.clock.now(), length).await?;
    tracing::info!(account.id = %id, "account {id} has a link into the portal");
    let base_url = api::base_url(&operator.public_url, asked.request);
    Ok(api::portal_link_view(&base_url, &link.token, link.session_ends_at))
}

/// Ends all sessions of an account, and the links that nobody has used.
pub(crate) async fn end_sessions(operator: &Operator, asked: &Asked<'_>) -> Answer {
    let id: AccountId = asked.id("accountId")?;
    operator.accounts.account(&id).await?.ok_or_else(Problem::not_found)?;
    operator.portal_tokens.end_all(&id).await?;
    tracing::info!(account.id = %id, "account {id} has no sessions in the portal any more");
    Ok(Reply::NoContent)
}
