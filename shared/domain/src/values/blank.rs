/// Marks that only say how text is laid out: soft hyphens, directions, joiners, variation selectors.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Letters and a symbol that are made to be seen as nothing: the fillers of Korean, a Braille cell without dots.
const FILLERS: [char; 5] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}', '\u{2800}'];

/// Whether nothing of a text is seen: a name like that names nothing.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control() || is_invisible(c) || FILLERS.contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_which_nothing_is_seen_is_blank() {
        for blank in [
            "",
            " \t",
            "\u{a0}\u{3000}",
            "\u{200b}\u{2060}",
            "\u{feff}",
            "\0\u{1}",
            "\u{3164}",
            "\u{202a} \u{202c}",
        ] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for seen in ["a", "\u{200b}a", ".", "\u{1f468}\u{200d}\u{1f469}", "\u{fffd}"] {
            assert!(!is_blank(seen), "{seen:?}");
        }
    }
}
