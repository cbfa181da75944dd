//! Calls of tools, including the shell.

use std::time::Duration;

use serde::Serialize;
use serde_json::Map;

use super::capabilities::CAPABILITIES;
use super::client::{AgbClient, send};
use crate::http::Class;
use wharf_core::advice::Setting;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, SessionId, SessionPath};
use wharf_wire::agb::text::{ShellOutput, ToolError, quoted};
use wharf_wire::agb::{self as wire, AgbOperation};
use wharf_wire::json;

/// Command timeout in ms: the gateway of the sibling service cuts longer ones off.
const SHELL_TIME: u64 = 50_000;

/// The result of a tool: its text, or its error.
pub(super) type ToolOutcome<T = String> = std::result::Result<T, ToolError>;

impl AgbClient {
    /// Calls a tool. A failure of the call is an error; a failure that the tool reports is an outcome, which the
    /// caller interprets.
    pub(super) async fn tool(
        &self,
        class: Class,
        id: &SessionId,
        name: &str,
        args: &impl Serialize,
    ) -> Result<ToolOutcome> {
        let result = self.called(class, id, name, args).await?;
        let text = result.joined();
        Ok(if result.is_error { Err(ToolError::read(&self.http.scrub(&text))) } else { Ok(text) })
    }

    async fn called(
        &self,
        class: Class,
        id: &SessionId,
        name: &str,
        args: &impl Serialize,
    ) -> Result<wire::ToolResult> {
        self.call_tool(class, id, name, args, None).await
    }

    /// Calls a tool and returns its result as it is. `patience` is how long the answer may take, if longer than others.
    pub(super) async fn call_tool(
        &self,
        class: Class,
        id: &SessionId,
        name: &str,
        args: &impl Serialize,
        patience: Option<Duration>,
    ) -> Result<wire::ToolResult> {
        let call = wire::ToolRequest::new(id.as_str(), name, args);
        let (switch, off) = wire::NO_NEW_SESSION;
        let request = self.call(class, AgbOperation::CallTool).query(switch, off).json(&call);
        let reply = send(match patience {
            Some(patience) => request.read_timeout(patience),
            None => request,
        })
        .await?;
        let result: wire::ToolResult = reply.data()?;
        if result.is_whole() { Ok(result) } else { Err(reply.lacks("a text of the tool's")) }
    }

    /// Runs a command that consists only of [`words`], so that the shell interprets nothing in it. Returns its
    /// output; a status other than 0 is an error.
    pub(super) async fn shell(&self, class: Class, id: &SessionId, command: String) -> Result<ToolOutcome> {
        self.run(class, id, command).await.map(|outcome| outcome.map(|output| output.stdout))
    }

    /// Runs a command that prints nothing on success. The service may omit the status, so that any output counts as a
    /// failure.
    pub(super) async fn act(&self, class: Class, id: &SessionId, command: String) -> Result<ToolOutcome> {
        let outcome = self.run(class, id, command).await?;
        Ok(outcome.and_then(|output| match output.exit_code {
            None if !output.stdout.trim().is_empty() => Err(ToolError::read(&output.stdout)),
            _ => Ok(output.stdout),
        }))
    }

    /// Runs a script and returns its output, whatever its status. The output has to show that it is whole.
    pub(super) async fn output(&self, class: Class, id: &SessionId, script: wire::Shell) -> Result<ToolOutcome> {
        let result = self.called(class, id, wire::name::SHELL, &script).await?;
        let outcome = ShellOutput::read_output(&result.joined(), result.is_error).map(|output| output.stdout);
        Ok(outcome.map_err(|error| ToolError { message: self.http.scrub(&error.message), ..error }))
    }

    async fn run(&self, class: Class, id: &SessionId, command: String) -> Result<ToolOutcome<ShellOutput>> {
        let mut envs = Map::new();
        // Its errors are read.
        envs.insert("LC_ALL".to_owned(), "C".into());
        let cwd = Some(RemotePath::root().to_string());
        let asked = wire::Shell { command, timeout_ms: Some(SHELL_TIME), cwd, envs: Some(envs) };
        let outcome = ran(&self.called(class, id, wire::name::SHELL, &asked).await?);
        Ok(outcome.map_err(|error| ToolError { message: self.http.scrub(&error.message), ..error }))
    }
}

/// Returns the arguments of the call that runs a script in the home.
pub(super) fn script_call(command: String) -> wire::Shell {
    wire::Shell { command, timeout_ms: Some(SHELL_TIME), cwd: Some(CAPABILITIES.home.to_owned()), envs: None }
}

/// Returns the arguments of the call that runs a script in the root of the session.
pub(super) fn root_call(command: String) -> wire::Shell {
    wire::Shell { cwd: Some(RemotePath::root().to_string()), ..script_call(command) }
}

fn ran(result: &wire::ToolResult) -> ToolOutcome<ShellOutput> {
    let output = ShellOutput::read(&result.joined(), result.is_error)?;
    let failed = |code: Option<i64>| {
        let text = if output.stderr.trim().is_empty() { &output.stdout } else { &output.stderr };
        ToolError { code, message: text.trim().to_owned() }
    };
    match output.exit_code {
        Some(0) => Ok(output),
        Some(code) => Err(failed(Some(code))),
        None if result.is_error => Err(failed(None)),
        // An old image tells no status: what it says is all that there is.
        None => Ok(output),
    }
}

/// Returns a path as seen from the root of a session, where commands run. A command that names no absolute path acts on
/// the session also where that is a directory of a machine. A name that begins with a dash is no option.
pub(super) fn from_root(path: &RemotePath) -> String {
    format!("./{}", path.relative())
}

/// Returns a command line in which each argument is quoted as one word.
pub(super) fn words(command: &str, arguments: &[&str]) -> String {
    arguments.iter().fold(command.to_owned(), |line, argument| format!("{line} {}", quoted(argument)))
}

/// Returns whether the image lacks the command, or the service the tool.
pub(super) fn is_unknown(error: &ToolError) -> bool {
    let message = error.message.to_ascii_lowercase();
    error.code == Some(ToolError::NO_COMMAND) || message.starts_with("tool ") && message.contains("not found")
}

/// Returns the error of a tool as an error about a path. Its kind is derived from messages of operating systems; if
/// none matches, the service is at fault.
pub(super) fn failed(at: &SessionPath, error: &ToolError) -> Error {
    let lower = error.message.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let says = match (reason(at, &error.message), error.code) {
        ("", Some(code @ 1..)) => format!("exit status {code}"),
        ("", Some(code)) => format!("error code {code}"),
        ("", None) => "no reason is given".to_owned(),
        (reason, _) => json::excerpt(reason),
    };
    let of = |kind: Kind| Error::new(kind, format!("the session reported an error ({says}): `{at}`"));
    if is_unknown(error) {
        of(Kind::Unsupported)
            .hint(format!("the session's image lacks a program for this: choose another {}", Setting::Image))
    } else if has(&["name too long"]) {
        of(Kind::Usage)
    } else if has(&["permission denied", "not permitted", "read-only file system"]) {
        of(Kind::Auth).hint("the session's user may not do that: choose a path below /tmp or its home")
    } else if has(&["no space left", "quota exceeded"]) {
        of(Kind::Limit)
    } else if has(&[
        "not a directory",
        "is a directory",
        "file exists",
        "already exists",
        "not empty",
        "cannot overwrite",
        "subdirectory of itself",
    ]) {
        of(Kind::Conflict)
    } else if error.is_not_found() {
        of(Kind::NotFound)
    } else if error.is_timeout() {
        of(Kind::Unavailable).hint("it exceeded the service's time limit for commands: run it again for the rest")
    } else {
        of(Kind::Unavailable)
    }
}

/// Returns the message of a tool without the path, which the error names anyway.
fn reason<'t>(at: &SessionPath, message: &'t str) -> &'t str {
    let after = message.rsplit_once(at.path.as_str()).map(|(_, after)| after.trim_start_matches(['\'', '"']));
    let reason = after.and_then(|after| after.strip_prefix([':', ','])).map(str::trim);
    let reason = reason.map(|reason| reason.strip_prefix("error: ").unwrap_or(reason));
    reason.filter(|reason| !reason.is_empty()).unwrap_or(message.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> SessionPath {
        SessionPath { session: "s1".parse().unwrap(), path: path.parse().unwrap() }
    }

    #[test]
    fn what_a_tool_says_no_with_has_a_kind() {
        for (text, kind) in [
            (
                "Execution failed. Error code:-32602 Error message: Failed to get file status: /x, error: No such file or directory",
                Kind::NotFound,
            ),
            ("Execution failed. Error code:127 Error message: sh: 1: x: not found", Kind::Unsupported),
            ("Execution failed. Error code:-1 Error message: [timeout]", Kind::Unavailable),
            ("mkdir: cannot create directory '/a/b': Not a directory", Kind::Conflict),
            ("mv: cannot overwrite directory '/a' with non-directory", Kind::Conflict),
            ("rm: cannot remove '/etc/x': Permission denied", Kind::Auth),
            ("cp: error writing '/x': No space left on device", Kind::Limit),
            ("open /x: file name too long", Kind::Usage),
            ("Tool shell not found", Kind::Unsupported),
            ("something else", Kind::Unavailable),
        ] {
            assert_eq!(failed(&at("/x"), &ToolError::read(text)).kind(), kind, "{text}");
        }
        for (code, says) in [(Some(3), "exit status 3"), (Some(-1), "error code -1"), (None, "no reason is given")] {
            let error = failed(&at("/x"), &ToolError { code, message: " \n".to_owned() });
            assert_eq!(error.message(), format!("the session reported an error ({says}): `s1:/x`"));
        }
        let long = failed(&at("/x"), &ToolError { code: None, message: format!("a\n{}", "b".repeat(999)) });
        assert!(long.message().len() < 300 && !long.message().contains('\n'));
    }

    #[test]
    fn an_error_names_its_path_once() {
        for (text, says) in [
            ("rm: cannot remove '/d/x': Permission denied", "Permission denied"),
            ("Failed to delete: /d/x, error: Operation not permitted", "Operation not permitted"),
            ("open /d/x: file name too long", "file name too long"),
            // What is about another path keeps that.
            ("rm: cannot remove '/d/x/y': Permission denied", "rm: cannot remove '/d/x/y': Permission denied"),
            ("mv: cannot overwrite directory '/d/x' with non-directory", ""),
            ("/d/x: ", "/d/x:"),
        ] {
            let says = if says.is_empty() { text } else { says };
            let error = failed(&at("/d/x"), &ToolError { code: Some(1), message: text.to_owned() });
            assert_eq!(error.message(), format!("the session reported an error ({says}): `s1:/d/x`"));
        }
    }

    #[test]
    fn a_command_is_its_words_whatever_is_in_them() {
        assert_eq!(words("mv -fT --", &["a b", "$(x)'"]), r"mv -fT -- 'a b' '$(x)'\'''");
    }

    #[test]
    fn the_status_of_a_command_decides() {
        let result = |text: &str, is_error| wire::ToolResult::text(text, is_error);
        assert_eq!(ran(&result(r#"{"stdout":"x\n","stderr":"","exit_code":0}"#, false)).unwrap().stdout, "x\n");
        let error = ran(&result(r#"{"stdout":"","stderr":"rm: no\n","exit_code":1}"#, false)).unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (Some(1), "rm: no"));
        assert_eq!(ran(&result(r#"{"stdout":"out","errorCode":2}"#, true)).unwrap_err().message, "out");
        assert_eq!(ran(&result("plain", false)).unwrap().stdout, "plain");
        assert!(ran(&result("plain", true)).is_err());
    }
}
