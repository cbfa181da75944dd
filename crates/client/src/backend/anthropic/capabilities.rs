//! The features and limits of Anthropic's service.

use crate::backend::{Capabilities, Feature, IdForm, Limits};
use wharf_core::model::SessionStatus;
use wharf_wire::anthropic as wire;

/// The features and limits of Anthropic's service.
pub static CAPABILITIES: Capabilities = Capabilities {
    backend: "anthropic",
    account: Some("an API key or a token: ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN"),
    home: wire::resources::UPLOADS,
    outputs: "/mnt/session/outputs",
    proof: "size",
    // About 500 requests about files a minute are allowed [docs], and an upload to a path takes two.
    jobs: 32,
    limits: Limits {
        file_bytes: Some(wire::files::FILE_MAX),
        session_bytes: None,
        mounts: Some(wire::resources::FILES_MAX),
    },
    usable: &[SessionStatus::Idle],
    features: &[
        Feature::SessionTitle,
        Feature::SessionLabels,
        Feature::SessionResources,
        Feature::SessionAgent,
        Feature::SessionAgentVersion,
        Feature::SessionEnvironment,
        Feature::SessionVaults,
        Feature::SessionBudget,
        Feature::SessionFilters,
        Feature::SessionUpdate,
        Feature::SessionArchive,
        Feature::SessionFiles,
        Feature::StoredFiles,
        Feature::FileExpiry,
        Feature::Beta,
        Feature::Resources,
        Feature::ResourceUpdate,
        Feature::ResourceFile,
        Feature::ResourceGithubRepository,
        Feature::ResourceMemoryStore,
        Feature::Agents,
        Feature::AgentFilters,
        Feature::Environments,
        Feature::Invoke,
        Feature::InvokeAttach,
        Feature::InvokeSystem,
        Feature::InvokeTools,
        Feature::Events,
        Feature::Interrupt,
    ],
    generated_ids: &[
        // The length is assumed (?), after other ids of the service.
        IdForm { prefix: "sesn_", length: 24, hex: false },
        IdForm { prefix: "session_", length: 24, hex: false },
    ],
};
