use std::cmp::Reverse;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// Everything but RFC 3986's unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Longest URL that is requested, in bytes: what common servers take as a request line.
pub(super) const MAX_URL_BYTES: usize = 8_000;

/// Names the texts that are cut.
const TRUNCATED: &str = "call.truncated";

/// Query parameters in their order.
#[derive(Default)]
pub(super) struct QueryParameters(Vec<Parameter>);

struct Parameter {
    name: &'static str,
    /// Percent-encoded.
    value: String,
    /// Whether a part of it still means something.
    is_text: bool,
}

impl QueryParameters {
    /// Adds a value that means nothing in part.
    pub(super) fn push(&mut self, name: &'static str, value: &str) {
        self.0.push(Parameter { name, value: encoded(value), is_text: false });
    }

    /// Adds a text, if it is there.
    pub(super) fn push_text(&mut self, name: &'static str, text: Option<&str>) {
        self.0.extend(text.map(|text| Parameter { name, value: encoded(text), is_text: true }));
    }

    /// Puts another parameter in the place of `name`.
    pub(super) fn replace(&mut self, name: &str, by: &'static str, value: &str) {
        for parameter in self.0.iter_mut().filter(|parameter| parameter.name == name) {
            *parameter = Parameter { name: by, value: encoded(value), is_text: false };
        }
    }

    /// The URL with these parameters after its own query.
    pub(super) fn after(&self, url: &Url) -> Url {
        let mut query = url.query().map(str::to_owned).unwrap_or_default();
        for Parameter { name, value, .. } in &self.0 {
            if !query.is_empty() {
                query.push('&');
            }
            query.extend([name, "=", value]);
        }
        let mut url = url.clone();
        url.set_query(Some(&query));
        url
    }

    /// Shortens the query by at least `excess` bytes: the longest texts are cut to one length, each at a character, and
    /// named in a parameter of their own. False when there is not as much to cut.
    pub(super) fn cut_longest(&mut self, excess: usize) -> bool {
        let length = |index: &usize| self.0[*index].value.len();
        let mut texts: Vec<usize> = (0..self.0.len()).filter(|index| self.0[*index].is_text).collect();
        texts.sort_by_key(|index| Reverse(length(index)));
        for count in 1..=texts.len() {
            let (longest, others) = texts.split_at(count);
            let names = self.names_of(longest);
            let to_save = excess + format!("&{TRUNCATED}={names}").len();
            let Some(room) = longest.iter().map(length).sum::<usize>().checked_sub(to_save) else { continue };
            let most = room / count;
            if others.first().is_none_or(|other| length(other) <= most) {
                for index in longest {
                    let value = &mut self.0[*index].value;
                    value.truncate(character_boundary(value, most));
                }
                self.0.push(Parameter { name: TRUNCATED, value: names, is_text: false });
                return true;
            }
        }
        false
    }

    /// The names of these in the order of the payload, encoded.
    fn names_of(&self, chosen: &[usize]) -> String {
        let named = self.0.iter().enumerate().filter(|(index, _)| chosen.contains(index));
        encoded(&named.map(|(_, parameter)| parameter.name).collect::<Vec<_>>().join(","))
    }
}

fn encoded(value: &str) -> String {
    utf8_percent_encode(value, ENCODED).to_string()
}

/// The last place up to `most` where a percent-encoded text can be cut and is still UTF-8.
fn character_boundary(encoded: &str, most: usize) -> usize {
    let bytes = encoded.as_bytes();
    if most >= bytes.len() {
        return bytes.len();
    }
    let is_boundary = |at: &usize| {
        let in_escape = (1..=2).any(|back| at.checked_sub(back).is_some_and(|start| bytes[start] == b'%'));
        // `%80` to `%BF` continue a character.
        let continues = bytes[*at] == b'%' && matches!(bytes.get(at + 1), Some(b'8' | b'9' | b'A' | b'B'));
        !in_escape && !continues
    };
    (0..=most).rev().find(is_boundary).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoded_text_is_cut_between_characters() {
        let text = encoded("aж話b");
        assert_eq!(text, "a%D0%B6%E8%A9%B1b");
        let cuts: Vec<usize> = (0..=text.len()).map(|most| character_boundary(&text, most)).collect();
        assert_eq!(cuts, [0, 1, 1, 1, 1, 1, 1, 7, 7, 7, 7, 7, 7, 7, 7, 7, 16, 17]);
    }
}
