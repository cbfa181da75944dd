//! Contexts: storage beside sessions, and the way of large files into a session and out of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::{lowered, number, text, value};

/// The type of the context that files pass through; the service makes it for each session \[docs\].
pub const FILE_TRANSFER: &str = "file_transfer";

/// A context of the service's own, loaded into a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InternalContext {
    /// The id of the context.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub context_id: Option<String>,
    /// [`FILE_TRANSFER`].
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub context_type: Option<String>,
    /// The directory of the session that is mirrored.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub context_path: Option<String>,
}

/// A URL that opens one object for a while. Secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PresignedUrl {
    /// The URL. Neither the key nor a `Content-Type` goes with it: the signature covers a `Content-Type` only where
    /// `x-oss-additional-headers` names it, and an upload that sends another one is 403 \[sdk, its list of changes\].
    pub url: String,
    /// Until when; seconds since 1970, or something else: uncertain.
    #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub expire_time: Option<u64>,
}

/// The direction of a sync, as the session sees it: for a user, the words are the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncMode {
    /// From the session into the context: what a user's *download* begins with.
    Upload,
    /// From the context into the session: what a user's *upload* ends with.
    Download,
}

impl SyncMode {
    /// Returns the word, for `mode` and for `taskType`.
    pub const fn word(self) -> &'static str {
        match self {
            SyncMode::Upload => "upload",
            SyncMode::Download => "download",
        }
    }

    /// Returns the way of that word.
    pub fn of(word: &str) -> Option<Self> {
        [SyncMode::Upload, SyncMode::Download].into_iter().find(|mode| mode.word().eq_ignore_ascii_case(word))
    }
}

/// The state of a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncState {
    /// Not at its end. Every word that is not known is this.
    Running,
    /// At its end.
    Done,
    /// Given up.
    Failed,
}

/// The answer with the state of a session's syncs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContextInfo {
    /// JSON in a string: an array of states.
    #[serde(default, deserialize_with = "text")]
    pub context_status: Option<String>,
}

/// What [`ContextInfo`] holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ContextStatus {
    /// `data`; others are left out.
    #[serde(rename = "type", default)]
    kind: String,
    /// JSON in a string: an array of [`SyncItem`].
    #[serde(default)]
    data: Value,
}

/// The state of one sync.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SyncItem {
    /// The context.
    #[serde(deserialize_with = "text")]
    pub context_id: Option<String>,
    /// The directory.
    #[serde(deserialize_with = "text")]
    pub path: Option<String>,
    /// The reason of a failure; empty for some failures too.
    #[serde(deserialize_with = "text")]
    pub error_message: Option<String>,
    /// A word: see [`SyncItem::state`].
    #[serde(deserialize_with = "text")]
    pub status: Option<String>,
    /// Seconds since 1970.
    #[serde(deserialize_with = "number")]
    pub start_time: Option<u64>,
    /// Seconds since 1970; 0 before the end.
    #[serde(deserialize_with = "number")]
    pub finish_time: Option<u64>,
    /// The word of a [`SyncMode`].
    #[serde(deserialize_with = "text")]
    pub task_type: Option<String>,
}

impl SyncItem {
    /// The word for a sync that is on its way \[recorded\].
    pub const RUNNING: &'static str = "Running";
    /// The word for one that is done \[recorded\].
    pub const SUCCESS: &'static str = "Success";
    /// The word for one that failed \[recorded\].
    pub const FAILED: &'static str = "Failed";

    /// Returns how far it is. One that failed is at its end whether a reason is given or not.
    pub fn state(&self) -> SyncState {
        const DONE: [&str; 7] = ["success", "successful", "ok", "finished", "done", "completed", "complete"];
        let status = self.status.as_deref().unwrap_or_default().to_ascii_lowercase();
        match &*status {
            "failed" | "failure" | "fail" | "error" => SyncState::Failed,
            word if DONE.contains(&word) => SyncState::Done,
            _ => SyncState::Running,
        }
    }

    /// Returns why it failed, where the answer says.
    pub fn reason(&self) -> Option<&str> {
        self.error_message.as_deref().filter(|text| !text.is_empty())
    }

    /// Returns whether it is about this directory of this context, this way.
    pub fn is_about(&self, context: &str, directory: &str, mode: SyncMode) -> bool {
        self.context_id.as_deref() == Some(context)
            && self.path.as_deref().is_some_and(|path| trimmed(path) == trimmed(directory))
            && self.task_type.as_deref().and_then(SyncMode::of) == Some(mode)
    }
}

/// Returns a directory without a slash at its end.
fn trimmed(directory: &str) -> &str {
    match directory.trim_end_matches('/') {
        "" => "/",
        rest => rest,
    }
}

impl ContextInfo {
    /// Returns the answer with `items`.
    pub fn of(items: &[SyncItem]) -> Self {
        let inner = serde_json::to_string(items).unwrap_or_default();
        let blocks = [ContextStatus { kind: "data".to_owned(), data: Value::String(inner) }];
        let all = if items.is_empty() { String::new() } else { serde_json::to_string(&blocks).unwrap_or_default() };
        ContextInfo { context_status: Some(all) }
    }

    /// Returns the syncs, and in the place of what is none its text; none for an empty string. Nothing where it is not
    /// of that form.
    pub fn items(&self) -> Option<Vec<Result<SyncItem, String>>> {
        let text = self.context_status.as_deref()?;
        if text.trim().is_empty() {
            return Some(Vec::new());
        }
        let blocks: Vec<ContextStatus> = serde_json::from_value(lowered(value(text.as_bytes())?)).ok()?;
        let mut items = Vec::new();
        for block in blocks.into_iter().filter(|block| block.kind == "data") {
            let inner = match block.data {
                Value::String(text) if text.trim().is_empty() => continue,
                Value::String(text) => lowered(value(text.as_bytes())?),
                other => other,
            };
            let Value::Array(inner) = inner else { return None };
            let read = |item: Value| match SyncItem::deserialize(&item) {
                Ok(read) if read.context_id.is_some() && read.path.is_some() => Ok(read),
                _ => Err(item.to_string()),
            };
            items.extend(inner.into_iter().map(read));
        }
        Some(items)
    }
}

/// A context that stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Context {
    /// The id of the context, `SdkCtx-...`.
    #[serde(default)]
    pub id: String,
    /// The name.
    #[serde(default)]
    pub name: String,
    /// The time of creation.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub create_time: Option<String>,
    /// The time of the last use.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub last_used_time: Option<String>,
    /// [`Context::AVAILABLE`], `clearing` or `pre-available`; not in listings.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

impl Context {
    /// Usable.
    pub const AVAILABLE: &'static str = "available";
}

/// A file in a context.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContextFile {
    /// The id of the file.
    #[serde(deserialize_with = "text")]
    pub file_id: Option<String>,
    /// The name.
    #[serde(deserialize_with = "text")]
    pub file_name: Option<String>,
    /// The path.
    #[serde(deserialize_with = "text")]
    pub file_path: Option<String>,
    /// `file` \[recorded\].
    #[serde(deserialize_with = "text")]
    pub file_type: Option<String>,
    /// The time of creation.
    #[serde(deserialize_with = "text")]
    pub gmt_create: Option<String>,
    /// The time of the last change.
    #[serde(deserialize_with = "text")]
    pub gmt_modified: Option<String>,
    /// Bytes.
    #[serde(deserialize_with = "number")]
    pub size: Option<u64>,
    /// `available` \[recorded\].
    #[serde(deserialize_with = "text")]
    pub status: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(status: &str, reason: &str) -> SyncItem {
        SyncItem {
            context_id: Some("c".into()),
            path: Some("/t/x".into()),
            status: Some(status.into()),
            error_message: Some(reason.into()),
            task_type: Some("download".into()),
            start_time: Some(1),
            finish_time: Some(0),
        }
    }

    #[test]
    fn states_go_through_two_strings() {
        let items = vec![item("Running", ""), item("Failed", "disk \"full\"")];
        let info = ContextInfo::of(&items);
        assert_eq!(info.items(), Some(items.into_iter().map(Ok).collect()));
        assert_eq!(ContextInfo::of(&[]).items(), Some(Vec::new()));
        let read = |text: &str| ContextInfo { context_status: Some(text.into()) }.items();
        assert_eq!(read("[]"), Some(Vec::new()));
        assert_eq!(read(r#"[{"type":"other","data":"x"},{"type":"data","data":""}]"#), Some(Vec::new()));
        assert_eq!(
            read(
                r#"[{"type":"data","data":[{"contextId":"c","path":"/t","status":"Success","new":1},{"path":"/t"},7]}]"#
            )
            .map(|items| items.iter().map(Result::is_ok).collect()),
            Some(vec![true, false, false])
        );
        for bad in ["nonsense", "{}", r#"{"error":{}}"#, r#"[{"type":"data","data":{}}]"#] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(ContextInfo::default().items(), None);
    }

    #[test]
    fn a_failure_without_a_reason_is_one_and_unknown_words_are_running() {
        assert_eq!(item("Failed", "").state(), SyncState::Failed);
        assert_eq!((item("Failed", "").reason(), item("Failed", "full").reason()), (None, Some("full")));
        for done in ["Success", "DONE", "completed"] {
            assert_eq!(item(done, "").state(), SyncState::Done, "{done}");
        }
        for running in ["Running", "StagingEntry", "", "new word"] {
            assert_eq!(item(running, "").state(), SyncState::Running, "{running}");
        }
    }

    #[test]
    fn a_sync_is_told_by_context_directory_and_way() {
        let known = item("Success", "");
        assert!(known.is_about("c", "/t/x", SyncMode::Download) && known.is_about("c", "/t/x/", SyncMode::Download));
        assert!(!known.is_about("c", "/t/x", SyncMode::Upload));
        assert!(!known.is_about("c", "/t", SyncMode::Download) && !known.is_about("d", "/t/x", SyncMode::Download));
    }
}
