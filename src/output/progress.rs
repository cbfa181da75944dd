//! Progress of transfers: a bar on a terminal, or a line at intervals in a log.
//!
//! A separate thread reads the counters ten times per second, so that transfers are not slowed down and a stalled one
//! is visible. Nothing is shown during the first half second.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{bar_terminal, escape, human, report, terminal};
use wharf_core::sync::lock;
use wharf_transfer::event::TransferEvent;

/// `--progress`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ProgressMode {
    /// A bar on a terminal, lines otherwise
    #[default]
    Auto,
    /// A bar.
    Bar,
    /// A line every ten seconds
    Lines,
    /// Nothing.
    None,
}

/// The delay before anything is shown.
const PATIENCE: Duration = Duration::from_millis(500);
/// The interval at which a bar is drawn.
const DRAW: Duration = Duration::from_millis(100);
/// The interval at which a line is printed.
const LINE: Duration = Duration::from_secs(10);

#[derive(Default)]
struct TransferState {
    /// What goes on, where that is not a transfer.
    label: Option<&'static str>,

    files: u64,
    files_done: u64,
    bytes: Option<u64>,
    bytes_done: u64,
    running: Vec<RunningFile>,
    over: bool,
}

/// A file that is being transferred.
struct RunningFile {
    name: String,
    bytes: Option<u64>,
    passed: Arc<AtomicU64>,
}

impl RunningFile {
    fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }
}

impl TransferState {
    fn passed(&self) -> u64 {
        self.bytes_done + self.running.iter().map(RunningFile::passed).sum::<u64>()
    }
}

struct SharedState {
    work: Mutex<TransferState>,
    ended: Condvar,
}

/// A progress display, which runs until it is dropped.
pub struct Progress {
    shared: Arc<SharedState>,
    display: MultiProgress,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts the display; returns `None` if `when` asks for none. With `quiet`, stderr is reserved for errors unless a
    /// display was asked for. With `label`, it shows this and the time instead of a transfer.
    pub fn start(when: ProgressMode, quiet: bool, label: Option<&'static str>) -> Option<Self> {
        let terminal = io::stderr().is_terminal();
        let bar = match when {
            ProgressMode::None => return None,
            ProgressMode::Auto if !terminal && quiet => return None,
            ProgressMode::Auto => terminal,
            ProgressMode::Bar => true,
            ProgressMode::Lines => false,
        };
        let shared = Arc::new(SharedState {
            work: Mutex::new(TransferState { label, ..TransferState::default() }),
            ended: Condvar::new(),
        });
        let display = MultiProgress::with_draw_target(ProgressDrawTarget::hidden());
        let (theirs, drawn) = (Arc::clone(&shared), display.clone());
        let thread = std::thread::Builder::new()
            .name("progress".to_owned())
            .spawn(move || if bar { draw(&theirs, &drawn) } else { print_lines(&theirs) })
            .ok()?;
        Some(Progress { shared, display, thread: Some(thread) })
    }

    /// Updates the display with an event of the transfer.
    pub fn on(&self, event: TransferEvent<'_>) {
        let mut work = lock(&self.shared.work);
        match event {
            TransferEvent::Planned { files, bytes } => {
                work.files = files;
                work.bytes = bytes;
            }
            TransferEvent::Started { name, bytes, passed } => {
                // A file that is retried starts again.
                work.running.retain(|running| running.name != name);
                work.running.push(RunningFile { name: name.to_owned(), bytes, passed });
            }
            TransferEvent::Finished(receipt) => {
                work.files_done += 1;
                work.bytes_done = work.bytes_done.saturating_add(receipt.bytes.unwrap_or(0));
                work.running.retain(|running| running.name != receipt.source);
            }
            TransferEvent::Retried { .. } | TransferEvent::Excluded(_) | TransferEvent::Ended(_) => {}
        }
    }

    /// Hides the bar while `work` uses the terminal.
    pub fn suspend<T>(&self, work: impl FnOnce() -> T) -> T {
        self.display.suspend(work)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        lock(&self.shared.work).over = true;
        self.shared.ended.notify_all();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
        drop(self.display.clear());
    }
}

/// Calls `show` after `first`, and then every `period`, until the transfer is over.
fn every(shared: &SharedState, first: Duration, period: Duration, mut show: impl FnMut(&TransferState)) {
    let mut wait = first;
    let mut work = lock(&shared.work);
    loop {
        let (guard, timeout) =
            shared.ended.wait_timeout_while(work, wait, |work| !work.over).unwrap_or_else(PoisonError::into_inner);
        work = guard;
        if !timeout.timed_out() {
            return;
        }
        show(&work);
        wait = period;
    }
}

/// The width of a bar without its message, in columns.
const BAR: usize = 76;

/// The maximum number of files with a line of their own.
const LINES: usize = 8;

fn draw(shared: &SharedState, display: &MultiProgress) {
    let known =
        "{bar:16} {percent:>3}% {binary_bytes} of {binary_total_bytes}  {binary_bytes_per_sec}  {eta} left  {msg}";
    let unknown = "{spinner} {binary_bytes}  {binary_bytes_per_sec}  {msg}";
    let started = Instant::now();
    let bar = display.add(ProgressBar::no_length());
    let mut lines: Vec<ProgressBar> = Vec::new();
    let mut shown = false;
    every(shared, PATIENCE, DRAW, |work| {
        if !shown {
            shown = true;
            display.set_draw_target(bar_terminal::target());
        }
        let template = match (work.label, work.bytes) {
            (Some(_), _) => "{spinner} {msg}",
            (None, Some(_)) => known,
            (None, None) => unknown,
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        if let Some(bytes) = work.bytes {
            bar.set_length(bytes);
        }
        let columns = terminal::columns().unwrap_or(80);
        let several = work.files > 1;
        let message = if let Some(label) = work.label {
            format!("{label}  {} s", started.elapsed().as_secs())
        } else if several {
            format!("{}/{} files", work.files_done, work.files)
        } else {
            work.running.first().map_or(String::new(), |running| escape::for_terminal(&running.name).into_owned())
        };
        let room = if work.label.is_some() { columns } else { columns.saturating_sub(BAR) };
        bar.set_message(super::table::fit(&message, room));
        bar.set_position(work.passed());
        bar.tick();
        let running: &[RunningFile] = if several { &work.running } else { &[] };
        while lines.len() < running.len().min(LINES) {
            let line = ProgressBar::no_length();
            if let Ok(style) = ProgressStyle::with_template("  {msg}") {
                line.set_style(style);
            }
            lines.push(display.add(line));
        }
        for extra in lines.drain(running.len().min(lines.len())..) {
            extra.finish_and_clear();
            display.remove(&extra);
        }
        for (line, running) in lines.iter().zip(running) {
            let of = running.bytes.map_or(String::new(), |bytes| format!(" of {}", human::size(bytes)));
            let amount = format!("{}{of}", human::size(running.passed()));
            let name = escape::for_terminal(&running.name);
            let room = columns.saturating_sub(amount.len() + 6);
            line.set_message(format!("{}  {amount}", super::table::fit(&name, room)));
            line.tick();
        }
    });
    bar.finish_and_clear();
    lines.iter().for_each(ProgressBar::finish_and_clear);
}

fn print_lines(shared: &SharedState) {
    let started = Instant::now();
    every(shared, LINE, LINE, |work| {
        if let Some(label) = work.label {
            report::say(&format!("{label}, {} s", started.elapsed().as_secs()));
            return;
        }
        let passed = work.passed();
        let rate = passed.checked_div(started.elapsed().as_secs()).unwrap_or(0);
        let (of, left) = match work.bytes.filter(|bytes| *bytes > 0) {
            Some(bytes) => {
                let seconds = bytes.saturating_sub(passed).checked_div(rate);
                let left = seconds.map_or(String::new(), |seconds| format!(", {seconds} s left"));
                (format!(" of {} ({} %)", human::size(bytes), passed * 100 / bytes), left)
            }
            None => (String::new(), String::new()),
        };
        let size = human::size(passed);
        report::say(&format!("{}/{} files, {size}{of}, {}/s{left}", work.files_done, work.files, human::size(rate)));
    });
}
