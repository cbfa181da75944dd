//! `--transform`: one result a line, from each object.

use std::os::unix::fs::symlink;

use crate::sandbox::Sandbox;

/// A sandbox with three sessions, of which two have a label `team`.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    let body = r#"{"labels": {"team": "blue", "odd": "a\nb\"c"}, "number": 1.0, "list": [1, 25], "yes": true}"#;
    sandbox.wharf(["sessions", "create", "--id", "s1", "--title", "no"]).stdin(body).run().ok();
    sandbox.run(["sessions", "create", "--id", "s2", "--label", "team=12"]).ok();
    sandbox.run(["sessions", "create", "--id", "s3"]).ok();
    sandbox
}

#[track_caller]
fn printed(sandbox: &Sandbox, path: &str, extra: &[&str]) -> String {
    sandbox.run(["sessions", "list", "--transform", path].iter().chain(extra)).ok().stdout().to_owned()
}

#[test]
fn each_object_gives_a_line_in_every_format() {
    let sandbox = stage();
    for format in ["auto", "json", "jsonl", "table"] {
        assert_eq!(printed(&sandbox, "id", &["--format", format]), "\"s3\"\n\"s2\"\n\"s1\"\n", "{format}");
    }
    assert_eq!(printed(&sandbox, "provider.id", &["--format", "json"]), "\"s3\"\n\"s2\"\n\"s1\"\n");
    let raw = printed(&sandbox, "id", &["--format", "raw"]);
    assert_eq!(raw, "\"s3\"\n\"s2\"\n\"s1\"\n", "of the provider's own object");
}

#[test]
fn scalars_are_bare_text_with_r_and_in_yaml() {
    let sandbox = stage();
    assert_eq!(printed(&sandbox, "id", &["-r"]), "s3\ns2\ns1\n");
    assert_eq!(printed(&sandbox, "id", &["--raw-output", "--format", "json"]), "s3\ns2\ns1\n");
    assert_eq!(printed(&sandbox, "id", &["--format", "yaml"]), "s3\ns2\ns1\n");
    assert_eq!(printed(&sandbox, "labels.odd", &["-r"]), "a\nb\"c\n");
    assert_eq!(printed(&sandbox, "labels.odd", &[]), "\"a\\nb\\\"c\"\n");
    assert_eq!(printed(&sandbox, "title", &["--format", "yaml"]), "null\nnull\nno\n");
}

#[test]
fn objects_and_arrays_are_compact_json_or_yaml_documents() {
    let sandbox = stage();
    assert_eq!(
        printed(&sandbox, "{id,t:labels.team}", &[]),
        "{\"id\":\"s3\"}\n{\"id\":\"s2\",\"t\":\"12\"}\n{\"id\":\"s1\",\"t\":\"blue\"}\n"
    );
    assert_eq!(printed(&sandbox, "[id,status]", &["-r", "--limit=1"]), "[\"s3\",\"running\"]\n");
    assert_eq!(printed(&sandbox, "labels", &["--label=team=12"]), "{\"team\":\"12\"}\n");
    assert_eq!(
        printed(&sandbox, "{id,labels}", &["--format=yaml", "--label=team=12"]),
        "---\nid: s2\nlabels:\n  team: \"12\"\n"
    );
    assert_eq!(
        printed(&sandbox, "{id,title}", &["--format=yaml"]),
        "---\nid: s3\ntitle: null\n---\nid: s2\ntitle: null\n---\nid: s1\ntitle: \"no\"\n"
    );
}

#[test]
fn null_is_a_match_and_prints_null() {
    let sandbox = stage();
    assert_eq!(printed(&sandbox, "title", &[]), "null\nnull\n\"no\"\n");
    assert_eq!(printed(&sandbox, "title", &["-r"]), "null\nnull\nno\n");
    assert_eq!(printed(&sandbox, "expires_at", &[]), "null\nnull\nnull\n");
}

#[test]
fn numbers_keep_their_text() {
    let sandbox = stage();
    assert_eq!(printed(&sandbox, "provider.number", &[]), "1.0\n");
    assert_eq!(printed(&sandbox, "provider.list", &[]), "[1,25]\n");
    assert_eq!(printed(&sandbox, "provider.list.1", &["-r"]), "25\n");
    assert_eq!(printed(&sandbox, "provider.yes", &["--format", "yaml"]), "true\n");
}

#[test]
fn objects_without_a_match_are_counted_on_standard_error() {
    let sandbox = stage();
    for format in ["auto", "json"] {
        let run = sandbox.run(["sessions", "list", "--transform", "labels.team", "--format", format]);
        assert_eq!(run.ok().stdout(), "\"12\"\n\"blue\"\n");
        assert_eq!(run.stderr().lines().count(), 1);
        run.says(&["1 of 3", "labels.team"]);
    }
    assert_eq!(sandbox.run(["sessions", "list", "--transform", "id"]).ok().stderr(), "");
}

#[test]
fn a_path_that_matches_nothing_is_an_error_with_nothing_on_standard_output() {
    let sandbox = stage();
    for format in ["auto", "yaml", "jsonl"] {
        let run = sandbox.run(["sessions", "list", "--transform", "nothing", "--format", format]);
        assert_eq!(run.code(11).stdout(), "");
        assert_eq!(run.stderr().lines().filter(|line| !line.starts_with("hint: ")).count(), 1, "{}", run.stderr());
    }
    sandbox.run(["sessions", "get", "s1", "--transform", "nothing"]).code(11).says(&["nothing"]);
}

#[test]
fn an_empty_listing_matches_nothing_and_is_no_error() {
    let sandbox = stage();
    let run = sandbox.run(["sessions", "list", "--label", "team=green", "--transform", "nothing"]);
    assert_eq!((run.ok().stdout(), run.stderr()), ("", ""));
    let run = sandbox.run(["files", "ls", "--transform", "id"]);
    assert_eq!((run.ok().stdout(), run.stderr()), ("", ""));
}

#[test]
fn bad_syntax_is_a_usage_error_with_a_column_before_anything_is_done() {
    let sandbox = stage();
    for (path, column) in [("", 1), ("{id", 1), ("[id", 1)] {
        let run = sandbox.run(["--format", "json", "sessions", "delete", "s1", "--transform", path]);
        let error = run.code(2).error();
        assert_eq!(error["kind"], "usage");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(&format!("column {column}")), "{path:?}: {message}");
    }
    sandbox.run(["sessions", "list", "--transform", "id", "-q"]).code(2);
    sandbox.run(["sessions", "get", "s1"]).ok();
}

#[test]
fn receipts_deletions_and_single_objects_are_transformed_too() {
    let sandbox = stage();
    sandbox.write("a.txt", "a");
    let run = sandbox.run(["files", "upload", "a.txt", "s1:/a", "--transform", "id", "-r"]);
    assert_eq!(run.ok().stdout(), "s1:/a\n");
    let run = sandbox.run(["files", "stat", "s1:/a", "--transform", "size"]);
    assert_eq!(run.ok().stdout(), "1\n");
    let run = sandbox.run(["sessions", "create", "--transform", "status", "-r"]);
    assert_eq!(run.ok().stdout(), "running\n");
    let run = sandbox.run(["sessions", "delete", "s1", "--transform", "deleted"]);
    assert_eq!(run.ok().stdout(), "true\n");
    let run = sandbox.run(["backends", "--transform", "features.#", "-r"]);
    let stdout = run.ok().stdout();
    assert!(stdout.lines().next().unwrap().parse::<u32>().unwrap() > 10, "the local backend comes first");
}

#[test]
fn a_part_of_a_path_without_a_match_is_told_and_all_of_them_are_an_error() {
    let sandbox = stage();
    let run = sandbox.run(["sessions", "list", "--transform", "{id,team:labels.team,nosuch}"]);
    assert_eq!(
        run.ok().stdout(),
        "{\"id\":\"s3\"}\n{\"id\":\"s2\",\"team\":\"12\"}\n{\"id\":\"s1\",\"team\":\"blue\"}\n"
    );
    assert_eq!(run.stderr().lines().count(), 1);
    run.says(&["3 of 3", "`labels.team`, `nosuch`"]);
    let run = sandbox.run(["sessions", "list", "--transform", "[id,labels.team]", "--format=json"]);
    assert_eq!(run.ok().lines()[0], "[\"s3\"]");
    run.says(&["1 of 3", "`labels.team`"]);
    assert!(!run.stderr().contains("nosuch"));
    for nothing in ["{nosuch}", "[nosuch,none]", "{labels.none}", "{a:{nosuch}}", "{nosuch}.@keys", "provider.list.#.x"]
    {
        let run = sandbox.run(["sessions", "get", "s1", "--transform", nothing]);
        assert_eq!(run.code(11).stdout(), "", "{nothing}");
        run.says(&["matched nothing", nothing]);
    }
    // One that has nothing of it is left out, as of any other path.
    let run = sandbox.run(["sessions", "list", "--transform", "{labels.team}"]);
    assert_eq!(run.ok().stdout(), "{\"team\":\"12\"}\n{\"team\":\"blue\"}\n");
    run.says(&["1 of 3"]);
    // What is there and empty is a match.
    assert_eq!(printed(&sandbox, "labels.@keys", &["--limit=1"]), "[]\n");
    assert_eq!(sandbox.run(["sessions", "get", "s3", "--transform", "{labels,title}"]).ok().stderr(), "");
}

#[test]
fn nothing_is_extracted_from_what_failed() {
    let sandbox = stage();
    symlink("missing", sandbox.write("tree/good", "1").with_file_name("broken")).unwrap();
    for format in ["auto", "json", "jsonl", "yaml", "raw", "table"] {
        for path in ["id", "error.kind", "{id,source}"] {
            let run =
                sandbox.run(["files", "download", "s1:/gone", "x", "--transform", path, "-r", "--format", format]);
            assert_eq!(run.code(4).stdout(), "", "{path} {format}");
            let run =
                sandbox.run(["files", "upload", "--file", "nope.csv", "--transform", path, "-r", "--format", format]);
            assert_eq!(run.code(4).stdout(), "", "{path} {format}");
        }
        let run = sandbox.run(["files", "upload", "tree", "s1:/d", "--transform", "id", "-r", "--format", format]);
        assert_eq!(run.code(10).stdout(), "s1:/d/good\n", "{format}");
    }
    for verb in [&["files", "rm"][..], &["files", "stat"], &["files", "mkdir"]] {
        let run = sandbox.run(verb.iter().chain(&["s1:/d/good/below", "s1:/d/good/deep", "--transform", "path", "-r"]));
        assert_ne!(run.stderr(), "", "{verb:?}");
        assert_eq!(run.stdout(), "", "{verb:?}");
    }
    let run = sandbox.run(["sessions", "get", "gone", "s1", "--transform", "id", "-r"]);
    assert_eq!(run.code(10).stdout(), "s1\n");
    // The failure counts for more than a path that matches nothing.
    sandbox.run(["files", "rm", "s1:/gone", "s1:/d/good", "--transform", "nosuch"]).code(10);
}
