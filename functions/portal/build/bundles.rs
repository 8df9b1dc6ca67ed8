//! Puts the modules of `web/` together, so that a page is there after a handful of requests: `app.js` gets all that it needs
//! itself and all that two pages need, `pages/x.js` what this page alone needs. A module becomes a function of its own in
//! there, under its name, and keeps its code; comments at the margin stay behind.
//!
//! It reads JavaScript line by line and knows the few forms that `web/` is written in. At any other the build fails.

use std::collections::BTreeMap;

/// The module that the page loads.
const START: &str = "app.js";
/// Each module right in here that `START` does not import is loaded by it when its page is first opened.
const PAGES: &str = "pages/";
/// It lies there as it is published.
const LIBRARY: &str = "vendor/preact.js";
const DECLARATIONS: [&str; 4] = ["async function ", "function ", "const ", "class "];

struct Module {
    needs: Vec<Need>,
    exports: Vec<String>,
    code: String,
}

/// What a module takes from another one.
struct Need {
    from: String,
    names: Vec<String>,
}

/// Path and text of each bundle, of the path and text of each module.
pub(crate) fn bundles(sources: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, String> {
    let modules = sources
        .iter()
        .map(|(path, text)| Ok((path.clone(), module(path, text)?)))
        .collect::<Result<BTreeMap<_, _>, String>>()?;
    let of_start = all_needed(START, &modules)?;
    let pages: Vec<&String> =
        modules.keys().filter(|path| is_page(path) && !of_start.contains(path)).collect();
    let of_pages = pages.iter().map(|page| all_needed(page, &modules)).collect::<Result<Vec<_>, _>>()?;

    let mut shared: Vec<String> = Vec::new();
    for path in of_pages.iter().flatten() {
        let is_needed_twice = of_pages.iter().filter(|needed| needed.contains(path)).count() > 1;
        if is_needed_twice && !of_start.contains(path) && !shared.contains(path) {
            shared.push(path.clone());
        }
    }
    // The start comes last: with it everything begins.
    shared.splice(0..0, of_start);
    shared.sort_by_key(|path| path == START);

    let head = format!(
        "import * as library from \"./{LIBRARY}\";\nexport const $modules = {{ __proto__: null, \"{LIBRARY}\": library }};\n"
    );
    let mut found = BTreeMap::from([(START.to_owned(), head + &functions(&shared, &modules))]);
    for (page, needed) in pages.into_iter().zip(of_pages) {
        let own: Vec<String> = needed.into_iter().filter(|path| !shared.contains(path)).collect();
        let text = format!(
            "import {{ $modules }} from \"../{START}\";\n{}\nexport default $modules[\"{page}\"].default;\n",
            functions(&own, &modules)
        );
        found.insert(page.clone(), text);
    }
    Ok(found)
}

fn is_page(path: &str) -> bool {
    path.strip_prefix(PAGES).is_some_and(|rest| !rest.contains('/'))
}

fn functions(paths: &[String], modules: &BTreeMap<String, Module>) -> String {
    paths
        .iter()
        .map(|path| format!("\n$modules[\"{path}\"] = (() => {{\n{}}})();\n", modules[path].code))
        .collect()
}

/// The module and all that it imports, each behind what it imports itself.
fn all_needed(path: &str, modules: &BTreeMap<String, Module>) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    walk(path, modules, &mut Vec::new(), &mut found)?;
    Ok(found)
}

fn walk(
    path: &str,
    modules: &BTreeMap<String, Module>,
    above: &mut Vec<String>,
    found: &mut Vec<String>,
) -> Result<(), String> {
    if found.iter().any(|known| known == path) {
        return Ok(());
    }
    if above.iter().any(|known| known == path) {
        return Err(format!("{path} imports itself, by way of {}", above.join(", ")));
    }
    let module = modules.get(path).ok_or_else(|| format!("{above:?} imports {path}, which is not there"))?;
    above.push(path.to_owned());
    for needed in module.needs.iter().filter(|needed| needed.from != LIBRARY) {
        walk(&needed.from, modules, above, found)?;
        let exports = modules.get(&needed.from).map_or(&[][..], |module| &module.exports);
        if let Some(name) = needed.names.iter().find(|name| !exports.contains(name)) {
            return Err(format!("{path} imports {name} from {}, which does not export it", needed.from));
        }
    }
    above.pop();
    found.push(path.to_owned());
    Ok(())
}

/// A module as the body of a function that returns what the module exports.
fn module(path: &str, text: &str) -> Result<Module, String> {
    let (mut needs, mut exports, mut code) = (Vec::new(), Vec::new(), String::new());
    let (mut is_comment, mut is_text, mut default) = (false, false, String::new());
    for line in text.lines() {
        let unknown = || format!("{path}: build/bundles.rs does not know this form: {line}");
        // A text between backticks has lines of its own. Behind a pattern with a backtick comments stay, which does no harm.
        let was_text = is_text;
        is_text ^= line.matches('`').count() % 2 == 1;
        if !was_text && (is_comment || line.starts_with("/*") || line.starts_with("//")) {
            is_comment = !line.starts_with("//") && !line.ends_with("*/");
            is_text = false;
            if line.split_once("*/").is_some_and(|(_, behind)| !behind.is_empty()) {
                return Err(unknown());
            }
            continue;
        }
        if let Some(import) = line.strip_prefix("import ") {
            let (names, from) = import.split_once(" from \"").ok_or_else(unknown)?;
            let from = resolved(path, from.strip_suffix("\";").ok_or_else(unknown)?);
            let (pattern, names) = imported(names).ok_or_else(unknown)?;
            code += &format!("const {pattern} = $modules[\"{from}\"];\n");
            needs.push(Need { from, names });
        } else if let Some(declared) = line.strip_prefix("export default ") {
            default = format!("default: {}", name_of(declared).ok_or_else(unknown)?);
            exports.push("default".to_owned());
            code += &format!("{declared}\n");
        } else if let Some(declared) = line.strip_prefix("export ") {
            exports.push(name_of(declared).ok_or_else(unknown)?.to_owned());
            code += &format!("{declared}\n");
        } else if line.contains("import.meta") || (line.contains("import(") && path != START) {
            // An address that is relative to a module means another file once the module lies elsewhere.
            return Err(unknown());
        } else {
            code += &format!("{line}\n");
        }
    }
    if is_comment {
        return Err(format!("{path}: build/bundles.rs sees no end of its last comment"));
    }
    let returned: Vec<&str> =
        exports.iter().map(|name| if name == "default" { &default } else { name.as_str() }).collect();
    code += &format!("return {{ {} }};\n", returned.join(", "));
    Ok(Module { needs, exports, code })
}

/// `{ a, b as c }` and `A`, as a pattern of a declaration, and the names that the other module must export.
fn imported(names: &str) -> Option<(String, Vec<String>)> {
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
    let Some(list) = names.strip_prefix('{') else {
        return is_name(names).then(|| (format!("{{ default: {names} }}"), vec!["default".to_owned()]));
    };
    let list = list.strip_suffix('}')?;
    let parts = list.split(',').map(str::trim).filter(|part| !part.is_empty());
    let taken: Vec<String> =
        parts.map(|part| part.split_once(" as ").map_or(part, |(name, _)| name).to_owned()).collect();
    taken.iter().all(|name| is_name(name)).then(|| (names.replace(" as ", ": "), taken))
}

/// The name in `function name(…`, `const name = …`. What is declared otherwise, such as by `let`, could change after it was
/// handed out.
fn name_of(declared: &str) -> Option<&str> {
    let rest = DECLARATIONS.iter().find_map(|form| declared.strip_prefix(form))?;
    let end = rest.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_')?;
    (end > 0).then(|| &rest[..end])
}

/// `../api.js` of `pages/home.js` is `api.js`.
fn resolved(path: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundled(sources: &[(&str, &str)]) -> Result<BTreeMap<String, String>, String> {
        bundles(&sources.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    #[test]
    fn what_one_page_needs_is_with_it_and_what_two_need_is_at_the_start() {
        let found = bundled(&[
            ("app.js", "import { time } from \"./time.js\";\nimport(`./pages/${\"a\"}.js`);\n"),
            ("time.js", "/** What\n * it is. */\nexport const time = 1;\n"),
            ("both.js", "// Why.\nexport function both() {\n  // In here.\n}\n"),
            ("pages/a.js", "import { both as two } from \"../both.js\";\nimport Own from \"./a/own.js\";\nexport default function A() {}\n"),
            ("pages/a/own.js", "import { html } from \"../../vendor/preact.js\";\nexport default class Own {}\n"),
            ("pages/b.js", "import { both } from \"../both.js\";\nexport default function B() {}\n"),
        ])
        .expect("bundles");
        assert_eq!(found.keys().collect::<Vec<_>>(), ["app.js", "pages/a.js", "pages/b.js"]);
        assert_eq!(
            found["app.js"],
            "import * as library from \"./vendor/preact.js\";
export const $modules = { __proto__: null, \"vendor/preact.js\": library };

$modules[\"time.js\"] = (() => {
const time = 1;
return { time };
})();

$modules[\"both.js\"] = (() => {
function both() {
  // In here.
}
return { both };
})();

$modules[\"app.js\"] = (() => {
const { time } = $modules[\"time.js\"];
import(`./pages/${\"a\"}.js`);
return {  };
})();
"
        );
        assert_eq!(
            found["pages/a.js"],
            "import { $modules } from \"../app.js\";

$modules[\"pages/a/own.js\"] = (() => {
const { html } = $modules[\"vendor/preact.js\"];
class Own {}
return { default: Own };
})();

$modules[\"pages/a.js\"] = (() => {
const { both: two } = $modules[\"both.js\"];
const { default: Own } = $modules[\"pages/a/own.js\"];
function A() {}
return { default: A };
})();

export default $modules[\"pages/a.js\"].default;
"
        );
    }

    #[test]
    fn a_line_of_a_text_is_no_comment() {
        let text = "const sample = `\n// paste this\n`;\nexport const own = sample;\n";
        let found = bundled(&[("app.js", text)]).expect("bundles");
        assert!(found["app.js"].contains("`\n// paste this\n`"), "{}", found["app.js"]);
    }

    #[test]
    fn a_form_that_is_not_known_ends_the_build() {
        for text in [
            "import \"./x.js\";",
            "import { a } from './x.js';",
            "import {",
            "import X, { y } from \"./y.js\";",
            "import * as x from \"./y.js\";",
            "/** @type {X} */ const a = 1;",
            "/* one */ export const a = 1;",
            "export let a = 1;",
            "export { a };",
            "export * from \"./x.js\";",
            "export const { a } = b;",
            "export default () => 1;",
            "const here = import.meta.url;",
            "const later = () => import(\"./x.js\");",
        ] {
            let refusal = bundled(&[("app.js", "import { x } from \"./x.js\";\n"), ("x.js", text)]);
            assert_eq!(
                refusal.err(),
                Some(format!("x.js: build/bundles.rs does not know this form: {text}"))
            );
        }
    }

    #[test]
    fn what_is_missing_or_imports_itself_ends_the_build() {
        let missing = bundled(&[("app.js", "import { x } from \"./x.js\";\n")]);
        assert_eq!(missing.err().as_deref(), Some("[\"app.js\"] imports x.js, which is not there"));
        let unnamed =
            bundled(&[("app.js", "import { x, y } from \"./x.js\";\n"), ("x.js", "export const x = 1;\n")]);
        assert_eq!(unnamed.err().as_deref(), Some("app.js imports y from x.js, which does not export it"));
        let default =
            bundled(&[("app.js", "import X from \"./x.js\";\n"), ("x.js", "export const x = 1;\n")]);
        assert_eq!(
            default.err().as_deref(),
            Some("app.js imports default from x.js, which does not export it")
        );
        let endless = bundled(&[("app.js", "/**\n * What it is.\n"), ("x.js", "")]);
        assert!(endless.err().is_some_and(|refusal| refusal.contains("no end")));
        let circle = bundled(&[
            ("app.js", "import { a } from \"./a.js\";\n"),
            ("a.js", "import { b } from \"./b.js\";\n"),
            ("b.js", "import { a } from \"./a.js\";\n"),
        ]);
        assert_eq!(circle.err().as_deref(), Some("a.js imports itself, by way of app.js, a.js, b.js"));
    }
}
