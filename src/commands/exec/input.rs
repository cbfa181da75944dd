//! The input of a command, and its terminal.

use std::io::{self, IsTerminal, Read};

use bytes::Bytes;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use wharf_client::backend::exec::{ProgramInput, TerminalSize};
use wharf_core::error::{Error, Result};
use wharf_core::{platform, thread};

/// The number of bytes that are read from a terminal at once.
const BLOCK: usize = 4096;

/// Returns the input for a command. A file or a pipe is inherited, so that no more is read than the command wants. A
/// terminal is read in blocks, because the command is in another process group, which cannot read from it.
///
/// # Errors
/// `io` if stdin is closed.
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

/// Returns the size of this process's terminal, or 80 by 24.
pub(super) fn terminal_size() -> TerminalSize {
    let (columns, rows) = terminal_size::terminal_size().map_or((80, 24), |(width, height)| (width.0, height.0));
    TerminalSize { rows, columns }
}

/// Returns a channel of the new sizes of this process's terminal, if the command has one.
pub(super) fn resizes(tty: bool) -> UnboundedReceiver<TerminalSize> {
    let (sender, receiver) = mpsc::unbounded_channel();
    if tty {
        // If that fails, the command's terminal keeps its size.
        drop(platform::watch_resizes(move || sender.send(terminal_size()).is_ok()));
    }
    receiver
}
