//! What a command reads, and the terminal that it is given.

use std::io::{self, IsTerminal, Read};

use bytes::Bytes;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use wharf_client::backend::exec::{ProgramInput, TerminalSize};
use wharf_core::error::{Error, Result};
use wharf_core::{platform, thread};

/// Bytes that are read from a terminal at once.
const BLOCK: usize = 4096;

/// Passes stdin on: a file or a pipe itself, so that nothing is read that the command does not want; a terminal by
/// blocks, because a process in another group may not read from it.
///
/// # Errors
/// `io` where stdin is closed.
pub(super) fn stdin(tty: bool) -> Result<ProgramInput> {
    let doing = |e: io::Error| Error::io("reading stdin", &e);
    let mut stdin = platform::stdin().map_err(doing)?;
    if !tty && !io::stdin().is_terminal() {
        return Ok(ProgramInput::Inherited);
    }
    let (sender, receiver) = mpsc::channel(1);
    thread::spawn(move || {
        let mut block = vec![0; BLOCK];
        while let Ok(read) = stdin.read(&mut block) {
            let bytes = Bytes::copy_from_slice(block.get(..read).unwrap_or_default());
            if read == 0 || sender.blocking_send(bytes).is_err() {
                break;
            }
        }
    })
    .map_err(doing)?;
    Ok(ProgramInput::Stream(receiver))
}

/// Returns the size of this process's terminal, or the usual one.
pub(super) fn terminal_size() -> TerminalSize {
    let (columns, rows) = terminal_size::terminal_size().map_or((80, 24), |(width, height)| (width.0, height.0));
    TerminalSize { rows, columns }
}

/// Returns the sizes that this process's terminal gets, for a command that has one.
pub(super) fn resizes(tty: bool) -> UnboundedReceiver<TerminalSize> {
    let (sender, receiver) = mpsc::unbounded_channel();
    if tty {
        // Without it, the command's terminal keeps its size.
        drop(platform::watch_resizes(move || sender.send(terminal_size()).is_ok()));
    }
    receiver
}
