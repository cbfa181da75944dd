//! Anthropic's protocol. `stage.rs` sends requests as a client of the newest generation does;
//! `captures.rs` sends those of all generations again.

mod agent_command;
mod captures;
mod events;
mod faults;
mod files;
mod headers;
mod outputs;
mod resources;
mod sessions;
mod stage;
mod strict;
mod threads;
mod turns;
mod uploads;
