//! The HTTP client and the backends: `local`, and the clients of the hosted services.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests prepare their own files"))]

pub mod backend;
pub mod http;
