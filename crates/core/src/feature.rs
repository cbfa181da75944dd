//! The features that a backend may have.

use serde::{Serialize, Serializer};

use crate::advice;

/// Something that a backend may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the documentation; the front end has words for them")]
pub enum Feature {
    SessionTitle,
    SessionLabels,
    SessionTtl,
    SessionId,
    SessionResources,
    SessionAgent,
    SessionAgentVersion,
    SessionEnvironment,
    SessionVaults,
    SessionImage,
    SessionFilters,
    CallAgent,
    SessionUpdate,
    SessionTouch,
    SessionStop,
    SessionArchive,
    SessionFiles,
    Mkdir,
    MkdirMode,
    Move,
    StoredFiles,
    FileExpiry,
    Verify,
    Beta,
    Resources,
    ResourceUpdate,
    ResourceFile,
    ResourceGithubRepository,
    ResourceMemoryStore,
    ResourceContext,
    Exec,
    ExecTerminal,
    ExecLanguage,
    UserIdentity,
    IsolationKey,
}

impl Feature {
    /// Returns the feature's name where no front end has named it.
    pub const fn id(self) -> &'static str {
        match self {
            Feature::SessionTitle => "session-title",
            Feature::SessionLabels => "session-labels",
            Feature::SessionTtl => "session-ttl",
            Feature::SessionId => "session-id",
            Feature::SessionResources => "session-resources",
            Feature::SessionAgent => "session-agent",
            Feature::SessionAgentVersion => "session-agent-version",
            Feature::SessionEnvironment => "session-environment",
            Feature::SessionVaults => "session-vaults",
            Feature::SessionImage => "session-image",
            Feature::SessionFilters => "session-filters",
            Feature::CallAgent => "call-agent",
            Feature::SessionUpdate => "session-update",
            Feature::SessionTouch => "session-touch",
            Feature::SessionStop => "session-stop",
            Feature::SessionArchive => "session-archive",
            Feature::SessionFiles => "session-files",
            Feature::Mkdir => "mkdir",
            Feature::MkdirMode => "mkdir-mode",
            Feature::Move => "move",
            Feature::StoredFiles => "stored-files",
            Feature::FileExpiry => "file-expiry",
            Feature::Verify => "verify",
            Feature::Beta => "beta",
            Feature::Resources => "resources",
            Feature::ResourceUpdate => "resource-update",
            Feature::ResourceFile => "resource-file",
            Feature::ResourceGithubRepository => "resource-github-repository",
            Feature::ResourceMemoryStore => "resource-memory-store",
            Feature::ResourceContext => "resource-context",
            Feature::Exec => "exec",
            Feature::ExecTerminal => "exec-terminal",
            Feature::ExecLanguage => "exec-language",
            Feature::UserIdentity => "user-identity",
            Feature::IsolationKey => "isolation-key",
        }
    }

    /// Returns the verb or the flag that needs it, in the words of the front end.
    pub fn name(self) -> &'static str {
        advice::feature_name(self)
    }

    /// Returns what to do on a backend that lacks it, in the words of the front end.
    pub fn alternative(self) -> String {
        advice::alternative(self)
    }
}

impl Serialize for Feature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
