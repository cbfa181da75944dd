//! `--format agent`: one short line for each object, for coding agents.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::mask::mask;
use crate::sandbox::{Call, Run, Sandbox};

/// The line of a sample of each record that is printed, with its length in bytes. Ids and times are masked.
const LINES: &str = "\
Session 97: [SESSION] running expires=[TIME] title=\"first try\" labels=\"a=b\"
Entry 40: /data/table.csv 19B [TIME]
Entry 37: /data/ directory [TIME]
StatRecord 40: /data/table.csv 19B [TIME]
StoredFile 71: [FILE] 19B [TIME] name=\"table.csv\"
Resource 82: [RESOURCE] file /mnt/t.csv file=[FILE]
Receipt 83: copied [SESSION]:/data/table.csv 19B sha256 from=data/table.csv
Receipt 111: skipped out/table.csv from=[SESSION]:/data/table.csv message=\"it exists at the destination\"
Receipt 186: failed out/table.csv from=[SESSION]:/data/table.csv error=conflict \
message=\"writing `out/table.csv`: it already exists\" hint=\"remove it first, or choose another name\"
Deletion 47: deleted [SESSION]:/data/raw
LabelsRecord 3: a=b
Event 40: [TIME] text text=\"hello\\n\"
LogRecord 48: [TIME] stderr text=\"a \\\"warning\\\"\"
RunView 68: run_[ID] kept local run_[ID]
SettingRecord 26: backend local from=default
CheckRecord 35: credentials ok detail=\"none needed\"
SkillFile 43: written skill/.agents/skills/wharf/SKILL.md
CapabilitiesView 40: local home=/ verifies=sha256 features=[N]
Agent 73: [AGENT] active version=2 name=\"analyst\" model=\"m1\"
AgentVersionView 34: 2 active name=\"analyst\" model=\"m1\"
Environment 68: [ENVIRONMENT] name=\"python\" description=\"with pandas\"
";

/// Records that no command prints as a line, because it passes on bytes or a text instead.
const NOT_PRINTED: [&str; 3] = ["ExecResult", "RunResult", "TurnResult"];

fn agent(sandbox: &Sandbox, args: &[&str]) -> Call {
    sandbox.wharf(args).env("WHARF_FORMAT", "agent")
}

/// Runs a command, which must succeed, and returns its lines.
fn lines(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    agent(sandbox, args).run().ok().lines().into_iter().map(str::to_owned).collect()
}

/// A sandbox with the directory `data`, and an agent that is a shell.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("data/table.csv", "name,price\nbread,3\n");
    sandbox.write("data/raw/notes.txt", "check\n");
    fs::create_dir_all(sandbox.config().join("wharf")).unwrap();
    fs::write(sandbox.config().join("wharf/config.toml"), "[profiles.sh]\nagent_command = ['sh']\n").unwrap();
    sandbox
}

/// Returns the names of all types that implement `Record`.
fn records() -> BTreeSet<String> {
    fn collect(directory: &Path, names: &mut BTreeSet<String>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, names);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                let impls = text.split("impl Record for ").skip(1);
                names.extend(impls.map(|rest| rest.split(' ').next().unwrap().to_owned()));
            }
        }
    }
    let mut names = BTreeSet::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut names);
    names
}

#[test]
fn what_was_missing_is_not_counted_as_deleted() {
    let sandbox = stage();
    sandbox.run(["sessions", "create", "--id", "demo"]).ok();
    sandbox.run(["files", "upload", "data/table.csv", "demo:/f"]).ok();
    assert_eq!(lines(&sandbox, &["files", "rm", "-f", "demo:none"]), ["missing demo:/none", "0 deletions"]);
    let removed = lines(&sandbox, &["files", "rm", "-f", "demo:none", "demo:f"]);
    assert_eq!(removed, ["missing demo:/none", "deleted demo:/f", "1 deletion"]);
}

#[test]
fn the_line_of_each_record_is_short() {
    let sandbox = stage();
    let mut shown = String::new();
    let mut show = |record: &str, lines: &[String], wanted: &str| {
        let line = lines.iter().find(|line| line.contains(wanted)).unwrap_or_else(|| panic!("{record}: {lines:?}"));
        writeln!(shown, "{record} {}: {line}", line.len()).unwrap();
    };
    let of = |args: &[&str]| lines(&sandbox, args);

    let created = of(&["sessions", "create", "--title", "first try", "--label", "a=b", "--ttl", "2h"]);
    let id = created[0].split(' ').next().unwrap().to_owned();
    assert_eq!(created[1..], [format!("next: wharf files upload FILE {id}:/")]);
    show("Session", &created, "running");
    let at = |path: &str| format!("{id}:{path}");
    let uploaded = of(&["files", "upload", "data", &at("/data")]);
    let listed = of(&["files", "ls", &at("/"), "-R"]);
    show("Entry", &listed, "table.csv");
    show("Entry", &listed, "directory");
    show("StatRecord", &of(&["files", "stat", &at("/data/table.csv")]), "table.csv");
    of(&["files", "upload", "data/table.csv"]);
    show("StoredFile", &of(&["files", "ls"]), "file_");
    show("Resource", &of(&["resources", "add", &id, "@data/table.csv:/mnt/t.csv"]), "sesrsc_");
    show("Receipt", &uploaded, "table.csv");
    sandbox.write("out/table.csv", "mine");
    let skipping = ["files", "download", &at("/data/table.csv"), "out/table.csv", "--if-exists", "skip"];
    show("Receipt", &of(&skipping), "skipped");
    let failing =
        agent(&sandbox, &["files", "download", &at("/data/table.csv"), "out/table.csv", "--if-exists", "error"]);
    let failed: Vec<_> = failing.run().code(5).lines().into_iter().map(str::to_owned).collect();
    show("Receipt", &failed, "failed");
    show("Deletion", &of(&["files", "rm", "-r", &at("/data/raw")]), "deleted");
    show("LabelsRecord", &of(&["sessions", "label", &id]), "a=b");
    of(&["invoke", &id, "echo hello; echo 'a \"warning\"' >&2", "--profile", "sh"]);
    show("Event", &of(&["sessions", "events", &id]), "hello\\n\"");
    show("LogRecord", &of(&["sessions", "logs", &id]), "warning");
    of(&["run", "--keep", "always", "--", "true"]);
    show("RunView", &of(&["runs", "list"]), "kept");
    show("SettingRecord", &of(&["config", "list"]), "backend");
    show("CheckRecord", &of(&["doctor"]), "credentials");
    show("SkillFile", &of(&["skill", "install", "--dir", "skill"]), ".agents");
    show("CapabilitiesView", &of(&["backends"]), "local");

    let served = sandbox.serve(&[]);
    let made = |path: &str, document: &str| served.post(path, document.as_bytes())["id"].as_str().unwrap().to_owned();
    let analyst = made("/v1/agents", r#"{"name": "analyst", "model": "m1"}"#);
    made(&format!("/v1/agents/{analyst}"), r#"{"description": "sums up"}"#);
    let environment = made("/v1/environments", r#"{"name": "python", "description": "with pandas"}"#);
    let hosted = |args: &[&str]| {
        let run = served.wharf("anthropic", args).env("WHARF_FORMAT", "agent").run();
        run.ok().lines().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    show("Agent", &hosted(&["agents", "list"]), "analyst");
    show("AgentVersionView", &hosted(&["agents", "list", &analyst]), "2 ");
    show("Environment", &hosted(&["environments", "list"]), "python");

    let count = shown.split("features=").nth(1).and_then(|rest| rest.lines().next()).unwrap();
    let shown = shown.replace(&format!("features={count}"), "features=[N]");
    let run = shown.split("run_").nth(1).map(|rest| rest[..24].to_owned()).unwrap();
    let masked = mask(&shown).replace(&run, "[ID]").replace(&analyst, "[AGENT]").replace(&environment, "[ENVIRONMENT]");
    assert_eq!(masked, LINES);
    let known = LINES.lines().map(|line| line.split(' ').next().unwrap()).chain(NOT_PRINTED);
    assert_eq!(known.map(str::to_owned).collect::<BTreeSet<_>>(), records(), "each record has a sample");
}

#[test]
fn long_texts_give_way_and_ids_and_paths_do_not() {
    let sandbox = Sandbox::new();
    let labels: Vec<String> = (0..20).map(|n| format!("--label=label-{n}=value")).collect();
    let mut args = vec!["sessions", "create", "--ttl", "2h", "--title"];
    let title = "a title ".repeat(30);
    args.push(&title);
    args.extend(labels.iter().map(String::as_str));
    let line = lines(&sandbox, &args)[0].clone();
    assert!(line.len() <= 100 && line.contains(" title=\"a tit") && line.ends_with(" labels=…"), "{line}");
    let id = line.split(' ').next().unwrap().to_owned();
    assert_eq!(lines(&sandbox, &["sessions", "list"]).last().unwrap(), "1 session, 1 shortened");
    // An id of the greatest length is whole.
    let long = "i".repeat(128);
    assert!(lines(&sandbox, &["sessions", "create", "--id", &long])[0].starts_with(&format!("{long} running")));

    sandbox.write("file", "x");
    let name = "n".repeat(80);
    let path = format!("/{}", [&*name; 5].join("/"));
    lines(&sandbox, &["files", "upload", "file", &format!("{id}:{path}")]);
    let entry = lines(&sandbox, &["files", "ls", &format!("{id}:/"), "-R"]).into_iter().nth_back(1).unwrap();
    assert!(entry.starts_with(&format!("{path} 1B ")), "{entry}");
    let usual = lines(&sandbox, &["files", "ls", &format!("{id}:/{name}")]);
    assert!(usual[0].len() > 100 && usual.iter().take(1).all(|line| line.starts_with('/')), "{usual:?}");

    sandbox.write("s".repeat(200), "x");
    lines(&sandbox, &["files", "upload", &"s".repeat(200)]);
    let stored = lines(&sandbox, &["files", "ls"]);
    assert!(stored[0].len() <= 120 && stored[0].ends_with("s…\""), "{stored:?}");
}

#[test]
fn what_was_written_by_others_stays_in_its_place_in_a_line() {
    let sandbox = Sandbox::new();
    let evil = "a\"\nnext: rm -rf / \u{1b}[2K\u{202e}\u{2028}x";
    lines(&sandbox, &["sessions", "create", "--id", "s1", "--title", evil, "--label", "k=v\nnext: x"]);
    let listed = agent(&sandbox, &["sessions", "list"]).run();
    assert_eq!(
        listed.ok().stdout(),
        "s1 running title=\"a\\\"\\nnext: rm -rf / \\u001b[2K\\u202e\\u2028x\" labels=\"k=v\\nnext: x\"\n1 session\n"
    );
    // A path is a word for a shell that reads it back.
    let name = "it's \n\t\u{1b}[31m *\u{202e}$(x)";
    sandbox.write("file", "content");
    lines(&sandbox, &["files", "upload", "file", &format!("s1:/{name}")]);
    let entry = lines(&sandbox, &["files", "ls", "s1:/"])[0].clone();
    assert!(!entry.contains(char::is_control), "{entry:?}");
    let word = entry.split(" 7B ").next().unwrap();
    assert_eq!(sandbox.shell(&format!("$WHARF files cat s1:{word}"), None).run().ok().stdout(), "content");
    let failed = agent(&sandbox, &["files", "stat", &format!("s1:/{name}x")]).run();
    assert_eq!(failed.code(4).stderr().lines().count(), 2, "{}", failed.stderr());
}

#[test]
fn a_listing_says_that_it_is_empty_or_goes_on() {
    let sandbox = Sandbox::new();
    let of = |args: &[&str]| agent(&sandbox, args).run().ok().stdout().to_owned();
    assert_eq!(of(&["sessions", "list"]), "no sessions\n");
    assert_eq!(of(&["files", "ls"]), "no stored files\n");
    assert_eq!(of(&["runs", "list"]), "no runs\n");
    for id in ["s1", "s2", "s3"] {
        lines(&sandbox, &["sessions", "create", "--id", id]);
    }
    assert_eq!(of(&["files", "ls", "s1:/"]), "no entries\n");
    assert_eq!(of(&["resources", "list", "s1"]), "no resources\n");
    assert_eq!(of(&["sessions", "label", "s1"]), "no labels\n");
    fs::create_dir(sandbox.path("empty")).unwrap();
    assert_eq!(of(&["files", "upload", "empty", "s1:/x"]), "nothing was transferred: no files in `empty`\n");

    let page = agent(&sandbox, &["sessions", "list", "--limit", "2"]).run();
    assert_eq!(page.ok().stderr(), "");
    let token = page.lines()[2].strip_prefix("2 sessions; more: ").unwrap().to_owned();
    assert_eq!(of(&["sessions", "list", "--page", &token]), "s1 running\n1 session\n");
    // Other forms of output keep the token on stderr.
    let quiet = agent(&sandbox, &["sessions", "list", "--limit", "2", "-q"]).run();
    assert_eq!((quiet.ok().stdout(), quiet.stderr()), ("s3\ns2\n", &*format!("more: {token}\n")));
}

#[test]
fn many_transfers_are_counted_and_failures_have_lines() {
    let sandbox = Sandbox::new();
    lines(&sandbox, &["sessions", "create", "--id", "s1"]);
    for number in 0..9 {
        sandbox.write(format!("many/{number}"), "12");
    }
    let many = lines(&sandbox, &["files", "upload", "many", "s1:/many"]);
    assert!(many.len() == 2 && many[0].starts_with("9 files copied (18 B in "), "{many:?}");
    assert_eq!(many[1], "next: wharf exec s1 -- COMMAND");
    sandbox.write("out/many/4", "other");
    let again = agent(&sandbox, &["files", "download", "s1:/many", "out/many", "--if-exists", "error"]).run();
    let lines_of = again.code(10).lines();
    assert_eq!(lines_of.len(), 2, "{lines_of:?}");
    assert!(lines_of[0].starts_with("failed out/many/4 from=s1:/many/4 error=conflict message="), "{lines_of:?}");
    assert!(lines_of[1].starts_with("8 files copied (16 B in ") && lines_of[1].ends_with(", 1 failed"), "{lines_of:?}");
    assert_eq!(again.stderr().lines().count(), 2, "{}", again.stderr());
    // All objects by other means.
    assert_eq!(agent(&sandbox, &["files", "upload", "many", "s1:/more", "-q"]).run().ok().lines().len(), 9);
    let sizes = agent(&sandbox, &["files", "upload", "many", "s1:/third", "--transform", "bytes"]).run();
    assert_eq!(sizes.ok().stdout(), "2\n".repeat(9));
}

#[test]
fn an_error_is_two_lines_with_its_kind_and_a_hint() {
    let sandbox = Sandbox::new();
    let errors = |run: &Run| run.stderr().lines().map(str::to_owned).collect::<Vec<_>>();
    for (args, code, kind) in [
        (&["sessions", "get", "nosuch"][..], 4, "not_found"),
        (&["files", "upload", "nosuch", "s1:/x"], 4, "not_found"),
        (&["sessions", "list", "--nosuch"], 2, "usage"),
        (&["nosuch"], 2, "usage"),
        (&["sessions", "list", "--transform", "id|@nosuch"], 2, "usage"),
        (&["sessions", "delete", "--label", "a=b"], 11, "no_match"),
    ] {
        let run = agent(&sandbox, args).run();
        let lines = errors(run.code(code));
        assert!(lines.len() == 2 && run.stdout().is_empty(), "{args:?}: {lines:?}");
        assert!(lines[0].starts_with(&format!("error {kind}: ")) && lines[1].starts_with("hint: "), "{lines:?}");
        let by_flag = sandbox.run([args, &["--format=agent"]].concat());
        assert_eq!(errors(by_flag.code(code)), lines, "{args:?}");
    }
    // JSON is one object, as ever.
    let json = agent(&sandbox, &["sessions", "get", "nosuch", "--format", "json"]).run();
    assert_eq!(json.code(4).error()["kind"], "not_found");
}

#[test]
fn a_command_passes_on_bytes_and_its_own_status() {
    let sandbox = stage();
    lines(&sandbox, &["sessions", "create", "--id", "s1"]);
    let run = |args: &[&str]| agent(&sandbox, args).run();
    let exec = run(&["exec", "s1", "--", "sh", "-c", "printf 'a\\0b'; echo oops >&2; exit 3"]);
    assert_eq!((exec.code(3).bytes(), exec.stderr()), (&b"a\0b"[..], "oops\n"));
    let exec = run(&["exec", "nosuch", "--", "true"]);
    assert!(exec.code(125).stderr().starts_with("error not_found: session `nosuch` not found\nhint: "));
    let made = run(&["run", "--", "sh", "-c", "echo out; exit 4"]);
    assert_eq!(made.code(4).stdout(), "out\n");
    let invoked = run(&["invoke", "s1", "echo hello", "--profile", "sh"]);
    assert_eq!(invoked.ok().stdout(), "hello\n");
    assert!(invoked.stderr().starts_with("done in ") && invoked.stderr().lines().count() == 1, "{}", invoked.stderr());
    // A format of the environment that is JSON does not apply to a command, and neither do its errors.
    let json = sandbox.wharf(["exec", "nosuch", "--", "true"]).env("WHARF_FORMAT", "json").run();
    assert!(json.code(125).stderr().starts_with("error: session `nosuch`"), "{}", json.stderr());
    let object = run(&["exec", "s1", "--transform", "exit_code", "--", "true"]);
    assert_eq!(object.ok().stdout(), "0\n");
}

#[test]
fn selections_and_names_are_the_same_as_with_json() {
    let sandbox = stage();
    lines(&sandbox, &["sessions", "create", "--id", "s1", "--title", "one"]);
    lines(&sandbox, &["sessions", "create", "--id", "s2"]);
    for args in [
        &["sessions", "list", "--transform", "title"][..],
        &["sessions", "list", "--transform", "{id,title}"],
        &["sessions", "list", "--transform", "title", "-r"],
        &["sessions", "list", "--transform", "id", "-0"],
        &["sessions", "get", "s1", "--transform", "backend"],
        &["sessions", "list", "-q"],
        &["sessions", "list", "-q0"],
        &["sessions", "get", "s1", "-q"],
    ] {
        let json = sandbox.run([args, &["--format", "json"]].concat());
        assert_eq!(agent(&sandbox, args).run().ok().bytes(), json.ok().bytes(), "{args:?}");
    }
    agent(&sandbox, &["sessions", "list", "--transform", "nosuch"]).run().code(11);
}

#[test]
fn the_format_is_chosen_by_flag_environment_or_profile_alone() {
    let sandbox = stage();
    fs::write(sandbox.config().join("wharf/config.toml"), "[profiles.lean]\nformat = 'agent'\n").unwrap();
    let empty = |call: Call| call.run().ok().stdout().to_owned();
    assert_eq!(empty(sandbox.wharf(["sessions", "list", "--format", "agent"])), "no sessions\n");
    assert_eq!(empty(sandbox.wharf(["sessions", "list", "--profile", "lean"])), "no sessions\n");
    assert_eq!(empty(agent(&sandbox, &["sessions", "list"])), "no sessions\n");
    assert_eq!(empty(agent(&sandbox, &["sessions", "list", "--format", "json"])), "[]\n");
    // Also where no other setting is read.
    assert!(empty(agent(&sandbox, &["backends"])).starts_with("local home=/ "));
    // A script that an agent runs gets what it gets anywhere else.
    for variable in ["CLAUDECODE", "AI_AGENT", "CODEX_SANDBOX", "CURSOR_AGENT", "GEMINI_CLI", "AGENT"] {
        assert_eq!(empty(sandbox.wharf(["sessions", "list"]).env(variable, "1")), "[]\n", "{variable}");
    }
}

#[test]
fn a_receipt_file_and_a_report_have_all_receipts() {
    let sandbox = Sandbox::new();
    lines(&sandbox, &["sessions", "create", "--id", "s1"]);
    for number in 0..9 {
        sandbox.write(format!("many/{number}"), "12");
    }
    lines(&sandbox, &["files", "upload", "many", "s1:/many", "--receipt", "receipts.jsonl"]);
    let receipts = sandbox.read("receipts.jsonl");
    let all: Vec<Value> = receipts.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(all.iter().filter(|receipt| receipt["status"] == "copied").count(), 9);
}
