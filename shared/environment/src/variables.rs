use std::fmt::Display;

/// An environment variable that a function cannot start without.
#[derive(Debug, thiserror::Error)]
pub enum InvalidVariable {
    /// It is not set, or not UTF-8.
    #[error("the environment variable {name} is not set")]
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// It has a value that cannot be used.
    #[error("the environment variable {name} cannot be used: {reason}")]
    Unusable {
        /// Its name.
        name: &'static str,
        /// What is wrong with the value.
        reason: String,
    },
}

/// The value of an environment variable; it may be empty.
///
/// # Errors
///
/// [`InvalidVariable::Missing`] when it is not set.
pub fn required_var(name: &'static str) -> Result<String, InvalidVariable> {
    std::env::var(name).map_err(|_| InvalidVariable::Missing { name })
}

/// The value of an environment variable, read with `parse`.
///
/// # Errors
///
/// [`InvalidVariable`] when it is not set, or `parse` refuses it.
pub fn parsed_var<T, E: Display>(
    name: &'static str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, InvalidVariable> {
    parse(&required_var(name)?).map_err(|error| InvalidVariable::Unusable { name, reason: error.to_string() })
}
