use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::brand::Accent;
use crate::files::{HASH, find};

/// The page: `index.html` with the operator's name and colour in it, and with the folder that the files lie in.
pub(crate) struct Page {
    pub(crate) html: String,
    pub(crate) etag: String,
}

impl Page {
    pub(crate) fn new(name: &str, accent: &Accent) -> Self {
        let template =
            find("index.html").map(|file| String::from_utf8_lossy(file.identity)).unwrap_or_default();
        // The name comes last: what stands in it is not looked at again.
        let html = template
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
