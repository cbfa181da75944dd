//! The features and limits of the local backend.

use crate::backend::{Capabilities, Feature, IdForm, Limits};
use wharf_core::model::SessionStatus;

/// The default limits, which are those of the vendors.
pub(super) const LIMITS: Limits = Limits { file_bytes: None, session_bytes: Some(10 << 30), mounts: Some(100) };

/// The features and limits of the local backend.
pub static CAPABILITIES: Capabilities = Capabilities {
    backend: "local",
    account: None,
    home: "/",
    outputs: "/outputs",
    proof: "sha256",
    // Of one disk by one thread, several at once are no faster.
    jobs: 1,
    limits: LIMITS,
    usable: &[SessionStatus::Running],
    features: &[
        Feature::SessionTitle,
        Feature::SessionLabels,
        Feature::SessionUpdate,
        Feature::SessionTtl,
        Feature::SessionId,
        Feature::SessionResources,
        Feature::SessionAgent,
        Feature::SessionAgentVersion,
        Feature::SessionEnvironment,
        Feature::SessionVaults,
        Feature::SessionImage,
        Feature::SessionTouch,
        Feature::SessionStop,
        Feature::SessionFiles,
        Feature::Mkdir,
        Feature::MkdirMode,
        Feature::Move,
        Feature::Exec,
        Feature::ExecTerminal,
        Feature::Invoke,
        Feature::Events,
        Feature::Logs,
        Feature::Interrupt,
        Feature::StoredFiles,
        Feature::Verify,
        Feature::SyncUpload,
        Feature::Beta,
        Feature::Resources,
        Feature::ResourceFile,
    ],
    generated_ids: &[IdForm::of_wharf("sesn_"), IdForm::of_wharf("run_")],
};
