//! Contents that are streamed out: whole, or not at all.

use std::net::TcpListener;
use std::time::Duration;

use wharf_client::http::{Class, FilePart, Http, Method, MultipartForm, Request};
use wharf_core::error::Kind;

use super::server::{Server, answer, fine, reset, step};
use super::source::{Memory, noise};
use super::{LOOK, client, get, options};

fn put<'a>(http: &'a Http, source: &'a Memory) -> Request<'a> {
    http.request(Class::Idempotent, Method::PUT, &["content"]).source(source)
}

#[tokio::test]
async fn a_source_goes_out_with_its_length_and_its_hash() {
    for len in [0, 1, 9_999, 10_000, 10_001, 1_000_000] {
        let content = noise(len);
        let (server, source) = (Server::new(vec![fine()]), Memory::new(content.clone()));
        let sent = put(&client(&server.url()), &source).send().await.unwrap().sent.unwrap();
        let got = &server.got()[0];
        assert_eq!(got.header("content-length"), Some(len.to_string().as_str()));
        assert_eq!((got.header("transfer-encoding"), got.header("content-type")), (None, None));
        assert!(got.whole && got.body == content, "{len}");
        let local = sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix(&content));
        assert_eq!((sent.bytes, sent.sha256), (len as u64, wharf_core::body::hex(&local)));
    }
}

#[tokio::test]
async fn a_retry_sends_the_source_from_its_start() {
    let content = noise(300_000);
    let source = Memory::new(content.clone());
    let server = Server::new(vec![
        // Before the content, in the middle of it, after it, and instead of an answer.
        reset(),
        step(|exchange| {
            std::thread::sleep(Duration::from_millis(30));
            exchange.reset();
        }),
        step(|exchange| exchange.read().reset()),
        answer(503, "", ""),
        fine(),
    ]);
    assert_eq!(put(&client(&server.url()), &source).send().await.unwrap().tries, 5);
    assert_eq!(source.opened(), 5);
    let got = server.got();
    assert!(got[4].whole && got[4].body == content);
    // What the service saw of the others is either whole and right, or plainly not whole.
    assert!(got.iter().all(|got| !got.whole || got.body == content));
}

#[tokio::test]
async fn a_source_that_is_not_what_it_said_never_arrives_whole() {
    let content = noise(50_000);
    for said in [49_999, 50_001, 40_000, 60_000, 1, 1_000_000] {
        let server = Server::new(vec![step(|exchange| exchange.read().answer(200, "", "{}"))]);
        let source = Memory::saying(content.clone(), Some(said));
        let error = put(&client(&server.url()), &source).send().await.unwrap_err();
        assert_eq!((error.kind(), source.opened()), (Kind::Conflict, 1), "{said}: {error}");
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(server.got().iter().all(|got| !got.whole), "{said}");
    }
    // Found out when there is nothing more to read: by then the last block is still here.
    let server = Server::new(vec![step(|exchange| exchange.read().answer(200, "", "{}"))]);
    let spoiled = Memory { spoiled: true, ..Memory::new(content) };
    assert_eq!(put(&client(&server.url()), &spoiled).send().await.unwrap_err().kind(), Kind::Conflict);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!server.got()[0].whole);
    let server = Server::new(vec![fine()]);
    let grown = Memory::saying("x", Some(0));
    assert_eq!(put(&client(&server.url()), &grown).send().await.unwrap_err().kind(), Kind::Conflict);
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn a_pipe_goes_out_in_chunks_and_only_once() {
    let content = noise(70_000);
    let server = Server::new(vec![fine()]);
    let pipe = Memory::saying(content.clone(), None);
    put(&client(&server.url()), &pipe).send().await.unwrap();
    let got = &server.got()[0];
    assert_eq!((got.header("transfer-encoding"), got.header("content-length")), (Some("chunked"), None));
    assert!(got.whole && got.body == content);
    // What was read of it is gone: no second try, whatever the request's class says.
    let server = Server::new(vec![answer(503, "", ""), fine()]);
    let pipe = Memory::saying(content.clone(), None);
    assert_eq!(put(&client(&server.url()), &pipe).send().await.unwrap_err().kind(), Kind::Unavailable);
    assert_eq!((server.count(), pipe.opened()), (1, 1));
}

#[tokio::test]
async fn a_pipe_is_not_touched_before_there_is_a_connection() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let mut options = options(&format!("http://{address}"));
    options.retries = 8;
    let (http, pipe) = (Http::new(options).unwrap(), Memory::saying("abc", None));
    let later = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(pipe.opened(), 0);
        Server::on(TcpListener::bind(address).unwrap(), vec![fine()])
    };
    let (answer, server) = tokio::join!(put(&http, &pipe).send(), later);
    assert!(answer.unwrap().tries > 1);
    assert_eq!((server.got()[0].body.as_slice(), pipe.opened()), (&b"abc"[..], 1));
}

#[tokio::test]
async fn a_refusal_ends_an_upload_at_once() {
    let server = Server::new(vec![step(|exchange| {
        exchange.answer(413, "connection: close\r\n", "{\"message\":\"too large\"}");
        exchange.read();
        exchange.close();
    })]);
    let source = Memory { block: 65_536, ..Memory::new(vec![1; 16 << 20]) };
    let http = client(&server.url());
    let error = http.request(LOOK, Method::POST, &["x"]).source(&source).send().await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (Kind::Limit, "the service answered 413 Payload Too Large: too large"));
    assert!(!server.got()[0].whole);
}

#[tokio::test]
async fn a_form_carries_its_fields_and_its_file() {
    let content = noise(25_000);
    for said in [Some(25_000), None] {
        let server = Server::new(vec![answer(429, "", ""), fine()]);
        let source = Memory::saying(content.clone(), said);
        let file = FilePart { name: "file", filename: "a \"b\".csv", content_type: Some("text/csv"), source: &source };
        let form = MultipartForm { fields: vec![("expires_in_seconds", "3600")], file };
        let result = client(&server.url()).request(LOOK, Method::POST, &["v1", "files"]).form(form).send().await;
        assert_eq!(result.is_ok(), said.is_some());
        let got = server.got();
        let got = &got[got.len() - 1];
        let kind = got.header("content-type").unwrap();
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let mut wanted = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"expires_in_seconds\"\r\n\r\n3600\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a %22b%22.csv\"\r\n\
             Content-Type: text/csv\r\n\r\n"
        )
        .into_bytes();
        wanted.extend(&content);
        wanted.extend(format!("\r\n--{boundary}--\r\n").bytes());
        assert!(got.whole && got.body == wanted);
        let len = got.header("content-length").map(|len| len.parse::<usize>().unwrap());
        assert_eq!(len, said.map(|_| wanted.len()));
    }
}

#[tokio::test]
async fn small_contents_say_what_they_are() {
    let server = Server::new(vec![fine()]);
    let mut options = options(&server.url());
    options.headers.insert("X-Team".to_owned(), "blue".to_owned());
    let http = Http::new(options).unwrap();
    super::post(&http, LOOK).query("beta", "true").query("path", "a b/c").send().await.unwrap();
    http.request(LOOK, Method::POST, &["empty"]).send().await.unwrap();
    get(&http).send().await.unwrap();
    let got = server.got();
    assert!(got[0].head.starts_with("POST /v1/things?beta=true&path=a%20b%2Fc HTTP/1.1\r\n"), "{}", got[0].head);
    assert_eq!(got[0].header("content-type"), Some("application/json"));
    assert_eq!(got[0].header("accept"), Some("application/json"));
    assert_eq!(got[0].header("x-team"), Some("blue"));
    assert_eq!(got[0].header("user-agent"), Some(concat!("wharf/", env!("CARGO_PKG_VERSION"))));
    assert_eq!((got[1].header("content-length"), got[1].header("content-type")), (Some("0"), None));
    assert_eq!(got[2].header("content-length"), None);
}
