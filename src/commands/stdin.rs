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

/// How long standard input may be silent when nobody said that it holds a document.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long it may keep a command waiting before people are told what that waits for.
const SILENCE: Duration = Duration::from_secs(1);

/// The largest document, in bytes.
const LARGEST: u64 = 32 * 1024 * 1024;

/// What messages call standard input.
const STDIN: &str = "standard input";

/// The document of `--body`, or, where `unasked` allows it, whatever standard input holds.
///
/// # Errors
/// `usage` where standard input is silent, or what it holds is no mapping.
pub(super) async fn document(cx: &Cx, flag: &BodyFlag, unasked: bool) -> Result<Map<String, Value>> {
    match flag.body.as_deref() {
        Some(path) if path == Path::new("-") => {
            let stdin = open_stdin()?;
            body::mapping(&waited(cx, STDIN, move || read(stdin, STDIN)).await?, STDIN)
        }
        Some(path) => {
            let name = format!("`{}`", platform::shown(path));
            let (theirs, path) = (name.clone(), path.to_owned());
            let open = move || {
                let file = std::fs::File::open(path).map_err(|e| Error::io(format!("opening {theirs}"), &e));
                read(file?, &theirs)
            };
            body::mapping(&waited(cx, &name, open).await?, &name)
        }
        None if unasked && platform::stdin_kind() == StdinKind::Document => {
            let stdin = open_stdin()?;
            let unless_silent = move || {
                if platform::stdin_ready(PATIENCE) {
                    return read(stdin, STDIN);
                }
                Err(Error::usage("standard input is a pipe that says nothing for 5 s")
                    .hint("to read a document from it, add `--body -`; if there is none, add `</dev/null`"))
            };
            let text = waited(cx, STDIN, unless_silent).await?;
            let document = body::mapping(&text, STDIN)?;
            if !text.is_empty() {
                // A loop that reads lines from the same pipe has lost them.
                cx.out.note(format!("read a document of {} bytes from standard input", text.len()));
            }
            Ok(document)
        }
        None => Ok(Map::new()),
    }
}

/// What `read` gives, which may have to wait for it: in a thread, so that a signal and the clock end the
/// command meanwhile.
async fn waited(cx: &Cx, name: &str, read: impl FnOnce() -> Result<String> + Send + 'static) -> Result<String> {
    let (sender, mut text) = oneshot::channel();
    thread::spawn(move || drop(sender.send(read()))).map_err(|e| Error::io(format!("reading {name}"), &e))?;
    let come = tokio::select! {
        come = &mut text => come,
        () = tokio::time::sleep(SILENCE) => {
            cx.out.note_now(format!("waiting for the end of a document from {name}"));
            text.await
        }
    };
    come.unwrap_or_else(|_| Err(Error::usage(format!("reading {name} was broken off"))))
}

/// The text of a document.
fn read(from: impl Read, name: &str) -> Result<String> {
    let mut bytes = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|e| Error::io(format!("reading {name}"), &e))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Error::usage(format!("this document is larger than 32 MiB: {name}")));
    }
    String::from_utf8(bytes).map_err(|_| Error::usage(format!("this document is not UTF-8: {name}")))
}
