//! The skill for coding agents: its form, its length, and its commands.

use serde_json::Value;

use crate::blocks::run;
use crate::read;

const SKILL: &str = "skills/wharf/SKILL.md";

/// The number of tokens that the skill may have.
const MAX_TOKENS: usize = 800;

/// The bytes of a token. Tokenizers of today need about four bytes of English and three of code for one, so that this
/// counts too many.
const TOKEN_BYTES: usize = 3;

/// What a reader has before the first command: a directory with a file, and a local agent that sorts.
const STAGE: &str = r#"
mkdir -p data
printf 'pears,4\napples,3\n' > data/table.csv
cat > "$HOME/agent" <<'AGENT'
#!/bin/sh -e
cat > "$WHARF_OUTPUTS/prompt.txt"
sort data/table.csv > "$WHARF_OUTPUTS/table.csv"
AGENT
chmod +x "$HOME/agent"
wharf config init -b local --profile test
wharf config set agent_command "[\"$HOME/agent\"]" --profile test
"#;

/// What the commands have left then.
const RESULT: &str = r#"
grep -q '2 data/table.csv' results/lines.txt
grep -q Count answer/prompt.txt
test "$(head -n 1 sorted/table.csv)" = apples,3
test "$(wharf sessions list)" = 'no sessions'
"#;

#[test]
fn the_commands_of_the_skill_do_the_job() {
    let skill = read(SKILL);
    run(SKILL, &format!("```sh{STAGE}```\n{skill}\n```sh{RESULT}```\n")).unwrap();
}

/// The rules of <https://agentskills.io/specification>.
#[test]
fn the_skill_has_the_form_of_the_specification_and_is_short() {
    let skill = read(SKILL);
    let (front, text) =
        skill.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).expect("a front matter");
    let front: Value = serde_saphyr::from_str(front).unwrap();
    let fields: Vec<_> = front.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["name", "description"]);
    assert_eq!(front["name"], "wharf", "the name of its directory");
    let description = front["description"].as_str().unwrap();
    assert!(!description.is_empty() && description.len() <= 1024 && description.contains("Use "), "{description}");
    assert!(text.contains("export WHARF_FORMAT=agent"));
    let tokens = skill.len().div_ceil(TOKEN_BYTES);
    assert!(tokens <= MAX_TOKENS, "{tokens} tokens");
}

/// A command that is mentioned in the text is one of wharf.
#[test]
fn the_commands_that_the_skill_mentions_exist() {
    let skill = read(SKILL);
    let grammar = wharf::commands::grammar();
    let mentioned = skill.split('`').skip(1).step_by(2).filter_map(|code| code.strip_prefix("wharf "));
    let mut seen = 0;
    for command in mentioned.filter(|command| !command.starts_with("COMMAND")) {
        let mut at = &grammar;
        for word in command.split(' ').take_while(|word| word.chars().all(|c| c.is_ascii_lowercase())) {
            at = at.find_subcommand(word).unwrap_or_else(|| panic!("wharf {command}: `{word}`"));
        }
        assert!(!at.has_subcommands(), "wharf {command}");
        seen += 1;
    }
    assert!(seen > 3, "{seen}");
}
