//! The error type, its kinds and the exit codes.
//!
//! An [`Error`] has a [`Kind`], and the kind alone fixes the exit code: this file holds the only
//! table of exit codes. Modules that use a disk, a database or a service convert its errors into this type; `commands` adds context with `anyhow` and `output::report` prints.

use std::time::Duration;
use std::{fmt, io};

use serde::Serialize;
use serde::ser::SerializeStruct;

use crate::advice::Setting;

/// The result of everything below `commands`.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The kind of a failure. Stable: scripts see it as an exit code and as `error.kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "`Kind::meaning` documents each kind")]
pub enum Kind {
    Internal,
    Usage,
    Auth,
    NotFound,
    Conflict,
    Limit,
    Unsupported,
    Unavailable,
    Unverified,
    Partial,
    NoMatch,
    Io,
    Deadline,
    Interrupted,
    Terminated,
    Closed,
}

impl Kind {
    /// Every kind, in the order of the exit codes.
    pub const ALL: [Kind; 16] = [
        Kind::Internal,
        Kind::Usage,
        Kind::Auth,
        Kind::NotFound,
        Kind::Conflict,
        Kind::Limit,
        Kind::Unsupported,
        Kind::Unavailable,
        Kind::Unverified,
        Kind::Partial,
        Kind::NoMatch,
        Kind::Io,
        Kind::Deadline,
        Kind::Interrupted,
        Kind::Terminated,
        Kind::Closed,
    ];

    /// The process's exit code for an error of this kind.
    pub const fn exit_code(self) -> u8 {
        match self {
            Kind::Internal => 1,
            Kind::Usage => 2,
            Kind::Auth => 3,
            Kind::NotFound => 4,
            Kind::Conflict => 5,
            Kind::Limit => 6,
            Kind::Unsupported => 7,
            Kind::Unavailable => 8,
            Kind::Unverified => 9,
            Kind::Partial => 10,
            Kind::NoMatch => 11,
            Kind::Io => 12,
            Kind::Deadline => 124,
            Kind::Interrupted => 130,
            Kind::Terminated => 143,
            Kind::Closed => 0,
        }
    }

    /// The word for this kind in `error.kind` and in the documentation.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Internal => "internal",
            Kind::Usage => "usage",
            Kind::Auth => "auth",
            Kind::NotFound => "not_found",
            Kind::Conflict => "conflict",
            Kind::Limit => "limit",
            Kind::Unsupported => "unsupported",
            Kind::Unavailable => "unavailable",
            Kind::Unverified => "unverified",
            Kind::Partial => "partial",
            Kind::NoMatch => "no_match",
            Kind::Io => "io",
            Kind::Deadline => "deadline",
            Kind::Interrupted | Kind::Terminated => "interrupted",
            Kind::Closed => "closed",
        }
    }

    /// Returns when this kind occurs, as Markdown, for the table of exit codes.
    pub const fn meaning(self) -> &'static str {
        match self {
            Kind::Internal => "a bug in wharf",
            Kind::Usage => "bad flags, configuration or syntax",
            Kind::Auth => "missing, invalid or insufficient credentials",
            Kind::NotFound => "no such session, file, resource or local source",
            Kind::Conflict => "it exists, is not empty, is not active, or changed during a transfer",
            Kind::Limit => "too large, too many, or a rate limit after all retries",
            Kind::Unsupported => "the backend lacks the feature; the hint names an alternative",
            Kind::Unavailable => "the network, the service or a lock did not answer in time",
            Kind::Unverified => "length or hash differs after a transfer",
            Kind::Partial => "some items failed, or all failed for different reasons",
            Kind::NoMatch => {
                "a field path matched nothing, a label selected no session, or fewer files arrived than required"
            }
            Kind::Io => "the local disk is full, read-only or not accessible",
            Kind::Deadline => "the time limit ran out",
            Kind::Interrupted => "Ctrl-C, after cleaning up",
            Kind::Terminated => "SIGTERM or SIGHUP, after cleaning up",
            Kind::Closed => "the reader of stdout closed it, as `head` does",
        }
    }
}

/// An error with what to do about it.
#[derive(Debug, Clone)]
pub struct Error {
    kind: Kind,
    message: String,
    hint: Option<String>,
    details: Option<Box<Details>>,
}

/// What only errors of a hosted backend can tell.
#[derive(Debug, Default, Clone)]
pub struct Details {
    /// The backend that answered.
    pub backend: Option<&'static str>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// The provider's own machine-readable reason.
    pub code: Option<String>,
    /// The provider's name for the request, for its support.
    pub request_id: Option<String>,
    /// Whether the same command may succeed when it is run again.
    pub retryable: bool,
    /// How long the provider asks to wait.
    pub retry_after: Option<Duration>,
    /// Whether an earlier try of the same request, whose answer was lost, may have done it.
    pub uncertain: bool,
    /// How often it was tried; 0 where that is not known.
    pub tries: u32,
    /// Ids of stored files that the failed work uploaded and that are still there.
    pub left: Vec<String>,
}

impl Details {
    /// What is true of this failure and of another one; what they differ in is not told.
    fn common(self, other: &Details) -> Self {
        fn same<T: PartialEq>(one: Option<T>, other: Option<&T>) -> Option<T> {
            one.filter(|one| other == Some(one))
        }
        Details {
            backend: same(self.backend, other.backend.as_ref()),
            status: same(self.status, other.status.as_ref()),
            code: same(self.code, other.code.as_ref()),
            request_id: same(self.request_id, other.request_id.as_ref()),
            retryable: self.retryable && other.retryable,
            retry_after: same(self.retry_after, other.retry_after.as_ref()),
            uncertain: self.uncertain && other.uncertain,
            tries: 0,
            // Each failure's own error names what it leaves.
            left: Vec::new(),
        }
    }
}

impl Error {
    /// An error of `kind` that says what went wrong: lower case, no full stop, the value last.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), hint: None, details: None }
    }

    /// Bad flags, configuration or syntax.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Something named does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// Something is in the way.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, message)
    }

    /// What a call on the local disk answered, with what was being done to which path.
    pub fn io(doing: impl fmt::Display, error: &io::Error) -> Self {
        let IoFault { kind, hint, .. } = IoFault::of(error);
        let made = Self::new(kind, format!("{doing}: {}", reason(error)));
        match hint {
            Some(hint) => made.hint(hint),
            None => made,
        }
    }

    /// This error without what another one does not say as well: members and hint. Its kind and message stay.
    #[must_use]
    pub(crate) fn in_common_with(mut self, other: &Error) -> Self {
        let theirs = other.details.as_deref();
        self.details = self.details.zip(theirs).map(|(ours, theirs)| Box::new(ours.common(theirs)));
        self.hint = self.hint.filter(|hint| other.hint.as_ref() == Some(hint));
        self
    }

    /// Another message for the same kind of failure.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// The same error as another kind.
    #[must_use]
    pub fn of_kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds what a provider told about the failure.
    #[must_use]
    pub fn details(mut self, details: Details) -> Self {
        self.details = Some(Box::new(details));
        self
    }

    /// Names the backend, where nothing does yet.
    #[must_use]
    pub fn from_backend(mut self, backend: &'static str) -> Self {
        self.details.get_or_insert_default().backend.get_or_insert(backend);
        self
    }

    /// Puts what was being done in front of the message.
    #[must_use]
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.message = format!("{doing}: {}", self.message);
        self
    }

    /// Adds stored files that were uploaded and are still there.
    #[must_use]
    pub fn leaving(mut self, files: impl IntoIterator<Item = String>) -> Self {
        self.details.get_or_insert_default().left.extend(files);
        self
    }

    /// Ids of stored files that the failed work uploaded and that are still there.
    pub fn left(&self) -> &[String] {
        self.details.as_ref().map_or(&[], |details| &details.left)
    }

    /// The kind, which decides the exit code.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether the same may succeed when it is tried again.
    pub fn is_retryable(&self) -> bool {
        self.details.as_ref().is_some_and(|details| details.retryable)
    }

    /// How long the other side asks to wait before that.
    pub fn retry_after(&self) -> Option<Duration> {
        self.details.as_ref().and_then(|details| details.retry_after)
    }

    /// Returns how often it was tried; 0 where that is not known.
    pub fn tries(&self) -> u32 {
        self.details.as_ref().map_or(0, |details| details.tries)
    }

    /// Whether an earlier try, whose answer was lost, may have done what was asked for.
    pub fn is_uncertain(&self) -> bool {
        self.details.as_ref().is_some_and(|details| details.uncertain)
    }

    /// The HTTP status that a provider answered.
    pub fn status(&self) -> Option<u16> {
        self.details.as_ref().and_then(|details| details.status)
    }

    /// The provider's own machine-readable reason.
    pub fn code(&self) -> Option<&str> {
        self.details.as_ref().and_then(|details| details.code.as_deref())
    }

    /// What went wrong, in one line.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do next, where there is something to say.
    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// The fields of `error` in machine-readable reports and of `error` in a receipt.
impl Serialize for Error {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let none = Details::default();
        let details = self.details.as_deref().unwrap_or(&none);
        let mut out = serializer.serialize_struct("Error", 9)?;
        out.serialize_field("kind", self.kind.word())?;
        out.serialize_field("message", &self.message)?;
        out.serialize_field("hint", &self.hint)?;
        out.serialize_field("backend", &details.backend)?;
        out.serialize_field("status", &details.status)?;
        out.serialize_field("code", &details.code)?;
        out.serialize_field("request_id", &details.request_id)?;
        out.serialize_field("retryable", &details.retryable)?;
        out.serialize_field("retry_after", &details.retry_after.map(|wait| wait.as_secs_f64()))?;
        out.end()
    }
}

/// Returns what an I/O error says, in plain words.
pub fn reason(error: &io::Error) -> String {
    IoFault::of(error).words.map_or_else(|| own_words(error), str::to_owned)
}

/// What an I/O error is to a user: the only table of what operating systems answer.
struct IoFault {
    kind: Kind,
    /// What happened, where Rust's and the system's own words are not plain or not always the same.
    words: Option<&'static str>,
    /// What to do next.
    hint: Option<String>,
}

impl IoFault {
    fn of(error: &io::Error) -> Self {
        use io::ErrorKind as E;
        let (kind, words, hint) = match error.kind() {
            E::NotFound => (Kind::NotFound, "no such file or directory", ""),
            // The system's own words tell a mode that forbids from a file that is immutable.
            E::PermissionDenied => (Kind::Io, "", "check the owner and the mode of the path"),
            E::AlreadyExists => (Kind::Conflict, "it already exists", "remove it first, or choose another name"),
            E::DirectoryNotEmpty => (Kind::Conflict, "the directory is not empty", "remove what is in it first"),
            E::IsADirectory => (Kind::Conflict, "it is a directory", "name a file"),
            E::NotADirectory => {
                (Kind::Conflict, "a part of the path is not a directory", "a file is in the way: check the path")
            }
            E::InvalidFilename => {
                (Kind::Usage, "the name is too long", "most systems take 255 bytes in a name and 4095 in a path")
            }
            E::StorageFull => (
                Kind::Io,
                "no space left on device",
                "free some space and run the command again: nothing was half-written",
            ),
            E::QuotaExceeded => (
                Kind::Io,
                "the disk quota is used up",
                "free some space and run the command again: nothing was half-written",
            ),
            E::FileTooLarge => (
                Kind::Io,
                "the file is too large",
                "the file system or a limit of this process (ulimit -f) sets how large it may be",
            ),
            E::ReadOnlyFilesystem => (Kind::Io, "the file system is read-only", "the file system is mounted read-only"),
            E::CrossesDevices => (Kind::Io, "it is on another file system", "copy it instead of moving it"),
            E::ResourceBusy => (Kind::Io, "it is in use", "unmount it, or end what uses it, and run the command again"),
            E::ExecutableFileBusy => (Kind::Io, "it is a program that is running", "end the program first"),
            E::TooManyLinks => (Kind::Io, "it has too many links", ""),
            E::StaleNetworkFileHandle => (Kind::Io, "the file server has lost it", "mount the file system again"),
            E::OutOfMemory => {
                let hint = format!("end other programs, or lower {}", Setting::Jobs);
                return Self::of_words(error, Kind::Io, "there is not enough memory", Some(hint));
            }
            E::TimedOut => (Kind::Io, "it took too long", "run the command again"),
            E::BrokenPipe => (Kind::Io, "the other end of the pipe was closed", ""),
            E::UnexpectedEof => {
                (Kind::Io, "it ended too early", "it was cut off or is being written: run the command again")
            }
            E::WriteZero => (Kind::Io, "it takes no more data", "free some space and run the command again"),
            E::InvalidData => (Kind::Io, "it is not UTF-8 text", "save it as UTF-8"),
            E::Unsupported => (Kind::Io, "the file system or the system cannot do this", "use another file system"),
            // EMFILE and ENFILE, which have no kind of their own.
            _ if cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24)) => {
                let hint = format!("raise the limit of open files (`ulimit -n 256`), or lower {}", Setting::Jobs);
                return Self::of_words(error, Kind::Io, "too many open files", Some(hint));
            }
            _ => return IoFault { kind: Kind::Io, words: None, hint: None },
        };
        Self::of_words(error, kind, words, (!hint.is_empty()).then(|| hint.to_owned()))
    }

    fn of_words(error: &io::Error, kind: Kind, words: &'static str, hint: Option<String>) -> Self {
        // The message of an error from Rust code is more precise than the one for its kind.
        let words = Some(words).filter(|words| error.get_ref().is_none() && !words.is_empty());
        IoFault { kind, words, hint }
    }
}

/// Returns an I/O error's own words without the `(os error N)` that Rust appends.
fn own_words(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error ") {
        Some((words, _)) => words.to_lowercase(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_distinct() {
        let mut codes: Vec<u8> = Kind::ALL.iter().map(|kind| kind.exit_code()).collect();
        codes.dedup();
        assert_eq!(codes.len(), Kind::ALL.len());
    }

    #[test]
    fn io_errors_lose_their_number_and_keep_their_reason() {
        let error = Error::io("writing `x`", &io::Error::from_raw_os_error(28));
        assert_eq!(error.message(), "writing `x`: no space left on device");
        assert_eq!(error.kind(), Kind::Io);
    }

    #[test]
    fn io_errors_never_speak_of_entities_or_in_other_words_of_the_library() {
        let kinds = [
            io::ErrorKind::NotFound,
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::AlreadyExists,
            io::ErrorKind::DirectoryNotEmpty,
            io::ErrorKind::IsADirectory,
            io::ErrorKind::NotADirectory,
            io::ErrorKind::InvalidFilename,
            io::ErrorKind::StorageFull,
            io::ErrorKind::QuotaExceeded,
            io::ErrorKind::FileTooLarge,
            io::ErrorKind::ReadOnlyFilesystem,
            io::ErrorKind::CrossesDevices,
            io::ErrorKind::ResourceBusy,
            io::ErrorKind::ExecutableFileBusy,
            io::ErrorKind::TooManyLinks,
            io::ErrorKind::StaleNetworkFileHandle,
            io::ErrorKind::OutOfMemory,
            io::ErrorKind::TimedOut,
            io::ErrorKind::BrokenPipe,
            io::ErrorKind::UnexpectedEof,
            io::ErrorKind::WriteZero,
            io::ErrorKind::InvalidData,
            io::ErrorKind::Unsupported,
        ];
        for kind in kinds {
            let raw = kind.to_string();
            let said = Error::io("reading `x`", &kind.into());
            let plain = said.message().strip_prefix("reading `x`: ").unwrap();
            assert!(plain == "permission denied" || plain != raw, "{raw}");
            assert!(!plain.contains("entity"), "{plain}");
            let own = Error::io("reading `x`", &io::Error::new(kind, "words of its own"));
            assert_eq!((own.message(), own.kind()), ("reading `x`: words of its own", said.kind()));
        }
        let exists = Error::io("making `x`", &io::Error::from_raw_os_error(17));
        assert_eq!(exists.message(), "making `x`: it already exists");
        assert!(exists.hint_text().is_some());
    }
}
