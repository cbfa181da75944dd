//! Answers that are wrong, late, endless or meant for another request.

use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::Value;
use wharf_client::http::{Class, Credentials, Http, Method, Options};
use wharf_core::error::Kind;

use super::server::{Server, answer, fine, stall, step};
use super::source::Memory;
use super::{client, get, options, seen};

/// A client that tries once.
fn once(server: &Server) -> Http {
    let mut options = options(&server.url());
    options.retries = 0;
    Http::new(options).unwrap()
}

#[tokio::test]
async fn a_service_that_stands_still_is_noticed() {
    let server = Server::new(vec![step(|exchange| exchange.read().stall())]);
    let start = Instant::now();
    let error = get(&once(&server)).send().await.unwrap_err();
    assert_eq!(error.message(), "the service answered nothing for 1.2 s");
    assert_eq!((error.kind(), seen(&error)["retryable"].as_bool()), (Kind::Unavailable, Some(true)));
    assert!(start.elapsed() < Duration::from_secs(2));
    let server = Server::new(vec![step(|exchange| {
        exchange.read().write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n");
        exchange.stall();
    })]);
    let error = get(&once(&server)).send().await.unwrap_err();
    assert_eq!(error.message(), "the service sent nothing for 0.3 s");
}

#[tokio::test]
async fn a_service_that_takes_nothing_is_noticed() {
    let server = Server::new(vec![stall()]);
    let source = Memory { block: 65_536, ..Memory::new(vec![7; 32 << 20]) };
    let http = once(&server);
    let error = http.request(Class::Idempotent, Method::PUT, &["x"]).source(&source).send().await.unwrap_err();
    assert_eq!(error.message(), "the service took nothing for 1.2 s");
}

#[tokio::test]
async fn answers_that_are_cut_off_are_asked_for_again() {
    let cuts = [
        "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{\"ok\":",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\n{\"ok\":\r\n",
        "HTTP/1.1 200 OK\r\ncontent-le",
        "HTTP/1.1 200 OK\r\ncontent-length: 11\r\ncontent-length: 12\r\n\r\n{\"ok\":true}",
        "SSH-2.0-OpenSSH_9.9\r\n",
    ];
    for cut in cuts {
        let server = Server::new(vec![
            step(move |exchange| {
                exchange.read().write(cut);
                exchange.close();
            }),
            fine(),
        ]);
        let error = get(&once(&server)).send().await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable, "{cut}: {error}");
        let server = Server::new(vec![
            step(move |exchange| {
                exchange.read().write(cut);
                exchange.reset();
            }),
            fine(),
        ]);
        assert_eq!(get(&client(&server.url())).send().await.unwrap().tries, 2, "{cut}");
    }
}

#[tokio::test]
async fn an_endless_error_is_not_read_to_its_end() {
    let server = Server::new(vec![step(|exchange| {
        exchange.read().write("HTTP/1.1 400 Any\r\ntransfer-encoding: chunked\r\n\r\n");
        while exchange.goes_on() && exchange.write(format!("1000\r\n{}\r\n", "x".repeat(4096))) {}
    })]);
    let start = Instant::now();
    let error = get(&once(&server)).send().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Usage);
    assert!(error.message().len() < 400, "{error}");
    // A byte now and then, for ever.
    let server = Server::new(vec![step(|exchange| {
        exchange.read().write("HTTP/1.1 404 Any\r\ncontent-length: 100000\r\n\r\nnot ");
        while exchange.goes_on() && exchange.write("x") {
            std::thread::sleep(Duration::from_millis(30));
        }
    })]);
    let error = get(&once(&server)).send().await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert!(
        error.message().starts_with("the service answered 404 Not Found: no JSON (no content type): not x"),
        "{error}"
    );
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn the_page_of_a_proxy_is_told_as_what_it_is() {
    let page = "<html>\n<head><title>502 Bad Gateway</title></head>\x1b[2J</html>";
    let server = Server::new(vec![answer(502, "content-type: text/html\r\napim-request-id: a, a\r\n", page)]);
    let error = get(&once(&server)).send().await.unwrap_err();
    assert_eq!(error.message(), "the service answered 502 Bad Gateway: no JSON (text/html): 502 Bad Gateway [2J");
    assert_eq!(seen(&error)["request_id"], "a");
    let server = Server::new(vec![answer(200, "content-type: text/html\r\n", "<title>Please log in</title>")]);
    let error = get(&once(&server)).send().await.unwrap().object::<Value>().unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.message().contains("text/html") && error.message().contains("Please log in"), "{error}");
}

#[tokio::test]
async fn redirects_are_not_followed_and_nothing_reaches_the_other_origin() {
    let other = Server::new(vec![fine()]);
    let location = format!("location: {}/steal?token=abc\r\n", other.url());
    for status in [301, 302, 303, 307, 308] {
        let location = location.clone();
        let server = Server::new(vec![step(move |exchange| exchange.read().answer(status, &location, ""))]);
        let mut options = options(&server.url());
        options.auth = Some(std::sync::Arc::new(Credentials::bearer("secret-token").unwrap()));
        let error = get(&Http::new(options).unwrap()).send().await.unwrap_err();
        assert_eq!((error.kind(), server.count()), (Kind::Unavailable, 1));
        assert!(error.message().ends_with(&format!("and points to {}", other.url())), "{error}");
        assert!(error.hint_text().unwrap().contains("BaseUrl"));
    }
    assert_eq!(other.count(), 0);
}

#[tokio::test]
async fn what_follows_an_answer_is_never_taken_for_the_next_one() {
    let smuggled = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n1234HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil";
    let server = Server::new(vec![
        step(move |exchange| {
            exchange.read().write(smuggled);
        }),
        fine(),
    ]);
    let http = client(&server.url());
    assert_eq!(get(&http).send().await.unwrap().bytes, "1234");
    for _ in 0..3 {
        assert_eq!(get(&http).send().await.unwrap().bytes, "{\"ok\":true}");
    }
}

#[tokio::test]
async fn packed_answers_are_unpacked_and_said_byte_for_byte() {
    let content = "{ \"a\" :  1.0 }\n";
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(content.as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    let half = packed[..packed.len() - 9].to_vec();
    let server = Server::new(vec![
        step(move |exchange| exchange.read().answer(200, "content-encoding: gzip\r\n", &packed)),
        step(move |exchange| exchange.read().answer(200, "content-encoding: gzip\r\n", &half)),
    ]);
    let http = once(&server);
    let answer = get(&http).send().await.unwrap();
    assert_eq!(answer.bytes, content);
    assert_eq!(server.got()[0].header("accept-encoding"), Some("gzip"));
    assert_eq!(get(&http).send().await.unwrap_err().kind(), Kind::Unavailable);
}

#[tokio::test]
async fn an_answer_beyond_all_measure_is_refused() {
    let server = Server::new(vec![step(|exchange| {
        exchange.read().write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        let chunk = format!("100000\r\n{}\r\n", " ".repeat(1 << 20));
        while exchange.goes_on() && exchange.write(&chunk) {}
    })]);
    let error = get(&client(&server.url())).send().await.unwrap_err();
    assert_eq!((error.message(), server.count()), ("the answer is longer than 4 MiB", 1));
    assert_eq!(seen(&error)["retryable"], false);
}

#[tokio::test]
async fn a_backend_reads_its_own_errors() {
    let server = Server::new(vec![answer(400, "x-reason: Gone\r\n", "{\"say\":\"it is gone\"}")]);
    let mut options = options(&server.url());
    options.error_parser = |status, headers, content| {
        assert_eq!(status, 400);
        let content: Value = serde_json::from_slice(content).unwrap();
        wharf_client::http::ServiceError {
            code: headers.get("x-reason").map(|value| value.to_str().unwrap().to_owned()),
            message: content["say"].as_str().map(str::to_owned),
            request_id: Some("inside".to_owned()),
            kind: Some(Kind::NotFound),
            retry: Some(true),
            hint: Some("look elsewhere".to_owned()),
            not_executed: None,
        }
    };
    options.retries = 1;
    let error = get(&Http::new(options).unwrap()).send().await.unwrap_err();
    let message = "the service answered 400 Bad Request: it is gone (after 2 tries)";
    assert_eq!((error.kind(), error.message(), server.count()), (Kind::NotFound, message, 2));
    assert_eq!(error.hint_text(), Some("look elsewhere"));
    assert_eq!((&seen(&error)["code"], &seen(&error)["request_id"]), (&"Gone".into(), &"inside".into()));
}

#[tokio::test]
async fn an_error_may_come_with_a_good_status() {
    let server = Server::new(vec![answer(200, "x-request-id: r1\r\n", "{\"success\":false}")]);
    let answer = get(&client(&server.url())).send().await.unwrap();
    let message = Some("gone, see https://a.test/x?sig=PLANTED".to_owned());
    let told = wharf_client::http::ServiceError {
        message,
        code: Some("X.NotFound".to_owned()),
        kind: Some(Kind::NotFound),
        hint: Some("look elsewhere".to_owned()),
        ..wharf_client::http::ServiceError::default()
    };
    let error = answer.error(told);
    assert_eq!(
        (error.kind(), error.message()),
        (Kind::NotFound, "the service answered: gone, see https://a.test/x?***")
    );
    assert_eq!((&seen(&error)["code"], &seen(&error)["request_id"]), (&"X.NotFound".into(), &"r1".into()));
    assert_eq!(error.hint_text(), Some("look elsewhere"));
}

#[test]
fn bad_addresses_are_refused_before_anything_is_sent() {
    for bad in ["http://service.test", "https://me:hunter22@service.test", "nonsense"] {
        let error = Http::new(Options::new("test", bad)).err().unwrap();
        assert_eq!(error.kind(), Kind::Usage, "{bad}");
        assert!(!error.message().contains("hunter22"));
    }
}

#[tokio::test]
async fn a_request_that_is_none_is_not_sent() {
    let server = Server::new(vec![fine()]);
    let http = client(&server.url());
    let up = http.request(Class::Safe, Method::GET, &["v1", "..", "secret"]).send().await;
    let line = get(&http).header("x-note", "a\r\nb: c").send().await;
    let plain = http.external(Class::Safe, Method::GET, "http://192.0.2.1/x?sig=hunter22").send().await;
    for result in [up, line, plain] {
        let error = result.unwrap_err();
        assert!(error.kind() == Kind::Usage && !error.message().contains("hunter22"), "{error}");
    }
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn an_address_that_is_too_long_is_told_and_not_sent() {
    let server = Server::new(vec![fine()]);
    let http = once(&server);
    let long = "c".repeat(100_000);
    let error = get(&http).query("after", &long).send().await.unwrap_err();
    assert_eq!((error.kind(), seen(&error)["retryable"].as_bool()), (Kind::Unavailable, Some(false)));
    assert!(error.message().ends_with("would have 100006 bytes: `after`"), "{error}");
    let error = http.request(Class::Safe, Method::GET, &["v1", &long]).send().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Usage);
    assert!(error.message().starts_with("a name in this request is too long"), "{error}");
    assert_eq!(server.count(), 0);
}
