use std::fmt;

use serde::{Deserialize, Serialize};

use crate::values::Randomness;

/// 36 letters and digits, so 28 of them carry 144 bits.
const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH: usize = 28;

/// The secret part of an inbound webhook's URL: 28 characters of `[a-z0-9]`, at least 128 bits of randomness.
///
/// Whoever knows it can place calls, so `Debug` prints `***` and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// The text is no slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a slug has {LENGTH} lower-case letters and digits")]
pub struct InvalidSlug;

impl Slug {
    /// A new random slug.
    #[must_use]
    pub fn generate(randomness: &Randomness) -> Self {
        let mut slug = String::with_capacity(LENGTH);
        while slug.len() < LENGTH {
            let random: [u8; 64] = randomness.bytes();
            // 252 = 7 × 36: what is above would make the first four letters likelier.
            let fair = random.iter().filter(|byte| **byte < 252);
            slug.extend(
                fair.map(|byte| char::from(ALPHABET[usize::from(byte % 36)])).take(LENGTH - slug.len()),
            );
        }
        Self(slug)
    }

    /// Reads a slug.
    ///
    /// # Errors
    ///
    /// [`InvalidSlug`] when it has another length or other characters.
    pub fn parse(text: &str) -> Result<Self, InvalidSlug> {
        if text.len() == LENGTH && text.bytes().all(|byte| ALPHABET.contains(&byte)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSlug)
        }
    }

    /// The text with `mask` in the place of each slug that stands in it, as a word or as a part of a URL, which may be
    /// percent-encoded. Longer words, such as ids, are none.
    #[must_use]
    pub fn masked_in(text: &str, mask: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(is_of_a_slug) {
            let (before, from_here) = rest.split_at(start);
            shown.push_str(before);
            let end = from_here.find(|c| !is_of_a_slug(c)).unwrap_or(from_here.len());
            let (word, after) = from_here.split_at(end);
            // `%2f` ends with two characters that a slug could begin with.
            let escape = if before.ends_with('%') && word.len() == LENGTH + 2 { 2 } else { 0 };
            let (escaped, word) = word.split_at(escape);
            shown.push_str(escaped);
            shown.push_str(if word.len() == LENGTH { mask } else { word });
            rest = after;
        }
        shown.push_str(rest);
        shown
    }

    /// The slug in clear: for the URL that its owner sees, and for looking it up. Never for a log line.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

fn is_of_a_slug(c: char) -> bool {
    u8::try_from(c).is_ok_and(|byte| ALPHABET.contains(&byte))
}

impl fmt::Debug for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slug(***)")
    }
}

impl TryFrom<String> for Slug {
    type Error = InvalidSlug;
    fn try_from(text: String) -> Result<Self, InvalidSlug> {
        Self::parse(&text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn generated_slugs_are_valid_and_all_different() {
        let slugs: HashSet<Slug> = (0..1_000).map(|_| Slug::generate(&Randomness::system())).collect();
        assert_eq!(slugs.len(), 1_000);
        assert!(slugs.iter().all(|slug| Slug::parse(slug.expose()).as_ref() == Ok(slug)));
    }

    #[test]
    fn every_letter_and_digit_is_used() {
        let used: HashSet<u8> = (0..1_000)
            .flat_map(|_| Slug::generate(&Randomness::system()).expose().to_owned().into_bytes())
            .collect();
        assert_eq!(used.len(), 36);
    }

    #[test]
    fn a_slug_never_shows_in_debug_output() {
        let slug = Slug::generate(&Randomness::system());
        assert_eq!(format!("{slug:?}"), "Slug(***)");
    }

    #[test]
    fn a_slug_is_masked_wherever_it_stands_in_a_text() {
        let slug = "a1b2c3d4e5f6g7h8i9j0k1l2m3n4";
        for text in [
            "SLUG",
            "https://calls.example/SLUG",
            "https://calls.example/SLUG?x=1 and SLUG.",
            "https%3a%2f%2fcalls.example%2fSLUG%2f",
            "100%SLUG",
            "é/SLUG-é",
            "{{ \"SLUG\" | upper }}",
        ] {
            assert_eq!(Slug::masked_in(&text.replace("SLUG", slug), "***"), text.replace("SLUG", "***"));
        }
        for text in ["", "call_0192d6a3b4c57d8e9f0a1b2c3d4e5f6a", "{{ call.recording }}", "é", &slug[1..]] {
            assert_eq!(Slug::masked_in(text, "***"), text);
        }
    }

    /// Bytes that begin at `first` and go up by one.
    fn from(first: u8) -> Randomness {
        Randomness::new(move |bytes| {
            bytes.iter_mut().zip((first..=255).chain(0..)).for_each(|(byte, next)| *byte = next);
        })
    }

    #[test]
    fn every_letter_is_as_likely_as_every_other() {
        // 252 to 255 are skipped: 250 and 251 are the last two of the alphabet, and 0 is its first.
        assert_eq!(Slug::generate(&from(250)).expose(), "89abcdefghijklmnopqrstuvwxyz");
        assert_eq!(Slug::generate(&from(32)).expose(), "6789abcdefghijklmnopqrstuvwx");
    }

    #[test]
    fn a_slug_is_whole_when_most_bytes_are_skipped() {
        let mostly_skipped = Randomness::new(|bytes| {
            bytes.fill(255);
            bytes[..20].fill(1);
        });
        assert_eq!(Slug::generate(&mostly_skipped).expose(), "b".repeat(28));
    }

    #[test]
    fn a_text_of_another_length_or_with_other_characters_is_no_slug() {
        for wrong in ["", &"a".repeat(27), &"a".repeat(29), &"A".repeat(28), &"-".repeat(28)] {
            assert_eq!(Slug::parse(wrong), Err(InvalidSlug), "{wrong}");
        }
    }

    #[test]
    fn a_stored_slug_is_read_back_and_checked() {
        let slug = Slug::generate(&Randomness::system());
        let stored = serde_json::to_string(&slug).expect("JSON");
        assert_eq!(stored, format!("\"{}\"", slug.expose()));
        assert_eq!(serde_json::from_str::<Slug>(&stored).expect("a slug"), slug);
        assert!(serde_json::from_str::<Slug>("\"short\"").is_err());
    }
}
