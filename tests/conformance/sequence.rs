//! Random sequences of operations, played on a backend and on the model side by side.
//!
//! `PROPTEST_CASES` says how many. A sequence that fails is made as short as possible and printed so
//! that it can be pasted into a test of its own below.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use wharf_client::backend::{Feature, PutOptions};
use wharf_core::error::{Error, Result};
use wharf_core::pool::BLOCK;

use crate::model::{Bytes, Model, Observation, Op, Stored};
use crate::room::{Room, store};
use crate::stage::{STAGES, Stage, wait_for};

/// Few paths that are often in each other's way, the plain ones first: a sequence shrinks to those.
const PATHS: [&str; 15] = [
    "a",
    "a/b",
    "a/b/c",
    "b",
    "b/a",
    "a/b/c/d",
    "a b",
    "a b/c",
    "ab",
    "A",
    "a.b",
    "ünïcode",
    "u\u{308}ni\u{308}code",
    "ünïcode/ünïcode",
    "",
];

/// The length of a stored file, and of files about which ranges are asked.
const LENGTHS: [usize; 4] = [0, 1, 10, BLOCK + 1];

/// Of [`PATHS`], those that most operations are about.
const OFTEN: usize = 5;

fn paths() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => select(&PATHS[..OFTEN]), 1 => select(&PATHS[..])]
}

fn ranges() -> impl Strategy<Value = Option<(u64, Option<u64>)>> {
    let first = select(&[0, 1, 5, 9, 10, 11, 65_536, 65_537, 65_538][..]);
    let range = (first, prop::option::of(select(&[0, 1, 4, 9, 65_536, 1 << 40][..])));
    prop::option::of(range.prop_map(|(first, more)| (first, more.map(|more| first + more))))
}

fn bytes() -> impl Strategy<Value = Bytes> {
    (select(&LENGTHS[..]), select(&['x', 'y', 'z'][..])).prop_map(|(length, letter)| Bytes(length, letter))
}

fn operation() -> impl Strategy<Value = Op> {
    let flag = any::<bool>;
    prop_oneof![
        6 => (paths(), bytes(), flag(), prop::bool::weighted(0.9))
            .prop_map(|(at, bytes, keep_existing, bulk)| Op::Put { at, bytes, keep_existing, bulk }),
        4 => (paths(), flag()).prop_map(|(at, parents)| Op::Mkdir { at, parents }),
        5 => (paths(), paths()).prop_map(|(from, to)| Op::Rename { from, to }),
        3 => (paths(), flag()).prop_map(|(at, recursive)| Op::Remove { at, recursive }),
        1 => paths().prop_map(|at| Op::Stat { at }),
        2 => (paths(), flag()).prop_map(|(at, recursive)| Op::List { at, recursive }),
        1 => paths().prop_map(|at| Op::Resolve { at }),
        4 => (paths(), ranges()).prop_map(|(at, range)| Op::Fetch { at, range }),
        3 => (paths(), 0..2_usize).prop_map(|(at, stored)| Op::Mount { at, stored }),
        2 => paths().prop_map(|at| Op::Unmount { at }),
    ]
}

/// The stored files that sequences mount.
async fn stored_files(stage: &Stage) -> Stored {
    let mut stored = Vec::new();
    if stage.has(Feature::StoredFiles) {
        for content in [vec![b's'; 10], vec![b't'; BLOCK + 1]] {
            stored.push((store(stage, "stored", &content).await.unwrap(), content));
        }
    } else {
        let id: wharf_core::model::FileId = "file_none".parse().unwrap();
        stored.extend([(id.clone(), Vec::new()), (id, Vec::new())]);
    }
    stored
}

/// Plays a sequence; says where backend and model part.
async fn play(stage: &Stage, stored: &Stored, ops: &[Op]) -> Result<(), String> {
    let room = Room::new(stage).await;
    let mut model = Model::new(stage.capabilities(), stored);
    for (number, op) in ops.iter().enumerate() {
        let at_this = |what: String| format!("operation {number}, {op:?}: {what}");
        let wanted = model.play(op);
        let seen = act(&room, stored, op).await;
        let agree = match (&wanted, &seen) {
            (Ok(wanted), Ok(seen)) => wanted == seen,
            (Err(kinds), Err(error)) => kinds.contains(&error.kind()),
            _ => false,
        };
        if !agree {
            let seen = seen.map_or_else(|error| format!("{:?}, {error}", error.kind()), |seen| brief(&seen));
            let wanted = wanted.map_or_else(|kinds| format!("any of {kinds:?}"), |wanted| brief(&wanted));
            return Err(at_this(format!("the answer is {seen}\nand should be {wanted}")));
        }
        same_tree(&room, &model).await.map_err(at_this)?;
    }
    same_contents(&room, &model).await?;
    room.delete().await.map_err(|error| format!("the session cannot be deleted: {error}"))
}

async fn act(room: &Room<'_>, stored: &Stored, op: &Op) -> Result<Observation> {
    let done = |()| Observation::Done;
    match *op {
        Op::Put { at, bytes, keep_existing, bulk } => {
            room.put_with(at, &bytes.to_vec(), PutOptions { keep_existing, bulk, expires_in: None }).await.map(done)
        }
        Op::Mkdir { at, parents } => room.mkdir(at, parents).await.map(|line| Observation::Lines(vec![line])),
        Op::Rename { from, to } => room.rename(from, to).await.map(|line| Observation::Lines(vec![line])),
        Op::Remove { at, recursive } => room.remove(at, recursive).await.map(done),
        Op::Stat { at } => room.stat(at).await.map(|line| Observation::Lines(vec![line])),
        Op::List { at, recursive } => room.list(at, recursive).await.map(Observation::Lines),
        Op::Resolve { at } => room.resolve(at).await.map(|real| {
            assert_eq!(real, room.at(at));
            Observation::Done
        }),
        Op::Fetch { at, range: None } => room.read(at).await.map(Observation::Content),
        Op::Fetch { at, range: Some((first, last)) } => {
            room.read_range(at, first, last).await.map(Observation::Content)
        }
        Op::Mount { at, stored: which } => room.mount(at, &stored[which].0).await.map(|_| Observation::Done),
        Op::Unmount { at } => room.unmount(at).await.map(done),
    }
}

/// Both hold the same paths, and the same mounts.
async fn same_tree(room: &Room<'_>, model: &Model<'_>) -> Result<(), String> {
    let told = |error: Error| format!("the tree cannot be listed: {error}");
    if room.stage.has(Feature::SessionFiles) {
        let (there, wanted) = (room.list("", true).await.map_err(told)?, model.lines());
        if there != wanted {
            return Err(format!("the tree is {there:?}\nand should be {wanted:?}"));
        }
    }
    if room.stage.has(Feature::Resources) {
        let mounts = room.mounts().await.map_err(told)?;
        let there: Vec<String> = mounts.into_iter().map(|(at, _)| at).collect();
        if there != model.mounts() {
            return Err(format!("the mounts are {there:?}\nand should be {:?}", model.mounts()));
        }
    }
    Ok(())
}

/// All files hold the same bytes.
async fn same_contents(room: &Room<'_>, model: &Model<'_>) -> Result<(), String> {
    for (at, wanted) in model.contents() {
        let there = room.read(&at).await.map_err(|error| format!("`{at}` cannot be read: {error}"))?;
        if there != wanted {
            let (there, wanted) = (brief(&Observation::Content(there)), brief(&Observation::Content(wanted)));
            return Err(format!("`{at}` holds {there}\nand should hold {wanted}"));
        }
    }
    Ok(())
}

/// For people: no content is printed in full.
fn brief(seen: &Observation) -> String {
    match seen {
        Observation::Content(bytes) => {
            let start = String::from_utf8_lossy(&bytes[..bytes.len().min(12)]);
            format!("{} bytes that begin {start:?}", bytes.len())
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn any_sequence_of_operations_looks_the_same_on_a_backend_and_on_the_model() {
    for open in STAGES {
        let stage = open();
        let stored = wait_for(stored_files(&stage));
        let config = Config { failure_persistence: None, ..Config::default() };
        let config = Config { cases: config.cases.div_ceil(stage.one_in), ..config };
        let sequences = prop::collection::vec(operation(), 1..=30);
        let outcome = TestRunner::new(config)
            .run(&sequences, |ops| wait_for(play(&stage, &stored, &ops)).map_err(TestCaseError::fail));
        match outcome {
            Ok(()) => {}
            Err(TestError::Fail(what, ops)) => panic!("{}", report(&stage, &ops, what.message())),
            Err(TestError::Abort(what)) => panic!("no sequences: {what}"),
        }
        wait_for(stage.backend.flush()).unwrap();
    }
}

/// Plays one sequence on every backend.
fn agree(ops: &[Op]) {
    for open in STAGES {
        let stage = open();
        let told = wait_for(async { play(&stage, &stored_files(&stage).await, ops).await });
        if let Err(what) = told {
            panic!("{}", report(&stage, ops, &what));
        }
    }
}

/// What went wrong where, and the sequence with an operation on each line.
fn report(stage: &Stage, ops: &[Op], what: &str) -> String {
    let mut report = format!("on `{}`, {what}\nthe sequence is", stage.capabilities().backend);
    for op in ops {
        let _ = write!(report, "\n    {op:?},");
    }
    report
}

const STORED: Op = Op::Mount { at: "a", stored: 0 };
const WHOLE_TREE: Op = Op::List { at: "", recursive: true };

const fn put(at: &'static str) -> Op {
    Op::Put { at, bytes: Bytes(10, 'x'), keep_existing: false, bulk: false }
}

const fn put_new(at: &'static str) -> Op {
    Op::Put { at, bytes: Bytes(1, 'y'), keep_existing: true, bulk: false }
}

const fn remove(at: &'static str) -> Op {
    Op::Remove { at, recursive: true }
}

const fn rename(from: &'static str, to: &'static str) -> Op {
    Op::Rename { from, to }
}

const fn fetch(at: &'static str) -> Op {
    Op::Fetch { at, range: None }
}

#[test]
fn a_mount_that_is_refused_leaves_the_file_to_its_owner() {
    agree(&[put("a"), STORED, Op::Unmount { at: "a" }, fetch("a"), put("a"), rename("a", "b"), STORED, put("a")]);
}

#[test]
fn a_mount_holds_its_directory_in_place_until_it_goes() {
    let mount = |stored| Op::Mount { at: "a/b", stored };
    agree(&[mount(0), rename("a", "b"), put("a/c"), rename("a/c", "b"), Op::Remove { at: "a", recursive: false }]);
    agree(&[mount(0), remove("a"), mount(1), fetch("a/b"), Op::Unmount { at: "a/b" }, rename("a", "b")]);
    agree(&[mount(0), put("b"), rename("b", "a/b"), rename("b", "a/b/c"), remove("a/b"), rename("b", "a/b")]);
}

#[test]
fn a_name_is_a_file_and_a_directory_by_turns() {
    agree(&[put("a"), put("a/b"), remove("a"), put("a/b/c"), put("a"), rename("a/b/c", "a"), rename("a/b/c", "b")]);
    agree(&[put("a/b"), rename("a/b", "b"), rename("b", "a"), remove("a"), rename("b", "a"), put_new("a"), fetch("a")]);
    agree(&[Op::Mkdir { at: "a", parents: false }, put("b"), rename("b", "a"), rename("a", "b"), rename("a", "a/b")]);
}

#[test]
fn a_tree_is_in_the_order_of_its_names_and_not_of_its_paths() {
    agree(&[
        put("a/b"),
        put("a b"),
        put("a.b"),
        put("A"),
        put("ünïcode/ünïcode"),
        put("u\u{308}ni\u{308}code"),
        WHOLE_TREE,
    ]);
    agree(&[put("a/b/c"), put("a b/c"), rename("a", "ab"), WHOLE_TREE, rename("ab", "a b/d"), WHOLE_TREE]);
}

#[test]
fn a_range_may_end_anywhere_and_begins_before_the_end() {
    let range = |at, first, last| Op::Fetch { at, range: Some((first, last)) };
    let empty = Op::Put { at: "b", bytes: Bytes(0, 'x'), keep_existing: false, bulk: true };
    agree(&[put("a"), range("a", 9, None), range("a", 9, Some(10)), range("a", 10, None), range("a", 0, Some(0))]);
    agree(&[empty, range("b", 0, None), range("b", 0, Some(9)), range("b", 1, None), range("", 0, None)]);
}
