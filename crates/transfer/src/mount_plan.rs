//! The paths at which files are to be mounted, checked before anything is sent.

use std::collections::{HashMap, HashSet};

use wharf_client::backend::{Backend, NewResource, Resources};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, ResourceKind};

/// The longest name of a stored file that every service takes, in bytes.
const LONGEST_NAME: usize = 255;

/// The paths at which files are to be mounted, with the names of their sources.
pub(super) struct MountPlan<'a> {
    resources: &'a dyn Resources,
    /// The most files that a session takes as resources.
    most: Option<usize>,
    /// The stored files that have no path or one that only the service knows.
    others: usize,
    files: HashMap<RemotePath, String>,
    /// All directories above the files.
    directories: HashSet<RemotePath>,
}

impl<'a> MountPlan<'a> {
    /// Returns a plan for a session that has the resources `others` besides.
    ///
    /// # Errors
    /// `unsupported` for a backend without resources; those of [`MountPlan::add`] for the files among `others`.
    pub(super) fn new(backend: &'a dyn Backend, others: &[NewResource]) -> Result<Self> {
        let mut plan = MountPlan {
            resources: backend.require_resources()?,
            most: backend.limits().mounts.and_then(|most| usize::try_from(most).ok()),
            others: 0,
            files: HashMap::new(),
            directories: HashSet::new(),
        };
        let home = backend.capabilities().home.parse()?;
        for other in others {
            match (&other.mount_path, &other.file_id) {
                (Some(path), Some(id)) if other.kind == ResourceKind::File => {
                    plan.add(&RemotePath::resolve(path, &home)?, id.as_str())?;
                }
                _ if other.kind == ResourceKind::File => plan.others += 1,
                // A service counts resources of other kinds by themselves.
                _ => {}
            }
        }
        Ok(plan)
    }

    /// Adds a file, and returns the path in the session at which it will be.
    ///
    /// # Errors
    /// `conflict` where another file is at the path, above or below it; `limit` for more files than a session takes;
    /// those of [`Resources::mount_point`].
    pub(super) fn add(&mut self, path: &RemotePath, source: &str) -> Result<RemotePath> {
        let at = self.resources.mount_point(path)?;
        if let Some(other) = self.files.get(&at) {
            return Err(Error::conflict(format!("`{other}` and `{source}` would both be mounted at `{at}`"))
                .hint("give one of them another path"));
        }
        if self.directories.contains(&at) {
            return Err(Error::conflict(format!("`{source}` would be mounted at `{at}`, where a directory is"))
                .hint("give it another path"));
        }
        if let Some(most) = self.most.filter(|most| self.files.len() + self.others >= *most) {
            return Err(Error::new(Kind::Limit, format!("a session takes at most {most} mounted files"))
                .hint("nothing was sent; put several files into an archive, or mount a part of the directory"));
        }
        let mut above = at.parent();
        while let Some(directory) = above {
            if let Some(other) = self.files.get(&directory) {
                return Err(Error::conflict(format!(
                    "`{source}` would be mounted at `{at}`, below the file `{other}`"
                ))
                .hint("give one of them another path"));
            }
            above = directory.parent();
            if !self.directories.insert(directory) {
                break;
            }
        }
        self.files.insert(at.clone(), source.to_owned());
        Ok(at)
    }
}

/// Returns a name with a prefix. One that becomes too long by it loses its beginning: its end says what it is.
pub(super) fn prefixed(prefix: &str, name: &str) -> String {
    let room = LONGEST_NAME.saturating_sub(prefix.len());
    let mut begins = name.char_indices().map(|(at, _)| at);
    let begin = begins.find(|at| prefix.is_empty() || name.len() - at <= room).unwrap_or_default();
    format!("{prefix}{}", name.get(begin..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_prefix_is_not_too_long() {
        assert_eq!((prefixed("", "a.csv").as_str(), prefixed("run-", "a.csv").as_str()), ("a.csv", "run-a.csv"));
        let long = format!("{}.csv", "\u{fc}".repeat(140));
        assert_eq!(prefixed("", &long), long);
        let name = prefixed("run-", &long);
        assert!(name.len() <= LONGEST_NAME && name.len() > 250 && name.starts_with("run-\u{fc}"), "{name}");
        assert!(name.ends_with("\u{fc}.csv"));
    }
}
