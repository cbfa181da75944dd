//! Tokens of slow sources, cached on the disk until shortly before they expire.

use std::path::PathBuf;

use super::outcome::AccessToken;
use wharf_core::private_cache::PrivateCache;

/// The cache of tokens.
pub(super) struct Cache(PrivateCache);

impl Cache {
    pub(super) fn new(dir: PathBuf) -> Self {
        Cache(PrivateCache::new(dir, "token"))
    }

    /// Returns the cached token for a key.
    pub(super) fn get(&self, key: &str) -> Option<AccessToken> {
        let cached = self.0.get(key)?;
        let token = AccessToken { text: cached.value, expires_at: Some(cached.expires_at) };
        Some(token).filter(AccessToken::can_be_sent)
    }

    /// Caches a token with a known expiry. If that fails, the next command requests a token again.
    pub(super) fn put(&self, key: &str, token: &AccessToken) {
        if let Some(expires_at) = token.expires_at.filter(|_| token.is_good() && token.can_be_sent()) {
            self.0.put(key, &token.text, expires_at);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;

    #[test]
    fn only_a_token_that_can_be_used_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::new(dir.path().join("tokens"));
        let token = |text: &str, seconds: Option<i64>| AccessToken {
            text: text.to_owned(),
            expires_at: seconds.and_then(|s| Timestamp::now().checked_add(SignedDuration::from_secs(s)).ok()),
        };
        for end in [Some(0), Some(200), None] {
            cache.put("k", &token("tok-0123456789", end));
            assert!(cache.get("k").is_none(), "{end:?}");
        }
        for text in ["tok-0123456789\r\n", "tok\n0123456789"] {
            cache.put("k", &token(text, Some(3600)));
            assert!(cache.get("k").is_none(), "{text:?} can never be sent");
            cache.0.put("k", &text, Timestamp::MAX);
            assert!(cache.get("k").is_none(), "{text:?} was put there");
        }
        cache.put("k", &token("tok-0123456789", Some(3600)));
        assert_eq!(cache.get("k").unwrap().text, "tok-0123456789");
    }
}
