//! What the portal's reference shows, out of the repository's own documents: pages as they are, and the events with schema
//! and example from the OpenAPI document.

use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

const ROOT: &str = "../..";
const PAGES: [&str; 4] = ["requests", "mapping", "deliveries", "payloads"];
const DOCUMENT: &str = "infra/openapi.yaml";
/// Deeper than any schema here; a schema that refers to itself would go on for ever.
const DEEPEST: usize = 20;

/// A path below `web/`, and the bytes.
type File = (String, Vec<u8>);

/// The files.
pub(crate) fn files() -> Result<Vec<File>, Box<dyn Error>> {
    let mut files = Vec::new();
    for page in PAGES {
        files.push((format!("reference/{page}.md"), read(&format!("docs/{page}.md"))?.into_bytes()));
    }
    let document: Value = serde_saphyr::from_str(&read(DOCUMENT)?)?;
    files.push(("reference/events.json".into(), serde_json::to_vec(&events(&document)?)?));
    Ok(files)
}

fn read(path: &str) -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={ROOT}/{path}");
    fs::read_to_string(Path::new(ROOT).join(path)).map_err(|error| format!("{path}: {error}").into())
}

/// `[{name, summary, schema, example}]`, with every `$ref` replaced by what it names.
fn events(document: &Value) -> Result<Value, Box<dyn Error>> {
    let webhooks = document["webhooks"].as_object().ok_or("the OpenAPI document has no webhooks")?;
    let events: Result<Vec<Value>, Box<dyn Error>> = webhooks
        .iter()
        .map(|(name, webhook)| {
            let body = &webhook["post"]["requestBody"]["content"]["application/json"];
            Ok(json!({
                "name": name,
                "summary": webhook["post"]["summary"],
                "schema": resolved(document, &body["schema"], 0)?,
                "example": body["example"],
            }))
        })
        .collect();
    Ok(Value::Array(events?))
}

fn resolved(document: &Value, schema: &Value, depth: usize) -> Result<Value, Box<dyn Error>> {
    if depth > DEEPEST {
        return Err("a schema of the OpenAPI document is too deep, or refers to itself".into());
    }
    match schema {
        Value::Object(fields) => {
            let mut whole = Map::new();
            if let Some(name) = fields.get("$ref").and_then(Value::as_str) {
                let target = name.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
                let target = target.ok_or_else(|| format!("nothing is found at {name}"))?;
                if let Value::Object(target) = resolved(document, target, depth + 1)? {
                    whole.extend(target);
                }
            }
            for (name, value) in fields.iter().filter(|(name, _)| *name != "$ref") {
                whole.insert(name.clone(), resolved(document, value, depth + 1)?);
            }
            Ok(Value::Object(whole))
        }
        Value::Array(items) => items
            .iter()
            .map(|item| resolved(document, item, depth + 1))
            .collect::<Result<_, _>>()
            .map(Value::Array),
        plain => Ok(plain.clone()),
    }
}
