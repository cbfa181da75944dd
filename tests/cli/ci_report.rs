//! `--report github`: annotations on stderr, a table in the summary of the step, and nothing else that changes.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use crate::sandbox::{Call, Run, Sandbox};

/// A command of the workflow, as GitHub's runner reads it.
#[derive(Debug)]
struct Annotation {
    command: String,
    properties: BTreeMap<String, String>,
    message: String,
}

impl Annotation {
    fn title(&self) -> &str {
        &self.properties["title"]
    }
}

/// The commands that the runner registers.
const COMMANDS: [&str; 12] = [
    "error",
    "warning",
    "notice",
    "debug",
    "add-mask",
    "add-matcher",
    "remove-matcher",
    "set-env",
    "set-output",
    "group",
    "echo",
    "stop-commands",
];

fn unescape(text: &str, all: &[(&str, &str)]) -> String {
    all.iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

/// Reads a line as `ActionCommand.cs` of the runner does.
fn command_in(line: &str) -> Option<Annotation> {
    const DATA: [(&str, &str); 3] = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")];
    const PROPERTY: [(&str, &str); 5] = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")];
    let found = |info: &str, data: &str| {
        let (command, properties) = info.split_once(' ').unwrap_or((info, ""));
        let pairs = properties.trim().split(',').filter_map(|pair| pair.split_once('='));
        let properties = pairs.map(|(name, value)| (name.to_owned(), unescape(value, &PROPERTY))).collect();
        let message = unescape(data, &DATA);
        let known = COMMANDS.contains(&command.to_lowercase().as_str());
        known.then(|| Annotation { command: command.to_lowercase(), properties, message })
    };
    let newer = line.trim_start().strip_prefix("::").and_then(|rest| rest.split_once("::"));
    let older = || line.split_once("##[").and_then(|(_, rest)| rest.split_once(']'));
    newer.and_then(|(info, data)| found(info, data)).or_else(|| older().and_then(|(info, data)| found(info, data)))
}

/// The commands in an output, whose lines may end in `\n` and in `\r`.
fn annotations(output: &str) -> Vec<Annotation> {
    output.split(['\n', '\r']).filter_map(command_in).collect()
}

/// An output without its annotations.
fn without_annotations(output: &str) -> String {
    output.split_inclusive('\n').filter(|line| command_in(line).is_none()).collect()
}

/// A working directory with a session `s1`, which is the workspace of a job.
struct Job(Sandbox);

impl Job {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.run(["sessions", "create", "--id", "s1"]).ok();
        Job(sandbox)
    }

    fn summary_path(&self) -> PathBuf {
        self.0.config().join("summary")
    }

    fn summary(&self) -> String {
        fs::read_to_string(self.summary_path()).unwrap_or_default()
    }

    fn dress(&self, call: Call) -> Call {
        call.env("GITHUB_WORKSPACE", self.0.path("")).env("GITHUB_STEP_SUMMARY", self.summary_path())
    }

    /// Runs a command with the report, whose flag follows the verb.
    fn run(&self, verb: &[&str], args: &[&str]) -> Run {
        self.dress(self.0.wharf([verb, &["--report", "github"], args].concat())).run()
    }

    /// Makes a link without a target, which cannot be uploaded.
    fn broken(&self, name: &str) {
        let link = self.0.path(name);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink("missing", link).unwrap();
    }
}

const UPLOAD: [&str; 2] = ["files", "upload"];
const DOWNLOAD: [&str; 2] = ["files", "download"];

#[test]
fn a_report_changes_neither_stdout_nor_the_exit_code_nor_other_lines_of_stderr() {
    let job = Job::new();
    job.0.write("good/a", "12345");
    job.0.write("bad/a", "12345");
    job.broken("bad/broken");
    job.0.write("in/b", "1");
    for (verb, args, code) in [
        (UPLOAD, &["good", "s1:/x"][..], 0),
        (UPLOAD, &["bad", "s1:/x"], 10),
        (UPLOAD, &["bad", "s1:/x", "-q"], 10),
        (UPLOAD, &["bad", "s1:/x", "--format", "json"], 10),
        (UPLOAD, &["bad/broken", "s1:/x"], 4),
        (UPLOAD, &["bad", "s1:/x", "--dry-run"], 10),
        (DOWNLOAD, &["s1:/x", "good", "--if-exists", "error"], 5),
        (DOWNLOAD, &["s1:/x/a", "-"], 0),
        (DOWNLOAD, &["s1:/gone", "-"], 4),
    ] {
        let plain = job.0.run(verb.iter().chain(args));
        let reported = job.run(&verb, args);
        plain.code(code);
        assert_eq!(reported.code(code).stdout(), plain.stdout(), "{args:?}");
        // The summary on stderr has a time.
        let lines =
            |text: &str| text.lines().map(|line| line.split(" in 0.").next().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(lines(&without_annotations(reported.stderr())), lines(plain.stderr()), "{args:?}");
        assert_eq!(annotations(reported.stderr()).is_empty(), code == 0, "{args:?}: {}", reported.stderr());
    }
}

#[test]
fn failed_items_are_annotated_and_listed_and_the_totals_are_in_the_summary() {
    let job = Job::new();
    job.0.write("data/a.csv", "12345");
    job.0.write("data/b.csv", "1");
    job.broken("data/of: a, b%.csv");
    let run = job.run(&UPLOAD, &["data", "s1:/data", "--exclude", "b.csv"]);
    let found = annotations(run.code(10).stderr());
    let [item, command] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((item.command.as_str(), item.title()), ("error", "wharf files upload: not_found"));
    assert_eq!(item.properties["file"], "data/of: a, b%.csv");
    assert!(item.message.contains("of: a, b%.csv"), "{found:?}");
    assert_eq!((command.title(), command.properties.len()), ("wharf files upload: partial", 1));
    assert!(command.message.starts_with("1 of 2 files failed"), "{found:?}");
    let summary = job.summary();
    for part in [
        "### wharf files upload\n",
        "<td>10 (partial)</td>",
        "<tr><td><code>data</code></td><td>1</td><td>5</td><td>5 B</td><td>0</td><td>1</td><td>1</td><td>0</td><td>1 sha256</td></tr>",
        "<td><code>data/of: a, b%.csv</code></td><td><code>not_found</code></td>",
    ] {
        assert!(summary.contains(part), "no {part:?} in {summary}");
    }
    // The error of the only item is not repeated.
    assert_eq!(annotations(job.run(&UPLOAD, &["data/of: a, b%.csv", "s1:/x"]).code(4).stderr()).len(), 1);
    // Nothing failed: there is a summary only.
    let run = job.run(&DOWNLOAD, &["s1:/data", "out"]);
    assert_eq!(annotations(run.ok().stderr()).len(), 0);
    assert_eq!(job.summary().matches("### wharf files download\n").count(), 1);
    assert!(job.summary().starts_with(&summary));
}

#[test]
fn only_a_file_in_the_workspace_is_named_as_one() {
    let job = Job::new();
    let outside = job.0.config().join("bad");
    fs::create_dir(&outside).unwrap();
    symlink("missing", outside.join("broken")).unwrap();
    job.broken("bad/broken");
    job.0.write("out/a", "1");
    job.0.put("s1:/a", "2");
    let file = |run: &Run| annotations(run.stderr())[0].properties.get("file").cloned();
    assert_eq!(file(&job.run(&UPLOAD, &[outside.to_str().unwrap(), "s1:/x"])), None);
    assert_eq!(file(&job.run(&UPLOAD, &["out/../bad", "s1:/x"])).as_deref(), Some("bad/broken"));
    // A download names what is in its way, and not a path of the session.
    let taken = job.run(&DOWNLOAD, &["s1:/a", "out/", "--if-exists", "error"]);
    assert_eq!(file(&taken).as_deref(), Some("out/a"));
    assert_eq!(file(&job.run(&DOWNLOAD, &["s1:/gone", "new"])), None);
    let nowhere = job.0.wharf(["files", "upload", "--report", "github", "bad", "s1:/x"]).run();
    assert_eq!(file(&nowhere), None);
}

#[test]
fn no_name_forms_a_command_or_leaves_its_cell() {
    const NAMES: [&str; 8] = [
        "a\n::error::forged",
        "::stop-commands::t",
        " ::add-mask::t",
        "b\r::set-env name=A::b",
        "%0A::error::%25",
        "##[add-mask]t",
        "c ##[stop-commands]t,title=x::y",
        "p|`b`</code><script>alert(1)<",
    ];
    let job = Job::new();
    for name in NAMES {
        job.0.write(format!("out/{name}"), "1");
    }
    job.0.run(["files", "upload", "out", "s1:/d"]).ok();
    for name in NAMES {
        job.broken(&format!("in/{name}"));
    }
    for (verb, args) in [
        (UPLOAD, &["in", "s1:/x"][..]),
        (UPLOAD, &["in", "s1:/x", "-q", "--debug"]),
        (UPLOAD, &["in", "s1:/x", "--format", "json", "-v"]),
        (UPLOAD, &["out", "s1:/d", "-v", "--exclude", "*", "--require", "1"]),
        (UPLOAD, &["in/::stop-commands::t", "s1:/x"]),
        (UPLOAD, &["in/c ##[stop-commands]t,title=x::y", "s1:/x"]),
        (DOWNLOAD, &["s1:/d", "out", "--if-exists", "error"]),
        (DOWNLOAD, &["s1:/d/a\n::error::forged", "::warning::x", "--if-exists", "##[x]"]),
        (DOWNLOAD, &["##[add-mask]t:/d", "out"]),
        (UPLOAD, &["out", "\n::error::x"]),
    ] {
        let run = job.run(&verb, args);
        assert!(!run.has_code(0), "{args:?}");
        let found = annotations(run.stderr());
        let own = format!("wharf {}: ", verb.join(" "));
        for annotation in &found {
            assert!(annotation.command == "error" && annotation.title().starts_with(&own), "{args:?}: {annotation:?}");
            assert!(annotation.properties.keys().all(|name| name == "title" || name == "file"), "{annotation:?}");
        }
        assert_eq!(found.len(), run.stderr().matches("::error title=").count(), "{args:?}: {}", run.stderr());
        assert!(!found.is_empty(), "{args:?}");
    }
    let summary = job.summary();
    assert!(!summary.contains("<script>") && !summary.contains("</code></code>"), "{summary}");
    assert!(summary.contains("p|`b`&lt;/code&gt;&lt;script&gt;alert(1)&lt;</code></td>"), "{summary}");
    for line in summary.lines().filter(|line| !line.is_empty()) {
        let own = ["### wharf files ", "<table>", "</table>", "<tr>"].iter().any(|begin| line.starts_with(begin));
        assert!(own, "a name begins a line of the summary: {line:?}");
    }
}

#[test]
fn many_failures_have_a_few_annotations_and_the_summary_counts_the_rest() {
    let job = Job::new();
    (0..130).for_each(|number| job.broken(&format!("in/{number:03}")));
    let found = annotations(job.run(&UPLOAD, &["in", "s1:/x"]).code(4).stderr());
    assert_eq!(found.len(), 9);
    assert!(found[8].message.ends_with("\n122 of 130 failures have no annotation of their own"), "{found:?}");
    let summary = job.summary();
    assert_eq!(summary.matches("<code>not_found</code>").count(), 100);
    assert!(summary.ends_with("</table>\n\n30 of 130 failures are not listed.\n"), "{summary}");
}

#[test]
fn what_a_service_refuses_is_reported_with_its_hint() {
    let job = Job::new();
    job.0.write("a.csv", "12345");
    let served = job.0.serve(&["--fault", "files.upload:503"]);
    let id = served.wharf("foundry", ["sessions", "create", "-q"]).run().ok().stdout().trim().to_owned();
    let words = ["files", "upload", "--report", "github", "a.csv", &format!("{id}:/d/"), "--retries", "0"];
    let run = job.dress(served.wharf("foundry", words)).run();
    let found = annotations(run.code(8).stderr());
    assert_eq!((found.len(), found[0].title()), (1, "wharf files upload: unavailable"));
    assert_eq!(found[0].properties["file"], "a.csv");
    let hint = run.stderr().lines().find_map(|line| line.strip_prefix("hint: ")).unwrap();
    assert!(found[0].message.contains(&format!("\nhint: {hint}")), "{found:?}");
    assert!(job.summary().contains("<td><code>a.csv</code></td><td><code>unavailable</code></td>"));
}

#[test]
fn an_error_of_the_command_itself_is_annotated() {
    let job = Job::new();
    job.0.write("a", "1");
    for (args, code, title) in [
        (&["-b", "anthropic", "files", "upload", "--report", "github", "a"][..], 3, "wharf files upload: auth"),
        (&["files", "upload", "--report=github", "a", "--verifi"], 2, "wharf files upload: usage"),
        (&["files", "get", "--report", "github", "gone:/x"], 4, "wharf files download: not_found"),
        (&["--session", "s1", "with", "--report", "github", "--", "true"], 125, "wharf with: usage"),
        (&["--timeout", "200ms", "with", "--report", "github", "--", "sleep", "9"], 124, "wharf with: deadline"),
    ] {
        let run = job.dress(job.0.wharf(args)).run();
        let found = annotations(run.code(code).stderr());
        assert!(found.len() == 1 && found[0].title() == title, "{args:?}: {found:?}");
        assert!(
            job.summary().contains(&format!("<td>{code} ({})</td>", title.split(": ").last().unwrap())),
            "{args:?}"
        );
    }
    let before = job.summary();
    job.dress(job.0.wharf(["files", "upload", "--report", "github", "--help"])).run().ok();
    assert_eq!(job.summary(), before);
    // The words of the command of `with` are not wharf's.
    let run = job.dress(job.0.wharf(["with", "--nope", "--", "x", "--report", "github"])).run();
    assert!(annotations(run.code(125).stderr()).is_empty());
}

#[test]
fn without_a_summary_there_are_annotations_only() {
    let job = Job::new();
    for value in [None, Some("")] {
        let call = job.0.wharf(["files", "upload", "--report", "github", "gone", "s1:/x"]);
        let call = value.into_iter().fold(call, |call, value| call.env("GITHUB_STEP_SUMMARY", value));
        assert_eq!(annotations(call.run().code(4).stderr()).len(), 1, "{value:?}");
    }
    assert_eq!(job.0.tree("."), [""; 0]);
}

#[test]
fn a_summary_that_cannot_be_written_is_a_warning_and_changes_no_exit_code() {
    let job = Job::new();
    job.0.write("a", "1");
    let read_only = job.0.write("read-only", "before\n");
    fs::set_permissions(&read_only, fs::Permissions::from_mode(0o444)).unwrap();
    fs::create_dir(job.0.path("directory")).unwrap();
    job.0.fifo("fifo");
    job.0.write("full", "x".repeat((1 << 20) - 100));
    for (name, reason) in [
        ("read-only", "permission denied"),
        ("directory", "not a regular file"),
        ("fifo", "not a regular file"),
        ("full", "1 MiB"),
        ("a/b", ""),
    ] {
        let call = job.0.wharf(["files", "upload", "--report", "github", "a", "s1:/x"]);
        let run = call.env("GITHUB_STEP_SUMMARY", job.0.path(name)).bound_by_modes().run();
        let found = annotations(run.ok().stderr());
        assert!(found.len() == 1 && found[0].command == "warning", "{name}: {}", run.stderr());
        assert!(found[0].message.contains(reason) && found[0].message.contains(name), "{found:?}");
    }
    assert_eq!(job.0.read("read-only"), "before\n");
    assert_eq!(job.0.read("full").len(), (1 << 20) - 100);
}

#[test]
fn what_is_in_the_summary_stays_and_the_file_stays_below_its_limit() {
    let job = Job::new();
    job.0.write("a", "1");
    fs::write(job.summary_path(), "a line without an end").unwrap();
    job.run(&UPLOAD, &["a", "s1:/x"]).ok();
    assert!(job.summary().starts_with("a line without an end\n\n### wharf files upload\n\n<table>\n"));
    (0..50).for_each(|number| job.broken(&format!("in/{number:03}")));
    fs::write(job.summary_path(), "x\n".repeat((1 << 19) - 1500)).unwrap();
    let run = job.run(&UPLOAD, &["in", "s1:/y"]);
    assert!(annotations(run.code(4).stderr()).iter().all(|annotation| annotation.command == "error"));
    let summary = job.summary();
    assert!(summary.len() <= 1 << 20 && summary.ends_with(" of 50 failures are not listed.\n"), "{}", summary.len());
}

#[test]
fn the_session_and_the_status_of_with_are_in_the_summary() {
    let job = Job::new();
    let run = job.run(&["with"], &["--", "sh", "-c", "echo $WHARF_SESSION; printf partial >&2; exit 3"]);
    let session = run.code(3).stdout().trim().to_owned();
    // The runner reports the status of a step itself.
    assert_eq!(run.stderr(), "partial");
    let fact = |name: &str, value: &str| {
        let row = format!("<tr><th align=\"left\">{name}</th><td>{value}</td></tr>\n");
        assert!(job.summary().contains(&row), "no {row} in {}", job.summary());
    };
    fact("Exit status", "3");
    fact("Session", &format!("<code>{session}</code>"));
    fact("Command", "<code>exit status 3</code>");
    fact("Session afterwards", "<code>deleted</code>");
    job.run(&["with"], &["--keep", "always", "--", "true"]).ok();
    fact("Session afterwards", "<code>kept</code>");
    let missing = job.run(&["with"], &["--", "no-such-program"]);
    let found = annotations(missing.code(127).stderr());
    assert!(found.len() == 1 && found[0].message.contains("no-such-program"), "{found:?}");
    // An annotation begins a line, whatever the command wrote last.
    let script = "printf partial >&2; \"$0\" sessions delete \"$WHARF_SESSION\" >/dev/null; sleep 9";
    let stopped = job.dress(job.0.wharf([
        "--timeout",
        "2s",
        "with",
        "--report",
        "github",
        "--",
        "sh",
        "-c",
        script,
        crate::sandbox::WHARF,
    ]));
    assert_eq!(annotations(stopped.run().code(124).stderr()).len(), 1);
}
