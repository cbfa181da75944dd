//! Every environment variable that wharf reads, once.

use std::path::PathBuf;

/// The backend.
pub const BACKEND: &str = "WHARF_BACKEND";
/// The profile.
pub const PROFILE: &str = "WHARF_PROFILE";
/// The session of `:PATH`.
pub const SESSION: &str = "WHARF_SESSION";
/// The agent of new sessions.
pub const AGENT: &str = "WHARF_AGENT";
/// The environment of new sessions.
pub const ENVIRONMENT: &str = "WHARF_ENVIRONMENT";
/// The image of new sessions.
pub const IMAGE: &str = "WHARF_IMAGE";
/// The output format.
pub const FORMAT: &str = "WHARF_FORMAT";
/// Transfers at once.
pub const JOBS: &str = "WHARF_JOBS";
/// Where the local backend keeps everything.
pub const HOME: &str = "WHARF_HOME";
/// Bytes that a session of the local backend takes.
pub const SESSION_BYTES: &str = "WHARF_SESSION_BYTES";
/// Resources that a session of the local backend takes.
pub const SESSION_MOUNTS: &str = "WHARF_SESSION_MOUNTS";
/// The configuration file.
pub const CONFIG: &str = "WHARF_CONFIG";
/// The base of the data directory, on every system.
pub const XDG_DATA_HOME: &str = "XDG_DATA_HOME";
/// The base of the configuration directory, on every system.
pub const XDG_CONFIG_HOME: &str = "XDG_CONFIG_HOME";
/// Set and not empty: no colour (no-color.org).
pub const NO_COLOR: &str = "NO_COLOR";
/// Set and not `0`: colour even where nothing looks like a terminal.
pub const CLICOLOR_FORCE: &str = "CLICOLOR_FORCE";
/// `0`: no colour.
pub const CLICOLOR: &str = "CLICOLOR";
/// `dumb`: a terminal that can neither colour nor move its cursor.
pub const TERM: &str = "TERM";
/// The width of tables where the terminal does not tell.
pub const COLUMNS: &str = "COLUMNS";
/// A file of certificates to trust, for `OpenSSL` and many others.
pub const SSL_CERT_FILE: &str = "SSL_CERT_FILE";

/// The proxy for `http://` addresses. Of two spellings the first that is set counts, here and below.
pub const HTTP_PROXY: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
/// The proxy for `https://` addresses.
pub const HTTPS_PROXY: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
/// The proxy where neither of those is set.
pub const ALL_PROXY: [&str; 2] = ["ALL_PROXY", "all_proxy"];
/// What is reached without a proxy: names, addresses and networks, with commas between them.
pub const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The project of Microsoft Foundry. Of two names the first that is set counts.
pub const FOUNDRY_ENDPOINT: [&str; 2] = ["FOUNDRY_PROJECT_ENDPOINT", "AZURE_AI_PROJECT_ENDPOINT"];
/// A token for Microsoft Foundry.
pub const FOUNDRY_TOKEN: &str = "WHARF_FOUNDRY_TOKEN";
/// A file with such a token, which somebody else keeps fresh.
pub const FOUNDRY_TOKEN_FILE: &str = "WHARF_FOUNDRY_TOKEN_FILE";

/// The variables that choose a backend where nothing else does.
pub const CHOOSING: &[(&str, &[&str])] = &[("foundry", &FOUNDRY_ENDPOINT)];

/// The text of a variable; one that is empty counts as not set.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn text(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The path in a variable; one that is empty counts as not set.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn path(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}
