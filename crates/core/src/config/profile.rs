//! The configuration file: named groups of settings, without secrets.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Deserialize;

use super::secret::Secret;
use super::secret_words::names_secret;
use super::small;
use crate::advice::Step;
use crate::error::{Error, Kind, Result};

/// The maximum size of the configuration file in bytes.
pub(super) const LARGEST: u64 = 1024 * 1024;

/// The content of a configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// The default profile.
    pub profile: Option<String>,
    /// The profiles by name.
    #[serde(default)]
    pub profiles: BTreeMap<String, Profile>,
}

/// A named group of settings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The name of the backend.
    pub backend: Option<String>,
    /// The address of the service.
    pub base_url: Option<String>,
    /// The agent of new sessions.
    pub agent: Option<String>,
    /// The environment of new sessions.
    pub environment: Option<String>,
    /// The image of new sessions.
    pub image: Option<String>,
    /// The program, with its arguments, that plays the agent in sessions of the local backend.
    pub agent_command: Option<Vec<String>>,
    /// The output format.
    pub format: Option<String>,
    /// The number of files to transfer at once.
    pub jobs: Option<u32>,
    /// The maximum size of a session of the local backend: bytes, a size such as `10GiB`, or `none`.
    pub session_bytes: Option<Amount>,
    /// The maximum number of resources in a session of the local backend: a number or `none`.
    pub session_mounts: Option<Amount>,
    /// The end user on whose behalf the service is called (Microsoft Foundry).
    pub user_identity: Option<String>,
    /// The key that separates the sessions of end users (Microsoft Foundry).
    pub isolation_key: Option<String>,
    /// The environment variable that holds the key or token.
    pub secret_env: Option<String>,
    /// The file that holds the key or token, relative to the directory of the configuration file.
    pub secret_file: Option<PathBuf>,
    /// The program, with its arguments, that prints the key or token.
    pub secret_command: Option<Vec<String>>,
    /// Additional headers of each request.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

impl Profile {
    /// Returns where the key or token is read from; `None` if the profile does not name a source. `file` is the
    /// configuration file.
    ///
    /// # Errors
    /// `usage` if the profile names several sources, or an empty one.
    pub fn secret(&self, file: &Path) -> Result<Option<Secret>> {
        let named = [
            self.secret_env.clone().map(Secret::Env),
            self.secret_file(file).map(Secret::File),
            self.secret_command.clone().map(Secret::Command),
        ];
        let mut named = named.into_iter().flatten();
        let (first, second) = (named.next(), named.next());
        let empty = match &first {
            Some(Secret::Env(name)) => name.is_empty(),
            Some(Secret::Command(words)) => words.first().is_none_or(String::is_empty),
            Some(Secret::File(_)) | None => false,
        };
        if second.is_some() || empty {
            return Err(Error::usage("the profile must name one source of its secret").hint(SECRET_HINT));
        }
        Ok(first)
    }

    /// Returns the path of the file with the secret; a relative one is beside the configuration file.
    fn secret_file(&self, file: &Path) -> Option<PathBuf> {
        Some(file.parent().unwrap_or(Path::new("")).join(self.secret_file.as_ref()?))
    }
}

/// The hint for a profile with an invalid source of its secret.
const SECRET_HINT: &str =
    "write `secret_env = \"NAME\"`, `secret_file = \"PATH\"` or `secret_command = [\"PROGRAM\", \"WORD\"]`";

/// A number, or text that is parsed later.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Amount {
    /// `10`
    Number(u64),
    /// `"10GiB"`
    Text(String),
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Amount::Number(number) => number.fmt(f),
            Amount::Text(text) => text.fmt(f),
        }
    }
}

/// Returns the text of the configuration file at `path`.
pub(super) fn text_of(bytes: Vec<u8>, path: &Path) -> Result<String> {
    String::from_utf8(bytes).map_err(|_| Error::usage(format!("the configuration is not UTF-8: `{}`", path.display())))
}

impl ConfigFile {
    /// Reads the configuration file until `until` at the latest; a file that does not exist is empty.
    ///
    /// # Errors
    /// `usage` with the invalid line; errors of reading the file.
    pub fn read(path: &Path, until: Option<Instant>) -> Result<Self> {
        let bytes = match small::read(path, "the configuration", LARGEST, until) {
            Err(error) if error.kind() == Kind::NotFound => return Ok(Self::default()),
            read => read?,
        };
        Self::parse(&text_of(bytes, path)?, path)
    }

    /// Parses the text of the configuration file at `path`.
    ///
    /// # Errors
    /// `usage` with the invalid line.
    pub(super) fn parse(text: &str, path: &Path) -> Result<Self> {
        let text = text.trim_start_matches('\u{feff}');
        toml::from_str(text).map_err(|e| {
            let line =
                e.span().map_or(1, |span| text.get(..span.start).map_or(1, |head| head.matches('\n').count() + 1));
            let what = e.message().lines().next().unwrap_or_default().to_owned();
            let unknown = what.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
            let secret = unknown.is_some_and(names_secret);
            let error = Error::usage(format!("{}:{line}: {what}", path.display()));
            if secret {
                error.hint(format!("the configuration holds no secrets, only where to read them: {SECRET_HINT}"))
            } else {
                error.hint(format!(
                    "{} names the file, {} shows its settings",
                    Step::ShowConfigPath,
                    Step::ListSettings
                ))
            }
        })
    }

    /// Returns the profile with this name.
    ///
    /// # Errors
    /// `usage` with the names of the existing profiles.
    pub fn find(&self, name: &str, path: &Path) -> Result<Profile> {
        self.profiles.get(name).cloned().ok_or_else(|| {
            let known: Vec<&str> = self.profiles.keys().map(String::as_str).collect();
            let hint = if known.is_empty() {
                "it has no profiles".to_owned()
            } else {
                format!("it has: {}", known.join(", "))
            };
            Error::usage(format!("profile {name:?} not found in `{}`", path.display())).hint(hint)
        })
    }

    /// Returns the files with the secrets of all profiles.
    pub(super) fn secret_files(&self, path: &Path) -> Vec<PathBuf> {
        self.profiles.values().filter_map(|profile| profile.secret_file(path)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ConfigFile> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        ConfigFile::read(&path, None)
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        let error = read("[profiles.a]\nbackend = \"local\"\nbakend = 1\n").unwrap_err();
        assert!(error.message().contains(":3: unknown field `bakend`"), "{}", error.message());
    }

    #[test]
    fn a_secret_is_refused_with_where_it_belongs() {
        let error = read("[profiles.a]\ntoken = \"x\"\n").unwrap_err();
        assert!(error.hint_text().is_some_and(|hint| hint.contains("holds no secrets")));
        assert!(!error.message().contains("\"x\""));
    }

    #[test]
    fn a_profile_names_one_place_of_its_secret() {
        let secret = |text: &str| {
            let file = read(&format!("[profiles.a]\n{text}\n")).unwrap();
            file.find("a", Path::new("f")).unwrap().secret(Path::new("/etc/wharf/config.toml"))
        };
        assert_eq!(secret("jobs = 1").unwrap(), None);
        assert_eq!(secret("secret_env = 'KEY'").unwrap(), Some(Secret::Env("KEY".to_owned())));
        assert_eq!(secret("secret_file = 'key'").unwrap(), Some(Secret::File("/etc/wharf/key".into())));
        let words = vec!["pass".to_owned(), "show".to_owned()];
        assert_eq!(secret("secret_command = ['pass', 'show']").unwrap(), Some(Secret::Command(words)));
        for bad in ["secret_env = ''", "secret_command = []", "secret_env = 'A'\nsecret_file = 'b'"] {
            assert_eq!(secret(bad).unwrap_err().kind(), crate::error::Kind::Usage, "{bad}");
        }
    }

    #[test]
    fn profiles_are_found_by_name() {
        let file = read("profile = \"a\"\n[profiles.a]\njobs = 3\nheaders = { x = \"y\" }\n").unwrap();
        assert_eq!(file.find("a", Path::new("f")).unwrap().jobs, Some(3));
        assert_eq!(file.find("b", Path::new("f")).unwrap_err().hint_text(), Some("it has: a"));
    }
}
