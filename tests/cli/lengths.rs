//! A service that sends another length than it reported for a file: exit 9, and nothing is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::azure::json_of;
use crate::endpoint::{Endpoint, RecordedRequest, Reply};
use crate::sandbox::{Call, Sandbox};

/// What the service says that the file has.
const TOLD: usize = 9000;

/// How a content is sent.
#[derive(Debug, Clone, Copy)]
struct Content {
    bytes: usize,
    status: u16,
    headers: &'static str,
}

const CHUNKED: &str = "transfer-encoding: chunked\r\n";

const WRONG: [Content; 7] = [
    Content { bytes: 50, status: 200, headers: "" },
    Content { bytes: 50, status: 200, headers: CHUNKED },
    Content { bytes: 0, status: 200, headers: CHUNKED },
    Content { bytes: TOLD + 1, status: 200, headers: CHUNKED },
    Content { bytes: TOLD, status: 206, headers: "" },
    Content { bytes: 50, status: 206, headers: "content-range: bytes 0-49/9000\r\n" },
    Content { bytes: TOLD, status: 200, headers: "content-range: bytes 0-49/9000\r\n" },
];

fn content(asked: Content) -> Reply {
    (asked.status, asked.headers.to_owned(), "x".repeat(asked.bytes))
}

/// A project of Microsoft Foundry with one session, in which there is one file, `/d/big`.
fn foundry(asked: &RecordedRequest, told: usize, sent: Content) -> Reply {
    let file = json!({"name": "big", "size": told, "is_dir": false, "modified_time": "2026-01-01T00:00:00Z"});
    let line = asked.line.as_str();
    let at_directory = line.contains("path=d&") || line.contains("path=d ");
    if line.contains("/files/content") {
        content(sent)
    } else if line.contains("/files/stat") && at_directory {
        json_of(200, &json!({"name": "d", "size": 0, "is_dir": true, "modified_time": "2026-01-01T00:00:00Z"}))
    } else if line.contains("/files/stat") {
        json_of(200, &file)
    } else {
        json_of(200, &json!({"entries": [file], "has_more": false}))
    }
}

fn foundry_call(sandbox: &Sandbox, service: &Endpoint, args: &[&str]) -> Call {
    let endpoint = format!("{}/api/projects/p", service.url());
    let call = sandbox.wharf(args).env("WHARF_AGENT", "a1").env("FOUNDRY_PROJECT_ENDPOINT", endpoint);
    call.env("WHARF_FOUNDRY_TOKEN", "token-1")
}

#[test]
fn foundry_is_held_to_what_it_says_of_a_file() {
    for sent in WRONG {
        let service = Endpoint::new(move |asked| foundry(asked, TOLD, sent));
        let sandbox = Sandbox::new();
        sandbox.write("out", "old");
        for args in [
            &["files", "download", "s1:/d/big", "out"][..],
            &["files", "download", "s1:/d/big", "-"],
            &["files", "download", "s1:/d", "tree"],
            &["files", "cat", "s1:/d/big"],
            &["files", "cat", "s1:/d/big", "--range", "10-8999"],
            &["files", "cat", "s1:/d/big", "--range", "10-"],
        ] {
            let run = foundry_call(&sandbox, &service, args).run();
            run.code(9);
            let piped = args.contains(&"-") || args.contains(&"cat");
            assert!(piped || run.json()[0]["status"] == "failed", "{sent:?} {args:?}: {}", run.stdout());
        }
        assert_eq!((sandbox.read("out"), sandbox.path("tree").exists()), ("old".to_owned(), false), "{sent:?}");
    }
}

#[test]
fn what_is_as_long_as_it_should_be_is_taken_however_it_is_sent() {
    for headers in ["", CHUNKED] {
        let sent = Content { bytes: TOLD, status: 200, headers };
        let service = Endpoint::new(move |asked| foundry(asked, TOLD, sent));
        let sandbox = Sandbox::new();
        let run = foundry_call(&sandbox, &service, &["files", "download", "s1:/d", "tree"]).run();
        assert_eq!(run.ok().json()[0]["verified"], "size");
        assert_eq!(sandbox.read("tree/big").len(), TOLD);
        let looks = service.asked("/files/stat");
        assert!(!looks.iter().any(|asked| asked.line.contains("big")), "a listed file is not looked at again");
        let part = foundry_call(&sandbox, &service, &["files", "cat", "s1:/d/big", "--range", "8990-9999"]).run();
        assert_eq!(part.ok().stdout(), "x".repeat(10));
    }
}

#[test]
fn a_file_that_changed_since_it_was_listed_is_fetched_as_it_is_now() {
    for headers in ["", CHUNKED] {
        let looks = Arc::new(AtomicUsize::new(0));
        let sent = Content { bytes: 70, status: 200, headers };
        let service = Endpoint::new(move |asked| {
            let first = asked.line.contains("path=d%2Fbig") && asked.line.contains("/stat");
            let told = if first && looks.fetch_add(1, Ordering::Relaxed) == 0 { TOLD } else { 70 };
            foundry(asked, told, sent)
        });
        let sandbox = Sandbox::new();
        let run = foundry_call(&sandbox, &service, &["files", "download", "s1:/d/big", "out"]).run();
        assert_eq!((run.ok().json()[0]["bytes"].as_u64(), sandbox.read("out").len()), (Some(70), 70));
    }
}

#[test]
fn an_upload_that_is_read_back_shorter_is_not_verified() {
    let sent = Content { bytes: 5, status: 200, headers: "" };
    let service = Endpoint::new(move |asked| {
        if asked.line.starts_with("PUT") {
            json_of(200, &json!({"path": "/d/new", "bytes_written": asked.body.len()}))
        } else if asked.line.starts_with("GET") && asked.line.contains("/stat") {
            json_of(404, &json!({"error": {"code": "not_found", "message": "no such file"}}))
        } else {
            foundry(asked, TOLD, sent)
        }
    });
    let sandbox = Sandbox::new();
    sandbox.write("new", "x".repeat(50));
    foundry_call(&sandbox, &service, &["files", "upload", "new", "s1:/d/new", "--verify"]).run().code(9);
}

/// Anthropic's service with one stored file.
fn anthropic(asked: &RecordedRequest, told: usize, sent: Content) -> Reply {
    let file = json!({"id": "file_1", "type": "file", "filename": "big", "mime_type": "text/plain",
        "size_bytes": told, "created_at": "2026-01-01T00:00:00Z", "downloadable": true});
    if asked.line.contains("/content") { content(sent) } else { json_of(200, &file) }
}

#[test]
fn stored_files_are_held_to_their_metadata() {
    for sent in WRONG {
        let service = Endpoint::new(move |asked| anthropic(asked, TOLD, sent));
        let sandbox = Sandbox::new();
        let call = |args: &[&str]| {
            sandbox.wharf(args).env("ANTHROPIC_API_KEY", "key-1").env("ANTHROPIC_BASE_URL", service.url())
        };
        sandbox.write("out", "old");
        call(&["files", "download", "file_1", "out"]).run().code(9);
        call(&["files", "cat", "file_1"]).run().code(9);
        call(&["files", "cat", "file_1", "--range", "10-"]).run().code(9);
        assert_eq!(sandbox.read("out"), "old", "{sent:?}");
    }
}
