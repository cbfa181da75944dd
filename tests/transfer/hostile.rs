//! Sources that mean no good: names, listings, links and attributes.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use futures_util::{FutureExt, StreamExt, stream};
use wharf_core::error::{Error, Kind};
use wharf_core::model::{EntryKind, ReceiptStatus, RemotePath};
use wharf_transfer::{IfExists, Links, TransferOptions};

use crate::fake_backend::{FakeBackend, Node, entry, lists, numbered};
use crate::stage::{Room, TransferResult, options, run, snapshot};

const ALL: [IfExists; 4] = [IfExists::Overwrite, IfExists::Skip, IfExists::Error, IfExists::Update];

fn jobs(jobs: usize) -> TransferOptions {
    TransferOptions { jobs, ..options() }
}

/// A listing of `/t` that holds these files, each of which is there.
fn listing(paths: &[&str]) -> FakeBackend {
    let files: Vec<_> = paths.iter().map(|path| (*path, "evil")).collect();
    let entries = paths.iter().map(|path| entry(path, EntryKind::File, Some(4))).collect();
    let other = FakeBackend { listing: Some(lists(entries)), ..FakeBackend::with(&files) };
    other.set("/t", Node::Directory);
    other
}

#[test]
fn a_path_that_leads_up_cannot_even_be_named() {
    for bad in ["..", "/..", "/t/../x", "/t/..", "a/../../b", "/t/\0", "\0"] {
        assert_eq!(bad.parse::<RemotePath>().unwrap_err().kind(), Kind::Usage, "{bad:?}");
    }
    for same in ["/t/./x", "//t//x", "/t/x/", "t/x/."] {
        assert_eq!(same.parse::<RemotePath>().unwrap().as_str(), "/t/x");
    }
    for name in ["..\\x", "...", "..a", "C:\\x", "~", "%2e%2e%2fx"] {
        assert_eq!(format!("/t/{name}").parse::<RemotePath>().unwrap().name(), name);
    }
}

#[test]
fn a_path_that_is_listed_twice_is_a_conflict_and_the_first_copy_stays() {
    for if_exists in ALL {
        for most in [1, 8] {
            let room = Room::new();
            let paths = ["/t/f", "/t/other", "/t/f", "/t/d/f", "/t/d/f"];
            let other = listing(&paths);
            let fetch = |path: &str, number: usize| {
                let content = if path.ends_with("/f") && number > 1 { "second" } else { "first" };
                Some(Ok(crate::fake_backend::body(None, vec![Ok(content.into())])))
            };
            let other = FakeBackend { fetch: Some(Box::new(fetch)), ..other };
            let result = run(&other, TransferOptions { if_exists, ..jobs(most) }).download("/t", &room.at("to"));
            let result = result.fails(Kind::Partial);
            assert_eq!((result.copied(), result.kinds()), (3, vec![Kind::Conflict; 2]), "{if_exists:?} {most}");
            assert_eq!((room.read("to/f"), room.read("to/d/f")), ("first".to_owned(), "first".to_owned()));
            room.assert_nothing_in_the_making();
        }
    }
}

/// The second of two that are on their way at once comes to its end first.
#[test]
fn of_two_that_come_at_once_the_first_to_be_whole_stays() {
    let room = Room::new();
    let waits = std::sync::atomic::AtomicUsize::new(0);
    let pace = move |_: &str| {
        let wait = 40 - 20 * waits.fetch_add(1, std::sync::atomic::Ordering::SeqCst) as u64;
        tokio::time::sleep(std::time::Duration::from_millis(wait)).boxed()
    };
    let other = FakeBackend { pace: Some(Box::new(pace)), ..listing(&["/t/f", "/t/f"]) };
    let result = run(&other, jobs(2)).download("/t", &room.at("to")).fails(Kind::Partial);
    assert_eq!((result.copied(), result.kinds()), (1, vec![Kind::Conflict]));
    assert_eq!(room.names("to"), ["f"]);
}

#[test]
fn a_path_that_is_listed_twice_does_not_take_the_place_of_what_was_up_to_date() {
    let room = Room::with(&[("to/f", "evil")]);
    let entries = vec![entry("/t/f", EntryKind::File, Some(4)), entry("/t/f", EntryKind::File, Some(5))];
    let other = FakeBackend { listing: Some(lists(entries)), ..FakeBackend::with(&[("/t/f", "other")]) };
    let result =
        run(&other, TransferOptions { if_exists: IfExists::Update, ..options() }).download("/t", &room.at("to"));
    let result = result.fails(Kind::Partial);
    assert_eq!((result.count(ReceiptStatus::Skipped), result.kinds()), (1, vec![Kind::Conflict]));
    assert_eq!(room.read("to/f"), "evil");
}

#[test]
fn files_that_have_several_names_here_are_no_conflict() {
    let other = FakeBackend::with(&[("/t/a", "same"), ("/t/b", "same")]);
    for if_exists in [IfExists::Overwrite, IfExists::Skip, IfExists::Update] {
        let room = Room::with(&[("to/a", "same")]);
        fs::hard_link(room.at("to/a"), room.at("to/b")).unwrap();
        run(&other, TransferOptions { if_exists, ..options() }).download("/t", &room.at("to")).ok();
        let dry_run = TransferOptions { dry_run: true, if_exists, ..options() };
        run(&other, dry_run).download("/t", &room.at("to")).ok();
    }
}

#[test]
fn two_directories_that_are_one_here_do_not_write_on_each_other() {
    for most in [1, 8] {
        let room = Room::with(&[("to/a/", "")]);
        symlink("a", room.at("to/b")).unwrap();
        let other = FakeBackend::with(&[("/t/a/f", "first"), ("/t/b/f", "second")]);
        let dry = run(&other, TransferOptions { dry_run: true, ..jobs(most) }).download("/t", &room.at("to"));
        let result = run(&other, jobs(most)).download("/t", &room.at("to"));
        for result in [dry.fails(Kind::Partial), result.fails(Kind::Partial)] {
            assert_eq!((result.lines.len(), result.kinds()), (2, vec![Kind::Conflict]));
        }
        assert_eq!(room.read("to/a/f"), "first");
    }
}

#[test]
fn a_file_and_a_directory_of_one_name_are_a_conflict() {
    let file = || entry("/t/x", EntryKind::File, Some(4));
    let directory = || entry("/t/x", EntryKind::Directory, None);
    let below = || entry("/t/x/y", EntryKind::File, Some(4));
    for (entries, left) in [
        ([file(), directory(), below()], vec!["x"]),
        ([directory(), below(), file()], vec!["x/", "x/y"]),
        ([below(), file(), directory()], vec!["x/", "x/y"]),
    ] {
        for dry_run in [true, false] {
            let room = Room::new();
            let fetch = |_: &str, _| Some(Ok(crate::fake_backend::body(None, vec![Ok("evil".into())])));
            let other = FakeBackend::with(&[("/t/x/y", "evil")]);
            let listing = Some(lists(entries.to_vec()));
            let other = FakeBackend { listing, fetch: Some(Box::new(fetch)), ..other };
            let result = run(&other, TransferOptions { dry_run, ..options() }).download("/t", &room.at("to"));
            let failed = result.fails(Kind::Partial).kinds();
            assert_eq!(failed, vec![Kind::Conflict; 3 - left.len()]);
            assert!(dry_run || room.names("to") == left, "{:?}", room.names("to"));
        }
    }
}

#[test]
fn names_are_names_whatever_is_in_them() {
    let long = "n".repeat(255);
    let names = [
        "a\nb",
        "\u{1b}[31mred\u{7}",
        "-rf",
        "--",
        "-",
        " ",
        "a b ",
        "*",
        "$(id)",
        "`id`",
        "\\",
        "a\\..\\b",
        "..\\x",
        "...",
        "%2e%2e",
        "C:x",
        "~",
        "\u{202e}gpj.exe",
        "\u{feff}",
        "ünï",
        ".wharf-0123",
        long.as_str(),
        "'",
        "\"",
        "|",
        "a;b",
        "\t",
        "\u{7f}",
        "nul",
        "CON",
        ".git",
        ".bashrc",
    ];
    let paths: Vec<_> = names.iter().map(|name| format!("/t/{name}")).collect();
    let files: Vec<_> = paths.iter().map(|path| (path.as_str(), "1")).collect();
    let (room, other) = (Room::new(), FakeBackend::with(&files));
    let result = run(&other, jobs(4)).download("/t", &room.at("to")).ok();
    assert_eq!((result.copied(), fs::read_dir(room.at("to")).unwrap().count()), (names.len(), names.len()));
    for name in names {
        assert!(room.at("to").join(name).is_file(), "{name:?}");
    }
    // And back again.
    let back = FakeBackend::default();
    run(&back, jobs(4)).upload(&room.at("to"), "/t").ok();
    assert_eq!(back.files_there(), other.files_there());
}

#[test]
fn names_that_no_disk_takes_fail_alone() {
    let long = format!("/t/{}", "n".repeat(256));
    let deep = format!("/t{}", "/deep".repeat(2000));
    let (room, other) = (Room::new(), FakeBackend::with(&[(&long, "1"), (&deep, "1"), ("/t/good", "1")]));
    let entries = [&long, &deep, "/t/good"].map(|path| entry(path, EntryKind::File, Some(1))).to_vec();
    let other = FakeBackend { listing: Some(lists(entries)), ..other };
    let dry =
        run(&other, TransferOptions { dry_run: true, ..options() }).download("/t", &room.at("to")).fails(Kind::Partial);
    let result = run(&other, options()).download("/t", &room.at("to")).fails(Kind::Partial);
    assert_eq!((result.copied(), result.kinds()), (1, vec![Kind::Usage; 2]));
    assert_eq!((dry.count(ReceiptStatus::Planned), dry.kinds()), (1, result.kinds()));
    assert_eq!(room.read("to/good"), "1");
    room.assert_nothing_in_the_making();
}

#[test]
fn a_long_way_down_is_a_way_all_the_same() {
    let path = format!("/t{}/f", "/deeper".repeat(400));
    let (room, other) = (Room::new(), FakeBackend::with(&[(&path, "deep")]));
    run(&other, options()).download("/t", &room.at("to")).ok();
    assert_eq!(room.read(&format!("to{}", path.strip_prefix("/t").unwrap())), "deep");
}

/// What comes of `/t` with these links in it.
fn linked(links: &[(&str, &str)], how: Links) -> (Room, TransferResult) {
    let (room, other) = (Room::new(), FakeBackend::with(&[("/t/d/f", "own"), ("/secret/s", "secret")]));
    for (path, target) in links {
        other.set(path, Node::Link((*target).to_owned()));
    }
    let result = run(&other, TransferOptions { links: how, ..jobs(3) }).download("/t", &room.at("to"));
    assert!(snapshot(&room.at("to")).values().all(|seen| seen.kind != "link"), "no link is ever made");
    (room, result)
}

#[test]
fn a_link_that_leads_out_of_the_tree_is_not_followed() {
    for target in ["/secret", "../secret", "/secret/s", "../../secret/s", "d/../../secret", "/"] {
        let (room, result) = linked(&[("/t/l", target)], Links::FollowInside);
        assert_eq!(
            (result.fails(Kind::Partial).kinds(), room.names("to")),
            (vec![Kind::Conflict], vec!["d/".to_owned(), "d/f".to_owned()])
        );
    }
    let (room, result) = linked(&[("/t/l", "/secret")], Links::Follow);
    result.ok();
    assert_eq!(room.read("to/l/s"), "secret", "as it was asked for");
}

#[test]
fn links_that_run_in_circles_come_to_an_end() {
    for links in [
        &[("/t/l", ".")][..],
        &[("/t/d/l", "..")],
        &[("/t/d/l", "../../t")],
        &[("/t/l", "l")],
        &[("/t/l", "m"), ("/t/m", "l")],
        &[("/t/e/l", "../d"), ("/t/d/l", "../e")],
    ] {
        for how in [Links::FollowInside, Links::Follow] {
            let (room, result) = linked(links, how);
            let result = result.fails(Kind::Partial);
            assert!(result.kinds().iter().all(|kind| *kind == Kind::Conflict), "{:?}", result.lines);
            assert_eq!(room.read("to/d/f"), "own");
        }
    }
}

#[test]
fn a_link_that_leads_nowhere_fails_alone() {
    let (room, result) = linked(&[("/t/l", "nothing"), ("/t/m", "/")], Links::FollowInside);
    let mut kinds = result.fails(Kind::Partial).kinds();
    kinds.sort_by_key(|kind| kind.exit_code());
    assert_eq!((kinds, room.read("to/d/f").as_str()), (vec![Kind::NotFound, Kind::Conflict], "own"));
}

#[test]
fn links_to_links_without_end_are_a_limit() {
    let (room, other) = (Room::new(), FakeBackend::default());
    for level in 0..24 {
        for name in ["a", "b"] {
            other.set(&format!("/t/{level}/{name}"), Node::Link(format!("../{}", level + 1)));
        }
    }
    other.set("/t/24", Node::Directory);
    let dry_run = TransferOptions { dry_run: true, ..options() };
    let result = run(&other, dry_run).download("/t", &room.at("to"));
    assert!(result.kinds().contains(&Kind::Limit), "{:?}", result.verdict);
}

#[test]
fn only_the_right_to_run_comes_along() {
    let (room, other) = (Room::new(), FakeBackend::with(&[("/t/plain", "1"), ("/t/program", "1")]));
    other.change("/t/program", |held| held.executable = true);
    run(&other, options()).download("/t", &room.at("to")).ok();
    for (name, runs) in [("plain", false), ("program", true)] {
        let mode = room.at("to").join(name).metadata().unwrap().mode() & 0o7777;
        // Users that may read the file may execute it, and no other bit is set.
        let readers = (mode & 0o444) >> 2;
        assert_eq!(mode & 0o7111, if runs { readers } else { 0 }, "{name}: {mode:o}");
    }
}

#[test]
fn a_file_that_ran_as_another_does_not_lend_its_rights_to_what_replaces_it() {
    let (room, other) = (Room::with(&[("to/f", "old")]), FakeBackend::with(&[("/t/f", "evil")]));
    fs::set_permissions(room.at("to/f"), fs::Permissions::from_mode(0o6755)).unwrap();
    other.change("/t/f", |held| held.executable = true);
    run(&other, options()).download("/t", &room.at("to")).ok();
    assert_eq!((room.at("to/f").metadata().unwrap().mode() & 0o7000, room.read("to/f").as_str()), (0, "evil"));
}

#[test]
fn a_link_that_is_planted_while_a_file_is_on_its_way_is_not_followed() {
    for most in [1, 4] {
        let room = Room::with(&[("outside/victim", "mine"), ("outside/d/", ""), ("to/old", "")]);
        let (to, outside) = (room.at("to"), room.at("outside"));
        let pace = move |path: &str| {
            let target = path.rsplit('/').next().unwrap();
            match target {
                "victim" => drop(symlink(outside.join("victim"), to.join("victim"))),
                "new" => drop(symlink(outside.join("new"), to.join("new"))),
                // Its directory was made for it a moment ago.
                "deep" => {
                    fs::rename(to.join("d"), to.join("was-d")).unwrap();
                    symlink(outside.join("d"), to.join("d")).unwrap();
                }
                _ => {}
            }
            std::future::ready(()).boxed()
        };
        let before = snapshot(&room.at("outside"));
        let other = FakeBackend::with(&[("/t/victim", "evil"), ("/t/new", "evil"), ("/t/d/deep", "evil")]);
        let other = FakeBackend { pace: Some(Box::new(pace)), ..other };
        let result = run(&other, jobs(most)).download("/t", &room.at("to")).fails(Kind::Partial);
        assert_eq!((result.copied(), result.kinds()), (2, vec![Kind::Conflict]));
        assert_eq!(snapshot(&room.at("outside")), before);
        for name in ["victim", "new"] {
            assert!(room.at("to").join(name).symlink_metadata().unwrap().is_file(), "the link was replaced");
        }
        room.assert_nothing_in_the_making();
    }
}

#[test]
fn a_directory_that_turns_out_to_be_a_file_lands_nowhere() {
    let room = Room::new();
    let other = FakeBackend {
        listing: Some(lists(vec![entry("/t", EntryKind::File, Some(4))])),
        ..FakeBackend::with(&[("/t/x", "evil")])
    };
    let result = run(&other, options()).download("/t", &room.at("to")).fails(Kind::Conflict);
    assert_eq!((result.kinds().len(), room.names("to").len(), other.count("fetch")), (1, 0, 0));
}

#[test]
fn stored_files_are_called_what_is_no_more_than_a_name() {
    let (room, other) = (Room::new(), FakeBackend::default());
    for name in ["file_a\\..\\b", "file_-rf", "file_ "] {
        other.set(&format!("/stored/{name}"), Node::File(b"1".to_vec()));
        let run = run(&other, options());
        crate::stage::wait_for(run.download_all(&[name], &room.at(name))).ok();
        assert!(room.at(name).is_file());
    }
}

#[test]
fn an_error_in_a_listing_is_one_failed_item() {
    let room = Room::new();
    let listing = |_: &RemotePath| {
        use futures_util::StreamExt;
        let first = Ok(entry("/t/0", EntryKind::File, Some(1)));
        let bad = Err(wharf_core::error::Error::conflict("a name that is not UTF-8"));
        let last = Ok(entry("/t/1", EntryKind::File, Some(1)));
        futures_util::stream::iter([first, bad, last]).boxed()
    };
    let other = FakeBackend { listing: Some(Box::new(listing)), ..numbered(2) };
    let result = run(&other, options()).download("/t", &room.at("to")).fails(Kind::Partial);
    assert_eq!((result.copied(), result.kinds()), (2, vec![Kind::Conflict]));
}

/// An upload sends what was named, whatever the other side says of where it put it.
#[test]
fn an_upload_is_not_led_astray_by_what_it_is_answered() {
    let room = Room::with(&[("t/a", "mine"), ("secret", "secret")]);
    symlink(room.at("secret"), room.at("t/l")).unwrap();
    let elsewhere = |_: &str| Some("/secret".to_owned());
    let other = FakeBackend { elsewhere: Some(Box::new(elsewhere)), ..FakeBackend::default() };
    run(&other, options()).upload(&room.at("t"), "/t").fails(Kind::Partial);
    assert_eq!((other.files_there(), other.content("/t/a")), (vec!["/t/a".to_owned()], Some(b"mine".to_vec())));
}

#[test]
fn a_download_that_brings_nothing_removes_the_directories_that_it_made() {
    let broken = |_: &RemotePath| stream::iter([Err(Error::not_found("gone"))]).boxed();
    let unlisted = FakeBackend { listing: Some(Box::new(broken)), ..listing(&["/t/f"]) };
    let fetch = |_: &str, _| Some(Err(Error::not_found("gone")));
    let unread = FakeBackend { fetch: Some(Box::new(fetch)), ..listing(&["/t/f", "/t/g"]) };
    for other in [&unlisted, &unread] {
        let room = Room::with(&[("there/before", "1")]);
        for to in ["new", "new/below/it", "there/new"] {
            run(other, jobs(2)).download("/t", &room.at(to)).fails(Kind::NotFound);
        }
        fs::create_dir(room.at("empty")).unwrap();
        run(other, jobs(2)).download("/t", &room.at("empty")).fails(Kind::NotFound);
        assert_eq!(room.names(""), ["empty/", "there/", "there/before"]);
    }
    let empty = FakeBackend::default();
    empty.set("/t", Node::Directory);
    let room = Room::new();
    run(&empty, jobs(1)).download("/t", &room.at("new")).ok();
    assert_eq!(room.names(""), ["new/"], "a directory that holds nothing has arrived");
}

#[test]
fn directories_of_the_source_stay_where_their_files_fail() {
    let fetch = |_: &str, _| Some(Err(Error::not_found("gone")));
    let other =
        FakeBackend { fetch: Some(Box::new(fetch)), ..FakeBackend::with(&[("/t/d/f", "1"), ("/t/d/deep/g", "1")]) };
    let room = Room::new();
    run(&other, jobs(2)).download("/t", &room.at("new")).fails(Kind::NotFound);
    assert_eq!(room.names(""), ["new/", "new/d/", "new/d/deep/"]);
    room.assert_nothing_in_the_making();
}
