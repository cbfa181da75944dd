//! The tools for sessions.

use serde::Deserialize;
use serde_json::json;

use super::bounded::{TITLE_BYTES, shorten_texts};
use super::call::McpCall;
use super::creation::Created;
use super::listing::collect_pages;
use super::results::{ToolOutput, fields};
use crate::commands::sessions::create::{SessionsCreateArgs, check_values};
use crate::commands::uploads::delete_files_of;
use wharf_client::backend::{Feature, SessionFilters, SessionQuery};
use wharf_core::config::{duration, money};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::session::check_label;
use wharf_core::model::{Labels, Session, SessionId};

/// The arguments of a tool for one session.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionArguments {
    session_id: String,
}

impl SessionArguments {
    /// Returns the session.
    ///
    /// # Errors
    /// `usage` for an invalid id.
    pub(super) fn id(&self) -> Result<SessionId> {
        self.session_id.parse()
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateArguments {
    agent_name: Option<String>,
    session_id: Option<String>,
    title: Option<String>,
    labels: Option<Labels>,
    ttl: Option<String>,
    max_cost_usd: Option<String>,
}

pub(super) async fn create(call: &McpCall<'_>) -> Result<ToolOutput> {
    session_output(call, &create_with(call, call.read()?, None).await?)
}

/// Returns a session as a result: titles and labels are contents in a message.
fn session_output(call: &McpCall<'_>, session: &Session) -> Result<ToolOutput> {
    let mut fields = fields(session)?;
    fields.shift_remove("provider");
    shorten_texts(&mut fields, usize::try_from(call.host.limits.text).unwrap_or(usize::MAX));
    Ok(ToolOutput { fields, error: None })
}

/// Creates a session for the agent of a call.
pub(super) async fn create_for_agent(
    call: &McpCall<'_>,
    agent_name: Option<String>,
    version: Option<String>,
) -> Result<Session> {
    create_with(call, CreateArguments { agent_name, ..CreateArguments::default() }, version).await
}

async fn create_with(call: &McpCall<'_>, arguments: CreateArguments, version: Option<String>) -> Result<Session> {
    let CreateArguments { agent_name, session_id, title, labels, ttl, max_cost_usd } = arguments;
    let sessions = call.backend.sessions();
    let mut new = SessionsCreateArgs::default().prepare(call.host.cx, false).await?.session;
    new.agent = agent_name.or(new.agent);
    new.agent_version = version;
    new.title = title;
    if let Some(id) = session_id {
        // The pattern of the schema. What begins otherwise would be taken for a stored file or a flag.
        let begins = ["file_", "-"].iter().all(|mark| !id.starts_with(mark));
        let is_valid = begins
            && (8..=128).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        if !is_valid {
            return Err(Error::usage(format!("invalid sessionId: {id:?}"))
                .hint("use 8 to 128 letters, digits, hyphens and underscores, not beginning with `file_` or `-`"));
        }
        new.id = Some(id.parse()?);
    }
    for (name, value) in labels.unwrap_or_default() {
        check_label(&name)?;
        new.labels.insert(name, value);
    }
    new.ttl = ttl.map(|ttl| duration::parse(&ttl)).transpose().map_err(Error::usage)?;
    new.max_cost = max_cost_usd.map(|amount| money::parse(&amount)).transpose().map_err(Error::usage)?;
    check_values(&new)?;
    new.features().try_for_each(|feature| call.backend.require(feature))?;
    sessions.check(&new)?;
    let created = sessions.create(new).await?;
    call.note_created(Created::Session(created.id.clone()));
    let named = |error: Error| error.context(format!("creating the session `{}`", created.id));
    call.backend.flush().await.map_err(named)?;
    Ok(created)
}

pub(super) async fn get(call: &McpCall<'_>) -> Result<ToolOutput> {
    let id = call.read::<SessionArguments>()?.id()?;
    session_output(call, &call.backend.sessions().get(&id).await?)
}

pub(super) async fn stop(call: &McpCall<'_>) -> Result<ToolOutput> {
    let id = call.read::<SessionArguments>()?.id()?;
    let session = call.backend.sessions().stop(&id).await?;
    call.backend.flush().await?;
    session_output(call, &session)
}

pub(super) async fn interrupt(call: &McpCall<'_>) -> Result<ToolOutput> {
    let id = call.read::<SessionArguments>()?.id()?;
    let session = call.backend.sessions().interrupt(&id).await?;
    call.backend.flush().await?;
    session_output(call, &session)
}

/// Deletes a session and the stored files that were uploaded for it.
pub(super) async fn delete(call: &McpCall<'_>) -> Result<ToolOutput> {
    let (cx, id) = (call.host.cx, call.read::<SessionArguments>()?.id()?);
    let deleted = match call.backend.sessions().delete(&id, false).await {
        Ok(()) => true,
        Err(error) if error.kind() == Kind::NotFound => false,
        Err(error) => return Err(error),
    };
    let files = cx.logged_uploads(&id);
    cx.forget_mounts(&id);
    let done = delete_files_of(&*call.backend, cx.upload_log().as_ref(), Some(&id), &files).await;
    let left = done.into_iter().find_map(|(_, done)| done.err());
    call.backend.flush().await?;
    let output = ToolOutput::of(&json!({ "id": id, "deleted": deleted }))?;
    Ok(ToolOutput { error: left, ..output })
}

#[derive(Deserialize)]
struct SessionListArguments {
    limit: Option<usize>,
    order: Option<String>,
    after: Option<String>,
    before: Option<String>,
    labels: Option<Labels>,
}

/// The number of sessions of a page.
const PAGE: usize = 20;

pub(super) async fn list(call: &McpCall<'_>) -> Result<ToolOutput> {
    let SessionListArguments { limit, order, after, before, labels } = call.read()?;
    if before.is_some() {
        return Err(Error::new(Kind::Unsupported, "before is not supported: pages are read forwards")
            .hint("use after with the next_cursor of the page before"));
    }
    // Sessions are listed newest first.
    let order = order.filter(|order| order != "desc" || call.backend.capabilities().has(Feature::SessionFilters));
    let filters = SessionFilters { order, ..SessionFilters::default() };
    let query = SessionQuery { labels: labels.unwrap_or_default(), filters, ..SessionQuery::default() };
    query.features().try_for_each(|feature| call.backend.require(feature))?;
    let limit = limit.unwrap_or(PAGE);
    let list = async |page| call.backend.sessions().list(&query, page).await;
    collect_pages(call, "sessions", after.as_deref(), limit, Some(TITLE_BYTES), list).await
}
