//! SPECs: what to mount, as people type it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::Cx;
use wharf_client::backend::{NewResource, body_document};
use wharf_core::config::body;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{FileId, ResourceKind};
use wharf_core::platform;
use wharf_core::platform::names::NameRules;
use wharf_transfer::mount::MountUploads;
use wharf_transfer::plan::LocalSource;

/// `FILE_ID[:MOUNT_PATH]`, `@LOCAL[:MOUNT_PATH]`, or an object in YAML or JSON.
#[derive(Debug, Clone)]
pub(super) enum Spec {
    /// Something that is there already.
    Ready(NewResource),
    /// A local file, to be uploaded first.
    Local {
        /// Where it is.
        path: PathBuf,
        /// Where to mount it.
        mount_path: Option<String>,
    },
}

impl Spec {
    /// What it is.
    pub(super) fn kind(&self) -> ResourceKind {
        match self {
            Spec::Ready(new) => new.kind,
            Spec::Local { .. } => ResourceKind::File,
        }
    }

    /// Reads a SPEC.
    pub(super) fn parse(cx: &Cx, spec: &OsStr) -> Result<Self> {
        let Some(text) = spec.to_str() else { return Self::of_bytes(spec) };
        if text.trim_start().starts_with('{') {
            return Self::of_document(cx, body::mapping(text, "the SPEC")?);
        }
        Self::of_words(text)
    }

    /// Reads an object.
    pub(super) fn of_document(cx: &Cx, document: Map<String, Value>) -> Result<Self> {
        let (new, unknown) = body_document::resource(document)?;
        cx.note_unknown(&unknown);
        Ok(Spec::Ready(new))
    }

    /// A local file whose path is not UTF-8. Nothing else can be named so.
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

/// At the first colon.
fn split(text: &str) -> (&str, Option<String>) {
    match text.split_once(':') {
        Some((head, path)) => (head, Some(path.to_owned())),
        None => (text, None),
    }
}

/// Something to be mounted, and the stored file that was uploaded for it.
pub(super) type ReadySpec = (NewResource, Option<FileId>);

/// Uploads what is local, so that everything can be mounted.
pub(super) async fn upload_local(uploads: &mut MountUploads<'_>, specs: Vec<Spec>) -> Result<Vec<ReadySpec>> {
    let local = |spec: &Spec| match spec {
        Spec::Local { path, .. } => Some(path.clone()),
        Spec::Ready(_) => None,
    };
    // All of them are looked at before the first byte leaves.
    let mut sources = LocalSource::look_at_all(&specs.iter().filter_map(local).collect::<Vec<_>>(), None)?;
    let places = specs.iter().filter_map(|spec| match spec {
        Spec::Local { mount_path, .. } => Some(mount_path.as_deref()),
        Spec::Ready(_) => None,
    });
    for (source, place) in sources.iter_mut().zip(places) {
        // One whose name is not text goes by the name that it is mounted under.
        let named = || place?.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned);
        source.base = source.base.take().or_else(named);
    }
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

/// Names the uploads that remain after an error.
pub(super) fn name_left(uploads: &MountUploads<'_>, error: Error) -> Error {
    let left: Vec<_> = uploads.left().iter().map(FileId::as_str).collect();
    if left.is_empty() {
        return error;
    }
    // What an interrupted command says of what is left is said here.
    let stopped = matches!(error.kind(), Kind::Interrupted | Kind::Terminated | Kind::Deadline);
    let hint = error.hint_text().filter(|_| !stopped).map(|hint| format!("{hint}; ")).unwrap_or_default();
    error.hint(format!("{hint}these uploads remain: `wharf files rm {}` deletes them", left.join(" ")))
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
