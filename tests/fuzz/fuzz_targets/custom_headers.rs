//! The headers that an owner adds to deliveries. Input: headers as `name=>value`, lines of `---` between them.
#![no_main]

use std::collections::HashSet;

use domain::{CustomHeaders, InvalidHeader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let headers: Vec<(String, String)> = input
        .split("\n---\n")
        .map(|header| header.split_once("=>").unwrap_or((header, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    match CustomHeaders::parse(headers.clone()) {
        Ok(accepted) => check_accepted(&accepted, &headers),
        Err(refused) => check_refused(&refused, &headers),
    }
});

fn check_accepted(accepted: &CustomHeaders, headers: &[(String, String)]) {
    assert!(headers.len() <= 20 && bytes(headers) <= 3_500);
    for (name, value) in headers {
        assert!(is_token(name) && !is_ours(name), "the name {name:?}");
        assert!(!has_control(value), "the value {value:?}");
        assert_eq!(accepted.value(&name.to_uppercase()), Some(value.as_str()));
    }
    let names: HashSet<String> = headers.iter().map(|(name, _)| name.to_lowercase()).collect();
    assert_eq!(names.len(), headers.len(), "a name stands twice");

    let sent: Vec<_> = accepted.iter().collect();
    assert_eq!(sent.len(), headers.len(), "a header is not sent");
    for ((name, value), (given_name, given_value)) in sent.iter().zip(headers) {
        assert!(name.as_str() == given_name.to_lowercase() && value.as_bytes() == given_value.as_bytes());
        assert!(value.is_sensitive());
    }

    let sealed = accepted.to_lines();
    assert!(sealed.len() <= 4_096, "KMS would not seal them");
    assert_eq!(CustomHeaders::from_lines(&sealed).as_ref(), Some(accepted), "sealed and opened");

    let hidden = headers.iter().map(|(name, _)| (name.clone(), "hidden".to_owned())).collect();
    if let Ok(hidden) = CustomHeaders::parse(hidden) {
        assert_eq!(format!("{hidden:?}"), format!("{accepted:?}"), "Debug shows a value");
    }
}

/// The reason that is given is true of the header that is named.
fn check_refused(refused: &InvalidHeader, headers: &[(String, String)]) {
    match refused {
        InvalidHeader::TooMany => assert!(headers.len() > 20),
        InvalidHeader::TooLong => assert!(bytes(headers) > 3_500),
        InvalidHeader::Name { index } => assert!(!is_token(&headers[*index].0)),
        InvalidHeader::Reserved { index } => assert!(is_ours(&headers[*index].0)),
        InvalidHeader::Repeated { index } => {
            let name = &headers[*index].0;
            assert!(headers[..*index].iter().any(|(other, _)| other.eq_ignore_ascii_case(name)));
        }
        InvalidHeader::Value { index } => assert!(has_control(&headers[*index].1)),
    }
}

fn bytes(headers: &[(String, String)]) -> usize {
    headers.iter().map(|(name, value)| name.len() + value.len()).sum()
}

/// RFC 9110, 5.6.2.
fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// As docs/api.md lists them.
fn is_ours(name: &str) -> bool {
    let name = name.to_lowercase().replace('_', "-");
    let names =
        "host content-length content-type transfer-encoding connection te trailer upgrade keep-alive expect";
    names.split(' ').any(|ours| ours == name) || name.starts_with("proxy-") || name.starts_with("webhook-")
}

fn has_control(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t')
}
