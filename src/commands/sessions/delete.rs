//! `sessions delete`.

use clap::Args;

use super::age::OlderThan;
use super::label_flags::labels;
use crate::commands::args::SessionNames;
use crate::commands::session_name::SessionUse;
use crate::commands::uploads::{FileCleanup, delete_files_of};
use crate::commands::{Cx, question};
use crate::output::{Listing, Record, human};
use wharf_client::backend::page::Pager;
use wharf_client::backend::{Feature, SessionQuery};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::receipt::DeletionTarget;
use wharf_core::model::{Deletion, FileId, Session, SessionId};
use wharf_core::verdict::Verdict;

/// The highest number of sessions that one command deletes by label or age; guards against endless listings.
const SELECTED: usize = 100_000;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    wharf sessions delete SESSION\n  \
    wharf sessions delete SESSION --with-files\n  \
    wharf sessions delete --label team=blue --dry-run\n  \
    wharf sessions delete --label ci=1 --older-than 1d --yes\n  \
    wharf sessions delete --label team=blue --yes --missing-ok")]
pub(in crate::commands) struct SessionsDeleteArgs {
    /// Session ids, @last or @TITLE
    #[arg(value_name = "SESSION", required_unless_present_any = ["label", "older_than", "session_id"])]
    names: Vec<String>,

    /// The same, by the vendor's flag
    #[arg(long, value_name = "SESSION", hide = true)]
    session_id: Vec<String>,

    /// Delete all sessions with this label; can be repeated
    #[arg(long, value_name = "K=V", conflicts_with_all = ["names", "session_id"])]
    label: Vec<String>,

    /// Delete all sessions created this long ago or longer, such as 7d
    #[arg(long, value_name = "TIME", value_parser = OlderThan::parse, conflicts_with_all = ["names", "session_id"])]
    older_than: Option<OlderThan>,

    /// Do not ask for confirmation when deleting by label or age
    #[arg(short, long)]
    yes: bool,

    /// Print what would be deleted without deleting it
    #[arg(long)]
    dry_run: bool,

    /// Succeed if a session does not exist
    #[arg(long)]
    missing_ok: bool,

    /// Interrupt running sessions before deleting them
    #[arg(long)]
    force: bool,

    /// Also delete the stored files that wharf uploaded for the session
    #[arg(long)]
    with_files: bool,
}

impl SessionsDeleteArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        if self.with_files {
            backend.require(Feature::StoredFiles)?;
        }
        let mut verdict = Verdict::default();
        let ids = if self.label.is_empty() && self.older_than.is_none() {
            let usage = match (self.missing_ok, self.dry_run) {
                (true, _) => SessionUse::Exact,
                (false, true) => SessionUse::Rehearse,
                (false, false) => SessionUse::Change("Delete"),
            };
            let names = SessionNames { names: self.names.clone(), session_id: self.session_id.clone() };
            cx.named_sessions(&names, usage).await?
        } else {
            let (sessions, unknown) = self.select(cx).await?;
            let sure = unknown.is_empty();
            // It is unknown whether those are meant: they stay, and each is a failure.
            for error in unknown {
                verdict.failed(error);
            }
            if sessions.is_empty() && sure && !self.missing_ok {
                let what = match &self.older_than {
                    None => format!("no session has these labels: {}", self.label.join(", ")),
                    Some(_) => format!("no session is {}", self.selection()),
                };
                return Err(Error::new(Kind::NoMatch, what).hint("add --missing-ok if that is fine"));
            }
            if !self.dry_run && !self.yes && !sessions.is_empty() {
                let noun = if sessions.len() == 1 { "session" } else { "sessions" };
                let what = format!("{} {noun} {}", sessions.len(), self.selection());
                question::confirm_deletion_of(
                    cx,
                    &what,
                    &sessions.iter().map(|it| it.shown.as_str()).collect::<Vec<_>>(),
                )
                .await?;
            }
            sessions.into_iter().map(|session| session.id).collect()
        };
        let mut listing = cx.out.listing().ignore_closed_stdout();
        let mut left = RemainingUploads::default();
        for id in ids {
            let result = if self.dry_run {
                backend.sessions().check_delete(&id).await.map(|()| false)
            } else {
                backend.sessions().delete(&id, self.force).await.map(|()| true)
            };
            match result {
                Ok(deleted) => {
                    listing.push(&Deletion { what: DeletionTarget::Id(id.to_string()), deleted, missing: false })?;
                    verdict.succeeded();
                }
                Err(error) if error.kind() == Kind::NotFound => {
                    if self.missing_ok {
                        listing.push(&Deletion {
                            what: DeletionTarget::Id(id.to_string()),
                            deleted: false,
                            missing: true,
                        })?;
                        verdict.succeeded();
                    } else {
                        verdict.failed(error);
                    }
                }
                Err(error) => {
                    verdict.failed(error);
                    // What a session that stays has mounted stays too.
                    continue;
                }
            }
            if !self.dry_run {
                cx.forget_synced(&id);
            }
            let files = cx.logged_uploads(&id);
            if !self.dry_run {
                cx.forget_mounts(&id);
            }
            if self.with_files {
                self.delete_files(cx, &id, &files, &mut listing, &mut verdict).await?;
            } else if !self.dry_run {
                left.note(&id, files.len());
            }
        }
        let flushed = backend.flush().await;
        let verdict = listing.conclude(flushed.and(verdict.into_result(Session::NOUN)));
        if let Some(text) = left.text() {
            cx.out.flush()?;
            cx.out.note(text);
        }
        verdict
    }

    /// Deletes the stored files that were uploaded for a session; one that is gone already is what was wanted. Those that
    /// are needed otherwise stay, and are named.
    async fn delete_files(
        &self,
        cx: &Cx,
        session: &SessionId,
        files: &[FileId],
        listing: &mut Listing<'_, Deletion>,
        verdict: &mut Verdict,
    ) -> Result<()> {
        let id = |file: FileId| DeletionTarget::Id(file.to_string());
        if self.dry_run {
            for file in files {
                listing.push(&Deletion { what: id(file.clone()), deleted: false, missing: false })?;
                verdict.succeeded();
            }
            return Ok(());
        }
        for (file, done) in delete_files_of(cx.backend()?, cx.upload_log().as_ref(), Some(session), files).await {
            match done {
                Ok(FileCleanup::Deleted) => {
                    listing.push(&Deletion { what: id(file), deleted: true, missing: false })?;
                }
                Ok(FileCleanup::Missing) => {}
                Ok(FileCleanup::Named) => {
                    cx.out.note(format!("note: the stored file `{file}` was uploaded by name and stays"));
                }
                Ok(FileCleanup::Mounted(other)) => {
                    cx.out.note(format!(
                        "note: the stored file `{file}` is mounted in session `{other}` and is deleted with that one"
                    ));
                }
                Err(error) => {
                    verdict.failed(error);
                    continue;
                }
            }
            verdict.succeeded();
        }
        Ok(())
    }

    /// Returns what selects the sessions, in words.
    fn selection(&self) -> String {
        let older = self.older_than.iter().map(|age| format!("older than {}", age.text));
        let labelled = (!self.label.is_empty()).then(|| format!("with {}", self.label.join(", ")));
        older.chain(labelled).collect::<Vec<_>>().join(" ")
    }

    /// Returns the sessions with the labels and the age, and the errors of those that cannot be read.
    async fn select(&self, cx: &Cx) -> Result<(Vec<SelectedSession>, Vec<Error>)> {
        let backend = cx.backend()?;
        if !self.label.is_empty() {
            backend.require(Feature::SessionLabels)?;
        }
        let query = SessionQuery { labels: labels(&self.label)?, ..SessionQuery::default() };
        let mut age = self.older_than.as_ref().map(OlderThan::filter).transpose()?;
        let (mut found, mut unknown) = (Vec::new(), Vec::new());
        let mut walk = Pager::whole();
        while let Some(request) = walk.request()? {
            for session in walk.take(backend.sessions().list(&query, request).await?).0 {
                match session {
                    Ok(session) => {
                        if age.as_mut().is_none_or(|age| age.wants(&session)) {
                            let mut shown = human::session(&session.id, session.title.as_deref(), session.created_at);
                            let files = if self.with_files { cx.logged_uploads(&session.id).len() } else { 0 };
                            if files > 0 {
                                let noun = if files == 1 { "stored file" } else { "stored files" };
                                shown = format!("{shown}, with {files} {noun}");
                            }
                            found.push(SelectedSession { id: session.id, shown });
                        }
                    }
                    Err(error) => unknown.push(error),
                }
            }
            if found.len() + unknown.len() > SELECTED {
                return Err(Error::new(Kind::Limit, format!("more than {SELECTED} sessions are selected"))
                    .hint("nothing was deleted; choose fewer: one more --label"));
            }
        }
        if let Some(age) = age {
            age.note_unknown(cx);
        }
        Ok((found, unknown))
    }
}

/// A session that is deleted by its labels or age.
struct SelectedSession {
    id: SessionId,
    /// The id, title and age.
    shown: String,
}

/// Stored files that were uploaded for sessions that are gone.
#[derive(Default)]
struct RemainingUploads {
    files: usize,
    sessions: Vec<String>,
}

impl RemainingUploads {
    fn note(&mut self, session: &SessionId, files: usize) {
        if files > 0 {
            self.files += files;
            self.sessions.push(session.to_string());
        }
    }

    /// Returns the number of files and the command that deletes them, as text.
    fn text(&self) -> Option<String> {
        let sessions = match self.sessions.as_slice() {
            [] => return None,
            few if few.len() <= NAMED => few.join(" "),
            _ => "SESSION...".to_owned(),
        };
        let (files, remain) = if self.files == 1 { ("file", "remains") } else { ("files", "remain") };
        let deleted = if self.sessions.len() == 1 { "this session" } else { "these sessions" };
        Some(format!(
            "note: {} stored {files} that wharf uploaded for {deleted} {remain}; \
             `wharf sessions delete {sessions} --with-files --missing-ok` deletes what is left",
            self.files
        ))
    }
}

/// The highest number of sessions that a note names.
const NAMED: usize = 5;
