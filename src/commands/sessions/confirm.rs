//! `wharf sessions confirm`.

use clap::{Args, ValueEnum};

use crate::commands::Cx;
use crate::commands::session_name::SessionUse;
use wharf_client::backend::Feature;
use wharf_client::backend::turn::ToolAnswer;
use wharf_core::error::{Error, Result};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    wharf sessions events SESSION --type tool_call --transform tool.id\n  \
    wharf sessions confirm SESSION sevt_01Ab3CdEfGh allow\n  \
    wharf sessions confirm SESSION sevt_01Ab3CdEfGh deny --message 'not now'")]
pub(in crate::commands) struct SessionsConfirmArgs {
    /// Session; : is the one of --session or WHARF_SESSION
    #[arg(value_name = "SESSION")]
    pub(super) target: String,

    /// Id of the tool call that waits
    #[arg(value_name = "TOOL_USE")]
    call: String,

    /// Whether the tool may run
    #[arg(value_enum, value_name = "ANSWER")]
    answer: ConfirmAnswer,

    /// Tell the agent why it is denied
    #[arg(long, value_name = "TEXT")]
    message: Option<String>,
}

/// The answer to a call of a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ConfirmAnswer {
    /// The tool runs.
    Allow,
    /// The tool does not run.
    Deny,
}

impl SessionsConfirmArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        let turns = backend.require_turns()?;
        backend.require(Feature::InvokeTools)?;
        let answer = match (self.answer, self.message) {
            (ConfirmAnswer::Allow, None) => ToolAnswer::Allow,
            (ConfirmAnswer::Deny, message) => ToolAnswer::Deny(message),
            (ConfirmAnswer::Allow, Some(_)) => {
                return Err(Error::usage("--message is for `deny`").hint("leave it out, or deny the tool"));
            }
        };
        if self.call.is_empty() {
            return Err(Error::usage("the id of the tool call is empty"));
        }
        let session = cx.session(&self.target, SessionUse::Change("Answer the agent of")).await?;
        turns.answer(&session, &self.call, answer).await?;
        cx.out.one(&backend.sessions().get(&session).await?)
    }
}
