//! Standard error: notes to people, with whatever moves there out of their way.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::progress::Progress;
use super::{escape, report};

/// Standard error, shared by all who talk there.
pub(super) struct Stderr {
    /// Whether an error, which is for programs, has standard error to itself.
    machine: bool,
    held: Mutex<Vec<String>>,
    progress: Mutex<Option<Progress>>,
}

impl Stderr {
    pub(super) fn new(machine: bool) -> Self {
        Stderr { machine, held: Mutex::default(), progress: Mutex::default() }
    }

    /// The display of a transfer, while there is one.
    pub(super) fn progress(&self) -> MutexGuard<'_, Option<Progress>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says something now, or when it is known that no error comes.
    pub(super) fn note(&self, text: String) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).push(text);
        if !self.machine {
            self.release();
        }
    }

    /// Prints the notes that wait.
    pub(super) fn release(&self) {
        let notes = std::mem::take(&mut *self.held.lock().unwrap_or_else(PoisonError::into_inner));
        let print = || notes.iter().for_each(|note| report::say(&escape::for_terminal(note)));
        match self.progress().as_ref() {
            Some(progress) => progress.suspend(print),
            None => print(),
        }
    }
}
