//! Contexts: remembered while the server runs, each with its objects.

use hyper::Method;
use serde_json::json;

use super::context_state::{ObjectInfo, StoredContext, key};
use super::query::{limit, required};
use super::session::home;
use super::{AgbEmulator, ApiError, ApiResult, done, good, value, whole};
use crate::answer::HttpResponse;
use wharf_client::backend::Backend as _;
use wharf_core::error::Kind;
use wharf_core::model::{SessionId, Timestamp};
use wharf_wire::agb as wire;
use wharf_wire::url::Query;

fn unknown() -> ApiError {
    ApiError::in_success(wire::code::NO_CONTEXT, "Context not found")
}

impl AgbEmulator {
    /// Returns the contexts of the service's own that a session has: one, through which files pass.
    pub(super) async fn load_context(&self, query: &Query) -> ApiResult<HttpResponse> {
        let found = self.find_in(query).await?;
        let types = query.get("contextTypes").unwrap_or("[]");
        let types: Vec<String> =
            serde_json::from_str(types).map_err(|_| ApiError::bad("contextTypes is a JSON array"))?;
        if !types.is_empty() && !types.iter().any(|kind| kind == wire::FILE_TRANSFER) {
            return Ok(good(json!([])));
        }
        let fresh = StoredContext::new(&format!("{}-{}", wire::FILE_TRANSFER, found.id), Some(&found.id))?;
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

    /// Returns a URL for an upload or a download, whether there is an object or not.
    pub(super) fn presigned(&self, method: &Method, query: &Query) -> ApiResult<HttpResponse> {
        let id = required(query, "contextId")?;
        if !self.contexts.has(id) {
            return Err(unknown());
        }
        let key = key(query.get("filePath").unwrap_or_default())?;
        Ok(good(value(self.signer.url(&self.origin, method, id, &key))))
    }

    pub(super) fn list_contexts(&self, query: &Query) -> ApiResult<HttpResponse> {
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
        Ok(whole(wire::AgbEnvelope {
            next_token: Some(if next < all.len() { next.to_string() } else { String::new() }),
            max_results: Some(limit as u64),
            total_count: Some(all.len() as u64),
            ..wire::AgbEnvelope::of(Some(value(page)))
        }))
    }

    /// Returns a context by id or by name; one of a new name is made where that was asked for.
    pub(super) fn get_context(&self, query: &Query) -> ApiResult<HttpResponse> {
        let may_make = query.get("allowCreate") == Some("true");
        let name = query.get("name").filter(|name| !name.is_empty());
        let wanted = |held: &&StoredContext| match (query.get("id"), name) {
            (Some(id), _) => held.context.id == id,
            (None, Some(name)) => held.context.name == name && held.session.is_none(),
            (None, None) => false,
        };
        let fresh = match name {
            Some(name) if may_make && query.get("id").is_none() => Some(StoredContext::new(name, None)?),
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

    pub(super) fn rename_context(&self, query: &Query) -> ApiResult<HttpResponse> {
        let (id, name) = (required(query, "id")?, required(query, "name")?);
        let taken = self
            .contexts
            .change(|state| state.contexts.iter().any(|held| held.context.name == name && held.context.id != id));
        if taken {
            return Err(ApiError::in_success(wire::code::INVALID, "another context has this name"));
        }
        self.contexts.with(id, |held| name.clone_into(&mut held.context.name)).ok_or_else(unknown)?;
        Ok(done())
    }

    pub(super) async fn clear_context(&self, query: &Query) -> ApiResult<HttpResponse> {
        let id = required(query, "id")?;
        self.contexts.with(id, |held| held.objects.clear()).ok_or_else(unknown)?;
        self.drop_objects(id).await?;
        Ok(done())
    }

    pub(super) async fn delete_context(&self, query: &Query) -> ApiResult<HttpResponse> {
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
    pub(super) async fn drop_objects(&self, context: &str) -> ApiResult<()> {
        let kept: SessionId = context.parse()?;
        match self.objects.sessions().delete(&kept, true).await {
            Err(e) if e.kind() != Kind::NotFound => Err(e.into()),
            _ => Ok(()),
        }
    }

    /// Returns the files of a context, those directly in a directory where one is named.
    pub(super) fn context_files(&self, query: &Query) -> ApiResult<HttpResponse> {
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
            let of = |(key, object): (&String, &ObjectInfo)| {
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
        Ok(whole(wire::AgbEnvelope { count: Some(count), ..wire::AgbEnvelope::of(Some(value(shown))) }))
    }

    /// Removes an object; one that is not there is gone already.
    pub(super) async fn delete_context_file(&self, query: &Query) -> ApiResult<HttpResponse> {
        let id = required(query, "contextId")?;
        let key = key(query.get("filePath").unwrap_or_default())?;
        if self.contexts.with(id, |held| held.objects.remove(&key)).ok_or_else(unknown)?.is_some() {
            self.remove_object(id, &key).await?;
        }
        Ok(done())
    }
}
