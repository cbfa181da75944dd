//! Help on stdout.

use std::io::{self, IsTerminal, Write};

use clap::builder::StyledStr;

use super::{Color, wants_colour};
use wharf_core::error::{Error, Result};
use wharf_core::platform;

/// Prints text for people on stdout, with colour on a terminal.
///
/// # Errors
/// `io` if it cannot be written. A reader that has seen enough is not an error.
pub fn print_styled(text: &StyledStr) -> Result<()> {
    let doing = |e: &io::Error| Error::io("writing to stdout", e);
    let mut stdout = platform::stdout().map_err(|e| doing(&e))?;
    let text =
        if wants_colour(Color::Auto, io::stdout().is_terminal()) { text.ansi().to_string() } else { text.to_string() };
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(doing(&e)),
        _ => Ok(()),
    }
}

/// Prints the words of a completion on stdout. An error is not reported: there is no place for it on a line that is being
/// typed.
pub fn print_words(words: &str) {
    if let Ok(mut stdout) = platform::stdout() {
        let _ = stdout.write_all(words.as_bytes()).and_then(|()| stdout.flush());
    }
}
