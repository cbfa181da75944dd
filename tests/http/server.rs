//! A server that does what a test says.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// What the server does with one request. The last step of a list is repeated.
pub(crate) type Step = Arc<dyn Fn(&mut Exchange<'_>) + Send + Sync>;

/// What the server got.
#[derive(Debug, Clone)]
pub(crate) struct ReceivedRequest {
    /// The request line and the headers.
    pub(crate) head: String,
    /// As much of the content as came and was read.
    pub(crate) body: Vec<u8>,
    /// Whether all of it came.
    pub(crate) whole: bool,
    /// When the head was there.
    pub(crate) at: Instant,
}

impl ReceivedRequest {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

struct Shared {
    steps: Mutex<VecDeque<Step>>,
    got: Mutex<Vec<ReceivedRequest>>,
    over: AtomicBool,
}

/// A server on a port of its own, until it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

impl Server {
    pub(crate) fn new(steps: Vec<Step>) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), steps)
    }

    pub(crate) fn on(listener: TcpListener, steps: Vec<Step>) -> Self {
        let address = listener.local_addr().unwrap();
        let shared =
            Arc::new(Shared { steps: Mutex::new(steps.into()), got: Mutex::default(), over: AtomicBool::new(false) });
        let inside = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&inside);
                if shared.over.load(Ordering::Relaxed) {
                    return;
                }
                let stream = stream.unwrap();
                thread::spawn(move || serve(&shared, stream));
            }
        });
        Server { address, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests so far.
    pub(crate) fn got(&self) -> Vec<ReceivedRequest> {
        self.shared.got.lock().unwrap().clone()
    }

    /// How many requests came.
    pub(crate) fn count(&self) -> usize {
        self.got().len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(shared: &Shared, mut stream: TcpStream) {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut rest = Vec::new();
    while let Some(head) = head(&mut stream, &mut rest) {
        let step = {
            let mut steps = shared.steps.lock().unwrap();
            if steps.len() > 1 { steps.pop_front().unwrap() } else { Arc::clone(&steps[0]) }
        };
        let index = {
            let mut got = shared.got.lock().unwrap();
            got.push(ReceivedRequest { head, body: Vec::new(), whole: false, at: Instant::now() });
            got.len() - 1
        };
        let mut exchange = Exchange { stream: &mut stream, rest: &mut rest, shared, index, keep: true };
        step(&mut exchange);
        if !exchange.keep {
            return;
        }
    }
}

fn head(stream: &mut TcpStream, rest: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(end) = rest.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let head = rest.drain(..end + 4).collect();
            return Some(String::from_utf8(head).unwrap());
        }
        more(stream, rest)?;
    }
}

/// Reads what there is; `None` at the end.
fn more(stream: &mut TcpStream, rest: &mut Vec<u8>) -> Option<()> {
    let mut block = vec![0; 64 * 1024];
    match stream.read(&mut block) {
        Ok(0) => None,
        Ok(read) => {
            rest.extend_from_slice(&block[..read]);
            Some(())
        }
        Err(e) if e.kind() == ErrorKind::Interrupted => Some(()),
        Err(_) => None,
    }
}

/// One request, as a step sees it.
pub(crate) struct Exchange<'a> {
    stream: &'a mut TcpStream,
    rest: &'a mut Vec<u8>,
    shared: &'a Shared,
    index: usize,
    keep: bool,
}

impl Exchange<'_> {
    /// What came so far.
    pub(crate) fn got(&self) -> ReceivedRequest {
        self.shared.got.lock().unwrap()[self.index].clone()
    }

    /// Reads the request's content to its end, if it comes.
    pub(crate) fn read(&mut self) -> &mut Self {
        let got = self.got();
        let whole = match got.header("content-length").map(|len| len.parse::<usize>().unwrap()) {
            Some(len) => self.take(len),
            None if got.header("transfer-encoding").is_some() => self.chunks(),
            None => true,
        };
        self.shared.got.lock().unwrap()[self.index].whole = whole;
        self
    }

    fn take(&mut self, len: usize) -> bool {
        let mut left = len;
        loop {
            let here = left.min(self.rest.len());
            let bytes: Vec<u8> = self.rest.drain(..here).collect();
            self.shared.got.lock().unwrap()[self.index].body.extend(bytes);
            left -= here;
            if left == 0 {
                return true;
            }
            if more(self.stream, self.rest).is_none() {
                return false;
            }
        }
    }

    fn chunks(&mut self) -> bool {
        loop {
            let Some(end) = self.rest.windows(2).position(|bytes| bytes == b"\r\n") else {
                if more(self.stream, self.rest).is_none() {
                    return false;
                }
                continue;
            };
            let line: Vec<u8> = self.rest.drain(..end + 2).collect();
            let text = String::from_utf8(line).unwrap();
            let len = usize::from_str_radix(text.trim(), 16).unwrap();
            if len > 0 && !self.take(len) {
                return false;
            }
            while self.rest.len() < 2 {
                if more(self.stream, self.rest).is_none() {
                    return false;
                }
            }
            self.rest.drain(..2);
            if len == 0 {
                return true;
            }
        }
    }

    /// Writes bytes. A peer that closed the connection does not make the server fail.
    pub(crate) fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.keep &= self.stream.write_all(bytes.as_ref()).is_ok();
        self.keep
    }

    /// Answers with a content of known length.
    pub(crate) fn answer(&mut self, status: u16, headers: &str, body: impl AsRef<[u8]>) {
        let body = body.as_ref();
        self.write(format!("HTTP/1.1 {status} Any\r\ncontent-length: {}\r\n{headers}\r\n", body.len()));
        self.write(body);
    }

    /// Ends the connection in an orderly way.
    pub(crate) fn close(&mut self) {
        self.keep = false;
    }

    /// Breaks the connection off.
    pub(crate) fn reset(&mut self) {
        socket2::SockRef::from(&*self.stream).set_linger(Some(Duration::ZERO)).unwrap();
        self.keep = false;
    }

    /// Does nothing until the test is over.
    pub(crate) fn stall(&mut self) {
        while !self.shared.over.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(5));
        }
        self.keep = false;
    }

    /// Whether the test is still there.
    pub(crate) fn goes_on(&self) -> bool {
        self.keep && !self.shared.over.load(Ordering::Relaxed)
    }
}

/// A step of its own.
pub(crate) fn step(run: impl Fn(&mut Exchange<'_>) + Send + Sync + 'static) -> Step {
    Arc::new(run)
}

/// Reads the request and answers.
pub(crate) fn answer(status: u16, headers: &'static str, body: &'static str) -> Step {
    step(move |exchange| exchange.read().answer(status, headers, body))
}

/// A small JSON answer.
pub(crate) fn fine() -> Step {
    answer(200, "content-type: application/json\r\n", "{\"ok\":true}")
}

/// Reads nothing more and says nothing.
pub(crate) fn stall() -> Step {
    step(|exchange| {
        exchange.stall();
    })
}

/// Reads nothing more and breaks the connection off.
pub(crate) fn reset() -> Step {
    step(|exchange| {
        exchange.reset();
    })
}
