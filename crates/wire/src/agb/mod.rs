//! AGB cloud: sessions, their files and contexts, as they look on the wire.
//!
//! Where a fact comes from is said as a word in brackets:
//!
//! - \[recorded\] requests that the official Python SDK 0.12.0 and its TypeScript sibling sent to a
//!   recorder, and answers that they took as good;
//! - \[sdk\] the source of these SDKs;
//! - \[sibling\] `AgentBay`, the sibling product with the same tools behind another gateway;
//! - \[docs\] the product's documentation.
//!
//! Nothing here was seen on the service itself. A reader of answers ignores fields that it does not
//! know and takes every form that an SDK takes; the dialect of `serve` answers in the first of them.
//!
//! Four things are easily missed. A failure comes as HTTP 4xx or 5xx, as HTTP 200 with
//! `success: false`, and within an answer that says success: see [`AgbEnvelope`], [`CreatedSession`] and
//! [`ToolResult`]. JSON is often put into a string, once or twice. For a transfer the words are turned
//! round: what a user uploads is *downloaded* by the session, see [`SyncMode`]. A call of a tool
//! without [`NO_NEW_SESSION`] would start a new environment where the session is gone.

mod answer;
mod args;
mod context;
mod operations;
mod run_code;
mod session;
pub mod text;
mod tool;

pub use answer::{AgbEnvelope, code, is_not_found, value};
pub use args::{
    Edit, EditFile, MoveFile, PathOnly, ReadFile, ReadFiles, RunCode, SearchFiles, Shell, WriteFile, arguments,
};
pub use context::{
    Context, ContextFile, ContextInfo, FILE_TRANSFER, InternalContext, PresignedUrl, SyncItem, SyncMode, SyncState,
};
pub use operations::AgbOperation;
pub use run_code::{CodeOutput, language};
pub use session::{
    CreatedSession, DesktopInfo, GetLabels, Link, McpResource, NewAgbSession, Persistence, SessionDetail, SessionItem,
    SessionRef, read_labels, status, write_labels,
};
pub use tool::{DirectCall, TOKEN_HEADER, ToolContent, ToolDescription, ToolRequest, ToolResult, escaped_len, name};

/// The default URL of the service \[sdk\].
pub const ENDPOINT: &str = "https://sdk-api.agb.cloud";

/// The service's name for a request, where the answer's body has none \[sdk\].
pub const REQUEST_ID: &str = "x-request-id";

/// Sessions on a page by default \[sdk\]. The most is unknown.
pub const PAGE_DEFAULT: usize = 10;

/// Files of a context on a page by default \[sdk\].
pub const FILES_PAGE_DEFAULT: usize = 50;

/// The most bytes of a call of a tool, its arguments as JSON: 63 KiB \[sibling\]. That AGB shares the
/// limit is likely and not certain.
pub const MESSAGE_MAX: usize = 63 * 1024;

/// Bytes of arguments, counted as JSON after its escaping, that were seen to pass \[sibling\].
pub const MESSAGE_SURE: usize = 56_000;

/// Bytes to read at a time as base64 so that the answer stays below [`MESSAGE_SURE`] and what is
/// around it: 40,500 are 54,000 characters.
pub const READ_SURE: u64 = 40_500;

/// The longest life of a session in seconds, whatever keeps it alive \[docs\].
pub const SESSION_LIFE: u64 = 30 * 60;

/// The query of every call of a tool, name and value. Without it a call on a session that is gone
/// starts a new one silently \[sibling\].
pub const NO_NEW_SESSION: (&str, &str) = ("autoGenSession", "false");
