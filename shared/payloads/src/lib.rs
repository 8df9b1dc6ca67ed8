#![doc = include_str!("../README.md")]

mod context;
mod document;
mod expression;
mod filters;
mod loose;
mod names;
mod number;
mod output;
mod render;
mod request;
mod samples;
mod saving;
mod scan;
mod text;
mod turn;

pub use document::{InvalidTemplate, Template};
pub use render::{ContentType, RenderError, Rendered};
pub use request::{Body, RequestError, unsigned_request};

/// Why an endpoint by GET has no payload of its owner's own design.
pub const GET_HAS_NO_BODY: &str = "a GET has no body: a payload of your own goes with POST only";

/// The longest document, in bytes of JSON.
pub const MAX_DOCUMENT: usize = 16 * 1024;
/// The longest expression, in characters.
pub const MAX_EXPRESSION: usize = 512;
/// How many expressions a document may have.
pub const MAX_EXPRESSIONS: usize = 128;
/// How often an expression may name something of the context.
pub const MAX_NAMES: usize = 8;
/// How deep objects and lists may lie in each other.
pub const MAX_DEPTH: usize = 16;
/// The longest value of an expression, and the longest body, in bytes.
pub const MAX_BODY: usize = 256 * 1024;
