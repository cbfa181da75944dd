//! Syncs between sessions and contexts. What a user uploads, a session downloads.
//!
//! A sync is done when its call is answered, so that tests take no longer than they must; `--fault
//! 'contexts.sync:sync=...'` makes it slow, or fail in one of the ways that clients must bear.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;

use super::context_state::{SyncTask, key};
use super::objects::object_path;
use super::session::AgbSession;
use super::source::StoredFileSource;
use super::{AgbEmulator, ApiError, ApiResult, done, good, value};
use crate::answer::HttpResponse;
use crate::faults::{REQUESTED, SyncFault};
use crate::request::ApiRequest;
use wharf_core::body::Attributes;
use wharf_core::error::{Error, Kind};
use wharf_core::model::{EntryKind, RemotePath, Timestamp};
use wharf_wire::agb as wire;
use wharf_wire::agb::{SyncItem, SyncMode};
use wharf_wire::url::Query;

/// How often a slow sync is seen on its way.
const SLOW: u32 = 2;

impl AgbEmulator {
    /// Loads a context into a new session, which has it until it is released.
    pub(super) async fn attach(&self, found: &AgbSession, context: &str, path: &str) -> ApiResult<()> {
        self.contexts.of_session(&found.id, |loaded| loaded.attached.push((context.to_owned(), path.to_owned())));
        self.run(found, context, path, SyncMode::Download, None).await
    }

    /// Brings all that a session has back to its contexts, and forgets it.
    pub(super) async fn detach(&self, found: &AgbSession) -> ApiResult<()> {
        let attached = self.contexts.of_session(&found.id, |loaded| loaded.attached.clone());
        // One that is gone has lost what it held.
        for (context, path) in attached.into_iter().filter(|(context, _)| self.contexts.has(context)) {
            self.run(found, &context, &path, SyncMode::Upload, None).await?;
        }
        for own in self.contexts.forget(&found.id) {
            self.drop_objects(&own).await?;
        }
        Ok(())
    }

    pub(super) async fn sync(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let query = &request.query;
        let found = self.find_in(query).await?;
        let mode = match query.get("mode").filter(|mode| !mode.is_empty()) {
            None => SyncMode::Upload,
            Some(mode) => SyncMode::of(mode).ok_or_else(|| ApiError::bad("mode is upload or download"))?,
        };
        let given = |name: &str| query.get(name).filter(|value| !value.is_empty());
        let wanted = match (given("contextId"), given("path")) {
            (Some(context), Some(path)) => vec![(context.to_owned(), path.to_owned())],
            (None, None) => self.contexts.of_session(&found.id, |loaded| loaded.attached.clone()),
            _ => return Err(ApiError::in_success(wire::code::INVALID, "contextId and path go together")),
        };
        for (context, path) in wanted {
            if !self.contexts.has(&context) {
                return Err(ApiError::in_success(wire::code::NO_CONTEXT, "Context not found"));
            }
            self.run(&found, &context, &path, mode, request.response_fault.sync).await?;
        }
        Ok(done())
    }

    pub(super) async fn sync_status(&self, query: &Query) -> ApiResult<HttpResponse> {
        let found = self.find_in(query).await?;
        let fits = |name: &str, known: &Option<String>| {
            let directory = |text: &str| text.trim_end_matches('/').to_owned();
            let wanted = query.get(name).filter(|wanted| !wanted.is_empty());
            wanted.is_none_or(|wanted| known.as_deref().map(directory) == Some(directory(wanted)))
        };
        let items: Vec<SyncItem> = self.contexts.of_session(&found.id, |loaded| {
            let wanted = loaded.tasks.iter_mut().filter(|task| {
                fits("contextId", &task.item.context_id)
                    && fits("path", &task.item.path)
                    && fits("taskType", &task.item.task_type)
            });
            wanted.map(SyncTask::report).collect()
        });
        Ok(good(value(wire::ContextInfo::of(&items))))
    }

    /// Runs one sync, and stores its result.
    async fn run(
        &self,
        found: &AgbSession,
        context: &str,
        path: &str,
        mode: SyncMode,
        fault: Option<SyncFault>,
    ) -> ApiResult<()> {
        let started = Timestamp::now();
        let moved = match fault {
            Some(SyncFault::Failed | SyncFault::Broken | SyncFault::Running | SyncFault::Missing) => Ok(()),
            _ => self.moved(found, context, path, mode, fault == Some(SyncFault::Partial)).await,
        };
        let (status, reason) = match (fault, moved) {
            (Some(SyncFault::Failed), _) => (SyncItem::FAILED, String::new()),
            (Some(SyncFault::Broken), _) => (SyncItem::FAILED, REQUESTED.to_owned()),
            (_, Err(e)) => (SyncItem::FAILED, e.message().replace(found.session.id.as_str(), &found.id)),
            (_, Ok(())) => (SyncItem::SUCCESS, String::new()),
        };
        let seconds = |time: Timestamp| u64::try_from(time.as_second()).ok();
        let item = SyncItem {
            context_id: Some(context.to_owned()),
            path: Some(path.to_owned()),
            error_message: Some(reason),
            status: Some(status.to_owned()),
            start_time: seconds(started),
            finish_time: seconds(Timestamp::now()),
            task_type: Some(mode.word().to_owned()),
        };
        let hidden = match fault {
            Some(SyncFault::Running) => u32::MAX,
            Some(SyncFault::Slow) => SLOW,
            _ => 0,
        };
        self.contexts.of_session(&found.id, |loaded| {
            loaded.tasks.retain(|task| !task.item.is_about(context, path, mode));
            loaded.tasks.push(SyncTask { item, pending_reports: hidden });
        });
        Ok(())
    }

    /// Moves all files of a directory one way; `partly` cuts the last one in half.
    async fn moved(
        &self,
        found: &AgbSession,
        context: &str,
        path: &str,
        mode: SyncMode,
        partly: bool,
    ) -> Result<(), Error> {
        let directory: RemotePath = path.parse()?;
        let files: Vec<(RemotePath, u64)> = match mode {
            SyncMode::Download => {
                let keys = self.contexts.with(context, |held| {
                    held.objects.iter().map(|(key, object)| (key.clone(), object.size)).collect::<Vec<_>>()
                });
                let paths = keys.into_iter().flatten().filter_map(|(key, size)| Some((key.parse().ok()?, size)));
                paths.filter(|(path, _): &(RemotePath, u64)| *path != directory && path.is_within(&directory)).collect()
            }
            SyncMode::Upload => self.files_below(found, &directory).await?,
        };
        let last = files.len().saturating_sub(1);
        for (at, (path, size)) in files.into_iter().enumerate() {
            let len = if partly && at == last { size / 2 } else { size };
            let (inside, name) = (found.at(path.clone()), path.to_string());
            let object = key(path.as_str()).map_err(|refusal| Error::usage(refusal.message))?;
            let (store, at) = match mode {
                SyncMode::Download => (&self.objects, object_path(context, &object)?),
                SyncMode::Upload => (&self.backend, inside.clone()),
            };
            let (store, tail, attributes) = (Arc::clone(store), Bytes::new(), Attributes::default());
            let file = StoredFileSource { store, at, name, len, tail, attributes };
            match mode {
                SyncMode::Download => file.put(&self.backend, &inside).await?,
                SyncMode::Upload => self.keep_file(context, &object, file).await?,
            }
        }
        Ok(())
    }

    /// Returns the regular files below a directory, with their sizes; none where it is not there.
    async fn files_below(&self, found: &AgbSession, directory: &RemotePath) -> Result<Vec<(RemotePath, u64)>, Error> {
        let at = found.at(directory.clone());
        let mut entries = match self.files().list(&at, true).await {
            Err(e) if e.kind() == Kind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut files = Vec::new();
        while let Some(entry) = entries.next().await {
            let entry = entry?;
            if entry.kind == EntryKind::File && entry.path != *directory {
                files.push((entry.path, entry.size.unwrap_or_default()));
            }
        }
        Ok(files)
    }
}
