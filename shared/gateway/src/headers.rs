use std::borrow::Cow;
use std::fmt;

use lambda_http::http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

/// The headers of a request, without those that HTTP has no room for.
pub(crate) fn read_headers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HeaderMap, D::Error> {
    Ok(Option::<Headers>::deserialize(deserializer)?.unwrap_or_default().0)
}

#[derive(Default)]
struct Headers(HeaderMap);

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Headers;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("headers")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Headers, A::Error> {
                let mut headers = HeaderMap::with_capacity(map.size_hint().unwrap_or(16));
                while let Some((name, value)) = map.next_entry::<Cow<'de, str>, Option<Cow<'de, str>>>()? {
                    let name = HeaderName::from_bytes(name.as_bytes());
                    // Other bytes than ASCII are allowed: a header's reader sees that they are no text of its own.
                    let value = HeaderValue::from_bytes(value.unwrap_or_default().as_bytes());
                    if let (Ok(name), Ok(value)) = (name, value) {
                        // An error is a map that is full, at 32,768.
                        let _ = headers.try_append(name, value);
                    }
                }
                Ok(Headers(headers))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}
