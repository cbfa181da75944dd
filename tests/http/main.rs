//! The HTTP client against servers that misbehave, on this machine's loopback only.
//!
//! `server.rs` is the other side: it plays a list of steps, one a request, and remembers what it got.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests set their own stage, and a panic is how they fail"
)]

mod downloads;
mod environment;
mod faults;
mod retries;
mod secrets;
mod server;
mod source;
mod tls;
mod uploads;

use std::time::Duration;

use serde_json::Value;
use wharf_client::http::{Class, Http, Method, Options, Request};
use wharf_core::advice::Step;
use wharf_core::error::Error;

/// How a request that must not be doubled tells people to look.
const LOOK: Class = Class::Once(Step::ListSessions);

/// Options for a server of this test: short times, so that a fault shows soon.
fn options(base_url: &str) -> Options {
    let mut options = Options::new("test", base_url);
    options.connect_timeout = Duration::from_millis(200);
    options.idle_timeout = Duration::from_millis(300);
    options
}

fn client(base_url: &str) -> Http {
    Http::new(options(base_url)).unwrap()
}

/// A `GET` that changes nothing.
fn get(http: &Http) -> Request<'_> {
    http.request(Class::Safe, Method::GET, &["v1", "things"])
}

/// A `POST` with a small JSON content.
fn post(http: &Http, class: Class) -> Request<'_> {
    http.request(class, Method::POST, &["v1", "things"]).json(&serde_json::json!({"a": 1}))
}

/// What scripts see of an error.
fn seen(error: &Error) -> Value {
    serde_json::to_value(error).unwrap()
}
