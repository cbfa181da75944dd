//! What a backend can do, as plain data: read before any call, printed by `wharf backends`.

use serde::{Serialize, Serializer};

use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{ResourceKind, SessionStatus};

/// Everything that a backend may lack, named as the user names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the documentation: see `Feature::name`")]
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
    UserIdentity,
    IsolationKey,
}

impl Feature {
    /// The verb or flag as it is typed.
    pub const fn name(self) -> &'static str {
        match self {
            Feature::SessionTitle => "sessions create --title",
            Feature::SessionLabels => "sessions label",
            Feature::SessionTtl => "sessions create --ttl",
            Feature::SessionId => "sessions create --id",
            Feature::SessionResources => "sessions create --resource",
            Feature::SessionAgent => "sessions create --agent",
            Feature::SessionAgentVersion => "sessions create --agent-version",
            Feature::SessionEnvironment => "sessions create --environment",
            Feature::SessionVaults => "sessions create --vault",
            Feature::SessionImage => "sessions create --image",
            Feature::SessionFilters => "sessions list by agent, time or memory store",
            Feature::CallAgent => "--agent with any command",
            Feature::SessionUpdate => "sessions update",
            Feature::SessionTouch => "sessions touch",
            Feature::SessionStop => "sessions stop",
            Feature::SessionArchive => "sessions archive",
            Feature::SessionFiles => "files in a session",
            Feature::Mkdir => "files mkdir",
            Feature::MkdirMode => "files mkdir --mode",
            Feature::Move => "files mv",
            Feature::StoredFiles => "stored files",
            Feature::FileExpiry => "files upload --expires-in",
            Feature::Verify => "files upload --verify",
            Feature::Beta => "--beta",
            Feature::Resources => "resources",
            Feature::ResourceUpdate => "resources update",
            Feature::ResourceFile => "resources of type file",
            Feature::ResourceGithubRepository => "resources of type github_repository",
            Feature::ResourceMemoryStore => "resources of type memory_store",
            Feature::ResourceContext => "resources of type context",
            Feature::UserIdentity => "--user-identity",
            Feature::IsolationKey => "--isolation-key",
        }
    }

    /// What a backend needs to mount a resource of this kind.
    pub const fn of_resource(kind: ResourceKind) -> Self {
        match kind {
            ResourceKind::File => Feature::ResourceFile,
            ResourceKind::GithubRepository => Feature::ResourceGithubRepository,
            ResourceKind::MemoryStore => Feature::ResourceMemoryStore,
            ResourceKind::Context => Feature::ResourceContext,
            ResourceKind::Unknown => Feature::Resources,
        }
    }

    /// What to do on a backend that lacks it.
    pub const fn instead(self) -> &'static str {
        match self {
            Feature::SessionArchive => {
                "`sessions stop` keeps the files and frees the compute; `sessions delete` removes all"
            }
            Feature::SessionUpdate => "a session keeps what it was made with there; `sessions label` changes labels",
            Feature::ResourceUpdate => "unmount it and mount it anew: `resources delete`, `resources add`",
            Feature::SessionLabels => "keep the ids of the sessions that belong together: `sessions create -q >ids`",
            Feature::CallAgent => {
                "it is for `sessions create`; `sessions list --agent-id` lists an agent's sessions where the service can"
            }
            Feature::SessionTouch => "using the session keeps it: upload a file, or list one",
            Feature::SessionStop => "`sessions delete` removes it with its files; until then it stays as it is",
            Feature::StoredFiles => "files live in sessions here: `wharf files ls SESSION:/`",
            Feature::Resources | Feature::ResourceFile => {
                "upload into the session instead: `wharf files upload ./file SESSION:/path`"
            }
            Feature::Move => "upload to the new path and remove the old one",
            Feature::Mkdir => "uploading a file makes its parents",
            Feature::Verify => "what was uploaded cannot be read back there; its length is compared anyway",
            Feature::ResourceGithubRepository => {
                "clone it and upload the tree: `wharf files upload ./repo SESSION:/repo`"
            }
            Feature::ResourceMemoryStore | Feature::ResourceContext => {
                "upload the files: `wharf files upload ./dir SESSION:/dir`"
            }
            _ => "leave it out, or choose a backend that has it: see `wharf backends`",
        }
    }
}

impl Serialize for Feature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// What a backend can do and how much it takes.
#[derive(Debug, Serialize)]
pub struct Capabilities {
    /// The backend's name.
    pub backend: &'static str,
    /// What account or credential it needs.
    pub account: Option<&'static str>,
    /// Where relative session paths lie.
    pub home: &'static str,
    /// How far it can prove an upload.
    pub proof: &'static str,
    /// Files that are best moved at once.
    pub jobs: u32,
    /// How much it takes.
    pub limits: Limits,
    /// The statuses in which a session can be used: what `sessions wait` waits for.
    pub usable: &'static [SessionStatus],
    /// What it has.
    pub features: &'static [Feature],
}

impl Capabilities {
    /// Whether it has something.
    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// Returns the `unsupported` error for `feature`, with what to do instead as its hint.
    pub fn unsupported(&self, feature: Feature) -> Error {
        let what = format!("backend `{}` cannot do this: `{}`", self.backend, feature.name());
        Error::new(Kind::Unsupported, what).hint(feature.instead())
    }

    /// Checks that the backend has all of `features`.
    ///
    /// # Errors
    /// `unsupported` for the first one that it lacks.
    pub(crate) fn require_all(&self, mut features: impl Iterator<Item = Feature>) -> Result<()> {
        features.find(|feature| !self.has(*feature)).map_or(Ok(()), |feature| Err(self.unsupported(feature)))
    }
}

/// How much a backend takes; `null` where it sets no limit that is known.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Limits {
    /// Bytes of one file.
    pub file_bytes: Option<u64>,
    /// Bytes of all files of a session.
    pub session_bytes: Option<u64>,
    /// Resources mounted in a session.
    pub mounts: Option<u32>,
}
