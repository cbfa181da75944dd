//! `wharf serve`: an emulator of hosted services for tests, optionally with a command that uses it.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use tokio::sync::oneshot;

use super::Cx;
use super::child::ChildCommand;
use super::cx::Signals;
use super::used_files::UsedFiles;
use wharf_core::config::env;
use wharf_core::error::{Error, Result};
use wharf_core::platform;
use wharf_emulator::env_file::EnvFileTarget;
use wharf_emulator::faults::Fault;
use wharf_emulator::{PATIENCE, Server, ServerOptions, backends, operations};

pub(super) const EXAMPLES: &str = "\
The emulator is for tests: it listens on this machine only, accepts any key,\n\
runs no agent, and may lose data in a power cut. With --exec, it runs commands\n\
of AGB sessions, and with --agent-command a program that answers in Anthropic\n\
and Foundry sessions: as this user, without a sandbox. Then, it accepts one\n\
random key.\n\n\
With a COMMAND, it runs the command with the variables that make clients use\n\
and trust the emulator, passes signals on, and exits with the command's exit\n\
status (126 or 127 if the command cannot be started). Without one, it prints\n\
the variables and serves until Ctrl-C. With --backend, the variables also\n\
select that backend for wharf.\n\n\
Faults, OPERATION:EFFECT[@POSITION] [xN] [skip=N]:\n  \
    'upload:reset@1MiB x2'          the first two uploads end after 1 MiB\n  \
    'list:429 x3 retry-after=1'     three listings are rejected\n  \
    'download:truncate@50%'         each download ends in the middle\n  \
    '*:latency=100ms'               each request takes 100 ms longer\n  \
    'create:reset@end x1'           the session is created, the response lost\n\
Effects: latency=TIME, reset, truncate, stall, 400 to 599, endless,\n\
redirect=URL, bytes_written=N, page=N, drop@eventN, silent-end@eventN,\n\
keepalive-only, chunked, refused, refused=inside, sync=HOW, result=FORM.\n\n\
Examples:\n  \
    wharf serve --tls -- pytest\n  \
    wharf serve --backend anthropic -- wharf sessions list\n  \
    wharf serve --env-file wharf.env &\n  \
    wharf serve --fault 'upload:503 x1 retry-after=1' --log log -- ./my-test\n  \
    wharf serve --listen 127.0.0.1:8080 --store ./data\n  \
    wharf serve --agent-command 'tr a-z A-Z' -- ./my-test";

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Loopback address or port to listen on [default: a free port]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,

    /// Serve HTTPS with a certificate of a temporary authority
    #[arg(long)]
    tls: bool,

    /// Directory for all data [default: temporary, removed at the end]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    store: Option<PathBuf>,

    /// Run commands and code of AGB sessions as this user, without a sandbox
    #[arg(long)]
    exec: bool,

    /// Program that answers in Anthropic and Foundry sessions, with its arguments in POSIX quoting
    #[arg(long, value_name = "COMMAND", value_hint = ValueHint::CommandString)]
    agent_command: Option<String>,

    /// Make requests fail on purpose; can be repeated
    #[arg(long, value_name = "SPEC")]
    fault: Vec<String>,

    /// Append each request to a file, as a line of JSON
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    log: Option<PathBuf>,

    /// Write the variables to a new file that exists while the server runs
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    env_file: Option<PathBuf>,

    /// Command to run with the variables set
    #[arg(last = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments)]
    command: Vec<OsString>,
}

impl ServeArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let listen = self.listen.as_deref().map_or(Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))), address)?;
        let operations = operations();
        let faults = self.fault.iter().map(|spec| Fault::parse(spec, &operations)).collect::<Result<_>>()?;
        let agent_command = self.agent_command.as_deref().map(words).transpose()?;
        let only_key = self.exec || agent_command.is_some();
        let chosen = cx.named_backend().map(served).transpose()?;
        let mut used = UsedFiles::default();
        if let Some(store) = &self.store {
            used.directory("the store", store);
        }
        if let Some(log) = &self.log {
            used.check("--log", log)?;
            used.file("the log", log);
        }
        if let Some(file) = &self.env_file {
            used.check("--env-file", file)?;
        }
        let place = self.env_file.as_deref().map(EnvFileTarget::claim).transpose()?;
        let options = ServerOptions {
            listen,
            tls: self.tls,
            store: self.store,
            exec: self.exec,
            agent_command,
            faults,
            log: self.log,
            warn: cx.out.noter(),
            patience: PATIENCE,
        };
        let server = Server::bind(options).await?;
        let keys = if only_key { "only this key is accepted" } else { "any key is accepted" };
        let mut variables = server.variables().to_vec();
        variables.extend(chosen.map(|backend| (env::BACKEND, backend.to_owned())));
        // Dropping it at the end of this function removes the file.
        let _file = place.map(|place| place.write(server.origin(), &variables)).transpose()?;
        let signals = cx.signals();
        match self.command.split_first() {
            Some((program, args)) => beside(cx, server, &variables, program, args, signals).await,
            None => alone(cx, server, keys, &variables, signals).await,
        }
    }
}

/// Splits a command by the quoting rules of a POSIX shell. A relative path of a program is made absolute.
fn words(command: &str) -> Result<Vec<OsString>> {
    let invalid = || {
        Error::usage(format!("invalid command `{command}`: it is empty, or a quote does not end"))
            .hint("write --agent-command 'PROGRAM ARG...'")
    };
    let words =
        shlex::split(command).filter(|words| words.first().is_some_and(|word| !word.is_empty())).ok_or_else(invalid)?;
    let mut words: Vec<_> = words.into_iter().map(OsString::from).collect();
    if let Some(program) = words.first_mut().filter(|program| Path::new(program).components().count() > 1) {
        let path = std::path::absolute(&program);
        *program = path.map_err(|e| Error::io(format!("finding `{}`", program.display()), &e))?.into();
    }
    Ok(words)
}

/// Returns the backend with this name, if the emulator has a dialect for it.
fn served(name: &str) -> Result<&'static str> {
    backends().find(|backend| *backend == name).ok_or_else(|| {
        let all: Vec<_> = backends().collect();
        Error::usage(format!("`wharf serve` does not emulate the backend `{name}`"))
            .hint(format!("choose one of {}, or leave out --backend", all.join(", ")))
    })
}

/// The environment variables for clients and the command.
type Variables = [(&'static str, String)];

/// Serves until a signal arrives.
async fn alone(cx: &Cx, server: Server, keys: &str, variables: &Variables, signals: Signals) -> Result<()> {
    let mut text = format!("# an emulator for tests at {}; {keys}; Ctrl-C ends it\n", server.origin());
    for (name, value) in variables {
        let _ = writeln!(text, "export {name}='{}'", value.replace('\'', r"'\''"));
    }
    cx.out.bytes(text.as_bytes())?;
    cx.out.flush()?;
    let mut signals = signals;
    let (ended, end) = oneshot::channel();
    let serving = server.run(async {
        let stop = signals.next().await;
        let _ = ended.send(stop);
    });
    serving.await?;
    match end.await {
        Ok(stop) => Err(Error::new(stop.signal.kind(), "interrupted").hint("the server has stopped")),
        Err(_) => Ok(()),
    }
}

/// Serves while a command runs.
async fn beside(
    cx: &Cx,
    server: Server,
    variables: &Variables,
    program: &OsString,
    args: &[OsString],
    mut signals: Signals,
) -> Result<()> {
    let Some(mut child) = ChildCommand::start(cx, program, args, variables.iter().cloned()) else {
        return server.run(std::future::ready(())).await;
    };
    let (ended, end) = oneshot::channel();
    server
        .run(async {
            drop(ended.send(child.wait(&mut signals).await));
        })
        .await?;
    if let Ok(status) = end.await {
        cx.status.set(platform::exit_status(status?));
    }
    Ok(())
}

/// Parses an address such as `127.0.0.1:8080`, `localhost:8080`, `[::1]:0`, `8080` or `127.0.0.1`.
fn address(text: &str) -> Result<SocketAddr> {
    let named = text.strip_prefix("localhost").map(|rest| format!("127.0.0.1{rest}"));
    let text = named.as_deref().unwrap_or(text);
    let read = text.parse().ok().or_else(|| {
        let port = text.strip_prefix(':').unwrap_or(text).parse::<u16>().map(|port| (Ipv4Addr::LOCALHOST, port).into());
        port.ok().or_else(|| text.parse::<IpAddr>().ok().map(|ip| (ip, 0).into()))
    });
    let hint = "use an address such as 127.0.0.1:8080 or [::1]:8080, or a port";
    match read {
        Some(address) if SocketAddr::ip(&address).is_loopback() => Ok(address),
        Some(address) => Err(Error::usage(format!(
            "address `{address}` is not a loopback address: other machines could reach the emulator"
        ))
        .hint(hint)),
        None => Err(Error::usage(format!("invalid address to listen on: `{text}`")).hint(hint)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine_and_no_other() {
        for (text, read) in [
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("localhost:8080", "127.0.0.1:8080"),
            ("localhost", "127.0.0.1:0"),
            ("8080", "127.0.0.1:8080"),
            (":8080", "127.0.0.1:8080"),
            ("127.0.0.2", "127.0.0.2:0"),
            ("[::1]:7", "[::1]:7"),
            ("::1", "[::1]:0"),
        ] {
            assert_eq!(address(text).map(|address| address.to_string()).ok().as_deref(), Some(read), "{text}");
        }
        for bad in ["0.0.0.0:80", "10.0.0.1", "[::]:80", "::", "example.org:80", "x", "", "99999"] {
            assert!(address(bad).is_err_and(|e| e.hint_text().is_some()), "{bad}");
        }
    }
}
