//! A command of this machine that wharf starts and waits for.

use std::ffi::OsString;
use std::process::ExitStatus;

use tokio::process::{Child, Command};

use super::Cx;
use super::cx::Signals;
use wharf_core::error::{Error, Result};
use wharf_core::platform::process::start_failure;
use wharf_core::platform::{self, Signal};

/// A command that runs. Dropped, it is killed.
pub(super) struct ChildCommand(Child);

impl ChildCommand {
    /// Starts a command with these variables beside those of this process. One that cannot be started is reported, with
    /// the status that shells have for it; the result is none.
    pub(super) fn start(
        cx: &Cx,
        program: &OsString,
        args: &[OsString],
        variables: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Option<Self> {
        match Command::new(program).args(args).envs(variables).kill_on_drop(true).spawn() {
            Ok(child) => Some(ChildCommand(child)),
            Err(e) => {
                cx.status.set(start_failure(&e));
                let error = Error::io(format!("starting `{}`", program.display()), &e);
                cx.out.note_error(&error);
                cx.out.report_failure(&program.display().to_string(), &error);
                None
            }
        }
    }

    /// Waits for the end of the command, and passes signals on to it.
    ///
    /// # Errors
    /// Those of the system.
    pub(super) async fn wait(&mut self, signals: &mut Signals) -> Result<ExitStatus> {
        loop {
            tokio::select! {
                status = self.0.wait() => {
                    return status.map_err(|e| Error::io("waiting for the command", &e));
                }
                heard = signals.next() => {
                    // A terminal sends its signals to the command as well.
                    if !heard.from_terminal {
                        self.signal(heard.signal);
                    }
                }
            }
        }
    }

    /// Returns the number of the process, unless it has ended.
    pub(super) fn process(&self) -> Option<u32> {
        self.0.id()
    }

    /// Sends a signal to the command.
    pub(super) fn signal(&self, signal: Signal) {
        if let Some(process) = self.0.id() {
            drop(platform::send_signal(process, signal));
        }
    }
}
