//! Observation of a transfer: progress while it runs, and a summary at the end.

use std::cell::RefCell;
use std::time::Instant;

use super::progress::Progress;
use super::{Output, human};
use wharf_transfer::event::{Observer, TransferEvent};

impl Output {
    /// Observes a transfer of `names`, until the returned guard is dropped.
    pub fn watch(&self, names: &[String]) -> TransferWatch<'_> {
        let (from, source) = match names {
            [one] => (format!("`{one}`"), one.clone()),
            several => (format!("any of the {} sources", several.len()), format!("{} sources", several.len())),
        };
        let when = self.options.progress;
        *self.stderr.progress() = Progress::start(when, self.machine_errors());
        TransferWatch { output: self, since: Instant::now(), from, source, summary: RefCell::default() }
    }
}

/// The observer of a transfer. Dropping it ends the progress display and prints the summary.
pub struct TransferWatch<'a> {
    output: &'a Output,
    since: Instant,
    /// The sources, for messages.
    from: String,
    /// The sources, for a report.
    source: String,
    summary: RefCell<Option<String>>,
}

impl Observer for TransferWatch<'_> {
    fn on(&self, event: TransferEvent<'_>) {
        let verbose = self.output.options.verbose;
        if let Some(ci) = self.output.ci.get() {
            ci.observe(&self.source, &event);
        }
        match &event {
            TransferEvent::Planned { files, .. } => self.output.planned.set(*files),
            TransferEvent::Excluded(name) if verbose => self.output.note(format!("excluded: {name}")),
            TransferEvent::Retried { name, error } if verbose => self.output.note(format!("again: {name}: {error}")),
            // Printed even with `-q`: no other output shows that no files were transferred.
            TransferEvent::Ended(summary) if summary.is_empty() => {
                self.output.note(human::nothing(summary, &self.from));
            }
            TransferEvent::Ended(summary) => {
                let several = self.output.planned.get() > 1;
                *self.summary.borrow_mut() = human::summary(summary, several, self.since.elapsed());
            }
            _ => {}
        }
        if let Some(progress) = self.output.stderr.progress().as_ref() {
            progress.on(event);
        }
    }
}

impl Drop for TransferWatch<'_> {
    fn drop(&mut self) {
        self.output.stderr.progress().take();
        let silent = self.output.options.quiet || self.output.machine_errors();
        if let Some(summary) = self.summary.take().filter(|_| !silent) {
            self.output.note(summary);
        }
    }
}
