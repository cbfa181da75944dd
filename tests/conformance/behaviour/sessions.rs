//! Sessions: made, listed, got, stopped, expired, deleted.

use std::time::Duration;

use wharf_client::backend::{Feature, NewSession, SessionQuery};
use wharf_core::error::Kind;
use wharf_core::model::{Session, SessionId, SessionStatus, Timestamp};

use super::{everywhere, in_views_too};
use crate::room::{Room, pages, store};
use crate::stage::{Stage, refused};

/// The sessions that a query lists, from pages of this size.
async fn listed(stage: &Stage, query: &SessionQuery, size: Option<usize>) -> Vec<SessionId> {
    let found = pages(size, async |page| stage.sessions().list(query, page).await).await.unwrap();
    found.into_iter().map(|session| session.id).collect()
}

async fn new(stage: &Stage) -> Session {
    stage.sessions().create(NewSession::default()).await.unwrap()
}

#[test]
fn a_new_session_is_got_and_listed_as_it_was_made() {
    in_views_too(async |stage| {
        let before = Timestamp::now();
        let made = new(stage).await;
        assert_eq!(made.backend, stage.capabilities().backend);
        assert!(!made.status.is_final(), "{}", made.status);
        let slack = Duration::from_mins(1);
        assert!(made.created_at.is_none_or(|at| at > before - slack && at < before + slack), "{made:?}");
        let got = stage.sessions().get(&made.id).await.unwrap();
        assert_eq!((&got.id, got.created_at, &got.title), (&made.id, made.created_at, &made.title));
        let room = Room { stage, id: made.id };
        assert_eq!(room.paths().await, [""; 0]);
        assert_eq!(listed(stage, &SessionQuery::default(), None).await, [room.id]);
    });
}

#[test]
fn pages_of_any_size_hold_every_session_once_and_the_newest_first() {
    in_views_too(async |stage| {
        let mut made = Vec::new();
        for _ in 0..7 {
            made.insert(0, new(stage).await.id);
        }
        for size in [Some(1), Some(2), Some(3), Some(6), Some(7), Some(8), None] {
            assert_eq!(listed(stage, &SessionQuery::default(), size).await, made, "{size:?}");
        }
    });
}

#[test]
fn a_session_that_is_made_meanwhile_does_not_disturb_a_listing() {
    in_views_too(async |stage| {
        let mut made = Vec::new();
        for _ in 0..5 {
            made.insert(0, new(stage).await.id);
        }
        let seen = pages(Some(2), async |page| {
            let page = stage.sessions().list(&SessionQuery::default(), page).await;
            new(stage).await;
            page
        });
        let seen: Vec<_> = seen.await.unwrap().into_iter().map(|session| session.id).collect();
        assert_eq!(seen, made);
    });
}

#[test]
fn an_id_of_ones_own_is_kept_and_can_be_taken_only_once() {
    in_views_too(async |stage| {
        let id: SessionId = "nightly-7".parse().unwrap();
        let named = || NewSession { id: Some(id.clone()), ..NewSession::default() };
        let Some(made) = stage.allows(Feature::SessionId, stage.sessions().create(named()).await) else {
            assert_eq!(listed(stage, &SessionQuery::default(), None).await, []);
            return;
        };
        assert_eq!(made.id, id);
        let room = Room { stage, id: id.clone() };
        room.put("kept", b"kept").await.unwrap();
        refused(stage.sessions().create(named()).await, Kind::Conflict);
        assert_eq!(room.read("kept").await.unwrap(), b"kept");
        stage.sessions().delete(&id, false).await.unwrap();
        stage.sessions().create(named()).await.unwrap();
        assert_eq!(room.paths().await, [""; 0], "the name is free again, and the room is empty");
    });
}

#[test]
fn what_a_session_is_made_with_stands_in_it_or_is_unsupported() {
    let text = || Some("a word".to_owned());
    let plain = NewSession::default;
    let asked = |agent: &str| {
        [
            (Feature::SessionTitle, NewSession { title: text(), ..plain() }),
            (Feature::SessionAgent, NewSession { agent: Some(agent.to_owned()), ..plain() }),
            // One that every agent has.
            (Feature::SessionAgentVersion, NewSession { agent_version: Some("1".to_owned()), ..plain() }),
            (Feature::SessionEnvironment, NewSession { environment: text(), ..plain() }),
            (Feature::SessionImage, NewSession { image: text(), ..plain() }),
            (Feature::SessionVaults, NewSession { vaults: vec!["a word".to_owned()], ..plain() }),
            (Feature::SessionBudget, NewSession { max_cost: Some(250), ..plain() }),
        ]
    };
    everywhere(async |stage| {
        let asked = asked(stage.agent);
        for (feature, new) in asked.clone() {
            let made = stage.sessions().create(new.clone()).await;
            let Some(made) = stage.allows(feature, made) else { continue };
            assert_eq!(made.title, new.title, "{}", feature.name());
            assert!(new.agent.is_none() || made.agent == new.agent, "{}: {:?}", feature.name(), made.agent);
            let got = stage.sessions().get(&made.id).await.unwrap();
            assert_eq!((got.title, got.agent), (made.title, made.agent), "{}", feature.name());
        }
        let able = asked.iter().filter(|(feature, _)| stage.has(*feature)).count();
        let there = listed(stage, &SessionQuery::default(), None).await.len();
        assert_eq!(there, able, "what was refused left no session");
    });
}

#[test]
fn a_session_is_made_with_its_mounts_or_not_at_all() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        let missing = "file_none".parse().unwrap();
        let file = if stage.has(Feature::StoredFiles) { store(stage, "a", b"stored").await.unwrap() } else { missing };
        let with = |resources| NewSession { resources, ..NewSession::default() };
        let made = stage.sessions().create(with(vec![room.resource("in/a", &file), room.resource("b", &file)])).await;
        // Only where files are mounted: a backend may have other resources.
        let needed = if stage.has(Feature::ResourceFile) { Feature::SessionResources } else { Feature::ResourceFile };
        let Some(made) = stage.allows(needed, made) else { return };
        let made = Room { stage, id: made.id };
        assert_eq!(made.paths().await, ["b", "in/", "in/a"]);
        assert_eq!(made.read("in/a").await.unwrap(), b"stored");
        let mounts: Vec<_> = made.mounts().await.unwrap().into_iter().map(|(at, _)| at).collect();
        assert_eq!(mounts, ["in/a", "b"]);
        let gone = "file_gone".parse().unwrap();
        let half = with(vec![room.resource("a", &file), room.resource("b", &gone)]);
        refused(stage.sessions().create(half).await, Kind::NotFound);
        let twice = with(vec![room.resource("a", &file), room.resource("a", &file)]);
        refused(stage.sessions().create(twice).await, Kind::Conflict);
        assert_eq!(listed(stage, &SessionQuery::default(), None).await, [made.id, room.id]);
    });
}

#[test]
fn only_a_session_that_is_there_can_be_deleted() {
    in_views_too(async |stage| {
        let (gone, stays) = (new(stage).await.id, new(stage).await.id);
        for force in [false, true] {
            refused(stage.sessions().delete(&"no-such-session".parse().unwrap(), force).await, Kind::NotFound);
        }
        stage.sessions().delete(&gone, false).await.unwrap();
        refused(stage.sessions().delete(&gone, false).await, Kind::NotFound);
        refused(stage.sessions().get(&gone).await, Kind::NotFound);
        assert_eq!(listed(stage, &SessionQuery::default(), Some(1)).await, [stays]);
    });
}

#[test]
fn a_time_to_live_counts_from_the_last_use() {
    in_views_too(async |stage| {
        let hour = Duration::from_hours(1);
        let made = stage.sessions().create(NewSession { ttl: Some(hour), ..NewSession::default() }).await;
        let Some(made) = stage.allows(Feature::SessionTtl, made) else { return };
        if !stage.tells_expiry {
            assert_eq!(made.expires_at, None);
            return;
        }
        let due = made.expires_at.unwrap();
        let (now, slack) = (Timestamp::now(), Duration::from_mins(1));
        assert!(due > now + hour - slack && due < now + hour + slack, "{due}");
        assert_eq!(new(stage).await.expires_at, None);
        let room = Room { stage, id: made.id };
        room.paths().await;
        assert_eq!(
            stage.sessions().get(&room.id).await.unwrap().expires_at,
            Some(due),
            "reading a session does not extend its life"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
        room.put("a", b"").await.unwrap();
        let used = stage.sessions().get(&room.id).await.unwrap().expires_at.unwrap();
        assert!(used > due, "{used} {due}");
        tokio::time::sleep(Duration::from_millis(5)).await;
        let touched = stage.sessions().touch(&room.id).await;
        let Some(touched) = stage.allows(Feature::SessionTouch, touched) else { return };
        assert!(touched.expires_at.unwrap() > used, "{touched:?} {used}");
    });
}

#[test]
fn a_session_that_expired_is_gone() {
    everywhere(async |stage| {
        let Some(ttl) = stage.shortest_ttl else { return };
        let made = stage.sessions().create(NewSession { ttl: Some(ttl), ..NewSession::default() }).await.unwrap();
        let room = Room { stage, id: made.id };
        tokio::time::sleep(ttl + Duration::from_millis(50)).await;
        assert_eq!(listed(stage, &SessionQuery::default(), None).await, []);
        refused(stage.sessions().get(&room.id).await, Kind::NotFound);
        refused(room.put("a", b"").await, Kind::NotFound);
        refused(room.list("", true).await, Kind::NotFound);
        if stage.has(Feature::SessionTouch) {
            refused(stage.sessions().touch(&room.id).await, Kind::NotFound);
        }
        refused(room.delete().await, Kind::NotFound);
    });
}

#[test]
fn a_stopped_session_keeps_its_files_and_is_woken_by_a_touch() {
    in_views_too(async |stage| {
        let room = Room::new(stage).await;
        room.put("a", b"kept").await.unwrap();
        let stopped = stage.sessions().stop(&room.id).await;
        let Some(stopped) = stage.allows(Feature::SessionStop, stopped) else { return };
        assert_eq!(stopped.status, stage.stopped);
        let other = new(stage).await;
        let with = |status| SessionQuery { statuses: vec![status], ..SessionQuery::default() };
        assert_eq!(listed(stage, &with(stage.stopped), None).await, std::slice::from_ref(&room.id));
        assert_eq!(listed(stage, &with(other.status), None).await, [other.id]);
        assert_eq!(room.read("a").await.unwrap(), b"kept");
        let touched = stage.sessions().touch(&room.id).await;
        let Some(touched) = stage.allows(Feature::SessionTouch, touched) else { return };
        assert_ne!(touched.status, stage.stopped);
        assert_eq!(listed(stage, &with(stage.stopped), None).await, []);
    });
}

#[test]
fn an_archived_session_says_so() {
    in_views_too(async |stage| {
        let session = new(stage).await;
        let archived = stage.sessions().archive(&session.id).await;
        match stage.allows(Feature::SessionArchive, archived) {
            Some(archived) => assert_eq!(archived.status, SessionStatus::Archived),
            None => assert_eq!(stage.sessions().get(&session.id).await.unwrap().status, session.status),
        }
    });
}

#[test]
fn a_backend_that_is_well_says_so_and_leaves_nothing_behind() {
    in_views_too(async |stage| {
        let findings = stage.backend.diagnose().await;
        assert!(!findings.is_empty());
        for finding in findings {
            finding.outcome.unwrap_or_else(|error| panic!("{}: {error}", finding.name));
        }
        assert_eq!(listed(stage, &SessionQuery::default(), None).await, []);
    });
}

#[test]
fn an_upload_takes_the_mark_of_a_stop_off() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        room.put("a", b"").await.unwrap();
        let Some(_) = stage.allows(Feature::SessionStop, stage.sessions().stop(&room.id).await) else { return };
        room.put("b", b"").await.unwrap();
        assert_ne!(stage.sessions().get(&room.id).await.unwrap().status, stage.stopped);
    });
}

#[test]
fn a_session_in_use_does_not_expire() {
    everywhere(async |stage| {
        let Some(ttl) = stage.shortest_ttl else { return };
        let made = stage.sessions().create(NewSession { ttl: Some(ttl), ..NewSession::default() }).await.unwrap();
        let room = Room { stage, id: made.id };
        for _ in 0..5 {
            room.put("a", b"").await.unwrap();
            tokio::time::sleep(ttl / 2).await;
        }
    });
}
