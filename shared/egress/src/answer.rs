use http::StatusCode;
use http::header::{LOCATION, RETRY_AFTER};
use reqwest::Response;
use url::Url;

use crate::mask::Mask;
use crate::{ExchangeOutcome, Limits, Method};

/// An HTTP date has 29 characters (RFC 9110, 5.6.7); anything much longer is not a `Retry-After`.
const RETRY_AFTER_LENGTH: usize = 64;

/// What common clients take, ours told otherwise.
const USUAL_HEADERS: usize = 100;

/// Longest URL that an endpoint can have; a longer one is no advice.
const LONGEST_ADVICE: usize = 2_048;

/// What is known of the request when its answer is read.
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) mask: Mask,
}

/// Reads as much of the body as is wanted. What came is in `body` also when the reading fails or is given up.
pub(crate) async fn read_body(
    response: &mut Response,
    body: &mut Vec<u8>,
    most: usize,
) -> Result<(), reqwest::Error> {
    while body.len() < most
        && let Some(chunk) = response.chunk().await?
    {
        let wanted = most - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(wanted)]);
    }
    Ok(())
}

/// The answer. Its status line decides, so whatever was odd after it ends in the note: `body_note`, and what the head shows.
pub(crate) fn answered(
    response: &Response,
    body: &[u8],
    body_note: Option<String>,
    sent: &Sent,
    limits: &Limits,
) -> ExchangeOutcome {
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .filter(|value| value.len() <= RETRY_AFTER_LENGTH)
        .map(str::to_owned);
    let notes = [redirect_note(response, sent), headers_note(response), body_note];
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    ExchangeOutcome::Answered {
        status: response.status().as_u16(),
        body: kept_text(&sent.mask.apply(body, relevant(limits.answer_kept)), limits.answer_kept),
        retry_after,
        note: (!notes.is_empty()).then(|| notes.join("; ")),
    }
}

/// What to do about a redirect. Some receivers answer with one when they have done their work, others have moved.
fn redirect_note(response: &Response, sent: &Sent) -> Option<String> {
    const FOLLOWED_BY_OTHERS: [StatusCode; 5] = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    if !FOLLOWED_BY_OTHERS.contains(&response.status()) {
        return None;
    }
    let advice = "redirects are not followed: the endpoint has to answer 2xx itself";
    Some(match target_of_redirect(response, sent.method) {
        Some(target) => {
            let target = sent.mask.apply(target.as_str().as_bytes(), usize::MAX);
            format!("{advice}, or, if it has moved, save its new URL: {}", String::from_utf8_lossy(&target))
        }
        None => advice.to_owned(),
    })
}

fn target_of_redirect(response: &Response, method: Method) -> Option<Url> {
    let location = str::from_utf8(response.headers().get(LOCATION)?.as_bytes()).ok()?;
    let mut target = response.url().join(location).ok()?;
    target.set_fragment(None);
    if method == Method::Get && target.query() == response.url().query() {
        // It is the payload, which is no part of an endpoint's URL.
        target.set_query(None);
    }
    let is_usable = matches!(target.scheme(), "https" | "http") && target.as_str().len() <= LONGEST_ADVICE;
    is_usable.then_some(target)
}

fn headers_note(response: &Response) -> Option<String> {
    let count = response.headers().len();
    (count > USUAL_HEADERS).then(|| format!("the answer has {count} headers"))
}

/// The start of the body as text of at most `most` bytes.
///
/// The text is made before it is cut, so that a character at the cut is left out and not mistaken for broken UTF-8.
fn kept_text(body: &[u8], most: usize) -> String {
    let start = &body[..body.len().min(relevant(most))];
    let mut text = String::from_utf8_lossy(start).into_owned();
    text.truncate(text.floor_char_boundary(most));
    text
}

/// How many bytes matter when so many are kept: a character has at most 4, and a replaced one grows to 3.
fn relevant(most: usize) -> usize {
    most + 4
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::stream;
    use http_body_util::StreamBody;
    use http_body_util::combinators::BoxBody;
    use hyper::body::Frame;
    use proptest::prelude::*;

    use super::*;

    fn response(headers: usize, chunks: &'static [&'static str]) -> Response {
        let frames = chunks
            .iter()
            .map(|chunk| Ok::<_, std::io::Error>(Frame::data(Bytes::from_static(chunk.as_bytes()))));
        let body = reqwest::Body::wrap(BoxBody::new(StreamBody::new(stream::iter(frames))));
        let builder = (0..headers)
            .fold(http::Response::builder(), |builder, at| builder.header(format!("x-{at}"), "1"));
        Response::from(builder.body(body).expect("a response"))
    }

    #[tokio::test]
    async fn no_more_of_a_body_is_kept_than_is_wanted_in_whatever_pieces_it_comes() {
        for (most, kept) in [(0, ""), (2, "ab"), (3, "abc"), (5, "abcde"), (7, "abcdef")] {
            let mut body = Vec::new();
            read_body(&mut response(0, &["ab", "cd", "ef"]), &mut body, most).await.expect("a body");
            assert_eq!(String::from_utf8_lossy(&body), kept, "{most}");
        }
    }

    #[test]
    fn more_headers_than_usual_are_noted() {
        assert_eq!(headers_note(&response(100, &[])), None);
        assert_eq!(headers_note(&response(101, &[])).as_deref(), Some("the answer has 101 headers"));
    }

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
