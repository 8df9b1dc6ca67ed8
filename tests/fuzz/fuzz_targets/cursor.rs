//! `?cursor=` of a list. Input: the list's number, a line break, and a text: the cursor itself, and what stands in one.
#![no_main]

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{ListOrder, Page, Position};
use lambda_http::{Request, RequestExt};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// Compiled as it is: the crate as a whole would bring the AWS SDK.
#[path = "../../../shared/store/src/lists.rs"]
mod lists;

const LISTS: [ListOrder; 7] = [
    lists::WEBHOOKS,
    lists::CAMPAIGNS,
    lists::CALLS,
    lists::DELIVERIES,
    lists::REQUESTS,
    lists::LEDGER,
    lists::API_KEYS,
];

fuzz_target!(|input: &str| {
    let Some((number, text)) = input.split_once('\n') else { return };
    let list = LISTS[number.parse::<usize>().unwrap_or(0) % LISTS.len()];
    check(text, &list);
    let cursor = URL_SAFE_NO_PAD.encode(format!("{}:{text}", list.name));
    assert_eq!(check(&cursor, &list).is_some(), list.position(text).is_ok());
});

/// The position that a cursor was taken for.
fn check(cursor: &str, list: &ListOrder) -> Option<Position> {
    let position = read(cursor, list)?;
    let parts: Vec<&str> = position.as_str().split('#').collect();
    assert_eq!(parts.len(), list.parts.len());
    assert!(parts.iter().all(|part| (1..=100).contains(&part.len())), "DynamoDB would refuse {parts:?}");

    let page = Page::<()> { items: Vec::new(), next: Some(position.clone()) };
    let written = api::page(&page, list, |()| Value::Null);
    assert_eq!(written["nextCursor"], cursor, "a position has one cursor");
    for other in LISTS.iter().filter(|other| other.name != list.name) {
        assert_eq!(read(cursor, other), None, "a cursor of {} is taken by {}", list.name, other.name);
    }
    Some(position)
}

/// What a request with this cursor goes on behind; `None` when it is refused.
fn read(cursor: &str, list: &ListOrder) -> Option<Position> {
    let query = HashMap::from([("cursor".to_owned(), vec![cursor.to_owned()])]);
    let slice = api::slice(&Request::default().with_query_string_parameters(query), list).ok()?;
    Some(slice.after.expect("a cursor was given"))
}
