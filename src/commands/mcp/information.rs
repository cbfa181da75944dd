//! The tool that describes the server.

use serde_json::json;

use super::call::McpCall;
use super::results::ToolOutput;
use wharf_core::error::Result;
use wharf_core::platform::shown;

pub(super) fn get(call: &McpCall<'_>) -> Result<ToolOutput> {
    let (host, capabilities, settings) = (call.host, call.backend.capabilities(), call.host.cx.settings()?);
    ToolOutput::of(&json!({
        "backend": capabilities.backend,
        "profile": settings.profile.value,
        "agent": settings.agent.value,
        "home": capabilities.home,
        "outputs": capabilities.outputs,
        "features": capabilities.features.iter().map(|feature| feature.id()).collect::<Vec<_>>(),
        "limits": {
            "inline_text_bytes": host.limits.text,
            "inline_base64_bytes": host.limits.base64,
            "exec_stream_bytes": super::exec::STREAM_BYTES,
            "file_bytes": call.backend.limits().file_bytes,
        },
        "roots": host.roots.paths().map(shown).collect::<Vec<_>>(),
        "read_only": host.read_only,
    }))
}
