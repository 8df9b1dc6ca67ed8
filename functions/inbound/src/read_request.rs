//! A request as it came: its body, by the rules of its webhook, and by what its repeat is known.

use domain::{
    BodyDigest, CountryCode, IdempotencyKey, InboundRequest, IntakeRules, InvalidIdempotencyKey,
    MAX_BODY_BYTES, parse_inbound_request, parse_mapped_request,
};
use lambda_http::Request;

use crate::answer::Answer;

/// By what a repeat is known: its key, and the digest of what is compared under it.
pub(crate) type Identity = (IdempotencyKey, BodyDigest);

/// What a request asks for. A key in the header counts before one that a mapping finds.
pub(crate) fn read_request(
    request: &Request,
    rules: &IntakeRules,
    country: &CountryCode,
) -> Result<(Option<Identity>, InboundRequest), Answer> {
    let body: &[u8] = request.body();
    if body.len() > MAX_BODY_BYTES {
        return Err(Answer::BodyTooLarge);
    }
    let key = idempotency_key(request).map_err(|InvalidIdempotencyKey| Answer::InvalidIdempotencyKey)?;
    let (found, parsed) = match &rules.mapping {
        None => (None, parse_inbound_request(body, country).map_err(Answer::Rejected)?),
        Some(mapping) => {
            let mapped = parse_mapped_request(body, mapping, country).map_err(Answer::Rejected)?;
            (mapped.idempotency, mapped.request)
        }
    };
    Ok((key.map(|key| (key, BodyDigest::of(body))).or(found), parsed))
}

/// API Gateway joins headers of one name by commas; a sender that repeats the header means one key. One that is empty is
/// refused: it was to protect from a second call, and a template has lost what it was made of.
pub(crate) fn idempotency_key(request: &Request) -> Result<Option<IdempotencyKey>, InvalidIdempotencyKey> {
    let values = request.headers().get_all("idempotency-key");
    if values.iter().next().is_none() {
        return Ok(None);
    }
    let texts: Option<Vec<_>> = values.iter().map(|value| value.to_str().ok()).collect();
    IdempotencyKey::parse(&texts.ok_or(InvalidIdempotencyKey)?.join(",")).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read of a request with these headers.
    fn key_of(values: &[&str]) -> Result<Option<String>, InvalidIdempotencyKey> {
        let mut request = Request::default();
        for value in values {
            request.headers_mut().append("idempotency-key", value.parse().expect("a header's value"));
        }
        idempotency_key(&request).map(|key| key.map(|key| key.as_str().to_owned()))
    }

    #[test]
    fn a_key_that_is_sent_empty_is_refused_and_not_taken_for_none() {
        assert_eq!(key_of(&[]), Ok(None));
        for empty in [&[""][..], &[" "], &["", ""], &[", ,"]] {
            assert_eq!(key_of(empty), Err(InvalidIdempotencyKey), "{empty:?}");
        }
        for one in [&["lead-4711"][..], &["", "lead-4711"], &["lead-4711", "lead-4711"]] {
            assert_eq!(key_of(one), Ok(Some("lead-4711".to_owned())), "{one:?}");
        }
    }
}
