//! All environment variables that wharf reads.

use std::ffi::OsString;
use std::path::PathBuf;

/// An environment variable that wharf reads.
pub struct Variable {
    /// The name, or several names for one value: the first one that is set counts.
    pub names: &'static [&'static str],
    /// The description of the setting, as Markdown.
    pub meaning: &'static str,
}

/// A group of related variables.
pub struct Group {
    /// The title of the group.
    pub title: &'static str,
    /// The variables, in the order in which they are documented.
    pub variables: &'static [Variable],
}

/// Defines a constant for each variable, and [`GROUPS`] from the same lines.
macro_rules! variables {
    ($($title:literal { $($(#[doc = $meaning:literal])+ $constant:ident = $($name:literal)|+;)+ })+) => {
        $($(variables!(@constant $($meaning)+, $constant, $($name)+);)+)+

        /// Every variable that wharf reads.
        pub const GROUPS: &[Group] = &[$(Group {
            title: $title,
            variables: &[$(Variable { names: &[$($name),+], meaning: concat!($($meaning),+) }),+],
        }),+];
    };
    (@constant $($meaning:literal)+, $constant:ident, $name:literal) => {
        $(#[doc = $meaning])+
        pub const $constant: &str = $name;
    };
    (@constant $($meaning:literal)+, $constant:ident, $($name:literal)+) => {
        $(#[doc = $meaning])+
        pub const $constant: [&str; [$($name),+].len()] = [$($name),+];
    };
}

variables! {
    "Settings" {
        /// The backend, as `--backend`.
        BACKEND = "WHARF_BACKEND";
        /// The profile of the configuration file, as `--profile`.
        PROFILE = "WHARF_PROFILE";
        /// The session that `:PATH` means, as `--session`.
        SESSION = "WHARF_SESSION";
        /// The agent, as `--agent`.
        AGENT = "WHARF_AGENT";
        /// The environment of new sessions, as `sessions create --environment`.
        ENVIRONMENT = "WHARF_ENVIRONMENT";
        /// The image of new sessions, as `sessions create --image`.
        IMAGE = "WHARF_IMAGE";
        /// The output format, as `--format`.
        FORMAT = "WHARF_FORMAT";
        /// How many files a transfer moves at once, as `--jobs`.
        JOBS = "WHARF_JOBS";
        /// The end user for whom Microsoft Foundry is called, as `--user-identity`.
        USER_IDENTITY = "WHARF_USER_IDENTITY";
        /// The key that separates the sessions of end users on Microsoft Foundry, as `--isolation-key`.
        ISOLATION_KEY = "WHARF_ISOLATION_KEY";
    }
    "Set for commands that run in a session" {
        /// The directory of results, which `@outputs` means in a path.
        OUTPUTS = "WHARF_OUTPUTS";
        /// The id of the run, for a command of `wharf with`: what it has started ends with a run that is killed.
        RUN = "WHARF_RUN";
    }
    "Files" {
        /// The configuration file; default: `wharf/config.toml` in the configuration directory.
        CONFIG = "WHARF_CONFIG";
        /// The directory of the local backend's data, the records of uploads and turns, kept tokens and kept answers for
        /// completion; default: `wharf` in the data directory, for what is kept `wharf` in the cache directory.
        HOME = "WHARF_HOME";
        /// The configuration directory, on every system.
        XDG_CONFIG_HOME = "XDG_CONFIG_HOME";
        /// The data directory, on every system.
        XDG_DATA_HOME = "XDG_DATA_HOME";
        /// The cache directory, on every system.
        XDG_CACHE_HOME = "XDG_CACHE_HOME";
        /// Directories in which `az`, `azd`, a `secret_command` and the command of `wharf serve` are looked for.
        PATH = "PATH";
    }
    "Local backend" {
        /// Bytes that a session may hold, such as `500MB`, or `none`; default: `10GiB`.
        SESSION_BYTES = "WHARF_SESSION_BYTES";
        /// Resources that a session may have, or `none`; default: `100`.
        SESSION_MOUNTS = "WHARF_SESSION_MOUNTS";
    }
    "Terminal" {
        /// No colour where it is set and `--color` is not.
        NO_COLOR = "NO_COLOR";
        /// Colour, even off a terminal, where it is set to anything but `0` and `--color` is not.
        CLICOLOR_FORCE = "CLICOLOR_FORCE";
        /// No colour where it is `0` and `--color` is not set.
        CLICOLOR = "CLICOLOR";
        /// Neither colour nor a progress bar where it is `dumb` or not set.
        TERM = "TERM";
        /// The width of tables where the terminal does not report one.
        COLUMNS = "COLUMNS";
        /// The time zone of full times, where `--utc` is not set; default: that of the system.
        TZ = "TZ";
        /// The locale: where it is not UTF-8, tables have `yes` instead of check marks.
        LOCALE = "LC_ALL" | "LC_CTYPE" | "LANG";
    }
    "Completion" {
        /// The shell for which a completion script asks for words. The scripts of `wharf completions` set it.
        COMPLETE = "WHARF_COMPLETE";
    }
    "GitHub Actions" {
        /// The file to which `--report github` appends a table.
        GITHUB_STEP_SUMMARY = "GITHUB_STEP_SUMMARY";
        /// The directory below which a file that failed is named in an annotation.
        GITHUB_WORKSPACE = "GITHUB_WORKSPACE";
    }
    "Network" {
        /// The proxy for hosted backends.
        HTTPS_PROXY = "https_proxy" | "HTTPS_PROXY";
        /// The proxy where `https_proxy` is not set.
        ALL_PROXY = "all_proxy" | "ALL_PROXY";
        /// Names, addresses and networks that are reached without a proxy, separated by commas or blanks.
        NO_PROXY = "no_proxy" | "NO_PROXY";
        /// A file of certificates to trust instead of the system's.
        SSL_CERT_FILE = "SSL_CERT_FILE";
        /// Directories of certificates to trust instead of the system's, separated as in `PATH`.
        SSL_CERT_DIR = "SSL_CERT_DIR";
    }
    "Anthropic" {
        /// An API key. Chooses the backend `anthropic`.
        ANTHROPIC_KEY = "ANTHROPIC_API_KEY";
        /// A bearer token, used where there is no API key. Chooses the backend `anthropic`.
        ANTHROPIC_TOKEN = "ANTHROPIC_AUTH_TOKEN";
        /// The address of the service, as `--base-url`.
        ANTHROPIC_BASE_URL = "ANTHROPIC_BASE_URL";
        /// Logins of the vendor's own tools. `wharf doctor` says that they are set; they are not used.
        ANTHROPIC_LOGINS = "ANTHROPIC_PROFILE" | "ANTHROPIC_IDENTITY_TOKEN" | "ANTHROPIC_IDENTITY_TOKEN_FILE";
        /// The directory of the vendor's own logins. `wharf doctor` says that there are some; they are not used.
        ANTHROPIC_CONFIG_DIR = "ANTHROPIC_CONFIG_DIR";
    }
    "Microsoft Foundry" {
        /// The address of the project, as `--base-url`. Chooses the backend `foundry`.
        FOUNDRY_ENDPOINT = "FOUNDRY_PROJECT_ENDPOINT" | "AZURE_AI_PROJECT_ENDPOINT";
        /// A token, used instead of the logins below.
        FOUNDRY_TOKEN = "WHARF_FOUNDRY_TOKEN";
        /// A file with a token, used where `WHARF_FOUNDRY_TOKEN` is not set.
        FOUNDRY_TOKEN_FILE = "WHARF_FOUNDRY_TOKEN_FILE";
        /// The tenant (directory) of the login.
        AZURE_TENANT_ID = "AZURE_TENANT_ID";
        /// The application (client) of a service principal, a workload identity or a managed identity.
        AZURE_CLIENT_ID = "AZURE_CLIENT_ID";
        /// The secret of a service principal.
        AZURE_CLIENT_SECRET = "AZURE_CLIENT_SECRET";
        /// The certificate of a service principal. Not supported: setting it is an error that says so.
        AZURE_CLIENT_CERTIFICATE_PATH = "AZURE_CLIENT_CERTIFICATE_PATH";
        /// A file with the token of a workload identity (Kubernetes).
        AZURE_FEDERATED_TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE";
        /// The address of Microsoft Entra; default: `https://login.microsoftonline.com`.
        AZURE_AUTHORITY_HOST = "AZURE_AUTHORITY_HOST";
        /// The address of a managed identity in App Service, Functions and Container Apps.
        IDENTITY_ENDPOINT = "IDENTITY_ENDPOINT";
        /// The header that `IDENTITY_ENDPOINT` expects.
        IDENTITY_HEADER = "IDENTITY_HEADER";
        /// The address of a virtual machine's metadata service; default: `http://169.254.169.254`.
        AZURE_POD_IDENTITY_AUTHORITY_HOST = "AZURE_POD_IDENTITY_AUTHORITY_HOST";
        /// The directory of the Azure CLI's login.
        AZURE_CONFIG_DIR = "AZURE_CONFIG_DIR";
        /// The directory of the Azure Developer CLI's login.
        AZD_CONFIG_DIR = "AZD_CONFIG_DIR";
    }
    "AGB cloud" {
        /// An API key. Chooses the backend `agb`.
        AGB_API_KEY = "AGB_API_KEY";
        /// The address of the service, as `--base-url`. Chooses the backend `agb`.
        AGB_ENDPOINT = "AGB_ENDPOINT";
    }
}

/// The variables that choose Anthropic.
pub const ANTHROPIC: [&str; 2] = [ANTHROPIC_KEY, ANTHROPIC_TOKEN];
/// The variables whose values are credentials.
pub(super) const SECRETS: [&str; 7] = [
    ANTHROPIC_KEY,
    ANTHROPIC_TOKEN,
    ANTHROPIC_LOGINS[1],
    FOUNDRY_TOKEN,
    AZURE_CLIENT_SECRET,
    IDENTITY_HEADER,
    AGB_API_KEY,
];
/// The variables that name a file with a token, a key or certificates. A tool for models neither reads nor replaces it.
pub const PRIVATE_FILES: [&str; 5] =
    [ANTHROPIC_LOGINS[2], FOUNDRY_TOKEN_FILE, AZURE_CLIENT_CERTIFICATE_PATH, AZURE_FEDERATED_TOKEN_FILE, SSL_CERT_FILE];
/// The variables that name directories of such files.
pub const PRIVATE_DIRECTORIES: [&str; 4] = [ANTHROPIC_CONFIG_DIR, AZURE_CONFIG_DIR, AZD_CONFIG_DIR, SSL_CERT_DIR];
/// The variables that choose AGB cloud. Values in a `.env` file do not choose a backend.
pub const AGB: [&str; 2] = [AGB_API_KEY, AGB_ENDPOINT];

/// Returns the text of a variable; `None` if it is unset or empty.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn text(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Returns the unmodified value of a variable that the user named.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn any(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Returns the path in a variable; `None` if it is unset or empty.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn path(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Returns the directories of one of [`PRIVATE_DIRECTORIES`]: those in the variable, or the default one of the tool whose
/// logins it is for.
pub fn private_directories(name: &str) -> Vec<PathBuf> {
    match path(name) {
        Some(paths) if name == SSL_CERT_DIR => {
            std::env::split_paths(&paths).filter(|path| !path.as_os_str().is_empty()).collect()
        }
        Some(path) => vec![path],
        None => default_directory(name).into_iter().collect(),
    }
}

/// Returns the directory in which a tool keeps its logins if the variable is not set \[types\].
fn default_directory(name: &str) -> Option<PathBuf> {
    match name {
        ANTHROPIC_CONFIG_DIR if cfg!(windows) => Some(dirs::config_dir()?.join("Anthropic")),
        ANTHROPIC_CONFIG_DIR => Some(dirs::home_dir()?.join(".config/anthropic")),
        AZURE_CONFIG_DIR => Some(dirs::home_dir()?.join(".azure")),
        AZD_CONFIG_DIR => Some(dirs::home_dir()?.join(".azd")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The variables whose values are neither credentials nor paths of files with credentials or certificates.
    const HARMLESS: &[&[&str]] = &[
        &[BACKEND, PROFILE, SESSION, AGENT, ENVIRONMENT, IMAGE, FORMAT, JOBS, USER_IDENTITY, ISOLATION_KEY],
        &[OUTPUTS, RUN, SESSION_BYTES, SESSION_MOUNTS, COMPLETE, PATH, GITHUB_STEP_SUMMARY, GITHUB_WORKSPACE],
        // The configuration, the data directory and the caches are refused under their own names.
        &[CONFIG, HOME, XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_CACHE_HOME],
        &[NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM, COLUMNS, TZ],
        &LOCALE,
        &HTTPS_PROXY,
        &ALL_PROXY,
        &NO_PROXY,
        &[ANTHROPIC_BASE_URL, ANTHROPIC_LOGINS[0], AGB_ENDPOINT],
        &FOUNDRY_ENDPOINT,
        &[AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_AUTHORITY_HOST, IDENTITY_ENDPOINT],
        &[AZURE_POD_IDENTITY_AUTHORITY_HOST],
    ];

    #[test]
    fn each_variable_is_known_to_be_a_secret_or_to_lead_to_one_or_to_be_harmless() {
        let lists = [&SECRETS[..], &PRIVATE_FILES, &PRIVATE_DIRECTORIES];
        let classified: Vec<_> = lists.iter().chain(HARMLESS).flat_map(|names| names.iter().copied()).collect();
        let read: Vec<_> =
            GROUPS.iter().flat_map(|group| group.variables).flat_map(|variable| variable.names).collect();
        for name in &read {
            let lists = classified.iter().filter(|other| other == name).count();
            assert_eq!(lists, 1, "{name}: add it to SECRETS, PRIVATE_FILES, PRIVATE_DIRECTORIES, or to this test");
        }
        assert_eq!(read.len(), classified.len());
    }
}
