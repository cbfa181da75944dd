//! Turns of the agent that the profile names: a program of this machine, which works in a session's directory as this
//! user. It reads the prompt from its standard input and writes its text to its standard output.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::process::ExitStatus;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::time::Instant;

use super::capabilities::CAPABILITIES;
use super::exec::{command_status, not_started};
use super::hold::{HeldCommand, HeldProgram, Hold};
use super::home::LocalHome;
use super::record::{self, TurnRecorder};
use super::recorded_turn::RecordedTurn;
use crate::backend::program_turn::{PATIENCE, cannot_start, end_event, end_of, stderr_event};
use crate::backend::text_blocks::{CharBlocks, TextBlocks};
use crate::backend::turn::{NewMessage, RunningTurn, ToolAnswer, TurnEnd, TurnEvent, Turns};
use crate::backend::{Capabilities, Feature};
use wharf_core::advice::Step;
use wharf_core::clock::until;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Encoding, Event, EventKind, RemotePath, SessionId, Timestamp, TurnStatus};
use wharf_core::platform::Signal;
use wharf_core::platform::process::{OutputStream, ProgramEvent, ProgramInput};
use wharf_core::random;

/// The agents of a home.
pub(super) struct LocalTurns {
    pub(super) home: Arc<LocalHome>,
    /// The program that plays the agent, or what is wrong with the setting that names it.
    pub(super) agent_command: Result<Option<Vec<String>>>,
}

impl LocalTurns {
    /// Returns the program and its arguments.
    ///
    /// # Errors
    /// `unsupported` if the profile names none; `usage` for a setting that is not valid.
    fn argv(&self) -> Result<Vec<OsString>> {
        let words = self.agent_command.clone()?.ok_or_else(|| {
            Error::new(Kind::Unsupported, "the profile names no program that plays the agent of local sessions")
                .hint(format!("name one: {}", Step::SetAgentCommand))
        })?;
        Ok(words.into_iter().map(OsString::from).collect())
    }
}

#[async_trait]
impl Turns for LocalTurns {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn check(&self, message: &NewMessage) -> Result<()> {
        CAPABILITIES.require_all(message.features())?;
        self.argv().map(drop)
    }

    async fn start(&self, session: &SessionId, message: NewMessage) -> Result<Box<dyn RunningTurn>> {
        self.check(&message)?;
        let argv = self.argv()?;
        let id = random::id("turn")?;
        let at = Timestamp::now();
        let mut turn = None;
        let hold = Hold::new(&self.home, session, id.clone(), |tx, row| {
            turn = Some(record::begin(tx, row, session, &id, &message.text, at)?);
            Ok(())
        })?;
        let turn = turn.ok_or_else(|| Error::new(Kind::Internal, "a turn has no record"))?;
        let mut recorder = TurnRecorder::new(&self.home, turn, &id);
        let user = Event {
            id: Some(id.clone()),
            at: Some(at),
            text: Some(message.text.clone()),
            encoding: Some(Encoding::Utf8),
            ..Event::new(EventKind::User, session)
        };
        let program = HeldCommand {
            argv: &argv,
            cwd: RemotePath::root(),
            env: Vec::new(),
            withheld: &[],
            input: ProgramInput::of(message.text),
            terminal: None,
        };
        let started = HeldProgram::start(hold, program).and_then(|started| {
            let name = argv.first().cloned().unwrap_or_default();
            started.map_err(|e| cannot_start(not_started(&name, &e)))
        });
        match started {
            Ok(program) => Ok(Box::new(LocalTurn {
                session: session.clone(),
                program,
                recorder,
                text: TextBlocks::new(session, &id),
                errors: CharBlocks::default(),
                id,
                ready: VecDeque::from([TurnEvent::Event(Box::new(user))]),
                kill: None,
                is_interrupted: false,
                has_ended: false,
            })),
            Err(error) => {
                // The failure counts, whether or not it is recorded.
                let end = TurnEnd { error: Some(error.clone()), ..TurnEnd::new(TurnStatus::Failed) };
                drop(recorder.end(Timestamp::now(), end));
                Err(error)
            }
        }
    }

    async fn follow(&self, session: &SessionId) -> Result<Box<dyn RunningTurn>> {
        Ok(Box::new(RecordedTurn::last(&self.home, session)?))
    }
}

/// A turn whose program runs.
struct LocalTurn {
    session: SessionId,
    program: HeldProgram,
    recorder: TurnRecorder,
    id: String,
    /// Events that happened and were not returned yet.
    ready: VecDeque<TurnEvent>,
    /// What comes on standard output.
    text: TextBlocks,
    /// What comes on standard error.
    errors: CharBlocks,
    /// The time at which the program is killed.
    kill: Option<Instant>,
    is_interrupted: bool,
    has_ended: bool,
}

#[async_trait]
impl RunningTurn for LocalTurn {
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
                event = self.program.next() => match event? {
                    ProgramEvent::Output(OutputStream::Stdout, block) => {
                        let events = self.text.push(&block);
                        self.add_text(events);
                    }
                    ProgramEvent::Output(OutputStream::Stderr, block) => {
                        let block = self.errors.push(&block);
                        self.add_errors(&block);
                    }
                    ProgramEvent::Ended(status) => self.end(status),
                },
                () = until(self.recorder.due()) => {
                    let written = self.recorder.write();
                    self.note(written);
                }
                () = until(self.kill) => {
                    self.kill = None;
                    self.program.signal(Signal::Kill)?;
                }
            }
        }
    }

    async fn answer(&mut self, _call: &str, _answer: ToolAnswer) -> Result<()> {
        Err(CAPABILITIES.unsupported(Feature::InvokeTools))
    }

    async fn interrupt(&mut self) -> Result<()> {
        self.is_interrupted = true;
        self.kill = Some(Instant::now() + PATIENCE);
        self.program.signal(Signal::Terminate)
    }
}

impl LocalTurn {
    fn push(&mut self, event: Event) {
        self.ready.push_back(TurnEvent::Event(Box::new(event)));
    }

    /// Records events of the text, and passes them on.
    fn add_text(&mut self, events: Vec<Event>) {
        for event in events {
            self.recorder.text(&event);
            self.push(event);
        }
    }

    fn add_errors(&mut self, block: &[u8]) {
        if !block.is_empty() {
            self.recorder.stderr(block);
            self.push(stderr_event(&self.session, block));
        }
    }

    /// Tells once that the turn is not recorded, which does not end it.
    fn note(&mut self, written: Result<()>) {
        if let Err(error) = written {
            let error = error.context("the turn goes on and is not recorded");
            let event =
                Event { at: Some(Timestamp::now()), error: Some(error), ..Event::new(EventKind::Error, &self.session) };
            self.push(event);
        }
    }

    /// Takes the end of the program.
    fn end(&mut self, status: ExitStatus) {
        let errors = self.errors.finish();
        self.add_errors(&errors);
        let events = self.text.finish();
        self.add_text(events);
        if self.is_interrupted {
            // Processes that the agent started may have ignored the signal that ended it.
            drop(self.program.signal(Signal::Kill));
        }
        let end = self.record_end(end_of(&command_status(status), self.is_interrupted));
        self.push(end_event(&self.session, &self.id, Timestamp::now(), &end));
        self.ready.push_back(TurnEvent::Ended(Box::new(end)));
    }

    fn record_end(&mut self, end: TurnEnd) -> TurnEnd {
        self.has_ended = true;
        let (end, written) = self.recorder.end(Timestamp::now(), end);
        self.note(written);
        end
    }
}

impl Drop for LocalTurn {
    fn drop(&mut self) {
        if !self.has_ended {
            // The program is killed.
            let events = self.text.finish();
            self.add_text(events);
            let _ = self.recorder.end(Timestamp::now(), TurnEnd::new(TurnStatus::Interrupted));
        }
    }
}
