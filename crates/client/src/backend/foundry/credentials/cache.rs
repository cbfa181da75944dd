//! Tokens of slow sources, cached on the disk until shortly before they expire.
//!
//! A file holds one token and is named by the hash of its key, which the file repeats. Only the user can read it. A
//! file that cannot be read, written or parsed counts as missing: the token is requested again.

use std::io::Read;
use std::path::PathBuf;

use cap_std::fs::Dir;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::outcome::AccessToken;
use wharf_core::body::hex;
use wharf_core::platform;
use wharf_core::staging;

/// The longest file, in bytes.
const LONGEST: u64 = 128 * 1024;

/// The maximum number of files that are examined when expired ones are removed.
const MANY: usize = 1000;

/// The directory of the cache.
pub(super) struct Cache(PathBuf);

/// The content of a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CachedToken {
    version: u8,
    key: String,
    expires_at: Timestamp,
    token: String,
}

/// The version of the file format.
const VERSION: u8 = 1;

impl Cache {
    pub(super) fn new(dir: PathBuf) -> Self {
        Cache(dir)
    }

    /// Returns the cached token for a key.
    pub(super) fn get(&self, key: &str) -> Option<AccessToken> {
        let hash = hashed(key);
        let cached = read(&self.0.join(named(&hash)))?;
        let ours = cached.version == VERSION && cached.key == hash;
        let token = AccessToken { text: cached.token, expires_at: Some(cached.expires_at) };
        Some(token).filter(|token| ours && token.can_be_sent())
    }

    /// Caches a token with a known expiry. If that fails, the next command requests a token again.
    pub(super) fn put(&self, key: &str, token: &AccessToken) {
        let Some(expires_at) = token.expires_at.filter(|_| token.is_good() && token.can_be_sent()) else { return };
        let key = hashed(key);
        let name = named(&key);
        let cached = CachedToken { version: VERSION, key, expires_at, token: token.text.clone() };
        let Ok(content) = serde_json::to_vec(&cached) else { return };
        let _ = self.write(&name, &content);
    }

    fn write(&self, name: &str, content: &[u8]) -> std::io::Result<()> {
        let dir = staging::open_private_dir(&self.0)?;
        staging::write_private(&dir, name, content)?;
        self.forget_old(&dir);
        Ok(())
    }

    /// Removes expired tokens.
    fn forget_old(&self, dir: &Dir) {
        for entry in dir.entries().into_iter().flatten().flatten().take(MANY) {
            let name = PathBuf::from(entry.file_name());
            let ours = name.extension().is_some_and(|ending| ending == "json");
            if ours && read(&self.0.join(&name)).is_some_and(|cached| cached.expires_at < Timestamp::now()) {
                let _ = dir.remove_file(&name);
            }
        }
    }
}

/// Returns the content of a file, if it is complete and belongs to the user.
fn read(path: &std::path::Path) -> Option<CachedToken> {
    let file = platform::open_regular(path).ok()?;
    if !platform::is_private(&file.metadata().ok()?) {
        return None;
    }
    let mut content = Vec::new();
    file.take(LONGEST).read_to_end(&mut content).ok()?;
    serde_json::from_slice(&content).ok()
}

fn hashed(key: &str) -> String {
    hex(&Sha256::digest(format!("wharf token {VERSION}\n{key}")))
}

fn named(hash: &str) -> String {
    format!("{hash}.json")
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;
    use std::os::unix::fs::PermissionsExt;

    fn token(seconds: i64) -> AccessToken {
        let expires_at = Timestamp::now().checked_add(SignedDuration::from_secs(seconds)).ok();
        AccessToken { text: "tok-0123456789".to_owned(), expires_at }
    }

    fn room() -> (tempfile::TempDir, Cache) {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::new(dir.path().join("a/tokens"));
        (dir, cache)
    }

    #[test]
    fn a_token_is_kept_for_its_key_and_its_user_only() {
        let (_dir, cache) = room();
        cache.put("tenant 1", &token(3600));
        assert_eq!(cache.get("tenant 1").unwrap().text, "tok-0123456789");
        assert!(cache.get("tenant 2").is_none());
        let path = cache.0.join(named(&hashed("tenant 1")));
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&cache.0)), (0o600, 0o700));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(cache.get("tenant 1").is_none(), "others may read it, and may have written it");
        std::fs::rename(&path, cache.0.join(named(&hashed("tenant 2")))).unwrap();
        assert!(cache.get("tenant 2").is_none(), "it is another key's");
    }

    #[test]
    fn what_is_broken_or_over_is_not_there_and_goes_away() {
        let (_dir, cache) = room();
        for end in [Some(0), Some(200), None] {
            cache.put("k", &end.map_or_else(|| AccessToken { expires_at: None, ..token(0) }, token));
            assert!(!cache.0.exists(), "{end:?}");
        }
        cache.put("k", &token(3600));
        let path = cache.0.join(named(&hashed("k")));
        for broken in ["", "{", "{}", "[1]"] {
            std::fs::write(&path, broken).unwrap();
            assert!(cache.get("k").is_none(), "{broken}");
        }
        for text in ["tok-0123456789\r\n", "tok\n0123456789"] {
            let cached =
                CachedToken { version: VERSION, key: hashed("k"), expires_at: Timestamp::MAX, token: text.to_owned() };
            std::fs::write(&path, serde_json::to_vec(&cached).unwrap()).unwrap();
            assert!(cache.get("k").is_none(), "{text:?} can never be sent");
            std::fs::remove_file(&path).unwrap();
            cache.put("k", &AccessToken { text: text.to_owned(), ..token(3600) });
            assert!(!path.exists(), "{text:?}");
            cache.put("k", &token(3600));
        }
        let old = CachedToken {
            version: VERSION,
            key: hashed("k"),
            expires_at: Timestamp::UNIX_EPOCH,
            token: "t".to_owned(),
        };
        std::fs::write(&path, serde_json::to_vec(&old).unwrap()).unwrap();
        cache.put("other", &token(3600));
        assert!(!path.exists() && cache.get("other").is_some());
        assert_eq!(cache.0.read_dir().unwrap().count(), 1);
    }
}
