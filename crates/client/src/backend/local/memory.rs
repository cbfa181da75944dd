//! Small contents of stored files, kept in memory by a store that outlives nothing: they come and go by the
//! thousand in tests.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use bytes::Bytes;

use wharf_core::sync::lock;

/// The largest content in memory, and the limit of all contents, in bytes.
pub(super) const SMALL: usize = 64 * 1024;
pub(super) const ALL: usize = 64 * 1024 * 1024;

/// The contents in memory.
#[derive(Default)]
pub(super) struct Memory(Mutex<Contents>);

#[derive(Default)]
pub(super) struct Contents {
    pub(super) contents: HashMap<String, Bytes>,
    pub(super) bytes: usize,
}

impl Memory {
    pub(super) fn state(&self) -> MutexGuard<'_, Contents> {
        lock(&self.0)
    }

    pub(super) fn insert(&self, sha256: &str, content: Bytes) {
        let mut state = self.state();
        state.bytes += content.len();
        let before = state.contents.insert(sha256.to_owned(), content);
        state.bytes -= before.map_or(0, |before| before.len());
    }

    /// Removes a content; returns whether it existed.
    pub(super) fn remove(&self, sha256: &str) -> bool {
        let mut state = self.state();
        let gone = state.contents.remove(sha256);
        state.bytes -= gone.as_ref().map_or(0, Bytes::len);
        gone.is_some()
    }
}
