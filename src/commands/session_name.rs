//! What users type for a session: an id, the beginning of one, `@last` or `@TITLE`.
//!
//! [`Cx::session`] is the only place that turns such a text into an id. A whole id costs no request. The other names are
//! for verbs that read, and on a terminal, after a question, for those that change something.

use std::io::{self, IsTerminal};

use super::args::{CHOSEN_SESSION, SessionNames};
use super::resolved_names::ListedSession;
use super::{Cx, question};
use crate::output::{escape, human};
use wharf_client::backend::page::Pager;
use wharf_client::backend::{Capabilities, Feature, SessionQuery};
use wharf_core::config::Settings;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::last_session::{LastSession, LastSessions};
use wharf_core::model::{Session, SessionId, SessionName, SessionPath, Target};

/// The highest number of sessions among which a name is looked for.
const SEARCHED: usize = 10_000;

/// The highest number of sessions that an ambiguous name is answered with.
const CANDIDATES: usize = 10;

/// What a command does with a session, which decides how it can be named.
#[derive(Debug, Clone, Copy)]
pub(super) enum SessionUse<'a> {
    /// It reads: every name is taken.
    Read,
    /// It changes something. On a terminal every name is taken, after a question that begins with this text; elsewhere only
    /// whole ids are.
    Change(&'static str),
    /// It deletes these things in the session: as a change, and the question names them.
    DeleteIn(&'static str, &'a [String]),
    /// It shows what a change would do: as a change, without a question.
    Rehearse,
    /// Only whole ids are taken.
    Exact,
}

impl Cx {
    /// Returns the session that a SESSION argument names; `:` is the session of `--session` or `WHARF_SESSION`.
    ///
    /// # Errors
    /// As [`Cx::named_session`]; `usage` if `:` stands for no session.
    pub(super) async fn session(&self, text: &str, usage: SessionUse<'_>) -> Result<SessionId> {
        if text == CHOSEN_SESSION { self.chosen_session(usage).await } else { self.named_session(text, usage).await }
    }

    /// Returns the sessions that SESSION arguments name; `:` is the session of `--session` or `WHARF_SESSION`.
    ///
    /// # Errors
    /// As [`Cx::session`].
    pub(super) async fn sessions(&self, names: &SessionNames, usage: SessionUse<'_>) -> Result<Vec<SessionId>> {
        let mut ids = Vec::new();
        for text in names.all() {
            ids.push(self.session(text, usage).await?);
        }
        Ok(ids)
    }

    /// Returns the sessions that SESSION arguments name, where `:` is no name.
    ///
    /// # Errors
    /// As [`Cx::named_session`].
    pub(super) async fn named_sessions(&self, names: &SessionNames, usage: SessionUse<'_>) -> Result<Vec<SessionId>> {
        let mut ids = Vec::new();
        for text in names.all() {
            ids.push(self.named_session(text, usage).await?);
        }
        Ok(ids)
    }

    /// Returns the session of `--session` or `WHARF_SESSION`.
    ///
    /// # Errors
    /// As [`Cx::named_session`]; `usage` if neither is set.
    pub(super) async fn chosen_session(&self, usage: SessionUse<'_>) -> Result<SessionId> {
        match &self.settings()?.session.value {
            Some(session) => self.named_session(session, usage).await,
            None => Err(Error::usage("`:` needs a session")
                .hint("choose one: `--session ID` or WHARF_SESSION, or write the id in front of the colon")),
        }
    }

    /// Returns the session that a text names, where `:` is no name.
    ///
    /// # Errors
    /// `usage` for a text that cannot name a session, or that names several; `not_found` if there is no session with
    /// the title, or none was created here; `conflict` if the question is answered with no; those of the listing.
    pub(super) async fn named_session(&self, text: &str, usage: SessionUse<'_>) -> Result<SessionId> {
        self.resolve_session(text.parse()?, usage).await
    }

    /// Returns the session that a name names.
    ///
    /// # Errors
    /// As [`Cx::named_session`].
    pub(super) async fn resolve_session(&self, name: SessionName, usage: SessionUse<'_>) -> Result<SessionId> {
        let whole = match &name {
            SessionName::Id(id) => !self.backend()?.capabilities().may_be_beginning(id.as_str()),
            SessionName::Last | SessionName::Title(_) => false,
        };
        let is_taken = match usage {
            SessionUse::Read => true,
            SessionUse::Change(_) | SessionUse::DeleteIn(..) | SessionUse::Rehearse => question::can_ask(self),
            SessionUse::Exact => false,
        };
        let text = name.to_string();
        match name {
            SessionName::Id(id) if whole || !is_taken => return Ok(id),
            _ if !is_taken => return Err(refused(&text, usage)),
            _ => {}
        }
        if let Some(id) = self.names.borrow().known.get(&text) {
            return Ok(id.clone());
        }
        let found = match &name {
            SessionName::Id(part) => match self.session_that_begins(part).await? {
                Some(found) => found,
                // The service reports that there is no such session.
                None => return Ok(part.clone()),
            },
            SessionName::Last => self.last_session(usage).await?,
            SessionName::Title(title) => self.titled_session(title, &text).await?,
        };
        let ListedSession { id, title, .. } = found;
        // One whose id was written out needs no question.
        if text != id.as_str() {
            self.tell_or_ask(&id, title.as_deref(), usage).await?;
        }
        self.names.borrow_mut().known.insert(text, id.clone());
        Ok(id)
    }

    /// Returns a path in a session. Without a session, the path is in the chosen one (`:PATH`). A relative path is
    /// relative to the backend's home.
    ///
    /// # Errors
    /// `usage` for a path that no session can have; those of [`Cx::named_session`].
    pub(super) async fn at(
        &self,
        session: Option<SessionName>,
        path: &str,
        usage: SessionUse<'_>,
    ) -> Result<SessionPath> {
        let path = self.resolve(path)?;
        let session = match session {
            Some(session) => self.resolve_session(session, usage).await?,
            None => self.chosen_session(usage).await?,
        };
        Ok(SessionPath { session, path })
    }

    /// Parses a target that must be a path in a session.
    ///
    /// # Errors
    /// `usage` for anything else; those of [`Cx::at`].
    pub(super) async fn session_path(&self, text: &str, usage: SessionUse<'_>) -> Result<SessionPath> {
        match Target::parse(text)? {
            Target::Session { session, path } => self.at(session, &path, usage).await,
            Target::Stored(id) => {
                Err(Error::usage(format!("this command takes a path in a session, not a stored file: `{id}`"))
                    .hint("write `SESSION:/path`"))
            }
        }
    }

    /// Says on a terminal which session a name stands for, or asks whether to change it.
    async fn tell_or_ask(&self, id: &SessionId, title: Option<&str>, usage: SessionUse<'_>) -> Result<()> {
        let session = human::session(id, title, None);
        let doing = match usage {
            SessionUse::Change(doing) => Some((doing, [].as_slice())),
            SessionUse::DeleteIn(doing, things) => Some((doing, things)),
            SessionUse::Read | SessionUse::Rehearse | SessionUse::Exact => None,
        };
        if let Some((doing, things)) = doing {
            if self.names.borrow().confirmed.contains(id) {
                return Ok(());
            }
            question::name(self, &things.iter().map(String::as_str).collect::<Vec<_>>());
            if question::is_agreed(self, &format!("{doing} session {session}?")).await? {
                self.names.borrow_mut().confirmed.insert(id.clone());
                return Ok(());
            }
            // All names of a command are resolved before it changes anything.
            return Err(Error::conflict(format!("session `{id}` was not confirmed, and nothing was changed"))
                .hint("answer `y`, or name it by its whole id"));
        }
        if io::stderr().is_terminal() && self.out.may_ask() && !self.out.is_quiet() {
            self.out.note(format!("session {session}"));
        }
        Ok(())
    }

    /// Returns the session whose id begins with a text or is that text; `None` if there is none.
    async fn session_that_begins(&self, part: &SessionId) -> Result<Option<ListedSession>> {
        let sessions = self.listed_sessions().await?;
        if let Some(same) = sessions.iter().find(|session| session.id == *part) {
            return Ok(Some(same.clone()));
        }
        let begins = |session: &&ListedSession| session.id.as_str().starts_with(part.as_str());
        one_of(sessions.iter().filter(begins), || format!("several sessions have ids that begin with `{part}`"))
    }

    /// Returns the session with a title.
    async fn titled_session(&self, title: &str, text: &str) -> Result<ListedSession> {
        let capabilities = self.backend()?.capabilities();
        if !capabilities.has(Feature::SessionTitle) {
            let what = format!("sessions of the backend `{}` have no titles", capabilities.backend);
            return Err(Error::new(Kind::Unsupported, what)
                .hint("name the session by its id: `wharf sessions list` lists the ids"));
        }
        let sessions = self.listed_sessions().await?;
        // An id that another program chose may begin with the mark.
        if let Some(same) = sessions.iter().find(|session| session.id.as_str() == text) {
            return Ok(same.clone());
        }
        let has_title = |session: &&ListedSession| session.title.as_deref() == Some(title);
        let found = one_of(sessions.iter().filter(has_title), || format!("several sessions have the title {title:?}"));
        found?.ok_or_else(|| {
            Error::not_found(format!("no session has the title {title:?}"))
                .hint("`wharf sessions list` shows the titles; a title is compared as a whole")
        })
    }

    /// Returns the session that was created last on this machine. Before a change the service is asked for its title.
    async fn last_session(&self, usage: SessionUse<'_>) -> Result<ListedSession> {
        let backend = self.backend()?;
        let last = LastSessions::new(self.settings()?.home()?).of(&backend.origin(), self.agent_of_sessions()?)?;
        let last = last.ok_or_else(|| {
            Error::not_found(format!("no session was created here on `{}`", backend.capabilities().backend))
                .hint("`@last` is the one that `wharf sessions create` made last; `wharf sessions list` shows all")
        })?;
        if matches!(usage, SessionUse::Change(_) | SessionUse::DeleteIn(..)) {
            return backend.sessions().get(&last.session).await.map(ListedSession::of);
        }
        Ok(ListedSession { id: last.session, title: last.title, created_at: None })
    }

    /// Returns the agent, if the sessions of one are not those of another.
    fn agent_of_sessions(&self) -> Result<Option<&str>> {
        Ok(agent_of_sessions(self.settings()?, self.backend()?.capabilities()))
    }

    /// Records a session as the one that was created last. Errors are only noted: the session exists.
    pub(super) fn record_last(&self, session: &Session) {
        let Ok(home) = self.settings().and_then(Settings::home) else { return };
        let recorded = || {
            let last = LastSession {
                origin: self.backend()?.origin(),
                agent: self.agent_of_sessions()?.map(str::to_owned),
                session: session.id.clone(),
                title: session.title.clone(),
            };
            LastSessions::new(home).set(last)
        };
        if let Err(error) = recorded() {
            self.out.note(format!("note: {error}; `@last` does not name this session"));
        }
    }

    /// Returns the sessions that `sessions list` shows, listed once for each command.
    async fn listed_sessions(&self) -> Result<Vec<ListedSession>> {
        if let Some(listed) = &self.names.borrow().listed {
            return Ok(listed.clone());
        }
        let (mut sessions, mut walk) = (Vec::new(), Pager::whole());
        let (backend, query) = (self.backend()?, SessionQuery::default());
        while let Some(request) = walk.request()? {
            // One that cannot be read has no id by which it could be named.
            let page = walk.take(backend.sessions().list(&query, request).await?).0;
            sessions.extend(page.into_iter().flatten().map(ListedSession::of));
            if sessions.len() > SEARCHED {
                return Err(Error::new(
                    Kind::Limit,
                    format!("there are more than {SEARCHED} sessions to look through"),
                )
                .hint("write the whole id"));
            }
        }
        self.names.borrow_mut().listed = Some(sessions.clone());
        Ok(sessions)
    }
}

/// Returns the agent, if the sessions of one are not those of another.
pub(super) fn agent_of_sessions<'a>(settings: &'a Settings, capabilities: &Capabilities) -> Option<&'a str> {
    settings.agent.value.as_deref().filter(|_| capabilities.has(Feature::CallAgent))
}

/// Returns the error of a name that is not taken here.
fn refused(text: &str, usage: SessionUse<'_>) -> Error {
    let what = match usage {
        SessionUse::Exact => format!("`{text}` does not go with --missing-ok, which takes whole ids only"),
        _ => format!("`{text}` names a session to change on a terminal only; elsewhere a whole id is needed"),
    };
    Error::usage(what).hint(format!("`wharf sessions get {} -q` prints the id", escape::shell_word(text)))
}

/// Returns the only session.
///
/// # Errors
/// `usage` with some of the sessions if there are several.
fn one_of<'a>(
    sessions: impl Iterator<Item = &'a ListedSession>,
    what: impl FnOnce() -> String,
) -> Result<Option<ListedSession>> {
    let found: Vec<_> = sessions.collect();
    if let [] | [_] = found.as_slice() {
        return Ok(found.first().map(|session| (*session).clone()));
    }
    let mut shown: Vec<_> = found
        .iter()
        .take(CANDIDATES)
        .map(|session| human::session(&session.id, session.title.as_deref(), session.created_at))
        .collect();
    if found.len() > CANDIDATES {
        shown.push(format!("{} more", found.len() - CANDIDATES));
    }
    Err(Error::usage(what()).hint(format!("write the id of one: {}", shown.join(", "))))
}
