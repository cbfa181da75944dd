//! Uploads: forms of every shape, all of a file or nothing.

use std::io::Write as _;
use std::net::Shutdown;

use serde_json::Value;

use super::stage::{OLD_FILES, ReplyChecks, data, form, id};
use crate::stage::{Server, Stage, names, read, wait_until};

const FILE: &str = "Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv";
const EXPIRES: &str = "Content-Disposition: form-data; name=\"expires_in_seconds\"";

#[test]
fn a_form_is_read_whatever_the_order_of_its_parts() {
    let stage = Stage::new();
    let server = stage.serve(&["--store", "store"]);
    for parts in [[(EXPIRES, "3600"), (FILE, "1,2")], [(FILE, "1,2"), (EXPIRES, "3600")]] {
        let made = server.form("", &parts).fine();
        assert_eq!((made["filename"].as_str(), made["mime_type"].as_str()), (Some("a.csv"), Some("text/csv")));
        assert_eq!((&made["size_bytes"], &made["downloadable"]), (&3.into(), &false.into()));
        let time = |name: &str| made[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        assert_eq!((time("expires_at") - time("created_at")).get_seconds() / 10, 360);
    }
    // What looks like the end of a part and is not.
    let tricky = b"\r\n--b-2\r\n--b-\r\r--\n\r\n--b-2--\r\n".repeat(3000);
    let made = server.form("", &[(FILE, &tricky)]).fine();
    assert_eq!(made["size_bytes"], tricky.len());
    let stored = stage.path("store/store");
    let found = names(&stored).iter().any(|shelf| {
        let shelf = stored.join(shelf);
        names(&shelf).iter().any(|file| std::fs::read(shelf.join(file)).unwrap() == tricky)
    });
    assert!(found, "the content is in the store as it was sent");
}

#[test]
fn a_form_that_is_wrong_leaves_nothing() {
    let stage = Stage::new();
    let server = stage.serve(&["--store", "store"]);
    let odd = "Content-Disposition: form-data; name=\"purpose\"";
    let name = |name: &str| format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
    let (bad_sign, bad_control, long) = (name("a|b"), name("a\u{1}b"), name(&"x".repeat(256)));
    for parts in [
        &[][..],
        &[(EXPIRES, "3600")],
        &[(FILE, "x"), (FILE, "x")],
        &[(FILE, "x"), (EXPIRES, "3599")],
        &[(FILE, "x"), (EXPIRES, "7776001")],
        &[(EXPIRES, "soon"), (FILE, "x")],
        &[(FILE, "x"), (odd, "x")],
        &[(&bad_sign, "x")],
        &[(&bad_control, "x")],
        &[(&long, "x")],
    ] {
        server.form("", parts).bad();
    }
    // The old feature asks for a type.
    server.form(OLD_FILES, &[(&name("x"), b"x")]).bad();
    let (kind, whole) = form(&[(FILE, b"x")]);
    for (kind, body) in [("application/json", &whole[..]), ("multipart/form-data", &whole), (&kind, &whole[..60])] {
        let headers = format!("content-type: {kind}\r\ncontent-length: {}\r\n", body.len());
        let head = server.asking("POST", "/v1/files", "", &headers);
        server.raw(&[head.as_bytes(), body].concat()).unwrap().bad();
    }
    assert_eq!(data(&server.look("/v1/files")), Vec::<Value>::new());
}

#[test]
fn an_upload_that_is_cut_off_leaves_nothing() {
    let stage = Stage::new();
    let server = stage.serve(&["--store", "store"]);
    let (kind, whole) = form(&[(FILE, vec![7; 100_000])]);
    for sent in [0, 20, 130, 60_000, whole.len() - 4] {
        let headers = format!("content-type: {kind}\r\ncontent-length: {}\r\n", whole.len());
        let mut stream = server.connect();
        stream.write_all(server.asking("POST", "/v1/files", "", &headers).as_bytes()).unwrap();
        stream.write_all(&whole[..sent]).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let reply = read(stream);
        assert!(reply.as_ref().is_none_or(|reply| reply.status >= 400), "{sent}: {reply:?}");
    }
    wait_until("nothing in the making", || stage.unfinished().is_empty());
    assert_eq!(data(&server.look("/v1/files")), Vec::<Value>::new());
}

#[test]
fn what_is_announced_as_too_large_is_refused_before_it_comes() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let headers = "content-type: multipart/form-data; boundary=b-1\r\nexpect: 100-continue\r\n";
    let head = server.asking("POST", "/v1/files", "", &format!("{headers}content-length: 600000000\r\n"));
    server.raw(head.as_bytes()).unwrap().refused(413, "request_too_large", None);
}

#[test]
fn names_come_back_as_they_went_without_their_directories() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    for (sent, name) in [
        ("résumé ü.txt", "résumé ü.txt"),
        ("odd%22name.bin", "odd%22name.bin"),
        ("in/a/folder.csv", "folder.csv"),
        ("", "unnamed.bin"),
    ] {
        let file = server.store(sent, b"x");
        assert_eq!(server.look(&format!("/v1/files/{file}"))["filename"], name);
    }
    let bare = server.form("", &[("Content-Disposition: form-data; name=\"file\"\r\nContent-Type: text/csv", b"x")]);
    assert_eq!(bare.fine()["filename"], "unnamed.csv");
    assert!(id(&bare.fine()).starts_with("file_"));
}

#[test]
fn a_large_file_is_taken_and_given_back_in_little_memory() {
    let stage = Stage::new();
    let server = stage.serve(&["--store", "store"]);
    let content: Vec<u8> = (0..64 << 20).map(|at| u8::try_from(at % 251).unwrap()).collect();
    let made = server.form("", &[(FILE, &content)]).fine();
    assert_eq!(made["size_bytes"], content.len());
    let session = server.empty();
    let output = server.leave(&session, "filename=large", &content);
    assert!(server.with("", "GET", &format!("/v1/files/{output}/content"), "").body == content);
    assert_little_memory(&server);
}

#[test]
fn a_form_whose_parts_do_not_begin_is_refused_in_little_memory() {
    let stage = Stage::new();
    let server = stage.serve(&["--store", "store"]);
    let long = "x".repeat(64 << 20);
    let header = format!("{FILE}\r\nX-Long: {long}");
    assert!(server.form("", &[(&header, b"x")]).bad().contains("too long"));
    for before in [long.clone(), format!("--b-1{}", " ".repeat(long.len()))] {
        let body = format!("{before}\r\n--b-1\r\n{FILE}\r\n\r\nx\r\n--b-1--\r\n");
        let headers = format!("content-type: multipart/form-data; boundary=b-1\r\ncontent-length: {}\r\n", body.len());
        let head = server.asking("POST", "/v1/files", "", &headers);
        assert!(server.raw((head + &body).as_bytes()).unwrap().bad().contains("too long"));
    }
    assert_little_memory(&server);
    assert_eq!(data(&server.look("/v1/files")), Vec::<Value>::new());
}

/// Checks that the server never needed more than 40 MiB.
#[track_caller]
fn assert_little_memory(server: &Server) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    assert!(peak.is_none_or(|peak| peak < 40 << 10), "{peak:?} KiB");
}
