//! Mounts: read-only copies of stored files inside sessions.

use wharf_client::backend::{Feature, NewResource, PutOptions};
use wharf_core::error::Kind;
use wharf_core::model::{FileId, ResourceKind};

use super::everywhere;
use crate::room::{Room, pages, store};
use crate::stage::{Stage, refused};

/// A session and a stored file, where stored files can be mounted.
async fn stage_with_file(stage: &Stage) -> Option<(Room<'_>, FileId)> {
    let room = Room::new(stage).await;
    let missing: FileId = "file_none".parse().unwrap();
    if !(stage.has(Feature::Resources) && stage.has(Feature::ResourceFile)) {
        refused(room.mount("m", &missing).await, Kind::Unsupported);
        refused(room.unmount("m").await, Kind::Unsupported);
        if stage.has(Feature::Resources) {
            assert_eq!(room.mounts().await.unwrap(), []);
        } else {
            refused(room.mounts().await, Kind::Unsupported);
        }
        return None;
    }
    Some((room, store(stage, "stored.txt", b"stored").await.unwrap()))
}

async fn mounted(room: &Room<'_>) -> Vec<String> {
    room.mounts().await.unwrap().into_iter().map(|(at, _)| at).collect()
}

#[test]
fn a_mount_is_a_copy_of_a_stored_file_with_its_parents() {
    everywhere(async |stage| {
        let Some((room, file)) = stage_with_file(stage).await else { return };
        room.mount("in/deep/m", &file).await.unwrap();
        assert_eq!(room.read("in/deep/m").await.unwrap(), b"stored");
        assert_eq!(room.read_range("in/deep/m", 1, Some(2)).await.unwrap(), b"to");
        let line = room.stat("in/deep/m").await.unwrap();
        assert_eq!((line.size, line.file_id.as_ref()), (Some(6), Some(&file)));
        for at in ["in/deep", "in/deep/m"] {
            assert_eq!(room.list(at, true).await.unwrap(), std::slice::from_ref(&line));
        }
        assert_eq!(room.paths().await, ["in/", "in/deep/", "in/deep/m"]);
    });
}

#[test]
fn nothing_writes_to_a_mount() {
    everywhere(async |stage| {
        let Some((room, file)) = stage_with_file(stage).await else { return };
        room.put("other", b"other").await.unwrap();
        room.mount("in/m", &file).await.unwrap();
        for keep_existing in [false, true] {
            for bulk in [false, true] {
                let options = PutOptions { keep_existing, bulk, expires_in: None };
                refused(room.put_with("in/m", b"x", options).await, Kind::Conflict);
                refused(room.put_with("in/m/below", b"x", options).await, Kind::Conflict);
            }
        }
        if stage.has(Feature::Mkdir) {
            for parents in [false, true] {
                refused(room.mkdir("in/m", parents).await, Kind::Conflict);
                refused(room.mkdir("in/m/below", parents).await, Kind::Conflict);
            }
        }
        if stage.has(Feature::Move) {
            for (from, to) in [("other", "in/m"), ("in/m", "moved"), ("in/m", "in/m"), ("in", "moved")] {
                refused(room.rename(from, to).await, Kind::Conflict);
            }
        }
        assert_eq!(room.paths().await, ["in/", "in/m", "other"]);
        assert_eq!(room.read("in/m").await.unwrap(), b"stored");
        assert_eq!(mounted(&room).await, ["in/m"]);
    });
}

#[test]
fn a_directory_beside_a_mount_is_as_free_as_any() {
    everywhere(async |stage| {
        let Some((room, file)) = stage_with_file(stage).await else { return };
        room.mount("in/m", &file).await.unwrap();
        room.put("in/mx", b"1").await.unwrap();
        room.put("inx/m", b"2").await.unwrap();
        if stage.has(Feature::Move) {
            room.rename("in/mx", "in/my").await.unwrap();
            room.rename("inx", "iny").await.unwrap();
        }
        room.remove(if stage.has(Feature::Move) { "iny" } else { "inx" }, true).await.unwrap();
        assert_eq!(mounted(&room).await, ["in/m"]);
    });
}

#[test]
fn a_taken_path_is_a_conflict_and_stays_whose_it_is() {
    everywhere(async |stage| {
        let Some((room, file)) = stage_with_file(stage).await else { return };
        room.put("f", b"a file").await.unwrap();
        room.put("d/x", b"x").await.unwrap();
        room.mount("m", &file).await.unwrap();
        for at in ["f", "d", "m", "f/below", "f/far/below", "m/below"] {
            refused(room.mount(at, &file).await, Kind::Conflict);
        }
        assert_eq!(room.paths().await, ["d/", "d/x", "f", "m"]);
        assert_eq!(room.read("f").await.unwrap(), b"a file");
        assert_eq!(mounted(&room).await, ["m"]);
        room.put("f", b"still free").await.unwrap();
    });
}

#[test]
fn removing_a_path_unmounts_what_is_there_and_below() {
    everywhere(async |stage| {
        let Some((room, file)) = stage_with_file(stage).await else { return };
        for at in ["a", "d/b", "d/e/c", "dx", "kept"] {
            room.mount(at, &file).await.unwrap();
        }
        refused(room.remove("d", false).await, Kind::Conflict);
        assert_eq!(mounted(&room).await, ["a", "d/b", "d/e/c", "dx", "kept"]);
        room.remove("a", false).await.unwrap();
        room.remove("d", true).await.unwrap();
        assert_eq!(mounted(&room).await, ["dx", "kept"]);
        assert_eq!(room.paths().await, ["dx", "kept"]);
        room.put("a", b"free again").await.unwrap();
        room.mount("d/b", &file).await.unwrap();
    });
}

#[test]
fn unmounting_takes_the_file_away_and_leaves_its_directory() {
    everywhere(async |stage| {
        let Some((room, file)) = stage_with_file(stage).await else { return };
        let resource = room.mount("in/m", &file).await.unwrap();
        let id = resource.id.unwrap();
        stage.resources().remove(&room.id, &id).await.unwrap();
        assert_eq!(room.paths().await, ["in/"]);
        refused(room.read("in/m").await, Kind::NotFound);
        refused(stage.resources().get(&room.id, &id).await, Kind::NotFound);
        refused(stage.resources().remove(&room.id, &id).await, Kind::NotFound);
        room.put("in/m", b"free again").await.unwrap();
        assert_eq!(room.stat("in/m").await.unwrap().file_id, None);
        assert_eq!(mounted(&room).await, [""; 0]);
    });
}

#[test]
fn pages_of_any_size_hold_every_mount_once_and_the_oldest_first() {
    everywhere(async |stage| {
        let Some((room, file)) = stage_with_file(stage).await else { return };
        let mut made = Vec::new();
        for at in ["e", "d", "c", "b", "a"] {
            made.push(room.mount(at, &file).await.unwrap().id);
        }
        for size in [Some(1), Some(2), Some(4), Some(5), Some(6), None] {
            let found = pages(size, async |page| stage.resources().list(&room.id, page).await).await.unwrap();
            assert_eq!(found.into_iter().map(|resource| resource.id).collect::<Vec<_>>(), made, "{size:?}");
        }
        let got = stage.resources().get(&room.id, made[1].as_ref().unwrap()).await.unwrap();
        assert_eq!((got.id, got.file_id), (made[1].clone(), Some(file)));
    });
}

#[test]
fn a_mount_belongs_to_its_session() {
    everywhere(async |stage| {
        let Some((room, file)) = stage_with_file(stage).await else { return };
        let other = Room::new(stage).await;
        let id = room.mount("m", &file).await.unwrap().id.unwrap();
        other.put("m", b"its own").await.unwrap();
        refused(stage.resources().get(&other.id, &id).await, Kind::NotFound);
        refused(stage.resources().remove(&other.id, &id).await, Kind::NotFound);
        assert_eq!(mounted(&other).await, [""; 0]);
        assert_eq!(mounted(&room).await, ["m"]);
    });
}

#[test]
fn a_mount_outlives_its_stored_file() {
    everywhere(async |stage| {
        let Some((room, file)) = stage_with_file(stage).await else { return };
        room.mount("m", &file).await.unwrap();
        stage.store().delete(&file).await.unwrap();
        assert_eq!(room.read("m").await.unwrap(), b"stored");
        assert_eq!(mounted(&room).await, ["m"]);
        refused(room.mount("n", &file).await, Kind::NotFound);
        assert_eq!(room.paths().await, ["m"]);
    });
}

#[test]
fn a_mount_needs_a_stored_file_and_a_path_of_its_own() {
    everywhere(async |stage| {
        let Some((room, file)) = stage_with_file(stage).await else { return };
        let add = async |new: NewResource| stage.resources().add(&room.id, new).await;
        refused(room.mount("in/m", &"file_gone".parse().unwrap()).await, Kind::NotFound);
        refused(add(NewResource { file_id: None, ..room.resource("in/m", &file) }).await, Kind::Usage);
        for path in ["/", "/../x", "/in/../x"] {
            let new = NewResource { mount_path: Some(path.to_owned()), ..room.resource("m", &file) };
            refused(add(new).await, Kind::Usage);
        }
        assert_eq!(room.paths().await, [""; 0]);
        let unnamed = add(NewResource { mount_path: None, ..room.resource("m", &file) }).await.unwrap();
        assert!(unnamed.mount_path.unwrap().ends_with("/stored.txt"), "made from the file's name");
        assert_eq!(mounted(&room).await.len(), 1);
    });
}

#[test]
fn a_session_takes_as_many_mounts_as_the_capabilities_say() {
    everywhere(async |stage| {
        let Some((room, file)) = stage_with_file(stage).await else { return };
        let Some(most) = stage.capabilities().limits.mounts else { return };
        for n in 0..most {
            room.mount(&format!("m/{n}"), &file).await.unwrap();
        }
        refused(room.mount("one-too-many", &file).await, Kind::Limit);
        assert_eq!(mounted(&room).await.len(), most as usize);
        room.unmount("m/0").await.unwrap();
        room.mount("now", &file).await.unwrap();
    });
}

#[test]
fn a_kind_of_resource_that_a_backend_lacks_is_unsupported() {
    everywhere(async |stage| {
        let Some((room, file)) = stage_with_file(stage).await else { return };
        for kind in [ResourceKind::GithubRepository, ResourceKind::MemoryStore, ResourceKind::Context] {
            if !stage.has(Feature::of_resource(kind)) {
                let new = NewResource { kind, ..room.resource("m", &file) };
                refused(stage.resources().add(&room.id, new).await, Kind::Unsupported);
            }
        }
        assert_eq!(room.paths().await, [""; 0]);
    });
}
