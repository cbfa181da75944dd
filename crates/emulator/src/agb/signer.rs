//! Signatures of presigned URLs, and tokens.

use hyper::Method;
use ring::hmac;

use wharf_core::body::hex;
use wharf_core::error::Result;
use wharf_core::model::Timestamp;
use wharf_core::random;
use wharf_wire::agb as wire;
use wharf_wire::url::{Query, escape};

/// Seconds for which a URL is good. The service's number is unknown.
const GOOD_FOR: i64 = 3600;

/// Who signs.
const KEY_ID: &str = "wharf-serve";

/// Signs URLs and makes tokens, with a secret that goes with the server.
pub(super) struct Signer(hmac::Key);

impl Signer {
    pub(super) fn new() -> Result<Self> {
        Ok(Signer(hmac::Key::new(hmac::HMAC_SHA256, random::hex::<32>()?.as_bytes())))
    }

    fn sign(&self, text: &str) -> String {
        hex(hmac::sign(&self.0, text.as_bytes()).as_ref())
    }

    /// Returns the token that gives direct access to a session.
    pub(super) fn token(&self, session: &str) -> String {
        self.sign(session)
    }

    /// Returns the signature of the method, no MD5, the media type, the end, and the object.
    pub(super) fn signature(
        &self,
        method: &Method,
        media_type: &str,
        expires: i64,
        context: &str,
        key: &str,
    ) -> String {
        self.sign(&format!("{method}\n\n{media_type}\n{expires}\n/{context}/{key}"))
    }

    /// Returns a URL for one method on one object, which covers no `Content-Type`.
    pub(super) fn url(&self, origin: &str, method: &Method, context: &str, key: &str) -> wire::PresignedUrl {
        let expires = Timestamp::now().as_second() + GOOD_FOR;
        let query = Query::default()
            .with("Expires", expires.to_string())
            .with("OSSAccessKeyId", KEY_ID)
            .with("Signature", self.signature(method, "", expires, context, key));
        let path: Vec<_> = key.split('/').map(escape).collect();
        let url = format!("{origin}/oss/{context}/{}?{query}", path.join("/"));
        wire::PresignedUrl { url, expire_time: u64::try_from(expires).ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_for_one_method_one_object_one_time_and_no_media_type() {
        let signer = Signer::new().unwrap();
        let good = signer.signature(&Method::PUT, "", 1, "c", "a/b");
        assert_eq!(good, signer.signature(&Method::PUT, "", 1, "c", "a/b"));
        for other in [
            signer.signature(&Method::GET, "", 1, "c", "a/b"),
            signer.signature(&Method::PUT, "text/plain", 1, "c", "a/b"),
            signer.signature(&Method::PUT, "", 2, "c", "a/b"),
            signer.signature(&Method::PUT, "", 1, "d", "a/b"),
            Signer::new().unwrap().signature(&Method::PUT, "", 1, "c", "a/b"),
        ] {
            assert_ne!(good, other);
        }
        let url = signer.url("http://h", &Method::GET, "c", "a b/c?").url;
        assert!(url.starts_with("http://h/oss/c/a%20b/c%3F?Expires="), "{url}");
    }
}
