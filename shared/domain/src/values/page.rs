//! Lists are read page by page, newest first.

use crate::values::Timestamp;

/// A list: its name, and of what the sort keys of its items are made. A cursor that is made otherwise is none of this list's,
/// and DynamoDB is not asked with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListOrder {
    /// What its cursors begin with.
    pub name: &'static str,
    /// The parts of a sort key, which stand between `#`.
    pub parts: &'static [KeyPart],
}

/// A part of a sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPart {
    /// An id with this prefix.
    Id(&'static str),
    /// A moment as [`Timestamp::sortable`](crate::values::Timestamp::sortable) writes it.
    Moment,
    /// Which attempt of a delivery, `AttemptRecord::key`.
    Attempt,
}

/// A place in a list: the sort key of the last item before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position(String);

/// The text is no place in this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a position in this list")]
pub struct InvalidPosition;

impl ListOrder {
    /// Reads a position in this list, as [`Position::as_str`] wrote it.
    ///
    /// # Errors
    ///
    /// [`InvalidPosition`] when it cannot be a sort key of this list.
    pub fn position(&self, text: &str) -> Result<Position, InvalidPosition> {
        let given: Vec<&str> = text.split('#').collect();
        let fits = given.len() == self.parts.len()
            && self.parts.iter().zip(given).all(|(part, given)| part.may_be(given));
        if fits { Ok(Position(text.to_owned())) } else { Err(InvalidPosition) }
    }
}

impl KeyPart {
    fn may_be(self, given: &str) -> bool {
        let made_of = |marks: &[u8]| given.bytes().all(|b| b.is_ascii_alphanumeric() || marks.contains(&b));
        match self {
            Self::Id(prefix) => {
                (1..=100).contains(&given.len()) && given.starts_with(prefix) && made_of(b"_-")
            }
            Self::Moment => given.len() == 13 && given.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Attempt => (1..=64).contains(&given.len()) && made_of(b"._-"),
        }
    }
}

impl Position {
    /// The position as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The moment that it begins with; `None` in a list that is ordered otherwise.
    #[must_use]
    pub fn moment(&self) -> Option<Timestamp> {
        let begin = self.0.split('#').next()?;
        KeyPart::Moment.may_be(begin).then(|| begin.parse().ok().map(Timestamp::from_millis))?
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Clone)]
pub struct Slice {
    /// Most items.
    pub limit: usize,
    /// Where to go on.
    pub after: Option<Position>,
}

/// A part of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The items, newest first, each with its place: a page may be cut after any of them.
    pub items: Vec<(Position, T)>,
    /// Where the next page begins; `None` when this is the last.
    pub next: Option<Position>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ATTEMPTS: ListOrder =
        ListOrder { name: "attempts", parts: &[KeyPart::Moment, KeyPart::Id("msg_"), KeyPart::Attempt] };

    #[test]
    fn what_is_no_sort_key_of_the_list_is_no_position() {
        let long_id = format!("0001730179200000#msg_{}#01", "a".repeat(97));
        for wrong in [
            "",
            "a",
            "##",
            "1730179200000",
            "1730179200000#msg_1",
            "1730179200000#msg_1#",
            "1730179200000#msg_1#01#",
            "1730179200000#wh_1#01",
            "173017920000#msg_1#01",
            "+730179200000#msg_1#01",
            "1730179200000#msg_ü#01",
            "1730179200000#msg_1#0 1",
            &long_id,
        ] {
            assert_eq!(ATTEMPTS.position(wrong), Err(InvalidPosition), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_sort_key_that_is_written_is_a_position(
            millis in any::<u64>(), id in "[a-zA-Z0-9_-]{0,96}", attempt in "(r[0-9]{1,5}\\.)?[0-9]{2}",
        ) {
            let key = format!("{}#msg_{id}#{attempt}", Timestamp::from_millis(millis).sortable());
            let position = ATTEMPTS.position(&key).expect("a position");
            prop_assert_eq!(position.as_str(), key);
            let moment = position.moment().expect("a moment");
            prop_assert_eq!(moment, Timestamp::from_millis(millis.min(9_999_999_999_999)));
        }

        #[test]
        fn a_position_has_a_text_in_every_part_of_the_key(text in any::<String>(), key in "[a-z0-9_#.]{0,40}") {
            for text in [text, key] {
                if ATTEMPTS.position(&text).is_ok() {
                    prop_assert_eq!(text.split('#').filter(|part| !part.is_empty()).count(), 3);
                }
            }
        }
    }
}
