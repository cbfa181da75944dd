//! Settings: flags, environment, profile, defaults, and where each came from.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use wharf_client::backend::registry;

use crate::sandbox::{Run, Sandbox};

/// A sandbox with this configuration file.
fn with(file: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.config().join("wharf")).unwrap();
    fs::write(sandbox.config().join("wharf/config.toml"), file).unwrap();
    sandbox
}

const FILE: &str = "profile = 'usual'\n\n[profiles.usual]\nbackend = 'local'\nagent = 'agent_file'\nimage = 'debian'\n\
                    environment = 'env_file'\njobs = 3\nheaders = { x = 'y' }\n\n[profiles.other]\nagent = 'agent_other'\n";

/// The value of a setting and where it came from.
fn setting(run: &Run, name: &str) -> (Value, String) {
    let listed = run.ok().json();
    let one = listed.as_array().unwrap().iter().find(|setting| setting["name"] == name).unwrap().clone();
    (one["value"].clone(), one["origin"].as_str().unwrap().to_owned())
}

#[test]
fn flags_go_before_environment_before_profile_before_defaults() {
    let sandbox = with(FILE);
    let run = sandbox.wharf(["config", "list", "--agent", "agent_flag"]).env("WHARF_AGENT", "agent_env").run();
    assert_eq!(setting(&run, "agent"), (json!("agent_flag"), "flag".to_owned()));
    let run = sandbox.wharf(["config", "list"]).env("WHARF_AGENT", "agent_env").run();
    assert_eq!(setting(&run, "agent"), (json!("agent_env"), "environment: WHARF_AGENT".to_owned()));
    let run = sandbox.run(["config", "list"]);
    assert_eq!(setting(&run, "agent"), (json!("agent_file"), "profile: usual".to_owned()));
    assert_eq!(setting(&run, "jobs").1, "profile: usual");
    let run = sandbox.wharf(["config", "list", "--profile", "other"]).env("WHARF_PROFILE", "usual").run();
    assert_eq!(setting(&run, "agent"), (json!("agent_other"), "profile: other".to_owned()));
    assert_eq!(setting(&run, "backend"), (json!("local"), "default".to_owned()));
    let run = Sandbox::new().run(["config", "ls"]);
    assert_eq!(setting(&run, "agent"), (Value::Null, "default".to_owned()));
}

#[test]
fn a_backend_of_the_registry_is_chosen_by_its_own_variables() {
    let mut chosen = 0;
    for entry in registry::ALL {
        let backend = entry.capabilities.backend;
        // The one backend that nothing has to choose is the one that needs no account.
        assert_eq!(entry.chosen_by.is_empty(), entry.capabilities.account.is_none(), "{backend}");
        for name in entry.chosen_by {
            let run = Sandbox::new().wharf(["config", "list"]).env(name, "https://service.test").run();
            assert_eq!(setting(&run, "backend"), (json!(backend), format!("environment: {name}")));
            chosen += 1;
        }
    }
    assert!(chosen >= registry::ALL.len() - 1);
}

#[test]
fn settings_reach_the_commands() {
    let sandbox = with(FILE);
    let made = sandbox.run(["sessions", "create"]);
    assert_eq!(made.ok().at("/agent"), "agent_file");
    assert_eq!(made.at("/provider/environment_id"), "env_file");
    assert_eq!(made.at("/provider/image"), "debian");
    let made = sandbox.wharf(["sessions", "create", "--image", "flag"]).env("WHARF_ENVIRONMENT", "env").run();
    assert_eq!(made.ok().at("/provider/environment_id"), "env");
    assert_eq!(made.at("/provider/image"), "flag");
    let made = sandbox.wharf(["sessions", "create"]).env("WHARF_PROFILE", "other").run();
    assert_eq!(made.ok().at("/agent"), "agent_other");
    assert_eq!(sandbox.run(["sessions", "list", "-b", "local", "-q"]).ok().lines().len(), 3);
}

#[test]
fn the_local_agents_command_is_an_array_of_words() {
    let sandbox = with("profile = 'a'\n[profiles.a]\nagent_command = ['claude', '-p']\n");
    let got = sandbox.run(["config", "get", "agent_command"]);
    assert_eq!((got.ok().at("/value"), got.at("/origin")), (json!(r#"["claude","-p"]"#), json!("profile: a")));
    sandbox.run(["doctor"]).ok();
    for (words, fault) in [("[]", "no program"), ("['a', '']", "empty"), ("['']", "empty")] {
        let sandbox = with(&format!("profile = 'a'\n[profiles.a]\nagent_command = {words}\n"));
        sandbox.run(["doctor"]).says(&["agent_command (profile: a)", fault]);
    }
    let long = format!("profile = 'a'\n[profiles.a]\nagent_command = [{}]\n", "'w',".repeat(1001));
    with(&long).run(["doctor"]).says(&["1001 words"]);
    with("profile = 'a'\n[profiles.a]\nagent_command = 'claude -p'\n").run(["sessions", "list"]).code(2).says(&[":3:"]);
}

#[test]
fn one_setting_is_got_by_its_name() {
    let sandbox = with(FILE);
    assert_eq!(sandbox.run(["config", "get", "agent"]).ok().at("/value"), "agent_file");
    assert_eq!(sandbox.run(["config", "get", "agent", "-q"]).ok().stdout(), "agent_file\n");
    assert_eq!(
        sandbox.run(["config", "get", "home", "-q"]).ok().stdout().trim_end(),
        sandbox.store().to_str().unwrap()
    );
}

#[test]
fn a_mistake_in_the_file_is_a_usage_error_with_its_line() {
    for (file, line, words) in [
        ("[profiles.a]\nbackend = 'local'\nbakend = 'x'\n", 3, "bakend"),
        ("profiles = 1\n", 1, ""),
        ("\n\nnot a toml file\n", 3, ""),
        ("[profiles.a]\njobs = 'many'\n", 2, ""),
        ("colour = 'red'\n", 1, "colour"),
    ] {
        let sandbox = with(file);
        let run = sandbox.run(["--format=json", "sessions", "list"]);
        let error = run.code(2).error();
        assert_eq!(error["kind"], "usage");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(&format!("config.toml:{line}:")) && message.contains(words), "{file:?}: {message}");
    }
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    for key in ["api_key", "token", "auth_token", "password", "secret"] {
        let sandbox = with(&format!("[profiles.a]\n{key} = 'hunter2-hunter2'\n"));
        let run = sandbox.run(["sessions", "list"]);
        run.code(2).says(&[key, "secret", ":2:"]);
        assert!(!run.stderr().contains("hunter2"), "{}", run.stderr());
    }
}

#[test]
fn a_credential_is_no_header() {
    let sandbox = Sandbox::new();
    for header in ["Authorization: Bearer hunter2", "x-api-key: hunter2", "X-API-KEY:hunter2", "Cookie: hunter2"] {
        let run = sandbox.run(["--header", header, "sessions", "list"]);
        assert!(!run.code(2).stderr().contains("hunter2"), "{header}: {}", run.stderr());
    }
    let served = sandbox.serve(&[]);
    served.wharf("anthropic", ["--header", "x-team: blue", "sessions", "list"]).run().ok();
    served.wharf("anthropic", ["--header", "no colon", "sessions", "list"]).run().code(2).says(&["Name: value"]);
}

#[test]
fn a_profile_that_is_not_there_is_a_usage_error_that_names_those_that_are() {
    let sandbox = with(FILE);
    sandbox.run(["sessions", "list", "--profile", "gone"]).code(2).says(&["gone", "other, usual"]);
    sandbox.wharf(["sessions", "list"]).env("WHARF_PROFILE", "gone").run().code(2).says(&["gone"]);
    with("profile = 'gone'\n").run(["sessions", "list"]).code(2).says(&["gone"]);
    Sandbox::new().run(["sessions", "list", "--profile", "gone"]).code(2);
}

#[test]
fn what_needs_no_settings_works_with_a_broken_file() {
    let sandbox = with("not a toml file");
    let path = sandbox.config().join("wharf/config.toml");
    assert_eq!(sandbox.run(["config", "path"]).ok().stdout(), format!("{}\n", path.display()));
    for args in [&["--help"][..], &["--version"], &["completions", "bash"], &["backends"], &["man", "out"], &[]] {
        sandbox.run(args).ok();
    }
    sandbox.run(["config", "list"]).code(2);
}

#[test]
fn the_file_can_be_elsewhere() {
    let sandbox = with("not a toml file");
    let file = sandbox.write("mine.toml", FILE);
    let run = sandbox.wharf(["config", "list"]).env("WHARF_CONFIG", &file).run();
    assert_eq!(setting(&run, "agent").0, "agent_file");
    let run = sandbox.wharf(["config", "path"]).env("WHARF_CONFIG", "none.toml").run();
    assert_eq!(run.ok().stdout(), "none.toml\n", "whether or not it is there");
}

#[test]
fn a_backend_or_a_format_that_is_not_there_is_a_usage_error() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "list", "-b", "nowhere"]).code(2).says(&["nowhere", "local"]);
    sandbox.wharf(["sessions", "list"]).env("WHARF_BACKEND", "nowhere").run().code(2);
    sandbox.wharf(["sessions", "list"]).env("WHARF_FORMAT", "xml").run().code(2).says(&["xml", "jsonl"]);
    sandbox.run(["sessions", "list", "--format", "xml"]).code(2).says(&["xml", "jsonl"]);
    with("profile = 'p'\n[profiles.p]\nformat = 'xml'\n").run(["sessions", "list"]).code(2).says(&["xml"]);
    let run = with("profile = 'p'\n[profiles.p]\nformat = 'yaml'\n").run(["files", "upload", "--name=n", "-"]);
    assert!(run.ok().stdout().starts_with("- id: file_"), "{}", run.stdout());
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let sandbox = Sandbox::new();
    let mut call = sandbox.wharf(["sessions", "create", "-q"]);
    for name in ["WHARF_BACKEND", "WHARF_PROFILE", "WHARF_SESSION", "WHARF_AGENT", "WHARF_FORMAT", "WHARF_CONFIG"] {
        call = call.env(name, "");
    }
    call.run().ok();
    assert_eq!(sandbox.run(["sessions", "list", "-q"]).ok().lines().len(), 1);
}

#[test]
fn the_store_is_in_the_data_directory_unless_named_and_is_private() {
    let sandbox = Sandbox::new();
    sandbox.wharf(["sessions", "create"]).without_env("WHARF_HOME").run().ok();
    assert!(!sandbox.store().exists());
    let data = sandbox.config().join("../data/wharf");
    assert!(data.join("sessions").is_dir());
    sandbox.session();
    for store in [data, sandbox.store()] {
        assert_eq!(fs::metadata(store).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn the_directory_of_a_session_is_absolute_wherever_the_store_was_named_from() {
    let sandbox = Sandbox::new();
    let run = sandbox.wharf(["sessions", "create"]).env("WHARF_HOME", "relative").run();
    assert!(sandbox.path("relative/sessions").is_dir());
    let path = run.ok().at("/provider/path");
    assert!(path.as_str().unwrap().starts_with('/'), "{path}");
}
