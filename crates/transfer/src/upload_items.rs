//! What an upload has to do, one thing after another.

use std::path::Path;

use super::Options;
use super::plan::LocalSource;
use super::source::{Found, Tree, What};
use wharf_core::body::{LocalFile, Source, Stdin};
use wharf_core::error::Result;
use wharf_core::model::{Receipt, SessionPath};
use wharf_core::platform::shown;

/// One thing to be done.
pub(super) enum UploadItem {
    /// A file is sent.
    Send { name: String, source: Result<Box<dyn Source>>, at: SessionPath },
    /// A directory is made that no file of the upload makes.
    Directory { name: String, at: SessionPath },
    /// The filter leaves it out.
    Excluded(String),
    /// There is nothing to be done but to say so.
    Decided(Box<Receipt>),
}

/// What is to be done for one source.
pub(super) fn of<'a>(
    source: &'a LocalSource,
    place: &'a SessionPath,
    options: &'a Options,
) -> Box<dyn Iterator<Item = UploadItem> + 'a> {
    let name = &source.name;
    let one = |source: Result<Box<dyn Source>>| {
        Box::new(std::iter::once(UploadItem::Send { name: name.clone(), source, at: place.clone() }))
    };
    match &source.path {
        None => one(Ok(Box::new(Stdin))),
        Some(path) if !source.is_directory => one(LocalFile::new(path).map(|file| Box::new(file) as _)),
        Some(root) => Box::new(tree(root, place, options)),
    }
}

/// A tree. Whoever puts a file makes its parents, so that a directory is one more thing to do only
/// where no file and no other directory follows in it.
fn tree<'a>(root: &Path, place: &'a SessionPath, options: &'a Options) -> impl Iterator<Item = UploadItem> + 'a {
    let mut bare: Option<Found> = None;
    let walk = Tree::new(root, options.links, &options.filter).map(Some).chain(std::iter::once(None));
    walk.flat_map(move |found| {
        let Some(found) = found else { return [bare.take(), None] };
        let left = bare.take_if(|bare| !is_in(&found, bare));
        match found.what {
            What::Directory { meant } => {
                bare = meant.then_some(found);
                [left, None]
            }
            What::File(_) => {
                bare = None;
                [left, Some(found)]
            }
            What::Skipped(_) | What::Excluded | What::Failed(_) => [left, Some(found)],
        }
    })
    .flatten()
    .map(|found| item(found, place))
}

/// Whether something is below a directory.
fn is_in(found: &Found, directory: &Found) -> bool {
    found.below.strip_prefix(&directory.below).is_some_and(|rest| rest.starts_with('/'))
}

fn item(found: Found, place: &SessionPath) -> UploadItem {
    let name = shown(&found.path);
    if let What::Excluded = found.what {
        return UploadItem::Excluded(name);
    }
    let at = match place.path.descend(&found.below) {
        Ok(path) => place.at(path),
        Err(error) => return UploadItem::Decided(Box::new(Receipt::failed(&name, None, error))),
    };
    let shown = at.to_string();
    match found.what {
        What::File(file) => UploadItem::Send { name, source: Ok(Box::new(file)), at },
        What::Directory { .. } => UploadItem::Directory { name, at },
        What::Excluded => UploadItem::Excluded(name),
        What::Skipped(why) => UploadItem::Decided(Box::new(Receipt::skipped(&name, shown.clone(), &shown, why))),
        What::Failed(error) => UploadItem::Decided(Box::new(Receipt::failed(&name, Some(shown), error))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::{Filter, Rule};

    #[test]
    fn only_directories_that_no_file_makes_are_made() {
        let root = tempfile::tempdir().unwrap();
        for directory in ["full/deep", "empty/hollow", "only-excluded", "last"] {
            std::fs::create_dir_all(root.path().join(directory)).unwrap();
        }
        for file in ["full/deep/a", "only-excluded/x.tmp", "z"] {
            std::fs::write(root.path().join(file), "").unwrap();
        }
        let filter = Filter::new(&[], &[Rule::Exclude("*.tmp".into())], None).unwrap();
        let options = Options { filter, ..Options::default() };
        let place: SessionPath = SessionPath { session: "s1".parse().unwrap(), path: "/r".parse().unwrap() };
        let mut made: Vec<_> = tree(root.path(), &place, &options)
            .filter_map(|item| match item {
                UploadItem::Directory { at, .. } => Some(at.path.to_string()),
                _ => None,
            })
            .collect();
        made.sort();
        assert_eq!(made, ["/r/empty/hollow", "/r/last", "/r/only-excluded"]);
    }
}
