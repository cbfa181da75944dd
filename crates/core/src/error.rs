//! The error type, its kinds and the exit codes.
//!
//! An [`Error`] has a [`Kind`], and the kind alone decides the exit code: [`Kind::exit_code`] is the only table of exit
//! codes. Modules that use a disk, a database or a service convert its errors to this type. `commands` adds context
//! with `anyhow`, and `output::report` prints.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use serde::Serialize;
use serde::ser::SerializeStruct;

use crate::advice::Setting;

/// The result type of all crates below the command line.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The kind of an error. Kinds are stable: scripts see them as exit codes and as `error.kind`.
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
    NeedsAction,
    AgentFailed,
    Deadline,
    Interrupted,
    Terminated,
    Closed,
}

impl Kind {
    /// All kinds, in the order of their exit codes.
    pub const ALL: [Kind; 18] = [
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
        Kind::NeedsAction,
        Kind::AgentFailed,
        Kind::Deadline,
        Kind::Interrupted,
        Kind::Terminated,
        Kind::Closed,
    ];

    /// Returns whether the work was stopped: by a signal or by `--timeout`.
    pub const fn is_stop(self) -> bool {
        matches!(self, Kind::Deadline | Kind::Interrupted | Kind::Terminated)
    }

    /// Returns the exit code of the process for an error of this kind.
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
            Kind::NeedsAction => 13,
            Kind::AgentFailed => 14,
            Kind::Deadline => 124,
            Kind::Interrupted => 130,
            Kind::Terminated => 143,
            Kind::Closed => 0,
        }
    }

    /// Returns the name of this kind in `error.kind` and in the documentation.
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
            Kind::NeedsAction => "needs_action",
            Kind::AgentFailed => "agent_failed",
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
            Kind::NeedsAction => "the agent waits for a confirmation or a tool's result, or a tool was denied",
            Kind::AgentFailed => "the agent failed, refused, or its session was terminated",
            Kind::Deadline => "the time limit ran out",
            Kind::Interrupted => "Ctrl-C, after cleaning up",
            Kind::Terminated => "SIGTERM or SIGHUP, after cleaning up",
            Kind::Closed => "the reader of stdout closed it, as `head` does",
        }
    }
}

/// An error: a kind, a message, and possibly a hint, what the service reported, and the error of a library behind it.
///
/// ```
/// use wharf_core::error::{Error, Kind};
///
/// let error = Error::not_found("session `s1` not found").hint("list the sessions: `wharf sessions list`");
/// assert_eq!((error.kind(), error.kind().exit_code()), (Kind::NotFound, 4));
/// assert_eq!(error.context("deleting files").message(), "deleting files: session `s1` not found");
/// ```
#[derive(Debug, Clone)]
pub struct Error {
    kind: Kind,
    message: String,
    hint: Option<String>,
    details: Option<Box<Details>>,
    cause: Option<Arc<Cause>>,
}

/// The text of an error of a library or the system, and of the errors behind it.
///
/// The texts are copied, because such errors are neither `Clone` nor free of secrets: [`Cause::map`] masks them.
#[derive(Debug)]
pub struct Cause {
    text: String,
    next: Option<Arc<Cause>>,
}

impl Cause {
    /// Copies the texts of `error` and of its sources, at most 16.
    pub fn of(error: &(dyn StdError + 'static)) -> Self {
        Self::copied(error, 16)
    }

    fn copied(error: &(dyn StdError + 'static), most: usize) -> Self {
        let next = error.source().filter(|_| most > 1).map(|source| Arc::new(Self::copied(source, most - 1)));
        Cause { text: error.to_string(), next }
    }

    /// Returns the causes with `change` applied to each text.
    #[must_use]
    pub fn map(&self, change: &dyn Fn(&str) -> String) -> Self {
        Cause { text: change(&self.text), next: self.next.as_ref().map(|next| Arc::new(next.map(change))) }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.next.as_deref().map(|next| next as _)
    }
}

/// The part of an error that only hosted backends report.
#[derive(Debug, Default, Clone)]
pub struct Details {
    /// The name of the backend.
    pub backend: Option<&'static str>,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// The provider's machine-readable error code.
    pub code: Option<String>,
    /// The provider's id of the request, which its support asks for.
    pub request_id: Option<String>,
    /// Whether the same command may succeed when it is run again.
    pub retryable: bool,
    /// The delay that the provider asks for before the next attempt.
    pub retry_after: Option<Duration>,
    /// Whether an earlier attempt of the request, whose answer was lost, may have taken effect.
    pub uncertain: bool,
    /// The number of attempts; 0 if unknown.
    pub tries: u32,
    /// What the failed operation left: ids of stored files that it uploaded, or paths in a session.
    pub left: Vec<String>,
}

impl Details {
    /// Returns the details that both failures share. `tries` and `left` are dropped.
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
            // Each failure's own error names its stored files.
            left: Vec::new(),
        }
    }
}

impl Error {
    /// Creates an error. `message` is lower case, without a full stop, and ends with the value that it is about.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), hint: None, details: None, cause: None }
    }

    /// Creates an error about invalid flags, configuration or syntax.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Creates an error about a named object that does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// Creates an error about an object whose state does not allow the operation.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, message)
    }

    /// Creates an error from an I/O error. `doing` names the operation and its path: "reading `a.txt`".
    pub fn io(doing: impl fmt::Display, error: &io::Error) -> Self {
        let IoFault { kind, hint, .. } = IoFault::of(error);
        let made = Self::new(kind, format!("{doing}: {}", reason(error))).caused_by(error);
        match hint {
            Some(hint) => made.hint(hint),
            None => made,
        }
    }

    /// Removes the hint and the details that `other` does not share. The kind and the message stay.
    #[must_use]
    pub(crate) fn in_common_with(mut self, other: &Error) -> Self {
        let theirs = other.details.as_deref();
        self.details = self.details.zip(theirs).map(|(ours, theirs)| Box::new(ours.common(theirs)));
        self.hint = self.hint.filter(|hint| other.hint.as_ref() == Some(hint));
        self
    }

    /// Replaces the message.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// Replaces the kind.
    #[must_use]
    pub fn of_kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Sets the hint, unless the error has one already.
    #[must_use]
    pub fn or_hint(self, hint: impl Into<String>) -> Self {
        if self.hint.is_some() { self } else { self.hint(hint) }
    }

    /// Sets the hint: what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Sets the details of the provider's answer.
    #[must_use]
    pub fn details(mut self, details: Details) -> Self {
        self.details = Some(Box::new(details));
        self
    }

    /// Sets the cause: the error of a library or the system, which `--debug` shows. For an error that may repeat a
    /// secret see [`Error::with_cause`].
    #[must_use]
    pub fn caused_by(self, error: &(dyn StdError + 'static)) -> Self {
        self.with_cause(Cause::of(error))
    }

    /// Sets the cause to texts that hold no secrets.
    #[must_use]
    pub fn with_cause(mut self, cause: Cause) -> Self {
        self.cause = Some(Arc::new(cause));
        self
    }

    /// Sets the backend, unless the error names one already.
    #[must_use]
    pub fn from_backend(mut self, backend: &'static str) -> Self {
        self.details.get_or_insert_default().backend.get_or_insert(backend);
        self
    }

    /// Prefixes the message with the operation that failed: "{doing}: {message}".
    #[must_use]
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.message = format!("{doing}: {}", self.message);
        self
    }

    /// Adds what is left: ids of stored files that were uploaded and still exist, or paths in a session.
    #[must_use]
    pub fn leaving(mut self, files: impl IntoIterator<Item = String>) -> Self {
        self.details.get_or_insert_default().left.extend(files);
        self
    }

    /// Returns how work ended that was cleaned up after. The error of the work names what the clean-up left.
    ///
    /// # Errors
    /// That of the work; else that of the clean-up.
    pub fn after_clean_up(ended: Result<()>, cleaned: Result<()>) -> Result<()> {
        match (ended, cleaned) {
            (Err(why), Err(left)) => Err(why.hint(left.message()).leaving(left.left().to_vec())),
            (ended, cleaned) => ended.and(cleaned),
        }
    }

    /// Returns what the failed operation left: ids of stored files, or paths in a session.
    pub fn left(&self) -> &[String] {
        self.details.as_ref().map_or(&[], |details| &details.left)
    }

    /// Returns the kind, which decides the exit code.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns whether the same operation may succeed when it is run again.
    pub fn is_retryable(&self) -> bool {
        self.details.as_ref().is_some_and(|details| details.retryable)
    }

    /// Returns the delay that the service asks for before the next attempt.
    pub fn retry_after(&self) -> Option<Duration> {
        self.details.as_ref().and_then(|details| details.retry_after)
    }

    /// Returns the number of attempts; 0 if unknown.
    pub fn tries(&self) -> u32 {
        self.details.as_ref().map_or(0, |details| details.tries)
    }

    /// Returns whether an attempt may have taken effect: its answer was lost, or is an error that a gateway gives as well.
    pub fn is_uncertain(&self) -> bool {
        self.details.as_ref().is_some_and(|details| details.uncertain)
    }

    /// Returns the HTTP status of the provider's answer.
    pub fn status(&self) -> Option<u16> {
        self.details.as_ref().and_then(|details| details.status)
    }

    /// Returns the provider's machine-readable error code.
    pub fn code(&self) -> Option<&str> {
        self.details.as_ref().and_then(|details| details.code.as_deref())
    }

    /// Returns the message, which is one line.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the texts of the causes, the nearest one first.
    pub fn causes(&self) -> impl Iterator<Item = &str> {
        std::iter::successors(self.cause.as_deref(), |cause| cause.next.as_deref()).map(|cause| cause.text.as_str())
    }

    /// Returns the hint.
    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

/// Serializes the fields of `error` in machine-readable output and in receipts.
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

/// Returns the message of an I/O error in plain words.
pub fn reason(error: &io::Error) -> String {
    IoFault::of(error).words.map_or_else(|| own_words(error), str::to_owned)
}

/// The number of ELOOP: 62 on macOS and other systems that descend from BSD.
const LINK_LOOP: i32 = if cfg!(target_os = "linux") { 40 } else { 62 };

/// The kind, message and hint of an I/O error. [`IoFault::of`] is the only table of errors of operating systems.
struct IoFault {
    kind: Kind,
    /// The message, if those of Rust and the system are unclear or differ between systems.
    words: Option<&'static str>,
    /// The next step for the user.
    hint: Option<String>,
}

impl IoFault {
    fn of(error: &io::Error) -> Self {
        use io::ErrorKind as E;
        let (kind, words, hint) = match error.kind() {
            E::NotFound => (Kind::NotFound, "no such file or directory", ""),
            // The system's message distinguishes a mode that forbids access from an immutable file.
            E::PermissionDenied => (Kind::Io, "", "check the owner and the mode of the path"),
            E::AlreadyExists => (Kind::Conflict, "it already exists", "remove it first, or choose another name"),
            E::DirectoryNotEmpty => (Kind::Conflict, "the directory is not empty", "remove its contents first"),
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
                "free some space and run the command again: no partial data was written",
            ),
            E::QuotaExceeded => (
                Kind::Io,
                "the disk quota is used up",
                "free some space and run the command again: no partial data was written",
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
            E::StaleNetworkFileHandle => (Kind::Io, "the file server no longer has it", "mount the file system again"),
            E::ArgumentListTooLong => {
                (Kind::Limit, "the arguments and variables are too long", "pass long input through stdin or a file")
            }
            E::OutOfMemory => {
                let hint = format!("end other programs, or lower {}", Setting::Jobs);
                return Self::of_words(error, Kind::Io, "there is not enough memory", Some(hint));
            }
            E::TimedOut => (Kind::Io, "it took too long", "run the command again"),
            E::BrokenPipe => (Kind::Io, "the other end of the pipe was closed", ""),
            E::UnexpectedEof => {
                (Kind::Io, "it ended too early", "it was cut off or is being written: run the command again")
            }
            E::WriteZero => (Kind::Io, "it accepts no more data", "free some space and run the command again"),
            E::InvalidData => (Kind::Io, "it is not UTF-8 text", "save it as UTF-8"),
            E::Unsupported => (Kind::Io, "the file system or the system cannot do this", "use another file system"),
            // ENFILE and EMFILE have no `ErrorKind`.
            _ if cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24)) => {
                let hint = format!("raise the limit of open files (`ulimit -n 256`), or lower {}", Setting::Jobs);
                return Self::of_words(error, Kind::Io, "too many open files", Some(hint));
            }
            // ELOOP has no stable `ErrorKind`.
            _ if cfg!(unix) && error.raw_os_error() == Some(LINK_LOOP) => {
                (Kind::Io, "too many links, or a link to itself", "name the file itself, or mend the link")
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

/// Returns an I/O error's message without the `(os error N)` that Rust appends.
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
    fn the_causes_of_an_error_stay_with_its_clones_and_can_be_masked() {
        let inner: Result<u8, _> = "x".parse::<u8>();
        let raw = io::Error::from_raw_os_error(2);
        let error = Error::io("reading `x`", &raw).context("starting").clone();
        assert_eq!(error.source().unwrap().to_string(), raw.to_string());
        assert!(error.source().unwrap().source().is_none());

        let outer = Error::usage("outer").caused_by(&inner.unwrap_err());
        let error =
            Error::usage("a message of its own").with_cause(Cause::of(&outer).map(&|text| text.replace('o', "*")));
        assert_eq!(error.causes().collect::<Vec<_>>(), ["*uter", "invalid digit f*und in string"]);
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
            io::ErrorKind::ArgumentListTooLong,
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
