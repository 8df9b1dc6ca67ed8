use std::collections::HashSet;
use std::fmt;

use http::{HeaderName, HeaderValue};

/// Most custom headers of one endpoint.
const MAX_COUNT: usize = 20;

/// Names and values of one endpoint together. Sealed, they must fit the 4,096 bytes of KMS Encrypt.
const MAX_TOTAL_BYTES: usize = 3_500;

/// Headers that the request itself or its signature is made of.
const RESERVED: [&str; 10] = [
    "host",
    "expect",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "te",
    "trailer",
    "upgrade",
    "keep-alive",
];
const RESERVED_PREFIXES: [&str; 2] = ["proxy-", "webhook-"];

/// `_` counts as `-`: gateways that hand headers on as variables (CGI, WSGI) make one name of both.
pub(crate) fn is_reserved_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    RESERVED.contains(&name.as_str()) || RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The custom headers of one endpoint, valid and in the order their owner gave. Their values are secrets: `Debug` shows
/// the names only, and there is no `Serialize`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CustomHeaders(Vec<(String, String)>);

/// Why a list of headers is refused. Quotes no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHeader {
    /// More than 20.
    #[error("there are more than {MAX_COUNT} headers")]
    TooMany,
    /// All names and values together are too long.
    #[error("names and values have more than {MAX_TOTAL_BYTES} bytes together")]
    TooLong,
    /// Not a token of RFC 9110.
    #[error("a header's name has letters, digits and !#$%&'*+-.^_`|~ only")]
    Name {
        /// Place in the list, from 0.
        index: usize,
    },
    /// A name that is set by us.
    #[error("this header is set by the delivery itself")]
    Reserved {
        /// Place in the list, from 0.
        index: usize,
    },
    /// The name stands twice, in whatever case.
    #[error("this name stands in the list before")]
    Repeated {
        /// Place in the list, from 0.
        index: usize,
    },
    /// A line break or another control character in the value.
    #[error("a header's value has no line breaks and no control characters")]
    Value {
        /// Place in the list, from 0.
        index: usize,
    },
}

impl InvalidHeader {
    /// The faulty part of the list, such as `[2].value`; empty for the list as a whole.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::TooMany | Self::TooLong => String::new(),
            Self::Name { index } | Self::Reserved { index } | Self::Repeated { index } => {
                format!("[{index}].name")
            }
            Self::Value { index } => format!("[{index}].value"),
        }
    }
}

impl CustomHeaders {
    /// Checks a list of names and values.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`], naming the first header that breaks a rule.
    pub fn parse(headers: Vec<(String, String)>) -> Result<Self, InvalidHeader> {
        if headers.len() > MAX_COUNT {
            return Err(InvalidHeader::TooMany);
        }
        let mut seen = HashSet::new();
        for (index, (name, value)) in headers.iter().enumerate() {
            let parsed =
                HeaderName::from_bytes(name.as_bytes()).map_err(|_| InvalidHeader::Name { index })?;
            if is_reserved_header(parsed.as_str()) {
                return Err(InvalidHeader::Reserved { index });
            }
            HeaderValue::from_bytes(value.as_bytes()).map_err(|_| InvalidHeader::Value { index })?;
            if !seen.insert(parsed) {
                return Err(InvalidHeader::Repeated { index });
            }
        }
        if headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > MAX_TOTAL_BYTES {
            return Err(InvalidHeader::TooLong);
        }
        Ok(Self(headers))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names: all that a reader ever sees again.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Headers of these names as a reader may see them: every value is `***`. As in [`CustomHeaders::from_lines`], a name that
    /// has become reserved is left out.
    #[must_use]
    pub fn masked(names: &[String]) -> Self {
        let sent = names.iter().filter(|name| !is_reserved_header(name));
        Self(sent.map(|name| (name.clone(), "***".to_owned())).collect())
    }

    /// The value under this name, in whatever case.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The headers as they are sent.
    pub fn iter(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        self.0.iter().filter_map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            let mut value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
            value.set_sensitive(true);
            Some((name, value))
        })
    }

    /// The text that is sealed: `name:value` lines. Unlike JSON it never grows by escaping, and neither part can hold a line
    /// break.
    #[must_use]
    pub fn to_lines(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}:{value}\n")).collect()
    }

    /// Reads what [`CustomHeaders::to_lines`] wrote; `None` when it did not. A header whose name has become reserved since
    /// then is left out: it must not end the deliveries of an endpoint that was saved before.
    #[must_use]
    pub fn from_lines(lines: &str) -> Option<Self> {
        let split =
            |line: &str| line.split_once(':').map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut headers: Vec<(String, String)> =
            lines.split_terminator('\n').map(split).collect::<Option<_>>()?;
        headers.retain(|(name, _)| !is_reserved_header(name));
        Self::parse(headers).ok()
    }
}

impl fmt::Debug for CustomHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(name, _)| (name, "***"))).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(headers: &[(&str, &str)]) -> Result<CustomHeaders, InvalidHeader> {
        CustomHeaders::parse(
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        )
    }

    #[test]
    fn the_documented_headers_pass() {
        let headers =
            parse(&[("X-System", "app"), ("X-System-Key", "key"), ("Authorization", "Basic a2V5Og==")]);
        assert_eq!(headers.expect("valid").names(), ["X-System", "X-System-Key", "Authorization"]);
    }

    #[test]
    fn a_name_must_be_a_token_and_not_one_of_ours() {
        for name in ["", "X System", "X:Y", "Ünder", "a\r\nb"] {
            assert_eq!(parse(&[(name, "v")]), Err(InvalidHeader::Name { index: 0 }), "{name:?}");
        }
        for name in [
            "Host",
            "Content-Length",
            "content-type",
            "Transfer-Encoding",
            "Connection",
            "TE",
            "Trailer",
            "Upgrade",
            "Keep-Alive",
            "Proxy-Authorization",
            "proxy-x",
            "Webhook-Id",
            "webhook-signature",
            "Expect",
            "Content_Length",
            "webhook_id",
            "PROXY_authorization",
            "transfer_Encoding",
        ] {
            assert_eq!(
                parse(&[("X-Ok", "v"), (name, "v")]),
                Err(InvalidHeader::Reserved { index: 1 }),
                "{name}"
            );
        }
    }

    #[test]
    fn a_stored_header_whose_name_is_reserved_by_now_is_left_out() {
        let headers = CustomHeaders::from_lines("X-Key:k\nexpect:100-continue\nWebhook_Id:1\n");
        assert_eq!(headers.expect("valid").names(), ["X-Key"]);
        let shown = CustomHeaders::masked(&["X-Key", "expect", "Webhook_Id"].map(str::to_owned));
        assert_eq!((shown.names(), shown.value("X-Key")), (vec!["X-Key".to_owned()], Some("***")));
    }

    #[test]
    fn a_value_has_no_line_break_and_no_nul() {
        for value in ["a\rb", "a\nb", "a\0b", "a\u{7f}b"] {
            assert_eq!(parse(&[("X", value)]), Err(InvalidHeader::Value { index: 0 }), "{value:?}");
        }
        assert!(parse(&[("X", "")]).is_ok());
        assert!(parse(&[("X", "tab\there, é")]).is_ok());
    }

    #[test]
    fn a_name_stands_once_in_whatever_case() {
        assert_eq!(parse(&[("X-A", "1"), ("x-a", "2")]), Err(InvalidHeader::Repeated { index: 1 }));
    }

    #[test]
    fn there_are_at_most_20_headers_and_3500_bytes() {
        let many: Vec<_> = (0..21).map(|i| (format!("X-{i}"), String::new())).collect();
        assert!(CustomHeaders::parse(many[..20].to_vec()).is_ok());
        assert_eq!(CustomHeaders::parse(many), Err(InvalidHeader::TooMany));
        assert!(parse(&[("X", &"v".repeat(3_499))]).is_ok());
        assert_eq!(parse(&[("X", &"v".repeat(3_500))]), Err(InvalidHeader::TooLong));
    }

    #[test]
    fn a_value_never_shows_in_debug_output() {
        let headers = parse(&[("Authorization", "Bearer token123")]).expect("valid");
        assert_eq!(format!("{headers:?}"), r#"{"Authorization": "***"}"#);
    }

    proptest! {
        #[test]
        fn sealed_text_reads_back_and_fits_kms(
            headers in proptest::collection::vec(("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,30}", "[ -~\té]{0,170}"), 0..20)
        ) {
            if let Ok(headers) = CustomHeaders::parse(headers) {
                let lines = headers.to_lines();
                prop_assert!(lines.len() <= 4_096);
                prop_assert_eq!(CustomHeaders::from_lines(&lines), Some(headers));
            }
        }
    }

    #[test]
    fn a_fault_names_the_part_of_the_list_that_has_it() {
        for (fault, path) in [
            (InvalidHeader::TooMany, ""),
            (InvalidHeader::TooLong, ""),
            (InvalidHeader::Name { index: 0 }, "[0].name"),
            (InvalidHeader::Reserved { index: 1 }, "[1].name"),
            (InvalidHeader::Repeated { index: 2 }, "[2].name"),
            (InvalidHeader::Value { index: 3 }, "[3].value"),
        ] {
            assert_eq!(fault.path(), path);
        }
    }

    #[test]
    fn headers_are_sent_in_their_order_and_marked_as_secret() {
        let headers = parse(&[("X-B", "1"), ("X-A", "two")]).expect("valid");
        let sent: Vec<_> = headers.iter().collect();
        let shown: Vec<_> = sent.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        assert_eq!(shown, [("x-b", b"1".as_slice()), ("x-a", b"two".as_slice())]);
        assert!(sent.iter().all(|(_, value)| value.is_sensitive()));
        assert!(!headers.is_empty() && CustomHeaders::default().is_empty());
    }

    #[test]
    fn a_value_is_found_by_its_name_in_whatever_case() {
        let headers = parse(&[("X-A", "1"), ("X-B", "2")]).expect("valid");
        assert_eq!((headers.value("x-b"), headers.value("X-C")), (Some("2"), None));
        assert_eq!(headers.to_lines(), "X-A:1\nX-B:2\n");
        assert_eq!(CustomHeaders::from_lines("no colon"), None);
    }
}
