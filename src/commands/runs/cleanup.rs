//! Finishing a run: its session and its stored files are deleted.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::commands::uploads::{FileCleanup, delete_files_of, upload_log};
use wharf_client::backend::page::Pager;
use wharf_client::backend::{Backend, Feature, FileStore, SessionQuery};
use wharf_core::config::env;
use wharf_core::error::{Kind, Result};
use wharf_core::model::{Cleanup, CleanupStatus, FileId, Labels, SessionId};
use wharf_core::platform;
use wharf_core::run_journal::{RunJournal, RunRecord, RunState};

/// The label that names the run of a session.
pub(super) const LABEL: &str = "wharf-run";

/// How long a session that works may refuse its deletion.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long after the end of a run a session is looked for whose creation lost its answer: it may appear late.
pub(super) const APPEARING: Duration = Duration::from_secs(5);

/// The first and the longest pause between two tries.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// Kills what the command of a run has started: all processes that have the id of the run in their environment.
pub(in crate::commands) fn kill_processes_of(run: &str) {
    platform::kill_processes_with(env::RUN, &[run.to_owned()]);
}

/// Finishes a run like [`finish`] whose process is gone. What this process had started is ended first, unless the session
/// is kept: the journal is locked until a process that was just being started has the environment of the run.
pub(super) async fn finish_for_another(backend: &dyn Backend, journal: RunJournal, appearing: Duration) -> Cleanup {
    if !journal.record().is_kept() {
        kill_processes_of(&journal.record().run);
    }
    finish(backend, journal, Some(appearing)).await
}

/// Deletes the session and the stored files of a run, and then its journal. A journal of which something is left stays.
/// A session whose id is not known may appear for the time `appearing`; `None` if none was created.
pub(super) async fn finish(backend: &dyn Backend, mut journal: RunJournal, appearing: Option<Duration>) -> Cleanup {
    let sessions = match sessions_of(backend, journal.record(), appearing).await {
        Ok(sessions) => sessions,
        Err(error) => return Cleanup::failed(error.context("looking for the session of the run")),
    };
    // Work in a session that was kept is not that of the run.
    let may_force = !journal.record().is_kept();
    for session in &sessions {
        if let Err(error) = delete_session(backend, session, may_force).await {
            // It may be known only now.
            let _ = journal.change(|record| record.session = Some(session.clone()));
            return Cleanup::failed(error.context(format!("deleting the session `{session}`")));
        }
    }
    let mut report = Cleanup {
        status: if sessions.is_empty() { CleanupStatus::NotNeeded } else { CleanupStatus::Deleted },
        files_deleted: 0,
        error: None,
    };
    if let Some(store) = backend.store() {
        let unnoted = match unnoted_files(store, journal.record()).await {
            Ok(unnoted) => unnoted,
            Err(error) => {
                report.error = Some(error.context("looking for the stored files of the run"));
                Vec::new()
            }
        };
        let all: Vec<_> = journal.record().files.iter().cloned().chain(unnoted).collect();
        let log = upload_log(backend, journal.home());
        let session = journal.record().session.as_ref();
        for (_, done) in delete_files_of(backend, log.as_ref(), session, &all).await {
            match done {
                Ok(FileCleanup::Deleted) => report.files_deleted += 1,
                Ok(_) => {}
                Err(error) => report.error = Some(error),
            }
        }
        if let (Some(log), Some(session)) = (&log, session) {
            let _ = log.remove_mounts(session);
        }
    }
    let flushed = backend.flush().await;
    if report.error.is_none() {
        report.error = flushed.and_then(|()| journal.remove()).err();
    }
    report
}

/// Returns the sessions of a run: the one that it noted, or those that carry its id. Nothing else is ever deleted.
async fn sessions_of(backend: &dyn Backend, record: &RunRecord, appearing: Option<Duration>) -> Result<Vec<SessionId>> {
    if let Some(session) = &record.session {
        let is_gone = is_gone(backend, session, record).await?;
        return Ok(if is_gone { Vec::new() } else { vec![session.clone()] });
    }
    let Some(appearing) = appearing.filter(|_| record.state == RunState::Creating) else { return Ok(Vec::new()) };
    backend.settle().await?;
    // A store of this machine, which is settled, has at once what was created.
    let is_remote = backend.capabilities().account.is_some();
    let until = Instant::now() + if is_remote { appearing } else { Duration::ZERO };
    let mut pause = PAUSES.0;
    loop {
        let found = search(backend, record).await?;
        if !found.is_empty() || Instant::now() >= until {
            return Ok(found);
        }
        sleep(pause).await;
        pause = (pause * 2).min(PAUSES.1);
    }
}

/// Returns whether a session whose id the user chose is gone, although there may be another one with that id.
async fn is_gone(backend: &dyn Backend, id: &SessionId, record: &RunRecord) -> Result<bool> {
    if !backend.capabilities().has(Feature::SessionId) || id.as_str() == record.run {
        return Ok(false);
    }
    match backend.sessions().get(id).await {
        Ok(found) => Ok(found.created_at.zip(record.created_at).is_some_and(|(found, noted)| found > noted)),
        Err(error) if error.kind() == Kind::NotFound => Ok(true),
        // It may not be readable and deletable nevertheless.
        Err(_) => Ok(false),
    }
}

/// Returns the stored files of a run that was stopped before it noted them: their names carry its id.
async fn unnoted_files(store: &dyn FileStore, record: &RunRecord) -> Result<Vec<FileId>> {
    let mut unnoted = Vec::new();
    if !record.uploads || record.state != RunState::Creating || !record.files.is_empty() {
        return Ok(unnoted);
    }
    let prefix = record.upload_prefix();
    let mut pages = Pager::whole();
    while let Some(request) = pages.request()? {
        let page = store.list(None, request).await?;
        let files = pages.take(page).0.into_iter().flatten();
        unnoted.extend(files.filter(|file| file.filename.starts_with(&prefix)).map(|file| file.id));
    }
    Ok(unnoted)
}

/// Returns the sessions that carry the id of a run.
async fn search(backend: &dyn Backend, record: &RunRecord) -> Result<Vec<SessionId>> {
    let (capabilities, run) = (backend.capabilities(), record.run.as_str());
    if capabilities.has(Feature::SessionId) {
        let id = record.chosen.clone().map_or_else(|| run.parse(), Ok)?;
        match backend.sessions().get(&id).await {
            Ok(session) => return Ok(vec![session.id]),
            Err(error) if error.kind() == Kind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    if !capabilities.has(Feature::SessionLabels) {
        return Ok(Vec::new());
    }
    let labels = Labels::from([(LABEL.to_owned(), run.to_owned())]);
    let query = SessionQuery { labels, ..SessionQuery::default() };
    let mut pages = Pager::whole();
    let mut found = Vec::new();
    while let Some(request) = pages.request()? {
        let page = backend.sessions().list(&query, request).await?;
        // One that cannot be read has no labels that are known.
        found.extend(pages.take(page).0.into_iter().flatten());
    }
    let mut own = Vec::new();
    for session in found {
        // Some listings have no labels; a filter that is wider than it should be must not cost anything else its session.
        let labels = match session.labels {
            Some(labels) => Some(labels),
            None => match backend.sessions().get(&session.id).await {
                Ok(session) => session.labels,
                Err(error) if error.kind() == Kind::NotFound => continue,
                Err(error) => return Err(error),
            },
        };
        if labels.is_some_and(|labels| labels.get(LABEL).is_some_and(|id| id == run)) {
            own.push(session.id);
        }
    }
    Ok(own)
}

/// Deletes a session. One that works is interrupted, waited for and deleted, if it `may_force` that.
async fn delete_session(backend: &dyn Backend, session: &SessionId, may_force: bool) -> Result<()> {
    let until = Instant::now() + PATIENCE;
    let mut pause = PAUSES.0;
    let mut is_forced = false;
    loop {
        let error = match backend.sessions().delete_own(session, is_forced).await {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == Kind::NotFound => return Ok(()),
            Err(error) => error,
        };
        let refuses = error.kind() == Kind::Conflict;
        if !(refuses && may_force || error.is_retryable()) || Instant::now() >= until {
            return Err(error);
        }
        if refuses && !is_forced {
            if backend.capabilities().has(Feature::Interrupt) {
                // Where it cannot be interrupted, that shows when it is not deleted.
                let _ = backend.sessions().interrupt(session).await;
            }
            is_forced = true;
        }
        sleep(pause).await;
        pause = (pause * 2).min(PAUSES.1);
    }
}
