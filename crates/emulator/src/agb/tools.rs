//! Calls of tools, through the API and on the direct route.

use bytes::Bytes;
use hyper::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::query::required;
use super::session::{AgbSession, home};
use super::{AgbEmulator, ApiError, ApiResult, DOCUMENT_MAX, good, value};
use crate::answer::{self, HttpResponse};
use crate::faults::{REQUESTED, ResultForm};
use crate::request::{ApiRequest, ResponseFault};
use wharf_client::backend::FetchOptions;
use wharf_core::error::{Error, Kind};
use wharf_core::model::RemotePath;
use wharf_wire::agb as wire;
use wharf_wire::agb::name;
use wharf_wire::agb::text::ToolError;
use wharf_wire::url::Query;

/// The tools of every image: name, server, arguments that are needed, and others.
const TOOLS: &[(&str, &str, &[&str], &[&str])] = &[
    (name::CREATE_DIRECTORY, FILES, &["path"], &[]),
    (name::LIST_DIRECTORY, FILES, &["path"], &[]),
    (name::GET_FILE_INFO, FILES, &["path"], &[]),
    (name::READ_FILE, FILES, &["path"], &["offset", "length", "format"]),
    (name::WRITE_FILE, FILES, &["path", "content"], &["mode"]),
    (name::EDIT_FILE, FILES, &["path", "edits"], &["dryRun"]),
    (name::MOVE_FILE, FILES, &["source", "destination"], &[]),
    (name::DELETE_FILE, FILES, &["path"], &[]),
    (name::SEARCH_FILES, FILES, &["path", "pattern"], &["excludePatterns"]),
    (name::READ_MULTIPLE_FILES, FILES, &["paths"], &[]),
    (name::GET_FILE_CHANGE, FILES, &["path"], &[]),
    (name::SHELL, "wuying_shell", &["command"], &["timeout_ms", "cwd", "envs"]),
    (name::RUN_CODE, "wuying_codespace", &["code", "language"], &["timeout_s"]),
    (name::GET_METRICS, "wuying_system", &[], &[]),
];

/// The server of the tools for files.
const FILES: &str = "wuying_filesystem";

/// What a tool gives: text, or why not.
pub(super) type ToolCallResult<T = String> = std::result::Result<T, ToolError>;

/// Returns the list of tools, as JSON.
pub(super) fn list() -> String {
    let of = |(name, server, needed, others): &(&str, &str, &[&str], &[&str])| {
        let properties: Map<String, Value> =
            needed.iter().chain(*others).map(|argument| ((*argument).to_owned(), json!({}))).collect();
        wire::ToolDescription {
            name: (*name).to_owned(),
            server: Some((*server).to_owned()),
            description: Some(format!("the tool {name}")),
            input_schema: Some(json!({ "type": "object", "required": needed, "properties": properties })),
            tool: Some((*name).to_owned()),
        }
    };
    serde_json::to_string(&TOOLS.iter().map(of).collect::<Vec<_>>()).unwrap_or_default()
}

/// Returns an error of a tool for a wrong argument.
pub(super) fn wrong(message: impl Into<String>) -> ToolError {
    ToolError { code: Some(ToolError::INVALID), message: message.into() }
}

/// Returns an error of the store in a tool's words.
pub(super) fn trouble(doing: &str, path: &str, error: &Error) -> ToolError {
    wrong(format!("{doing}: {path}, error: {}", reason(error)))
}

/// Returns why the store refuses, without the path: a system's tools name it before the reason.
pub(super) fn reason(error: &Error) -> &str {
    match error.kind() {
        Kind::NotFound => "No such file or directory",
        _ => error.message().split_once(": `").map_or(error.message(), |(reason, _)| reason),
    }
}

/// Returns the path that an argument means.
pub(super) fn path_of(text: &str, from: &RemotePath) -> ToolCallResult<RemotePath> {
    if text.is_empty() {
        return Err(wrong("a path is empty"));
    }
    RemotePath::resolve(text, from).map_err(|e| wrong(e.message()))
}

/// Returns a tool's arguments.
fn arguments<T: DeserializeOwned>(args: Map<String, Value>) -> ToolCallResult<T> {
    wire::arguments(args).map_err(|e| wrong(format!("bad arguments: {e}")))
}

impl AgbEmulator {
    /// Lists the tools of an image; all images have the same.
    pub(super) fn list_tools(query: &Query) -> ApiResult<HttpResponse> {
        required(query, "imageId")?;
        Ok(good(list().into()))
    }

    pub(super) async fn call_tool(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let call: wire::ToolRequest = request.document(DOCUMENT_MAX).await?;
        // Without `autoGenSession=false` the service may start a new session for one that is gone
        // [sibling]. Here that is refused as with it; one that is there takes the call either way:
        // SDKs up to 0.4.1 do not send it.
        let found = self.find(&call.session_id).await?;
        let args = call.arguments().map_err(|e| ApiError::bad(format!("args is a JSON object in a string: {e}")))?;
        let size = call.args.as_deref().map_or(0, str::len);
        Ok(good(value(self.tool(&found, &call.name, args, size, request.response_fault).await)))
    }

    /// Answers a call on the direct route. Its errors have no defined form; the SDKs only read the status.
    pub(super) async fn call_directly(&self, id: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let refused = |status, message: &str| Ok(answer::json(status, &json!({ "message": message })));
        let call: wire::DirectCall = request.document(DOCUMENT_MAX).await?;
        let header = request.headers.get(wire::TOKEN_HEADER).and_then(|value| value.to_str().ok());
        let token = self.signer.token(id);
        if header != Some(&*token) || call.token != token {
            return refused(StatusCode::UNAUTHORIZED, "token expired");
        }
        let Ok(found) = self.find(id).await else {
            return refused(StatusCode::UNAUTHORIZED, "token expired");
        };
        let known = TOOLS.iter().find(|(name, ..)| *name == call.tool);
        if known.is_some_and(|(_, server, ..)| *server != call.server) {
            return refused(StatusCode::BAD_REQUEST, "this server does not have the tool");
        }
        let size = serde_json::to_string(&call.args).map_or(0, |args| args.len());
        let result = self.tool(&found, &call.tool, call.args, size, request.response_fault).await;
        let data = json!({ "result": result }).to_string();
        Ok(answer::json(StatusCode::OK, &json!({ "code": 200, "requestId": call.request_id, "data": data })))
    }

    /// Calls a tool whose arguments are `size` bytes of JSON.
    async fn tool(
        &self,
        found: &AgbSession,
        name: &str,
        args: Map<String, Value>,
        size: usize,
        fault: ResponseFault,
    ) -> wire::ToolResult {
        let done = if fault.inside {
            Err(ToolError { code: None, message: REQUESTED.to_owned() })
        } else if size > wire::MESSAGE_MAX {
            Err(wrong(format!("the arguments have {size} bytes, a message at most {}", wire::MESSAGE_MAX)))
        } else {
            self.used(found, name, args, fault.result).await
        };
        match done {
            Ok(result) => result,
            // The store has another name for the session.
            Err(e) => wire::ToolResult::text(e.to_string().replace(found.session.id.as_str(), &found.id), true),
        }
    }

    async fn used(
        &self,
        found: &AgbSession,
        name: &str,
        args: Map<String, Value>,
        form: Option<ResultForm>,
    ) -> ToolCallResult<wire::ToolResult> {
        let text = match (name, &self.runner) {
            (name::SHELL, Some(runner)) => return self.run_shell(runner, found, &arguments(args)?, form).await,
            (name::RUN_CODE, Some(runner)) => return self.run_code(runner, found, &arguments(args)?, form).await,
            _ => self.pass_tool(found, name, args).await?,
        };
        Ok(wire::ToolResult::text(text, false))
    }

    async fn pass_tool(&self, found: &AgbSession, name: &str, args: Map<String, Value>) -> ToolCallResult {
        match name {
            name::CREATE_DIRECTORY => self.create_directory(found, &arguments::<wire::PathOnly>(args)?.path).await,
            name::LIST_DIRECTORY => self.list_directory(found, &arguments::<wire::PathOnly>(args)?.path).await,
            name::GET_FILE_INFO => self.file_info(found, &arguments::<wire::PathOnly>(args)?.path).await,
            name::READ_FILE => self.read_file(found, &arguments(args)?).await,
            name::WRITE_FILE => self.write_file(found, arguments(args)?).await,
            name::EDIT_FILE => self.edit_file(found, arguments(args)?).await,
            name::MOVE_FILE => self.move_file(found, &arguments(args)?).await,
            name::DELETE_FILE => self.delete_file(found, &arguments::<wire::PathOnly>(args)?.path).await,
            name::SEARCH_FILES => self.search_files(found, &arguments(args)?).await,
            name::READ_MULTIPLE_FILES => self.read_files(found, &arguments::<wire::ReadFiles>(args)?.paths).await,
            name::GET_FILE_CHANGE => self.file_change(found, &arguments::<wire::PathOnly>(args)?.path).await,
            name::SHELL => self.shell(found, &arguments(args)?).await,
            name::RUN_CODE => {
                let asked: wire::RunCode = arguments(args)?;
                Err(ToolError { code: None, message: format!("the emulator does not run {}", asked.language) })
            }
            // Nothing runs, and nothing is measured.
            name::GET_METRICS => Ok(json!({
                "cpu_count": 1, "cpu_used_pct": 0.0, "mem_total": 0, "mem_used": 0, "disk_total": 0, "disk_used": 0,
                "rx_rate_kbyte_per_s": 0.0, "tx_rate_kbyte_per_s": 0.0, "rx_used_kbyte": 0.0, "tx_used_kbyte": 0.0,
                "timestamp": answer::now(),
            })
            .to_string()),
            _ => Err(ToolError { code: None, message: format!("Tool {name} not found") }),
        }
    }

    /// Returns all bytes of a file, or those of a range, following links.
    pub(super) async fn bytes(
        &self,
        found: &AgbSession,
        path: &RemotePath,
        first: u64,
        len: Option<u64>,
    ) -> Result<Bytes, Error> {
        let files = self.files();
        let entry = self.look(found, path).await?;
        let (at, size) = (found.at(entry.path), entry.size.unwrap_or_default());
        let range = (first > 0 || len.is_some()).then(|| wharf_client::backend::ByteRange {
            first,
            last: len.map(|len| first.saturating_add(len).saturating_sub(1)),
        });
        if range.is_some() && (first >= size || len == Some(0)) {
            return Ok(Bytes::new());
        }
        let mut body = files.fetch(&at, FetchOptions { range, ..FetchOptions::default() }).await?.body;
        let mut all = Vec::new();
        while let Some(block) = body.next().await? {
            all.extend_from_slice(&block);
        }
        Ok(all.into())
    }

    /// Returns the path that an argument of a tool for files means.
    pub(super) fn path(text: &str) -> ToolCallResult<RemotePath> {
        path_of(text, &home())
    }
}

#[cfg(test)]
mod tests {
    use super::super::calls::{CALLS, call_name};
    use super::*;

    #[test]
    fn faults_have_a_name_for_the_calls_of_each_tool_on_both_routes() {
        assert_eq!(TOOLS.len(), CALLS.len());
        for (name, call) in TOOLS.iter().map(|(name, ..)| name).zip(CALLS) {
            assert_eq!(call, format!("tools.call.{name}"));
            assert_eq!(call_name(json!({ "name": name, "args": "{}" }).to_string().as_bytes()), Some(call));
            assert_eq!(call_name(json!({ "tool": name, "server": "s" }).to_string().as_bytes()), Some(call));
        }
        assert_eq!(call_name(b"{\"name\":\"odd\"}").or(call_name(b"{")), None);
    }
}
