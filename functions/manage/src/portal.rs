//! How somebody gets into the portal, and out of it. These routes look themselves at who asks: one is for those who have
//! nothing but a link, another for API keys only.

use std::time::Duration;

use api::{Answer, Fields, Problem, Reply, Route, time};
use domain::{Caller, Entry, PortalToken, PortalTokenKind, Role};
use lambda_http::{Request, RequestExt};
use serde_json::json;

use crate::Manage;

/// A request to one of the routes.
type Asked<'a> = api::Asked<'a, ()>;

/// How long the session is that an API key is swapped for.
const SESSION_OF_AN_API_KEY: Duration = Duration::from_secs(12 * 60 * 60);

/// Longest text that is looked at as the token of a link.
const MAX_LINK_CHARS: usize = 400;

/// Every route.
pub const ROUTES: &[Route<Manage, ()>] = &[
    Route::post("/v1/portal-links", |manage, asked| Box::pin(make_link(manage, asked))),
    Route::post("/v1/portal-sessions", |manage, asked| Box::pin(sign_in(manage, asked))),
    Route::delete("/v1/portal-sessions/current", |manage, asked| Box::pin(sign_out(manage, asked))),
];

/// Whether one of the routes has the request's path.
pub(crate) fn has_path_of(request: &Request) -> bool {
    let path = request.raw_http_path().trim_end_matches('/');
    ROUTES.iter().any(|route| route.path == path)
}

/// The caller, when it is an API key.
async fn holder_of_an_api_key(manage: &Manage, request: &Request) -> Result<Caller, Problem> {
    let caller = manage.caller(request).await?;
    match caller.entry {
        Entry::ApiKey => Ok(caller),
        Entry::Session { role: Role::Viewer, .. } => Err(Problem::read_only()),
        Entry::Session { role: Role::Editor, .. } => Err(Problem::api_key_required()),
    }
}

async fn make_link(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let account = holder_of_an_api_key(manage, asked.request).await?.account;
    let (role, length) = api::portal_link(asked.request)?;
    let link =
        manage.portal_tokens.make(PortalTokenKind::Link, &account, role, manage.clock.now(), length).await?;
    tracing::info!(account.id = %account, "account {account} has a link into the portal");
    let base_url = manage.base_url(asked.request);
    Ok(api::portal_link_view(&base_url, &link.token, link.session_ends_at))
}

/// Swaps a link, or else an API key, for a session.
async fn sign_in(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let link = Fields::parse_optional(asked.request.body(), &["link"])?.text("link", MAX_LINK_CHARS)?;
    let now = manage.clock.now();
    let (account, made) = match link {
        Some(link) => {
            let link = PortalToken::parse(link.trim()).map_err(|_| Problem::link_not_good())?;
            // Read before the link is used up: whoever is answered a 503 has no other.
            let account = manage.store.account(link.account()).await?.ok_or_else(Problem::link_not_good)?;
            let used = manage.portal_tokens.use_link(&link, now).await?;
            (account, used.ok_or_else(Problem::link_not_good)?)
        }
        None => {
            let id = holder_of_an_api_key(manage, asked.request).await?.account;
            let account = manage.store.account(&id).await?.ok_or_else(Problem::unauthorized)?;
            let (kind, length) = (PortalTokenKind::Session, SESSION_OF_AN_API_KEY);
            let made = manage.portal_tokens.make(kind, &id, Role::Editor, now, length).await?;
            (account, made)
        }
    };
    let id = &account.id;
    tracing::info!(account.id = %id, "account {id} has a session in the portal");
    Ok(Reply::Created(json!({
        "token": made.token.expose(),
        "role": made.role,
        "account": {"id": account.id, "name": account.name},
        "expiresAt": time(made.session_ends_at),
    })))
}

async fn sign_out(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let caller = manage.caller(asked.request).await?;
    let Entry::Session { id, .. } = &caller.entry else { return Err(Problem::not_found()) };
    manage.portal_tokens.end_session(&caller.account, id).await?;
    Ok(Reply::NoContent)
}
