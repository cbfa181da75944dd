//! The home of a local store: its directories and its database.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Instant, SystemTime};

use super::db::Db;
use super::disk::{Disk, Durability};
use super::handles::Handles;
use super::memory::Memory;
use crate::backend::Limits;
use wharf_core::error::Result;
use wharf_core::model::SessionId;

/// The name of the database.
const DATABASE: &str = "wharf.db";

/// Returns whether there is a store in a home that can be used without changing it.
pub(super) fn is_made(home: &Path) -> bool {
    Db::is_current(&home.join(DATABASE))
}

/// The home: its directories and its database.
pub(super) struct LocalHome {
    pub(super) path: PathBuf,
    pub(super) limits: Limits,
    pub(super) durability: Durability,
    pub(super) started: SystemTime,
    pub(super) memory: Memory,
    disk: OnceLock<Disk>,
    db: OnceLock<Db>,
    /// The handles of the session that was changed last.
    pub(super) handles: Mutex<Option<Arc<Handles>>>,
    /// The time at which this process last recorded the use of a session.
    pub(super) woken: Mutex<HashMap<SessionId, Instant>>,
}

impl LocalHome {
    /// Returns the home at `path`, whose files are opened at the first call.
    pub(super) fn new(path: PathBuf, limits: Limits, durability: Durability) -> Self {
        LocalHome {
            path,
            limits,
            durability,
            started: SystemTime::now(),
            memory: Memory::default(),
            disk: OnceLock::new(),
            db: OnceLock::new(),
            handles: Mutex::default(),
            woken: Mutex::default(),
        }
    }

    /// Returns the directories if they were opened before.
    pub(super) fn opened_disk(&self) -> Option<&Disk> {
        self.disk.get()
    }

    pub(super) fn db(&self) -> Result<&Db> {
        if let Some(db) = self.db.get() {
            return Ok(db);
        }
        // Which makes the directory that it lies in.
        self.disk()?;
        let db = Db::open(&self.path.join(DATABASE), self.durability)?;
        Ok(self.db.get_or_init(|| db))
    }

    pub(super) fn disk(&self) -> Result<&Disk> {
        if let Some(disk) = self.disk.get() {
            return Ok(disk);
        }
        let disk = Disk::open(&self.path)?;
        Ok(self.disk.get_or_init(|| disk))
    }

    /// Returns the directories after removing the remains of dead processes: for work that creates something.
    pub(super) fn swept(&self) -> Result<&Disk> {
        let disk = self.disk()?;
        disk.sweep(|sha256| self.forget_content(sha256).is_ok());
        Ok(disk)
    }
}
