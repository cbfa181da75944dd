//! Large files of AGB's dialect: presigned URLs, and the syncs that bring objects into a session and
//! out of it, with all that goes wrong with them.

use serde_json::json;

use super::stage::{NONE, Session, data, fails};
use crate::stage::Stage;

const DIR: &str = "/home/agb/file_transfer/t1";

#[test]
fn a_url_is_good_for_one_method_one_object_and_no_media_type() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = Session::new(&server);
    let context = session.transfer();
    assert_eq!(session.transfer(), context);
    let file = format!("{DIR}/a b+ü&.bin");
    let (up, down) = (session.url("Upload", &context, &file), session.url("Download", &context, &file));
    assert_eq!(session.fetch(&down, "").status, 404);
    let refused = session.put(&up, b"hello", "content-type: application/octet-stream\r\n").unwrap();
    assert_eq!((refused.status, refused.header("content-type")), (403, Some("application/xml")));
    assert!(String::from_utf8_lossy(&refused.body).contains("<Code>SignatureDoesNotMatch</Code>"));
    let done = session.put(&up, b"hello", "").unwrap();
    assert_eq!((done.status, done.header("etag")), (200, Some("\"5D41402ABC4B2A76B9719D911017C592\"")));
    assert!(done.body.is_empty());
    let got = session.fetch(&down, "");
    assert_eq!((got.status, got.body.as_slice(), got.header("etag")), (200, &b"hello"[..], done.header("etag")));
    let part = session.fetch(&down, "range: bytes=1-3\r\n");
    assert_eq!(
        (part.status, part.body.as_slice(), part.header("content-range")),
        (206, &b"ell"[..], Some("bytes 1-3/5"))
    );
    // Neither for another method, nor another object, nor another time.
    assert_eq!(session.fetch(&up, "").status, 403);
    assert_eq!(session.put(&down, b"x", "").unwrap().status, 403);
    assert_eq!(session.fetch(&down.replace("t1/", "t2/"), "").status, 403);
    assert_eq!(session.fetch(&down.replace("Expires=1", "Expires=2"), "").status, 403);
    assert_eq!(session.fetch(down.split('?').next().unwrap(), "").status, 403);
    // An object that is deleted is gone, and its URL leads nowhere.
    let target = format!("/sdk/DeleteContextFile?contextId={context}&filePath={DIR}/a%20b%2B%C3%BC%26.bin");
    data(&server.agb("POST", &target, &NONE));
    assert!(String::from_utf8_lossy(&session.fetch(&down, "").body).contains("<Code>NoSuchKey</Code>"));
    fails(
        &server.agb("POST", "/sdk/GetContextFileUploadUrl?contextId=none&filePath=/a", &NONE),
        200,
        "Context.NotFound",
    );
    for odd in ["", "/", "/a/../b", "/a//b"] {
        let target = format!("/sdk/GetContextFileUploadUrl?contextId={context}&filePath={odd}");
        fails(&server.agb("POST", &target, &NONE), 200, "InvalidParameter");
    }
}

#[test]
fn a_sync_moves_a_directory_the_way_that_the_session_calls_it() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = Session::new(&server);
    let context = session.transfer();
    for name in ["x", "sub/y"] {
        session.put(&session.url("Upload", &context, &format!("{DIR}/{name}")), name.as_bytes(), "");
    }
    session.put(&session.url("Upload", &context, "/elsewhere/z"), b"z", "");
    assert_eq!(session.states(DIR), []);
    assert_eq!(session.read(&format!("{DIR}/x")), None);
    data(&session.sync(&context, DIR, "download"));
    assert_eq!(session.states(DIR), [("Success".to_owned(), String::new())]);
    assert_eq!(session.read(&format!("{DIR}/x")).as_deref(), Some("x"));
    assert_eq!(session.read(&format!("{DIR}/sub/y")).as_deref(), Some("sub/y"));
    assert_eq!(session.read("/elsewhere/z"), None);
    // What changes in the session comes out only by the other way.
    session.write(&format!("{DIR}/x"), "changed");
    let down = session.url("Download", &context, &format!("{DIR}/x"));
    assert_eq!(session.fetch(&down, "").body, b"x");
    data(&session.sync(&context, &format!("{DIR}/"), "upload"));
    assert_eq!(session.fetch(&down, "").body, b"changed");
    assert_eq!(session.states(DIR).len(), 2);
    // A directory that is not there has nothing to move.
    data(&session.sync(&context, "/tmp/none", "upload"));
    assert_eq!(session.states("/tmp/none"), [("Success".to_owned(), String::new())]);
    fails(&session.sync("none", DIR, "upload"), 200, "Context.NotFound");
    fails(&session.sync(&context, "", "upload"), 200, "InvalidParameter");
    fails(&session.sync(&context, DIR, "sideways"), 400, "InvalidParameter");
    // A file where a directory is to be, is a failure with a reason.
    session.write("/tmp/f", "");
    session.put(&session.url("Upload", &context, "/tmp/f/g"), b"g", "");
    data(&session.sync(&context, "/tmp/f", "download"));
    let states = session.states("/tmp/f");
    assert!(states.len() == 1 && states[0].0 == "Failed" && !states[0].1.is_empty(), "{states:?}");
    assert!(!states[0].1.contains("agb_"), "{states:?}");
}

/// How a sync ends that goes wrong in one way: its states as they are asked for, and the file.
fn with_fault(how: &str) -> (Vec<String>, Option<String>) {
    let stage = Stage::new();
    let server = stage.serve(&["--fault", &format!("contexts.sync:sync={how} x1")]);
    let session = Session::new(&server);
    let context = session.transfer();
    let file = format!("{DIR}/x");
    session.put(&session.url("Upload", &context, &file), b"0123456789", "");
    data(&session.sync(&context, DIR, "download"));
    let states = (0..4).flat_map(|_| session.states(DIR)).map(|(word, reason)| format!("{word}{reason}")).collect();
    let came = session.read(&file);
    data(&session.sync(&context, DIR, "download"));
    assert_eq!(session.states(DIR), [("Success".to_owned(), String::new())]);
    assert_eq!(session.read(&file).as_deref(), Some("0123456789"), "it is whole at the second time");
    (states, came)
}

#[test]
fn a_sync_goes_wrong_in_all_ways_that_are_known() {
    let (failed, success, running) = ("Failed", "Success", "Running");
    assert_eq!(with_fault("failed"), ([failed; 4].map(str::to_owned).into(), None));
    assert_eq!(with_fault("broken"), (vec!["Failedrequested fault".to_owned(); 4], None));
    assert_eq!(with_fault("running"), ([running; 4].map(str::to_owned).into(), None));
    assert_eq!(with_fault("missing"), ([success; 4].map(str::to_owned).into(), None));
    assert_eq!(with_fault("partial"), ([success; 4].map(str::to_owned).into(), Some("01234".to_owned())));
    let slow = [running, running, success, success].map(str::to_owned);
    assert_eq!(with_fault("slow"), (slow.into(), Some("0123456789".to_owned())));
}

#[test]
fn an_object_is_missing_or_partial_on_its_way_out() {
    let stage = Stage::new();
    let faults = ["--fault", "contexts.sync:sync=missing x1", "--fault", "contexts.sync:sync=partial x1 skip=1"];
    let server = stage.serve(&faults);
    let session = Session::new(&server);
    let context = session.transfer();
    session.write("/tmp/x", "0123456789");
    let down = session.url("Download", &context, "/tmp/x");
    for (status, body) in [(404, None), (200, Some("01234")), (200, Some("0123456789"))] {
        data(&session.sync(&context, "/tmp", "upload"));
        let got = session.fetch(&down, "");
        assert_eq!(got.status, status);
        assert!(body.is_none_or(|body| got.body == body.as_bytes()), "{got:?}");
    }
}

#[test]
fn failures_come_within_success() {
    let stage = Stage::new();
    let faults = [
        ["--fault", "create:refused code=Quota x1"],
        ["--fault", "create:refused=inside x1 skip=1"],
        ["--fault", "tools.call:refused=inside x1"],
        ["--fault", "contexts.sync:refused x1"],
    ];
    let server = stage.serve(faults.as_flattened());
    let create = || server.agb("POST", "/mcp/createSession?imageId=i", &json!({}));
    fails(&create(), 200, "Quota");
    let refused = data(&create());
    assert_eq!((&refused["success"], &refused["sessionId"]), (&json!(false), &NONE));
    assert!(!refused["errMsg"].as_str().unwrap().is_empty());
    assert_eq!(data(&server.agb("GET", "/sdk/ListSession", &NONE)), json!([]), "nothing was made");
    let session = Session::new(&server);
    assert!(session.tool("list_directory", &json!({ "path": "/tmp" })).1);
    let context = session.transfer();
    session.put(&session.url("Upload", &context, "/tmp/x"), b"x", "");
    fails(&session.sync(&context, "/tmp", "download"), 200, "InternalError");
    assert_eq!((session.states("/tmp"), session.read("/tmp/x")), (Vec::new(), None));
}

#[test]
fn an_upload_that_is_cut_off_leaves_nothing_unless_it_is_told_to() {
    let stage = Stage::new();
    let server = stage.serve(&["--fault", "upload:reset@5 x1", "--fault", "upload:reset@5 keep x1"]);
    let session = Session::new(&server);
    let context = session.transfer();
    let up = session.url("Upload", &context, "/tmp/x");
    let down = session.url("Download", &context, "/tmp/x");
    assert!(session.put(&up, b"0123456789", "").is_none());
    assert_eq!(session.fetch(&down, "").status, 404);
    assert!(session.put(&up, b"0123456789", "").is_none());
    assert_eq!(session.fetch(&down, "").body, b"01234");
    assert_eq!(session.put(&up, b"0123456789", "").unwrap().status, 200);
    assert_eq!(session.fetch(&down, "").body, b"0123456789");
}

#[test]
fn a_context_is_loaded_into_sessions_and_outlives_them() {
    let stage = Stage::new();
    let mut server = stage.serve(&[]);
    {
        let context = data(&server.agb("GET", "/sdk/GetContext?name=kept&allowCreate=true", &NONE));
        let id = context["id"].as_str().unwrap();
        assert_eq!(context["state"], "available");
        let loads = json!({ "persistenceDataList": [{ "contextId": id, "path": "/data", "policy": "{}" }] });
        let one = Session::with(&server, "i", &loads);
        one.good("create_directory", &json!({ "path": "/data/sub" }));
        one.write("/data/sub/x", "x");
        data(&one.post("/mcp/releaseSessionAsync"));
        let two = Session::with(&server, "i", &loads);
        assert_eq!(two.read("/data/sub/x").as_deref(), Some("x"));
        let files =
            server.agb("POST", &format!("/sdk/DescribeContextFiles?contextId={id}&parentFolderPath=/data/sub"), &NONE);
        let (listed, count) = (data(&files), files.json()["count"].clone());
        assert_eq!((&listed[0]["filePath"], &listed[0]["size"], count), (&json!("/data/sub/x"), &json!(1), json!(1)));
        let own = two.transfer();
        data(&two.post("/mcp/releaseSessionAsync"));
        let target = format!("/sdk/GetContextFileUploadUrl?contextId={own}&filePath=/a");
        fails(&server.agb("POST", &target, &NONE), 200, "Context.NotFound");
        data(&server.agb("POST", &format!("/sdk/DeleteContext?id={id}"), &NONE));
        let made = server.agb("POST", "/mcp/createSession?imageId=i", &loads);
        assert_eq!(data(&made)["success"], false);
    }
    assert_eq!(server.stop(), 130);
    assert_eq!(stage.left_behind(), [""; 0]);
}
