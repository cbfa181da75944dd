//! TLS settings and trusted certificates.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use wharf_core::config::{env, small};
use wharf_core::error::{Error, Kind, Result};

/// The largest file of certificates, in bytes: the complete bundle of a system has about 300,000.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Returns the configuration of TLS connections: the ring provider, HTTP/2 before HTTP/1.1, and `roots`.
pub(super) fn config(roots: RootCertStore) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|e| Error::new(Kind::Internal, format!("setting up TLS: {e}")).caused_by(&e))?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Returns the certificates to trust: those of the system, or of `SSL_CERT_FILE` and `SSL_CERT_DIR` if these are set;
/// Mozilla's if the system has none, as in a minimal container; and those of `extra`. Reading the store of a system
/// takes some milliseconds.
pub(super) fn roots(extra: Option<&Path>, until: Option<Instant>) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let chosen = env::path(env::SSL_CERT_FILE);
    if let Some(file) = chosen.as_deref().filter(|file| !is_regular(file)) {
        // A pipe is read once, and what has no end not to its end.
        let pem = small::read(file, "SSL_CERT_FILE", LARGEST, until)?;
        roots.add_parsable_certificates(CertificateDer::pem_slice_iter(&pem).flatten());
    } else {
        // Certificates that cannot be read are left out, as every TLS library does it: systems carry some.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    if roots.is_empty() {
        if let Some(file) = chosen {
            return Err(no_certificates(&file).hint("SSL_CERT_FILE names this file"));
        }
        roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    }
    if let Some(file) = extra {
        add_file(&mut roots, file, until)?;
    }
    Ok(roots)
}

/// Adds every certificate of a PEM file.
fn add_file(roots: &mut RootCertStore, file: &Path, until: Option<Instant>) -> Result<()> {
    let pem = small::read(file, "the file of certificates", LARGEST, until)?;
    let bad = |e: &(dyn std::error::Error + 'static)| {
        Error::usage(format!("a certificate cannot be read: {e}: `{}`", file.display())).caused_by(e)
    };
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        roots.add(certificate.map_err(|e| bad(&e))?).map_err(|e| bad(&e))?;
    }
    if roots.len() == before { Err(no_certificates(file)) } else { Ok(()) }
}

/// Returns whether the certificate loader of the system may read a file: it is regular, a directory, or missing.
fn is_regular(file: &Path) -> bool {
    file.metadata().map_or(true, |meta| (meta.is_file() && meta.len() <= LARGEST) || meta.is_dir())
}

fn no_certificates(file: &Path) -> Error {
    Error::usage(format!("no certificate found in `{}`", file.display()))
        .hint("the file must be PEM: text with `-----BEGIN CERTIFICATE-----`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_several_certificates_is_read_whole_and_one_without_any_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("ca.pem");
        let make = || rcgen::generate_simple_self_signed(["service.test".to_owned()]).unwrap().cert.pem();
        std::fs::write(&file, format!("first\n{}\nsecond\n{}", make(), make())).unwrap();
        let mut roots = RootCertStore::empty();
        add_file(&mut roots, &file, None).unwrap();
        assert_eq!(roots.len(), 2);
        assert_eq!(add_file(&mut roots, Path::new("/dev/zero"), None).unwrap_err().kind(), Kind::Usage);
        assert!(!is_regular(Path::new("/dev/zero")) && is_regular(&file));
        for bad in ["", "nothing", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            std::fs::write(&file, bad).unwrap();
            assert_eq!(add_file(&mut roots, &file, None).unwrap_err().kind(), Kind::Usage, "{bad}");
        }
        assert_eq!(add_file(&mut roots, &dir.path().join("none"), None).unwrap_err().kind(), Kind::NotFound);
    }
}
