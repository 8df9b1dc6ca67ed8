//! Who may import whom. What `deny.toml` cannot say: `domain` stands on no crate of this workspace, and its groups keep
//! their direction; no function stands on another; `portal` on nothing of AWS's SDK.

mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use sources::{checkout, folders, sources};

/// The groups of `domain`, each with the groups that it stands on. Its README has the same table.
const GROUPS: [(&str, &[&str]); 7] = [
    ("values", &[]),
    ("calls", &["values"]),
    ("dialling", &["values", "calls"]),
    ("webhooks", &["values", "calls"]),
    ("intake", &["values", "calls", "webhooks"]),
    ("deliveries", &["values", "calls", "webhooks"]),
    ("credits", &["values", "calls"]),
];

/// What follows each `crate::` of a source: the group, or a name that the crate's root hands on.
fn first_names(source: &str) -> Vec<String> {
    let after = source.split("crate::").skip(1);
    after.map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()).collect()
}

#[test]
fn the_table_has_every_group() {
    let mut listed = GROUPS.map(|(group, _)| group.to_owned()).to_vec();
    let mut there = folders(&checkout().join("shared/domain/src"));
    listed.sort();
    there.sort();
    assert_eq!(listed, there);
}

#[test]
fn a_group_imports_only_from_those_that_it_stands_on() {
    for (group, stands_on) in GROUPS {
        let files = sources(&checkout().join("shared/domain/src").join(group));
        assert!(!files.is_empty(), "{group}");
        for (file, text) in files {
            for name in first_names(&text) {
                let allowed = name == group || stands_on.contains(&name.as_str());
                assert!(allowed, "{}: crate::{name}, and {group} stands on {stands_on:?}", file.display());
            }
            assert!(!text.contains("super::super"), "{}: name the group instead", file.display());
        }
    }
}

/// What the manifests say, as cargo reads them: of each package in these folders the names of its dependencies, whatever a manifest
/// calls them. What only its tests need does not count.
fn dependencies(parents: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let metadata = ["metadata", "--no-deps", "--format-version", "1", "--locked", "--offline"];
    let ran = Command::new(env!("CARGO")).args(metadata).current_dir(checkout()).output().expect("cargo");
    let metadata: Value = serde_json::from_slice(&ran.stdout).expect("cargo's metadata");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let is_in = |package: &Value| {
        let manifest = text(&package["manifest_path"]);
        parents.iter().any(|parent| manifest.contains(&format!("/{parent}/")))
    };
    let packages = list(&metadata["packages"]).into_iter().filter(is_in);
    let named = packages.map(|package| {
        let needed = list(&package["dependencies"]).into_iter().filter(|needed| needed["kind"] != "dev");
        (text(&package["name"]), needed.map(|needed| text(&needed["name"])).collect())
    });
    let found: BTreeMap<String, BTreeSet<String>> = named.collect();
    let there: usize = parents.iter().map(|parent| folders(&checkout().join(parent)).len()).sum();
    assert_eq!(found.len(), there, "not every package is read: {:?}", found.keys());
    found
}

#[test]
fn domain_stands_on_no_crate_of_this_workspace() {
    let ours: BTreeSet<String> = dependencies(&["shared", "functions"]).into_keys().collect();
    let named = &dependencies(&["shared"])["domain"];
    assert!(named.contains("serde"), "the manifest is not read: {named:?}");
    assert_eq!(named.intersection(&ours).next(), None);
}

#[test]
fn nothing_that_is_deployed_stands_on_a_function() {
    let functions: BTreeSet<String> = dependencies(&["functions"]).into_keys().collect();
    for (package, named) in dependencies(&["functions", "shared"]) {
        assert_eq!(named.intersection(&functions).next(), None, "{package}");
    }
}

/// The crates that a package is built of, as cargo resolves it by itself.
fn built_of(package: &str) -> Vec<String> {
    let tree =
        ["tree", "--locked", "--offline", "--edges", "normal", "--prefix", "none", "--package", package];
    let ran = Command::new(env!("CARGO")).args(tree).current_dir(checkout()).output().expect("cargo");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8_lossy(&ran.stdout)
        .lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn portal_is_built_of_nothing_that_calls_aws() {
    let of_aws =
        |package| built_of(package).into_iter().filter(|name| name.starts_with("aws-")).collect::<Vec<_>>();
    assert!(of_aws("relay").contains(&"aws-sdk-dynamodb".to_owned()), "the tree is not read");
    assert_eq!(of_aws("portal"), Vec::<String>::new());
}

/// `deny.toml` says who may stand on `egress` and on reqwest. There are other ways to speak HTTP. (`environment` brings the client of
/// AWS's SDK.)
#[test]
fn only_who_makes_attempts_names_an_http_client() {
    let clients = [
        "attohttpc",
        "aws-smithy-http-client",
        "curl",
        "delivery",
        "egress",
        "hyper",
        "hyper-util",
        "isahc",
        "reqwest",
        "tokio-rustls",
        "ureq",
    ];
    let packages = dependencies(&["functions", "shared"]);
    let naming = packages.iter().filter(|(_, named)| clients.iter().any(|client| named.contains(*client)));
    let naming: Vec<&str> = naming.map(|(package, _)| package.as_str()).collect();
    assert_eq!(naming, ["deliver", "delivery", "egress", "environment", "tester"]);
}
