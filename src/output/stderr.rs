//! Notes on stderr, printed around a progress bar.

use std::sync::{Mutex, MutexGuard};

use super::progress::Progress;
use super::{escape, report};
use wharf_core::sync::lock;

/// The stderr of the process, shared by all code that prints to it.
pub(super) struct Stderr {
    /// Whether errors are printed as JSON. Notes are then held back, because an error must be the only output on
    /// stderr.
    machine: bool,
    held: Mutex<Vec<String>>,
    progress: Mutex<Option<Progress>>,
}

impl Stderr {
    pub(super) fn new(machine: bool) -> Self {
        Stderr { machine, held: Mutex::default(), progress: Mutex::default() }
    }

    /// Returns the progress display of a transfer, if one is running.
    pub(super) fn progress(&self) -> MutexGuard<'_, Option<Progress>> {
        lock(&self.progress)
    }

    /// Prints a note now, or after the command has succeeded if errors are JSON.
    pub(super) fn note(&self, text: String) {
        lock(&self.held).push(text);
        if !self.machine {
            self.release();
        }
    }

    /// Prints the notes that were held back.
    pub(super) fn release(&self) {
        let notes = std::mem::take(&mut *lock(&self.held));
        let print = || notes.iter().for_each(|note| report::say(&escape::for_terminal(note)));
        match self.progress().as_ref() {
            Some(progress) => progress.suspend(print),
            None => print(),
        }
    }
}
