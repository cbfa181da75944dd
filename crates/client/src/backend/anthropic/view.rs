//! The known files of a session: mounts, files of the agent, and the directories above them.
//!
//! The service reports the path of a mount. A file of the agent has a name and no path: the service collects the
//! files of one directory \[docs\], which is their directory here. Names and paths in answers are not trusted.

use std::collections::BTreeMap;

use crate::backend::path_errors::missing;
use crate::backend::tree;
use wharf_core::advice::Setting;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{
    Entry, EntryKind, FileId, Provider, RemotePath, Resource, ResourceKind, SessionPath, StoredFile, Timestamp,
};
use wharf_wire::anthropic::resources::{OUTPUTS, UPLOADS};
use wharf_wire::json;

/// The directory above all known paths of a session.
const MNT: &str = "/mnt";

/// The maximum size of all paths of a view, in bytes. Each directory above a mount has a path of its own, so that a
/// few long paths add up.
const ROOM: usize = 4 << 20;

/// The number of files with one name that an error lists.
const NAMED: usize = 20;

/// The kind of an entry.
#[derive(Debug, Clone)]
pub(super) enum NodeKind {
    /// A directory that exists because of its contents.
    Directory,
    /// A mounted resource, with the id to unmount it by, if any.
    Mount(Option<String>, ResourceKind),
    /// A file of the agent.
    Output(FileId),
}

impl NodeKind {
    pub(super) fn is_directory(&self) -> bool {
        matches!(self, NodeKind::Directory)
    }
}

#[derive(Debug, Clone)]
struct Node {
    path: RemotePath,
    what: NodeKind,
    size: Option<u64>,
    modified_at: Option<Timestamp>,
    file_id: Option<FileId>,
    provider: Provider,
}

/// The known files of a session.
#[derive(Debug, Default)]
pub(super) struct View {
    /// Entries by path, in which a slash sorts before all other characters, so that the contents of a directory
    /// follow it.
    nodes: BTreeMap<String, Node>,
    /// Names of several files, each with the paths that distinguish the files.
    doubles: BTreeMap<RemotePath, Vec<RemotePath>>,
    /// Errors of mounts that cannot be shown, at any path.
    unknown_mounts: Vec<Error>,
    /// Errors of files of the agent that cannot be shown.
    unknown_outputs: Vec<Error>,
    /// The size of all paths, in bytes.
    bytes: usize,
}

/// Returns the path in the session for a path of the user: one that is not below `/mnt` is below the uploads, where
/// the service mounts it.
pub(super) fn mount_path(path: &RemotePath) -> RemotePath {
    let (mnt, uploads) = (fixed(MNT), fixed(UPLOADS));
    if path.is_root() || path.is_within(&mnt) { path.clone() } else { under(&uploads, path) }
}

/// Returns the path to request, so that the service mounts at `target`: it adds the directory of uploads, and it is
/// unknown whether it adds that to a path that has it already.
pub(super) fn request_path(target: &RemotePath) -> String {
    let uploads = fixed(UPLOADS);
    if target.is_within(&uploads) { format!("/{}", target.below(&uploads)) } else { target.to_string() }
}

/// Returns whether a path is in the directory that only the agent writes to.
pub(super) fn is_output(target: &RemotePath) -> bool {
    target.is_within(&fixed(OUTPUTS))
}

/// Parses a constant path.
fn fixed(path: &str) -> RemotePath {
    path.parse().unwrap_or_else(|_| RemotePath::root())
}

fn under(above: &RemotePath, path: &RemotePath) -> RemotePath {
    above.descend(path.relative()).unwrap_or_else(|_| above.clone())
}

fn key(path: &RemotePath) -> String {
    path.as_str().replace('/', "\0")
}

impl View {
    /// Combines the mounts and the files of a session. The files contain copies of the mounted ones, which have their
    /// sizes.
    pub(super) fn new(resources: Vec<Result<Resource>>, files: Vec<Result<StoredFile>>) -> Self {
        let mut view = View::default();
        let mut sizes: BTreeMap<String, Option<u64>> = BTreeMap::new();
        let mut found: Vec<(Node, String)> = Vec::new();
        for file in files {
            let file = match file {
                Ok(file) => file,
                Err(error) => {
                    view.unknown_outputs.push(error);
                    continue;
                }
            };
            sizes.insert(file.id.to_string(), file.size);
            if file.downloadable == Some(true) {
                found.push(output(file));
            }
        }
        for resource in resources {
            let mounted = resource.map(|resource| {
                let size = resource.file_id.as_ref().and_then(|id| sizes.get(id.as_str()).copied().flatten());
                mount(resource, size)
            });
            match mounted {
                Ok(Some(Ok(one))) => found.push(one),
                Ok(Some(Err(error))) | Err(error) => view.unknown_mounts.push(error),
                Ok(None) => {}
            }
        }
        let mut by_path: BTreeMap<RemotePath, Vec<(Node, String)>> = BTreeMap::new();
        for (node, id) in found {
            by_path.entry(node.path.clone()).or_default().push((node, id));
        }
        for (path, nodes) in by_path {
            let several = nodes.len() > 1;
            for (mut node, id) in nodes {
                if several {
                    node.path = beside(&path, &id);
                    view.doubles.entry(path.clone()).or_default().push(node.path.clone());
                }
                if view.bytes > ROOM {
                    let what =
                        format!("the paths of this session are too long to list all of them: {}", shown(&node.path));
                    view.unknown_mounts.push(Error::new(Kind::Limit, what));
                    continue;
                }
                view.insert(node);
            }
        }
        for path in [UPLOADS, OUTPUTS] {
            let path = fixed(path);
            view.parents(&path);
            view.nodes.entry(key(&path)).or_insert_with(|| directory(path));
        }
        view
    }

    fn insert(&mut self, node: Node) {
        self.parents(&node.path);
        self.bytes += node.path.as_str().len();
        self.nodes.insert(key(&node.path), node);
    }

    fn parents(&mut self, path: &RemotePath) {
        let mut next = path.parent();
        while let Some(path) = next {
            let key = key(&path);
            if self.nodes.contains_key(&key) {
                // What is above it is there as well.
                return;
            }
            next = path.parent();
            self.bytes += key.len();
            self.nodes.insert(key, directory(path));
        }
    }

    /// Returns the path of the entry that a path refers to: the path itself, or below the uploads.
    ///
    /// # Errors
    /// `not_found`; `conflict` where several files have this name; what is wrong with something that cannot be read and
    /// may be what the path means.
    pub(super) fn find(&self, at: &SessionPath) -> Result<&RemotePath> {
        let node = |path: &RemotePath| self.nodes.get(&key(path)).map(|node| &node.path);
        let target = mount_path(&at.path);
        for path in [&at.path, &target] {
            if let Some(path) = node(path) {
                return Ok(path);
            }
            if let Some(paths) = self.doubles.get(path) {
                return Err(ambiguous(
                    path,
                    paths,
                    &format!("name one of them, or add {} to fetch them all", Setting::All),
                ));
            }
        }
        Err(self.faults(&target, false).next().cloned().unwrap_or_else(|| missing(at)))
    }

    /// Returns the kind of the entry at a path from [`View::find`].
    pub(super) fn what(&self, path: &RemotePath) -> NodeKind {
        self.nodes.get(&key(path)).map_or(NodeKind::Directory, |node| node.what.clone())
    }

    /// Returns the entry at a path.
    pub(super) fn entry(&self, at: &SessionPath) -> Option<Entry> {
        self.nodes.get(&key(&at.path)).map(|node| node.entry(at))
    }

    /// Returns the entries of a directory, or of the tree below it, parents first.
    pub(super) fn below<'a>(&'a self, at: &'a SessionPath, recursive: bool) -> impl Iterator<Item = Entry> + 'a {
        let start = key(&at.path);
        let prefix = if at.path.is_root() { start } else { format!("{start}\0") };
        let mut nodes = self.nodes.range(prefix.clone()..);
        std::iter::from_fn(move || {
            loop {
                let (key, node) = nodes.next()?;
                let rest = key.strip_prefix(prefix.as_str())?;
                // The root itself.
                if rest.is_empty() || !recursive && rest.contains('\0') {
                    continue;
                }
                return Some(node.entry(at));
            }
        })
    }

    /// Returns the errors of entries that may be in a directory, or in the tree below it. A mount may be anywhere but
    /// in the agent's own directory.
    pub(super) fn faults(&self, at: &RemotePath, recursive: bool) -> impl Iterator<Item = &Error> {
        let outputs = is_output(at) || recursive && fixed(OUTPUTS).is_within(at);
        let mounts = self.unknown_mounts.iter().filter(|_| !is_output(at));
        mounts.chain(self.unknown_outputs.iter().filter(move |_| outputs))
    }

    /// Fails if several files at a path or below it have one name.
    pub(super) fn check_names(&self, at: &RemotePath) -> Result<()> {
        let target = mount_path(at);
        match self.doubles.iter().find(|(path, _)| path.is_within(&target)) {
            Some((path, paths)) => {
                Err(ambiguous(path, paths, &format!("add {} to fetch each under a name with its id", Setting::All)))
            }
            None => Ok(()),
        }
    }

    /// Returns the files of the agent, with what can differ between two listings.
    pub(super) fn outputs(&self) -> Vec<(String, Option<u64>)> {
        let made = |node: &Node| match &node.what {
            NodeKind::Output(id) => Some((id.to_string(), node.size)),
            _ => None,
        };
        let mut outputs: Vec<_> = self.nodes.values().filter_map(made).collect();
        outputs.sort();
        outputs
    }
}

impl Node {
    fn entry(&self, at: &SessionPath) -> Entry {
        Entry {
            session: at.session.clone(),
            path: self.path.clone(),
            name: self.path.name().to_owned(),
            kind: match &self.what {
                NodeKind::Directory => EntryKind::Directory,
                NodeKind::Output(_) | NodeKind::Mount(_, ResourceKind::File) => EntryKind::File,
                // What is in a repository or a memory store no call tells.
                NodeKind::Mount(..) => EntryKind::Other,
            },
            size: self.size,
            modified_at: self.modified_at,
            mode: None,
            file_id: self.file_id.clone(),
            provider: self.provider.clone(),
        }
    }
}

fn directory(path: RemotePath) -> Node {
    Node {
        path,
        what: NodeKind::Directory,
        size: None,
        modified_at: None,
        file_id: None,
        provider: Provider::default(),
    }
}

fn output(file: StoredFile) -> (Node, String) {
    let node = Node {
        path: fixed(OUTPUTS).join(&harmless(&file.filename, &file.id)),
        what: NodeKind::Output(file.id.clone()),
        size: file.size,
        modified_at: file.created_at,
        file_id: Some(file.id.clone()),
        provider: file.provider,
    };
    (node, file.id.to_string())
}

/// Returns the node of a mount, or `None` if its path is unknown.
fn mount(resource: Resource, size: Option<u64>) -> Option<Result<(Node, String)>> {
    let text = resource.mount_path.as_deref()?;
    let path: RemotePath = match text.parse() {
        Ok(path) if text.len() <= tree::PATH => path,
        _ => {
            let what =
                format!("the service mounted something where nothing can be: {}", json::excerpt(&format!("{text:?}")));
            return Some(Err(Error::new(Kind::Unavailable, what)));
        }
    };
    if path.is_root() {
        return None;
    }
    let named = resource.id.clone().or_else(|| resource.file_id.as_ref().map(FileId::to_string));
    let node = Node {
        path,
        what: NodeKind::Mount(resource.id, resource.kind),
        size,
        modified_at: resource.created_at,
        file_id: resource.file_id,
        provider: resource.provider,
    };
    Some(Ok((node, named.unwrap_or_else(|| "mount".to_owned()))))
}

/// Returns the name of an agent's file as one path segment that leads nowhere else.
fn harmless(filename: &str, id: &FileId) -> String {
    let name: String = filename.chars().map(|c| if matches!(c, '/' | '\0') { '_' } else { c }).collect();
    if matches!(name.as_str(), "" | "." | "..") { id.to_string() } else { name }
}

/// Returns a path for one of several files with one name: `report.pdf` becomes `report.ID.pdf`.
fn beside(path: &RemotePath, id: &str) -> RemotePath {
    let name = path.name();
    let id = id.replace(['/', '\0'], "_");
    let distinct = match name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
        Some((stem, extension)) => format!("{stem}.{id}.{extension}"),
        None => format!("{name}.{id}"),
    };
    path.parent().unwrap_or_else(RemotePath::root).join(&distinct)
}

fn shown(path: &RemotePath) -> String {
    json::excerpt(path.as_str())
}

fn ambiguous(path: &RemotePath, paths: &[RemotePath], hint: &str) -> Error {
    let mut names: Vec<_> = paths.iter().take(NAMED).map(|path| format!("`{}`", shown(path))).collect();
    if paths.len() > NAMED {
        names.push(format!("and {} more", paths.len() - NAMED));
    }
    let what = format!("{} files have this name: `{}`: {}", paths.len(), shown(path), names.join(", "));
    Error::conflict(what).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> SessionPath {
        SessionPath { session: "sesn_1".parse().unwrap(), path: path.parse().unwrap() }
    }

    fn mounted(id: Option<&str>, kind: ResourceKind, path: &str) -> Resource {
        Resource {
            id: id.map(str::to_owned),
            session: "sesn_1".parse().unwrap(),
            kind,
            file_id: (kind == ResourceKind::File).then(|| "file_copy".parse().unwrap()),
            mount_path: Some(path.to_owned()),
            created_at: None,
            updated_at: None,
            provider: Provider::default(),
        }
    }

    fn file(id: &str, filename: &str, downloadable: bool) -> StoredFile {
        StoredFile {
            id: id.parse().unwrap(),
            filename: filename.to_owned(),
            size: Some(7),
            mime_type: None,
            created_at: None,
            downloadable: Some(downloadable),
            scope: None,
            provider: Provider::default(),
        }
    }

    fn view(mounts: Vec<Resource>, files: Vec<StoredFile>) -> View {
        View::new(mounts.into_iter().map(Ok).collect(), files.into_iter().map(Ok).collect())
    }

    fn paths(view: &View, path: &str, recursive: bool) -> Vec<String> {
        let at = at(path);
        let slash = |entry: &Entry| if entry.kind == EntryKind::Directory { "/" } else { "" };
        let shown: Vec<_> =
            view.below(&at, recursive).map(|entry| format!("{}{}", entry.path, slash(&entry))).collect();
        shown
    }

    #[test]
    fn mounts_and_outputs_make_a_tree() {
        let view = view(
            vec![
                mounted(Some("sesrsc_1"), ResourceKind::File, "/mnt/session/uploads/in/a.csv"),
                mounted(Some("sesrsc_2"), ResourceKind::GithubRepository, "/workspace/etl"),
                mounted(None, ResourceKind::MemoryStore, "/mnt/memory/rules"),
            ],
            vec![file("file_copy", "a.csv", false), file("file_out", "report.pdf", true)],
        );
        assert_eq!(
            paths(&view, "/", true),
            [
                "/mnt/",
                "/mnt/memory/",
                "/mnt/memory/rules",
                "/mnt/session/",
                "/mnt/session/outputs/",
                "/mnt/session/outputs/report.pdf",
                "/mnt/session/uploads/",
                "/mnt/session/uploads/in/",
                "/mnt/session/uploads/in/a.csv",
                "/workspace/",
                "/workspace/etl",
            ]
        );
        assert_eq!(paths(&view, "/", false), ["/mnt/", "/workspace/"]);
        assert_eq!(paths(&view, "/mnt/session/uploads", false), ["/mnt/session/uploads/in/"]);
        let entry = view.entry(&at("/mnt/session/uploads/in/a.csv")).unwrap();
        assert_eq!((entry.size, entry.file_id.unwrap().as_str()), (Some(7), "file_copy"));
    }

    #[test]
    fn what_is_in_a_directory_follows_it() {
        let paths_of = ["/a/b", "/a-b", "/a/c/d", "/a.c"].map(|path| format!("{UPLOADS}{path}"));
        let mounts = paths_of.iter().map(|path| mounted(Some("r"), ResourceKind::File, path)).collect();
        let view = view(mounts, Vec::new());
        let found = paths(&view, UPLOADS, true);
        let names: Vec<_> = found.iter().map(|path| path.strip_prefix(UPLOADS).unwrap()).collect();
        assert_eq!(names, ["/a/", "/a/b", "/a/c/", "/a/c/d", "/a-b", "/a.c"]);
    }

    #[test]
    fn a_path_means_itself_or_what_is_below_the_uploads() {
        let view = view(
            vec![
                mounted(Some("r"), ResourceKind::File, "/mnt/session/uploads/workspace/x"),
                mounted(Some("g"), ResourceKind::GithubRepository, "/workspace/etl"),
            ],
            Vec::new(),
        );
        let found = |path: &str| view.find(&at(path)).map(ToString::to_string).map_err(|error| error.kind());
        assert_eq!(found("/workspace/x").unwrap(), "/mnt/session/uploads/workspace/x");
        assert_eq!(found("/workspace/etl").unwrap(), "/workspace/etl");
        assert_eq!(found("/mnt/session/outputs").unwrap(), "/mnt/session/outputs");
        assert_eq!(found("/mnt/x").unwrap_err(), Kind::NotFound);
        for (path, wanted) in [("/x/y", "/x/y"), ("/mnt/session/uploads/x", "/x"), ("/mnt/other", "/mnt/other")] {
            assert_eq!(request_path(&mount_path(&path.parse().unwrap())), wanted);
        }
    }

    #[test]
    fn files_of_one_name_are_told_apart_by_their_ids() {
        let outputs = ["file_1", "file_2"].map(|id| file(id, "report.pdf", true));
        let view = view(Vec::new(), outputs.into_iter().chain([file("file_3", "other", true)]).collect());
        assert_eq!(
            paths(&view, OUTPUTS, false),
            ["other", "report.file_1.pdf", "report.file_2.pdf"].map(|name| format!("{OUTPUTS}/{name}"))
        );
        let error = view.find(&at(&format!("{OUTPUTS}/report.pdf"))).unwrap_err();
        assert_eq!(error.kind(), Kind::Conflict);
        assert!(error.message().contains("file_1") && error.message().contains("file_2"), "{error}");
        for path in ["/", "/mnt", OUTPUTS, "/mnt/session/outputs/report.pdf"] {
            assert!(view.check_names(&path.parse().unwrap()).is_err(), "{path}");
        }
        assert!(view.check_names(&UPLOADS.parse().unwrap()).is_ok());
        assert_eq!(beside(&"/a/x".parse().unwrap(), "i").as_str(), "/a/x.i");
        assert_eq!(beside(&"/a/.x".parse().unwrap(), "i").as_str(), "/a/.x.i");
    }

    #[test]
    fn a_name_that_leads_elsewhere_does_not() {
        let id: FileId = "file_1".parse().unwrap();
        for (name, wanted) in
            [("", "file_1"), ("..", "file_1"), (".", "file_1"), ("../../etc/x", ".._.._etc_x"), ("a\0b", "a_b")]
        {
            assert_eq!(harmless(name, &id), wanted);
        }
        let view = view(vec![mounted(Some("r"), ResourceKind::File, "/mnt/../etc/passwd")], Vec::new());
        assert_eq!(view.faults(&RemotePath::root(), false).count(), 1);
        assert_eq!(paths(&view, "/mnt/session/uploads", true), [""; 0]);
    }

    #[test]
    fn what_cannot_be_read_is_told_where_it_may_be_and_nothing_else_is_missing_there() {
        let bad = |what: &str| Error::new(Kind::Unavailable, what);
        let mounts = vec![Ok(mounted(Some("r"), ResourceKind::File, "/mnt/session/uploads/x")), Err(bad("mount"))];
        let view = View::new(mounts, vec![Ok(file("file_1", "report.pdf", true)), Err(bad("output"))]);
        let listed = |path: &str, recursive: bool| {
            let faults: Vec<_> = view.faults(&path.parse().unwrap(), recursive).map(Error::message).collect();
            faults.join(",")
        };
        assert_eq!((listed("/", true), listed("/", false)), ("mount,output".to_owned(), "mount".to_owned()));
        assert_eq!((listed(UPLOADS, true), listed(OUTPUTS, false)), ("mount".to_owned(), "output".to_owned()));
        for (path, kind) in
            [("/x", None), ("/y", Some(Kind::Unavailable)), ("/mnt/session/outputs/y", Some(Kind::Unavailable))]
        {
            assert_eq!(view.find(&at(path)).err().map(|error| error.kind()), kind, "{path}");
        }
    }

    #[test]
    fn a_few_long_paths_do_not_make_a_view_of_any_size() {
        let long = |number: usize| format!("/{number}{}", "/a".repeat(2000));
        let mounts = (0..50).map(|number| mounted(Some("r"), ResourceKind::File, &long(number))).collect();
        let view = view(mounts, Vec::new());
        assert!(view.bytes < 2 * ROOM && view.faults(&RemotePath::root(), true).count() > 0);
        let endless = vec![mounted(Some("r"), ResourceKind::File, &"/a".repeat(100_000))];
        assert_eq!(View::new(endless.into_iter().map(Ok).collect(), Vec::new()).nodes.len(), 5);
    }
}
