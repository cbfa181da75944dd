//! The responses and conversations that are kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::response::AgentResponse;
use wharf_core::sync::lock;

/// The most responses that are kept. The oldest that is over goes first.
const KEPT: usize = 1_000;

/// The responses and conversations of all agents.
#[derive(Default)]
pub(super) struct ResponseStore {
    responses: Mutex<Vec<Arc<AgentResponse>>>,
    /// The sessions of conversations, by agent and conversation.
    pub(super) sessions: Mutex<HashMap<(String, String), String>>,
    /// The conversations that clients created, by agent and id.
    pub(super) conversations: Mutex<HashMap<(String, String), Value>>,
}

impl ResponseStore {
    pub(super) fn find(&self, agent: &str, id: &str) -> Option<Arc<AgentResponse>> {
        let responses = lock(&self.responses);
        responses.iter().rev().find(|response| response.id == id && response.agent == agent).cloned()
    }

    /// Adds a response, and returns whether its conversation has no other that is not over.
    pub(super) fn add(&self, response: Arc<AgentResponse>) -> bool {
        let mut responses = lock(&self.responses);
        let of_it = |other: &&Arc<AgentResponse>| {
            response.conversation.is_some()
                && (&other.agent, &other.conversation) == (&response.agent, &response.conversation)
        };
        if responses.iter().filter(of_it).any(|other| !other.is_over()) {
            return false;
        }
        if responses.len() >= KEPT
            && let Some(oldest) = responses.iter().position(|response| response.is_over())
        {
            responses.remove(oldest);
        }
        responses.push(response);
        true
    }

    pub(super) fn remove(&self, id: &str) {
        lock(&self.responses).retain(|response| response.id != id);
    }
}
