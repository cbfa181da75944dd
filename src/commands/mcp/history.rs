//! The tools for what happened in a session: events and logs.

use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::call::McpCall;
use super::results::{ToolOutput, fields};
use crate::commands::exec::excerpt::Excerpt;
use wharf_client::backend::page::Pager;
use wharf_client::backend::turn::{EventQuery, LogQuery};
use wharf_core::error::{Error, Result};
use wharf_core::model::{Encoding, Event, SessionId};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventsArguments {
    session_id: String,
    after: Option<String>,
    #[serde(default)]
    types: Vec<String>,
    limit: Option<usize>,
}

/// The number of events of a page.
const PAGE: usize = 100;

pub(super) async fn events(call: &McpCall<'_>) -> Result<ToolOutput> {
    let EventsArguments { session_id, mut after, types, limit } = call.read()?;
    let session: SessionId = session_id.parse()?;
    let part = call.backend.require_events()?;
    let most = call.host.limits.text;
    let (mut found, mut bytes) = (Vec::new(), 0);
    // The id of the last event of the page, from which the next one goes on.
    let (mut last, mut next) = (None, None);
    let mut pager = Pager::whole();
    'pages: while let Some(request) = pager.request()? {
        for event in pager.take(part.list(&session, &EventQuery::default(), request).await?).0 {
            let event = event?;
            if after.is_some() {
                after = after.filter(|after| event.id.as_ref() != Some(after));
                continue;
            }
            let is_wanted = |name: &String| *name == event.kind.name() || Some(name) == event.provider_type.as_ref();
            if !types.is_empty() && !types.iter().any(is_wanted) {
                continue;
            }
            let (fields, size) = event_fields(&event, most)?;
            if (found.len() >= limit.unwrap_or(PAGE) || bytes + size > most) && last.is_some() {
                next = last;
                break 'pages;
            }
            bytes += size;
            last = event.id;
            found.push(Value::Object(fields));
        }
    }
    if let Some(after) = after {
        return Err(Error::not_found(format!("no event of the session has this id: {after:?}"))
            .hint("take `after` from the next_cursor of the page before, or the id of an event"));
    }
    ToolOutput::of(&json!({ "events": found, "next_cursor": next }))
}

/// Returns an event, and its size in bytes. A text above the limit lacks its middle, and says so.
fn event_fields(event: &Event, most: u64) -> Result<(Map<String, Value>, u64)> {
    let mut fields = fields(event)?;
    for name in ["provider", "session", "seq"] {
        fields.shift_remove(name);
    }
    fields.retain(|_, value| !value.is_null());
    let text = event.text_bytes();
    if text.len() as u64 > most {
        let mut excerpt = Excerpt::new(usize::try_from(most).unwrap_or(usize::MAX));
        excerpt.push(&text);
        let (text, encoding) = Encoding::encode(&excerpt.take());
        fields.extend([
            ("text".to_owned(), Value::String(text)),
            ("encoding".to_owned(), json!(encoding)),
            ("truncated".to_owned(), json!(true)),
            ("text_bytes".to_owned(), json!(event.text_bytes().len())),
        ]);
    }
    let size = |fields: &Map<String, Value>| json!(fields).to_string().len() as u64;
    if size(&fields) > 2 * most
        && let Some(tool) = fields.get_mut("tool").and_then(Value::as_object_mut)
    {
        tool.shift_remove("input");
        fields.insert("truncated".to_owned(), json!(true));
    }
    let size = size(&fields);
    Ok((fields, size))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogArguments {
    session_id: String,
    max_lines: Option<u32>,
}

/// The number of lines.
const LINES: u32 = 50;

pub(super) async fn logs(call: &McpCall<'_>) -> Result<ToolOutput> {
    let LogArguments { session_id, max_lines } = call.read()?;
    let session: SessionId = session_id.parse()?;
    let most = call.host.limits.text;
    let query = LogQuery { tail: Some(max_lines.unwrap_or(LINES)), ..LogQuery::default() };
    let mut stream = call.backend.require_logs()?.read(&session, &query).await?;
    let mut lines = Vec::new();
    while let Some(line) = stream.next().await {
        lines.push(event_fields(&line?, most)?);
    }
    // The newest lines that fit, at least one.
    let mut bytes = 0;
    let fits = lines.iter().rev().enumerate().take_while(|(index, (_, size))| {
        bytes += size;
        *index == 0 || bytes <= most
    });
    let left_out = lines.len() - fits.count();
    let lines: Vec<_> = lines.into_iter().skip(left_out).map(|(line, _)| Value::Object(line)).collect();
    ToolOutput::of(&json!({ "lines": lines, "left_out": Some(left_out).filter(|left_out| *left_out > 0) }))
}
