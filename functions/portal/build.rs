//! Puts the modules of `web/` together, compresses all files, also what the reference shows of the repository's documents, and
//! lists them for `src/files.rs`, with one hash over all of them.

#[path = "build/bundles.rs"]
mod bundles;
#[path = "build/reference.rs"]
mod reference;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use brotli::CompressorWriter;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// 16 hexadecimal digits: what tells two deployments apart, and no secret.
const HASH_BYTES: usize = 8;
/// Scripts that are no modules of ours.
const AS_THEY_ARE: [&str; 2] = ["vendor/", "lost.js"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=web");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let web = Path::new("web");
    let mut paths = Vec::new();
    collect(web, &mut paths)?;
    let mut files = reference::files()?;
    let mut modules = BTreeMap::new();
    for path in paths {
        let name = path.strip_prefix(web)?.to_str().ok_or("a file's name is not UTF-8")?.replace('\\', "/");
        if name.ends_with(".js") && !AS_THEY_ARE.iter().any(|folder| name.starts_with(folder)) {
            modules.insert(name, fs::read_to_string(&path)?);
        } else if name != "index.html" {
            // The page's template is no file of its own: `src/page.rs` fills it in.
            files.push((name, fs::read(&path)?));
        }
    }
    files.extend(bundles::bundles(&modules)?.into_iter().map(|(name, text)| (name, text.into_bytes())));
    files.sort();

    let mut all = Sha256::new();
    let mut listed = String::from("[\n");
    for (number, (name, bytes)) in files.iter().enumerate() {
        all.update(name.as_bytes());
        all.update([0]);
        all.update(Sha256::digest(bytes));
        fs::write(out.join(format!("{number}")), bytes)?;
        fs::write(out.join(format!("{number}.br")), brotli(bytes)?)?;
        fs::write(out.join(format!("{number}.gz")), gzip(bytes)?)?;
        writeln!(
            listed,
            "File {{ path: {name:?}, content_type: {:?}, identity: {}, brotli: {}, gzip: {} }},",
            content_type(Path::new(name))?,
            include(&out, &format!("{number}")),
            include(&out, &format!("{number}.br")),
            include(&out, &format!("{number}.gz")),
        )?;
    }
    listed.push(']');
    fs::write(out.join("files.rs"), listed)?;
    println!("cargo::rustc-env=PORTAL_FILES_HASH={}", hexadecimal(&all.finalize()[..HASH_BYTES]));
    Ok(())
}

/// Every file below the folder.
fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { collect(&path, paths)? } else { paths.push(path) }
    }
    Ok(())
}

/// Of a file whose kind is not known the build fails: a browser would have to guess, and is told not to.
fn content_type(path: &Path) -> Result<&'static str, String> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("css") => Ok("text/css; charset=utf-8"),
        Some("js") => Ok("text/javascript; charset=utf-8"),
        Some("json") => Ok("application/json"),
        Some("md") => Ok("text/markdown; charset=utf-8"),
        Some("svg") => Ok("image/svg+xml"),
        Some("txt") => Ok("text/plain; charset=utf-8"),
        _ => Err(format!("build.rs knows no content type for {}", path.display())),
    }
}

fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    // Quality 11 of 11, a window of 4 MiB: it is done once.
    let mut writer = CompressorWriter::new(Vec::new(), 4096, 11, 22);
    writer.write_all(bytes)?;
    Ok(writer.into_inner())
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(bytes)?;
    writer.finish()
}

fn include(out: &Path, file: &str) -> String {
    format!("include_bytes!({:?})", out.join(file))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
