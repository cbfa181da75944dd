//! What a message asks of the simulated agent.

use std::time::Duration;

use serde_json::{Map, Value};

use wharf_core::config::duration;

/// What the agent says where it is not asked for a text.
pub(super) const ANSWER: &str = "All done.";

/// One step of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// `echo TEXT`: says a text.
    Say(String),
    /// `sleep TIME`, `sleep`: works for a time, or until it is interrupted.
    Work(Option<Duration>),
    /// `reschedule TIME`, `reschedule`: the same, as `rescheduling`.
    Reschedule(Option<Duration>),
    /// `tool NAME JSON`: uses a tool.
    Tool(ToolCall),
    /// `ask NAME JSON`: uses a tool when the client has confirmed that.
    Ask(ToolCall),
    /// `custom NAME JSON`: uses a tool of the client.
    Custom(ToolCall),
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
pub(super) struct ToolCall {
    pub(super) name: String,
    pub(super) input: Map<String, Value>,
}

/// Returns the steps of a turn that a message asks for: one a line, where each line is a step. A line that is none
/// belongs to the `echo` before it. Any other text is answered with [`ANSWER`].
pub(super) fn steps(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for line in text.trim().lines() {
        match (step(line.trim()), steps.last_mut()) {
            (Some(step), _) => steps.push(step),
            (None, Some(Step::Say(said))) => {
                said.push('\n');
                said.push_str(line);
            }
            _ => return Vec::new(),
        }
    }
    steps
}

fn step(line: &str) -> Option<Step> {
    let (word, rest) = line.split_once(' ').map_or((line, ""), |(word, rest)| (word, rest.trim_start()));
    let time = || match rest {
        "" => Some(None),
        _ => duration::parse(rest).ok().map(Some),
    };
    match word {
        "echo" if !rest.is_empty() => Some(Step::Say(rest.to_owned())),
        "sleep" => time().map(Step::Work),
        "reschedule" => time().map(Step::Reschedule),
        "tool" => call(rest).map(Step::Tool),
        "ask" => call(rest).map(Step::Ask),
        "custom" => call(rest).map(Step::Custom),
        "refuse" if rest.is_empty() => Some(Step::Refuse),
        "exhaust" if rest.is_empty() => Some(Step::Exhaust),
        "budget" if rest.is_empty() => Some(Step::Budget),
        "fail" if rest.is_empty() => Some(Step::Fail),
        _ => None,
    }
}

/// Reads `NAME JSON`, where the JSON is an object.
fn call(text: &str) -> Option<ToolCall> {
    let (name, input) = text.split_once(' ')?;
    Some(ToolCall { name: name.to_owned(), input: serde_json::from_str(input).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_text_asks_for_something() {
        for text in ["sleep well", "failed", "please sleep 2s", "", "echo", "tool bash", "ask bash [1]", "hi\nfail"] {
            assert_eq!(steps(text), [], "{text}");
        }
        assert_eq!(steps("sleep"), [Step::Work(None)]);
        assert_eq!(steps(" fail\n"), [Step::Fail]);
        assert_eq!(steps("reschedule 2s"), [Step::Reschedule(Some(Duration::from_secs(2)))]);
    }

    #[test]
    fn each_line_is_a_step_and_a_text_may_have_several() {
        let call = ToolCall { name: "bash".into(), input: Map::from_iter([("command".into(), "ls".into())]) };
        let text = "echo one\n  two\n\ntool bash {\"command\":\"ls\"}\nask bash {\"command\":\"ls\"}\nrefuse";
        let expected = [Step::Say("one\n  two\n".into()), Step::Tool(call.clone()), Step::Ask(call), Step::Refuse];
        assert_eq!(steps(text), expected);
    }
}
