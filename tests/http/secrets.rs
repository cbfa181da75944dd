//! Secrets go to the service and nowhere else: not into traces, errors or `Debug`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use wharf_client::http::{Attempt, AttemptOutcome, Class, Credentials, Http, Method};

use super::server::{Server, answer, step};
use super::{LOOK, get, options, post, seen};

/// Where the tries of a client are written down.
type Notes = Arc<Mutex<Vec<Attempt>>>;

fn watched(url: &str, change: impl FnOnce(&mut wharf_client::http::Options)) -> (Http, Notes) {
    let notes = Notes::default();
    let mut options = options(url);
    let told = Arc::clone(&notes);
    options.observer = Some(Arc::new(move |one: &Attempt| told.lock().unwrap().push(one.clone())));
    change(&mut options);
    (Http::new(options).unwrap(), notes)
}

#[tokio::test]
async fn every_try_is_told_with_what_matters() {
    let server = Server::new(vec![
        answer(503, "request-id: req_1\r\n", "{}"),
        answer(200, "request-id: req_2\r\n", "{\"ok\":true}"),
    ]);
    let (http, notes) = watched(&server.url(), |_| {});
    post(&http, LOOK).query("path", "a/b").send().await.unwrap();
    let notes = notes.lock().unwrap();
    assert_eq!(notes.len(), 2);
    let first = notes[0].to_string();
    assert!(
        first
            .starts_with(&format!("POST {}/v1/things?path=a%2Fb: try 1, 503, 7 bytes out, 2 bytes in, ", server.url()))
    );
    assert!(first.contains(" ms, request req_1, again in "), "{first}");
    assert_eq!((notes[1].number, notes[1].received, notes[1].again_in), (2, 11, None));
    assert!(matches!(notes[1].outcome, AttemptOutcome::Answered(200)));
}

#[tokio::test]
async fn headers_and_contents_are_told_where_they_are_wanted() {
    let reply = "content-type: application/json\r\nset-cookie: a=PLANTED\r\nx-a: b\r\n";
    let server = Server::new(vec![answer(200, reply, "{\"token\": \"PLANTED\", \"n\": 1.0}")]);
    let (http, notes) = watched(&server.url(), |options| options.detail = true);
    post(&http, LOOK).json(&serde_json::json!({"a": 1, "password": "PLANTED"})).send().await.unwrap();
    let form = [("grant_type", "x"), ("client_secret", "PLANTED+1")];
    post(&http, LOOK).fields(&form).hide("PLANTED+1").send().await.unwrap();
    assert_eq!(server.got()[1].body, b"grant_type=x&client_secret=PLANTED%2B1");
    let notes = notes.lock().unwrap();
    let lines: Vec<_> = notes.iter().flat_map(|note| note.detail.as_ref().unwrap().lines()).collect();
    for line in [
        "> content-type: application/json",
        "> {\"a\":1,\"password\":***}",
        "< x-a: b",
        "< set-cookie: ***",
        "< {\"token\":***,\"n\":1.0}",
        "> grant_type=***&client_secret=***",
    ] {
        assert!(lines.iter().any(|told| told == line), "{line}: {lines:#?}");
    }
    assert!(!lines.iter().any(|line| line.contains("PLANTED")), "{lines:#?}");
}

#[tokio::test]
async fn downloads_are_told_when_they_end() {
    let server = Server::new(vec![answer(200, "", "0123456789")]);
    let (http, notes) = watched(&server.url(), |_| {});
    let mut whole = get(&http).fetch().await.unwrap();
    assert!(notes.lock().unwrap().is_empty());
    while whole.body.next().await.unwrap().is_some() {}
    drop(whole);
    drop(get(&http).fetch().await.unwrap());
    let notes = notes.lock().unwrap();
    assert!(matches!(notes[0].outcome, AttemptOutcome::Answered(200)) && notes[0].received == 10, "{:?}", notes[0]);
    assert!(matches!(notes[1].outcome, AttemptOutcome::Left(200)), "{:?}", notes[1]);
}

#[tokio::test]
async fn an_error_keeps_its_causes_without_secrets() {
    let content = r#"{"a":1,"b":"PLANTED-key-1"}"#;
    let server = Server::new(vec![answer(200, "", content), step(|exchange| exchange.read().reset())]);
    let (http, _) = watched(&server.url(), |options| {
        options.auth = Some(Arc::new(Credentials::bearer("PLANTED-key-1").unwrap()));
        options.retries = 0;
    });
    let error = get(&http).send().await.unwrap().object::<HashMap<String, u8>>().unwrap_err();
    assert!(error.causes().next().unwrap().starts_with("invalid type: string \"***\", expected u8"), "{error:?}");
    let error = get(&http).send().await.unwrap_err();
    assert!(error.causes().count() > 1 && !error.causes().any(|cause| cause.contains("127.0.0.1")), "{error:?}");
}

#[tokio::test]
async fn planted_secrets_never_appear() {
    let secrets =
        ["PLANTED-key-1", "PLANTED-tok-2", "PLANTED-sig-3", "PLANTED-link-4", "PLANTED-path-5", "PLANTED-q-6"];
    // The service repeats all that it got, in every way that it has, and adds secrets of its own.
    let echo = step(|exchange| {
        let got = exchange.read().got();
        let told = got.head.replace("\r\n", " ");
        let body = serde_json::json!({
            "error": {"message": format!("bad request: {told}"), "code": format!("E-{told}")},
            "token": "PLANTED-tok-2", "linkUrl": "https://a.test/PLANTED-link-4"});
        exchange.answer(500, "request-id: PLANTED-key-1\r\n", body.to_string());
    });
    let stranger = step(|exchange| {
        let body = "{\"data\": \"{\\\"ticket\\\":\\\"PLANTED-link-4\\\"}\", \"wsUrl\": \"PLANTED-tok-2\"}";
        exchange.read().answer(500, "", body);
    });
    let page = answer(500, "content-type: text/html\r\n", "<p>see https://x.test/p?sig=PLANTED-sig-3</p>");
    let server = Server::new(vec![echo.clone(), stranger, page, step(|exchange| exchange.read().reset()), echo]);
    let (http, notes) = watched(&server.url(), |options| {
        options.auth = Some(Arc::new(Credentials::bearer("PLANTED-key-1").unwrap()));
        options.retries = 0;
        options.detail = true;
    });
    let mut shown = Vec::new();
    let away = format!("{}/PLANTED-path-5/x?Signature=PLANTED-sig-3", server.url());
    for _ in 0..5 {
        let home = get(&http).query("authCode", "PLANTED-q-6").secret("x-api-key", "PLANTED-tok-2");
        let home = home.send().await.unwrap_err();
        let away = http.external(Class::Safe, Method::GET, &away).secret("cookie", "a=PLANTED-tok-2").send().await;
        let away = away.unwrap_err();
        for error in [home, away] {
            shown.push(format!("{error} {error:?} {} {:?}", seen(&error), error.hint_text()));
        }
    }
    let notes = notes.lock().unwrap();
    assert_eq!(notes.len(), 10);
    let lines = |note: &Attempt| note.detail.as_ref().unwrap().lines().collect::<Vec<_>>().join("\n");
    shown.extend(notes.iter().map(|note| format!("{note} {note:?} {}", lines(note))));
    for text in &shown {
        for secret in secrets {
            // A query of our own request is masked in the trace; that a service repeats it is its affair.
            let own = secret == "PLANTED-q-6" && text.contains("bad request");
            assert!(own || !text.contains(secret), "{secret} in {text}");
        }
    }
    // They did go out.
    assert_eq!(server.got()[0].header("authorization"), Some("Bearer PLANTED-key-1"));
    assert!(server.got()[1].head.contains("PLANTED-sig-3"));
}

#[tokio::test]
async fn no_cut_leaves_a_part_of_a_secret() {
    let token = format!("PLANTED-{}", "0123456789abcdefghijklmnopqrstuvwxyz".repeat(10));
    // Where it stands decides where it would be cut: in 200 characters, and in 64 KiB of an error.
    for before in (0..210).step_by(7).chain((65_536 - 400..65_546).step_by(97)) {
        for (kind, id) in [("application/json", ""), ("text/html", "request-id: ")] {
            let (secret, token) = (token.clone(), token.clone());
            let echo = step(move |exchange| {
                let message = format!("{}{token} is not known", " x".repeat(before / 2));
                let squeezed = format!("{}{token} is not known", " ".repeat(before));
                let id =
                    if id.is_empty() { String::new() } else { format!("{id}{}{token}\r\n", "x".repeat(before % 200)) };
                let body = match kind {
                    "text/html" => squeezed,
                    _ => serde_json::json!({"error": {"message": message, "code": squeezed}}).to_string(),
                };
                exchange.read().answer(400, &format!("content-type: {kind}\r\n{id}"), body);
            });
            let server = Server::new(vec![echo]);
            let (http, notes) = watched(&server.url(), |options| {
                options.auth = Some(Arc::new(Credentials::bearer(&secret).unwrap()));
                options.detail = true;
            });
            let error = get(&http).send().await.unwrap_err();
            let notes = notes.lock().unwrap();
            let lines: Vec<_> = notes.iter().flat_map(|note| note.detail.as_ref().unwrap().lines()).collect();
            for text in [format!("{error} {} {notes:?}", seen(&error)), lines.join("\n")] {
                assert!(!text.contains("PLANTE"), "{before} {kind}: {text}");
            }
        }
    }
}

#[tokio::test]
async fn what_a_service_repeats_in_another_spelling_is_a_secret_still() {
    let token = "PLANTED/k+y=1&2";
    let percent = token.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let unicode = token.bytes().map(|byte| format!("\\u{byte:04x}")).collect::<Vec<_>>().concat();
    let basic = "dXNlcjpQTEFOVEVEL2sreT0xJjI";
    for spelled in [percent.as_str(), "PLANTED%2Fk%2By%3D1%262", unicode.as_str(), "PLANTED\\/k+y=1&amp;2", basic] {
        let text = spelled.to_owned();
        let server = Server::new(vec![step(move |exchange| {
            exchange.read().answer(400, &format!("x-a: {text}\r\n"), format!("<p>not known: {text}</p>"));
        })]);
        let (http, notes) = watched(&server.url(), |options| {
            options.auth = Some(Arc::new(Credentials::key("x-api-key", token).unwrap()));
            options.detail = true;
        });
        let error = get(&http).send().await.unwrap_err();
        let notes = notes.lock().unwrap();
        let lines: Vec<_> = notes.iter().flat_map(|note| note.detail.as_ref().unwrap().lines()).collect();
        let shown = format!("{error} {}", lines.join("\n"));
        assert_eq!(shown.matches("***").count(), 4, "{shown}");
        assert!(!shown.contains(&spelled[6..spelled.len() - 6]), "{spelled}: {shown}");
    }
}

#[tokio::test]
async fn an_address_that_a_service_gives_out_shows_its_origin_alone() {
    let body = "{\"url\":\"https://store.test/PLANTED-path/x?sig=PLANTED\",\"data\":\"{\\\"u\\\":\\\"https:\\\\/\\\\/store.test\\\\/PLANTED\\\"}\"}";
    let server = Server::new(vec![answer(200, "content-type: application/json\r\n", body)]);
    let (http, notes) = watched(&server.url(), |options| options.detail = true);
    get(&http).send().await.unwrap();
    let notes = notes.lock().unwrap();
    let lines: Vec<_> = notes.iter().flat_map(|note| note.detail.as_ref().unwrap().lines()).collect();
    let shown = lines.join("\n");
    assert!(shown.contains("https://store.test/***") && !shown.contains("PLANTED"), "{shown}");
}
