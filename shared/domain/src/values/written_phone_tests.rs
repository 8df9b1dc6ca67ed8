use proptest::prelude::*;

use super::*;

fn read_in(code: &str, text: &str) -> Result<String, PhoneError> {
    normalise_phone(text, CountryCode::parse(code).expect("a code")).map(String::from)
}

fn all_are(number: &str, code: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(read_in(code, text).as_deref(), Ok(number), "{text:?} in {code}");
    }
}

fn all_are_refused(why: PhoneError, code: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(read_in(code, text), Err(why), "{text:?} in {code}");
    }
}

#[test]
fn a_number_that_would_lose_a_prefix_once_more_is_refused() {
    all_are_refused(PhoneError::NotANumber, "62", &["0043 004 949", "004300494900"]);
    all_are("+442079460958", "1", &["+44 (0)20 7946 0958"]);
}

#[test]
fn separators_of_every_kind_mean_nothing() {
    let texts = [
        "+15551234567",
        "5551234567",
        "15551234567",
        "(555) 123-4567",
        "+1 (555) 123.4567",
        "+1/555/123/4567",
        "555.123.4567",
        "+1\u{a0}555\u{202f}123\u{3000}4567",
        "  555-123-4567\t",
        "(+1) 555 123 4567",
        "+1 (5551234567)",
        "+1 555\u{2011}123\u{2013}4567",
        "+1 1 555 123 4567",
    ];
    all_are("+15551234567", "1", &texts);
}

#[test]
fn invisible_marks_wide_digits_and_what_programs_wrap_around_a_number_mean_nothing() {
    let texts = [
        "\u{202a}+1 555 123 4567\u{202c}",
        "\u{202d}+15551234567\u{202c}\u{200e}",
        "+1\u{200b}555\u{fe0d}1234567",
        "\u{feff}+15551234567",
        "＋１５５５１２３４５６７",
        "（５５５）１２３－４５６７",
        "tel:+1-555-123-4567",
        "TEL: 555 123 4567",
        "p:+15551234567",
        "\u{200e}tel:+15551234567",
        "+15551234567.0",
        "15551234567.00",
        "+1 555 123 4567.0",
    ];
    all_are("+15551234567", "1", &texts);
}

#[test]
fn a_separator_with_nothing_behind_it_and_quotes_mean_nothing() {
    let texts = [
        "+15551234567 / ",
        "+15551234567,",
        "+15551234567, ;",
        "+15551234567 ()",
        "+15551234567 ( )\n/",
        "; 555-123-4567",
        "\"+15551234567\"",
        "'5551234567",
        "\u{201c}+1 (555) 123-4567\u{201d}",
        "\"tel:+15551234567.0\",",
    ];
    all_are("+15551234567", "1", &texts);
    all_are_refused(
        PhoneError::WithExtension,
        "1",
        &["+15551234567 / 2", "+15551234567 (2)", "+15551234567;2,"],
    );
    all_are_refused(PhoneError::NotANumber, "1", &["\"\"", "/", ",;"]);
}

#[test]
fn a_trunk_zero_in_brackets_is_dialled_only_where_the_number_has_it() {
    for code in ["1", "420"] {
        let czech =
            ["+420 (0)601 123 456", "+420(0)601123456", "00420 (0) 601 123 456", "(+420) ( 0 ) 601 123 456"];
        all_are("+420601123456", code, &czech);
        all_are("+390612345678", code, &["+39 (0)6 1234 5678", "0039 (0) 6 1234 5678"]);
        // Without the 0 a mobile, with it a landline in Como.
        all_are_refused(PhoneError::NotANumber, code, &["+39 (0)312 345 6789"]);
        all_are("+15551234567", code, &["+1 (0) 555 123 4567"]);
        // A digit is missing: with the 0 it has the length of a number.
        all_are_refused(PhoneError::NotANumber, code, &["+420 (0)60112345"]);
        all_are_refused(PhoneError::WithExtension, code, &["+420 (0)601 123 456 (12)"]);
    }
    all_are("+420601123456", "420", &["(0)601 123 456", "420 (0) 601 123 456"]);
    all_are("+442079460958", "44", &["(0)20 7946 0958"]);
    // By 002 a Korean chooses a carrier, and then 53 or 39; or it is 00, and then 253 or 239.
    all_are_refused(PhoneError::NotANumber, "82", &["00253 (0) 77831001", "00239 (0) 9812345"]);
    all_are_refused(PhoneError::NotANumber, "1", &["++44 (0)20 7946 0958", "1+ (0) 555 123 4567"]);
    // No country's code: the 0 is one of the number's digits.
    all_are("+493001234567", "49", &["30 (0) 1234567"]);
    all_are("+442079460958", "61", &["0011 44 (0)20 7946 0958"]);
}

#[test]
fn a_number_is_read_by_the_rules_of_its_own_country() {
    for code in ["1", "49", "62"] {
        all_are("+442079460958", code, &["+44 (0)20 7946 0958", "+44 20 7946 0958", "0044 20 7946 0958"]);
        all_are("+390612345678", code, &["+39 06 1234 5678", "+39 (06) 12345678"]);
    }
    for (number, code, text) in [
        ("+33612345678", "33", "06 12 34 56 78"),
        ("+33612345678", "33", "612345678"),
        ("+61412345678", "61", "0412 345 678"),
        ("+442079460958", "61", "0011 44 20 7946 0958"),
        ("+441134960123", "44", "0113 496 0123"),
        ("+447700900123", "44", "07700 900123"),
        ("+442079460958", "1", "011 44 20 7946 0958"),
        ("+442079460958", "33", "011 44 20 7946 0958"),
        ("+15551234567", "1", "0015551234567"),
        ("+493012345678", "49", "030/12345678"),
        ("+493309412345", "1", "+49 33094/12345"),
        ("+493309412300", "1", "+49 33094 123.00"),
        ("+493012345678", "49", "493012345678"),
        ("+5491123456789", "54", "011 15-2345-6789"),
        ("+84912345678", "84", "0912 345 678"),
        // A Russian waits for a second dial tone at the `~`.
        ("+442079460958", "7", "8~10 44 20 7946 0958"),
    ] {
        all_are(number, code, &[text]);
    }
}

#[test]
fn what_has_not_the_length_of_a_number_is_refused() {
    let texts = [
        "",
        "+",
        "()",
        "abc",
        "+0123456789",
        "+123456",
        "+1234567",
        "+1234567890123456",
        "+123456789012345",
        "555123456",
        "25551234567",
        "442079460958",
        "5551234",
        "+1+5551234567",
        "++15551234567",
        "+999123456789",
        "٥٥٥١٢٣٤٥٦٧",
        "+1555123456\u{667}",
        "00",
        "011",
        "\u{2460}\u{2461}",
    ];
    all_are_refused(PhoneError::NotANumber, "1", &texts);
    // The exit code of neither country, or a code within the country: nobody can tell.
    all_are_refused(PhoneError::NotANumber, "49", &["011 1 555 123 4567"]);
}

#[test]
fn what_stands_behind_a_number_is_never_dialled() {
    let texts = [
        "+1 555 123 4567 (22)",
        "+15551234567 ext. 8",
        "555-123-4567x22",
        "+15551234567;ext=22",
        "tel:+15551234567;phone-context=example.com",
        "+15551234567,,22",
        "+15551234567#22",
        "+15551234567 mobile",
        "+1 555 123 4567 / 22",
        "+1 555 123 4567\n22",
        "+15551234567,0",
    ];
    all_are_refused(PhoneError::WithExtension, "1", &texts);
    all_are_refused(PhoneError::WithExtension, "49", &["+49 30 1234567 (22)", "030 1234567/68"]);
    // Countries with short numbers.
    let short = ["+678 22123/22", "+685 22123 (22)", "+598 21123 / 22"];
    all_are_refused(PhoneError::WithExtension, "1", &short);
    for (code, text) in [
        ("376", "711 863 (12)"),
        ("678", "22123/22"),
        ("685", "22123 (22)"),
        ("690", "3101 / 12"),
        ("247", "62 123/12"),
        ("677", "21 234\n12"),
    ] {
        all_are_refused(PhoneError::WithExtension, code, &[text]);
    }
}

#[test]
fn an_area_code_that_begins_with_11_is_no_exit_code() {
    let british = ["0113 496 0123 456", "0113 496 0123-456", "0117 400 1234 560", "0114 496 01234"];
    all_are_refused(PhoneError::NotANumber, "44", &british);
    all_are_refused(PhoneError::NotANumber, "54", &["011 4321-1234 22"]);
    all_are_refused(PhoneError::NotANumber, "27", &["011 484 1234-22"]);
}

#[test]
fn letters_are_no_digits() {
    let texts = ["1-800-FLOWERS", "+1555CALLNOW", "+1555123456x", "Jane +15551234567", "+1 555 l23 4567"];
    all_are_refused(PhoneError::WithLetters, "1", &texts);
}

#[test]
fn of_two_numbers_none_is_dialled() {
    let texts = [
        "+15551234567;+15557654321",
        "+15551234567 +15557654321",
        "555-123-4567 / 555-765-4321",
        "5551234567 or 5557654321",
        "555-123-4567\r\n555-765-4321",
        "+1 555 123 4567 (555 765 4321)",
    ];
    all_are_refused(PhoneError::Several, "1", &texts);
    all_are_refused(PhoneError::Several, "49", &["030 123456/030 123457"]);
}

#[test]
fn an_endless_text_is_refused_at_once() {
    for piece in ["1", "(1", "/1234567", "+", "\n1", "\u{200b}"] {
        assert!(read_in("1", &piece.repeat(60_000)).is_err(), "{piece:?}");
    }
}

proptest! {
    #[test]
    fn a_number_keeps_its_last_digits_and_is_read_again_as_itself(text in "[+0-9 ()./-]{0,24}", code in "1|44|49|54|62|81|998") {
        if let Ok(number) = read_in(&code, &text) {
            let digits: String = text.strip_suffix(".0").unwrap_or(&text).chars().filter(char::is_ascii_digit).collect();
            prop_assert!(digits.ends_with(&number[number.len() - 4..]) || text.ends_with('0'), "{number}");
            for other in ["1", "33", "62"] {
                prop_assert_eq!(read_in(other, &number), Ok(number.clone()));
            }
        }
    }

    #[test]
    fn nothing_that_is_written_ends_in_a_panic(text in "\\PC{0,40}") {
        let _ = read_in("1", &text);
    }
}
