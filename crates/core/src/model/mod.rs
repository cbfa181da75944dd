//! The nouns: what a session, a file, a resource and a receipt are, whichever backend they live in.
//!
//! These types are the output schema (see `docs/schema/`) and the vocabulary of the `Backend`
//! trait. They know no backend, no file system and no format. Start with [`session`]; names that
//! people type are parsed in [`path`] and [`target`].

pub mod agent;
pub mod entry;
pub mod event;
pub mod exec;
pub mod path;
pub mod provider;
pub mod receipt;
pub mod resource;
pub mod run;
pub mod session;
pub mod stored_file;
pub mod target;
pub mod turn;

pub use agent::{Agent, AgentId, AgentStatus, Environment};
pub use entry::{Entry, EntryKind};
pub use event::{Cost, Event, EventKind, TokenUsage, ToolCall};
pub use exec::{Encoding, ExecResult, ExecStatus};
pub use path::RemotePath;
pub use provider::Provider;
pub use receipt::{Deletion, Outcome, Receipt, ReceiptStatus, Verified};
pub use resource::{Resource, ResourceKind};
pub use run::{Cleanup, CleanupStatus, RunResult, RunStep, RunStepName, RunStepStatus, RunWork};
pub use session::{Labels, Session, SessionId, SessionMount, SessionName, SessionStatus};
pub use stored_file::{FileId, Scope, StoredFile};
pub use target::{SessionPath, Target};
pub use turn::{TurnResult, TurnStatus};

/// A moment in UTC; written as RFC 3339.
pub use jiff::Timestamp;
