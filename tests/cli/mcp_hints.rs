//! `wharf mcp`: what answers say of what they leave out, and hints that can be followed.

use std::fs;

use serde_json::{Value, json};

use crate::mcp_client::McpClient;
use crate::sandbox::Sandbox;

const KIB: usize = 1024;

#[test]
fn names_of_labels_in_listings_are_shortened_above_the_limit() {
    let sandbox = Sandbox::new();
    let mut client = McpClient::connect(sandbox.wharf(["mcp"]));
    let names = [("at-the-limit", KIB), ("one-above", KIB + 1), ("far-above", 300_000)];
    for (id, length) in names {
        client.ok("session_create", &json!({ "sessionId": id, "labels": { "k".repeat(length): "v", "a": "b" } }));
    }
    let listed = client.ok("session_list", &json!({}));
    for (id, length) in names {
        let sessions = listed["sessions"].as_array().unwrap();
        let session = sessions.iter().find(|session| session["id"] == id).unwrap();
        let labels = session["labels"].as_object().unwrap();
        assert_eq!(labels.len(), 2, "{id}");
        let longest = labels.keys().map(String::len).max().unwrap();
        let is_cut = length > KIB;
        assert_eq!(session.get("truncated").is_some(), is_cut, "{id}");
        assert!(longest <= KIB + 40 && is_cut != labels.contains_key(&"k".repeat(length)), "{id}: {longest}");
    }
    assert!(listed.to_string().len() < 8 * KIB);
    client.leave().ok();
}

#[test]
fn bytes_of_an_agent_that_are_not_text_are_noted_and_counted_as_they_are() {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.config().join("wharf")).unwrap();
    let profile = "profile = 'a'\n[profiles.a]\nbackend = 'local'\nagent_command = ['sh']\n";
    fs::write(sandbox.config().join("wharf/config.toml"), profile).unwrap();
    let mut client = McpClient::connect(sandbox.wharf(["mcp", "--allow-local-exec"]));
    let turn = client.ok("agent_invoke", &json!({ "inputText": "printf 'a\\377b'" }));
    assert_eq!((&turn["text"], &turn["bytes"]), (&json!("a\u{fffd}b"), &json!(3)));
    // That of the three bytes.
    assert_eq!(turn["sha256"], "01ce0241d2a0e71a4fecd5a8d71157fe2787197732fc15d889cbcf36c38e3c68");
    let note = turn["note"].as_str().unwrap();
    assert!(note.contains("U+FFFD") && note.contains("session_events"), "{note}");
    let events = client.ok("session_events", &json!({ "sessionId": turn["session"], "types": ["text"] }));
    assert_eq!((&events["events"][0]["encoding"], &events["events"][0]["text"]), (&json!("base64"), &json!("Yf9i")));
    let plain = client.ok("agent_invoke", &json!({ "inputText": "printf 'a\\303\\244'" }));
    assert_eq!((&plain["text"], plain.get("note")), (&json!("a\u{e4}"), None));
    client.leave().ok();
}

#[test]
fn arguments_that_do_not_go_together_are_refused() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("shared")).unwrap();
    let mut client = McpClient::connect(sandbox.wharf(["mcp", "--root", "shared"]));
    let session = client.session();
    client.ok("session_file_upload", &json!({ "sessionId": session, "filePath": "f", "contentText": "abc" }));
    let download = |more: &Value| {
        let mut arguments = json!({ "sessionId": session, "filePath": "f" });
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        arguments
    };
    for more in [
        json!({ "localPath": "a", "encoding": "base64" }),
        json!({ "localPath": "a", "encoding": "text" }),
        json!({ "localPath": "a", "offset": 0 }),
        json!({ "localPath": "a", "length": 1 }),
        json!({ "overwrite": true }),
    ] {
        client.fails("usage", "session_file_download", &download(&more));
    }
    assert!(!sandbox.path("shared/a").exists());
    // The defaults may be written out.
    client.ok("session_file_download", &download(&json!({ "localPath": "a", "encoding": "auto" })));
    client.ok("session_file_download", &download(&json!({ "overwrite": false })));
    client.leave().ok();
}

#[test]
fn hints_name_what_the_tool_and_the_backend_have() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    fs::create_dir(sandbox.path("shared")).unwrap();
    let hint = |client: &mut McpClient, tool: &str, arguments: Value| {
        let error = client.error(tool, &arguments);
        error["hint"].as_str().unwrap_or_else(|| panic!("{error}")).to_owned()
    };
    let mut client = McpClient::connect(sandbox.wharf(["mcp", "--root", "shared", "--allow-local-exec"]));
    let session = client.session();
    let long = json!({ "sessionId": session, "command": ["cat"], "stdinText": "x".repeat(64 * KIB + 1) });
    let said = hint(&mut client, "session_exec", long);
    assert!(said.contains("session_file_upload") && !said.contains("localPath"), "{said}");
    let said = hint(&mut client, "session_create", json!({ "sessionId": "file_abcdef" }));
    assert!(said.contains("8 to 128") && said.contains("file_"), "{said}");
    let said = hint(&mut client, "resource_add", json!({ "sessionId": session, "fileId": "file_nope" }));
    assert!(!said.contains("console"), "{said}");
    client.ok("session_file_upload", &json!({ "sessionId": session, "filePath": "f", "contentText": "0123456789ab" }));
    let past = json!({ "sessionId": session, "filePath": "f", "offset": 12 });
    let said = hint(&mut client, "session_file_download", past);
    assert!(said.contains("the last one of this file is 11"), "{said}");
    client.leave().ok();
    for (backend, variable) in [("anthropic", "WHARF_AGENT"), ("agb", "WHARF_IMAGE"), ("foundry", "agentName")] {
        let bare = served.wharf(backend, ["mcp"]).env("WHARF_ENVIRONMENT", "env_1");
        let mut client = McpClient::connect(bare.without_env("WHARF_AGENT").without_env("WHARF_IMAGE"));
        let said = hint(&mut client, "session_create", json!({}));
        assert!(said.contains(variable) && !said.contains("`the"), "{said}");
        assert_eq!(said.contains("agentName"), backend == "foundry", "{said}");
    }
}
