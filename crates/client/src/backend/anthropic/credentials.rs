//! Credentials: a key or a token, from a file, the environment, or the source that the profile names.
//!
//! A key has its own header and a token is a bearer token; only one of them is ever sent. The order is that of the
//! newest official clients: a key before a token \[recorded\].

use std::fmt;
use std::path::PathBuf;

use async_trait::async_trait;
use tokio::sync::Mutex;

use crate::http::{Auth, Credentials};
use wharf_core::advice::Setting;
use wharf_core::config::secret::{Secret, of_file};
use wharf_core::config::{Settings, env};
use wharf_core::error::{Error, Kind, Result};
use wharf_wire::anthropic as wire;

/// The source of a key or token.
enum LoginSource {
    Flag(PathBuf),
    Key(String),
    Token(String),
    Profile(Secret),
}

impl fmt::Display for LoginSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoginSource::Flag(_) => Setting::TokenFile.fmt(f),
            LoginSource::Key(_) => f.write_str(env::ANTHROPIC_KEY),
            LoginSource::Token(_) => f.write_str(env::ANTHROPIC_TOKEN),
            LoginSource::Profile(secret) => write!(f, "the profile's {secret}"),
        }
    }
}

impl LoginSource {
    /// Reads the current credentials. The value that a profile names is a key.
    async fn read(&self) -> Result<Credentials> {
        let credentials = match self {
            LoginSource::Flag(path) => Credentials::bearer(&of_file(path).await.map_err(|e| e.context(self))?),
            LoginSource::Key(key) => Credentials::key(wire::KEY_HEADER, key.trim()),
            LoginSource::Token(token) => Credentials::bearer(token.trim()),
            LoginSource::Profile(secret) => {
                Credentials::key(wire::KEY_HEADER, &secret.read().await.map_err(|e| e.context("the profile"))?)
            }
        };
        credentials.map_err(|e| e.context(self))
    }
}

/// The configured key or token, read once.
pub(super) struct Login {
    source: Option<LoginSource>,
    held: Mutex<Option<Credentials>>,
}

impl Login {
    /// Returns the first configured source: a flag, the environment, the profile. Reads nothing yet.
    ///
    /// # Errors
    /// `usage` for a token file that cannot be one.
    pub(super) fn of(settings: &Settings) -> Result<Self> {
        let flag = settings.token_file()?.cloned().map(LoginSource::Flag);
        let source = flag
            .or_else(|| env::text(env::ANTHROPIC_KEY).map(LoginSource::Key))
            .or_else(|| env::text(env::ANTHROPIC_TOKEN).map(LoginSource::Token))
            .or_else(|| settings.secret.clone().map(LoginSource::Profile));
        Ok(Login { source, held: Mutex::default() })
    }

    /// Returns the source of the credentials, for display.
    pub(super) fn named(&self) -> Option<String> {
        let source = self.source.as_ref()?.to_string();
        let others: Vec<&str> =
            env::ANTHROPIC.into_iter().filter(|name| *name != source && env::text(name).is_some()).collect();
        match others.as_slice() {
            [] => Some(source),
            others => Some(format!("{source}; set too, and not sent: {}", others.join(", "))),
        }
    }

    async fn read(&self) -> Result<Credentials> {
        match &self.source {
            Some(source) => source.read().await,
            None => Err(none(has_login())),
        }
    }
}

#[async_trait]
impl Auth for Login {
    async fn credentials(&self) -> Result<Credentials> {
        let mut held = self.held.lock().await;
        let credentials = match &*held {
            Some(credentials) => credentials.clone(),
            None => self.read().await?,
        };
        *held = Some(credentials.clone());
        Ok(credentials)
    }

    /// Reads the source again: a file or a program may have a newer key.
    async fn renew(&self, refused: &Credentials) -> Result<Option<Credentials>> {
        let mut held = self.held.lock().await;
        if let Some(others) = held.as_ref().filter(|others| *others != refused) {
            return Ok(Some(others.clone()));
        }
        let others = Some(self.read().await?).filter(|others| others != refused);
        if others.is_some() {
            held.clone_from(&others);
        }
        Ok(others)
    }
}

/// Returns whether the vendor's own tools have a login.
fn has_login() -> bool {
    let chosen = env::ANTHROPIC_LOGINS.into_iter().any(|name| env::text(name).is_some());
    let mut directories = env::private_directories(env::ANTHROPIC_CONFIG_DIR).into_iter();
    chosen || directories.any(|dir| dir.join("credentials").is_dir() || dir.join("configs").is_dir())
}

fn none(has_login: bool) -> Error {
    let [key, token] = env::ANTHROPIC;
    let error = Error::new(
        Kind::Auth,
        format!("no key for Anthropic's service: neither {key} nor {token} is set, and no profile names one"),
    );
    if has_login {
        return error.hint(format!(
            "there is a login of Anthropic's own tools, which wharf does not read: make an API key in the console and \
             export {key}, or export an access token as {token}"
        ));
    }
    error.hint(format!("make an API key in the console and export {key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_for_is_named_and_so_is_a_login_that_is_not_read() {
        for login in [false, true] {
            let error = none(login);
            assert_eq!(error.kind(), Kind::Auth);
            assert!(env::ANTHROPIC.iter().all(|name| error.message().contains(name)), "{error}");
            assert_eq!(error.hint_text().unwrap().contains("does not read"), login);
        }
    }
}
