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
use unicode_width::UnicodeWidthStr;

use super::{bar_terminal, escape, human, report};
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
            TransferEvent::Retried { .. }
            | TransferEvent::Unbundled { .. }
            | TransferEvent::Excluded(_)
            | TransferEvent::Ended(_) => {}
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

/// The maximum number of files with a line of their own.
const LINES: usize = 8;

fn draw(shared: &SharedState, display: &MultiProgress) {
    let started = Instant::now();
    let bar = display.add(ProgressBar::no_length());
    let mut lines: Vec<ProgressBar> = Vec::new();
    let mut shown = false;
    every(shared, PATIENCE, DRAW, |work| {
        // A line that is as wide as the terminal is left to wrap by some.
        let columns = bar_terminal::columns().saturating_sub(1);
        let several = work.files > 1;
        if let Some(bytes) = work.bytes {
            bar.set_length(bytes);
        }
        bar.set_position(work.passed());
        let line = match work.label {
            Some(label) => BarLine { width: 0, text: format!("{label}  {} s", started.elapsed().as_secs()) },
            None => bar_line(work, bar.per_sec(), bar.eta(), columns),
        };
        let template = match (line.width, work.label.is_some() || work.bytes.is_none()) {
            (0, false) => "{msg}".to_owned(),
            (0, true) => "{spinner} {msg}".to_owned(),
            (width, _) => format!("{{bar:{width}}} {{msg}}"),
        };
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar.set_message(super::table::cut(&line.text, columns.saturating_sub(2)).into_owned());
        // Before it has its style and its text, the library would draw a bar of its own.
        if !shown {
            shown = true;
            display.set_draw_target(bar_terminal::target());
        }
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
            line.set_message(file_line(running, columns.saturating_sub(2)));
            line.tick();
        }
    });
    bar.finish_and_clear();
    lines.iter().for_each(ProgressBar::finish_and_clear);
}

/// The line of a transfer.
struct BarLine {
    /// The width of the bar in columns; 0 for none.
    width: usize,
    text: String,
}

/// Returns the line of a transfer in at most `columns`. What does not fit is left out: first the name and the time that
/// is left, then the rate, the bar, the total, and the bytes.
fn bar_line(work: &TransferState, rate: f64, left: Duration, columns: usize) -> BarLine {
    let passed = work.passed();
    let size = human::size(passed);
    let percent =
        work.bytes.map(|bytes| format!("{:>3}%", (passed.min(bytes) * 100).checked_div(bytes).unwrap_or(100)));
    let files = (work.files > 1).then(|| format!("{}/{} files", work.files_done, work.files));
    let sizes = work.bytes.map_or_else(|| size.clone(), |bytes| format!("{size} of {}", human::size(bytes)));
    let rate = (rate >= 1.0).then(|| human::rate(rate));
    let left =
        work.bytes.filter(|bytes| rate.is_some() && *bytes > passed).map(|_| format!("{} s left", left.as_secs()));
    let name = work.running.first().filter(|_| files.is_none());
    let name = name.map(|running| escape::for_terminal(&running.name).into_owned());
    let join =
        |parts: &[&Option<String>]| parts.iter().filter_map(|part| part.as_deref()).collect::<Vec<_>>().join("  ");
    let (sizes, size) = (Some(sizes), Some(size));
    // A spinner and a space may stand before it.
    let room = columns.saturating_sub(2);
    let none = None;
    let variants = [
        [&percent, &files, &sizes, &rate, &left],
        [&percent, &files, &sizes, &rate, &none],
        [&percent, &files, &sizes, &none, &none],
        [&percent, &files, &size, &none, &none],
        [&percent, &files, &none, &none, &none],
    ];
    let mut texts = variants.iter().map(|parts| join(parts));
    let text = texts
        .find(|text| text.width() <= room)
        .unwrap_or_else(|| super::table::cut(&join(&[&percent, &files]), room.max(1)).into_owned());
    let free = room.saturating_sub(text.width());
    let width = if percent.is_some() && free > SHORTEST_BAR { free.saturating_sub(1).min(BAR) } else { 0 };
    let free = free.saturating_sub(width + 3);
    let name = name.map(|name| super::table::fit(&name, free)).filter(|name| !name.is_empty());
    BarLine { width, text: join(&[&Some(text), &name]) }
}

/// Returns the line of a file that is being transferred among others, in at most `columns`.
fn file_line(running: &RunningFile, columns: usize) -> String {
    let of = running.bytes.map_or(String::new(), |bytes| format!(" of {}", human::size(bytes)));
    let amount = format!("{}{of}", human::size(running.passed()));
    let name = escape::for_terminal(&running.name);
    match super::table::fit(&name, columns.saturating_sub(amount.len() + 2)) {
        name if name.is_empty() => super::table::cut(&amount, columns.max(1)).into_owned(),
        name => format!("{name}  {amount}"),
    }
}

/// The widest bar, and the narrowest, in columns.
const BAR: usize = 16;
const SHORTEST_BAR: usize = 4;

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

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(files: (u64, u64), bytes: Option<u64>, passed: u64, columns: usize) -> String {
        let running = RunningFile { name: "data/measurements.csv".to_owned(), bytes, passed: Arc::new(passed.into()) };
        let work = TransferState {
            files: files.1,
            files_done: files.0,
            bytes,
            running: vec![running],
            ..TransferState::default()
        };
        let line = bar_line(&work, 125_829_120.0, Duration::from_secs(42), columns);
        let bar = if line.width > 0 { format!("[{}] ", "=".repeat(line.width - 2)) } else { String::new() };
        bar + &line.text
    }

    #[test]
    fn a_bar_shows_what_fits() {
        let all = Some(6 << 30);
        let tree = |columns| shown((3, 30), all, 2 << 30, columns);
        assert_eq!(tree(79), "[==============]  33%  3/30 files  2.0 GiB of 6.0 GiB  120.0 MiB/s  42 s left");
        assert_eq!(tree(39), " 33%  3/30 files  2.0 GiB of 6.0 GiB");
        assert_eq!(tree(30), " 33%  3/30 files  2.0 GiB");
        assert_eq!(tree(19), " 33%  3/30 files");
        let file = |columns| shown((0, 1), all, 2 << 30, columns);
        assert_eq!(
            file(99),
            "[==============]  33%  2.0 GiB of 6.0 GiB  120.0 MiB/s  42 s left  data/measurements.csv"
        );
        assert_eq!(file(39), " 33%  2.0 GiB of 6.0 GiB  120.0 MiB/s");
        assert_eq!(file(19), " 33%  2.0 GiB");
        assert_eq!(shown((0, 1), None, 2 << 30, 39), "2.0 GiB  120.0 MiB/s  data/measurem…");
        assert_eq!(shown((0, 30), Some(0), 0, 39), "[======] 100%  0/30 files  0 B of 0 B");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for columns in 20..120 {
            for files in [(0, 1), (3, 30), (1234, 100_000)] {
                for bytes in [None, Some(6 << 40)] {
                    let line = shown(files, bytes, 5 << 40, columns);
                    assert!(line.width() <= columns, "{columns}: {line:?}");
                }
            }
            let running = RunningFile { name: "日本語".repeat(20), bytes: Some(6 << 30), passed: Arc::default() };
            assert!(file_line(&running, columns).width() <= columns, "{columns}");
        }
    }
}
