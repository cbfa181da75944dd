//! Observation of a transfer: progress while it runs, and a summary at the end.

use std::cell::RefCell;
use std::io::{self, IsTerminal};
use std::time::Instant;

use super::progress::Progress;
use super::{Output, human};
use wharf_transfer::event::{Observer, TransferEvent};

impl Output {
    /// Observes a transfer of `names`, until the returned guard is dropped.
    pub fn watch(&self, names: &[String]) -> TransferWatch<'_> {
        self.watch_as(None, names)
    }

    /// Observes a transfer that is a step of a command: its summary begins with the name of the step.
    pub fn watch_step(&self, step: &'static str, names: &[String]) -> TransferWatch<'_> {
        self.watch_as(Some(step), names)
    }

    fn watch_as(&self, step: Option<&'static str>, names: &[String]) -> TransferWatch<'_> {
        let (from, source) = match names {
            [one] => (format!("`{one}`"), one.clone()),
            several => (format!("any of the {} sources", several.len()), format!("{} sources", several.len())),
        };
        let when = self.options.progress;
        *self.stderr.progress() = Progress::start(when, self.machine_errors(), None);
        TransferWatch { output: self, since: Instant::now(), step, from, source, summary: RefCell::default() }
    }

    /// Shows that a step of a command goes on, until the returned guard is dropped.
    pub fn phase(&self, label: &'static str) -> PhaseWatch<'_> {
        let is_shown = !self.options.quiet && !self.machine_errors();
        if is_shown {
            *self.stderr.progress() = Progress::start(self.options.progress, false, Some(label));
        }
        PhaseWatch(self)
    }
}

/// The observer of a transfer. Dropping it ends the progress display and prints the summary.
pub struct TransferWatch<'a> {
    output: &'a Output,
    since: Instant,
    /// The name of the step that the transfer is, if it is one of a command with several.
    step: Option<&'static str>,
    /// The sources, for messages.
    from: String,
    /// The sources, for a report.
    source: String,
    summary: RefCell<Option<String>>,
}

impl TransferWatch<'_> {
    /// Prints no summary: what the transfer wrote did not reach its end.
    pub fn drop_summary(&self) {
        *self.summary.borrow_mut() = None;
    }
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
            TransferEvent::Unbundled { files, error } if verbose => {
                self.output.note(format!("{files} files go one by one: {error}"));
            }
            // Printed even with `-q`: no other output shows that no files were transferred.
            TransferEvent::Ended(summary) if summary.is_empty() && self.output.is_for_agents() => {
                *self.summary.borrow_mut() = Some(human::nothing(summary, &self.from));
            }
            TransferEvent::Ended(summary) if summary.is_empty() => {
                self.output.note(self.line(&human::nothing(summary, &self.from)));
            }
            TransferEvent::Ended(summary) => {
                if let Some(reached) = summary.concurrency.filter(|reached| verbose && reached.ceiling > 1) {
                    self.output.note(human::concurrency(reached));
                }
                let several = self.output.planned.get() > 1 || self.step.is_some();
                let for_terminal = io::stderr().is_terminal() && !self.output.is_for_agents();
                *self.summary.borrow_mut() = human::summary(summary, several, self.since.elapsed(), for_terminal);
            }
            _ => {}
        }
        if let Some(progress) = self.output.stderr.progress().as_ref() {
            progress.on(event);
        }
    }
}

impl TransferWatch<'_> {
    /// Takes the summary away, which is then not printed to stderr.
    pub(super) fn take_summary(&self) -> Option<String> {
        self.summary.take()
    }

    fn line(&self, text: &str) -> String {
        self.step.map_or_else(|| text.to_owned(), |step| format!("{step}: {text}"))
    }
}

/// Shows that a step goes on. Dropping it ends the display.
pub struct PhaseWatch<'a>(&'a Output);

impl Drop for PhaseWatch<'_> {
    fn drop(&mut self) {
        self.0.stderr.progress().take();
    }
}

impl Drop for TransferWatch<'_> {
    fn drop(&mut self) {
        self.output.stderr.progress().take();
        let silent = self.output.options.quiet || self.output.machine_errors();
        if let Some(summary) = self.summary.take().filter(|_| !silent) {
            self.output.note(self.line(&summary));
        }
    }
}
