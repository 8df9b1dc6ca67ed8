//! A text with expressions in it.

use minijinja::Value;

use crate::expression::Expression;
use crate::output::Output;
use crate::scan::end_of_expression;

pub(crate) enum Text {
    /// Without any.
    Fixed(String),
    /// One expression and nothing beside it: its value keeps its type.
    Value(Box<Expression>),
    Mixed(Vec<Piece>),
}

pub(crate) enum Piece {
    Fixed(String),
    Value(Expression),
}

impl Text {
    /// # Errors
    ///
    /// Why an expression in it is none.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(begin) = rest.find("{{") {
            push_fixed(&mut pieces, &rest[..begin])?;
            let inside = &rest[begin + 2..];
            let end = end_of_expression(inside).ok_or("An expression begins with {{ and has no }}.")?;
            pieces.push(Piece::Value(Expression::compile(&inside[..end])?));
            rest = &inside[end + 2..];
        }
        push_fixed(&mut pieces, rest)?;
        Ok(match pieces.pop() {
            None => Self::Fixed(String::new()),
            Some(Piece::Fixed(text)) if pieces.is_empty() => Self::Fixed(text),
            Some(Piece::Value(expression)) if pieces.is_empty() => Self::Value(Box::new(expression)),
            Some(last) => {
                pieces.push(last);
                Self::Mixed(pieces)
            }
        })
    }

    pub(crate) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let (single, pieces) = match self {
            Self::Fixed(_) => (None, [].as_slice()),
            Self::Value(expression) => (Some(expression.as_ref()), [].as_slice()),
            Self::Mixed(pieces) => (None, pieces.as_slice()),
        };
        single.into_iter().chain(pieces.iter().filter_map(|piece| match piece {
            Piece::Fixed(_) => None,
            Piece::Value(expression) => Some(expression),
        }))
    }

    /// As a text, whatever its values are.
    pub(crate) fn write(
        &self,
        evaluate: &impl Fn(&Expression) -> Result<Value, String>,
    ) -> Result<String, String> {
        let mut output = Output::default();
        match self {
            Self::Fixed(text) => output.push(text)?,
            Self::Value(expression) => output.push_as_text(&evaluate(expression)?)?,
            Self::Mixed(pieces) => {
                for piece in pieces {
                    match piece {
                        Piece::Fixed(text) => output.push(text)?,
                        Piece::Value(expression) => output.push_as_text(&evaluate(expression)?)?,
                    }
                }
            }
        }
        Ok(output.into_text())
    }
}

fn push_fixed(pieces: &mut Vec<Piece>, text: &str) -> Result<(), String> {
    if let Some(statement) = ["{%", "{#"].into_iter().find(|begin| text.contains(begin)) {
        return Err(format!(
            "Only expressions are possible, no statements. For the characters, write {{{{ \"{statement}\" }}}}."
        ));
    }
    if !text.is_empty() {
        pieces.push(Piece::Fixed(text.to_owned()));
    }
    Ok(())
}
