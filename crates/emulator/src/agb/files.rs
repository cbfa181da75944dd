//! The tools for files.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures_util::StreamExt;

use super::find::matches;
use super::session::AgbSession;
use super::source::{BytesSource, StoredFileSource};
use super::tools::{ToolCallResult, trouble, wrong};
use super::{AgbEmulator, value};
use wharf_client::backend::{MkdirOptions, PutOptions};
use wharf_core::body::{Attributes, Source};
use wharf_core::error::{Error, Kind};
use wharf_core::model::{Entry, EntryKind, RemotePath};
use wharf_wire::agb as wire;
use wharf_wire::agb::text::{DirectoryListing, FileInfo, ListedEntry, NO_MATCHES, print_files};

/// How everything here is written: tests do not wait for a disk.
const BULK: PutOptions = PutOptions { keep_existing: false, bulk: true, expires_in: None };

impl AgbEmulator {
    /// Parents are made, and one that exists is taken, as the reference server of these tools does.
    pub(super) async fn create_directory(&self, found: &AgbSession, path: &str) -> ToolCallResult {
        let at = found.at(Self::path(path)?);
        let doing = "Failed to create directory";
        let files = self.files();
        if !at.path.is_root() {
            let options = MkdirOptions { parents: true, mode: None, bulk: true };
            files.mkdir(&at, options).await.map_err(|e| trouble(doing, path, &e))?;
        }
        Ok(format!("Successfully created directory {path}"))
    }

    pub(super) async fn list_directory(&self, found: &AgbSession, path: &str) -> ToolCallResult {
        let at = Self::path(path)?;
        let entries =
            self.children(found, &at, false).await.map_err(|e| trouble("Failed to list directory", path, &e))?;
        let entries = entries
            .into_iter()
            .map(|entry| ListedEntry { is_directory: entry.kind == EntryKind::Directory, name: entry.name })
            .collect();
        Ok(DirectoryListing { entries, strays: Vec::new() }.to_string())
    }

    pub(super) async fn file_info(&self, found: &AgbSession, path: &str) -> ToolCallResult {
        let at = Self::path(path)?;
        let entry = self.look(found, &at).await.map_err(|e| trouble("Failed to get file status", path, &e))?;
        let directory = entry.kind == EntryKind::Directory;
        let modified = entry.modified_at.map(|time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        Ok(FileInfo::print(&[
            ("name", at.name()),
            ("path", at.as_str()),
            ("size", &entry.size.unwrap_or_default().to_string()),
            ("isDirectory", &directory.to_string()),
            ("isFile", &(entry.kind == EntryKind::File).to_string()),
            ("mode", &entry.mode.map(|mode| format!("{:o}", mode.0 & 0o7777)).unwrap_or_default()),
            ("modified", &modified.unwrap_or_default()),
        ]))
    }

    /// Offsets count bytes, of text too, so that a character at either end may be cut.
    pub(super) async fn read_file(&self, found: &AgbSession, asked: &wire::ReadFile) -> ToolCallResult {
        let doing = "Failed to read file";
        let at = Self::path(&asked.path)?;
        self.need_file(found, &at).await.map_err(|e| trouble(doing, &asked.path, &e))?;
        let length = asked.length.filter(|length| *length > 0);
        let bytes = self.bytes(found, &at, asked.offset.unwrap_or_default(), length).await;
        let bytes = bytes.map_err(|e| trouble(doing, &asked.path, &e))?;
        match asked.format.as_deref() {
            None | Some("" | "text") => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Some(wire::ReadFile::BINARY) => Ok(BASE64_STANDARD.encode(&bytes)),
            Some(other) => Err(wrong(format!("unknown format {other:?}"))),
        }
    }

    /// Writes a file into an existing directory: a client that counts on more would fail elsewhere.
    pub(super) async fn write_file(&self, found: &AgbSession, asked: wire::WriteFile) -> ToolCallResult {
        let doing = "Failed to write file";
        let at = Self::path(&asked.path)?;
        let name = asked.path.clone();
        let (append, keep_existing) = match asked.mode.as_deref() {
            None | Some("" | wire::WriteFile::OVERWRITE) => (false, false),
            Some(wire::WriteFile::APPEND) => (true, false),
            Some(wire::WriteFile::CREATE_NEW) => (false, true),
            Some(other) => return Err(wrong(format!("unknown mode {other:?}"))),
        };
        let tail = Bytes::from(asked.content);
        let done = async {
            self.need_directory(found, &at).await?;
            self.write(found, &at, tail, append, PutOptions { keep_existing, bulk: true, expires_in: None }).await
        };
        done.await.map_err(|e: Error| trouble(doing, &name, &e))?;
        Ok("true".to_owned())
    }

    /// Writes bytes, in the place of what is there or behind it.
    pub(super) async fn write(
        &self,
        found: &AgbSession,
        at: &RemotePath,
        tail: Bytes,
        append: bool,
        options: PutOptions,
    ) -> Result<(), Error> {
        let name = at.to_string();
        let before = if append { self.look(found, at).await.ok() } else { None };
        let source: Box<dyn Source> = match before.filter(|entry| entry.kind == EntryKind::File) {
            None => Box::new(BytesSource { name, content: tail }),
            Some(entry) => Box::new(self.stored(found, &entry, tail)),
        };
        self.files().put(&found.at(at.clone()), source.as_ref(), options).await.map(drop)
    }

    /// Returns a file of a session with something behind it.
    pub(super) fn stored(&self, found: &AgbSession, entry: &Entry, tail: Bytes) -> StoredFileSource {
        let executable = entry.mode.is_some_and(|mode| mode.0 & 0o111 != 0);
        let modified_at = entry.modified_at.filter(|_| tail.is_empty());
        StoredFileSource {
            store: Arc::clone(&self.backend),
            at: found.at(entry.path.clone()),
            name: entry.path.to_string(),
            len: entry.size.unwrap_or_default(),
            tail,
            attributes: Attributes { modified_at, executable },
        }
    }

    /// Applies edits, each of which replaces the first place that it finds \[sibling\]; all of them are made, or none.
    pub(super) async fn edit_file(&self, found: &AgbSession, asked: wire::EditFile) -> ToolCallResult {
        let doing = "Failed to edit file";
        let at = Self::path(&asked.path)?;
        let done = async {
            self.need_file(found, &at).await?;
            self.bytes(found, &at, 0, None).await
        };
        let bytes = done.await.map_err(|e| trouble(doing, &asked.path, &e))?;
        let mut text = String::from_utf8(bytes.into()).map_err(|_| wrong("this file is not text"))?;
        for edit in &asked.edits {
            if edit.old_text.is_empty() || !text.contains(&edit.old_text) {
                return Err(wrong(format!("{doing}: {}, error: oldText was not found", asked.path)));
            }
            text = text.replacen(&edit.old_text, &edit.new_text, 1);
        }
        if !asked.dry_run {
            let entry = self.look(found, &at).await.map_err(|e| trouble(doing, &asked.path, &e))?;
            let mut source = self.stored(found, &entry, text.into());
            source.len = 0;
            let files = self.files();
            files.put(&found.at(at), &source, BULK).await.map_err(|e| trouble(doing, &asked.path, &e))?;
        }
        Ok("edited".to_owned())
    }

    /// Moves a file to a path that does not exist, as the reference server of these tools does.
    pub(super) async fn move_file(&self, found: &AgbSession, asked: &wire::MoveFile) -> ToolCallResult {
        let doing = "Failed to move file";
        let (from, to) = (Self::path(&asked.source)?, Self::path(&asked.destination)?);
        let done = async {
            self.look(found, &from).await?;
            self.need_directory(found, &to).await?;
            if self.look(found, &to).await.is_ok() {
                return Err(Error::conflict("File exists"));
            }
            self.files().rename(&found.at(from), &to).await.map(drop)
        };
        done.await.map_err(|e| trouble(doing, &asked.source, &e))?;
        Ok("moved".to_owned())
    }

    pub(super) async fn delete_file(&self, found: &AgbSession, path: &str) -> ToolCallResult {
        let at = Self::path(path)?;
        let done = async {
            if self.look(found, &at).await?.kind == EntryKind::Directory {
                return Err(Error::conflict("Is a directory"));
            }
            self.files().remove(&found.at(at), false).await
        };
        done.await.map_err(|e| trouble("Failed to delete file", path, &e))?;
        Ok("deleted".to_owned())
    }

    /// Returns the paths of all kinds whose names match; what is excluded is not entered.
    pub(super) async fn search_files(&self, found: &AgbSession, asked: &wire::SearchFiles) -> ToolCallResult {
        let at = Self::path(&asked.path)?;
        let entries = self.children(found, &at, true).await;
        let entries = entries.map_err(|e| trouble("Failed to search files", &asked.path, &e))?;
        let excluded = asked.excluded();
        let is_left_out =
            |path: &str| path.split('/').any(|name| excluded.iter().any(|pattern| matches(pattern, name)));
        let hits: Vec<String> = entries
            .iter()
            .filter(|entry| matches(&asked.pattern, &entry.name) && !is_left_out(entry.path.below(&at)))
            .map(|entry| entry.path.to_string())
            .collect();
        Ok(if hits.is_empty() { NO_MATCHES.to_owned() } else { hits.join("\n") })
    }

    pub(super) async fn read_files(&self, found: &AgbSession, paths: &[String]) -> ToolCallResult {
        let mut all = Vec::new();
        for path in paths {
            let asked = wire::ReadFile { path: path.clone(), ..wire::ReadFile::default() };
            let content = self.read_file(found, &asked).await;
            all.push((path.as_str(), content.unwrap_or_else(|e| format!("Error - {}", e.message))));
        }
        Ok(print_files(all.iter().map(|(path, content)| (*path, content.as_str()))))
    }

    /// Returns the changes below a directory since the call before, as a JSON list of events.
    pub(super) async fn file_change(&self, found: &AgbSession, path: &str) -> ToolCallResult {
        let at = Self::path(path)?;
        let entries = self.children(found, &at, true).await.map_err(|e| trouble("Failed to watch", path, &e))?;
        Ok(value(self.snapshots.changes(&found.id, at.as_str(), entries)).to_string())
    }

    /// Returns what is at a path, following links.
    pub(super) async fn look(&self, found: &AgbSession, at: &RemotePath) -> Result<Entry, Error> {
        let files = self.files();
        let real = files.resolve(&found.at(at.clone())).await?;
        files.stat(&real).await
    }

    /// Returns the entries of a directory; a `conflict` for anything else.
    pub(super) async fn children(
        &self,
        found: &AgbSession,
        at: &RemotePath,
        recursive: bool,
    ) -> Result<Vec<Entry>, Error> {
        let entry = self.look(found, at).await?;
        if entry.kind != EntryKind::Directory {
            return Err(Error::conflict("Not a directory"));
        }
        let mut entries = self.files().list(&found.at(entry.path), recursive).await?;
        let mut all = Vec::new();
        while let Some(entry) = entries.next().await {
            all.push(entry?);
        }
        Ok(all)
    }

    async fn need_file(&self, found: &AgbSession, at: &RemotePath) -> Result<(), Error> {
        match self.look(found, at).await?.kind {
            EntryKind::Directory => Err(Error::conflict("Is a directory")),
            _ => Ok(()),
        }
    }

    /// Fails unless the directory of a path exists.
    pub(super) async fn need_directory(&self, found: &AgbSession, at: &RemotePath) -> Result<(), Error> {
        let Some(parent) = at.parent() else { return Err(Error::conflict("Is a directory")) };
        match self.look(found, &parent).await?.kind {
            EntryKind::Directory => Ok(()),
            _ => Err(Error::new(Kind::Conflict, "Not a directory")),
        }
    }
}
