//! Paths inside a session.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::error::{Error, Result};

/// An absolute path inside a session: separated by `/`, without empty, `.` or `..` parts and without NUL. It is not a
/// `std::path::Path`, because the rules of the session's system are not those of this one.
///
/// ```
/// use wharf_core::model::RemotePath;
///
/// let home: RemotePath = "/home/user".parse()?;
/// let path = RemotePath::resolve("notes//./a.txt", &home)?;
/// assert_eq!((path.as_str(), path.below(&home)), ("/home/user/notes/a.txt", "notes/a.txt"));
/// assert!(RemotePath::resolve("../other", &home).is_err());
/// # Ok::<(), wharf_core::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RemotePath(String);

impl RemotePath {
    /// The longest path that can be opened, in bytes: `PATH_MAX` of Linux without its NUL. The sessions of all backends
    /// run on it.
    pub const MAX_BYTES: usize = 4095;

    /// Returns the root, `/`.
    pub fn root() -> Self {
        RemotePath("/".to_owned())
    }

    /// Parses a path of the user, which is relative to `home` unless it begins with `/`. Empty and `.` parts are
    /// dropped.
    ///
    /// # Errors
    /// `usage` for `..` and NUL.
    pub fn resolve(text: &str, home: &RemotePath) -> Result<Self> {
        let mut path = if text.starts_with('/') { Self::root() } else { home.clone() };
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    return Err(Error::usage(format!("`..` is not allowed in a session path: {text:?}"))
                        .hint("name the path from the root: `/dir/file`"));
                }
                part if part.contains('\0') => {
                    return Err(Error::usage(format!("NUL is not allowed in a session path: {text:?}")));
                }
                part => path.push(part),
            }
        }
        Ok(path)
    }

    /// Fails for a path that no session can open. What a service lists is not checked: it can be named, at least.
    ///
    /// # Errors
    /// `usage` for a path of more than [`RemotePath::MAX_BYTES`].
    pub fn check_length(&self) -> Result<()> {
        if self.0.len() <= Self::MAX_BYTES {
            return Ok(());
        }
        Err(Error::usage(format!("a session path of {} bytes is too long", self.0.len()))
            .hint(format!("a path has at most {} bytes", Self::MAX_BYTES)))
    }

    /// Returns the path of a name in this directory. `name` must not be empty, `.` or `..`, nor contain a slash or NUL.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        debug_assert!(!name.contains(['/', '\0']) && !matches!(name, "" | "." | ".."), "one part at a time");
        let mut path = self.clone();
        path.push(name);
        path
    }

    fn push(&mut self, part: &str) {
        if !self.is_root() {
            self.0.push('/');
        }
        self.0.push_str(part);
    }

    /// Returns whether this is the root.
    pub fn is_root(&self) -> bool {
        self.0 == "/"
    }

    /// Returns the last part; `/` for the root.
    pub fn name(&self) -> &str {
        match self.0.rsplit('/').next() {
            Some("") | None => "/",
            Some(name) => name,
        }
    }

    /// Returns the path without its last part; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        match self.0.rfind('/') {
            Some(0) | None => Some(Self::root()),
            Some(cut) => self.0.get(..cut).map(|head| RemotePath(head.to_owned())),
        }
    }

    /// Returns the path as text, with its leading slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the path without its leading slash; `.` for the root.
    pub fn relative(&self) -> &str {
        match self.0.get(1..) {
            Some("") | None => ".",
            Some(rest) => rest,
        }
    }

    /// Parses a path that is relative to this one.
    ///
    /// # Errors
    /// As [`RemotePath::resolve`].
    pub fn descend(&self, below: &str) -> Result<Self> {
        Self::resolve(below.trim_start_matches('/'), self)
    }

    /// Returns the part of this path below `ancestor`, without a leading slash; all of it if it is not below
    /// `ancestor`.
    pub fn below(&self, ancestor: &RemotePath) -> &str {
        let above = if self.is_within(ancestor) { ancestor.0.as_str() } else { "" };
        self.0.strip_prefix(above).unwrap_or(&self.0).trim_start_matches('/')
    }

    /// Returns whether this path is `other` or below it.
    pub fn is_within(&self, other: &RemotePath) -> bool {
        other.is_root() || self.0.strip_prefix(&other.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl FromStr for RemotePath {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::resolve(text, &Self::root())
    }
}

impl fmt::Display for RemotePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for RemotePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RemotePath {
        text.parse().expect(text)
    }

    #[test]
    fn spellings_of_one_path_are_one_path() {
        for same in ["a/b", "/a/b", "//a///b/", "./a/./b/."] {
            assert_eq!(path(same).as_str(), "/a/b", "{same}");
        }
        for root in ["", "/", ".", "./", "//"] {
            assert!(path(root).is_root(), "{root:?}");
        }
    }

    #[test]
    fn relative_paths_lie_below_home() {
        let home = path("/mnt/session/uploads");
        assert_eq!(RemotePath::resolve("data/x", &home).unwrap().as_str(), "/mnt/session/uploads/data/x");
        assert_eq!(RemotePath::resolve("/data/x", &home).unwrap().as_str(), "/data/x");
        assert_eq!(RemotePath::resolve("", &home).unwrap(), home);
    }

    #[test]
    fn dot_dot_and_nul_are_refused_in_every_position() {
        for bad in ["..", "../a", "a/..", "/a/../b", "a/..//b", "a\0b"] {
            assert!(bad.parse::<RemotePath>().is_err(), "{bad:?}");
        }
        assert_eq!(path("a/...").as_str(), "/a/...");
        assert_eq!(path("..a/b..").as_str(), "/..a/b..");
    }

    #[test]
    fn parts() {
        assert_eq!(path("/a/b").name(), "b");
        assert_eq!(path("/").name(), "/");
        assert_eq!(path("/a/b").parent(), Some(path("/a")));
        assert_eq!(path("/a").parent(), Some(RemotePath::root()));
        assert_eq!(path("/").parent(), None);
        assert_eq!(path("/a/b").relative(), "a/b");
        assert_eq!(path("/").relative(), ".");
        assert!(path("/a/b").is_within(&path("/a")));
        assert!(path("/a").is_within(&path("/a")));
        assert!(!path("/ab").is_within(&path("/a")));
        assert!(path("/ab").is_within(&path("/")));
        assert_eq!(path("/a/b").below(&path("/a")), "b");
        assert_eq!(path("/a/b").below(&path("/")), "a/b");
        assert_eq!(path("/a").below(&path("/a")), "");
        assert_eq!(path("/ab").below(&path("/a")), "ab", "a name that only begins alike");
    }
}
