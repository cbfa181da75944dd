//! Sessions: isolated environments with a file system.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::{Provider, Timestamp};
use crate::error::{Error, Result};

/// Names and values that a user gave a session.
pub type Labels = BTreeMap<String, String>;

/// Checks a label's name.
///
/// # Errors
/// `usage` for one that is empty or holds NUL, which no backend takes.
pub fn check_label(name: &str) -> Result<()> {
    if name.is_empty() || name.contains('\0') {
        return Err(Error::usage(format!("invalid label name {name:?}")).hint("write `name=value`"));
    }
    Ok(())
}

/// An isolated environment with a file system.
#[derive(Debug, Clone, Serialize)]
pub struct Session {
    /// The id.
    pub id: SessionId,
    /// The backend.
    pub backend: &'static str,
    /// The status, which decides what can be done with the session.
    pub status: SessionStatus,
    /// A title for people.
    pub title: Option<String>,
    /// The labels; `None` if the backend does not report them.
    pub labels: Option<Labels>,
    /// The time of creation.
    pub created_at: Option<Timestamp>,
    /// The time of the last change or use.
    pub updated_at: Option<Timestamp>,
    /// The time of expiry.
    pub expires_at: Option<Timestamp>,
    /// The agent that works in the session.
    pub agent: Option<String>,
    /// What is mounted, if the session was created just now and the answer names it; not part of the output.
    #[serde(skip)]
    pub mounts: Vec<SessionMount>,
    /// The provider's own object.
    pub provider: Provider,
}

/// A resource that is mounted in a session.
#[derive(Debug, Clone)]
pub struct SessionMount {
    /// The id of the resource.
    pub resource_id: String,
    /// The path in the session, as the backend answered.
    pub path: String,
}

/// The id of a session: 2 to 128 bytes without `:`, `/`, `\` or control characters, beginning neither with `file_` nor
/// with `-`, so that `SESSION:PATH` differs from all other arguments.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct SessionId(String);

impl SessionId {
    /// The longest name, in bytes.
    pub const MAX_LEN: usize = 128;

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether `text` has the form of the ids that wharf and the services generate, so that it is unlikely to
    /// be the name of something else. An id that a user chose can have any form.
    pub fn is_generated(text: &str) -> bool {
        let tail = ["sesn_", "session_", "session-", "wharf_"].iter().find_map(|prefix| text.strip_prefix(prefix));
        tail.is_some_and(|tail| {
            tail.len() >= 12
                && tail.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && tail.bytes().any(|byte| byte.is_ascii_digit())
        })
    }
}

impl FromStr for SessionId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let fault = if text.is_empty() {
            "is empty"
        } else if text.len() == 1 {
            "is a single character, which reads as a drive"
        } else if text.len() > Self::MAX_LEN {
            "is longer than 128 bytes"
        } else if text.starts_with('-') {
            "begins with `-`, which reads as an option"
        } else if text.starts_with("file_") {
            "begins with `file_`, which names a stored file"
        } else if text == ".." || text.contains(['/', '\\', ':']) || text.chars().any(char::is_control) {
            "holds a slash, a colon or a control character"
        } else {
            return Ok(SessionId(text.to_owned()));
        };
        Err(Error::usage(format!("the session id {fault}: {text:?}"))
            .hint("a session id is 2 to 128 characters such as `nightly-7`"))
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A session as a user names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionName {
    /// An id, or the beginning of one that a service made: only the backend knows which.
    Id(SessionId),
    /// `@last`: the one that was created last.
    Last,
    /// `@TITLE`: the one with exactly this title.
    Title(String),
}

impl SessionName {
    /// What begins a name that is not an id. The ids that users choose begin otherwise.
    pub const MARK: char = '@';
}

/// Formats the name as it was typed.
impl fmt::Display for SessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SessionName::Id(id) => id.fmt(f),
            SessionName::Last => write!(f, "{}last", Self::MARK),
            SessionName::Title(title) => write!(f, "{}{title}", Self::MARK),
        }
    }
}

impl FromStr for SessionName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.strip_prefix(Self::MARK) {
            None => text.parse().map(SessionName::Id),
            Some("last") => Ok(SessionName::Last),
            Some("") => Err(Error::usage("`@` alone names no session").hint("write `@last`, or `@` and a title")),
            Some(title) => Ok(SessionName::Title(title.to_owned())),
        }
    }
}

/// The status of a session, in one word for all backends. The backend's own word is in `provider`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// The session is being created.
    Creating,
    /// Usable; its machine runs, or an agent works.
    Running,
    /// Usable; it waits.
    Idle,
    /// The machine is released, and the files are kept.
    Stopped,
    /// Permanently broken.
    Failed,
    /// Being deleted.
    Deleting,
    /// Read-only.
    Archived,
    /// Removed after its idle limit.
    Expired,
    /// A status that wharf does not know.
    Unknown,
}

impl SessionStatus {
    /// Returns the word in output and in `--status`.
    pub const fn word(self) -> &'static str {
        match self {
            SessionStatus::Creating => "creating",
            SessionStatus::Running => "running",
            SessionStatus::Idle => "idle",
            SessionStatus::Stopped => "stopped",
            SessionStatus::Failed => "failed",
            SessionStatus::Deleting => "deleting",
            SessionStatus::Archived => "archived",
            SessionStatus::Expired => "expired",
            SessionStatus::Unknown => "unknown",
        }
    }

    /// Returns whether the session never becomes usable again.
    pub const fn is_final(self) -> bool {
        matches!(self, SessionStatus::Failed | SessionStatus::Expired | SessionStatus::Archived)
    }
}

impl fmt::Display for SessionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_ids_have_a_form() {
        for made in ["sesn_0123456789abcdef01234567", "session-04bdw8o1a2b3c4d5e", "wharf_00112233445566778899aabb"] {
            assert!(SessionId::is_generated(made), "{made}");
        }
        for other in ["s1", "sesn_1", "session-notes-of-2026", "session_description", "data", "sesn_0123456789ab.csv"] {
            assert!(!SessionId::is_generated(other), "{other}");
        }
    }

    #[test]
    fn a_name_that_begins_with_a_mark_is_not_an_id() {
        let name = |text: &str| text.parse::<SessionName>();
        assert_eq!(name("@last").unwrap(), SessionName::Last);
        assert_eq!(name("@Last").unwrap(), SessionName::Title("Last".into()));
        assert_eq!(name("@a/b: c").unwrap(), SessionName::Title("a/b: c".into()));
        assert_eq!(name("demo").unwrap(), SessionName::Id("demo".parse().unwrap()));
        assert!(name("@").is_err() && name("").is_err() && name("a/b").is_err());
    }

    #[test]
    fn ids_that_would_read_as_something_else_are_refused() {
        for bad in ["", "a", "a:b", "-x", "file_1", "a/b", "..", "a\nb", "a\u{1b}b", &"x".repeat(129)] {
            assert!(bad.parse::<SessionId>().is_err(), "{bad:?}");
        }
        for good in ["ab", "sesn_01", "nightly-7", "ünï", "a b", "a.b"] {
            assert_eq!(good.parse::<SessionId>().map(|id| id.to_string()).ok().as_deref(), Some(good));
        }
    }
}
