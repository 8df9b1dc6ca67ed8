use std::env;
use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// Where the bundles of certificate authorities are: on Lambda's `provided.al2023` (and Fedora), on Debian (and Alpine).
const BUNDLES: [&str; 2] =
    ["/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/certs/ca-certificates.crt"];

/// The certificate authorities that receivers' certificates must come from.
///
/// One bundle file is read, and no directory: that takes 3 ms instead of 44 ms (measured), at every cold start.
#[derive(Debug, Clone)]
pub struct Roots(pub(crate) RootCertStore);

impl Roots {
    /// The bundle that the variable `SSL_CERT_FILE` names, or else the one of the operating system. When there is neither,
    /// a warning is logged and every `https` attempt ends with a `tls` error that says so.
    #[must_use]
    pub fn from_environment() -> Self {
        let named =
            env::var_os("SSL_CERT_FILE").map(PathBuf::from).filter(|path| !path.as_os_str().is_empty());
        Self::from_first_usable(named.into_iter().chain(BUNDLES.map(PathBuf::from)))
    }

    /// Exactly these authorities; one that cannot be read as a certificate is left out.
    #[must_use]
    pub fn of(certificates: impl IntoIterator<Item = CertificateDer<'static>>) -> Self {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(certificates);
        Self(store)
    }

    /// Whether there is no authority at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn from_first_usable(bundles: impl Iterator<Item = PathBuf>) -> Self {
        for bundle in bundles {
            let roots = Self::of(certificates_in(&bundle));
            if !roots.is_empty() {
                return roots;
            }
            tracing::warn!(path = %bundle.display(), "no certificate authorities in this file");
        }
        Self::of([])
    }
}

/// The certificates of a PEM file; none when it cannot be read.
fn certificates_in(bundle: &Path) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_file_iter(bundle)
        .map(|certificates| certificates.filter_map(Result::ok).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_bundle_leaves_the_next_one_to_be_used() {
        let missing = PathBuf::from("/does/not/exist.pem");
        assert!(Roots::from_first_usable([missing.clone()].into_iter()).is_empty());

        let certified = rcgen::generate_simple_self_signed(["receiver.test".to_owned()]).unwrap();
        let bundle = env::temp_dir().join(format!("egress-roots-{}.pem", std::process::id()));
        std::fs::write(&bundle, certified.cert.pem()).unwrap();
        let roots = Roots::from_first_usable([missing, bundle.clone()].into_iter());
        std::fs::remove_file(&bundle).unwrap();
        assert_eq!(roots.0.len(), 1);
    }
}
