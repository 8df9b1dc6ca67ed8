//! What a document is tried with before it is saved.

use serde_json::Value;

use crate::document::{InvalidTemplate, Template};
use crate::render::RenderError;
use crate::samples::{self, Sample};

impl From<RenderError> for InvalidTemplate {
    fn from(RenderError { place, reason }: RenderError) -> Self {
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
            template.try_with(&sample)?;
        }
        Ok(template)
    }

    /// Whether it has a body for a cancelled call, too. Only some webhooks are told of those.
    ///
    /// # Errors
    ///
    /// The place that has none.
    pub fn try_with_a_cancelled_call(&self) -> Result<(), InvalidTemplate> {
        self.try_with(&samples::cancelled())
    }

    fn try_with(&self, sample: &Sample) -> Result<(), InvalidTemplate> {
        let rendered = self.render(&sample.payload());
        rendered.map(drop).map_err(|RenderError { place, reason }| {
            let reason = format!("{reason} (Tried with {}.)", sample.name);
            InvalidTemplate { place, reason }
        })
    }
}
