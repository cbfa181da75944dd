//! The features and limits of backends, as plain data: read before any call, printed by `wharf backends`.

use serde::Serialize;

use wharf_core::error::{Error, Kind, Result};
use wharf_core::feature::Feature;
use wharf_core::model::SessionStatus;

/// The features and limits of a backend.
#[derive(Debug, Serialize)]
pub struct Capabilities {
    /// The backend's name.
    pub backend: &'static str,
    /// The account or credential that the backend needs.
    pub account: Option<&'static str>,
    /// The directory to which relative session paths refer.
    pub home: &'static str,
    /// The directory of a session's results, which `@outputs` means in a path.
    pub outputs: &'static str,
    /// The way in which the backend verifies an upload, as a text for the table of features.
    pub proof: &'static str,
    /// The default number of files that are transferred at once.
    pub jobs: u32,
    /// The limits.
    pub limits: Limits,
    /// The statuses in which a session is usable, which `sessions wait` waits for.
    pub usable: &'static [SessionStatus],
    /// The features that the backend has.
    pub features: &'static [Feature],
}

impl Capabilities {
    /// Returns whether the backend has a feature.
    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// Returns the `unsupported` error for `feature`, with an alternative as its hint.
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

/// The limits of a backend; `null` if no limit is known.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Limits {
    /// Bytes of one file.
    pub file_bytes: Option<u64>,
    /// Bytes of all files of a session.
    pub session_bytes: Option<u64>,
    /// Resources mounted in a session.
    pub mounts: Option<u32>,
}
