//! `--include`, `--exclude` and `--ignore-file`: which files of a tree go, the same in both directions.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::sandbox::{Sandbox, make_fifo};

/// All files and directories of the tree.
const ALL: [&str; 14] = [
    ".gitignore",
    ".hidden/",
    ".hidden/x",
    "a.csv",
    "a.log",
    "build/",
    "build/a.csv",
    "docs/",
    "docs/a.log",
    "docs/a.md",
    "docs/deep/",
    "docs/deep/b.md",
    "empty/",
    "keep.log",
];

/// A sandbox with a tree here and the same one at `s1:/tree`.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    for path in ALL {
        match path.strip_suffix('/') {
            Some(directory) => fs::create_dir_all(sandbox.path("tree").join(directory)).unwrap(),
            None => drop(sandbox.write(format!("tree/{path}"), "*\n")),
        }
    }
    sandbox.run(["files", "upload", "tree", "s1:/tree"]).ok();
    sandbox
}

/// With these flags this arrives, whether it is sent or fetched.
#[track_caller]
fn check(sandbox: &Sandbox, flags: &[&str], expected: &[&str]) {
    let fresh = sandbox.session();
    sandbox.run(["files", "upload", "tree", &format!("{fresh}:/")].iter().chain(flags)).ok();
    let sent = sandbox.paths(&format!("{fresh}:/"));
    assert_eq!(sent, expected.iter().map(|path| format!("/{path}")).collect::<Vec<_>>(), "sent with {flags:?}");
    sandbox.run(["files", "download", "s1:/tree", &format!("./{fresh}")].iter().chain(flags)).ok();
    assert_eq!(sandbox.tree(&fresh), expected, "fetched with {flags:?}");
}

/// All of the tree without what begins so.
fn without(left: &[&str]) -> Vec<&'static str> {
    ALL.into_iter().filter(|path| !left.iter().any(|left| path.starts_with(left))).collect()
}

#[test]
fn nothing_is_left_out_unasked() {
    let sandbox = stage();
    check(&sandbox, &[], &ALL);
    // The `.gitignore` in the tree excludes everything, and wharf does not apply it.
    assert_eq!(sandbox.read("tree/.gitignore"), "*\n");
}

#[test]
fn a_gitignore_is_read_where_it_is_named() {
    check(&stage(), &["--ignore-file", "tree/.gitignore"], &[]);
}

#[test]
fn excluding_leaves_out_what_matches_at_any_depth() {
    let sandbox = stage();
    check(&sandbox, &["--exclude", "*.log"], &without(&["a.log", "docs/a.log", "keep.log"]));
    check(&sandbox, &["--exclude=.*"], &without(&["."]));
}

#[test]
fn a_slash_at_the_start_or_in_the_middle_binds_to_the_root_of_the_tree() {
    let sandbox = stage();
    check(&sandbox, &["--exclude", "/a.log"], &without(&["a.log"]));
    check(&sandbox, &["--exclude", "docs/*.log"], &without(&["docs/a.log"]));
    check(&sandbox, &["--exclude", "deep/b.md"], &ALL);
    check(&sandbox, &["--exclude", "**/deep/b.md"], &without(&["docs/deep/b.md"]));
}

#[test]
fn a_slash_at_the_end_means_directories_only() {
    let sandbox = stage();
    check(&sandbox, &["--exclude", "docs/", "--exclude", "a.csv/"], &without(&["docs/"]));
    check(&sandbox, &["--exclude", "docs/**"], &without(&["docs/a", "docs/deep"]));
}

#[test]
fn the_last_pattern_that_matches_decides() {
    let sandbox = stage();
    let some = without(&["a.log", "docs/a.log"]);
    check(&sandbox, &["--exclude", "*.log", "--include", "keep.log"], &some);
    check(&sandbox, &["--exclude", "*.log", "--exclude", "!keep.log"], &some);
    let none = without(&["a.log", "docs/a.log", "keep.log"]);
    check(&sandbox, &["--exclude=keep.log", "--include=keep.log", "--exclude=*.log"], &none);
}

#[test]
fn nothing_below_a_directory_that_is_left_out_is_taken() {
    let sandbox = stage();
    check(&sandbox, &["--exclude", "docs/", "--include", "docs/a.md"], &without(&["docs/"]));
}

#[test]
fn where_the_first_flag_includes_nothing_else_is_taken() {
    let sandbox = stage();
    // A directory comes only with what is in it.
    check(&sandbox, &["--include", "*.csv"], &["a.csv", "build/", "build/a.csv"]);
    check(&sandbox, &["--include", "*.csv", "--exclude", "build/"], &["a.csv"]);
    let docs = ["docs/", "docs/a.log", "docs/a.md", "docs/deep/", "docs/deep/b.md"];
    check(&sandbox, &["--include", "docs/"], &docs);
    check(&sandbox, &["--include", "docs/", "--exclude", "deep"], &docs[..3]);
    check(&sandbox, &["--include", "/docs/*.md"], &["docs/", "docs/a.md"]);
    check(&sandbox, &["--include", "empty/"], &["empty/"]);
    check(&sandbox, &["--include", "nothing"], &[]);
}

#[test]
fn ignore_files_come_before_all_flags_in_their_own_order() {
    let sandbox = stage();
    sandbox.write("first", "\u{feff}# a comment\r\n\r\n*.log\r\n/build/\r\n\\#x\r\n");
    sandbox.write("second", "!keep.log\n");
    let logs = ["a.log", "docs/a.log", "build"];
    check(&sandbox, &["--ignore-file", "first", "--ignore-file", "second"], &without(&logs));
    let all = [&logs[..], &["keep.log"]].concat();
    check(&sandbox, &["--ignore-file", "second", "--ignore-file", "first"], &without(&all));
    check(&sandbox, &["--include=a.csv", "--ignore-file=second"], &["a.csv", "build/", "build/a.csv", "keep.log"]);
    check(&sandbox, &["--exclude=keep.log", "--ignore-file=first", "--ignore-file=second"], &without(&all));
}

#[test]
fn what_is_left_out_does_no_harm() {
    let sandbox = stage();
    let inside = sandbox.inside("s1", "tree");
    for root in [sandbox.path("tree"), inside] {
        fs::create_dir(root.join("odd")).unwrap();
        make_fifo(&root.join("odd/fifo"));
        symlink("..", root.join("odd/circle")).unwrap();
        symlink("/etc/passwd", root.join("out")).unwrap();
        symlink("/etc", root.join("etc")).unwrap();
        symlink("missing", root.join("broken")).unwrap();
    }
    check(&sandbox, &["--exclude", "odd", "--exclude", "out", "--exclude", "broken", "--exclude", "etc"], &ALL);
    check(
        &sandbox,
        &["--include", "a.csv", "--include", ".hidden"],
        &[".hidden/", ".hidden/x", "a.csv", "build/", "build/a.csv"],
    );
}

#[test]
fn a_directory_that_is_left_out_is_not_looked_into() {
    let sandbox = stage();
    fs::set_permissions(sandbox.path("tree/build"), fs::Permissions::from_mode(0o000)).unwrap();
    let up = |to: &str, extra: &[&str]| {
        sandbox.wharf(["files", "upload", "tree", to].iter().chain(extra)).bound_by_modes().run()
    };
    let (kept_out, left_out) = (up("s1:/x", &[]), up("s1:/y", &["--exclude", "build", "-v"]));
    fs::set_permissions(sandbox.path("tree/build"), fs::Permissions::from_mode(0o755)).unwrap();
    kept_out.code(10).says(&["tree/build", "1 failed"]);
    left_out.ok().says(&["excluded: tree/build\n", "1 excluded\n"]);
}

#[test]
fn what_is_left_out_is_counted_and_named_where_that_is_asked_for() {
    let sandbox = stage();
    let flags = ["--exclude", "*.log", "--exclude", "docs/"];
    let up = sandbox.run(["files", "upload", "tree", "s1:/x"].iter().chain(&flags));
    up.ok().says(&["4 files copied (", "), 3 excluded\n"]);
    assert!(!up.stderr().contains("a.log"), "{}", up.stderr());
    let up = sandbox.run(["files", "upload", "tree", "s1:/x", "-v"].iter().chain(&flags));
    up.ok().says(&["excluded: tree/a.log\n", "excluded: tree/docs\n", "excluded: tree/keep.log\n"]);
    let down = sandbox.run(["files", "download", "s1:/tree", "out", "-v"].iter().chain(&flags));
    down.ok().says(&["excluded: s1:/tree/a.log\n", "excluded: s1:/tree/docs\n", "), 3 excluded\n"]);
    for run in [up, down] {
        assert_eq!(run.json().as_array().unwrap().len(), 4, "what is left out has no receipt");
    }
}

#[test]
fn a_file_that_is_named_itself_is_always_taken() {
    let sandbox = stage();
    let flags = ["--exclude", "*.log", "--include", "no"];
    let up = sandbox.run(["files", "upload", "tree/a.log", "tree/docs", "s1:/x"].iter().chain(&flags));
    assert_eq!(up.ok().outcomes("s1:/x"), ["a.log copied", "docs/a.md copied", "docs/deep/b.md copied"]);
    let down = sandbox.run(["files", "download", "s1:/tree/a.log", "out"].iter().chain(&flags));
    assert_eq!(down.ok().outcomes(""), ["out copied"]);
    let id = sandbox.run(["files", "upload", "tree/a.log", "-q"].iter().chain(&flags)).ok().stdout().to_owned();
    assert!(id.starts_with("file_"), "{id}");
}

/// Git takes every text for a pattern, and so does a `.gitignore` that is read here.
#[test]
fn what_git_takes_for_a_pattern_is_one() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    for name in ["{{cookiecutter.slug}}/x", "a.py{}", "key1.pem", "b{c", "a}", "a\\", "z", "k"] {
        sandbox.write(format!("tree/{name}"), "");
    }
    let patterns = ["{{cookiecutter.slug}}/", "*.py{}", "key[[:digit:]].pem", "b{c", "a}", "a\\", "[z-a]", "[k"];
    sandbox.write("ignore", patterns.join("\n"));
    let flags = patterns.iter().flat_map(|pattern| ["--exclude", pattern]).collect::<Vec<_>>();
    for flags in [&["--ignore-file", "ignore"][..], &flags] {
        let session = sandbox.session();
        let to = format!("{session}:/");
        sandbox.run(["files", "upload", "tree", &to].iter().chain(flags)).ok();
        assert_eq!(sandbox.paths(&to), ["/a\\", "/k"]);
    }
}

#[test]
fn patterns_need_not_be_utf_8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.write("tree/a", "");
    sandbox.write(Path::new("tree").join(OsStr::from_bytes(b"x\xff")), "");
    sandbox.write("ignore", b"\xff\n*\xff\n");
    let upload = |flag: &OsStr, value: &OsStr| {
        sandbox.wharf(["files", "upload", "tree", "s1:/"].iter().map(OsStr::new).chain([flag, value])).run()
    };
    upload("--ignore-file".as_ref(), "ignore".as_ref()).ok().says(&["1 excluded"]);
    upload("--exclude".as_ref(), OsStr::from_bytes(b"?\xff")).ok().says(&["1 excluded"]);
    upload("--exclude".as_ref(), "y".as_ref()).code(10);
}

#[test]
fn what_cannot_be_a_filter_is_said_before_anything_is_sent() {
    let sandbox = stage();
    for (flags, code, said) in [
        (["--include", "!a"], 2, "\"!a\""),
        (["--ignore-file", "/dev/zero"], 2, "larger than"),
        (["--ignore-file", "missing"], 4, "missing"),
        (["--ignore-file", "tree"], 5, "tree"),
    ] {
        let up = sandbox.run(["files", "upload", "tree", "s1:/x"].iter().chain(&flags));
        let down = sandbox.run(["files", "download", "s1:/tree", "out"].iter().chain(&flags));
        for run in [up, down] {
            assert_eq!(run.code(code).says(&[said]).stdout(), "", "{flags:?}");
        }
    }
    assert_eq!(sandbox.paths("s1:/").len(), ALL.len() + 1);
    assert!(!sandbox.path("out").exists());
}
