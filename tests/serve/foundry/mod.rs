//! Foundry's agents: what they answer in both protocols, and the log of their sessions.

mod agent_command;
mod faults;
mod invocations;
mod logs;
mod responses;
mod runtime;
mod stage;
mod turns;
