//! A turn of an agent that is a program in the session: it reads the prompt from its standard input and writes its text to
//! its standard output.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use super::Feature;
use super::exec::{CommandEnd, CommandEvent, CommandLine, CommandStatus, Exec, NewCommand, RunningCommand};
use super::text_blocks::{CharBlocks, TextBlocks};
use super::turn::{RunningTurn, ToolAnswer, TurnEnd, TurnEvent};
use wharf_core::clock::until;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Encoding, Event, EventKind, SessionId, Timestamp, TurnStatus};
use wharf_core::platform::Signal;
use wharf_core::platform::process::{OutputStream, ProgramInput};
use wharf_core::random;

/// The time that an interrupted agent has before it is killed.
pub(super) const PATIENCE: Duration = Duration::from_secs(9);

/// A turn whose command runs.
pub struct ProgramTurn {
    session: SessionId,
    command: Box<dyn RunningCommand>,
    unsupported_tools: Error,
    id: String,
    /// Events that happened and were not returned yet.
    ready: VecDeque<TurnEvent>,
    /// What comes on standard output.
    text: TextBlocks,
    /// What comes on standard error.
    errors: CharBlocks,
    /// The time at which the command is killed.
    kill: Option<Instant>,
    is_interrupted: bool,
}

impl ProgramTurn {
    /// Starts the command in the session, at most once, with the prompt on its standard input.
    ///
    /// # Errors
    /// Those of [`Exec::start`].
    pub async fn start(
        exec: &dyn Exec,
        session: &SessionId,
        argv: Vec<OsString>,
        prompt: String,
    ) -> Result<Box<dyn RunningTurn>> {
        let id = random::id("turn")?;
        let user = Event {
            id: Some(id.clone()),
            at: Some(Timestamp::now()),
            text: Some(prompt.clone()),
            encoding: Some(Encoding::Utf8),
            ..Event::new(EventKind::User, session)
        };
        let command = NewCommand {
            command: CommandLine::Argv(argv),
            cwd: None,
            env: Vec::new(),
            withheld: Vec::new(),
            input: ProgramInput::of(prompt),
            terminal: None,
        };
        Ok(Box::new(ProgramTurn {
            session: session.clone(),
            command: exec.start(session, command).await?,
            unsupported_tools: exec.capabilities().unsupported(Feature::InvokeTools),
            text: TextBlocks::new(session, &id),
            errors: CharBlocks::default(),
            id,
            ready: VecDeque::from([TurnEvent::Event(Box::new(user))]),
            kill: None,
            is_interrupted: false,
        }))
    }

    fn push(&mut self, event: Event) {
        self.ready.push_back(TurnEvent::Event(Box::new(event)));
    }

    fn add_errors(&mut self, block: &[u8]) {
        if !block.is_empty() {
            self.push(stderr_event(&self.session, block));
        }
    }

    async fn end(&mut self, end: CommandEnd) {
        let errors = self.errors.finish();
        self.add_errors(&errors);
        for event in self.text.finish() {
            self.push(event);
        }
        if self.is_interrupted {
            // Processes that the agent started may have ignored the signal that ended it.
            drop(self.command.signal(Signal::Kill).await);
        }
        let end = match end.cut {
            // Its status does not tell that its whole text came.
            Some(error) => TurnEnd { error: Some(error), ..TurnEnd::new(TurnStatus::Unknown) },
            None => TurnEnd { provider: end.provider, ..end_of(&end.status, self.is_interrupted) },
        };
        self.push(end_event(&self.session, &self.id, Timestamp::now(), &end));
        self.ready.push_back(TurnEvent::Ended(Box::new(end)));
    }
}

#[async_trait]
impl RunningTurn for ProgramTurn {
    fn id(&self) -> Option<&str> {
        Some(&self.id)
    }

    fn reconnects(&self) -> u32 {
        0
    }

    async fn next(&mut self) -> Result<TurnEvent> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            tokio::select! {
                event = self.command.next() => match event? {
                    CommandEvent::Output(OutputStream::Stdout, block) => {
                        for event in self.text.push(&block) {
                            self.push(event);
                        }
                    }
                    CommandEvent::Output(OutputStream::Stderr, block) => {
                        let block = self.errors.push(&block);
                        self.add_errors(&block);
                    }
                    CommandEvent::Ended(end) => self.end(end).await,
                },
                () = until(self.kill) => {
                    self.kill = None;
                    self.command.signal(Signal::Kill).await?;
                }
            }
        }
    }

    async fn answer(&mut self, _call: &str, _answer: ToolAnswer) -> Result<()> {
        Err(self.unsupported_tools.clone())
    }

    async fn interrupt(&mut self) -> Result<()> {
        self.is_interrupted = true;
        self.kill = Some(Instant::now() + PATIENCE);
        self.command.signal(Signal::Terminate).await
    }
}

/// Returns the event of a block of standard error.
pub(super) fn stderr_event(session: &SessionId, block: &[u8]) -> Event {
    let (text, encoding) = Encoding::encode(block);
    Event {
        at: Some(Timestamp::now()),
        text: Some(text),
        encoding: Some(encoding),
        ..Event::new(EventKind::Stderr, session)
    }
}

/// Returns the end of the turn of an agent whose command ended so.
pub(super) fn end_of(status: &CommandStatus, is_interrupted: bool) -> TurnEnd {
    let reason = match status {
        CommandStatus::Signaled(signal) => format!("signal {signal}"),
        status => format!("exit {}", status.code()),
    };
    let failed = |error| (TurnStatus::Failed, Some(error));
    let (status, error) = match status {
        _ if is_interrupted => (TurnStatus::Interrupted, None),
        CommandStatus::Exited(0) => (TurnStatus::Completed, None),
        CommandStatus::NotStarted(_, why) => failed(cannot_start(why.clone())),
        _ => failed(Error::new(Kind::AgentFailed, format!("the agent's program failed: {reason}"))),
    };
    TurnEnd { stop_reason: Some(reason), error, ..TurnEnd::new(status) }
}

/// Returns the error of an agent whose command cannot be started.
pub(super) fn cannot_start(why: Error) -> Error {
    why.context("the agent cannot be started").of_kind(Kind::AgentFailed)
}

/// Returns the event that ends a turn.
pub(super) fn end_event(session: &SessionId, turn: &str, at: Timestamp, end: &TurnEnd) -> Event {
    Event {
        id: Some(end_id(turn)),
        at: Some(at),
        status: Some(word_of(end.status).to_owned()),
        stop_reason: end.stop_reason.clone(),
        error: end.error.clone(),
        ..Event::new(EventKind::Status, session)
    }
}

/// Returns the id of the event that ends a turn.
pub(super) fn end_id(turn: &str) -> String {
    format!("{turn}-end")
}

/// Returns the word for the status of a turn in the event that ends it.
pub(super) const fn word_of(status: TurnStatus) -> &'static str {
    match status {
        TurnStatus::Completed => "completed",
        TurnStatus::Interrupted => "interrupted",
        _ => "failed",
    }
}
