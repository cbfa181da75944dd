//! Uploads: small text by the tool, everything else by presigned URLs. A file gets its name when it is complete.

use std::sync::Arc;

use futures_util::future::join;

use super::cleanup::{CreatingCalls, TemporaryPaths};
use super::errors::naming_left;
use super::stat::AgbFiles;
use super::tools::{from_root, words};
use crate::backend::path_errors::{directory_in_the_way, taken};
use crate::backend::spool::Spooled;
use crate::backend::{PutOptions, PutResult};
use crate::http::Class;
use wharf_core::advice::Step;
use wharf_core::body::{Attributes, Digest, Source};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::entry::Mode;
use wharf_core::model::{EntryKind, RemotePath, SessionPath, Timestamp};
use wharf_core::random;
use wharf_wire::agb as wire;
use wharf_wire::agb::{ToolRequest, WriteFile};

/// The prefix of temporary file names.
pub(super) const UNFINISHED: &str = ".wharf-";

/// The path and attributes of a file that is being written.
pub(super) struct PutTarget<'p> {
    pub(super) at: &'p SessionPath,
    attributes: Attributes,
    /// The mode of the replaced file.
    replaced: Option<Mode>,
    /// Whether a file that appears meanwhile is kept.
    keep: bool,
}

impl PutTarget<'_> {
    /// Returns the mode to set, if any.
    fn mode(&self) -> Option<Mode> {
        let executable = self.attributes.executable;
        match self.replaced {
            Some(replaced) => Some(replaced.of_replacement(executable)),
            None => executable.then_some(Mode(0o755)),
        }
    }
}

impl AgbFiles {
    /// Checks for an existing file before anything is sent, and does not replace one at the end. A file that another
    /// program writes between the last check and the move is replaced if the image has an old `mv`.
    pub(super) async fn put_content(
        &self,
        at: &SessionPath,
        source: &dyn Source,
        options: PutOptions,
    ) -> Result<PutResult> {
        let spooled;
        let source = if source.len().is_some() {
            source
        } else {
            spooled = Spooled::of(source, u64::MAX, |name| Error::new(Kind::Limit, name)).await?;
            &spooled
        };
        let (attributes, keep) = (source.attributes(), options.keep_existing);
        let (sent, sha256, md5) = if let Some((text, sent)) = small_text(at, source).await? {
            let sha256 = self.put_text(at, &text, &sent, attributes, keep).await?;
            (sent, sha256, false)
        } else {
            // A presigned transfer is too long a way to find out at its end.
            let replaced = self.replaced(at, keep).await?;
            let (sent, md5) = self.upload(&PutTarget { at, attributes, replaced, keep }, source).await?;
            (sent, None, md5)
        };
        let size = Some(sent.bytes);
        Ok(PutResult { path: at.path.clone(), size, sha256, file_id: None, resource_id: None, md5, sent })
    }

    /// Returns the mode of the file to be replaced, if it exists and the session reports its mode.
    async fn replaced(&self, at: &SessionPath, keep: bool) -> Result<Option<Mode>> {
        match self.entry(at).await? {
            Some(entry) if entry.kind == EntryKind::Directory => Err(directory_in_the_way(at)),
            Some(_) if keep => Err(taken(at)),
            Some(entry) if entry.kind == EntryKind::File => Ok(entry.mode),
            _ => Ok(None),
        }
    }

    /// Writes a temporary file in the target directory, verifies it, and renames it. Returns the hash that the
    /// session reported.
    async fn put_text(
        &self,
        at: &SessionPath,
        text: &Text,
        sent: &Digest,
        attributes: Attributes,
        keep: bool,
    ) -> Result<Option<String>> {
        let unfinished = beside(at)?;
        let temporary = TemporaryPaths::new(self, &at.session, vec![unfinished.path.clone()]);
        let mut is_written = false;
        let done = async {
            let look = self.replaced(at, keep);
            let write = self.write(at, &unfinished, text, &temporary.calls);
            let replaced = if keep {
                // Nothing is sent where a file is to be kept.
                let replaced = look.await?;
                write.await?;
                replaced
            } else {
                // Both come to their end, so that what was written can be removed.
                let (replaced, written) = join(look, write).await;
                let replaced = replaced?;
                written?;
                replaced
            };
            is_written = true;
            let sha256 = self.hash(&unfinished).await?;
            match &sha256 {
                Some(sha256) if *sha256 != sent.sha256 => return Err(differs(at, "hash")),
                Some(_) => {}
                None => self.must_have(at, &unfinished, sent.bytes).await?,
            }
            self.finish(&PutTarget { at, attributes, replaced, keep }, &[&unfinished], sent.bytes).await?;
            Ok(sha256)
        };
        let done: Result<_> = done.await;
        match done {
            Ok(sha256) => {
                temporary.keep();
                Ok(sha256)
            }
            Err(error) => {
                let left = temporary.remove().await;
                Err(if is_written { naming_left(error, &left) } else { error })
            }
        }
    }

    /// Writes a temporary file. If that fails, creates the parents, the most likely cause, and tries again.
    async fn write(
        &self,
        at: &SessionPath,
        unfinished: &SessionPath,
        text: &Text,
        calls: &CreatingCalls,
    ) -> Result<()> {
        let asked = Arc::new(WriteFile {
            path: unfinished.path.to_string(),
            content: text.0.clone(),
            mode: Some(WriteFile::OVERWRITE.to_owned()),
        });
        let parent = at.at(at.path.parent().unwrap_or_else(RemotePath::root));
        let known = self.made.get(&parent);
        let write = async || {
            let (client, session, asked) = (Arc::clone(&self.client), at.session.clone(), Arc::clone(&asked));
            let call = async move { client.tool(Class::Idempotent, &session, wire::name::WRITE_FILE, &*asked).await };
            calls.run(call).await
        };
        if write().await?.is_ok() {
            return Ok(());
        }
        if let Some(known) = known {
            // It was there for another file, and may have been removed since.
            self.made.forget_creation(&parent, &known);
        }
        let make = async {
            let command = words("mkdir -p --", &[&from_root(&parent.path)]);
            match self.client.act(Class::Idempotent, &at.session, command).await? {
                Ok(_) => Ok(()),
                Err(error) => Err(self.explain(at, &error).await),
            }
        };
        // A box: this future would be the largest of an upload.
        self.made.once(&parent, Box::pin(make)).await?;
        match write().await? {
            Ok(_) => Ok(()),
            Err(error) => Err(self.explain(at, &error).await),
        }
    }

    /// Returns the SHA-256 of a file, if the image can compute it.
    async fn hash(&self, at: &SessionPath) -> Result<Option<String>> {
        let outcome =
            self.client.shell(Class::Safe, &at.session, words("sha256sum --", &[&from_root(&at.path)])).await?;
        let Ok(text) = outcome else { return Ok(None) };
        // A name with odd signs is escaped, which a backslash at the beginning says.
        let sum = text.trim_start_matches('\\').get(..64).filter(|sum| sum.bytes().all(|b| b.is_ascii_hexdigit()));
        Ok(sum.map(str::to_ascii_lowercase))
    }

    /// Fails unless the written file has the expected length.
    pub(super) async fn must_have(&self, at: &SessionPath, written: &SessionPath, bytes: u64) -> Result<()> {
        match self.entry(written).await? {
            Some(entry) if entry.kind == EntryKind::File && entry.size == Some(bytes) => Ok(()),
            Some(_) => Err(differs(at, "length")),
            None => Err(Error::new(
                Kind::Unverified,
                format!("the service reported that the file was written, but it does not exist: `{at}`"),
            )
            .hint("nothing was replaced: upload it again")),
        }
    }

    /// Sets the time and mode of a complete file and moves it to its path. `steps` are its temporary paths: the last
    /// one is in the target directory, which is created if the file comes from another one, so that the last move is a
    /// rename.
    pub(super) async fn finish(&self, target: &PutTarget<'_>, steps: &[&SessionPath], bytes: u64) -> Result<()> {
        let &PutTarget { at, attributes, keep, .. } = target;
        let Some(first) = steps.first().map(|step| from_root(&step.path)) else { return Ok(()) };
        let mut line = Vec::new();
        if steps.len() > 1 {
            let parent = at.path.parent().unwrap_or_else(RemotePath::root);
            line.push(words("mkdir -p --", &[&from_root(&parent)]));
        }
        if let Some(time) = attributes.modified_at {
            line.extend(touch_time(time).map(|time| words("touch -d", &[&time, &first])));
        }
        if let Some(Mode(mode)) = target.mode() {
            line.push(words(&format!("chmod {mode:03o} --"), &[&first]));
        }
        for pair in steps.windows(2) {
            if let [from, to] = pair {
                line.push(words("mv -fT --", &[&from_root(&from.path), &from_root(&to.path)]));
            }
        }
        let last = steps.last().map_or(first, |step| from_root(&step.path));
        let rename = if keep { "mv -nT --" } else { "mv -fT --" };
        line.push(words(rename, &[&last, &from_root(&at.path)]));
        let class = Class::Once(Step::StatFile);
        let outcome = match self.client.act(class, &at.session, line.join(" && ")).await {
            Ok(outcome) => outcome,
            // Whether it was done shows at both ends.
            Err(error) if error.kind() == Kind::Unavailable => {
                return match self.is_placed(at, steps, bytes).await {
                    Ok(true) => Ok(()),
                    _ => Err(error),
                };
            }
            Err(error) => return Err(error),
        };
        match outcome {
            // Some do not say that they did nothing.
            Ok(_) if keep && !self.is_placed(at, steps, bytes).await? => Err(taken(at)),
            Ok(_) => Ok(()),
            Err(_) if keep && self.entry(at).await?.is_some() => Err(taken(at)),
            Err(error) => {
                let why = self.explain(at, &error).await;
                Err(if error.message.is_empty() { why.context("moving the file to its path") } else { why })
            }
        }
    }

    /// Returns whether the file is at its path, and at none of the temporary paths.
    async fn is_placed(&self, at: &SessionPath, steps: &[&SessionPath], bytes: u64) -> Result<bool> {
        for step in steps {
            if self.entry(step).await?.is_some() {
                return Ok(false);
            }
        }
        Ok(self.entry(at).await?.is_some_and(|entry| entry.size == Some(bytes)))
    }
}

/// A content that fits into one call of the tool.
struct Text(String);

/// Reads a source into a [`Text`], or returns `None` if it does not fit. The limit applies to the complete call after
/// escaping. Texts with control characters use presigned transfers: it is unknown how the tools treat them.
async fn small_text(at: &SessionPath, source: &dyn Source) -> Result<Option<(Text, Digest)>> {
    let fits = source.len().and_then(|len| usize::try_from(len).ok()).is_some_and(|len| len <= wire::MESSAGE_SURE);
    if !fits {
        return Ok(None);
    }
    let mut body = source.open().await?;
    let mut bytes = Vec::new();
    while let Some(block) = body.next().await? {
        bytes.extend_from_slice(&block);
    }
    let sent = body.digest()?.clone();
    if source.len() != Some(sent.bytes) {
        return Err(Error::conflict(format!("the size of `{}` changed while it was read", source.name()))
            .hint("run the command again when no program writes to it"));
    }
    let text = String::from_utf8(bytes).ok().filter(|text| {
        let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
        text.chars().all(plain) && call_len(at, text) <= wire::MESSAGE_SURE
    });
    Ok(text.map(|text| (Text(text), sent)))
}

/// Returns the length in bytes of the arguments of the call that writes a temporary file for a path.
fn call_len(at: &SessionPath, text: &str) -> usize {
    let empty = WriteFile {
        path: format!("{}/{UNFINISHED}{:016}", at.path.parent().unwrap_or_else(RemotePath::root), 0),
        content: String::new(),
        mode: Some(WriteFile::OVERWRITE.to_owned()),
    };
    let around = ToolRequest::new("", wire::name::WRITE_FILE, &empty).args.map_or(0, |args| args.len());
    around + wire::escaped_len(text)
}

/// Returns a random name in the directory of a path.
pub(super) fn beside(at: &SessionPath) -> Result<SessionPath> {
    let parent = at.path.parent().unwrap_or_else(RemotePath::root);
    Ok(at.at(parent.join(&format!("{UNFINISHED}{}", random::hex::<8>()?))))
}

fn differs(at: &SessionPath, what: &str) -> Error {
    Error::new(Kind::Unverified, format!("the {what} of the written file differs from the source's: `{at}`"))
        .hint("nothing was replaced: upload it again")
}

/// Returns a time as `touch -d` reads it; `None` for a fraction of a second before 1970, which has several spellings.
fn touch_time(time: Timestamp) -> Option<String> {
    match time.subsec_nanosecond() {
        0 => Some(format!("@{}", time.as_second())),
        fraction => (fraction > 0).then(|| format!("@{}.{fraction:09}", time.as_second())),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::{StreamExt, stream};

    use super::*;
    use wharf_core::body::Body;

    #[test]
    fn times_are_spelled_as_touch_reads_them() {
        let spelled = |text: &str| touch_time(text.parse().unwrap());
        assert_eq!(spelled("1970-01-01T00:00:05.25Z").as_deref(), Some("@5.250000000"));
        assert_eq!(spelled("1969-12-31T23:59:55Z").as_deref(), Some("@-5"));
        assert_eq!((spelled("1969-12-31T23:59:59.5Z"), spelled("1969-12-31T23:59:55.5Z")), (None, None));
    }

    struct BytesSource(Vec<u8>);

    #[async_trait::async_trait]
    impl Source for BytesSource {
        fn name(&self) -> &'static str {
            "bytes"
        }

        fn len(&self) -> Option<u64> {
            Some(self.0.len() as u64)
        }

        async fn open(&self) -> Result<Body> {
            let blocks = [Ok(Bytes::from(self.0.clone()))];
            Ok(Body::of_stream(Some(self.0.len() as u64), stream::iter(blocks).boxed()))
        }
    }

    async fn is_text(bytes: &[u8]) -> bool {
        let at = SessionPath { session: "s1".parse().unwrap(), path: "/tmp/\"x\"/f".parse().unwrap() };
        small_text(&at, &BytesSource(bytes.to_vec())).await.unwrap().is_some()
    }

    #[tokio::test]
    async fn text_goes_by_the_tool_as_long_as_the_escaped_call_is_short_enough() {
        for text in ["", "x", "tab\t cr\r\n", "\u{fffd}\u{feff}日本"] {
            assert!(is_text(text.as_bytes()).await, "{text:?}");
        }
        for binary in [&b"\xff"[..], b"a\0b", b"\x1b[31m", "\u{85}".as_bytes(), b"\xed\xa0\x80"] {
            assert!(!is_text(binary).await, "{binary:?}");
        }
        assert!(is_text(&vec![b'x'; 55_000]).await && !is_text(&vec![b'x'; 56_000]).await);
        assert!(is_text(&vec![b'"'; 27_000]).await && !is_text(&vec![b'"'; 28_000]).await);
        assert!(is_text("日".repeat(18_000).as_bytes()).await && !is_text("日".repeat(19_000).as_bytes()).await);
    }

    #[test]
    fn the_length_of_a_call_is_that_of_its_arguments() {
        let at = SessionPath { session: "s1".parse().unwrap(), path: "/tmp/a \"b\"/f".parse().unwrap() };
        let text = "a \"quoted\"\nline\\";
        let asked = WriteFile {
            path: beside(&at).unwrap().path.to_string(),
            content: text.to_owned(),
            mode: Some(WriteFile::OVERWRITE.to_owned()),
        };
        let call = ToolRequest::new("s1", wire::name::WRITE_FILE, &asked);
        assert_eq!(call_len(&at, text), call.args.unwrap().len());
    }
}
