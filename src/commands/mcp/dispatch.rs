//! Runs calls: each tool's name leads to its function.

use rmcp::model::CallToolResult;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::call::{McpCall, ToolHost};
use super::catalog::ToolKind;
use super::limits::PATIENCE;
use super::progress::CallProgress;
use super::results::ToolOutput;
use super::server::McpRequest;
use super::{agent, arguments, exec, files, history, information, resources, sessions};
use wharf_core::error::{Error, Kind, Result};
use wharf_transfer::cancellation::{Cancellation, cancel_error};

/// Runs a call and answers it. A call that is cancelled ends as soon as its work allows.
pub(super) async fn answer(host: &ToolHost<'_>, request: McpRequest) {
    let McpRequest { name, arguments, context, answer } = request;
    if context.ct.is_cancelled() {
        // It was cancelled while it waited for others.
        return drop(answer.send(ToolOutput::from(cancel_error(Kind::Interrupted)).into_result(None)));
    }
    let cancellation = Cancellation::default();
    let progress = CallProgress::new(&context, &cancellation);
    let mut work = Box::pin(run(host, &name, arguments, progress, &cancellation));
    let why = tokio::select! {
        biased;
        // From now on, no answer reaches the client: work that makes something undoes it.
        () = context.ct.cancelled() => Kind::Interrupted,
        // Work that waits for nothing is done, also if the client has left meanwhile.
        result = &mut work => return drop(answer.send(result)),
        error = host.stop.cancelled() => error.kind(),
    };
    if cancellation.is_registered() {
        cancellation.cancel(why);
        if let Ok(result) = timeout(PATIENCE, work).await {
            if result.is_error == Some(true) {
                // A client that cancelled a call gets no answer: what was left behind is told here.
                note_left(host, &name, &result);
            }
            return drop(answer.send(result));
        }
    } else {
        drop(work);
    }
    drop(answer.send(ToolOutput::from(cancel_error(why)).into_result(None)));
}

/// Tells on stderr how a call ended that was stopped.
fn note_left(host: &ToolHost<'_>, tool: &str, result: &CallToolResult) {
    let error = result.structured_content.as_ref().and_then(|content| content.get("error"));
    let text = |name: &str| error.and_then(|error| error.get(name)).and_then(Value::as_str);
    let said: Vec<_> = [text("message"), text("hint")].into_iter().flatten().collect();
    host.cx.out.note(format!("note: {tool} was stopped: {}", said.join("; ")));
}

async fn run(
    host: &ToolHost<'_>,
    name: &str,
    mut arguments: Map<String, Value>,
    progress: CallProgress<'_>,
    cancellation: &Cancellation,
) -> CallToolResult {
    let tool = match host.catalog.find(name) {
        Ok(tool) => tool,
        Err(error) => return ToolOutput::from(with_hint(host.cx.with_backend_name(error))).into_result(None),
    };
    let output = async {
        arguments::check(&tool.input, &mut arguments)?;
        let backend = host.backend(&arguments)?;
        let call = McpCall { host, backend, progress, cancellation, arguments: arguments.into() };
        dispatch(&call, tool.kind).await
    };
    let output = output.await.unwrap_or_else(ToolOutput::from);
    let error = output.error.map(|error| with_hint(host.cx.with_backend_name(error)));
    ToolOutput { error, ..output }.into_result(tool.output.as_ref())
}

/// Adds the next step to an error that names none.
fn with_hint(error: Error) -> Error {
    let hint = match error.kind() {
        Kind::Usage => "tools/list describes the arguments of each tool",
        Kind::Unsupported => "tools/list and backend_get show what this server can do",
        Kind::NotFound => "list what exists, and check the id or the path",
        Kind::Conflict => "look at what exists, then choose another name or replace it",
        Kind::Limit => "send or ask for less at once",
        Kind::Unavailable | Kind::Unverified | Kind::Deadline => {
            "nothing is known to be wrong with the call: try again"
        }
        _ => return error,
    };
    error.or_hint(hint)
}

async fn dispatch(call: &McpCall<'_>, kind: ToolKind) -> Result<ToolOutput> {
    match kind {
        ToolKind::BackendGet => information::get(call),
        ToolKind::SessionCreate => sessions::create(call).await,
        ToolKind::SessionGet => sessions::get(call).await,
        ToolKind::SessionList => sessions::list(call).await,
        ToolKind::SessionStop => sessions::stop(call).await,
        ToolKind::SessionDelete => sessions::delete(call).await,
        ToolKind::FileUpload => files::upload(call).await,
        ToolKind::FileDownload => files::download(call).await,
        ToolKind::FileList => files::list(call).await,
        ToolKind::FileStat => files::stat(call).await,
        ToolKind::FileMkdir => files::mkdir(call).await,
        ToolKind::FileDelete => files::delete(call).await,
        ToolKind::AgentInvoke => agent::invoke(call).await,
        ToolKind::SessionConfirm => agent::confirm(call).await,
        ToolKind::SessionInterrupt => sessions::interrupt(call).await,
        ToolKind::SessionEvents => history::events(call).await,
        ToolKind::SessionLogstream => history::logs(call).await,
        ToolKind::SessionExec => exec::run(call).await,
        ToolKind::ResourceAdd => resources::add(call).await,
        ToolKind::ResourceList => resources::list(call).await,
        ToolKind::ResourceDelete => resources::delete(call).await,
    }
}
