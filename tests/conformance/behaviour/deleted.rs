//! A session that is gone is gone for everyone.

use wharf_client::backend::{Feature, LabelPatch, PageRequest};
use wharf_core::error::{Kind, Result};

use super::{everywhere, in_views_too};
use crate::room::{Room, store};
use crate::stage::{Stage, refused};

/// What a missing session answers: `not_found`, unless the backend lacks the verb anyway.
#[track_caller]
fn gone<T>(stage: &Stage, feature: Feature, result: Result<T>) {
    refused(result, if stage.has(feature) { Kind::NotFound } else { Kind::Unsupported });
}

#[test]
fn a_session_that_is_not_there_is_not_found_by_any_verb() {
    in_views_too(async |stage| {
        let deleted = Room::new(stage).await;
        deleted.put("f", b"12345").await.unwrap();
        deleted.delete().await.unwrap();
        let never = Room { stage, id: "no-such-session".parse().unwrap() };
        for room in [deleted, never] {
            let sessions = stage.sessions();
            refused(sessions.get(&room.id).await, Kind::NotFound);
            refused(sessions.delete(&room.id, false).await, Kind::NotFound);
            gone(stage, Feature::SessionLabels, sessions.label(&room.id, LabelPatch::default()).await);
            let patch = LabelPatch { set: [("a".to_owned(), "1".to_owned())].into(), remove: Vec::new() };
            gone(stage, Feature::SessionLabels, sessions.label(&room.id, patch).await);
            gone(stage, Feature::SessionTouch, sessions.touch(&room.id).await);
            gone(stage, Feature::SessionStop, sessions.stop(&room.id).await);
            gone(stage, Feature::SessionArchive, sessions.archive(&room.id).await);

            for at in ["f", ""] {
                gone(stage, Feature::SessionFiles, room.stat(at).await);
                gone(stage, Feature::SessionFiles, room.list(at, false).await);
                gone(stage, Feature::SessionFiles, room.list(at, true).await);
                gone(stage, Feature::SessionFiles, room.read(at).await);
                gone(stage, Feature::SessionFiles, room.read_range(at, 0, None).await);
                gone(stage, Feature::SessionFiles, room.resolve(at).await);
                gone(stage, Feature::SessionFiles, room.put(at, b"x").await);
                gone(stage, Feature::SessionFiles, room.put_new(at, b"x").await);
                gone(stage, Feature::SessionFiles, room.remove(at, true).await);
                gone(stage, Feature::Mkdir, room.mkdir(at, true).await);
                gone(stage, Feature::Move, room.rename("f", at).await);
            }

            gone(stage, Feature::Resources, room.mounts().await);
            if stage.has(Feature::Resources) {
                refused(stage.resources().get(&room.id, "sesrsc_none").await, Kind::NotFound);
                gone(stage, Feature::ResourceFile, stage.resources().remove(&room.id, "sesrsc_none").await);
            }
            if stage.has(Feature::StoredFiles) {
                let file = store(stage, "f", b"stored").await.unwrap();
                gone(stage, Feature::ResourceFile, room.mount("m", &file).await);
                refused(stage.store().list(Some(&room.id), PageRequest::default()).await, Kind::NotFound);
            }
        }
    });
}

#[test]
fn the_mounts_of_a_deleted_session_are_gone_and_the_stored_file_stays() {
    everywhere(async |stage| {
        if !(stage.has(Feature::StoredFiles) && stage.has(Feature::ResourceFile)) {
            return;
        }
        let room = Room::new(stage).await;
        let file = store(stage, "f", b"stored").await.unwrap();
        let id = room.mount("m", &file).await.unwrap().id.unwrap();
        room.delete().await.unwrap();
        refused(stage.resources().get(&room.id, &id).await, Kind::NotFound);
        assert_eq!(stage.store().get(&file).await.unwrap().size, Some(6));
    });
}
