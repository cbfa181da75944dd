//! Sessions and their labels.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::answer::{text, value};
use wharf_core::model::Labels;

/// The words for a session's state: those of the sibling and one that ends the SDKs' wait. AGB's own
/// word for a live session is uncertain. An open set, to be compared without case.
pub mod status {
    /// Usable.
    pub const RUNNING: &str = "RUNNING";
    /// Being suspended; there is no call for it \[sdk\].
    pub const PAUSING: &str = "PAUSING";
    /// Suspended.
    pub const PAUSED: &str = "PAUSED";
    /// Coming back.
    pub const RESUMING: &str = "RESUMING";
    /// Being released.
    pub const DELETING: &str = "DELETING";
    /// Gone.
    pub const DELETED: &str = "DELETED";
    /// Gone; the only word that ends the SDKs' wait \[sdk\].
    pub const FINISH: &str = "FINISH";

    /// Returns whether a session with this status is gone.
    pub fn is_gone(word: &str) -> bool {
        [DELETED, FINISH].iter().any(|gone| word.eq_ignore_ascii_case(gone))
    }
}

/// The body of a call that makes a session. The image is in the query.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAgbSession {
    /// Labels, as JSON in a string: see [`write_labels`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<String>,
    /// Seconds without use after which it is released. To be sent always: what holds without it, two
    /// pages of the documentation tell differently.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// A policy of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mcp_policy_id: Option<String>,
    /// Contexts that are loaded into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persistence_data_list: Option<Vec<Persistence>>,
    /// Never set by an SDK.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_id: Option<String>,
    /// Never set by an SDK.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
}

/// A context that is loaded into a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Persistence {
    /// The id of the context.
    pub context_id: String,
    /// The path in the session.
    pub path: String,
    /// The sync policy, as JSON in a string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

/// The answer to the creation of a session.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreatedSession {
    /// The id of the session.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// `false` for a creation that failed although the envelope reports success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success: Option<Value>,
    /// The reason of the failure.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub err_msg: Option<String>,
    /// The service's name for what it runs in.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub app_instance_id: Option<String>,
    /// The id of the resource behind the session.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// A page to look at it with; valid for 30 minutes, and secret \[docs\].
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub resource_url: Option<String>,
    /// The service's name for the making.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub task_id: Option<String>,
    /// Read by the SDKs and not used.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub network_interface_ip: Option<String>,
    /// The URL for calls of tools without the API: see [`DirectCall`](super::DirectCall).
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub link_url: Option<String>,
    /// The URL of the WebSocket that runs code and streams its output.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub ws_url: Option<String>,
    /// The token for both URLs, a secret.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The tools, as an array or as JSON in a string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_list: Option<Value>,
}

impl CreatedSession {
    /// Returns why there is no session although the envelope says success.
    pub fn failure(&self) -> Option<&str> {
        let refused = self.success == Some(Value::Bool(false));
        let none = self.session_id.as_deref().is_none_or(str::is_empty);
        (refused || none)
            .then(|| self.err_msg.as_deref().filter(|text| !text.is_empty()).unwrap_or("no reason was given"))
    }
}

/// The body of a call about one session.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionRef {
    /// The id of the session.
    pub session_id: String,
}

/// One session, as `getSession` and, with the status alone, `getSessionInfo` answer it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionDetail {
    /// The id of the session.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// A word of [`status`].
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// As in [`CreatedSession`].
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub app_instance_id: Option<String>,
    /// As in [`CreatedSession`].
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// As in [`CreatedSession`].
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub resource_url: Option<String>,
    /// As in [`CreatedSession`].
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub link_url: Option<String>,
    /// As in [`CreatedSession`].
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub ws_url: Option<String>,
    /// As in [`CreatedSession`].
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// As in [`CreatedSession`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_list: Option<Value>,
}

/// One item of a listing. There are no labels and no times in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionItem {
    /// The id of the session.
    pub session_id: String,
    /// A word of [`status`].
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub session_status: Option<String>,
}

/// The desktop of a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct McpResource {
    /// The id of the session.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// As in [`CreatedSession`].
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub resource_url: Option<String>,
    /// The access to the desktop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desktop_info: Option<DesktopInfo>,
}

/// The access to a desktop. Most fields are secrets.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DesktopInfo {
    /// The application.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// The code that grants access, a secret.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub auth_code: Option<String>,
    /// JSON in a string.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub connection_properties: Option<String>,
    /// As in [`CreatedSession`].
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// `AIAgent` \[recorded\].
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// The ticket that grants access, a secret.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
}

/// A URL into a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Link {
    /// The URL.
    pub url: String,
}

/// A session's labels.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GetLabels {
    /// JSON in a string; empty or not there where there are none. Read with [`GetLabels::labels`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Value>,
}

impl GetLabels {
    /// Returns the labels; nothing where they cannot be read.
    pub fn labels(&self) -> Option<Labels> {
        match &self.labels {
            None | Some(Value::Null) => Some(Labels::new()),
            Some(Value::String(text)) => read_labels(text),
            Some(Value::Object(fields)) => Some(flat(fields)),
            Some(_) => None,
        }
    }
}

/// Labels as the service has them: a JSON object in a string.
pub fn write_labels(labels: &Labels) -> String {
    let fields: Map<String, Value> =
        labels.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    Value::from(fields).to_string()
}

/// Reads what [`write_labels`] writes; empty text is no labels. A value that is not text is written as
/// JSON. Nothing where it is not a JSON object.
pub fn read_labels(text: &str) -> Option<Labels> {
    if text.trim().is_empty() {
        return Some(Labels::new());
    }
    match value(text.as_bytes())? {
        Value::Object(fields) => Some(flat(&fields)),
        _ => None,
    }
}

fn flat(fields: &Map<String, Value>) -> Labels {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    fields.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn labels_go_into_a_string_and_come_out_of_one() {
        let labels =
            Labels::from([("stage".to_owned(), "a b&c=d \u{e9}\"".to_owned()), ("x".to_owned(), "1".to_owned())]);
        assert_eq!(read_labels(&write_labels(&labels)), Some(labels));
        assert_eq!(read_labels(" "), Some(Labels::new()));
        assert_eq!(read_labels(r#"{"n":7}"#), Some(Labels::from([("n".to_owned(), "7".to_owned())])));
        assert_eq!(read_labels("[1]"), None);
        let read = |json: Value| serde_json::from_value::<GetLabels>(json).unwrap().labels();
        assert_eq!(
            [read(json!({})), read(json!({ "labels": "" })), read(json!({ "labels": null }))],
            [(); 3].map(|()| Some(Labels::new()))
        );
        assert_eq!(read(json!({ "labels": { "a": "b" } })), Some(Labels::from([("a".to_owned(), "b".to_owned())])));
    }

    #[test]
    fn a_failure_within_a_success_is_one() {
        let read = |json: Value| serde_json::from_value::<CreatedSession>(json).unwrap();
        assert_eq!(read(json!({ "sessionId": "s", "success": true })).failure(), None);
        assert_eq!(read(json!({ "sessionId": "s" })).failure(), None);
        assert_eq!(read(json!({ "success": false, "errMsg": "no capacity" })).failure(), Some("no capacity"));
        assert_eq!(
            read(json!({ "sessionId": "s", "success": false, "errMsg": "" })).failure(),
            Some("no reason was given")
        );
        assert!(read(json!({ "success": true, "sessionId": "" })).failure().is_some());
    }

    #[test]
    fn a_session_is_gone_by_any_spelling_of_two_words() {
        assert!(status::is_gone("FINISH") && status::is_gone("deleted"));
        assert!(!status::is_gone("DELETING") && !status::is_gone("running"));
    }
}
