//! Parses `--body` documents in Anthropic's format, which the local backend uses too, with `labels` and `ttl` in
//! addition; and SPEC objects of resources.

use serde_json::{Map, Value};

use super::{LabelPatch, NewResource, NewSession, SessionChange};
use wharf_core::config::duration;
use wharf_core::error::{Error, Result};
use wharf_core::model::session::check_label;
use wharf_core::model::{Labels, ResourceKind};

/// Fields of the provider that are passed on unchanged.
const PASSED_ON: [&str; 2] = ["initial_events", "budget"];

/// Reads a session from a document. Returns the unknown fields as well.
pub fn session(document: Map<String, Value>) -> Result<(NewSession, Vec<String>)> {
    let mut new = NewSession::default();
    let mut unknown = Vec::new();
    for (name, value) in document {
        match name.as_str() {
            "title" | "environment_id" | "image" | "metadata" | "labels" | "vault_ids" | "resources" | "agent"
            | "ttl"
                if value.is_null() => {}
            "title" => new.title = Some(text(&name, value)?),
            "environment_id" => new.environment = Some(text(&name, value)?),
            "image" => new.image = Some(text(&name, value)?),
            "metadata" | "labels" => new.labels.extend(labels(&name, value)?),
            "vault_ids" => {
                new.vaults = list(&name, value)?.into_iter().map(|id| text(&name, id)).collect::<Result<_>>()?;
            }
            "resources" => {
                let items = list(&name, value)?;
                for item in items {
                    let (item, strange) = resource(object(&name, item)?)?;
                    new.resources.push(item);
                    unknown.extend(strange);
                }
            }
            "agent" => agent(&mut new, value)?,
            "ttl" => {
                let written = if value.is_number() { value.to_string() } else { text(&name, value)? };
                new.ttl = Some(duration::parse(&written).map_err(|e| Error::usage(format!("`ttl` in the body: {e}")))?);
            }
            _ => {
                if !PASSED_ON.contains(&name.as_str()) {
                    unknown.push(name.clone());
                }
                new.extra.insert(name, value);
            }
        }
    }
    Ok((new, unknown))
}

/// Reads a resource from an object. Returns the unknown fields as well.
pub fn resource(mut document: Map<String, Value>) -> Result<(NewResource, Vec<String>)> {
    let mut take = |name: &str| {
        document.shift_remove(name).filter(|value| !value.is_null()).map(|value| text(name, value)).transpose()
    };
    let kind = take("type")?.map_or(Ok(ResourceKind::File), |kind| resource_kind(&kind))?;
    let file_id = take("file_id")?.map(|id| id.parse()).transpose()?;
    let mount_path = take("mount_path")?;
    let known: &[&str] = match kind {
        ResourceKind::GithubRepository => &["url", "authorization_token", "checkout"],
        ResourceKind::MemoryStore => &["memory_store_id", "access", "instructions"],
        ResourceKind::Context => &["context_id", "policy"],
        ResourceKind::File | ResourceKind::Unknown => &[],
    };
    let unknown = document.keys().filter(|name| !known.contains(&name.as_str())).cloned().collect();
    Ok((NewResource { kind, file_id, mount_path, extra: document }, unknown))
}

/// Reads a change of a session from a document. In `metadata`, an alias of `labels`, null removes a label; all other
/// fields but the title are passed on to the provider.
pub fn change(mut document: Map<String, Value>) -> Result<SessionChange> {
    let mut change = SessionChange::default();
    if let Some(title) = document.shift_remove("title") {
        change.title = Some(if title.is_null() { None } else { Some(text("title", title)?) });
    }
    for name in ["metadata", "labels"] {
        match document.shift_remove(name) {
            None | Some(Value::Null) => {}
            Some(fields) => patch(&mut change.labels, name, fields)?,
        }
    }
    change.extra = document;
    Ok(change)
}

/// Reads a mapping in which a string sets a label and null removes it.
pub fn patch(patch: &mut LabelPatch, name: &str, fields: Value) -> Result<()> {
    let (removed, kept): (Vec<_>, Vec<_>) = object(name, fields)?.into_iter().partition(|(_, value)| value.is_null());
    for (label, _) in removed {
        patch.set.remove(&label);
        patch.remove.push(label);
    }
    for (label, value) in labels(name, Value::Object(kept.into_iter().collect()))? {
        patch.remove.retain(|removed| *removed != label);
        patch.set.insert(label, value);
    }
    Ok(())
}

/// Returns the kind of a resource by its name.
pub fn resource_kind(word: &str) -> Result<ResourceKind> {
    serde_json::from_value(word.into()).map_err(|_| {
        Error::usage(format!("unknown type of a resource: {word:?}"))
            .hint("types are file, github_repository, memory_store and context")
    })
}

/// Reads the agent: an id, or an object with id and version. Other fields of the object are passed on to the
/// provider.
pub fn agent(new: &mut NewSession, value: Value) -> Result<()> {
    let mut parts = match value {
        Value::Object(parts) => parts,
        id => {
            new.agent = Some(text("agent", id)?);
            return Ok(());
        }
    };
    if let Some(id) = parts.get("id").cloned() {
        new.agent = Some(text("agent.id", id)?);
    }
    if let Some(version) = parts.get("version") {
        new.agent_version = Some(version.as_str().map_or_else(|| version.to_string(), str::to_owned));
    }
    parts.retain(|name, _| !matches!(name.as_str(), "id" | "version" | "type"));
    if !parts.is_empty() {
        new.extra.insert("agent".to_owned(), parts.into());
    }
    Ok(())
}

/// Reads labels: a mapping of names to strings. YAML reads an unquoted `1.10` or `007` as a number, which would not
/// be kept as written.
pub fn labels(name: &str, value: Value) -> Result<Labels> {
    let mut labels = Labels::new();
    for (label, value) in object(name, value)? {
        check_label(&label)?;
        let value = text(&format!("{name}.{label}"), value).map_err(|e| e.hint("put it in quotes"))?;
        labels.insert(label, value);
    }
    Ok(labels)
}

fn text(name: &str, value: Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(wrong(name, "a text")),
    }
}

fn list(name: &str, value: Value) -> Result<Vec<Value>> {
    match value {
        Value::Array(items) => Ok(items),
        _ => Err(wrong(name, "a list")),
    }
}

fn object(name: &str, value: Value) -> Result<Map<String, Value>> {
    match value {
        Value::Object(fields) => Ok(fields),
        _ => Err(wrong(name, "a mapping")),
    }
}

fn wrong(name: &str, wanted: &str) -> Error {
    Error::usage(format!("`{name}` in the body must be {wanted}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(document: Value) -> Result<(NewResource, Vec<String>)> {
        resource(object("resource", document)?)
    }

    #[test]
    fn a_change_sets_labels_and_removes_those_that_are_null() {
        let Value::Object(document) = json!({
            "title": null, "metadata": { "a": "1", "b": null }, "labels": { "b": "2", "a": null }, "budget": null
        }) else {
            panic!("no mapping")
        };
        let change = change(document).unwrap();
        assert_eq!((change.title, change.extra.len()), (Some(None), 1));
        assert_eq!(change.labels.set, Labels::from([("b".to_owned(), "2".to_owned())]));
        assert_eq!(change.labels.remove, ["a"]);
        for bad in [json!({ "title": 1 }), json!({ "metadata": { "a": 1 } }), json!({ "labels": [] })] {
            let Value::Object(bad) = bad else { panic!("no mapping") };
            assert!(super::change(bad).is_err());
        }
    }

    #[test]
    fn a_type_that_is_null_is_as_good_as_none() {
        for document in [json!({}), json!({ "type": null }), json!({ "type": "file", "file_id": null })] {
            assert_eq!(read(document).unwrap().0.kind, ResourceKind::File);
        }
        assert_eq!(read(json!({ "type": 3 })).unwrap_err().to_string(), "`type` in the body must be a text");
    }
}
