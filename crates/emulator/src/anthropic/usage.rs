//! What a session has used, and what that costs.

use jiff::SignedDuration;
use serde_json::{Value, json};

use wharf_core::model::Timestamp;

/// Tokens that each request to the model reads, beside the texts of clients.
const CONTEXT: u64 = 1000;

/// Tokens that each request reads from the cache.
const CACHED: u64 = 4000;

/// What a million tokens cost in cents: those that are read, and those that are written.
const PRICES: (u64, u64) = (1000, 5000);

/// What a session has used so far.
#[derive(Debug, Default)]
pub(super) struct SessionUsage {
    input: u64,
    output: u64,
    cached: u64,
    active: SignedDuration,
    /// The least that it has cost, in cents.
    least: u64,
}

impl SessionUsage {
    /// Adds a request that read and wrote texts of these lengths, and returns what its event says.
    pub(super) fn request(&mut self, read: usize, written: usize) -> Value {
        let tokens = |len: usize| len.div_ceil(4) as u64;
        let (input, output) = (CONTEXT + tokens(read), tokens(written));
        self.input += input;
        self.output += output;
        self.cached += CACHED;
        json!({
            "input_tokens": input,
            "output_tokens": output,
            "cache_read_input_tokens": CACHED,
            "cache_creation_input_tokens": 0,
            "speed": "standard",
        })
    }

    /// Adds time in which the agent worked.
    pub(super) fn worked(&mut self, from: Timestamp, to: Timestamp) {
        self.active += to.duration_since(from).max(SignedDuration::ZERO);
    }

    /// Makes it cost at least that many cents.
    pub(super) fn cost_at_least(&mut self, cents: u64) {
        self.least = self.least.max(cents);
    }

    /// Returns what it has cost, in whole cents.
    pub(super) fn cost(&self) -> u64 {
        let (read, written) = PRICES;
        ((self.input * read + self.output * written + 500_000) / 1_000_000).max(self.least)
    }

    /// Returns the time in which the agent worked, in seconds.
    pub(super) fn active_seconds(&self) -> f64 {
        self.active.as_millis_f64().round() / 1000.0
    }

    /// Returns it in the form of the session object and of events.
    pub(super) fn shown(&self) -> Value {
        json!({
            "input_tokens": self.input,
            "output_tokens": self.output,
            "cache_read_input_tokens": self.cached,
            "cache_creation": { "ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0 },
            "active_seconds": self.active_seconds(),
            "list_cost": { "amount": self.cost().to_string(), "currency": "USD" },
            "server_tool_use": { "web_search_requests": 0, "web_fetch_requests": 0 },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cost_is_in_whole_cents_as_a_text() {
        let mut usage = SessionUsage::default();
        assert_eq!(usage.shown()["list_cost"], json!({ "amount": "0", "currency": "USD" }));
        assert_eq!(usage.request(5, 9)["input_tokens"], 1002);
        assert_eq!((usage.cost(), usage.shown()["output_tokens"].as_u64()), (1, Some(3)));
        for _ in 0..10 {
            usage.request(0, 0);
        }
        assert_eq!(usage.shown()["list_cost"]["amount"], "11");
        usage.cost_at_least(250);
        assert_eq!(usage.cost(), 250);
    }
}
