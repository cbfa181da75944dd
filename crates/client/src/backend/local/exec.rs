//! Commands: programs of this machine in a session's directory, as this user. No sandbox keeps them there.

use std::ffi::OsString;
use std::io;
use std::process::ExitStatus;
use std::sync::Arc;

use async_trait::async_trait;

use super::capabilities::CAPABILITIES;
use super::hold::{HeldCommand, HeldProgram, Hold};
use super::home::LocalHome;
use crate::backend::exec::{CommandEvent, CommandLine, CommandStatus, Exec, NewCommand, RunningCommand, TerminalSize};
use crate::backend::{Capabilities, Feature};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, SessionId};
use wharf_core::platform::process::{ProgramEvent, start_failure};
use wharf_core::platform::{self, Signal};
use wharf_core::random;

/// The commands of a home.
pub(super) struct LocalExec {
    pub(super) home: Arc<LocalHome>,
}

#[async_trait]
impl Exec for LocalExec {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    async fn start(&self, session: &SessionId, command: NewCommand) -> Result<Box<dyn RunningCommand>> {
        let mut argv = match command.command {
            CommandLine::Argv(argv) => argv,
            CommandLine::Script(script) => vec!["sh".into(), "-c".into(), script.into()],
            CommandLine::Code { .. } => return Err(CAPABILITIES.unsupported(Feature::ExecLanguage)),
        };
        let id = random::id("exec")?;
        let hold = Hold::new(&self.home, session, id.clone(), |_, _| Ok(()))
            .or_else(|error| Hold::without_record(&self.home, session, id, error))?;
        let program = HeldCommand {
            argv: &argv,
            cwd: command.cwd.unwrap_or_else(RemotePath::root),
            env: command.env,
            withheld: &command.withheld,
            input: command.input,
            terminal: command.terminal,
        };
        match HeldProgram::start(hold, program)? {
            Ok(program) => Ok(Box::new(LocalCommand(program))),
            Err(e) => {
                let name = argv.swap_remove(0);
                let status = CommandStatus::NotStarted(start_failure(&e), not_started(&name, &e));
                Ok(Box::new(NotStarted(Some(status))))
            }
        }
    }
}

/// Returns the error of a program that cannot be started.
pub(super) fn not_started(name: &OsString, error: &io::Error) -> Error {
    let name = platform::shown(name);
    if error.kind() == io::ErrorKind::NotFound {
        Error::not_found(format!("command not found: `{name}`"))
            .hint("check the name and PATH; a script needs the interpreter that its first line names")
    } else if error.raw_os_error() == Some(platform::UNKNOWN_FORMAT) {
        Error::io(format!("running `{name}`"), error)
            .hint(format!("a script needs a first line such as `#!/bin/sh`; or name its interpreter: `sh {name}`"))
    } else {
        Error::io(format!("running `{name}`"), error)
    }
}

/// Returns the status of a command whose process ended so.
pub(super) fn command_status(status: ExitStatus) -> CommandStatus {
    let exited = || CommandStatus::Exited(platform::exit_status(status));
    platform::ending_signal(status).map_or_else(exited, CommandStatus::Signaled)
}

/// A command that could not be started.
struct NotStarted(Option<CommandStatus>);

#[async_trait]
impl RunningCommand for NotStarted {
    fn id(&self) -> Option<&str> {
        None
    }

    async fn next(&mut self) -> Result<CommandEvent> {
        let status = self.0.take().ok_or_else(|| Error::new(Kind::Internal, "a command ended twice"))?;
        Ok(CommandEvent::Ended(status.into()))
    }

    async fn signal(&mut self, _signal: Signal) -> Result<()> {
        Ok(())
    }
}

/// A command that runs in a session, which cannot be deleted meanwhile.
struct LocalCommand(HeldProgram);

#[async_trait]
impl RunningCommand for LocalCommand {
    fn id(&self) -> Option<&str> {
        Some(self.0.id())
    }

    async fn next(&mut self) -> Result<CommandEvent> {
        Ok(match self.0.next().await? {
            ProgramEvent::Output(stream, bytes) => CommandEvent::Output(stream, bytes),
            ProgramEvent::Ended(status) => CommandEvent::Ended(command_status(status).into()),
        })
    }

    async fn signal(&mut self, signal: Signal) -> Result<()> {
        self.0.signal(signal)
    }

    fn resize(&self, size: TerminalSize) {
        self.0.resize(size);
    }
}
