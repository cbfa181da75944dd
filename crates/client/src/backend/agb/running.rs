//! Following a command: a task asks for its output at intervals and passes on what a caller wants of it.

use std::collections::VecDeque;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::job::{CHUNK, Job, JobLookup, Start, Stop, signal_of};
use super::stat::AgbFiles;
use crate::backend::PutOptions;
use crate::backend::exec::{CommandEnd, CommandEvent, CommandStatus, OutputStream, RunningCommand};
use wharf_core::body::Source;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::platform::Signal;

/// Calls that start a command, at most.
const STARTS: u32 = 3;

/// Looks at a command whose answers are unclear, at most.
const LOOKS: u32 = 3;

/// Parts of the output that are read at once, at most.
const PARTS: u64 = 8;

/// The first pause between looks at a command, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(2));

/// The time limit until a command has a process.
const STARTING: Duration = Duration::from_secs(10);

/// Bytes of each stream that are still read once a command was stopped. It may have written far more: nothing holds it
/// back, since its output goes to a file.
const BACKLOG: u64 = 256 << 10;

/// The pauses before looks for a session whose command ended without a status: it may be on its way out.
const GOING: [Duration; 3] = [Duration::ZERO, Duration::from_millis(300), Duration::from_secs(1)];

/// The time limit for cleaning up, if the answer is not needed.
const CLEANING: Duration = Duration::from_secs(5);

/// A signal for a running command, and where to say what came of it.
pub(super) type Control = (Signal, oneshot::Sender<Result<()>>);

/// A command that a task follows. The task ends when this is dropped.
pub(super) struct FollowedCommand {
    pub(super) id: Option<String>,
    pub(super) events: mpsc::Receiver<Result<CommandEvent>>,
    pub(super) controls: mpsc::UnboundedSender<Control>,
}

#[async_trait]
impl RunningCommand for FollowedCommand {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    async fn next(&mut self) -> Result<CommandEvent> {
        let event = self.events.recv().await;
        event.unwrap_or_else(|| Err(Error::new(Kind::Internal, "a command ended twice")))
    }

    async fn signal(&mut self, signal: Signal) -> Result<()> {
        let (done, outcome) = oneshot::channel();
        if self.controls.send((signal, done)).is_err() {
            return Ok(());
        }
        // Without an outcome the command has ended, or a later signal took the place of this one.
        outcome.await.unwrap_or(Ok(()))
    }
}

/// What a command reads: it is put into the session before the command starts, since the tool has no input.
pub(super) struct CommandInput {
    pub(super) files: AgbFiles,
    pub(super) source: Box<dyn Source>,
}

/// Starts a job and follows it to its end.
pub(super) fn follow(job: Job, input: Option<CommandInput>) -> FollowedCommand {
    let (sender, events) = mpsc::channel(1);
    let (controls, asked) = mpsc::unbounded_channel();
    let id = Some(job.id.clone());
    let follower = Follower {
        job,
        events: sender.clone(),
        controls: asked,
        is_uncertain: false,
        process: None,
        sent: None,
        is_closed: false,
        known: (0, 0),
        waiting: (0, 0),
        end: None,
        unclear: 0,
        queue: VecDeque::new(),
        began: Instant::now(),
        pause: PAUSES.0,
        due: Instant::now(),
    };
    tokio::spawn(async move {
        let outcome = follower.run(input).await;
        // A caller that is gone needs no answer.
        drop(sender.send(outcome.map(CommandEvent::Ended)).await);
    });
    FollowedCommand { id, events, controls }
}

/// The known state of a job.
struct Follower {
    job: Job,
    events: mpsc::Sender<Result<CommandEvent>>,
    controls: mpsc::UnboundedReceiver<Control>,
    /// Whether a call that starts the command may still be on its way.
    is_uncertain: bool,
    process: Option<u32>,
    /// The last signal that was sent.
    sent: Option<Signal>,
    /// Whether the reader of the output is gone.
    is_closed: bool,
    /// Bytes of each stream that were read.
    known: (u64, u64),
    /// Bytes of each stream that are there to be read.
    waiting: (u64, u64),
    end: Option<JobEnd>,
    /// Looks in a row whose answer was unclear.
    unclear: u32,
    queue: VecDeque<CommandEvent>,
    began: Instant,
    pause: Duration,
    due: Instant,
}

/// The end of a command.
struct JobEnd {
    /// The exit status; none if the command left none.
    status: Option<u8>,
    /// Bytes of each stream that are read.
    lens: (u64, u64),
}

impl Follower {
    async fn run(mut self, input: Option<CommandInput>) -> Result<CommandEnd> {
        let outcome = self.work(input).await;
        // Its directory stays where the command may still run, or has output that was not read. Where no call arrived,
        // there is none.
        let is_over = match &outcome {
            Ok(_) => true,
            Err(error) => self.has_all() || self.process.is_none() && !self.is_uncertain && error.tries() == 0,
        };
        if is_over {
            let rest = self.process.filter(|_| self.sent.is_some());
            // What stays behind is small and in one place.
            drop(timeout(CLEANING, self.job.remove(rest, self.is_uncertain)).await);
        }
        match outcome {
            Err(error) if error.kind() == Kind::Unavailable && error.tries() == 0 => Err(self.or_gone(error).await),
            outcome => outcome.map(CommandEnd::from),
        }
    }

    /// Returns why no status was learned. A session that is being deleted ends its commands before it is gone.
    async fn or_gone(&self, error: Error) -> Error {
        for pause in GOING {
            sleep(pause).await;
            match self.job.look(0, 0, 0).await {
                Err(gone) if gone.kind() == Kind::NotFound => return gone,
                _ => {}
            }
        }
        error
    }

    async fn work(&mut self, input: Option<CommandInput>) -> Result<CommandStatus> {
        if let Some(CommandInput { files, source }) = input {
            let at = self.job.input();
            tokio::select! {
                put = files.put_content(&at, &*source, PutOptions::default()) => {
                    put.map_err(|e| e.context("passing stdin on"))?;
                }
                control = self.controls.recv() => {
                    let Some((signal, done)) = control else { return self.abandon().await };
                    drop(done.send(Ok(())));
                    return Ok(CommandStatus::Signaled(signal_of(signal).1));
                }
            }
        }
        let mut control = tokio::select! {
            begun = begin(&self.job, &mut self.is_uncertain) => {
                begun?;
                None
            }
            control = self.controls.recv() => {
                self.is_uncertain = true;
                Some(control)
            }
        };
        (self.began, self.due) = (Instant::now(), Instant::now());
        let events = self.events.clone();
        loop {
            if let Some(asked) = control.take() {
                let Some((signal, done)) = asked else { return self.abandon().await };
                tokio::select! {
                    stopped = self.job.stop(signal, self.process) => match stopped {
                        Ok(Stop::Never) => {
                            drop(done.send(Ok(())));
                            return Ok(CommandStatus::Signaled(signal_of(signal).1));
                        }
                        Ok(Stop::Sent) => {
                            self.note_sent(signal);
                            drop(done.send(Ok(())));
                        }
                        Err(error) => drop(done.send(Err(error))),
                    },
                    newer = self.controls.recv() => control = Some(newer),
                }
                continue;
            }
            if self.queue.is_empty()
                && let Some(end) = &self.end
                && self.has_all()
            {
                return self.status(end.status);
            }
            // No bytes are wanted once their reader is gone.
            let most = if self.is_closed { 0 } else { CHUNK };
            tokio::select! {
                biased;
                asked = self.controls.recv() => control = Some(asked),
                permit = events.reserve(), if !self.queue.is_empty() => match (permit, self.queue.pop_front()) {
                    (Ok(permit), Some(event)) => permit.send(Ok(event)),
                    _ => return self.abandon().await,
                },
                looks = look(&self.job, self.known, self.waiting, most, self.due), if self.queue.is_empty() => {
                    let at = self.known.0;
                    for (number, look) in (0..).zip(looks?) {
                        // A part that came short leaves a gap before the next.
                        if self.known.0 == at + number * CHUNK {
                            self.take(look)?;
                        }
                    }
                }
            }
        }
    }

    /// Returns whether the command has ended and its output is read.
    fn has_all(&self) -> bool {
        self.end.as_ref().is_some_and(|end| self.known.0 >= end.lens.0 && self.known.1 >= end.lens.1)
    }

    fn note_sent(&mut self, signal: Signal) {
        self.sent = Some(signal);
        self.is_closed |= signal == Signal::Pipe;
        (self.pause, self.due) = (PAUSES.0, Instant::now());
    }

    /// Takes what a look has shown.
    fn take(&mut self, look: JobLookup) -> Result<()> {
        let state = match look {
            JobLookup::Job(state) => state,
            JobLookup::Gone => return Err(self.job.lost("its directory is gone")),
            JobLookup::Unclear(error) => {
                self.unclear += 1;
                self.wait();
                return if self.unclear < LOOKS { Ok(()) } else { Err(error) };
            }
        };
        self.unclear = 0;
        self.process = self.process.or(state.process);
        let read = (self.known.0 + state.stdout.len() as u64, self.known.1 + state.stderr.len() as u64);
        let lens = (state.stdout_len, state.stderr_len);
        if lens.0 < self.known.0 || lens.1 < self.known.1 {
            return Err(self.job.lost("its output became shorter"));
        }
        let is_over = state.status.is_some() || self.process.is_some() && !state.is_alive;
        if is_over && self.end.is_none() {
            let end = |len: u64, known: u64| match self.sent {
                _ if self.is_closed => known,
                Some(_) => len.min(known + BACKLOG),
                None => len,
            };
            let lens = (end(lens.0, self.known.0), end(lens.1, self.known.1));
            self.end = Some(JobEnd { status: state.status, lens });
        }
        if self.process.is_none() && !is_over && self.began.elapsed() > STARTING {
            return Err(self.job.lost("it has no process"));
        }
        let came = read != self.known;
        self.known = read;
        // What is said to be there and does not come is not asked for at once again.
        let waiting = |len: u64, read: u64| if came { len.saturating_sub(read) } else { 0 };
        self.waiting = (waiting(lens.0, read.0), waiting(lens.1, read.1));
        if self.waiting != (0, 0) && !self.is_closed {
            // What is there is read at once.
            self.due = Instant::now();
        } else {
            if came {
                self.pause = PAUSES.0;
            }
            self.wait();
        }
        for (stream, bytes) in [(OutputStream::Stdout, state.stdout), (OutputStream::Stderr, state.stderr)] {
            if !bytes.is_empty() {
                self.queue.push_back(CommandEvent::Output(stream, bytes));
            }
        }
        Ok(())
    }

    /// Waits before the next look, each time longer.
    fn wait(&mut self) {
        self.due = Instant::now() + self.pause;
        self.pause = (self.pause * 3 / 2).min(PAUSES.1);
    }

    fn status(&self, status: Option<u8>) -> Result<CommandStatus> {
        let number = self.sent.map(|signal| signal_of(signal).1);
        match (status, number) {
            (Some(code), Some(number)) if i32::from(code) == 128 + number => Ok(CommandStatus::Signaled(number)),
            (Some(code), _) => Ok(CommandStatus::Exited(code)),
            // The shell that keeps the status was killed as well, or could not write it.
            (None, Some(number)) => Ok(CommandStatus::Signaled(number)),
            (None, None) => Err(Error::new(Kind::Unavailable, "the command ended and left no status")
                .hint("the session killed it, or its disk is full")),
        }
    }

    /// Ends a command of which a caller wants nothing any more.
    async fn abandon(&mut self) -> Result<CommandStatus> {
        self.job.stop(Signal::Kill, self.process).await?;
        self.sent = Some(Signal::Kill);
        Ok(CommandStatus::Signaled(signal_of(Signal::Kill).1))
    }
}

/// Starts a job. A call whose answer is lost is looked up, and made again only where nothing was started.
async fn begin(job: &Job, is_uncertain: &mut bool) -> Result<()> {
    let mut tries = 0;
    loop {
        let started = job.start().await;
        let started = started.map_err(|error| if tries > 0 && error.tries() > 0 { job.unseen(error) } else { error });
        let unclear = match started? {
            Start::Done => return Ok(()),
            Start::Unclear(unclear) => unclear,
        };
        *is_uncertain = true;
        tries += 1;
        match job.look(0, 0, 0).await? {
            JobLookup::Job(_) => return Ok(()),
            JobLookup::Gone | JobLookup::Unclear(_) if tries < STARTS => sleep(PAUSES.0 * 10 * tries).await,
            JobLookup::Gone | JobLookup::Unclear(_) => return Err(unclear),
        }
    }
}

/// Looks at a job when that is due, and at several parts of its output at once where so much of it is waiting.
async fn look(job: &Job, known: (u64, u64), waiting: (u64, u64), most: u64, due: Instant) -> Result<Vec<JobLookup>> {
    sleep_until(due).await;
    let parts = (waiting.0 / CHUNK).min(PARTS);
    if parts > 1 && waiting.1 == 0 && most == CHUNK {
        job.look_ahead(known.0, parts).await
    } else {
        job.look(known.0, known.1, most).await.map(|look| vec![look])
    }
}
