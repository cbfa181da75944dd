//! Files: uploads of the workspace, and what belongs to sessions.

use std::sync::Arc;

use hyper::StatusCode;
use hyper::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};

use super::betas::Betas;
use super::page::{self, Order, PageCursor, SortKey};
use super::session_state::{MountedResource, OutputFile};
use super::{AnthropicEmulator, ApiError, ApiResult};
use crate::answer::{self, HttpResponse, now};
use crate::form::{PartSource, ReceivedForm};
use crate::request::ApiRequest;
use wharf_client::backend::{FetchOptions, NewStoredFile, PageRequest, expiry};
use wharf_core::body::Body;
use wharf_core::error::Kind;
use wharf_core::model::{FileId, StoredFile, Timestamp};
use wharf_core::sync::lock;
use wharf_wire::anthropic::error::code;
use wharf_wire::anthropic::files::{EXPIRES, EXPIRES_PART, FILE_MAX, FILE_PART, IDS, IDS_MAX, SCOPE};
use wharf_wire::anthropic::{Deleted, File, Nullable, files as wire, list};

/// Files that the store is asked for at a time.
const STEP: usize = 500;

/// What a form may hold beside a file's content.
const FORM_MAX: u64 = 64 * 1024;

/// What media type a file without one has.
const UNTYPED: &str = "application/octet-stream";

impl AnthropicEmulator {
    pub(super) async fn get_file(&self, id: &str, betas: Betas) -> ApiResult<HttpResponse> {
        let found = self.find_file(id).await?.ok_or_else(|| missing(id))?;
        Ok(answer::json(StatusCode::OK, &shown(found, betas)))
    }

    /// Stores a file: all of it or nothing. The time to live may stand before it or behind it.
    pub(super) async fn upload_file(&self, betas: Betas, request: &ApiRequest) -> ApiResult<HttpResponse> {
        if request.body.announced().is_some_and(|bytes| bytes > FILE_MAX + FORM_MAX) {
            return Err(too_large());
        }
        let mut form = ReceivedForm::new(request)?;
        let (mut stored, mut expires) = (None, None);
        let read = async {
            loop {
                let Some(part) = form.next_part().await? else { return Ok(()) };
                let name = part.name().to_owned();
                match name.as_str() {
                    FILE_PART if stored.is_none() => {
                        let new = named(part.file_name(), part.media_type(), betas)?;
                        let source = PartSource::new(part, new.filename.clone(), FILE_MAX);
                        let uploaded = self.backend.require_store()?.upload(new, &source).await;
                        let uploaded = uploaded.map_err(|e| match e.kind() {
                            Kind::Limit => too_large(),
                            _ => e.into(),
                        });
                        stored = Some(uploaded?.0);
                    }
                    EXPIRES_PART if expires.is_none() => {
                        let seconds = part.text(32).await?.trim().parse::<u64>();
                        let seconds = seconds.ok().filter(|seconds| EXPIRES.contains(seconds)).ok_or_else(|| {
                            let (least, most) = (EXPIRES.start(), EXPIRES.end());
                            ApiError::bad(format!("{EXPIRES_PART}: a number from {least} to {most}"))
                        })?;
                        expires = Some(seconds);
                    }
                    known @ (FILE_PART | EXPIRES_PART) => {
                        return Err(ApiError::bad(format!("{known}: is there twice")));
                    }
                    other => return Err(ApiError::bad(format!("{other}: Extra inputs are not permitted"))),
                }
            }
        };
        let done: ApiResult<()> = read.await;
        let stored = match (done, stored) {
            (Ok(()), Some(stored)) => stored,
            (Ok(()), None) => return Err(ApiError::bad(format!("{FILE_PART}: Field required"))),
            (Err(refusal), None) => return Err(refusal),
            (Err(refusal), Some(stored)) => {
                self.backend.require_store()?.delete(&stored.id).await?;
                return Err(refusal);
            }
        };
        if let Some(seconds) = expires {
            let at =
                expiry(stored.created_at.map_or_else(now, answer::written), std::time::Duration::from_secs(seconds));
            lock(&self.expiries).extend(at.map(|at| (stored.id.to_string(), at)));
        }
        let mut file = self.uploaded(&stored);
        if let Some(bytes) = request.response_fault.bytes_written {
            file.size_bytes = Some(bytes);
        }
        Ok(answer::json(StatusCode::OK, &shown(file, betas)))
    }

    /// Returns the listing, in the form and with the cursors that the names of features ask for \[docs\].
    pub(super) async fn list_files(&self, betas: Betas, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let query = &request.query;
        let has = |name: &str| query.get(name).is_some();
        let by_id = has(list::AFTER) || has(list::BEFORE);
        let by_page = has(list::PAGE) || has(IDS);
        if by_id && !betas.files && !betas.managed {
            return Err(ApiError::bad(format!("{} and {}: use {}", list::AFTER, list::BEFORE, list::PAGE)));
        }
        if by_page && betas.files {
            return Err(ApiError::bad(format!("{} and {IDS}: use {}", list::PAGE, list::AFTER)));
        }
        if by_id && by_page || has(list::AFTER) && has(list::BEFORE) {
            return Err(ApiError::bad("page: only one cursor at a time"));
        }
        if has(IDS) && (has(list::PAGE) || has(list::LIMIT)) {
            return Err(ApiError::bad(format!("{IDS}: not together with {} or {}", list::PAGE, list::LIMIT)));
        }
        let limit = page::limit(request, wire::PAGE_DEFAULT, wire::PAGE_MAX)?;
        let all = match (query.get(SCOPE), has(IDS)) {
            (Some(_), _) if !betas.managed => {
                return Err(ApiError::bad(format!("{SCOPE}: needs {}", super::wire::beta::MANAGED_AGENTS)));
            }
            (Some(session), false) => self.scoped(session)?,
            (scope, true) => self.chosen(query.all(IDS), scope).await?,
            (None, false) => self.uploads().await?,
        };
        let cursor = match (query.get(list::AFTER), query.get(list::BEFORE)) {
            (None, None) => PageCursor::of(request, Order::Newest)?,
            (id, before) => {
                let id = id.or(before).unwrap_or_default();
                let there = all.iter().find(|file| file.id == id).map(sort_key);
                let gone = || lock(&self.departed).get(id).cloned();
                let sort_key = there.or_else(gone).ok_or_else(|| ApiError::bad(format!("File `{id}` not found.")))?;
                Some(PageCursor { key: sort_key, before: before.is_some(), order: Order::Newest })
            }
        };
        let limit = if has(IDS) { IDS_MAX } else { limit };
        let cut = page::cut(
            all.into_iter().map(|file| (sort_key(&file), file)).collect(),
            Order::Newest,
            cursor.as_ref(),
            limit,
        );
        let more = cut.more;
        let mut list = page::plain(cut);
        list.data = list.data.into_iter().map(|file| shown(file, betas)).collect();
        if betas.files || betas.managed {
            let id = |file: Option<&File>| Nullable::or_null(file.map(|file| file.id.clone()));
            list.has_more = Some(more);
            (list.first_id, list.last_id) = (id(list.data.first()), id(list.data.last()));
        }
        if betas.files {
            list.next_page = Nullable::Absent;
        }
        Ok(answer::json(StatusCode::OK, &list))
    }

    /// Returns all that were uploaded. What belongs to a session is listed with its session only.
    async fn uploads(&self) -> ApiResult<Vec<File>> {
        let (mut all, mut from) = (Vec::new(), None);
        loop {
            let step = PageRequest { cursor: from, limit: Some(STEP) };
            let found = self.backend.require_store()?.list(None, step).await?;
            for stored in found.items {
                all.push(self.uploaded(&stored?));
            }
            from = found.next;
            if from.is_none() {
                return Ok(all);
            }
        }
    }

    /// Returns the files of a session, whose id must have the form of one \[skill\].
    fn scoped(&self, session: &str) -> ApiResult<Vec<File>> {
        if !session.starts_with("sesn_") && !session.starts_with("session_") {
            return Err(ApiError::bad(format!("{SCOPE}: {session:?} is not a session id")));
        }
        Ok(self.sessions.load(session)?.files().cloned().collect())
    }

    /// Returns the files with these ids; those that do not exist are left out \[docs\].
    async fn chosen(&self, ids: impl Iterator<Item = &str>, scope: Option<&str>) -> ApiResult<Vec<File>> {
        let mut wanted: Vec<&str> = Vec::new();
        for id in ids {
            if !wanted.contains(&id) {
                wanted.push(id);
            }
        }
        if wanted.len() > IDS_MAX {
            return Err(ApiError::bad(format!("{IDS}: at most {IDS_MAX}")));
        }
        let mut found = Vec::new();
        for id in wanted {
            let file = self.find_file(id).await?;
            let fits = |file: &File| scope.is_none_or(|scope| file.scope.value().is_some_and(|of| of.id == scope));
            found.extend(file.filter(fits));
        }
        Ok(found)
    }

    /// Returns a file of the workspace or of a session.
    pub(super) async fn find_file(&self, id: &str) -> ApiResult<Option<File>> {
        let Ok(parsed) = id.parse::<FileId>() else { return Ok(None) };
        match self.backend.require_store()?.get(&parsed).await {
            Ok(stored) => Ok(Some(self.uploaded(&stored))),
            Err(e) if e.kind() != Kind::NotFound => Err(e.into()),
            Err(_) => Ok(self.sessions.owner(id)?.and_then(|kept| kept.files().find(|file| file.id == id).cloned())),
        }
    }

    /// Returns the content of a file, which sessions may have and users may not.
    pub(super) async fn content(&self, id: &str) -> ApiResult<Body> {
        let Some(kept) = self.sessions.owner(id)? else {
            return Ok(self.backend.require_store()?.fetch(&id.parse()?, FetchOptions::default()).await?.body);
        };
        let copy = |mounted: &&Arc<MountedResource>| mounted.copy.as_ref().is_some_and(|copy| copy.id == id);
        let path = match kept.resources.iter().find(copy).and_then(|mounted| mounted.path()) {
            Some(path) => path,
            None => OutputFile::path(id)?,
        };
        Ok(self.backend.require_files()?.fetch(&kept.at(path)?, FetchOptions::default()).await?.body)
    }

    pub(super) async fn download_file(&self, id: &str) -> ApiResult<HttpResponse> {
        let file = self.find_file(id).await?.ok_or_else(|| missing(id))?;
        if file.downloadable != Some(true) {
            let what = format!("File `{id}` is not downloadable.");
            return Err(ApiError::bad(what).code(code::NOT_DOWNLOADABLE));
        }
        if is_over(&file) {
            return Err(ApiError::not_found(format!("File `{id}` has expired.")).code(code::EXPIRED));
        }
        let mut answer = answer::file(self.content(id).await?);
        let kind = HeaderValue::from_str(file.mime_type.as_deref().unwrap_or(UNTYPED));
        let name = HeaderValue::from_str(&answer::disposition(&file.filename));
        for (header, value) in [(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, name)] {
            if let Ok(value) = value {
                answer.headers_mut().insert(header, value);
            }
        }
        Ok(answer)
    }

    /// Deletes a file. The copy of a session is deleted with its resource, an output by itself.
    pub(super) async fn delete_file(&self, id: &str) -> ApiResult<HttpResponse> {
        let _changing = self.changing.lock().await;
        let file = self.find_file(id).await?.ok_or_else(|| missing(id))?;
        if file.scope.value().is_some() {
            let mut kept = self.sessions.owner(id)?.ok_or_else(|| missing(id))?;
            let outputs = kept.outputs.len();
            kept.outputs.retain(|output| output.file.id != id);
            if kept.outputs.len() == outputs {
                return Err(ApiError::bad(format!("File `{id}` is mounted in a session: delete the resource.")));
            }
            self.sessions.save(&mut kept)?;
            self.backend.require_files()?.remove(&kept.at(OutputFile::path(id)?)?, false).await?;
        } else {
            self.backend.require_store()?.delete(&id.parse()?).await?;
            lock(&self.expiries).remove(id);
        }
        lock(&self.departed).insert(id.to_owned(), sort_key(&file));
        Ok(answer::json(StatusCode::OK, &Deleted::of(id, Deleted::FILE)))
    }

    /// Returns an upload in the protocol's form.
    fn uploaded(&self, stored: &StoredFile) -> File {
        File {
            id: stored.id.to_string(),
            kind: File::KIND.to_owned(),
            filename: stored.filename.clone(),
            mime_type: Some(stored.mime_type.clone().unwrap_or_else(|| UNTYPED.to_owned())),
            size_bytes: stored.size,
            created_at: stored.created_at.map(answer::written),
            downloadable: Some(false),
            expires_at: Nullable::or_null(lock(&self.expiries).get(stored.id.as_str()).copied()),
            scope: Nullable::Null,
            extra: serde_json::Map::new(),
        }
    }
}

/// Returns whether its time is over.
fn is_over(file: &File) -> bool {
    file.expires_at.value().is_some_and(|at| *at <= Timestamp::now())
}

/// Returns where a file stands in listings.
fn sort_key(file: &File) -> SortKey {
    SortKey::of(file.created_at.map_or(0, Timestamp::as_microsecond), &file.id)
}

/// Returns the file as an answer with these features has it \[docs\].
pub(super) fn shown(mut file: File, betas: Betas) -> File {
    if betas.files {
        file.expires_at = Nullable::Absent;
    }
    if !betas.managed {
        file.scope = Nullable::Absent;
    }
    file
}

pub(super) fn missing(id: &str) -> ApiError {
    ApiError::not_found(format!("File `{id}` not found."))
}

pub(super) fn too_large() -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, format!("a file has at most {FILE_MAX} bytes"))
}

/// Returns name and type of an upload. The name is the last part of the one that was sent, or `unnamed` \[types\]. A
/// missing type is guessed, or refused if the old feature is named \[docs\].
fn named(name: Option<&str>, kind: Option<String>, betas: Betas) -> ApiResult<NewStoredFile> {
    if betas.files && kind.is_none() {
        return Err(ApiError::bad(format!("{FILE_PART}: the part has no Content-Type")));
    }
    let last = name.and_then(|name| name.rsplit(['/', '\\']).next()).filter(|name| !name.is_empty());
    let Some(last) = last else {
        let kind = kind.unwrap_or_else(|| UNTYPED.to_owned());
        let plain = kind.split(';').next().unwrap_or_default().trim();
        let extension = match plain {
            "text/plain" => "txt",
            "text/csv" => "csv",
            "application/pdf" => "pdf",
            "application/json" => "json",
            "image/png" => "png",
            "image/jpeg" => "jpg",
            _ => "bin",
        };
        return Ok(NewStoredFile {
            filename: format!("{}.{extension}", wire::UNNAMED),
            mime_type: Some(kind),
            expires_in: None,
        });
    };
    if !wire::is_name(last) {
        let what = format!("{FILE_PART}: a file name has 1 to {} characters and none of", wire::NAME_MAX);
        let signs: String = wire::NAME_FORBIDDEN.iter().collect();
        return Err(ApiError::bad(format!("{what} {signs}")));
    }
    Ok(NewStoredFile { filename: last.to_owned(), mime_type: kind, expires_in: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_uploads() {
        let name = |name, kind: Option<&str>| {
            named(name, kind.map(str::to_owned), Betas::default()).map(|new| new.filename).map_err(|no| no.status)
        };
        assert_eq!(name(Some("a/b\\c.csv"), None).unwrap(), "c.csv");
        assert_eq!(name(None, Some("application/octet-stream")).unwrap(), "unnamed.bin");
        assert_eq!(name(Some(""), Some("text/csv; charset=utf-8")).unwrap(), "unnamed.csv");
        assert_eq!(name(Some("odd%22name.bin"), None).unwrap(), "odd%22name.bin");
        for bad in ["a?", "a\tb", "a|b", &"x".repeat(256)] {
            assert_eq!(name(Some(bad), None), Err(StatusCode::BAD_REQUEST), "{bad}");
        }
        let old = Betas { files: true, managed: false };
        assert!(named(Some("x"), None, old).is_err());
    }
}
