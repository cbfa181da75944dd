//! The terminal that a progress bar is drawn on.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard};

use indicatif::{ProgressDrawTarget, TermLike};
use terminal_size::{Height, Width, terminal_size_of};

use wharf_core::config::env;
use wharf_core::sync::lock;

/// The maximum number of redraws per second.
const RATE: u8 = 20;

/// Returns the width of the terminal that a bar is drawn on, in columns.
pub(super) fn columns() -> usize {
    terminal_size_of(io::stderr()).map_or(80, |(Width(columns), _)| columns.max(1).into())
}

/// Returns the target to draw a bar on; hidden if stderr is not a terminal that can move its cursor.
pub(super) fn target() -> ProgressDrawTarget {
    if cfg!(windows) {
        return ProgressDrawTarget::stderr();
    }
    let moves = env::text(env::TERM).is_some_and(|term| term != "dumb");
    if !moves || !io::stderr().is_terminal() {
        return ProgressDrawTarget::hidden();
    }
    ProgressDrawTarget::term_like_with_hz(Box::new(BarTerminal::default()), RATE)
}

/// A draw target on stderr that keeps the cursor at the beginning of the last line. The usual target leaves it at the
/// end: the `^C` that a terminal prints would then start a new line, and the bar would be cleared one line too low.
#[derive(Debug, Default)]
struct BarTerminal(Mutex<String>);

impl BarTerminal {
    fn drawn(&self) -> MutexGuard<'_, String> {
        lock(&self.0)
    }

    /// Writes an escape sequence that moves the cursor by `n` cells or lines.
    fn go(&self, n: usize, direction: char) -> io::Result<()> {
        if n > 0 { self.write_str(&format!("\x1b[{n}{direction}")) } else { Ok(()) }
    }
}

impl TermLike for BarTerminal {
    fn width(&self) -> u16 {
        terminal_size_of(io::stderr()).map_or(80, |(Width(columns), _)| columns)
    }

    fn height(&self) -> u16 {
        terminal_size_of(io::stderr()).map_or(24, |(_, Height(lines))| lines)
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.go(n, 'A')
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.go(n, 'B')
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.go(n, 'C')
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.go(n, 'D')
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)?;
        self.write_str("\n")
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.drawn().push_str(text);
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        self.write_str("\r\x1b[2K")
    }

    fn flush(&self) -> io::Result<()> {
        let drawn = std::mem::take(&mut *self.drawn()) + "\r";
        let mut stderr = io::stderr().lock();
        stderr.write_all(drawn.as_bytes())?;
        stderr.flush()
    }
}
