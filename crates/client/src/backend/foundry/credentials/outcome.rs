//! The results of the sources in the chain, and shared helpers.

use jiff::{SignedDuration, Timestamp};

use crate::http::Credentials;
use wharf_core::config::env;
use wharf_core::error::{Error, Kind, Result};

/// How long before its end a token is no longer used: clocks differ, and a request takes time.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// A token, which is never shown.
#[derive(Clone)]
pub(super) struct AccessToken {
    pub(super) text: String,
    /// When it expires, if known.
    pub(super) expires_at: Option<Timestamp>,
}

impl AccessToken {
    /// Returns whether a request can carry the token: one with a line break is not a valid header value.
    pub(super) fn can_be_sent(&self) -> bool {
        Credentials::bearer(&self.text).is_ok()
    }

    /// Returns whether the token may be used, as far as its expiry is known.
    pub(super) fn is_good(&self) -> bool {
        let now = Timestamp::now();
        self.expires_at.is_none_or(|end| end.checked_sub(MARGIN).is_ok_and(|end| now < end))
    }
}

/// Whether a source can be used.
pub(super) enum Availability {
    /// The source is configured. `key` identifies its tokens; without one they are not cached on the disk.
    Configured { key: Option<String> },
    /// It is unknown whether the source can be used.
    Unknown,
    /// The source is not configured, for this reason.
    NotConfigured(String),
}

/// The answer of a source.
pub(super) enum TokenResult {
    Token(AccessToken),
    /// The source is not available, for this reason.
    NotAvailable(String),
    /// The source reports that no user is logged in, or a similar reason.
    NotLoggedIn(String),
}

/// Returns the names of the variables that are not set, for display.
pub(super) fn unset(names: &[&str]) -> Option<String> {
    let unset: Vec<_> = names.iter().copied().filter(|name| env::text(name).is_none()).collect();
    match unset.as_slice() {
        [] => None,
        [one] => Some(format!("{one} is not set")),
        [first @ .., last] => Some(format!("{} and {last} are not set", first.join(", "))),
    }
}

/// Checks that a tenant is an id or a domain.
///
/// # Errors
/// `auth` for what is neither.
pub(super) fn check_tenant(tenant: &str) -> Result<()> {
    if tenant.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.') && !tenant.starts_with(['-', '.']) {
        return Ok(());
    }
    Err(Error::new(Kind::Auth, format!("invalid tenant in {}: {tenant:?}", env::AZURE_TENANT_ID))
        .hint("it is an id such as 01234567-89ab-cdef-0123-456789abcdef, or a domain"))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Returns a token that ends in `seconds`.
    pub(in super::super) fn token(seconds: i64) -> AccessToken {
        let end = Timestamp::now().checked_add(SignedDuration::from_secs(seconds)).unwrap();
        AccessToken { text: "tok-0123456789".to_owned(), expires_at: Some(end) }
    }

    #[test]
    fn a_token_is_good_until_five_minutes_before_its_end() {
        assert!(token(310).is_good() && !token(290).is_good() && !token(-1).is_good());
        assert!(AccessToken { expires_at: None, ..token(0) }.is_good());
    }

    #[test]
    fn tenants_are_ids_or_domains() {
        assert!(check_tenant("01234567-89ab").is_ok() && check_tenant("a.onmicrosoft.com").is_ok());
        for bad in ["a/b", "..", "-x", "a b", "a?b"] {
            assert!(check_tenant(bad).is_err(), "{bad}");
        }
    }
}
