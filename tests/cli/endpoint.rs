//! A service on this machine's loopback that does what a test says, and remembers what it was asked. It
//! speaks plain HTTP, and TLS where the client begins with that.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct RecordedRequest {
    /// The method, the path and the query.
    pub(crate) line: String,
    /// All of the head.
    pub(crate) head: String,
    /// The content.
    pub(crate) body: String,
}

impl RecordedRequest {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// A header that stands for an answer of HTTP/1.0, whose content ends with the connection.
pub(crate) const UNTIL_CLOSE: &str = "x-content: until-close\r\n";

/// A status, headers (each with its line break) and a content, which is sent in chunks where they say so.
pub(crate) type Reply = (u16, String, String);

/// The service, until it is dropped.
pub(crate) struct Endpoint {
    address: SocketAddr,
    authority: String,
    asked: Arc<Mutex<Vec<RecordedRequest>>>,
    over: Arc<AtomicBool>,
}

impl Endpoint {
    pub(crate) fn new(answer: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (authority, tls) = certified();
        let (asked, over) = (Arc::<Mutex<Vec<RecordedRequest>>>::default(), Arc::<AtomicBool>::default());
        let (theirs, ended, answer) = (Arc::clone(&asked), Arc::clone(&over), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                let (theirs, answer, tls) = (Arc::clone(&theirs), Arc::clone(&answer), Arc::clone(&tls));
                thread::spawn(move || {
                    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
                    // What a handshake begins with (RFC 8446, section 5.1).
                    let mut first = [0];
                    if stream.peek(&mut first).is_ok() && first == [22] {
                        let connection = ServerConnection::new(tls).unwrap();
                        let mut stream = StreamOwned::new(connection, stream);
                        serve(&mut stream, &theirs, &*answer);
                        stream.conn.send_close_notify();
                        let _ = stream.flush();
                    } else {
                        serve(stream, &theirs, &*answer);
                    }
                });
            }
        });
        Endpoint { address, authority, asked, over }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The same over TLS.
    pub(crate) fn secure_url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Who has to be trusted for that, in PEM.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// The requests so far whose first line holds `word`.
    pub(crate) fn asked(&self, word: &str) -> Vec<RecordedRequest> {
        self.asked.lock().unwrap().iter().filter(|asked| asked.line.contains(word)).cloned().collect()
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address));
    }
}

/// An authority, and the certificate that it signed for this machine.
fn certified() -> (String, Arc<ServerConfig>) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
    (authority.pem(), Arc::new(config))
}

/// One request for each connection.
fn serve(
    mut stream: impl Read + Write,
    asked: &Mutex<Vec<RecordedRequest>>,
    answer: &dyn Fn(&RecordedRequest) -> Reply,
) {
    let mut got = Vec::new();
    let mut block = [0; 4096];
    let end = loop {
        if let Some(at) = got.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        match stream.read(&mut block) {
            Ok(bytes) if bytes > 0 => got.extend_from_slice(&block[..bytes]),
            _ => return,
        }
    };
    let head = String::from_utf8(got[..end].to_vec()).unwrap();
    let mut request = RecordedRequest { line: head.lines().next().unwrap().to_owned(), head, body: String::new() };
    let length: usize = request.header("content-length").map_or(0, |length| length.parse().unwrap());
    while got.len() < end + length {
        match stream.read(&mut block) {
            Ok(bytes) if bytes > 0 => got.extend_from_slice(&block[..bytes]),
            _ => return,
        }
    }
    request.body = String::from_utf8(got[end..].to_vec()).unwrap();
    asked.lock().unwrap().push(request.clone());
    let (status, headers, body) = answer(&request);
    let length = body.len();
    let (framing, body) = if headers.contains("transfer-encoding: chunked") {
        (String::new(), format!("{length:x}\r\n{body}\r\n0\r\n\r\n"))
    } else if headers.contains("content-length: ") || headers.contains(UNTIL_CLOSE) {
        // One that is longer than the content: the connection breaks in the middle.
        (String::new(), body)
    } else {
        (format!("content-length: {length}\r\n"), body)
    };
    let version = if headers.contains(UNTIL_CLOSE) { "1.0" } else { "1.1" };
    let head = format!("HTTP/{version} {status} X\r\n{headers}connection: close\r\n{framing}\r\n");
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
    let _ = stream.flush();
}
