use http::header::RETRY_AFTER;
use reqwest::Response;

use crate::{ExchangeOutcome, Limits};

/// An HTTP date has 29 characters (RFC 9110, 5.6.7); anything much longer is not a `Retry-After`.
const RETRY_AFTER_LENGTH: usize = 64;

/// Reads as much of the answer as the limits allow. Dropping the response then closes the connection.
pub(crate) async fn read(mut response: Response, limits: &Limits) -> Result<ExchangeOutcome, reqwest::Error> {
    let status = response.status().as_u16();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .filter(|value| value.len() <= RETRY_AFTER_LENGTH)
        .map(str::to_owned);
    let mut body = Vec::new();
    while body.len() < limits.answer_read
        && let Some(chunk) = response.chunk().await?
    {
        let wanted = limits.answer_read - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(wanted)]);
    }
    Ok(ExchangeOutcome::Answered { status, body: kept_text(&body, limits.answer_kept), retry_after })
}

/// The start of the body as text of at most `most` bytes.
///
/// The text is made before it is cut, so that a character at the cut is left out and not mistaken for broken UTF-8.
fn kept_text(body: &[u8], most: usize) -> String {
    // A character has at most 4 bytes, and a replaced one grows to 3: nothing beyond this can be kept.
    let relevant = &body[..body.len().min(most + 4)];
    let mut text = String::from_utf8_lossy(relevant).into_owned();
    text.truncate(text.floor_char_boundary(most));
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_short_answer_is_kept_whole() {
        assert_eq!(kept_text("Grüße".as_bytes(), 2048), "Grüße");
        assert_eq!(kept_text(b"", 2048), "");
    }

    #[test]
    fn a_character_across_the_cut_is_left_out() {
        assert_eq!(kept_text("aé".as_bytes(), 2), "a");
        assert_eq!(kept_text("aé".as_bytes(), 3), "aé");
        assert_eq!(kept_text("x🎉🎉".as_bytes(), 8), "x🎉");
    }

    #[test]
    fn what_is_not_utf8_is_replaced() {
        assert_eq!(kept_text(b"a\xffb", 2048), "a\u{fffd}b");
    }

    proptest! {
        #[test]
        fn the_kept_text_never_passes_its_limit(body: Vec<u8>, most in 0_usize..64) {
            prop_assert!(kept_text(&body, most).len() <= most);
        }

        #[test]
        fn the_kept_text_is_the_start_of_a_text(body: String, most in 0_usize..64) {
            let kept = kept_text(body.as_bytes(), most);
            prop_assert!(body.starts_with(&kept));
            prop_assert!(kept.len() == body.len() || kept.len() + 4 > most);
        }
    }
}
