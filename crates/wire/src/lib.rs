//! The protocols' own types, shared by a client and by its dialect in `serve`.
//!
//! What is here says how a protocol looks: paths, fields, limits. Who sends it, and what it means,
//! is elsewhere.

pub mod agb;
pub mod anthropic;
pub mod foundry;
pub mod json;
pub mod route;
pub mod url;
