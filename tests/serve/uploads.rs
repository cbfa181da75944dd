//! Uploads: all of one or nothing, never more than 50 MB, and in little memory.

use std::fs;
use std::io::Write;
use std::net::Shutdown;

use crate::stage::{S1, Server, Stage, read, wait_until};

const MOST: usize = 52_428_800;

/// What is being made in the store, and what was made.
fn assert_nothing_is_left(stage: &Stage, server: &Server, kept: &[&str]) {
    wait_until("nothing in the making", || stage.unfinished().is_empty() && !server.is_making(stage));
    assert_eq!(server.list(""), kept);
}

#[test]
fn an_upload_that_is_cut_off_leaves_nothing_and_the_old_file() {
    let stage = Stage::new();
    let server = stage.session(&["--store", "store"]);
    server.put("old", "old");
    for (headers, body) in [
        ("content-length: 100000\r\n", vec![7; 60_000]),
        ("content-length: 100000\r\n", vec![]),
        ("content-length: 3000000\r\n", vec![7; 2_500_000]),
        ("transfer-encoding: chunked\r\n", b"5\r\nhello\r\n".to_vec()),
        ("transfer-encoding: chunked\r\n", b"5\r\nhel".to_vec()),
        ("transfer-encoding: chunked\r\n", b"5\r\nhello\r\nzz\r\n".to_vec()),
    ] {
        for name in ["old", "new", "deep/er/new"] {
            let mut stream = server.connect();
            let path = format!("{S1}/files/content?path={name}");
            stream.write_all(server.head("PUT", &path, headers).as_bytes()).unwrap();
            stream.write_all(&body).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let reply = read(stream);
            assert!(reply.as_ref().is_none_or(|reply| reply.status >= 400), "{headers} {name}: {reply:?}");
        }
        assert_nothing_is_left(&stage, &server, &["old"]);
        assert_eq!(server.read("old").unwrap(), b"old", "{headers}");
    }
}

#[test]
fn a_client_that_vanishes_leaves_nothing() {
    let stage = Stage::new();
    let server = stage.session(&["--store", "store"]);
    let mut stream = server.connect();
    let head = server.head("PUT", &format!("{S1}/files/content?path=new"), "content-length: 100000\r\n");
    stream.write_all(&[head.as_bytes(), &vec![7; 60_000]].concat()).unwrap();
    wait_until("bytes in the making", || server.is_making(&stage));
    drop(stream);
    assert_nothing_is_left(&stage, &server, &[]);
}

#[test]
fn chunks_are_as_good_as_a_length() {
    let stage = Stage::new();
    let server = stage.session(&[]);
    let head = server.head("PUT", &format!("{S1}/files/content?path=x"), "transfer-encoding: chunked\r\n");
    let reply = server.raw(&[head.as_bytes(), b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"].concat()).unwrap();
    assert_eq!(reply.is(201, "").json()["bytes_written"], 5);
    assert_eq!(server.read("x").unwrap(), b"abcde");
}

#[test]
fn fifty_megabytes_are_taken_in_little_memory_and_a_byte_more_is_not() {
    let stage = Stage::new();
    let server = stage.session(&["--store", "store"]);
    let content: Vec<u8> = (0..MOST).map(|at| u8::try_from(at % 251).unwrap()).collect();
    assert_eq!(server.put("large", &content).json()["bytes_written"], MOST);
    assert!(server.read("large").unwrap() == content);
    let status = fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    assert!(peak.is_none_or(|peak| peak < 40 << 10), "{peak:?} KiB");

    let path = format!("{S1}/files/content?path=larger");
    let larger = [content.as_slice(), b"x"].concat();
    server.send("PUT", &path, &larger).is(413, "payload_too_large");
    let asking = format!("content-length: {}\r\nexpect: 100-continue\r\n", larger.len());
    let refused = server.raw(server.head("PUT", &path, &asking).as_bytes()).unwrap();
    refused.is(413, "payload_too_large");
    let mut stream = server.connect();
    stream.write_all(server.head("PUT", &path, "transfer-encoding: chunked\r\n").as_bytes()).unwrap();
    stream.write_all(format!("{:x}\r\n", larger.len()).as_bytes()).unwrap();
    stream.write_all(&[larger.as_slice(), b"\r\n0\r\n\r\n"].concat()).unwrap();
    read(stream).unwrap().is(413, "payload_too_large");
    assert_nothing_is_left(&stage, &server, &["large"]);
}

#[test]
fn a_client_that_asks_first_is_told_to_go_on() {
    let stage = Stage::new();
    let server = stage.session(&[]);
    let mut stream = server.connect();
    let path = format!("{S1}/files/content?path=x");
    let head = server.head("PUT", &path, "content-length: 3\r\nexpect: 100-continue\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; 25];
    std::io::Read::read_exact(&mut stream, &mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"abc").unwrap();
    read(stream).unwrap().is(201, "");
}

#[test]
fn names_come_back_as_they_went() {
    let stage = Stage::new();
    let server = stage.session(&[]);
    let reply = server.put("%2Fna%C3%AFve%20file%2B1%20%26%2050%25%23%3F.txt", "x");
    assert_eq!(reply.json()["path"], "naïve file+1 & 50%#?.txt");
    // The other spelling of a space.
    assert_eq!(server.read("na%C3%AFve+file%2B1+%26+50%25%23%3F.txt").unwrap(), b"x");
    assert_eq!(server.list(""), ["naïve file+1 & 50%#?.txt"]);
    let reply = server.get(&format!("{S1}/files/content?path=/na%C3%AFve%20file%2B1%20%26%2050%25%23%3F.txt"));
    let name = "attachment; filename=\"na_ve file+1 & 50%#?.txt\"; \
                filename*=UTF-8''na%C3%AFve%20file%2B1%20%26%2050%25%23%3F.txt";
    assert_eq!(reply.header("content-disposition"), Some(name));
}

#[test]
fn a_directory_of_many_entries_is_one_answer() {
    let stage = Stage::new();
    let server = stage.session(&["--store", "store"]);
    let home = stage.path("store/sessions/a1.s1");
    for n in 0..5000 {
        fs::write(home.join(format!("file-{n:04}")), "").unwrap();
    }
    std::os::unix::fs::symlink("/etc", home.join("link")).unwrap();
    let names = server.list("");
    assert_eq!((names.len(), names[0].as_str(), names[5000].as_str()), (5001, "file-0000", "link"));
    server.get(&format!("{S1}/files?path=link")).is(409, "conflict");
}
