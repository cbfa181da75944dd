//! `wharf agents` and `wharf environments`: what `sessions create` needs.

use serde_json::json;

use crate::sandbox::{Call, Sandbox, Served};

/// Makes an agent with two versions and an environment; gives their ids.
fn made(served: &Served<'_>) -> [String; 2] {
    let made = |path: &str, document: &str| served.post(path, document.as_bytes())["id"].as_str().unwrap().to_owned();
    let agent = made("/v1/agents", r#"{"name": "analyst", "model": "m1", "metadata": {"team": "blue"}}"#);
    made(&format!("/v1/agents/{agent}"), r#"{"description": "sums up"}"#);
    [agent, made("/v1/environments", r#"{"name": "python", "description": "with pandas"}"#)]
}

fn anthropic(served: &Served<'_>, args: &[&str]) -> Call {
    served.wharf("anthropic", args).without_env("WHARF_AGENT")
}

fn foundry(served: &Served<'_>, args: &[&str]) -> Call {
    served.wharf("foundry", args).without_env("WHARF_AGENT")
}

#[test]
fn a_session_is_created_from_what_the_listings_print() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let [agent, environment] = made(&served);
    let listed = |args: &[&str]| anthropic(&served, args).run().ok().stdout().trim_end().to_owned();
    assert_eq!(listed(&["agents", "list", "-q"]), agent);
    assert_eq!(listed(&["agents", "list", &agent, "-q"]), "2\n1", "the versions, newest first");
    assert_eq!(listed(&["environments", "ls", "-q"]), environment);
    let create = ["sessions", "create", "--agent", &agent, "--agent-version", "1", "--environment", &environment];
    let session = anthropic(&served, &create).run();
    assert_eq!((session.ok().at("/agent"), session.at("/provider/agent/version")), (json!(agent), json!(1)));
    // Foundry's are found before one is chosen.
    foundry(&served, &["sessions", "create", "--agent", "order"]).run().ok();
    let agents = foundry(&served, &["agents", "list"]).run();
    assert_eq!((agents.ok().column("id"), agents.column("version")), (vec!["order".to_owned()], vec!["1".to_owned()]));
    assert_eq!(foundry(&served, &["agents", "list", "order", "-q"]).run().ok().stdout(), "1\n");
}

#[test]
fn an_agent_is_shown_in_its_newest_version_or_in_the_named_one() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let [agent, environment] = made(&served);
    let newest = anthropic(&served, &["agents", "get", &agent]).run().ok().json();
    for (field, value) in [
        ("name", json!("analyst")),
        ("version", json!("2")),
        ("status", json!("active")),
        ("description", json!("sums up")),
        ("model", json!("m1")),
        ("labels", json!({ "team": "blue" })),
        ("archived_at", json!(null)),
    ] {
        assert_eq!(newest[field], value, "{field}");
    }
    let first = anthropic(&served, &["agents", "get", &agent, "--version", "1"]).run();
    assert_eq!((first.ok().at("/version"), first.at("/description")), (json!("1"), json!(null)));
    let both = anthropic(&served, &["agents", "get", &agent, "agent_other"]).run();
    assert_eq!(both.ok().column("id"), [agent.as_str(), "agent_other"]);
    let environment = anthropic(&served, &["environments", "get", &environment]).run();
    assert_eq!(environment.ok().at("/description"), "with pandas");
    let first = foundry(&served, &["agents", "get", "order", "--version", "1"]).run();
    assert_eq!((first.ok().at("/id"), first.at("/version")), (json!("order"), json!("1")));
}

#[test]
fn archived_ones_are_listed_when_asked_for() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let [agent, environment] = made(&served);
    for (noun, id) in [("agents", &agent), ("environments", &environment)] {
        served.post(&format!("/v1/{noun}/{id}/archive"), b"");
        assert_eq!(anthropic(&served, &[noun, "list"]).run().ok().json(), json!([]), "{noun}");
        let all = anthropic(&served, &[noun, "list", "--include-archived"]).run();
        assert_eq!(all.ok().column("id"), [id.as_str()]);
        assert!(all.at("/0/archived_at").is_string(), "{}", all.stdout());
    }
    assert_eq!(anthropic(&served, &["agents", "get", &agent]).run().ok().at("/status"), "archived");
    let until = ["agents", "list", "--include-archived", "--created-at-lte", "2020-01-01T00:00:00Z"];
    assert_eq!(anthropic(&served, &until).run().ok().json(), json!([]));
}

#[test]
fn a_listing_goes_on_from_page_to_page() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let mut made: Vec<String> = (0..3).map(|_| made_agent(&served)).collect();
    made.reverse();
    let first = anthropic(&served, &["agents", "list", "--limit", "2"]).run();
    assert_eq!(first.ok().column("id"), made[..2]);
    let token = first.stderr().split_once("more: ").unwrap().1.trim_end().to_owned();
    let rest = anthropic(&served, &["agents", "list", "--page", &token]).run();
    assert_eq!(rest.ok().column("id"), made[2..]);
    for agent in ["a1", "a2", "a3"] {
        foundry(&served, &["sessions", "create", "--agent", agent]).run().ok();
    }
    let first = foundry(&served, &["agents", "list", "--limit", "2"]).run();
    assert_eq!(first.ok().column("id"), ["a3", "a2"]);
    let token = first.stderr().split_once("more: ").unwrap().1.trim_end().to_owned();
    assert_eq!(foundry(&served, &["agents", "list", "--page", &token]).run().ok().column("id"), ["a1"]);
}

fn made_agent(served: &Served<'_>) -> String {
    served.post("/v1/agents", br#"{"name": "analyst", "model": "m1"}"#)["id"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_not_there_is_not_found_and_the_hint_lists_what_is() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let missing = |call: Call, words: &[&str]| {
        call.run().code(4).says(words);
    };
    missing(anthropic(&served, &["agents", "get", "nosuch"]), &["`wharf agents list`"]);
    missing(anthropic(&served, &["agents", "get", "agent_1", "--version", "9"]), &["`wharf agents list agent_1`"]);
    missing(anthropic(&served, &["environments", "get", "nosuch"]), &["`wharf environments list`"]);
    missing(foundry(&served, &["agents", "get", "order", "--version", "9"]), &["`wharf agents list order`"]);
    let unnamed = anthropic(&served, &["sessions", "create"]).run();
    unnamed.code(2).says(&["WHARF_AGENT", "`wharf agents list`"]);
    let unnamed = anthropic(&served, &["sessions", "create", "--agent", "agent_1"]).run();
    unnamed.code(2).says(&["WHARF_ENVIRONMENT", "`wharf environments list`"]);
    foundry(&served, &["sessions", "list"]).run().code(2).says(&["WHARF_AGENT", "`wharf agents list`"]);
}

#[test]
fn what_means_nothing_is_refused_before_a_request() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let refused = |call: Call, code: i32, words: &[&str]| {
        call.run().code(code).says(words);
    };
    refused(anthropic(&served, &["agents", "list", "--agent", "agent_1"]), 2, &["--agent", "as an argument"]);
    refused(anthropic(&served, &["agents", "list", "agent_1", "--include-archived"]), 2, &["--include-archived"]);
    refused(anthropic(&served, &["agents", "get", "a", "b", "--version", "1"]), 2, &["--version"]);
    for version in ["0", "newest", "-1"] {
        let flag = format!("--version={version}");
        refused(anthropic(&served, &["agents", "get", "agent_1", &flag]), 2, &["numbers from 1"]);
    }
    for id in ["", "a b", ".."] {
        refused(anthropic(&served, &["agents", "get", id]), 2, &["the id"]);
        refused(anthropic(&served, &["environments", "get", id]), 2, &["the id"]);
    }
    refused(foundry(&served, &["agents", "get", "a_b"]), 2, &["letters, digits and hyphens"]);
    refused(foundry(&served, &["agents", "list", "--include-archived"]), 7, &["anthropic"]);
    refused(foundry(&served, &["environments", "list"]), 7, &["anthropic"]);
    for backend in ["local", "agb"] {
        refused(served.wharf(backend, ["agents", "list"]), 7, &["anthropic, foundry"]);
        refused(served.wharf(backend, ["environments", "get", "env_1"]), 7, &["anthropic"]);
    }
}
