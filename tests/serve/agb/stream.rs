//! Code whose output is streamed: the WebSocket of a session of `serve --exec`.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::stage::{NONE, Session, data};
use crate::stage::{Reply, Server, Stage, read, wait_until};

/// A client's end of a WebSocket.
struct Socket(TcpStream);

/// Asks for a WebSocket with a token.
fn ask(server: &Server, session: &Session<'_>, token: &str, headers: &str) -> TcpStream {
    let mut stream = server.connect();
    let head =
        format!("GET /link/{}/ws HTTP/1.1\r\nhost: localhost\r\nx-access-token: {token}\r\n{headers}\r\n", session.id);
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

const HANDSHAKE: &str = "upgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\n\
                         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

impl Socket {
    fn open(server: &Server, session: &Session<'_>) -> Self {
        let token = data(&session.post("/mcp/getSession"))["token"].as_str().unwrap().to_owned();
        let mut stream = ask(server, session, &token, HANDSHAKE);
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        assert!(head.starts_with("HTTP/1.1 101 ") && head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
        Socket(stream)
    }

    /// Sends a frame of text, whose mask changes nothing.
    fn send(&mut self, text: &str) {
        let len = u16::try_from(text.len()).unwrap();
        let head = [&[0x81, 0x80 | 0x7e][..], &len.to_be_bytes(), &[0; 4]].concat();
        self.0.write_all(&[&head, text.as_bytes()].concat()).unwrap();
    }

    fn call(&mut self, id: &str, language: &str, code: &str, timeout: u64) {
        let params = json!({ "language": language, "timeoutS": timeout, "code": code });
        let call = json!({ "method": "run_code", "mode": "stream", "params": params });
        self.send(&json!({ "invocationId": id, "source": "SDK", "target": "t", "data": call }).to_string());
    }

    /// The next frame of text; none where the connection ends.
    fn next(&mut self) -> Option<Value> {
        let mut take = |len: usize| {
            let mut bytes = vec![0; len];
            self.0.read_exact(&mut bytes).ok().map(|()| bytes)
        };
        let head = take(2)?;
        if head[0] != 0x81 {
            return None;
        }
        let len = match head[1] {
            126 => u16::from_be_bytes(take(2)?.try_into().unwrap()).into(),
            127 => usize::try_from(u64::from_be_bytes(take(8)?.try_into().unwrap())).unwrap(),
            len => len.into(),
        };
        Some(serde_json::from_slice(&take(len)?).unwrap())
    }

    /// What is told of a call, up to its end.
    fn told(&mut self, id: &str) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let mut frame = self.next().expect("a frame");
            assert_eq!(frame["invocationId"], id);
            assert_eq!((&frame["source"], &frame["target"]), (&json!("t"), &json!("SDK")));
            all.push(frame["data"].take());
            if all.last().is_some_and(|data| data["phase"] == "end") {
                return all;
            }
        }
    }
}

/// The output of a stream in what was told.
fn output(told: &[Value], stream: &str) -> String {
    told.iter().filter(|data| data["eventType"] == stream).fold(String::new(), |mut all, data| {
        let _ = write!(all, "{}", data["chunk"].as_str().unwrap());
        all
    })
}

#[test]
fn the_output_of_code_comes_as_it_is_written() {
    let stage = Stage::new();
    let server = stage.serve(&["--exec"]);
    let session = Session::with(&server, "agb-code-space-2", &json!({}));
    let about = data(&session.post("/mcp/getSession"));
    assert_eq!(about["wsUrl"], format!("ws://{}/link/{}/ws", server.address, session.id));
    let mut socket = Socket::open(&server, &session);
    let code = "import os, sys, time\nprint('a')\nwhile not os.path.exists('go'): time.sleep(0.01)\n\
                print('é', file=sys.stderr)\n1 + 1";
    socket.call("one", "python", code, 30);
    let first = socket.next().unwrap();
    assert_eq!(
        first["data"],
        json!({ "phase": "event", "eventType": "stdout", "chunk": "a\n" }),
        "before the code ends"
    );
    session.write("go", "");
    let mut told = socket.told("one");
    assert_eq!(output(&told, "stderr"), "é\n");
    let end = told.last_mut().unwrap();
    assert!(end["executionTime"].take().is_f64());
    let ended = json!({
        "phase": "end", "status": "success", "executionCount": 1, "executionTime": null, "executionError": null,
    });
    assert_eq!(*end, ended);
    let result = json!({ "isMainResult": true, "mime": { "text/plain": "2" } });
    assert!(told.contains(&json!({ "phase": "event", "eventType": "result", "result": result })), "{told:?}");

    // More output than the socket holds, and a character that two reads share.
    socket.call("two", "python", "import os\nfor _ in range(300000): os.write(1, '漢'.encode())", 30);
    assert_eq!(output(&socket.told("two"), "stdout").chars().filter(|sign| *sign == '漢').count(), 300_000);

    for (id, language, code, why) in [
        ("raised", "python", "1/0", "ZeroDivisionError: division by zero"),
        ("slow", "python", "while 1: pass", "ExecutionError: Execution failed. Error code:-1 Error message: [timeout]"),
        ("java", "java", "", "runs python and javascript"),
    ] {
        socket.call(id, language, code, if id == "slow" { 1 } else { 30 });
        let told = socket.told(id);
        let end = told.last().unwrap();
        assert_eq!(end["status"], "failed");
        assert!(end["executionError"].as_str().unwrap().contains(why), "{end}");
        assert_eq!(told.iter().filter(|data| data["eventType"] == "error").count(), 1, "{told:?}");
    }
    // Two at a time; a call that is no call; a name by another word, and data as text.
    socket.call("slow", "python", "import time; time.sleep(0.3)", 30);
    socket.send("no json");
    let call = json!({ "method": "no_such" }).to_string();
    socket.send(&json!({ "requestId": "odd", "target": "t", "data": call }).to_string());
    let odd = socket.next().unwrap();
    assert_eq!((&odd["invocationId"], &odd["data"]), (&json!("odd"), &json!({ "error": "unknown method no_such" })));
    assert_eq!(socket.told("slow").len(), 1);
}

#[test]
fn code_ends_with_its_connection_and_the_connection_with_the_server() {
    let stage = Stage::new();
    let mut server = stage.serve(&["--exec"]);
    let runs = |pid: &str| std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z"));
    let mut pids = Vec::new();
    {
        let session = Session::with(&server, "agb-code-space-2", &json!({}));
        for file in ["one", "two"] {
            let mut socket = Socket::open(&server, &session);
            let code = format!("import os, time\nopen('{file}', 'w').write(f'{{os.getpid()}}.')\ntime.sleep(300)");
            socket.call(file, "python", &code, 300);
            wait_until("started", || session.read(file).is_some_and(|pid| pid.ends_with('.')));
            pids.push((session.read(file).unwrap().trim_end_matches('.').to_owned(), socket));
        }
    }
    let (two, socket) = pids.pop().unwrap();
    let (one, first) = pids.pop().unwrap();
    drop(first);
    wait_until("ended with its connection", || !runs(&one));
    assert!(runs(&two));
    let begun = std::time::Instant::now();
    assert_eq!(server.stop(), 130);
    assert!(begun.elapsed() < std::time::Duration::from_secs(2) && !runs(&two));
    drop(socket);
    assert_eq!(stage.left_behind(), [""; 0]);
}

#[test]
fn a_socket_is_opened_with_the_sessions_token_and_a_handshake() {
    let stage = Stage::new();
    let server = stage.serve(&["--exec", "--fault", "tools.stream:503 x1 skip=3"]);
    let session = Session::with(&server, "agb-code-space-2", &json!({}));
    let token = data(&session.post("/mcp/getSession"))["token"].as_str().unwrap().to_owned();
    let status = |token: &str, headers: &str| -> Reply {
        read(ask(&server, &session, token, &format!("{headers}connection: close\r\n"))).unwrap()
    };
    assert_eq!(status(server.key(), HANDSHAKE).status, 401);
    assert_eq!(status("", HANDSHAKE).status, 401);
    assert_eq!(status(&token, "").status, 400);
    assert_eq!(status(&token, HANDSHAKE).status, 503, "a fault refuses the handshake");
    let foreign = format!("{HANDSHAKE}origin: http://evil.test\r\n");
    assert_eq!(status(&token, &foreign).status, 403);
    // Sessions of another image have none, and without the flag there is none.
    assert_eq!(data(&Session::new(&server).post("/mcp/getSession"))["wsUrl"], NONE);
    let quiet = stage.serve(&[]);
    let session = Session::with(&quiet, "agb-code-space-2", &json!({}));
    assert_eq!(data(&session.post("/mcp/getSession"))["wsUrl"], NONE);
    let token = data(&session.post("/mcp/getSession"))["token"].as_str().unwrap().to_owned();
    assert_eq!(read(ask(&quiet, &session, &token, &format!("{HANDSHAKE}connection: close\r\n"))).unwrap().status, 404);
}
