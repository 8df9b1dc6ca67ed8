//! What a caller may do, and see. For every route at once: a handler knows nothing of roles.

use domain::{AccountId, Caller, Slug};
use lambda_http::Request;
use lambda_http::http::Method;
use serde_json::{Map, Value};

use crate::{Answer, Problem, Reply, Route, answer};

/// What stands in the place of a slug that the caller may not see.
const MASK: &str = "***";

/// The fields that hold the URL of an endpoint, whose path and query may be a credential (a chat's are), or that of an inbound
/// webhook, which ends with its slug.
const URLS: [&str; 2] = ["url", "targetUrl"];

/// What an endpoint answered. Masked whole, since many answer an unknown path by repeating it.
const RESPONSE_BODY: &str = "responseBody";

/// The fields that are masked whole.
const SECRETS: [&str; 2] = ["slug", RESPONSE_BODY];

/// What was odd about an answer, beside [`RESPONSE_BODY`]. It names the target of a redirect, which is an endpoint's URL. (A
/// call's recipient has a note, too. It names no endpoint.)
const NOTE: &str = "note";

/// The fields whose objects are the account's own, or what was carried along with a call: what their members are called says
/// nothing of what they hold. They are shown as they are, but for slugs.
const OWN: [&str; 8] = [
    "payload",
    "mapping",
    "metadata",
    "variables",
    "extracted",
    "followUps",
    "callForwarding",
    "keypadNavigation",
];

/// What a delivery sends. It may be of the account's own design.
const BODY: &str = "body";

/// Like [`answer`], for a route of the caller's account. A viewer is refused what changes anything, and is shown no slug, of an
/// endpoint's URL its origin, also of one that it redirects to, and nothing else that an endpoint answered.
///
/// # Errors
///
/// A 403 for a viewer; those of [`answer`].
pub async fn answer_caller<S>(
    routes: &[Route<S, AccountId>],
    state: &S,
    caller: Caller,
    request: &Request,
) -> Answer {
    if !caller.is_viewer() {
        return answer(routes, state, caller.account, request).await;
    }
    if request.method() != Method::GET {
        return Err(Problem::read_only());
    }
    answer(routes, state, caller.account, request).await.map(masked)
}

fn masked(reply: Reply) -> Reply {
    match reply {
        Reply::Ok(body) => Reply::Ok(mask(body)),
        Reply::Created(body) => Reply::Created(mask(body)),
        Reply::Accepted(body) => Reply::Accepted(mask(body)),
        public @ (Reply::Public(_) | Reply::NoContent) => public,
    }
}

fn mask(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(mask_fields(fields)),
        Value::Array(items) => items.into_iter().map(mask).collect(),
        other => other,
    }
}

fn mask_fields(fields: Map<String, Value>) -> Map<String, Value> {
    let slug = fields.get("slug").and_then(Value::as_str).map(str::to_owned);
    let is_of_an_answer = fields.contains_key(RESPONSE_BODY);
    let mask_field = |(name, value): (String, Value)| {
        let shown = match value {
            Value::String(_) if SECRETS.contains(&name.as_str()) => MASK.into(),
            Value::String(note) if is_of_an_answer && name == NOTE => without_paths(&note).into(),
            Value::String(url) if URLS.contains(&name.as_str()) => {
                let before_slug = slug.as_deref().and_then(|slug| url.strip_suffix(slug));
                before_slug.map_or_else(|| origin(&url), |base| format!("{base}{MASK}")).into()
            }
            Value::String(body) if name == BODY => Slug::masked_in(&body, MASK).into(),
            own @ Value::Object(_) if OWN.contains(&name.as_str()) => without_slugs(own),
            other => mask(other),
        };
        (name, shown)
    };
    fields.into_iter().map(mask_field).collect()
}

fn without_slugs(value: Value) -> Value {
    let shown = |text: String| Slug::masked_in(&text, MASK);
    match value {
        Value::String(text) => shown(text).into(),
        Value::Array(items) => items.into_iter().map(without_slugs).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (shown(name), without_slugs(value))).collect()
        }
        plain => plain,
    }
}

/// The text with the origin of each URL in it. A URL that holds the value of a custom header has a mask in that place.
fn without_paths(text: &str) -> String {
    let shown = text.split(' ').map(|word| {
        let (bare, end) = word.strip_suffix(';').map_or((word, ""), |bare| (bare, ";"));
        if bare.contains(['/', '?', '*']) { format!("{}{end}", origin(bare)) } else { word.to_owned() }
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// `https://example.com:8443` of a URL: without user name and password, which the target of a redirect may have.
fn origin(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return MASK.into() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use domain::{Entry, Role};
    use lambda_http::RequestExt;
    use serde_json::json;

    use super::*;

    #[test]
    fn slugs_are_masked_and_endpoints_show_their_origin_however_deep_they_stand() {
        let shown = mask(json!({"items": [
            {"id": "wh_1", "slug": "abc", "url": "https://calls.example/base/abc",
             "responseWebhook": {"url": "https://chat.example:8443/secret?key=1", "headers": ["X-A"]}},
            {"id": "wh_2", "slug": null, "url": "https://chat.example?key=1", "targetUrl": "https://zap.example/hook"},
            {"responseBody": "Cannot POST /secret"}, {"responseBody": null},
        ], "nextCursor": null}));
        assert_eq!(
            shown,
            json!({"items": [
                {"id": "wh_1", "slug": "***", "url": "https://calls.example/base/***",
                 "responseWebhook": {"url": "https://chat.example:8443", "headers": ["X-A"]}},
                {"id": "wh_2", "slug": null, "url": "https://chat.example", "targetUrl": "https://zap.example"},
                {"responseBody": "***"}, {"responseBody": null},
            ], "nextCursor": null})
        );
    }

    #[test]
    fn a_redirect_shows_the_origin_of_its_target() {
        for (target, origin) in [
            ("http://chat.example/hidden/?key=1", "http://chat.example"),
            ("https://me:secret@chat.example:8443/", "https://chat.example:8443"),
            ("https://chat.example?key=1", "https://chat.example"),
            // A custom header's value was the origin, and is masked in the log.
            ("***/hidden", "***"),
            ("***?key=1", "***"),
        ] {
            let said = |url| {
                format!("redirects are not followed: save its new URL: {url}; the answer has 101 headers")
            };
            assert_eq!(
                mask(json!({"note": said(target), "responseBody": null})),
                json!({"note": said(origin), "responseBody": null})
            );
        }
    }

    #[test]
    fn what_was_noted_of_a_recipient_is_shown() {
        let recipient =
            json!({"recipient": {"note": "asked for https://homes.example/12?beds=3 and/or a visit"}});
        assert_eq!(mask(recipient.clone()), recipient);
    }

    #[test]
    fn what_is_the_accounts_own_is_shown_whatever_its_members_are_called() {
        let own = json!({
            "payload": {"json": {"url": "{{ call.recording }}", "slug": "spring", "responseBody": ["x"], "n": 1.50}},
            "responseWebhook": {"payload": {"form": {"targetUrl": "https://crm.example/deals/1?key=2"}}},
            "mapping": {"metadata": {"url": "deal.link"}},
            "metadata": {"url": "https://crm.example/deals/1", "note": "a/b"},
        });
        assert_eq!(mask(own.clone()), own);
    }

    #[test]
    fn a_slug_is_masked_in_what_is_the_accounts_own_too() {
        let slug = "a1b2c3d4e5f6g7h8i9j0k1l2m3n4";
        let own = |slug: &str| {
            let url = format!("https://calls.example/{slug}");
            json!({
                "payload": {"json": {"url": url, "in": [{slug: url}]}},
                "metadata": {"from": slug},
                "request": {"body": format!("{{\"url\":\"{url}\"}}")},
            })
        };
        assert_eq!(mask(own(slug)), own("***"));
    }

    #[test]
    fn what_is_no_url_is_masked_whole() {
        assert_eq!(mask(json!({"url": "secret"})), json!({"url": "***"}));
    }

    static ROUTES: [Route<(), AccountId>; 2] = [
        Route::get("/v1/webhooks", |(), asked| {
            let body = serde_json::json!({"account": asked.caller.as_str(), "slug": "abc"});
            Box::pin(async { Ok(Reply::Ok(body)) })
        }),
        Route::post("/v1/webhooks", |(), _| Box::pin(async { Ok(Reply::NoContent) })),
    ];

    async fn answered(role: Role, method: Method) -> Answer {
        let mut request = Request::default().with_raw_http_path("/v1/webhooks");
        *request.method_mut() = method;
        let account = AccountId::parse("acc_1").expect("an id");
        let id = domain::PortalTokenId::parse("ptk_1").expect("an id");
        answer_caller(&ROUTES, &(), Caller { account, entry: Entry::Session { id, role } }, &request).await
    }

    #[tokio::test]
    async fn a_viewer_reads_what_is_masked_and_changes_nothing() {
        let Ok(Reply::Ok(body)) = answered(Role::Viewer, Method::GET).await else { panic!("no answer") };
        assert_eq!(body, json!({"account": "acc_1", "slug": "***"}));
        let refused = answered(Role::Viewer, Method::POST).await.expect_err("read only");
        assert_eq!(refused.body()["error"]["code"], "read_only");
    }

    #[tokio::test]
    async fn an_editor_sees_all_and_may_change_it() {
        let Ok(Reply::Ok(body)) = answered(Role::Editor, Method::GET).await else { panic!("no answer") };
        assert_eq!(body, json!({"account": "acc_1", "slug": "abc"}));
        assert!(matches!(answered(Role::Editor, Method::POST).await, Ok(Reply::NoContent)));
    }

    #[test]
    fn whatever_an_answer_is_it_is_masked() {
        let secret = || json!({"slug": "abc"});
        for reply in [Reply::Ok(secret()), Reply::Created(secret()), Reply::Accepted(secret())] {
            let (Reply::Ok(body) | Reply::Created(body) | Reply::Accepted(body)) = masked(reply) else {
                panic!("another answer");
            };
            assert_eq!(body, json!({"slug": "***"}));
        }
        assert!(matches!(masked(Reply::NoContent), Reply::NoContent));
    }

    #[test]
    fn what_is_nobodys_is_shown_to_a_viewer_as_it_is() {
        let Reply::Public(shown) = masked(Reply::Public(json!({"url": "https://api.example/v1/calls"})))
        else {
            panic!("another reply")
        };
        assert_eq!(shown, json!({"url": "https://api.example/v1/calls"}));
    }
}
