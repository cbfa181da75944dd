//! Backends: a trait object with a part for each noun, and its capabilities as data.
//!
//! Commands check [`Backend::capabilities`] before they send anything, so that a missing feature is an error of its
//! own and never a partial run. A part that a backend lacks is absent; an operation that it lacks within a part has a
//! default body. A new backend is a directory here, a line in [`registry`] and a run of the conformance suite.
//!
//! A backend is a client (requests, tools, the disk) and a struct for each part with a handle on it.

pub mod agb;
pub mod agents;
pub mod anthropic;
pub mod body_document;
pub mod bundle;
pub mod capability;
pub mod exec;
pub mod file_content;
pub mod file_store;
mod follow_pace;
pub mod foundry;
pub mod local;
mod made_directories;
pub mod page;
pub mod path_errors;
pub mod program_turn;
mod range;
pub mod registry;
pub mod resources;
pub mod session_files;
pub mod sessions;
mod spool;
mod text_blocks;
mod tree;
pub mod turn;
pub mod verify;

use std::time::Duration;

use async_trait::async_trait;

pub use agents::{AgentQuery, Agents, Environments};
pub use bundle::{BundleDownload, BundleLimits, BundleUpload, FetchedBundle};
pub use capability::{Capabilities, IdForm, Limits};
pub use exec::Exec;
pub use file_content::{
    ByteRange, FetchOptions, GetResult, MkdirOptions, PutOptions, PutResult, RemoteHash, TimeOf, TreeOptions,
};
pub use file_store::{FileStore, NewStoredFile};
pub use page::{Page, PageRequest};
pub use resources::{NewResource, Resources};
pub use session_files::{RemoteTree, SessionFiles};
pub use sessions::{LabelPatch, NewSession, SessionChange, SessionFilters, SessionQuery, Sessions};
pub use turn::{Events, Logs, Turns};
pub use wharf_core::feature::Feature;

use wharf_core::error::{Error, Result};
use wharf_core::model::Timestamp;

/// A service or store that holds sessions, with a part for each noun.
///
/// A part that a backend lacks is absent, which is the default.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Returns what the backend can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// Returns the limits of the backend with its current settings.
    fn limits(&self) -> Limits {
        self.capabilities().limits
    }
    /// Returns the part for sessions.
    fn sessions(&self) -> &dyn Sessions;
    /// Returns the part for the files inside sessions.
    fn files(&self) -> Option<&dyn SessionFiles> {
        None
    }
    /// Returns the part for the workspace's stored files.
    fn store(&self) -> Option<&dyn FileStore> {
        None
    }
    /// Returns the part for resources that are mounted into sessions.
    fn resources(&self) -> Option<&dyn Resources> {
        None
    }
    /// Returns the part for the agents that sessions are created with.
    fn agents(&self) -> Option<&dyn Agents> {
        None
    }
    /// Returns the part for the environments that sessions are created in.
    fn environments(&self) -> Option<&dyn Environments> {
        None
    }
    /// Returns the part that runs commands in sessions.
    fn exec(&self) -> Option<&dyn Exec> {
        None
    }

    /// Returns the part for what happens in sessions.
    fn events(&self) -> Option<&dyn Events> {
        None
    }
    /// Returns the part for the logs of sessions.
    fn logs(&self) -> Option<&dyn Logs> {
        None
    }
    /// Returns the part that talks to the agents of sessions.
    fn turns(&self) -> Option<&dyn Turns> {
        None
    }

    /// Returns the identity of the service or store: two backends of one origin have the same sessions.
    fn origin(&self) -> String {
        self.capabilities().backend.to_owned()
    }

    /// Makes the writes of killed processes final: what cannot be seen afterwards never will be. Called before something is
    /// given up because it is not there.
    ///
    /// # Errors
    /// Those of the store. A service decides by itself.
    async fn settle(&self) -> Result<()> {
        Ok(())
    }

    /// Makes all writes of this process durable, and cleans up after interrupted work. Called once, before a command
    /// that wrote reports its result.
    ///
    /// # Errors
    /// What could not be kept; what an interrupted work left behind, by name.
    async fn flush(&self) -> Result<()> {
        self.clean_up().await
    }

    /// Cleans up after interrupted work, for a few seconds at most. Called when a command ends, however it does.
    ///
    /// # Errors
    /// What the work left behind, by name.
    async fn clean_up(&self) -> Result<()> {
        Ok(())
    }

    /// Checks whether the backend is reachable, whether the credentials are valid, and whether a round trip works.
    async fn diagnose(&self) -> Vec<Check>;

    /// Returns warnings about settings that work and should be changed: the name of the check, and the problem.
    fn warnings(&self) -> Vec<(&'static str, Error)> {
        Vec::new()
    }
}

/// A check of `doctor`.
#[derive(Debug)]
pub struct Check {
    /// The name of the check.
    pub name: &'static str,
    /// The finding, or the problem.
    pub outcome: Result<String>,
}

/// Returns the time at which a session expires: its last use plus `ttl`.
pub fn expiry(used_at: Timestamp, ttl: Duration) -> Option<Timestamp> {
    jiff::SignedDuration::try_from(ttl).ok().and_then(|ttl| used_at.checked_add(ttl).ok())
}
