//! `wharf mcp`: files, their limits, and the directories that are shared with a client.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::mcp_client::McpClient;
use crate::sandbox::{Sandbox, make_fifo, wait_until};

const KIB: usize = 1024;

/// A server with a session, and the directory `shared`.
fn stage(sandbox: &Sandbox, args: &[&str]) -> (McpClient, String, PathBuf) {
    let shared = sandbox.path("shared");
    fs::create_dir_all(&shared).unwrap();
    let mut client = McpClient::connect(sandbox.wharf(["mcp", "--root", "shared"].iter().chain(args)));
    let session = client.session();
    (client, session, shared)
}

/// Arguments for a file of a session.
fn file(session: &str, path: &str, more: &Value) -> Value {
    let mut arguments = json!({ "sessionId": session, "filePath": path });
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    arguments
}

#[test]
fn files_are_uploaded_listed_read_and_deleted() {
    let sandbox = Sandbox::new();
    let (mut client, session, shared) = stage(&sandbox, &[]);
    let at = |path: &str, more: &Value| file(&session, path, more);
    let made = client.ok("session_file_mkdir", &json!({ "sessionId": session, "path": "d", "mode": "700" }));
    assert_eq!((&made["path"], &made["mode"]), (&json!("/d"), &json!("0700")));
    let text = client.ok("session_file_upload", &at("d/text", &json!({ "contentText": "hello\n" })));
    let hash = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
    assert_eq!(
        text,
        json!({
            "path": "/d/text", "bytes": 6, "sha256": hash, "verified": "sha256", "status": "copied",
        })
    );
    client.ok("session_file_upload", &at("d/bytes", &json!({ "contentBase64": "/wA=" })));
    client.ok("session_file_upload", &at("empty", &json!({ "contentText": "" })));
    fs::write(shared.join("large"), vec![7; 3 << 20]).unwrap();
    let large = client.ok("session_file_upload", &at("large", &json!({ "localPath": "large" })));
    assert_eq!((&large["bytes"], &large["verified"]), (&json!(3 << 20), &json!("sha256")));
    let listed = client.ok("session_file_list", &json!({ "sessionId": session, "recursive": true }));
    let paths: Vec<_> = listed["entries"].as_array().unwrap().iter().map(|entry| &entry["path"]).collect();
    assert_eq!(paths, ["/d", "/d/bytes", "/d/text", "/empty", "/large"]);
    assert_eq!(client.ok("session_file_stat", &at("d/text", &json!({})))["size"], 6);
    assert_eq!(
        client.ok("session_file_download", &at("d/text", &json!({}))),
        json!({
            "path": "/d/text", "size": 6, "bytes": 6, "encoding": "text", "content": "hello\n", "sha256": hash,
        })
    );
    let bytes = client.ok("session_file_download", &at("d/bytes", &json!({})));
    assert_eq!((&bytes["encoding"], &bytes["contentBase64"]), (&json!("base64"), &json!("/wA=")));
    assert_eq!(client.ok("session_file_download", &at("empty", &json!({})))["content"], "");
    let part = client.ok("session_file_download", &at("d/text", &json!({ "offset": 1, "length": 3 })));
    assert_eq!((&part["content"], &part["bytes"], &part["size"]), (&json!("ell"), &json!(3), &json!(6)));
    client.fails("usage", "session_file_download", &at("d/text", &json!({ "offset": 6 })));
    client.fails("conflict", "session_file_download", &at("d", &json!({})));
    client.fails("not_found", "session_file_download", &at("none", &json!({})));
    let landed = client.ok("session_file_download", &at("large", &json!({ "localPath": "out/large" })));
    assert_eq!((&landed["size"], &landed["verified"]), (&json!(3 << 20), &json!("sha256")));
    assert_eq!(fs::read(shared.join("out/large")).unwrap(), vec![7; 3 << 20]);
    client.fails("conflict", "session_file_delete", &at("d", &json!({})));
    client.ok("session_file_delete", &at("d", &json!({ "recursive": true })));
    client.fails("not_found", "session_file_delete", &at("d", &json!({})));
    client.fails("usage", "session_file_delete", &at("/", &json!({ "recursive": true })));
    client.fails("usage", "session_file_stat", &at("../x", &json!({})));
}

#[test]
fn an_existing_file_is_replaced_left_or_refused_as_asked() {
    let sandbox = Sandbox::new();
    let (mut client, session, shared) = stage(&sandbox, &[]);
    let upload = |text: &str, how: &str| file(&session, "f", &json!({ "contentText": text, "ifExists": how }));
    client.ok("session_file_upload", &upload("one", "error"));
    client.fails("conflict", "session_file_upload", &upload("two", "error"));
    let skipped = client.ok("session_file_upload", &upload("two", "skip"));
    assert_eq!((&skipped["status"], &skipped["bytes"]), (&json!("skipped"), &json!(0)));
    assert_eq!(client.ok("session_file_download", &file(&session, "f", &json!({})))["content"], "one");
    client.ok("session_file_upload", &upload("two", "overwrite"));
    let download = |more: &Value| file(&session, "f", more);
    client.ok("session_file_download", &download(&json!({ "localPath": "f" })));
    fs::write(shared.join("f"), "mine").unwrap();
    client.fails("conflict", "session_file_download", &download(&json!({ "localPath": "f" })));
    assert_eq!(fs::read(shared.join("f")).unwrap(), b"mine");
    client.ok("session_file_download", &download(&json!({ "localPath": "f", "overwrite": true })));
    assert_eq!(fs::read(shared.join("f")).unwrap(), b"two");
}

#[test]
fn a_content_of_another_hash_is_refused_before_anything_is_written() {
    let sandbox = Sandbox::new();
    let (mut client, session, shared) = stage(&sandbox, &[]);
    fs::write(shared.join("f"), "hello\n").unwrap();
    let right = "5891B5B522D5DF086D0FF0B110FBD9D21BB4FC7163AF34D08286A2E846F6BE03";
    for content in [json!({ "contentText": "hello\n" }), json!({ "localPath": "f" })] {
        let with = |hash: &str| {
            let mut arguments = file(&session, "f", &content);
            arguments["sha256"] = json!(hash);
            arguments
        };
        client.fails("unverified", "session_file_upload", &with(&right.replace('5', "6")));
        client.fails("usage", "session_file_upload", &with("zz"));
        client.fails("not_found", "session_file_stat", &file(&session, "f", &json!({})));
        client.ok("session_file_upload", &with(right));
        client.ok("session_file_delete", &file(&session, "f", &json!({})));
    }
    client.fails("usage", "session_file_upload", &file(&session, "f", &json!({})));
    let two = json!({ "contentText": "", "contentBase64": "" });
    client.fails("usage", "session_file_upload", &file(&session, "f", &two));
    client.fails("usage", "session_file_upload", &file(&session, "d/", &json!({ "contentText": "" })));
    client.fails("usage", "session_file_upload", &file(&session, "f", &json!({ "contentBase64": "???" })));
}

#[test]
fn contents_in_messages_are_accepted_up_to_the_limit_and_never_cut() {
    let sandbox = Sandbox::new();
    for (args, text, base64) in [(&[][..], 64 * KIB, 32 * KIB), (&["--max-inline", "1KiB"], KIB, KIB)] {
        let (mut client, session, _) = stage(&sandbox, args);
        let upload = |name: &str, content: String| file(&session, "f", &json!({ name: content }));
        client.ok("session_file_upload", &upload("contentText", "x".repeat(text)));
        client.fails("limit", "session_file_upload", &upload("contentText", "x".repeat(text + 1)));
        let bytes = |count: usize| STANDARD.encode(vec![0xff_u8; count]);
        for count in [base64 - 1, base64 - 2, base64] {
            client.ok("session_file_upload", &upload("contentBase64", bytes(count)));
        }
        client.fails("limit", "session_file_upload", &upload("contentBase64", bytes(base64 + 1)));
        let get = |client: &mut McpClient, content: &[u8], more: &Value| {
            sandbox.put(&format!("{session}:/f"), content);
            let result = client.call("session_file_download", &file(&session, "f", more));
            let kind = result["structuredContent"]["error"]["kind"].as_str();
            kind.map_or_else(|| result["structuredContent"]["bytes"].clone(), Value::from)
        };
        for (content, byte) in [(text, b'x'), (base64, 0xff)] {
            let mut content = vec![byte; content];
            assert_eq!(get(&mut client, &content, &json!({})), content.len());
            content.push(byte);
            assert_eq!(get(&mut client, &content, &json!({})), "limit");
            assert_eq!(get(&mut client, &content, &json!({ "offset": 1 })), content.len() - 1, "a part fits");
        }
        let encoded = json!({ "encoding": "base64" });
        assert_eq!(get(&mut client, &vec![b'x'; base64], &encoded), base64);
        assert_eq!(get(&mut client, &vec![b'x'; base64 + 1], &encoded), "limit");
        assert_eq!(get(&mut client, &[0xff], &json!({ "encoding": "text" })), "usage");
    }
}

#[test]
fn a_listing_has_at_most_500_entries_and_goes_on() {
    let sandbox = Sandbox::new();
    let (mut client, session, _) = stage(&sandbox, &[]);
    let inside = sandbox.inside(&session, "d");
    fs::create_dir(&inside).unwrap();
    (0..500).for_each(|number| fs::write(inside.join(format!("{number:03}")), "").unwrap());
    let list = |client: &mut McpClient, more: &Value| {
        let mut arguments = json!({ "sessionId": session, "path": "/d" });
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        client.ok("session_file_list", &arguments)
    };
    let count = |page: &Value| page["entries"].as_array().unwrap().len();
    let page = list(&mut client, &json!({}));
    assert_eq!((count(&page), page.get("next_cursor")), (500, None));
    fs::write(inside.join("500"), "").unwrap();
    let page = list(&mut client, &json!({}));
    assert_eq!(count(&page), 500);
    let rest = list(&mut client, &json!({ "after": page["next_cursor"] }));
    assert_eq!((count(&rest), &rest["entries"][0]["name"], rest.get("next_cursor")), (1, &json!("500"), None));
    assert_eq!(count(&list(&mut client, &json!({ "limit": 501 }))), 501);
    let small = list(&mut client, &json!({ "limit": 2 }));
    let next = list(&mut client, &json!({ "limit": 2, "after": small["next_cursor"] }));
    assert_eq!(next["entries"][0]["name"], "002");
    client.fails("usage", "session_file_list", &json!({ "sessionId": session, "after": "rubbish" }));
}

#[test]
fn a_local_path_does_not_leave_the_shared_directories() {
    let sandbox = Sandbox::new();
    sandbox.write("other/o", "o");
    let (mut client, session, shared) = stage(&sandbox, &["--root", "other"]);
    for directory in [".", "./", "f/", "f/.", "new/"] {
        for tool in ["session_file_upload", "session_file_download"] {
            let error = client.error(tool, &file(&session, "f", &json!({ "localPath": directory })));
            assert!(
                ["conflict", "not_found"].contains(&error["kind"].as_str().unwrap()),
                "{tool} {directory}: {error}"
            );
            assert!(error["hint"].is_string(), "{error}");
        }
    }
    client.fails("usage", "session_file_upload", &file(&session, "up", &json!({ "localPath": "" })));
    client.fails("usage", "session_file_upload", &file(&session, "up", &json!({ "localPath": "a\0b" })));
    let outside = sandbox.write("outside/secret", "secret");
    sandbox.write("shared/d/inner", "inner");
    symlink("../outside/secret", shared.join("link")).unwrap();
    symlink(outside.parent().unwrap(), shared.join("absolute")).unwrap();
    symlink("../../outside", shared.join("d/up")).unwrap();
    symlink("inner", shared.join("d/fine")).unwrap();
    symlink("none", shared.join("dangling")).unwrap();
    make_fifo(&shared.join("fifo"));
    client.ok("session_file_upload", &file(&session, "f", &json!({ "contentText": "f" })));
    let absolute = |path: &str| sandbox.path(path).to_str().unwrap().to_owned();
    for path in [
        "../outside/secret",
        "link",
        "absolute/secret",
        "d/up/secret",
        "d/../../outside/secret",
        "/etc/passwd",
        &absolute("outside/secret"),
        &absolute("shared/../outside/secret"),
        &absolute("shared/link"),
        "",
        ".",
        "d",
        "dangling",
        "none",
        "fifo",
        "a\0b",
        &absolute("shared-not"),
    ] {
        let upload = client.error("session_file_upload", &file(&session, "up", &json!({ "localPath": path })));
        assert!(!upload.to_string().contains("secret\n"), "{path}: {upload}");
        if !["none", "fifo", "dangling"].contains(&path) {
            client.error("session_file_download", &file(&session, "f", &json!({ "localPath": path })));
            let replace = json!({ "localPath": path, "overwrite": true });
            // A link itself is replaced, not what it leads to.
            if !path.ends_with("link") {
                client.error("session_file_download", &file(&session, "f", &replace));
            }
        }
        client.fails("not_found", "session_file_stat", &file(&session, "up", &json!({})));
    }
    assert_eq!(fs::read(&outside).unwrap(), b"secret");
    assert_eq!(sandbox.tree("outside"), ["secret"]);
    for path in ["d/inner", "d/fine", "./d//inner", &absolute("shared/d/inner"), &absolute("other/o")] {
        client.ok("session_file_upload", &file(&session, "up", &json!({ "localPath": path })));
    }
    client.ok("session_file_download", &file(&session, "f", &json!({ "localPath": absolute("other/new/f") })));
    assert_eq!(sandbox.read("other/new/f"), "f");
    let mut without = McpClient::connect(sandbox.wharf(["mcp"]));
    let error = without.fails("usage", "session_file_upload", &file(&session, "up", &json!({ "localPath": "x" })));
    assert!(error["message"].as_str().unwrap().contains("localPath"), "{error}");
    let answer = without.request("tools/list", &json!({})).to_string();
    assert!(
        !answer.contains("localPath\":{\"type\":\"string\""),
        "no parameter is offered that cannot be used: {answer}"
    );
    let mut reader = McpClient::connect(sandbox.wharf(["mcp", "--read-only", "--root", "shared"]));
    assert_eq!(reader.ok("session_file_download", &file(&session, "f", &json!({})))["content"], "f");
    reader.fails("usage", "session_file_download", &file(&session, "f", &json!({ "localPath": "g" })));
}

#[cfg(target_os = "linux")]
#[test]
fn files_of_the_system_are_not_shared() {
    let sandbox = Sandbox::new();
    symlink("/proc/self", sandbox.path("link")).unwrap();
    let mut client = McpClient::connect(
        sandbox.wharf(["mcp", "--root", "/"]).env("ANTHROPIC_API_KEY", "sk-ant-planted").env("WHARF_BACKEND", "local"),
    );
    let session = client.session();
    let server = format!("/proc/{}/environ", client.server().id());
    for path in [
        "/proc/self/environ",
        &server,
        "/proc/self/fd/0",
        "/proc/self/mem",
        "/sys/kernel/mm/transparent_hugepage/enabled",
        "/dev/null",
    ] {
        client.fails("usage", "session_file_upload", &file(&session, "up", &json!({ "localPath": path })));
    }
    let link = sandbox.path("link/environ");
    client.error("session_file_upload", &file(&session, "up", &json!({ "localPath": link })));
    client.ok("session_file_upload", &file(&session, "f", &json!({ "contentText": "f" })));
    let to = file(&session, "f", &json!({ "localPath": "/dev/shm/wharf-test" }));
    client.fails("usage", "session_file_download", &to);
    // Below a directory of the system that the user shares, its file system decides.
    let mut client = McpClient::connect(sandbox.wharf(["mcp", "--root", "/proc/self"]));
    client.fails("usage", "session_file_upload", &file(&session, "up", &json!({ "localPath": "environ" })));
    client.fails("not_found", "session_file_stat", &file(&session, "up", &json!({})));
}

#[test]
fn files_of_wharf_itself_are_not_shared() {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.config().join("wharf")).unwrap();
    fs::write(sandbox.config().join("wharf/config.toml"), "").unwrap();
    sandbox.write(".env", "AGB_API_KEY=k\n");
    let mut client = McpClient::connect(sandbox.wharf(["mcp", "--root", ".."]));
    let session = client.session();
    client.ok("session_file_upload", &file(&session, "f", &json!({ "contentText": "f" })));
    sandbox.write("fine", "fine");
    symlink("../config/wharf/config.toml", sandbox.path("link")).unwrap();
    for path in ["config/wharf/config.toml", "work/.env", "work/link", &format!("store/sessions/{session}/f")] {
        client.fails("usage", "session_file_upload", &file(&session, "up", &json!({ "localPath": path })));
        let replace = json!({ "localPath": path, "overwrite": true });
        client.fails("usage", "session_file_download", &file(&session, "f", &replace));
    }
    client.ok("session_file_upload", &file(&session, "up", &json!({ "localPath": "work/fine" })));
}

#[test]
fn a_link_that_is_swapped_in_meanwhile_is_not_followed() {
    let sandbox = Sandbox::new();
    let (mut client, session, shared) = stage(&sandbox, &[]);
    let outside = sandbox.write("outside/f", "secret");
    sandbox.write("shared/real/f", "shared");
    symlink("real", shared.join("d")).unwrap();
    client.ok("session_file_upload", &file(&session, "source", &json!({ "contentText": "new" })));
    let stop = Arc::new(AtomicBool::new(false));
    let swapping = {
        let stop = Arc::clone(&stop);
        thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                for target in ["../outside", "real"] {
                    symlink(target, shared.join("next")).unwrap();
                    fs::rename(shared.join("next"), shared.join("d")).unwrap();
                }
            }
        })
    };
    let (mut up, mut down) = (0, 0);
    for _ in 0..300 {
        let upload = client.call("session_file_upload", &file(&session, "up", &json!({ "localPath": "d/f" })));
        if upload["isError"] == false {
            let text = client.ok("session_file_download", &file(&session, "up", &json!({})))["content"].clone();
            assert!(text == "shared" || text == "new", "{text}");
            up += 1;
        }
        let replace = json!({ "localPath": "d/f", "overwrite": true });
        let download = client.call("session_file_download", &file(&session, "source", &replace));
        down += usize::from(download["isError"] == false);
    }
    stop.store(true, Ordering::Relaxed);
    swapping.join().unwrap();
    assert_eq!(fs::read(&outside).unwrap(), b"secret");
    assert_eq!(sandbox.tree("outside"), ["f"]);
    assert!(up > 0 && down > 0, "{up} uploads and {down} downloads succeeded");
}

#[test]
fn a_root_that_is_replaced_by_a_link_stays_what_it_was() {
    let sandbox = Sandbox::new();
    let (mut client, session, shared) = stage(&sandbox, &[]);
    sandbox.write("outside/f", "secret");
    client.ok("session_file_upload", &file(&session, "f", &json!({ "contentText": "f" })));
    fs::rename(&shared, sandbox.path("moved")).unwrap();
    symlink("outside", &shared).unwrap();
    client.fails("not_found", "session_file_upload", &file(&session, "up", &json!({ "localPath": "f" })));
    client.ok("session_file_download", &file(&session, "f", &json!({ "localPath": "g" })));
    assert_eq!((sandbox.tree("outside"), sandbox.tree("moved")), (vec!["f".to_owned()], vec!["g".to_owned()]));
}

#[test]
fn progress_is_sent_to_clients_that_asked_for_it() {
    let sandbox = Sandbox::new();
    let (mut client, session, shared) = stage(&sandbox, &[]);
    fs::write(shared.join("large"), vec![1; 200 << 20]).unwrap();
    let upload = file(&session, "large", &json!({ "localPath": "large" }));
    let id = client.begin_call("session_file_upload", &upload);
    let mut last = -1.0;
    loop {
        let message = client.wait_for(|_| true);
        if message["id"] == id {
            assert_eq!(message["result"]["isError"], false);
            break;
        }
        let params = &message["params"];
        assert_eq!((&message["method"], &params["progressToken"]), (&json!("notifications/progress"), &id));
        assert_eq!(params["total"].as_f64(), Some(f64::from(200 << 20)), "{message}");
        let progress = params["progress"].as_f64().unwrap();
        assert!(progress > last, "{message}");
        last = progress;
    }
    assert!((last - f64::from(200 << 20)).abs() < 1.0, "the last notification has all bytes: {last}");
    client.ok("session_file_upload", &upload);
    client.close();
    assert_eq!(client.rest(), [] as [Value; 0], "nothing was sent for the call without a token");
}

#[test]
fn a_cancelled_transfer_leaves_nothing_behind() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&["--fault", "upload:stall@1MiB x1", "--fault", "download:stall@1MiB x1"]);
    let shared = sandbox.path("shared");
    fs::create_dir(&shared).unwrap();
    fs::write(shared.join("large"), vec![1; 8 << 20]).unwrap();
    let mut client = McpClient::connect(served.wharf("foundry", ["mcp", "--root", "shared"]));
    let session = client.session();
    let upload = file(&session, "large", &json!({ "localPath": "large" }));
    let id = client.begin_call("session_file_upload", &upload);
    client.wait_for(|message| message["params"]["progress"].as_f64().is_some_and(|bytes| bytes > 0.0));
    client.cancel(&id);
    // The connection is closed, and the service drops what it has.
    wait_until("the upload is gone", || {
        client.call("session_file_stat", &file(&session, "large", &json!({})))["isError"] == true
    });
    client.ok("session_file_upload", &upload);
    fs::write(shared.join("copy"), "mine").unwrap();
    let replace = json!({ "localPath": "copy", "overwrite": true });
    let id = client.begin_call("session_file_download", &file(&session, "large", &replace));
    client.server().wait_for_bytes(&shared);
    client.cancel(&id);
    client.ok("session_get", &json!({ "sessionId": session }));
    wait_until("the download has ended", || sandbox.tree("shared") == ["copy", "large"]);
    assert_eq!(fs::read(shared.join("copy")).unwrap(), b"mine");
    client.close();
    let rest = client.rest();
    assert!(!rest.iter().any(|message| message["id"] == id), "a cancelled call has no answer: {rest:?}");
}

#[test]
fn a_client_that_leaves_in_the_middle_of_a_transfer_leaves_nothing_behind() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&["--fault", "download:stall@1MiB x1"]);
    let shared = sandbox.path("shared");
    fs::create_dir(&shared).unwrap();
    fs::write(shared.join("large"), vec![1; 8 << 20]).unwrap();
    let mut client = McpClient::connect(served.wharf("agb", ["mcp", "--root", "shared"]));
    let session = client.session();
    client.ok("session_file_upload", &file(&session, "large", &json!({ "localPath": "large" })));
    let id =
        client.begin_call("session_file_download", &file(&session, "large", &json!({ "localPath": "new/deep/copy" })));
    client.server().wait_for_bytes(&shared);
    client.close();
    let rest = client.rest();
    client.finish().ok();
    let answer = rest.iter().find(|message| message["id"] == id).unwrap_or_else(|| panic!("{rest:?}"));
    assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], "interrupted");
    assert_eq!(sandbox.tree("shared"), ["large"]);
}

#[test]
fn a_cancelled_upload_leaves_no_stored_file_that_is_not_mounted() {
    let sandbox = Sandbox::new();
    sandbox.write("shared/f", "f");
    for tool in ["session_file_upload", "resource_add", ""] {
        let served = sandbox.serve(&["--fault", "resources.add:stall@start x1"]);
        let call = |args: &[&str]| {
            served.wharf("anthropic", args).env("WHARF_ENVIRONMENT", "env_1").env("WHARF_AGENT", "agent_1")
        };
        let stored = || call(&["files", "ls", "-q"]).run().ok().stdout().lines().count();
        let mut client = McpClient::connect(call(&["mcp", "--root", "shared"]));
        let session = client.session();
        if tool.is_empty() {
            let upload = call(&["files", "upload", "shared/f", &format!("{session}:/f")]).start();
            wait_until("it is stored", || stored() == 1);
            upload.signal(rustix::process::Signal::INT);
            upload.finish().code(130);
        } else {
            let mut arguments = json!({ "sessionId": session, "localPath": "f" });
            if tool == "session_file_upload" {
                arguments["filePath"] = json!("f");
            }
            let id = client.begin_call(tool, &arguments);
            wait_until("it is stored", || stored() == 1);
            client.cancel(&id);
        }
        wait_until("it is deleted again", || stored() == 0);
        let mounted = client.ok("resource_list", &json!({ "sessionId": session }));
        assert_eq!(mounted["resources"], json!([]), "{tool}");
        client.leave().ok();
    }
}

#[test]
fn what_other_processes_change_is_seen_by_a_server_that_runs() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    sandbox.write("other", "other");
    for (backend, agent) in [("local", "a1"), ("anthropic", "agent_1"), ("foundry", "a1"), ("agb", "a1")] {
        let call = |args: &[&str]| {
            let call = served.wharf(backend, args).env("WHARF_ENVIRONMENT", "env_1");
            if backend == "agb" { call } else { call.env("WHARF_AGENT", agent) }
        };
        let mut client = McpClient::connect(call(&["mcp"]));
        let session = client.session();
        let upload = |path: &str| file(&session, path, &json!({ "contentText": "text", "ifExists": "error" }));
        client.ok("session_file_upload", &upload("a"));
        call(&["files", "upload", "other", &format!("{session}:b")]).run().ok();
        client.fails("conflict", "session_file_upload", &upload("b"));
        let listed = client.ok("session_file_list", &json!({ "sessionId": session }));
        assert_eq!(listed["entries"].as_array().unwrap().len(), 2, "{backend}: {listed}");
        call(&["files", "rm", &format!("{session}:a")]).run().ok();
        client.ok("session_file_upload", &upload("a"));
        // The server holds no lock between calls.
        call(&["sessions", "delete", &session]).run().ok();
        client.fails("not_found", "session_get", &json!({ "sessionId": session }));
        client.fails("not_found", "session_file_upload", &upload("c"));
    }
}

#[test]
fn resources_are_mounted_listed_and_unmounted() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let shared = sandbox.path("shared");
    fs::create_dir(&shared).unwrap();
    fs::write(shared.join("in.csv"), "a,b\n").unwrap();
    symlink("/etc/passwd", shared.join("link")).unwrap();
    for backend in ["local", "anthropic"] {
        let mut client = McpClient::connect(
            served
                .wharf(backend, ["mcp", "--root", "shared"])
                .env("WHARF_ENVIRONMENT", "env_1")
                .env("WHARF_AGENT", "agent_1"),
        );
        let session = client.session();
        let add = |more: Value| {
            let mut arguments = json!({ "sessionId": session });
            arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            arguments
        };
        let named = client.ok("resource_add", &add(json!({ "localPath": "in.csv", "mountPath": "/in/data.csv" })));
        let file_id = named["file_id"].clone();
        assert!(named["mount_path"].as_str().unwrap().ends_with("/in/data.csv"), "{named}");
        let again = client.ok("resource_add", &add(json!({ "fileId": file_id, "mountPath": "/in/again.csv" })));
        let listed = client.ok("resource_list", &json!({ "sessionId": session }));
        assert_eq!(listed["resources"].as_array().unwrap().len(), 2, "{listed}");
        client.error("resource_add", &add(json!({ "localPath": "link" })));
        client.fails("usage", "resource_add", &add(json!({})));
        client.ok("resource_delete", &add(json!({ "resourceId": again["id"] })));
        client.ok("resource_delete", &add(json!({ "mountPath": "/in/data.csv" })));
        client.fails("not_found", "resource_delete", &add(json!({ "mountPath": "/in/data.csv" })));
        client.ok("session_delete", &json!({ "sessionId": session }));
        let stored = served.wharf(backend, ["files", "ls", "-q"]).run();
        assert_eq!(stored.ok().stdout(), "", "{backend}: the stored file goes with its session");
    }
}
