//! Memory does not grow with what is sent or fetched. A program of its own, so that its peak is its own.

#![cfg(target_os = "linux")]
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests set their own stage, and a panic is how they fail"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use wharf_client::http::{Class, Http, Method, Options};
use wharf_core::body::LocalFile;

/// Bytes in each direction.
const SIZE: usize = 200 << 20;

/// What may come on top, in KiB.
const ROOM: usize = 20 << 10;

#[tokio::test]
async fn two_hundred_megabytes_in_both_directions_take_less_than_twenty() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("large");
    std::fs::File::create(&path).unwrap().set_len(SIZE as u64).unwrap();
    let http = Http::new(Options::new("test", format!("http://{}", server()))).unwrap();
    // The first request makes what stays.
    http.request(Class::Safe, Method::GET, &["small"]).send().await.unwrap();
    let before = peak();
    let source = LocalFile::new(&path).unwrap();
    let sent = http.request(Class::Idempotent, Method::PUT, &["large"]).source(&source).send().await.unwrap().sent;
    assert_eq!(sent.unwrap().bytes, SIZE as u64);
    let mut download = http.request(Class::Safe, Method::GET, &["large"]).fetch().await.unwrap();
    while download.body.next().await.unwrap().is_some() {}
    assert_eq!(download.body.digest().unwrap().bytes, SIZE as u64);
    let grown = peak() - before;
    assert!(grown < ROOM, "{grown} KiB more");
}

/// The most memory that this process ever had, in KiB.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Counts what it gets and sends zeros.
fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || serve(stream.unwrap()));
        }
    });
    address
}

fn serve(mut stream: TcpStream) {
    let mut block = vec![0; 64 << 10];
    loop {
        let read = stream.read(&mut block).unwrap();
        if read == 0 {
            return;
        }
        let head = String::from_utf8_lossy(&block[..read]).into_owned();
        let mut answer = "{}".len();
        if head.starts_with("PUT /large") {
            let start = head.find("\r\n\r\n").unwrap() + 4;
            let mut left = SIZE - (read - start);
            while left > 0 {
                left -= stream.read(&mut block).unwrap();
            }
        } else if head.starts_with("GET /large") {
            answer = SIZE;
        }
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {answer}\r\n\r\n").unwrap();
        block.fill(b' ');
        while answer > 0 {
            let here = answer.min(block.len());
            stream.write_all(&block[..here]).unwrap();
            answer -= here;
        }
    }
}
