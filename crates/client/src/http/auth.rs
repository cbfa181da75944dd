//! Credentials of requests.

use async_trait::async_trait;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use wharf_core::error::{Error, Kind, Result};

/// Headers that hold secrets. They can only be sent: there is no `Display`, and `Debug` shows their names only,
/// because every value is marked as sensitive.
#[derive(Clone, Default, PartialEq)]
pub struct Credentials(HeaderMap);

impl Credentials {
    /// Returns the header `Authorization: Bearer TOKEN`.
    ///
    /// # Errors
    /// `auth` where the token cannot be a header's value, without repeating it.
    pub fn bearer(token: &str) -> Result<Self> {
        let mut credentials = Credentials::default();
        credentials.add(AUTHORIZATION, &format!("Bearer {token}"))?;
        Ok(credentials)
    }

    /// Returns a key in its own header, such as `x-api-key`.
    ///
    /// # Errors
    /// `auth` where the key cannot be a header's value, without repeating it.
    pub fn key(name: &'static str, key: &str) -> Result<Self> {
        let mut credentials = Credentials::default();
        credentials.add(HeaderName::from_static(name), key)?;
        Ok(credentials)
    }

    fn add(&mut self, name: HeaderName, value: &str) -> Result<()> {
        self.0.insert(name, secret_value(value)?);
        Ok(())
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.0
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Returns a header value that is marked as sensitive: messages do not show it, and HTTP/2 does not store it in its
/// compression tables.
pub(super) fn secret_value(text: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::try_from(text).map_err(|_| {
        Error::new(Kind::Auth, "the key or token has characters that no header can hold")
            .hint("a line break at its end, for example; check where it comes from")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// A source of credentials.
#[async_trait]
pub trait Auth: Send + Sync {
    /// Returns the credentials for the next request, cached ones where possible.
    async fn credentials(&self) -> Result<Credentials>;

    /// Returns other credentials after the service answered 401 to `refused`, or `None` if there are no others.
    /// Called at most once for a request. If several requests call it at the same time, those that find newer
    /// credentials than `refused` get these.
    async fn renew(&self, refused: &Credentials) -> Result<Option<Credentials>> {
        let _ = refused;
        Ok(None)
    }
}

/// Fixed credentials, such as a key.
#[async_trait]
impl Auth for Credentials {
    async fn credentials(&self) -> Result<Credentials> {
        Ok(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_never_shown() {
        let token = "tok-0123456789";
        for credentials in [Credentials::bearer(token).unwrap(), Credentials::key("x-api-key", token).unwrap()] {
            assert!(!format!("{credentials:?} {:?}", credentials.headers()).contains(token));
        }
        let error = Credentials::bearer("tok-0123456789\n").unwrap_err();
        assert_eq!(error.kind(), wharf_core::error::Kind::Auth);
        assert!(!error.message().contains(token));
    }
}
