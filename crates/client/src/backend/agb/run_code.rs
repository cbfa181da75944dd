//! Code that an interpreter of the session runs.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::client::AgbClient;
use super::running::FollowedCommand;
use super::tools::is_unknown;
use crate::backend::exec::{CommandEnd, CommandEvent, CommandStatus, OutputStream};
use crate::http::Class;
use wharf_core::advice::{Setting, Step};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::SessionId;
use wharf_wire::agb::text::ToolError;
use wharf_wire::agb::{self as wire, CodeOutput};
use wharf_wire::json;

/// Seconds that code may take: what the SDKs send. That the service allows more is not known.
const TIME: u64 = 60;

/// The time limit for the answer: longer than that of the code.
const PATIENCE: Duration = Duration::from_secs(TIME + 15);

/// The status of code that an error ended, as interpreters have it.
const FAILED: u8 = 1;

/// The length of output, written as JSON, from which on the service may have cut it: the limit of a message, without the
/// rest of the answer.
const CUT: usize = wire::MESSAGE_MAX - 1024;

/// Runs code in one call, whose answer has all of its output.
///
/// # Errors
/// `limit` for code that is too long for a message.
pub(super) fn follow(
    client: Arc<AgbClient>,
    session: SessionId,
    language: &str,
    code: String,
) -> Result<FollowedCommand> {
    let asked = wire::RunCode { code, language: language.to_owned(), timeout_s: Some(TIME) };
    let len = wire::ToolRequest::new("", wire::name::RUN_CODE, &asked).args.map_or(0, |args| args.len());
    if len > wire::MESSAGE_SURE {
        return Err(Error::new(Kind::Limit, format!("the code is too long for one call: {len} bytes"))
            .hint(format!("the service takes {}: upload the code, and run its file", wire::MESSAGE_SURE)));
    }
    let (sender, events) = mpsc::channel(1);
    let (controls, mut signals) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let outcome = tokio::select! {
            outcome = run(&client, &session, &asked) => outcome,
            () = sender.closed() => return,
            () = refuse(&mut signals) => return,
        };
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) => return drop(sender.send(Err(error)).await),
        };
        for event in events_of(outcome) {
            if sender.send(Ok(event)).await.is_err() {
                return;
            }
        }
    });
    Ok(FollowedCommand { id: None, events, controls })
}

/// Answers each signal that the service has no way to send it.
async fn refuse(signals: &mut mpsc::UnboundedReceiver<super::running::Control>) {
    while let Some((_, done)) = signals.recv().await {
        let error = Error::new(Kind::Unsupported, "the service cannot stop code that it runs");
        drop(done.send(Err(error.hint(format!("it stops by itself after {TIME} s")))));
    }
}

async fn run(client: &AgbClient, session: &SessionId, asked: &wire::RunCode) -> Result<CodeOutput> {
    let class = Class::Once(Step::ListFiles { session: None });
    let result = client.call_tool(class, session, wire::name::RUN_CODE, asked, Some(PATIENCE)).await;
    let result = result.map_err(|error| {
        let hint = "the service keeps no record of code that it ran: check what the code would have changed";
        if error.is_uncertain() { error.hint(hint) } else { error }
    })?;
    let text = result.joined();
    let output = CodeOutput::read(&text);
    // A text that is not a document is what the tool says of its own failure.
    if result.is_error && output.as_ref().is_none_or(|output| output.value() == Some(&text)) {
        let error = ToolError::read(&text);
        let says = json::excerpt(&client.http.scrub(&error.message));
        let message = format!("the session could not run the code ({says}): `{session}`");
        return Err(if is_unknown(&error) {
            let hint = format!("the session's image lacks an interpreter: choose another {}", Setting::Image);
            Error::new(Kind::Unsupported, message).hint(hint)
        } else if error.is_timeout() {
            let hint = format!("code runs for at most {TIME} s, and may still be running: run its file as a command");
            Error::new(Kind::Unavailable, message).hint(hint)
        } else {
            Error::new(Kind::Unavailable, message)
        });
    }
    output.ok_or_else(|| {
        Error::new(Kind::Unavailable, format!("the answer does not say how the code ended: `{session}`"))
    })
}

/// Returns what the code did as events: both streams, the value of the code after its output, and an error that
/// ended it after its errors.
fn events_of(output: CodeOutput) -> Vec<CommandEvent> {
    let cut = cut(&output);
    let mut stdout = output.stdout.clone();
    let mut stderr = output.stderr.clone();
    append(&mut stdout, output.value());
    // Most images write the traceback to stderr as well.
    append(&mut stderr, output.error.as_deref().filter(|error| !output.stderr.contains(error.trim())));
    let status = CommandStatus::Exited(if output.error.is_some() { FAILED } else { 0 });
    let end = CommandEnd { results: Some(output.results), cut, ..CommandEnd::from(status) };
    let block = |stream, text: String| (!text.is_empty()).then(|| CommandEvent::Output(stream, Bytes::from(text)));
    let blocks = [block(OutputStream::Stdout, stdout), block(OutputStream::Stderr, stderr)];
    blocks.into_iter().flatten().chain([CommandEvent::Ended(end)]).collect()
}

/// Returns the error of output that may not be whole. A value counts as well: an answer that was cut is a text, and
/// that is a value.
fn cut(output: &CodeOutput) -> Option<Error> {
    let texts = [&output.stdout, &output.stderr, output.value().unwrap_or_default()];
    let len: usize = texts.into_iter().map(wire::escaped_len).sum();
    (len >= CUT).then(|| {
        Error::new(Kind::Limit, "the output reached the service's limit of 63 KiB and may be cut")
            .hint("let the code write it to a file, and download that")
    })
}

/// Adds a text as lines of its own.
fn append(text: &mut String, more: Option<&str>) {
    let Some(more) = more.filter(|more| !more.is_empty()) else { return };
    for piece in [more, ""] {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(piece);
    }
}
