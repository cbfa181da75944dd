//! Where sessions are kept: each is one of the store, with all that the protocol tells of it in
//! labels: one for the session, and one for each resource and each output, so that one more costs no
//! more than the one before. Its copies of files and its outputs are files of the store's session.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Anthropic, Refusal, Result, held};
use crate::backend::{LabelPatch, PageRequest, SessionQuery};
use crate::error::Kind;
use crate::model::{Labels, RemotePath, SessionId, SessionPath, Timestamp};
use crate::wire::anthropic as wire;

/// The label by which sessions of this dialect are found.
const MARK: (&str, &str) = ("anthropic", "session");

/// The label with the session alone, and the beginnings of those with what belongs to it, which go on
/// with its place.
const DOCUMENT: &str = "anthropic.session";
const RESOURCE: &str = "anthropic.resource.";
const OUTPUT: &str = "anthropic.output.";

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
    #[serde(skip)]
    pub(super) resources: Vec<Mounted>,
    #[serde(skip)]
    pub(super) outputs: Vec<Output>,
    /// The place of the next resource or output.
    pub(super) next: i64,
    /// The labels that hold it, as the store has them.
    #[serde(skip)]
    stored: Labels,
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
    pub(super) place: i64,
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
    /// A session that nothing belongs to yet.
    pub(super) fn new(session: wire::Session) -> Self {
        Kept { session, resources: Vec::new(), outputs: Vec::new(), next: 0, stored: Labels::new() }
    }

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
        let text = |document: serde_json::Result<String>| document.unwrap_or_default();
        let mut labels: Labels = [(MARK.0, MARK.1.to_owned()), (DOCUMENT, text(serde_json::to_string(self)))]
            .map(|(name, value)| (name.to_owned(), value))
            .into();
        // Places have as many digits as it takes for their names to be in their order.
        let resources = self.resources.iter().map(|one| (RESOURCE, one.place, text(serde_json::to_string(one))));
        let outputs = self.outputs.iter().map(|one| (OUTPUT, one.place, text(serde_json::to_string(one))));
        labels.extend(resources.chain(outputs).map(|(name, place, value)| (format!("{name}{place:019}"), value)));
        labels
    }

    fn read(labels: Option<Labels>) -> Option<Self> {
        let labels = labels?;
        let mut kept: Kept = serde_json::from_str(labels.get(DOCUMENT)?).ok()?;
        for (name, value) in &labels {
            if name.starts_with(RESOURCE) {
                kept.resources.push(serde_json::from_str(value).ok()?);
            } else if name.starts_with(OUTPUT) {
                kept.outputs.push(serde_json::from_str(value).ok()?);
            }
        }
        kept.resources.sort_by_key(|one| one.place);
        kept.outputs.sort_by_key(|one| one.place);
        kept.stored = labels;
        Some(kept)
    }
}

impl Anthropic {
    /// A session of this dialect, or 404.
    pub(super) async fn load(&self, id: &str) -> Result<Kept> {
        let missing = || Refusal::not_found(format!("Session `{id}` not found."));
        let local: SessionId = id.parse().map_err(|_| missing())?;
        match self.backend.sessions().get(&local).await {
            Ok(found) => Kept::read(found.labels).ok_or_else(missing),
            Err(e) if e.kind() == Kind::NotFound => Err(missing()),
            Err(e) => Err(e.into()),
        }
    }

    /// Writes a session that was changed.
    pub(super) async fn save(&self, kept: &mut Kept) -> Result<()> {
        kept.session.updated_at = Some(Timestamp::now());
        let (labels, stored) = (kept.labels(), std::mem::take(&mut kept.stored));
        let remove = stored.keys().filter(|name| !labels.contains_key(*name)).cloned().collect();
        let set = labels.iter().filter(|(name, value)| stored.get(*name) != Some(value));
        let set = set.map(|(name, value)| (name.clone(), value.clone())).collect();
        self.backend.sessions().label(&kept.id().parse()?, LabelPatch { set, remove }).await?;
        kept.stored = labels;
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
            all.extend(found.items.into_iter().filter_map(|session| Kept::read(session.labels)));
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
