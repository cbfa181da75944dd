//! What people type to name a file on the other side: `SESSION:PATH`, `:PATH` or `file_...`.

use std::fmt;

use super::{FileId, RemotePath, SessionId, SessionName};
use crate::error::{Error, Result};

/// A path in a session whose name is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionPath {
    /// The session.
    pub session: SessionId,
    /// The absolute path.
    pub path: RemotePath,
}

impl SessionPath {
    /// Returns another path in the same session.
    #[must_use]
    pub fn at(&self, path: RemotePath) -> Self {
        SessionPath { session: self.session.clone(), path }
    }
}

/// Formats the path as a TARGET, which [`Target::parse`] reads.
impl fmt::Display for SessionPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.session, self.path)
    }
}

/// A target as it was typed, before the session of `:PATH` and the home of a relative path are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A path in a session.
    Session {
        /// The session; `None` for `:PATH`.
        session: Option<SessionName>,
        /// The path as it was typed.
        path: String,
    },
    /// A stored file.
    Stored(FileId),
}

impl Target {
    /// Returns whether `text` has the form of a session path: a colon without a slash before it, unless a title of a
    /// session (`@TITLE`) is before it, which may contain slashes. On Windows, a single letter before the colon is a
    /// drive.
    pub fn is_session_path(text: &str) -> bool {
        match text.split_once(':') {
            Some((head, _)) if head.starts_with(SessionName::MARK) => true,
            Some((head, _)) => !(head.contains(['/', '\\']) || cfg!(windows) && head.len() == 1),
            None => false,
        }
    }

    /// Returns whether `text` has the form of a stored file's id.
    pub fn is_stored_file(text: &str) -> bool {
        text.starts_with(FileId::PREFIX) && !text.contains([':', '/'])
    }

    /// Parses a target.
    ///
    /// # Errors
    /// `usage` where it is neither a session path nor a stored file's id, or names a bad session.
    pub fn parse(text: &str) -> Result<Self> {
        if Self::is_session_path(text) {
            let (session, path) = text.split_once(':').unwrap_or_default();
            let session = if session.is_empty() { None } else { Some(session.parse()?) };
            RemotePath::resolve(path, &RemotePath::root())?;
            return Ok(Target::Session { session, path: path.to_owned() });
        }
        if Self::is_stored_file(text) {
            return Ok(Target::Stored(text.parse()?));
        }
        Err(Error::usage(format!("{text:?} is neither `SESSION:PATH` nor a stored file's id")).hint(
            if text.contains('/') || text.is_empty() {
                "name the session before a colon: `SESSION:/path`".to_owned()
            } else {
                format!("for the session's files, add a colon: `{text}:/`")
            },
        ))
    }
}

/// Returns whether a path, as it was typed, names a directory to put files into: it is empty (`S:`), or ends in `/` or
/// in a part `.`.
pub fn names_directory(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("" | ".") | None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_colon_splits() {
        let parsed = Target::parse("s1:/a:b").unwrap();
        assert_eq!(parsed, Target::Session { session: Some("s1".parse().unwrap()), path: "/a:b".into() });
        let last = Target::Session { session: Some(SessionName::Last), path: "@outputs/x".into() };
        assert_eq!(Target::parse("@last:@outputs/x").unwrap(), last);
        assert_eq!(Target::parse(":x").unwrap(), Target::Session { session: None, path: "x".into() });
        let titled = Target::Session { session: Some("@na/me".parse().unwrap()), path: "/x".into() };
        assert_eq!(Target::parse("@na/me:/x").unwrap(), titled);
        assert!(!Target::is_session_path("./@na/me:/x"));
        assert!(!Target::is_session_path("./a:b"));
        assert!(!Target::is_session_path("/a:b"));
        assert!(!Target::is_session_path("plain"));
    }

    #[test]
    fn a_word_alone_is_a_usage_error_with_the_colon_as_hint() {
        let error = Target::parse("sesn").unwrap_err();
        assert_eq!(error.hint_text(), Some("for the session's files, add a colon: `sesn:/`"));
        assert!(Target::parse("file_1:/x").is_err());
        assert!(Target::parse("a:/x").is_err());
        assert!(Target::parse("s1:/../x").is_err());
        assert!(Target::parse("-x:/x").is_err());
    }

    #[test]
    fn directories_by_their_spelling() {
        for dir in ["", "/", "a/", ".", "a/.", "/."] {
            assert!(names_directory(dir), "{dir:?}");
        }
        for file in ["a", "/a", "a/b", "a.", "..."] {
            assert!(!names_directory(file), "{file:?}");
        }
    }
}
