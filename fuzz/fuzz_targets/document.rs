//! `--body` documents: what is read means the same as JSON, and nothing of it gets lost on the way
//! to the backend.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};
use wharf_client::backend::body_document;
use wharf_core::config::body;
use wharf_core::error::Kind;

fuzz_target!(|text: &str| {
    let read = body::value(text, "the body");
    if let Ok(json) = serde_json::from_str::<Value>(text) {
        assert_eq!(read.as_ref().ok(), Some(&json));
    }
    let mapping = body::mapping(text, "the body");
    match (&read, &mapping) {
        (Ok(value), Ok(mapping)) => {
            assert!(value.is_null() && mapping.is_empty() || value.as_object() == Some(mapping));
        }
        (Ok(value), Err(error)) => {
            assert!(!value.is_null() && !value.is_object(), "{error}");
            assert_eq!(error.kind(), Kind::Usage);
        }
        (Err(one), Err(other)) => {
            assert_eq!((one.kind(), other.kind()), (Kind::Usage, Kind::Usage));
            assert_eq!(one.to_string(), other.to_string());
        }
        (Err(error), Ok(_)) => panic!("a mapping, but {error}"),
    }
    let Ok(value) = read else { return };
    let json = value.to_string();
    assert_eq!(body::value(&json, "the same as JSON").ok(), Some(value));
    let Ok(mapping) = mapping else { return };
    check_session(&mapping);
    check_resource(&mapping);
    let _ = body_document::labels("labels", mapping.into());
});

/// Every member is where it belongs, or with the provider's own.
fn check_session(document: &Map<String, Value>) {
    let (new, unknown) = match body_document::session(document.clone()) {
        Ok(read) => read,
        Err(error) => return assert_eq!(error.kind(), Kind::Usage, "{error}"),
    };
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    assert_eq!(new.id, None);
    assert_eq!(new.title.as_deref(), text("title"));
    assert_eq!(new.environment.as_deref(), text("environment_id"));
    assert_eq!(new.image.as_deref(), text("image"));
    assert_eq!(new.ttl.is_some(), document.get("ttl").is_some_and(|ttl| !ttl.is_null()));
    for name in new.labels.keys() {
        assert!(!name.is_empty() && !name.contains('\0'), "{name:?}");
        let given = |member: &str| document.get(member).and_then(|labels| labels.get(name)).is_some();
        assert!(given("labels") || given("metadata"), "{name:?}");
    }
    let items = |name: &str| document.get(name).and_then(Value::as_array).map_or(0, Vec::len);
    assert_eq!((new.vaults.len(), new.resources.len()), (items("vault_ids"), items("resources")));
    let agent = document.get("agent");
    let agent_id = agent.and_then(|agent| agent.get("id").unwrap_or(agent).as_str());
    assert_eq!(new.agent.as_deref(), agent_id);
    for (name, value) in document {
        let own = !matches!(
            name.as_str(),
            "title" | "environment_id" | "image" | "metadata" | "labels" | "vault_ids" | "resources" | "agent" | "ttl"
        );
        if own {
            assert_eq!(new.extra.get(name), Some(value));
            let expected = matches!(name.as_str(), "initial_events" | "budget");
            assert!(expected || unknown.contains(name), "{name:?}");
        }
    }
    assert!(new.extra.keys().all(|name| document.contains_key(name)));
}

/// The same of a resource; a member that is null is as good as none.
fn check_resource(document: &Map<String, Value>) {
    let (new, unknown) = match body_document::resource(document.clone()) {
        Ok(read) => read,
        Err(error) => return assert_eq!(error.kind(), Kind::Usage, "{error}"),
    };
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    assert_eq!(new.file_id.map(|id| id.to_string()).as_deref(), text("file_id"));
    assert_eq!(new.mount_path.as_deref(), text("mount_path"));
    assert_eq!(serde_json::to_value(new.kind).ok(), Some(text("type").unwrap_or("file").into()));
    let rest = document.iter().filter(|(name, _)| !matches!(name.as_str(), "type" | "file_id" | "mount_path"));
    assert!(rest.eq(&new.extra));
    assert!(unknown.iter().all(|name| new.extra.contains_key(name)));
}
