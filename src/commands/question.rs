//! Confirmation prompts at a terminal.

use std::future::pending;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::sync::atomic::Ordering;

use tokio::sync::oneshot;

use super::Cx;
use crate::output::report;
use wharf_core::body;
use wharf_core::error::{Error, Result};
use wharf_core::thread;

/// Returns whether stdin and stderr are a terminal.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question whose answer is yes or no; anything but a yes is a no. Ctrl-C ends it at once, and
/// what is typed after that is ignored.
///
/// # Errors
/// `io` where the answer cannot be read.
pub(super) async fn is_agreed(cx: &Cx, question: &str) -> Result<bool> {
    let stdin = body::open_stdin()?;
    report::say(&format!("{question} [y/N] "));
    let (sender, answer) = oneshot::channel();
    // Nothing waits for this thread at the end: it may be reading then.
    let doing = |e: io::Error| Error::io("reading the answer", &e);
    thread::spawn(move || {
        let mut line = String::new();
        let read = BufReader::new(stdin).read_line(&mut line);
        drop(sender.send(read.map(|_| line)));
    })
    .map_err(doing)?;
    let line = answer.await.unwrap_or_else(|_| Err(io::ErrorKind::UnexpectedEof.into())).map_err(doing)?;
    if cx.asked.load(Ordering::SeqCst) {
        // The signal came before the answer, and the command ends as soon as it is heard here too.
        pending::<()>().await;
    }
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}
