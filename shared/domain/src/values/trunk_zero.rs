//! `+44 (0)20 …`: who calls from abroad leaves the 0 out, who calls from within the country dials it.

use super::number_plan::NumberPlan;
use super::number_reading::COMMON_EXIT_CODES;
use super::phone::CountryCode;

/// Splits at a `(0)` in the place of a trunk prefix: behind a country's code, or in front of everything. In front stand the
/// ways to read what is written there, `+44` or nothing; behind a `00` that also chooses a carrier there are two.
pub(super) fn split_at_trunk_zero(
    written: &str,
    default: Option<CountryCode>,
) -> Option<(Vec<String>, &str)> {
    let (before, behind) = written.match_indices('(').find_map(|(at, _)| {
        let (zero, behind) = written[at + 1..].split_once(')')?;
        (zero.trim() == "0").then_some((&written[..at], behind))
    })?;
    let dialled: String = before.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let starts = starts_of(&dialled, default);
    (!starts.is_empty()).then_some((starts, behind))
}

fn starts_of(dialled: &str, default: Option<CountryCode>) -> Vec<String> {
    if let Some(code) = dialled.strip_prefix('+') {
        return if is_code(code) { vec![dialled.to_owned()] } else { Vec::new() };
    }
    let Some(own) = default.and_then(|code| NumberPlan::of(code.number())) else { return Vec::new() };
    if dialled.is_empty() {
        return vec![String::new()];
    }
    if dialled == own.code.to_string() {
        return vec![format!("+{dialled}")];
    }
    let common = COMMON_EXIT_CODES.iter().filter_map(|exit| dialled.strip_prefix(exit));
    let abroad = common.chain(own.behind_exit_code(dialled)).filter(|code| is_code(code));
    let mut starts: Vec<String> = abroad.map(|code| format!("+{code}")).collect();
    starts.sort();
    starts.dedup();
    starts
}

fn is_code(digits: &str) -> bool {
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits && NumberPlan::split_off_code(digits).is_some_and(|(_, rest)| rest.is_empty())
}
