//! Transfers: what goes where (`plan`, `walk`), doing it with proof (`upload`, `download`, `land`),
//! and telling about it (`event`).
//!
//! This room knows the backend's traits and no backend, and it prints nothing: whoever watches is
//! an [`event::Observer`]. Start with [`plan`].

pub mod download;
pub mod event;
pub mod land;
pub mod plan;
pub mod tally;
pub mod upload;
pub mod walk;

/// Above so many files, durability waits for one sync of the file system at the end.
const BULK: u64 = 64;

/// What to do where something is at the destination already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum IfExists {
    /// Replace it.
    #[default]
    Overwrite,
    /// Leave it.
    Skip,
    /// Fail with `conflict`.
    Error,
    /// Replace it unless size and time, or size and hash, are equal.
    Update,
}
