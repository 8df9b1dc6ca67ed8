//! What a document must do before it is saved: have a body for every kind of call.

use serde_json::Value;

use crate::document::{InvalidTemplate, Template};
use crate::render::NotRendered;
use crate::samples;

impl From<NotRendered> for InvalidTemplate {
    fn from(NotRendered { place, reason }: NotRendered) -> Self {
        Self { place, reason }
    }
}

impl Template {
    /// Reads a document to be saved: it must have a body for a full call, for a missed one of which nothing is known, and for
    /// a failed one.
    ///
    /// # Errors
    ///
    /// The first place at which it is wrong.
    pub fn for_saving(document: &Value) -> Result<Self, InvalidTemplate> {
        let template = Self::parse(document)?;
        for sample in samples::samples() {
            template.render(&sample.payload()).map_err(|NotRendered { place, reason }| {
                let reason = format!("{reason} (Tried with {}.)", sample.name);
                InvalidTemplate { place, reason }
            })?;
        }
        Ok(template)
    }
}
