//! The rules of the workspace's structure that the compiler does not check. It does check that a crate imports
//! only from the crates below it, and that nothing private is unused.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot read the sources has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

#[path = "structure/circles.rs"]
mod circles;

/// The modules of the crate `core`, from the ground up. Modules of one line may import each other.
const CORE: &[&[&str]] = &[
    &["advice", "clock", "error", "feature", "sync", "thread", "utf8", "verdict"],
    &["model"],
    &["body", "platform", "pool", "random"],
    &["removal", "staging", "tar", "walk"],
    &["line_log"],
    &["last_session", "load", "private_cache", "run_journal", "sync_ledger", "upload_log"],
    &["config"],
];

/// The same of the crate `client`.
const CLIENT: &[&[&str]] = &[&["http"], &["backend"]];

/// The same of the root package.
const ROOT: &[&[&str]] = &[&["output"], &["commands"]];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(directory: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.insert(path, text);
        }
    }
    found
}

/// Returns the code of a line: doc comments may name what is above them.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

#[test]
fn modules_import_only_from_modules_below_them() {
    let mut imports = 0;
    let mut wrong = Vec::new();
    for (directory, levels) in [("crates/core/src", CORE), ("crates/client/src", CLIENT), ("src", ROOT)] {
        let directory = root().join(directory);
        let level = |module: &str| levels.iter().position(|level| level.contains(&module));
        for (path, text) in sources(&directory) {
            let module = path.strip_prefix(&directory).unwrap().iter().next().unwrap().to_str().unwrap();
            let module = module.trim_end_matches(".rs");
            if matches!(module, "lib" | "main") {
                continue;
            }
            let own = level(module).unwrap_or_else(|| panic!("give {module} a place in tests/structure.rs"));
            for (number, line) in text.lines().enumerate() {
                for import in code(line).split("crate::").skip(1) {
                    let used: String = import.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    imports += 1;
                    if level(&used).is_some_and(|used| used > own) {
                        wrong.push(format!("{}:{}: {module} imports {used}", path.display(), number + 1));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(imports > 100, "only {imports} imports were found: the test does not see them");
}

/// Returns whether a public item of the same crate names the type `name`: other crates have values of it.
fn in_signature(all: &[(PathBuf, String)], crate_directory: &Path, place: (&Path, usize), name: &str) -> bool {
    all.iter().filter(|(path, _)| path.starts_with(crate_directory)).any(|(path, text)| {
        text.lines().enumerate().any(|(number, line)| {
            let line = code(line);
            let words = || line.split(|c: char| !c.is_alphanumeric() && c != '_');
            let public = line.trim_start().strip_prefix("pub ").is_some_and(|item| !item.starts_with("use "));
            (path.as_path(), number) != place && (public || line.contains("->")) && words().any(|word| word == name)
        })
    })
}

/// The compiler takes a public item of a library for used. One that no other crate and no test uses has to be
/// `pub(crate)`, so that the compiler sees when it becomes unused.
#[test]
fn every_public_item_is_used_by_another_crate_or_a_test() {
    const KINDS: [&str; 8] = ["fn", "async fn", "const fn", "struct", "enum", "trait", "const", "type"];
    let all: Vec<(PathBuf, String)> = ["src", "crates", "tests", "fuzz/fuzz_targets"]
        .iter()
        .flat_map(|directory| sources(&root().join(directory)))
        .collect();
    let crate_of = |path: &Path| {
        let mut parts = path.strip_prefix(root()).unwrap().iter();
        match parts.next().and_then(|part| part.to_str()) {
            Some("crates") => parts.next().unwrap().to_str().unwrap().to_owned(),
            Some(part) => part.to_owned(),
            None => String::new(),
        }
    };
    let mut words: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in &all {
        let own = crate_of(path);
        for line in text.lines() {
            for word in code(line).split(|c: char| !c.is_alphanumeric() && c != '_') {
                if !word.is_empty() {
                    words.entry(word.to_owned()).or_default().insert(own.clone());
                }
            }
        }
    }
    let mut items = 0;
    let mut unused = Vec::new();
    for (path, text) in &all {
        let own = crate_of(path);
        if !path.starts_with(root().join("crates")) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let Some(item) = line.trim_start().strip_prefix("pub ") else { continue };
            let found = KINDS.iter().find_map(|kind| Some((kind, item.strip_prefix(kind)?.strip_prefix(' ')?)));
            let Some((kind, rest)) = found else { continue };
            let is_type = matches!(*kind, "struct" | "enum" | "trait" | "type");
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            items += 1;
            if name.is_empty() {
                continue; // In a macro.
            }
            let used = words.get(&name).is_some_and(|users| users.iter().any(|user| *user != own));
            let is_exempt = is_type && in_signature(&all, &root().join("crates").join(&own), (path, number), &name);
            if !used && !is_exempt {
                unused.push(format!("{}:{}: {name}", path.strip_prefix(root()).unwrap().display(), number + 1));
            }
        }
    }
    assert!(unused.is_empty(), "{} items are public for no other crate:\n{}", unused.len(), unused.join("\n"));
    assert!(items > 300, "only {items} public items were found: the test does not see them");
}

/// Files that may form a circle: a parser builds the tree that its evaluator follows, and both have paths in queries
/// and in arguments.
const RECURSION: (&str, &[&str]) =
    ("gjson", &["arguments.rs", "build.rs", "eval.rs", "modifier.rs", "path.rs", "query.rs"]);

#[test]
fn files_do_not_import_each_other_in_circles() {
    let mut wrong = Vec::new();
    let crates = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    for directory in crates.chain([root().to_owned()]) {
        let name = directory.strip_prefix(root().join("crates")).map_or("wharf", |name| name.to_str().unwrap());
        let source = directory.join("src");
        let (recursive, files) = RECURSION;
        let exempt: &[&str] = if name == recursive { files } else { &[] };
        let circles = circles::circles(&source, &sources(&source), exempt);
        wrong.extend(
            circles.iter().map(|circle| format!("files of `{name}` import each other:\n  {}", circle.join("\n  "))),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn circles_are_found_through_reexports_and_paths_in_code() {
    let file = |path: &str, text: &str| (PathBuf::from("src").join(path), text.to_owned());
    let circles = |a: &str, b: &str| {
        let lib = "mod a; mod b; pub use self::a::A; use self::b::B; // crate::a::A\n";
        let files = [file("lib.rs", lib), file("a.rs", a), file("b/mod.rs", b)].into();
        circles::circles(Path::new("src"), &files, &[])
    };
    let (a, b) = ("use crate::B; pub struct A;", "pub struct B; fn f() { super::A::new() }");
    assert_eq!(circles(a, b), [["a.rs -> b/mod.rs: B", "b/mod.rs -> a.rs: A"]]);
    assert_eq!(circles(a, "pub struct B; use {super::A as C, std::fmt};"), circles(a, b));
    for without in [
        "pub struct B; #[cfg(test)] mod tests { use crate::a::A; }",
        "pub struct B; const TEXT: &str = \"crate::a::A\"; // crate::a::A",
        "pub struct B; use super::b::B as Own;",
        "pub struct B; use super::a;",
    ] {
        assert!(circles(a, without).is_empty(), "{without}");
    }
}

/// Type names that the library code defines more than once. Lower the limit with each name that becomes unique.
const REPEATED_TYPE_NAMES: usize = 1;

#[test]
fn few_type_names_are_defined_twice() {
    let mut definitions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in ["src", "crates"].iter().flat_map(|directory| sources(&root().join(directory))) {
        let path = path.strip_prefix(root()).unwrap().display().to_string();
        // Associated types and the types of unit tests are indented.
        // One of these two files is compiled.
        if path.ends_with("platform/other.rs") {
            continue;
        }
        for line in text.lines().filter(|line| !path.contains("/tests/") && !line.starts_with(' ')) {
            let mut words = line.split([' ', '<', '(', ';', ':', '{']).skip_while(|word| {
                word.starts_with("pub") || matches!(*word, "in" | "super)" | "crate)" | "super" | "crate" | ")")
            });
            let is_type = words.next().is_some_and(|word| matches!(word, "struct" | "enum" | "trait" | "type"));
            if let Some(name) = words.next().filter(|_| is_type) {
                definitions.entry(name.to_owned()).or_default().push(path.clone());
            }
        }
    }
    assert!(definitions.len() > 300, "only {} types were found: the test does not see them", definitions.len());
    let repeated: Vec<_> = definitions.iter().filter(|(_, paths)| paths.len() > 1).collect();
    let listed: Vec<_> = repeated.iter().map(|(name, paths)| format!("{name}: {}", paths.join(", "))).collect();
    assert!(
        repeated.len() <= REPEATED_TYPE_NAMES,
        "{} type names are defined twice:\n{}",
        repeated.len(),
        listed.join("\n")
    );
}

/// The crates below the command line whose texts name no flags and no commands: they name steps and settings of
/// `wharf_core::advice`.
const WITHOUT_FLAGS: &[&str] = &["client", "core", "emulator", "gjson", "transfer", "wire"];

/// What marks a line whose words that look like a flag of wharf are those of another program: here `stat`.
const OTHER_PROGRAMS: &[&str] = &["\"--printf=\""];

#[test]
fn only_the_command_line_names_flags_and_commands() {
    fn flags(command: &clap::Command) -> BTreeSet<String> {
        let own = command.get_arguments().filter_map(|argument| argument.get_long()).map(|flag| format!("--{flag}"));
        own.chain(command.get_subcommands().flat_map(flags)).collect()
    }
    let flags = flags(&wharf::commands::grammar());
    assert!(flags.contains("--max-files"), "{flags:?}");
    let mut wrong = Vec::new();
    for (path, text) in WITHOUT_FLAGS.iter().flat_map(|name| sources(&root().join("crates").join(name).join("src"))) {
        let (code_text, _) = text.split_once("#[cfg(test)]\nmod tests {").unwrap_or((&text, ""));
        for (number, line) in code_text.lines().enumerate() {
            let line = code(line);
            let is_flag = |word: &str| flags.contains(word) && !OTHER_PROGRAMS.iter().any(|other| line.contains(other));
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '-');
            if words.any(is_flag) || line.contains("`wharf ") {
                let path = path.strip_prefix(root()).unwrap().display();
                wrong.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "use wharf_core::advice:\n{}", wrong.join("\n"));
}
