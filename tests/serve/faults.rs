//! `--fault`: each does what its SPEC says, as often as it says, and nothing else.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use crate::stage::{Reply, S1, Server, Stage, wait_until};

const SIZE: usize = 3_000_000;

fn content() -> Vec<u8> {
    (0..SIZE).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

fn serve(fault: &str) -> (Stage, Server) {
    let stage = Stage::new();
    let server = stage.session(&["--store", "store", "--fault", fault]);
    (stage, server)
}

/// An upload of `content()` to `x`.
fn upload(server: &Server) -> Option<Reply> {
    server.try_send("PUT", &format!("{S1}/files/content?path=x"), content())
}

/// A download of `x`.
fn download(server: &Server) -> Option<Reply> {
    server.try_send("GET", &format!("{S1}/files/content?path=x"), "")
}

#[test]
fn a_reset_within_an_upload_leaves_nothing_as_often_as_it_says() {
    for at in ["", "@start", "@1", "@1MiB", "@50%", "@99%", "@100%", "@1GiB"] {
        let (stage, server) = serve(&format!("upload:reset{at} x2"));
        for _ in 0..2 {
            assert!(upload(&server).is_none(), "{at}");
            wait_until("nothing in the making", || stage.unfinished().is_empty());
            assert_eq!(server.list(""), [""; 0], "{at}");
        }
        upload(&server).unwrap().is(201, "");
        assert!(server.read("x").unwrap() == content());
    }
}

#[test]
fn a_reset_after_an_upload_loses_the_answer_and_nothing_else() {
    let (_stage, server) = serve("upload:reset@end x1");
    assert!(upload(&server).is_none());
    assert!(server.read("x").unwrap() == content());
}

#[test]
fn what_came_of_an_upload_can_be_kept() {
    let (_stage, server) = serve("upload:reset@1MiB keep x1");
    assert!(upload(&server).is_none());
    assert!(server.read("x").unwrap() == content()[..1 << 20]);
}

#[test]
fn answers_are_cut_where_a_fault_says() {
    for (fault, bytes, reset) in [
        ("download:truncate@50%", SIZE / 2, false),
        ("download:truncate", SIZE / 2, false),
        ("download:truncate@start", 0, false),
        ("download:truncate@1KiB", 1024, false),
        ("download:truncate@2999999", SIZE - 1, false),
        ("download:reset@50%", SIZE / 2, true),
        ("download:reset@1", 1, true),
    ] {
        let (_stage, server) = serve(fault);
        upload(&server).unwrap().is(201, "");
        let reply = download(&server);
        // What was not read yet when a reset comes is lost, its answer's head perhaps included.
        if reset {
            assert!(reply.is_none_or(|reply| reply.reset && reply.body.len() <= bytes), "{fault}");
            continue;
        }
        let reply = reply.expect(fault);
        assert_eq!((reply.status, reply.complete), (200, false), "{fault}");
        assert_eq!(reply.header("content-length"), Some("3000000"));
        assert!(reply.body == content()[..bytes], "{fault}: {} bytes", reply.body.len());
    }
}

#[test]
fn what_comes_in_chunks_is_cut_before_its_last_one() {
    for fault in ["files.list:truncate@50%", "files.list:truncate@5"] {
        let (_stage, server) = serve(fault);
        server.put("x", "");
        let reply = server.get(&format!("{S1}/files"));
        assert_eq!((reply.status, reply.complete), (200, false), "{fault}: {reply:?}");
    }
}

#[test]
fn a_download_can_be_lost_before_it_begins() {
    for fault in ["download:reset", "download:reset@end", "*:reset skip=2"] {
        let (_stage, server) = serve(fault);
        upload(&server).unwrap().is(201, "");
        assert!(download(&server).is_none(), "{fault}");
    }
}

#[test]
fn a_stall_keeps_the_connection_and_says_nothing_more() {
    for (fault, expected) in
        [("download:stall", 0), ("download:stall@start", 0), ("download:stall@1000", 1000), ("download:stall@end", 0)]
    {
        let (_stage, server) = serve(fault);
        upload(&server).unwrap().is(201, "");
        let mut stream = server.connect();
        let head = server.head("GET", &format!("{S1}/files/content?path=x"), "");
        stream.write_all(head.as_bytes()).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let (mut got, mut block) = (Vec::new(), [0; 4096]);
        let error = loop {
            match stream.read(&mut block) {
                Ok(0) => panic!("{fault}: it ended"),
                Ok(bytes) => got.extend_from_slice(&block[..bytes]),
                Err(e) => break e,
            }
        };
        assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{fault}: {error}");
        let body = got.windows(4).position(|window| window == b"\r\n\r\n").map_or(0, |end| got.len() - end - 4);
        assert_eq!(body, expected, "{fault}");
    }
}

#[test]
fn a_stall_within_an_upload_leaves_nothing() {
    let (stage, mut server) = serve("upload:stall@1MiB");
    let mut stream = server.connect();
    let head = server.head("PUT", &format!("{S1}/files/content?path=x"), &format!("content-length: {SIZE}\r\n"));
    stream.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    drop(stream.write_all(&[head.as_bytes(), &content()].concat()));
    wait_until("a file in the making", || server.is_making(&stage));
    drop(stream);
    assert_eq!(server.list(""), [""; 0]);
    server.stop();
    assert!(stage.unfinished().is_empty());
}

#[test]
fn errors_are_answers_of_the_service_in_their_number_and_form() {
    let (_stage, server) = serve("list:429 x3 retry-after=1");
    for _ in 0..3 {
        let reply = server.get("/agents/a1/endpoint/sessions");
        assert_eq!(reply.is(429, "rate_limit_exceeded").header("retry-after"), Some("1"));
    }
    server.get("/agents/a1/endpoint/sessions").ok();
    for (status, code) in [
        (400, "invalid_request"),
        (401, "Unauthorized"),
        (403, "session_not_accessible"),
        (404, "not_found"),
        (409, "conflict"),
        (413, "payload_too_large"),
        (424, "session_not_ready"),
        (500, "server_error"),
        (502, "bad_gateway"),
        (503, "service_unavailable"),
        (504, "gateway_timeout"),
        (507, "storage_limit_exceeded"),
    ] {
        let (_stage, server) = serve(&format!("upload:{status}"));
        let reply = upload(&server).unwrap();
        reply.is(status, code);
        assert_eq!(reply.header("x-adc-response-details").is_some(), matches!(status, 502 | 504));
        assert_eq!(server.list(""), [""; 0], "{status}");
    }
    let (_stage, server) = serve("stop:409 code=session_already_stopped");
    server.send("POST", &format!("{S1}:stop"), "").is(409, "session_already_stopped");
}

#[test]
fn an_error_can_come_before_the_request_or_after_the_work() {
    let (_stage, server) = serve("upload:503@end x1");
    upload(&server).unwrap().is(503, "service_unavailable");
    assert!(server.read("x").unwrap() == content());

    let (_stage, server) = serve("upload:503@start");
    let mut stream = server.connect();
    let head = server.head("PUT", &format!("{S1}/files/content?path=x"), "content-length: 1000\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let reply = crate::stage::read(stream).unwrap();
    reply.is(503, "service_unavailable");
}

#[test]
fn latency_comes_before_everything_and_goes_with_other_faults() {
    let stage = Stage::new();
    let server = stage.session(&["--fault", "files:latency=300ms", "--fault", "download:500 x1"]);
    for status in [500, 404] {
        let start = Instant::now();
        assert_eq!(download(&server).unwrap().status, status);
        assert!(start.elapsed() >= Duration::from_millis(300));
    }
    let start = Instant::now();
    server.get(S1).ok();
    assert!(start.elapsed() < Duration::from_millis(300));
}

#[test]
fn an_upload_can_claim_what_it_has_not_written() {
    let (_stage, server) = serve("upload:bytes_written=13 x1");
    assert_eq!(upload(&server).unwrap().is(201, "").json()["bytes_written"], 13);
    assert!(server.read("x").unwrap() == content());
    assert_eq!(upload(&server).unwrap().is(201, "").json()["bytes_written"], SIZE);
}

#[test]
fn any_answer_can_have_another_header() {
    let stage = Stage::new();
    let faults = ["--fault", "list:503 x1", "--fault", "list:header=x-should-retry:false x1"];
    let server = stage.session(&[&faults[..], &["--fault", "get:header=Content-Type:text/x"]].concat());
    let path = format!("{S1}/files?path=.");
    let reply = server.get(&path);
    assert_eq!((reply.status, reply.header("x-should-retry")), (503, Some("false")));
    assert_eq!(server.get(&path).header("x-should-retry"), None);
    assert_eq!(server.get(S1).header("content-type"), Some("text/x"));
}

#[test]
fn an_answer_can_lead_to_another_origin() {
    let (_stage, server) = serve("download:redirect=http://127.0.0.1:9/x?y=1");
    let reply = server.get(&format!("{S1}/files/content?path=x"));
    assert_eq!((reply.status, reply.header("location")), (307, Some("http://127.0.0.1:9/x?y=1")));
}

#[test]
fn an_error_can_have_no_end() {
    let (_stage, server) = serve("get:endless");
    let mut stream = server.connect();
    stream.write_all(server.head("GET", S1, "").as_bytes()).unwrap();
    let mut got = vec![0; 10_000_000];
    stream.read_exact(&mut got).unwrap();
    assert!(got.starts_with(b"HTTP/1.1 500 "));
}

#[test]
fn listings_of_directories_come_in_pages_where_a_fault_says_so() {
    let (_stage, server) = serve("files.list:page=2");
    for name in ["a", "b", "c", "d", "e"] {
        server.put(name, "");
    }
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = server.get(&format!("{S1}/files?path=/{after}")).ok().json();
        let names = page["entries"].as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap().to_owned());
        all.push(names.collect::<Vec<_>>().concat());
        if page["has_more"] == false {
            assert!(page.get("last_id").is_none());
            break;
        }
        after = format!("&after={}", page["last_id"].as_str().unwrap());
    }
    assert_eq!(all, ["ab", "cd", "e"]);
}

#[test]
fn a_spec_that_cannot_be_read_is_a_usage_error() {
    let stage = Stage::new();
    for (spec, word) in [("upload", "colon"), ("uplaod:reset", "sessions.create"), ("list:42", "429")] {
        let run = stage.run(&["--fault", spec, "--", "true"]);
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(2), "{said}");
        assert!(said.contains(spec) && (said.contains(word) || said.contains("400 to 599")), "{said}");
    }
    assert_eq!(stage.left_behind(), [""; 0]);
}
