//! Commands in sessions: through a job directory, and code through the tool for it.

use std::ffi::OsStr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream;
use tokio::sync::mpsc::Receiver;

use super::capabilities::CAPABILITIES;
use super::client::AgbClient;
use super::job::Job;
use super::run_code;
use super::running::{CommandInput, follow};
use super::stat::AgbFiles;
use crate::backend::exec::{CommandLine, Exec, NewCommand, ProgramInput, RunningCommand};
use crate::backend::{Capabilities, Feature};
use wharf_core::body::{Body, Source, Stdin};
use wharf_core::error::{Error, Result};
use wharf_core::model::{RemotePath, SessionId};
use wharf_core::sync::lock;
use wharf_core::{platform, random};
use wharf_wire::agb as wire;

/// The commands in sessions. Its client has no deadline: a command that is out of time is stopped by more calls.
pub(super) struct AgbExec {
    pub(super) client: Arc<AgbClient>,
}

#[async_trait]
impl Exec for AgbExec {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    /// Checks the command, which starts in the background: its events say whether that succeeded.
    async fn start(&self, session: &SessionId, command: NewCommand) -> Result<Box<dyn RunningCommand>> {
        if command.terminal.is_some() {
            return Err(CAPABILITIES.unsupported(Feature::ExecTerminal));
        }
        let (client, session) = (Arc::clone(&self.client), session.clone());
        let argv = match command.command {
            CommandLine::Code { language, code } => {
                let language = wire::language(&language).ok_or_else(|| {
                    Error::usage(format!("unknown language: {language:?}")).hint("use python, javascript, java or r")
                })?;
                return Ok(Box::new(run_code::follow(client, session, language, code)?));
            }
            CommandLine::Script(script) => vec!["sh".into(), "-c".into(), script.into()],
            CommandLine::Argv(argv) => argv,
        };
        let variables: Vec<String> =
            command.env.iter().map(|(name, value)| Ok(format!("{name}={}", text(value)?))).collect::<Result<_>>()?;
        let argv: Vec<&str> = argv.iter().map(|word| text(word)).collect::<Result<_>>()?;
        // `env` would take such a name for a variable.
        let shell: &[&str] =
            if argv.first().is_some_and(|name| name.contains('=')) { &["sh", "-c", "exec \"$0\" \"$@\""] } else { &[] };
        let words: Vec<&str> = variables.iter().map(String::as_str).chain(shell.iter().copied()).chain(argv).collect();
        let home: RemotePath = CAPABILITIES.home.parse()?;
        let cwd = command.cwd.unwrap_or_else(|| home.clone());
        let job = Job::new(Arc::clone(&client), session, random::id("exec")?, &home, cwd, &words)?;
        let source: Option<Box<dyn Source>> = match command.input {
            ProgramInput::Empty => None,
            ProgramInput::Inherited => Some(Box::new(Stdin)),
            ProgramInput::Stream(blocks) => Some(Box::new(Blocks(Mutex::new(Some(blocks))))),
        };
        let input = source.map(|source| CommandInput { files: AgbFiles::new(client), source });
        Ok(Box::new(follow(job, input)))
    }
}

/// Returns a word as the text that it must be in a call of a tool.
fn text(word: &OsStr) -> Result<&str> {
    word.to_str().ok_or_else(|| {
        Error::usage(format!("the service takes only UTF-8 in a command: {}", platform::shown(word)))
            .hint("put other bytes into a file, and upload it")
    })
}

/// Blocks that come over time, which can be read once.
struct Blocks(Mutex<Option<Receiver<Bytes>>>);

#[async_trait]
impl Source for Blocks {
    fn name(&self) -> &'static str {
        "-"
    }

    fn len(&self) -> Option<u64> {
        None
    }

    async fn open(&self) -> Result<Body> {
        let blocks = lock(&self.0).take();
        let blocks = stream::unfold(blocks, |blocks| async {
            let mut blocks = blocks?;
            blocks.recv().await.map(|block| (Ok(block), Some(blocks)))
        });
        Ok(Body::of_stream(None, blocks.boxed()))
    }
}
