//! Calls of tools, on both of their routes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::answer::text;

/// The names of the tools \[recorded\]. Which server has which is not to be assumed: it is looked up.
pub mod name {
    /// Makes a directory: [`PathOnly`](crate::agb::PathOnly).
    pub const CREATE_DIRECTORY: &str = "create_directory";
    /// Lists a directory, its children alone: [`PathOnly`](crate::agb::PathOnly).
    pub const LIST_DIRECTORY: &str = "list_directory";
    /// Describes a path: [`PathOnly`](crate::agb::PathOnly).
    pub const GET_FILE_INFO: &str = "get_file_info";
    /// Reads a file: [`ReadFile`](crate::agb::ReadFile).
    pub const READ_FILE: &str = "read_file";
    /// Writes a text file: [`WriteFile`](crate::agb::WriteFile).
    pub const WRITE_FILE: &str = "write_file";
    /// Changes a text file: [`EditFile`](crate::agb::EditFile).
    pub const EDIT_FILE: &str = "edit_file";
    /// Moves: [`MoveFile`](crate::agb::MoveFile).
    pub const MOVE_FILE: &str = "move_file";
    /// Deletes a file, no directory: [`PathOnly`](crate::agb::PathOnly).
    pub const DELETE_FILE: &str = "delete_file";
    /// Finds names: [`SearchFiles`](crate::agb::SearchFiles).
    pub const SEARCH_FILES: &str = "search_files";
    /// Reads files: [`ReadFiles`](crate::agb::ReadFiles).
    pub const READ_MULTIPLE_FILES: &str = "read_multiple_files";
    /// Lists the changes in a directory since the last call: [`PathOnly`](crate::agb::PathOnly).
    pub const GET_FILE_CHANGE: &str = "get_file_change";
    /// Runs a command in a new shell: [`Shell`](crate::agb::Shell).
    pub const SHELL: &str = "shell";
    /// Runs code: [`RunCode`](crate::agb::RunCode).
    pub const RUN_CODE: &str = "run_code";
    /// Measures the load of the machine: no arguments.
    pub const GET_METRICS: &str = "get_metrics";
}

/// The header with a session's token on the direct route \[recorded\].
pub const TOKEN_HEADER: &str = "x-access-token";

/// The body of a call of a tool through the API.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolRequest {
    /// The arguments: a JSON object in a string.
    #[serde(default)]
    pub args: Option<String>,
    /// The session.
    pub session_id: String,
    /// The tool.
    pub name: String,
    /// The server of the tool; no SDK sets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
}

impl ToolRequest {
    /// Returns a call of `tool` in a session. Arguments that are not a JSON object are left out.
    pub fn new(session: &str, tool: &str, args: &impl Serialize) -> Self {
        let args = serde_json::to_string(args).ok().filter(|args| args.starts_with('{'));
        let args = args.unwrap_or_else(|| "{}".to_owned());
        ToolRequest { args: Some(args), session_id: session.to_owned(), name: tool.to_owned(), server: None }
    }

    /// Returns the arguments.
    ///
    /// # Errors
    /// Where they are not a JSON object.
    pub fn arguments(&self) -> serde_json::Result<Map<String, Value>> {
        match self.args.as_deref() {
            None | Some("") => Ok(Map::new()),
            Some(args) => serde_json::from_str(args),
        }
    }
}

/// The body of a call of a tool on the direct route: `POST` to the link and `/callTool`. In the answer `data` has a
/// field `result`, or is that as JSON in a string \[sdk\].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DirectCall {
    /// The arguments, as they are.
    #[serde(default)]
    pub args: Map<String, Value>,
    /// The tool's server.
    #[serde(default)]
    pub server: String,
    /// The caller's name for the call: `link-`, milliseconds, nine digits \[recorded\].
    #[serde(default)]
    pub request_id: String,
    /// The tool.
    pub tool: String,
    /// The session's token, once more.
    #[serde(default)]
    pub token: String,
}

/// The answer of a tool.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolResult {
    /// The text, or an image.
    pub content: Vec<ToolContent>,
    /// Whether the tool failed: the content says why, whatever the envelope says.
    #[serde(default)]
    pub is_error: bool,
}

impl ToolResult {
    /// Returns a result with one text.
    pub fn text(text: impl Into<String>, is_error: bool) -> Self {
        let text = Some(text.into());
        ToolResult {
            content: vec![ToolContent { kind: ToolContent::TEXT.to_owned(), text, ..ToolContent::default() }],
            is_error,
        }
    }

    /// Returns whether each text has its text.
    pub fn is_whole(&self) -> bool {
        self.content.iter().all(|item| item.kind != ToolContent::TEXT || item.text.is_some())
    }

    /// Returns all texts, joined by line ends; without any, the data of the first image.
    pub fn joined(&self) -> String {
        let texts: Vec<&str> = self
            .content
            .iter()
            .filter(|item| item.kind == ToolContent::TEXT)
            .filter_map(|item| item.text.as_deref())
            .collect();
        if texts.is_empty() {
            return self.content.iter().find_map(|item| item.data.clone()).unwrap_or_default();
        }
        texts.join("\n")
    }
}

/// A part of what a tool answered.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolContent {
    /// [`ToolContent::TEXT`] or `image`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Of a text.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Of an image, base64.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Of an image.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
}

impl ToolContent {
    /// The kind of a text.
    pub const TEXT: &'static str = "text";
}

/// A tool, as an image or a session lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolDescription {
    /// The name of the tool.
    pub name: String,
    /// The server of the tool, which the direct route needs.
    #[serde(default, alias = "serverName", skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The description of the tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A JSON schema of its arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_schema: Option<Value>,
    /// The name of the tool, repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
}

/// Returns how many bytes `text` has within a JSON document, its quotes not counted: what a message's limit
/// counts is the escaped form.
pub fn escaped_len(text: &str) -> usize {
    text.bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
            0..=0x1f => 6,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::agb::{ReadFile, arguments};

    #[test]
    fn arguments_are_an_object_in_a_string() {
        let call = ToolRequest::new(
            "s",
            name::READ_FILE,
            &ReadFile { path: "/a \"b\"".into(), offset: Some(0), ..ReadFile::default() },
        );
        let sent = serde_json::to_value(&call).unwrap();
        assert_eq!(sent, json!({ "args": r#"{"path":"/a \"b\"","offset":0}"#, "sessionId": "s", "name": "read_file" }));
        let read: ReadFile = arguments(call.arguments().unwrap()).unwrap();
        assert_eq!((read.path.as_str(), read.offset, read.length), ("/a \"b\"", Some(0), None));
        assert_eq!(ToolRequest::new("s", "t", &json!(null)).args.as_deref(), Some("{}"));
        assert!(ToolRequest { args: Some("[]".into()), ..call }.arguments().is_err());
    }

    #[test]
    fn the_texts_of_a_result_are_joined() {
        let two =
            json!({ "content": [{ "type": "text", "text": "a" }, { "type": "text", "text": "b" }], "isError": true });
        let result: ToolResult = serde_json::from_value(two).unwrap();
        assert_eq!((result.joined().as_str(), result.is_error), ("a\nb", true));
        let image = json!({ "content": [{ "type": "image", "data": "AA==", "mimeType": "image/png" }] });
        assert_eq!(serde_json::from_value::<ToolResult>(image).unwrap().joined(), "AA==");
    }

    #[test]
    fn the_length_of_an_escaped_text_is_that_of_its_json() {
        let text: String = (0..0x30u8).map(char::from).chain("\\\u{7f}é漢😀".chars()).collect();
        assert_eq!(escaped_len(&text), serde_json::to_string(&text).unwrap().len() - 2);
    }
}
