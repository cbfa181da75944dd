//! A service on this machine's loopback that does what a test says, and remembers what it was asked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The method, the path and the query.
    pub(crate) line: String,
    /// All of the head.
    pub(crate) head: String,
    /// The content.
    pub(crate) body: String,
}

impl Asked {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// A status, headers (each with its line break) and a content.
pub(crate) type Reply = (u16, String, String);

/// The service, until it is dropped.
pub(crate) struct Endpoint {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    over: Arc<AtomicBool>,
}

impl Endpoint {
    pub(crate) fn new(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, over) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::<AtomicBool>::default());
        let (theirs, ended, answer) = (Arc::clone(&asked), Arc::clone(&over), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                let (theirs, answer) = (Arc::clone(&theirs), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &theirs, &*answer));
            }
        });
        Endpoint { address, asked, over }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far whose first line holds `word`.
    pub(crate) fn asked(&self, word: &str) -> Vec<Asked> {
        self.asked.lock().unwrap().iter().filter(|asked| asked.line.contains(word)).cloned().collect()
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address));
    }
}

/// One request for each connection.
fn serve(mut stream: TcpStream, asked: &Mutex<Vec<Asked>>, answer: &dyn Fn(&Asked) -> Reply) {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
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
    let mut request = Asked { line: head.lines().next().unwrap().to_owned(), head, body: String::new() };
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
    let head = format!("HTTP/1.1 {status} X\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n");
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
}
