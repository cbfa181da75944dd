//! Questions at a terminal.

use std::future::pending;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::sync::atomic::Ordering;

use tokio::sync::oneshot;

use super::Cx;
use wharf_core::body;
use wharf_core::error::{Error, Result};
use wharf_core::thread;

/// Returns whether questions are possible: stdin and stderr are a terminal, and the results are not for an agent.
pub(super) fn can_ask(cx: &Cx) -> bool {
    cx.out.may_ask() && io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Returns whether a question waits for its answer.
pub(super) fn is_open(cx: &Cx) -> bool {
    cx.reading.try_lock().is_err()
}

/// Asks a yes-or-no question; any other answer is a no. Ctrl-C ends it at once, and later input is ignored.
///
/// # Errors
/// `io` if the answer cannot be read.
pub(super) async fn is_agreed(cx: &Cx, question: &str) -> Result<bool> {
    let line = ask(cx, &format!("{question} [y/N] "), true).await?;
    Ok(line.is_some_and(|line| matches!(line.trim(), "y" | "Y" | "yes")))
}

/// The highest number of things that are named above a question.
const NAMED: usize = 10;

/// Names things above a question that is about them.
pub(super) fn name(cx: &Cx, things: &[&str]) {
    let shown = things.iter().take(NAMED).map(|thing| format!("  {thing}"));
    let rest = things.len().saturating_sub(NAMED);
    for line in shown.chain((rest > 0).then(|| format!("  and {rest} more"))) {
        cx.out.prompt_line(&line);
    }
}

/// Asks at a terminal whether things, which are named above the question, are to be deleted; fails elsewhere. The command
/// has the flags `--yes` and `--dry-run`.
///
/// # Errors
/// `usage` without a terminal; `conflict` if they are not to be deleted.
pub(super) async fn confirm_deletion_of(cx: &Cx, what: &str, things: &[&str]) -> Result<()> {
    if !can_ask(cx) {
        return Err(Error::usage(format!("this would delete {what}"))
            .hint("add --yes to delete them, or --dry-run to see them"));
    }
    name(cx, things);
    if is_agreed(cx, &format!("Delete {what}?")).await? {
        Ok(())
    } else {
        Err(Error::conflict("nothing was deleted").hint("answer `y`, or add --yes"))
    }
}

/// Shows a prompt and reads a line; none at the end of the input. Ctrl-C ends it at once, and what is typed after
/// that is ignored.
///
/// # Errors
/// `io` where the line cannot be read.
pub(super) async fn read_line(cx: &Cx, prompt: &str) -> Result<Option<String>> {
    ask(cx, prompt, false).await
}

/// Shows a prompt and reads a line. With `only_after`, one that was read before the prompt was shown is dropped: it
/// answered a question that was given up.
async fn ask(cx: &Cx, prompt: &str, only_after: bool) -> Result<Option<String>> {
    // One question at a time: a line answers the question above it.
    let mut reading = cx.reading.lock().await;
    if only_after && reading.as_mut().is_some_and(|line| line.try_recv().is_ok()) {
        *reading = None;
    }
    let doing = |e: io::Error| Error::io("reading from the terminal", &e);
    cx.out.prompt(prompt);
    // A question that was given up left a thread that reads: it takes this line.
    if reading.is_none() {
        let stdin = body::open_stdin()?;
        let (sender, line) = oneshot::channel();
        // The process does not wait for this thread when it ends, because it may be blocked in reading.
        thread::spawn(move || {
            let mut line = String::new();
            // A terminal gives one line at a time: nothing of the next one is lost in the buffer.
            let read = BufReader::new(stdin).read_line(&mut line);
            drop(sender.send(read.map(|_| line)));
        })
        .map_err(doing)?;
        *reading = Some(line);
    }
    let line = match reading.as_mut() {
        Some(line) => line.await.unwrap_or_else(|_| Err(io::ErrorKind::UnexpectedEof.into())).map_err(doing),
        None => Ok(String::new()),
    };
    *reading = None;
    let line = line?;
    if cx.asked.load(Ordering::SeqCst) {
        // The signal arrived before the answer. The command is dropped when the signal is handled.
        pending::<()>().await;
    }
    Ok((!line.is_empty()).then_some(line))
}
