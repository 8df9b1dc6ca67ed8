//! An event of API Gateway, with whatever a stranger has sent. Input: the event itself; or its method, path, query, a header's
//! name and value, and its body, with a line break between them.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway::HttpEvent;
use lambda_http::http::{HeaderName, HeaderValue, Method};
use lambda_http::{Request, RequestExt};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|input: &str| {
    if let Ok(event) = serde_json::from_str::<HttpEvent>(input) {
        let _ = event.into_request();
    }
    let parts: Vec<&str> = input.splitn(6, '\n').collect();
    let [method, path, query, name, value, body] = parts[..] else { return };
    for is_base64 in [false, true] {
        let mut event = json!({
            "rawPath": path, "rawQueryString": query, "body": body, "isBase64Encoded": is_base64,
            "requestContext": {"http": {"method": method}},
        })
        .to_string();
        // The same name twice, which a map of serde_json has no room for.
        let header = format!("{}:{}", json!(name), json!(value));
        event.insert_str(1, &format!(r#""headers":{{{header},"x-known":"1",{header}}},"#));
        check(&event, &parts, is_base64);
    }
});

fn check(event: &str, parts: &[&str], is_base64: bool) {
    let [method, path, _, name, value, body] = parts[..] else { return };
    let read: HttpEvent = serde_json::from_str(event).expect("whatever was sent, it is an event");
    assert_eq!(format!("{read:?}"), "HttpEvent(***)");
    let request = read.into_request();
    assert_eq!(*request.method(), Method::from_bytes(method.as_bytes()).unwrap_or(Method::TRACE));
    assert_eq!(request.raw_http_path(), path);
    let decoded = STANDARD.decode(body).ok().filter(|_| is_base64);
    assert_eq!(&request.body()[..], decoded.as_deref().unwrap_or(body.as_bytes()));
    check_headers(&request, name, value);
}

/// Those that HTTP has room for are there, as often as they came. The others take nothing along.
fn check_headers(request: &Request, name: &str, value: &str) {
    let all = request.headers();
    let known = all.get_all("x-known").iter().filter(|value| *value == "1").count();
    assert!(known >= 1, "a header that can be read is lost");
    let sent = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes()));
    let (Ok(name), Ok(value)) = sent else {
        assert_eq!(all.len(), 1);
        return;
    };
    let found = all.get_all(&name).iter().filter(|found| *found == value).count();
    assert!(found >= 2, "{found} of two headers of one name");
}
