//! What is sent again, when, and what never is.

use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::future::join_all;
use wharf_client::http::{Auth, Class, Credentials, Http, ServiceError};
use wharf_core::error::{Kind, Result};

use super::server::{Server, answer, fine, reset, step};
use super::{LOOK, client, get, options, post, seen};

#[tokio::test]
async fn what_may_help_is_tried_again_and_nothing_else() {
    let again = async |status| {
        let server = Server::new(vec![answer(status, "", ""), fine()]);
        assert_eq!(get(&client(&server.url())).send().await.unwrap().tries, 2, "{status}");
    };
    join_all([408, 429, 500, 502, 503, 504, 529].map(again)).await;
    for status in [400, 401, 403, 404, 405, 409, 410, 412, 413, 422, 424, 501, 505, 507] {
        let server = Server::new(vec![answer(status, "", ""), fine()]);
        let error = get(&client(&server.url())).send().await.unwrap_err();
        assert_eq!((seen(&error)["status"].clone(), server.count()), (status.into(), 1), "{error}");
        assert_eq!(seen(&error)["retryable"], false);
    }
    for (status, header, retry) in [(500, "retry: false\r\n", false), (400, "retry: true\r\n", true)] {
        let server = Server::new(vec![answer(status, header, ""), fine()]);
        let mut options = options(&server.url());
        options.error_parser = |_, headers, _| {
            let retry = headers.get("retry").map(|value| value == "true");
            ServiceError { retry, ..ServiceError::default() }
        };
        let sent = get(&Http::new(options).unwrap()).send().await;
        assert_eq!(sent.is_ok(), retry, "{status}");
    }
}

#[tokio::test]
async fn no_retries_is_one_try_and_the_last_failure_is_told() {
    let server =
        Server::new(vec![answer(429, "request-id: req_7\r\n", r#"{"error":{"type":"rate","message":"slow down"}}"#)]);
    let mut options = options(&server.url());
    options.retries = 0;
    let error = get(&Http::new(options.clone()).unwrap()).send().await.unwrap_err();
    assert_eq!((error.kind(), server.count()), (Kind::Limit, 1));
    assert_eq!(error.message(), "the service answered 429 Too Many Requests: slow down");
    options.retries = 2;
    let error = get(&Http::new(options).unwrap()).send().await.unwrap_err();
    assert_eq!(server.count(), 4);
    assert_eq!(error.message(), "the service answered 429 Too Many Requests: slow down (after 3 tries)");
    let seen = seen(&error);
    assert_eq!((seen["backend"].as_str(), seen["code"].as_str()), (Some("test"), Some("rate")));
    assert_eq!((seen["request_id"].as_str(), seen["retryable"].as_bool()), (Some("req_7"), Some(true)));
}

#[tokio::test]
async fn a_request_that_must_not_be_doubled_is_not() {
    // Refused before anything was done.
    let refused = async |status| {
        let server = Server::new(vec![answer(status, "", ""), fine()]);
        post(&client(&server.url()), LOOK).send().await.unwrap();
        assert_eq!(server.count(), 2);
    };
    join_all([429, 503, 529].map(refused)).await;
    // Answered, or the answer lost: it may have taken effect.
    let lost = [
        answer(500, "", ""),
        answer(502, "", "<html>bad gateway</html>"),
        step(|exchange| exchange.read().close()),
        step(|exchange| exchange.read().reset()),
        step(|exchange| {
            exchange.read().write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":");
            exchange.close();
        }),
        step(|exchange| exchange.read().stall()),
    ];
    for (at, step) in lost.into_iter().enumerate() {
        let server = Server::new(vec![step, fine()]);
        let error = post(&client(&server.url()), LOOK).send().await.unwrap_err();
        assert_eq!((error.kind(), server.count()), (Kind::Unavailable, 1), "{at}: {error}");
        assert!(error.message().contains("it may have taken effect"), "{at}: {error}");
        assert!(error.hint_text().unwrap().contains("ListSessions"), "{at}: {error}");
    }
    // Known not to have happened.
    let server = Server::new(vec![answer(400, "", "{\"message\":\"no\"}")]);
    let error = post(&client(&server.url()), LOOK).send().await.unwrap_err();
    assert!(!error.message().contains("may have taken effect"), "{error}");
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_where_twice_is_once() {
    for class in [Class::Safe, Class::Idempotent] {
        for broken in [step(|exchange| exchange.read().close()), step(|exchange| exchange.read().reset()), reset()] {
            let server = Server::new(vec![broken, fine()]);
            assert_eq!(post(&client(&server.url()), class).send().await.unwrap().tries, 2);
            assert_eq!(server.got()[1].body, b"{\"a\":1}");
        }
    }
    let server = Server::new(vec![step(|exchange| exchange.read().close()), answer(404, "", "{}")]);
    let error = post(&client(&server.url()), Class::Idempotent).send().await.unwrap_err();
    assert!(error.hint_text().unwrap().contains("an earlier try may have taken effect"), "{error}");
}

#[tokio::test]
async fn a_refused_connection_sends_nothing_and_every_request_may_be_retried() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let mut options = options(&format!("http://{address}"));
    options.retries = 0;
    let error = post(&Http::new(options.clone()).unwrap(), LOOK).send().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert_eq!(error.message(), format!("cannot reach the service (connection refused): http://{address}"));
    options.retries = 8;
    let http = Http::new(options).unwrap();
    let later = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        Server::on(TcpListener::bind(address).unwrap(), vec![fine()])
    };
    let (answer, server) = tokio::join!(post(&http, LOOK).send(), later);
    assert!(answer.unwrap().tries > 1);
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn the_service_says_how_long_to_wait() {
    let in_a_second = "date: Sun, 06 Nov 1994 08:49:36 GMT\r\nretry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    let waits = async |headers| {
        let server = Server::new(vec![answer(429, headers, ""), fine()]);
        let start = Instant::now();
        get(&client(&server.url())).send().await.unwrap();
        let took = start.elapsed();
        assert!(took >= Duration::from_secs(1) && took < Duration::from_millis(1600), "{took:?}");
    };
    tokio::join!(waits("retry-after: 1\r\n"), waits(in_a_second));
}

#[tokio::test]
async fn one_that_is_told_to_wait_holds_all_others_back() {
    let server = Server::new(vec![answer(503, "retry-after: 1\r\n", ""), fine()]);
    let http = client(&server.url());
    let first = async { get(&http).send().await.unwrap() };
    let others = async {
        while server.count() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        join_all((0..4).map(|_| get(&http).send())).await
    };
    let (_, others) = tokio::join!(first, others);
    assert!(others.into_iter().all(|answer| answer.unwrap().tries == 1));
    let got = server.got();
    assert_eq!(got.len(), 6);
    for later in &got[1..] {
        let waited = later.at - got[0].at;
        assert!(waited >= Duration::from_millis(990) && waited < Duration::from_millis(1500), "{waited:?}");
    }
}

#[tokio::test]
async fn a_retry_after_of_an_hour_is_not_waited_for() {
    let server = Server::new(vec![answer(429, "retry-after: 3600\r\n", ""), fine()]);
    let http = client(&server.url());
    let start = Instant::now();
    for _ in 0..2 {
        let error = get(&http).send().await.unwrap_err();
        assert_eq!(error.kind(), Kind::Limit);
        let wait = seen(&error)["retry_after"].as_f64().unwrap();
        assert!(wait > 3590.0 && wait <= 3600.0, "{wait}");
        assert!(error.hint_text().unwrap().contains("3600 s"), "{:?}", error.hint_text());
    }
    assert_eq!(server.count(), 1, "the second one was sent");
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn the_deadline_bounds_tries_and_waiting() {
    let hurry = |url: &str, millis| {
        let mut options = options(url);
        options.idle_timeout = Duration::from_secs(20);
        options.deadline = Some(Instant::now() + Duration::from_millis(millis));
        Http::new(options).unwrap()
    };
    let start = Instant::now();
    let stalled = Server::new(vec![step(|exchange| exchange.read().stall())]);
    let error = get(&hurry(&stalled.url(), 200)).send().await.unwrap_err();
    assert_eq!((error.kind(), stalled.count()), (Kind::Deadline, 1));
    // A byte now and then keeps the watchdog quiet, and not the clock.
    let drop_by_drop = Server::new(vec![step(|exchange| {
        exchange.read().write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
        while exchange.goes_on() && exchange.write(" ") {
            std::thread::sleep(Duration::from_millis(20));
        }
    })]);
    let error = get(&hurry(&drop_by_drop.url(), 200)).send().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Deadline, "{error}");
    let mut download = get(&hurry(&drop_by_drop.url(), 200)).fetch().await.unwrap();
    let error = loop {
        match download.body.next().await {
            Ok(block) => assert!(block.is_some()),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), Kind::Deadline, "{error}");
    // What cannot help in time is not waited for.
    let busy = Server::new(vec![answer(503, "retry-after: 5\r\n", ""), fine()]);
    let error = get(&hurry(&busy.url(), 1000)).send().await.unwrap_err();
    assert_eq!((error.kind(), busy.count()), (Kind::Unavailable, 1), "{error}");
    assert!(start.elapsed() < Duration::from_secs(2));
}

/// Credentials that are renewed.
struct Renewable {
    now: Mutex<u32>,
    asked: AtomicUsize,
}

impl Renewable {
    fn token(number: u32) -> Result<Credentials> {
        Credentials::bearer(&format!("token-{number}"))
    }
}

#[async_trait]
impl Auth for Renewable {
    async fn credentials(&self) -> Result<Credentials> {
        Self::token(*self.now.lock().unwrap())
    }

    async fn renew(&self, refused: &Credentials) -> Result<Option<Credentials>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut now = self.now.lock().unwrap();
        if Self::token(*now)? == *refused {
            *now += 1;
        }
        Self::token(*now).map(Some)
    }
}

#[tokio::test]
async fn credentials_are_renewed_once() {
    let auth = Arc::new(Renewable { now: Mutex::new(1), asked: AtomicUsize::new(0) });
    let server = Server::new(vec![answer(401, "", ""), fine(), answer(401, "", "{\"message\":\"no\"}")]);
    let mut options = options(&server.url());
    options.retries = 0;
    options.auth = Some(auth.clone());
    let http = Http::new(options).unwrap();
    post(&http, LOOK).send().await.unwrap();
    let error = post(&http, LOOK).send().await.unwrap_err();
    assert_eq!((error.kind(), server.count(), auth.asked.load(Ordering::Relaxed)), (Kind::Auth, 4, 2));
    let tokens: Vec<_> = server.got().iter().map(|got| got.header("authorization").unwrap().to_owned()).collect();
    assert_eq!(tokens, ["Bearer token-1", "Bearer token-2", "Bearer token-2", "Bearer token-3"]);
}
