//! `wharf mcp`: sessions, files and agents as tools of the Model Context Protocol, on stdin and stdout.
//!
//! `tools.json` defines the tools, [`catalog`] selects them, [`transport`] reads and writes messages, [`message`] types them, [`server`] speaks the
//! protocol, and [`dispatch`] runs a call, each group of tools in a file of its own.

mod agent;
mod arguments;
mod call;
mod catalog;
mod dispatch;
mod envelope;
mod exec;
mod files;
mod information;
mod inline;
mod lines;
mod listing;
mod message;
mod progress;
mod resources;
mod results;
mod server;
mod sessions;
mod transport;

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use clap::{Args, ValueHint};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use rmcp::service::{ServerInitializeError, serve_server};
use tokio::time::Instant;

use self::call::ToolHost;
use self::catalog::{Catalog, ToolGroup, ToolSelection};
use self::dispatch::answer;
use self::inline::InlineLimits;
use self::server::McpServer;
use self::transport::StdioTransport;
use super::{Cx, advice};
use wharf_core::clock::until;
use wharf_core::config::size;
use wharf_core::error::{Error, Kind, Result};
use wharf_transfer::roots::LocalRoots;

pub(super) const EXAMPLES: &str = "\
The server reads messages from stdin and writes answers to stdout, until stdin\n\
ends: a client starts it. Files of this machine are read and written below the\n\
directories of --root only. On the local backend, commands and agents would run\n\
as this user, without a sandbox, so that --allow-local-exec is needed for them.\n\n\
Examples:\n  \
    wharf mcp --root .\n  \
    wharf mcp -b anthropic --root ./data --root ./results\n  \
    wharf mcp --read-only --tools sessions,files";

/// The number of calls that run at once; others wait.
const CALLS: usize = 64;

/// The time that calls have to end after the client has left or the server was asked to stop.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
pub(super) struct McpArgs {
    /// Directory that localPath may name files in; can be repeated
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    root: Vec<PathBuf>,

    /// Offer only tools that change nothing
    #[arg(long)]
    read_only: bool,

    /// Offer only these groups of tools
    #[arg(long, value_enum, value_name = "GROUP", value_delimiter = ',')]
    tools: Vec<ToolGroup>,

    /// Let tools run programs on this machine, as this user
    #[arg(long)]
    allow_local_exec: bool,

    /// Limit of contents inside of messages [default: 64KiB of text, 32KiB of base64]
    #[arg(long, value_name = "SIZE", value_parser = size::parse)]
    max_inline: Option<u64>,
}

impl McpArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let McpArgs { root, read_only, tools, allow_local_exec, max_inline } = self;
        let selection = ToolSelection { groups: tools, read_only, allow_local_exec };
        let catalog = Catalog::new(cx.backend()?.capabilities(), selection)?;
        let (server, mut calls) = McpServer::new(catalog.listing());
        let limits = max_inline.map_or_else(InlineLimits::default, InlineLimits::of);
        let host = ToolHost::new(cx, catalog, limits, LocalRoots::open(&root)?, read_only);
        let (transport, client) = StdioTransport::open()?;
        if io::stdin().is_terminal() {
            cx.out.note("waiting for messages of the Model Context Protocol on stdin; a client starts this command");
        }
        advice::name_tools();
        let _guard = cx.cancellation.register();
        let mut serving = pin!(serve(server, transport));
        let mut running = FuturesUnordered::new();
        // Why the server stops, and when it is over in any case.
        let mut stopped = Ok(());
        let mut due = None;
        loop {
            tokio::select! {
                biased;
                error = cx.cancellation.cancelled(), if due.is_none() => {
                    due = Some(Instant::now() + PATIENCE);
                    host.stop.cancel(error.kind());
                    stopped = Err(error);
                    // The protocol ends as if the client had left, with the answers to the calls.
                    client.dismiss();
                }
                // When the server stops, calls that wait are answered as well.
                Some(request) = calls.recv(), if running.len() < CALLS || due.is_some() => {
                    running.push(answer(&host, request));
                }
                Some(()) = running.next(), if !running.is_empty() => {}
                () = client.left(), if due.is_none() => {
                    due = Some(Instant::now() + PATIENCE);
                    host.stop.cancel(Kind::Interrupted);
                }
                ended = &mut serving => return stopped.and(ended),
                () = until(due) => return stopped,
            }
        }
    }
}

/// Speaks the protocol until it ends.
async fn serve(server: McpServer, transport: StdioTransport) -> Result<()> {
    let failed = |e: &(dyn std::error::Error + 'static)| {
        Error::new(Kind::Unavailable, format!("the protocol failed: {e}")).caused_by(e)
    };
    match serve_server(server, transport).await {
        Ok(session) => session.waiting().await.map(drop).map_err(|e| failed(&e)),
        // The client left before it began a session.
        Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
        Err(e) => Err(failed(&e)),
    }
}
