//! The features and limits of AGB cloud.

use crate::backend::{Capabilities, Feature, IdForm, Limits};
use wharf_core::model::SessionStatus;

/// The features and limits of AGB cloud.
pub static CAPABILITIES: Capabilities = Capabilities {
    backend: "agb",
    account: Some("an API key: AGB_API_KEY"),
    home: "/tmp",
    outputs: "/tmp/outputs",
    proof: "md5, size; sha256 of small text and of bundles",
    jobs: 64,
    limits: Limits { file_bytes: None, session_bytes: None, mounts: None },
    usable: &[SessionStatus::Running],
    features: &[
        Feature::SessionLabels,
        Feature::SessionTtl,
        Feature::SessionResources,
        Feature::SessionImage,
        Feature::SessionTouch,
        Feature::SessionFiles,
        Feature::Verify,
        Feature::SyncUpload,
        Feature::Mkdir,
        Feature::Move,
        Feature::Bundles,
        Feature::Resources,
        Feature::ResourceContext,
        Feature::Exec,
        Feature::ExecLanguage,
        Feature::Interrupt,
    ],
    // The length is assumed (?).
    generated_ids: &[IdForm { prefix: "session-", length: 17, hex: false }],
};
