//! Streams of an agent's events that break, repeat, lie or say nothing: a turn ends with its terminal event and nothing
//! else, and its text comes whole and once.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::azure::json_of;
use crate::endpoint::{Endpoint, RecordedRequest, Reply};
use crate::frames::{FRAME_FORMS, data_frame, frame, frames};
use crate::sandbox::{Call, Run, Sandbox};

const SESSION: &str = "sesn_0123456789abcdef01234567";

/// The time of the event with this number.
fn time(number: usize) -> String {
    format!("2026-11-20T09:02:{:02}.{:03}Z", number / 1000, number % 1000)
}

/// An event with an id and a time, both by its number.
fn event(number: usize, kind: &str, mut members: Value) -> Value {
    let mut event = json!({ "type": kind, "id": format!("sevt_{number:04}"), "processed_at": time(number) });
    event.as_object_mut().unwrap().append(members.as_object_mut().unwrap());
    event
}

fn text(number: usize, text: &str) -> Value {
    event(number, "agent.message", json!({ "content": [{ "type": "text", "text": text }] }))
}

fn idle(number: usize, reason: &str) -> Value {
    let reason = json!({ "type": reason, "event_ids": [] });
    event(number, "session.status_idle", json!({ "stop_reason": reason, "stop_details": null }))
}

fn start(of: usize) -> Value {
    json!({ "type": "event_start", "event": { "type": "agent.message", "id": format!("sevt_{of:04}") } })
}

fn delta(of: usize, text: &str) -> Value {
    let content = json!({ "type": "text", "text": text });
    let delta = json!({ "type": "content_delta", "index": 0, "content": content });
    json!({ "type": "event_delta", "event_id": format!("sevt_{of:04}"), "delta": delta })
}

/// What a session used, with a list price.
fn price(number: usize, amount: &Value) -> Value {
    event(number, "session.usage", json!({ "usage": { "list_cost": { "amount": amount, "currency": "USD" } } }))
}

/// What a client has sent.
fn message() -> Value {
    event(10, "user.message", json!({ "content": [{ "type": "text", "text": "go" }] }))
}

/// A frame of a stream.
/// The events of a plain turn.
fn turn() -> Vec<Value> {
    vec![
        message(),
        event(11, "session.status_running", json!({})),
        event(12, "span.model_request_start", json!({})),
        start(13),
        delta(13, "One "),
        delta(13, "text."),
        text(13, "One text."),
        event(14, "agent.tool_use", json!({ "name": "bash", "input": {}, "evaluated_permission": "allow" })),
        event(15, "agent.tool_result", json!({ "tool_use_id": "sevt_0014", "content": [] })),
        start(16),
        delta(16, "An"),
        delta(16, "other."),
        text(16, "Another."),
        event(17, "span.model_request_end", json!({ "model_usage": { "input_tokens": 5, "output_tokens": 2 } })),
        idle(18, "end_turn"),
    ]
}

/// What the text of that turn looks like on stdout.
const SAID: &str = "One text.\nAnother.\n";

/// Previews are never in the history.
fn is_kept(event: &Value) -> bool {
    !event["type"].as_str().unwrap().starts_with("event_")
}

/// A service with one session.
#[derive(Clone, Default)]
struct Script {
    /// What happened before the message.
    before: Vec<Value>,
    /// The head and the content of each stream, in the order in which they are opened; the last one is given again.
    streams: Vec<(String, String)>,
    /// The history once the message was sent, at each time when it is read; the last one is given again.
    histories: Vec<Vec<Value>>,
    /// Answers in place of those to `POST events`: none is the usual one.
    sends: Vec<Option<Reply>>,
}

impl Script {
    fn streams(contents: &[String]) -> Self {
        Script { streams: contents.iter().map(|content| (String::new(), content.clone())).collect(), ..Self::default() }
    }

    fn history(mut self, events: &[Value]) -> Self {
        self.histories.push(events.iter().filter(|event| is_kept(event)).cloned().collect());
        self
    }
}

#[derive(Default)]
struct State {
    opened: usize,
    read: usize,
    sent: usize,
}

/// The one at this position, or the last one.
fn at<T: Clone + Default>(all: &[T], position: usize) -> T {
    all.get(position).or(all.last()).cloned().unwrap_or_default()
}

fn answer(script: &Script, state: &Mutex<State>, asked: &RecordedRequest) -> Reply {
    let mut state = state.lock().unwrap();
    let line = asked.line.as_str();
    if line.contains("/events/stream") {
        let (headers, content) = at(&script.streams, state.opened);
        state.opened += 1;
        if let Some(status) = headers.strip_prefix("status ") {
            let error = json!({ "type": "error", "error": { "type": "refused", "message": "no" } });
            return json_of(status.parse().unwrap(), &error);
        }
        return (200, format!("content-type: text/event-stream\r\n{headers}"), content);
    }
    if line.starts_with("POST") {
        let reply = script.sends.get(state.sent).cloned().flatten();
        state.sent += 1;
        return reply.unwrap_or_else(|| json_of(200, &json!({ "data": [message()] })));
    }
    if line.contains("/events?") {
        let is_newest = line.contains("order=desc");
        let mut events = script.before.clone();
        if !is_newest {
            events.extend(at(&script.histories, state.read));
            state.read += 1;
        } else if line.contains("types") && state.sent > 0 {
            events.extend(at(&script.histories, 0).into_iter().filter(|event| event["type"] == "user.message"));
        }
        if is_newest {
            events.reverse();
        }
        return json_of(200, &json!({ "data": events, "next_page": null }));
    }
    json_of(200, &json!({ "id": SESSION, "type": "session", "status": "idle", "usage": {} }))
}

struct Stage {
    sandbox: Sandbox,
    service: Endpoint,
}

impl Stage {
    fn new(script: Script) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        Stage { sandbox: Sandbox::new(), service: Endpoint::new(move |asked| answer(&script, &state, asked)) }
    }

    fn at_service(&self, call: Call) -> Call {
        let call = call.env("WHARF_BACKEND", "anthropic").env("ANTHROPIC_BASE_URL", self.service.url());
        call.env("ANTHROPIC_API_KEY", "key-of-a-test")
    }

    fn run(&self, args: &[&str]) -> Run {
        self.at_service(self.sandbox.wharf(args)).run()
    }

    /// Runs a line of shell, in which `$WHARF` is the binary and fd 3 a pipe that is not read.
    fn with_stalled_pipe(&self, line: &str) -> Run {
        self.sandbox.fifo("stalled");
        self.at_service(self.sandbox.shell(&format!("exec 3<>stalled; {line}"), None)).run()
    }

    fn invoke(&self) -> Run {
        self.run(&["invoke", SESSION, "go"])
    }

    fn result(&self, code: i32) -> Value {
        self.run(&["--format", "json", "invoke", SESSION, "go"]).code(code).json()
    }

    fn sent(&self) -> usize {
        self.service.asked("POST ").len()
    }
}

#[test]
fn every_form_of_a_frame_is_read() {
    for form in FRAME_FORMS {
        let events: String = turn().iter().map(form).collect();
        let noise = ": comment\n\nevent: ping\ndata: {\"type\": \"ping\"}\n\n\n\n";
        let unknown = json!({ "type": "agent.sings", "id": "sevt_0012x", "processed_at": time(12), "song": [1] });
        let content =
            format!("\u{feff}{noise}{events}{noise}").replacen("\n\n", &format!("\n\n{}", data_frame(&unknown)), 1);
        let stage = Stage::new(Script::streams(&[content]).history(&turn()));
        assert_eq!(stage.invoke().ok().stdout(), SAID);
        assert_eq!(stage.sent(), 1);
    }
}

#[test]
fn a_cut_after_each_event_loses_and_repeats_nothing() {
    let all = turn();
    let threads: Vec<_> = (0..all.len())
        .flat_map(|cut| ["end", "half", "break"].map(|how| (cut, how)))
        .map(|(cut, how)| {
            let all = all.clone();
            std::thread::spawn(move || {
                let next = frame(&all[cut]);
                let half = &next[..next.len() / 2];
                let first = frames(&all[..cut]);
                let first = match how {
                    "end" => (String::new(), first),
                    "half" => (String::new(), first + half),
                    _ => (format!("content-length: {}\r\n", 1 << 20), first + half),
                };
                // What follows is partly in the history, and partly on the next stream.
                for next in [cut, (cut + 2).min(all.len() - 1), all.len()] {
                    let streams =
                        vec![first.clone(), (String::new(), frames(&all[next..])), (String::new(), String::new())];
                    let script = Script { streams, ..Script::default() }.history(&all[..next]).history(&all);
                    let stage = Stage::new(script);
                    let run = stage.invoke();
                    assert_eq!(run.ok().stdout(), SAID, "{how} at {cut}, then from {next}");
                    assert_eq!(stage.sent(), 1);
                }
            })
        })
        .collect();
    let failed = threads.into_iter().filter_map(|thread| thread.join().err()).count();
    assert_eq!(failed, 0, "cuts that changed the text");
}

#[test]
fn events_that_come_twice_and_out_of_order_count_once() {
    let mut events = turn();
    let queued = {
        let mut queued = message();
        queued["processed_at"] = Value::Null;
        queued
    };
    events.insert(0, queued);
    let twice: Vec<_> = events.iter().flat_map(|event| [event.clone(), event.clone()]).collect();
    // Of previews, only whole events come twice.
    let twice: Vec<_> =
        twice.chunks(2).flat_map(|pair| if is_kept(&pair[0]) { pair.to_vec() } else { pair[..1].to_vec() }).collect();
    let stage = Stage::new(Script::streams(&[frames(&twice)]).history(&events));
    assert_eq!(stage.invoke().ok().stdout(), SAID);
    let result = stage.result(0);
    assert_eq!((&result["text"], &result["tools"]), (&json!("One text.\nAnother."), &json!(1)));
}

#[test]
fn only_the_end_of_this_turn_ends_it() {
    let thread =
        |kind: &str| event(12, kind, json!({ "session_thread_id": "sth_1", "stop_reason": { "type": "end_turn" } }));
    let passing = |number, status: &str| {
        let error = json!({ "type": "overloaded_error", "message": "busy", "retry_status": { "type": status } });
        event(number, "session.error", json!({ "error": error }))
    };
    let whole = turn();
    let (head, tail) = whole.split_at(3);
    for (what, inside) in [
        ("an end of the turn before", idle(1, "end_turn")),
        ("an idle of a thread", thread("session.thread_status_idle")),
        ("an error that is tried again", passing(12, "retrying")),
        ("an error with an unknown status", passing(12, "resting")),
        ("a question that passes", idle(12, "requires_action")),
        ("a session that is rescheduled", event(12, "session.status_rescheduled", json!({}))),
    ] {
        let mut events = vec![idle(1, "end_turn")];
        events.extend_from_slice(head);
        let old = what.ends_with("before");
        if !old {
            events.push(inside.clone());
        }
        events.extend_from_slice(tail);
        let before = vec![text(0, "of the turn before"), idle(1, "end_turn")];
        let mut script = Script::streams(&[frames(&events[1..])]).history(&events[1..]);
        script.before = before;
        let stage = Stage::new(script);
        assert_eq!(stage.invoke().ok().stdout(), SAID, "{what}");
    }
}

#[test]
fn each_end_has_its_code() {
    let failed = |status: &str| {
        let error = json!({ "type": "billing_error", "message": "no credit", "retry_status": { "type": status } });
        event(17, "session.error", json!({ "error": error }))
    };
    for (ends, code, status, word) in [
        (vec![idle(18, "end_turn")], 0, "completed", ""),
        (vec![idle(18, "some_new_reason")], 14, "failed", "some_new_reason"),
        (vec![idle(18, "retries_exhausted")], 14, "failed", "retries_exhausted"),
        (vec![idle(18, "refusal")], 14, "refused", "refused"),
        (vec![idle(18, "budget_reached")], 6, "limited", "budget"),
        (vec![failed("exhausted"), idle(18, "end_turn")], 14, "failed", "no credit"),
        (vec![failed("terminal"), event(18, "session.status_terminated", json!({}))], 14, "failed", "no credit"),
        (vec![event(18, "session.status_terminated", json!({}))], 14, "failed", "terminated"),
        (vec![event(18, "session.deleted", json!({}))], 4, "failed", "deleted"),
        // Nothing follows: the service gave up.
        (vec![failed("exhausted")], 14, "failed", "no credit"),
    ] {
        let mut events = turn();
        events.truncate(14);
        events.extend(ends.clone());
        let stage = Stage::new(Script::streams(&[frames(&events), String::new()]).history(&events));
        let result = stage.result(code);
        assert_eq!(result["status"], status, "{ends:?}");
        assert!(result["error"].to_string().contains(word), "{ends:?}: {result}");
        assert_eq!(result["text"], "One text.\nAnother.");
    }
}

#[test]
fn what_is_no_event_of_its_type_is_an_unknown_end() {
    for (what, bad) in [
        ("an idle without a reason", event(17, "session.status_idle", json!({}))),
        ("a reason that is a text", event(17, "session.status_idle", json!({ "stop_reason": "end_turn" }))),
        ("a message without content", event(17, "agent.message", json!({}))),
        ("content that is a text", event(17, "agent.message", json!({ "content": "text" }))),
        ("a call without a name", event(17, "agent.tool_use", json!({ "input": {} }))),
        ("an error without a status", event(17, "session.error", json!({ "error": { "type": "x" } }))),
        ("an event without a type", json!({ "id": "sevt_0017" })),
        ("half of a surrogate pair", text(17, "HALF")),
        ("a price that is a number", price(17, &json!(12))),
        ("a price with a fraction of a cent", price(17, &json!("12.5"))),
    ] {
        let mut events = turn();
        events.truncate(13);
        let bad = bad.to_string().replace("HALF", r"\ud800");
        let content = format!("{}data: {bad}\n\n{}", frames(&events), frames(&[idle(18, "end_turn")]));
        let stage = Stage::new(Script::streams(&[content]).history(&events));
        let result = stage.result(8);
        assert_eq!((&result["status"], &result["error"]["kind"]), (&json!("unknown"), &json!("unavailable")), "{what}");
        stage.invoke().code(8).says(&["may still be working", "sessions events"]);
    }
}

#[test]
fn a_stream_that_fails_or_holds_something_else_is_opened_again() {
    let all = turn();
    let envelope = json!({ "type": "error", "error": { "type": "overloaded_error", "message": "busy" } });
    for bad in [
        frame(&envelope),
        "data: not JSON\n\n".to_owned(),
        "data: [1, 2]\n\n".to_owned(),
        "<html>log in</html>".to_owned(),
        format!("data: {}\n\n", "[".repeat(100_000)),
    ] {
        let first = frames(&all[..4]) + &bad;
        let stage = Stage::new(Script::streams(&[first, frames(&all[4..])]).history(&all[..4]));
        let result = stage.result(0);
        assert_eq!((&result["text"], &result["reconnects"]), (&json!("One text.\nAnother."), &json!(1)), "{bad:.40}");
    }
}

#[test]
fn an_answer_that_ends_the_following_says_why() {
    let all = turn();
    for (status, code) in [("401", 3), ("403", 3), ("404", 4)] {
        let streams = vec![(String::new(), frames(&all[..4])), (format!("status {status}"), String::new())];
        let stage = Stage::new(Script { streams, ..Script::default() }.history(&all[..4]));
        let result = stage.result(code);
        assert_eq!(result["status"], "unknown", "{status}: {result}");
    }
}

#[test]
fn a_message_whose_answer_is_lost_is_looked_up_and_sent_once() {
    let broken: Reply = (200, "content-length: 1000\r\n".to_owned(), "{".to_owned());
    let script = |found: &[Value]| Script {
        sends: vec![Some(broken.clone())],
        ..Script::streams(&[frames(&turn())]).history(found)
    };
    let stage = Stage::new(script(&turn()));
    assert_eq!(stage.invoke().ok().stdout(), SAID);
    assert_eq!(stage.sent(), 1);
    let stage = Stage::new(script(&[]));
    stage.invoke().code(8).says(&["may have", "sessions events"]);
    assert_eq!(stage.sent(), 1);
    // A message of the same text that was there before is another one.
    let mut old = script(&[]);
    old.before = vec![event(1, "user.message", message()), idle(2, "end_turn")];
    let stage = Stage::new(old);
    stage.invoke().code(8);
    // The service does not tell the id of what it was sent, and has no such message.
    let unnamed = Script { sends: vec![Some(json_of(200, &json!({})))], ..Script::streams(&[frames(&turn())]) };
    let stage = Stage::new(unnamed.history(&[]));
    let result = stage.result(8);
    assert_eq!((&result["status"], &result["error"]["kind"]), (&json!("unknown"), &json!("unavailable")));
    assert!(result["error"]["message"].as_str().unwrap().contains("may have happened"), "{result}");
    assert_eq!(stage.sent(), 1);
    // The service does not tell the id of what it was sent.
    let unnamed = Script { sends: vec![Some(json_of(200, &json!({})))], ..Script::streams(&[frames(&turn())]) };
    assert_eq!(Stage::new(unnamed.history(&turn())).invoke().ok().stdout(), SAID);
}

#[test]
fn text_that_differs_from_its_preview_is_written_whole_and_a_lost_preview_is_none() {
    let turn = |events: Vec<Value>| {
        let mut all = vec![message(), event(11, "session.status_running", json!({}))];
        all.extend(events);
        all.push(idle(18, "end_turn"));
        let stage = Stage::new(Script::streams(&[frames(&all)]).history(&all));
        let run = stage.invoke();
        run.ok().stdout().to_owned()
    };
    assert_eq!(turn(vec![start(13), delta(13, "Draft"), text(13, "Final.")]), "Draft\nFinal.\n");
    assert_eq!(turn(vec![delta(13, "no beginning"), text(13, "Final.")]), "Final.\n");
    assert_eq!(turn(vec![start(13), delta(13, "never ended")]), "never ended\n");
    assert_eq!(turn(vec![start(13), delta(13, "a\n"), text(13, "a\n")]), "a\n");
    assert_eq!(turn(vec![start(13), start(14), delta(14, "b"), text(14, "b"), text(13, "c")]), "b\nc\n");
    // Two that are written at the same time.
    let both = [start(13), delta(13, "a"), start(14), delta(14, "b"), delta(13, "A"), delta(14, "B")];
    let ended = |first: Value, second: Value| turn([&both[..], &[first, second]].concat());
    assert_eq!(ended(text(13, "aA."), text(14, "bB.")), "aA.\nbB.\n");
    assert_eq!(ended(text(14, "bB."), text(13, "aA.")), "aA\nbB.\naA.\n");
    // The rest of the second one goes on after the first.
    let late = [&both[..], &[text(13, "aA."), delta(14, "."), text(14, "bB.")]].concat();
    assert_eq!(turn(late), "aA.\nbB.\n");
    // One that did not come is over with its request.
    let request = event(13, "span.model_request_end", json!({}));
    let given_up = vec![start(13), delta(13, "lost"), request, start(14), delta(14, "b"), text(14, "b")];
    assert_eq!(turn(given_up), "lost\nb\n");
}

#[test]
fn a_turn_of_another_client_is_not_taken_for_the_own_one() {
    let other = [
        event(5, "session.status_running", json!({})),
        event(6, "user.message", json!({ "content": [{ "type": "text", "text": "other" }] })),
        text(7, "Of the other."),
        event(8, "span.model_request_end", json!({ "model_usage": { "input_tokens": 900, "output_tokens": 90 } })),
        idle(9, "end_turn"),
    ];
    let without_id = json_of(200, &json!({}));
    for (what, first, sends) in [
        ("a turn that another client began at the same time", &other[..], Vec::new()),
        ("the end of a turn before, which comes late", &other[4..], Vec::new()),
        ("an answer without the id of the message", &other[..], vec![Some(without_id)]),
    ] {
        let events = [first, &turn()].concat();
        let mut script = Script::streams(&[frames(&events)]).history(&events);
        script.before = vec![text(1, "old"), idle(2, "end_turn")];
        script.sends = sends;
        let stage = Stage::new(script);
        let result = stage.result(0);
        assert_eq!(result["text"], "One text.\nAnother.", "{what}");
        assert_eq!((&result["id"], &result["cost"]), (&json!("sevt_0010"), &json!(null)), "{what}");
        assert_eq!(result["usage"]["input_tokens"], 5, "{what}");
        assert_eq!(stage.invoke().ok().stdout(), SAID, "{what}");
    }
}

#[test]
fn a_message_that_would_wait_for_an_old_answer_is_not_sent() {
    let call = event(2, "agent.tool_use", json!({ "name": "bash", "input": {}, "evaluated_permission": "ask" }));
    let reason = json!({ "type": "requires_action", "event_ids": ["sevt_0002"] });
    let mut script = Script::streams(&[String::new()]);
    script.before = vec![event(1, "user.message", json!({ "content": [] })), call];
    script.before.push(event(3, "session.status_idle", json!({ "stop_reason": reason })));
    let stage = Stage::new(script);
    stage.invoke().code(13).says(&["sevt_0002", "--follow"]);
    assert_eq!(stage.sent(), 0);
}

#[test]
fn an_object_on_several_lines_is_one_line_of_jsonl() {
    let pretty = serde_json::to_string_pretty(&text(13, "One text.")).unwrap();
    let content = format!(
        "{}data: {}\n\n{}",
        frames(&[message()]),
        pretty.replace('\n', "\ndata: "),
        frame(&idle(14, "end_turn"))
    );
    let stage = Stage::new(Script::streams(&[content]));
    let run = stage.run(&["--format", "jsonl", "invoke", SESSION, "go"]);
    let lines: Vec<Value> = run.ok().stdout().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.last().unwrap()["text"], "One text.");
}

#[test]
fn a_service_that_is_slow_to_tell_the_cost_does_not_hold_up_the_end() {
    let state = Arc::new(Mutex::new(State::default()));
    let script = Script::streams(&[frames(&turn())]).history(&turn());
    let service = Endpoint::new(move |asked| {
        let is_snapshot = !asked.line.contains("/events");
        if is_snapshot && state.lock().unwrap().sent > 0 {
            std::thread::sleep(Duration::from_secs(60));
        }
        if is_snapshot {
            let cost = json!({ "list_cost": { "amount": "1", "currency": "USD" } });
            return json_of(200, &json!({ "id": SESSION, "type": "session", "status": "idle", "usage": cost }));
        }
        answer(&script, &state, asked)
    });
    let stage = Stage { sandbox: Sandbox::new(), service };
    let begun = Instant::now();
    assert_eq!(stage.invoke().ok().stdout(), SAID);
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn what_is_stopped_before_its_message_was_sent_sends_none() {
    for slow in ["/events/stream", "/events?"] {
        let state = Arc::new(Mutex::new(State::default()));
        let script = Script::streams(&[frames(&turn())]).history(&turn());
        let service = Endpoint::new(move |asked| {
            if asked.line.contains(slow) {
                std::thread::sleep(Duration::from_secs(3));
            }
            answer(&script, &state, asked)
        });
        let stage = Stage { sandbox: Sandbox::new(), service };
        let begun = Instant::now();
        let run = stage.run(&["--timeout", "1s", "--format", "json", "invoke", SESSION, "go"]);
        assert_eq!(run.code(124).json()["status"], "timed_out");
        run.says(&["nothing was sent"]);
        assert!(begun.elapsed() < Duration::from_millis(2500), "{slow}");
        assert_eq!(stage.sent(), 0, "{slow}");
    }
}

#[test]
fn an_answer_that_another_client_gave_first_does_not_end_the_following() {
    let ask = event(12, "agent.tool_use", json!({ "name": "bash", "input": {}, "evaluated_permission": "ask" }));
    let reason = json!({ "type": "requires_action", "event_ids": ["sevt_0012"] });
    let waits = [message(), ask, event(13, "session.status_idle", json!({ "stop_reason": reason }))];
    let confirmed = json!({ "tool_use_id": "sevt_0012", "result": "allow" });
    let rest = [event(14, "user.tool_confirmation", confirmed), text(15, "Done."), idle(16, "end_turn")];
    let refused =
        json_of(400, &json!({ "type": "error", "error": { "type": "invalid_request_error", "message": "no" } }));
    for (history, code) in [([&waits[..], &rest[..]].concat(), 0), (waits.to_vec(), 2)] {
        let mut script = Script::streams(&[frames(&waits), String::new()]).history(&history);
        script.sends = vec![None, Some(refused.clone())];
        let stage = Stage::new(script);
        let run = stage.run(&["invoke", SESSION, "go", "--on-ask", "allow"]);
        assert_eq!(run.code(code).stdout(), if code == 0 { "Done.\n" } else { "" });
        assert_eq!(stage.sent(), 2);
    }
}

#[test]
fn a_page_of_long_events_is_read_in_smaller_pages() {
    let events: Vec<Value> =
        (1..=1000).map(|number| text(number, &"x".repeat(20_000))).chain([idle(1001, "end_turn")]).collect();
    let service = Endpoint::new(move |asked| {
        let parameter = |name: &str| {
            let (_, rest) = asked.line.split_once(&format!("{name}="))?;
            rest.split(['&', ' ']).next()?.parse::<usize>().ok()
        };
        let (from, limit) = (parameter("page").unwrap_or(0), parameter("limit").unwrap_or(1000));
        let to = (from + limit).min(events.len());
        let next = (to < events.len()).then(|| to.to_string());
        json_of(200, &json!({ "data": events[from..to], "next_page": next }))
    });
    let stage = Stage { sandbox: Sandbox::new(), service };
    assert_eq!(stage.run(&["sessions", "events", SESSION, "-q"]).ok().lines().len(), 1001);
    assert_eq!(stage.run(&["sessions", "events", SESSION, "--limit", "700", "-q"]).ok().lines().len(), 700);
}

#[test]
fn what_can_not_be_read_again_is_not_sent() {
    let stage = Stage::new(Script::streams(&[String::new()]));
    let prompt = stage.sandbox.write("prompt", "a".repeat(4 << 20));
    stage.run(&["invoke", SESSION, "-f", prompt.to_str().unwrap()]).code(2).says(&["at most 3 MiB"]);
    assert_eq!(stage.sent(), 0);
}

#[test]
fn an_error_of_the_agent_shows_no_key() {
    let key = "key-of-a-test";
    let error = json!({ "type": "x", "message": format!("no {key}"), "retry_status": { "type": "exhausted" } });
    let failed = event(12, "session.error", json!({ "error": error }));
    let refused = json!({ "stop_reason": { "type": "refusal" }, "stop_details": { "explanation": key } });
    for end in
        [vec![failed, idle(13, "end_turn")], vec![event(13, "session.status_idle", refused)], vec![idle(13, key)]]
    {
        let events = [vec![message()], end].concat();
        let stage = Stage::new(Script::streams(&[frames(&events)]).history(&events));
        let run = stage.invoke();
        assert!(!run.code(14).stderr().contains(key), "{}", run.stderr());
    }
}

#[test]
fn waiting_for_idle_ends_where_the_session_is_idle_and_needs_the_event_that_it_begins_after() {
    let mut script = Script::streams(&[": open\n\n".to_owned()]);
    script.before = vec![message(), text(13, "One."), idle(14, "end_turn")];
    let stage = Stage::new(script);
    let events = |since: &str| stage.run(&["sessions", "events", SESSION, "-q", "--until", "idle", "--since", since]);
    assert_eq!(events("sevt_0013").ok().stdout(), "sevt_0014\n");
    assert_eq!(events("2030-01-01T00:00:00Z").ok().stdout(), "");
    events("sevt_nope").code(4).says(&["sevt_nope"]);
    assert!(stage.service.asked("created_at").is_empty());
}

#[test]
fn an_event_that_cannot_be_read_does_not_end_the_events_after_it() {
    let bad = event(13, "agent.tool_result", json!({ "content": [] }));
    let events = [message(), bad, text(14, "After."), idle(15, "end_turn")];
    let mut script = Script::streams(&[frames(&events)]);
    script.before = events.to_vec();
    let stage = Stage::new(script);
    let run = stage.run(&["sessions", "events", SESSION, "-q", "--until", "idle"]);
    assert_eq!(run.code(10).lines(), ["sevt_0010", "sevt_0014", "sevt_0015"]);
    run.says(&["left out", "tool_use_id"]);
}

#[test]
fn an_interrupt_that_the_service_did_not_take_is_not_told_as_one() {
    let refused = json_of(500, &json!({}));
    let mut script = Script::streams(&[frames(&turn()[..4])]).history(&turn()[..4]);
    script.sends = vec![None, Some(refused)];
    let stage = Stage::new(script);
    let run = stage.run(&["invoke", SESSION, "go", "--timeout", "1s", "--retries", "0"]);
    run.code(124).says(&["may not have been asked to stop", "sessions interrupt"]);
}

#[test]
fn a_reader_of_stderr_that_stalls_holds_up_nothing() {
    let mut events = vec![message()];
    for number in 0..2000 {
        let id = format!("sevt_call_{number}");
        let call = json!({ "type": "agent.tool_use", "id": id, "processed_at": time(12), "name": "bash",
            "input": { "command": "x".repeat(100) }, "evaluated_permission": "allow" });
        let result = json!({ "type": "agent.tool_result", "id": format!("sevt_result_{number}"),
            "processed_at": time(12), "tool_use_id": id, "content": [] });
        events.extend([call, result]);
    }
    for options in ["", "--debug"] {
        let stage = Stage::new(Script::streams(&[frames(&events), String::new()]).history(&events));
        let begun = Instant::now();
        let line = format!("$WHARF invoke {SESSION} go --timeout 1s {options} 2>&3; echo $?");
        assert_eq!(stage.with_stalled_pipe(&line).ok().stdout(), "124\n");
        // The turn does not end within the ten seconds that an agent has to stop.
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
        assert_eq!(stage.sent(), 2, "the agent was asked to stop");
    }
}

#[test]
fn a_tool_of_a_server_is_allowed_by_the_name_of_its_server_too() {
    let call = |server: Value| {
        let mut call = json!({ "name": "bash", "input": {}, "evaluated_permission": "ask" });
        call["mcp_server_name"] = server;
        event(12, "agent.mcp_tool_use", call)
    };
    let reason = json!({ "type": "requires_action", "event_ids": ["sevt_0012"] });
    let waits = [message(), call(json!("files")), event(13, "session.status_idle", json!({ "stop_reason": reason }))];
    let answered = [text(15, "Done."), idle(16, "end_turn")];
    for (glob, is_allowed) in
        [("files/bash", true), ("files/*", true), ("*/bash", true), ("bash", false), ("*", false), ("other/*", false)]
    {
        let ended = [&waits[..], &answered].concat();
        let stage = Stage::new(Script::streams(&[frames(&waits), frames(&answered)]).history(&waits).history(&ended));
        let run = stage.run(&["invoke", SESSION, "go", "--allow-tool", glob, "--on-ask", "fail"]);
        run.code(if is_allowed { 0 } else { 13 });
        let sent = stage.service.asked("POST ").last().unwrap().body.clone();
        assert_eq!(sent.contains("\"allow\""), is_allowed, "{glob}: {sent}");
        if !is_allowed {
            run.says(&["files/bash", "stopped after"]);
            assert!(!run.stderr().contains("done in"), "{}", run.stderr());
        }
    }
    let nameless = [message(), call(Value::Null)];
    Stage::new(Script::streams(&[frames(&nameless)]).history(&nameless)).invoke().code(8).says(&["mcp_server_name"]);
}

#[test]
fn a_cost_that_cannot_be_read_after_the_turn_is_reported() {
    let state = Arc::new(Mutex::new(State::default()));
    let script = Script::streams(&[frames(&turn())]).history(&turn());
    let service = Endpoint::new(move |asked| {
        if asked.line.contains("/events") {
            return answer(&script, &state, asked);
        }
        let amount = if state.lock().unwrap().sent > 0 { json!(12) } else { json!("1") };
        let usage = json!({ "list_cost": { "amount": amount, "currency": "USD" } });
        json_of(200, &json!({ "id": SESSION, "type": "session", "status": "idle", "usage": usage }))
    });
    let stage = Stage { sandbox: Sandbox::new(), service };
    let run = stage.invoke();
    assert_eq!(run.ok().stdout(), SAID);
    run.says(&["what the turn cost is not known", "done in"]);
}
