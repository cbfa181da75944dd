//! The dialect of AGB cloud: what each of its calls does, and what it refuses.

mod captures;
mod exec;
mod stage;
mod stream;
mod transfer;

use serde_json::{Value, json};

use self::stage::{NONE, Session, data, escaped, fails};
use crate::stage::{S1, Stage};

#[test]
fn sessions_of_two_dialects_do_not_see_each_other() {
    let stage = Stage::new();
    let server = stage.session(&[]);
    let one = Session::new(&server);
    assert_eq!(data(&server.agb("GET", "/sdk/ListSession?labels=%7B%7D", &NONE)).as_array().unwrap().len(), 1);
    let listed = server.get("/agents/a1/endpoint/sessions").ok().json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    for odd in ["a1.s1", "s1", "../s1", ""] {
        fails(&server.agb("POST", "/mcp/getSession", &json!({ "sessionId": odd })), 400, "InvalidMcpSession.NotFound");
    }
    one.post("/mcp/releaseSessionAsync");
    server.get(S1).ok();
}

#[test]
fn a_key_is_needed_and_a_session() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = Session::new(&server);
    let head = format!("GET /sdk/ListSession HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", server.address);
    fails(&server.raw(head.as_bytes()).unwrap(), 401, "Unauthorized");
    fails(&server.agb("POST", "/mcp/createSession", &json!({})), 400, "InvalidParameter");
    fails(&server.agb("POST", "/mcp/pauseSession", &json!({})), 404, "Resource.NotFound");
    fails(&server.agb("GET", "/mcp", &NONE), 405, "InvalidParameter");
    assert_eq!(session.tool("no_such", &json!({})), ("Tool no_such not found".to_owned(), true));
}

#[test]
fn a_tool_call_is_carried_out_with_or_without_the_word_against_new_sessions() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = Session::new(&server);
    let queries = ["", "?autoGenSession=false", "?autoGenSession=true", "?autoGenSession="];
    for query in queries {
        let args = json!({ "path": "/tmp/x", "content": query, "mode": "overwrite" }).to_string();
        let call = json!({ "args": args, "sessionId": session.id, "name": "write_file" });
        assert_eq!(data(&server.agb("POST", &format!("/mcp{query}"), &call))["isError"], false, "{query}");
        assert_eq!(session.read("/tmp/x").as_deref(), Some(query));
    }
    session.post("/mcp/releaseSessionAsync");
    for query in queries {
        for id in ["session-1", &session.id] {
            let call = json!({ "args": "{}", "sessionId": id, "name": "get_metrics" });
            fails(&server.agb("POST", &format!("/mcp{query}"), &call), 400, "InvalidMcpSession.NotFound");
        }
    }
    assert_eq!(data(&server.agb("GET", "/sdk/ListSession?labels=%7B%7D", &NONE)), json!([]), "none was started");
}

#[test]
fn a_released_session_is_on_its_way_out_once_and_then_gone() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = Session::new(&server);
    assert_eq!(data(&session.post("/mcp/getSessionInfo"))["status"], "RUNNING");
    data(&session.post("/mcp/releaseSessionAsync"));
    fails(&session.post("/mcp/getSession"), 400, "InvalidMcpSession.NotFound");
    assert_eq!(data(&session.post("/mcp/getSessionInfo"))["status"], "DELETING");
    fails(&session.post("/mcp/getSessionInfo"), 400, "InvalidMcpSession.NotFound");
    fails(&session.post("/mcp/releaseSessionAsync"), 400, "InvalidMcpSession.NotFound");
}

#[test]
fn a_session_that_is_not_used_goes_away() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = Session::with(&server, "i", &json!({ "timeout": 1 }));
    crate::stage::wait_until("gone", || session.post("/mcp/getSessionInfo").status == 400);
}

#[test]
fn labels_are_replaced_as_a_whole_and_filter_lists() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let body = json!({ "labels": r#"{"project": "d\u00e9mo", "agb.image": "odd"}"# });
    let session = Session::with(&server, "i", &body);
    let labels = || -> Value {
        let labels = data(&session.call("GET", "/sdk/GetLabel", ""));
        serde_json::from_str(labels["labels"].as_str().unwrap()).unwrap_or(NONE)
    };
    assert_eq!(labels(), json!({ "agb.image": "odd", "project": "d\u{e9}mo" }));
    let set = |labels: &str| session.call("POST", "/sdk/SetLabel", &format!("&Labels={}", escaped(labels)));
    data(&set(r#"{"stage":"a b&c=d"}"#));
    assert_eq!(labels(), json!({ "stage": "a b&c=d" }));
    for bad in ["", "{}", "[]", "x", r#"{"":"v"}"#, r#"{"n":" "}"#] {
        fails(&set(bad), 400, "InvalidParameter");
    }
    Session::new(&server);
    let found = |labels: &str| {
        let reply = server.agb("GET", &format!("/sdk/ListSession?labels={}", escaped(labels)), &NONE);
        (data(&reply).as_array().unwrap().len(), reply.json()["count"].as_u64().unwrap())
    };
    assert_eq!(found(r#"{"stage":"a b&c=d"}"#), (1, 1));
    assert_eq!((found("{}"), found(r#"{"stage":"x"}"#)), ((2, 2), (0, 0)));
}

#[test]
fn lists_come_in_pages_that_a_token_goes_on_with() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let mut made: Vec<_> = (0..5).map(|_| Session::new(&server).id).collect();
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let reply = server.agb("GET", &format!("/sdk/ListSession?maxResults=2&nextToken={token}"), &NONE);
        let page = data(&reply);
        seen.extend(page.as_array().unwrap().iter().map(|item| item["sessionId"].as_str().unwrap().to_owned()));
        assert_eq!((&reply.json()["count"], &reply.json()["maxResults"]), (&json!(5), &json!(2)));
        reply.json()["nextToken"].as_str().unwrap().clone_into(&mut token);
        if token.is_empty() {
            break;
        }
    }
    seen.sort();
    made.sort();
    assert_eq!(seen, made);
    // Who deletes what is listed goes on where it was.
    let first = server.agb("GET", "/sdk/ListSession?maxResults=2", &NONE).json();
    for item in first["data"].as_array().unwrap() {
        data(&server.agb("POST", "/mcp/releaseSessionAsync", &json!({ "sessionId": item["sessionId"] })));
    }
    let target = format!("/sdk/ListSession?nextToken={}", first["nextToken"].as_str().unwrap());
    assert_eq!(data(&server.agb("GET", &target, &NONE)).as_array().unwrap().len(), 3);
    fails(&server.agb("GET", "/sdk/ListSession?nextToken=odd", &NONE), 400, "InvalidParameter");
    fails(&server.agb("GET", "/sdk/ListSession?maxResults=0", &NONE), 400, "InvalidParameter");
}

#[test]
fn files_are_written_where_there_is_a_directory_and_read_as_bytes() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = Session::new(&server);
    session.bad("write_file", &json!({ "path": "/tmp/no/a", "content": "" }), "No such file or directory");
    session.write("/tmp/a", "漢x");
    session.good("write_file", &json!({ "path": "/tmp/a", "content": "yz", "mode": "append" }));
    assert_eq!(session.read("/tmp/a").as_deref(), Some("漢xyz"));
    session.bad("write_file", &json!({ "path": "/tmp/a", "content": "", "mode": "create_new" }), "");
    session.bad("write_file", &json!({ "path": "/tmp/a", "content": "", "mode": "odd" }), "odd");
    session.bad("write_file", &json!({ "path": "/tmp", "content": "" }), "");
    session.good("write_file", &json!({ "path": "rel", "content": "r", "mode": "create_new" }));
    assert_eq!(session.read("/home/agb/rel").as_deref(), Some("r"));
    let read = |offset: u64, length: u64, format: &str| {
        session.good("read_file", &json!({ "path": "/tmp/a", "offset": offset, "length": length, "format": format }))
    };
    assert_eq!(
        (read(3, 2, "text"), read(3, 0, "text"), read(99, 5, "text")),
        ("xy".into(), "xyz".into(), String::new())
    );
    assert_eq!((read(0, 2, "text"), read(0, 2, "binary")), ("\u{fffd}".into(), "5rw=".into()));
    session.bad("read_file", &json!({ "path": "/tmp" }), "Is a directory");
    session.bad("read_file", &json!({ "path": "/tmp/../x" }), "");
    session.bad("read_file", &json!({ "file": "/tmp/a" }), "path");
    let info = session.good("get_file_info", &json!({ "path": "/tmp/a" }));
    for line in ["name: a", "path: /tmp/a", "size: 6", "isDirectory: false", "isFile: true", "mode: 644"] {
        assert!(info.lines().any(|known| known == line), "{info}");
    }
}

#[test]
fn a_message_has_at_most_63_kib_of_escaped_arguments() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = Session::new(&server);
    let overhead = json!({ "path": "/tmp/a", "content": "" }).to_string().len();
    let most = 63 * 1024 - overhead;
    session.write("/tmp/a", &"x".repeat(most));
    session.bad("write_file", &json!({ "path": "/tmp/a", "content": "x".repeat(most + 1) }), "64512");
    session.bad("write_file", &json!({ "path": "/tmp/a", "content": "\n".repeat(most / 2 + 1) }), "64512");
    assert_eq!(session.read("/tmp/a").map(|text| text.len()), Some(most));
}

#[test]
fn directories_are_listed_as_they_are() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = Session::new(&server);
    assert_eq!(session.good("list_directory", &json!({ "path": "/tmp" })), "");
    session.good("create_directory", &json!({ "path": "/tmp/p/q" }));
    session.good("create_directory", &json!({ "path": "/tmp/p/q" }));
    for name in ["[DIR] x", " a ", "line\nend"] {
        session.write(&format!("/tmp/p/{name}"), "");
    }
    let listed = session.good("list_directory", &json!({ "path": "/tmp/p" }));
    assert_eq!(listed, "[FILE]  a \n[FILE] [DIR] x\n[FILE] line\nend\n[DIR] q");
    session.bad("list_directory", &json!({ "path": "/tmp/none" }), "No such file or directory");
    session.bad("list_directory", &json!({ "path": "/tmp/p/ a " }), "Not a directory");
    session.bad("delete_file", &json!({ "path": "/tmp/p/q" }), "Is a directory");
    session.bad("move_file", &json!({ "source": "/tmp/p/ a ", "destination": "/tmp/p/[DIR] x" }), "File exists");
    session.bad("move_file", &json!({ "source": "/tmp/p/ a ", "destination": "/tmp/no/a" }), "No such file");
    session.good("move_file", &json!({ "source": "/tmp/p", "destination": "/tmp/r" }));
    assert_eq!(session.good("list_directory", &json!({ "path": "/tmp" })), "[DIR] r");
    let search = |pattern: &str, excluded: Value| {
        session.good("search_files", &json!({ "path": "/tmp", "pattern": pattern, "excludePatterns": excluded }))
    };
    assert_eq!(search("?", json!([])), "/tmp/r\n/tmp/r/q");
    assert_eq!(search("?", json!("r, x")), "No matches found");
}

#[test]
fn edits_are_made_all_or_none() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = Session::new(&server);
    session.write("/tmp/a", "x x y");
    let edit = |edits: Value, dry: bool| json!({ "path": "/tmp/a", "edits": edits, "dryRun": dry });
    let x = || json!({ "oldText": "x", "newText": "z" });
    session.bad("edit_file", &edit(json!([x(), { "oldText": "no", "newText": "" }]), false), "oldText");
    session.good("edit_file", &edit(json!([x()]), true));
    assert_eq!(session.read("/tmp/a").as_deref(), Some("x x y"));
    session.good("edit_file", &edit(json!([x(), x()]), false));
    assert_eq!(session.read("/tmp/a").as_deref(), Some("z z y"));
}

#[test]
fn the_shell_knows_a_few_commands() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = Session::new(&server);
    let told = |command: &str| {
        let (text, code) = session.run(command);
        assert_eq!(code, 0, "{command}");
        text
    };
    assert_eq!(told("pwd"), "/home/agb\n");
    assert_eq!(told(r"cd /tmp && echo 'it'\''s' '$x' && pwd"), "it's $x\n/tmp\n");
    told("mkdir -p -- '/tmp/a b/c' && echo one > '/tmp/a b/c/f' && echo two >> '/tmp/a b/c/f'");
    assert_eq!(told("cat '/tmp/a b/c/f'"), "one\ntwo\n");
    // The size of a directory is the disk's own affair.
    assert_eq!(told("find '/tmp/a b' -mindepth 1 -printf '%y %m %d %P\\0'"), "d 755 1 c\0f 644 2 c/f\0");
    assert_eq!(told("find /tmp -maxdepth 1 -type d -name 'a*'"), "/tmp/a b\n");
    assert_eq!(told("stat -c '%F|%s|%a|%f|%n' -- '/tmp/a b/c/f'"), "regular file|8|644|81a4|/tmp/a b/c/f\n");
    assert_eq!(told("ls /tmp"), "a b\n");
    assert_eq!(told("cd /tmp && readlink -f -- 'a b//./c/f' '/tmp/new'"), "/tmp/a b/c/f\n/tmp/new\n");
    assert_eq!(told("base64 -w0 '/tmp/a b/c/f' > /tmp/x && base64 -d /tmp/x > /tmp/y && cat /tmp/y"), "one\ntwo\n");
    assert_eq!(told("md5sum -b /tmp/y"), "2094b601daac3d68f5aed51d3c20f7cd */tmp/y\n");
    let sum = "c3f9c8c283a2b1f2f1896f27a01cbe3cddc0c9d93f752e4639035a0f5b36f6e8";
    // A name that holds a line end is escaped, and a backslash before the sum says so.
    assert_eq!(told("cd /tmp && cp y 'n\nm' && sha256sum 'n\nm' && rm 'n\nm'"), format!("\\{sum}  n\\nm\n"));
    told("chmod 755 /tmp/y && touch -m -d @1700000000.5 /tmp/y");
    assert_eq!(
        told("stat --printf='%a %Y\\n' /tmp/y && find /tmp/y -printf '%T@'"),
        "755 1700000000\n1700000000.5000000000"
    );
    // Over a file, into a directory, and not with -T.
    told("cp -p /tmp/y '/tmp/a b' && cp -r '/tmp/a b' /tmp/copy && test -f /tmp/copy/y && test -s /tmp/copy/c/f");
    told("mv /tmp/x /tmp/y && mv -n /tmp/y /tmp/copy/c/f && mv /tmp/y /tmp/copy");
    assert_eq!(session.run("mv -T /tmp/copy/y /tmp/copy/c").1, 1);
    told("ln -fLT -- '/tmp/a b/c/f' /tmp/copy/c/f && ln '/tmp/a b/c/f' /tmp/second && rm -- '/tmp/a b/c/f'");
    assert_eq!(told("cat /tmp/second /tmp/copy/c/f"), "one\ntwo\none\ntwo\n");
    assert_eq!(session.run("ln /tmp/second /tmp/copy/c/f").1, 1);
    assert_eq!(session.run("ln /tmp/copy /tmp/third").1, 1);
    told("ln -f /tmp/second /tmp/copy/c/f && rm /tmp/second");
    told("mkdir /tmp/e && rmdir -- /tmp/e");
    assert_eq!(session.run("rm /tmp/copy").1, 1);
    assert_eq!(session.run("rmdir /tmp/copy").1, 1);
    told("rm -rf -- /tmp/copy '/tmp/a b' /tmp/none");
    for failing in [
        "false",
        "cat /tmp/none",
        "stat -c %s /tmp/none",
        "find /tmp/none",
        "test -e /tmp/none",
        "rm /tmp/none",
        "mkdir /tmp",
        "mkdir /tmp/n/m",
        "mv /tmp/none /tmp/m",
        "cp /tmp /tmp/t",
        "rm -x /tmp",
        "cat",
        "echo x > /tmp/n/o",
        "chmod 600 /tmp",
        "readlink -f /tmp/n/o",
        "readlink /tmp",
        "find /tmp -delete",
        "false && echo x",
    ] {
        assert_ne!(session.run(failing).1, 0, "{failing}");
    }
    assert_eq!(session.good("list_directory", &json!({ "path": "/tmp" })), "");
}

#[test]
fn what_is_no_such_command_is_the_tools_own_error() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = Session::new(&server);
    let (text, failed) = session.tool("shell", &json!({ "command": "uname -a" }));
    assert_eq!(
        (text.as_str(), failed),
        ("Execution failed. Error code:127 Error message: sh: 1: uname: not found", true)
    );
    for command in ["echo $HOME", "echo `x`", "ls | cat", "a; b", "echo *", "echo \"x\"", "sleep 1 &", "'x", ""] {
        session.bad("shell", &json!({ "command": command }), "does not run a shell");
    }
    let (text, failed) = session.tool("run_code", &json!({ "code": "1", "language": "python" }));
    assert!(failed && text.contains("does not run python"), "{text}");
}

#[test]
fn tools_can_be_called_directly_with_a_sessions_token() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    assert_eq!(data(&Session::new(&server).post("/mcp/getSession"))["linkUrl"], NONE);
    let session = Session::with(&server, "agb-code-space-2", &json!({}));
    let told = data(&session.post("/mcp/getSession"));
    let token = told["token"].as_str().unwrap();
    assert!(told["toolList"].as_str().unwrap().contains("wuying_filesystem"));
    let target = told["linkUrl"].as_str().unwrap().split_once(&server.address).unwrap().1;
    let call = |token: &str, server_name: &str| {
        let args = json!({ "path": "/tmp/a", "content": "x" });
        let body =
            json!({ "args": args, "server": server_name, "requestId": "link-1", "tool": "write_file", "token": token });
        let body = body.to_string();
        let head = format!(
            "POST {target}/callTool HTTP/1.1\r\nhost: localhost\r\nx-access-token: {token}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        server.raw(head.as_bytes()).unwrap()
    };
    assert_eq!(call("other", "wuying_filesystem").status, 401);
    assert_eq!(call(token, "wuying_shell").status, 400);
    assert_eq!(session.read("/tmp/a"), None);
    let answer = call(token, "wuying_filesystem").json();
    assert_eq!(answer["requestId"], "link-1");
    let inner: Value = serde_json::from_str(answer["data"].as_str().unwrap()).unwrap();
    assert_eq!(inner["result"]["isError"], false);
    assert_eq!(session.read("/tmp/a").as_deref(), Some("x"));
}
