//! `POST /_emulator/anthropic/sessions/ID/outputs`: what an agent would have made, put there by a
//! test. The service has no such call, and none of its rules holds here.

use std::sync::Arc;

use hyper::StatusCode;

use super::files::{shown, too_large};
use super::session_state::OutputFile;
use super::{AnthropicEmulator, ApiError, ApiResult};
use crate::answer::{self, HttpResponse, now};
use crate::request::{ApiRequest, UploadSource};
use wharf_client::backend::{PutOptions, expiry};
use wharf_core::config::duration;
use wharf_core::random;
use wharf_wire::anthropic::files::FILE_MAX;
use wharf_wire::anthropic::{File, Nullable};

impl AnthropicEmulator {
    /// Adds an output file. The query has `filename`, any text, and optionally `after`, the time until the file appears;
    /// `mime_type`; `expires_in`, a time; `downloadable=false`.
    pub(super) async fn add_output(&self, session: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let query = &request.query;
        let time = |name: &str| match query.get(name) {
            None => Ok(None),
            Some(text) => duration::parse(text).map(Some).map_err(|e| ApiError::bad(format!("{name}: {e}"))),
        };
        let from = match time("after")? {
            None => now(),
            Some(after) => expiry(now(), after).ok_or_else(|| ApiError::bad("after: no such time"))?,
        };
        let expires = time("expires_in")?.and_then(|expires| expiry(from, expires));
        let filename =
            query.get("filename").ok_or_else(|| ApiError::bad("filename: the query parameter is missing"))?;
        let id = random::id("file")?;
        let path = OutputFile::path(&id)?;
        let at = self.sessions.load(session)?.at(path)?;
        let source = UploadSource { body: Arc::clone(&request.body), name: at.to_string(), most: FILE_MAX };
        let options = PutOptions { keep_existing: true, bulk: true, expires_in: None };
        let put = self.backend.require_files()?.put(&at, &source, options).await;
        let put = put.map_err(|e| if request.body.taken() > FILE_MAX { too_large() } else { e.into() })?;
        let file = OutputFile::object(session, &id, filename, put.sent.bytes);
        let file = File {
            mime_type: query.get("mime_type").map(str::to_owned).or(file.mime_type),
            created_at: Some(from),
            downloadable: Some(query.get("downloadable") != Some("false")),
            expires_at: Nullable::or_null(expires),
            ..file
        };
        let _changing = self.changing.lock().await;
        let mut kept = self.sessions.load(session)?;
        kept.add_output(file.clone());
        self.sessions.save(&mut kept)?;
        let all = super::betas::Betas { managed: true, files: false };
        Ok(answer::json(StatusCode::OK, &shown(file, all)))
    }
}
