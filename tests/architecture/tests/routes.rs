//! The routes and the error codes of the JSON APIs are those of `infra/openapi.yaml`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use api::{Code, Route};
use serde_json::Value;

/// A method and a path, as `openapi.yaml` writes it.
type Documented = (String, String);

fn document() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/openapi.yaml");
    let text = fs::read_to_string(file).expect("openapi.yaml");
    serde_saphyr::from_str(&text).expect("YAML")
}

/// The operations of the JSON APIs, each with its method and path: all but `POST /{slug}`, which has conventions of its own.
fn operations(document: &Value) -> Vec<(Documented, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let of_path = |(path, item): (&String, &'_ Value)| {
        let methods = item.as_object().expect("a path").clone();
        let names = methods.into_iter().map(|(name, _)| name).filter(|name| name != "parameters");
        names.map(|name| (name, path.clone())).collect::<Vec<_>>()
    };
    let found: Vec<(String, String)> = paths.iter().flat_map(of_path).collect();
    found
        .into_iter()
        .filter(|(_, path)| path != "/{slug}")
        .map(|(method, path)| {
            let operation = &document["paths"][&path][&method];
            ((method.to_uppercase(), path), operation)
        })
        .collect()
}

fn of_function<S, C>(routes: &[Route<S, C>]) -> Vec<Documented> {
    routes.iter().map(|route| (route.method.to_string(), route.path.to_owned())).collect()
}

#[test]
fn the_functions_have_the_routes_that_are_described_each_once() {
    let routes = [
        of_function(inbound::routes::ROUTES),
        of_function(manage::routes::ROUTES),
        of_function(manage::portal::ROUTES),
        of_function(tester::routes::ROUTES),
        of_function(operator::routes::ROUTES),
    ]
    .concat();
    let distinct: BTreeSet<Documented> = routes.iter().cloned().collect();
    assert_eq!(distinct.len(), routes.len(), "a route stands twice");
    let document = document();
    let described: BTreeSet<Documented> = operations(&document).into_iter().map(|(route, _)| route).collect();
    assert_eq!(distinct, described);
}

#[test]
fn every_error_code_is_described_and_every_described_one_is_there() {
    let document = document();
    let mut described = BTreeSet::new();
    for (_, operation) in operations(&document) {
        let responses = operation["responses"].as_object().expect("responses");
        for (_, refusal) in responses.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
            collect_codes(&document, refusal, &mut described);
        }
    }
    // It is described once for all paths, in words.
    let codes = Code::ALL.iter().filter(|code| **code != Code::MethodNotAllowed);
    assert_eq!(codes.map(|code| code.as_str().to_owned()).collect::<BTreeSet<_>>(), described);
}

/// What stands under `code: { enum: [...] }` anywhere below, references followed.
fn collect_codes(document: &Value, part: &Value, codes: &mut BTreeSet<String>) {
    match part {
        Value::Object(fields) => {
            if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                let target = document.pointer(reference.trim_start_matches('#')).expect("a reference");
                collect_codes(document, target, codes);
            }
            let listed = fields.get("code").and_then(|code| code["enum"].as_array());
            codes.extend(listed.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
            fields.values().for_each(|field| collect_codes(document, field, codes));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_codes(document, item, codes)),
        _ => {}
    }
}
