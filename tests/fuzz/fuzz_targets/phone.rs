//! What CRMs write as a phone number. Input: the deployment's country code, a line break, the number.
#![no_main]

use domain::{CountryCode, PhoneNumber, normalise_phone};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let (code, text) = input.split_once('\n').unwrap_or(("1", input));
    let Ok(country) = CountryCode::parse(code) else { return };
    let number = normalise_phone(text, country);

    let spread: String = text.chars().flat_map(|c| [c, '\u{200b}', '\u{202a}', '\u{fe0d}']).collect();
    assert_eq!(normalise_phone(&spread, country), number, "an invisible mark means something");
    let digits_only = text.chars().all(|c| c.is_ascii_digit() || c == '+');
    if digits_only {
        let spread: String = text.chars().flat_map(|c| [c, ' ', '\u{a0}', ')', '-', '\u{2011}']).collect();
        assert_eq!(normalise_phone(&spread, country), number, "a separator means something");
    }

    let Ok(number) = number else { return };
    assert!(has_the_shape_of_e164(number.as_str()));
    assert_eq!(PhoneNumber::parse(number.as_str()).as_ref(), Ok(&number));
    for other in ["1", "49", "998"] {
        let other = CountryCode::parse(other).expect("a code");
        assert_eq!(normalise_phone(number.as_str(), other).as_ref(), Ok(&number), "normalised twice");
    }
    if digits_only {
        // Prefixes come and go. The subscriber's own digits stay.
        assert!(
            text.ends_with(&number.as_str()[number.as_str().len() - 4..]),
            "digits were lost or invented"
        );
    }
});

fn has_the_shape_of_e164(number: &str) -> bool {
    let bytes = number.as_bytes();
    matches!(bytes, [b'+', b'1'..=b'9', rest @ ..] if (6..=14).contains(&rest.len()) && rest.iter().all(u8::is_ascii_digit))
}
