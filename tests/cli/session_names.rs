//! Names of sessions: whole ids, beginnings of ids, `@last` and `@TITLE`. What is asked on a terminal is in
//! `tests/terminal`.

use serde_json::{Value, json};

use crate::sandbox::{Run, Sandbox, Served};

const BACKENDS: [&str; 4] = ["local", "anthropic", "foundry", "agb"];

fn serve(sandbox: &Sandbox) -> Served<'_> {
    sandbox.serve(&["--log", sandbox.path("log.jsonl").to_str().unwrap()])
}

fn create(served: &Served<'_>, backend: &str, args: &[&str]) -> String {
    let place: &[&str] = if backend == "anthropic" { &["--agent", "agent_1", "--environment", "env_1"] } else { &[] };
    let run = served.wharf(backend, [&["sessions", "create", "-q"], place, args].concat()).run();
    run.ok().stdout().trim_end().to_owned()
}

/// Runs a command; gives it with the operations of its requests, in order of their names.
fn requests(sandbox: &Sandbox, served: &Served<'_>, backend: &str, args: &[&str]) -> (Run, Vec<String>) {
    let log = || std::fs::read_to_string(sandbox.path("log.jsonl")).unwrap_or_default();
    let before = log().lines().count();
    let run = served.wharf(backend, args).run();
    let text = log();
    let lines = text.lines().skip(before).map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut operations: Vec<_> = lines.map(|line| line["operation"].as_str().unwrap().to_owned()).collect();
    operations.sort();
    (run, operations)
}

fn last_sessions(sandbox: &Sandbox) -> Value {
    let text = std::fs::read_to_string(sandbox.store().join("last-sessions.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_whole_id_and_the_last_session_cost_no_request_and_a_beginning_costs_one_listing() {
    let sandbox = Sandbox::new();
    let served = serve(&sandbox);
    for backend in BACKENDS {
        create(&served, backend, &[]);
        let id = create(&served, backend, &[]);
        let (run, whole) = requests(&sandbox, &served, backend, &["sessions", "get", &id, "-q"]);
        assert_eq!(run.ok().stdout(), format!("{id}\n"), "{backend}");
        let ask = |name: &str| requests(&sandbox, &served, backend, &["sessions", "get", name, "-q"]);
        let beginning = id.get(..id.len() - 8).unwrap();
        // The emulator's ids of AGB are longer than the service's.
        let beginning = if backend == "agb" { &beginning[.."session-".len() + 8] } else { beginning };
        let (run, listed) = ask(beginning);
        assert_eq!((run.ok().stdout(), run.stderr()), (&*format!("{id}\n"), ""), "{backend} {beginning}");
        let more = usize::from(backend != "local");
        assert_eq!(listed.len(), whole.len() + more, "{backend}: {listed:?}");
        assert_eq!(listed.iter().filter(|operation| operation.contains("list")).count(), more, "{backend}: {listed:?}");
        let (run, last) = ask("@last");
        assert_eq!((run.ok().stdout(), run.stderr(), last), (&*format!("{id}\n"), "", whole), "{backend}");
    }
}

#[test]
fn a_name_that_is_too_short_or_chosen_by_a_user_is_taken_as_it_is() {
    let sandbox = Sandbox::new();
    let served = serve(&sandbox);
    let id = create(&served, "foundry", &[]);
    create(&served, "foundry", &["--id", "wharf_nightly"]);
    for name in [&id[.."wharf_".len() + 5], "wharf_nightl", "demo-of-something", "wharf_0123456789abcdef01234567"] {
        let (run, asked) = requests(&sandbox, &served, "foundry", &["sessions", "get", name]);
        run.code(4).says(&[name]);
        assert_eq!(asked, ["sessions.get"], "{name}");
    }
    let (run, asked) = requests(&sandbox, &served, "foundry", &["sessions", "get", "wharf_nightly"]);
    assert_eq!((run.ok().at("/id"), asked), (json!("wharf_nightly"), vec!["sessions.get".to_owned()]));
    // A beginning of nothing is asked for as an id.
    let (run, asked) = requests(&sandbox, &served, "foundry", &["sessions", "get", "wharf_ffffffffff"]);
    run.code(4).says(&["wharf_ffffffffff"]);
    assert_eq!(asked, ["sessions.get", "sessions.list"]);
}

#[test]
fn an_exact_id_wins_and_several_that_begin_alike_are_named() {
    let sandbox = Sandbox::new();
    let (one, two) = ("sesn_0123456789abcdef01234567", "sesn_0123456789abcdef89abcdef");
    sandbox.run(["sessions", "create", "--id", one, "--title", "first\u{1b}[2J"]).ok();
    sandbox.run(["sessions", "create", "--id", two]).ok();
    let run = sandbox.run(["sessions", "get", "sesn_0123456789"]);
    let error = run.code(2).says(&["several sessions have ids that begin with `sesn_0123456789`"]).stderr();
    assert!(error.contains(&format!("{one} 'first\\x1b[2J' (")) && error.contains(two), "{error}");
    assert!(!error.contains('\u{1b}'), "{error}");
    assert_eq!(sandbox.run(["sessions", "get", "sesn_0123456789abcdef8"]).ok().at("/id"), two);
    sandbox.run(["sessions", "create", "--id", "sesn_0123456789"]).ok();
    assert_eq!(sandbox.run(["sessions", "get", "sesn_0123456789"]).ok().at("/id"), "sesn_0123456789");
    // A title that looks like an id is no id.
    sandbox.run(["sessions", "create", "--id", "s4", "--title", two]).ok();
    assert_eq!(sandbox.run(["sessions", "get", two]).ok().at("/id"), two);
}

#[test]
fn a_title_is_compared_as_a_whole_and_pages_are_read_to_the_end() {
    let sandbox = Sandbox::new();
    let served = serve(&sandbox);
    let id = create(&served, "anthropic", &["--title", "the first"]);
    for number in 0..110 {
        let title = format!("the first {number}");
        let session = json!({ "agent": "agent_1", "environment_id": "env_1", "title": title });
        served.post("/v1/sessions", session.to_string().as_bytes());
    }
    let (run, asked) = requests(&sandbox, &served, "anthropic", &["sessions", "get", "@the first"]);
    assert_eq!(run.ok().at("/id"), *id);
    assert!(asked.iter().filter(|operation| *operation == "sessions.list").count() > 1, "{asked:?}");
    for name in ["@the", "@the first ", "@The first"] {
        served.wharf("anthropic", ["sessions", "get", name]).run().code(4).says(&["no session has the title"]);
    }
    let (run, asked) = requests(&sandbox, &served, "anthropic", &["sessions", "get", "@the first", "@the first 7"]);
    assert_eq!(run.ok().column("title"), ["the first", "the first 7"]);
    let lists = asked.iter().filter(|operation| *operation == "sessions.list").count();
    assert!(lists < 9, "the sessions are listed once for both: {lists}");
}

#[test]
fn a_title_that_several_sessions_have_is_ambiguous_and_a_hostile_one_is_only_compared() {
    let sandbox = Sandbox::new();
    let hostile = ["../x", "a/b: c", "a\u{1b}]0;stolen\u{7}b\nc", "-rf", "file_1", "'; rm -rf /", "last "];
    for title in hostile {
        sandbox.run(["sessions", "create", &format!("--title={title}")]).ok();
        let run = sandbox.run(["sessions", "get", &format!("@{title}"), "--transform", "title"]);
        assert_eq!(run.ok().json(), title);
    }
    for _ in 0..12 {
        sandbox.run(["sessions", "create", "--title", "a\u{1b}b"]).ok();
    }
    let run = sandbox.run(["sessions", "get", "@a\u{1b}b"]);
    let error = run.code(2).says(&["several sessions have the title", "2 more"]).stderr();
    assert_eq!((error.matches("'a\\x1bb'").count(), error.contains('\u{1b}')), (10, false), "{error}");
    let error = sandbox.run(["sessions", "get", "@a\u{1b}b", "--format", "json"]).code(2).error();
    assert_eq!(error["kind"], "usage");
    sandbox.run(["sessions", "get", "@"]).code(2).says(&["`@` alone names no session"]);
    let served = serve(&sandbox);
    for backend in ["foundry", "agb"] {
        let (run, asked) = requests(&sandbox, &served, backend, &["sessions", "get", "@nightly"]);
        run.code(7).says(&["no titles"]);
        assert!(asked.is_empty(), "{asked:?}");
    }
}

#[test]
fn verbs_that_read_take_every_name() {
    let sandbox = Sandbox::new();
    sandbox.write("f", "content");
    let id = sandbox.run(["sessions", "create", "--title", "nightly", "-q"]).ok().stdout().trim_end().to_owned();
    sandbox.put(&format!("{id}:/data/f"), "content");
    sandbox.put(&format!("{id}:@outputs/f"), "output");
    sandbox.run(["resources", "add", &id, "@./f:/mounted"]).ok();
    let resource = sandbox.run(["resources", "list", &id, "-q"]).ok().stdout().trim_end().to_owned();
    for name in ["@last", "@nightly", &id[.."sesn_".len() + 6]] {
        let at = |path: &str| format!("{name}:{path}");
        let ok = |args: &[&str]| {
            let run = sandbox.run(args);
            assert_eq!(run.ok().stderr(), "", "{args:?}");
            run.stdout().to_owned()
        };
        ok(&["sessions", "get", name]);
        ok(&["sessions", "wait", name]);
        ok(&["sessions", "label", name]);
        ok(&["sessions", "events", name]);
        assert_eq!(ok(&["files", "ls", &at("/data"), "-q"]), format!("{id}:/data/f\n"));
        assert_eq!(ok(&["files", "cat", &at("/data/f")]), "content");
        assert_eq!(ok(&["files", "cat", &at("@outputs/f")]), "output");
        ok(&["files", "stat", &at("/data/f")]);
        ok(&["files", "download", &at("/data/f"), "./out"]);
        assert_eq!(sandbox.read("out"), "content");
        ok(&["files", "ls", "--scope-id", name]);
        ok(&["files", "ls", "-s", name]);
        assert_eq!(ok(&["resources", "list", name, "-q"]), format!("{resource}\n"));
        ok(&["resources", "get", name, &resource]);
        let chosen = sandbox.wharf(["files", "cat", ":/data/f"]).env("WHARF_SESSION", name).run();
        assert_eq!(chosen.ok().stdout(), "content");
        sandbox.wharf(["sessions", "get", ":"]).env("WHARF_SESSION", name).run().ok();
    }
}

#[test]
fn off_a_terminal_verbs_that_change_something_take_whole_ids_only() {
    let sandbox = Sandbox::new();
    sandbox.write("f", "content");
    let id = sandbox.run(["sessions", "create", "--title", "nightly", "-q"]).ok().stdout().trim_end().to_owned();
    sandbox.put(&format!("{id}:/f"), "content");
    let before = (sandbox.run(["sessions", "list"]).ok().stdout().to_owned(), sandbox.paths(&format!("{id}:/")));
    for name in ["@last", "@nightly", &id[.."sesn_".len() + 10]] {
        let (file, other) = (format!("{name}:/f"), format!("{name}:/g"));
        let verbs: [&[&str]; 20] = [
            &["sessions", "delete", name],
            &["sessions", "delete", name, "--yes"],
            &["sessions", "delete", name, "--dry-run"],
            &["sessions", "stop", name],
            &["sessions", "touch", name],
            &["sessions", "interrupt", name],
            &["sessions", "label", name, "a=b"],
            &["sessions", "update", name, "--title", "t"],
            &["sessions", "update", name, "--label", "a=b"],
            &["files", "upload", "f", &other],
            &["files", "upload", "f", "--into", &other],
            &["files", "upload", "f", &other, "--dry-run"],
            &["files", "rm", &file],
            &["files", "rm", &file, "--dry-run"],
            &["files", "mkdir", &other],
            &["files", "mv", &file, &other],
            &["exec", name, "--", "touch", "g"],
            &["resources", "add", name, "@./f"],
            &["resources", "delete", name, "sesrsc_1"],
            &["resources", "delete", name, "--mount-path", "/f"],
        ];
        for args in verbs {
            let run = sandbox.run(args);
            if name.starts_with('@') {
                let wanted = if args[0] == "exec" { 125 } else { 2 };
                run.code(wanted).says(&[name, "on a terminal only", &format!("`wharf sessions get {name} -q`")]);
            } else {
                let wanted = if args[0] == "exec" { 125 } else { 4 };
                run.code(wanted).says(&[name]);
            }
        }
        let run = sandbox.wharf(["exec", ":", "--", "true"]).env("WHARF_SESSION", name).run();
        run.code(125).says(&[name]);
    }
    let after = (sandbox.run(["sessions", "list"]).ok().stdout().to_owned(), sandbox.paths(&format!("{id}:/")));
    assert_eq!(before, after);
    // Titles are quoted for a shell in the hint.
    let run = sandbox.run(["sessions", "delete", "@it's here"]);
    run.code(2).says(&[r"`wharf sessions get '@it'\''s here' -q`"]);
}

#[test]
fn missing_ok_finds_no_session_by_a_name() {
    let sandbox = Sandbox::new();
    let id = sandbox.run(["sessions", "create", "--title", "nightly", "-q"]).ok().stdout().trim_end().to_owned();
    for name in ["@last", "@nightly"] {
        sandbox.run(["sessions", "delete", "--missing-ok", name]).code(2).says(&["--missing-ok", "whole ids"]);
    }
    let run = sandbox.run(["sessions", "delete", "--missing-ok", &id[..20]]);
    assert_eq!(run.ok().at("/0/deleted"), false);
    sandbox.run(["sessions", "get", &id]).ok();
    sandbox.run(["sessions", "delete", "--missing-ok", &id]).ok();
    sandbox.run(["sessions", "get", &id]).code(4);
}

#[test]
fn no_session_is_created_with_an_id_that_reads_as_a_name() {
    let sandbox = Sandbox::new();
    for args in [&["sessions", "create", "--id", "@x"][..], &["sessions", "create", "--id", "@last"]] {
        sandbox.run(args).code(2).says(&["begins with `@`"]);
    }
    sandbox.run(["with", "--id", "@x", "--", "true"]).code(125).says(&["begins with `@`"]);
    sandbox.run(["run", "--id", "@x", "--", "true"]).code(125).says(&["begins with `@`"]);
    let served = sandbox.serve(&[]);
    let document =
        served.wharf("foundry", ["sessions", "create", "--body", "-"]).stdin("{agent_session_id: '@x'}").run();
    document.code(2).says(&["begins with `@`"]);
    assert_eq!(sandbox.run(["sessions", "list"]).ok().json(), json!([]));
}

#[test]
fn the_last_session_is_the_one_that_create_made_at_this_service() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "get", "@last"]).code(4).says(&["no session was created here on `local`"]);
    let (one, two) = (serve(&sandbox), Sandbox::new());
    let other = two.serve(&[]);
    let first = create(&one, "anthropic", &["--title", "one"]);
    // The same store at another address has another last session.
    let elsewhere = |args: &[&str]| {
        let call = one.wharf("anthropic", args).env("ANTHROPIC_BASE_URL", other.variable("ANTHROPIC_BASE_URL"));
        call.env("ANTHROPIC_API_KEY", other.variable("ANTHROPIC_API_KEY")).run()
    };
    elsewhere(&["sessions", "get", "@last"]).code(4);
    let run = elsewhere(&["sessions", "create", "--agent", "agent_1", "--environment", "env_1", "-q"]);
    let second = run.ok().stdout().trim_end().to_owned();
    assert_eq!(elsewhere(&["sessions", "get", "@last", "-q"]).ok().stdout().trim_end(), second);
    assert_eq!(one.wharf("anthropic", ["sessions", "get", "@last"]).run().ok().at("/id"), *first);

    // The sessions of another agent of Foundry are others.
    let by_agent = |agent: &str, args: &[&str]| one.wharf("foundry", args).env("WHARF_AGENT", agent).run();
    let of_a1 = by_agent("a1", &["sessions", "create", "-q"]).ok().stdout().trim_end().to_owned();
    by_agent("a2", &["sessions", "get", "@last"]).code(4).says(&["no session was created here"]);
    assert_eq!(by_agent("a1", &["sessions", "get", "@last"]).ok().at("/id"), *of_a1);

    // Those of `with` and `run` go away, and are none.
    let local = sandbox.session();
    sandbox.run(["with", "--", "true"]).ok();
    sandbox.run(["run", "--", "true"]).ok();
    assert_eq!(sandbox.run(["sessions", "get", "@last"]).ok().at("/id"), *local);
    assert_eq!(last_sessions(&sandbox).as_array().unwrap().len(), 4);

    // One that was deleted is not replaced by the one before.
    sandbox.run(["sessions", "delete", &local]).ok();
    sandbox.run(["sessions", "get", "@last"]).code(4).says(&[&local]);
}

#[test]
fn sessions_are_selected_by_age() {
    let sandbox = Sandbox::new();
    for (id, label) in [("s1", "a=b"), ("s2", "a=b"), ("s3", "c=d")] {
        sandbox.run(["sessions", "create", "--id", id, "--label", label]).ok();
    }
    // Two of them were created some days ago.
    let store = rusqlite::Connection::open(sandbox.store().join("wharf.db")).unwrap();
    let days = |days: i64| days * 24 * 3600 * 1_000_000;
    for (id, age) in [("s1", days(8)), ("s3", days(2))] {
        let update = "UPDATE session SET created_at = created_at - ?1 WHERE id = ?2";
        assert_eq!(store.execute(update, rusqlite::params![age, id]).unwrap(), 1);
    }
    let listed = |args: &[&str]| {
        let run = sandbox.run([&["sessions", "list", "-q"], args].concat());
        run.ok().lines().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(listed(&["--older-than", "0s"]), ["s3", "s2", "s1"]);
    assert_eq!(listed(&["--older-than", "1d"]), ["s3", "s1"]);
    assert_eq!(listed(&["--older-than", "2d1h"]), ["s1"]);
    assert_eq!(listed(&["--older-than", "9d"]), [""; 0]);
    for number in ["7", "1.5", "0"] {
        sandbox.run(["sessions", "list", "--older-than", number]).code(2).says(&["has no unit"]);
        sandbox.run(["sessions", "delete", "--older-than", number, "--yes"]).code(2);
    }
    assert_eq!(listed(&[]).len(), 3);
    assert_eq!(listed(&["--older-than", "1d", "--label", "c=d"]), ["s3"]);
    assert_eq!(listed(&["--older-than", "1d", "--limit", "1"]), ["s3"]);
    sandbox.run(["sessions", "list", "--older-than", "soon"]).code(2);
    sandbox.run(["sessions", "list", "--older-than", "9999999w"]).code(2).says(&["too far back"]);

    let delete = |args: &[&str]| sandbox.run([&["sessions", "delete"], args].concat());
    delete(&["s1", "--older-than", "1d"]).code(2).says(&["cannot be used with"]);
    delete(&["--older-than", "1d"]).code(2).says(&["this would delete 2 sessions older than 1d", "--yes"]);
    let labelled = delete(&["--older-than", "1d", "--label", "a=b"]);
    labelled.code(2).says(&["this would delete 1 session older than 1d with a=b"]);
    assert_eq!(delete(&["--older-than", "1d", "--dry-run"]).ok().column("id"), ["s3", "s1"]);
    assert_eq!(listed(&[]), ["s3", "s2", "s1"]);
    delete(&["--older-than", "9d", "--yes"]).code(11).says(&["no session is older than 9d"]);
    assert_eq!(delete(&["--older-than", "9d", "--yes", "--missing-ok"]).ok().json(), json!([]));
    assert_eq!(delete(&["--older-than", "1d", "--label", "a=b", "--yes"]).ok().column("id"), ["s1"]);
    assert_eq!(delete(&["--older-than", "1d", "--yes"]).ok().column("id"), ["s3"]);
    assert_eq!(listed(&[]), ["s2"]);
}

#[test]
fn a_title_with_a_slash_goes_before_a_colon() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1", "--title", "na/me"]).ok();
    sandbox.put("s1:/x", "content");
    assert_eq!(sandbox.cat("@na/me:/x"), "content");
    sandbox.run(["files", "download", "@na/me:/x", "here"]).ok();
    assert_eq!(sandbox.read("here"), "content");
    // A local file of such a name has a path in front.
    sandbox.write("@a/b:c", "local");
    sandbox.run(["files", "upload", "@a/b:c", "s1:/y"]).code(2).says(&["./@a/b:c"]);
    sandbox.run(["files", "upload", "./@a/b:c", "s1:/y"]).ok();
    assert_eq!(sandbox.cat("s1:/y"), "local");
}

#[test]
fn a_backend_without_titles_says_so_of_a_name() {
    let sandbox = Sandbox::new();
    let served = serve(&sandbox);
    let run = served.wharf("foundry", ["sessions", "get", "@nightly"]).run();
    run.code(7).says(&["sessions of the backend `foundry` have no titles", "wharf sessions list"]);
}

#[test]
fn a_session_without_a_time_of_creation_is_never_selected_by_age_and_named() {
    let sandbox = Sandbox::new();
    let served = serve(&sandbox);
    let ids: Vec<_> = (0..6).map(|_| create(&served, "agb", &[])).collect();
    let list = served.wharf("agb", ["sessions", "list", "--older-than", "0s"]).run();
    list.ok().says(&["6 sessions are left out, because the time of creation is not known", "1 more"]);
    assert_eq!(list.json(), json!([]));
    let delete = served.wharf("agb", ["sessions", "delete", "--older-than", "0s", "--yes"]).run();
    delete.code(11).says(&["no session is older than 0s", "6 sessions are left out"]);
    assert_eq!(served.wharf("agb", ["sessions", "list"]).run().ok().column("id").len(), ids.len());
    for backend in ["anthropic", "foundry"] {
        let id = create(&served, backend, &[]);
        let run = served.wharf(backend, ["sessions", "delete", "--older-than", "1h", "--yes"]).run();
        run.code(11);
        let run = served.wharf(backend, ["sessions", "delete", "--older-than", "0s", "--yes"]).run();
        assert!(run.ok().column("id").contains(&id), "{backend}");
    }
}
