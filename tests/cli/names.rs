//! Unusual file names in uploads and downloads.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use crate::sandbox::Sandbox;

const ODD: [&str; 14] = [
    " leading and trailing ",
    "new\nline",
    "tab\tand\rreturn",
    "-rf",
    "--help",
    "ünï cödé 日本語 👍",
    "e\u{301} is not \u{e9}",
    "a:b",
    "quote'\"`$(x)\\n",
    "...",
    "~",
    "\u{1b}[31mred\u{202e}",
    "%2e%2e%2f",
    "*?[a]",
];

#[test]
fn a_tree_of_odd_names_comes_back_as_it_went() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    for name in ODD {
        sandbox.write(format!("tree/{name}"), name);
        sandbox.write(format!("tree/dir{name}/{name}"), name);
    }
    let before = sandbox.tree("tree");
    sandbox.run(["files", "upload", "tree", "s1:/"]).ok();
    let mut names = sandbox.run(["files", "ls", "s1:/", "--format", "json"]).ok().column("name");
    names.retain(|name| !name.starts_with("dir"));
    let mut wanted = ODD.to_vec();
    wanted.sort_unstable();
    assert_eq!(names, wanted, "JSON names are exact and in order");
    sandbox.run(["files", "download", "s1:/", "back"]).ok();
    assert_eq!(sandbox.tree("back"), before);
    for name in ODD {
        assert_eq!(sandbox.read(format!("back/dir{name}/{name}")), name);
    }
}

#[test]
fn each_odd_name_can_be_named_by_itself() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    for name in ODD {
        sandbox.write(name, name);
        let target = format!("s1:/d/{name}");
        sandbox.run(["files", "upload", "--", &format!("./{name}"), "s1:/d/"]).ok();
        assert_eq!(sandbox.run(["files", "stat", &target]).ok().at("/name"), name);
        assert_eq!(sandbox.cat(&target), name);
        fs::remove_file(sandbox.path(name)).unwrap();
        sandbox.run(["files", "download", &target]).ok();
        assert_eq!(sandbox.read(name), name);
        sandbox.run(["files", "rm", &target]).ok();
    }
    assert_eq!(sandbox.paths("s1:/d"), [""; 0]);
}

#[test]
fn names_with_nul_between_them_can_be_handed_to_the_next_command() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    for name in ODD {
        sandbox.write(format!("tree/{name}"), name);
    }
    sandbox.run(["files", "upload", "tree", "s1:/"]).ok();
    let run = sandbox.run(["files", "ls", "s1:/", "-q0"]);
    let targets: Vec<&str> = run.ok().stdout().strip_suffix('\0').unwrap().split('\0').collect();
    assert_eq!(targets.len(), ODD.len());
    let stat = sandbox.run(["files", "stat"].iter().chain(&targets));
    assert_eq!(stat.ok().column("name").len(), ODD.len());
    sandbox.run(["files", "rm"].iter().chain(&targets)).ok();
    assert_eq!(sandbox.paths("s1:/"), [""; 0]);
}

#[test]
fn a_stored_file_keeps_an_odd_name() {
    let sandbox = Sandbox::new();
    for name in ODD {
        let run = sandbox.wharf(["files", "upload", "-", "-q", &format!("--name={name}")]).stdin(name).run();
        let id = run.ok().stdout().trim_end();
        assert_eq!(sandbox.run(["files", "stat", id]).ok().at("/filename"), name);
        sandbox.run(["files", "download", id]).ok();
        assert_eq!(sandbox.read(name), name);
    }
}

#[test]
fn a_name_that_is_not_unicode_is_a_failed_item_and_the_rest_goes_on() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.write("tree/good", "good");
    fs::write(sandbox.path("tree").join(OsStr::from_bytes(b"bad\xff")), "bad").unwrap();
    let run = sandbox.run(["files", "upload", "tree", "s1:/"]);
    assert_eq!(run.code(10).column("status"), ["failed", "copied"]);
    assert_eq!(sandbox.paths("s1:/"), ["/good"]);
    fs::write(sandbox.inside("s1", "").join(OsStr::from_bytes(b"bad\xff")), "bad").unwrap();
    let run = sandbox.run(["files", "ls", "s1:/"]);
    assert_eq!(run.code(10).column("name"), ["good"], "what cannot be shown is told");
    sandbox.run(["files", "download", "s1:/", "out"]).code(10);
    assert_eq!(sandbox.tree("out"), ["good"]);
}

#[test]
fn an_argument_that_is_not_unicode_is_a_usage_error() {
    let sandbox = Sandbox::new();
    let bad = OsStr::from_bytes(b"s1:/\xff");
    let args = [OsStr::new("--format=json"), OsStr::new("files"), OsStr::new("ls"), bad];
    assert_eq!(sandbox.run(args).code(2).error()["kind"], "usage");
}

#[test]
fn a_local_name_with_a_colon_is_written_with_its_directory() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.write("a:b", "colon");
    sandbox.run(["files", "upload", "./a:b", "s1:/"]).ok();
    assert_eq!(sandbox.paths("s1:/"), ["/a:b"]);
    sandbox.run(["files", "download", "s1:/a:b", "./c:d"]).ok();
    assert_eq!(sandbox.read("c:d"), "colon");
    sandbox.run(["sessions", "create", "--resource", "@./a:b:/x"]).code(4);
}

#[test]
fn a_name_or_a_path_that_is_too_long_is_refused_and_leaves_nothing() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.write("a", "a");
    let name = "x".repeat(300);
    let deep = "d/".repeat(2500);
    for path in [name, deep] {
        let run = sandbox.run(["--format=json", "files", "upload", "a", &format!("s1:/{path}f")]);
        let error = run.code(2).error();
        assert_eq!(error["kind"], "usage", "{error}");
    }
    assert_eq!(sandbox.unfinished(), [""; 0]);
}

/// A name that is not UTF-8.
fn odd(name: &[u8]) -> &OsStr {
    OsStr::from_bytes(name)
}

#[test]
fn local_paths_need_not_be_utf_8() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    let run = |args: &[&[u8]]| sandbox.run(args.iter().map(|arg| odd(arg)));
    sandbox.write(odd(b"f\xff"), "one");
    sandbox.write(odd(b"d\xff/a"), "two");
    let sent = run(&[b"files", b"upload", b"f\xff", b"s1:/f"]);
    assert_eq!(sent.ok().column("source"), ["f\\xff"], "bytes that are no text are escaped");
    run(&[b"files", b"upload", b"--file", b"f\xff", b"s1:/g"]).ok();
    run(&[b"files", b"upload", b"f\xff", b"--name", b"h", b"s1:/in/"]).ok();
    run(&[b"files", b"upload", b"d\xff", b"s1:/d", b"--receipt", b"r\xff"]).ok();
    assert_eq!(fs::read_to_string(sandbox.path(odd(b"r\xff"))).unwrap().lines().count(), 1);
    assert_eq!(sandbox.paths("s1:/"), ["/d/", "/d/a", "/f", "/g", "/in/", "/in/h"]);
    // Where a name would have to be made of it, one is asked for.
    run(&[b"files", b"upload", b"f\xff", b"s1:/in/"]).code(2).says(&["`f\\xff`", "--name"]);
    run(&[b"files", b"upload", b"f\xff"]).code(2).says(&["`f\\xff`", "--name"]);
    run(&[b"files", b"upload", b"f\xff", b"--name", b"stored"]).ok();
    run(&[b"files", b"upload", b"missing\xff", b"s1:/x"]).code(4).says(&["`missing\\xff`"]);
    run(&[b"files", b"download", b"s1:/d", b"out\xff"]).ok();
    assert_eq!(fs::read_to_string(sandbox.path(odd(b"out\xff/a"))).unwrap(), "two");
    run(&[b"files", b"download", b"s1:/f", b"out\xff/"]).ok();
    run(&[b"files", b"download", b"s1:/f", b"-o", b"out\xff/"]).ok();
    run(&[b"files", b"download", b"s1:/f", b"--into", b"out\xff"]).ok();
    assert_eq!(fs::read_to_string(sandbox.path(odd(b"out\xff/f"))).unwrap(), "one");
    run(&[b"files", b"download", b"s1:/f", b"file\xff"]).code(2).says(&["`file\\xff`", "UTF-8"]);
    run(&[b"resources", b"add", b"s1", b"@f\xff:/m1"]).ok();
    run(&[b"resources", b"add", b"s1", b"--file", b"f\xff", b"--mount-path", b"/m2"]).ok();
    run(&[b"resources", b"add", b"--session-id", b"s1", b"@f\xff:/m3"]).ok();
    run(&[b"sessions", b"create", b"--id", b"s2", b"--resource", b"@f\xff:/m"]).ok();
    assert_eq!(sandbox.cat("s2:/m"), "one");
    // What is on the other side is text.
    for args in [&[&b"files"[..], b"upload", b"f\xff", b"s1:/\xff"][..], &[b"files", b"download", b"s1:/\xff", b"x"]] {
        run(args).code(2).says(&["UTF-8"]);
    }
    run(&[b"resources", b"add", b"s1", b"file_\xff:/m"]).code(2).says(&["UTF-8"]);
}
