//! What a dry run says is what a run does, and it changes nothing.
//!
//! Random small trees with all kinds of things in the way. `PROPTEST_CASES` says how many.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use wharf_client::backend::{Backend, NewSession, local};
use wharf_core::error::Kind;
use wharf_core::model::ReceiptStatus;
use wharf_transfer::filter::{Filter, Rule};
use wharf_transfer::{IfExists, Links, TransferOptions};

use crate::fake_backend::{FakeBackend, Node};
use crate::stage::{Room, TransferResult, age, make_fifo, run, snapshot, wait_for};

/// Few paths that are often in each other's way.
const PATHS: [&str; 13] =
    ["a", "b", "c", "a/a", "a/b", "b/a", "b/c", "a/b/a", "a/b/c", "c/a", "c/b/c", "d e", "a/\u{fc}\n"];

/// Where links point to: beside them, up, round in circles, nowhere, and out.
const TARGETS: [&str; 10] = ["a", "b", "../a", "../b", ".", "..", "c/b", "nowhere", "OUTSIDE", "OUTSIDE/file"];

/// And those in a session to which something is sent: each to a place of its own, so that no two
/// names of the tree mean the same there, which no dry run sees.
const APART: [&str; 4] = ["APART", "nowhere", "OUTSIDE", "OUTSIDE/file"];

#[derive(Debug, Clone)]
enum NodeSpec {
    File(usize, bool),
    Directory,
    Link(&'static str),
    Fifo,
}

type TreeSpec = Vec<(&'static str, NodeSpec)>;

fn things(targets: &'static [&'static str]) -> impl Strategy<Value = TreeSpec> {
    let thing = prop_oneof![
        6 => (0..3_usize, any::<bool>()).prop_map(|(length, old)| NodeSpec::File(length, old)),
        3 => Just(NodeSpec::Directory),
        2 => select(targets).prop_map(NodeSpec::Link),
        1 => Just(NodeSpec::Fifo),
    ];
    prop::collection::vec((select(&PATHS[..]), thing), 0..9)
}

/// Makes what can be made: a later thing gives way to an earlier one.
fn build(room: &Room, root: &Path, things: &TreeSpec) {
    for (number, (path, thing)) in things.iter().enumerate() {
        let at = root.join(path);
        if fs::create_dir_all(at.parent().unwrap()).is_err() || at.symlink_metadata().is_ok() {
            continue;
        }
        match thing {
            NodeSpec::File(length, old) => {
                fs::write(&at, "x".repeat(*length)).unwrap();
                if *old {
                    age(&at);
                }
            }
            NodeSpec::Directory => fs::create_dir(&at).unwrap(),
            NodeSpec::Link("APART") => {
                let apart = root.join(format!("apart/{number}"));
                fs::create_dir_all(&apart).unwrap();
                let up = "../".repeat(path.matches('/').count());
                symlink(format!("{up}apart/{number}"), &at).unwrap();
            }
            NodeSpec::Link(target) => {
                let outside = room.at("outside");
                let target = target.replace("OUTSIDE", outside.to_str().unwrap());
                symlink(target, &at).unwrap();
            }
            NodeSpec::Fifo => make_fifo(&at),
        }
    }
}

/// What is at the destination before: nothing, something else than a directory, or a tree.
#[derive(Debug, Clone)]
enum InitialState {
    Nothing,
    Only(NodeSpec),
    Tree(TreeSpec),
}

fn there(targets: &'static [&'static str]) -> impl Strategy<Value = InitialState> {
    let only =
        prop_oneof![Just(NodeSpec::File(1, false)), select(targets).prop_map(NodeSpec::Link), Just(NodeSpec::Fifo)];
    prop_oneof![1 => Just(InitialState::Nothing), 1 => only.prop_map(InitialState::Only), 6 => things(targets).prop_map(InitialState::Tree)]
}

/// Removes links that lead through other links, or nowhere but might not for long: where they lead
/// when their turn comes depends on what came before, and no dry run knows that.
fn straighten(root: &Path) {
    let bent = |path: &&String| {
        let at = root.join(path.as_str());
        let Ok(target) = fs::read_link(&at) else { return false };
        let mut straight = at.parent().unwrap().canonicalize().unwrap();
        for part in &target {
            match part.to_str().unwrap() {
                "." => {}
                ".." => drop(straight.pop()),
                part => straight.push(part),
            }
        }
        target != Path::new("nowhere") && at.canonicalize().ok() != Some(straight)
    };
    while let Some(path) = snapshot(root).keys().find(bent) {
        fs::remove_file(root.join(path)).unwrap();
    }
}

fn place(room: &Room, root: &Path, there: &InitialState) {
    match there {
        InitialState::Nothing => {}
        InitialState::Only(thing) => {
            fs::create_dir_all(root.parent().unwrap()).unwrap();
            build(room, root.parent().unwrap(), &vec![("to", thing.clone())]);
        }
        InitialState::Tree(things) => {
            fs::create_dir_all(root).unwrap();
            build(room, root, things);
            straighten(root);
        }
    }
}

#[derive(Debug, Clone)]
struct DryRunOptions {
    if_exists: IfExists,
    checksum: bool,
    links: Links,
    rules: Vec<(bool, &'static str)>,
    jobs: usize,
}

fn how() -> impl Strategy<Value = DryRunOptions> {
    let patterns = ["a", "b", "/a", "b/", "c", "a/b/", "*", "a/*", "**/c"];
    (
        select(&[IfExists::Overwrite, IfExists::Skip, IfExists::Error, IfExists::Update][..]),
        any::<bool>(),
        select(&[Links::FollowInside, Links::Follow, Links::Skip, Links::Error][..]),
        prop::collection::vec((any::<bool>(), select(patterns.to_vec())), 0..3),
        1..4_usize,
    )
        .prop_map(|(if_exists, checksum, links, rules, jobs)| DryRunOptions {
            if_exists,
            checksum,
            links,
            rules,
            jobs,
        })
}

fn options(how: &DryRunOptions, dry_run: bool) -> TransferOptions {
    let rule = |(include, pattern): &(bool, &str)| {
        if *include { Rule::Include(pattern.into()) } else { Rule::Exclude(pattern.into()) }
    };
    TransferOptions {
        if_exists: how.if_exists,
        checksum: how.checksum,
        links: how.links,
        filter: Filter::new(&[], &how.rules.iter().map(rule).collect::<Vec<_>>(), None).unwrap(),
        jobs: how.jobs,
        dry_run,
        ..TransferOptions::default()
    }
}

/// Source, destination, what becomes of it and why, in order.
fn lines(result: &TransferResult) -> Vec<(String, Option<String>, &'static str, Option<Kind>)> {
    let mut lines: Vec<_> = result
        .lines
        .iter()
        .map(|line| {
            let status = match line.status {
                ReceiptStatus::Planned | ReceiptStatus::Copied => "copied",
                other => other.word(),
            };
            (line.source.clone(), line.destination.clone(), status, line.kind())
        })
        .collect();
    lines.sort_by(|a, b| (&a.0, &a.1, a.2).cmp(&(&b.0, &b.1, b.2)));
    lines
}

/// Does a transfer twice, the first time dry, and compares what was said.
fn compare(room: &Room, work: impl Fn(bool) -> TransferResult) -> Result<(), TestCaseError> {
    // Of the backend's home, its files: looking at a session may note that it was looked at.
    let all = || {
        let mut all = snapshot(&room.at(""));
        all.retain(|path, _| !path.starts_with("store/") || path.starts_with("store/sessions/"));
        all
    };
    let before = all();
    let dry = work(true);
    prop_assert_eq!(before, all(), "the dry run changed something");
    prop_assert_eq!(dry.copied(), 0);
    let wet = work(false);
    prop_assert_eq!(lines(&dry), lines(&wet));
    let verdict = |result: &TransferResult| result.verdict.as_ref().err().map(wharf_core::error::Error::kind);
    prop_assert_eq!(verdict(&dry), verdict(&wet));
    prop_assert!(!all().keys().any(|name| name.contains(".wharf-")));
    Ok(())
}

/// A room with an empty session `s1`, whose files are at `store/sessions/s1`.
fn house() -> (Room, Box<dyn Backend>) {
    let room = Room::with(&[("outside/file", "outside"), ("outside/a/b", "outside")]);
    let backend = local::at(room.at("store"), local::CAPABILITIES.limits);
    let id = Some("s1".parse().unwrap());
    wait_for(backend.sessions().create(NewSession { id, ..NewSession::default() })).unwrap();
    (room, backend)
}

fn check<S: Strategy>(strategy: S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let mut config = Config { failure_persistence: None, max_shrink_time: 20_000, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 128;
    }
    TestRunner::new(config).run(&strategy, test).unwrap_or_else(|failed| panic!("{failed}"));
}

#[test]
fn a_dry_run_of_an_upload_says_what_a_run_does() {
    check((things(&TARGETS), there(&APART), how()), |(source, there, how)| {
        let (room, backend) = house();
        fs::create_dir_all(room.at("in/from")).unwrap();
        build(&room, &room.at("in/from"), &source);
        place(&room, &room.at("store/sessions/s1/to"), &there);
        compare(&room, |dry| run(backend.as_ref(), options(&how, dry)).upload(&room.at("in/from"), "/to"))
    });
}

#[test]
fn a_dry_run_of_a_download_says_what_a_run_does() {
    check((things(&TARGETS), there(&TARGETS), how()), |(source, there, how)| {
        let (room, backend) = house();
        fs::create_dir(room.at("store/sessions/s1/from")).unwrap();
        build(&room, &room.at("store/sessions/s1/from"), &source);
        place(&room, &room.at("in/to"), &there);
        compare(&room, |dry| run(backend.as_ref(), options(&how, dry)).download("/from", &room.at("in/to")))
    });
}

#[test]
fn a_dry_run_asks_for_no_change_and_no_content() {
    let room = Room::with(&[("t/a", "1"), ("t/d/b", "2")]);
    let other = FakeBackend::with(&[("/u/a", "1"), ("/u/d/b", "2")]);
    let dry = || TransferOptions { dry_run: true, jobs: 4, verify: true, ..TransferOptions::default() };
    let result = run(&other, dry()).upload(&room.at("t"), "/t").ok();
    assert_eq!(result.count(ReceiptStatus::Planned), 2);
    let result = run(&other, dry()).upload_to_store(&[&room.at("t/a"), &room.at("t/d/b")]).ok();
    assert_eq!((result.count(ReceiptStatus::Planned), result.lines[0].destination.as_deref()), (2, None));
    let result = run(&other, dry()).download("/u", &room.at("in/to")).ok();
    assert_eq!(result.count(ReceiptStatus::Planned), 2);
    assert_eq!((other.writes(), other.count("fetch"), other.count("settle")), (0, 0, 0));
    assert!(!room.at("in/to").exists());
}

#[test]
fn a_dry_run_says_that_a_source_has_disappeared_or_cannot_be_read() {
    let room = Room::with(&[("good", "1")]);
    let other = FakeBackend::default();
    // No user may read this file, not even root.
    let unreadable = Path::new("/proc/sys/vm/drop_caches");
    let refused = fs::File::open(unreadable).is_err() && unreadable.is_file();
    if !refused {
        eprintln!("SKIPPED: everything can be read here");
    }
    let missing = room.at("missing");
    let good = room.at("good");
    for (bad, kind) in [(missing.as_path(), Kind::NotFound), (unreadable, Kind::Io)] {
        if kind == Kind::Io && !refused {
            continue;
        }
        for dry_run in [true, false] {
            let run = run(&other, TransferOptions { dry_run, ..TransferOptions::default() });
            let result = wait_for(run.upload_all(&[bad, &good], "/t/")).fails(Kind::Partial);
            assert_eq!(result.kinds(), [kind], "{dry_run}");
            assert_eq!(run.upload_to_store(&[bad, &good]).fails(Kind::Partial).kinds(), [kind], "{dry_run}");
        }
    }
}

#[test]
fn a_dry_run_says_what_stands_in_the_way_over_there() {
    let room = Room::with(&[("t/d/f", "1"), ("t/g", "2")]);
    for (node, kinds) in [
        (Node::File(Vec::new()), vec![Kind::Conflict]),
        (Node::Fifo, vec![Kind::Conflict]),
        (Node::Link("/nowhere".to_owned()), vec![Kind::Conflict]),
        (Node::Link("/file".to_owned()), vec![Kind::Conflict]),
        (Node::Link("/real".to_owned()), Vec::new()),
        (Node::Directory, Vec::new()),
    ] {
        let other = FakeBackend::with(&[("/real/x", ""), ("/file", "")]);
        other.set("/t/d", node.clone());
        let dry = TransferOptions { dry_run: true, ..crate::stage::options() };
        assert_eq!(run(&other, dry).upload(&room.at("t"), "/t").kinds(), kinds, "{node:?}");
        assert_eq!(other.writes(), 0);
    }
}
