//! `files ls`, `files stat` and `files cat`.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::json;

use crate::sandbox::Sandbox;

/// A sandbox with files in a session `s1`.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    for path in ["b", "a", "d/deep/x", "d/e"] {
        sandbox.put(&format!("s1:/{path}"), "0123456789");
    }
    sandbox
}

#[test]
fn a_listing_shows_one_level_by_name_or_the_whole_tree() {
    let sandbox = stage();
    let paths = |args: &[&str]| sandbox.run(["files", "ls"].iter().chain(args)).ok().column("path");
    assert_eq!(paths(&["s1:/"]), ["/a", "/b", "/d"]);
    assert_eq!(paths(&["s1:"]), ["/a", "/b", "/d"]);
    assert_eq!(paths(&["s1:d"]), ["/d/deep", "/d/e"]);
    assert_eq!(paths(&["s1:/d/"]), ["/d/deep", "/d/e"]);
    assert_eq!(paths(&["s1:/", "-R"]), ["/a", "/b", "/d", "/d/deep", "/d/deep/x", "/d/e"]);
    assert_eq!(paths(&["s1:/d", "-R"]), ["/d/deep", "/d/deep/x", "/d/e"]);
    assert_eq!(paths(&["s1:/d/e"]), ["/d/e"], "a file lists itself");
    assert_eq!(sandbox.run(["files", "list", "s1:/d/deep", "-q"]).ok().stdout(), "s1:/d/deep/x\n");
    let run = sandbox.wharf(["files", "ls", ":d", "-q"]).env("WHARF_SESSION", "s1").run();
    assert_eq!(run.ok().lines(), ["s1:/d/deep", "s1:/d/e"]);
    sandbox.run(["files", "mkdir", "s1:/empty"]).ok();
    assert_eq!(sandbox.run(["files", "ls", "s1:/empty"]).ok().json(), json!([]));
}

#[test]
fn what_cannot_be_listed_is_told() {
    let sandbox = stage();
    sandbox.run(["files", "ls", "s1:/gone"]).code(4).says(&["s1:/gone"]);
    sandbox.run(["files", "ls", "s1:/a/below"]).code(4);
    sandbox.run(["files", "ls", "gone:/"]).code(4);
    sandbox.run(["files", "ls", "file_gone"]).code(4);
    sandbox.run(["files", "ls", "s1"]).code(2).says(&["s1:/"]);
    sandbox.run(["files", "ls", "s1:/../x"]).code(2);
    sandbox.run(["files", "ls", ":/"]).code(2);
}

#[test]
fn an_entry_has_every_member_and_null_where_nothing_is_known() {
    let sandbox = stage();
    let run = sandbox.run(["files", "ls", "s1:/"]);
    let listing = run.ok().json();
    let file = &listing[0];
    let members: Vec<_> = file.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["session", "path", "name", "kind", "size", "modified_at", "mode", "file_id", "provider"]);
    assert_eq!((&file["kind"], &file["size"], &file["mode"]), (&json!("file"), &json!(10), &json!("0644")));
    assert!(file["modified_at"].as_str().unwrap().ends_with('Z'));
    let directory = &listing[2];
    assert_eq!(
        (&directory["kind"], &directory["size"], &directory["mode"]),
        (&json!("directory"), &json!(null), &json!("0755"))
    );
    assert!(file["file_id"].is_null());
}

#[test]
fn links_and_special_files_are_shown_as_what_they_are() {
    let sandbox = stage();
    let inside = sandbox.inside("s1", "");
    symlink("d/e", inside.join("link")).unwrap();
    symlink("/", inside.join("out")).unwrap();
    sandbox.fifo(inside.join("pipe"));
    let run = sandbox.run(["files", "ls", "s1:/", "-R"]);
    let kinds: Vec<_> = run.ok().column("path").into_iter().zip(run.column("kind")).collect();
    for (path, kind) in [("/link", "symlink"), ("/out", "symlink"), ("/pipe", "other")] {
        assert!(kinds.contains(&(path.to_owned(), kind.to_owned())), "{kinds:?}");
    }
    assert_eq!(kinds.len(), 9, "links are not walked through: {kinds:?}");
    assert_eq!(sandbox.run(["files", "stat", "s1:/out"]).ok().at("/kind"), "symlink");
    assert_eq!(sandbox.run(["files", "stat", "s1:/link"]).ok().at("/provider/target"), "d/e");
    assert_eq!(sandbox.cat("s1:/link"), "0123456789");
    sandbox.run(["files", "cat", "s1:/pipe"]).code(5);
    sandbox.run(["files", "download", "s1:/pipe", "x"]).code(5);
}

#[test]
fn stored_files_are_listed_newest_first_and_page_by_page() {
    let sandbox = Sandbox::new();
    let ids: Vec<String> = ["1", "2", "3"].iter().map(|name| sandbox.stored(name, *name)).collect();
    assert_eq!(sandbox.run(["files", "ls"]).ok().column("filename"), ["3", "2", "1"]);
    assert_eq!(sandbox.run(["files", "list", "-q"]).ok().lines(), [&ids[2], &ids[1], &ids[0]]);
    assert_eq!(sandbox.run(["files", "ls", &ids[1]]).ok().column("filename"), ["2"]);
    let first = sandbox.run(["files", "ls", "--limit", "2"]);
    assert_eq!(first.ok().column("filename"), ["3", "2"]);
    let token = first.stderr().trim_end().strip_prefix("more: ").unwrap();
    let second = sandbox.run(["files", "ls", "--page", token]);
    assert_eq!(second.ok().column("filename"), ["1"]);
    assert_eq!(second.stderr(), "");
}

#[test]
fn a_stored_file_has_every_member() {
    let sandbox = Sandbox::new();
    let id = sandbox.stored("a.txt", "12345");
    let run = sandbox.run(["files", "stat", &id]);
    let file = run.ok().json();
    let members: Vec<_> = file.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["id", "filename", "size", "mime_type", "created_at", "downloadable", "scope", "provider"]);
    assert_eq!((&file["id"], &file["size"], &file["downloadable"]), (&json!(id), &json!(5), &json!(true)));
    assert!(file["scope"].is_null());
}

#[test]
fn the_scope_selects_the_stored_files_of_one_session() {
    let sandbox = stage();
    let (mounted, _other) = (sandbox.stored("mounted", "1"), sandbox.stored("other", "2"));
    assert_eq!(sandbox.run(["files", "ls", "--scope-id", "s1"]).ok().json(), json!([]));
    sandbox.run(["resources", "add", "s1", &mounted]).ok();
    let run = sandbox.run(["files", "ls", "--scope-id", "s1"]);
    assert_eq!(run.ok().column("id"), [mounted]);
    assert_eq!(run.at("/0/scope/id"), "s1");
    sandbox.run(["files", "ls", "--scope-id", "gone"]).code(4);
    sandbox.run(["files", "ls", "--scope-id", "s1", "s1:/"]).code(2);
}

#[test]
fn stat_prints_one_object_for_one_and_an_array_for_several() {
    let sandbox = stage();
    let id = sandbox.stored("stored", "1");
    assert_eq!(sandbox.run(["files", "stat", "s1:/a"]).ok().at("/size"), 10);
    assert_eq!(sandbox.run(["files", "retrieve-metadata", "--file-id", &id]).ok().at("/filename"), "stored");
    let run = sandbox.run(["files", "stat", "s1:/a", &id, "s1:/d"]);
    assert_eq!(run.ok().at("/0/path"), "/a");
    assert_eq!((run.at("/1/filename"), run.at("/2/kind")), (json!("stored"), json!("directory")));
    assert_eq!(sandbox.run(["files", "stat", "s1:/"]).ok().at("/kind"), "directory");
    assert_eq!(sandbox.run(["files", "stat", "s1:/gone", "s1:/a"]).code(10).column("path"), ["/a"]);
    sandbox.run(["files", "stat", "s1:/gone"]).code(4);
    sandbox.run(["files", "stat", "s1:/gone", "s1:/gone2"]).code(4);
    sandbox.run(["files", "stat", "file_gone"]).code(4);
    sandbox.run(["files", "stat"]).code(2);
}

#[test]
fn cat_prints_files_one_after_another() {
    let sandbox = stage();
    let id = sandbox.stored("stored", "stored");
    assert_eq!(sandbox.run(["files", "cat", "s1:/a", &id]).ok().stdout(), "0123456789stored");
    assert_eq!(sandbox.run(["files", "cat", "s1:/a", "--format", "json"]).ok().stdout(), "0123456789");
    sandbox.run(["files", "cat", "s1:/gone"]).code(4);
    sandbox.run(["files", "cat", "s1:/d"]).code(5);
    sandbox.run(["files", "cat", "s1:/"]).code(5);
    sandbox.run(["files", "cat"]).code(2);
}

#[test]
fn cat_of_several_prints_all_that_it_can_and_says_what_failed() {
    let sandbox = stage();
    let run = sandbox.run(["files", "cat", "s1:/a", "s1:/gone", "s1:/b"]);
    assert_eq!(run.code(10).stdout(), "01234567890123456789");
}

#[test]
fn cat_takes_the_vendors_flag_for_a_stored_file() {
    let sandbox = Sandbox::new();
    let id = sandbox.stored("stored", "stored");
    assert_eq!(sandbox.run(["files", "cat", "--file-id", &id]).ok().stdout(), "stored");
}

#[test]
fn a_range_counts_from_zero_and_includes_its_last_byte() {
    let sandbox = stage();
    let id = sandbox.stored("stored", "0123456789");
    for target in ["s1:/a", &id] {
        for (range, bytes) in [
            ("0-0", "0"),
            ("0-3", "0123"),
            ("4-6", "456"),
            ("9-9", "9"),
            ("8-", "89"),
            ("0-", "0123456789"),
            ("5-99", "56789"),
        ] {
            assert_eq!(sandbox.run(["files", "cat", target, "--range", range]).ok().stdout(), bytes, "{range}");
        }
        for past in ["10-", "10-12", "99-100"] {
            let run = sandbox.run(["files", "cat", target, "--range", past]);
            assert_eq!(run.code(2).stdout(), "", "{past}");
        }
    }
    for bad in ["", "-", "-3", "3-1", "x-y", "1", "1-2-3", "0x1-2"] {
        sandbox.run(["files", "cat", "s1:/a", &format!("--range={bad}")]).code(2);
    }
}

#[test]
fn a_range_of_a_large_file_is_exact() {
    let sandbox = stage();
    let large: Vec<u8> = (0..1_100_000_u32).map(|i| (i % 253) as u8).collect();
    sandbox.put("s1:/large", large.clone());
    for (first, last) in [(0, 262_143), (262_143, 262_145), (1, 1_099_998), (1_099_999, 1_099_999)] {
        let run = sandbox.run(["files", "cat", "s1:/large", "--range", &format!("{first}-{last}")]);
        assert_eq!(run.ok().bytes(), &large[first..=last], "{first}-{last}");
    }
}

#[test]
fn a_listing_of_session_files_that_is_cut_says_so_and_how_to_go_on() {
    let sandbox = stage();
    let first = sandbox.run(["files", "ls", "s1:/", "-R", "--limit", "4", "-q"]);
    assert_eq!(first.ok().lines().len(), 4);
    let token = first.stderr().trim_end().strip_prefix("more: ").expect("a token").to_owned();
    let second = sandbox.run(["files", "ls", "s1:/", "-R", "-q", "--page", &token]);
    let seen: Vec<_> = first.lines().into_iter().chain(second.ok().lines()).collect();
    assert_eq!(seen, sandbox.run(["files", "ls", "s1:/", "-R", "-q"]).ok().lines());
}

#[test]
fn what_an_agent_writes_into_the_directory_is_there_at_once() {
    let sandbox = stage();
    let inside = sandbox.inside("s1", "");
    fs::create_dir_all(inside.join("out")).unwrap();
    fs::write(inside.join("out/result"), "made by an agent").unwrap();
    assert_eq!(sandbox.cat("s1:/out/result"), "made by an agent");
    sandbox.run(["files", "download", "s1:/out", "results"]).ok();
    assert_eq!(sandbox.read("results/result"), "made by an agent");
}
