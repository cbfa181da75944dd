//! Contexts: remembered while the server runs, each with its objects.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use hyper::Method;
use serde_json::json;

use super::query::{limit, required};
use super::session::home;
use super::{Agb, ApiError, Result, done, good, value, whole};
use crate::answer::Answer;
use wharf_client::backend::Backend as _;
use wharf_core::error::Kind;
use wharf_core::model::{SessionId, Timestamp};
use wharf_core::random;
use wharf_wire::agb as wire;
use wharf_wire::url::Query;

/// All contexts, and what goes on between them and sessions.
#[derive(Default)]
pub(super) struct Contexts(Mutex<State>);

#[derive(Default)]
pub(super) struct State {
    /// The oldest first.
    contexts: Vec<Held>,
    sessions: HashMap<String, Loaded>,
}

/// A context.
pub(super) struct Held {
    context: wire::Context,
    /// The session whose files pass through it, where it is one of the service's own.
    session: Option<String>,
    pub(super) objects: BTreeMap<String, Object>,
}

/// An object: what is known of it beside its content.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) etag: String,
    pub(super) size: u64,
    pub(super) made: Timestamp,
    pub(super) changed: Timestamp,
}

/// What a session has of contexts.
#[derive(Default)]
pub(super) struct Loaded {
    /// Contexts that stay, and where they are in it.
    pub(super) attached: Vec<(String, String)>,
    pub(super) tasks: Vec<SyncTask>,
}

impl Contexts {
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether there is one of that id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.change(|state| state.contexts.iter().any(|held| held.context.id == id))
    }

    /// What `change` makes of the context of that id.
    pub(super) fn with<T>(&self, id: &str, change: impl FnOnce(&mut Held) -> T) -> Option<T> {
        self.change(|state| state.contexts.iter_mut().find(|held| held.context.id == id).map(change))
    }

    /// What `change` makes of what a session has.
    pub(super) fn of_session<T>(&self, id: &str, change: impl FnOnce(&mut Loaded) -> T) -> T {
        self.change(|state| change(state.sessions.entry(id.to_owned()).or_default()))
    }

    /// Forgets a session; gives the contexts that were for it alone.
    pub(super) fn forget(&self, session: &str) -> Vec<String> {
        self.change(|state| {
            state.sessions.remove(session);
            let (own, others) = std::mem::take(&mut state.contexts)
                .into_iter()
                .partition(|held| held.session.as_deref() == Some(session));
            state.contexts = others;
            let own: Vec<Held> = own;
            own.into_iter().map(|held| held.context.id).collect()
        })
    }
}

/// A new context.
fn new(name: &str, session: Option<&str>) -> Result<Held> {
    let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let context = wire::Context {
        id: format!("SdkCtx-{}", random::hex::<8>()?),
        name: name.to_owned(),
        create_time: Some(now.clone()),
        last_used_time: Some(now),
        state: Some(wire::Context::AVAILABLE.to_owned()),
    };
    Ok(Held { context, session: session.map(str::to_owned), objects: BTreeMap::new() })
}

fn unknown() -> ApiError {
    ApiError::within(wire::code::NO_CONTEXT, "Context not found")
}

/// What an object is called: its path without a slash before it.
pub(super) fn key(path: &str) -> Result<String> {
    let key = path.trim_start_matches('/');
    let odd = key.is_empty() || key.contains('\0') || key.split('/').any(|part| part.is_empty() || part == "..");
    if odd { Err(ApiError::within(wire::code::INVALID, "filePath is not allowed")) } else { Ok(key.to_owned()) }
}

/// A sync of a context.
pub(super) struct SyncTask {
    pub(super) item: wire::SyncItem,
    /// How often the sync is still reported as running; `u32::MAX` for one that never ends.
    pub(super) pending_reports: u32,
}

impl SyncTask {
    /// Returns the state to report this time.
    pub(super) fn report(&mut self) -> wire::SyncItem {
        if self.pending_reports == 0 {
            return self.item.clone();
        }
        self.pending_reports -= u32::from(self.pending_reports != u32::MAX);
        let status = Some(wire::SyncItem::RUNNING.to_owned());
        wire::SyncItem { status, error_message: Some(String::new()), finish_time: Some(0), ..self.item.clone() }
    }
}

impl Agb {
    /// The contexts of the service's own that a session has: one, through which files pass.
    pub(super) async fn load_context(&self, query: &Query) -> Result<Answer> {
        let found = self.find_in(query).await?;
        let types = query.get("contextTypes").unwrap_or("[]");
        let types: Vec<String> =
            serde_json::from_str(types).map_err(|_| ApiError::bad("contextTypes is a JSON array"))?;
        if !types.is_empty() && !types.iter().any(|kind| kind == wire::FILE_TRANSFER) {
            return Ok(good(json!([])));
        }
        let fresh = new(&format!("{}-{}", wire::FILE_TRANSFER, found.id), Some(&found.id))?;
        let id = self.contexts.change(|state| {
            let known = state.contexts.iter().find(|held| held.session.as_deref() == Some(&*found.id));
            let id = known.map(|held| held.context.id.clone());
            id.unwrap_or_else(|| {
                let id = fresh.context.id.clone();
                state.contexts.push(fresh);
                id
            })
        });
        let at = home().join(wire::FILE_TRANSFER);
        let options = wharf_client::backend::MkdirOptions { parents: true, mode: None, bulk: true };
        self.files().mkdir(&found.at(at.clone()), options).await?;
        let context = wire::InternalContext {
            context_id: Some(id),
            context_type: Some(wire::FILE_TRANSFER.to_owned()),
            context_path: Some(at.to_string()),
        };
        Ok(good(value([context])))
    }

    /// A URL for an upload or a download, whether there is an object or not.
    pub(super) fn presigned(&self, method: &Method, query: &Query) -> Result<Answer> {
        let id = required(query, "contextId")?;
        if !self.contexts.has(id) {
            return Err(unknown());
        }
        let key = key(query.get("filePath").unwrap_or_default())?;
        Ok(good(value(self.signer.url(&self.origin, method, id, &key))))
    }

    pub(super) fn list_contexts(&self, query: &Query) -> Result<Answer> {
        let limit = limit(query, wire::PAGE_DEFAULT)?;
        let from = match query.get("nextToken").filter(|token| !token.is_empty()).map(str::parse) {
            None => 0,
            Some(Ok(from)) => from,
            Some(Err(_)) => return Err(ApiError::bad("nextToken is not of this listing")),
        };
        let all: Vec<wire::Context> = self.contexts.change(|state| {
            let kept = state.contexts.iter().filter(|held| held.session.is_none());
            kept.map(|held| wire::Context { state: None, ..held.context.clone() }).collect()
        });
        let page: Vec<_> = all.iter().skip(from).take(limit).collect();
        let next = from + page.len();
        Ok(whole(wire::Envelope {
            next_token: Some(if next < all.len() { next.to_string() } else { String::new() }),
            max_results: Some(limit as u64),
            total_count: Some(all.len() as u64),
            ..wire::Envelope::of(Some(value(page)))
        }))
    }

    /// A context by id or by name; one of a new name is made where that was asked for.
    pub(super) fn get_context(&self, query: &Query) -> Result<Answer> {
        let may_make = query.get("allowCreate") == Some("true");
        let name = query.get("name").filter(|name| !name.is_empty());
        let wanted = |held: &&Held| match (query.get("id"), name) {
            (Some(id), _) => held.context.id == id,
            (None, Some(name)) => held.context.name == name && held.session.is_none(),
            (None, None) => false,
        };
        let fresh = match name {
            Some(name) if may_make && query.get("id").is_none() => Some(new(name, None)?),
            _ => None,
        };
        let found = self.contexts.change(|state| match state.contexts.iter().find(wanted) {
            Some(held) => Some(held.context.clone()),
            None => fresh.map(|held| {
                let context = held.context.clone();
                state.contexts.push(held);
                context
            }),
        });
        found.map(|context| good(value(context))).ok_or_else(unknown)
    }

    pub(super) fn rename_context(&self, query: &Query) -> Result<Answer> {
        let (id, name) = (required(query, "id")?, required(query, "name")?);
        let taken = self
            .contexts
            .change(|state| state.contexts.iter().any(|held| held.context.name == name && held.context.id != id));
        if taken {
            return Err(ApiError::within(wire::code::INVALID, "another context has this name"));
        }
        self.contexts.with(id, |held| name.clone_into(&mut held.context.name)).ok_or_else(unknown)?;
        Ok(done())
    }

    pub(super) async fn clear_context(&self, query: &Query) -> Result<Answer> {
        let id = required(query, "id")?;
        self.contexts.with(id, |held| held.objects.clear()).ok_or_else(unknown)?;
        self.drop_objects(id).await?;
        Ok(done())
    }

    pub(super) async fn delete_context(&self, query: &Query) -> Result<Answer> {
        let id = required(query, "id")?;
        let gone = self.contexts.change(|state| {
            let before = state.contexts.len();
            state.contexts.retain(|held| held.context.id != id);
            state.contexts.len() < before
        });
        if !gone {
            return Err(unknown());
        }
        self.drop_objects(id).await?;
        Ok(done())
    }

    /// Removes what is kept of a context's objects.
    pub(super) async fn drop_objects(&self, context: &str) -> Result<()> {
        let kept: SessionId = context.parse()?;
        match self.objects.sessions().delete(&kept, true).await {
            Err(e) if e.kind() != Kind::NotFound => Err(e.into()),
            _ => Ok(()),
        }
    }

    /// The files of a context, those directly in a directory where one is named.
    pub(super) fn context_files(&self, query: &Query) -> Result<Answer> {
        let id = required(query, "contextId")?;
        let number = |name: &str, default: usize| match query.get(name).map(str::parse::<usize>) {
            None => Ok(default),
            Some(Ok(number @ 1..)) => Ok(number),
            Some(_) => Err(ApiError::bad(format!("{name} is a number from 1"))),
        };
        let (page, size) = (number("pageNumber", 1)?, number("pageSize", wire::FILES_PAGE_DEFAULT)?);
        let parent = query.get("parentFolderPath").map(|parent| parent.trim_matches('/').to_owned());
        let files = self.contexts.with(id, |held| {
            let direct = |key: &str| {
                parent.as_ref().is_none_or(|parent| key.rsplit_once('/').map_or("", |(above, _)| above) == parent)
            };
            let of = |(key, object): (&String, &Object)| {
                let time = |time: Timestamp| Some(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
                wire::ContextFile {
                    file_id: Some(format!("f-{}", object.etag.trim_matches('"').to_ascii_lowercase())),
                    file_name: key.rsplit('/').next().map(str::to_owned),
                    file_path: Some(format!("/{key}")),
                    file_type: Some("file".to_owned()),
                    gmt_create: time(object.made),
                    gmt_modified: time(object.changed),
                    size: Some(object.size),
                    status: Some(wire::Context::AVAILABLE.to_owned()),
                }
            };
            held.objects.iter().filter(|(key, _)| direct(key)).map(of).collect::<Vec<_>>()
        });
        let files = files.ok_or_else(unknown)?;
        let count = files.len() as u64;
        let shown: Vec<_> = files.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect();
        Ok(whole(wire::Envelope { count: Some(count), ..wire::Envelope::of(Some(value(shown))) }))
    }

    /// Removes an object; one that is not there is gone already.
    pub(super) async fn delete_context_file(&self, query: &Query) -> Result<Answer> {
        let id = required(query, "contextId")?;
        let key = key(query.get("filePath").unwrap_or_default())?;
        if self.contexts.with(id, |held| held.objects.remove(&key)).ok_or_else(unknown)?.is_some() {
            self.remove_object(id, &key).await?;
        }
        Ok(done())
    }
}
