//! Answers to an agent's calls of tools: confirmations, and the results of tools that run on this machine.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::path::Path;

use bytes::Bytes;
use clap::{Args, ValueEnum};

use crate::commands::Cx;
use crate::commands::question;
use crate::output::{TerminalText, human};
use wharf_client::backend::turn::{Awaited, PendingCall, ToolAnswer};
use wharf_core::error::{Error, Result};
use wharf_core::model::ToolCall;
use wharf_core::platform::process::{OutputStream, Program, ProgramEvent, ProgramInput, RunningProgram};
use wharf_transfer::gitignore::Pattern;

/// The longest result of a tool, in bytes.
const LONGEST: usize = 1 << 20;

// How an agent's calls of tools are answered.
#[derive(Debug, Args)]
pub(in crate::commands) struct ToolFlags {
    /// Answer if the agent asks whether a tool may run [default: ask on a terminal, fail elsewhere]
    #[arg(long, value_enum, value_name = "ANSWER")]
    on_ask: Option<OnAsk>,

    /// Allow tools by name, MCP tools as SERVER/NAME; can be repeated
    #[arg(long, value_name = "GLOB")]
    allow_tool: Vec<String>,

    /// Succeed although a tool was denied
    #[arg(long)]
    pub(in crate::commands) allow_denied: bool,

    /// Answer a tool with a command of this machine; can be repeated
    #[arg(long, value_name = "NAME=COMMAND")]
    tool: Vec<String>,
}

impl ToolFlags {
    /// Returns whether any of the flags is given: the backend needs `Feature::InvokeTools`.
    pub(in crate::commands) fn are_given(&self) -> bool {
        self.on_ask.is_some() || !self.allow_tool.is_empty() || !self.tool.is_empty() || self.allow_denied
    }

    /// Reads the flags.
    ///
    /// # Errors
    /// `usage` for a tool without a command, and for a command that is no list of words.
    pub(in crate::commands) fn policy(&self, cx: &Cx) -> Result<ToolPolicy> {
        let on_ask = self.on_ask.unwrap_or(if question::can_ask(cx) { OnAsk::Ask } else { OnAsk::Fail });
        let commands = self.tool.iter().map(|text| ToolCommand::parse(text)).collect::<Result<_>>()?;
        let allowed = self.allow_tool.iter().map(|glob| whole_name(glob)).collect::<Result<_>>()?;
        Ok(ToolPolicy { on_ask, allowed, commands })
    }
}

/// `--on-ask`: what happens when the agent asks whether a tool may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OnAsk {
    /// Ask at the terminal.
    Ask,
    /// Let it run.
    Allow,
    /// Do not let it run.
    Deny,
    /// Stop the turn and fail.
    Fail,
}

/// How calls of tools are answered.
pub(in crate::commands) struct ToolPolicy {
    on_ask: OnAsk,
    allowed: Vec<Pattern>,
    commands: Vec<ToolCommand>,
}

/// A tool that a command of this machine answers for.
struct ToolCommand {
    name: String,
    argv: Vec<OsString>,
}

/// The answer to a call, or why there is none.
pub(super) enum Decision {
    /// This one.
    Answer(ToolAnswer),
    /// None: the turn cannot go on.
    Stop,
}

impl ToolPolicy {
    /// Decides on a call, and runs the tool where it is one of this machine.
    ///
    /// # Errors
    /// Where the question cannot be asked.
    pub(super) async fn decide(&self, cx: &Cx, pending: &PendingCall) -> Result<Decision> {
        let call = &pending.call;
        let name = call.name.as_deref().unwrap_or_default();
        match pending.awaits {
            Awaited::Result => match self.commands.iter().find(|command| command.name == name) {
                Some(command) => Ok(Decision::Answer(command.run(cx, call).await)),
                None => Ok(Decision::Stop),
            },
            Awaited::Confirmation if self.allowed.iter().any(|glob| glob.matches(name.as_bytes(), false)) => {
                Ok(Decision::Answer(ToolAnswer::Allow))
            }
            Awaited::Confirmation => match self.on_ask {
                OnAsk::Allow => Ok(Decision::Answer(ToolAnswer::Allow)),
                OnAsk::Deny => Ok(Decision::Answer(ToolAnswer::Deny(None))),
                OnAsk::Fail => Ok(Decision::Stop),
                OnAsk::Ask => {
                    let agreed = question::is_agreed(cx, &format!("allow {}?", human::tool(call))).await?;
                    Ok(Decision::Answer(if agreed { ToolAnswer::Allow } else { ToolAnswer::Deny(None) }))
                }
            },
        }
    }
}

/// Returns a pattern of whole names of tools.
///
/// # Errors
/// `usage` for one that would mean something else than in a list of files to ignore.
fn whole_name(glob: &str) -> Result<Pattern> {
    if glob.is_empty() || glob.starts_with(['!', '#']) || glob.ends_with(['/', ' ']) {
        return Err(Error::usage(format!("no tool has such a name: {glob:?}"))
            .hint("--allow-tool takes names and patterns of names that may run, such as 'mcp_*'"));
    }
    // A pattern without a slash would match the last part of a name that has some.
    Ok(Pattern::new(format!("/{}", glob.trim_start_matches('/')).as_bytes()))
}

impl ToolCommand {
    fn parse(text: &str) -> Result<Self> {
        let wrong = |what: String| Error::usage(what).hint("write `--tool 'NAME=COMMAND ARGUMENT...'`");
        let (name, command) = text.split_once('=').ok_or_else(|| wrong(format!("a tool needs a command: {text:?}")))?;
        let words = shlex::split(command).ok_or_else(|| wrong(format!("a quote is not closed: {command:?}")))?;
        if name.is_empty() || words.is_empty() {
            return Err(wrong(format!("a tool needs a name and a command: {text:?}")));
        }
        Ok(ToolCommand { name: name.to_owned(), argv: words.into_iter().map(OsString::from).collect() })
    }

    /// Runs the command with the call's input on its stdin. What goes wrong is a result for the agent, and a note.
    async fn run(&self, cx: &Cx, call: &ToolCall) -> ToolAnswer {
        let input = call.input.as_deref().map_or("{}", |input| input.get());
        match output(cx, &self.argv, input).await {
            Ok((text, is_success)) => ToolAnswer::Result { text, is_error: !is_success },
            Err(error) => {
                let text = error.to_string();
                cx.out.note_now(format!("tool {}: {text}", self.name));
                ToolAnswer::Result { text, is_error: true }
            }
        }
    }
}

/// Returns what a program writes to its stdout, and whether it succeeds.
async fn output(cx: &Cx, argv: &[OsString], input: &str) -> Result<(String, bool)> {
    let name = argv.first().map(wharf_core::platform::shown).unwrap_or_default();
    let fault = |e: std::io::Error| Error::io(format!("running `{name}`"), &e);
    let input = ProgramInput::of(input.to_owned());
    let program = Program { argv, cwd: Path::new("."), env: &[], withheld: &[], input, terminal: None };
    let mut program = RunningProgram::start(program).map_err(fault)?;
    let mut stdout = Vec::new();
    // What an agent wrote may come back here.
    let mut escape = io::stderr().is_terminal().then(TerminalText::default);
    loop {
        match program.next().await.map_err(fault)? {
            ProgramEvent::Output(OutputStream::Stdout, bytes) => {
                if stdout.len() + bytes.len() > LONGEST {
                    return Err(Error::usage(format!("`{name}` wrote more than 1 MiB")));
                }
                stdout.extend_from_slice(&bytes);
            }
            ProgramEvent::Output(OutputStream::Stderr, bytes) => {
                let safe = escape.as_mut().map(|escape| escape.push(&bytes));
                if let Some(stderr) = cx.out.stderr_blocks() {
                    // If the reader of stderr is gone, the tool goes on without it.
                    stderr.send(&safe.map_or(bytes, Bytes::from)).await;
                }
            }
            ProgramEvent::Ended(status) => {
                let text =
                    String::from_utf8(stdout).map_err(|_| Error::usage(format!("what `{name}` wrote is not UTF-8")))?;
                return Ok((text, status.success()));
            }
        }
    }
}
