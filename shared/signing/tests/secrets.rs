//! What a signing secret is, and how little of it can be seen.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use signing::{InvalidSecret, SigningSecret};

#[expect(clippy::disallowed_methods, reason = "nobody hands a test its randomness")]
fn random(bytes: &mut [u8]) {
    aws_lc_rs::rand::fill(bytes).expect("random bytes");
}

fn written(bytes: usize) -> String {
    format!("whsec_{}", STANDARD.encode(vec![7; bytes]))
}

#[test]
fn a_generated_secret_is_whsec_and_the_base64_of_32_bytes() {
    let text = SigningSecret::generate(random).expose();
    let encoded = text.strip_prefix("whsec_").expect("starts with whsec_");
    assert_eq!(STANDARD.decode(encoded).expect("is base64").len(), 32);
}

#[test]
fn two_generated_secrets_differ() {
    assert_ne!(SigningSecret::generate(random).expose(), SigningSecret::generate(random).expose());
}

#[test]
fn an_exposed_secret_is_read_back_as_it_was() {
    let text = SigningSecret::generate(random).expose();
    assert_eq!(SigningSecret::parse(&text).expect("is valid").expose(), text);
}

#[test]
fn an_empty_secret_is_refused() {
    assert_eq!(SigningSecret::parse("whsec_").unwrap_err(), InvalidSecret::Empty);
    assert_eq!(SigningSecret::parse("").unwrap_err(), InvalidSecret::Prefix);
}

#[test]
fn a_secret_without_its_prefix_is_refused() {
    let text = written(32);
    let bare = text.strip_prefix("whsec_").expect("has the prefix");
    assert_eq!(SigningSecret::parse(bare).unwrap_err(), InvalidSecret::Prefix);
    assert_eq!(SigningSecret::parse(&text.to_uppercase()).unwrap_err(), InvalidSecret::Prefix);
}

#[test]
fn a_secret_that_is_not_base64_is_refused() {
    for text in ["whsec_!!!!", "whsec_abc", "whsec_ ", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"] {
        assert_eq!(SigningSecret::parse(text).unwrap_err(), InvalidSecret::Base64, "{text:?}");
    }
}

#[test]
fn a_secret_has_24_to_64_bytes() {
    for bytes in [1, 23, 65, 200] {
        let refused = SigningSecret::parse(&written(bytes)).unwrap_err();
        assert_eq!(refused, InvalidSecret::Length { bytes });
    }
    for bytes in [24, 32, 64] {
        assert!(SigningSecret::parse(&written(bytes)).is_ok(), "{bytes}");
    }
}

#[test]
fn a_secret_that_is_printed_shows_nothing_of_itself() {
    let secret = SigningSecret::generate(random);
    assert_eq!(format!("{secret:?}"), "SigningSecret(***)");
}
