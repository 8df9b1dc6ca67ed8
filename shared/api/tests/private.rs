//! No `Debug` shows what a request brought, or what an answer tells.

use std::fmt::Debug;

use api::{Fields, Reply};
use serde_json::json;

/// Stands in every field that nobody's log is to have.
const PRIVATE: &str = "Jannetje";

#[test]
fn what_carries_personal_data_or_secrets_shows_none_of_it() {
    let body = json!({"note": PRIVATE, "headers": [{"name": "X-Key", "value": PRIVATE}]});
    let parse = || Fields::parse(body.to_string().as_bytes(), &["note", "headers"]).expect("an object");
    let headers = parse().header_items("headers").expect("a list").expect("headers");
    let told = || json!({"signingSecret": PRIVATE});
    let shown: [(&str, &dyn Debug); 6] = [
        ("fields", &parse()),
        ("header", &headers[0]),
        ("ok", &Reply::Ok(told())),
        ("public", &Reply::Public(told())),
        ("created", &Reply::Created(told())),
        ("accepted", &Reply::Accepted(told())),
    ];
    for (what, value) in shown {
        let shown = format!("{value:?}");
        assert!(shown.contains("***"), "{what}: {shown}");
        assert!(!shown.contains(PRIVATE), "{what}: {shown}");
    }
}
