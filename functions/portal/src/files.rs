/// A file of `web/`, as it is and compressed.
pub(crate) struct File {
    /// Below `web/`, such as `pages/home.js`.
    pub(crate) path: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) identity: &'static [u8],
    pub(crate) brotli: &'static [u8],
    pub(crate) gzip: &'static [u8],
}

/// All of them, by path.
pub(crate) static FILES: &[File] = &include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// Of all files, names and contents: 16 hexadecimal digits. The files lie under it, so an address names one content for ever.
pub(crate) const HASH: &str = env!("PORTAL_FILES_HASH");

/// The file with this path. Only what is listed is found, so no path leads anywhere else.
pub(crate) fn find(path: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.path == path)
}
