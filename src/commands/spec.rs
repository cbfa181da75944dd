//! SPECs: the syntax for resources to mount.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::Cx;
use wharf_client::backend::{NewResource, body_document};
use wharf_core::advice::Step;
use wharf_core::config::body;
use wharf_core::error::{Error, Result};
use wharf_core::model::{FileId, RemotePath, ResourceKind};
use wharf_core::platform;
use wharf_core::platform::names::NameRules;
use wharf_transfer::mount::{MountSource, MountUploads};
use wharf_transfer::plan::LocalSource;

/// A parsed SPEC: `FILE_ID[:MOUNT_PATH]`, `@LOCAL[:MOUNT_PATH]`, or an object in YAML or JSON.
#[derive(Debug, Clone)]
pub(super) enum Spec {
    /// A resource that can be mounted without an upload.
    Ready(NewResource),
    /// A local file, which has to be uploaded first.
    Local {
        /// The path of the local file.
        path: PathBuf,
        /// The path in the session to mount it at.
        mount_path: Option<String>,
    },
}

impl Spec {
    /// Returns the type of the resource.
    pub(super) fn kind(&self) -> ResourceKind {
        match self {
            Spec::Ready(new) => new.kind,
            Spec::Local { .. } => ResourceKind::File,
        }
    }

    /// Parses a SPEC.
    pub(super) fn parse(cx: &Cx, spec: &OsStr) -> Result<Self> {
        let Some(text) = spec.to_str() else { return Self::of_bytes(spec) };
        if text.trim_start().starts_with('{') {
            return Self::of_document(cx, body::mapping(text, "the SPEC")?);
        }
        Self::of_words(text)
    }

    /// Parses a SPEC that is an object.
    pub(super) fn of_document(cx: &Cx, document: Map<String, Value>) -> Result<Self> {
        let (new, unknown) = body_document::resource(document)?;
        cx.note_unknown(&unknown);
        Ok(Spec::Ready(new))
    }

    /// Parses a SPEC that is not UTF-8, which must be a local file.
    fn of_bytes(spec: &OsStr) -> Result<Self> {
        let bytes = platform::bytes_of(spec);
        let mut parts = bytes.splitn(2, |byte| *byte == b':');
        let mount_path = |path: &[u8]| String::from_utf8(path.to_vec()).ok();
        match (parts.next().and_then(|local| local.strip_prefix(b"@")), parts.next().map(mount_path)) {
            (Some(path), mount_path) if mount_path != Some(None) => {
                Ok(Spec::Local { path: platform::name_of(path).into(), mount_path: mount_path.flatten() })
            }
            _ => Err(Error::usage(format!(
                "only the path of a local file need not be UTF-8: `{}`",
                platform::shown(spec)
            ))
            .hint("a SPEC is `FILE_ID[:MOUNT_PATH]`, `@LOCAL[:MOUNT_PATH]` or a YAML object")),
        }
    }

    fn of_words(text: &str) -> Result<Self> {
        if let Some(local) = text.strip_prefix('@') {
            let (path, mount_path) = NameRules::HERE.split_at_colon(local);
            return Ok(Spec::Local { path: path.into(), mount_path: mount_path.map(str::to_owned) });
        }
        let (id, mount_path) = split(text);
        let id: FileId = id.parse().map_err(|e: Error| {
            if Path::new(id).exists() {
                e.hint(format!("to upload a local file and mount it, write `@{text}`"))
            } else {
                e.hint("a SPEC is `FILE_ID[:MOUNT_PATH]`, `@LOCAL[:MOUNT_PATH]` or a YAML object")
            }
        })?;
        Ok(Spec::Ready(NewResource {
            kind: ResourceKind::File,
            file_id: Some(id),
            mount_path,
            extra: serde_json::Map::new(),
        }))
    }
}

/// Splits a text at its first colon.
fn split(text: &str) -> (&str, Option<String>) {
    match text.split_once(':') {
        Some((head, path)) => (head, Some(path.to_owned())),
        None => (text, None),
    }
}

/// A resource to mount, and the id of the stored file that was uploaded for it.
pub(super) type ReadySpec = (NewResource, Option<FileId>);

/// Returns the local files of SPECs, with their mount paths.
///
/// # Errors
/// Those of [`LocalSource::look_at_all`].
fn local_files(specs: &[Spec]) -> Result<Vec<(LocalSource, Option<&str>)>> {
    let local = specs.iter().filter_map(|spec| match spec {
        Spec::Local { path, mount_path } => Some((path, mount_path.as_deref())),
        Spec::Ready(_) => None,
    });
    let (paths, mount_paths): (Vec<_>, Vec<_>) = local.unzip();
    // All sources are checked before the first byte is sent.
    let mut sources = LocalSource::look_at_all(&paths, None)?;
    for (source, place) in sources.iter_mut().zip(&mount_paths) {
        // A file whose name is not UTF-8 is named after its mount path.
        let named = || place.as_ref()?.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned);
        source.base = source.base.take().or_else(named);
    }
    Ok(sources.into_iter().zip(mount_paths).collect())
}

/// Returns the local files of SPECs, to be mounted when a session is created.
///
/// # Errors
/// `usage` for a directory, a file without a name and an invalid mount path; those of the files.
pub(super) fn mount_sources(specs: &[Spec], home: &RemotePath) -> Result<Vec<MountSource>> {
    let sources = local_files(specs)?.into_iter().map(|(source, mount_path)| {
        let name = source.file_name()?;
        let path = RemotePath::resolve(mount_path.unwrap_or(&name), home)?;
        Ok(MountSource { source, path })
    });
    sources.collect()
}

/// Uploads the local files of SPECs; returns the resources to mount.
pub(super) async fn upload_local(uploads: &mut MountUploads<'_>, specs: Vec<Spec>) -> Result<Vec<ReadySpec>> {
    let sources: Vec<_> = local_files(&specs)?.into_iter().map(|(source, _)| source).collect();
    let mut made = uploads.upload(&sources).await?.into_iter().zip(sources);
    let ready = specs.into_iter().map(|spec| match spec {
        Spec::Ready(new) => (new, None),
        Spec::Local { mount_path, .. } => {
            let (id, base) = made.next().map_or((None, None), |(id, source)| (Some(id), source.base));
            let new = NewResource {
                kind: ResourceKind::File,
                file_id: id.clone(),
                mount_path: mount_path.or(base),
                extra: serde_json::Map::new(),
            };
            (new, id)
        }
    });
    Ok(ready.collect())
}

/// Adds the ids of uploads that remain after an error to its hint.
pub(super) fn name_left(uploads: &MountUploads<'_>, error: Error) -> Error {
    let left: Vec<_> = uploads.left().iter().map(FileId::as_str).collect();
    if left.is_empty() {
        return error;
    }
    // The hint of an interrupted command is replaced, because it is about the same uploads.
    let stopped = error.kind().is_stop();
    let hint = error.hint_text().filter(|_| !stopped).map(|hint| format!("{hint}; ")).unwrap_or_default();
    let delete = Step::DeleteStoredFile { id: Some(&left.join(" ")) }.to_string();
    error.hint(format!("{hint}these uploads remain: {delete} deletes them"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_in_words() {
        let mounted = |text: &str| match Spec::of_words(text).unwrap() {
            Spec::Ready(new) => (new.file_id.map(|id| id.to_string()), new.mount_path),
            Spec::Local { path, mount_path } => (Some(path.display().to_string()), mount_path),
        };
        assert_eq!(mounted("file_1"), (Some("file_1".into()), None));
        assert_eq!(mounted("file_1:/in/a.csv"), (Some("file_1".into()), Some("/in/a.csv".into())));
        assert_eq!(mounted("@./a.csv:/in/b"), (Some("./a.csv".into()), Some("/in/b".into())));
        for bad in ["sesn_1", "", "file_"] {
            assert!(Spec::of_words(bad).is_err(), "{bad}");
        }
    }
}
