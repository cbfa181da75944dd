//! Who asks: the headers that prove it.

use async_trait::async_trait;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use wharf_core::error::{Error, Kind, Result};

/// Headers with secrets in them. They can be sent and nothing else: there is no `Display`, and
/// `Debug` shows their names only, because every value is marked as sensitive.
#[derive(Clone, Default, PartialEq)]
pub struct Credentials(HeaderMap);

impl Credentials {
    /// `Authorization: Bearer TOKEN`.
    ///
    /// # Errors
    /// `auth` where the token cannot be a header's value, without repeating it.
    pub fn bearer(token: &str) -> Result<Self> {
        let mut credentials = Credentials::default();
        credentials.add(AUTHORIZATION, &format!("Bearer {token}"))?;
        Ok(credentials)
    }

    /// A key in a header of its own, `x-api-key` for example.
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

/// A header's value that no message repeats and that HTTP/2 does not put into its tables.
pub(super) fn secret_value(text: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::try_from(text).map_err(|_| {
        Error::new(Kind::Auth, "the key or token has characters that no header can hold")
            .hint("a line break at its end, for example; look at where it comes from")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Where credentials come from.
#[async_trait]
pub trait Auth: Send + Sync {
    /// The credentials for the next request, from a cache where there is one.
    async fn credentials(&self) -> Result<Credentials>;

    /// Others, because the service answered 401 to `refused`; asked at most once for a request.
    /// Several requests may ask at the same time: the one that finds newer ones than `refused`
    /// returns those. `None` where there are no others.
    async fn renew(&self, refused: &Credentials) -> Result<Option<Credentials>> {
        let _ = refused;
        Ok(None)
    }
}

/// Credentials that never change: a key.
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
