//! Lists are read page by page, newest first.

/// A place in a list: the sort key of the last item before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position(String);

/// The text is no place in this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a position in this list")]
pub struct InvalidPosition;

impl Position {
    /// Reads a position that [`Position::as_str`] wrote.
    ///
    /// # Errors
    ///
    /// [`InvalidPosition`] when it cannot be a sort key of ours.
    pub fn parse(text: &str) -> Result<Self, InvalidPosition> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-#.".contains(&byte);
        let fits = (1..=300).contains(&text.len()) && text.bytes().all(allowed);
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidPosition) }
    }

    /// The position as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
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
    /// The items, newest first.
    pub items: Vec<T>,
    /// Where the next page begins; `None` when this is the last.
    pub next: Option<Position>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_sort_key_is_no_position() {
        for wrong in ["", "a b", "ü", "\"", &"a".repeat(301)] {
            assert_eq!(Position::parse(wrong), Err(InvalidPosition), "{wrong}");
        }
    }
}
