//! The weaknesses of other programs that only another side without scruples brings to light. Those
//! that a session's files are enough for are in `tests/cli/cve.rs`.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::time::SystemTime;

use wharf_core::error::Kind;
use wharf_core::model::EntryKind;
use wharf_transfer::filter::{Filter, Rule};
use wharf_transfer::{IfExists, Links, TransferOptions};

use crate::fake_backend::{FakeBackend, Node, entry, lists};
use crate::stage::{Room, options, run, snapshot};

/// The paths that an evil listing of `/t` holds besides the file `/t/good`.
fn evil(paths: &[(&str, EntryKind)]) -> FakeBackend {
    let mut entries = vec![entry("/t/good", EntryKind::File, Some(4))];
    entries.extend(paths.iter().map(|(path, kind)| entry(path, *kind, Some(4))));
    let mut files = vec![("/t/good", "good")];
    files.extend(paths.iter().filter(|(_, kind)| *kind == EntryKind::File).map(|(path, _)| (*path, "evil")));
    FakeBackend { listing: Some(lists(entries)), ..FakeBackend::with(&files) }
}

/// Paths that were not requested: beside the root, above it, or with the name of the root as a prefix.
const UNASKED: [(&str, EntryKind); 6] = [
    ("/.bashrc", EntryKind::File),
    ("/tt/good", EntryKind::File),
    ("/t2", EntryKind::Directory),
    ("/home/user/.ssh/authorized_keys", EntryKind::File),
    ("/", EntryKind::Directory),
    ("/good", EntryKind::File),
];

/// scp and rsync took what the other side sent, whether it had been asked for or not.
#[test]
fn cve_2019_6111_cve_2022_29154_unrequested_paths_are_not_written() {
    for most in [1, 8] {
        for links in [Links::FollowInside, Links::Follow, Links::Skip] {
            let (room, other) = (Room::new(), evil(&UNASKED));
            let options = TransferOptions { jobs: most, links, ..options() };
            let result = run(&other, options).download("/t", &room.at("to")).fails(Kind::Partial);
            assert_eq!((result.copied(), result.kinds()), (1, vec![Kind::Unavailable; UNASKED.len()]));
            assert_eq!((room.names("to"), other.asked("fetch")), (vec!["good".to_owned()], vec!["/t/good".to_owned()]));
            let unasked = result.lines.iter().find(|line| line.source == "s1:/.bashrc").expect("it is named");
            assert_eq!(unasked.destination, None);
        }
    }
}

/// The same behind a link that was followed.
#[test]
fn cve_2022_29154_unrequested_paths_are_not_written_below_a_link_either() {
    let room = Room::new();
    let listing = |root: &wharf_core::model::RemotePath| {
        use futures_util::StreamExt;
        let mut entries = vec![entry("/t/d/f", EntryKind::File, Some(4))];
        if root.as_str() == "/t" {
            entries.push(entry("/t/d", EntryKind::Directory, None));
            entries.push(entry("/t/l", EntryKind::Symlink, None));
        } else {
            entries.push(entry("/t/x", EntryKind::File, Some(4)));
            entries.push(entry("/t/d", EntryKind::File, Some(4)));
        }
        futures_util::stream::iter(entries).map(Ok).boxed()
    };
    let other =
        FakeBackend { listing: Some(Box::new(listing)), ..FakeBackend::with(&[("/t/d/f", "good"), ("/t/x", "evil")]) };
    other.set("/t/l", Node::Link("d".to_owned()));
    let result = run(&other, options()).download("/t", &room.at("to")).fails(Kind::Partial);
    assert_eq!(result.kinds(), [Kind::Unavailable, Kind::Conflict]);
    assert_eq!(room.names("to"), ["d/", "d/f", "l/", "l/f"]);
}

/// scp took what the pattern that was asked for left out.
#[test]
fn cve_2019_6111_what_a_filter_leaves_out_does_not_land_however_it_is_listed() {
    let room = Room::new();
    let other =
        evil(&[("/t/x.sh", EntryKind::File), ("/t/x.sh", EntryKind::Directory), ("/t/d/y.sh", EntryKind::File)]);
    let filter = Filter::new(&[], &[Rule::Exclude("*.sh".into())], None).unwrap();
    run(&other, TransferOptions { filter, ..options() }).download("/t", &room.at("to")).ok();
    assert_eq!(room.names("to"), ["good"]);
}

/// scp let the other side change the directory itself, by a name that was empty or a dot.
#[test]
fn cve_2018_20685_the_destination_itself_is_not_changed() {
    for (kind, error) in [(EntryKind::Directory, Kind::Unavailable), (EntryKind::File, Kind::Conflict)] {
        for path in ["/t", "/t/", "/t/.", "/t/./"] {
            let room = Room::with(&[("to/", "")]);
            fs::set_permissions(room.at("to"), fs::Permissions::from_mode(0o700)).unwrap();
            let other = FakeBackend::with(&[("/t/x", "evil")]);
            other.change("/t", |held| held.executable = true);
            let other = FakeBackend { listing: Some(lists(vec![entry(path, kind, Some(4))])), ..other };
            run(&other, options()).download("/t", &room.at("to")).fails(error);
            let meta = room.at("to").metadata().unwrap();
            assert_eq!((meta.mode() & 0o7777, meta.is_dir(), room.names("to").len()), (0o700, true, 0));
        }
    }
}

/// rclone set owner, mode and time of what a link pointed to.
#[test]
fn cve_2024_52522_what_a_link_points_to_keeps_its_mode_and_time() {
    let room = Room::with(&[("outside/victim", "mine"), ("to/", "")]);
    let before = snapshot(&room.at("outside"));
    symlink(room.at("outside/victim"), room.at("to/f")).unwrap();
    symlink(room.at("outside"), room.at("to/d")).unwrap();
    let other = FakeBackend::with(&[("/t/f", "evil"), ("/t/d/victim", "evil")]);
    for path in ["/t/f", "/t/d/victim"] {
        other.change(path, |held| {
            (held.executable, held.modified_at) = (true, Some(SystemTime::UNIX_EPOCH.try_into().unwrap()));
        });
    }
    for if_exists in [IfExists::Skip, IfExists::Error, IfExists::Update, IfExists::Overwrite] {
        let result = run(&other, TransferOptions { if_exists, ..options() }).download("/t", &room.at("to"));
        assert!(result.kinds().contains(&Kind::Conflict), "the link `d` leads out");
        assert_eq!(snapshot(&room.at("outside")), before, "{if_exists:?}");
    }
    assert!(room.at("to/f").symlink_metadata().unwrap().is_file());
}

/// `kubectl cp` made a link that came, and wrote what came next through it.
#[test]
fn cve_2018_1002100_cve_2019_1002101_cve_2019_11246_a_link_and_what_comes_through_it() {
    for how in [Links::FollowInside, Links::Follow, Links::Skip, Links::Error] {
        let room = Room::with(&[("outside/victim", "mine")]);
        let before = snapshot(&room.at("outside"));
        let other = evil(&[("/t/l", EntryKind::Symlink), ("/t/l/victim", EntryKind::File)]);
        let file = |_: &str, _| Some(Ok(crate::fake_backend::body(None, vec![Ok("evil".into())])));
        let other = FakeBackend { fetch: Some(Box::new(file)), ..other };
        other.set("/t/l", Node::Link(room.at("outside").to_str().unwrap().to_owned()));
        run(&other, TransferOptions { links: how, ..options() }).download("/t", &room.at("to"));
        assert_eq!(snapshot(&room.at("outside")), before);
        assert!(snapshot(&room.at("to")).values().all(|seen| seen.kind != "link"));
    }
}

/// `kubectl cp` judged each link by itself; here two lead out together on the other side.
#[test]
fn cve_2019_11249_cve_2019_11251_links_that_lead_out_together_are_not_followed() {
    let (room, other) = (Room::new(), FakeBackend::with(&[("/t/sub/own", "own"), ("/secret/s", "secret")]));
    other.set("/t/here", Node::Link("sub".to_owned()));
    other.set("/t/sub/up", Node::Link("..".to_owned()));
    other.set("/t/out", Node::Link("here/up/../secret".to_owned()));
    let result = run(&other, options()).download("/t", &room.at("to")).fails(Kind::Partial);
    assert!(result.kinds().iter().all(|kind| *kind == Kind::Conflict));
    assert!(!room.names("to").iter().any(|name| name.ends_with("/s")), "{:?}", room.names("to"));
}
