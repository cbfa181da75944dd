//! TLS: an authority of one's own, refusal without it, and HTTP/2 over it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use wharf_client::http::{Class, Http, Method, Options};
use wharf_core::error::Kind;

use super::source::{Memory, noise};
use super::{LOOK, get, options, post};

/// A server's side of TLS, its certificate signed by an authority that is written to `ca`.
pub(crate) fn server_config(ca: &Path, protocols: &[&[u8]]) -> Arc<ServerConfig> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &authority).unwrap();
    // Another one before it: all of a file count.
    let other = rcgen::generate_simple_self_signed(["other.test".to_owned()]).unwrap();
    std::fs::write(ca, format!("{}{}", other.cert.pem(), authority.pem())).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Arc::new(config)
}

/// Speaks HTTP/1.1 over TLS: one answer a connection. With `until_close` its content ends with the
/// connection, and with `goodbye` the connection ends as TLS wants it.
pub(crate) fn plain_server(config: Arc<ServerConfig>, until_close: bool, goodbye: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut tls = StreamOwned::new(connection, stream.unwrap());
            let mut block = [0; 8192];
            // A client that does not trust this server goes away here.
            if !matches!(tls.read(&mut block), Ok(1..)) {
                continue;
            }
            let head = if until_close { "" } else { "content-length: 11\r\n" };
            write!(tls, "HTTP/1.1 200 OK\r\n{head}connection: close\r\n\r\n{{\"ok\":true}}").unwrap();
            if goodbye {
                tls.conn.send_close_notify();
            }
            let _ = tls.flush();
        }
    });
    address
}

fn trusting(address: SocketAddr, ca: &Path) -> Options {
    let mut options = options(&format!("https://{address}"));
    options.connect_timeout = std::time::Duration::from_secs(5);
    options.ca_cert = Some(ca.to_owned());
    options
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_where_it_is_named_and_only_there() {
    let dir = tempfile::tempdir().unwrap();
    let ca = dir.path().join("ca.pem");
    let address = plain_server(server_config(&ca, &[b"http/1.1"]), false, true);
    let http = Http::new(trusting(address, &ca)).unwrap();
    assert_eq!(post(&http, LOOK).send().await.unwrap().bytes, "{\"ok\":true}");
    let by_name = trusting(address, &ca);
    let by_name = Options { base_url: format!("https://localhost:{}", address.port()), ..by_name };
    assert_eq!(get(&Http::new(by_name).unwrap()).send().await.unwrap().status, 200);
    let mut options = trusting(address, &ca);
    options.ca_cert = None;
    let error = get(&Http::new(options).unwrap()).send().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.message().starts_with("no secure connection (invalid peer certificate: "), "{error}");
    assert!(error.hint_text().unwrap().contains("CaCert=FILE"));
    let mut options = trusting(address, &ca);
    options.ca_cert = Some(dir.path().join("none.pem"));
    assert_eq!(get(&Http::new(options).unwrap()).send().await.unwrap_err().kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_connection_that_does_not_come_about_has_sent_nothing() {
    // It takes connections, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut options = options(&format!("https://{}", silent.local_addr().unwrap()));
    options.retries = 1;
    let error = post(&Http::new(options).unwrap(), LOOK).send().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    let wanted = "cannot reach the service (no connection within ConnectTimeout): https://127.0.0.1:";
    assert!(error.message().starts_with(wanted) && error.message().ends_with("(after 2 tries)"), "{error}");
}

#[tokio::test]
async fn over_tls_a_connection_that_is_cut_is_not_an_end() {
    let dir = tempfile::tempdir().unwrap();
    for goodbye in [true, false] {
        let ca = dir.path().join("ca.pem");
        let address = plain_server(server_config(&ca, &[]), true, goodbye);
        let mut download = get(&Http::new(trusting(address, &ca)).unwrap()).fetch().await.unwrap();
        assert!(download.end_is_known && download.body.len().is_none());
        let end = loop {
            match download.body.next().await {
                Ok(Some(_)) => {}
                Ok(None) => break None,
                Err(error) => break Some(error.kind()),
            }
        };
        assert_eq!(end, Some(Kind::Unavailable).filter(|_| !goodbye));
    }
}

/// Speaks HTTP/2 over TLS: sends back what it got; for `/short`, less than it announced; for `/reset`, no length
/// and in place of the end a reset that says `NO_ERROR`; for `/end`, no length and the end.
async fn http2_server(config: Arc<ServerConfig>) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = tokio_rustls::TlsAcceptor::from(Arc::clone(&config));
            tokio::spawn(async move {
                let mut connection = h2::server::handshake(acceptor.accept(stream).await.unwrap()).await.unwrap();
                while let Some(Ok((request, respond))) = connection.accept().await {
                    tokio::spawn(echo(request, respond));
                }
            });
        }
    });
    address
}

async fn echo(request: http::Request<h2::RecvStream>, mut respond: h2::server::SendResponse<Bytes>) {
    let path = request.uri().path().to_owned();
    let short = path == "/short";
    let mut body = request.into_body();
    let mut content = Vec::new();
    while let Some(block) = body.data().await {
        let block = block.unwrap();
        body.flow_control().release_capacity(block.len()).unwrap();
        content.extend_from_slice(&block);
    }
    let len = content.len() + usize::from(short);
    let mut response = http::Response::builder();
    if !["/reset", "/end"].contains(&path.as_str()) {
        response = response.header("content-length", len);
    }
    let response = response.body(()).unwrap();
    let mut stream = respond.send_response(response, false).unwrap();
    if path == "/reset" {
        stream.send_data(content.into(), false).unwrap();
        // The content goes out first.
        while stream.capacity() > 0 {
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        stream.send_reset(h2::Reason::NO_ERROR);
    } else if short {
        stream.reserve_capacity(content.len());
        stream.send_data(content.into(), true).unwrap();
    } else {
        stream.send_data(content.into(), true).unwrap();
    }
}

#[tokio::test]
async fn http2_is_spoken_where_the_service_does() {
    let dir = tempfile::tempdir().unwrap();
    let ca = dir.path().join("ca.pem");
    let address = http2_server(server_config(&ca, &[b"h2", b"http/1.1"])).await;
    let mut options = trusting(address, &ca);
    options.idle_timeout = std::time::Duration::from_secs(10);
    let http = Http::new(options).unwrap();
    let source = Memory::new(noise(500_000));
    let put = |path: &'static str| http.request(Class::Idempotent, Method::PUT, &[path]).source(&source);
    let (one, other) = tokio::join!(put("a").send(), put("b").send());
    assert!(one.unwrap().bytes == source.content && other.unwrap().bytes == source.content);
    let mut download = put("c").fetch().await.unwrap();
    assert_eq!(download.body.len(), Some(500_000));
    while download.body.next().await.unwrap().is_some() {}
    assert_eq!(download.body.digest().unwrap().bytes, 500_000);
    let mut short = put("short").fetch().await.unwrap();
    let error = loop {
        match short.body.next().await {
            Ok(block) => assert!(block.is_some(), "a short content came to an end"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), Kind::Unavailable);
    // One that is not what it said breaks its own stream off, and not the connection.
    let liar = Memory::saying(noise(50_000), Some(60_000));
    let error = http.request(Class::Idempotent, Method::PUT, &["d"]).source(&liar).send().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert_eq!(put("e").send().await.unwrap().bytes, source.content);
}

#[tokio::test]
async fn an_http2_stream_that_is_reset_without_an_error_has_not_ended() {
    let dir = tempfile::tempdir().unwrap();
    let ca = dir.path().join("ca.pem");
    let address = http2_server(server_config(&ca, &[b"h2"])).await;
    let mut options = trusting(address, &ca);
    options.retries = 0;
    options.idle_timeout = std::time::Duration::from_secs(10);
    let http = Http::new(options).unwrap();
    let source = Memory::new(noise(5000));
    let put = |path: &'static str| http.request(Class::Idempotent, Method::PUT, &[path]).source(&source);
    let drain = async |mut body: wharf_core::body::Body| {
        while body.next().await?.is_some() {}
        Ok::<_, wharf_core::error::Error>(body.digest()?.bytes)
    };
    let download = put("end").fetch().await.unwrap();
    assert_eq!((download.body.len(), drain(download.body).await.unwrap()), (None, 5000));
    assert_eq!(put("end").send().await.unwrap().bytes.len(), 5000);
    for size in [None, Some(9000), Some(5000)] {
        let download = put("reset").fetch().await.unwrap();
        let error = drain(download.of_size("x", size).unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable, "{error}");
        assert!(error.message().contains("cut off"), "{error}");
    }
    assert_eq!(put("reset").send().await.unwrap_err().kind(), Kind::Unavailable);
}
