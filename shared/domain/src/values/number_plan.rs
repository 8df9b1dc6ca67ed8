//! What a row of digits means where it was written: exit codes, trunk prefixes and lengths, as the ITU's members publish them.

use rlibphonenumber::{
    CountryCodeSource, NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber as Parsed, PhoneNumberFormat,
};

use super::phone::{CountryCode, PhoneNumber};

/// More digits than any number has behind any exit code.
const MAX_DIGITS: usize = 24;

/// Exit codes that are written everywhere, whatever the writer's own country has.
const COMMON_EXIT_CODES: [&str; 2] = ["00", "011"];

/// The number that these digits are, with a `+` in front or without. `None` when they are none, and when they could be two: a wrong
/// guess rings a stranger.
pub(super) fn number_of(dialled: &str, country: CountryCode) -> Option<PhoneNumber> {
    if dialled.len() > MAX_DIGITS {
        return None;
    }
    reading_of(dialled, country).filter(|number| number.as_str() == dialled || is_stable(number))
}

/// Whether the number reads as itself. A prefix that is written twice comes off once: what is left would lose it, too, at the
/// next reader's, and ring somebody else.
fn is_stable(number: &PhoneNumber) -> bool {
    Reading::international(number.as_str()).is_some_and(|again| again.number == *number)
}

fn reading_of(dialled: &str, country: CountryCode) -> Option<PhoneNumber> {
    if dialled.starts_with('+') {
        return Reading::international(dialled).map(|reading| reading.number);
    }
    let doubled_zero = dialled.starts_with("00");
    // No trunk prefix is followed by another 0. That the length is possible makes it no number of this country.
    let own = Reading::national(dialled, country)
        .filter(|own| !doubled_zero || !own.is_national() || own.is_assigned());
    match (own, behind_a_common_exit_code(dialled)) {
        (Some(own), Some(abroad)) if own.number == abroad.number => Some(own.number),
        // By 00 and more, some countries choose a carrier. By 011 an area code may begin.
        (Some(own), Some(_)) => (!doubled_zero && own.is_assigned()).then_some(own.number),
        (one, other) => one.or(other).map(|reading| reading.number),
    }
}

/// The number behind an exit code that this country may not have.
fn behind_a_common_exit_code(dialled: &str) -> Option<Reading> {
    let rest = COMMON_EXIT_CODES.iter().find_map(|code| dialled.strip_prefix(code))?;
    // No area code of +1 begins with 1: these are Australia's 0011, and 00111.
    if rest.starts_with("11") { None } else { Reading::international(&format!("+{rest}")) }
}

/// One way to read digits.
struct Reading {
    number: PhoneNumber,
    source: CountryCodeSource,
    parsed: Parsed,
}

impl Reading {
    fn international(digits: &str) -> Option<Self> {
        Self::possible(PHONE_NUMBER_UTIL.parse_and_keep_raw_input(digits, None).ok()?)
    }

    /// As somebody in this country would dial it.
    fn national(digits: &str, country: CountryCode) -> Option<Self> {
        let region = PHONE_NUMBER_UTIL.get_region_for_country_code(country.number().into())?;
        Self::possible(PHONE_NUMBER_UTIL.parse_and_keep_raw_input(digits, Some(region)).ok()?)
    }

    /// A number whose length its country has. One that can be dialled only from nearby has lost its area code.
    fn possible(parsed: Parsed) -> Option<Self> {
        let length = PHONE_NUMBER_UTIL.is_possible_number_with_reason(&parsed).ok()?;
        if length != NumberLengthType::IsPossible {
            return None;
        }
        let number = PhoneNumber::parse(&parsed.format_as(PhoneNumberFormat::E164)).ok()?;
        Some(Self { number, source: parsed.country_code_source(), parsed })
    }

    /// Whether no exit code was read.
    fn is_national(&self) -> bool {
        self.source != CountryCodeSource::FromNumberWithIdd
    }

    /// Whether the country gives out such numbers. Decides only between two readings, since tables of them lag behind.
    fn is_assigned(&self) -> bool {
        self.parsed.is_valid()
    }
}

/// Reads the tables of all countries and the patterns of this one, which the first number would wait for.
pub fn load_number_plans(country: CountryCode) {
    let _ = number_of("2015550123", country);
}
