//! Documents from `--body` and from standard input.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::oneshot;

use super::Cx;
use super::args::BodyFlag;
use wharf_core::body::open_stdin;
use wharf_core::config::body;
use wharf_core::error::{Error, Result};
use wharf_core::platform::{self, StdinKind};
use wharf_core::thread;

/// The time to wait for data on stdin if no flag says that it has a document.
const PATIENCE: Duration = Duration::from_secs(5);

/// The time after which a note says what the command waits for.
const SILENCE: Duration = Duration::from_secs(1);

/// The maximum size of a document, in bytes.
const LARGEST: u64 = 32 * 1024 * 1024;

/// The name of text from stdin or a file, in messages.
const DOCUMENT: &str = "a document";

/// The name of stdin in messages.
const STDIN: &str = "stdin";

/// Reads the document of `--body`, or, if `unasked` is true, the one on stdin.
///
/// # Errors
/// `usage` if stdin has no data for 5 s, or the document is not a mapping.
pub(super) async fn document(cx: &Cx, flag: &BodyFlag, unasked: bool) -> Result<Map<String, Value>> {
    match flag.body.as_deref() {
        Some(path) if path == Path::new("-") => {
            let stdin = open_stdin()?;
            body::mapping(&waited(cx, DOCUMENT, STDIN, move || read(stdin, STDIN)).await?, STDIN)
        }
        Some(path) => {
            let name = format!("`{}`", platform::shown(path));
            let (theirs, path) = (name.clone(), path.to_owned());
            let open = move || {
                let file = std::fs::File::open(path).map_err(|e| Error::io(format!("opening {theirs}"), &e));
                read(file?, &theirs)
            };
            body::mapping(&waited(cx, DOCUMENT, &name, open).await?, &name)
        }
        None if unasked && platform::stdin_kind() == StdinKind::Document => {
            let stdin = open_stdin()?;
            let unless_silent = move || {
                if platform::stdin_ready(PATIENCE) {
                    return read(stdin, STDIN);
                }
                Err(Error::usage("no data on stdin for 5 s")
                    .hint("to read a document from it, add `--body -`; if there is none, add `</dev/null`"))
            };
            let text = waited(cx, DOCUMENT, STDIN, unless_silent).await?;
            let document = body::mapping(&text, STDIN)?;
            if !text.is_empty() {
                // If a shell loop reads lines from the same pipe, they are lost to it.
                cx.out.note(format!("read a document of {} bytes from stdin", text.len()));
            }
            Ok(document)
        }
        None => Ok(Map::new()),
    }
}

/// Calls `read`, which reads a `kind` of text from `name`, in a thread, because it may block, so that a signal and
/// `--timeout` can end the command.
///
/// # Errors
/// Those of `read`.
pub(super) async fn waited(
    cx: &Cx,
    kind: &str,
    name: &str,
    read: impl FnOnce() -> Result<String> + Send + 'static,
) -> Result<String> {
    let (sender, mut text) = oneshot::channel();
    thread::spawn(move || drop(sender.send(read()))).map_err(|e| Error::io(format!("reading {name}"), &e))?;
    let come = tokio::select! {
        come = &mut text => come,
        () = tokio::time::sleep(SILENCE) => {
            cx.out.note_now(format!("waiting for the end of {kind} from {name}"));
            text.await
        }
    };
    come.unwrap_or_else(|_| Err(Error::usage(format!("reading {name} was interrupted"))))
}

/// Reads the text of a document.
fn read(from: impl Read, name: &str) -> Result<String> {
    let mut bytes = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|e| Error::io(format!("reading {name}"), &e))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Error::usage(format!("the document from {name} is larger than 32 MiB")));
    }
    String::from_utf8(bytes).map_err(|_| Error::usage(format!("the document from {name} is not UTF-8")))
}
