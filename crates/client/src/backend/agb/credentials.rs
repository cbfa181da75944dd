//! Credentials: a key, from the first source that the user configured.

use std::fmt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use tokio::sync::OnceCell;

use crate::http::{Auth, Credentials};
use wharf_core::advice::Setting;
use wharf_core::config::secret::{Secret, of_file};
use wharf_core::config::{Settings, dotenv, env};
use wharf_core::error::{Error, Kind, Result};

/// The sources of a key, in order of priority.
enum KeySource {
    Flag(PathBuf),
    Variable(String),
    Profile(Secret),
    DotEnv,
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeySource::Flag(_) => Setting::TokenFile.fmt(f),
            KeySource::Variable(_) => f.write_str(env::AGB_API_KEY),
            KeySource::Profile(secret) => write!(f, "the profile's {secret}"),
            KeySource::DotEnv => write!(f, "{} in `{}`", env::AGB_API_KEY, dotenv::FILE),
        }
    }
}

/// The key, read once, on first use.
pub(super) struct ApiKey {
    source: KeySource,
    read: OnceCell<Credentials>,
}

impl ApiKey {
    /// Returns the key of the first configured source; by default `.env` of the working directory, of which only the
    /// key is used. Reads nothing yet.
    ///
    /// # Errors
    /// `usage` for a token file that cannot be one.
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        let flag = settings.token_file()?.cloned().map(KeySource::Flag);
        let source = flag
            .or_else(|| env::text(env::AGB_API_KEY).map(KeySource::Variable))
            .or_else(|| settings.secret.clone().map(KeySource::Profile))
            .unwrap_or(KeySource::DotEnv);
        Ok(ApiKey { source, read: OnceCell::new() })
    }

    /// Returns the source of the key after reading the key.
    pub(super) async fn origin(&self) -> Result<String> {
        self.credentials().await.map(|_| format!("a key from {}", self.source))
    }

    async fn key(&self) -> Result<String> {
        match &self.source {
            KeySource::Flag(path) => of_file(path).await.map_err(|e| e.context(&self.source)),
            KeySource::Variable(key) => Ok(key.clone()),
            KeySource::Profile(secret) => secret.read().await.map_err(|e| e.context("the profile's secret")),
            KeySource::DotEnv => dotenv::value(Path::new(dotenv::FILE), env::AGB_API_KEY)?.ok_or_else(none),
        }
    }
}

#[async_trait]
impl Auth for ApiKey {
    async fn credentials(&self) -> Result<Credentials> {
        let read = async || credentials(&self.key().await?, &self.source);
        self.read.get_or_try_init(read).await.cloned()
    }
}

/// Checks the key first: the service answers a key with a line break with an unhelpful error \[recorded\].
fn credentials(key: &str, origin: &KeySource) -> Result<Credentials> {
    match key.trim() {
        "" => Err(Error::new(Kind::Auth, format!("the key is empty: {origin}"))),
        key => Credentials::bearer(key).map_err(|e| e.context(origin)),
    }
}

fn none() -> Error {
    let (name, file) = (env::AGB_API_KEY, dotenv::FILE);
    let message = format!("no key for AGB cloud: {name} is not set, nor is it in `{file}` of this directory");
    Error::new(Kind::Auth, message).hint(format!(
        "make a key in the console of AGB cloud, then: export {name}=akm-..., or name its source in a profile"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_without_what_is_around_it_and_never_repeated() {
        let read = |key: &str| credentials(key, &KeySource::DotEnv);
        assert!(read(" akm-0123456789\n").unwrap() == Credentials::bearer("akm-0123456789").unwrap());
        assert_eq!(read(" \n").unwrap_err().kind(), Kind::Auth);
        let error = read("akm-01234\n56789").unwrap_err();
        assert!(error.message().starts_with("AGB_API_KEY in `.env`: ") && !error.message().contains("akm"), "{error}");
    }

    #[test]
    fn what_was_looked_for_is_named() {
        let error = none();
        assert_eq!(error.kind(), Kind::Auth);
        assert!(error.message().contains(env::AGB_API_KEY) && error.message().contains(".env"));
    }

    #[tokio::test]
    async fn a_key_comes_from_a_file_as_well() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        std::fs::write(&path, "akm-0123456789\n").unwrap();
        for source in [KeySource::Flag(path.clone()), KeySource::Profile(Secret::File(path))] {
            let key = ApiKey { source, read: OnceCell::new() };
            assert!(key.credentials().await.unwrap() == Credentials::bearer("akm-0123456789").unwrap());
            assert!(!key.origin().await.unwrap().contains("akm"));
        }
    }
}
