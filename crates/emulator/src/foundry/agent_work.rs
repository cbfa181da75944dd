//! What an agent does for a text: the work of the agent's command, or of the script in the text.

use tokio::time::sleep;

use super::turns::Cancelled;
use crate::agent_program::AgentProgram;
use crate::runner::ProgramSession;
use crate::script::{self, AgentToolCall, TurnStep};
use wharf_client::backend::exec::OutputStream;
use wharf_core::model::{RemotePath, SessionId};

/// What the agent says where it refuses.
const REFUSAL: &str = "I can't help with that.";

/// The agent.
pub(super) struct AgentWorker {
    program: Option<AgentProgram>,
}

/// A turn of the agent.
pub(super) struct AgentTurn<'a> {
    /// The id of the response or the invocation.
    pub(super) id: &'a str,
    /// The id of the session in the store.
    pub(super) session: &'a SessionId,
    pub(super) text: &'a str,
}

/// What the agent does.
pub(super) enum AgentAct<'a> {
    /// It has begun. It fails before that if the script's first step is `fail`.
    Begin,
    /// It says a part of its text.
    Say(&'a str),
    /// It refuses, with these words.
    Refuse(&'a str),
    /// It uses a tool of its own.
    Tool(&'a AgentToolCall),
    /// It asks whether it may use a tool.
    Ask(&'a AgentToolCall),
    /// It calls a function of the client.
    Call(&'a AgentToolCall),
    /// Its program writes to stderr.
    Log(&'a str),
}

/// How a turn ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum WorkEnd {
    /// The agent has answered.
    Completed,
    /// The code of the agent has raised an exception.
    Raised,
    /// The agent says that it has failed, and why.
    Failed(String),
    /// The answer has reached its limit of tokens.
    Incomplete,
    /// The turn was cancelled.
    Cancelled,
}

impl AgentWorker {
    pub(super) fn new(program: Option<AgentProgram>) -> Self {
        AgentWorker { program }
    }

    /// Returns whether a script in the text says what the agent does: then it counts the tokens.
    pub(super) fn is_scripted(&self) -> bool {
        self.program.is_none()
    }

    /// Does the work of a turn, and reports it to `act`.
    pub(super) async fn work(
        &self,
        turn: AgentTurn<'_>,
        mut cancelled: Cancelled,
        act: impl FnMut(AgentAct<'_>) + Send,
    ) -> WorkEnd {
        let id = turn.id;
        let end = tokio::select! {
            biased;
            () = cancelled.wait() => WorkEnd::Cancelled,
            end = self.whole(turn, act) => end,
        };
        if let Some(program) = &self.program {
            program.end(id).await;
        }
        end
    }

    /// Kills everything that runs.
    pub(super) async fn end_all(&self) {
        if let Some(program) = &self.program {
            program.end_all().await;
        }
    }

    async fn whole(&self, turn: AgentTurn<'_>, mut act: impl FnMut(AgentAct<'_>) + Send) -> WorkEnd {
        let Some(program) = &self.program else { return follow_script(turn.text, act).await };
        act(AgentAct::Begin);
        let program_session = ProgramSession { id: turn.id, session: turn.session, home: RemotePath::root() };
        let hear = |stream, text: &str| match stream {
            OutputStream::Stdout if !text.is_empty() => act(AgentAct::Say(text)),
            OutputStream::Stderr if !text.is_empty() => act(AgentAct::Log(text)),
            OutputStream::Stdout | OutputStream::Stderr => {}
        };
        match program.run(program_session, RemotePath::root(), turn.text.to_owned(), hear).await {
            Ok(()) => WorkEnd::Completed,
            Err(why) => WorkEnd::Failed(why),
        }
    }
}

async fn follow_script(text: &str, mut act: impl FnMut(AgentAct<'_>) + Send) -> WorkEnd {
    let steps = script::steps(text);
    if steps.first() != Some(&TurnStep::Fail) {
        act(AgentAct::Begin);
    }
    let (mut said, mut waits) = (false, false);
    for step in &steps {
        if waits && !matches!(step, TurnStep::Ask(_) | TurnStep::Custom(_)) {
            break;
        }
        match step {
            TurnStep::Say(text) => {
                for part in text.split_inclusive(char::is_whitespace) {
                    act(AgentAct::Say(part));
                }
                said = true;
            }
            TurnStep::Work(Some(time)) | TurnStep::Reschedule(Some(time)) => sleep(*time).await,
            TurnStep::Work(None) | TurnStep::Reschedule(None) => std::future::pending().await,
            TurnStep::Tool(call) => act(AgentAct::Tool(call)),
            TurnStep::Ask(call) => act(AgentAct::Ask(call)),
            TurnStep::Custom(call) => act(AgentAct::Call(call)),
            TurnStep::Refuse => {
                act(AgentAct::Refuse(REFUSAL));
                return WorkEnd::Completed;
            }
            TurnStep::Exhaust => return WorkEnd::Failed("asked for".to_owned()),
            TurnStep::Budget => return WorkEnd::Incomplete,
            TurnStep::Fail => return WorkEnd::Raised,
        }
        waits = matches!(step, TurnStep::Ask(_) | TurnStep::Custom(_));
        tokio::task::consume_budget().await;
    }
    if !said && !waits {
        act(AgentAct::Say(script::ANSWER));
    }
    WorkEnd::Completed
}
