//! Contents that are streamed in: whole, or an error.

use std::time::Duration;

use wharf_client::http::{Class, Download, Http, Method};
use wharf_core::body::Digest;
use wharf_core::error::{Kind, Result};

use super::server::{Server, answer, fine, step};
use super::{client, get, options, seen};

async fn drain(download: &mut Download) -> Result<Digest> {
    while download.body.next().await?.is_some() {}
    download.body.digest().cloned()
}

#[tokio::test]
async fn a_download_is_counted_and_hashed_and_never_packed() {
    let server = Server::new(vec![answer(200, "x-request-id: req_3\r\n", "content")]);
    let http = client(&server.url());
    let mut download = get(&http).fetch().await.unwrap();
    assert_eq!((download.status, download.body.len(), download.end_is_known), (200, Some(7), true));
    assert_eq!(download.request_id().as_deref(), Some("req_3"));
    let summary = drain(&mut download).await.unwrap();
    assert_eq!(summary.bytes, 7);
    assert_eq!(summary.sha256, "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73");
    let got = &server.got()[0];
    assert_eq!((got.header("accept-encoding"), got.header("range")), (Some("identity"), None));
}

#[tokio::test]
async fn a_download_whose_head_fails_is_tried_again_and_its_content_is_not() {
    let cut = "HTTP/1.1 200 OK\r\nrequest-id: req_9\r\ncontent-length: 100\r\n\r\nhalf";
    let server = Server::new(vec![
        answer(503, "", ""),
        step(|exchange| exchange.read().reset()),
        step(move |exchange| {
            exchange.read().write(cut);
            exchange.close();
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
            let server = Server::new(vec![step(move |exchange| {
                exchange.read().write(format!("{head}{rest}"));
                match fault {
                    0 => exchange.close(),
                    1 => exchange.reset(),
                    _ => exchange.stall(),
                }
            })]);
            let http = client(&server.url());
            let Ok(mut download) = get(&http).fetch().await else {
                assert_eq!(fault, 1, "a reset may come before its answer");
                continue;
            };
            assert_eq!((download.body.len(), download.end_is_known), (len, true));
            let error = drain(&mut download).await.unwrap_err();
            assert_eq!((error.kind(), &seen(&error)["retryable"]), (Kind::Unavailable, &true.into()), "{rest} {fault}");
        }
    }
}

#[tokio::test]
async fn a_content_without_a_length_has_an_end_that_is_known_or_not() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    let until_close = "HTTP/1.1 200 OK\r\n\r\nabcde";
    for (text, known) in [(chunked, true), (until_close, false)] {
        let server = Server::new(vec![step(move |exchange| {
            exchange.read().write(text);
            exchange.close();
        })]);
        let mut download = get(&client(&server.url())).fetch().await.unwrap();
        assert_eq!((download.body.len(), download.end_is_known), (None, known));
        assert_eq!(drain(&mut download).await.unwrap().bytes, 5);
    }
}

#[tokio::test]
async fn a_content_ends_where_its_length_says() {
    let server = Server::new(vec![
        step(|exchange| {
            exchange.read().write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n12345678");
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
    let server = Server::new(vec![step(|exchange| exchange.read().answer(200, "", vec![1; 4 << 20]))]);
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
    options.auth = Some(std::sync::Arc::new(wharf_client::http::Credentials::bearer("secret-token").unwrap()));
    options.headers.insert("x-team".to_owned(), "blue".to_owned());
    let http = Http::new(options).unwrap();
    let url = format!("{}/bucket/key?sig=a%2Fb", store.url());
    let mut download =
        http.external(Class::Safe, Method::GET, &url).secret("x-access-token", "tok-123456").fetch().await.unwrap();
    assert_eq!(drain(&mut download).await.unwrap().bytes, 3);
    let got = &store.got()[0];
    assert!(got.head.starts_with("GET /bucket/key?sig=a%2Fb HTTP/1.1\r\n"), "{}", got.head);
    assert_eq!((got.header("authorization"), got.header("x-team")), (None, None));
    assert_eq!(got.header("x-access-token"), Some("tok-123456"));
}

#[tokio::test]
async fn a_part_that_was_not_asked_for_is_no_content() {
    for (status, headers) in
        [(206, ""), (206, "content-range: bytes 0-2/3\r\n"), (200, "content-range: bytes 0-2/9\r\n")]
    {
        let server = Server::new(vec![answer(status, headers, "abc")]);
        let http = client(&server.url());
        assert_eq!(get(&http).fetch().await.err().unwrap().kind(), Kind::Unverified, "{status} {headers}");
        assert_eq!(get(&http).send().await.err().unwrap().kind(), Kind::Unavailable, "{status} {headers}");
        assert_eq!(server.count(), 2, "it is not asked for again");
    }
}

#[tokio::test]
async fn a_content_of_a_known_size_has_that_size() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    let until_close = "HTTP/1.1 200 OK\r\n\r\nabcde";
    let announced = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabcde";
    for (text, size, end) in [
        (chunked, Some(5), Ok(5)),
        (chunked, None, Ok(5)),
        (chunked, Some(6), Err(Kind::Unverified)),
        (chunked, Some(4), Err(Kind::Unverified)),
        (announced, Some(5), Ok(5)),
        (announced, Some(6), Err(Kind::Unverified)),
        (until_close, Some(5), Ok(5)),
        // It is unknown whether it was cut off on its way.
        (until_close, Some(6), Err(Kind::Unavailable)),
        (until_close, Some(4), Err(Kind::Unverified)),
        (until_close, None, Err(Kind::Unavailable)),
    ] {
        let server = Server::new(vec![step(move |exchange| {
            exchange.read().write(text);
            exchange.close();
        })]);
        let download = get(&client(&server.url())).fetch().await.unwrap();
        let came = async {
            let mut body = download.of_size("x", size)?;
            assert!(size.is_none() || body.len() == size);
            while body.next().await?.is_some() {}
            Ok::<_, wharf_core::error::Error>(body.digest()?.bytes)
        };
        assert_eq!(came.await.map_err(|error| error.kind()), end, "{text} {size:?}");
    }
}

#[tokio::test]
async fn a_content_that_only_trickles_is_given_up_and_a_slow_one_is_not() {
    // A byte at a time, each well within the time without a byte.
    for (block, blocks, fine) in [(1, 200, false), (200, 20, true)] {
        let server = Server::new(vec![step(move |exchange| {
            exchange.read().write(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", block * blocks));
            for _ in 0..blocks {
                if !exchange.goes_on() {
                    return;
                }
                exchange.write("x".repeat(block));
                std::thread::sleep(Duration::from_millis(40));
            }
        })]);
        let mut options = options(&server.url());
        options.idle_timeout = Duration::from_millis(400);
        options.retries = 0;
        let http = Http::new(options).unwrap();
        let mut download = get(&http).fetch().await.unwrap();
        let streamed = drain(&mut download).await.map_err(|error| error.message().to_owned());
        let whole = get(&http).send().await.map_err(|error| error.message().to_owned());
        for message in [streamed.err(), whole.err()] {
            let told =
                message.as_deref().is_some_and(|text| text.starts_with("the service sent fewer than 1024 bytes in "));
            assert!(told != fine && message.is_none() == fine, "{message:?}");
        }
    }
}
