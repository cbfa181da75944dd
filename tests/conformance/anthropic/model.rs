//! The view once more, as a plain map in memory, and random sequences that are played on both.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use wharf_client::backend::PutOptions;
use wharf_core::error::{Error, Kind};
use wharf_core::model::FileId;

use super::{leave, outputs, read_output};
use crate::content::{Content, bytes};
use crate::room::{Room, pages, store};
use crate::stage::{on_anthropic_with, wait_for};

/// What is known of a session, in the model.
#[derive(Debug, Default)]
struct Model {
    mounts: BTreeMap<String, u64>,
    outputs: BTreeMap<String, u64>,
    /// Newest first.
    stored: Vec<(FileId, u64)>,
}

#[derive(Debug, Clone)]
enum Op {
    Store(u64),
    Forget(usize),
    Put(&'static str, u64),
    Mount(usize, &'static str),
    Unmount(&'static str),
    Remove(&'static str, bool),
    Leave(&'static str, u64),
}

fn operation() -> impl Strategy<Value = Op> {
    let files = || prop::sample::select(vec!["a", "b.txt", "d/x", "d/e/y", "d/e/z", "f g/ü"]);
    let paths = prop::sample::select(vec!["a", "b.txt", "d", "d/e", "d/e/y", "gone", "gone/x"]);
    prop_oneof![
        (0..2000_u64).prop_map(Op::Store),
        (0..4_usize).prop_map(Op::Forget),
        (files(), 0..2000_u64).prop_map(|(at, size)| Op::Put(at, size)),
        (0..4_usize, files()).prop_map(|(which, at)| Op::Mount(which, at)),
        files().prop_map(Op::Unmount),
        (paths, any::<bool>()).prop_map(|(at, recursive)| Op::Remove(at, recursive)),
        (prop::sample::select(vec!["o1", "o2", "o3"]), 0..2000_u64).prop_map(|(name, size)| Op::Leave(name, size)),
    ]
}

impl Model {
    /// What has to be shown below the home: directories are there because of what is in them.
    fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = Vec::new();
        for path in self.mounts.keys() {
            for (at, _) in path.match_indices('/') {
                paths.push(path[..=at].to_owned());
            }
            paths.push(path.clone());
        }
        paths.sort_by_key(|path| path.trim_end_matches('/').replace('/', "\0"));
        paths.dedup();
        paths
    }

    /// Plays an operation on both.
    async fn play(&mut self, room: &Room<'_>, op: &Op) -> Result<(), String> {
        let stage = room.stage;
        let same = |what: &str, got: Option<Kind>, wanted: Option<Kind>| {
            if got == wanted { Ok(()) } else { Err(format!("{what}: {got:?} and not {wanted:?}")) }
        };
        match op {
            Op::Store(size) => {
                let id = store(stage, "stored", &bytes(usize::try_from(*size).unwrap())).await;
                self.stored.insert(0, (id.map_err(|e| e.to_string())?, *size));
            }
            Op::Forget(which) if *which < self.stored.len() => {
                let (id, _) = self.stored.remove(*which);
                same("forget", stage.store().delete(&id).await.err().map(|e| e.kind()), None)?;
            }
            Op::Put(at, size) => {
                let content = bytes(usize::try_from(*size).unwrap());
                let put = room.put_from(at, &Content(&content), PutOptions::default()).await;
                same("put", put.as_ref().err().map(Error::kind), None)?;
                if let Ok(put) = put {
                    self.mounts.insert((*at).to_owned(), *size);
                    self.stored.insert(0, (put.file_id.unwrap(), *size));
                }
            }
            Op::Mount(which, at) => {
                let Some((id, size)) = self.stored.get(*which) else { return Ok(()) };
                let wanted = self.mounts.contains_key(*at).then_some(Kind::Conflict);
                let added = stage.resources().add(&room.id, room.resource(at, id)).await;
                same("mount", added.err().map(|e| e.kind()), wanted)?;
                self.mounts.entry((*at).to_owned()).or_insert(*size);
            }
            Op::Unmount(at) => {
                let wanted = self.mounts.remove(*at).is_none().then_some(Kind::NotFound);
                same("unmount", room.unmount(at).await.err().map(|e| e.kind()), wanted)?;
            }
            Op::Remove(at, recursive) => {
                let below = |path: &String| path.strip_prefix(*at).is_some_and(|rest| rest.starts_with('/'));
                let inside = self.mounts.keys().any(below);
                let wanted = match (self.mounts.contains_key(*at), inside) {
                    (true, _) => None,
                    (false, true) if *recursive => None,
                    (false, true) => Some(Kind::Conflict),
                    (false, false) => Some(Kind::NotFound),
                };
                same("remove", room.remove(at, *recursive).await.err().map(|e| e.kind()), wanted)?;
                if wanted.is_none() {
                    self.mounts.retain(|path, _| path != at && !below(path));
                }
            }
            Op::Leave(name, size) if !self.outputs.contains_key(*name) => {
                leave(room, &format!("filename={name}"), &bytes(usize::try_from(*size).unwrap()));
                self.outputs.insert((*name).to_owned(), *size);
            }
            Op::Forget(_) | Op::Leave(..) => {}
        }
        Ok(())
    }

    async fn compare(&self, room: &Room<'_>) -> Result<(), String> {
        let lines = room.list("", true).await.map_err(|e| e.to_string())?;
        let paths = room.paths().await;
        if paths != self.paths() {
            return Err(format!("paths: {paths:?} and not {:?}", self.paths()));
        }
        for line in lines {
            if self.mounts.get(&line.path) != line.size.as_ref() {
                return Err(format!("size of {line:?}: not {:?}", self.mounts.get(&line.path)));
            }
        }
        let made: BTreeMap<_, _> = outputs(room).await.into_iter().collect();
        let wanted: BTreeMap<_, _> = self.outputs.iter().map(|(name, size)| (name.clone(), Some(*size))).collect();
        if made != wanted {
            return Err(format!("outputs: {made:?} and not {wanted:?}"));
        }
        for (name, size) in &self.outputs {
            let got = read_output(room, name).await.map_err(|e| e.to_string())?;
            if got.len() as u64 != *size {
                return Err(format!("{name}: {} bytes and not {size}", got.len()));
            }
        }
        let found = pages(Some(3), async |page| room.stage.store().list(None, page).await).await;
        let stored: Vec<_> = found.map_err(|e| e.to_string())?.into_iter().map(|file| file.id).collect();
        let wanted: Vec<_> = self.stored.iter().map(|(id, _)| id.clone()).collect();
        if stored == wanted { Ok(()) } else { Err(format!("stored: {stored:?} and not {wanted:?}")) }
    }
}

#[test]
fn any_sequence_of_uploads_and_mounts_looks_as_in_the_model() {
    let stage = on_anthropic_with(&[]);
    let config = Config { failure_persistence: None, ..Config::default() };
    let config = Config { cases: config.cases.div_ceil(16), ..config };
    let sequences = prop::collection::vec(operation(), 1..=20);
    let played = TestRunner::new(config).run(&sequences, |ops| {
        let played = async {
            let (room, mut model) = (Room::new(&stage).await, Model::default());
            let clean = pages(None, async |page| stage.store().list(None, page).await).await.unwrap();
            for file in clean {
                stage.store().delete(&file.id).await.unwrap();
            }
            for op in &ops {
                model.play(&room, op).await?;
            }
            let compared = model.compare(&room).await;
            room.delete().await.unwrap();
            compared
        };
        wait_for(played).map_err(TestCaseError::fail)
    });
    played.unwrap();
}
