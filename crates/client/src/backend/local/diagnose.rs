//! What `doctor` looks at here, and what can be saved where something is broken.

use std::collections::BTreeSet;
use std::io;

use super::Local;
use crate::backend::{Check, NewSession, PageRequest, SessionQuery, Sessions};
use wharf_core::advice::Step;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::walk::{DirWalk, is_vanished};

/// The maximum number of directories that are listed.
const NAMED: usize = 20;

impl Local {
    pub(super) async fn look(&self) -> Vec<Check> {
        let home = || self.home.path.display();
        let mut findings = vec![
            Check { name: "data directory", outcome: self.home.disk().map(|_| home().to_string()) },
            Check { name: "database", outcome: self.home.db().and_then(super::db::Db::check) },
        ];
        let listed = self.sessions.list(&SessionQuery::default(), PageRequest::default()).await;
        let count = listed.map(|page| format!("{} sessions", page.items.len()));
        let broken = findings.iter().any(|finding| finding.outcome.is_err()) || count.is_err();
        findings.push(Check { name: "sessions", outcome: count });
        findings.push(Check { name: "directories", outcome: self.directories(broken) });
        findings.push(Check { name: "removals", outcome: self.removals() });
        findings.push(Check { name: "round trip", outcome: self.round_trip().await });
        findings
    }

    /// Checks that every session's directory has its session; otherwise, or if the database cannot be read, returns
    /// which directories exist and their sizes.
    fn directories(&self, broken: bool) -> Result<String> {
        let doing = |e: io::Error| Error::io("looking at the sessions' directories", &e);
        let disk = self.home.disk()?;
        let mut there = disk.session_names().map_err(doing)?;
        if !broken {
            let owned = self.home.db()?.read("reading the sessions' names", |c| {
                c.prepare("SELECT id FROM session")?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()
            })?;
            let owned: BTreeSet<String> = owned;
            // One that is just being made bears its mark, and one that was just deleted is gone by now.
            there.retain(|name| !owned.contains(name) && disk.is_complete(name));
            if there.is_empty() {
                return Ok(format!("{} of sessions, no other", owned.len()));
            }
        }
        let (mut files, mut bytes) = (0_u64, 0_u64);
        for name in &there {
            let mut walk = DirWalk::new(disk.session_dir(name).map_err(doing)?, ()).map_err(doing)?;
            while let Some((name, meta)) = walk.next() {
                let meta = match meta {
                    Err(e) if is_vanished(&e) => continue,
                    meta => meta.map_err(doing)?,
                };
                if meta.is_file() {
                    files += 1;
                    bytes = bytes.saturating_add(meta.len());
                } else if meta.is_dir() {
                    walk.enter(&name, ()).map_err(doing)?;
                }
            }
        }
        let names: Vec<&str> = there.iter().take(NAMED).map(String::as_str).collect();
        let more = if there.len() > NAMED { ", ..." } else { "" };
        let found = format!(
            "{} with {files} files of {bytes} bytes in `{}`: {}{more}",
            there.len(),
            self.home.path.join("sessions").display(),
            names.join(", ")
        );
        let what = if broken { "these can be recovered" } else { "these belong to no session that the database knows" };
        let upload = Step::Upload { source: "DIRECTORY", target: "SESSION:/" };
        let hint = if broken {
            format!("copy them, move `wharf.db*` away, and upload them into new sessions: {upload}")
        } else {
            format!("upload what you need into a session, then remove them by hand: {upload}")
        };
        Err(Error::conflict(format!("{what}: {found}")).hint(hint))
    }

    /// Checks that all deletions are complete, after another attempt.
    fn removals(&self) -> Result<String> {
        let left = self.home.disk()?.sweep_again(|sha256| self.home.forget_content(sha256).is_ok());
        let mut waiting: Vec<String> = self
            .home
            .waiting_deletions()?
            .into_iter()
            .map(|(id, why)| format!("of the session `{id}`: {why}"))
            .collect();
        if !left.is_empty() {
            waiting.push(format!("of earlier commands: {left}"));
        }
        if waiting.is_empty() {
            return Ok("everything deleted is gone".to_owned());
        }
        Err(Error::new(Kind::Io, format!("deleted, and waiting to be removed: {}", waiting.join("; ")))
            .hint("correct the cause (owner, attributes, a mount): every later command tries again"))
    }

    async fn round_trip(&self) -> Result<String> {
        let session = self
            .sessions
            .create(NewSession { title: Some("wharf doctor".to_owned()), ..NewSession::default() })
            .await?;
        self.sessions.delete(&session.id, false).await?;
        Ok("a session was created and deleted".to_owned())
    }
}
