//! Notes on stderr, printed around a progress bar.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use super::progress::Progress;
use super::relay::{NoteRelay, RelaySender};
use super::{escape, report};
use wharf_core::sync::lock;

/// How long notes may take to be written before the process goes on without them.
const PATIENCE: Duration = Duration::from_secs(1);

/// The stderr of the process, shared by all code that prints to it.
pub(super) struct Stderr {
    /// Whether errors are printed as JSON. Notes are then held back, because an error must be the only output on
    /// stderr.
    machine: bool,
    /// Whether a CI runner looks for commands in stderr.
    for_runner: AtomicBool,
    held: Mutex<Vec<String>>,
    progress: Mutex<Option<Progress>>,
    /// The thread that writes, while a command must not wait for the reader of stderr.
    relay: Mutex<Option<NoteRelay>>,
}

impl Stderr {
    pub(super) fn new(machine: bool) -> Self {
        Stderr {
            machine,
            for_runner: AtomicBool::new(false),
            held: Mutex::default(),
            progress: Mutex::default(),
            relay: Mutex::default(),
        }
    }

    /// Escapes what a CI runner would take for a command from now on.
    pub(super) fn is_read_by_runner(&self) {
        self.for_runner.store(true, Ordering::Relaxed);
    }

    /// Returns the progress display of a transfer, if one is running.
    pub(super) fn progress(&self) -> MutexGuard<'_, Option<Progress>> {
        lock(&self.progress)
    }

    /// Passes notes on to the thread of a relay from now on.
    pub(super) fn relay(&self, relay: Option<NoteRelay>) {
        *lock(&self.relay) = relay;
    }

    /// Returns what passes blocks to the relay, if there is one.
    pub(super) fn blocks(&self) -> Option<RelaySender> {
        lock(&self.relay).as_ref().map(NoteRelay::blocks)
    }

    /// Ends the relay once all is written, or when that takes too long.
    pub(super) fn settle(&self) {
        let relay = lock(&self.relay).take();
        if let Some(relay) = relay {
            relay.settle(PATIENCE);
        }
    }

    /// Shows a question, and leaves the cursor behind it and its `end`.
    pub(super) fn prompt(&self, question: &str, end: &str) {
        let question = format!("{}{end}", escape::for_terminal(question));
        match lock(&self.relay).as_ref() {
            Some(relay) => relay.pass(question),
            None => drop(io::stderr().lock().write_all(question.as_bytes())),
        }
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
        let for_runner = self.for_runner.load(Ordering::Relaxed);
        let safe = |note| match escape::for_terminal(note) {
            line if for_runner => Cow::Owned(escape::for_runner(&line).into_owned()),
            line => line,
        };
        let notes = || notes.iter().map(|note| safe(note));
        if let Some(progress) = self.progress().as_ref() {
            progress.suspend(|| notes().for_each(|note| report::say(&note)));
            return;
        }
        match lock(&self.relay).as_ref() {
            Some(relay) => notes().for_each(|note| relay.note(&note)),
            None => notes().for_each(|note| report::say(&note)),
        }
    }
}
