use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use http::HeaderValue;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands in the place of a masked value.
const MASKED: &[u8] = b"***";

/// Shorter values are no secrets worth the name, and would be found everywhere.
const SHORTEST: usize = 8;

/// A user's name or a password can be shorter than what carries it.
const SHORTEST_CREDENTIAL: usize = 4;

/// With or without padding: receivers take both.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The secrets of a request, as an answer may repeat them: whole, in parts, and as JSON, HTML or a URL write them.
///
/// It hides what an endpoint repeats by itself. Whoever writes the receiver's code can repeat a value in any disguise; but
/// then the value has been told to him anyway.
pub(crate) struct Mask(Vec<Vec<u8>>);

impl Mask {
    /// Masks these values.
    pub(crate) fn of<'a>(values: impl Iterator<Item = &'a HeaderValue>) -> Self {
        let mut secrets: Vec<Vec<u8>> = Vec::new();
        for value in values {
            match str::from_utf8(value.as_bytes()) {
                Ok(text) => secrets.extend(parts(text).iter().flat_map(|part| spellings(part))),
                Err(_) if value.len() >= SHORTEST => secrets.push(value.as_bytes().to_vec()),
                Err(_) => {}
            }
        }
        // The longest first: a part must not leave the rest of a whole behind.
        secrets.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        secrets.dedup();
        Self(secrets)
    }

    /// The text with `***` for each secret in it. At its end the beginning of a secret counts, too: the answer may have been
    /// cut there.
    pub(crate) fn apply(&self, text: &[u8]) -> Vec<u8> {
        let mut masked = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(&byte) = rest.first() {
            match self.0.iter().find_map(|secret| found_at_start(secret, rest)) {
                Some(length) => {
                    masked.extend_from_slice(MASKED);
                    rest = &rest[length..];
                }
                None => {
                    masked.push(byte);
                    rest = &rest[1..];
                }
            }
        }
        masked
    }
}

/// How much of the text's start is this secret.
fn found_at_start(secret: &[u8], text: &[u8]) -> Option<usize> {
    if text.starts_with(secret) {
        return Some(secret.len());
    }
    (text.len() >= SHORTEST && secret.starts_with(text)).then_some(text.len())
}

/// What is secret of a value: the whole, its words (`Bearer` and the token, the cookies), what a word assigns, and the user
/// and the password of a Basic one.
fn parts(value: &str) -> Vec<String> {
    let words = value.split(|c: char| c.is_whitespace() || matches!(c, ';' | ','));
    let assigned = words.clone().filter_map(|word| word.split_once('=').map(|(_, assigned)| assigned));
    let mut parts: Vec<String> =
        [value].into_iter().chain(words).chain(assigned).map(str::to_owned).collect();
    parts.retain(|part| part.chars().count() >= SHORTEST);
    if let Some(credentials) = basic_credentials(value) {
        let (user, password) = credentials.split_once(':').unwrap_or((&credentials, ""));
        let each = [credentials.as_str(), user, password];
        let long_enough = each.into_iter().filter(|part| part.chars().count() >= SHORTEST_CREDENTIAL);
        parts.extend(long_enough.map(str::to_owned));
    }
    parts
}

/// `user:password`, of `Basic dXNlcjpwYXNzd29yZA==`.
fn basic_credentials(value: &str) -> Option<String> {
    let (scheme, encoded) = value.trim().split_once(char::is_whitespace)?;
    let decoded = BASE64.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    String::from_utf8(decoded).ok()
}

/// A text as it is, and as it stands in JSON, in HTML and in a URL.
fn spellings(text: &str) -> Vec<Vec<u8>> {
    let json = text.replace('\\', "\\\\").replace('"', "\\\"");
    let html = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let spellings = [
        text.to_owned(),
        // PHP escapes slashes, too.
        json.replace('/', "\\/"),
        json,
        html.replace('"', "&quot;").replace('\'', "&#39;"),
        html,
        utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
        url::form_urlencoded::byte_serialize(text.as_bytes()).collect(),
    ];
    spellings.into_iter().map(String::into_bytes).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn masked(values: &[&str], text: &str) -> String {
        let values: Vec<HeaderValue> =
            values.iter().map(|value| HeaderValue::from_str(value).unwrap()).collect();
        String::from_utf8(Mask::of(values.iter()).apply(text.as_bytes())).unwrap()
    }

    #[test]
    fn a_value_of_eight_characters_is_masked_and_a_shorter_one_is_not() {
        assert_eq!(masked(&["12345678"], "a12345678b12345678"), "a***b***");
        assert_eq!(masked(&["1234567"], "a1234567b"), "a1234567b");
    }

    #[test]
    fn the_token_without_its_scheme_is_masked() {
        let value = "Bearer eyJhbGciOi.J9";
        assert_eq!(masked(&[value], r#"{"token":"eyJhbGciOi.J9"}"#), r#"{"token":"***"}"#);
        assert_eq!(masked(&[value], "Authorization: Bearer eyJhbGciOi.J9!"), "Authorization: ***!");
        assert_eq!(masked(&["id=1; session=0123456789"], "session is 0123456789"), "session is ***");
    }

    #[test]
    fn user_and_password_of_a_basic_value_are_masked() {
        // alice:pa55wd
        let value = "Basic YWxpY2U6cGE1NXdk";
        assert_eq!(masked(&[value], "alice / pa55wd"), "*** / ***");
        assert_eq!(masked(&[value], "alice:pa55wd, YWxpY2U6cGE1NXdk"), "***, ***");
        // key: (the documented form of an API key)
        assert_eq!(masked(&["basic c2stbGl2ZS0wMTIz"], "sk-live-0123"), "***");
    }

    #[test]
    fn json_html_and_urls_write_a_value_in_their_way() {
        let value = r#"a"b/c&d<e> é'"#.to_owned();
        for echoed in [
            r#"a\"b/c&d<e> é'"#,
            r#"a\"b\/c&d<e> é'"#,
            "a&quot;b/c&amp;d&lt;e&gt; é&#39;",
            "a%22b%2Fc%26d%3Ce%3E%20%C3%A9%27",
            "a%22b%2Fc%26d%3Ce%3E+%C3%A9%27",
        ] {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            assert_eq!(Mask::of([&value].into_iter()).apply(echoed.as_bytes()), MASKED, "{echoed}");
        }
    }

    #[test]
    fn the_longest_value_wins() {
        assert_eq!(masked(&["12345678", "12345678-and-more"], "12345678-and-more 12345678"), "*** ***");
    }

    #[test]
    fn the_beginning_of_a_value_at_the_end_of_what_came_is_masked() {
        assert_eq!(masked(&["0123456789abcdef"], "it is 0123456789"), "it is ***");
        assert_eq!(masked(&["0123456789abcdef"], "it is 0123456789 there"), "it is 0123456789 there");
    }

    proptest! {
        #[test]
        fn no_value_survives(value in "[a-z0-9]{8,20}", before in "[A-Z ]{0,9}", after in "[A-Z ]{0,9}") {
            prop_assert_eq!(masked(&[&value], &format!("{before}{value}{after}")), format!("{before}***{after}"));
        }

        #[test]
        fn what_has_no_secret_in_it_stays(text in "[A-Z ]{0,40}", value in "[a-z0-9]{8,20}") {
            prop_assert_eq!(masked(&[&value], &text), text);
        }
    }
}
