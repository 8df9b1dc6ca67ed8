#![doc = include_str!("../README.md")]

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A ready-made payload or mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Preset {
    /// The same for good, such as `hubspot-call`; its file's name.
    pub id: String,
    /// `System: what it does there`.
    pub name: String,
    /// What comes of it, and what must be known or done before.
    pub description: String,
    /// The page of the system's public documentation that it was written from.
    pub reference: String,
    /// What the endpoint's URL is to be, with what is to be put in in capitals. None where the system gives a whole URL out, and
    /// with a mapping.
    pub url: Option<String>,
    /// The custom headers that the endpoint needs.
    pub headers: Vec<Header>,
    /// What is copied into a webhook.
    #[serde(flatten)]
    pub content: Content,
}

/// A custom header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// As it is sent.
    pub name: String,
    /// In words: what to put there.
    pub value: String,
}

/// What is copied into a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Content {
    /// Of an endpoint, for results on their way out.
    Payload {
        /// As an endpoint's `payload` is written.
        payload: Map<String, Value>,
    },
    /// Of an inbound webhook, for requests on their way in.
    Mapping {
        /// As an inbound webhook's `mapping` is written.
        mapping: Map<String, Value>,
    },
}

macro_rules! files {
    ($($id:literal),+ $(,)?) => {
        &[$(($id, include_str!(concat!("../presets/", $id, ".json")))),+]
    };
}

/// Id and text of each, in the order of the list.
const FILES: &[(&str, &str)] = files![
    "hubspot-call",
    "followup-boss-call",
    "followup-boss-event",
    "gohighlevel-inbound-webhook",
    "pipedrive-call",
    "salesforce-task",
    "zendesk-ticket",
    "slack",
    "microsoft-teams",
    "google-chat",
    "discord",
    "flat-json",
    "form",
    "hubspot-workflow",
    "gohighlevel-workflow",
    "pipedrive-automation",
    "salesforce-flow",
    "form-request",
];

/// All of them, in the order in which they are shown.
///
/// # Panics
///
/// Never: they are constants that a test reads.
#[must_use]
pub fn presets() -> &'static [Preset] {
    static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| {
        FILES.iter().map(|(_, text)| serde_json::from_str(text).expect("a preset is valid")).collect()
    });
    &PRESETS
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    #[test]
    fn a_preset_has_the_id_that_is_its_files_name_and_nothing_that_is_not_shown() {
        for ((id, text), preset) in FILES.iter().zip(presets()) {
            assert_eq!(preset.id, *id);
            let (written, shown): (Value, _) =
                (serde_json::from_str(text).expect("JSON"), serde_json::to_value(preset));
            assert_eq!(written, shown.expect("JSON"), "{id}");
        }
    }

    #[test]
    fn every_file_is_in_the_list_once() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/presets")).expect("a folder");
        let mut files: Vec<_> = folder.map(|file| file.expect("a file").file_name()).collect();
        let mut listed: Vec<_> = FILES.iter().map(|(id, _)| OsString::from(format!("{id}.json"))).collect();
        files.sort_unstable();
        listed.sort_unstable();
        assert_eq!(files, listed);
    }
}
