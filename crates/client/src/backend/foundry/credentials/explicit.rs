//! A token that the user provides. It is never cached.

use std::fmt;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;

use super::outcome::AccessToken;
use wharf_core::advice::Setting;
use wharf_core::config::secret::{Secret, of_file};
use wharf_core::config::{Settings, env};
use wharf_core::error::Result;

/// The source of the token.
pub(super) enum ExplicitToken {
    Flag(PathBuf),
    Variable(String),
    File(PathBuf),
    Profile(Secret),
}

impl fmt::Display for ExplicitToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExplicitToken::Flag(_) => Setting::TokenFile.fmt(f),
            ExplicitToken::Variable(_) => f.write_str(env::FOUNDRY_TOKEN),
            ExplicitToken::File(_) => f.write_str(env::FOUNDRY_TOKEN_FILE),
            ExplicitToken::Profile(secret) => write!(f, "the profile's {secret}"),
        }
    }
}

impl ExplicitToken {
    /// Returns the first configured source. Reads nothing yet.
    ///
    /// # Errors
    /// `usage` for `-`: standard input may be what is to be uploaded.
    pub(super) fn find(settings: &Settings) -> Result<Option<Self>> {
        let flag = settings.token_file()?.cloned();
        Ok(flag
            .map(ExplicitToken::Flag)
            .or_else(|| env::text(env::FOUNDRY_TOKEN).map(ExplicitToken::Variable))
            .or_else(|| env::path(env::FOUNDRY_TOKEN_FILE).map(ExplicitToken::File))
            .or_else(|| settings.secret.clone().map(ExplicitToken::Profile)))
    }

    /// Reads the current token.
    ///
    /// # Errors
    /// `auth` where there is none.
    pub(super) async fn token(&self) -> Result<AccessToken> {
        let text = match self {
            ExplicitToken::Flag(path) | ExplicitToken::File(path) => {
                of_file(path).await.map_err(|e| e.context(self))?
            }
            ExplicitToken::Variable(text) => text.trim().to_owned(),
            ExplicitToken::Profile(secret) => secret.read().await.map_err(|e| e.context("the profile's secret"))?,
        };
        // An old one is used all the same: only the service knows what it takes.
        Ok(AccessToken { expires_at: None, text })
    }

    /// Returns whether the source may have another token later. A pipe is read once.
    pub(super) fn may_change(&self) -> bool {
        match self {
            ExplicitToken::Flag(path) | ExplicitToken::File(path) | ExplicitToken::Profile(Secret::File(path)) => {
                path.is_file()
            }
            ExplicitToken::Profile(Secret::Command(_)) => true,
            ExplicitToken::Variable(_) | ExplicitToken::Profile(Secret::Env(_)) => false,
        }
    }
}

/// Returns the expiry of a token, if it can be parsed (RFC 7519, section 4.1.4).
pub(super) fn end_of(token: &str) -> Option<Timestamp> {
    #[derive(Deserialize)]
    struct Claims {
        exp: i64,
    }
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    Timestamp::from_second(claims.exp).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_can_be_read_says_when_it_is_over() {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"aud":"x","exp":1795219200}"#);
        assert_eq!(end_of(&format!("h.{claims}.s")).unwrap().as_second(), 1_795_219_200);
        assert!(end_of("opaque").is_none() && end_of("a.b.c").is_none() && end_of("..").is_none());
    }
}
