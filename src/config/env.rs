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
/// The end user on whose behalf a service is called.
pub const USER_IDENTITY: &str = "WHARF_USER_IDENTITY";
/// What keeps the sessions of one end user apart from those of others.
pub const ISOLATION_KEY: &str = "WHARF_ISOLATION_KEY";
/// Where programs are.
pub const PATH: &str = "PATH";
/// The base of the cache directory, on every system.
pub const XDG_CACHE_HOME: &str = "XDG_CACHE_HOME";
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
/// `dumb`, or not set: a terminal that can neither colour nor move its cursor.
pub const TERM: &str = "TERM";
/// The width of tables where the terminal does not tell.
pub const COLUMNS: &str = "COLUMNS";
/// A file of certificates to trust, for `OpenSSL` and many others.
pub const SSL_CERT_FILE: &str = "SSL_CERT_FILE";

/// The proxy for `https://` addresses. Of two spellings the first that is set counts, here and below, as in curl.
pub const HTTPS_PROXY: [&str; 2] = ["https_proxy", "HTTPS_PROXY"];
/// The proxy where that is not set.
pub const ALL_PROXY: [&str; 2] = ["all_proxy", "ALL_PROXY"];
/// What is reached without a proxy: names, addresses and networks, with commas or blanks between them.
pub const NO_PROXY: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// The project of Microsoft Foundry. Of two names the first that is set counts.
pub const FOUNDRY_ENDPOINT: [&str; 2] = ["FOUNDRY_PROJECT_ENDPOINT", "AZURE_AI_PROJECT_ENDPOINT"];
/// A token for Microsoft Foundry.
pub const FOUNDRY_TOKEN: &str = "WHARF_FOUNDRY_TOKEN";
/// A file with such a token, which somebody else keeps fresh.
pub const FOUNDRY_TOKEN_FILE: &str = "WHARF_FOUNDRY_TOKEN_FILE";

/// The tenant (directory) that a token is asked of, for all of Azure's own clients. So are those below.
pub const AZURE_TENANT_ID: &str = "AZURE_TENANT_ID";
/// The application (client) that asks.
pub const AZURE_CLIENT_ID: &str = "AZURE_CLIENT_ID";
/// Its secret.
pub const AZURE_CLIENT_SECRET: &str = "AZURE_CLIENT_SECRET";
/// Its certificate, which is not read: the variable is looked at so that this can be said.
pub const AZURE_CLIENT_CERTIFICATE_PATH: &str = "AZURE_CLIENT_CERTIFICATE_PATH";
/// A file with a token of somebody else (Kubernetes) that stands for a secret.
pub const AZURE_FEDERATED_TOKEN_FILE: &str = "AZURE_FEDERATED_TOKEN_FILE";
/// Where tokens are asked for, in other clouds than the public one.
pub const AZURE_AUTHORITY_HOST: &str = "AZURE_AUTHORITY_HOST";
/// Where tokens are asked for in App Service, Functions and Container Apps.
pub const IDENTITY_ENDPOINT: &str = "IDENTITY_ENDPOINT";
/// What proves there that it is the host's own application that asks.
pub const IDENTITY_HEADER: &str = "IDENTITY_HEADER";
/// Where a virtual machine's metadata service is, in place of its usual address.
pub const AZURE_POD_IDENTITY_AUTHORITY_HOST: &str = "AZURE_POD_IDENTITY_AUTHORITY_HOST";
/// Where the Azure CLI keeps its login.
pub const AZURE_CONFIG_DIR: &str = "AZURE_CONFIG_DIR";
/// Where the Azure Developer CLI keeps its login.
pub const AZD_CONFIG_DIR: &str = "AZD_CONFIG_DIR";

/// A key for Anthropic's service.
pub const ANTHROPIC_KEY: &str = "ANTHROPIC_API_KEY";
/// A token for it, which somebody who has both leaves alone.
pub const ANTHROPIC_TOKEN: &str = "ANTHROPIC_AUTH_TOKEN";
/// Where it is, where it is not at its public address.
pub const ANTHROPIC_BASE_URL: &str = "ANTHROPIC_BASE_URL";
/// The variables that speak for it.
pub const ANTHROPIC: [&str; 2] = [ANTHROPIC_KEY, ANTHROPIC_TOKEN];
/// What chooses a login of the vendor's own tools. They are not read: the variables are looked at so
/// that this can be said.
pub const ANTHROPIC_LOGINS: [&str; 3] =
    ["ANTHROPIC_PROFILE", "ANTHROPIC_IDENTITY_TOKEN", "ANTHROPIC_IDENTITY_TOKEN_FILE"];
/// Where those logins are kept.
pub const ANTHROPIC_CONFIG_DIR: &str = "ANTHROPIC_CONFIG_DIR";

/// A key for AGB cloud.
pub const AGB_API_KEY: &str = "AGB_API_KEY";
/// Where AGB cloud is.
pub const AGB_ENDPOINT: &str = "AGB_ENDPOINT";
/// The variables that choose AGB cloud; what stands in `.env` chooses nothing.
pub const AGB: [&str; 2] = [AGB_API_KEY, AGB_ENDPOINT];

/// The variables that choose a backend where nothing else does.
pub const CHOOSING: &[(&str, &[&str])] = &[("anthropic", &ANTHROPIC), ("foundry", &FOUNDRY_ENDPOINT), ("agb", &AGB)];

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
