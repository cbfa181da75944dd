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

    /// Returns whether a response of a conversation is not over.
    pub(super) fn is_locked(&self, agent: &str, conversation: &str) -> bool {
        let responses = lock(&self.responses);
        let of_it = |response: &&Arc<AgentResponse>| {
            response.agent == agent && response.conversation.as_deref() == Some(conversation)
        };
        responses.iter().filter(of_it).any(|response| !response.is_over())
    }

    pub(super) fn add(&self, response: Arc<AgentResponse>) {
        let mut responses = lock(&self.responses);
        if responses.len() >= KEPT
            && let Some(oldest) = responses.iter().position(|response| response.is_over())
        {
            responses.remove(oldest);
        }
        responses.push(response);
    }

    pub(super) fn remove(&self, id: &str) {
        lock(&self.responses).retain(|response| response.id != id);
    }
}
