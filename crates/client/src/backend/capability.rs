//! What a backend can do, as plain data: read before any call, printed by `wharf backends`.

use serde::Serialize;

use wharf_core::error::{Error, Kind, Result};
use wharf_core::feature::Feature;
use wharf_core::model::SessionStatus;

/// What a backend can do and how much it takes.
#[derive(Debug, Serialize)]
pub struct Capabilities {
    /// The backend's name.
    pub backend: &'static str,
    /// What account or credential it needs.
    pub account: Option<&'static str>,
    /// Where relative session paths lie.
    pub home: &'static str,
    /// How far it can prove an upload.
    pub proof: &'static str,
    /// Files that are best moved at once.
    pub jobs: u32,
    /// How much it takes.
    pub limits: Limits,
    /// The statuses in which a session can be used: what `sessions wait` waits for.
    pub usable: &'static [SessionStatus],
    /// What it has.
    pub features: &'static [Feature],
}

impl Capabilities {
    /// Whether it has something.
    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// Returns the `unsupported` error for `feature`, with what to do instead as its hint.
    pub fn unsupported(&self, feature: Feature) -> Error {
        let what = format!("backend `{}` cannot do this: `{}`", self.backend, feature.name());
        Error::new(Kind::Unsupported, what).hint(feature.alternative())
    }

    /// Checks that the backend has all of `features`.
    ///
    /// # Errors
    /// `unsupported` for the first one that it lacks.
    pub(crate) fn require_all(&self, mut features: impl Iterator<Item = Feature>) -> Result<()> {
        features.find(|feature| !self.has(*feature)).map_or(Ok(()), |feature| Err(self.unsupported(feature)))
    }
}

/// How much a backend takes; `null` where it sets no limit that is known.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Limits {
    /// Bytes of one file.
    pub file_bytes: Option<u64>,
    /// Bytes of all files of a session.
    pub session_bytes: Option<u64>,
    /// Resources mounted in a session.
    pub mounts: Option<u32>,
}
