//! Patterns are git's: what `--exclude` and `--ignore-file` leave out is what `git ls-files -o
//! --exclude-from` leaves out, over thousands of generated sets of patterns.

#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use wharf_transfer::filter::{Filter, FilterDecision, Rule};

/// How many sets are compared.
const SETS: u32 = 2400;

/// Small, and the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn one_of<'a>(&mut self, choices: &[&'a [u8]]) -> &'a [u8] {
        choices[self.below(choices.len())]
    }
}

/// The tree that every set is asked about: names that patterns are about to name.
const FILES: [&[u8]; 40] = [
    b"a",
    b"ab",
    b"abc",
    b"foobar",
    b"foo/bar",
    b"foo/baz/bar",
    b"foo/x/y/bar",
    b"fooxbar",
    b"a.py{}",
    b"{{slug}}/x",
    b"{a,b}",
    b"b{c",
    b"a}",
    b"key1.pem",
    b"keyx.pem",
    b"a\\",
    b"a\\b",
    b"a*",
    b"a?c",
    b"[a]",
    b"]",
    b"-",
    b"!a",
    b"#a",
    b"a ",
    b"a  b",
    b" ",
    b"a\tb",
    b"z",
    b"Z",
    b"^",
    b"d/a",
    b"d/d/a",
    b"d/e/ab.py",
    b"x.py",
    b"\xc3\xbc",
    b"\xff\xfe",
    b"d/\xc3\xbc/a",
    b"a\r",
    b"d/-/z",
];

/// What patterns are made of.
const PARTS: [&[u8]; 48] = [
    b"a",
    b"b",
    b"c",
    b"ab",
    b"foo",
    b"bar",
    b"d",
    b"x",
    b"z",
    b".py",
    b"key",
    b"*",
    b"*",
    b"**",
    b"***",
    b"?",
    b"/",
    b"/",
    b"/",
    b"**/",
    b"/**",
    b"/**/",
    b"{",
    b"}",
    b"{a,b}",
    b"[a-c]",
    b"[!a]",
    b"[^a-z]",
    b"[]a]",
    b"[z-a]",
    b"[[:digit:]]",
    b"[![:alpha:]]",
    b"[[:nope:]]",
    b"[[:alpha:]-z]",
    b"[a\\]]",
    b"[",
    b"]",
    b"\\",
    b"\\*",
    b"\\ ",
    b" ",
    b"\t",
    b"\r",
    b"-",
    b"\xc3\xbc",
    b"\xc3",
    b"\xff",
    b"[\x80-\xff]",
];

fn pattern(random: &mut Random) -> Vec<u8> {
    let mut line = random.one_of(&[b"", b"", b"", b"", b"", b"!", b"!", b"/", b"#", b"\\#", b"\\!"]).to_vec();
    if random.below(8) == 0 {
        // One that names what is there, or part of it.
        let name = random.one_of(&FILES);
        line.extend(name);
        if random.below(2) == 0 {
            let at = random.below(line.len());
            line[at] = random.one_of(&[b"*", b"?", b"\\", b"["])[0];
        }
    } else {
        for _ in 0..=random.below(5) {
            line.extend(random.one_of(&PARTS));
        }
    }
    line.extend(random.one_of(&[b"", b"", b"", b"", b"", b"/", b" ", b"\\ ", b"  ", b"\r"]));
    line
}

fn set(random: &mut Random) -> Vec<u8> {
    let mut text = random.one_of(&[b"", b"", b"", b"\xef\xbb\xbf"]).to_vec();
    for _ in 0..=random.below(4) {
        text.extend(pattern(random));
        text.push(b'\n');
    }
    if random.below(4) == 0 {
        text.pop();
    }
    text
}

fn write(root: &Path) {
    for name in FILES {
        let path = root.join(OsStr::from_bytes(name));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
}

fn git(root: &Path, args: &[&OsStr]) -> Vec<u8> {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(args);
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("HOME", root);
    let output = command.output().expect("this test compares with git, which has to be installed");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What git leaves in.
fn theirs(root: &Path, patterns: &Path) -> BTreeSet<PathBuf> {
    let from = [b"--exclude-from=", patterns.as_os_str().as_bytes()].concat();
    let listed = git(root, &["ls-files".as_ref(), "-o".as_ref(), "-z".as_ref(), OsStr::from_bytes(&from)]);
    let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names.map(|name| PathBuf::from(std::ffi::OsString::from_vec(name.to_vec()))).collect()
}

/// What we leave in, walking as a transfer does.
fn ours(root: &Path, filter: &Filter) -> BTreeSet<PathBuf> {
    let mut kept = BTreeSet::new();
    let mut open = vec![PathBuf::new()];
    while let Some(below) = open.pop() {
        for entry in fs::read_dir(root.join(&below)).unwrap() {
            let entry = entry.unwrap();
            let path = below.join(entry.file_name());
            if path == Path::new(".git") {
                continue;
            }
            let directory = entry.file_type().unwrap().is_dir();
            match filter.judge(path.as_os_str().as_bytes(), directory) {
                FilterDecision::Exclude => {}
                _ if directory => open.push(path),
                _ => drop(kept.insert(path)),
            }
        }
    }
    kept
}

#[test]
fn an_ignore_file_leaves_out_what_git_leaves_out() {
    let root = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    git(root.path(), &["init".as_ref(), "-q".as_ref()]);
    write(root.path());
    let patterns = elsewhere.path().join("patterns");
    let mut random = Random(20_261_126);
    let (mut differ, mut some) = (Vec::new(), 0);
    for _ in 0..SETS {
        let text = set(&mut random);
        fs::write(&patterns, &text).unwrap();
        let theirs = theirs(root.path(), &patterns);
        let filter = Filter::new(std::slice::from_ref(&patterns), &[], None).unwrap();
        let ours = ours(root.path(), &filter);
        some += u32::from(theirs.len() < FILES.len());
        if ours != theirs {
            let only = |these: &BTreeSet<PathBuf>, those: &BTreeSet<PathBuf>| format!("{:?}", these - those);
            differ.push(format!(
                "{:?}: only git keeps {}, only we keep {}",
                text.escape_ascii().to_string(),
                only(&theirs, &ours),
                only(&ours, &theirs)
            ));
        }
    }
    assert!(some > SETS / 4, "only {some} sets leave anything out: the comparison shows little");
    assert!(differ.is_empty(), "{} of {SETS} sets differ:\n{}", differ.len(), differ.join("\n"));
}

/// A pattern on the command line is not a line of a file: nothing is trimmed and nothing is a comment,
/// as with `git ls-files --exclude`.
#[test]
fn a_flag_leaves_out_what_git_leaves_out() {
    let root = tempfile::tempdir().unwrap();
    git(root.path(), &["init".as_ref(), "-q".as_ref()]);
    write(root.path());
    let mut random = Random(7);
    let mut differ = Vec::new();
    for _ in 0..400 {
        let texts: Vec<Vec<u8>> = (0..=random.below(3)).map(|_| pattern(&mut random)).collect();
        let flags: Vec<_> = texts.iter().map(|text| [b"--exclude=".as_slice(), text.as_slice()].concat()).collect();
        let mut args: Vec<&OsStr> = vec!["ls-files".as_ref(), "-o".as_ref(), "-z".as_ref()];
        args.extend(flags.iter().map(|flag| OsStr::from_bytes(flag)));
        let listed = git(root.path(), &args);
        let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        let theirs: BTreeSet<_> =
            names.map(|name| PathBuf::from(std::ffi::OsString::from_vec(name.to_vec()))).collect();
        let rules: Vec<_> = texts.iter().map(|text| Rule::Exclude(OsStr::from_bytes(text).to_owned())).collect();
        let ours = ours(root.path(), &Filter::new(&[], &rules, None).unwrap());
        if ours != theirs {
            differ.push(format!("{rules:?}: {:?} / {:?}", &theirs - &ours, &ours - &theirs));
        }
    }
    assert!(differ.is_empty(), "{} sets differ:\n{}", differ.len(), differ.join("\n"));
}
