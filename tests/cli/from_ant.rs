//! `docs/from-ant.md`: a script for the vendor's command line runs with its first words changed, and
//! what differs is what the page says.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::endpoint::Endpoint;
use crate::sandbox::{Run, Sandbox, Served, WHARF};

const PAGE: &str = include_str!("../../docs/from-ant.md");

/// What was recorded of the official clients, a line each.
const RECORDED: &str = include_str!("../data/wire/anthropic.jsonl");

/// The two scripts of the walk-through.
fn scripts() -> [String; 2] {
    let blocks: Vec<&str> = PAGE.split("```text\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    [blocks[0].to_owned(), blocks[1].to_owned()]
}

fn recorded() -> impl Iterator<Item = Value> {
    RECORDED.lines().map(|line| serde_json::from_str(line).unwrap())
}

/// An object that was recorded.
fn example(name: &str) -> Value {
    recorded().find(|line| line["example"] == name).unwrap_or_else(|| panic!("no example {name}"))["json"].clone()
}

/// The request that was recorded of a client for an operation.
fn request(client: &str, operation: &str) -> Value {
    let wanted = |line: &Value| {
        line["operation"] == operation && line["client"].as_str().is_some_and(|name| name.starts_with(client))
    };
    recorded().find(wanted).unwrap_or_else(|| panic!("nothing was recorded of {client} for {operation}"))
}

/// What a line of `ant` asks the service for, by what was recorded of it; of the SDK where nothing was.
fn asked_by(line: &str) -> Option<Value> {
    let words: Vec<_> = line.split_once("ant beta:")?.1.split([' ', ')']).collect();
    let (client, operation) = match words[..2] {
        ["files", "upload"] => ("ant", "files upload"),
        ["files", "list"] if line.contains("--scope-id") => ("ant", "files list beta override"),
        ["files", "retrieve-metadata"] => ("ant", "env keys both"),
        ["files", "download"] => ("python 1.17.0", "files.download"),
        ["files", "delete"] => ("ant", "delete"),
        ["sessions", "create"] => ("ant", "sessions create stdin merge"),
        ["sessions", "update"] => ("ant", "stdin gives path param"),
        ["sessions", "retrieve"] => ("python 1.17.0", "sessions.retrieve"),
        ["sessions", "delete"] => ("python 1.17.0", "sessions.delete"),
        ["sessions:events", "list"] => ("ant", "events list types"),
        ["agents", "list"] => ("python 1.17.0", "agents.list"),
        ["agents", "retrieve"] => ("python 1.17.0", "agents.retrieve"),
        ["agents:versions", "list"] => ("python 2.14.0", "agents.versions.list"),
        ["environments", "list"] => ("python 1.17.0", "environments.list"),
        ["environments", "retrieve"] => ("python 1.17.0", "environments.retrieve"),
        ["sessions:resources", "add"] => ("ant", "resources add"),
        ["sessions:resources", "list"] => ("python 1.17.0", "sessions.resources.list"),
        ["sessions:resources", "delete"] => ("python 1.17.0", "sessions.resources.delete"),
        _ => panic!("nothing is known of this: {line}"),
    };
    Some(request(client, operation))
}

/// A method and a path in which each id is a star.
fn shape(method: &str, path: &str) -> String {
    let part = |part: &str| if part.contains('_') { "*".to_owned() } else { part.to_owned() };
    let path = path.split('?').next().unwrap();
    format!("{method} {}", path.split('/').map(part).collect::<Vec<_>>().join("/"))
}

#[test]
fn the_two_differ_in_their_first_words_only() {
    let [theirs, ours] = scripts();
    assert!(theirs.lines().count() > 20 && theirs.lines().count() == ours.lines().count());
    let mut changed = 0;
    for (their, our) in theirs.lines().zip(ours.lines()) {
        let ported = their
            .replace("ant beta:sessions:resources ", "wharf resources ")
            .replace("ant beta:sessions:events list ", "wharf sessions events ")
            .replace("ant beta:sessions ", "wharf sessions ")
            .replace("ant beta:agents:versions ", "wharf agents ")
            .replace("ant beta:agents ", "wharf agents ")
            .replace("ant beta:environments ", "wharf environments ")
            .replace("ant beta:files ", "wharf files ");
        assert_eq!(ported, our);
        changed += usize::from(their != our);
    }
    assert!(changed >= 14, "{changed}");
}

/// `--beta` takes the place of what a command of `ant` sends by itself, which for files is a name under
/// which nothing is listed by scope.
#[test]
fn the_vendors_half_asks_for_the_feature_that_a_list_by_scope_needs() {
    let [theirs, _] = scripts();
    let feature = "managed-agents-2026-04-01";
    assert_eq!(request("ant", "env keys both")["headers"]["anthropic-beta"], "files-api-2025-04-14");
    let scoped: Vec<_> = theirs.lines().filter(|line| line.contains("--scope-id")).collect();
    assert_eq!(scoped.len(), 2);
    for line in scoped {
        assert!(line.contains(&format!("--beta {feature} ")), "{line}");
        assert_eq!(asked_by(line).unwrap()["headers"]["anthropic-beta"], feature);
    }
}

#[test]
fn the_walk_through_runs_and_asks_for_what_was_recorded_of_the_vendors() {
    let sandbox = Sandbox::new();
    sandbox.write("sales.csv", "month,sum\n11,7\n");
    // What an agent would do in between.
    let [theirs, ours] = scripts();
    let (before, after) = ours.split_once("wharf files list").unwrap();
    let leave = "curl -sS --fail --data-binary 'seven' \
        \"$ANTHROPIC_BASE_URL/_emulator/anthropic/sessions/$SESSION_ID/outputs?filename=report.txt\" >/dev/null\n";
    let make: String = [("agents", r#"{"name": "analyst", "model": "m"}"#), ("environments", r#"{"name": "python"}"#)]
        .map(|(noun, document)| {
            format!(
                "curl -sS --fail -H 'x-api-key: k' -H 'anthropic-version: 2026-10-21' \
                 -H 'anthropic-beta: managed-agents-2026-04-01' -H 'content-type: application/json' \
                 -d '{document}' \"$ANTHROPIC_BASE_URL/v1/{noun}\" >/dev/null\n"
            )
        })
        .concat();
    let script = format!("set -euo pipefail\n{make}{before}{leave}wharf files list{after}");
    sandbox.write("walk.sh", script);
    let bin = Path::new(WHARF).parent().unwrap().display().to_string();
    let run = sandbox
        .wharf(["serve", "--log", "log.jsonl", "--", "bash", "walk.sh"])
        .env("PATH", format!("{bin}:/usr/bin:/bin"))
        .env("WHARF_BACKEND", "anthropic")
        .run();
    // The answers of `ant` to the same lines: each is the member that the transform names.
    assert_eq!(run.ok().lines()[..5], ["analyst", "1", "cloud", "november sales", "red"]);
    let out = run.stdout();
    for line in ["/mnt/session/uploads/sales.csv\n/mnt/session/uploads/again.csv\n", "\nreport.txt\nsales.csv\n5\n"] {
        assert!(out.contains(line), "{out}");
    }
    run.says(&["5 bytes of `file_", "were written to stdout"]);
    assert_eq!((sandbox.read("report.txt"), sandbox.read("piped.txt")), ("seven".to_owned(), "seven".to_owned()));
    assert_eq!(sandbox.tree(""), ["log.jsonl", "piped.txt", "report.txt", "sales.csv", "walk.sh"]);
    let log = sandbox.read("log.jsonl");
    let mut sent = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).map(|line| {
        let query = line["query"].as_str().unwrap().to_owned();
        (shape(line["method"].as_str().unwrap(), line["path"].as_str().unwrap()), query)
    });
    for (line, wanted) in theirs.lines().filter_map(|line| Some((line, asked_by(line)?))) {
        let shape = shape(wanted["method"].as_str().unwrap(), wanted["path"].as_str().unwrap());
        let found = sent.find(|(sent, _)| *sent == shape);
        let (_, query) = found.unwrap_or_else(|| panic!("nothing like {shape} was sent for: {line}\n{log}"));
        assert_eq!(query.contains("scope_id="), wanted["query"].as_str().unwrap().contains("scope_id="), "{line}");
    }
}

/// Every path to a value in an object, by the names of members and the numbers of elements.
fn paths(value: &Value, at: &str, found: &mut Vec<String>) {
    let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    if !at.is_empty() {
        found.push(at.to_owned());
    }
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| paths(value, &below(name), found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(number, value)| paths(value, &below(&number.to_string()), found));
        }
        _ => {}
    }
}

/// Whether `-r` prints a value so, but for the lines that an object is written on.
fn is(value: &Value, text: &str) -> bool {
    match value {
        Value::String(wanted) => wanted == text,
        Value::Object(_) | Value::Array(_) => serde_json::from_str::<Value>(text).is_ok_and(|found| found == *value),
        // To the letter: `60.0` is not `60`.
        other => serde_json::to_string(other).unwrap() == text,
    }
}

/// The table of the fields that differ, as `OBJECT FIELD`.
fn listed() -> BTreeSet<String> {
    let table = PAGE.split("| object | field |").nth(1).unwrap().split("\n\n").next().unwrap();
    let rows = table.lines().skip(2).map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    rows.map(|cells| format!("{} {}", cells[1], cells[2].trim_matches('`'))).collect()
}

#[test]
fn every_field_of_the_recorded_objects_is_the_vendors_or_is_in_the_table() {
    let mut archived = example("session");
    archived["status"] = json!("terminated");
    archived["archived_at"] = json!("2026-11-20T10:00:00Z");
    let (mut different, mut tried) = (BTreeSet::new(), 0);
    for (noun, object) in [
        ("session", example("session")),
        ("session", archived),
        ("file", example("file")),
        ("file", example("file-scoped")),
        ("upload", example("file")),
        ("resource", example("resource-file")),
        ("resource", example("resource-github")),
        ("resource", example("resource-memory")),
        ("agent", example("agent")),
        ("environment", example("environment")),
    ] {
        let answered = object.to_string();
        let endpoint = Endpoint::new(move |_| (200, "content-type: application/json\r\n".to_owned(), answered.clone()));
        let sandbox = Sandbox::new();
        // As long as the recorded one.
        sandbox.write("sales.csv", vec![b'7'; 20480]);
        let verb: &[&str] = match noun {
            "session" => &["sessions", "retrieve", "--session-id", "sesn_01XyZ"],
            "file" => &["files", "retrieve-metadata", "--file-id", "file_01Ab3CdEfGh"],
            "agent" => &["agents", "retrieve", "--agent-id", "agent_01Qw"],
            "environment" => &["environments", "retrieve", "--environment-id", "env_01Er"],
            "upload" => &["files", "upload", "--file", "sales.csv"],
            _ => &["resources", "retrieve", "--session-id", "sesn_01XyZ", "--resource-id", "sesrsc_01Rr"],
        };
        let run = |extra: &[&str]| {
            let call = sandbox.wharf(verb.iter().chain(extra)).env("WHARF_BACKEND", "anthropic");
            call.env("ANTHROPIC_API_KEY", "k").env("ANTHROPIC_BASE_URL", endpoint.url()).run()
        };
        let mut fields = Vec::new();
        paths(&object, "", &mut fields);
        tried += fields.len();
        for field in fields {
            let theirs = object.pointer(&format!("/{}", field.replace('.', "/"))).unwrap();
            let ours = run(&["--transform", &field, "-r"]);
            if is(theirs, ours.ok().stdout().trim_end()) {
                continue;
            }
            different.insert(format!("{noun} {field}"));
            // What the page says to do about it.
            let raw = run(&["--transform", &field, "-r", "--format", "raw"]);
            assert!(is(theirs, raw.ok().stdout().trim_end()), "{field}: {}", raw.stdout());
            let provider = run(&["--transform", &format!("provider.{field}"), "-r"]);
            assert!(is(theirs, provider.ok().stdout().trim_end()), "{field}: {}", provider.stdout());
        }
        let whole = run(&["--format", "raw"]);
        assert_eq!(whole.ok().stdout().trim_end(), object.to_string(), "byte for byte");
    }
    assert!(tried > 100, "{tried}");
    assert_eq!(different, listed());
}

#[test]
fn a_path_that_misses_is_tried_whole_on_the_providers_object_and_never_mixed() {
    let answered = example("session").to_string();
    let endpoint = Endpoint::new(move |_| (200, "content-type: application/json\r\n".to_owned(), answered.clone()));
    let sandbox = Sandbox::new();
    let get = |path: &str, extra: &[&str]| {
        let args = ["sessions", "get", "sesn_01XyZ", "--transform", path];
        let call = sandbox.wharf(args.iter().chain(extra)).env("WHARF_BACKEND", "anthropic");
        call.env("ANTHROPIC_API_KEY", "k").env("ANTHROPIC_BASE_URL", endpoint.url()).run()
    };
    // Both have an agent, and only the service has a version of it.
    assert_eq!(get("{agent,labels}", &[]).ok().stdout(), "{\"agent\":\"agent_01Qw\",\"labels\":{\"team\":\"blue\"}}\n");
    let theirs = get("{agent,archived_at}", &["-v"]);
    assert!(theirs.ok().json()["agent"].is_object(), "all of it is the service's: {}", theirs.stdout());
    theirs.says(&["was found in `provider`"]);
    assert_eq!(get("[id,usage.input_tokens]", &[]).ok().stdout(), "[\"sesn_01XyZ\",1200]\n");
    // Neither has all of it: what ours has.
    assert_eq!(get("{labels,archived_at}", &[]).one_of(&[0]).stdout(), "{\"labels\":{\"team\":\"blue\"}}\n");
    assert!(!get("labels", &["-v"]).ok().stderr().contains("was found in `provider`"));
    get("nosuch", &[]).code(11);
}

/// `wharf ARGS...` on the Anthropic dialect.
fn run(served: &Served<'_>, args: &[&str]) -> Run {
    let call = served.wharf("anthropic", args).env("WHARF_AGENT", "agent_1").env("WHARF_ENVIRONMENT", "env_1");
    call.run()
}

fn session(served: &Served<'_>) -> String {
    run(served, &["sessions", "create", "-q"]).ok().stdout().trim_end().to_owned()
}

/// The values of `type` in the lines of a raw answer.
#[track_caller]
fn types(run: &Run) -> Vec<String> {
    let kind = |line: &str| serde_json::from_str::<Value>(line).unwrap()["type"].as_str().unwrap_or("none").to_owned();
    run.ok().lines().into_iter().map(kind).collect()
}

#[test]
fn raw_is_the_services_answer_on_every_verb() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    sandbox.write("f", "1");
    let raw = |args: &[&str]| run(&served, &[args, &["--format", "raw"]].concat());
    let file = run(&served, &["files", "upload", "f", "-q"]).ok().stdout().trim_end().to_owned();
    assert_eq!(types(&raw(&["files", "upload", "f"])), ["file"]);
    assert_eq!(types(&raw(&["files", "upload", "f", "f", "--jobs", "1"])).len(), 2);
    assert_eq!(types(&raw(&["files", "stat", &file])), ["file"]);
    assert_eq!(types(&raw(&["sessions", "create"])), ["session"]);
    let id = session(&served);
    assert_eq!(types(&raw(&["files", "upload", "f", &format!("{id}:/x")])), ["file", "file"], "the file and its mount");
    let mount = raw(&["files", "upload", "f", &format!("{id}:/y"), "--transform", "mount_path", "-r"]);
    assert_eq!(mount.ok().stdout(), "/mnt/session/uploads/y\n");
    assert_eq!(types(&raw(&["resources", "add", &id, "@f:/z"])), ["file"]);
    for verb in [
        &["sessions", "label", &id, "a=b"][..],
        &["sessions", "update", &id, "--title", "t"],
        &["sessions", "get", &id],
    ] {
        assert_eq!(types(&raw(verb)), ["session"], "{verb:?}");
    }
    for list in [&["files", "list"][..], &["sessions", "list"], &["resources", "list", &id]] {
        let page: Value = serde_json::from_str(raw(list).ok().stdout()).unwrap();
        assert!(page["data"].is_array() && page.get("next_page").is_some(), "the envelope: {page}");
        let ids = raw(&[list, &["--transform", "data.#.id"]].concat());
        let ids: Vec<String> = serde_json::from_str(ids.ok().stdout()).unwrap();
        assert_eq!(run(&served, &[list, &["-q"]].concat()).ok().lines(), ids, "{list:?}");
    }
    let one = raw(&["files", "list", "--limit", "1"]);
    let one: Value = serde_json::from_str(one.ok().stdout()).unwrap();
    assert_eq!(one["data"].as_array().unwrap().len(), 1);
    let resource = run(&served, &["resources", "list", &id, "--limit", "1", "-q"]).ok().stdout().trim_end().to_owned();
    assert_eq!(types(&raw(&["resources", "delete", &id, &resource])), ["session_resource_deleted"]);
    assert_eq!(types(&raw(&["files", "rm", &format!("{id}:/y")])), ["session_resource_deleted"]);
    assert_eq!(types(&raw(&["files", "rm", &file])), ["file_deleted"]);
    assert_eq!(types(&raw(&["sessions", "archive", &id])), ["session"]);
    assert_eq!(types(&raw(&["sessions", "delete", &id])), ["session_deleted"]);
    let failed = raw(&["files", "upload", "nosuch"]);
    assert_eq!(failed.code(4).stdout(), "", "no answer, and nothing in its place");
    // The other services have their own forms.
    let agb = |args: &[&str]| served.wharf("agb", [args, &["--format", "raw"]].concat()).run();
    let made = agb(&["sessions", "create"]).ok().json();
    let id = made["sessionId"]
        .as_str()
        .or(made["data"]["sessionId"].as_str())
        .unwrap_or_else(|| panic!("{made}"))
        .to_owned();
    assert!(agb(&["sessions", "delete", &id]).ok().stdout().contains("\"success\":true"));
}

#[test]
fn flags_of_the_vendors_are_taken_as_they_are_written() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let (open, archived) = (session(&served), session(&served));
    run(&served, &["sessions", "archive", &archived]).ok();
    for (flag, sessions) in [
        ("--include-archived", 2),
        ("--include-archived=true", 2),
        ("--include-archived=false", 1),
        ("--max-items=-1", 1),
    ] {
        assert_eq!(run(&served, &["sessions", "list", "-q", flag]).ok().lines().len(), sessions, "{flag}");
    }
    assert_eq!(
        run(&served, &["sessions", "list", "--include-archived", "--max-items", "1", "-q"]).ok().lines().len(),
        1
    );
    assert_eq!(
        run(&served, &["sessions", "list", "--include-archived", "--limit", "2", "--max-items", "-1", "-q"])
            .ok()
            .lines()
            .len(),
        2
    );
    run(&served, &["sessions", "list", "--max-items", "0"]).code(2);
    let title = |flag: &str| run(&served, &["sessions", "get", &open, "--transform", "id", flag]);
    assert_eq!(title("-r").ok().stdout(), format!("{open}\n"));
    assert_eq!(title("--raw-output=true").ok().stdout(), format!("{open}\n"));
    assert_eq!(title("--raw-output=false").ok().stdout(), format!("\"{open}\"\n"));
    assert!(title("--debug=true").ok().stderr().contains("GET"));
    let agent = "{id: agent_7, type: agent, version: 1}";
    let made = run(&served, &["sessions", "create", "--agent", agent]).ok().json();
    assert_eq!((&made["agent"], &made["provider"]["agent"]["version"]), (&json!("agent_7"), &json!(1)));
    let other = run(&served, &["sessions", "create", "--agent", "{id: agent_7, version: 3}", "--agent-version", "1"]);
    assert_eq!(other.ok().at("/provider/agent/version"), 1, "the flag wins");
    run(&served, &["sessions", "create", "--agent", "{id: [1]}"]).code(2);
    let local = served.wharf("local", ["sessions", "create", "--agent", agent]).run();
    assert_eq!((local.ok().at("/agent"), local.at("/provider/agent_version")), (json!("agent_7"), json!("1")));
}

#[test]
fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let secret = "sk-very-secret";
    for (flag, says) in [
        ("--api-key", "ANTHROPIC_API_KEY"),
        ("--auth-token", "ANTHROPIC_AUTH_TOKEN"),
        ("--identity-token", "ANTHROPIC_AUTH_TOKEN"),
        ("--webhook-key", "leave it out"),
    ] {
        let joined = format!("{flag}={secret}");
        for args in [
            &["sessions", "list", flag, secret][..],
            &[&joined, "sessions", "list"],
            &["files", "list", &joined, "--debug"],
        ] {
            for backend in ["anthropic", "local"] {
                let run = served.wharf(backend, args).run();
                run.code(2).says(&[flag, says]);
                assert!(!run.stderr().contains(secret) && run.stdout().is_empty(), "{}", run.stderr());
            }
        }
    }
    let token = ["resources", "update", "sesn_1", "sesrsc_1", "--authorization-token", secret];
    let refused = run(&served, &token);
    refused.code(2).says(&["--authorization-token", "--body"]);
    assert!(!refused.stderr().contains(secret));
}

#[test]
fn a_session_is_updated_where_the_backend_can() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    for backend in ["local", "anthropic"] {
        let call =
            |args: &[&str]| served.wharf(backend, args).env("WHARF_AGENT", "agent_1").env("WHARF_ENVIRONMENT", "env_1");
        let made = call(&["sessions", "create", "--title", "one", "--label", "a=1", "--label", "b=2", "-q"]).run();
        let id = made.ok().stdout().trim_end().to_owned();
        let update = |args: &[&str]| call(&[&["sessions", "update"], args].concat()).run();
        let updated = update(&[&id, "--title", "two", "--label", "c=3", "--metadata", "{a: null, b: '20'}"]);
        let session = updated.ok().json();
        assert_eq!(
            (&session["title"], &session["labels"]),
            (&json!("two"), &json!({"b": "20", "c": "3"})),
            "{backend}"
        );
        update(&["--session-id", &id, "--metadata", "c=4"]).ok();
        sandbox.write("change.yaml", "title: null\nmetadata: {b: null}\n");
        let cleared = update(&[&id, "--body", "change.yaml"]).ok().json();
        assert_eq!((&cleared["title"], &cleared["labels"]), (&Value::Null, &json!({"c": "4"})), "{backend}");
        let piped = call(&["sessions", "update", &id, "--title", "flag", "--body", "-"]).stdin("title: body").run();
        assert_eq!(piped.ok().at("/title"), "flag");
        update(&[&id]).code(2);
        update(&["sesn_nosuch", "--title", "x"]).code(4);
    }
    let agb = |args: &[&str]| served.wharf("agb", args).run();
    let id = agb(&["sessions", "create", "--label", "a=1", "-q"]).ok().stdout().trim_end().to_owned();
    assert_eq!(agb(&["sessions", "update", &id, "--label", "a=2"]).ok().at("/labels/a"), "2");
    agb(&["sessions", "update", &id, "--title", "x"]).code(7);
    served.wharf("foundry", ["sessions", "update", "session-1", "--title", "x"]).run().code(7);
    served.wharf("foundry", ["sessions", "update", "session-1", "--label", "a=b"]).run().code(7);
}

#[test]
fn a_repositorys_token_is_changed_by_a_document_and_shown_nowhere() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let repository =
        "{type: github_repository, url: 'https://github.test/acme/etl', authorization_token: old-token-123}";
    let id = run(&served, &["sessions", "create", "--resource", repository, "-q"]).ok().stdout().trim_end().to_owned();
    let resource = run(&served, &["resources", "list", &id, "-q"]).ok().stdout().trim_end().to_owned();
    let update = |extra: &[&str]| {
        let args = [&["resources", "update", &id, &resource, "--body", "-"], extra].concat();
        served.wharf("anthropic", args).stdin("authorization_token: new-token-456\n").run()
    };
    assert_eq!(update(&[]).ok().at("/id"), resource.as_str());
    let traced = update(&["--debug"]);
    assert!(!traced.ok().stderr().contains("new-token-456") && !traced.stdout().contains("new-token-456"));
    run(&served, &["resources", "update", &id, &resource]).code(2);
    run(&served, &["resources", "update", &id]).code(2);
    served.wharf("local", ["resources", "update", "s1", "r1", "--body", "-"]).stdin("a: b").run().code(7);
}

#[test]
fn a_download_says_where_the_bytes_went() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let id = session(&served);
    let file = served.leave(&id, "filename=report.txt", b"seven");
    let by_flag = ["files", "download", "--file-id", &file];
    let piped = run(&served, &by_flag);
    assert_eq!(piped.ok().stdout(), "seven");
    piped.says(&["5 bytes of", &file, "stdout"]);
    assert_eq!(sandbox.tree(""), [""; 0]);
    // A positional id, a format for results, `-q` and `--output` each write a file.
    let named = run(&served, &["files", "download", &file]);
    named.ok().says(&["was written to the file `./report.txt`"]);
    assert_eq!(named.json()[0]["destination"], "./report.txt");
    run(&served, &[&by_flag[..], &["--format", "json"]].concat()).code(5).says(&["report.txt"]);
    std::fs::remove_file(sandbox.path("report.txt")).unwrap();
    assert_eq!(run(&served, &[&by_flag[..], &["-q"]].concat()).ok().lines().len(), 1);
    assert_eq!(sandbox.read("report.txt"), "seven");
    run(&served, &[&by_flag[..], &["--output", "o"]].concat()).ok();
    run(&served, &[&by_flag[..], &["dest"]].concat()).ok();
    assert_eq!((sandbox.read("o"), sandbox.read("dest")), ("seven".to_owned(), "seven".to_owned()));
    run(&served, &["files", "download", "--file-id", "file_gone"]).code(4);
    // The same on the local backend.
    let stored = sandbox.stored("x", "local");
    assert_eq!(sandbox.run(["files", "download", "--file-id", &stored]).ok().stdout(), "local");
}

/// Both halves of the table of events: the event of the first is what the second sends.
#[test]
fn each_verb_for_events_sends_what_the_table_says() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let run = |line: &str| served.wharf("anthropic", line.split(' ')).run();
    let create = "sessions create --agent agent_1 --environment env_1 -q";
    let session = run(create).ok().stdout().trim_end().to_owned();
    let body =
        json!({ "events": [{ "type": "user.message", "content": [{ "type": "text", "text": "ask bash {}" }] }] });
    served.post(&format!("/v1/sessions/{session}/events"), body.to_string().as_bytes());
    let calls = || run(&format!("sessions events {session} --type tool_call --transform tool.id -r"));
    crate::sandbox::wait_until("the agent asks", || calls().stdout().starts_with("sevt_"));
    let call = calls().stdout().trim_end().to_owned();
    let table = PAGE.split("## Events").nth(1).unwrap().split("## Fields").next().unwrap();
    let rows: Vec<_> = table.lines().filter(|line| line.contains("| `wharf ")).collect();
    assert_eq!(rows.len(), 6);
    // The agent has to ask when it is answered, and to be done before it gets a message.
    for row in [rows[2], rows[0], rows[1], rows[3], rows[4]] {
        let cells: Vec<_> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let ours =
            cells[2].replace("wharf ", "").replace(" S", &format!(" {session}")).replace(" T ", &format!(" {call} "));
        run(&ours.replace(" TIME", " 2026-01-01T00:00:00Z")).ok();
        if let Some((_, event)) = cells[1].split_once("--event '{type: ") {
            let kind = event.split([',', '}']).next().unwrap();
            let sent = run(&format!("sessions events {session} --type {kind} --transform provider.type -r"));
            assert!(sent.ok().stdout().ends_with(&format!("{kind}\n")), "{row}");
        }
    }
}
