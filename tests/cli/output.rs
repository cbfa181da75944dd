//! What results look like: formats, `-q`, `-0`, escaping.

use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

/// A sandbox with two sessions of known names.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "first", "--title", "first try", "--label", "team=blue"]).ok();
    sandbox.run(["sessions", "create", "--id", "second", "--ttl", "2h", "--agent", "agent_1", "--label", "a=no"]).ok();
    sandbox
}

/// Sessions as they are printed, their times masked and their directories shortened.
fn golden(sandbox: &Sandbox, args: &[&str]) -> String {
    let run = sandbox.run(args);
    let text = run.ok().golden();
    assert_eq!(run.stderr(), "");
    text.replace(sandbox.store().to_str().unwrap(), "[STORE]")
}

#[test]
fn a_listing_as_a_table() {
    assert_eq!(
        golden(&stage(), &["sessions", "list", "--format", "table"]),
        "\
ID      STATUS   TITLE      LABELS     CREATED  EXPIRES
second  running             a=no       [AGE]  [AGE]
first   running  first try  team=blue  [AGE]  -
"
    );
}

#[test]
fn a_status_has_its_colour_where_colour_is_wanted() {
    let sandbox = stage();
    let listed = |args: &[&str], env: &[(&str, &str)]| {
        let call = sandbox.wharf(["sessions", "list", "--format", "table"].iter().chain(args));
        env.iter().fold(call, |call, (name, value)| call.env(name, value)).run().ok().stdout().to_owned()
    };
    let green = "\x1b[32mrunning\x1b[0m";
    assert!(listed(&["--color", "always"], &[]).contains(green));
    assert!(listed(&[], &[("CLICOLOR_FORCE", "1")]).contains(green));
    for (args, env) in [
        (&[][..], &[][..]),
        (&["--color", "never"], &[("CLICOLOR_FORCE", "1")]),
        (&[], &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]),
    ] {
        assert!(!listed(args, env).contains('\x1b'), "{args:?} {env:?}");
    }
    let one = sandbox.run(["sessions", "get", "first", "--format", "table", "--color", "always"]);
    assert!(one.ok().stdout().contains(green), "{}", one.stdout());
    let json = sandbox.run(["sessions", "get", "first", "--color", "always"]);
    assert!(!json.ok().stdout().contains('\x1b'));
}

#[test]
fn a_full_time_is_local_with_its_zone() {
    let sandbox = stage();
    let created = |zone: &str, args: &[&str]| {
        let args = ["sessions", "get", "first"].iter().chain(args);
        let run = sandbox.wharf(args).env("TZ", zone).run();
        run.ok().lines().into_iter().find(|line| line.contains("created_at")).unwrap().to_owned()
    };
    let table = ["--format", "table"];
    let shown = created("XYZ-05:30", &table);
    assert!(shown.starts_with("created_at  20") && shown.ends_with(" +05:30"), "{shown}");
    for zone in ["UTC", "", "no/such zone", ":", "/dev/zero", "/nowhere", "\u{e9}", "../../etc/passwd"] {
        let shown = created(zone, &table);
        assert!(shown.ends_with(" UTC"), "{zone:?}: {shown}");
    }
    assert!(created("XYZ-05:30", &["--format", "table", "--utc"]).ends_with(" UTC"));
    // What programs read is always in UTC.
    for args in [&["--format", "json"][..], &["--format", "json", "--utc"], &["--format", "yaml"]] {
        let shown = created("XYZ-05:30", args);
        assert!(shown.trim_end_matches([',', '"']).ends_with('Z'), "{shown}");
    }
}

#[test]
fn backends_are_a_matrix_of_features() {
    let sandbox = Sandbox::new();
    let shown = |locale: &str| {
        let run = sandbox.wharf(["backends", "--format", "table"]).env("LC_ALL", locale).run();
        run.ok().stdout().to_owned()
    };
    let row = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {text}"));
        line[name.len()..].split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let plain = shown("C");
    assert!(plain.is_ascii());
    assert_eq!(row(&plain, "FEATURE"), ["local", "anthropic", "foundry", "agb"]);
    assert_eq!(row(&plain, "exec "), ["yes", "-", "-", "yes"]);
    assert_eq!(row(&plain, "stored files"), ["yes", "yes", "-", "-"]);
    assert_eq!(row(&shown("en_US.UTF-8"), "exec "), ["✓", "-", "-", "✓"]);
    let narrow = sandbox.wharf(["backends", "--format", "table", "--transform", "backend"]).run();
    assert_eq!(narrow.ok().stdout(), "\"local\"\n\"anthropic\"\n\"foundry\"\n\"agb\"\n");
}

#[test]
fn a_listing_as_json_is_one_array() {
    let expected = r#"[
  {
    "id": "second",
    "backend": "local",
    "status": "running",
    "title": null,
    "labels": {
      "a": "no"
    },
    "created_at": "[TIME]",
    "updated_at": "[TIME]",
    "expires_at": "[TIME]",
    "agent": "agent_1",
    "provider": {
      "id": "second",
      "path": "[STORE]/sessions/second",
      "ttl_seconds": 7200.0
    }
  },
  {
    "id": "first",
    "backend": "local",
    "status": "running",
    "title": "first try",
    "labels": {
      "team": "blue"
    },
    "created_at": "[TIME]",
    "updated_at": "[TIME]",
    "expires_at": null,
    "agent": null,
    "provider": {
      "id": "first",
      "path": "[STORE]/sessions/first",
      "ttl_seconds": null
    }
  }
]
"#;
    let sandbox = stage();
    assert_eq!(golden(&sandbox, &["sessions", "list", "--format", "json"]), expected);
    assert_eq!(golden(&sandbox, &["sessions", "list"]), expected, "auto is JSON off a terminal");
    assert_eq!(golden(&sandbox, &["sessions", "list", "--format", "AUTO"]), expected);
}

#[test]
fn a_listing_as_jsonl_is_an_object_a_line() {
    assert_eq!(
        golden(&stage(), &["sessions", "list", "--format", "jsonl"]),
        r#"{"id":"second","backend":"local","status":"running","title":null,"labels":{"a":"no"},"created_at":"[TIME]","updated_at":"[TIME]","expires_at":"[TIME]","agent":"agent_1","provider":{"id":"second","path":"[STORE]/sessions/second","ttl_seconds":7200.0}}
{"id":"first","backend":"local","status":"running","title":"first try","labels":{"team":"blue"},"created_at":"[TIME]","updated_at":"[TIME]","expires_at":null,"agent":null,"provider":{"id":"first","path":"[STORE]/sessions/first","ttl_seconds":null}}
"#
    );
}

#[test]
fn a_listing_as_yaml_is_one_list() {
    assert_eq!(
        golden(&stage(), &["sessions", "list", "--format", "yaml"]),
        r#"- id: second
  backend: local
  status: running
  title: null
  labels:
    a: "no"
  created_at: "[TIME]"
  updated_at: "[TIME]"
  expires_at: "[TIME]"
  agent: agent_1
  provider:
    id: second
    path: [STORE]/sessions/second
    ttl_seconds: 7200.0
- id: first
  backend: local
  status: running
  title: first try
  labels:
    team: blue
  created_at: "[TIME]"
  updated_at: "[TIME]"
  expires_at: null
  agent: null
  provider:
    id: first
    path: [STORE]/sessions/first
    ttl_seconds: null
"#
    );
}

#[test]
fn raw_is_the_providers_own_object() {
    assert_eq!(
        golden(&stage(), &["sessions", "list", "--format", "raw"]),
        r#"{"id":"second","path":"[STORE]/sessions/second","ttl_seconds":7200.0}
{"id":"first","path":"[STORE]/sessions/first","ttl_seconds":null}
"#
    );
}

#[test]
fn one_object_as_a_table_is_its_fields_that_are_known() {
    assert_eq!(
        golden(&stage(), &["sessions", "get", "first", "--format", "table"]),
        "\
FIELD       VALUE
id          first
backend     local
status      running
title       first try
labels      team=blue
created_at  [TIME]
updated_at  [TIME]
"
    );
}

#[test]
fn a_receipt_in_every_format() {
    let sandbox = stage();
    sandbox.write("a.txt", "hello\n");
    let up = |format: &str| golden(&sandbox, &["files", "upload", "a.txt", "first:/in/", "--format", format]);
    let sha256 = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
    assert_eq!(
        up("table"),
        "STATUS  BYTES  VERIFIED  SOURCE  DESTINATION\ncopied    6 B  sha256    a.txt   first:/in/a.txt\n"
    );
    let line = format!(
        r#"{{"id":"first:/in/a.txt","source":"a.txt","destination":"first:/in/a.txt","status":"copied","bytes":6,"sha256":"{sha256}","verified":"sha256","file_id":null,"resource_id":null,"error":null}}"#
    );
    assert_eq!(up("jsonl"), format!("{line}\n"));
    let fields = [
        ("id", "\"first:/in/a.txt\""),
        ("source", "\"a.txt\""),
        ("destination", "\"first:/in/a.txt\""),
        ("status", "\"copied\""),
        ("bytes", "6"),
        ("sha256", &format!("\"{sha256}\"")),
        ("verified", "\"sha256\""),
        ("file_id", "null"),
        ("resource_id", "null"),
        ("error", "null"),
    ];
    let json: Vec<_> = fields.iter().map(|(name, value)| format!("    \"{name}\": {value}")).collect();
    assert_eq!(up("json"), format!("[\n  {{\n{}\n  }}\n]\n", json.join(",\n")));
    let yaml: Vec<_> = fields.iter().map(|(name, value)| format!("  {name}: {}\n", value.trim_matches('"'))).collect();
    assert_eq!(up("yaml"), format!("- {}", yaml.concat().trim_start()));
}

#[test]
fn a_failed_receipt_and_an_empty_listing_in_every_format() {
    let sandbox = stage();
    let run = sandbox.run(["files", "download", "first:/gone", "x", "--format", "table"]);
    let table = "STATUS  BYTES  VERIFIED   SOURCE       DESTINATION\nfailed      -  not_found  first:/gone  -\n";
    assert_eq!(run.code(4).stdout(), table);
    for (format, empty) in [("json", "[]\n"), ("jsonl", ""), ("yaml", "[]\n"), ("raw", ""), ("table", "")] {
        let run = sandbox.run(["files", "ls", "--format", format]);
        let printed = run.ok().stdout();
        assert!(printed == empty || format == "table", "{format}: {printed:?}");
        assert_eq!(run.stderr().is_empty(), format != "table", "a person is told: {:?}", run.stderr());
    }
}

#[test]
fn tables_of_files_and_resources() {
    let sandbox = stage();
    let id = sandbox.stored("data.csv", vec![b'x'; 1536]);
    sandbox.run(["resources", "add", "first", &format!("{id}:/in/m")]).ok();
    assert_eq!(golden(&sandbox, &["files", "ls", "first:/", "-R", "--format=table"]), "PATH\n/in/\n/in/m\n");
    assert_eq!(
        golden(&sandbox, &["files", "ls", "first:/", "-Rl", "--format=table"]),
        "MODE      SIZE  MODIFIED  FILE                           PATH
d0755        -  [AGE]  -                              /in/
-0444  1.5 KiB  [AGE]  [FILE]  /in/m
"
    );
    assert_eq!(
        golden(&sandbox, &["files", "ls", "--format=table"]),
        "ID                                SIZE  TYPE      CREATED  NAME
[FILE]  1.5 KiB  text/csv  [AGE]  data.csv
"
    );
    assert_eq!(
        golden(&sandbox, &["resources", "list", "first", "--format=table"]),
        "ID                               KIND  FILE                           CREATED  MOUNT PATH
[RESOURCE]  file  [FILE]  [AGE]  /in/m
"
    );
    assert_eq!(
        golden(&sandbox, &["files", "rm", "first:/in/m", "--format=table"]),
        "DELETED  WHAT\nyes      first:/in/m\n"
    );
}

#[test]
fn quiet_prints_ids_or_paths_one_a_line() {
    let sandbox = stage();
    sandbox.write("a.txt", "a");
    let quiet = |args: &[&str]| {
        let run = sandbox.run(args.iter().chain(&["-q"]));
        assert_eq!(run.ok().stderr(), "");
        run.golden()
    };
    assert_eq!(quiet(&["sessions", "create"]), "[SESSION]\n");
    assert_eq!(quiet(&["sessions", "get", "first"]), "first\n");
    assert_eq!(quiet(&["sessions", "get", "first", "second"]), "first\nsecond\n");
    assert_eq!(quiet(&["sessions", "list", "--label", "team=blue"]), "first\n");
    assert_eq!(quiet(&["sessions", "touch", "first"]), "first\n");
    assert_eq!(quiet(&["files", "upload", "a.txt"]), "[FILE]\n");
    assert_eq!(quiet(&["files", "upload", "a.txt", "first:d/"]), "first:/d/a.txt\n");
    assert_eq!(quiet(&["files", "upload", "a.txt", "first:d/", "--if-exists=skip"]), "first:/d/a.txt\n");
    assert_eq!(quiet(&["files", "ls"]), "[FILE]\n");
    assert_eq!(quiet(&["files", "ls", "first:", "-R"]), "first:/d\nfirst:/d/a.txt\n");
    assert_eq!(quiet(&["files", "stat", "first:d/a.txt"]), "first:/d/a.txt\n");
    assert_eq!(quiet(&["files", "mkdir", "first:e"]), "first:/e\n");
    assert_eq!(quiet(&["files", "mv", "first:d/a.txt", "first:e/"]), "first:/e/a.txt\n");
    assert_eq!(quiet(&["files", "download", "first:e/a.txt", "out"]), "first:/e/a.txt\n");
    assert_eq!(quiet(&["files", "rm", "first:e/a.txt"]), "first:/e/a.txt\n");
    assert_eq!(quiet(&["resources", "add", "first", "@a.txt"]), "[RESOURCE]\n");
    assert_eq!(quiet(&["resources", "list", "first"]), "[RESOURCE]\n");
    assert_eq!(quiet(&["sessions", "delete", "first", "second", "--with-files"]), "first\n[FILE]\nsecond\n");
    assert_eq!(quiet(&["backends"]), "local\nanthropic\nfoundry\nagb\n");
}

#[test]
fn quiet_names_nothing_that_failed() {
    let sandbox = stage();
    sandbox.write("a.txt", "a");
    symlink("missing", sandbox.write("tree/a.txt", "a").with_file_name("broken")).unwrap();
    let up = sandbox.run(["files", "upload", "tree", "first:/d", "-q"]);
    assert_eq!(up.code(10).stdout(), "first:/d/a.txt\n");
    assert_eq!(sandbox.run(["files", "upload", "gone", "-q"]).code(4).stdout(), "");
    assert_eq!(sandbox.run(["files", "download", "first:/gone", "x", "-q"]).code(4).stdout(), "");
    assert_eq!(sandbox.run(["sessions", "get", "gone", "first", "-q"]).code(10).stdout(), "first\n");
    assert_eq!(sandbox.run(["files", "rm", "first:/gone", "-q"]).code(4).stdout(), "");
}

#[test]
fn nul_ends_each_name_in_place_of_the_newline() {
    let sandbox = stage();
    assert_eq!(sandbox.run(["sessions", "list", "-q", "-0"]).ok().stdout(), "second\0first\0");
    assert_eq!(sandbox.run(["sessions", "list", "--transform", "id", "-r0"]).ok().stdout(), "second\0first\0");
    assert_eq!(sandbox.run(["sessions", "list", "--label", "team=green", "-q0"]).ok().stdout(), "");
}

#[test]
fn control_characters_are_shown_to_people_and_exact_for_programs() {
    let sandbox = Sandbox::new();
    let evil = "a\u{1b}]0;pwned\u{7}\r\n\tb\u{202e}\u{9b}31m";
    let shown = r"a\x1b]0;pwned\x07\r\n\tb\u{202e}\x9b31m";
    let label = format!("k{evil}={evil}");
    sandbox.run(["sessions", "create", "--id", "s1", "--title", evil, "--agent", evil, "--label", &label]).ok();
    sandbox.write(format!("tree/{evil}"), "x");
    sandbox.run(["files", "upload", "tree", "s1:/"]).ok();
    let id = sandbox.stored(evil, "x");
    sandbox.run(["resources", "add", "s1", &format!("{id}:/m/{evil}")]).ok();
    let target = format!("s1:/{evil}");
    let missing = format!("s1:/{evil}{evil}");
    for args in [
        &["sessions", "list"][..],
        &["sessions", "get", "s1"],
        &["files", "ls", "s1:/"],
        &["files", "ls", "s1:/", "-l"],
        &["files", "stat", &target],
        &["files", "ls"],
        &["files", "stat", &id],
        &["resources", "list", "s1"],
        &["files", "upload", "tree", "s1:/"],
        &["files", "download", &target, "out"],
        &["files", "rm", &missing],
    ] {
        let run = sandbox.run(args.iter().chain(&["--format", "table"]));
        let all = format!("{}{}", run.stdout(), run.stderr());
        let bad: Vec<char> = all.chars().filter(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}').collect();
        assert!(bad.is_empty(), "{args:?}: {bad:?} in {all:?}");
        assert!(all.contains(shown), "{args:?}: {all}");
    }
    let session = sandbox.run(["sessions", "get", "s1"]);
    assert_eq!((session.ok().at("/title"), session.at("/agent")), (json!(evil), json!(evil)));
    assert_eq!(session.at("/labels")[format!("k{evil}")], evil);
    assert_eq!(sandbox.run(["files", "ls", "s1:/"]).ok().at("/0/name"), evil);
    assert_eq!(sandbox.run(["files", "stat", &id]).ok().at("/filename"), evil);
    assert_eq!(sandbox.run(["sessions", "get", "s1", "--transform", "title", "-r"]).ok().stdout(), format!("{evil}\n"));
}

#[test]
fn control_characters_in_the_name_of_a_label_are_shown_to_people() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1", "--label", "a\u{1b}]0;pwned\u{7}b=v"]).ok();
    let run = sandbox.run(["sessions", "label", "s1", "--format", "table"]);
    assert_eq!(run.ok().lines()[1].split_whitespace().collect::<Vec<_>>(), [r"a\x1b]0;pwned\x07b", "v"]);
    assert_eq!(sandbox.run(["sessions", "label", "s1"]).ok().json()["a\u{1b}]0;pwned\u{7}b"], "v");
}

#[test]
fn colour_comes_where_it_is_asked_for_and_nowhere_else() {
    let sandbox = stage();
    let coloured = |args: &[&str], variable: (&str, &str)| {
        let call = sandbox.wharf(["sessions", "list", "--format", "table"].iter().chain(args));
        call.env(variable.0, variable.1).run().ok().stdout().contains('\u{1b}')
    };
    assert!(!coloured(&[], ("TERM", "xterm-256color")));
    assert!(coloured(&["--color", "always"], ("NO_COLOR", "1")));
    assert!(coloured(&[], ("CLICOLOR_FORCE", "1")));
    assert!(!coloured(&["--color", "never"], ("CLICOLOR_FORCE", "1")));
    let run = sandbox.run(["sessions", "list", "--color", "always"]);
    assert!(!run.ok().stdout().contains('\u{1b}'), "data has no colour");
    sandbox.run(["sessions", "list", "--color", "sometimes"]).code(2);
}

#[test]
fn wharf_alone_prints_the_first_three_things_to_type() {
    let sandbox = Sandbox::new();
    let run = sandbox.run([""; 0]);
    let text = run.ok().stdout();
    assert!(text.lines().count() < 20, "short: {text}");
    for command in ["wharf sessions create", "wharf files upload", "wharf files ls"] {
        assert!(text.contains(command), "{text}");
    }
    assert_eq!(sandbox.run(["--version"]).ok().stdout(), format!("wharf {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn help_of_every_verb_says_what_it_does() {
    let sandbox = Sandbox::new();
    let help = sandbox.run(["--help"]);
    for noun in ["sessions", "files", "resources"] {
        assert!(help.ok().stdout().contains(noun));
        let run = sandbox.run([noun, "--help"]);
        let verbs: Vec<_> = run.ok().lines().into_iter().skip_while(|line| *line != "Commands:").skip(1).collect();
        let verbs = verbs.into_iter().take_while(|line| line.starts_with("  "));
        for verb in verbs.filter_map(|line| line.split_whitespace().next()).filter(|verb| *verb != "help") {
            let run = sandbox.run([noun, verb, "--help"]);
            assert!(run.ok().stdout().contains(&format!("Usage: wharf {noun} {verb}")), "{noun} {verb}");
        }
    }
    sandbox.run(["sessions", "lisst"]).code(2).says(&["list"]);
    sandbox.run(["sesions"]).code(2).says(&["sessions"]);
}

#[test]
fn backends_and_doctor_are_data_too() {
    let sandbox = Sandbox::new();
    let backends = sandbox.run(["backends"]);
    assert_eq!(backends.ok().at("/0/backend"), "local");
    assert_eq!(backends.at("/0/limits/mounts"), 100);
    let run = sandbox.run(["doctor"]);
    let checks = run.ok().json();
    assert!(checks.as_array().unwrap().iter().all(|check| check["ok"] == Value::Bool(true)), "{checks:#}");
    assert!(run.column("check").contains(&"round trip".to_owned()));
    assert_eq!(sandbox.run(["sessions", "list"]).ok().json(), json!([]), "the round trip leaves nothing");
    let broken = sandbox.wharf(["doctor"]).env("WHARF_HOME", "/dev/null/no").run();
    assert!(broken.code(10).json().as_array().unwrap().iter().any(|check| check["ok"] == Value::Bool(false)));
}
