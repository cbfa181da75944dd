//! The command blocks of all documents, run as a reader would run them.
//!
//! The tag of a fenced block says how it is tested. A missing or unknown tag is a failure, so that
//! a block cannot be left out by accident:
//!
//! | tag | what happens |
//! |---|---|
//! | `sh` | run; must succeed |
//! | `console` | `$ command` lines are run and must succeed; what follows each must be its output |
//! | `sh install` | run by `.ci/run`, which gets these blocks from `tests/docs/install-blocks` |
//! | `text`, `toml`, `yaml`, `json` | shown only |
//!
//! The blocks of one file run in order in one `bash -euo pipefail`, in an empty directory, with a
//! home of their own, the binary first in `PATH`, no standard input and a minute in all. A command
//! of a `console` block goes on over lines that begin with `> `; in its output `[..]` stands for
//! anything within a line, a line `...` for any lines, and a time such as `0.2 s` for any time.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::{documents, read, root};

/// How long all blocks of one file may take.
const LIMIT: Duration = Duration::from_secs(60);

/// How many lines of output a failure shows.
const SHOWN: usize = 40;

/// What becomes of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Run,
    Console,
    Install,
    Show,
}

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    /// The number of the line that opens it, from 1. Its first line has the next number.
    at: usize,
    tag: Tag,
    lines: Vec<String>,
}

/// A command of a `console` block.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    /// The number of its first line.
    at: usize,
    command: Vec<String>,
    output: Vec<String>,
}

/// The marks of a fence, how far it is indented, and what follows it.
fn fence(line: &str) -> Option<(&str, usize, &str)> {
    let text = line.trim_start_matches(' ');
    let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let rest = text.trim_start_matches(mark);
    let marks = &text[..text.len() - rest.len()];
    (marks.len() >= 3).then(|| (marks, line.len() - text.len(), rest.trim()))
}

/// The fenced blocks of a file, or what is wrong with one.
fn blocks(text: &str) -> Result<Vec<Block>, String> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, usize, Block)> = None;
    for (line, number) in text.lines().zip(1..) {
        let fence = fence(line);
        open = match (open, fence) {
            (None, None) => None,
            (None, Some((marks, indent, info))) => {
                let tag = match info {
                    "sh" => Tag::Run,
                    "console" => Tag::Console,
                    "sh install" => Tag::Install,
                    "text" | "toml" | "yaml" | "json" => Tag::Show,
                    "" => return Err(format!("line {number}: this block has no tag")),
                    other => return Err(format!("line {number}: blocks are not tagged `{other}`")),
                };
                Some((marks, indent, Block { at: number, tag, lines: Vec::new() }))
            }
            (Some((marks, _, block)), Some((end, _, ""))) if end.starts_with(marks) => {
                blocks.push(block);
                None
            }
            (Some((marks, indent, mut block)), _) => {
                let spaces = line.len() - line.trim_start_matches(' ').len();
                block.lines.push(line[spaces.min(indent)..].to_owned());
                Some((marks, indent, block))
            }
        };
    }
    match open {
        Some((_, _, block)) => Err(format!("line {}: this block has no end", block.at)),
        None => Ok(blocks),
    }
}

/// The commands of a `console` block.
fn steps(block: &Block) -> Result<Vec<Step>, String> {
    let mut steps: Vec<Step> = Vec::new();
    for (line, at) in block.lines.iter().zip(block.at + 1..) {
        match (line.strip_prefix("$ "), line.strip_prefix("> "), steps.last_mut()) {
            (Some(command), _, _) => steps.push(Step { at, command: vec![command.to_owned()], output: Vec::new() }),
            (None, Some(more), Some(step)) if step.output.is_empty() => step.command.push(more.to_owned()),
            (None, _, Some(step)) => step.output.push(line.clone()),
            (None, _, None) => return Err(format!("line {at}: a console block begins with `$ command`")),
        }
    }
    if steps.is_empty() { Err(format!("line {}: this block is empty", block.at)) } else { Ok(steps) }
}

/// Whether an output is as shown. Spaces at the ends of lines and empty lines at the end do not count.
fn is_as_shown(shown: &[String], output: &str) -> bool {
    let shown: Vec<String> = shown.iter().map(|line| with_any_time(line.trim_end())).collect();
    let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
    let output: Vec<&str> = output.lines().map(str::trim_end).collect();
    lines_match(without_end(&shown), without_end(&output))
}

/// Returns a line in which `[..]` stands for the number of each time such as `0.2 s`.
fn with_any_time(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let unit = |at: usize| words.get(at + 1).is_some_and(|word| word.trim_end_matches([')', ',', '.']) == "s");
    let time = |at: usize, word: &str| word.contains('.') && word.parse::<f64>().is_ok() && unit(at);
    let words = words.iter().enumerate().map(|(at, word)| if time(at, word) { "[..]" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

fn without_end<'a>(lines: &'a [&'a str]) -> &'a [&'a str] {
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    &lines[..end]
}

fn lines_match(shown: &[&str], output: &[&str]) -> bool {
    match shown {
        [] => output.is_empty(),
        ["...", rest @ ..] => (0..=output.len()).any(|skipped| lines_match(rest, &output[skipped..])),
        [line, rest @ ..] => match output {
            [first, more @ ..] => line_matches(line, first) && lines_match(rest, more),
            [] => false,
        },
    }
}

fn line_matches(shown: &str, line: &str) -> bool {
    let Some((head, tail)) = shown.split_once("[..]") else { return shown == line };
    let Some(rest) = line.strip_prefix(head) else { return false };
    (0..=rest.len()).any(|skipped| rest.get(skipped..).is_some_and(|rest| line_matches(tail, rest)))
}

/// The script of a file: its commands on the lines that they have in the file, so that what bash says
/// of a line is true of the file, and notes of the blocks that were reached.
struct Script {
    text: String,
    reached: Vec<String>,
    steps: Vec<Step>,
}

/// The note of a script that came to its end.
const END: &str = "end";

impl Script {
    fn of(text: &str) -> Result<Self, String> {
        let mut lines = vec![String::new(); text.lines().count() + 1];
        let note = |what: &str| format!("echo {what} >>\"$DOCS_NOTES\"/reached");
        let mut reached = Vec::new();
        let mut all = Vec::new();
        for block in blocks(text)? {
            let end = block.at + block.lines.len();
            match block.tag {
                Tag::Install | Tag::Show => continue,
                Tag::Run => lines[block.at..end].clone_from_slice(&block.lines),
                Tag::Console => {
                    for step in steps(&block)? {
                        let last = step.at - 1 + step.command.len();
                        lines[step.at - 1..last].clone_from_slice(&step.command);
                        lines[step.at - 1].insert_str(0, &format!("exec >\"$DOCS_NOTES\"/{} 2>&1; ", step.at));
                        all.push(step);
                    }
                    lines[end].push_str("exec >&8 2>&9");
                }
            }
            lines[block.at - 1] = note(&block.at.to_string());
            reached.push(block.at.to_string());
        }
        reached.push(END.to_owned());
        *lines.last_mut().expect("one line more than the file has") = note(END);
        Ok(Script { text: lines.join("\n") + "\n", reached, steps: all })
    }
}

/// What is run before a script: output has a copy that `console` blocks return to, and the line of
/// the command that failed is noted.
const PRELUDE: &str = r#"
exec 8>&1 9>&2
set -o errtrace
trap 'echo "$LINENO" >>"$DOCS_NOTES"/failed' ERR
source "$0"
"#;

/// Runs a file's blocks, and says what is wrong.
pub(crate) fn run(name: &str, text: &str) -> Result<(), String> {
    let script = Script::of(text)?;
    let scratch = tempfile::tempdir().unwrap();
    let [home, work, notes] = ["home", "work", "notes"].map(|name| scratch.path().join(name));
    for directory in [&home, &work, &notes] {
        fs::create_dir(directory).unwrap();
    }
    let path = scratch.path().join(name.replace('/', "-"));
    fs::write(&path, &script.text).unwrap();
    let log = scratch.path().join("log");
    let output = File::create(&log).unwrap();
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", PRELUDE])
        .arg(&path)
        .current_dir(&work)
        .env_clear()
        .env("PATH", path_variable())
        .env("HOME", &home)
        .env("LC_ALL", "C.UTF-8")
        .env("DOCS_NOTES", &notes)
        .stdin(Stdio::null())
        .stdout(output.try_clone().unwrap())
        .stderr(output);
    let status = run_to_end(&mut bash, LIMIT);

    let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let reached: Vec<String> = read(&notes.join("reached")).lines().map(str::to_owned).collect();
    if status.is_none_or(|status| !status.success()) || reached != script.reached {
        let how = match status {
            None => format!("it took longer than {} s", LIMIT.as_secs()),
            Some(status) if status.success() => "it ended the script, or swallowed what follows".to_owned(),
            Some(status) => status.to_string(),
        };
        let block = reached.last().map_or("before the first block", String::as_str);
        let line = read(&notes.join("failed")).lines().next().map(|line| format!(", at line {line}"));
        let said = script.steps.iter().map(|step| read(&notes.join(step.at.to_string()))).collect::<String>();
        let said = tail(&format!("{said}{}", read(&log)));
        return Err(format!("the block at line {block} failed{}: {how}\n{said}", line.unwrap_or_default()));
    }
    let mut wrong = String::new();
    for step in &script.steps {
        let output = read(&notes.join(step.at.to_string()));
        if !is_as_shown(&step.output, &output) {
            let (at, shown) = (step.at, step.output.join("\n"));
            let _ = write!(wrong, "line {at}: shown:\n{shown}\nprinted:\n{output}");
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// Runs a command in a process group of its own; none where it took too long. Nothing of it is left.
fn run_to_end(command: &mut Command, limit: Duration) -> Option<ExitStatus> {
    let started = Instant::now();
    let mut child = command.process_group(0).spawn().expect("bash is there");
    let group = Pid::from_child(&child);
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break Some(status);
        }
        if started.elapsed() > limit {
            break None;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    // No such group is what should be found.
    let _ = kill_process_group(group, Signal::KILL);
    let _ = child.wait();
    status
}

/// `PATH` with the binary in front.
fn path_variable() -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_wharf")).parent().unwrap().display();
    format!("{binary}:{}", std::env::var("PATH").unwrap_or_default())
}

/// The last lines of an output.
fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(SHOWN)..].join("\n")
}

#[test]
fn every_block_does_what_it_shows() {
    let failures: Vec<String> = documents()
        .iter()
        .filter_map(|name| run(name, &read(name)).err().map(|failure| format!("{name}: {failure}")))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    let readme = blocks(&read("README.md")).unwrap();
    assert!(readme.iter().any(|block| block.tag == Tag::Run), "README.md: no block is tagged `sh`");
}

/// The examples of `wharf run`, which the blocks run on the local backend, run unchanged on the hosted ones.
#[test]
fn the_examples_of_run_are_the_same_on_each_backend() {
    let readme = read("README.md");
    let example = |words: &str| {
        let block =
            blocks(&readme).unwrap().into_iter().find(|block| block.lines.iter().any(|line| line.contains(words)));
        block.unwrap_or_else(|| panic!("README.md: no block has `{words}`")).lines.join("\n")
    };
    let (before, _) = readme.split_once("## One command").expect("the section about `wharf run`");
    let (prompt, command) = (example("wharf run --in data --out @outputs:report"), example("wharf run --in job"));
    let agent = r"sh -c 'cat data/*.csv > $WHARF_OUTPUTS/report.md; echo written'";
    let script = format!(
        "cat > prompt <<'END'\n{prompt}\nEND\ncat > command <<'END'\n{command}\nEND\n\
         export WHARF_ENVIRONMENT=env_1 WHARF_IMAGE=image\n\
         for backend in anthropic foundry; do\n\
         [ $backend = foundry ] && export WHARF_AGENT=agent-1 || export WHARF_AGENT=agent_1\n\
         wharf serve -b $backend --agent-command \"{}\" -- sh -e prompt | grep -q '^written'\n\
         cmp report/report.md data/table.csv; rm -r report\n\
         done\n\
         wharf serve -b agb --exec -- sh -e command | grep -q '2 data/table.csv'\n\
         sh -e command | grep -q '2 data/table.csv'\n",
        agent.replace('$', "\\$")
    );
    run("README.md", &format!("{before}\n```sh\n{script}```\n")).unwrap();
}

/// A reader pastes a block into a terminal: with `set -e` in it, the next command that fails closes that.
#[test]
fn no_block_changes_or_ends_the_shell_that_it_is_pasted_into() {
    for name in documents() {
        for block in blocks(&read(&name)).unwrap_or_else(|e| panic!("{name}: {e}")) {
            let mut here_document: Option<String> = None;
            for line in &block.lines {
                if let Some(end) = &here_document {
                    if line.trim() == end {
                        here_document = None;
                    }
                    continue;
                }
                here_document = line.split_once("<<").map(|(_, end)| end.trim_matches(['-', '\'', '"']).to_owned());
                let command = line.trim_start_matches("$ ").trim_start();
                let ends = ["set -e", "set +e", "set -u", "set -o", "exit", "exec ", "trap "]
                    .iter()
                    .any(|word| command.starts_with(word));
                let shown = matches!(block.tag, Tag::Run | Tag::Console | Tag::Install);
                assert!(!(shown && ends), "{name}:{}: {line}", block.at);
            }
        }
    }
}

#[test]
fn what_installs_is_run_by_ci() {
    const HELPER: &str = "tests/docs/install-blocks";
    let ci = read(".ci/run");
    let calls = |call: &str| ci.lines().any(|line| line.contains(call) && !line.trim_start().starts_with('#'));
    assert!(calls(HELPER), ".ci/run: does not call {HELPER}, so the blocks are not run that are tagged `sh install`");
    for name in documents() {
        let mut wanted = String::new();
        for block in blocks(&read(&name)).unwrap_or_else(|e| panic!("{name}: {e}")) {
            if block.tag == Tag::Install {
                let _ = writeln!(wanted, "# {name}:{}", block.at);
                wanted.extend(block.lines.iter().map(|line| format!("{line}\n")));
            }
        }
        let printed = Command::new(root().join(HELPER)).arg(&name).current_dir(root()).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&printed.stdout), wanted, "{HELPER} {name}");
        assert_eq!(printed.status.success(), !wanted.is_empty(), "{HELPER} {name}");
        assert!(wanted.is_empty() || calls(&format!("{HELPER} {name}")), ".ci/run: does not call `{HELPER} {name}`");
    }
}

#[test]
fn blocks_are_found_with_their_lines() {
    let text = "# x\n\n```sh\na\n\n  b\n```\n- item\n  ~~~~ json\n  {\n    \"```\"\n ~~~\n~~~\n  ~~~~~\n`` `not a fence` ``\n```sh install\n```\n";
    let block = |at, tag, lines: &[&str]| Block { at, tag, lines: lines.iter().map(|&line| line.to_owned()).collect() };
    let wanted = [
        block(3, Tag::Run, &["a", "", "  b"]),
        block(9, Tag::Show, &["{", "  \"```\"", "~~~", "~~~"]),
        block(16, Tag::Install, &[]),
    ];
    assert_eq!(blocks(text).unwrap(), wanted);
}

#[test]
fn blocks_without_a_known_tag_or_an_end_are_refused() {
    for (text, fault) in [
        ("\n```\na\n```\n", "line 2: this block has no tag"),
        ("```bash\n```\n", "line 1: blocks are not tagged `bash`"),
        ("```sh installed\n```\n", "line 1: blocks are not tagged `sh installed`"),
        ("```SH\n```\n", "line 1: blocks are not tagged `SH`"),
        ("```sh\na\n", "line 1: this block has no end"),
        ("````sh\n```\n~~~~\n```sh\n", "line 1: this block has no end"),
    ] {
        assert_eq!(blocks(text).unwrap_err(), fault, "{text:?}");
    }
}

#[test]
fn console_blocks_are_commands_and_their_output() {
    let steps_of = |text: &str| steps(&blocks(text).unwrap()[0]);
    let found = steps_of("```console\n$ cat <<.\n> one\n> .\none\n> two\n$ true\n```\n").unwrap();
    let step = |at, command: &[&str], output: &[&str]| {
        let own = |lines: &[&str]| lines.iter().map(|&line| line.to_owned()).collect();
        Step { at, command: own(command), output: own(output) }
    };
    assert_eq!(found, [step(2, &["cat <<.", "one", "."], &["one", "> two"]), step(7, &["true"], &[])]);
    assert!(steps_of("```console\nls\n```\n").unwrap_err().starts_with("line 2"));
    assert!(steps_of("```console\n```\n").unwrap_err().starts_with("line 1"));
}

#[test]
fn outputs_are_compared_with_wildcards() {
    let as_shown = |shown: &str, output: &str| {
        let shown: Vec<String> = shown.lines().map(str::to_owned).collect();
        is_as_shown(&shown, output)
    };
    for (shown, output) in [
        ("", ""),
        ("", "\n"),
        ("a", "a\n"),
        ("a  ", "a\n\n"),
        ("[..]", "ä\n"),
        ("a [..]", "a ä b\n"),
        ("[..]b", "ab\n"),
        ("a[..]b[..]c", "axxbxbc\n"),
        ("2 files (3 B in 0.0 s), 1.5 s", "2 files (3 B in 12.3 s), 0.2 s\n"),
        ("...", ""),
        ("...", "a\nb\n"),
        ("a\n...\nb", "a\nb\n"),
        ("a\n...\nb", "a\nx\nb\ny\nb\n"),
        ("...\nb\n...", "a\nb\nc\n"),
    ] {
        assert!(as_shown(shown, output), "{shown:?} {output:?}");
    }
    for (shown, output) in [
        ("", "a\n"),
        ("a", ""),
        ("a", "a\nb\n"),
        ("a\nb", "a\n"),
        ("[..]", ""),
        ("a [..]", "a\n"),
        ("a[..]c", "ab\n"),
        ("a[..]b", "a\nb\n"),
        ("a\n...\nb", "a\nx\n"),
        (" a", "a\n"),
        ("0.0 B", "0.1 B\n"),
        ("0 s", "1 s\n"),
    ] {
        assert!(!as_shown(shown, output), "{shown:?} {output:?}");
    }
}

#[test]
fn a_file_runs_in_one_shell_with_the_binary_and_nothing_else() {
    let text = "# x\n\n```sh\nx=1\nwharf --version\ntest ! -t 0\ntest -z \"${WHARF_HOME-}\"\ncd \"$HOME\"\n```\n\n\
        ```console\n$ echo $x; echo err >&2\n1\nerr\n$ pwd\n[..]/home\n```\n\n```sh\necho 2 >file\n```\n\
        ```console\n$ cat $HOME/file\n2\n```\n```sh install\nexit 1\n```\n```text\nexit 1\n```";
    run("x.md", text).unwrap();
}

#[test]
fn failures_name_the_block_and_the_line() {
    let within = "```sh\ntrue\n```\n";
    for (text, wanted) in [
        ("```sh\ntrue\nfalse\n```\n", &["the block at line 4", "at line 6", "exit status: 1"][..]),
        ("```sh\ntrue\nfalse | true\n```\n", &["the block at line 4", "at line 6"]),
        ("```sh\nf() {\n  false\n  true\n}\nf\n```\n", &["the block at line 4", "at line 6"]),
        ("```sh\necho $nothing\n```\n", &["the block at line 4", "line 5: nothing: unbound variable"]),
        ("```sh\nif\n```\n", &["the block at line 4", "syntax error"]),
        ("```sh\nexit 0\n```\n", &["the block at line 4", "it ended the script"]),
        ("```sh\ncat <<.\n```\n```sh\n```\n", &["the block at line 4", "swallowed"]),
        ("```console\n$ echo said; false\nsaid\n```\n", &["the block at line 4", "at line 5", "said"]),
        ("```console\n$ echo 1\n2\n```\n", &["line 5: shown:\n2\nprinted:\n1\n"]),
        ("```console\n$ true\n$ echo 1\n```\n", &["line 6: shown:\n\nprinted:\n1\n"]),
        ("```\n```\n", &["line 4: this block has no tag"]),
    ] {
        let failure = run("x.md", &format!("{within}{text}{within}")).unwrap_err();
        for part in wanted {
            assert!(failure.contains(part), "{text:?}: {part:?} is not in: {failure}");
        }
    }
}

#[test]
fn what_takes_too_long_is_ended_with_all_that_it_started() {
    let started = Instant::now();
    let (mut reader, writer) = io::pipe().unwrap();
    let mut slow = Command::new("bash");
    slow.args(["-c", "echo started; sleep 60 & sleep 60"]).stdin(Stdio::null()).stdout(writer);
    assert_eq!(run_to_end(&mut slow, Duration::from_millis(500)), None);
    drop(slow);
    // The pipe ends when the last process that could write to it has ended.
    assert_eq!(io::read_to_string(&mut reader).unwrap(), "started\n");
    assert!(started.elapsed() < Duration::from_secs(30));
}
