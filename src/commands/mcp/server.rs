//! The protocol: requests of the client become calls, which the host works on.

use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, CustomRequest, CustomResult, ErrorCode, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::{Map, Value, json};
use tokio::sync::{mpsc, oneshot};

use super::bounded::shorten_error;
use super::message::CALL_TOOL;
use super::results;
use wharf_core::error::Error;

/// What a client reads about the server when it connects.
const INSTRUCTIONS: &str = "Sessions are isolated file systems in which an agent or commands work. Usual order: \
    session_create, session_file_upload, agent_invoke or session_exec, session_file_list, session_file_download, \
    session_delete. Paths are relative to the session's home. Errors have a kind and a hint.";

/// What it reads besides if directories of this machine are shared.
const LOCAL_FILES: &str = " Prefer localPath for files on this machine: their bytes do not pass through the model.";

/// A call of a tool.
pub(super) struct McpRequest {
    pub(super) name: String,
    pub(super) arguments: Map<String, Value>,
    pub(super) context: RequestContext<RoleServer>,
    /// Takes the result.
    pub(super) answer: oneshot::Sender<CallToolResult>,
}

/// Passes calls to the host: the context of a command stays in one thread, and requests are tasks of their own.
pub(super) struct McpServer {
    calls: mpsc::UnboundedSender<McpRequest>,
    tools: Arc<Vec<Tool>>,
    /// Whether directories of this machine are shared.
    local_files: bool,
}

impl McpServer {
    /// Returns a server with these tools, and the calls that it receives.
    pub(super) fn new(tools: Arc<Vec<Tool>>, local_files: bool) -> (Self, mpsc::UnboundedReceiver<McpRequest>) {
        let (calls, requests) = mpsc::unbounded_channel();
        (McpServer { calls, tools, local_files }, requests)
    }
}

impl ServerHandler for McpServer {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("wharf", env!("CARGO_PKG_VERSION")))
            .with_instructions(format!("{INSTRUCTIONS}{}", if self.local_files { LOCAL_FILES } else { "" }))
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items((*self.tools).clone()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let (answer, result) = oneshot::channel();
        let request = McpRequest {
            name: request.name.into_owned(),
            arguments: request.arguments.unwrap_or_default(),
            context,
            answer,
        };
        let stopped = || ErrorData::internal_error("the server is stopping", None);
        self.calls.send(request).map_err(|_| stopped())?;
        result.await.map(CallToolResponse::from).map_err(|_| stopped())
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        if request.method == CALL_TOOL {
            let error = Error::usage("a call of a tool has a `name`, which is a string, and `arguments`, an object");
            return Ok(CustomResult::new(json!(results::failure(&error))));
        }
        let message = format!("the method is unknown: {}", shorten_error(&request.method));
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, message, None))
    }
}
