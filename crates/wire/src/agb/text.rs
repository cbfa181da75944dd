//! What tools say in text: listings, metadata, errors, the output of commands.
//!
//! The formats cannot hold every name. What can be read without a doubt is read; where a doubt stays
//! the error says it, so that a caller can ask in another way.

use std::collections::HashMap;
use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::{lowered, text, value};

const DIRECTORY: &str = "[DIR] ";
const FILE: &str = "[FILE] ";

/// One entry of a listing: its name and whether it is a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedEntry {
    /// The rest of the line as it is, spaces and brackets in it too.
    pub name: String,
    /// Whether it is a directory.
    pub is_directory: bool,
}

/// The answer of `list_directory`: a line for each entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DirectoryListing {
    /// The entries.
    pub entries: Vec<ListedEntry>,
    /// Lines that are none. The SDKs skip them. They may be words of the service, or parts of names
    /// that hold a line end: then the entry before has another name than it seems.
    pub strays: Vec<String>,
}

impl DirectoryListing {
    /// Reads a listing.
    pub fn read(text: &str) -> Self {
        let mut listing = DirectoryListing::default();
        for line in text.split('\n').filter(|line| !line.is_empty()) {
            let (name, is_directory) = match (line.strip_prefix(DIRECTORY), line.strip_prefix(FILE)) {
                (Some(name), _) => (name, true),
                (_, Some(name)) => (name, false),
                _ => {
                    listing.strays.push(line.to_owned());
                    continue;
                }
            };
            listing.entries.push(ListedEntry { name: name.to_owned(), is_directory });
        }
        listing
    }
}

/// The text, without a line end after the last entry.
impl fmt::Display for DirectoryListing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, entry) in self.entries.iter().enumerate() {
            let mark = if entry.is_directory { DIRECTORY } else { FILE };
            write!(f, "{}{mark}{}", if at == 0 { "" } else { "\n" }, entry.name)?;
        }
        Ok(())
    }
}

/// What `get_file_info` answers: lines of a key, a colon and a value. Only `size` and `isDirectory`
/// can be relied on; the other keys differ from source to source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileInfo(HashMap<String, String>);

impl FileInfo {
    /// Reads it. Of a key that is there twice the last one counts: `name` and `path`, which may hold
    /// line ends, were seen to come first.
    pub fn read(text: &str) -> Self {
        let pairs = text.split('\n').filter_map(|line| line.split_once(':'));
        FileInfo(
            pairs
                .map(|(key, value)| (key.trim().to_owned(), value.strip_prefix(' ').unwrap_or(value).to_owned()))
                .collect(),
        )
    }

    /// Returns the value of that key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Returns the size in bytes.
    pub fn size(&self) -> Option<u64> {
        self.get("size")?.trim().parse().ok()
    }

    /// Returns whether it is a directory; `None` where the answer does not say.
    pub fn is_directory(&self) -> Option<bool> {
        match self.get("isDirectory")?.trim() {
            word if word.eq_ignore_ascii_case("true") => Some(true),
            word if word.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// Returns the permission bits, if they are octal digits.
    pub fn mode(&self) -> Option<u32> {
        u32::from_str_radix(self.get("mode")?.trim(), 8).ok().filter(|mode| *mode <= 0o7777)
    }

    /// Returns when it was last changed, by whichever key has it.
    pub fn modified(&self) -> Option<&str> {
        ["modified", "modTime", "mtime"]
            .iter()
            .find_map(|key| self.get(key))
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// Returns the text for these pairs, in order.
    pub fn print(pairs: &[(&str, &str)]) -> String {
        pairs.iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>().join("\n")
    }
}

/// The answer of `search_files` without a match.
pub const NO_MATCHES: &str = "No matches found";

/// Returns what `read_multiple_files` answers. It cannot be parsed without ambiguity; only the emulator writes it.
pub fn print_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let blocks: Vec<_> = files.into_iter().map(|(path, content)| format!("{path}: \n{content}\n\n")).collect();
    blocks.join("\n---\n")
}

/// An error of a tool: `Execution failed. Error code:-32602 Error message: ...` \[sibling\].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolError {
    /// See the constants; nothing where the text has none.
    pub code: Option<i64>,
    /// The reason.
    pub message: String,
}

impl ToolError {
    /// A wrong argument, or a path that is not there.
    pub const INVALID: i64 = -32602;
    /// The command took longer than it might.
    pub const TIMEOUT: i64 = -1;
    /// The shell knows no such command.
    pub const NO_COMMAND: i64 = 127;

    /// Returns the error of a command or of code whose time was over \[recorded\].
    pub fn timeout() -> Self {
        ToolError { code: Some(Self::TIMEOUT), message: "[timeout]".to_owned() }
    }

    /// Reads the text of a result that is an error.
    pub fn read(text: &str) -> Self {
        let split = text.split_once("Error code:").and_then(|(_, rest)| {
            let (code, message) = rest.split_once("Error message:")?;
            Some((code.trim().parse().ok()?, message.trim()))
        });
        match split {
            Some((code, message)) => ToolError { code: Some(code), message: message.to_owned() },
            None => ToolError { code: None, message: text.trim().to_owned() },
        }
    }

    /// Returns whether a path is not there.
    pub fn is_not_found(&self) -> bool {
        let message = self.message.to_ascii_lowercase();
        message.contains("no such file or directory")
            || message.contains("not found")
            || message.contains("does not exist")
    }

    /// Returns whether the time was over.
    pub fn is_timeout(&self) -> bool {
        self.code == Some(Self::TIMEOUT) && self.message.contains("timeout")
    }
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "Execution failed. Error code:{code} Error message: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// The output and the exit status of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShellOutput {
    /// The text on stdout.
    #[serde(default)]
    pub stdout: String,
    /// The text on stderr.
    #[serde(default)]
    pub stderr: String,
    /// 0 where it went well; `None` where the answer does not say.
    #[serde(default)]
    pub exit_code: Option<i64>,
    /// The service's name for a command that failed.
    #[serde(rename = "traceId", default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
}

impl ShellOutput {
    /// Reads the text of a result of `shell` in all of its forms: JSON with `exit_code`, JSON of an
    /// error with `errorCode`, plain output of an old image, or a [`ToolError`] \[recorded, sibling\].
    ///
    /// # Errors
    /// The tool's own error where the result is one and not JSON, and where it is a JSON object without a status: no
    /// command that is run here prints one.
    pub fn read(text: &str, is_error: bool) -> Result<Self, ToolError> {
        match Self::of_json(text)? {
            Some(output) if output.exit_code.is_some() => Ok(output),
            Some(_) => Err(ToolError::read(text)),
            None => Self::of_text(text, is_error),
        }
    }

    /// Reads the same where the output itself says how the command ended, so that the service need not say it.
    ///
    /// # Errors
    /// The tool's own error where the result has no output.
    pub fn read_output(text: &str, is_error: bool) -> Result<Self, ToolError> {
        match Self::of_json(text)? {
            Some(output) if output.exit_code.is_some() || !output.stdout.is_empty() => Ok(output),
            Some(_) => Err(ToolError::read(text)),
            None => Self::of_text(text, is_error),
        }
    }

    /// Returns what a JSON object says; nothing where the text is not a JSON object.
    fn of_json(text: &str) -> Result<Option<Self>, ToolError> {
        let Some(json) = value(text.as_bytes()).filter(Value::is_object).map(lowered) else { return Ok(None) };
        let reported = json.get("errorCode").and_then(Value::as_i64);
        let output: ShellOutput = serde_json::from_value(json).map_err(|_| ToolError::read(text))?;
        Ok(Some(ShellOutput { exit_code: output.exit_code.or(reported), ..output }))
    }

    fn of_text(text: &str, is_error: bool) -> Result<Self, ToolError> {
        if is_error {
            return Err(ToolError::read(text));
        }
        Ok(ShellOutput { stdout: text.to_owned(), ..ShellOutput::default() })
    }
}

/// Returns a word of a command in single quotes, within which nothing is special to `sh`.
pub fn quoted(word: &str) -> String {
    let mut text = String::from("'");
    for part in word.split_inclusive('\'') {
        match part.strip_suffix('\'') {
            Some(part) => drop(write!(text, "{part}'\\''")),
            None => text.push_str(part),
        }
    }
    text.push('\'');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_brackets_and_spaces_are_kept() {
        let names = ["dir", "[FILE] x", "[DIR]", " leading", "trailing ", "a b", "tab\t", "cr\r", "\u{e9}"];
        let entries: Vec<_> = names
            .iter()
            .map(|name| ListedEntry { name: (*name).to_owned(), is_directory: name.contains('d') })
            .collect();
        let listing = DirectoryListing { entries, strays: Vec::new() };
        assert_eq!(DirectoryListing::read(&listing.to_string()), listing);
        assert_eq!(DirectoryListing::default().to_string(), "");
    }

    #[test]
    fn a_line_that_is_no_entry_is_told() {
        let listing = DirectoryListing::read("[FILE] a\nb\n[DIR] c\n");
        assert_eq!(listing.entries.iter().map(|entry| &*entry.name).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(listing.strays, ["b"]);
        assert_eq!(DirectoryListing::read(""), DirectoryListing::default());
    }

    #[test]
    fn metadata_needs_two_keys_and_takes_the_rest() {
        let text = "name: true\npath: /a: b \nsize: 15\nisDirectory: False\nmode: 644\nmodified: 2026-11-21T08:00:00Z";
        let info = FileInfo::read(text);
        assert_eq!((info.size(), info.is_directory(), info.mode()), (Some(15), Some(false), Some(0o644)));
        assert_eq!((info.get("name"), info.get("path")), (Some("true"), Some("/a: b ")));
        assert_eq!(info.modified(), Some("2026-11-21T08:00:00Z"));
        let other = FileInfo::read("size:4096\nisDirectory:true\nmodTime: t\nmode: drwxr-xr-x");
        assert_eq!((other.size(), other.is_directory(), other.modified()), (Some(4096), Some(true), Some("t")));
        assert_eq!(other.mode(), None);
        assert_eq!(FileInfo::read("nothing").is_directory(), None);
        let odd = FileInfo::read(&FileInfo::print(&[("name", "x\nsize: 9"), ("size", "3")]));
        assert_eq!(odd.size(), Some(3));
    }

    #[test]
    fn errors_of_tools() {
        let text = "Execution failed. Error code:-32602 Error message: Failed to get file status: /x, error: No such file or directory";
        let error = ToolError::read(text);
        assert_eq!(error.code, Some(ToolError::INVALID));
        assert!(error.is_not_found() && !error.is_timeout());
        assert_eq!(error.to_string(), text);
        assert!(ToolError::read("Execution failed. Error code:-1 Error message: [timeout]").is_timeout());
        assert_eq!(ToolError::read("Tool x broke\n"), ToolError { code: None, message: "Tool x broke".into() });
    }

    #[test]
    fn output_of_commands_in_all_forms() {
        let read = |text: &str, is_error| ShellOutput::read(text, is_error);
        let good = read(r#"{"stdout": "hello\n", "stderr": "", "exit_code": 0, "traceId": ""}"#, false).unwrap();
        assert_eq!((good.stdout.as_str(), good.exit_code), ("hello\n", Some(0)));
        assert_eq!(read(r#"{"stdout":"","stderr":"","errorCode":1}"#, true).unwrap().exit_code, Some(1));
        for none in ["{}", r#"{"error":{"code":"Throttled"}}"#, r#"{"stdout":"x"}"#, r#"{"stdout":"","exit_code":"0"}"#]
        {
            assert!(read(none, false).is_err(), "{none}");
        }
        assert_eq!(read("whole output", false).unwrap().exit_code, None);
        assert_eq!(read("12", false).unwrap().stdout, "12");
        let output = |text: &str, is_error| ShellOutput::read_output(text, is_error);
        assert_eq!(output(r#"{"stdout":"x","stderr":""}"#, false).unwrap().stdout, "x");
        assert_eq!(output(r#"{"stdout":"x","errorCode":1}"#, true).unwrap().stdout, "x");
        assert!(output("{}", false).is_err() && output("x", true).is_err());
        let error = read("Execution failed. Error code:127 Error message: sh: 1: x: not found", true).unwrap_err();
        assert_eq!(error.code, Some(ToolError::NO_COMMAND));
    }

    #[test]
    fn many_files_are_blocks_between_rules() {
        assert_eq!(print_files([("/a", "x\n"), ("/b", "")]), "/a: \nx\n\n\n\n---\n/b: \n\n\n");
    }

    #[test]
    fn words_for_a_shell() {
        assert_eq!(quoted("a b$`\\\""), "'a b$`\\\"'");
        assert_eq!(quoted("it's '"), r"'it'\''s '\'''");
        assert_eq!(quoted(""), "''");
    }
}
