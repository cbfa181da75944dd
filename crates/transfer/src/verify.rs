//! Verification: a copy has the length and the hash of its source.

use super::Transfer;
use wharf_client::backend::verify::{mismatch, verify_upload, wrong_length};
use wharf_client::backend::{FetchOptions, GetResult, PutResult, RemoteHash};
use wharf_core::body::Digest;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{FileId, SessionPath, Verified};

/// Compares a downloaded content with what the backend announced.
///
/// # Errors
/// `unverified` where length or hash differ.
pub(super) fn verify_download(fetched: &GetResult, came: &Digest) -> Result<Verified> {
    let differs = |what: &str, wanted: &str, got: &str| {
        Err(Error::new(Kind::Unverified, format!("the {what} of the download differs: expected {wanted}, got {got}"))
            .hint("the stored content is damaged, or the download was cut off; nothing was kept"))
    };
    if let Some(length) = fetched.body.len().filter(|length| *length != came.bytes) {
        return differs("length", &length.to_string(), &came.bytes.to_string());
    }
    match &fetched.sha256 {
        RemoteHash::Known(sha256) if !sha256.eq_ignore_ascii_case(&came.sha256) => {
            differs("hash", sha256, &came.sha256)
        }
        RemoteHash::Known(_) | RemoteHash::Streamed => Ok(Verified::Sha256),
        RemoteHash::Unknown if fetched.body.len().is_some() => Ok(Verified::Size),
        RemoteHash::Unknown => Ok(Verified::None("the backend reports neither length nor hash")),
    }
}

/// Reads a content to its end, and returns its length and SHA-256.
pub(super) async fn hash(fetched: &mut GetResult) -> Result<Digest> {
    while fetched.body.next().await?.is_some() {}
    fetched.body.digest().cloned()
}

/// Returns the SHA-256 of a file that is fetched, if the backend knows it; a content that the backend hashes while it
/// reads it is read to its end.
pub(super) async fn hash_of(mut fetched: GetResult) -> Result<Option<String>> {
    Ok(match &fetched.sha256 {
        RemoteHash::Known(sha256) => Some(sha256.clone()),
        RemoteHash::Streamed => Some(hash(&mut fetched).await?.sha256),
        RemoteHash::Unknown => None,
    })
}

impl Transfer<'_> {
    /// Verifies an upload to a session, as far as the options ask. A wrong copy is removed if this run created its name
    /// (`made`); otherwise it stays, and the error names it.
    pub(super) async fn verify(&self, at: &SessionPath, stored: &PutResult, made: Option<bool>) -> Result<Verified> {
        let files = self.backend.require_files()?;
        let verified = match verify_upload(&at.to_string(), stored) {
            Ok(Verified::Md5 | Verified::Size | Verified::None(_)) if self.options.verify => {
                let options = FetchOptions { size: Some(stored.sent.bytes), ..FetchOptions::default() };
                self.read_back(files.fetch(at, options).await, stored, &at.to_string()).await
            }
            other => other,
        };
        match verified {
            Err(error) if error.kind() == Kind::Unverified && made == Some(true) => {
                Err(match files.remove(at, false).await {
                    Ok(()) => error.hint("the copy was removed: upload it again"),
                    Err(left) => error.hint(format!("the copy is still there: {}", left.message())),
                })
            }
            other => other,
        }
    }

    /// Verifies an upload to the file store, as far as the options ask. A wrong copy is removed.
    pub(super) async fn verify_stored(&self, id: &FileId, stored: &PutResult) -> Result<Verified> {
        let store = self.backend.require_store()?;
        let verified = match verify_upload(id.as_str(), stored) {
            Ok(Verified::Md5 | Verified::Size | Verified::None(_)) if self.options.verify => {
                self.read_back(store.fetch(id, FetchOptions::default()).await, stored, id.as_str()).await
            }
            other => other,
        };
        match verified {
            Err(error) if error.kind() == Kind::Unverified => Err(match store.delete(id).await {
                Ok(()) => error.hint("the copy was removed: upload it again"),
                Err(left) => error.hint(format!("the copy is still there, as `{id}`: {}", left.message())),
            }),
            other => other,
        }
    }

    async fn read_back(&self, fetched: Result<GetResult>, stored: &PutResult, destination: &str) -> Result<Verified> {
        let unread = |error: Error| error.context(format!("reading back `{destination}`, which was uploaded"));
        let mut fetched = fetched.map_err(unread)?;
        let came = hash(&mut fetched).await.map_err(unread)?;
        if came.bytes != stored.sent.bytes {
            return Err(wrong_length(destination, stored.sent.bytes, came.bytes));
        }
        if came.sha256 == stored.sent.sha256 {
            Ok(Verified::Sha256)
        } else {
            Err(mismatch("hash", destination, &stored.sent.sha256, &came.sha256))
        }
    }
}
