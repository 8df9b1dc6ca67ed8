use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::brand::Accent;
use crate::files::HASH;

/// It has no address of its own: what lies there for a year would be this, with nothing filled in.
const TEMPLATE: &str = include_str!("../web/index.html");

/// The page: `index.html` with the operator's name and colour in it, and with the folder that the files lie in.
pub(crate) struct Page {
    pub(crate) html: String,
    pub(crate) etag: String,
}

impl Page {
    pub(crate) fn new(name: &str, accent: &Accent) -> Self {
        // The name comes last: what stands in it is not looked at again.
        let html = TEMPLATE
            .replace("{{files}}", HASH)
            .replace("{{accent}}", accent.as_str())
            .replace("{{name}}", &escaped(name));
        // The same in every process of one deployment; that is all an ETag needs.
        let mut hasher = DefaultHasher::new();
        html.hash(&mut hasher);
        let etag = format!("W/\"{:016x}\"", hasher.finish());
        Self { html, etag }
    }
}

/// Text as it may stand in an element and in an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
