//! An endpoint as the fields of a body describe it: its URL, and its headers, which are sealed here.

use api::{Code, Fields, Problem, complete_headers};
use domain::{
    AccountId, CustomHeaders, DeliveryMethod, DisabledState, Endpoint, TargetUrl, Timestamp, Webhook,
    WebhookId,
};
use vault::{OpenError, open_headers, seal_headers};

use crate::manage::Manage;

/// The fields that only an outbound webhook has.
pub(super) const OUTBOUND_FIELDS: [&str; 6] = ["url", "method", "headers", "payload", "filter", "events"];

#[derive(Debug, Clone, Copy)]
enum Status {
    Enabled,
    Disabled,
}

const STATUSES: [(&str, Status); 2] = [("enabled", Status::Enabled), ("disabled", Status::Disabled)];

/// A new endpoint of a webhook.
pub(super) async fn new_endpoint(
    manage: &Manage,
    account: &AccountId,
    id: &WebhookId,
    fields: &mut Fields,
    method: DeliveryMethod,
) -> Result<Endpoint, Problem> {
    let url = required_url(manage, fields, "url")?;
    let headers = fields.headers("headers")?;
    let sealed_headers = seal_headers(&manage.vault, account, id, &headers).await?;
    Ok(Endpoint { header_names: headers.names(), sealed_headers, ..Endpoint::new(url, method) })
}

/// Changes URL and headers. The stored headers were given for the stored URL: they never go along to another origin.
pub(super) async fn change_endpoint(
    manage: &Manage,
    webhook: &Webhook,
    endpoint: &mut Endpoint,
    fields: &mut Fields,
) -> Result<(), Problem> {
    let stored = endpoint.clone();
    if let Some(url) = fields.set("url", |fields, name| url(manage, fields, name))? {
        if url != stored.url {
            endpoint.begin_anew();
            endpoint.told_failing_at = None;
            endpoint.slow_since = None;
        }
        endpoint.url = url;
    }
    let moved = !endpoint.url.same_origin(&stored.url);
    let headers = match fields.change("headers", Fields::header_items)? {
        None if moved => CustomHeaders::default(),
        None => return Ok(()),
        Some(items) => {
            let items = items.unwrap_or_default();
            let keeps_some = items.iter().any(|item| item.value.is_none());
            let kept = if keeps_some && !moved {
                open_headers(&manage.vault, webhook, &stored).await.map_err(not_kept)?
            } else {
                CustomHeaders::default()
            };
            complete_headers(items, &fields.at("headers"), |name| kept.value(name).map(str::to_owned))?
        }
    };
    endpoint.sealed_headers = seal_headers(&manage.vault, &webhook.account_id, &webhook.id, &headers).await?;
    endpoint.header_names = headers.names();
    Ok(())
}

/// Changes whether something is enabled; whether the request enables it.
pub(super) fn change_status(
    state: &mut DisabledState,
    fields: &mut Fields,
    now: Timestamp,
) -> Result<bool, Problem> {
    match fields.set("status", |fields, name| fields.choice(name, &STATUSES))? {
        Some(Status::Enabled) => {
            *state = DisabledState::Enabled;
            return Ok(true);
        }
        // One that is disabled already keeps its reason.
        Some(Status::Disabled) if state.is_enabled() => {
            *state = DisabledState::Disabled {
                disabled_reason: "owner".into(),
                disabled_at: now,
                is_untold: false,
            };
        }
        Some(Status::Disabled) | None => {}
    }
    Ok(false)
}

fn url(manage: &Manage, fields: &mut Fields, name: &str) -> Result<Option<TargetUrl>, Problem> {
    fields.target_url(name, |url| manage.endpoints.admit(url))
}

pub(super) fn required_url(manage: &Manage, fields: &mut Fields, name: &str) -> Result<TargetUrl, Problem> {
    url(manage, fields, name)?.ok_or_else(|| Problem::missing_field(fields.at(name)))
}

pub(super) fn refuse_fields(fields: &Fields, names: &[&str], what: &str) -> Result<(), Problem> {
    match names.iter().find(|name| fields.names(name)) {
        Some(name) => Err(Problem::invalid_field(fields.at(name), format!("is not a field of {what}"))),
        None => Ok(()),
    }
}

/// Why the stored headers cannot be kept.
fn not_kept(error: OpenError) -> Problem {
    if !error.is_permanent() {
        return error.into();
    }
    let message = "the stored headers cannot be decrypted; send every header with its value";
    Problem::conflict(Code::Undecryptable, message).because(error)
}
