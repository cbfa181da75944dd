//! Tar archives as streams: `download DIR -` and `upload - DEST/ --untar`.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use crate::sandbox::{Call, Run, Sandbox, tree};

/// A sandbox with a session `s1` and a tree with what trees have.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.write("tree/a.txt", "hello");
    sandbox.write("tree/d/big", vec![7; 300_000]);
    sandbox.write("tree/d/nothing", "");
    sandbox.write(format!("tree/d/é{}", "x".repeat(150)), "long");
    let program = sandbox.write("tree/d/run", "#!/bin/sh\n");
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(sandbox.path("tree/empty")).unwrap();
    let touched = Command::new("touch").args(["-d", "2020-01-02T03:04:05Z"]).arg(sandbox.path("tree/a.txt")).status();
    assert!(touched.unwrap().success());
    sandbox
}

/// What GNU tar prints.
fn gnu_tar(sandbox: &Sandbox, args: &[&str]) -> Vec<u8> {
    let done = Command::new("tar").args(args).current_dir(sandbox.path("")).env("TZ", "UTC").output().unwrap();
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

fn untar(sandbox: &Sandbox, archive: impl Into<Vec<u8>>, to: &str, more: &[&str]) -> Run {
    let args = ["files", "upload", "-", to, "--untar", "--format", "json"];
    sandbox.wharf(args.iter().chain(more)).stdin(archive).run()
}

/// An entry as a tar program would write it: a header, and its content.
fn entry(path: &[u8], kind: u8, link: &str, size: &str, content: &[u8]) -> Vec<u8> {
    let mut block = vec![0_u8; 512];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, path);
    put(100, b"0000644\0");
    put(124, size.as_bytes());
    put(136, b"14700000000\0");
    put(148, b"        ");
    put(156, &[kind]);
    put(157, link.as_bytes());
    put(257, b"ustar\x0000");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block.extend_from_slice(content);
    block.resize(block.len().next_multiple_of(512), 0);
    block
}

fn file(path: &str, content: &str) -> Vec<u8> {
    entry(path.as_bytes(), b'0', "", &format!("{:011o}\0", content.len()), content.as_bytes())
}

fn other(path: &str, kind: u8, link: &str) -> Vec<u8> {
    entry(path.as_bytes(), kind, link, "00000000000\0", b"")
}

fn archive(entries: &[Vec<u8>]) -> Vec<u8> {
    [entries.concat(), vec![0; 1024]].concat()
}

#[test]
fn a_directory_is_an_archive_that_gnu_tar_unpacks_to_the_same() {
    let sandbox = stage();
    sandbox.run(["files", "upload", "tree", "s1:/t"]).ok();
    let run = sandbox.run(["files", "download", "s1:/t", "-"]);
    let archived = run.ok().bytes().to_vec();
    run.says(&["5 files copied ("]);
    fs::write(sandbox.path("t.tar"), &archived).unwrap();
    let listed = String::from_utf8(gnu_tar(&sandbox, &["tvf", "t.tar", "--quoting-style=literal"])).unwrap();
    let row =
        |name: &str| listed.lines().find(|line| line.ends_with(name)).unwrap_or_else(|| panic!("{name}: {listed}"));
    assert!(row(" a.txt").starts_with("-rw-r--r-- 0/0") && row(" a.txt").contains(" 5 2020-01-02 03:04 "), "{listed}");
    assert!(row(" d/run").starts_with("-rwxr-xr-x"), "{listed}");
    assert!(row(" empty/").starts_with("drwxr-xr-x"), "{listed}");
    fs::create_dir(sandbox.path("out")).unwrap();
    gnu_tar(&sandbox, &["xf", "t.tar", "-C", "out"]);
    assert_eq!(sandbox.tree("out"), sandbox.tree("tree"));
    for name in ["a.txt", "d/big", "d/run"] {
        let (ours, theirs) = (sandbox.path("tree").join(name), sandbox.path("out").join(name));
        assert_eq!(fs::read(&ours).unwrap(), fs::read(&theirs).unwrap(), "{name}");
        let (ours, theirs) = (ours.metadata().unwrap(), theirs.metadata().unwrap());
        assert_eq!(ours.modified().unwrap(), theirs.modified().unwrap(), "{name}");
    }
    // The order is that of the paths, and an archive of the same files is the same.
    let names = String::from_utf8(gnu_tar(&sandbox, &["tf", "t.tar", "--quoting-style=literal"])).unwrap();
    let mut sorted: Vec<_> = names.lines().collect();
    sorted.sort_unstable();
    assert_eq!(names.lines().collect::<Vec<_>>(), sorted);
    assert_eq!(sandbox.run(["files", "download", "s1:/t", "-"]).ok().bytes(), archived);
}

#[test]
fn an_archive_of_gnu_tar_is_unpacked_as_its_directory_is_uploaded() {
    let sandbox = stage();
    sandbox.run(["files", "upload", "tree", "s1:/want"]).ok();
    for (to, how) in [("gnu", "--format=gnu"), ("pax", "--format=pax"), ("packed", "-z")] {
        let archived = gnu_tar(&sandbox, &["c", how, "-C", "tree", "."]);
        let run = untar(&sandbox, archived, &format!("s1:/{to}/"), &[]);
        assert_eq!(run.ok().column("verified"), ["sha256"; 5], "{how}");
        let below = |root: &str| {
            let paths = sandbox.paths(&format!("s1:/{root}"));
            paths.iter().map(|path| path.replacen(root, "", 1)).collect::<Vec<_>>()
        };
        assert_eq!(below(to), below("want"), "{how}");
        let stat = |path: &str| sandbox.run(["files", "stat", path]).ok().json();
        let program = stat(&format!("s1:/{to}/d/run"));
        assert_eq!(program["mode"], "0755", "{how}");
        assert_eq!(stat(&format!("s1:/{to}/a.txt"))["modified_at"], "2020-01-02T03:04:05Z", "{how}");
    }
    // A file in place of stdin, and a destination without a slash.
    fs::write(sandbox.path("t.tgz"), gnu_tar(&sandbox, &["cz", "-C", "tree", "."])).unwrap();
    sandbox.run(["files", "upload", "t.tgz", "s1:/file", "--untar"]).ok();
    assert_eq!(sandbox.cat("s1:/file/a.txt"), "hello");
}

#[test]
fn filters_and_rules_for_existing_files_are_those_of_uploads() {
    let sandbox = stage();
    let archived = gnu_tar(&sandbox, &["c", "-C", "tree", "."]);
    let run = untar(&sandbox, archived.clone(), "s1:/x", &["--exclude", "d/", "--dry-run"]);
    assert_eq!(run.ok().column("status"), ["planned"]);
    assert_eq!(sandbox.run(["files", "ls", "s1:/", "-q"]).ok().stdout(), "");
    let run = untar(&sandbox, archived.clone(), "s1:/x", &["--include", "*.txt"]);
    assert_eq!(run.ok().column("destination"), ["s1:/x/a.txt"]);
    let run = untar(&sandbox, archived.clone(), "s1:/x", &["--if-exists", "update"]);
    let mut outcomes = run.ok().column("status");
    outcomes.sort();
    assert_eq!(outcomes, ["copied", "copied", "copied", "copied", "skipped"]);
    untar(&sandbox, archived.clone(), "s1:/x", &["--if-exists", "error"]).code(5);
    let run = untar(&sandbox, archived.clone(), "s1:/x", &["--if-exists", "update"]);
    assert_eq!(run.ok().column("status"), ["skipped"; 5], "a large file is skipped by its size and time as well");
    untar(&sandbox, archived, "s1:/x", &["--require", "6"]).code(11);
}

#[test]
fn flags_that_make_no_sense_with_an_archive_are_usage_errors() {
    let sandbox = stage();
    for (args, word) in [
        (&["-", "--untar"][..], "--untar needs a DEST"),
        (&["tree", "s1:/x", "--untar"], "a directory is not an archive"),
        (&["-", "tree", "s1:/x", "--untar"], "--untar takes one archive"),
        (&["-", "--into", "s1:/x", "--untar"], "--into"),
        (&["-", "s1:/x", "--name", "n", "--untar"], "--name"),
    ] {
        sandbox.run(["files", "upload"].iter().chain(args)).code(2).says(&[word]);
    }
    sandbox.put("s1:/f", "f");
    sandbox.run(["files", "mkdir", "s1:/d"]).ok();
    sandbox.run(["files", "download", "s1:/d", "-", "--dry-run"]).code(2).says(&["--dry-run"]);
    sandbox.run(["files", "download", "s1:/f", "s1:/d", "-"]).code(5).says(&["beside other targets"]);
}

#[test]
fn each_hostile_entry_fails_by_itself_and_nothing_leaves_the_destination() {
    let sandbox = stage();
    sandbox.put("s1:/outside", "untouched");
    for (what, hostile, kind) in [
        ("is absolute", file("/outside", "x"), "conflict"),
        ("leads out of its directory", file("../outside", "x"), "conflict"),
        ("leads out of its directory", file("a/../../outside", "x"), "conflict"),
        ("control characters", file("a\x1b[2Kb", "x"), "conflict"),
        ("control characters", file("a\nb", "x"), "conflict"),
        ("is not UTF-8", entry(b"\xff\xfe", b'0', "", "00000000001\0", b"x"), "conflict"),
        ("is empty", file("", "x"), "conflict"),
        ("path of the archive itself", file("./.", "x"), "conflict"),
        ("leads out of the archive", other("l", b'2', "/etc/passwd"), "conflict"),
        ("leads out of the archive", other("l", b'2', "../outside"), "conflict"),
        ("leads out of the archive", other("l", b'1', "../outside"), "conflict"),
        ("leads to no file in the archive", other("l", b'2', "missing"), "conflict"),
        ("leads to no file in the archive", other("l", b'2', "l"), "conflict"),
        ("is a device", other("dev", b'3', ""), "unsupported"),
        ("is a device", other("dev", b'4', ""), "unsupported"),
        ("is a FIFO", other("fifo", b'6', ""), "unsupported"),
        ("is of an unknown type", other("odd", b'Z', ""), "unsupported"),
        ("is a sparse file", other("sparse", b'S', ""), "unsupported"),
        ("has this path twice", file("good", "again"), "conflict"),
        ("has this path twice", file("./good", "again"), "conflict"),
        ("a file and a directory of the same path", other("good/", b'5', ""), "conflict"),
        ("a file and a directory of the same path", file("good/below", "x"), "conflict"),
    ] {
        let run = untar(&sandbox, archive(&[file("good", "good"), hostile, file("last", "last")]), "s1:/in/", &[]);
        let receipts = run.code(10).json();
        let failed: Vec<_> =
            receipts.as_array().unwrap().iter().filter(|receipt| receipt["status"] == "failed").collect();
        assert_eq!(failed.len(), 1, "{what}: {receipts}");
        assert_eq!(failed[0]["error"]["kind"], kind, "{what}");
        assert!(failed[0]["error"]["message"].as_str().unwrap().contains(what), "{what}: {}", failed[0]);
        assert_eq!(sandbox.cat("s1:/in/good"), "good", "{what}");
        assert_eq!(sandbox.cat("s1:/in/last"), "last", "{what}");
        assert_eq!(sandbox.cat("s1:/outside"), "untouched", "{what}");
        assert_eq!(sandbox.paths("s1:/"), ["/in/", "/in/good", "/in/last", "/outside"], "{what}");
        sandbox.run(["files", "rm", "-r", "s1:/in"]).ok();
    }
}

/// Small files may be sent after directories that follow them.
#[test]
fn of_a_file_and_a_directory_of_the_same_path_the_first_arrives_on_every_backend() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&["--exec"]);
    let mut entries = vec![file("a", "first"), file("a", "second"), other("a/", b'5', ""), file("d/x", "x")];
    entries.push(file("d", "second"));
    entries.extend((0..8).map(|number| file(&format!("f{number}"), "small")));
    for backend in ["local", "foundry", "agb"] {
        let wharf = |args: &[&str]| served.wharf(backend, args).env("WHARF_AGENT", "a1");
        let id = wharf(&["sessions", "create", "-q"]).run().ok().stdout().trim_end().to_owned();
        let at = |path: &str| format!("{id}:/tmp/in/{path}");
        let run = wharf(&["files", "upload", "-", &at(""), "--untar"]).stdin(archive(&entries)).run();
        assert_eq!(run.code(10).column("status").iter().filter(|status| *status == "failed").count(), 3, "{backend}");
        assert_eq!(wharf(&["files", "cat", &at("a")]).run().ok().stdout(), "first", "{backend}");
        assert_eq!(wharf(&["files", "cat", &at("d/x")]).run().ok().stdout(), "x", "{backend}");
    }
}

#[test]
fn a_name_in_a_pax_or_gnu_header_is_held_to_the_same_rules() {
    let sandbox = stage();
    let pax = |record: &str| {
        // The length counts itself: two digits, a space and the end of the line.
        let record = format!("{} {record}\n", record.len() + 4);
        entry(b"p", b'x', "", &format!("{:011o}\0", record.len()), record.as_bytes())
    };
    let long = |name: &str| entry(b"././@LongLink", b'L', "", &format!("{:011o}\0", name.len()), name.as_bytes());
    for head in [pax("path=../evil"), pax("path=/evil"), long("../evil\0"), long("a\0b"), pax("path=aaaaa\0")] {
        let run = untar(&sandbox, archive(&[head, file("innocent", "x")]), "s1:/in/", &[]);
        assert_eq!(run.code(5).column("status"), ["failed"]);
        assert_eq!(sandbox.paths("s1:/"), ["/in/"]);
    }
    let run = untar(&sandbox, archive(&[pax("GNU.sparse.major=1"), file("s", "x"), file("t", "t")]), "s1:/in/", &[]);
    run.code(10).says(&["is a sparse file"]);
    assert_eq!(sandbox.cat("s1:/in/t"), "t");
}

#[test]
fn links_in_an_archive_are_what_they_lead_to() {
    let sandbox = stage();
    let links = |skip: &[&str]| {
        let entries = [
            file("d/a", "target"),
            other("d/soft", b'2', "a"),
            other("up", b'2', "d/a"),
            other("d/up", b'2', "../d/./a"),
            other("hard", b'1', "d/a"),
            other("again", b'2', "d/soft"),
        ];
        untar(&sandbox, archive(&entries), "s1:/in/", skip)
    };
    assert_eq!(links(&[]).ok().column("status"), ["copied"; 6]);
    for name in ["d/soft", "up", "d/up", "hard", "again"] {
        assert_eq!(sandbox.cat(&format!("s1:/in/{name}")), "target", "{name}");
    }
    sandbox.run(["files", "rm", "-r", "s1:/in"]).ok();
    let run = links(&["--links", "skip"]);
    assert_eq!(run.ok().column("status").iter().filter(|status| *status == "skipped").count(), 5);
    assert_eq!(sandbox.paths("s1:/in"), ["/in/d/", "/in/d/a"]);
    links(&["--links", "error"]).code(10);
}

#[test]
fn an_archive_that_is_cut_off_or_damaged_fails_and_receipts_tell_what_arrived() {
    let sandbox = stage();
    let whole = archive(&[file("one", "1"), file("two", &"2".repeat(100_000)), file("three", "3")]);
    for (what, bytes, code, there) in [
        ("in a small content", whole[..512].to_vec(), 12, &[][..]),
        ("in a padding", whole[..514].to_vec(), 12, &["/in/one"]),
        ("before a header", whole[..1024].to_vec(), 12, &["/in/one"]),
        ("in a header", whole[..1100].to_vec(), 12, &["/in/one"]),
        ("in a large content", whole[..90_000].to_vec(), 12, &["/in/one"]),
        ("without its end", whole[..whole.len() - 1024].to_vec(), 12, &["/in/one", "/in/three", "/in/two"]),
        ("size", archive(&[file("one", "1"), entry(b"x", b'0', "", "77777777777\0", b"short")]), 12, &["/in/one"]),
        ("size", archive(&[file("one", "1"), entry(b"x", b'0', "", "-0000000001\0", b"")]), 5, &["/in/one"]),
        ("header", archive(&[file("one", "1"), vec![b'x'; 512]]), 5, &["/in/one"]),
        ("more", [archive(&[file("one", "1")]), archive(&[file("two", "2")])].concat(), 5, &["/in/one"]),
        ("a huge name", archive(&[file("one", "1"), entry(b"", b'L', "", "00100000000\0", b"x")]), 6, &["/in/one"]),
        ("a bad record", archive(&[file("one", "1"), entry(b"", b'x', "", "00000000004\0", b"abcd")]), 5, &["/in/one"]),
    ] {
        sandbox.run(["files", "mkdir", "s1:/in"]).ok();
        let run = untar(&sandbox, bytes, "s1:/in/", &[]);
        let receipts = run.code(code).json();
        let mut copied: Vec<_> = receipts.as_array().unwrap().iter().filter(|it| it["status"] == "copied").collect();
        copied.sort_by_key(|it| it["destination"].to_string());
        let copied: Vec<_> = copied.iter().map(|it| it["destination"].as_str().unwrap().replace("s1:", "")).collect();
        assert_eq!(copied, there, "{what}");
        assert_eq!(sandbox.paths("s1:/in"), there, "{what}");
        assert!(sandbox.unfinished().is_empty(), "{what}");
        sandbox.run(["files", "rm", "-r", "s1:/in"]).ok();
    }
    untar(&sandbox, archive(&[]), "s1:/in/", &[]).ok().says(&["nothing was transferred"]);
    // Programs pad an archive with more zeros.
    untar(&sandbox, [archive(&[file("one", "1")]), vec![0; 9216]].concat(), "s1:/in/", &[]).ok();
}

#[test]
fn chains_of_links_are_followed_in_any_order() {
    let sandbox = stage();
    let entries = [
        other("b", b'2', "a"),
        other("h", b'1', "b"),
        other("a", b'2', "t"),
        file("t", "end"),
        other("x", b'2', "y"),
        other("y", b'2', "x"),
    ];
    let run = untar(&sandbox, archive(&entries), "s1:/in/", &[]);
    run.code(10).says(&["the link leads to no file in the archive: `x` to"]);
    for name in ["a", "b", "h", "t"] {
        assert_eq!(fs::read_to_string(sandbox.inside("s1", &format!("in/{name}"))).unwrap(), "end");
    }
    assert_eq!(sandbox.paths("s1:/in").len(), 4);
}

#[test]
fn paths_that_no_system_opens_are_refused_before_anything_is_sent() {
    let sandbox = stage();
    let served = sandbox.serve(&[]);
    let id = served
        .wharf("anthropic", ["sessions", "create", "--agent", "agent_1", "--environment", "env_1", "-q"])
        .run()
        .ok()
        .stdout()
        .trim_end()
        .to_owned();
    sandbox.write("f", "x");
    let long = vec!["x".repeat(100); 50].join("/");
    let target = format!("{id}:/{long}");
    served.wharf("anthropic", ["files", "upload", "f", &target]).run().code(2).says(&["is too long", "4095"]);
    let name = format!("{long}/{long}");
    let pax = format!("path={name}\n");
    let length = pax.len() + 6;
    let header = entry(b"pax", b'x', "", &format!("{length:011o}\0"), format!("{length:05} {pax}").as_bytes());
    let run = untar(&sandbox, archive(&[header, file("short", "x"), file("one", "1")]), "s1:/in/", &[]);
    run.code(10).says(&["the path of the entry has"]);
    assert_eq!(sandbox.paths("s1:/in").len(), 1);
}

#[test]
fn what_is_not_an_archive_is_refused_before_anything_is_sent() {
    let sandbox = stage();
    for (bytes, word) in [
        (&b""[..], "it is empty"),
        (b"hello", "it does not begin with a header"),
        (&[b'x'; 2000], "it does not begin with a header"),
        (&[b"\xfd7zXZ\0", &[1; 2000][..]].concat(), "xz -dc |"),
        (&[b"BZh9", &[1; 2000][..]].concat(), "bunzip2 -c |"),
        (&[b"\x28\xb5\x2f\xfd", &[1; 2000][..]].concat(), "zstd -dc |"),
    ] {
        let run = untar(&sandbox, bytes, "s1:/in/", &[]);
        let error = run.code(7).error();
        assert!(format!("{} {}", error["message"], error["hint"]).contains(word), "{word}: {error}");
        assert_eq!(sandbox.paths("s1:/"), [""; 0]);
    }
    let packed = gnu_tar(&sandbox, &["cz", "-C", "tree", "."]);
    untar(&sandbox, &packed[..packed.len() / 2], "s1:/in/", &[]).code(12);
}

#[test]
fn a_reader_that_leaves_ends_an_archive_quietly() {
    let sandbox = stage();
    sandbox.run(["files", "upload", "tree", "s1:/t"]).ok();
    let line = "set -o pipefail; \"$WHARF\" files download s1:/t - | head -c 1000 | wc -c";
    assert_eq!(sandbox.shell(line, None).run().ok().stdout().trim(), "1000");
}

#[test]
fn an_archive_that_did_not_reach_its_place_is_not_told_as_copied() {
    let sandbox = stage();
    sandbox.put("s1:/t/a", "a");
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let run = sandbox.wharf(["files", "download", "s1:/t", "-"]).stdout_to(full).run();
    assert!(!run.code(12).stderr().contains("copied"), "{}", run.stderr());
}

#[test]
fn a_name_that_no_archive_can_hold_is_told_with_what_helps() {
    let sandbox = stage();
    sandbox.put("s1:/t/a", "a");
    fs::write(sandbox.inside("s1", "t").join(OsStr::from_bytes(b"bad\xff")), "").unwrap();
    let run = sandbox.run(["files", "download", "s1:/t", "-"]);
    assert_eq!(run.code(5).says(&[r"`bad\xff`", "nothing was written; rename it"]).bytes(), b"");
}

#[test]
fn a_file_that_is_damaged_leaves_an_archive_that_is_visibly_broken() {
    let sandbox = stage();
    sandbox.run(["files", "upload", "tree", "s1:/t"]).ok();
    let served = sandbox.serve(&["--fault", "download:truncate@50%"]);
    let wharf = |args: &[&str]| served.wharf("foundry", args).run();
    let id = wharf(&["sessions", "create", "-q"]).ok().stdout().trim_end().to_owned();
    wharf(&["files", "upload", "tree", &format!("{id}:/t")]).ok();
    let run = served.wharf("foundry", ["files", "download", &format!("{id}:/t"), "-", "--retries", "0"]).run();
    assert!(!run.has_code(0), "{}", run.stderr());
    fs::write(sandbox.path("broken.tar"), run.bytes()).unwrap();
    let end = run.bytes().iter().rev().take_while(|byte| **byte == 0).count();
    assert!(end < 1024, "there is an end of the archive");
}

#[test]
fn a_link_that_leads_out_stops_an_archive_before_its_first_byte() {
    let sandbox = stage();
    sandbox.run(["files", "upload", "tree", "s1:/t"]).ok();
    symlink("/etc/passwd", sandbox.inside("s1", "t/out")).unwrap();
    let run = sandbox.run(["files", "download", "s1:/t", "-"]);
    assert_eq!(run.code(5).bytes(), b"");
    run.says(&["leads out", "--exclude"]);
    let run = sandbox.run(["files", "download", "s1:/t", "-", "--links", "skip"]);
    assert!(run.ok().bytes().len() > 300_000);
    assert_eq!(sandbox.run(["files", "download", "s1:/t", "-", "--max-files", "2"]).code(6).bytes(), b"");
}

#[test]
fn archives_go_to_and_come_from_every_backend() {
    let sandbox = stage();
    let served = sandbox.serve(&[]);
    let archived = gnu_tar(&sandbox, &["c", "-C", "tree", "."]);
    for (backend, agent) in [("local", "a1"), ("anthropic", "agent_1"), ("foundry", "a1"), ("agb", "a1")] {
        let wharf = |args: &[&str]| -> Call {
            let call = served.wharf(backend, args).env("WHARF_AGENT", agent);
            call.env("WHARF_ENVIRONMENT", "env_1").env("WHARF_IMAGE", "agb-code-space-1")
        };
        let id = wharf(&["sessions", "create", "-q"]).run().ok().stdout().trim_end().to_owned();
        wharf(&["sessions", "wait", &id, "--timeout", "10s"]).run().ok();
        let to = format!("{id}:/tmp/data");
        let run = wharf(&["files", "upload", "-", &to, "--untar"]).stdin(archived.clone()).run();
        let copied = run.ok().column("status").iter().filter(|status| *status == "copied").count();
        assert_eq!(copied, 5, "{backend}: {}", run.stdout());
        let run = wharf(&["files", "download", &to, "-"]).run();
        if backend == "anthropic" {
            // What a user uploaded cannot be fetched there.
            assert_eq!(run.code(7).bytes(), b"");
            continue;
        }
        fs::write(sandbox.path("x.tar"), run.ok().bytes()).unwrap();
        let out = sandbox.path(format!("out-{backend}"));
        fs::create_dir(&out).unwrap();
        gnu_tar(&sandbox, &["xf", "x.tar", "-C", out.to_str().unwrap()]);
        for name in ["a.txt", "d/big", "d/run", "d/nothing"] {
            let same = fs::read(out.join(name)).unwrap() == fs::read(sandbox.path("tree").join(name)).unwrap();
            assert!(same, "{backend}: {name}");
        }
        let expected =
            tree(&sandbox.path("tree")).into_iter().filter(|name| backend != "anthropic" || name != "empty/");
        assert_eq!(tree(&out), expected.collect::<Vec<_>>(), "{backend}");
    }
}

#[test]
fn an_archive_of_any_size_needs_little_memory() {
    let sandbox = stage();
    let one = sandbox.path("large/one");
    fs::create_dir(one.parent().unwrap()).unwrap();
    File::create(&one).unwrap().set_len(1 << 30).unwrap();
    // The most memory that the process ever had, in KiB, at the end of stderr.
    let most = |line: &str| {
        let line = format!("set -o pipefail; {line}");
        let run = sandbox.shell(&line, None).run_within(std::time::Duration::from_secs(300));
        run.ok().stderr().lines().last().unwrap().parse::<u64>().unwrap()
    };
    let time = "/usr/bin/time -f %M \"$WHARF\"";
    let (up, down) = (
        most(&format!("tar c large | {time} files upload - s1:/x --untar -q")),
        most(&format!("{time} files download s1:/x - -q >/dev/null")),
    );
    assert_eq!(sandbox.run(["files", "stat", "s1:/x/large/one", "--transform", "size"]).ok().stdout(), "1073741824\n");
    let small = most(&format!("{time} files upload tree/a.txt s1:/a -q"));
    assert!(up < small + 12 * 1024 && down < small + 12 * 1024, "{up} and {down}, and {small} KiB for a small file");
}
