//! A cache on the disk for what is slow to get, until a time that its caller sets.
//!
//! A file holds one value and is named by the hash of its key, which the file repeats, so that a key may contain a secret.
//! Only the user can read it. A file that cannot be read, written or parsed, or that others can read, counts as missing.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::body::hex;
use crate::{platform, staging};

/// The longest file, in bytes.
const LONGEST: usize = 256 * 1024;

/// The maximum number of files that are examined when expired ones are removed, and of those that are kept.
const MANY: usize = 1000;

/// The version of the file format.
const VERSION: u8 = 2;

/// A cache in one directory.
pub struct PrivateCache {
    dir: PathBuf,
    /// What the values are, which is part of each key.
    subject: &'static str,
}

/// A value of the cache.
pub struct CachedValue<T> {
    /// The value.
    pub value: T,
    /// The time at which it expires.
    pub expires_at: Timestamp,
}

/// The content of a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CacheFile<T> {
    version: u8,
    key: String,
    expires_at: Timestamp,
    value: T,
}

impl PrivateCache {
    /// Creates a handle on the cache in `dir`, which exists once something is kept. `subject` says what the values are.
    pub fn new(dir: PathBuf, subject: &'static str) -> Self {
        PrivateCache { dir, subject }
    }

    /// Returns the value for a key, if it has not expired.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<CachedValue<T>> {
        let hash = self.hashed(key);
        let cached: CacheFile<T> = read(&self.dir.join(named(&hash)))?;
        let ours = cached.version == VERSION && cached.key == hash && cached.expires_at > Timestamp::now();
        ours.then_some(CachedValue { value: cached.value, expires_at: cached.expires_at })
    }

    /// Keeps a value until `expires_at`, and removes what has expired. If that fails, the value is not kept.
    pub fn put<T: Serialize>(&self, key: &str, value: &T, expires_at: Timestamp) {
        let key = self.hashed(key);
        let name = named(&key);
        let Ok(content) = serde_json::to_vec(&CacheFile { version: VERSION, key, expires_at, value }) else { return };
        if content.len() <= LONGEST {
            let _ = self.write(&name, &content);
        }
    }

    fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let dir = staging::open_private_dir(&self.dir)?;
        let others = self.remove_expired(&dir, name);
        if others < MANY { staging::write_private(&dir, name, content) } else { Ok(()) }
    }

    /// Removes expired values; returns the number of other files than the one with this name.
    fn remove_expired(&self, dir: &Dir, except: &str) -> usize {
        let mut others = 0;
        for entry in dir.entries().into_iter().flatten().flatten().take(MANY) {
            let name = PathBuf::from(entry.file_name());
            if !is_ours(name.as_os_str()) || name.as_os_str() == OsStr::new(except) {
                continue;
            }
            let file = read::<serde_json::Value>(&self.dir.join(&name));
            let is_over = file.is_some_and(|file| file.version != VERSION || file.expires_at < Timestamp::now());
            if !(is_over && dir.remove_file(&name).is_ok()) {
                others += 1;
            }
        }
        others
    }

    fn hashed(&self, key: &str) -> String {
        hex(&Sha256::digest(format!("wharf {} {VERSION}\n{key}", self.subject)))
    }
}

/// Returns the content of a file, if it is complete and belongs to the user.
fn read<T: DeserializeOwned>(path: &Path) -> Option<CacheFile<T>> {
    let file = platform::open_regular(path).ok()?;
    if !platform::is_private(&file.metadata().ok()?) {
        return None;
    }
    let mut content = Vec::new();
    file.take(LONGEST as u64).read_to_end(&mut content).ok()?;
    serde_json::from_slice(&content).ok()
}

/// Removes all values of the cache in `dir`, as far as that is possible.
pub fn clear(dir: &Path) {
    let Ok(dir) = Dir::open_ambient_dir(dir, ambient_authority()) else { return };
    for entry in dir.entries().into_iter().flatten().flatten().take(MANY) {
        if is_ours(&entry.file_name()) {
            let _ = dir.remove_file(entry.file_name());
        }
    }
}

/// Returns whether a file has a name like those of the cache.
fn is_ours(name: &OsStr) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "json")
}

fn named(hash: &str) -> String {
    format!("{hash}.json")
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    fn room() -> (tempfile::TempDir, PrivateCache) {
        let dir = tempfile::tempdir().unwrap();
        let cache = PrivateCache::new(dir.path().join("a/words"), "word");
        (dir, cache)
    }

    fn soon() -> Timestamp {
        Timestamp::now().checked_add(SignedDuration::from_secs(60)).unwrap()
    }

    fn word(cache: &PrivateCache, key: &str) -> Option<String> {
        cache.get(key).map(|cached| cached.value)
    }

    #[test]
    fn a_value_is_kept_for_its_key_and_its_user_only() {
        let (_dir, cache) = room();
        cache.put("one", &"first", soon());
        assert_eq!(word(&cache, "one").unwrap(), "first");
        assert!(word(&cache, "two").is_none());
        assert!(word(&PrivateCache::new(cache.dir.clone(), "token"), "one").is_none());
        let path = cache.dir.join(named(&cache.hashed("one")));
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&cache.dir)), (0o600, 0o700));
        set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        assert!(word(&cache, "one").is_none(), "others may read it, and may have written it");
        set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        std::fs::rename(&path, cache.dir.join(named(&cache.hashed("two")))).unwrap();
        assert!(word(&cache, "two").is_none(), "it is another key's");
    }

    #[test]
    fn what_is_broken_expired_or_too_long_is_not_there() {
        let (_dir, cache) = room();
        cache.put("k", &"x".repeat(LONGEST), soon());
        assert!(!cache.dir.join(named(&cache.hashed("k"))).exists());
        cache.put("k", &"v", soon());
        let path = cache.dir.join(named(&cache.hashed("k")));
        for broken in ["", "{", "{}", "[1]"] {
            std::fs::write(&path, broken).unwrap();
            assert!(word(&cache, "k").is_none(), "{broken}");
        }
        cache.put("k", &"v", Timestamp::UNIX_EPOCH);
        assert!(path.exists() && word(&cache, "k").is_none());
        cache.put("other", &"w", soon());
        assert!(!path.exists() && word(&cache, "other").is_some());
        assert_eq!(cache.dir.read_dir().unwrap().count(), 1);
        clear(&cache.dir);
        assert!(word(&cache, "other").is_none() && cache.dir.is_dir());
    }
}
