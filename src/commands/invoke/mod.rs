//! `wharf invoke`: let the agent of a session work.

mod attachments;
mod conversation;
mod draft;
pub(super) mod prompt;
mod sink;
pub(super) mod text;
pub(super) mod tools;
pub(super) mod turn;

use std::cell::Cell;
use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use self::attachments::Attachments;
use self::draft::Draft;
use self::tools::ToolFlags;
use self::turn::TurnFollower;
use super::Cx;
use super::question;
use super::session_name::SessionUse;
use wharf_client::backend::Feature;
use wharf_client::backend::turn::{MessageProtocol, NewMessage, SendGate};
use wharf_core::error::Result;

pub(super) const EXAMPLES: &str = "Examples:\n  \
    wharf invoke SESSION 'Summarise data/*.csv into a report'\n  \
    wharf invoke SESSION -f prompt.md --attach ./sales.csv\n  \
    wharf invoke SESSION --allow-tool bash --on-ask fail 'Run the tests'\n  \
    wharf invoke SESSION                                    # a conversation\n\n\
    Exit status 0 means that the turn ended by itself and its whole text arrived.";

#[derive(Debug, Args)]
pub(super) struct InvokeArgs {
    /// Session; : is the one of --session or WHARF_SESSION
    #[arg(value_name = "SESSION")]
    target: String,

    /// What the agent is to do; - reads it from stdin
    #[arg(value_name = "PROMPT")]
    prompt: Option<String>,

    /// Read the prompt from a file
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "prompt")]
    file: Option<PathBuf>,

    /// Show the agent a local file or a stored one; can be repeated
    #[arg(long, value_name = "FILE|FILE_ID", value_hint = ValueHint::FilePath)]
    attach: Vec<PathBuf>,

    /// Continue a conversation, or begin a new one: ID or new
    #[arg(long, value_name = "ID|new")]
    conversation: Option<String>,

    /// Use this protocol if the agent speaks several
    #[arg(long, value_enum, value_name = "PROTOCOL")]
    protocol: Option<ProtocolWord>,

    /// Give the agent an instruction besides the prompt
    #[arg(long, value_name = "TEXT")]
    system: Option<String>,

    /// Follow the turn that runs, or the last one, and send nothing
    #[arg(long, conflicts_with_all = ["prompt", "file", "attach", "system", "conversation", "protocol"])]
    follow: bool,

    #[command(flatten)]
    tools: ToolFlags,
}

impl InvokeArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        let turns = backend.require_turns()?;
        for (is_asked, feature) in [
            (!self.attach.is_empty(), Feature::InvokeAttach),
            (self.system.is_some(), Feature::InvokeSystem),
            (self.conversation.is_some(), Feature::InvokeConversation),
            (self.protocol.is_some(), Feature::InvokeProtocol),
            (self.tools.are_given(), Feature::InvokeTools),
        ] {
            if is_asked {
                backend.require(feature)?;
            }
        }
        if !self.follow {
            turns.check(&NewMessage::default())?;
        }
        let policy = self.tools.policy(cx)?;
        let usage = if self.follow { SessionUse::Read } else { SessionUse::Change("Send a message to") };
        let session = cx.session(&self.target, usage).await?;
        let follower = TurnFollower {
            cx,
            session: &session,
            backend: backend.capabilities().backend,
            policy: &policy,
            allow_denied: self.tools.allow_denied,
            only_follows: self.follow,
            left: Cell::new(false),
            result: None,
        };
        if self.follow {
            let mut signals = cx.signals();
            return follower.run(&mut signals, &SendGate::default(), turns.follow(&session)).await;
        }
        let attachments = Attachments::read(&self.attach)?;
        let protocol = self.protocol.map(MessageProtocol::from);
        let conversation = self.conversation;
        if self.prompt.is_none() && self.file.is_none() && question::can_ask(cx) {
            let first = Draft { attachments, system: self.system, conversation, protocol };
            return Box::pin(conversation::run(&follower, turns, first)).await;
        }
        let text = prompt::read(cx, self.prompt, self.file).await?;
        let mut draft = Draft { attachments, system: self.system, conversation, protocol };
        let gate = SendGate::default();
        let mut signals = cx.signals();
        follower.run(&mut signals, &gate, draft.send(&follower, turns, text, &gate)).await
    }
}

/// `--protocol`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ProtocolWord {
    /// Messages with text and files
    Responses,
    /// Bytes in the agent's own form
    Invocations,
}

impl From<ProtocolWord> for MessageProtocol {
    fn from(word: ProtocolWord) -> Self {
        match word {
            ProtocolWord::Responses => MessageProtocol::Responses,
            ProtocolWord::Invocations => MessageProtocol::Invocations,
        }
    }
}
