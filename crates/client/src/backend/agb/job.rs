//! The job directory: a command of any length behind a tool whose calls are short.
//!
//! The tool `shell` runs one shell string and returns when it ends: no streams, no input, no signals, no second look
//! at a call whose answer was lost. A command is therefore started in the background of a short call, in a process
//! group of its own, with its output in files of `.wharf/ID` below the home; further short calls read what was written
//! and, when it has ended, its status. This client chooses the ID, and the creation of the directory is what starts the
//! command, so that a call that arrives twice starts nothing twice.
//!
//! Every script is constant and runs in `dash`, `bash` and `busybox`. What varies are its arguments, which are quoted.
//! An answer begins with `wharf ID`, since the images differ in what they put around the output of a command.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::future::try_join_all;

use super::client::AgbClient;
use super::tools::{ToolOutcome, failed, is_unknown, script_call, words};
use crate::http::Class;
use wharf_core::advice::{Setting, Step};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, SessionId, SessionPath};
use wharf_core::platform::Signal;
use wharf_wire::agb::text::ToolError;
use wharf_wire::agb::{self as wire};
use wharf_wire::json;

/// Bytes of output in one answer: in base64 with its line ends they stay below the limit of a message.
pub(super) const CHUNK: u64 = 40_000;

/// Starts the command. Arguments: the script [`RUN`], the id, the working directory, the command's words. Returns once
/// the process is known, so that a service that ends what a call left in its process group does not end the command.
/// Something else in the place of `outputs` is the user's, and may be what the command is to remove.
const START: &str = "run=$1 id=$2 cwd=$3; shift 3; d=.wharf/$id; say() { echo \"wharf $id $*\"; exit 0; }; \
    for tool in setsid base64 env wc head tail; do command -v $tool >/dev/null 2>&1 || say lacks $tool; done; \
    e=$(mkdir -p .wharf 2>&1) || say refused \"$e\"; \
    e=$(mkdir -p outputs 2>&1) || [ -e outputs ] || [ -L outputs ] || say refused \"$e\"; \
    [ -e \"$cwd\" ] || say no-cwd; (cd \"$cwd\") 2>/dev/null || say bad-cwd; \
    e=$(mkdir -m 700 \"$d\" 2>&1) || { [ -d \"$d\" ] && say again; say refused \"$e\"; }; \
    if [ -e \"$d.in\" ]; then e=$(mv \"$d.in\" \"$d/in\" 2>&1) || say refused \"$e\"; fi; \
    setsid sh -c \"$run\" wharf \"$d\" \"$cwd\" \"$@\" </dev/null >/dev/null 2>&1 & \
    n=0; while [ ! -s \"$d/pid\" ] && [ $n -lt 100 ]; do \
    sleep 0.02 2>/dev/null || { sleep 1; n=$((n+50)); }; n=$((n+1)); done; say started";

/// Runs the command and keeps its status, which gets its name when it is whole. A signal to the group does not end this
/// shell before the command has ended; the command itself has no handlers.
const RUN: &str = "d=$1 cwd=$2; shift 2; trap : HUP INT QUIT TERM PIPE; echo $$ >\"$d/pid\" || exit; \
    [ -e \"$d/in\" ] || : >\"$d/in\"; \
    (o=$(pwd)/outputs; cd \"$cwd\" && exec env \"WHARF_OUTPUTS=$o\" \"$@\") <\"$d/in\" >\"$d/out\" 2>\"$d/err\"; \
    echo $? >\"$d/rc.t\" && mv \"$d/rc.t\" \"$d/rc\"";

/// Looks at the command. Arguments: the id, the bytes known of each stream, the most bytes to return. Whether it lives is
/// read before its status: one that does not live and has no status will not get one. A process that nothing has
/// waited for does not live.
const LOOK: &str = "id=$1 from=$2 after=$3 most=$4 p= x= r= a=0 s=0 t=0; \
    cd \"./.wharf/$id\" 2>/dev/null || { echo \"wharf $id gone\"; exit 0; }; \
    { read -r p <pid; } 2>/dev/null; [ -n \"$p\" ] && kill -s 0 \"$p\" 2>/dev/null && a=1; \
    { read -r x <\"/proc/$p/stat\"; } 2>/dev/null; case $x in *') Z '*|*') X '*) a=0;; esac; \
    { read -r r <rc; } 2>/dev/null; set -- $(wc -c out err 2>/dev/null); \
    if [ \"$2\" = out ]; then s=$1 t=$3; elif [ -e out ] || [ -n \"$r\" ]; then echo \"wharf $id unreadable\"; exit 0; fi; \
    n=$((t-after)); k=$((most/2)); [ $n -gt $k ] && n=$k; [ $n -lt 0 ] && n=0; \
    k=$((s-from)); m=$((most-n)); [ $k -gt $m ] && k=$m; [ $k -lt 0 ] && k=0; \
    echo \"wharf $id process=${p:--} alive=$a status=${r:--} stdout=$s stderr=$t\"; \
    if [ $k -gt 0 ]; then tail -c +$((from+1)) out | head -c $k | base64; fi; echo \"- $k\"; \
    if [ $n -gt 0 ]; then tail -c +$((after+1)) err | head -c $n | base64; fi; echo \"- $n\"";

/// Sends a signal to the command and all that it started. Arguments: the id, the signal, the process if it is known.
/// Where the command has not been started, it never will be: its directory exists from now on.
const STOP: &str = "id=$1 p=$3; d=./.wharf/$id; say() { echo \"wharf $id $*\"; exit 0; }; \
    if [ -z \"$p\" ]; then mkdir -p .wharf 2>/dev/null; mkdir -m 700 \"$d\" 2>/dev/null && say never; \
    n=0; while [ ! -s \"$d/pid\" ] && [ $n -lt 100 ]; do \
    sleep 0.02 2>/dev/null || { sleep 1; n=$((n+50)); }; n=$((n+1)); done; \
    p=$(cat \"$d/pid\" 2>/dev/null); fi; [ -n \"$p\" ] || say silent; \
    kill -s \"$2\" -- \"-$p\" 2>/dev/null; say sent";

/// Asks all commands of the session to end. A job without a status whose process number was given to another process
/// since is left alone: the number has to be that of a shell that was started for this very directory.
const STOP_ALL: &str = "for d in .wharf/*/; do d=${d%/}; p= c=; [ -e \"$d/rc\" ] && continue; \
    { read -r p <\"$d/pid\"; } 2>/dev/null; [ \"$p\" -gt 1 ] 2>/dev/null || continue; \
    if [ -d /proc/self ]; then { c=$(head -c 4096 \"/proc/$p/cmdline\"); } 2>/dev/null; \
    case $c in *\"$d\"*) ;; *) continue;; esac; fi; \
    kill -s TERM -- \"-$p\" 2>/dev/null; done; echo \"wharf $1 stopped\"";

/// Removes the job directory. Arguments: the id; the process group whose rest is to be killed, if any; and whether the
/// empty directory is to stay, because a call that starts the command may still be on its way.
const REMOVE: &str = "d=./.wharf/$1; [ -z \"$2\" ] || kill -s KILL -- \"-$2\" 2>/dev/null; \
    if [ -z \"$3\" ]; then rm -rf \"$d\" \"$d.in\"; \
    else mkdir -p .wharf; mkdir -m 700 \"$d\" 2>/dev/null; rm -rf \"$d.in\" \"$d\"/*; fi; echo \"wharf $1 removed\"";

/// A command's directory in a session.
pub(super) struct Job {
    pub(super) client: Arc<AgbClient>,
    pub(super) session: SessionId,
    pub(super) id: String,
    home: RemotePath,
    cwd: SessionPath,
    /// The call that starts the command.
    start: String,
}

/// The outcome of a call that starts a command.
pub(super) enum Start {
    /// The command was started, by this call or an earlier one.
    Done,
    /// The reason why it is unknown.
    Unclear(Error),
}

/// A look at a job directory.
pub(super) enum JobLookup {
    /// There is no such directory.
    Gone,
    /// The state of the command.
    Job(JobState),
    /// The answer does not say: why.
    Unclear(Error),
}

/// The state of a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct JobState {
    /// The process group, once it is known.
    pub(super) process: Option<u32>,
    /// Whether the shell that waits for it lives.
    pub(super) is_alive: bool,
    /// The exit status, once the command has ended.
    pub(super) status: Option<u8>,
    /// Bytes that it has written to its standard output.
    pub(super) stdout_len: u64,
    /// Bytes that it has written to its standard error.
    pub(super) stderr_len: u64,
    /// The next bytes of its standard output.
    pub(super) stdout: Bytes,
    /// The next bytes of its standard error.
    pub(super) stderr: Bytes,
}

/// The outcome of a call that stops a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The command was not started, and will not be.
    Never,
    /// The signal was sent, if there still was a process.
    Sent,
}

impl Job {
    /// Prepares a job. `words` are those of `env`: variables, the program and its arguments.
    ///
    /// # Errors
    /// `limit` for a command that is too long for a message.
    pub(super) fn new(
        client: Arc<AgbClient>,
        session: SessionId,
        id: String,
        home: &RemotePath,
        cwd: RemotePath,
        words: &[&str],
    ) -> Result<Self> {
        let below = relative(&cwd, home);
        let start = script(START, &[&[RUN, id.as_str(), below.as_str()], words].concat());
        let cwd = SessionPath { session: session.clone(), path: cwd };
        let job = Job { client, session, id, home: home.clone(), cwd, start };
        let call = wire::ToolRequest::new("", wire::name::SHELL, &script_call(job.start.clone()));
        let len = call.args.map_or(0, |args| args.len());
        if len > wire::MESSAGE_SURE {
            return Err(Error::new(Kind::Limit, format!("the command is too long for one call: {len} bytes"))
                .hint(format!("the service takes {}: upload a script, and run that", wire::MESSAGE_SURE)));
        }
        Ok(job)
    }

    /// Returns the path of what the command is to read.
    pub(super) fn input(&self) -> SessionPath {
        self.cwd.at(self.home.join(".wharf").join(&format!("{}.in", self.id)))
    }

    /// Returns the path of the directory, for people.
    pub(super) fn directory(&self) -> String {
        format!("{}:.wharf/{}", self.session, self.id)
    }

    /// Starts the command. A call that arrives late or again starts nothing twice.
    ///
    /// # Errors
    /// Why it was certainly not started.
    pub(super) async fn start(&self) -> Result<Start> {
        let class = Class::Once(Step::ListFiles { session: None });
        let said = match self.run(class, self.start.clone()).await {
            Ok(Ok(said)) => said,
            Ok(Err(error)) if is_unknown(&error) => return Err(incapable(&error.message)),
            Ok(Err(error)) => return Ok(Start::Unclear(self.unclear(&error.message))),
            // An answer of success that is not one says nothing about the command.
            Err(error) if error.is_uncertain() || error.kind() == Kind::Unavailable && is_success(&error) => {
                return Ok(Start::Unclear(error.hint(self.remains())));
            }
            Err(error) => return Err(error),
        };
        let (word, rest) = said.trim().split_once(' ').unwrap_or((said.trim(), ""));
        match word {
            "started" | "again" => Ok(Start::Done),
            "lacks" => Err(incapable(rest)),
            "no-cwd" => Err(Error::not_found(format!("the working directory does not exist: `{}`", self.cwd))),
            "bad-cwd" => Err(Error::conflict(format!("the working directory cannot be entered: `{}`", self.cwd))),
            "refused" => Err(failed(&self.cwd.at(self.home.clone()), &ToolError::read(rest))),
            _ => Ok(Start::Unclear(self.unclear(&said))),
        }
    }

    /// Looks at several parts of the command's standard output at once, from `stdout` on, in their order.
    ///
    /// # Errors
    /// As [`Job::look`].
    pub(super) async fn look_ahead(&self, stdout: u64, parts: u64) -> Result<Vec<JobLookup>> {
        let part = |number| self.look(stdout + number * CHUNK, u64::from(u32::MAX) << 16, CHUNK);
        try_join_all((0..parts).map(part)).await
    }

    /// Looks at the command, of whose output `stdout` and `stderr` bytes are known, and returns up to `most` bytes of the
    /// rest.
    ///
    /// # Errors
    /// Those of the call, which say where the output of the command is.
    pub(super) async fn look(&self, stdout: u64, stderr: u64, most: u64) -> Result<JobLookup> {
        let numbers = [stdout, stderr, most].map(|number| number.to_string());
        let [stdout, stderr, most] = &numbers;
        let command = script(LOOK, &[&self.id, stdout, stderr, most]);
        match self.run(Class::Safe, command).await.map_err(|error| self.unseen(error))? {
            Ok(said) => Ok(parse_look(&said).unwrap_or_else(|| JobLookup::Unclear(self.unclear(&said)))),
            Err(error) => Ok(JobLookup::Unclear(self.unclear(&error.message))),
        }
    }

    /// Sends a signal to the command. The shell that starts it has INT ignored in what it runs in the background, so
    /// that TERM is sent in its place.
    ///
    /// # Errors
    /// Those of the call; `unavailable` where the signal may not have arrived.
    pub(super) async fn stop(&self, signal: Signal, process: Option<u32>) -> Result<Stop> {
        let process = process.map(|process| process.to_string()).unwrap_or_default();
        let command = script(STOP, &[&self.id, signal_of(signal).0, &process]);
        match self.run(Class::Idempotent, command).await? {
            Ok(said) if said.trim() == "never" => Ok(Stop::Never),
            Ok(said) if said.trim() == "sent" => Ok(Stop::Sent),
            Ok(said) => Err(self.unclear(&said)),
            Err(error) => Err(self.unclear(&error.message)),
        }
    }

    /// Removes the directory, if that succeeds at the first or second call. `rest` is the process group of which nothing may go on; with `keeps_name` its empty
    /// directory stays, so that no late call starts the command.
    pub(super) async fn remove(&self, rest: Option<u32>, keeps_name: bool) {
        let rest = rest.map(|process| process.to_string()).unwrap_or_default();
        let keeps = if keeps_name { "1" } else { "" };
        let command = script(REMOVE, &[&self.id, &rest, keeps]);
        // The client has tried a call that failed again; one that the tool failed is tried here.
        if let Ok(Err(_)) = self.run(Class::Idempotent, command.clone()).await {
            drop(self.run(Class::Idempotent, command).await);
        }
    }

    /// Runs a script and returns what follows `wharf ID ` in its output.
    async fn run(&self, class: Class, command: String) -> Result<ToolOutcome> {
        let outcome = self.client.output(class, &self.session, script_call(command)).await?;
        Ok(outcome.and_then(|text| match said(&text, &self.id) {
            Some(said) => Ok(said.to_owned()),
            None => Err(ToolError { code: None, message: text }),
        }))
    }

    pub(super) fn unclear(&self, said: &str) -> Error {
        let said = json::excerpt(said.trim());
        Error::new(Kind::Unavailable, format!("the answer about the command in `{}` is unclear ({said})", self.session))
            .hint(self.remains())
    }

    /// Returns where to look where nothing more was learned.
    pub(super) fn remains(&self) -> String {
        format!("the command may still be running: its output is in `{}`", self.directory())
    }

    /// Returns the error of a call that did not show what became of a command, which was or may have been started. What
    /// such a call says of trying it again is not true of the command.
    pub(super) fn unseen(&self, error: Error) -> Error {
        if error.kind() == Kind::NotFound {
            return error.with_message(format!(
                "the session is gone, and it is not known how the command ended: `{}`",
                self.session
            ));
        }
        error.hint(self.remains())
    }

    /// Returns the error of a command of which nothing more can be learned.
    pub(super) fn lost(&self, why: &str) -> Error {
        Error::new(Kind::Unavailable, format!("it is not known how the command ended: {why}: `{}`", self.directory()))
            .hint("the command may still be running")
    }
}

/// Asks all commands that wharf runs in a session to end.
///
/// # Errors
/// Those of the call; `unavailable` where the signals may not have arrived.
pub(super) async fn stop_all(client: &AgbClient, session: &SessionId) -> Result<()> {
    let command = script(STOP_ALL, &[ALL]);
    match client.output(Class::Idempotent, session, script_call(command)).await? {
        Ok(text) if said(&text, ALL).is_some_and(|said| said.trim() == "stopped") => Ok(()),
        // An image without a shell runs no commands.
        Err(error) if is_unknown(&error) => Ok(()),
        Ok(text) | Err(ToolError { message: text, .. }) => {
            let said = json::excerpt(text.trim());
            Err(Error::new(
                Kind::Unavailable,
                format!("the answer about the commands in `{session}` is unclear ({said})"),
            )
            .hint("they may still be running"))
        }
    }
}

/// The id in an answer about all jobs.
const ALL: &str = "all";

/// Returns whether the error is about an answer with a successful status.
fn is_success(error: &Error) -> bool {
    error.status().is_some_and(|status| (200..300).contains(&status))
}

/// Returns the error of an image without what runs a command.
fn incapable(lacks: &str) -> Error {
    let lacks = json::excerpt(lacks);
    Error::new(Kind::Unsupported, format!("the image of the session lacks what runs a command ({lacks})"))
        .hint(format!("commands need sh, setsid, base64, env, wc, head and tail: choose another {}", Setting::Image))
}

/// Returns the number of a signal as it is sent.
pub(super) fn signal_of(signal: Signal) -> (&'static str, i32) {
    match signal {
        Signal::Interrupt | Signal::Terminate => ("TERM", 15),
        Signal::HangUp => ("HUP", 1),
        Signal::Pipe => ("PIPE", 13),
        Signal::Kill => ("KILL", 9),
    }
}

/// Returns the command line that runs a script with arguments, whatever shell the tool uses.
pub(super) fn script(script: &str, args: &[&str]) -> String {
    words("sh -c", &[&[script, "wharf"], args].concat())
}

/// Returns a directory as seen from the home, so that no part of the command names an absolute path. `./` is for names
/// that begin with a dash.
fn relative(path: &RemotePath, home: &RemotePath) -> String {
    if path.is_within(home) {
        return format!("./{}", path.below(home));
    }
    let up = home.relative().split('/').count();
    format!("./{}{}", "../".repeat(up), path.relative())
}

/// Returns what a script says in its output.
pub(super) fn said<'t>(text: &'t str, id: &str) -> Option<&'t str> {
    text.split_once(&format!("wharf {id} ")).map(|(_, said)| said)
}

/// Parses what [`LOOK`] says.
fn parse_look(said: &str) -> Option<JobLookup> {
    let mut lines = said.lines();
    let head = lines.next()?;
    if head == "gone" {
        return Some(JobLookup::Gone);
    }
    let field = |name: &str| {
        let mut fields = head.split(' ').filter_map(|field| field.split_once('='));
        fields.find(|(known, _)| *known == name).map(|(_, value)| value)
    };
    // A dash is for what is not known yet.
    let known = |name: &str| field(name).map(|value| Some(value).filter(|value| *value != "-"));
    let process: Option<u32> = known("process")?.map(str::parse).transpose().ok()?;
    let mut block = || {
        let mut text = String::new();
        let len = loop {
            match lines.next()?.trim_end() {
                line if line.starts_with("- ") => break line.get(2..)?.parse::<usize>().ok()?,
                line => text.push_str(line),
            }
        };
        STANDARD.decode(text).ok().filter(|bytes| bytes.len() == len).map(Bytes::from)
    };
    let (stdout, stderr) = (block()?, block()?);
    Some(JobLookup::Job(JobState {
        // A signal to a group of a lower number would go to more than the command.
        process: process.filter(|process| *process > 1),
        is_alive: field("alive")? == "1",
        status: known("status")?.map(str::parse).transpose().ok()?,
        stdout_len: field("stdout")?.parse().ok()?,
        stderr_len: field("stderr")?.parse().ok()?,
        stdout,
        stderr,
    }))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::path::Path;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;

    /// A home in which a shell runs scripts as the tool does.
    struct Home {
        dir: tempfile::TempDir,
        shell: &'static [&'static str],
    }

    impl Home {
        /// A home for each shell of this machine; those of the images are among them.
        fn all() -> Vec<Home> {
            let shells: [&[&str]; 3] = [&["/bin/dash"], &["/bin/bash"], &["/bin/busybox", "sh"]];
            let found: Vec<_> = shells.into_iter().filter(|shell| Path::new(shell[0]).exists()).collect();
            assert!(!found.is_empty(), "no shell is here");
            found.into_iter().map(|shell| Home { dir: tempfile::tempdir().unwrap(), shell }).collect()
        }

        /// Runs a script with this shell and returns what it says of the job `j`.
        fn says(&self, text: &str, args: &[&str]) -> String {
            let output = Command::new(self.shell[0])
                .args(&self.shell[1..])
                .args(["-c", text, "wharf"])
                .args(args)
                .current_dir(self.dir.path())
                .stdin(Stdio::null())
                .output()
                .unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            said(&text, "j").unwrap_or_else(|| panic!("{:?}: {text:?}", self.shell)).trim_end().to_owned()
        }

        fn start(&self, words: &[&str]) -> String {
            self.says(START, &[&[RUN, "j", "./"], words].concat())
        }

        /// Looks until the command has ended; returns its state with all of its output.
        fn end(&self) -> JobState {
            let begun = Instant::now();
            loop {
                let Some(JobLookup::Job(state)) = parse_look(&self.says(LOOK, &["j", "0", "0", "40000"])) else {
                    panic!("{:?}", self.shell)
                };
                if state.status.is_some() || state.process.is_some() && !state.is_alive {
                    return state;
                }
                assert!(begun.elapsed() < Duration::from_secs(20), "{:?}: {state:?}", self.shell);
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }

    #[test]
    fn a_command_runs_once_and_leaves_its_bytes_and_its_status() {
        for home in Home::all() {
            let words = [
                "A=1 2",
                "sh",
                "-c",
                r#"printf '\377\0%s' "$A$1"; echo err >&2; echo x >>ran; exit 7"#,
                "sh",
                "it's $x",
            ];
            assert_eq!(home.start(&words), "started");
            let state = home.end();
            assert_eq!((&state.stdout[..], &state.stderr[..]), (&b"\xff\x001 2it's $x"[..], &b"err\n"[..]));
            assert_eq!((state.status, state.stdout_len, state.stderr_len), (Some(7), 12, 4));
            assert_eq!(home.start(&words), "again");
            assert_eq!(std::fs::read_to_string(home.dir.path().join("ran")).unwrap(), "x\n");
            let part = home.says(LOOK, &["j", "11", "4", "40000"]);
            let Some(JobLookup::Job(part)) = parse_look(&part) else { panic!("{part}") };
            assert_eq!((&part.stdout[..], &part.stderr[..]), (&b"x"[..], &b""[..]));
            assert_eq!(home.says(REMOVE, &["j", "", ""]), "removed");
            assert_eq!(home.says(LOOK, &["j", "0", "0", "9"]), "gone");
            std::fs::remove_dir(home.dir.path().join("outputs")).unwrap();
            std::fs::write(home.dir.path().join("outputs"), "").unwrap();
            assert_eq!(home.start(&["rm", ".wharf/j/out"]), "started");
            let begun = Instant::now();
            while home.says(LOOK, &["j", "0", "0", "9"]) != "unreadable" {
                assert!(begun.elapsed() < Duration::from_secs(20), "{:?}: lost output is no output", home.shell);
            }
        }
    }

    #[test]
    fn a_signal_ends_the_group_and_a_job_that_was_stopped_first_never_starts() {
        for home in Home::all() {
            assert_eq!(home.start(&["sh", "-c", "trap 'exit 5' TERM; sleep 60 & wait"]), "started");
            assert_eq!(home.says(STOP, &["j", "TERM", ""]), "sent");
            assert!(matches!(home.end().status, Some(5 | 143)), "{:?}", home.shell);
            assert_eq!(home.says(REMOVE, &["j", "", "1"]), "removed");
            assert_eq!(home.start(&["sh", "-c", "echo x >ran"]), "again", "its name stays");
            assert_eq!(home.says(REMOVE, &["j", "", ""]), "removed");
            assert_eq!(home.says(STOP, &["j", "TERM", ""]), "never");
            assert_eq!(home.start(&["sh", "-c", "echo x >ran"]), "again");
            assert!(!home.dir.path().join("ran").exists());
        }
    }

    #[test]
    fn all_jobs_of_a_session_are_asked_to_end_and_nothing_else() {
        for home in Home::all() {
            let stop_all = || home.says(&STOP_ALL.replace("wharf $1", "wharf j"), &[]);
            assert_eq!(stop_all(), "stopped", "there is no job yet");
            assert_eq!(home.start(&["sleep", "60"]), "started");
            let mut other = Command::new("sleep").arg("60").spawn().unwrap();
            // Left from a killed job whose process number another process has got.
            let left = home.dir.path().join(".wharf/left");
            std::fs::create_dir(&left).unwrap();
            std::fs::write(left.join("pid"), format!("{}\n", other.id())).unwrap();
            for bad in ["", "0\n", "1\n", "x\n", "-1\n"] {
                let bad_job = home.dir.path().join(format!(".wharf/bad{}", bad.len()));
                std::fs::create_dir_all(&bad_job).unwrap();
                std::fs::write(bad_job.join("pid"), bad).unwrap();
            }
            assert_eq!(stop_all(), "stopped");
            assert_eq!(home.end().status, Some(143), "{:?}", home.shell);
            assert!(other.try_wait().unwrap().is_none(), "{:?}", home.shell);
            other.kill().unwrap();
            other.wait().unwrap();
        }
    }

    #[test]
    fn a_command_that_is_killed_leaves_no_status_and_does_not_live() {
        for home in Home::all() {
            assert_eq!(home.start(&["sleep", "60"]), "started");
            assert_eq!(home.says(STOP, &["j", "KILL", ""]), "sent");
            let state = home.end();
            assert_eq!((state.status, state.is_alive), (None, false), "{:?}", home.shell);
        }
    }

    #[test]
    fn what_cannot_start_says_why_and_leaves_nothing() {
        for home in Home::all() {
            assert_eq!(home.says(START, &[RUN, "j", "./none", "true"]), "no-cwd");
            std::fs::write(home.dir.path().join("file"), "").unwrap();
            assert_eq!(home.says(START, &[RUN, "j", "./file", "true"]), "bad-cwd");
            let bare = format!("PATH=/no/such; {START}");
            assert_eq!(home.says(&bare, &[RUN, "j", "./", "true"]), "lacks setsid");
            assert!(!home.dir.path().join(".wharf/j").exists());
            std::fs::remove_dir(home.dir.path().join(".wharf")).unwrap();
            std::fs::write(home.dir.path().join(".wharf"), "").unwrap();
            let refused = home.start(&["true"]);
            assert!(refused.starts_with("refused ") && refused.contains(".wharf"), "{refused}");
        }
    }

    #[test]
    fn a_look_is_taken_only_if_it_is_whole() {
        let good = "process=12 alive=1 status=- stdout=5 stderr=0\naGVs\nbG8=\n- 5\n- 0\n";
        let Some(JobLookup::Job(state)) = parse_look(good) else { panic!() };
        assert_eq!((state.process, state.status, &state.stdout[..]), (Some(12), None, &b"hello"[..]));
        let ended = good.replace("status=-", "status=0");
        assert!(matches!(parse_look(&ended), Some(JobLookup::Job(JobState { status: Some(0), .. }))));
        assert!(matches!(parse_look("gone"), Some(JobLookup::Gone)));
        for lie in [
            good.replace("- 5", "- 4"),
            good.replace("- 0\n", ""),
            good.replace("bG8=\n", ""),
            good.replace("aGVs", "?"),
            good.replace("status=-", "status=256"),
            good.replace("status=-", "status="),
            good.replace("status=-", "status=x"),
            good.replace("status=- ", ""),
            good.replace("stdout=5", "stdout=-"),
            good.replace("stdout=5", "stdout=-5"),
            good.replace("process=12", "process=99999999999"),
            String::new(),
        ] {
            assert!(parse_look(&lie).is_none(), "{lie:?}");
        }
        // To a group of this number a signal would go to everything.
        let Some(JobLookup::Job(state)) = parse_look(&good.replace("process=12", "process=1")) else { panic!() };
        assert_eq!(state.process, None);
    }

    #[test]
    fn a_directory_is_seen_from_the_home() {
        let home: RemotePath = "/tmp".parse().unwrap();
        for (path, wanted) in
            [("/tmp", "./"), ("/tmp/-n/x", "./-n/x"), ("/data", "./../data"), ("/", "./../."), ("/tmpx", "./../tmpx")]
        {
            assert_eq!(relative(&path.parse().unwrap(), &home), wanted, "{path}");
        }
    }
}
