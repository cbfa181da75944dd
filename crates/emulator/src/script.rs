//! What a message asks of a simulated agent. Each dialect has events of its own for a step.

use std::iter;
use std::time::Duration;

use serde_json::{Map, Value};

use wharf_core::config::duration;

/// What the agent says where it is not asked for a text.
pub(super) const ANSWER: &str = "All done.";

/// One step of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TurnStep {
    /// `echo TEXT`: says a text.
    Say(String),
    /// `sleep TIME`, `sleep`: works for a time, or until it is interrupted.
    Work(Option<Duration>),
    /// `reschedule TIME`, `reschedule`: the same, as `rescheduling`.
    Reschedule(Option<Duration>),
    /// `tool NAME JSON`: uses a tool.
    Tool(AgentToolCall),
    /// `ask NAME JSON`: uses a tool when the client has confirmed that.
    Ask(AgentToolCall),
    /// `custom NAME JSON`: uses a tool of the client.
    Custom(AgentToolCall),
    /// `refuse`: refuses to go on.
    Refuse,
    /// `exhaust`: fails and gives up.
    Exhaust,
    /// `budget`: has reached the session's budget.
    Budget,
    /// `fail`: fails, and the session with it.
    Fail,
}

/// The use of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AgentToolCall {
    pub(super) name: String,
    pub(super) input: Map<String, Value>,
}

/// The most times that a line can be repeated.
const REPEATED_MAX: usize = 200_000;

/// Returns the steps of a turn that a message asks for: one a line, where each line is a step, or `repeat N STEP`. A
/// line that is none belongs to the `echo` before it. Any other text is answered with [`ANSWER`].
pub(super) fn steps(text: &str) -> Vec<TurnStep> {
    let mut steps = Vec::new();
    for line in text.trim().lines() {
        match (repeated(line.trim()), steps.last_mut()) {
            (Some((times, step)), _) => steps.extend(iter::repeat_n(step, times)),
            (None, Some(TurnStep::Say(said))) => {
                said.push('\n');
                said.push_str(line);
            }
            _ => return Vec::new(),
        }
    }
    steps
}

/// Reads a step, and how often it is done.
fn repeated(line: &str) -> Option<(usize, TurnStep)> {
    let again = line.strip_prefix("repeat ").and_then(|rest| rest.trim_start().split_once(' '));
    let Some((times, rest)) = again else { return Some((1, step(line)?)) };
    let times = times.parse().ok().filter(|times| (1..=REPEATED_MAX).contains(times))?;
    Some((times, step(rest.trim_start())?))
}

fn step(line: &str) -> Option<TurnStep> {
    let (word, rest) = line.split_once(' ').map_or((line, ""), |(word, rest)| (word, rest.trim_start()));
    let time = || match rest {
        "" => Some(None),
        _ => duration::parse(rest).ok().map(Some),
    };
    match word {
        "echo" if !rest.is_empty() => Some(TurnStep::Say(rest.to_owned())),
        "sleep" => time().map(TurnStep::Work),
        "reschedule" => time().map(TurnStep::Reschedule),
        "tool" => call(rest).map(TurnStep::Tool),
        "ask" => call(rest).map(TurnStep::Ask),
        "custom" => call(rest).map(TurnStep::Custom),
        "refuse" if rest.is_empty() => Some(TurnStep::Refuse),
        "exhaust" if rest.is_empty() => Some(TurnStep::Exhaust),
        "budget" if rest.is_empty() => Some(TurnStep::Budget),
        "fail" if rest.is_empty() => Some(TurnStep::Fail),
        _ => None,
    }
}

/// Reads `NAME JSON`, where the JSON is an object.
fn call(text: &str) -> Option<AgentToolCall> {
    let (name, input) = text.split_once(' ')?;
    Some(AgentToolCall { name: name.to_owned(), input: serde_json::from_str(input).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_text_asks_for_something() {
        for text in [
            "sleep well",
            "failed",
            "please sleep 2s",
            "",
            "echo",
            "tool bash",
            "ask bash [1]",
            "hi\nfail",
            "repeat 2",
            "repeat 0 echo x",
            "repeat 200001 echo x",
            "repeat 2 repeat 2 echo x",
        ] {
            assert_eq!(steps(text), [], "{text}");
        }
        assert_eq!(steps("sleep"), [TurnStep::Work(None)]);
        assert_eq!(steps(" fail\n"), [TurnStep::Fail]);
        assert_eq!(steps("repeat 2 echo x\ny"), [TurnStep::Say("x".into()), TurnStep::Say("x\ny".into())]);
        assert_eq!(steps("reschedule 2s"), [TurnStep::Reschedule(Some(Duration::from_secs(2)))]);
    }

    #[test]
    fn each_line_is_a_step_and_a_text_may_have_several() {
        let call = AgentToolCall { name: "bash".into(), input: Map::from_iter([("command".into(), "ls".into())]) };
        let text = "echo one\n  two\n\ntool bash {\"command\":\"ls\"}\nask bash {\"command\":\"ls\"}\nrefuse";
        let expected =
            [TurnStep::Say("one\n  two\n".into()), TurnStep::Tool(call.clone()), TurnStep::Ask(call), TurnStep::Refuse];
        assert_eq!(steps(text), expected);
    }
}
