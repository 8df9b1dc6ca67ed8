//! Each preset is read by the crate that will read it once it is saved.

use std::collections::HashSet;

use domain::{JsonObject, Mapping, TargetUrl};
use payloads::Template;
use presets::{Content, presets};
use serde_json::Value;

#[test]
fn every_payload_can_be_saved() {
    for preset in presets() {
        if let Content::Payload { payload } = &preset.content {
            let refused = Template::for_saving(&Value::Object(payload.clone()))
                .and_then(|template| template.try_with_a_cancelled_call())
                .err();
            assert_eq!(refused, None, "{}", preset.id);
        }
    }
}

#[test]
fn every_mapping_can_be_saved_and_has_neither_url_nor_headers() {
    for preset in presets() {
        if let Content::Mapping { mapping } = &preset.content {
            let refused = Mapping::parse(&JsonObject::new(mapping).expect("JSON")).err();
            assert_eq!(refused, None, "{}", preset.id);
            assert!(preset.url.is_none() && preset.headers.is_empty(), "{}", preset.id);
        }
    }
}

#[test]
fn an_id_is_there_once_and_each_preset_says_where_it_was_written_from() {
    let mut ids = HashSet::new();
    for preset in presets() {
        assert!(ids.insert(&preset.id), "{}", preset.id);
        assert!(preset.reference.starts_with("https://"), "{}", preset.id);
        assert!(!preset.description.is_empty() && !preset.name.is_empty(), "{}", preset.id);
    }
}

#[test]
fn an_endpoint_may_have_the_url_of_each_preset_and_what_is_to_be_replaced_stands_out() {
    for preset in presets() {
        let Some(url) = &preset.url else { continue };
        assert!(TargetUrl::parse(url).is_ok() && url.starts_with("https://"), "{url}");
        let host = url.trim_start_matches("https://").split(['.', '/']).next().unwrap_or_default();
        assert!(host == host.to_uppercase() || host.starts_with("api"), "{url}");
    }
}
