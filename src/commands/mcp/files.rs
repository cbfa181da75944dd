//! The tools for files in sessions.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::call::McpCall;
use super::inline::InlineEncoding;
use super::listing::{ListingPage, invalid_cursor, without_provider};
use super::results::ToolOutput;
use futures_util::StreamExt;
use wharf_client::backend::page::{offset_of, offset_token};
use wharf_client::backend::{ByteRange, Feature, FetchOptions, MkdirOptions};
use wharf_core::body::{InMemory, Source};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::target::names_directory;
use wharf_core::model::{EntryKind, Outcome, Receipt, SessionPath};
use wharf_transfer::dest::stream;
use wharf_transfer::download::FileTarget;
use wharf_transfer::plan::{Destination, LocalSource};
use wharf_transfer::{IfExists, TransferOptions};

/// The number of entries of a page.
const PAGE: usize = 500;

/// A path in a session.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PathArguments {
    session_id: String,
    file_path: String,
}

impl PathArguments {
    fn at(&self, call: &McpCall<'_>) -> Result<SessionPath> {
        call.at(&self.session_id, &self.file_path)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UploadArguments {
    #[serde(flatten)]
    file: PathArguments,
    content_base64: Option<String>,
    content_text: Option<String>,
    local_path: Option<String>,
    if_exists: Option<IfExistsWord>,
    sha256: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum IfExistsWord {
    Overwrite,
    Skip,
    Error,
}

impl From<IfExistsWord> for IfExists {
    fn from(word: IfExistsWord) -> Self {
        match word {
            IfExistsWord::Overwrite => IfExists::Overwrite,
            IfExistsWord::Skip => IfExists::Skip,
            IfExistsWord::Error => IfExists::Error,
        }
    }
}

impl UploadArguments {
    /// Returns the content to upload.
    fn source(&self, call: &McpCall<'_>) -> Result<Arc<dyn Source>> {
        let limits = call.host.limits;
        let instead = |error: Error| match error.kind() {
            Kind::Limit if limits.local_files => error.hint("name a file of this machine: localPath"),
            _ => error,
        };
        match (&self.local_path, &self.content_text, &self.content_base64) {
            (Some(path), None, None) => call.local_source(path),
            (None, Some(text), None) => {
                limits.check_text("contentText", text).map_err(instead)?;
                Ok(Arc::new(InMemory::new("contentText", text.clone())))
            }
            (None, None, Some(text)) => {
                let content = limits.decode("contentBase64", text).map_err(instead)?;
                Ok(Arc::new(InMemory::new("contentBase64", content)))
            }
            _ if limits.local_files => {
                Err(Error::usage("give exactly one of localPath, contentText and contentBase64"))
            }
            _ => Err(Error::usage("give exactly one of contentText and contentBase64")),
        }
    }
}

pub(super) async fn upload(call: &McpCall<'_>) -> Result<ToolOutput> {
    let arguments: UploadArguments = call.read()?;
    let at = arguments.file.at(call)?;
    if names_directory(&arguments.file.file_path) {
        return Err(Error::usage(format!("filePath names a directory: {:?}", arguments.file.file_path))
            .hint("add the name of the file"));
    }
    let source = arguments.source(call)?;
    if let Some(expected) = &arguments.sha256 {
        check_hash(call, &*source, expected).await?;
    }
    let options = TransferOptions {
        if_exists: arguments.if_exists.map(IfExists::from).unwrap_or_default(),
        ..call.host.cx.transfer_options()?
    };
    let sources = [LocalSource::of_content(source, None)];
    let to = Destination { path: at.clone(), as_directory: false, into: false };
    let mut fields = Map::new();
    let mut sink = |receipt: &Receipt| {
        let files: Vec<_> = receipt.file_id.iter().cloned().collect();
        call.host.cx.log_uploads(&at.session, &files, None);
        fields = receipt_fields(receipt)?;
        Ok(())
    };
    call.host.cx.forget_synced_below(std::slice::from_ref(&at));
    let sent = call.transfer(&options, async |transfer| transfer.upload(&sources, &to, &mut sink).await).await;
    sent?;
    fields.insert("path".to_owned(), json!(at.path));
    Ok(ToolOutput { fields, error: None })
}

/// Fails unless a content has the hash that the caller expects. Nothing is sent before.
async fn check_hash(call: &McpCall<'_>, source: &dyn Source, expected: &str) -> Result<()> {
    if expected.len() != 64 || !expected.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(
            Error::usage(format!("invalid sha256: {expected:?}")).hint("use 64 hexadecimal digits, or leave it out")
        );
    }
    let hash = async { source.open().await?.sha256().await };
    let found = tokio::select! {
        found = hash => found?,
        why = call.cancellation.cancelled() => return Err(why),
    };
    if found.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    let what = format!("the hash of the content differs: expected {expected}, got {found}");
    Err(Error::new(Kind::Unverified, what).hint("nothing was sent"))
}

/// Returns the fields of a receipt that results have.
fn receipt_fields(receipt: &Receipt) -> Result<Map<String, Value>> {
    let mut fields = without_provider(receipt)?;
    if let Outcome::Skipped(_) = receipt.outcome {
        // Nothing was written, and nothing is wrong.
        fields.insert("bytes".to_owned(), json!(0));
        fields.insert("verified".to_owned(), json!("none: the file was there and was left"));
        fields.shift_remove("error");
    }
    Ok(fields)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DownloadArguments {
    #[serde(flatten)]
    file: PathArguments,
    local_path: Option<String>,
    overwrite: Option<bool>,
    #[serde(default)]
    encoding: InlineEncoding,
    offset: Option<u64>,
    length: Option<u64>,
}

pub(super) async fn download(call: &McpCall<'_>) -> Result<ToolOutput> {
    let arguments: DownloadArguments = call.read()?;
    let at = arguments.file.at(call)?;
    let overwrites = arguments.overwrite.unwrap_or(false);
    match &arguments.local_path {
        Some(_) if arguments.offset.is_some() || arguments.length.is_some() => {
            Err(Error::usage("offset and length are for a content without localPath")
                .hint("leave them out: localPath takes a file of any size"))
        }
        Some(_) if arguments.encoding != InlineEncoding::Auto => {
            Err(Error::usage("encoding is for a content without localPath")
                .hint("leave it out: localPath gets the bytes of the file"))
        }
        Some(local) => {
            download_to(call, at, local, if overwrites { IfExists::Overwrite } else { IfExists::Error }).await
        }
        None if overwrites => Err(Error::usage("overwrite is for a file of this machine, and localPath names none")
            .hint("leave it out, or add localPath")),
        None => download_inline(call, at, &arguments).await,
    }
}

async fn download_to(call: &McpCall<'_>, at: SessionPath, local: &str, if_exists: IfExists) -> Result<ToolOutput> {
    let (dest, below) = call.local_destination(local)?;
    let options = TransferOptions { if_exists, ..call.host.cx.transfer_options()? };
    let wanted = FileTarget::Session(at.clone());
    let mut fields = Map::new();
    let mut sink = |receipt: &Receipt| {
        fields = receipt_fields(receipt)?;
        Ok(())
    };
    let fetched =
        call.transfer(&options, async |transfer| transfer.download_below(&wanted, dest, &below, &mut sink).await).await;
    fetched?;
    let local = fields.get("destination").cloned().unwrap_or_default();
    let size = fields.get("bytes").cloned().unwrap_or_default();
    fields.extend([("path".to_owned(), json!(at.path)), ("size".to_owned(), size), ("localPath".to_owned(), local)]);
    Ok(ToolOutput { fields, error: None })
}

async fn download_inline(call: &McpCall<'_>, at: SessionPath, wanted: &DownloadArguments) -> Result<ToolOutput> {
    let files = call.backend.require_files()?;
    let name = format!("`{}`", at.path);
    let mut entry = files.stat(&at).await?;
    if entry.kind == EntryKind::Symlink {
        entry = files.stat(&files.resolve(&at).await?).await?;
    }
    if entry.kind == EntryKind::Directory {
        return Err(Error::conflict(format!("{name} is a directory")).hint("list it: session_file_list"));
    }
    let first = wanted.offset.unwrap_or(0);
    let is_part = wanted.offset.is_some() || wanted.length.is_some();
    let range = is_part
        .then(|| ByteRange { first, last: wanted.length.map(|length| first.saturating_add(length.saturating_sub(1))) });
    let most = call.host.limits.most(wanted.encoding);
    let announced = match (entry.size, range) {
        (Some(size), Some(range)) => Some(range.resolve(size)?.1),
        (size, None) => size,
        (None, Some(_)) => wanted.length,
    };
    if let Some(bytes) = announced.filter(|bytes| *bytes > most) {
        return Err(call.host.limits.content_too_large(&name, bytes, most));
    }
    let options = FetchOptions { range, size: entry.size, ..FetchOptions::default() };
    let fetched = files.fetch(&at, options).await?;
    let mut content = Vec::new();
    let mut take = |block: &[u8]| {
        content.extend_from_slice(block);
        let bytes = content.len() as u64;
        if bytes > most { Err(call.host.limits.content_too_large(&name, bytes, most)) } else { Ok(()) }
    };
    let digest = stream(fetched, &mut take).await?.digest;
    let mut fields = call.host.limits.encode(&name, content, wanted.encoding)?;
    fields.extend([
        ("path".to_owned(), json!(at.path)),
        ("size".to_owned(), json!(entry.size.unwrap_or(digest.bytes))),
        ("bytes".to_owned(), json!(digest.bytes)),
        ("sha256".to_owned(), json!(digest.sha256)),
    ]);
    Ok(ToolOutput { fields, error: None })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileListArguments {
    session_id: String,
    path: Option<String>,
    recursive: Option<bool>,
    limit: Option<usize>,
    after: Option<String>,
}

pub(super) async fn list(call: &McpCall<'_>) -> Result<ToolOutput> {
    let arguments: FileListArguments = call.read()?;
    let at = call.at(&arguments.session_id, arguments.path.as_deref().unwrap_or_default())?;
    let backend = call.backend.capabilities().backend;
    let skip = arguments.after.as_deref().map_or(Ok(0), |token| offset_of(backend, token)).map_err(invalid_cursor)?;
    let limit = arguments.limit.unwrap_or(PAGE);
    let files = call.backend.require_files()?;
    let mut entries = files.list(&at, arguments.recursive.unwrap_or(false)).await?;
    let (mut page, mut seen, mut next) = (ListingPage::default(), 0, None);
    while let Some(entry) = entries.next().await {
        if page.len() == limit {
            next = Some(offset_token(backend, seen));
            break;
        }
        seen += 1;
        if seen > skip {
            page.push(entry)?;
        }
        // A large listing must yield to other calls.
        tokio::task::coop::consume_budget().await;
    }
    Ok(page.finish("entries", next))
}

pub(super) async fn stat(call: &McpCall<'_>) -> Result<ToolOutput> {
    let at = call.read::<PathArguments>()?.at(call)?;
    ToolOutput::of(&call.backend.require_files()?.stat(&at).await?)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MkdirArguments {
    session_id: String,
    path: String,
    create_parents: Option<bool>,
    mode: Option<String>,
}

pub(super) async fn mkdir(call: &McpCall<'_>) -> Result<ToolOutput> {
    let arguments: MkdirArguments = call.read()?;
    let at = call.at(&arguments.session_id, &arguments.path)?;
    let mode = arguments.mode.as_deref().map(read_mode).transpose()?;
    if mode.is_some() {
        call.backend.require(Feature::MkdirMode)?;
    }
    let options = MkdirOptions { parents: arguments.create_parents.unwrap_or(true), mode, bulk: false };
    let entry = call.backend.require_files()?.mkdir(&at, options).await?;
    call.backend.flush().await?;
    ToolOutput::of(&entry)
}

/// Parses the mode of a directory: three or four octal digits, as the schema says.
fn read_mode(text: &str) -> Result<u32> {
    let mode = u32::from_str_radix(text, 8).ok().filter(|_| (3..=4).contains(&text.len()) && !text.starts_with('+'));
    mode.ok_or_else(|| Error::usage(format!("invalid mode {text:?}")).hint("use octal digits, such as 755"))
}

#[derive(Deserialize)]
struct FileDeleteArguments {
    #[serde(flatten)]
    file: PathArguments,
    recursive: Option<bool>,
}

pub(super) async fn delete(call: &McpCall<'_>) -> Result<ToolOutput> {
    let arguments: FileDeleteArguments = call.read()?;
    let at = arguments.file.at(call)?;
    if at.path.is_root() {
        return Err(Error::usage("the root of a session cannot be removed")
            .hint("delete what is in it, or the session: session_delete"));
    }
    call.host.cx.forget_synced_below(std::slice::from_ref(&at));
    call.backend.require_files()?.remove(&at, arguments.recursive.unwrap_or(false)).await?;
    call.backend.flush().await?;
    ToolOutput::of(&json!({ "path": at.path, "deleted": true }))
}
