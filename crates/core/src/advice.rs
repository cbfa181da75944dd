//! Steps, settings and features that messages and hints name, as data.
//!
//! The crates below the command line know what a user can do next, but not how a user does it: the command line
//! spells [`Setting::Jobs`] `--jobs`, another front end spells it otherwise. So a hint names the step or setting
//! as a value, and `Display` asks the [`Vocabulary`] that the front end has installed:
//!
//! ```
//! use wharf_core::advice::{Setting, Step};
//! use wharf_core::error::Error;
//!
//! let wait = Step::WaitForSession { id: "sesn_1", deleted: false };
//! let error = Error::conflict("session `sesn_1` is running").hint(format!("wait for it: {wait}"));
//! let links = Error::conflict("`a` is a link").hint(format!("{} leaves links out", Setting::Links.to("skip")));
//! # assert_eq!(error.hint_text(), Some("wait for it: WaitForSession { id: \"sesn_1\", deleted: false }"));
//! # assert_eq!(links.hint_text(), Some("Links=skip leaves links out"));
//! ```
//!
//! Without a front end, the names of the variants are printed.

use std::fmt;
use std::sync::OnceLock;

use serde::{Serialize, Serializer};

use crate::feature::Feature;

/// The words of a front end for steps, settings and features.
pub trait Vocabulary: Sync {
    /// Returns how the user takes `step`, in quotes where it is code.
    fn step(&self, step: &Step<'_>) -> String;

    /// Returns the name of `setting`, with `value` where one is given.
    fn setting(&self, setting: Setting, value: Option<&str>) -> String;

    /// Returns how the user sets what is missing.
    fn missing(&self, missing: &MissingSetting<'_>) -> String;

    /// Returns the name of `feature`: the verb or the flag that needs it.
    fn feature(&self, feature: Feature) -> &'static str;

    /// Returns what to do on a backend that lacks `feature`.
    fn alternative(&self, feature: Feature) -> String;
}

static VOCABULARY: OnceLock<&'static dyn Vocabulary> = OnceLock::new();

/// Installs the front end's words for this process. The first call wins.
pub fn install(vocabulary: &'static dyn Vocabulary) {
    VOCABULARY.get_or_init(|| vocabulary);
}

impl Feature {
    /// Returns the verb or the flag that needs it, in the words of the front end.
    pub fn name(self) -> &'static str {
        VOCABULARY.get().map_or(self.id(), |words| words.feature(self))
    }

    /// Returns what to do on a backend that lacks it, in the words of the front end.
    pub fn alternative(self) -> String {
        VOCABULARY.get().map_or_else(|| format!("it lacks {}", self.id()), |words| words.alternative(self))
    }
}

impl Serialize for Feature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A step that a user can take next.
///
/// A session, path or id of `None` is one that the user knows and the error does not: the front end writes a
/// placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each step documents its fields")]
pub enum Step<'a> {
    /// Check the configuration and the credentials, of one backend where it is named.
    Diagnose { backend: Option<&'a str> },
    /// Print which configuration file is read.
    ShowConfigPath,
    /// Print the settings.
    ListSettings,
    /// List the backends with what they can do.
    ListBackends,
    /// Create a session with a resource mounted.
    CreateSessionWithResource,
    /// List the sessions.
    ListSessions,
    /// Send a message to the agent of a session.
    Invoke { session: Option<&'a str> },
    /// Follow the turn of a session's agent that runs, or the last one.
    FollowTurn { session: Option<&'a str> },
    /// Stop what the agent of a session does, and the commands that run there.
    Interrupt { session: Option<&'a str> },
    /// Name the program that plays the agent in local sessions.
    SetAgentCommand,
    /// List what happened in a session.
    ListEvents { session: Option<&'a str> },
    /// Print the log of a session.
    ReadLog { session: Option<&'a str> },
    /// Stop a session.
    StopSession { id: Option<&'a str> },
    /// Wait until the session is usable, or until it is gone.
    WaitForSession { id: &'a str, deleted: bool },
    /// Change a label of a session by removing one and setting another in the same command.
    ReplaceLabel,
    /// Delete a session, also while it runs with `force`.
    DeleteSession { id: Option<&'a str>, force: bool },
    /// List the agents.
    ListAgents,
    /// List the versions of an agent.
    ListAgentVersions { agent: &'a str },
    /// List the environments.
    ListEnvironments,
    /// List the stored files, of one session where it is named.
    ListStoredFiles { scope: Option<&'a str> },
    /// Delete a stored file.
    DeleteStoredFile { id: Option<&'a str> },
    /// List the files in a session, from its root.
    ListFiles { session: Option<&'a str> },
    /// List the files below a path with all directories below it.
    ListFilesRecursively,
    /// Print the metadata of a path in a session.
    StatFile,
    /// Create a directory in a session.
    MakeDirectory,
    /// Remove a path in a session.
    RemoveFile { target: Option<&'a str> },
    /// Upload a local path to a target in a session.
    Upload { source: &'a str, target: &'a str },
    /// Download a target to a local path.
    Download { target: &'a str, dest: &'a str },
    /// Print a file and redirect it into `path`, which is written in place.
    PrintInto { path: &'a str },
    /// List what is mounted in a session.
    ListResources { session: Option<&'a str> },
    /// Mount a resource.
    AddResource { session: &'a str, resource: &'a str },
    /// Unmount the resource at a mount path.
    DeleteResourceByPath { session: Option<&'a str> },
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match VOCABULARY.get() {
            Some(words) => f.write_str(&words.step(self)),
            None => write!(f, "{self:?}"),
        }
    }
}

/// A setting that a user can change for one command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the command line's flag of the same name, documented there")]
pub enum Setting {
    Agent,
    AgentVersion,
    All,
    Backend,
    BaseUrl,
    CaCert,
    ConnectTimeout,
    Delete,
    EnvFile,
    Environment,
    Exclude,
    ExpiresIn,
    Fault,
    Header,
    Image,
    Include,
    Jobs,
    Limit,
    Links,
    Listen,
    MaxCost,
    MaxDelete,
    MaxFiles,
    MaxSize,
    Name,
    NoParents,
    NoSettle,
    Receipt,
    Recursive,
    Require,
    Root,
    SessionId,
    Timeout,
    TokenFile,
    Ttl,
    UserIdentity,
}

impl Setting {
    /// Returns the setting with a value.
    pub fn to(self, value: &str) -> SettingValue<'_> {
        SettingValue { setting: self, value }
    }

    /// Returns the setting as one that a call needs and that is not set. It can also be set by a variable, and by a field of
    /// the profile that has the name of the flag.
    pub fn missing<'a>(self, example: &'a str, variable: &'a str) -> MissingSetting<'a> {
        MissingSetting { setting: self, example, variable }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match VOCABULARY.get() {
            Some(words) => f.write_str(&words.setting(*self, None)),
            None => write!(f, "{self:?}"),
        }
    }
}

/// A setting that a call needs and that is not set. It is displayed as the way to set it.
#[derive(Debug, Clone, Copy)]
pub struct MissingSetting<'a> {
    /// The setting.
    pub setting: Setting,
    /// A value, or a word for one.
    pub example: &'a str,
    /// The variable that sets it, too.
    pub variable: &'a str,
}

impl fmt::Display for MissingSetting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match VOCABULARY.get() {
            Some(words) => f.write_str(&words.missing(self)),
            None => write!(f, "set it: {:?}={}", self.setting, self.example),
        }
    }
}

/// A setting with the value that it should have.
#[derive(Debug, Clone, Copy)]
pub struct SettingValue<'a> {
    setting: Setting,
    value: &'a str,
}

impl fmt::Display for SettingValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match VOCABULARY.get() {
            Some(words) => f.write_str(&words.setting(self.setting, Some(self.value))),
            None => write!(f, "{:?}={}", self.setting, self.value),
        }
    }
}
