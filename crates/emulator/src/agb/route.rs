//! Paths and methods, and which call they mean.

use hyper::Method;

use super::{Refusal, Result};
use wharf_wire::agb::path;

/// What faults and the log call the calls.
pub(crate) const OPERATIONS: &[&str] = &[
    "sessions.create",
    "sessions.list",
    "sessions.get",
    "sessions.status",
    "sessions.info",
    "sessions.touch",
    "sessions.label",
    "sessions.labels",
    "sessions.delete",
    "sessions.link",
    "tools.list",
    "tools.call",
    "files.upload",
    "files.download",
    "contexts.load",
    "contexts.upload_url",
    "contexts.download_url",
    "contexts.sync",
    "contexts.status",
    "contexts.list",
    "contexts.get",
    "contexts.rename",
    "contexts.clear",
    "contexts.delete",
    "contexts.files",
    "contexts.delete_file",
    UNKNOWN,
];

/// What is no call.
pub(super) const UNKNOWN: &str = "unknown";

/// Where a session's tools are called without the API; what follows is its id and `/callTool`.
pub(super) const LINK: &str = "/link/";

/// Where objects are; what follows is their context and their path.
pub(super) const OBJECTS: &str = "/oss/";

/// A call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    CreateSession,
    ListSessions,
    GetSession,
    SessionStatus,
    SessionInfo,
    Touch,
    SetLabels,
    GetLabels,
    Release,
    Link,
    CdpLink,
    ListTools,
    UseTool,
    UseDirectly,
    PutObject,
    GetObject,
    LoadContext,
    UploadUrl,
    DownloadUrl,
    Sync,
    SyncStatus,
    ListContexts,
    GetContext,
    RenameContext,
    ClearContext,
    DeleteContext,
    ContextFiles,
    DeleteContextFile,
}

impl Call {
    /// The call of a path. What is no call is 404, a call of another method 405.
    pub(super) fn find(method: &Method, at: &str) -> Result<Self> {
        // A client that was given an endpoint with a slash at its end sends two [recorded].
        let at = if at.starts_with("//") { at.trim_start_matches('/') } else { at.strip_prefix('/').unwrap_or(at) };
        let known = TABLE.iter().find(|(path, ..)| path.trim_start_matches('/') == at);
        let (get, put) = (*method == Method::GET, *method == Method::PUT);
        if let Some((_, wanted, call)) = known {
            let fits = if *wanted == "GET" { get } else { *method == Method::POST };
            return if fits { Ok(*call) } else { Err(Refusal::method(method)) };
        }
        if at.starts_with(&LINK[1..]) && at.ends_with("/callTool") {
            return if *method == Method::POST { Ok(Call::UseDirectly) } else { Err(Refusal::method(method)) };
        }
        if at.starts_with(&OBJECTS[1..]) {
            return match (get, put) {
                (true, _) => Ok(Call::GetObject),
                (_, true) => Ok(Call::PutObject),
                _ => Err(Refusal::method(method)),
            };
        }
        Err(Refusal::no_call())
    }

    /// What faults and the log call it.
    pub(super) fn operation(self) -> &'static str {
        match self {
            Call::CreateSession => "sessions.create",
            Call::ListSessions => "sessions.list",
            Call::GetSession => "sessions.get",
            Call::SessionStatus => "sessions.status",
            Call::SessionInfo => "sessions.info",
            Call::Touch => "sessions.touch",
            Call::SetLabels => "sessions.label",
            Call::GetLabels => "sessions.labels",
            Call::Release => "sessions.delete",
            Call::Link | Call::CdpLink => "sessions.link",
            Call::ListTools => "tools.list",
            Call::UseTool | Call::UseDirectly => "tools.call",
            Call::PutObject => "files.upload",
            Call::GetObject => "files.download",
            Call::LoadContext => "contexts.load",
            Call::UploadUrl => "contexts.upload_url",
            Call::DownloadUrl => "contexts.download_url",
            Call::Sync => "contexts.sync",
            Call::SyncStatus => "contexts.status",
            Call::ListContexts => "contexts.list",
            Call::GetContext => "contexts.get",
            Call::RenameContext => "contexts.rename",
            Call::ClearContext => "contexts.clear",
            Call::DeleteContext => "contexts.delete",
            Call::ContextFiles => "contexts.files",
            Call::DeleteContextFile => "contexts.delete_file",
        }
    }
}

/// The paths that are one call with one method.
const TABLE: &[(&str, &str, Call)] = &[
    (path::CREATE_SESSION, "POST", Call::CreateSession),
    (path::LIST_SESSION, "GET", Call::ListSessions),
    (path::GET_SESSION, "POST", Call::GetSession),
    (path::GET_SESSION_INFO, "POST", Call::SessionStatus),
    (path::GET_MCP_RESOURCE, "POST", Call::SessionInfo),
    (path::REFRESH_IDLE_TIME, "POST", Call::Touch),
    (path::SET_LABEL, "POST", Call::SetLabels),
    (path::GET_LABEL, "GET", Call::GetLabels),
    (path::RELEASE_SESSION_ASYNC, "POST", Call::Release),
    (path::RELEASE_SESSION, "POST", Call::Release),
    (path::GET_LINK, "GET", Call::Link),
    (path::GET_CDP_LINK, "POST", Call::CdpLink),
    (path::LIST_TOOLS, "POST", Call::ListTools),
    (path::CALL_TOOL, "POST", Call::UseTool),
    (path::INTERNAL_CONTEXT, "POST", Call::LoadContext),
    (path::UPLOAD_URL, "POST", Call::UploadUrl),
    (path::DOWNLOAD_URL, "POST", Call::DownloadUrl),
    (path::SYNC_CONTEXT, "POST", Call::Sync),
    (path::CONTEXT_INFO, "GET", Call::SyncStatus),
    (path::LIST_CONTEXTS, "GET", Call::ListContexts),
    (path::GET_CONTEXT, "GET", Call::GetContext),
    (path::MODIFY_CONTEXT, "POST", Call::RenameContext),
    (path::CLEAR_CONTEXT, "POST", Call::ClearContext),
    (path::DELETE_CONTEXT, "POST", Call::DeleteContext),
    (path::CONTEXT_FILES, "POST", Call::ContextFiles),
    (path::DELETE_CONTEXT_FILE, "POST", Call::DeleteContextFile),
];

/// Whether a path is one of this service.
pub(super) fn claims(at: &str) -> bool {
    let at = at.trim_start_matches('/');
    at == "mcp" || ["mcp/", "sdk/", "internet/", "link/", "oss/"].iter().any(|start| at.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(method: &Method, path: &str) -> Result<Call, u16> {
        Call::find(method, path).map_err(|refusal| refusal.status.as_u16())
    }

    #[test]
    fn calls_by_method_and_path() {
        let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
        for (method, path, call) in [
            (&post, "/mcp", Call::UseTool),
            (&get, "//sdk/ListSession", Call::ListSessions),
            (&post, "/mcp/releaseSession", Call::Release),
            (&post, "/link/session-1/callTool", Call::UseDirectly),
            (&put, "/oss/SdkCtx-1/a/b%20c", Call::PutObject),
            (&get, "/oss/SdkCtx-1/a", Call::GetObject),
        ] {
            assert_eq!(find(method, path), Ok(call), "{method} {path}");
        }
        assert_eq!(find(&get, "/mcp"), Err(405));
        assert_eq!(find(&post, "/oss/c/a"), Err(405));
        assert_eq!(find(&get, "/link/s/callTool"), Err(405));
        assert_eq!(find(&post, "/mcp/pauseSession"), Err(404));
        assert_eq!(find(&post, "/link/s/other"), Err(404));
    }

    #[test]
    fn every_call_is_claimed_and_known_to_faults() {
        for (path, _, call) in TABLE {
            assert!(claims(path), "{path}");
            assert!(OPERATIONS.contains(&call.operation()), "{path}");
        }
        for call in [Call::PutObject, Call::GetObject, Call::UseDirectly] {
            assert!(OPERATIONS.contains(&call.operation()), "{call:?}");
        }
        assert!(!claims("/api/projects/p") && !claims("/mcpx") && !claims("/v1/sessions"));
    }
}
