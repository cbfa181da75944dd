//! What is mounted in sessions. No call gives the content of what is: files are copied to the path
//! that the service would answer in a store that stays, where others can look. Nothing is behind
//! repositories and memory stores.

use std::sync::Arc;

use hyper::StatusCode;
use serde_json::Value;

use super::body_source::BodySource;
use super::checks::known_only;
use super::files::missing;
use super::page::{self, Order, PageCursor, SortKey};
use super::session_state::{MountedResource, SessionState};
use super::{AnthropicEmulator, ApiError, ApiResult, DOCUMENT_MAX};
use crate::answer::{self, HttpResponse, now};
use crate::request::ApiRequest;
use wharf_client::backend::PutOptions;
use wharf_core::model::RemotePath;
use wharf_core::random;
use wharf_wire::anthropic::files::FileScope;
use wharf_wire::anthropic::resources::{self as wire, UpdateResource, kind};
use wharf_wire::anthropic::{Deleted, File, Nullable, ResourceParams, SessionResource};

impl AnthropicEmulator {
    pub(super) async fn add_resource(&self, session: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let new: ResourceParams = request.document(DOCUMENT_MAX).await?;
        let _changing = self.changing.lock().await;
        let mut state = self.sessions.load(session)?;
        self.still_open(&state)?;
        if new.kind != kind::FILE {
            return Err(ApiError::bad(format!("type: only `{}` can be added to a session", kind::FILE)));
        }
        let made = self.mount(&mut state, new).await?;
        self.sessions.save(&mut state)?;
        Ok(answer::json(StatusCode::OK, &made))
    }

    pub(super) fn list_resources(&self, session: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let state = self.sessions.load(session)?;
        let limit = page::limit(request, wire::PAGE_MAX, wire::PAGE_MAX)?;
        let cursor = PageCursor::of(request, Order::Oldest)?;
        let all = state.resources.iter().map(|one| (SortKey::of(one.number, ""), one.resource.clone())).collect();
        let cut = page::cut(all, Order::Oldest, cursor.as_ref(), limit);
        Ok(answer::json(StatusCode::OK, &page::plain(cut)))
    }

    pub(super) fn get_resource(&self, session: &str, id: &str) -> ApiResult<HttpResponse> {
        let state = self.sessions.load(session)?;
        let found = state.resources.iter().find(|mounted| mounted.is(id)).ok_or_else(|| not_mounted(id))?;
        Ok(answer::json(StatusCode::OK, &found.resource))
    }

    pub(super) async fn update_resource(
        &self,
        session: &str,
        id: &str,
        request: &ApiRequest,
    ) -> ApiResult<HttpResponse> {
        let update: UpdateResource = request.document(DOCUMENT_MAX).await?;
        let _changing = self.changing.lock().await;
        let mut state = self.sessions.load(session)?;
        let found = state.resources.iter_mut().find(|mounted| mounted.is(id)).ok_or_else(|| not_mounted(id))?;
        let mounted = Arc::make_mut(found);
        if mounted.resource.kind != kind::REPOSITORY {
            return Err(ApiError::bad(format!("type: only a `{}` can be changed", kind::REPOSITORY)));
        }
        known_only("", &update.extra)?;
        mounted.resource.updated_at = Some(now());
        let shown = mounted.resource.clone();
        self.sessions.save(&mut state)?;
        Ok(answer::json(StatusCode::OK, &shown))
    }

    pub(super) async fn delete_resource(&self, session: &str, id: &str) -> ApiResult<HttpResponse> {
        let _changing = self.changing.lock().await;
        let mut state = self.sessions.load(session)?;
        let found = state.resources.iter().position(|mounted| mounted.is(id)).ok_or_else(|| not_mounted(id))?;
        let gone = state.resources.remove(found);
        self.sessions.save(&mut state)?;
        if let Some(path) = gone.path().filter(|_| self.shows_files()) {
            self.backend.require_files()?.remove(&state.at(path)?, false).await?;
        }
        Ok(answer::json(StatusCode::OK, &Deleted::of(id, Deleted::RESOURCE)))
    }

    /// Mounts something in a session that is being changed.
    pub(super) async fn mount(&self, state: &mut SessionState, new: ResourceParams) -> ApiResult<SessionResource> {
        let known: &[&str] = match new.kind.as_str() {
            kind::FILE => &["type", "file_id", "mount_path"],
            kind::REPOSITORY => &["type", "url", "authorization_token", "checkout", "mount_path"],
            kind::MEMORY_STORE => &["type", "memory_store_id", "access", "instructions"],
            other => return Err(ApiError::bad(format!("type: unknown type of resource {other:?}"))),
        };
        if let Ok(Value::Object(given)) = serde_json::to_value(&new) {
            let strange = given.into_iter().filter(|(name, _)| !known.contains(&name.as_str())).collect();
            known_only("resource.", &strange)?;
        }
        let of_kind = |word: &str| state.resources.iter().filter(|one| one.resource.kind == word).count();
        let (resource, copy) = match new.kind.as_str() {
            kind::FILE if u32::try_from(of_kind(kind::FILE)).is_ok_and(|files| files >= wire::FILES_MAX) => {
                return Err(ApiError::bad(format!("resources: a session has at most {} files", wire::FILES_MAX)));
            }
            kind::MEMORY_STORE if of_kind(kind::MEMORY_STORE) >= wire::MEMORY_STORES_MAX => {
                let most = wire::MEMORY_STORES_MAX;
                return Err(ApiError::bad(format!("resources: a session has at most {most} memory stores")));
            }
            kind::FILE => {
                let (resource, copy) = self.mount_file(state, new).await?;
                (resource, Some(copy))
            }
            kind::REPOSITORY => (repository(new)?, None),
            _ => (memory_store(new)?, None),
        };
        let number = state.next_number();
        state.resources.push(Arc::new(MountedResource { number, resource: resource.clone(), copy }));
        Ok(resource)
    }

    /// Mounts a file where the service would, read-only there and here without effect.
    async fn mount_file(&self, state: &SessionState, new: ResourceParams) -> ApiResult<(SessionResource, File)> {
        let asked = new.file_id.ok_or_else(|| ApiError::bad("file_id: Field required"))?;
        let original = self.find_file(&asked).await?.ok_or_else(|| missing(&asked))?;
        let path: RemotePath = wire::mounted_at(new.mount_path.as_deref().unwrap_or(&asked)).parse()?;
        let below = format!("{}/", wire::UPLOADS);
        if !path.as_str().starts_with(&below) {
            return Err(ApiError::bad("mount_path: names no file"));
        }
        let in_the_way = |other: &RemotePath| other.is_within(&path) || path.is_within(other);
        if state.resources.iter().filter_map(|one| one.path()).any(|other| in_the_way(&other)) {
            return Err(ApiError::bad(format!("mount_path: something is mounted at {path} already")));
        }
        if self.shows_files() {
            let body = self.content(&asked).await?;
            let source = BodySource::new(path.to_string(), body);
            let options = PutOptions { keep_existing: true, bulk: true, expires_in: None };
            self.backend.require_files()?.put(&state.at(path.clone())?, &source, options).await?;
        }
        let id = random::id("file")?;
        let made = Some(now());
        let copy = File {
            id: id.clone(),
            created_at: made,
            downloadable: Some(false),
            expires_at: Nullable::Null,
            scope: Nullable::Value(FileScope::session(state.id())),
            ..original
        };
        let resource = SessionResource {
            kind: kind::FILE.to_owned(),
            id: Some(random::id("sesrsc")?),
            file_id: Some(id),
            mount_path: Some(path.to_string()),
            created_at: made,
            updated_at: made,
            ..SessionResource::default()
        };
        Ok((resource, copy))
    }

    /// Returns whether mounted files are seen at their paths: by other processes, or by the agent's command.
    pub(super) fn shows_files(&self) -> bool {
        self.sessions.stay() || self.agent.is_some()
    }

    /// Refuses a change of a session that ended.
    pub(super) fn still_open(&self, state: &SessionState) -> ApiResult<()> {
        if state.session.archived_at.is_some() || self.simulation.is_over(state.id()) {
            let what = format!("Session `{}` has ended: it is archived or terminated.", state.id());
            return Err(ApiError::bad(what));
        }
        Ok(())
    }
}

fn repository(new: ResourceParams) -> ApiResult<SessionResource> {
    let url = new.url.ok_or_else(|| ApiError::bad("url: Field required"))?;
    let name = url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let name = name.strip_suffix(".git").unwrap_or(name);
    let made = Some(now());
    Ok(SessionResource {
        kind: kind::REPOSITORY.to_owned(),
        id: Some(random::id("sesrsc")?),
        mount_path: Some(new.mount_path.unwrap_or_else(|| format!("{}/{name}", wire::WORKSPACE))),
        url: Some(url),
        checkout: Nullable::or_null(new.checkout),
        created_at: made,
        updated_at: made,
        ..SessionResource::default()
    })
}

/// Returns the resource of a memory store. Every store exists, and its name is its id.
fn memory_store(new: ResourceParams) -> ApiResult<SessionResource> {
    let store = new.memory_store_id.ok_or_else(|| ApiError::bad("memory_store_id: Field required"))?;
    let access = new.access.unwrap_or_else(|| "read_write".to_owned());
    if !matches!(access.as_str(), "read_write" | "read_only") {
        return Err(ApiError::bad("access: read_write or read_only"));
    }
    let long = |text: &String| text.chars().count() > wire::INSTRUCTIONS_MAX;
    if new.instructions.as_ref().is_some_and(long) {
        return Err(ApiError::bad(format!("instructions: at most {} characters", wire::INSTRUCTIONS_MAX)));
    }
    Ok(SessionResource {
        kind: kind::MEMORY_STORE.to_owned(),
        access: Some(access),
        instructions: Nullable::or_null(new.instructions),
        name: Some(store.clone()),
        description: Some(String::new()),
        mount_path: Some(format!("{}/{store}", wire::MEMORY)),
        memory_store_id: Some(store),
        ..SessionResource::default()
    })
}

fn not_mounted(id: &str) -> ApiError {
    ApiError::not_found(format!("Resource `{id}` not found."))
}
