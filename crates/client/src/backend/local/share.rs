//! Operations of the emulator that the local backend does not offer: a content under two names, another time or mode
//! for an existing file, and where a session's directory is.

use std::io;
use std::path::{Path, PathBuf};

use super::disk::refused;
use super::files::bytes_of;
use super::{Durability, Local};
use wharf_core::error::Result;
use wharf_core::model::{SessionId, SessionPath, Timestamp};
use wharf_core::platform;

impl Local {
    /// Returns where a session's directory is on this machine.
    ///
    /// # Errors
    /// Where the store cannot be opened.
    pub fn session_directory(&self, id: &SessionId) -> Result<PathBuf> {
        Ok(self.home.disk()?.session_path(id))
    }

    /// Gives a regular file of `len` bytes another name, in this store or another one, in place of any
    /// file that has it. False where a copy is needed: where either store outlives the process, since
    /// a program that writes into a file there changes it under all its names; of a part of a file; on two
    /// file systems; too many names.
    ///
    /// # Errors
    /// As [`crate::backend::SessionFiles::put`].
    pub fn share(&self, from: &SessionPath, len: u64, into: &Local, to: &SessionPath) -> Result<bool> {
        let into = &into.home;
        if self.home.durability != Durability::None || into.durability != Durability::None {
            return Ok(false);
        }
        let dir = self.home.disk()?.session(&from.session)?;
        let Ok(meta) = platform::entry_metadata(&dir, from.path.relative()) else { return Ok(false) };
        let guard = into.enter(&to.session)?;
        if !meta.is_file() || meta.len() != len {
            return Ok(false);
        }
        let Ok(staged) = into.swept()?.staging_link(&dir, from.path.relative()) else { return Ok(false) };
        let mut usage = into.usage(&guard)?;
        let replaced = into.check_target(&guard, to, false)?;
        usage.add(meta.len(), bytes_of(replaced.as_ref()))?;
        let parent = into.make_parents(&guard, to, true)?;
        staged.persist_link(&parent, to.path.name()).map_err(|e| refused(format!("writing `{to}`"), &e))?;
        Ok(true)
    }

    /// Gives a regular file another mode or time.
    ///
    /// # Errors
    /// `not_found`; `conflict` for anything but a regular file.
    pub fn set_attributes(&self, at: &SessionPath, mode: Option<u32>, modified_at: Option<Timestamp>) -> Result<()> {
        let doing = |e: io::Error| refused(format!("changing `{at}`"), &e);
        let guard = self.home.enter(&at.session)?;
        let file = platform::open_regular_below(&guard.dir, Path::new(at.path.relative())).map_err(doing)?;
        if let Some(mode) = mode {
            platform::set_mode(&file, mode).map_err(doing)?;
        }
        if let Some(time) = modified_at {
            file.set_modified(time.into()).map_err(doing)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::super::{CAPABILITIES, Durability};
    use super::*;
    use crate::backend::{NewSession, PutOptions, SessionFiles, Sessions};
    use wharf_core::body::LocalFile;

    struct Stage {
        home: TempDir,
        store: Local,
    }

    fn session_path(at: &str) -> SessionPath {
        let (session, path) = at.split_once(':').unwrap();
        SessionPath { session: session.parse().unwrap(), path: path.parse().unwrap() }
    }

    impl Stage {
        async fn new(durability: Durability) -> Self {
            let home = tempfile::tempdir().unwrap();
            let store = Local::new(home.path().join("home"), CAPABILITIES.limits, durability);
            for id in ["s1", "s2"] {
                let new = NewSession { id: Some(id.parse().unwrap()), ..NewSession::default() };
                store.sessions.create(new).await.unwrap();
            }
            Stage { home, store }
        }

        async fn put(&self, at: &str, content: &str) {
            let path = self.home.path().join("source");
            std::fs::write(&path, content).unwrap();
            let over = PutOptions { keep_existing: false, bulk: false, expires_in: None };
            self.store.files.put(&session_path(at), &LocalFile::new(&path).unwrap(), over).await.unwrap();
        }

        fn share(&self, from: &str, to: &str) -> bool {
            self.store.share(&session_path(from), 3, &self.store, &session_path(to)).unwrap()
        }

        async fn read(&self, at: &str) -> Vec<u8> {
            let mut body =
                self.store.files.fetch(&session_path(at), crate::backend::FetchOptions::default()).await.unwrap().body;
            body.next().await.unwrap().unwrap_or_default().to_vec()
        }
    }

    #[tokio::test]
    async fn a_second_name_has_the_content_and_is_free_of_the_first() {
        let stage = Stage::new(Durability::None).await;
        stage.put("s1:/a", "old").await;
        stage.put("s2:/d/b", "replaced").await;
        assert!(stage.share("s1:/a", "s2:/d/b") && stage.share("s1:/a", "s2:/new/c"));
        // A name that it has already stays.
        assert!(stage.share("s1:/a", "s2:/d/b"));
        stage.put("s1:/a", "new").await;
        for (at, content) in [("s1:/a", "new"), ("s2:/d/b", "old"), ("s2:/new/c", "old")] {
            assert_eq!(stage.read(at).await, content.as_bytes(), "{at}");
        }
        let (a, part) = (session_path("s1:/a"), session_path("s2:/part"));
        assert!(!stage.store.share(&a, 2, &stage.store, &part).unwrap(), "a part needs a copy");
        assert!(!stage.share("s2:/d", "s1:/d") && !stage.share("s1:/none", "s1:/d"));
        assert!(stage.store.share(&session_path("s1:/a"), 3, &stage.store, &session_path("s2:/d")).is_err());
        let time = Timestamp::from_second(1_700_000_000).unwrap();
        stage.store.set_attributes(&session_path("s1:/a"), Some(0o755), Some(time)).unwrap();
        let entry = stage.store.files.stat(&session_path("s1:/a")).await.unwrap();
        assert_eq!((entry.modified_at, entry.mode.map(|mode| mode.0 & 0o777)), (Some(time), Some(0o755)));
        assert_eq!(std::fs::read_dir(stage.home.path().join("home/tmp")).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn what_stays_has_no_second_names() {
        for durability in [Durability::Process, Durability::Synced] {
            let stage = Stage::new(durability).await;
            stage.put("s1:/a", "old").await;
            assert!(!stage.share("s1:/a", "s2:/a"), "{durability:?}");
        }
    }
}
