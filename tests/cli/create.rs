//! `sessions create`: flags, ids, resources and bodies.

use std::fs::File;

use serde_json::json;

use crate::sandbox::{Sandbox, WHARF};

#[test]
fn a_session_without_anything_has_only_what_is_known_of_it() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(["sessions", "create"]);
    run.ok();
    let made = run.json();
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("sesn_"), "{id}");
    assert_eq!(made["backend"], "local");
    assert_eq!(made["status"], "running");
    assert_eq!(made["labels"], json!({}));
    for unknown in ["title", "expires_at", "agent"] {
        assert!(made[unknown].is_null(), "{unknown}: {made}");
    }
    for time in ["created_at", "updated_at"] {
        assert!(made[time].as_str().unwrap().ends_with('Z'), "{time}: {made}");
    }
    assert!(std::path::Path::new(made["provider"]["path"].as_str().unwrap()).is_dir());
    assert_eq!(sandbox.run(["sessions", "get", id]).ok().json(), made);
}

#[test]
fn every_flag_is_kept() {
    let sandbox = Sandbox::new();
    let run = sandbox.run([
        "sessions",
        "create",
        "--title",
        "nightly run",
        "--label",
        "team=blue",
        "--label",
        "stage=",
        "--ttl",
        "2h",
        "--id",
        "nightly-7",
        "--agent",
        "agent_1",
        "--agent-version",
        "3",
        "--environment",
        "env_1",
        "--vault",
        "vlt_1",
        "--vault",
        "vlt_2",
        "--image",
        "debian",
        "--wait",
    ]);
    run.ok();
    let made = run.json();
    assert_eq!(made["id"], "nightly-7");
    assert_eq!(made["title"], "nightly run");
    assert_eq!(made["labels"], json!({"team": "blue", "stage": ""}));
    assert_eq!(made["agent"], "agent_1");
    assert_eq!(made["provider"]["agent_version"], "3");
    assert_eq!(made["provider"]["environment_id"], "env_1");
    assert_eq!(made["provider"]["vault_ids"], json!(["vlt_1", "vlt_2"]));
    assert_eq!(made["provider"]["image"], "debian");
    assert_eq!(made["provider"]["ttl_seconds"], 7200.0);
    assert!(made["expires_at"].as_str() > made["created_at"].as_str());
}

#[test]
fn the_vendors_flag_names_mean_the_same() {
    let sandbox = Sandbox::new();
    let run = sandbox.run([
        "sessions",
        "create",
        "--environment-id",
        "env_1",
        "--vault-id",
        "vlt_1",
        "--metadata",
        "team=blue",
        "--metadata",
        "{stage: test}",
    ]);
    assert_eq!(run.ok().at("/labels"), json!({"team": "blue", "stage": "test"}));
    assert_eq!(run.at("/provider/environment_id"), "env_1");
    assert_eq!(run.at("/provider/vault_ids"), json!(["vlt_1"]));
}

#[test]
fn an_id_that_is_taken_is_a_conflict_and_changes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "mine", "--title", "first"]).ok();
    sandbox.put("mine:/kept.txt", "kept");
    let run = sandbox.run(["sessions", "create", "--id", "mine", "--title", "second"]);
    run.code(5).says(&["mine"]);
    assert_eq!(sandbox.run(["sessions", "get", "mine", "--transform", "title", "-r"]).ok().stdout(), "first\n");
    assert_eq!(sandbox.cat("mine:/kept.txt"), "kept");
    assert_eq!(sandbox.unfinished(), [""; 0]);
}

#[test]
fn ids_that_would_read_as_something_else_are_usage_errors() {
    let sandbox = Sandbox::new();
    let long = "x".repeat(300);
    for bad in ["", "a", "a:b", "file_1", "-x", "a/b", "..", "a\nb", "a\u{1b}b", &long] {
        let run = sandbox.run(["--format=json", "sessions", "create", &format!("--id={bad}")]);
        assert_eq!(run.code(2).error()["kind"], "usage", "{bad:?}");
    }
    assert_eq!(sandbox.run(["sessions", "list"]).ok().json(), json!([]));
}

#[test]
fn resources_are_mounted_in_all_three_spellings() {
    let sandbox = Sandbox::new();
    sandbox.write("data.csv", "1,2\n");
    let id = sandbox.stored("stored.txt", "stored");
    let run = sandbox.run([
        "sessions",
        "create",
        "-q",
        "--resource",
        &format!("{id}:/in/a.txt"),
        "--resource",
        &id,
        "--resource",
        "@data.csv:/in/data.csv",
        "--resource",
        "@./data.csv",
        "--resource",
        &format!("{{type: file, file_id: {id}, mount_path: /yaml.txt}}"),
        "--resource",
        &format!(r#"{{"file_id": "{id}", "mount_path": "json.txt"}}"#),
    ]);
    let session = run.ok().stdout().trim_end();
    let listed = sandbox.run(["resources", "list", session]);
    let paths = ["/in/a.txt", "/stored.txt", "/in/data.csv", "/data.csv", "/yaml.txt", "/json.txt"];
    assert_eq!(listed.ok().column("mount_path"), paths);
    for path in paths {
        let content = if path.contains(".csv") { "1,2\n" } else { "stored" };
        assert_eq!(sandbox.cat(&format!("{session}:{path}")), content, "{path}");
    }
}

#[test]
fn a_session_whose_resources_fail_is_not_made_and_its_uploads_are_undone() {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", "a");
    for (spec, code) in [("@missing.txt", 4), ("file_nowhere", 4), ("@a.txt:/x", 5), ("{type: memory_store}", 7)] {
        sandbox.run(["sessions", "create", "--resource", "@a.txt:/x", "--resource", spec]).code(code);
    }
    assert_eq!(sandbox.run(["sessions", "list"]).ok().json(), json!([]));
    assert_eq!(sandbox.run(["files", "ls"]).ok().json(), json!([]));
    assert_eq!(sandbox.unfinished(), [""; 0]);
}

#[test]
fn a_directory_goes_in_with_the_request_that_creates_the_session() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&["--log", sandbox.path("log.jsonl").to_str().unwrap()]);
    for path in ["data/a", "data/d/b", "data/d/e/c", "one"] {
        sandbox.write(path, path);
    }
    std::fs::create_dir(sandbox.path("data/empty")).unwrap();
    let create = |backend: &str, specs: &[&str]| {
        let mut args = vec!["sessions", "create", "-q"];
        if backend == "anthropic" {
            args.extend(["--agent", "agent_1", "--environment", "env_1"]);
        }
        args.extend(specs.iter().flat_map(|spec| ["--resource", spec]));
        served.wharf(backend, args).run()
    };
    let operations = || {
        let text = sandbox.read("log.jsonl");
        let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        lines.map(|line| line["operation"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = operations().len();
    let run = create("anthropic", &["@data:/in", "@one", "@data"]);
    let id = run.ok().stdout().trim_end();
    let asked = operations().split_off(before);
    let uploads = asked.iter().filter(|operation| *operation == "files.upload").count();
    assert_eq!((uploads, asked.len(), asked[7].as_str()), (7, 8, "sessions.create"), "{asked:?}");
    let listed = served.wharf("anthropic", ["resources", "list", id]).run();
    let home = "/mnt/session/uploads";
    let paths = ["in/a", "in/d/b", "in/d/e/c", "one", "data/a", "data/d/b", "data/d/e/c"];
    assert_eq!(listed.ok().column("mount_path"), paths.map(|path| format!("{home}/{path}")));
    let deleted = served.wharf("anthropic", ["sessions", "delete", id, "--with-files"]).run();
    assert_eq!(deleted.ok().json().as_array().unwrap().len(), 8);
    // The limit of the service is checked before anything is sent, and so is what a backend lacks.
    for number in 0..500 {
        sandbox.write(format!("many/{number}"), "");
    }
    let before = operations().len();
    create("anthropic", &["@many:/in", "@one"]).code(6).says(&["500"]);
    create("anthropic", &["@data:/in", "@data/a:/in/a"]).code(5);
    create("foundry", &["@data:/in"]).code(7);
    create("agb", &["@data:/in"]).code(7).says(&["wharf files upload"]);
    assert_eq!(operations().len(), before);
    // On this machine it is the same.
    let local = sandbox.run(["sessions", "create", "-q", "--resource", "@data:/in"]);
    let local = local.ok().stdout().trim_end().to_owned();
    assert_eq!(sandbox.cat(&format!("{local}:/in/d/e/c")), "data/d/e/c");
    let none = sandbox.run(["sessions", "create", "-q", "--resource", "@data/empty:/in", "--format", "agent"]);
    none.ok().says(&["no files in `data/empty`"]);
}

#[test]
fn a_directory_of_which_one_file_fails_leaves_no_session_and_no_stored_file() {
    for fault in ["files.upload:400 skip=2 x1", "sessions.create:400"] {
        let sandbox = Sandbox::new();
        let served = sandbox.serve(&["--fault", fault]);
        for number in 0..5 {
            sandbox.write(format!("data/{number}"), "x");
        }
        let args = ["sessions", "create", "--agent", "agent_1", "--environment", "env_1", "--resource", "@data:/in"];
        assert!(!served.wharf("anthropic", args).run().has_code(0), "{fault}");
        for list in [["files", "ls", "-q"], ["sessions", "list", "-q"]] {
            assert_eq!(served.wharf("anthropic", list).run().ok().stdout(), "", "{fault}");
        }
    }
}

#[test]
fn a_specification_that_cannot_be_read_is_a_usage_error() {
    let sandbox = Sandbox::new();
    for bad in ["sesn_1", "", "{", "{type: nothing}", "{file_id: 7}", "[1]"] {
        sandbox.run(["sessions", "create", "--resource", bad]).code(2);
    }
    assert_eq!(sandbox.run(["sessions", "list"]).ok().json(), json!([]));
}

const BODY: &str = "title: from the body\nlabels:\n  team: blue\n  stage: body\nmetadata: {vendor: yes}\nttl: 1h\n\
                    agent: {id: agent_1, version: 4}\nvault_ids: [vlt_1, vlt_2]\nenvironment_id: env_1\n";

#[test]
fn a_body_comes_from_a_file_a_pipe_or_standard_input_by_name() {
    let sandbox = Sandbox::new();
    let json = r#"{"title": "from the body", "labels": {"team": "blue", "stage": "body"}, "metadata": {"vendor": "yes"},
        "ttl": "1h", "agent": {"type": "agent", "id": "agent_1", "version": 4}, "vault_ids": ["vlt_1", "vlt_2"],
        "environment_id": "env_1"}"#;
    let yaml = sandbox.write("body.yaml", BODY);
    sandbox.write("body.json", json);
    let create = ["sessions", "create", "--body"];
    let file = |name: &str| sandbox.run(create.iter().chain(&[name])).ok().json();
    let mut made = vec![
        file("body.yaml"),
        file("body.json"),
        sandbox.wharf(["sessions", "create", "--body", "-"]).stdin(BODY).run().ok().json(),
        sandbox.wharf(["sessions", "create", "--body", "-"]).stdin(json).run().ok().json(),
        sandbox.wharf(["sessions", "create"]).stdin(BODY).run().ok().json(),
        sandbox.wharf(["sessions", "create"]).stdin(json).run().ok().json(),
    ];
    // A here-document is a file at its beginning in some shells, and a pipe in others.
    made.push(sandbox.wharf(["sessions", "create"]).stdin_from(File::open(&yaml).unwrap()).run().ok().json());
    for session in made {
        assert_eq!(session["title"], "from the body");
        assert_eq!(session["labels"], json!({"team": "blue", "stage": "body", "vendor": "yes"}));
        assert_eq!(session["agent"], "agent_1");
        assert_eq!(session["provider"]["agent_version"], "4");
        assert_eq!(session["provider"]["ttl_seconds"], 3600.0);
        assert_eq!(session["provider"]["vault_ids"], json!(["vlt_1", "vlt_2"]));
        assert_eq!(session["provider"]["environment_id"], "env_1");
    }
}

#[test]
fn flags_win_over_the_body_maps_merge_and_lists_are_replaced() {
    let sandbox = Sandbox::new();
    let (kept, other) = (sandbox.stored("kept.txt", "1"), sandbox.stored("other.txt", "2"));
    let body = format!("{BODY}resources:\n- type: file\n  file_id: {other}\n");
    let run = sandbox
        .wharf([
            "sessions",
            "create",
            "--title",
            "flag",
            "--label",
            "stage=flag",
            "--label",
            "new=1",
            "--ttl",
            "1m",
            "--agent",
            "agent_2",
            "--environment",
            "env_2",
            "--vault",
            "vlt_9",
            "--resource",
            &kept,
        ])
        .stdin(body.clone())
        .run();
    assert_eq!(run.ok().at("/title"), "flag");
    assert_eq!(run.at("/labels"), json!({"team": "blue", "stage": "flag", "vendor": "yes", "new": "1"}));
    assert_eq!(run.at("/agent"), "agent_2");
    assert_eq!(run.at("/provider/ttl_seconds"), 60.0);
    assert_eq!(run.at("/provider/environment_id"), "env_2");
    assert_eq!(run.at("/provider/vault_ids"), json!(["vlt_9"]));
    let session = run.at("/id");
    let mounted = sandbox.run(["resources", "list", session.as_str().unwrap()]);
    assert_eq!(mounted.ok().column("file_id"), [kept]);
    let plain = sandbox.wharf(["sessions", "create"]).stdin(body).run();
    let session = plain.ok().at("/id");
    let mounted = sandbox.run(["resources", "list", session.as_str().unwrap()]);
    assert_eq!(mounted.ok().column("file_id"), [other]);
}

#[test]
fn a_variable_for_the_agent_does_not_win_over_the_body_and_a_flag_does() {
    let sandbox = Sandbox::new();
    let agent = |args: &[&str], body: &str| {
        let call = sandbox.wharf(["sessions", "create"].iter().chain(args)).env("WHARF_AGENT", "agent_env");
        call.stdin(body).run().ok().at("/agent")
    };
    assert_eq!(agent(&[], ""), "agent_env");
    assert_eq!(agent(&[], "agent: agent_body"), "agent_body");
    assert_eq!(agent(&["--agent", "agent_flag"], "agent: agent_body"), "agent_flag");
}

#[test]
fn unknown_members_of_a_body_are_named_on_standard_error_and_kept() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(["sessions", "create", "--body", "-"]);
    assert_eq!(run.ok().stderr(), "", "an empty body is none");
    let body = r#"{"title": "x", "stranger": {"a": [1]}, "other": 1}"#;
    let run = sandbox.wharf(["sessions", "create"]).stdin(body).run();
    run.ok().says(&["stranger", "other"]);
    assert!(!run.stderr().contains("title"), "{}", run.stderr());
    assert_eq!(run.at("/provider/stranger"), json!({"a": [1]}));
}

#[test]
fn an_unknown_member_of_a_body_is_named_even_where_it_is_null() {
    let sandbox = Sandbox::new();
    sandbox.wharf(["sessions", "create"]).stdin("title: null\nstranger: null\n").run().ok().says(&["stranger"]);
}

#[test]
fn a_float_in_a_body_stays_a_float() {
    let sandbox = Sandbox::new();
    let run = sandbox.wharf(["sessions", "create", "--transform", "provider.x"]).stdin(r#"{"x": 1.0}"#).run();
    assert_eq!(run.ok().stdout(), "1.0\n");
}

#[test]
fn numbers_in_a_body_keep_their_digits() {
    let sandbox = Sandbox::new();
    let body = r#"{"x": 1.0, "y": 1e5, "z": 123456789012345678901234567890, "labels": {"version": "1.10"}}"#;
    let run = sandbox.wharf(["sessions", "create", "--transform", "[provider.x,provider.y,provider.z,labels.version]"]);
    assert_eq!(run.stdin(body).run().ok().stdout(), "[1.0,1e+5,123456789012345678901234567890,\"1.10\"]\n");
}

#[test]
fn a_body_that_is_no_mapping_or_has_a_member_of_the_wrong_kind_is_a_usage_error() {
    let sandbox = Sandbox::new();
    for bad in [
        "- a\n",
        "just text",
        "{",
        "a: b\n c: d",
        "title: [1]",
        "labels: 7",
        "labels: {version: 1.10}",
        "metadata: {agent: 007}",
        r#"{"labels": {"new": true}}"#,
        "ttl: soon",
        "resources: {}",
        "a: 1\na: 2",
    ] {
        let run = sandbox.wharf(["--format", "json", "sessions", "create"]).stdin(bad).run();
        assert_eq!(run.code(2).error()["kind"], "usage", "{bad:?}");
    }
    sandbox.wharf(["sessions", "create"]).stdin(b"title: \xff\n").run().code(2);
    sandbox.run(["sessions", "create", "--body", "missing.yaml"]).code(4);
    assert_eq!(sandbox.run(["sessions", "list"]).ok().json(), json!([]));
}

#[test]
fn a_life_that_ends_at_once_or_after_all_time_is_a_usage_error() {
    let sandbox = Sandbox::new();
    for ttl in ["0", "0s", "500000w", "20000000000000s"] {
        sandbox.run(["sessions", "create", "--ttl", ttl]).code(2);
        sandbox.wharf(["sessions", "create"]).stdin(format!("ttl: {ttl}\n")).run().code(2);
    }
    assert_eq!(sandbox.run(["sessions", "list"]).ok().json(), json!([]));
}

#[test]
fn labels_and_lengths_of_time_that_cannot_be_read_are_usage_errors() {
    let sandbox = Sandbox::new();
    for bad in [["--label", "plain"], ["--label", "=x"], ["--ttl", "soon"], ["--ttl", "-1"], ["--metadata", "[1]"]] {
        sandbox.run(["sessions", "create"].iter().chain(&bad)).code(2);
    }
    assert_eq!(sandbox.run(["sessions", "list"]).ok().json(), json!([]));
}

#[test]
fn an_agents_version_that_is_not_there_is_not_found_and_named() {
    let sandbox = Sandbox::new();
    let create = ["serve", "-b", "foundry", "--", WHARF, "sessions", "create", "--agent", "a1", "--agent-version"];
    for (version, code) in [("1", 0), ("9", 4)] {
        let run = sandbox.run(create.iter().chain(&[version]));
        run.code(code);
        assert!(code == 0 || run.stderr().contains("Version 9") && run.stderr().contains("`a1`"), "{}", run.stderr());
    }
}
