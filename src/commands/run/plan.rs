//! What a run is to do, checked before anything is created.

use std::collections::HashSet;
use std::path::Path;

use super::args::RunArgs;
use super::places::{self, RunOutput};
use super::work::{RunTask, agent_command};
use crate::commands::Cx;
use crate::commands::exec::environment;
use crate::commands::invoke::prompt;
use crate::commands::session_name::SessionUse;
use crate::commands::sessions::create::SessionDraft;
use crate::output::Format;
use wharf_client::backend::exec::CommandLine;
use wharf_client::backend::turn::NewMessage;
use wharf_client::backend::{Backend, Feature};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::SessionId;
use wharf_transfer::mount::MountSource;

/// Words that are verbs of `wharf runs`, and hardly a prompt: a paid agent must not get them by mistake.
const VERBS: [&str; 11] = ["list", "ls", "prune", "delete", "rm", "get", "show", "status", "stop", "help", "watch"];

/// What a run is to do.
pub(super) struct RunPlan {
    pub(super) session: RunSession,
    pub(super) inputs: Vec<MountSource>,
    pub(super) work: RunTask,
    pub(super) outputs: Vec<RunOutput>,
}

/// The session of a run.
pub(super) enum RunSession {
    /// One that is created for it, and deleted at its end.
    New(Box<SessionDraft>),
    /// One that exists already: it stays.
    Existing(SessionId),
}

impl RunPlan {
    /// Checks the flags as far as possible, and reads the prompt.
    ///
    /// # Errors
    /// `usage` and `unsupported`; those of reading.
    pub(super) async fn prepare(args: RunArgs, cx: &Cx) -> Result<Self> {
        let RunArgs { create, inputs, outputs, keep: _, report: _, file, tools, cwd, env, env_file, prompt, command } =
            args;
        if let Some(word) = prompt.as_deref().filter(|word| VERBS.contains(word)) {
            return Err(Error::usage(format!("`{word}` is not a prompt"))
                .hint(format!("see `wharf runs {word}`, or `wharf runs --help`; write a prompt as a sentence")));
        }
        if cx.out.object_format() == Some(Format::Raw) {
            return Err(Error::new(Kind::Unsupported, "--format raw is not available for a run")
                .hint("choose json: its `work` has the provider's object"));
        }
        if cx.out.object_format().is_some() {
            cx.out.expect_bytes()?;
        }
        let reads_stdin = prompt.as_deref() == Some("-") || file.as_deref() == Some(Path::new("-"));
        if reads_stdin && create.reads_stdin() {
            return Err(Error::usage("stdin can be read only once: it has the prompt or the document of --body")
                .hint("write one of them to a file"));
        }
        let backend = cx.backend()?;
        let inputs: Vec<_> = inputs.iter().map(|text| places::input(cx, text)).collect::<Result<_>>()?;
        let outputs: Vec<_> = outputs.iter().map(|text| RunOutput::parse(cx, text)).collect::<Result<_>>()?;
        if !inputs.is_empty() || !outputs.is_empty() {
            backend.require_files()?;
        }
        let mut places = HashSet::new();
        if let Some(twice) = inputs.iter().find(|input| !places.insert(&input.path)) {
            return Err(Error::usage(format!("two inputs go to `{}`", twice.path))
                .hint("give each one a place of its own: `--in SOURCE:DEST`"));
        }
        let mut places = HashSet::new();
        if let Some(twice) = outputs.iter().find(|output| !places.insert(output.place())) {
            return Err(Error::usage(format!("two outputs go to `{}`", twice.name()))
                .hint("give each one a place of its own: `--out PATH:LOCAL`"));
        }
        let work = if command.is_empty() {
            if prompt.is_none() && file.is_none() {
                return Err(Error::usage("there is nothing to do: a prompt or a command is missing")
                    .hint("write a prompt as one word, or a command after `--`: `wharf run -- ls -l`"));
            }
            check_agent(cx, backend)?;
            if tools.are_given() {
                backend.require(Feature::InvokeTools)?;
            }
            if cwd.is_some() || !env.is_empty() || !env_file.is_empty() {
                return Err(Error::usage(
                    "the flags for a directory and variables are for a command, not for a prompt",
                )
                .hint("leave out --cwd, --env and --env-file, or write a command after `--`"));
            }
            let (policy, allow_denied) = (tools.policy(cx)?, tools.allow_denied);
            RunTask::Prompt { text: prompt::read(cx, prompt, file).await?, policy, allow_denied }
        } else {
            require_exec(backend)?;
            if tools.are_given() {
                return Err(Error::usage("the flags for tools are for a prompt, and a command has none")
                    .hint("leave out --on-ask, --allow-tool, --allow-denied and --tool"));
            }
            if command.first().is_some_and(|name| name.is_empty()) {
                return Err(Error::usage("the name of the command is empty").hint("is a variable unset?"));
            }
            RunTask::Command {
                command: CommandLine::Argv(command),
                cwd: cwd.as_deref().map(|cwd| cx.resolve(cwd)).transpose()?,
                env: environment::read(&env, &env_file, cx.settings()?.deadline)?,
            }
        };
        let session = if cx.names_session()? {
            if create.is_given() {
                return Err(Error::usage("--session names a session that exists, which is not created")
                    .hint("leave out --session, or the flags for a new session"));
            }
            RunSession::Existing(cx.chosen_session(SessionUse::Change("Work in")).await?)
        } else {
            RunSession::New(Box::new(create.prepare(cx, false).await?))
        };
        Ok(RunPlan { session, inputs, work, outputs })
    }
}

/// Checks that the backend has an agent that takes a prompt.
///
/// # Errors
/// `unsupported` if there is none.
fn check_agent(cx: &Cx, backend: &dyn Backend) -> Result<()> {
    if let Some(turns) = backend.turns() {
        return turns.check(&NewMessage::default());
    }
    if backend.exec().is_some() {
        return agent_command(cx).map(drop);
    }
    backend.require_turns().map(drop)
}

/// Checks that the backend runs commands.
///
/// # Errors
/// `unsupported` if it does not, with what it has instead.
fn require_exec(backend: &dyn Backend) -> Result<()> {
    match backend.require_exec() {
        Ok(_) => Ok(()),
        Err(error) if backend.turns().is_some() => {
            Err(error.hint("its agents take a prompt: `wharf run 'what to do'`"))
        }
        Err(error) => Err(error),
    }
}
