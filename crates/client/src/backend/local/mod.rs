//! The local backend: sessions as directories, metadata in `SQLite`, no account.
//!
//! Everything lives under one home: `wharf.db`, `sessions/ID/` (what a local agent works in),
//! `store/` (stored files by their SHA-256) and `tmp/` (whatever is not finished yet). A change
//! becomes visible by a rename or a commit, so that it is there as a whole or not at all. `db.rs`
//! and `disk.rs` hold the two halves; the other files are the nouns.

mod capabilities;
mod content;
mod db;
mod diagnose;
mod disk;
mod events;
mod exec;
mod files;
mod handles;
mod hold;
mod home;
mod logs;
mod memory;
mod record;
mod recorded_turn;
mod resources;
mod running;
mod session_lock;
mod sessions;
#[cfg(feature = "emulator")]
mod share;
mod store;
mod turns;
mod usage;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;

pub use self::capabilities::CAPABILITIES;
use self::capabilities::LIMITS;
use self::disk::Disk;
pub use self::disk::Durability;
use self::files::LocalFiles;
use self::home::LocalHome;
use self::resources::LocalResources;
use self::sessions::LocalSessions;
use self::store::LocalStore;
use super::{
    Backend, Capabilities, Check, Events, Exec, FileStore, Limits, Logs, Resources, SessionFiles, Sessions, Turns,
};
use wharf_core::config::Settings;
use wharf_core::error::{Error, Result};

/// Creates the local backend from the settings.
pub fn open(settings: &Settings) -> Result<Box<dyn Backend>> {
    let bytes = settings.session_bytes.limit("session_bytes", LIMITS.session_bytes.unwrap_or(u64::MAX))?;
    let mounts = settings.session_mounts.limit("session_mounts", LIMITS.mounts.map_or(u64::MAX, u64::from))?;
    let mounts = mounts.map(|mounts| u32::try_from(mounts).unwrap_or(u32::MAX));
    let limits = Limits { session_bytes: bytes, mounts, ..LIMITS };
    let home = settings.home()?;
    if settings.only_looks && !home::is_made(&home) {
        return Err(Error::not_found(format!("nothing was stored in `{}` yet", home.display())));
    }
    Ok(Box::new(Local::new(home, limits, Durability::Synced).with_agent(settings.agent_command())))
}

/// Creates the local backend in a home, whose files are opened at the first call.
pub fn at(home: PathBuf, limits: Limits) -> Box<dyn Backend> {
    Box::new(Local::new(home, limits, Durability::Synced))
}

/// A local store: the parts of the backend, which share the home.
pub struct Local {
    home: Arc<LocalHome>,
    sessions: LocalSessions,
    files: LocalFiles,
    store: LocalStore,
    resources: LocalResources,
    exec: exec::LocalExec,
    events: events::LocalEvents,
    logs: logs::LocalLogs,
    turns: turns::LocalTurns,
}

impl Local {
    /// Returns the store in a home, whose files are opened at the first call.
    pub fn new(home: PathBuf, limits: Limits, durability: Durability) -> Self {
        let home = Arc::new(LocalHome::new(home, limits, durability));
        Local {
            sessions: LocalSessions { home: Arc::clone(&home) },
            files: LocalFiles { home: Arc::clone(&home) },
            store: LocalStore { home: Arc::clone(&home) },
            resources: LocalResources { home: Arc::clone(&home) },
            exec: exec::LocalExec { home: Arc::clone(&home) },
            events: events::LocalEvents { home: Arc::clone(&home) },
            logs: logs::LocalLogs::new(&home),
            turns: turns::LocalTurns { home: Arc::clone(&home), agent_command: Ok(None) },
            home,
        }
    }

    /// Returns the store with a program that plays the agent of its sessions, or with the error of the setting that
    /// names the program: it is reported when a command needs an agent.
    #[must_use]
    pub fn with_agent(mut self, agent_command: Result<Option<Vec<String>>>) -> Self {
        self.turns.agent_command = agent_command;
        self
    }

    /// Returns the part for files in sessions, which a local store always has.
    pub fn session_files(&self) -> &dyn SessionFiles {
        &self.files
    }
}

#[async_trait]
impl Backend for Local {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn limits(&self) -> Limits {
        self.home.limits
    }

    fn sessions(&self) -> &dyn Sessions {
        &self.sessions
    }

    fn files(&self) -> Option<&dyn SessionFiles> {
        Some(&self.files)
    }

    fn store(&self) -> Option<&dyn FileStore> {
        Some(&self.store)
    }

    fn resources(&self) -> Option<&dyn Resources> {
        Some(&self.resources)
    }

    fn exec(&self) -> Option<&dyn Exec> {
        Some(&self.exec)
    }

    fn events(&self) -> Option<&dyn Events> {
        Some(&self.events)
    }

    fn logs(&self) -> Option<&dyn Logs> {
        Some(&self.logs)
    }

    fn turns(&self) -> Option<&dyn Turns> {
        Some(&self.turns)
    }

    async fn settle(&self) -> Result<()> {
        self.home.db()?.settle()
    }

    async fn flush(&self) -> Result<()> {
        let Some(disk) = self.home.opened_disk() else { return Ok(()) };
        match self.home.durability {
            Durability::Synced => {}
            Durability::Process => disk.changed_throughout(),
            Durability::None => return Ok(()),
        }
        disk.flush()
    }

    async fn diagnose(&self) -> Vec<Check> {
        self.look().await
    }

    fn warnings(&self) -> Vec<(&'static str, Error)> {
        self.home.disk().ok().and_then(Disk::exposed).map(|error| ("privacy", error)).into_iter().collect()
    }
}
