use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use lambda_http::http::{HeaderMap, Method, Response};
use lambda_http::{Body, Request, RequestExt as _};
use sha2::{Digest as _, Sha256};

use crate::files::{FILES, HASH, find};
use crate::{Accent, FrameAncestors, Portal};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src https:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn portal_named(name: &str) -> Portal {
    Portal::new(
        name,
        &Accent::parse("#1f4fd8").expect("a colour"),
        &FrameAncestors::parse("'none'").expect("a list"),
    )
}

fn ask(method: Method, path: &str, headers: &[(&'static str, &str)]) -> Response<Body> {
    let mut request = Request::new(Body::Empty).with_raw_http_path(path);
    *request.method_mut() = method;
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().expect("a value"));
    }
    portal_named("Acme").handle(&request)
}

fn get(path: &str) -> Response<Body> {
    ask(Method::GET, path, &[])
}

fn address(file: &str) -> String {
    format!("/portal/{HASH}/{file}")
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map(|value| value.to_str().expect("text")).unwrap_or_default()
}

#[test]
fn the_page_is_asked_for_each_time_and_names_the_files_by_their_hash() {
    let page = get("/portal");
    assert_eq!((page.status().as_u16(), header(page.headers(), "cache-control")), (200, "no-cache"));
    assert_eq!(header(page.headers(), "content-type"), "text/html; charset=utf-8");
    let html = String::from_utf8(page.body().to_vec()).expect("text");
    assert!(html.contains(&format!("src=\"portal/{HASH}/app.js\"")), "{html}");
    assert!(html.contains("content=\"#1f4fd8\"") && html.contains("<title>Acme</title>"), "{html}");
    assert!(!html.contains("{{"), "{html}");
}

#[test]
fn every_address_in_the_page_is_relative_and_leads_to_a_file() {
    let html = String::from_utf8(get("/portal").body().to_vec()).expect("text");
    let addresses: Vec<&str> = html
        .split(['"'])
        .collect::<Vec<_>>()
        .windows(2)
        .filter(|pair| pair[0].ends_with("src=") || pair[0].ends_with("href="))
        .map(|pair| pair[1])
        .collect();
    assert!(addresses.len() > 3, "{addresses:?}");
    for address in addresses.into_iter().filter(|address| !address.starts_with("data:")) {
        assert!(address.starts_with("portal/"), "{address}");
        assert_eq!(get(&format!("/{address}")).status(), 200, "{address}");
    }
}

#[test]
fn a_file_may_be_kept_for_a_year() {
    for file in FILES {
        let answer = get(&address(file.path));
        assert_eq!(answer.status(), 200, "{}", file.path);
        assert_eq!(header(answer.headers(), "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(header(answer.headers(), "vary"), "accept-encoding");
        assert_eq!(header(answer.headers(), "content-encoding"), "");
        assert_eq!(&answer.body()[..], file.identity);
    }
}

#[test]
fn what_is_sent_compressed_is_the_file() {
    for file in FILES {
        let answer = ask(Method::GET, &address(file.path), &[("accept-encoding", "gzip, deflate, br")]);
        assert_eq!(header(answer.headers(), "content-encoding"), "br");
        let mut unpacked = Vec::new();
        brotli::Decompressor::new(&answer.body()[..], 4096).read_to_end(&mut unpacked).expect("brotli");
        assert_eq!(unpacked, file.identity, "{}", file.path);

        let answer = ask(Method::GET, &address(file.path), &[("accept-encoding", "gzip")]);
        assert_eq!(header(answer.headers(), "content-encoding"), "gzip");
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&answer.body()[..]).read_to_end(&mut unpacked).expect("gzip");
        assert_eq!(unpacked, file.identity, "{}", file.path);
    }
}

#[test]
fn who_has_the_content_is_not_sent_it_again() {
    for path in ["/portal".to_owned(), address("app.js")] {
        let etag = header(get(&path).headers(), "etag").to_owned();
        assert!(etag.starts_with("W/\""), "{etag}");
        for known in [etag.clone(), format!("\"other\", {etag}"), etag.replace("W/", "")] {
            let answer = ask(Method::GET, &path, &[("if-none-match", &known)]);
            assert_eq!((answer.status().as_u16(), answer.body().len()), (304, 0), "{path} {known}");
            assert_eq!(header(answer.headers(), "etag"), etag);
        }
        assert_eq!(ask(Method::GET, &path, &[("if-none-match", "\"other\"")]).status(), 200);
    }
}

#[test]
fn another_name_is_another_page() {
    let etag = |name| portal_named(name).handle(&Request::new(Body::Empty).with_raw_http_path("/portal"));
    assert_ne!(etag("Acme").headers()["etag"], etag("Bolt").headers()["etag"]);
}

#[test]
fn the_name_is_text_and_never_markup() {
    let page = portal_named("</title><script>\"'&{{files}}")
        .handle(&Request::new(Body::Empty).with_raw_http_path("/portal"));
    let html = String::from_utf8(page.body().to_vec()).expect("text");
    assert!(html.contains("<title>&lt;/title&gt;&lt;script&gt;&quot;&#39;&amp;{{files}}</title>"), "{html}");
}

#[test]
fn what_is_not_listed_is_not_found() {
    let older = format!("/portal/{}/app.js", "0".repeat(HASH.len()));
    for path in [
        older.as_str(),
        "/portal/",
        "/portal/app.js",
        &format!("/portal/{HASH}"),
        &format!("/portal/{HASH}/"),
        &format!("/portal/{HASH}/vendor"),
        &format!("/portal/{HASH}/index.html"),
        &format!("/portal/{HASH}/../src/main.rs"),
        &format!("/portal/{HASH}/..%2fsrc%2fmain.rs"),
        &format!("/portal/{HASH}//etc/passwd"),
        &format!("/portal/{HASH}/./app.js"),
        &format!("/portal/{HASH}/app.js/"),
        &format!("/portal/{HASH}/App.js"),
    ] {
        let answer = get(path);
        assert_eq!(
            (answer.status().as_u16(), header(answer.headers(), "cache-control")),
            (404, "no-store"),
            "{path}"
        );
    }
}

#[test]
fn other_methods_are_refused() {
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS, Method::TRACE] {
        for path in ["/portal".to_owned(), address("app.js")] {
            let answer = ask(method.clone(), &path, &[]);
            assert_eq!(
                (answer.status().as_u16(), header(answer.headers(), "allow")),
                (405, "GET, HEAD"),
                "{path}"
            );
        }
    }
}

#[test]
fn a_head_has_the_headers_and_no_body() {
    for path in ["/portal".to_owned(), address("app.js"), "/portal/x".to_owned()] {
        let (head, whole) = (ask(Method::HEAD, &path, &[]), get(&path));
        assert_eq!((head.status(), head.headers()), (whole.status(), whole.headers()));
        assert_eq!(head.body().len(), 0, "{path}");
    }
}

#[test]
fn every_answer_has_the_headers_that_protect_it() {
    let etag = header(get("/portal").headers(), "etag").to_owned();
    for answer in [
        get("/portal"),
        get(&address("app.js")),
        get("/portal/x"),
        ask(Method::POST, "/portal", &[]),
        ask(Method::HEAD, "/portal", &[]),
        ask(Method::GET, "/portal", &[("if-none-match", &etag)]),
    ] {
        assert_eq!(header(answer.headers(), "content-security-policy"), POLICY);
        assert_eq!(header(answer.headers(), "x-content-type-options"), "nosniff");
        assert_eq!(header(answer.headers(), "referrer-policy"), "no-referrer");
    }
}

#[test]
fn who_may_frame_the_portal_stands_in_every_answer() {
    let sites = "'self' https://app.example.com";
    let accent = Accent::parse("#1f4fd8").expect("a colour");
    let portal = Portal::new("Acme", &accent, &FrameAncestors::parse(sites).expect("a list"));
    for path in ["/portal".to_owned(), address("app.js"), "/portal/x".to_owned()] {
        let answer = portal.handle(&Request::new(Body::Empty).with_raw_http_path(&path));
        let policy = POLICY.replace("frame-ancestors 'none'", &format!("frame-ancestors {sites}"));
        assert_eq!(header(answer.headers(), "content-security-policy"), policy, "{path}");
    }
}

/// A module that was in no bundle would be missed by who imports it; in two it would exist twice.
#[test]
fn every_module_is_in_one_bundle() {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { collect(&path, found) } else { found.push(path) }
        }
    }
    let mut modules = Vec::new();
    collect(Path::new("web"), &mut modules);
    modules
        .retain(|path| path.extension().is_some_and(|kind| kind == "js") && !path.starts_with("web/vendor"));
    modules.retain(|path| path != Path::new("web/lost.js"));
    assert!(modules.len() > 90, "{modules:?}");
    let scripts: Vec<&str> = FILES
        .iter()
        .filter(|file| file.path.ends_with(".js"))
        .filter_map(|file| std::str::from_utf8(file.identity).ok())
        .collect();
    for path in modules {
        let name = path.strip_prefix("web").expect("below web").to_str().expect("UTF-8");
        let head = format!("\n$modules[\"{name}\"] = (() => {{\n");
        assert_eq!(scripts.iter().map(|script| script.matches(&head).count()).sum::<usize>(), 1, "{name}");
    }
}

/// The promise of docs/portal.md. tests/portal/test_first_load.py holds it in a browser.
#[test]
fn the_largest_page_is_there_after_60_kb() {
    let size = |path: &str| find(path).expect("a file").brotli.len();
    let first: usize = ["lost.js", "style.css", "vendor/preact.js", "app.js"].map(size).iter().sum();
    let pages = FILES.iter().filter(|file| file.path.starts_with("pages/"));
    let largest = pages.map(|page| page.brotli.len()).max().expect("a page");
    assert!(first > 20_000 && largest > 1_000, "{first} {largest}");
    assert!(first + largest <= 58_000, "{first} and {largest}; the page itself takes one more");
}

/// From the npm package `htm` 3.1.1, `preact/standalone.module.js`.
#[test]
fn the_view_library_is_the_published_one() {
    let library = find("vendor/preact.js").expect("the library");
    let digest: String = Sha256::digest(library.identity).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, "72284e8e9079c87817145df1110f74e8a2aa040b2fc384922e18dfcb46fc1fd7");
    for licence in ["vendor/LICENSE.htm.txt", "vendor/LICENSE.preact.txt"] {
        assert!(find(licence).is_some(), "{licence}");
    }
}
