//! The features and limits of Microsoft Foundry.

use crate::backend::{Capabilities, Feature, IdForm, Limits};
use wharf_core::model::SessionStatus;
use wharf_wire::foundry as wire;

/// The features and limits of Microsoft Foundry.
pub static CAPABILITIES: Capabilities = Capabilities {
    backend: "foundry",
    account: Some(
        "Microsoft Entra: a token, a service principal, a workload or managed identity, `az login` or `azd auth login`",
    ),
    home: "/",
    outputs: "/outputs",
    proof: "bytes_written",
    jobs: 64,
    limits: Limits { file_bytes: Some(wire::UPLOAD_MAX), session_bytes: None, mounts: None },
    // Whether a file call wakes a suspended session no source says.
    usable: &[SessionStatus::Running, SessionStatus::Idle],
    features: &[
        Feature::SessionId,
        Feature::SessionAgent,
        Feature::SessionAgentVersion,
        Feature::CallAgent,
        Feature::SessionStop,
        Feature::SessionFiles,
        Feature::Mkdir,
        Feature::MkdirMode,
        Feature::UserIdentity,
        Feature::IsolationKey,
        Feature::Verify,
        Feature::SyncUpload,
        Feature::Agents,
        Feature::Invoke,
        Feature::InvokeAttach,
        Feature::InvokeConversation,
        Feature::InvokeProtocol,
        Feature::Logs,
        Feature::Interrupt,
    ],
    // Those that the service makes itself have no known form (?).
    generated_ids: &[IdForm::of_wharf("wharf_"), IdForm::of_wharf("run_")],
};
