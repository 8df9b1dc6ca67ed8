//! No modules of a crate stand on each other in a circle: each can be read after those that it uses. A folder and what lies in
//! it may: who names its children by `mod` does not stand on them. A method counts, too: who calls one that another module has
//! given to the same type stands on that module.

mod sources;

use std::collections::{BTreeMap, BTreeSet};

use sources::{checkout, folders, sources};

/// Tables that a program writes, by their first words: they name the types of the module that reads them.
const GENERATED: &str = "//! Made by `make";

/// A crate's modules by their paths, such as `webhooks::create`, with what they say. Its root has an empty path.
type Modules = BTreeMap<String, String>;

/// What follows the keyword of a path, each name of a list by itself: `a::b::{c, d::e}` is `a::b::c` and `a::b::d::e`.
fn paths_in(text: &str) -> Vec<String> {
    let name_end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(name_end);
    if let Some(inner) = rest.strip_prefix("::") {
        let further = paths_in(inner);
        if further.is_empty() {
            return vec![name.to_owned()];
        }
        return further.into_iter().map(|path| joined(name, &path)).collect();
    }
    let Some(list) = rest.strip_prefix('{').filter(|_| name.is_empty()) else {
        return (!name.is_empty()).then(|| name.to_owned()).into_iter().collect();
    };
    let (mut depth, mut items, mut begin) = (0, Vec::new(), 0);
    for (at, char) in list.char_indices() {
        match char {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                items.extend(paths_in(list[begin..at].trim()));
                begin = at + 1;
                if char == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    items
}

fn joined(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}::{name}") }
}

fn parent(module: &str) -> &str {
    module.rsplit_once("::").map_or("", |(parent, _)| parent)
}

/// The code, without comments and without what is compiled for tests only: their module, or one line.
fn code(source: &str) -> String {
    let mut lines = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    let mut kept = Vec::new();
    while let Some(line) = lines.next() {
        if line.trim() != "#[cfg(test)]" {
            kept.push(line);
            continue;
        }
        // Behind further attributes.
        let item = lines.by_ref().map(str::trim).find(|line| !line.starts_with("#["));
        if item.is_some_and(|item| item.ends_with('{')) {
            break;
        }
    }
    kept.join("\n")
}

/// The words of a code that stand between a text and a character: `self.` and `(`, say.
fn words_between(code: &str, text: &str, end: char) -> BTreeSet<String> {
    let word = |rest: &str| {
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest[length..].trim_start().starts_with(end).then(|| rest[..length].to_owned())
    };
    code.split(text).skip(1).filter_map(word).collect()
}

/// The types that a module gives methods to.
fn extended(code: &str) -> BTreeSet<String> {
    words_between(code, "\nimpl ", '{')
}

/// The modules whose methods, of a type that both give some to, a module calls.
fn called<'a>(name: &str, code: &str, modules: &'a Modules) -> Vec<&'a str> {
    let (types, own) = (extended(code), words_between(code, "fn ", '('));
    let calls: Vec<String> = words_between(code, "self.", '(').difference(&own).cloned().collect();
    let has = |other: &str| {
        let defined = words_between(other, "fn ", '(');
        !extended(other).is_disjoint(&types) && calls.iter().any(|call| defined.contains(call))
    };
    modules
        .iter()
        .filter(|(other, code)| *other != name && has(code))
        .map(|(other, _)| other.as_str())
        .collect()
}

/// What a module hands on by `pub use`: the name, and the path behind it.
fn handed_on(module: &str, code: &str) -> Vec<(String, String)> {
    let uses = code.split("pub use ").chain(code.split("pub(crate) use ")).skip(1);
    let paths = uses.flat_map(paths_in).map(|path| path.trim_start_matches("self::").to_owned());
    let named = paths.map(|path| {
        let name = path.rsplit("::").next().unwrap_or_default().to_owned();
        let whole = path.strip_prefix("crate::").map_or_else(|| joined(module, &path), str::to_owned);
        (joined(module, &name), whole)
    });
    named.filter(|(name, path)| name != path).collect()
}

/// The module that a path of the crate leads to.
fn leads_to(path: &str, modules: &Modules, handed_on: &BTreeMap<String, String>) -> String {
    let mut longest = path;
    while !modules.contains_key(longest) {
        if let Some(further) = handed_on.get(longest) {
            return leads_to(further, modules, handed_on);
        }
        longest = parent(longest);
    }
    longest.to_owned()
}

/// The modules that each module names.
fn stands_on(modules: &Modules) -> BTreeMap<&str, BTreeSet<String>> {
    let handed: BTreeMap<String, String> =
        modules.iter().flat_map(|(name, code)| handed_on(name, code)).collect();
    let of = |name: &str, code: &str| {
        let from_root = code.split("crate::").skip(1).flat_map(paths_in);
        let from_parent = code.split("super::").skip(1).flat_map(paths_in);
        let from_parent = from_parent.map(|path| joined(parent(name), &path));
        let found = from_root.chain(from_parent).map(|path| leads_to(&path, modules, &handed));
        let found = found.chain(called(name, code, modules).into_iter().map(str::to_owned));
        found.filter(|found| !found.is_empty() && found != name).collect()
    };
    modules.iter().map(|(name, code)| (name.as_str(), of(name, code))).collect()
}

/// The first circle that is met, as the modules on the way.
fn circle(modules: &Modules) -> Option<Vec<String>> {
    let stands_on = stands_on(modules);
    let mut done = BTreeSet::new();
    modules.keys().find_map(|name| walk(name, &stands_on, &mut Vec::new(), &mut done))
}

fn walk(
    name: &str,
    stands_on: &BTreeMap<&str, BTreeSet<String>>,
    way: &mut Vec<String>,
    done: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(met) = way.iter().position(|before| before == name) {
        return Some(way[met..].to_vec());
    }
    if !done.insert(name.to_owned()) {
        return None;
    }
    way.push(name.to_owned());
    let found = stands_on[name].iter().find_map(|next| walk(next, stands_on, way, done));
    way.pop();
    found
}

/// The modules of the crate in this folder. Tests that lie in a file of their own are none.
fn modules_of(package: &str) -> Modules {
    let folder = checkout().join(package).join("src");
    let mut modules = Modules::new();
    for (file, text) in sources(&folder) {
        let path = file.strip_prefix(&folder).expect("below it").with_extension("");
        let path = path.to_str().expect("a text").replace('/', "::");
        let name = path.strip_suffix("::mod").unwrap_or(&path);
        if !(name == "main" || name.ends_with("_tests") || text.starts_with(GENERATED)) {
            modules.insert(if name == "lib" { String::new() } else { name.to_owned() }, code(&text));
        }
    }
    modules
}

#[test]
fn the_modules_of_a_crate_do_not_stand_on_each_other_in_a_circle() {
    let mut uses = 0;
    for parent in ["functions", "shared"] {
        for package in folders(&checkout().join(parent)) {
            let modules = modules_of(&format!("{parent}/{package}"));
            uses += stands_on(&modules).values().map(BTreeSet::len).sum::<usize>();
            assert_eq!(circle(&modules), None, "{package}");
        }
    }
    assert!(uses > 200, "{uses} uses of another module are found");
}

#[test]
fn a_circle_is_found_whatever_way_its_modules_are_named() {
    let circle_of = |modules: &[(&str, &str)]| {
        circle(&modules.iter().map(|(name, text)| ((*name).to_owned(), code(text))).collect())
    };
    let a_to_b = ("a", "use crate::b::B;");
    for back in [
        "use crate::a::A;",
        "use crate::{other, a::{A, C}};",
        "use super::a::A;",
        "fn f() { crate::a::f() }",
        "use crate::A;",
    ] {
        let found = circle_of(&[("", "mod a; mod b; pub use a::A;"), a_to_b, ("b", back)]);
        assert_eq!(found, Some(vec!["a".to_owned(), "b".to_owned()]), "{back}");
    }
    let tests = "#[cfg(test)]\nmod tests {\n use crate::a::A; }";
    for no_circle in ["// crate::a", "use crate::LIMIT;", tests, "#[cfg(test)]\npub(crate) use crate::a::A;"]
    {
        assert_eq!(circle_of(&[("", "mod a; mod b; pub use a::A;"), a_to_b, ("b", no_circle)]), None);
    }
    let behind = "#[cfg(test)]\nmod samples;\nuse crate::a::A;";
    assert!(circle_of(&[("", "mod a; mod b;"), a_to_b, ("b", behind)]).is_some());
}

#[test]
fn a_circle_of_methods_is_found() {
    let (a, b) = ("\nimpl T {\n fn f(&self) { self.g() } }", "\nimpl T {\n fn g(&self) { self.f() } }");
    let circle_of = |a: &str, b: &str| {
        circle(&[("a", a), ("b", b)].into_iter().map(|(name, text)| (name.to_owned(), code(text))).collect())
    };
    assert_eq!(circle_of(a, b), Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(circle_of(a, &b.replace("impl T", "impl S")), None, "another type");
    assert_eq!(circle_of(a, &b.replace("self.f()", "other.f()")), None);
}
