//! Turns of agents and their events, on every backend that has agents: each repeats what the prompt says.

use futures_util::StreamExt as _;
use wharf_client::backend::turn::{Activity, EventQuery, Followed, NewMessage, RunningTurn, TurnEnd, TurnEvent};
use wharf_client::backend::{Feature, PageRequest, registry};
use wharf_core::error::{Kind, Result};
use wharf_core::model::{Event, EventKind, SessionId, TurnStatus};

use super::on;
use crate::room::{Room, pages};
use crate::stage::{AGENTS, Stage, refused};

async fn start(stage: &Stage, session: &SessionId, text: &str) -> Result<Box<dyn RunningTurn>> {
    let message = NewMessage { text: text.to_owned(), ..NewMessage::default() };
    let turns = stage.backend.require_turns()?;
    turns.check(&message)?;
    turns.start(session, message).await
}

async fn end(mut turn: Box<dyn RunningTurn>) -> (Vec<Event>, TurnEnd) {
    let mut events = Vec::new();
    loop {
        match turn.next().await.unwrap() {
            TurnEvent::Event(event) => events.push(*event),
            TurnEvent::Waits(_) => {}
            TurnEvent::Ended(end) => return (events, *end),
        }
    }
}

fn said(events: &[Event], kind: EventKind) -> String {
    events.iter().filter(|event| event.kind == kind).filter_map(|event| event.text.as_deref()).collect()
}

/// The text that the agent answers to a prompt: the emulator's agent has a word for it.
fn answer(prompt: &str) -> &str {
    prompt.strip_prefix("echo ").unwrap()
}

/// Whether an answer is the one to a prompt, of an agent that knows the word or of one that repeats it all.
#[track_caller]
fn assert_answers(text: &str, prompt: &str) {
    assert!([answer(prompt), prompt].contains(&text), "{text:?} is no answer to {prompt:?}");
}

#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "a behaviour is written where it is handed over")]
fn where_agents_work(behaviour: impl AsyncFn(&Stage, Room<'_>)) {
    let ran = std::cell::RefCell::new(Vec::new());
    on(AGENTS.iter(), async |stage| {
        behaviour(stage, Room::new(stage).await).await;
        ran.borrow_mut().push(stage.capabilities().backend);
    });
    let all = registry::ALL.iter().filter(|entry| entry.capabilities.has(Feature::Invoke));
    assert_eq!(*ran.borrow(), all.map(|entry| entry.capabilities.backend).collect::<Vec<_>>());
}

#[test]
fn a_turn_ends_once_with_the_whole_text_and_its_pieces() {
    where_agents_work(async |stage, room| {
        let prompt = "echo some words, \u{e4}\u{6f22}";
        let turn = start(stage, &room.id, prompt).await.unwrap();
        let id = turn.id().map(str::to_owned);
        let (events, end) = end(turn).await;
        assert_eq!((end.status, end.error.is_none()), (TurnStatus::Completed, true), "{end:?}");
        assert_answers(&said(&events, EventKind::Text), prompt);
        assert_eq!(said(&events, EventKind::TextDelta), said(&events, EventKind::Text));
        assert!(events.iter().all(|event| event.session == room.id));
        let user = events.iter().find(|event| event.kind == EventKind::User).unwrap();
        assert_eq!((&user.id, user.text.as_deref()), (&id, Some(prompt)));
    });
}

#[test]
fn the_history_has_the_events_of_a_turn_by_the_same_ids_in_pages_of_any_size() {
    where_agents_work(async |stage, room| {
        let (mut live, mut texts) = (Vec::new(), Vec::new());
        for prompt in ["echo one", "echo two"] {
            let (events, _) = end(start(stage, &room.id, prompt).await.unwrap()).await;
            live.extend(events);
        }
        let missing = &"no-such-session".parse().unwrap();
        refused(start(stage, missing, "echo x").await.map(|_| ()), Kind::NotFound);
        let Some(events) = stage.backend.events() else { return };
        for event in live.iter().filter(|event| matches!(event.kind, EventKind::User | EventKind::Text)) {
            texts.push((event.kind, event.id.clone().unwrap(), event.text.clone().unwrap()));
        }
        // A service may tell its caller's own message twice, and keeps it once.
        texts.dedup();
        for size in [None, Some(1), Some(3)] {
            let listed =
                pages(size, async |page| events.list(&room.id, &EventQuery::default(), page).await).await.unwrap();
            let same = listed.iter().filter(|event| matches!(event.kind, EventKind::User | EventKind::Text));
            let same: Vec<_> =
                same.map(|event| (event.kind, event.id.clone().unwrap(), event.text.clone().unwrap())).collect();
            assert_eq!(same, texts);
            let times: Vec<_> = listed.iter().filter_map(|event| event.at).collect();
            assert!(times.is_sorted() && times.len() == listed.len(), "{times:?}");
        }
        refused(events.list(missing, &EventQuery::default(), PageRequest::default()).await, Kind::NotFound);
    });
}

#[test]
fn a_session_is_followed_through_its_history_into_what_happens() {
    where_agents_work(async |stage, room| {
        end(start(stage, &room.id, "echo before").await.unwrap()).await;
        let Some(events) = stage.backend.events() else { return };
        let mut steps = events.follow(&room.id, &EventQuery::default());
        let (mut events, mut done) = (Vec::new(), false);
        let mut begun = false;
        loop {
            match steps.next().await.unwrap().unwrap() {
                Followed::CaughtUp => {
                    assert!(done && !begun, "the first turn is over");
                    begun = true;
                    end(start(stage, &room.id, "echo after").await.unwrap()).await;
                }
                Followed::Event(event, activity) => {
                    if activity != Activity::Same {
                        done = activity == Activity::Done;
                    }
                    events.push(*event);
                }
                Followed::Unreadable(error) => panic!("{error}"),
            }
            let texts = events.iter().filter(|event| event.kind == EventKind::Text).count();
            if begun && done && texts == 2 {
                break;
            }
        }
        // A service may tell its caller's own message twice, and a text by its preview.
        let texts = events.iter().filter(|event| matches!(event.kind, EventKind::Text | EventKind::Usage));
        let mut ids: Vec<_> = texts.map(|event| &event.id).collect();
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "each event once");
    });
}

#[test]
fn the_last_turn_can_be_followed_again() {
    where_agents_work(async |stage, room| {
        let turns = stage.backend.require_turns().unwrap();
        refused(turns.follow(&room.id).await.map(|_| ()), Kind::Conflict);
        end(start(stage, &room.id, "echo before").await.unwrap()).await;
        let (_, first) = end(start(stage, &room.id, "echo the last one").await.unwrap()).await;
        let (events, again) = end(turns.follow(&room.id).await.unwrap()).await;
        assert_eq!((again.status, again.stop_reason), (first.status, first.stop_reason));
        assert_answers(&said(&events, EventKind::Text), "echo the last one");
    });
}

#[test]
fn an_interrupt_of_a_session_where_nothing_works_is_a_success() {
    on(crate::stage::STAGES.iter().chain(crate::stage::VIEWS), async |stage| {
        let room = Room::new(stage).await;
        if stage.has(Feature::Invoke) && !stage.has(Feature::Events) {
            // What the service has no list of is known for sessions in which this machine began something.
            end(start(stage, &room.id, "echo done").await.unwrap()).await;
        }
        if let Some(session) = stage.allows(Feature::Interrupt, stage.sessions().interrupt(&room.id).await) {
            assert_eq!(session.id, room.id);
        }
    });
}
