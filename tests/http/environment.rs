//! What the environment says: proxies and certificates. A process of its own for each case, because
//! a process's environment cannot be changed safely from within.

use std::process::Command;

use wharf_client::http::Http;

use super::server::{Server, answer, fine};
use super::tls::{plain_server, server_config};
use super::{get, options};

/// Names the address that a child asks, and what it should see.
const ASK: &str = "TEST_ASK";

/// Runs [`child`] with an environment of these variables only.
fn ask(url: &str, variables: &[(&str, &str)]) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "environment::child", "--nocapture", "--ignored"])
        .env_clear()
        .envs(variables.iter().copied())
        .env(ASK, url)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    text.lines().find_map(|line| line.strip_prefix("saw: ").map(str::to_owned)).unwrap()
}

/// Not a test of its own.
#[tokio::test]
#[ignore = "a process that the other tests start"]
#[allow(clippy::print_stdout, reason = "this is how it tells what it saw")]
async fn child() {
    let url = std::env::var(ASK).expect("the address that `ask` names");
    let mut options = options(&url);
    options.connect_timeout = std::time::Duration::from_secs(5);
    options.retries = 0;
    match get(&Http::new(options).unwrap()).send().await {
        // On a line of its own, whatever the test runner has printed.
        Ok(answer) => println!("\nsaw: {}", answer.status),
        Err(error) => println!("\nsaw: {error}"),
    }
}

#[test]
fn another_machine_is_reached_through_the_proxy() {
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let proxy = Server::new(vec![answer(403, "connection: close\r\n", "")]);
        let url = format!("http://me:word@{}", proxy.address);
        let saw = ask("https://service.invalid/x", &[(variable, &url), ("NO_PROXY", "other.invalid")]);
        assert!(saw.starts_with("cannot reach the service (") && !saw.contains("word"), "{saw}");
        let got = proxy.got();
        assert!(got[0].head.starts_with("CONNECT service.invalid:443 HTTP/1.1\r\n"), "{}", got[0].head);
        assert_eq!(got[0].header("proxy-authorization"), Some("Basic bWU6d29yZA=="));
        assert_eq!(got.len(), 1);
    }
}

#[test]
fn this_machine_is_reached_without_one() {
    let (proxy, server) = (Server::new(vec![answer(403, "", "")]), Server::new(vec![fine()]));
    let url = proxy.url();
    let all = [("HTTP_PROXY", url.as_str()), ("HTTPS_PROXY", &url), ("ALL_PROXY", &url)];
    assert_eq!(ask(&server.url(), &all), "200");
    assert_eq!((proxy.count(), server.count()), (0, 1));
}

#[test]
fn certificates_of_the_environment_take_the_place_of_the_systems() {
    let dir = tempfile::tempdir().unwrap();
    let ca = dir.path().join("ca.pem");
    let url = format!("https://{}", plain_server(server_config(&ca, &[]), false, true));
    assert_eq!(ask(&url, &[("SSL_CERT_FILE", ca.to_str().unwrap())]), "200");
    assert!(ask(&url, &[]).starts_with("no secure connection ("));
    let none = dir.path().join("none.pem");
    let saw = ask(&url, &[("SSL_CERT_FILE", none.to_str().unwrap())]);
    assert!(saw.starts_with("no certificate found in"), "{saw}");
}

#[test]
fn a_proxy_that_is_none_is_an_error_only_where_it_would_be_used() {
    let proxy = Server::new(vec![answer(403, "connection: close\r\n", "")]);
    let (good, far) = (proxy.url(), "https://service.invalid/x");
    // As GNOME sets it, beside one that counts; and one that is empty.
    let saw = ask(far, &[("ALL_PROXY", "socks6://127.0.0.1:9"), ("HTTPS_PROXY", &good), ("https_proxy", "")]);
    assert!(saw.starts_with("cannot reach the service (") && proxy.count() == 1, "{saw}");
    let lower = [("https_proxy", good.as_str()), ("HTTPS_PROXY", "nonsense://x"), ("ALL_PROXY", "nonsense://x")];
    assert!(
        ask(far, &lower).starts_with("cannot reach the service (") && proxy.count() == 2,
        "lower case counts first"
    );
    let bad = ask(far, &[("ALL_PROXY", "socks6://user:hunter2@127.0.0.1:9")]);
    assert!(bad.starts_with("invalid proxy address in ALL_PROXY"), "{bad}");
    let direct = ask(far, &[("ALL_PROXY", "socks6://127.0.0.1:9"), ("NO_PROXY", "a.test service.invalid")]);
    assert!(direct.starts_with("cannot reach the service ("), "{direct}");
    assert_eq!(proxy.count(), 2);
}

#[test]
fn socks_is_version_4_as_for_curl() {
    use std::io::{Read, Write};
    for (scheme, address) in [("socks", "192.0.2.1"), ("socks4a", "service.invalid")] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("{scheme}://{}/", listener.local_addr().unwrap());
        let proxy = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = vec![0; 64];
            let len = stream.read(&mut asked).unwrap();
            // Refused.
            stream.write_all(&[0, 91, 0, 0, 0, 0, 0, 0]).unwrap();
            asked.truncate(len);
            asked
        });
        let saw = ask(&format!("https://{address}/x"), &[("all_proxy", &url)]);
        assert!(saw.starts_with("cannot reach the service ("), "{saw}");
        // Version 4, connect, port 443 (SOCKS4, by Y. Lee).
        assert_eq!(proxy.join().unwrap()[..4], [4, 1, 1, 187]);
    }
}

#[test]
fn certificates_are_read_within_a_size() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("https://{}", plain_server(server_config(&dir.path().join("ca.pem"), &[]), false, true));
    let saw = ask(&url, &[("SSL_CERT_FILE", "/dev/zero")]);
    assert!(saw.starts_with("SSL_CERT_FILE is larger than "), "{saw}");
}
