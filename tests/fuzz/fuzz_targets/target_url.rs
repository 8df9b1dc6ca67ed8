//! The URL of an endpoint: the input of a stranger to a machine inside a cloud account.
#![no_main]

use domain::{InvalidUrl, TargetUrl};
use libfuzzer_sys::fuzz_target;
use serde_json::json;
use url::{Host, Url};

fuzz_target!(|text: &str| {
    let Ok(target) = TargetUrl::parse(text) else { return };
    assert!(target.as_str().len() <= 2_048);
    assert_eq!(TargetUrl::parse(target.as_str()).as_ref(), Ok(&target), "as it was written");
    assert_eq!(serde_json::from_value::<TargetUrl>(json!(target)).expect("a URL"), target, "as it is stored");

    let requested = target.url();
    assert!(matches!(requested.scheme(), "https" | "http"));
    assert_eq!(target.is_https(), requested.scheme() == "https");
    assert!(
        requested.username().is_empty() && requested.password().is_none() && requested.fragment().is_none()
    );
    assert!(requested.as_str().is_ascii() && !requested.as_str().contains(char::is_whitespace));
    // Whatever reads the URL next (the HTTP client does) connects to the host that was judged.
    assert_eq!(Url::parse(requested.as_str()).as_ref(), Ok(requested), "as it is requested");
    assert!(target.host().is_some_and(|host| is_canonical(&host)));
    match TargetUrl::parse(requested.as_str()) {
        Ok(again) => assert!(again.url() == requested && again.same_origin(&target)),
        Err(error) => {
            assert_eq!(error, InvalidUrl::TooLong, "normalising lengthens it, and does nothing else")
        }
    }
    assert_eq!(format!("{target:?}"), format!("TargetUrl({}/***)", requested.origin().ascii_serialization()));
});

/// A name is no other spelling of an address, and reads as itself.
fn is_canonical(host: &Host<&str>) -> bool {
    let text = host.to_string();
    match (host, Host::parse(&text)) {
        (Host::Domain(name), Ok(Host::Domain(again))) => !name.is_empty() && *name == again,
        (Host::Ipv4(address), Ok(Host::Ipv4(again))) => *address == again,
        (Host::Ipv6(address), Ok(Host::Ipv6(again))) => *address == again,
        _ => false,
    }
}
