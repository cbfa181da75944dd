//! The local backend: sessions as directories, metadata in `SQLite`, no account.
//!
//! Everything lives under one home: `wharf.db`, `sessions/ID/` (what a local agent works in),
//! `store/` (stored files by their SHA-256) and `tmp/` (whatever is not finished yet). A change
//! becomes visible by a rename or a commit, so that it is there as a whole or not at all. `db.rs`
//! and `disk.rs` hold the two halves; the other files are the nouns.

mod content;
mod db;
mod disk;
mod examine;
mod files;
mod inside;
mod resources;
mod sessions;
mod share;
mod store;
mod usage;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Instant, SystemTime};

use async_trait::async_trait;

use self::db::Db;
use self::disk::Disk;
use self::files::LocalFiles;
use self::resources::LocalResources;
use self::sessions::LocalSessions;
use self::store::LocalStore;
use super::capability::Limits;
use super::{Backend, Capabilities, Feature, FileStore, Finding, Resources, SessionFiles, Sessions};
use wharf_core::config::Settings;
use wharf_core::error::{Error, Result};
use wharf_core::model::{SessionId, SessionStatus};

/// The limits of the vendors, which hold where nobody set others.
const LIMITS: Limits = Limits { file_bytes: None, session_bytes: Some(10 << 30), mounts: Some(100) };

/// What the local backend can do.
pub static CAPABILITIES: Capabilities = Capabilities {
    backend: "local",
    account: None,
    home: "/",
    proof: "sha256",
    // Of one disk by one thread, several at once are no faster.
    jobs: 1,
    limits: LIMITS,
    usable: &[SessionStatus::Running],
    features: &[
        Feature::SessionTitle,
        Feature::SessionLabels,
        Feature::SessionUpdate,
        Feature::SessionTtl,
        Feature::SessionId,
        Feature::SessionResources,
        Feature::SessionAgent,
        Feature::SessionAgentVersion,
        Feature::SessionEnvironment,
        Feature::SessionVaults,
        Feature::SessionImage,
        Feature::SessionTouch,
        Feature::SessionStop,
        Feature::SessionFiles,
        Feature::Mkdir,
        Feature::MkdirMode,
        Feature::Move,
        Feature::StoredFiles,
        Feature::Verify,
        Feature::Beta,
        Feature::Resources,
        Feature::ResourceFile,
    ],
};

/// Makes the local backend as the settings have it.
pub fn open(settings: &Settings) -> Result<Box<dyn Backend>> {
    let bytes = settings.session_bytes.limit("session_bytes", LIMITS.session_bytes.unwrap_or(u64::MAX))?;
    let mounts = settings.session_mounts.limit("session_mounts", LIMITS.mounts.map_or(u64::MAX, u64::from))?;
    let mounts = mounts.map(|mounts| u32::try_from(mounts).unwrap_or(u32::MAX));
    Ok(at(settings.home()?, Limits { session_bytes: bytes, mounts, ..LIMITS }))
}

/// The same for a home that is known; its files are opened at the first call.
pub fn at(home: PathBuf, limits: Limits) -> Box<dyn Backend> {
    Box::new(Local::new(home, limits, Outlives::PowerCut))
}

/// What a change has to outlive once it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlives {
    /// Everything: it is synced.
    PowerCut,
    /// A killed process. A power cut may lose what came since [`Backend::settle`].
    Process,
    /// Nothing: the home goes with the process, and no other process ever looks at it.
    Nothing,
}

/// A local store: the parts of the backend, which share the home.
pub struct Local {
    home: Arc<LocalHome>,
    sessions: LocalSessions,
    files: LocalFiles,
    store: LocalStore,
    resources: LocalResources,
}

/// The home: its directories and its database.
struct LocalHome {
    path: PathBuf,
    limits: Limits,
    outlives: Outlives,
    started: SystemTime,
    memory: content::Memory,
    disk: OnceLock<Disk>,
    db: OnceLock<Db>,
    /// What the session that was changed last was changed through.
    handles: Mutex<Option<Arc<inside::Handles>>>,
    /// When this process last noted that a session was used.
    woken: Mutex<HashMap<SessionId, Instant>>,
}

impl Local {
    /// The store in a home, whose files are opened at the first call.
    pub fn new(home: PathBuf, limits: Limits, outlives: Outlives) -> Self {
        let home = Arc::new(LocalHome {
            path: home,
            limits,
            outlives,
            started: SystemTime::now(),
            memory: content::Memory::default(),
            disk: OnceLock::new(),
            db: OnceLock::new(),
            handles: Mutex::default(),
            woken: Mutex::default(),
        });
        Local {
            sessions: LocalSessions { home: Arc::clone(&home) },
            files: LocalFiles { home: Arc::clone(&home) },
            store: LocalStore { home: Arc::clone(&home) },
            resources: LocalResources { home: Arc::clone(&home) },
            home,
        }
    }

    /// Returns the files in sessions, which a local store never lacks.
    pub fn session_files(&self) -> &dyn SessionFiles {
        &self.files
    }
}

impl LocalHome {
    fn db(&self) -> Result<&Db> {
        if let Some(db) = self.db.get() {
            return Ok(db);
        }
        // Which makes the directory that it lies in.
        self.disk()?;
        let db = Db::open(&self.path.join("wharf.db"), self.outlives)?;
        Ok(self.db.get_or_init(|| db))
    }

    fn disk(&self) -> Result<&Disk> {
        if let Some(disk) = self.disk.get() {
            return Ok(disk);
        }
        let disk = Disk::open(&self.path)?;
        Ok(self.disk.get_or_init(|| disk))
    }

    /// The directories, with what dead processes left in them removed: for whoever makes something.
    fn swept(&self) -> Result<&Disk> {
        let disk = self.disk()?;
        disk.sweep(|sha256| self.forget_content(sha256).is_ok());
        Ok(disk)
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

    async fn settle(&self) -> Result<()> {
        let Some(disk) = self.home.disk.get() else { return Ok(()) };
        match self.home.outlives {
            Outlives::PowerCut => {}
            Outlives::Process => disk.changed_throughout(),
            Outlives::Nothing => return Ok(()),
        }
        disk.settle()
    }

    async fn examine(&self) -> Vec<Finding> {
        self.look().await
    }

    fn warnings(&self) -> Vec<(&'static str, Error)> {
        self.home.disk().ok().and_then(Disk::exposed).map(|error| ("privacy", error)).into_iter().collect()
    }
}
