//! Credentials: any is accepted, or one key alone; none is not.

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use sha2::{Digest as _, Sha256};

use wharf_core::error::Result;
use wharf_core::random;
use wharf_wire::anthropic::KEY_HEADER;

/// The token that commands are given where any other is accepted as well.
const TOKEN: &str = "wharf-serve-accepts-any-token";

/// The credential that clients are given, and whether it is the only one that is accepted.
pub(super) struct AccessKey {
    key: String,
    only: bool,
}

impl AccessKey {
    /// Returns a key that is not required: any other is accepted too.
    pub(super) fn any() -> Self {
        AccessKey { key: TOKEN.to_owned(), only: false }
    }

    /// Returns a new random key; no other is accepted.
    ///
    /// # Errors
    /// `io` where the system has no random bytes.
    pub(super) fn random() -> Result<Self> {
        Ok(AccessKey { key: format!("wharf-serve-{}", random::hex::<16>()?), only: true })
    }

    /// Returns the key that clients are to send.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Returns whether a request may be answered. Where any key will do, its dialect looks for one.
    pub(super) fn admits(&self, headers: &HeaderMap) -> bool {
        let api_key = headers.get(KEY_HEADER).and_then(|value| value.to_str().ok());
        // Hashes are compared, so that the time that takes tells nothing of the key.
        let is_key = |given: &str| Sha256::digest(given) == Sha256::digest(&self.key);
        !self.only || [bearer(headers), api_key].into_iter().flatten().any(is_key)
    }
}

/// Returns whether a request has a bearer token, whatever it is.
pub(super) fn is_given(headers: &HeaderMap) -> bool {
    bearer(headers).is_some_and(|token| !token.is_empty())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_token_will_do_and_none_will_not() {
        let given = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, hyper::header::HeaderValue::from_static(value));
            is_given(&headers)
        };
        assert!(given("Bearer x") && given("bearer wharf"));
        assert!(!given("Bearer ") && !given("Basic x") && !given("x"));
        assert!(!is_given(&HeaderMap::new()));
    }

    #[test]
    fn a_random_key_is_the_only_one_and_comes_in_either_header() {
        let key = AccessKey::random().unwrap();
        assert_ne!(key.key(), AccessKey::random().unwrap().key());
        let admits = |name: &'static str, value: &str| {
            let value = hyper::header::HeaderValue::from_str(value).unwrap();
            key.admits(&HeaderMap::from_iter([(hyper::header::HeaderName::from_static(name), value)]))
        };
        assert!(admits("authorization", &format!("Bearer {}", key.key())) && admits("x-api-key", key.key()));
        assert!(!admits("authorization", &format!("Bearer {TOKEN}")) && !admits("x-api-key", ""));
        assert!(!key.admits(&HeaderMap::new()) && AccessKey::any().admits(&HeaderMap::new()));
    }
}
