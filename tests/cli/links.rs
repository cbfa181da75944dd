//! `--links`: what becomes of links in a tree, the same in both directions.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::sandbox::{Run, Sandbox, tree};

/// A tree with every sort of link, and what they lead to outside of it.
fn plant(at: &Path) {
    fs::create_dir_all(at.join("tree/d")).unwrap();
    fs::create_dir_all(at.join("beside")).unwrap();
    fs::write(at.join("tree/d/f"), "inside").unwrap();
    fs::write(at.join("beside/g"), "outside").unwrap();
    for (target, link) in [
        ("d/f", "file"),
        ("d", "dir"),
        ("..", "d/up"),
        ("loop", "loop"),
        ("missing", "broken"),
        ("../beside/g", "out-file"),
        ("../beside", "out-dir"),
    ] {
        symlink(target, at.join("tree").join(link)).unwrap();
    }
}

/// A sandbox with such a tree here and in `s1`.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    plant(&sandbox.path(""));
    plant(&sandbox.inside("s1", ""));
    sandbox
}

/// Sends and fetches the tree: with this code, this becomes of each file.
#[track_caller]
fn check(flags: &[&str], code: i32, expected: &[&str]) -> (Sandbox, Vec<Run>) {
    let sandbox = stage();
    let up = sandbox.run(["files", "upload", "tree", "s1:/up"].iter().chain(flags));
    assert_eq!(up.code(code).outcomes("s1:/up"), expected, "sent with {flags:?}");
    let down = sandbox.run(["files", "download", "s1:/tree", "out"].iter().chain(flags));
    assert_eq!(down.code(code).outcomes("out"), expected, "fetched with {flags:?}");
    for root in [sandbox.path("out"), sandbox.inside("s1", "up")] {
        let links = tree(&root).into_iter().filter(|name| root.join(name.trim_end_matches('/')).is_symlink());
        assert_eq!(links.collect::<Vec<_>>(), [""; 0], "no link arrives");
    }
    (sandbox, vec![up, down])
}

const INSIDE: [&str; 9] = [
    "broken failed not_found",
    "d/f copied",
    "d/up failed conflict",
    "dir/f copied",
    "dir/up failed conflict",
    "file copied",
    "loop failed io",
    "out-dir failed conflict",
    "out-file failed conflict",
];

#[test]
fn links_inside_the_tree_are_followed_unless_something_else_is_asked_for() {
    let (sandbox, runs) = check(&[], 10, &INSIDE);
    assert_eq!((sandbox.cat("s1:/up/file"), sandbox.read("out/dir/f")), ("inside".into(), "inside".into()));
    for run in &runs {
        run.says(&["tree/out-file`", "tree/broken`", "above it"]);
    }
    check(&["--links", "follow-inside"], 10, &INSIDE);
}

#[test]
fn links_are_followed_wherever_they_lead() {
    let mut expected = INSIDE.to_vec();
    expected.splice(7.., ["out-dir/g copied", "out-file copied"]);
    let (sandbox, _) = check(&["--links", "follow"], 10, &expected);
    assert_eq!((sandbox.cat("s1:/up/out-file"), sandbox.read("out/out-dir/g")), ("outside".into(), "outside".into()));
}

#[test]
fn links_are_left_out_and_counted() {
    let expected = [
        "broken skipped",
        "d/f copied",
        "d/up skipped",
        "dir skipped",
        "file skipped",
        "loop skipped",
        "out-dir skipped",
        "out-file skipped",
    ];
    let (_, runs) = check(&["--links", "skip"], 0, &expected);
    for run in runs {
        run.says(&["1 file copied (", "), 7 skipped (7: it is a link)\n"]);
    }
}

#[test]
fn links_are_refused_one_by_one() {
    let expected = [
        "broken failed conflict",
        "d/f copied",
        "d/up failed conflict",
        "dir failed conflict",
        "file failed conflict",
        "loop failed conflict",
        "out-dir failed conflict",
        "out-file failed conflict",
    ];
    check(&["--links", "error"], 10, &expected);
}

#[test]
fn no_word_of_a_caller_makes_a_link_lead_out_of_its_session() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.write("secret", "secret");
    let inside = sandbox.inside("s1", "");
    fs::create_dir(inside.join("tree")).unwrap();
    symlink(sandbox.path("secret"), inside.join("tree/absolute")).unwrap();
    symlink("../../../../work/secret", inside.join("tree/relative")).unwrap();
    symlink("/", inside.join("tree/root")).unwrap();
    let run = sandbox.run(["files", "download", "s1:/tree", "out", "--links", "follow"]);
    assert!(run.one_of(&[5, 10]).column("status").iter().all(|status| status == "failed"), "{}", run.stdout());
    assert!(!sandbox.path("out").exists());
}

#[test]
fn a_link_that_is_named_itself_is_followed_whatever_is_asked_for() {
    let sandbox = stage();
    for word in ["follow-inside", "skip", "follow", "error"] {
        let up = sandbox.run(["files", "upload", "tree/out-dir", "tree/file", "s1:/x", "--links", word]);
        assert_eq!(up.ok().outcomes("s1:/x"), ["file copied", "out-dir/g copied"], "{word}");
        let down = sandbox.run(["files", "download", "s1:/tree/out-dir", "s1:/tree/file", word, "--links", word]);
        assert_eq!(down.ok().outcomes(word), ["file copied", "out-dir/g copied"], "{word}");
    }
    sandbox.run(["files", "upload", "tree", "s1:/x", "--links", "some"]).code(2).says(&["follow-inside"]);
}

/// Levels of directories, each with two links to the next: a million paths.
fn bomb(at: &Path) {
    for level in 0..20 {
        let here = at.join(level.to_string());
        fs::create_dir_all(&here).unwrap();
        for link in ["a", "b"] {
            symlink(format!("../{}", level + 1), here.join(link)).unwrap();
        }
    }
    fs::create_dir(at.join("20")).unwrap();
}

#[test]
fn links_to_links_without_end_come_to_one() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    bomb(&sandbox.path("tree"));
    bomb(&sandbox.inside("s1", "tree"));
    // The walk is the same as that of a run, which would make ten thousand directories.
    let walk = ["--dry-run", "--transform", "error.kind", "-r"];
    for args in [["upload", "tree", "s1:/up"], ["download", "s1:/tree", "out"]] {
        let run = sandbox.run(["files"].iter().chain(&args).chain(&walk));
        assert!(run.code(6).lines().iter().all(|kind| *kind == "limit"), "{args:?}");
        run.says(&["more than 10000 links"]);
    }
}
