//! `wharf mcp`: sessions, files and agents as tools of the Model Context Protocol, on stdin and stdout.
//!
//! `tools.json` defines the tools, [`catalog`] selects them, [`transport`] reads and writes messages, [`message`] types them, [`server`] speaks the
//! protocol, and [`dispatch`] runs a call, each group of tools in a file of its own.

mod agent;
mod arguments;
mod bounded;
mod call;
mod catalog;
mod creation;
mod delivery;
mod direct;
mod dispatch;
mod envelope;
mod exec;
mod files;
mod history;
mod incoming;
mod information;
mod inline;
mod limits;
mod lines;
mod listing;
mod message;
mod presence;
mod progress;
mod resources;
mod results;
mod server;
mod sessions;
mod transport;
mod waiting;

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
use self::limits::{CALLS, LAST};
use self::server::McpServer;
use self::transport::StdioTransport;
use super::tool_advice::ToolAdvice;
use super::{Cx, advice};
use wharf_client::backend::Feature;
use wharf_core::clock::until;
use wharf_core::config::size;
use wharf_core::error::{Error, Kind, Result};
use wharf_transfer::roots::LocalRoots;

pub(super) const EXAMPLES: &str = "\
The server reads messages from stdin and writes answers to stdout, until stdin\n\
ends: a client starts it. Files of this machine are read and written below the\n\
directories of --root only. On the local backend, commands and agents would\n\
run as this user, without a sandbox, so that they need --allow-local-exec.\n\n\
Examples:\n  \
    wharf mcp --root .\n  \
    wharf mcp -b anthropic --root ./data --root ./results\n  \
    wharf mcp --read-only --tools sessions,files";

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

    /// Limit of contents in messages, 1KiB to 4MiB [default: 64KiB text, 32KiB base64]
    #[arg(long, value_name = "SIZE", value_parser = size::parse)]
    max_inline: Option<u64>,
}

impl McpArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let McpArgs { root, read_only, tools, allow_local_exec, max_inline } = self;
        let local_files = !root.is_empty();
        let limits = InlineLimits::new(max_inline, local_files)?;
        let selection = ToolSelection { groups: tools, read_only, allow_local_exec, limits };
        let catalog = Catalog::new(cx.backend()?.capabilities(), selection)?;
        let (server, mut calls) = McpServer::new(catalog.listing(), local_files);
        let host = ToolHost::new(cx, catalog, limits, LocalRoots::open(&root)?, read_only);
        cx.out.expect_bytes()?;
        let (transport, client) = StdioTransport::open(limits.line())?;
        if io::stdin().is_terminal() {
            cx.out.note("waiting for messages of the Model Context Protocol on stdin; a client starts this command");
        }
        let capabilities = cx.backend()?.capabilities();
        advice::name_tools(ToolAdvice {
            calls_agents: capabilities.has(Feature::CallAgent),
            is_hosted: capabilities.account.is_some(),
        });
        let _guard = cx.cancellation.register();
        cx.cancellation.extend_patience(LAST + Duration::from_secs(1));
        let mut serving = pin!(serve(server, transport));
        let mut reader_left = pin!(cx.out.reader_left());
        let mut running = FuturesUnordered::new();
        // Why the server stops, how the protocol ended, and when it is over in any case.
        let (mut stopped, mut served, mut due) = (Ok(()), None, None);
        loop {
            if let Some(ended) = served.take_if(|_| running.is_empty()) {
                return stopped.and(ended).and(client.failure());
            }
            let left = tokio::select! {
                biased;
                error = cx.cancellation.cancelled(), if stopped.is_ok() => {
                    let why = error.kind();
                    stopped = Err(error);
                    why
                }
                // When the server stops, calls that wait are answered as well.
                Some(request) = calls.recv(), if running.len() < CALLS || due.is_some() => {
                    running.push(answer(&host, request));
                    continue;
                }
                Some(()) = running.next(), if !running.is_empty() => continue,
                () = client.left(), if due.is_none() => Kind::Interrupted,
                _ = &mut reader_left, if due.is_none() => Kind::Interrupted,
                ended = &mut serving, if served.is_none() => {
                    served = Some(ended);
                    Kind::Interrupted
                }
                () = until(due) => return stopped.and(client.failure()),
            };
            due.get_or_insert_with(|| Instant::now() + LAST);
            host.stop_calls(left);
            // The protocol ends as if the client had left, with the answers to the calls.
            client.dismiss();
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
