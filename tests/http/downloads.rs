//! Contents that are streamed in: whole, or an error.

use std::time::Duration;

use wharf::body::Summary;
use wharf::error::{Kind, Result};
use wharf::http::{Class, Download, Http, Method};

use super::server::{Server, answer, fine, step};
use super::{client, get, options, seen};

async fn drain(download: &mut Download) -> Result<Summary> {
    while download.body.next().await?.is_some() {}
    download.body.summary().cloned()
}

#[tokio::test]
async fn a_download_is_counted_and_hashed_and_never_packed() {
    let server = Server::new(vec![answer(206, "x-request-id: req_3\r\n", "content")]);
    let http = client(&server.url());
    let mut download = get(&http).header("range", "bytes=0-6").fetch().await.unwrap();
    assert_eq!((download.status, download.body.len(), download.end_is_proven), (206, Some(7), true));
    assert_eq!(download.request_id().as_deref(), Some("req_3"));
    let summary = drain(&mut download).await.unwrap();
    assert_eq!(summary.bytes, 7);
    assert_eq!(summary.sha256, "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73");
    let got = &server.got()[0];
    assert_eq!((got.header("accept-encoding"), got.header("range")), (Some("identity"), Some("bytes=0-6")));
}

#[tokio::test]
async fn a_download_whose_head_fails_is_tried_again_and_its_content_is_not() {
    let cut = "HTTP/1.1 200 OK\r\nrequest-id: req_9\r\ncontent-length: 100\r\n\r\nhalf";
    let server = Server::new(vec![
        answer(503, "", ""),
        step(|talk| talk.read().reset()),
        step(move |talk| {
            talk.read().write(cut);
            talk.close();
        }),
        fine(),
    ]);
    let mut download = get(&client(&server.url())).fetch().await.unwrap();
    let error = drain(&mut download).await.unwrap_err();
    assert_eq!((error.kind(), server.count()), (Kind::Unavailable, 3));
    let seen = seen(&error);
    assert_eq!((seen["retryable"].as_bool(), seen["request_id"].as_str()), (Some(true), Some("req_9")));
}

#[tokio::test]
async fn contents_that_are_cut_off_or_stand_still_are_errors() {
    let head = "HTTP/1.1 200 OK\r\n";
    for (rest, len) in [
        ("content-length: 10\r\n\r\n12345", Some(10)),
        ("transfer-encoding: chunked\r\n\r\n5\r\n12345\r\n", None),
        ("transfer-encoding: chunked\r\n\r\n5\r\n123", None),
        ("transfer-encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n", None),
    ] {
        for fault in 0..3 {
            let server = Server::new(vec![step(move |talk| {
                talk.read().write(format!("{head}{rest}"));
                match fault {
                    0 => talk.close(),
                    1 => talk.reset(),
                    _ => talk.stall(),
                }
            })]);
            let http = client(&server.url());
            let Ok(mut download) = get(&http).fetch().await else {
                assert_eq!(fault, 1, "a reset may come before its answer");
                continue;
            };
            assert_eq!((download.body.len(), download.end_is_proven), (len, true));
            let error = drain(&mut download).await.unwrap_err();
            assert_eq!((error.kind(), &seen(&error)["retryable"]), (Kind::Unavailable, &true.into()), "{rest} {fault}");
        }
    }
}

#[tokio::test]
async fn a_content_without_a_length_has_an_end_that_is_proven_or_not() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    let until_close = "HTTP/1.1 200 OK\r\n\r\nabcde";
    for (text, proven) in [(chunked, true), (until_close, false)] {
        let server = Server::new(vec![step(move |talk| {
            talk.read().write(text);
            talk.close();
        })]);
        let mut download = get(&client(&server.url())).fetch().await.unwrap();
        assert_eq!((download.body.len(), download.end_is_proven), (None, proven));
        assert_eq!(drain(&mut download).await.unwrap().bytes, 5);
    }
}

#[tokio::test]
async fn a_content_ends_where_its_length_says() {
    let server = Server::new(vec![
        step(|talk| {
            talk.read().write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n12345678");
        }),
        fine(),
    ]);
    let http = client(&server.url());
    let mut download = get(&http).fetch().await.unwrap();
    assert_eq!(drain(&mut download).await.unwrap().bytes, 4);
    assert_eq!(get(&http).send().await.unwrap().bytes, "{\"ok\":true}");
}

#[tokio::test]
async fn a_content_that_was_packed_unasked_is_refused() {
    let server = Server::new(vec![answer(200, "content-encoding: gzip\r\n", "xxxx")]);
    let error = get(&client(&server.url())).fetch().await.err().unwrap();
    assert_eq!((error.kind(), server.count()), (Kind::Unavailable, 1));
}

#[tokio::test]
async fn a_slow_reader_is_not_a_slow_service() {
    let server = Server::new(vec![step(|talk| talk.read().answer(200, "", vec![1; 4 << 20]))]);
    let mut options = options(&server.url());
    options.idle_timeout = Duration::from_millis(100);
    let mut download = get(&Http::new(options).unwrap()).fetch().await.unwrap();
    for _ in 0..3 {
        download.body.next().await.unwrap();
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    assert_eq!(drain(&mut download).await.unwrap().bytes, 4 << 20);
}

#[tokio::test]
async fn an_address_that_was_given_out_gets_no_credentials() {
    let (home, store) = (Server::new(vec![fine()]), Server::new(vec![answer(200, "", "abc")]));
    let mut options = options(&home.url());
    options.auth = Some(std::sync::Arc::new(wharf::http::Credentials::bearer("secret-token").unwrap()));
    options.headers.insert("x-team".to_owned(), "blue".to_owned());
    let http = Http::new(options).unwrap();
    let url = format!("{}/bucket/key?sig=a%2Fb", store.url());
    let mut download =
        http.elsewhere(Class::Safe, Method::GET, &url).secret("x-access-token", "tok-123456").fetch().await.unwrap();
    assert_eq!(drain(&mut download).await.unwrap().bytes, 3);
    let got = &store.got()[0];
    assert!(got.head.starts_with("GET /bucket/key?sig=a%2Fb HTTP/1.1\r\n"), "{}", got.head);
    assert_eq!((got.header("authorization"), got.header("x-team")), (None, None));
    assert_eq!(got.header("x-access-token"), Some("tok-123456"));
}
