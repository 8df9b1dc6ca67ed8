//! One expression: what it may consist of, and its value.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value};

use crate::scan::{KEYWORDS, Token, paths, tokens};
use crate::{MAX_EXPRESSION, MAX_NAMES, filters, names};

/// Only expressions, only our filters, nothing that is not there.
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    filters::add_to(&mut environment);
    environment
});

pub(crate) struct Expression {
    compiled: minijinja::Expression<'static, 'static>,
    names: Vec<String>,
    /// Those of the context, once for each time that they stand there.
    paths: Vec<String>,
}

impl Expression {
    /// # Errors
    ///
    /// Why it cannot be one, in words for who wrote it.
    pub(crate) fn compile(source: &str) -> Result<Self, String> {
        let source = source.trim();
        if source.is_empty() {
            return Err("There is no expression between {{ and }}.".into());
        }
        if source.chars().count() > MAX_EXPRESSION {
            return Err(format!("An expression has at most {MAX_EXPRESSION} characters."));
        }
        let tokens = tokens(source);
        check_tokens(&tokens)?;
        let paths: Vec<_> = paths(&tokens).iter().map(|path| path.join(".")).collect();
        if paths.len() > MAX_NAMES {
            return Err(format!("An expression names at most {MAX_NAMES} things."));
        }
        let compiled =
            ENVIRONMENT.compile_expression_owned(source.to_owned()).map_err(|error| reason(&error))?;
        let mut names: Vec<_> = compiled.undeclared_variables(true).into_iter().collect();
        names.sort_unstable();
        match names.iter().find(|name| !names::is_known(name)) {
            Some(unknown) => Err(format!("There is no `{unknown}`.")),
            None => Ok(Self { compiled, names, paths }),
        }
    }

    /// What of the context it asks for.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// What it handles of the context, once for each time.
    pub(crate) fn paths(&self) -> &[String] {
        &self.paths
    }

    /// # Errors
    ///
    /// Why it has no value.
    pub(crate) fn value(&self, context: &Value) -> Result<Value, String> {
        let evaluated = fenced(|| self.compiled.eval(context))?;
        let value = evaluated.map_err(|error| reason(&error))?;
        if value.is_undefined() { Err("It asks for what is not there.".into()) } else { Ok(value) }
    }
}

/// A panic of MiniJinja ends the expression, and not the batch of deliveries that it is evaluated in. (2.24 panics for a step in a
/// slice of nothing, which is refused. Nobody knows the next one.)
fn fenced<T>(evaluate: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(evaluate)).map_err(|_| "It cannot be evaluated.".to_owned())
}

/// `[::2]`.
fn has_a_step(tokens: &[Token<'_>]) -> bool {
    let mut open = Vec::new();
    tokens.iter().any(|token| match (*token, open.last_mut()) {
        (Token::Sign(begin @ ('[' | '(' | '{')), _) => {
            open.push((begin, 0));
            false
        }
        (Token::Sign(']' | ')' | '}'), _) => {
            open.pop();
            false
        }
        (Token::Sign(':'), Some(('[', colons))) => {
            *colons += 1;
            *colons > 1
        }
        _ => false,
    })
}

fn check_tokens(tokens: &[Token<'_>]) -> Result<(), String> {
    if has_a_step(tokens) {
        return Err("A slice has no step: `[1:5]` is possible, `[1:5:2]` is not.".into());
    }
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| tokens[before]);
        let is_called = tokens.get(at + 1) == Some(&Token::Sign('('));
        match *token {
            Token::Sign('*') => return Err("`*` and `**` are not possible.".into()),
            Token::Sign('%' | '#') if before == Some(Token::Sign('{')) => {
                return Err("Only expressions are possible, no statements.".into());
            }
            Token::Word("is") => return Err("Tests (`is …`) are not possible; compare with `==`.".into()),
            Token::Word(filter) if before == Some(Token::Sign('|')) && !filters::NAMES.contains(&filter) => {
                let known = filters::NAMES.join(", ");
                return Err(format!("There is no filter `{filter}`. There are {known}."));
            }
            Token::Word(_) if before == Some(Token::Sign('|')) => {}
            Token::Word(word) if is_called && !KEYWORDS.contains(&word) => {
                return Err(format!(
                    "`{word}(…)` is not possible: there are filters (`… | upper`), no functions."
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

/// MiniJinja's, without the place: an expression is one line. Of what it calculates with, it would show the values, which are a
/// call's; of all else the types.
fn reason(error: &minijinja::Error) -> String {
    let detail = error.detail();
    match (error.kind(), detail) {
        (ErrorKind::UndefinedError, _) => "It asks for what is not there.".into(),
        (ErrorKind::SyntaxError, _) => {
            format!("This is not an expression: {}.", detail.unwrap_or("it does not end"))
        }
        (_, Some(detail)) if detail.starts_with("unable to calculate") => {
            "It cannot be evaluated: it divides by zero, or a number becomes too large.".into()
        }
        (kind, _) => {
            format!("It cannot be evaluated: {}.", detail.map_or_else(|| kind.to_string(), str::to_owned))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_reason() {
        assert_eq!(fenced(|| 7), Ok(7));
        let reason = fenced(|| Vec::<u8>::new().remove(0)).expect_err("it panics");
        assert_eq!(reason, "It cannot be evaluated.");
    }

    #[test]
    fn a_slice_has_no_step() {
        for refused in ["call.id[::2]", "call.actionItems[::-1]", "[call.id[1:2:3]]", "({'a': [1][0:1:1]})"] {
            let reason = Expression::compile(refused).err().unwrap_or_default();
            assert!(reason.starts_with("A slice has no step"), "{refused}: {reason}");
        }
        for taken in
            ["call.id[1:]", "call.id[:2][1:]", "{'a': call.id[1:2], 'b': 1}", "[call.id[1:], call.id[:1]]"]
        {
            assert!(Expression::compile(taken).is_ok(), "{taken}");
        }
    }
}
