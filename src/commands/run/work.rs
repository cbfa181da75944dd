//! The work of a run: a command, or a message to an agent.

use std::cell::Cell;
use std::ffi::OsString;

use crate::commands::Cx;
use crate::commands::cx::Signals;
use crate::commands::exec::follow;
use crate::commands::exec::sink::ExecSink;
use crate::commands::invoke::tools::ToolPolicy;
use crate::commands::invoke::turn::TurnFollower;
use wharf_client::backend::exec::{CommandLine, NewCommand, ProgramInput};
use wharf_client::backend::program_turn::ProgramTurn;
use wharf_client::backend::turn::{NewMessage, SendGate};
use wharf_core::advice::Step;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, RunWork, SessionId};

/// What is to be done in the session.
pub(super) enum RunTask {
    /// A command.
    Command { command: CommandLine, cwd: Option<RemotePath>, env: Vec<(String, OsString)> },
    /// A message to the agent.
    Prompt { text: String, policy: ToolPolicy, allow_denied: bool },
}

impl RunTask {
    /// Works. The first result is the object of the work, where one is wanted and it began. The status of a command becomes
    /// that of the process.
    ///
    /// # Errors
    /// Those of `exec` and `invoke`, as the second result.
    pub(super) async fn run(
        self,
        cx: &Cx,
        session: &SessionId,
        signals: &mut Signals,
    ) -> (Option<RunWork>, Result<()>) {
        match self {
            RunTask::Command { command, cwd, env } => {
                let result = Cell::new(None);
                let working = async {
                    let backend = cx.backend()?;
                    let name = backend.capabilities().backend;
                    let sink = ExecSink::new(cx, session, name, command.words(), false)?.with_result(&result);
                    let (withheld, input) = (Vec::new(), ProgramInput::Empty);
                    let new = NewCommand { command, cwd, env, withheld, input, terminal: None };
                    let started = cx.unless_stopped(signals, backend.require_exec()?.start(session, new)).await?;
                    follow(cx, signals, started, sink.begin(), false).await
                };
                let ended = Box::pin(working).await;
                (result.take().map(RunWork::Exec), ended)
            }
            RunTask::Prompt { text, policy, allow_denied } => {
                let result = Cell::new(None);
                let working = async {
                    let backend = cx.backend()?;
                    let follower = TurnFollower {
                        cx,
                        session,
                        backend: backend.capabilities().backend,
                        policy: &policy,
                        allow_denied,
                        only_follows: false,
                        left: Cell::new(false),
                        result: Some(&result),
                    };
                    let gate = SendGate::default();
                    let message = NewMessage { text, gate: gate.clone(), ..NewMessage::default() };
                    let start = async {
                        if let Some(turns) = backend.turns() {
                            return turns.start(session, message).await;
                        }
                        ProgramTurn::start(backend.require_exec()?, session, agent_command(cx)?, message.text).await
                    };
                    follower.run(signals, &gate, start).await
                };
                let ended = Box::pin(working).await;
                (result.take().map(RunWork::Turn), ended)
            }
        }
    }
}

/// Returns the command of the profile that plays the agent in the session.
///
/// # Errors
/// `unsupported` if the profile has none.
pub(super) fn agent_command(cx: &Cx) -> Result<Vec<OsString>> {
    let words = cx.settings()?.agent_command()?.ok_or_else(|| {
        let backend = cx.backend().map_or("", |backend| backend.capabilities().backend);
        Error::new(
            Kind::Unsupported,
            format!("{backend} has no agents, and the profile names no program that plays one"),
        )
        .hint(format!("name a program of the session: {}; or write a command after `--`", Step::SetAgentCommand))
    })?;
    Ok(words.into_iter().map(OsString::from).collect())
}
