//! `wharf sessions logs`.

use std::pin::pin;

use clap::{Args, ValueEnum};
use futures_util::StreamExt;

use crate::commands::Cx;
use crate::commands::session_name::SessionUse;
use crate::output::LogRecord;
use wharf_client::backend::turn::{LogKind, LogQuery};
use wharf_core::error::Result;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    wharf sessions logs SESSION --tail 20\n  \
    wharf sessions logs SESSION -f -q | grep -i error")]
pub(in crate::commands) struct SessionsLogsArgs {
    /// Session; : is the one of --session or WHARF_SESSION
    #[arg(value_name = "SESSION")]
    pub(super) target: String,

    /// Go on with lines as they are written, until the session ends
    #[arg(short, long)]
    follow: bool,

    /// Only the last lines [default: as many as the backend has]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    tail: Option<u32>,

    /// Which log
    #[arg(long, value_enum, value_name = "KIND", default_value_t)]
    kind: LogWord,
}

/// `--kind`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum LogWord {
    /// What the agent's program writes
    #[default]
    Console,
    /// What the platform writes that runs it
    System,
}

impl SessionsLogsArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let logs = cx.backend()?.require_logs()?;
        let session = cx.session(&self.target, SessionUse::Read).await?;
        let kind = match self.kind {
            LogWord::Console => LogKind::Console,
            LogWord::System => LogKind::System,
        };
        let mut lines = logs.read(&session, &LogQuery { tail: self.tail, follow: self.follow, kind }).await?;
        let mut listing = if self.follow { cx.out.following::<LogRecord>() } else { cx.out.listing::<LogRecord>() };
        let mut reader_left = pin!(cx.out.reader_left());
        let mut number = 0;
        loop {
            let line = tokio::select! {
                line = lines.next() => line,
                // No line may come that would show it.
                error = &mut reader_left, if self.follow => return Err(error),
            };
            let Some(line) = line else { break };
            match line {
                Ok(mut line) => {
                    number += 1;
                    line.seq = number;
                    listing.push(&LogRecord(line))?;
                }
                Err(error) => {
                    listing.abandon();
                    return Err(error);
                }
            }
        }
        listing.finish()
    }
}
