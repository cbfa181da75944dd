//! Files, and parts of documents, that are generated from the code.
//!
//! `tests/regenerate` writes them; without it a test compares them with what would be written. A document embeds a
//! generated part between two comments, of which the first one names the part:
//!
//! ```text
//! <!-- generated: exit-codes -->
//! <!-- end of generated text -->
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Display, Write as _};
use std::fs;
use std::process::Command;

use wharf_client::backend::registry;
use wharf_client::backend::{Capabilities, Feature};
use wharf_core::config::env;
use wharf_core::error::Kind;

use crate::{documents, read, reference, root};

/// The command that writes all of it, run from the root of the repository.
const COMMAND: &str = "tests/regenerate";

/// The variable that [`COMMAND`] sets.
const VARIABLE: &str = "WHARF_REGENERATE";

/// The shells and the files of their completion scripts.
const COMPLETIONS: [(&str, &str); 5] = [
    ("bash", "wharf.bash"),
    ("zsh", "_wharf"),
    ("fish", "wharf.fish"),
    ("elvish", "wharf.elv"),
    ("powershell", "_wharf.ps1"),
];

// Both stand on lines of their own, so that a document can mention them.
const BEGIN: &str = "\n<!-- generated: ";
const END: &str = "\n<!-- end of generated text -->\n";

/// Returns the generated part of a name.
fn part(name: &str) -> Option<String> {
    match name {
        "commands" => Some(reference::commands()),
        "environment" => Some(environment()),
        "exit-codes" => Some(exit_codes()),
        "backends" => Some(backends()),
        "operations" => Some(operations()),
        _ => None,
    }
}

/// Returns a document with its generated parts as they should be.
fn with_parts(text: &str) -> Result<String, String> {
    let mut rest = text;
    let mut whole = String::new();
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let (name, after) = after.split_once(" -->").ok_or("a name without its end")?;
        let part = part(name).ok_or_else(|| format!("no generated part is called `{name}`"))?;
        let (_, after) = after.split_once(END).ok_or_else(|| format!("`{name}` has no `{}`", END.trim()))?;
        let _ = write!(whole, "{before}{BEGIN}{name} -->\n\n{}\n{END}", part.trim_end());
        rest = after;
    }
    Ok(whole + rest)
}

/// Returns all generated files, by their names, with what they should hold.
fn files() -> Vec<(String, String)> {
    let completions = COMPLETIONS.map(|(shell, file)| {
        let printed =
            Command::new(env!("CARGO_BIN_EXE_wharf")).args(["completions", shell, "--static"]).output().unwrap();
        assert!(printed.status.success(), "wharf completions {shell} --static");
        (format!("completions/{file}"), String::from_utf8(printed.stdout).unwrap())
    });
    let documents = documents().into_iter().map(|name| {
        let text = with_parts(&read(&name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        (name, text)
    });
    completions.into_iter().chain(documents).chain([("docs/llms.txt".to_owned(), llms())]).collect()
}

/// Returns the index of the documentation for language models (<https://llmstxt.org>): the title and the summary of the
/// README, and a line for each page of its table of documentation.
fn llms() -> String {
    let readme = read("README.md");
    let summary = readme.split("\n\n").nth(1).expect("a summary").replace('\n', " ");
    let mut text = format!("# wharf\n\n> {summary}\n\n## Documentation\n\n");
    for (page, topic) in pages(&readme) {
        let target = page.strip_prefix("docs/").map_or_else(|| format!("../{page}"), str::to_owned);
        let _ = writeln!(text, "- [{}]({target}): {topic}", title(&read(&page)));
    }
    text
}

/// Returns the pages of the README's table of documentation, with their topics.
fn pages(readme: &str) -> Vec<(String, String)> {
    let (_, table) = readme.split_once("\n## Documentation\n").expect("a section of this name");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| [")?.strip_suffix(" |")?.split_once(" | "));
    rows.flat_map(|(links, topics)| {
        let targets: Vec<&str> = links.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
        let own: Vec<&str> = topics.split("; ").collect();
        let topic = |at: usize| if own.len() == targets.len() { own[at] } else { topics };
        targets.iter().enumerate().map(|(at, page)| ((*page).to_owned(), topic(at).to_owned())).collect::<Vec<_>>()
    })
    .collect()
}

/// Returns the title of a page, as plain text.
fn title(page: &str) -> String {
    page.lines().find_map(|line| line.strip_prefix("# ")).expect("a title").replace('`', "")
}

#[test]
fn each_page_is_in_the_table_of_documentation() {
    let known: Vec<String> = pages(&read("README.md")).into_iter().map(|(page, _)| page).collect();
    let missing: Vec<_> =
        documents().into_iter().filter(|name| name.starts_with("docs/") && !known.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Returns rows of cells as a Markdown table.
fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = format!("| {} |\n|{}\n", header.join(" | "), "---|".repeat(header.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', r"\|")).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

fn code(text: impl Display) -> String {
    format!("`{text}`")
}

fn exit_codes() -> String {
    let done = vec!["0".to_owned(), String::new(), "everything asked for is done and verified".to_owned()];
    // A command whose reader went away ends with 0 as well, and reports nothing.
    let kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Closed);
    let rows = kinds.map(|kind| vec![kind.exit_code().to_string(), code(kind.word()), kind.meaning().to_owned()]);
    table(&["code", "kind", "meaning"], std::iter::once(done).chain(rows))
}

fn environment() -> String {
    let groups = env::GROUPS.iter().map(|group| {
        let rows = group.variables.iter().map(|variable| {
            let names = variable.names.iter().map(code).collect::<Vec<_>>().join(", ");
            vec![names, variable.meaning.trim().trim_end_matches('.').to_owned()]
        });
        format!("### {}\n\n{}", group.title, table(&["variable", "meaning"], rows))
    });
    groups.collect::<Vec<_>>().join("\n")
}

fn backends() -> String {
    let all: Vec<&Capabilities> = registry::ALL.iter().map(|entry| entry.capabilities).collect();
    let row = |what: &str, cell: &dyn Fn(&Capabilities) -> String| {
        std::iter::once(what.to_owned()).chain(all.iter().map(|backend| cell(backend))).collect::<Vec<_>>()
    };
    let number = |limit: Option<u64>| limit.map_or_else(String::new, |limit| limit.to_string());
    wharf::commands::advice::install();
    let mut rows = vec![
        row("directory of relative paths", &|backend| code(backend.home)),
        row("verification of an upload", &|backend| backend.proof.to_owned()),
        row("largest file, in bytes", &|backend| number(backend.limits.file_bytes)),
        row("largest session, in bytes", &|backend| number(backend.limits.session_bytes)),
        row("resources in a session", &|backend| number(backend.limits.mounts.map(u64::from))),
        row("files moved at once", &|backend| backend.jobs.to_string()),
        row("statuses of a usable session", &|backend| {
            backend.usable.iter().map(|status| code(status.word())).collect::<Vec<_>>().join(", ")
        }),
    ];
    let features: BTreeMap<u8, Feature> =
        all.iter().flat_map(|backend| backend.features).map(|feature| (*feature as u8, *feature)).collect();
    rows.extend(
        features
            .into_values()
            .map(|feature| row(feature.name(), &|backend| if backend.has(feature) { "yes" } else { "" }.to_owned())),
    );
    let names: Vec<&str> = std::iter::once("").chain(all.iter().map(|backend| backend.backend)).collect();
    table(&names, rows)
}

/// Returns the operations that `--fault` takes: a row for each group, a column for each service.
fn operations() -> String {
    let services: Vec<_> = wharf_emulator::operations_by_backend().collect();
    let split = |name: &'static str| name.split_once('.').unwrap_or_else(|| panic!("{name} has no group"));
    let groups: BTreeSet<&str> = services.iter().flat_map(|(_, names)| names).map(|name| split(name).0).collect();
    let verbs = |group: &str, names: &[&'static str]| {
        let mut verbs: Vec<&str> =
            names.iter().map(|name| split(name)).filter(|(known, _)| *known == group).map(|(_, verb)| verb).collect();
        verbs.sort_unstable();
        verbs.dedup();
        verbs.into_iter().map(code).collect::<Vec<_>>().join(", ")
    };
    let rows = groups.into_iter().map(|group| {
        std::iter::once(code(group)).chain(services.iter().map(|(_, names)| verbs(group, names))).collect()
    });
    let header: Vec<&str> = std::iter::once("group").chain(services.iter().map(|(backend, _)| *backend)).collect();
    table(&header, rows)
}

#[test]
fn generated_files_are_up_to_date() {
    let write = std::env::var_os(VARIABLE).is_some();
    let stale: Vec<String> = files()
        .into_iter()
        .filter(|(name, text)| fs::read_to_string(root().join(name)).ok().as_ref() != Some(text))
        .inspect(|(name, text)| {
            if write {
                fs::write(root().join(name), text).unwrap_or_else(|e| panic!("{name}: {e}"));
            }
        })
        .map(|(name, _)| name)
        .collect();
    assert!(write || stale.is_empty(), "run `{COMMAND}` and commit what it writes: {}", stale.join(", "));
    assert!(read(COMMAND).contains(VARIABLE), "{COMMAND} sets {VARIABLE}");
}

#[test]
fn the_directory_of_completion_scripts_holds_nothing_else() {
    let mut found: Vec<_> =
        fs::read_dir(root().join("completions")).unwrap().map(|file| file.unwrap().file_name()).collect();
    let mut known = COMPLETIONS.map(|(_, file)| std::ffi::OsString::from(file));
    found.sort();
    known.sort();
    assert_eq!(found, known);
}

#[test]
fn parts_of_documents_are_replaced_and_unknown_ones_are_refused() {
    let codes = exit_codes();
    let wanted = format!("a\n{BEGIN}exit-codes -->\n\n{}\n{END}\nb\n", codes.trim_end());
    for old in ["", "\nold | text\n", &codes] {
        assert_eq!(with_parts(&format!("a\n{BEGIN}exit-codes -->{old}{END}\nb\n")).unwrap(), wanted);
    }
    for text in ["no part\n", "it is `<!-- generated: nosuch -->`\n"] {
        assert_eq!(with_parts(text).unwrap(), text);
    }
    for (text, fault) in [
        (format!("{BEGIN}nosuch -->{END}\n"), "no generated part is called `nosuch`"),
        (format!("{BEGIN}exit-codes -->\ntext\n"), "`exit-codes` has no"),
        (format!("{BEGIN}exit-codes\n"), "a name without its end"),
    ] {
        let found = with_parts(&text).unwrap_err();
        assert!(found.contains(fault), "{found}");
    }
}

/// A table is only as complete as the page that shows it.
#[test]
fn each_part_is_in_a_document() {
    let all: String = documents().iter().map(|name| read(name)).collect();
    for name in ["commands", "environment", "exit-codes", "backends", "operations"] {
        assert!(
            part(name).is_some_and(|part| !part.is_empty()) && all.contains(&format!("{BEGIN}{name} -->")),
            "{name}"
        );
    }
}

#[test]
fn variables_that_help_texts_name_are_documented() {
    let documented: BTreeSet<&str> =
        env::GROUPS.iter().flat_map(|group| group.variables).flat_map(|variable| variable.names).copied().collect();
    let named = reference::variables();
    assert!(named.len() > 5, "{named:?}");
    for name in named {
        assert!(documented.contains(name.as_str()), "{name}");
    }
}

/// The configuration file has no description that could be printed: its reader lists the keys when it refuses one.
#[test]
fn keys_of_the_configuration_file_are_documented() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("config.toml");
    fs::write(&file, "[profiles.x]\nnosuch = 1\n").unwrap();
    let refused =
        Command::new(env!("CARGO_BIN_EXE_wharf")).args(["config", "list"]).env("WHARF_CONFIG", &file).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    let (_, keys) = said.lines().next().and_then(|line| line.split_once("expected one of ")).expect(&said);
    let reference = read("docs/reference.md");
    let (_, section) = reference.split_once("\n## Configuration file\n").expect("a section of this name");
    let rows = section.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    let rows = rows.map_while(|line| line.strip_prefix("| ")?.split(" |").next());
    assert_eq!(rows.collect::<Vec<_>>(), keys.split(", ").collect::<Vec<_>>());
}
