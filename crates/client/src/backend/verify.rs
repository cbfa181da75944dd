//! Verification of uploads.

use super::PutResult;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::Verified;

/// Compares the report of a destination with the content that was sent.
///
/// # Errors
/// `unverified` where the length or the hash differs.
pub fn verify_upload(destination: &str, stored: &PutResult) -> Result<Verified> {
    match (&stored.sha256, stored.size) {
        (Some(sha256), _) if !sha256.eq_ignore_ascii_case(&stored.sent.sha256) => {
            Err(mismatch("hash", destination, &stored.sent.sha256, sha256))
        }
        (_, Some(size)) if size != stored.sent.bytes => Err(wrong_length(destination, stored.sent.bytes, size)),
        (Some(_), _) => Ok(Verified::Sha256),
        (None, Some(_)) if stored.md5 => Ok(Verified::Md5),
        (None, Some(_)) => Ok(Verified::Size),
        (None, None) => Ok(Verified::None("the backend reports neither length nor hash")),
    }
}

/// Returns the error of a destination that holds another number of bytes than were sent.
pub fn wrong_length(destination: &str, sent: u64, there: u64) -> Error {
    mismatch("length", destination, &sent.to_string(), &there.to_string())
}

/// Returns the error of a destination that holds another content than was sent.
pub fn mismatch(what: &str, destination: &str, sent: &str, there: &str) -> Error {
    let message = format!("the {what} at `{destination}` differs from the source's: sent {sent}, there {there}");
    Error::new(Kind::Unverified, message).hint("do not use the copy at the destination: upload the file again")
}
