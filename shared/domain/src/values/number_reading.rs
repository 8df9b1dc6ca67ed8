//! What a row of digits means where it was written.

use super::number_plan::NumberPlan;
use super::phone::{CountryCode, PhoneNumber};

/// More digits than any number has behind any exit code.
const MAX_DIGITS: usize = 24;

/// The longest extension that is written without a mark.
const EXTENSION: usize = 4;

/// Exit codes that are written everywhere, whatever the writer's own country has.
pub(super) const COMMON_EXIT_CODES: [&str; 2] = ["00", "011"];

/// The number that these digits are, with a `+` in front or, where a country is known, without. `None` when they are none, and when they could be two: a wrong
/// guess rings a stranger.
pub(super) fn number_of(dialled: &str, country: Option<CountryCode>) -> Option<PhoneNumber> {
    if dialled.len() > MAX_DIGITS {
        return None;
    }
    reading_of(dialled, country).filter(|number| number.as_str() == dialled || is_stable(number))
}

/// Whether the country gives out this number.
pub(super) fn is_assigned(number: &PhoneNumber) -> bool {
    Reading::of(number).is_some_and(|reading| reading.is_assigned())
}

/// Whether the number reads as itself. A prefix that is written twice comes off once: what is left would lose it, too, at the
/// next reader's, and ring somebody else.
fn is_stable(number: &PhoneNumber) -> bool {
    Reading::of(number).is_some_and(|again| again.number == *number)
}

fn reading_of(dialled: &str, country: Option<CountryCode>) -> Option<PhoneNumber> {
    if let Some(digits) = dialled.strip_prefix('+') {
        return Reading::international(digits).map(|reading| reading.number);
    }
    let country = country?;
    let doubled_zero = dialled.starts_with("00");
    // No trunk prefix is followed by another 0. That the length is possible makes it no number of this country.
    let own = Reading::dialled_in(country, dialled)
        .filter(|own| !doubled_zero || own.went_abroad || own.is_assigned());
    match (own, behind_a_common_exit_code(dialled)) {
        (Some(own), Some(abroad)) if own.number == abroad.number => Some(own.number),
        // By 00 and more, some countries choose a carrier. By 011 an area code may begin.
        (Some(own), Some(_)) => (!doubled_zero && own.is_assigned()).then_some(own.number),
        (None, Some(_)) if begins_with_a_number_of(country, dialled) => None,
        (one, other) => one.or(other).map(|reading| reading.number),
    }
}

/// Whether an assigned number of this country stands in front, and so few digits behind it that they are one too many, or an
/// extension. By 0 and 11 an area code may begin where others dial 011 to go abroad.
fn begins_with_a_number_of(country: CountryCode, dialled: &str) -> bool {
    let lengths = dialled.len().saturating_sub(EXTENSION)..dialled.len();
    !dialled.starts_with("00")
        && lengths
            .filter_map(|length| Reading::dialled_in(country, &dialled[..length]))
            .any(|own| !own.went_abroad && own.is_assigned())
}

/// The number behind an exit code that this country may not have.
fn behind_a_common_exit_code(dialled: &str) -> Option<Reading> {
    let rest = COMMON_EXIT_CODES.iter().find_map(|code| dialled.strip_prefix(code))?;
    // No area code of +1 begins with 1: these are Australia's 0011, and 00111.
    if rest.starts_with("11") { None } else { Reading::international(rest) }
}

/// One way to read digits.
struct Reading {
    number: PhoneNumber,
    plan: &'static NumberPlan,
    /// Without the country code.
    national_number: String,
    /// Whether the country's own exit code was read.
    went_abroad: bool,
}

impl Reading {
    /// A number once more.
    fn of(number: &PhoneNumber) -> Option<Self> {
        Self::international(number.as_str().trim_start_matches('+'))
    }

    /// Digits that begin with a country code.
    fn international(digits: &str) -> Option<Self> {
        let (plan, rest) = NumberPlan::split_off_code(digits)?;
        Self::possible(plan, rest)
    }

    /// As somebody in this country would dial it.
    fn dialled_in(country: CountryCode, digits: &str) -> Option<Self> {
        let plan = NumberPlan::of(country.number())?;
        if let Some(abroad) = plan.behind_exit_code(digits) {
            return Some(Self { went_abroad: true, ..Self::international(abroad)? });
        }
        Self::possible(plan, &plan.without_own_code(digits))
    }

    /// A number whose length its country has. One that can be dialled only from nearby has lost its area code.
    fn possible(plan: &'static NumberPlan, digits: &str) -> Option<Self> {
        let national_number = plan.without_national_prefix(digits);
        if !plan.is_possible(&national_number) {
            return None;
        }
        let number = PhoneNumber::parse(&format!("+{}{national_number}", plan.code)).ok()?;
        Some(Self { number, plan, national_number: national_number.into_owned(), went_abroad: false })
    }

    /// Whether the country gives out such numbers. Decides only between two readings, since tables of them lag behind.
    fn is_assigned(&self) -> bool {
        self.plan.assigned.matches(&self.national_number)
    }
}
