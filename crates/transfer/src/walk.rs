//! What the walks of a local and of a remote directory return.

use wharf_core::error::Error;
use wharf_core::model::receipt::SkipReason;

/// An entry of a walk. `P` is the path on its side, `F` what is known of a file, and `D` what is known of a directory.
#[derive(Debug)]
pub(super) struct WalkEntry<P, F, D = ()> {
    pub(super) path: P,
    /// The path below the root of the walk, `/`-separated.
    pub(super) below: String,
    pub(super) kind: WalkKind<F, D>,
}

/// The kind of an entry. Links are what they point to.
#[derive(Debug)]
pub(super) enum WalkKind<F, D = ()> {
    /// A directory. It is not `included` where the filter only includes something in it.
    Directory { included: bool, known: D },
    /// A regular file.
    File(F),
    /// An entry that is skipped, as the options ask.
    Skipped(SkipReason),
    /// An entry that the filter excludes.
    Excluded,
    /// An entry that cannot be transferred.
    Failed(Error),
}
