//! The tool `run_code` where code really runs (`--exec`): each call starts an interpreter of this machine.
//!
//! The interpreter runs a script of ours, which runs the code and leaves its result in a file of the server.

use std::ffi::OsString;
use std::io::{Read as _, Seek as _};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tempfile::NamedTempFile;

use super::AgbEmulator;
use super::exec::fitting;
use super::session::{AgbSession, home};
use super::tools::{ToolCallResult, trouble, wrong};
use crate::faults::ResultForm;
use crate::runner::{ProgramEnvironment, ProgramResult, ProgramRunner, SessionProgram};
use wharf_client::backend::exec::ProgramInput;
use wharf_core::config::env;
use wharf_core::error::Error;
use wharf_core::platform::program;
use wharf_wire::agb as wire;
use wharf_wire::agb::text::ToolError;

/// The time of code whose call names none, in seconds: what the SDKs send \[recorded\].
const TIME: u64 = 60;

/// The most bytes of what an interpreter displayed, as JSON.
const RESULT_MAX: u64 = 4 << 20;

/// The words for languages that are not the service's own \[sdk\]; the SDKs send none of them.
const ALIASES: [(&str, &str); 5] =
    [("py", "python"), ("python3", "python"), ("js", "javascript"), ("node", "javascript"), ("nodejs", "javascript")];

/// The MIME types of what is displayed, and the names that the older form of a result has for them \[sdk\].
const SHORT_NAMES: [(&str, &str); 9] = [
    ("text/plain", "text"),
    ("text/html", "html"),
    ("text/markdown", "markdown"),
    ("text/latex", "latex"),
    ("image/png", "png"),
    ("image/jpeg", "jpeg"),
    ("image/svg+xml", "svg"),
    ("application/json", "json"),
    ("isMainResult", "is_main_result"),
];

/// A program that runs code of one language.
struct Interpreter {
    language: &'static str,
    program: &'static str,
    /// The flag before the script.
    flag: &'static str,
    script: &'static str,
    /// What ends its own options.
    separator: Option<&'static str>,
}

const INTERPRETERS: [Interpreter; 2] = [
    Interpreter {
        language: "python",
        program: "python3",
        flag: "-c",
        script: include_str!("interpreters/python.py"),
        separator: None,
    },
    Interpreter {
        language: "javascript",
        program: "node",
        flag: "-e",
        script: include_str!("interpreters/node.js"),
        separator: Some("--"),
    },
];

/// Where an interpreter leaves the result of code.
pub(super) struct ResultFile(NamedTempFile);

/// How code ended.
#[derive(Debug, Default, Deserialize)]
pub(super) struct CodeOutcome {
    /// What it displayed, by MIME type.
    pub(super) result: Vec<Map<String, Value>>,
    pub(super) error: Option<CodeError>,
}

/// An exception that nothing caught.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CodeError {
    pub(super) name: String,
    pub(super) value: String,
    traceback: String,
}

impl CodeError {
    /// Returns the error of code that was not run to its end.
    pub(super) fn new(value: String) -> Self {
        CodeError { name: "ExecutionError".to_owned(), value, traceback: String::new() }
    }

    /// Returns the error in one line.
    pub(super) fn line(&self) -> String {
        format!("{}: {}", self.name, self.value)
    }
}

/// Returns the program that runs code, and where it leaves the result.
///
/// # Errors
/// For a language that is not run here, and where its program or a file for the result is missing.
pub(super) fn prepare(
    runner: &ProgramRunner,
    asked: &wire::RunCode,
) -> ToolCallResult<(SessionProgram<'static>, ResultFile)> {
    let word = asked.language.trim().to_ascii_lowercase();
    let language = ALIASES.iter().find(|(alias, _)| *alias == word).map_or(&*word, |(_, language)| language);
    let interpreter = INTERPRETERS.iter().find(|interpreter| interpreter.language == language).ok_or_else(|| {
        wrong(format!("the emulator runs python and javascript, and does not run {}", asked.language))
    })?;
    if asked.code.contains('\0') {
        return Err(wrong("the code contains NUL"));
    }
    let path = env::any(env::PATH).unwrap_or_default();
    let program = program::find(interpreter.program, &path).ok_or_else(|| ToolError {
        code: Some(ToolError::NO_COMMAND),
        message: format!("{}: not found in the PATH of the emulator", interpreter.program),
    })?;
    let file = tempfile::Builder::new().prefix("code-").tempfile_in(runner.scratch());
    let file = file.map_err(|e| {
        trouble("Error preparing the code", interpreter.program, &Error::io("creating a temporary file", &e))
    })?;
    let mut argv: Vec<OsString> = vec![program.into(), interpreter.flag.into(), interpreter.script.into()];
    argv.extend(interpreter.separator.map(OsString::from));
    argv.extend([file.path().into(), asked.code.as_str().into()]);
    let limit = Duration::from_secs(asked.timeout_s.unwrap_or(TIME));
    let (env, input) = (ProgramEnvironment::Clean(Vec::new()), ProgramInput::Empty);
    Ok((SessionProgram { argv, cwd: home(), env, input, limit }, ResultFile(file)))
}

/// Returns the tool's error for code that could not be run.
pub(super) fn not_run(error: &Error) -> ToolError {
    trouble("Error running the code", &home().to_string(), error)
}

impl ResultFile {
    /// Returns how the code ended, whose interpreter ended with a status.
    pub(super) fn read(&self, code: i64) -> CodeOutcome {
        let mut text = Vec::new();
        let mut file = self.0.as_file();
        let read = file.rewind().and_then(|()| file.take(RESULT_MAX + 1).read_to_end(&mut text));
        let why = match (read, serde_json::from_slice(&text)) {
            (Ok(_), Ok(outcome)) => return outcome,
            (Ok(read), _) if read as u64 > RESULT_MAX => format!("the result has more than {RESULT_MAX} bytes"),
            (Ok(_), Err(_)) => format!("the interpreter ended with status {code}"),
            (Err(e), _) => Error::io("reading the result", &e).message().to_owned(),
        };
        CodeOutcome { result: Vec::new(), error: Some(CodeError::new(why)) }
    }
}

impl AgbEmulator {
    /// Runs code to its end.
    pub(super) async fn run_code(
        &self,
        runner: &ProgramRunner,
        found: &AgbSession,
        asked: &wire::RunCode,
        form: Option<ResultForm>,
    ) -> ToolCallResult<wire::ToolResult> {
        let (program, result) = prepare(runner, asked)?;
        let begun = Instant::now();
        let ran = runner.run(found.program_session(), program).await;
        let ran = ran.map_err(|e| not_run(&e))?;
        let Some(code) = ran.code else { return Err(ToolError::timeout()) };
        let text = code_result(&ran, &result.read(code), runner.count(&found.id), begun.elapsed(), form);
        Ok(wire::ToolResult::text(text, false))
    }
}

/// Returns the text of the result of code that ended.
fn code_result(
    ran: &ProgramResult,
    outcome: &CodeOutcome,
    count: u64,
    took: Duration,
    form: Option<ResultForm>,
) -> String {
    let (stdout, stderr) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    let (stdout, stderr) = fitting(&stdout, &stderr);
    let lines = |text: &str| if text.is_empty() { json!([]) } else { json!([text]) };
    let took = took.as_secs_f64();
    match form {
        Some(ResultForm::Logs) => {
            let short = |item: &Map<String, Value>| -> Map<String, Value> {
                let name = |mime: &str| SHORT_NAMES.iter().find(|(known, _)| *known == mime).map(|(_, name)| *name);
                item.iter().filter_map(|(mime, data)| Some((name(mime)?.to_owned(), data.clone()))).collect()
            };
            json!({
                "logs": { "stdout": lines(stdout), "stderr": lines(stderr) },
                "results": outcome.result.iter().map(short).collect::<Vec<_>>(),
                "error": outcome.error,
                "execution_count": count,
                "execution_time": took,
            })
            .to_string()
        }
        Some(ResultForm::Content | ResultForm::Text) => {
            let results = outcome.result.iter().filter_map(|item| item.get("text/plain")?.as_str());
            let text: String = [stdout, stderr].into_iter().chain(results).collect();
            if form == Some(ResultForm::Text) {
                return text;
            }
            json!({ "content": [{ "type": "text", "text": text }] }).to_string()
        }
        _ => json!({
            "result": outcome.result,
            "stdout": lines(stdout),
            "stderr": lines(stderr),
            "executionError": outcome.error.as_ref().map(CodeError::line),
            "execution_count": count,
            "execution_time": took,
        })
        .to_string(),
    }
}
