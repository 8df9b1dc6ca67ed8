//! What CRMs write as a phone number. Input: the deployment's country code, a line break, the number.
#![no_main]

use domain::{CountryCode, PhoneNumber, normalise_phone};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let (code, text) = input.split_once('\n').unwrap_or(("1", input));
    let Ok(country) = CountryCode::parse(code) else { return };
    let number = normalise_phone(text, &country);

    let spread: String = text.chars().flat_map(|c| [c, ' ', '(', '\u{a0}', ')', '.', '-']).collect();
    assert_eq!(normalise_phone(&spread, &country), number, "separators mean something");

    let Ok(number) = number else { return };
    let read_over = |c: char| c.is_whitespace() || "().-".contains(c);
    assert!(
        text.chars().all(|c| c.is_ascii_digit() || c == '+' || read_over(c)),
        "more than a number: {text:?}"
    );
    assert!(has_the_shape_of_e164(number.as_str()));
    assert_eq!(PhoneNumber::parse(number.as_str()).as_ref(), Ok(&number));
    for other in ["1", "49", "998"] {
        let other = CountryCode::parse(other).expect("a code");
        assert_eq!(normalise_phone(number.as_str(), &other).as_ref(), Ok(&number), "normalised twice");
    }
    assert!(is_made_of(&number.as_str()[1..], text, code), "digits were lost or invented");
});

fn has_the_shape_of_e164(number: &str) -> bool {
    let bytes = number.as_bytes();
    matches!(bytes, [b'+', b'1'..=b'9', rest @ ..] if (6..=14).contains(&rest.len()) && rest.iter().all(u8::is_ascii_digit))
}

/// The digits of the text, after `00` or `011` or behind the country code.
fn is_made_of(digits: &str, text: &str, code: &str) -> bool {
    let given: String = text.chars().filter(char::is_ascii_digit).collect();
    [Some(given.as_str()), given.strip_prefix("00"), given.strip_prefix("011")].contains(&Some(digits))
        || digits.strip_prefix(code) == Some(&given)
}
