//! How numbers are written and dialled under one country calling code: exit codes, trunk prefixes and lengths, as the ITU's members
//! publish them.
//!
//! The table of all plans is Google's libphonenumber's, and the rules here are those by which it reads a number. So are the words:
//! an international prefix is an exit code, a national prefix a trunk prefix.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex_lite::{Captures, Regex};

use super::number_plans::NUMBER_PLANS;

/// The plan of one country calling code.
pub(super) struct NumberPlan {
    pub(super) code: u16,
    /// The exit codes.
    pub(super) international_prefix: Pattern,
    /// What is dialled before a number within the country, some carriers' codes among it.
    pub(super) national_prefix: Pattern,
    /// What stands in the place of a national prefix whose last group has matched. Empty: nothing.
    pub(super) national_prefix_rule: &'static str,
    /// The shape of the numbers, without prefix.
    pub(super) national_number: Pattern,
    /// How many digits they have, the area code among them.
    pub(super) possible_lengths: Lengths,
    /// The numbers that are given out.
    pub(super) assigned: Pattern,
}

impl NumberPlan {
    /// `None` for a code that nobody has.
    pub(super) fn of(code: u16) -> Option<&'static Self> {
        NUMBER_PLANS.binary_search_by_key(&code, |plan| plan.code).ok().map(|at| &NUMBER_PLANS[at])
    }

    /// The plan of the country code that these digits begin with, and the digits behind it.
    pub(super) fn split_off_code(digits: &str) -> Option<(&'static Self, &str)> {
        // No code is the beginning of another.
        (1..=3).find_map(|length| {
            let (code, rest) = digits.split_at_checked(length)?;
            if code.starts_with('0') { None } else { Some((Self::of(code.parse().ok()?)?, rest)) }
        })
    }

    /// What stands behind one of this country's exit codes.
    pub(super) fn behind_exit_code<'a>(&self, digits: &'a str) -> Option<&'a str> {
        let rest = &digits[self.international_prefix.captures(digits)?.get(0)?.end()..];
        // No country code begins with 0.
        if rest.starts_with('0') { None } else { Some(rest) }
    }

    /// Without this plan's own code, where digits have it although they have neither a `+` nor an exit code in front.
    pub(super) fn without_own_code<'a>(&self, digits: &'a str) -> Cow<'a, str> {
        let Some(rest) = digits.strip_prefix(self.code.to_string().as_str()) else {
            return Cow::Borrowed(digits);
        };
        let rest = self.without_prefix(rest);
        let has_code = self.possible_lengths.all_below(digits.len())
            || (!self.national_number.matches(digits) && self.national_number.matches(&rest));
        if has_code { rest } else { Cow::Borrowed(digits) }
    }

    /// Without a prefix that is dialled within the country. It stays where too few digits would be left.
    pub(super) fn without_national_prefix<'a>(&self, digits: &'a str) -> Cow<'a, str> {
        let rest = self.without_prefix(digits);
        let lengths = &self.possible_lengths;
        if self.is_possible(&rest) || lengths.all_below(rest.len()) { rest } else { Cow::Borrowed(digits) }
    }

    /// A prefix stays, too, where a number would no longer be one.
    fn without_prefix<'a>(&self, digits: &'a str) -> Cow<'a, str> {
        let Some(prefix) = self.national_prefix.captures(digits) else { return Cow::Borrowed(digits) };
        let rest = self.behind_prefix(digits, &prefix);
        let stays = self.national_number.matches(digits) && !self.national_number.matches(&rest);
        if stays { Cow::Borrowed(digits) } else { rest }
    }

    fn behind_prefix<'a>(&self, digits: &'a str, prefix: &Captures<'_>) -> Cow<'a, str> {
        let behind = &digits[prefix.get(0).map_or(0, |whole| whole.end())..];
        let last_group = prefix.len() - 1;
        if self.national_prefix_rule.is_empty() || prefix.get(last_group).is_none() {
            return Cow::Borrowed(behind);
        }
        let mut instead = String::new();
        prefix.expand(self.national_prefix_rule, &mut instead);
        Cow::Owned(instead + behind)
    }

    /// Whether numbers of this length can be dialled from everywhere.
    pub(super) fn is_possible(&self, national_number: &str) -> bool {
        self.possible_lengths.has(national_number.len())
    }
}

/// A set of lengths: bit n is set when n digits are in it.
pub(super) struct Lengths(u32);

impl Lengths {
    pub(super) const fn of(lengths: &[u8]) -> Self {
        let (mut set, mut at) = (0, 0);
        while at < lengths.len() {
            set |= 1 << lengths[at];
            at += 1;
        }
        Self(set)
    }

    fn has(&self, length: usize) -> bool {
        length < 32 && self.0 & (1 << length) != 0
    }

    fn all_below(&self, length: usize) -> bool {
        length >= 32 || self.0 >> length == 0
    }
}

/// A pattern of digits. It is compiled for the first number that needs it: few countries' ever are.
pub(super) struct Pattern {
    text: &'static str,
    is_whole: bool,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// What digits begin with. The empty pattern begins none.
    pub(super) const fn prefix(text: &'static str) -> Self {
        Self { text, is_whole: false, compiled: OnceLock::new() }
    }

    /// Digits from the first to the last.
    pub(super) const fn whole(text: &'static str) -> Self {
        Self { text, is_whole: true, compiled: OnceLock::new() }
    }

    fn captures<'a>(&self, digits: &'a str) -> Option<Captures<'a>> {
        self.regex()?.captures(digits)
    }

    pub(super) fn matches(&self, digits: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(digits))
    }

    fn regex(&self) -> Option<&Regex> {
        let compile = || if self.text.is_empty() { None } else { Regex::new(&self.anchored()).ok() };
        self.compiled.get_or_init(compile).as_ref()
    }

    fn anchored(&self) -> String {
        format!("^(?:{}){}", self.text, if self.is_whole { "$" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_lengths_has_them_and_ends_with_the_longest() {
        let lengths = Lengths::of(&[7, 9]);
        let has: Vec<usize> = (0..70).filter(|length| lengths.has(*length)).collect();
        assert_eq!(has, [7, 9]);
        assert_eq!((0..70).find(|length| lengths.all_below(*length)), Some(10));
        assert!((10..70).all(|length| lengths.all_below(length)));
    }

    #[test]
    fn every_pattern_compiles() {
        for plan in &NUMBER_PLANS {
            for pattern in
                [&plan.international_prefix, &plan.national_prefix, &plan.national_number, &plan.assigned]
            {
                assert!(
                    pattern.text.is_empty() || pattern.regex().is_some(),
                    "{}: {}",
                    plan.code,
                    pattern.text
                );
            }
        }
    }

    #[test]
    fn the_table_is_sorted_and_no_code_begins_another() {
        let codes: Vec<String> = NUMBER_PLANS.iter().map(|plan| plan.code.to_string()).collect();
        assert!(NUMBER_PLANS.is_sorted_by(|one, next| one.code < next.code));
        for code in &codes {
            assert_eq!(codes.iter().filter(|other| other.starts_with(code)).count(), 1, "{code}");
        }
    }
}
