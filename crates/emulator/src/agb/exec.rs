//! The tool `shell` where commands really run (`--exec`).

use std::time::Duration;

use serde_json::{Value, json};

use super::AgbEmulator;
use super::session::{AgbSession, home};
use super::tools::{ToolCallResult, path_of, trouble, wrong};
use crate::faults::ResultForm;
use crate::runner::{ProgramEnvironment, ProgramResult, ProgramRunner, SessionProgram};
use wharf_client::backend::exec::ProgramInput;
use wharf_core::random;
use wharf_wire::agb as wire;
use wharf_wire::agb::text::ToolError;

/// The time of a command whose call names none, in ms: what the SDKs send \[recorded\].
const TIME: u64 = 1_000;

/// The longest time of a command in ms \[sibling\].
const TIME_MAX: u64 = 50_000;

impl AgbEmulator {
    /// Runs a command with the machine's `sh`.
    pub(super) async fn run_shell(
        &self,
        runner: &ProgramRunner,
        found: &AgbSession,
        asked: &wire::Shell,
        form: Option<ResultForm>,
    ) -> ToolCallResult<wire::ToolResult> {
        let cwd = match asked.cwd.as_deref() {
            None | Some("") => home(),
            Some(cwd) => path_of(cwd, &home())?,
        };
        let env = asked.envs.iter().flatten().map(|(name, value)| variable(name, value)).collect::<Result<_, _>>()?;
        if asked.command.contains('\0') {
            return Err(wrong("the command contains NUL"));
        }
        let program = SessionProgram {
            argv: ["/bin/sh", "-c", &asked.command].map(Into::into).into(),
            env: ProgramEnvironment::Clean(env),
            input: ProgramInput::Empty,
            limit: Duration::from_millis(asked.timeout_ms.unwrap_or(TIME).min(TIME_MAX)),
            cwd: cwd.clone(),
        };
        let result = runner.run(found.program_session(), program).await;
        let result = result.map_err(|e| trouble("Error running the command", &cwd.to_string(), &e))?;
        match result.code {
            None => Err(ToolError::timeout()),
            Some(code) => Ok(shell_result(&result, code, form)),
        }
    }
}

/// Returns a variable of a command's environment.
fn variable<'a>(name: &'a str, value: &'a Value) -> ToolCallResult<(&'a str, &'a str)> {
    let letter = |byte: u8| byte == b'_' || byte.is_ascii_alphabetic();
    let is_name =
        name.bytes().all(|byte| letter(byte) || byte.is_ascii_digit()) && name.bytes().next().is_some_and(letter);
    match value.as_str().filter(|value| is_name && !value.contains('\0')) {
        Some(value) => Ok((name, value)),
        None => Err(wrong(format!("envs: `{name}` is not a variable with a text"))),
    }
}

/// Returns the result of a command that ended.
fn shell_result(result: &ProgramResult, code: i64, form: Option<ResultForm>) -> wire::ToolResult {
    let (stdout, stderr) = (String::from_utf8_lossy(&result.stdout), String::from_utf8_lossy(&result.stderr));
    let failed = code != 0;
    if let (Some(ResultForm::ErrorText), true) = (form, failed) {
        let (_, message) = fitting("", &stderr);
        let error = ToolError { code: Some(code), message: message.trim().to_owned() };
        return wire::ToolResult::text(error.to_string(), true);
    }
    let (stdout, stderr) = fitting(&stdout, &stderr);
    if form == Some(ResultForm::Text) {
        return wire::ToolResult::text(format!("{stdout}{stderr}"), false);
    }
    let trace = if failed { random::hex::<6>().unwrap_or_default() } else { String::new() };
    let output = match form {
        Some(ResultForm::NoStatus) => json!({ "stdout": stdout, "stderr": stderr }),
        Some(ResultForm::ErrorCode) if failed => {
            json!({ "stdout": stdout, "stderr": stderr, "errorCode": code, "traceId": trace })
        }
        _ => json!({ "stdout": stdout, "stderr": stderr, "exit_code": code, "traceId": trace }),
    };
    let is_error = failed && matches!(form, Some(ResultForm::Error | ResultForm::ErrorCode));
    wire::ToolResult::text(output.to_string(), is_error)
}

/// Room for what is around two texts in a result.
const AROUND: usize = 128;

/// Returns the beginnings of two texts that fit into one message as JSON. The second one may have half of it, and each
/// what the other one leaves.
pub(super) fn fitting<'a>(one: &'a str, other: &'a str) -> (&'a str, &'a str) {
    let all = wire::MESSAGE_MAX - AROUND;
    let other_len = wire::escaped_len(other).min(all / 2);
    let one = beginning(one, all - other_len);
    (one, beginning(other, all - wire::escaped_len(one)))
}

/// Returns as much of the beginning of a text as has at most `most` bytes as JSON.
fn beginning(text: &str, most: usize) -> &str {
    let mut len = 0;
    let end = text.char_indices().find(|(at, sign)| {
        len += wire::escaped_len(text.get(*at..at + sign.len_utf8()).unwrap_or_default());
        len > most
    });
    end.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_no_longer_than_a_message() {
        let long = "é\"\n".repeat(wire::MESSAGE_MAX);
        for (stdout, stderr) in [(&*long, "e"), ("o", &*long), (&*long, &*long)] {
            let result = ProgramResult { stdout: stdout.into(), stderr: stderr.into(), code: Some(7) };
            let text = shell_result(&result, 7, None).joined();
            assert!((wire::MESSAGE_MAX - 2 * AROUND..=wire::MESSAGE_MAX).contains(&text.len()), "{}", text.len());
            let output: Value = serde_json::from_str(&text).unwrap();
            for (name, whole) in [("stdout", stdout), ("stderr", stderr)] {
                let cut = output[name].as_str().unwrap();
                assert!(!cut.is_empty() && whole.starts_with(cut), "{name}");
            }
        }
        assert_eq!(fitting("a", "b"), ("a", "b"));
    }

    #[test]
    fn a_variable_has_a_name_that_a_shell_accepts() {
        let text = json!("v\n= ");
        assert!(variable("A_1", &text).is_ok());
        for name in ["", "1", "a b", "a=b", "-u", "é"] {
            assert!(variable(name, &text).is_err(), "{name}");
        }
        assert!(variable("A", &json!(1)).is_err() && variable("A", &json!("\0")).is_err());
    }
}
