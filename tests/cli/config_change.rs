//! `wharf config init`, `set` and `unset`: the configuration file is changed, and nothing of it is lost.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use serde_json::json;

use crate::sandbox::Sandbox;

fn file(sandbox: &Sandbox) -> PathBuf {
    sandbox.config().join("wharf/config.toml")
}

fn text(sandbox: &Sandbox) -> String {
    fs::read_to_string(file(sandbox)).unwrap()
}

/// A sandbox with this configuration file.
fn with(content: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.config().join("wharf")).unwrap();
    fs::write(file(&sandbox), content).unwrap();
    sandbox
}

#[test]
fn a_profile_is_created_for_each_backend_and_works() {
    for (backend, flags, next) in [
        ("local", &[][..], "sessions create"),
        ("anthropic", &["--agent", "agent_1", "--environment", "env_1"], "ANTHROPIC_API_KEY"),
        ("foundry", &["--agent", "order", "--base-url", "https://a.test/api/projects/p"], "az login"),
        ("agb", &["--image", "agb-code-space-1"], "AGB_API_KEY"),
    ] {
        let sandbox = Sandbox::new();
        let made = sandbox.run([&["config", "init", "-b", backend][..], flags].concat());
        made.ok().says(&["profile \"default\"", "config.toml", "next: ", next]);
        assert_eq!(made.column("name")[0], "backend");
        let mode = fs::metadata(file(&sandbox)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{backend}");
        let listed = sandbox.run(["config", "list"]).ok().json();
        let value = |name: &str| {
            listed.as_array().unwrap().iter().find(|setting| setting["name"] == name).unwrap()["value"].clone()
        };
        assert_eq!((value("backend"), value("profile")), (json!(backend), json!("default")));
        for pair in flags.chunks(2) {
            assert_eq!(value(&pair[0][2..].replace('-', "_")), pair[1], "{backend}");
        }
        // What is not set stands there as a comment, and becomes a setting without it.
        sandbox.run(["config", "init", "-b", backend, "--profile", "bare"]).ok().says(&["--profile bare"]);
        let bare = text(&sandbox).split_once("[profiles.bare]\n").unwrap().1.to_owned();
        assert!(bare.starts_with(&format!("backend = \"{backend}\"\n# ")), "{bare}");
        assert_eq!(sandbox.run(["config", "get", "profile", "-q"]).ok().stdout(), "default\n");
    }
}

#[test]
fn a_profile_that_exists_is_replaced_only_by_force() {
    let sandbox = with("# mine\n[profiles.a] # first\nagent = 'x'\n\n[profiles.b]\njobs = 2\n");
    let before = text(&sandbox);
    let init = ["config", "init", "-b", "local", "--profile", "a"];
    sandbox.run(init).code(5).says(&["\"a\" exists", "--force", "wharf config set"]);
    assert_eq!(text(&sandbox), before);
    sandbox.run([&init[..], &["--force"]].concat()).ok();
    let wanted = "profile = \"a\"\n# mine\n[profiles.a] # first\nbackend = \"local\"\n\n[profiles.b]\njobs = 2\n";
    assert_eq!(text(&sandbox), wanted);
}

#[test]
fn what_init_cannot_do_is_said_before_anything_is_written() {
    let sandbox = Sandbox::new();
    for (args, code, words) in [
        (&["config", "init"][..], 2, "local, anthropic, foundry, agb"),
        (&["config", "init", "-b", "cloud"], 2, "unknown backend"),
        (&["config", "init", "-b", "agb", "--agent", "x"], 7, "--agent"),
        (&["config", "init", "-b", "anthropic", "--image", "x"], 7, "--image"),
        (&["config", "init", "-b", "foundry", "--base-url", "https://u:hunter2@a.test"], 2, "user name"),
        (&["config", "init", "-b", "local", "--profile", "a b"], 2, "one word"),
    ] {
        let run = sandbox.run(args);
        run.code(code).says(&[words]);
        assert!(!run.stderr().contains("hunter2"), "{}", run.stderr());
        assert!(!file(&sandbox).exists(), "{args:?}");
    }
    sandbox.wharf(["config", "init"]).env("WHARF_BACKEND", "local").run().ok();
}

#[test]
fn a_key_is_set_and_unset_and_the_rest_of_the_file_stays() {
    let sandbox = with("# mine\nprofile = 'a' # usual\n\n[profiles.a]\nagent = 'x' # keep\n\n# other\n[profiles.b]\n");
    let before = text(&sandbox);
    let set = sandbox.run(["config", "set", "agent_command", r#"["claude", "-p"]"#]);
    assert_eq!(
        set.ok().json(),
        json!({"name": "agent_command", "value": "[\"claude\",\"-p\"]", "origin": "profile: a"})
    );
    assert_eq!(sandbox.run(["config", "get", "agent_command", "-q"]).ok().stdout(), "[\"claude\",\"-p\"]\n");
    sandbox.run(["config", "set", "agent", "y"]).ok();
    sandbox.run(["config", "set", "environment_id", "env_1", "--profile", "b"]).ok();
    sandbox.wharf(["config", "set", "jobs", "8"]).env("WHARF_PROFILE", "b").run().ok();
    let after = before
        .replace("'x' # keep\n", "\"y\" # keep\nagent_command = [\"claude\", \"-p\"]\n")
        .replace("[profiles.b]\n", "[profiles.b]\nenvironment = \"env_1\"\njobs = 8\n");
    assert_eq!(text(&sandbox), after);
    for (key, profile) in [("agent_command", "a"), ("environment", "b"), ("jobs", "b")] {
        let unset = sandbox.run(["config", "unset", key, "--profile", profile]);
        assert_eq!((unset.ok().at("/name"), unset.at("/value")), (json!(key), json!(null)));
    }
    assert_eq!(text(&sandbox), before.replace("'x'", "\"y\""));
    sandbox.run(["config", "unset", "jobs"]).code(4).says(&["does not set `jobs`"]);
    sandbox.run(["config", "set", "profile", "b"]).ok();
    assert_eq!(sandbox.run(["config", "get", "profile", "-q"]).ok().stdout(), "b\n");
    assert!(text(&sandbox).contains("profile = \"b\" # usual\n"));
    sandbox.run(["config", "set", "profile", "gone"]).code(2).says(&["gone", "a, b"]);
}

#[test]
fn the_first_key_makes_the_first_profile() {
    let sandbox = Sandbox::new();
    sandbox.run(["config", "set", "agent_command", "['cat']"]).ok();
    assert_eq!(text(&sandbox), "profile = \"default\"\n\n[profiles.default]\nagent_command = [\"cat\"]\n");
    sandbox.run(["config", "set", "jobs", "2", "--profile", "prd"]).code(2).says(&["prd", "default"]);
    let sandbox = with("[profiles.a]\n[profiles.b]\n");
    sandbox.run(["config", "set", "jobs", "2"]).code(2).says(&["no profile is chosen", "a, b"]);
    Sandbox::new().run(["config", "unset", "jobs"]).code(2).says(&["config init"]);
}

#[test]
fn a_secret_is_neither_stored_nor_repeated() {
    let sandbox = with("profile = 'a'\n[profiles.a]\n");
    let before = text(&sandbox);
    for args in [
        &["api_key", "hunter2"][..],
        &["api-key", "hunter2"],
        &["ANTHROPIC_API_KEY", "hunter2"],
        &["token", "hunter2"],
        &["auth_token=hunter2"],
        &["api_key", "=", "hunter2"],
        &["password", "hunter2"],
        &["client_secret", "hunter2"],
        &["agent", "=", "hunter2"],
        &["agent=hunter2"],
        &["secret_env", "sk-hunter2"],
        &["base_url", "https://me:hunter2@a.test"],
        &["headers", "{ authorization = 'hunter2' }"],
        &["headers", "{ x-api-key = 'hunter2' }"],
    ] {
        let run = sandbox.run([&["config", "set"][..], args].concat());
        let said = format!("{}{}", run.code(2).stderr(), run.stdout());
        assert!(!said.contains("hunter2"), "{args:?}: {said}");
        assert_eq!(text(&sandbox), before, "{args:?}");
    }
    sandbox.run(["config", "set", "api_key", "x"]).says(&["ANTHROPIC_API_KEY", "secret_command"]);
    let set = sandbox.run(["config", "set", "secret_command", "['pass', 'hunter2']"]);
    assert_eq!(set.ok().at("/value"), "[\"pass\"]", "the arguments may be confidential");
    sandbox.run(["config", "set", "secret_env", "KEY"]).code(5).says(&["secret_command"]);
}

#[test]
fn unknown_keys_and_values_of_another_form_are_refused() {
    let sandbox = with("profile = 'a'\n[profiles.a]\n");
    let before = text(&sandbox);
    for (args, words) in [
        (&["agnet", "x"][..], "did you mean `agent`"),
        (&["enviroment", "x"], "did you mean `environment`"),
        (&["zzz", "x"], "keys are backend"),
        (&["agent"], "a value is missing"),
        (&["agent", "a", "b"], "more than one value"),
        (&["agent", ""], "empty"),
        (&["jobs", "many"], "1 to 256"),
        (&["backend", "cloud"], "unknown backend"),
        (&["format", "xml"], "xml"),
        (&["agent_command", "claude -p"], "an array"),
        (&["agent_command", "[]"], "no program"),
        (&["session_bytes", "lots"], "session_bytes"),
    ] {
        sandbox.run([&["config", "set"][..], args].concat()).code(2).says(&[words]);
        assert_eq!(text(&sandbox), before, "{args:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_as_one_is_not_touched() {
    for (broken, line) in
        [("[profiles.a]\nagent = \n", ":2:"), ("\n[profiles.a]\ntoken = 'hunter2'\n", ":3:"), ("x", ":1:")]
    {
        let sandbox = with(broken);
        for args in
            [&["config", "set", "agent", "y"][..], &["config", "unset", "agent"], &["config", "init", "-b", "local"]]
        {
            let run = sandbox.run(args);
            run.code(2).says(&[line]);
            assert!(!run.stderr().contains("hunter2"));
            assert_eq!(text(&sandbox), broken);
        }
    }
    let sandbox = Sandbox::new();
    fs::create_dir_all(file(&sandbox)).unwrap();
    sandbox.run(["config", "set", "agent", "y"]).code(2).says(&["not a regular file"]);
    // Settings that fit no command can still be corrected.
    let sandbox = with("profile = 'gone'\n[profiles.a]\nbackend = 'local'\n");
    sandbox.run(["config", "set", "profile", "a"]).ok();
    sandbox.run(["config", "list"]).ok();
}

#[test]
fn changes_at_once_are_all_kept() {
    let sandbox = with("profile = 'a'\n[profiles.a]\n");
    let set = |key: &'static str, value: &'static str| sandbox.wharf(["config", "set", key, value]).start();
    let running = [
        set("agent", "a1"),
        set("environment", "e1"),
        set("image", "i1"),
        set("jobs", "3"),
        set("format", "yaml"),
        set("user_identity", "u1"),
        set("session_mounts", "5"),
        set("agent_command", "['cat']"),
    ];
    for one in running {
        one.finish().ok();
    }
    assert_eq!(text(&sandbox).lines().count(), 10, "{}", text(&sandbox));
    sandbox.run(["config", "list", "--format", "json"]).ok();
    assert_eq!(fs::read_dir(sandbox.config().join("wharf")).unwrap().count(), 1, "no other file is left");
}

#[test]
fn a_link_stays_a_link_and_the_mode_of_the_file_stays() {
    let sandbox = Sandbox::new();
    let real = sandbox.write("dotfiles/wharf.toml", "[profiles.a]\n");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    fs::create_dir_all(sandbox.config().join("wharf")).unwrap();
    symlink("../../work/dotfiles/wharf.toml", file(&sandbox)).unwrap();
    sandbox.run(["config", "set", "agent", "x", "--profile", "a"]).ok();
    assert!(fs::symlink_metadata(file(&sandbox)).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&real).unwrap(), "[profiles.a]\nagent = \"x\"\n");
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    // One that leads to nothing yet.
    fs::remove_file(&real).unwrap();
    sandbox.run(["config", "init", "-b", "local"]).ok();
    assert!(fs::symlink_metadata(file(&sandbox)).unwrap().is_symlink() && real.exists());
}
