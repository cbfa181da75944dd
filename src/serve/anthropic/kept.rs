//! Where sessions are kept: each is one of the store, with all that the protocol tells of it in a
//! label. Its copies of files and its outputs are files of the store's session.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Anthropic, Refusal, Result, held};
use crate::backend::{LabelPatch, PageRequest, SessionQuery};
use crate::error::Kind;
use crate::model::{Labels, RemotePath, SessionId, SessionPath, Timestamp};
use crate::wire::anthropic as wire;

/// The label by which sessions of this dialect are found.
const MARK: (&str, &str) = ("anthropic", "session");

/// The label with the rest.
const DOCUMENT: &str = "anthropic.session";

/// Sessions that the store is asked for at a time.
const STEP: usize = 500;

/// Which session a file belongs to.
#[derive(Default)]
pub(super) struct Owners {
    sessions: HashMap<String, String>,
    /// Whether all sessions of the store were looked at.
    complete: bool,
}

/// A session with all that belongs to it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    /// As it is shown, but for status and resources.
    pub(super) session: wire::Session,
    pub(super) resources: Vec<Mounted>,
    pub(super) outputs: Vec<Output>,
    /// The place of the next resource or output.
    pub(super) next: i64,
}

/// Something mounted.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Mounted {
    pub(super) place: i64,
    pub(super) resource: wire::Resource,
    /// The session's copy, for a file; its content is at the mount path.
    pub(super) copy: Option<wire::File>,
}

/// What an agent would have made. Its content is at [`Output::path`], because two may have one name.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Output {
    pub(super) file: wire::File,
    /// When it is there.
    pub(super) from: Timestamp,
}

impl Output {
    /// Where the content of an output is in its session.
    pub(super) fn path(id: &str) -> Result<RemotePath> {
        Ok(format!("{}/{id}", wire::resources::OUTPUTS).parse()?)
    }
}

impl Kept {
    /// The next place.
    pub(super) fn place(&mut self) -> i64 {
        self.next += 1;
        self.next
    }

    /// The files that belong to it now: copies, and outputs whose time has come.
    pub(super) fn files(&self) -> impl Iterator<Item = &wire::File> {
        let now = Timestamp::now();
        let outputs = self.outputs.iter().filter(move |output| output.from <= now).map(|output| &output.file);
        self.resources.iter().filter_map(|mounted| mounted.copy.as_ref()).chain(outputs)
    }

    /// Its id.
    pub(super) fn id(&self) -> &str {
        &self.session.id
    }

    /// A path inside it.
    pub(super) fn at(&self, path: RemotePath) -> Result<SessionPath> {
        Ok(SessionPath { session: self.id().parse()?, path })
    }

    /// The labels that hold it.
    pub(super) fn labels(&self) -> Labels {
        let document = serde_json::to_string(self).unwrap_or_default();
        [(MARK.0, MARK.1.to_owned()), (DOCUMENT, document)].map(|(name, value)| (name.to_owned(), value)).into()
    }

    fn read(labels: Option<&Labels>) -> Option<Self> {
        serde_json::from_str(labels?.get(DOCUMENT)?).ok()
    }
}

impl Anthropic {
    /// A session of this dialect, or 404.
    pub(super) async fn load(&self, id: &str) -> Result<Kept> {
        let missing = || Refusal::not_found(format!("Session `{id}` not found."));
        let local: SessionId = id.parse().map_err(|_| missing())?;
        match self.backend.sessions().get(&local).await {
            Ok(found) => Kept::read(found.labels.as_ref()).ok_or_else(missing),
            Err(e) if e.kind() == Kind::NotFound => Err(missing()),
            Err(e) => Err(e.into()),
        }
    }

    /// Writes a session that was changed.
    pub(super) async fn save(&self, kept: &mut Kept) -> Result<()> {
        kept.session.updated_at = Some(Timestamp::now());
        let patch = LabelPatch { set: kept.labels(), remove: Vec::new() };
        self.backend.sessions().label(&kept.id().parse()?, patch).await?;
        Ok(())
    }

    /// All sessions of this dialect, newest first.
    pub(super) async fn all(&self) -> Result<Vec<Kept>> {
        let query = SessionQuery {
            labels: [MARK].map(|(n, v)| (n.to_owned(), v.to_owned())).into(),
            ..SessionQuery::default()
        };
        let (mut all, mut from) = (Vec::new(), None);
        loop {
            let step = PageRequest { cursor: from, limit: Some(STEP) };
            let found = self.backend.sessions().list(&query, step).await?;
            all.extend(found.items.iter().filter_map(|session| Kept::read(session.labels.as_ref())));
            from = found.next;
            if from.is_none() {
                return Ok(all);
            }
        }
    }

    /// Notes that a file belongs to a session.
    pub(super) fn own(&self, file: &str, session: &str) {
        held(&self.owners).sessions.insert(file.to_owned(), session.to_owned());
    }

    /// The session that a file belongs to, where there is one.
    pub(super) async fn owner(&self, file: &str) -> Result<Option<Kept>> {
        if !held(&self.owners).complete {
            // The store may have been another server's before.
            for kept in self.all().await? {
                let copies = kept.resources.iter().filter_map(|mounted| mounted.copy.as_ref());
                for file in copies.chain(kept.outputs.iter().map(|output| &output.file)) {
                    self.own(&file.id, kept.id());
                }
            }
            held(&self.owners).complete = true;
        }
        let session = held(&self.owners).sessions.get(file).cloned();
        let Some(session) = session else { return Ok(None) };
        let kept = match self.load(&session).await {
            Err(refusal) if refusal.status == hyper::StatusCode::NOT_FOUND => return Ok(None),
            kept => kept?,
        };
        let is_there = kept.files().any(|known| known.id == file);
        Ok(is_there.then_some(kept))
    }
}
