//! The variables by which common clients trust an authority.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use wharf_core::config::env;
use wharf_core::error::{Error, Kind, Result};

/// Each names a file of certificates: for OpenSSL, Go and rustls; for Python's requests, and with it
/// Azure's SDKs; for curl; for Node. But for the last they replace what the system trusts.
const VARIABLES: [&str; 4] = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];

/// Where systems keep what they trust.
const SYSTEM: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Writes the authority's certificate into `dir` and gives the variables that say so. What was
/// trusted before still is.
pub(super) fn variables(dir: &Path, authority: &str) -> Result<Vec<(&'static str, String)>> {
    let bundle = dir.join("certificates.pem");
    let mut before = env::path(env::SSL_CERT_FILE).into_iter().chain(SYSTEM.map(PathBuf::from));
    let before = before.find_map(|path| std::fs::read(path).ok()).unwrap_or_default();
    let file = OpenOptions::new().write(true).create_new(true).open(&bundle);
    let written = file.and_then(|mut file| file.write_all(authority.as_bytes()).and_then(|()| file.write_all(&before)));
    written.map_err(|e| Error::io("writing a certificate", &e).of_kind(Kind::Io))?;
    Ok(VARIABLES.map(|name| (name, bundle.display().to_string())).into())
}
