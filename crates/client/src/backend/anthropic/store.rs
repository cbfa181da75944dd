//! The stored files of a workspace.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::value::RawValue;

use super::capabilities::CAPABILITIES;
use super::client::{AnthropicClient, gone, parsed};
use super::known::KnownFile;
use super::unmounted::UploadWatch;
use super::{errors, listing};
use crate::backend::page::unreadable;
use crate::backend::spool::Spooled;
use crate::backend::{
    FetchOptions, FileStore, GetResult, NewStoredFile, Page, PageRequest, PutResult, RemoteHash, range,
};
use crate::http::{Class, FilePart, MultipartForm};
use wharf_core::advice::{Setting, Step};
use wharf_core::body::{Attributes, Body, MapSource, Source};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{FileId, Provider, RemotePath, Scope, SessionId, StoredFile};
use wharf_core::sync::lock;
use wharf_wire::anthropic::files::{EXPIRES, EXPIRES_PART, FILE_MAX, FILE_PART, PAGE_MAX, SCOPE, is_name};
use wharf_wire::anthropic::{self as wire, AnthropicOperation};

/// The stored files of a workspace.
#[derive(Clone)]
pub(super) struct AnthropicStore {
    pub(super) client: Arc<AnthropicClient>,
}

#[async_trait]
impl FileStore for AnthropicStore {
    fn name_to_mount(&self, name: &str) -> String {
        stored_name(name)
    }

    /// Uploads a file. The service cannot recognize a repeated request: if the answer is lost, the request is not
    /// sent again.
    async fn upload(&self, new: NewStoredFile, source: &dyn Source) -> Result<(StoredFile, PutResult)> {
        check_name(&new.filename)?;
        let expires = new.expires_in.map(|time| time.as_secs());
        if let Some(seconds) = expires.filter(|seconds| !EXPIRES.contains(seconds)) {
            return Err(Error::usage(format!("{} is from 1h to 90d here, not {seconds} s", Setting::ExpiresIn)));
        }
        let spooled;
        let source = match source.len() {
            Some(bytes) if bytes > FILE_MAX => return Err(too_large(source.name())),
            Some(_) => source,
            // Whether the service takes a content of unknown length is not known.
            None => {
                spooled = Spooled::of(source, FILE_MAX, too_large).await?;
                &spooled
            }
        };
        let mut watch = UploadWatch::new(&self.client.abandoned, &new.filename, source.len());
        let expires = expires.map(|seconds| seconds.to_string());
        let watched = MapSource::new(source, |body: Body| watch.see(body));
        // Without a type the service looks for itself [docs].
        let guessed = || mime_guess::from_path(&new.filename).first_raw();
        let form = MultipartForm {
            fields: expires.iter().map(|seconds| (EXPIRES_PART, seconds.as_str())).collect(),
            file: FilePart {
                name: FILE_PART,
                filename: &new.filename,
                content_type: new.mime_type.as_deref().or_else(guessed),
                source: &watched,
            },
        };
        let class = Class::Once(Step::ListStoredFiles { scope: None });
        let answer = self.client.plain(class, AnthropicOperation::UploadFile, &[]).form(form).send().await;
        watch.done();
        let answer = answer?;
        let file = read(answer.object()?)?;
        let stored = PutResult {
            path: RemotePath::root(),
            size: file.size,
            sha256: None,
            file_id: Some(file.id.clone()),
            resource_id: None,
            md5: false,
            sent: answer.sent.ok_or_else(|| Error::new(Kind::Internal, "an upload without a source"))?,
        };
        Ok((file, stored))
    }

    /// Lists files, newest first \[docs\]. A session that does not exist has no files, so that an empty listing is
    /// followed by a request for the session.
    async fn list(&self, scope: Option<&SessionId>, page: PageRequest) -> Result<Page<StoredFile>> {
        let request = match scope {
            Some(session) => {
                self.client.gated(Class::Safe, AnthropicOperation::ListFiles, &[]).query(SCOPE, session.as_str())
            }
            None => self.client.plain(Class::Safe, AnthropicOperation::ListFiles, &[]),
        };
        let answer = match (listing::paged(request, &page, PAGE_MAX).send().await, scope) {
            // The service looks at the form of the id first [skill].
            (Err(error), Some(session)) if error.status() == Some(400) && page.cursor.is_none() => {
                self.client.session(session).await?;
                return Err(error);
            }
            (answer, _) => answer?,
        };
        let listed = listing::page_of(&answer, read)?;
        if let (Some(session), None, true) = (scope, &page.cursor, listed.items.is_empty()) {
            self.client.session(session).await?;
        }
        Ok(listed)
    }

    async fn get(&self, id: &FileId) -> Result<StoredFile> {
        let answer = self.client.plain(Class::Safe, AnthropicOperation::GetFile, &[id.as_str()]).send().await?;
        let file = read(answer.object()?)?;
        lock(&self.client.seen).insert(id.clone(), KnownFile::of(&file));
        Ok(file)
    }

    /// Reads a file. The service does not offer the content of uploads, so that it is not requested.
    async fn fetch(&self, id: &FileId, options: FetchOptions) -> Result<GetResult> {
        let known = lock(&self.client.seen).get(id).copied();
        let seen = match known {
            Some(seen) => seen,
            None => KnownFile::of(&self.get(id).await?),
        };
        if seen.downloadable == Some(false) {
            return Err(uploaded(&format!("`{id}`")));
        }
        self.content(id, seen, options).await
    }

    async fn delete(&self, id: &FileId) -> Result<()> {
        lock(&self.client.seen).remove(id);
        gone(self.client.plain(Class::Idempotent, AnthropicOperation::DeleteFile, &[id.as_str()]).send().await)
    }
}

impl AnthropicStore {
    /// Returns the content of a file. No source says that the service has ranges.
    pub(super) async fn content(&self, id: &FileId, seen: KnownFile, options: FetchOptions) -> Result<GetResult> {
        if let (Some(range), Some(size)) = (options.range, seen.size) {
            range.resolve(size)?;
        }
        let request = self.client.plain(Class::Safe, AnthropicOperation::DownloadFile, &[id.as_str()]);
        let download = request.header("accept", "application/binary").after(options.tried).fetch().await?;
        let whole = download.of_size(id.as_str(), seen.size)?;
        let body = match options.range {
            Some(range) => range::of_whole(whole, range)?,
            None => whole,
        };
        let attributes = Attributes { modified_at: seen.created_at, executable: false };
        Ok(GetResult { body, attributes, sha256: RemoteHash::Unknown, file_id: Some(id.clone()) })
    }
}

/// Parses a file.
pub(super) fn read(text: &RawValue) -> Result<StoredFile> {
    let file: wire::FileAnswer = parsed(text, "file")?;
    let named = |e: Error| unreadable("file", text, e);
    let scope = match &file.scope {
        Some(scope) if scope.kind == wire::files::FileScope::SESSION => {
            Some(Scope { kind: wire::files::FileScope::SESSION, id: scope.id.parse().map_err(named)? })
        }
        _ => None,
    };
    Ok(StoredFile {
        id: file.id.parse().map_err(named)?,
        filename: file.filename,
        size: Some(file.size_bytes),
        mime_type: file.mime_type,
        created_at: file.created_at,
        downloadable: file.downloadable,
        scope,
        provider: Provider::of(&text),
    })
}

/// Checks a file name. The sources disagree on the maximum length.
fn check_name(name: &str) -> Result<()> {
    let short: String = name.chars().take(1).collect();
    let fits = name.chars().all(|c| is_name(c.encode_utf8(&mut [0; 4])));
    if short.is_empty() || !fits || matches!(name, "." | "..") {
        let bad: String = wire::files::NAME_FORBIDDEN.iter().collect();
        return Err(Error::usage(format!("invalid name of a stored file: {name:?}"))
            .hint(format!("it must not contain {bad} or control characters: choose another with {}", Setting::Name)));
    }
    Ok(())
}

/// Returns the name for an upload that is to be mounted, if its path has characters that a name must not have.
fn stored_name(name: &str) -> String {
    let fits = |c: char| if is_name(c.encode_utf8(&mut [0; 4])) { c } else { '_' };
    let name: String = name.chars().map(fits).collect();
    if matches!(name.as_str(), "." | "..") { wire::files::UNNAMED.to_owned() } else { name }
}

/// Returns the error of reading an upload.
pub(super) fn uploaded(what: &str) -> Error {
    Error::new(Kind::Unsupported, format!("what a user uploaded cannot be fetched again: {what}"))
        .hint(errors::uploaded())
        .from_backend(CAPABILITIES.backend)
}

fn too_large(name: &str) -> Error {
    Error::new(Kind::Limit, format!("a file has at most {FILE_MAX} bytes here: `{name}`"))
        .hint("the service takes no file in parts: split it")
        .from_backend(CAPABILITIES.backend)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_and_made_fit() {
        for good in ["a.csv", "ünï 日本語", "100% #1", " ", "...", &"x".repeat(300)] {
            assert!(check_name(good).is_ok(), "{good}");
            assert_eq!(stored_name(good), good);
        }
        for (bad, fit) in [("a:b?.txt", "a_b_.txt"), ("a\nb", "a_b"), ("..", "unnamed"), ("a\\b", "a_b")] {
            assert_eq!(check_name(bad).unwrap_err().kind(), Kind::Usage);
            assert_eq!(stored_name(bad), fit);
            assert!(check_name(fit).is_ok());
        }
        assert!(check_name("").is_err());
    }

    #[test]
    fn a_file_may_lack_what_older_versions_do_not_have() {
        let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
        let file = read(&raw(
            r#"{"id":"file_1","filename":"x","size_bytes":7,"scope":{"type":"session","id":"sesn_1"},"n":1.0}"#,
        ))
        .unwrap();
        assert_eq!((file.size, file.downloadable, file.mime_type), (Some(7), None, None));
        assert_eq!(file.scope.unwrap().id.as_str(), "sesn_1");
        assert!(file.provider.text().unwrap().contains(r#""n":1.0"#));
        for bad in [r#"{"id":"/etc/passwd","filename":"x","size_bytes":7}"#, r#"{"id":"file_1","filename":"x"}"#, "[]"]
        {
            assert_eq!(read(&raw(bad)).unwrap_err().kind(), Kind::Unavailable, "{bad}");
        }
    }
}
