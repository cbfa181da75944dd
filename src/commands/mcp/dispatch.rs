//! Runs calls: each tool's name leads to its function.

use std::cell::Cell;

use rmcp::model::CallToolResult;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::bounded::shorten_error;
use super::call::{McpCall, ToolHost};
use super::catalog::ToolKind;
use super::creation::CallCreation;
use super::delivery::AnswerDelivery;
use super::limits::PATIENCE;
use super::progress::CallProgress;
use super::results::ToolOutput;
use super::server::McpRequest;
use super::{agent, arguments, exec, files, history, information, resources, sessions};
use wharf_core::error::{Kind, Result};
use wharf_transfer::cancellation::{Cancellation, cancel_error};

/// Runs a call and answers it. A call that is cancelled ends as soon as its work allows. What it has created is deleted
/// again, or reported on stderr, if the answer does not reach the client.
pub(super) async fn answer(host: &ToolHost<'_>, request: McpRequest) {
    let McpRequest { name, arguments, context, answer } = request;
    let cancelled = |why| ToolOutput::from(cancel_error(why)).into_result(None);
    if context.ct.is_cancelled() {
        // It was cancelled while it waited for others.
        return drop(answer.send(cancelled(Kind::Interrupted)));
    }
    let kind = host.catalog.find(&name).map(|tool| tool.kind).ok();
    if let (Some(kind), Some(why)) = (kind, host.stop.reason())
        && !host.catalog.is_done_at_once(kind)
    {
        return drop(answer.send(cancelled(why)));
    }
    let changes = kind.is_some_and(|kind| host.catalog.changes_sessions(kind));
    let subject = if changes { subject(&arguments) } else { String::new() };
    let cancellation = Cancellation::default();
    let creation = Cell::default();
    let progress = CallProgress::new(&context, &cancellation);
    // The effect of work that was begun is known once it has ended.
    let guard = changes.then(|| cancellation.register());
    let mut work = Box::pin(run(host, &name, arguments, progress, &cancellation, &creation));
    let ended = tokio::select! {
        biased;
        // From now on, no answer reaches the client.
        () = context.ct.cancelled() => Err(Kind::Interrupted),
        // Work that waits for nothing is done, also if the client has left meanwhile.
        result = &mut work => Ok(result),
        error = host.stop.cancelled() => Err(error.kind()),
    };
    let note = |what: String| host.cx.out.note(format!("note: {name}{subject} {what}"));
    let mut is_noted = false;
    let result = match ended {
        Ok(result) => result,
        Err(why) if cancellation.is_registered() => {
            cancellation.cancel(why);
            let ended = timeout(PATIENCE, work).await;
            let result = if let Some(created) = creation.take() {
                ToolOutput::from(cancel_error(why).hint(undo(host, &created).await)).into_result(None)
            } else if let Ok(result) = ended {
                result
            } else {
                let hint = "it did not end in time, and what it did until then stays";
                ToolOutput::from(cancel_error(why).hint(hint)).into_result(None)
            };
            if let Some(error) = error_of(&result) {
                // A client that cancelled a call gets no answer: what was left behind is told here.
                note(format!("was stopped: {error}"));
                is_noted = true;
            }
            result
        }
        Err(why) => {
            drop(work);
            cancelled(why)
        }
    };
    drop(guard);
    let error = error_of(&result);
    let is_passed = answer.send(result).is_ok();
    let Some(delivery) = context.extensions.get::<AnswerDelivery>().filter(|_| changes && !is_noted) else { return };
    let delivered = async { is_passed && delivery.is_written().await };
    tokio::select! {
        biased;
        is_written = delivered => if is_written { return },
        () = host.given_up() => {
            let created = creation.take().map(|created| format!(": the {} remains", created.what.name()));
            return note(format!("was done, and its answer may not have been read{}", created.unwrap_or_default()));
        }
    }
    match (creation.take(), error) {
        (Some(created), _) => note(format!("has no answer: {}", undo(host, &created).await)),
        (None, Some(error)) => note(format!("has no answer: {error}")),
        (None, None) => note("was done, and has no answer".to_owned()),
    }
}

/// Deletes what a call has created, and returns how that ended.
async fn undo(host: &ToolHost<'_>, creation: &CallCreation) -> String {
    tokio::select! {
        outcome = creation.undo(host.cx) => outcome,
        () = host.given_up() => creation.may_remain(),
    }
}

/// Returns the error of a result in a line.
fn error_of(result: &CallToolResult) -> Option<String> {
    let error = result.structured_content.as_ref().and_then(|content| content.get("error"))?;
    let text = |name: &str| error.get(name).and_then(Value::as_str);
    Some([text("message"), text("hint")].into_iter().flatten().collect::<Vec<_>>().join("; "))
}

/// The arguments that name what a call changes.
const SUBJECTS: [&str; 5] = ["sessionId", "filePath", "path", "mountPath", "resourceId"];

/// Returns what a call changes, for notes.
fn subject(arguments: &Map<String, Value>) -> String {
    let named = SUBJECTS.iter().filter_map(|name| arguments.get(*name).and_then(Value::as_str));
    let named: Vec<_> = named.map(|value| format!(" {value:?}")).collect();
    shorten_error(&named.concat())
}

async fn run(
    host: &ToolHost<'_>,
    name: &str,
    mut arguments: Map<String, Value>,
    progress: CallProgress<'_>,
    cancellation: &Cancellation,
    creation: &Cell<Option<CallCreation>>,
) -> CallToolResult {
    let tool = match host.catalog.find(name) {
        Ok(tool) => tool,
        Err(error) => return ToolOutput::from(host.cx.with_backend_name(error)).into_result(None),
    };
    let output = async {
        arguments::check(&tool.input, &mut arguments)?;
        let backend = host.backend(&arguments)?;
        let call = McpCall { host, backend, progress, cancellation, arguments: arguments.into(), creation };
        dispatch(&call, tool.kind).await
    };
    let output = output.await.unwrap_or_else(ToolOutput::from);
    let error = output.error.map(|error| host.cx.with_backend_name(error));
    ToolOutput { error, ..output }.into_result(tool.output.as_ref())
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
