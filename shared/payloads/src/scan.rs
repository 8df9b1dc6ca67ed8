//! What stands in an expression, as far as it must be known before MiniJinja reads it.

/// A piece of an expression. White space is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A name or a keyword.
    Word(&'a str),
    /// A text in quotes, or a number.
    Literal,
    /// Any other character.
    Sign(char),
}

/// The pieces of an expression. A text that never ends is one piece: MiniJinja refuses it.
pub(crate) fn tokens(expression: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = expression.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '\'' => quoted(rest),
            _ if first.is_alphanumeric() || first == '_' => {
                rest.find(|other: char| !other.is_alphanumeric() && other != '_').unwrap_or(rest.len())
            }
            _ => first.len_utf8(),
        };
        found.push(match first {
            '"' | '\'' => Token::Literal,
            _ if first.is_numeric() => Token::Literal,
            _ if first.is_alphanumeric() || first == '_' => Token::Word(&rest[..length]),
            _ => Token::Sign(first),
        });
        rest = rest[length..].trim_start();
    }
    found
}

/// What of the context is named, once for each time: `call.summary`, and `call` of `call["summary"]`.
pub(crate) fn paths<'a>(tokens: &[Token<'a>]) -> Vec<Vec<&'a str>> {
    let mut found: Vec<Vec<&str>> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let before = |steps| at.checked_sub(steps).map(|at| tokens[at]);
        match (*token, before(1), before(2)) {
            (Token::Word(part), Some(Token::Sign('.')), Some(Token::Word(_))) => {
                if let Some(path) = found.last_mut() {
                    path.push(part);
                }
            }
            (Token::Word(_), Some(Token::Sign('.' | '|')), _) => {}
            (Token::Word(word), ..) if !KEYWORDS.contains(&word) => found.push(vec![word]),
            _ => {}
        }
    }
    found
}

/// What MiniJinja reads as something else than a name of the context.
pub(crate) const KEYWORDS: [&str; 12] =
    ["and", "or", "not", "in", "if", "else", "true", "false", "none", "True", "False", "None"];

/// How long the quoted text is with which this one begins.
fn quoted(text: &str) -> usize {
    let mut characters = text.char_indices();
    let quote = characters.next().map(|(_, quote)| quote);
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if Some(character) == quote {
            return at + 1;
        }
    }
    text.len()
}

/// Where the `}}` stands that ends the expression with which `text` begins.
pub(crate) fn end_of_expression(text: &str) -> Option<usize> {
    let (mut at, mut open) = (0, 0_usize);
    while let Some(first) = text[at..].chars().next() {
        match first {
            '"' | '\'' => {
                at += quoted(&text[at..]);
                continue;
            }
            '{' => open += 1,
            '}' if open > 0 => open -= 1,
            '}' if text[at..].starts_with("}}") => return Some(at),
            _ => {}
        }
        at += first.len_utf8();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_read_in_pieces_and_what_is_quoted_is_one() {
        assert_eq!(
            tokens(r#"call.n|default('a*b\'') ~ "x" "#),
            [
                Token::Word("call"),
                Token::Sign('.'),
                Token::Word("n"),
                Token::Sign('|'),
                Token::Word("default"),
                Token::Sign('('),
                Token::Literal,
                Token::Sign(')'),
                Token::Sign('~'),
                Token::Literal
            ]
        );
    }

    #[test]
    fn what_is_named_is_counted_each_time() {
        let named = paths(&tokens("call.a.b ~ call.a | default(type) if call['x'].y and 'call.z' else none"));
        assert_eq!(named, [vec!["call", "a", "b"], vec!["call", "a"], vec!["type"], vec!["call"]]);
    }

    #[test]
    fn an_expression_ends_at_the_braces_outside_of_quotes_and_objects() {
        for (text, rest) in [
            ("a }} b", "}} b"),
            (r#""}}" }}"#, "}}"),
            (r#"'\'}}' }}"#, "}}"),
            (r#"{"a": {"b": 1}}}}!"#, "}}!"),
        ] {
            assert_eq!(end_of_expression(text).map(|at| &text[at..]), Some(rest), "{text}");
        }
        for text in ["a", "a }", r#""a }}"#, "{ }}"] {
            assert_eq!(end_of_expression(text), None, "{text}");
        }
    }
}
