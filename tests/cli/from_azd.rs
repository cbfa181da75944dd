//! `docs/from-azd.md`: what the commands of its table ask the service for.

use serde_json::Value;

use crate::sandbox::{Sandbox, wait_until};

const PAGE: &str = include_str!("../../docs/from-azd.md");

/// What was recorded of the official clients, a line each.
const RECORDED: &str = include_str!("../data/wire/foundry.jsonl");

/// Returns the rows of a section's table whose second cell is a command.
fn rows(section: &str) -> Vec<(&str, &str)> {
    let table = PAGE.split(&format!("\n## {section}\n")).nth(1).unwrap().split("\n## ").next().unwrap();
    let cells = table.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix("` |")?.split_once("` | `"));
    cells.filter(|(_, ours)| ours.starts_with("wharf ")).collect()
}

/// Returns the method and the path that were recorded of `azd` for a command.
fn recorded(command: &str) -> String {
    let words: Vec<_> = command.split(' ').collect();
    let operation = match words[..2] {
        ["invoke", _] if words.contains(&"invocations") => "invocation",
        ["invoke", _] if words.contains(&"--new-conversation") => "conversation_create",
        ["invoke", _] => "responses",
        ["monitor", _] => "session_logstream_agent_scoped",
        ["sessions", "show"] => "session_get",
        ["sessions", verb] => &format!("session_{verb}"),
        ["files", verb] => &format!("file_{verb}"),
        _ => panic!("nothing is known of this: {command}"),
    };
    let mut lines = RECORDED.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let line = lines.find(|line| line["client"] == "azd" && line["operation"] == operation);
    let line = line.unwrap_or_else(|| panic!("nothing was recorded of azd for {operation}"));
    let path = line["path"].as_str().unwrap();
    let path = path.replace("/agents/order-agent/", "/agents/a1/").replace("/sess-demo-01", "/session-1");
    format!("{} {path}", line["method"].as_str().unwrap())
}

#[test]
fn each_command_asks_the_service_for_what_azd_was_recorded_to_ask_for() {
    let sandbox = Sandbox::new();
    let log = sandbox.path("log.jsonl");
    let served = sandbox.serve(&["--log", log.to_str().unwrap()]);
    sandbox.write("input.csv", "a,b\n1,2\n");
    sandbox.write("request.json", r#"{"message": "Hello!"}"#);
    let shell = |line: &str| {
        let line = format!("wharf() {{ \"$WHARF\" \"$@\"; }}; {line}");
        sandbox.shell(&line, Some((&served, "foundry"))).run()
    };
    // The first version of an agent of the emulator speaks one protocol.
    let version = r#"{"definition": {"kind": "hosted"}}"#;
    shell(&format!(
        "curl -sS --fail -H 'authorization: Bearer t' -H 'content-type: application/json' -d '{version}' \
         \"$FOUNDRY_PROJECT_ENDPOINT/agents/a1/versions?api-version=v1\""
    ))
    .ok();
    let rows = rows("Commands");
    assert_eq!(rows.len(), 18);
    let mut asked = 0;
    for (theirs, ours) in rows {
        let ours = format!("{ours} ").replace(" S ", " session-1 ").replace(" S:", " session-1:");
        shell(&ours).ok();
        let wanted = recorded(theirs);
        let mut seen = 0;
        wait_until(&format!("{ours}: {wanted}"), || {
            let lines = sandbox.read("log.jsonl");
            let lines: Vec<Value> = lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
            seen = lines.len();
            lines[asked..].iter().any(|line| {
                let path = line["path"].as_str().unwrap().trim_start_matches("/api/projects/wharf");
                format!("{} {path}", line["method"].as_str().unwrap()) == wanted
            })
        });
        asked = seen;
    }
    assert_eq!(sandbox.read("copy.csv"), "a,b\n1,2\n");
}

/// Returns the flags in the code of a cell.
fn flags(cell: &str) -> impl Iterator<Item = &str> {
    let words = cell.split('`').skip(1).step_by(2).flat_map(|code| code.split([' ', '"', ')']));
    words.filter(|word| word.starts_with('-') && word.len() > 1)
}

#[test]
fn each_flag_of_the_second_column_is_one_of_wharf() {
    let reference = include_str!("../../docs/reference.md");
    let table = PAGE.split("\n## Flags\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let mut seen = 0;
    for row in table.lines().filter(|line| line.starts_with("| ")) {
        let ours = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        for flag in flags(ours) {
            assert!(
                reference.contains(&format!("`{flag}")) || reference.contains(&format!(", {flag}")),
                "{row}: {flag}"
            );
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen}");
}
