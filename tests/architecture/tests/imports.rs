//! Who may import whom. What `deny.toml` cannot say: `domain` stands on no crate of this workspace, and its groups keep
//! their direction; no function stands on another; `portal` on nothing of AWS's SDK.

mod sources;

use std::fs;
use std::path::Path;
use std::process::Command;

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

/// The names that a manifest's lines begin with: its dependencies, among others.
fn named_in(manifest: &Path) -> Vec<String> {
    let text = fs::read_to_string(manifest).expect("a manifest");
    text.lines().filter_map(|line| line.split(['.', ' ', '=']).next().map(str::to_owned)).collect()
}

#[test]
fn domain_stands_on_no_crate_of_this_workspace() {
    let ours = [folders(&checkout().join("shared")), folders(&checkout().join("functions"))].concat();
    let named = named_in(&checkout().join("shared/domain/Cargo.toml"));
    assert!(named.contains(&"serde".to_owned()), "the manifest is not read: {named:?}");
    assert_eq!(named.iter().find(|name| ours.contains(name)), None);
}

#[test]
fn nothing_that_is_deployed_stands_on_a_function() {
    let functions = folders(&checkout().join("functions"));
    for parent in ["functions", "shared"] {
        for package in folders(&checkout().join(parent)) {
            let named = named_in(&checkout().join(parent).join(&package).join("Cargo.toml"));
            assert_eq!(named.iter().find(|name| functions.contains(name)), None, "{package}");
        }
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

/// `deny.toml` says who may stand on `egress` and on reqwest. There are other ways to speak HTTP.
#[test]
fn of_the_functions_only_those_that_make_attempts_name_an_http_client() {
    let clients =
        ["egress", "delivery", "reqwest", "hyper", "hyper-util", "aws-smithy-http-client", "tokio-rustls"];
    let names_one = |function: &String| {
        let named = named_in(&checkout().join("functions").join(function).join("Cargo.toml"));
        clients.iter().any(|client| named.contains(&(*client).to_owned()))
    };
    let mut functions = folders(&checkout().join("functions"));
    functions.retain(names_one);
    functions.sort();
    assert_eq!(functions, ["deliver", "tester"]);
}
