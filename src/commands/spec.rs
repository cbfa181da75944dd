//! SPECs: what to mount, as people type it.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::Cx;
use crate::backend::{Backend, NewResource, NewStoredFile, document};
use crate::body::LocalFile;
use crate::config::body;
use crate::error::{Error, Result};
use crate::model::{FileId, ResourceKind};
use crate::transfer::plan::LocalSource;

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
    pub(super) fn parse(cx: &Cx, text: &str) -> Result<Self> {
        if text.trim_start().starts_with('{') {
            return Self::of_document(cx, body::mapping(text, "the SPEC")?);
        }
        Self::of_words(text)
    }

    /// Reads an object.
    pub(super) fn of_document(cx: &Cx, document: Map<String, Value>) -> Result<Self> {
        let (new, unknown) = document::resource(document)?;
        cx.note_unknown(&unknown);
        Ok(Spec::Ready(new))
    }

    fn of_words(text: &str) -> Result<Self> {
        if let Some(local) = text.strip_prefix('@') {
            let (path, mount_path) = split(local);
            return Ok(Spec::Local { path: path.into(), mount_path });
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

/// Stored files that a command made on the way to something else. Undone unless kept.
#[derive(Default)]
pub(super) struct Uploads(Vec<FileId>);

impl Uploads {
    /// Uploads what is local, so that everything can be mounted.
    pub(super) async fn ready(&mut self, backend: &dyn Backend, specs: Vec<Spec>) -> Result<Vec<NewResource>> {
        // All of them are looked at before the first byte leaves.
        let locals = specs.iter().filter_map(|spec| match spec {
            Spec::Local { path, .. } => Some(path.display().to_string()),
            Spec::Ready(_) => None,
        });
        LocalSource::look_at_all(&locals.collect::<Vec<_>>(), None)?;
        let mut ready = Vec::new();
        for spec in specs {
            ready.push(match spec {
                Spec::Ready(new) => new,
                Spec::Local { path, mount_path } => {
                    let name = path.display().to_string();
                    let source = LocalFile::new(&path)?;
                    let filename = LocalSource::look(&name, None)?
                        .base
                        .ok_or_else(|| Error::usage(format!("this source has no file name: `{name}`")))?;
                    let (file, _) = backend
                        .need_store()?
                        .upload(
                            NewStoredFile { filename: filename.clone(), mime_type: None, expires_in: None },
                            &source,
                        )
                        .await?;
                    self.0.push(file.id.clone());
                    NewResource {
                        kind: ResourceKind::File,
                        file_id: Some(file.id),
                        mount_path: mount_path.or(Some(filename)),
                        extra: serde_json::Map::new(),
                    }
                }
            });
        }
        Ok(ready)
    }

    /// Deletes them again after a failure; what cannot be deleted is named in the error.
    pub(super) async fn undo(&mut self, backend: &dyn Backend, error: Error) -> Error {
        let made = std::mem::take(&mut self.0);
        let mut left = Vec::new();
        for id in made {
            if let Ok(store) = backend.need_store()
                && store.delete(&id).await.is_err()
            {
                left.push(id.to_string());
            }
        }
        if left.is_empty() { error } else { error.hint(format!("these uploads remain: {}", left.join(", "))) }
    }

    /// The same for one of them, if it is one.
    pub(super) async fn undo_one(&mut self, backend: &dyn Backend, id: Option<&FileId>, error: Error) -> Error {
        let (gone, kept) = std::mem::take(&mut self.0).into_iter().partition(|made| Some(made) == id);
        self.0 = kept;
        Uploads(gone).undo(backend, error).await
    }
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
