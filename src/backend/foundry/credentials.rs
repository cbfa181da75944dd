//! Who asks: a token of Microsoft Entra, from the environment.
//!
//! The token's audience is `https://ai.azure.com` (see [`wire::SCOPE`]). What else people log in
//! with is not read yet, and the error says so.

use std::path::Path;

use async_trait::async_trait;

use crate::config::env;
use crate::error::{Error, Kind, Result};
use crate::http::{Auth, Credentials};
use crate::wire::foundry as wire;

/// A token in a variable, else in a file.
pub(super) struct Token;

#[async_trait]
impl Auth for Token {
    async fn credentials(&self) -> Result<Credentials> {
        if let Some(token) = env::text(env::FOUNDRY_TOKEN) {
            return Credentials::bearer(token.trim()).map_err(|e| e.context(env::FOUNDRY_TOKEN));
        }
        match env::path(env::FOUNDRY_TOKEN_FILE) {
            Some(path) => read(&path),
            None => Err(none()),
        }
    }

    /// A file is read again: whoever keeps it fresh may have done so.
    async fn renew(&self, refused: &Credentials) -> Result<Option<Credentials>> {
        Ok(Some(self.credentials().await?).filter(|other| other != refused))
    }
}

fn read(path: &Path) -> Result<Credentials> {
    let named = format!("{} (`{}`)", env::FOUNDRY_TOKEN_FILE, path.display());
    let token = std::fs::read_to_string(path).map_err(|e| Error::io(&named, &e).of_kind(Kind::Auth))?;
    match token.trim() {
        "" => Err(Error::new(Kind::Auth, format!("{named}: the file is empty"))),
        token => Credentials::bearer(token).map_err(|e| e.context(named)),
    }
}

fn none() -> Error {
    let message = format!(
        "no token for Microsoft Foundry: neither {} nor {} is set; a service principal, a workload or managed identity, \
         and the logins of `az` and `azd` are not read by this version",
        env::FOUNDRY_TOKEN,
        env::FOUNDRY_TOKEN_FILE
    );
    let resource = wire::SCOPE.trim_end_matches("/.default");
    Error::new(Kind::Auth, message).hint(format!(
        "export {}=\"$(az account get-access-token --resource {resource} --query accessToken -o tsv)\"",
        env::FOUNDRY_TOKEN
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_from_a_file_without_its_line_break() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        std::fs::write(&path, "tok-0123456789\n").unwrap();
        assert!(read(&path).unwrap() == Credentials::bearer("tok-0123456789").unwrap());
        std::fs::write(&path, "\n").unwrap();
        assert_eq!(read(&path).unwrap_err().kind(), Kind::Auth);
        assert_eq!(read(&dir.path().join("none")).unwrap_err().kind(), Kind::Auth);
    }

    #[test]
    fn what_was_looked_for_is_named() {
        let error = none();
        assert_eq!(error.kind(), Kind::Auth);
        assert!(error.message().contains(env::FOUNDRY_TOKEN) && error.message().contains("managed identity"));
        assert!(error.hint_text().is_some_and(|hint| hint.contains("--resource https://ai.azure.com ")));
    }
}
