//! The link into the portal, as its two routes take and show it: the operator's, and that of an API key.

use std::time::Duration;

use domain::{PortalToken, Role, Timestamp};
use lambda_http::Request;
use serde_json::json;

use crate::{Fields, Problem, Reply, time};

/// Seconds of a session that is asked for by nothing.
const DEFAULT_SECONDS: u64 = 3_600;

/// The role and the length of the session that the link is for.
///
/// # Errors
///
/// A refusal that names the field.
pub fn portal_link(request: &Request) -> Result<(Role, Duration), Problem> {
    let mut fields = Fields::parse_optional(request.body(), &["role", "expiresInSeconds"])?;
    let role = fields.choice("role", &Role::BY_NAME)?.unwrap_or(Role::Editor);
    let seconds = fields.whole_number("expiresInSeconds", 300..=86_400)?.unwrap_or(DEFAULT_SECONDS);
    Ok((role, Duration::from_secs(seconds)))
}

/// The answer with a new link. Its token stands after `#`, where no server and no log sees it.
#[must_use]
pub fn portal_link_view(base_url: &str, link: &PortalToken, session_ends_at: Timestamp) -> Reply {
    let url = format!("{base_url}/portal#link={}", link.expose());
    Reply::Created(json!({"url": url, "expiresAt": time(session_ends_at)}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(body: &str) -> Result<(Role, Duration), String> {
        let request = Request::new(body.into());
        portal_link(&request).map_err(|problem| problem.body()["error"]["field"].to_string())
    }

    #[test]
    fn a_link_is_an_editors_for_an_hour_unless_it_is_asked_for_otherwise() {
        assert_eq!(asked(""), Ok((Role::Editor, Duration::from_secs(3_600))));
        assert_eq!(asked(r#"{"role":"viewer"}"#), Ok((Role::Viewer, Duration::from_secs(3_600))));
        for seconds in [300, 86_400] {
            let body = format!(r#"{{"expiresInSeconds":{seconds}}}"#);
            assert_eq!(asked(&body), Ok((Role::Editor, Duration::from_secs(seconds))));
        }
        for seconds in [299, 86_401] {
            let body = format!(r#"{{"expiresInSeconds":{seconds}}}"#);
            assert_eq!(asked(&body), Err("\"expiresInSeconds\"".to_owned()));
        }
        assert_eq!(asked(r#"{"role":"owner"}"#), Err("\"role\"".to_owned()));
    }
}
