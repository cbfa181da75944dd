//! Import circles between the files of a crate.
//!
//! A file depends on another one if it imports an item that is defined there, or names it by a path. Imports of
//! modules and re-exports (`pub use`) are followed to the file that defines the item. Unit tests do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The names of a module's parents and its own.
type ModulePath = Vec<String>;

/// What a crate's files say about its modules.
#[derive(Default)]
struct Modules {
    modules: BTreeMap<ModulePath, Module>,
    /// The files of macros that are exported, which makes them items of the root module.
    macros: BTreeMap<String, PathBuf>,
}

#[derive(Default)]
struct Module {
    file: PathBuf,
    /// The names that the module defines.
    items: BTreeSet<String>,
    imports: Vec<Import>,
    /// The other paths in its code.
    paths: Vec<Vec<String>>,
}

struct Import {
    /// The name in the module; `*` for all names.
    name: String,
    path: Vec<String>,
    is_reexport: bool,
}

/// Returns each group of files that depend on each other, as lines `FILE -> FILE: NAMES`. Leaves out the dependencies
/// between the files in `exempt`.
pub(crate) fn circles(directory: &Path, sources: &BTreeMap<PathBuf, String>, exempt: &[&str]) -> Vec<Vec<String>> {
    let name = |file: &Path| file.strip_prefix(directory).unwrap().display().to_string();
    let mut dependencies = dependencies(directory, sources);
    for (_, needed) in dependencies.iter_mut().filter(|(file, _)| exempt.contains(&&*name(file))) {
        needed.retain(|other, _| !exempt.contains(&&*name(other)));
    }
    let mut groups: Vec<BTreeSet<&PathBuf>> = Vec::new();
    for file in dependencies.keys() {
        let group: BTreeSet<_> = reachable(&dependencies, file)
            .into_iter()
            .filter(|other| *other != file && reachable(&dependencies, other).contains(file))
            .chain([file])
            .collect();
        if group.len() > 1 && !groups.contains(&group) {
            groups.push(group);
        }
    }
    let lines = |group: &BTreeSet<&PathBuf>| {
        let within = dependencies.iter().filter(|(file, _)| group.contains(file)).flat_map(|(file, needed)| {
            let needed = needed.iter().filter(|(other, _)| group.contains(other));
            needed.map(move |(other, names)| (file, other, names.iter().cloned().collect::<Vec<_>>().join(", ")))
        });
        within.map(|(file, other, names)| format!("{} -> {}: {names}", name(file), name(other))).collect()
    };
    groups.iter().map(lines).collect()
}

/// For each file the files that it depends on, with the names that it uses of them.
type Dependencies = BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>>;

fn reachable<'a>(dependencies: &'a Dependencies, file: &'a PathBuf) -> BTreeSet<&'a PathBuf> {
    let mut seen = BTreeSet::new();
    let mut open = vec![file];
    while let Some(file) = open.pop() {
        open.extend(dependencies.get(file).into_iter().flat_map(BTreeMap::keys).filter(|other| seen.insert(*other)));
    }
    seen
}

fn dependencies(directory: &Path, sources: &BTreeMap<PathBuf, String>) -> Dependencies {
    let mut modules = Modules::default();
    for (file, text) in sources {
        let mut path: ModulePath =
            file.strip_prefix(directory).unwrap().iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        let last = path.pop().unwrap();
        match last.trim_end_matches(".rs") {
            "lib" | "main" | "mod" => {}
            "tests" => continue,
            name => path.push(name.to_owned()),
        }
        modules.read(file, &path, &tokens(text));
    }
    let mut dependencies = Dependencies::new();
    for (at, module) in &modules.modules {
        let needed = dependencies.entry(module.file.clone()).or_default();
        let imports = module.imports.iter().filter(|import| !import.is_reexport).map(|import| &import.path);
        for path in imports.chain(&module.paths) {
            if let Some((file, name)) = modules.definition(at, path, 0).filter(|(file, _)| *file != module.file) {
                needed.entry(file).or_default().insert(name);
            }
        }
    }
    dependencies
}

impl Modules {
    /// Reads the tokens of a file.
    fn read(&mut self, file: &Path, path: &[String], tokens: &[String]) {
        let token = |at: usize| tokens.get(at).map_or("", String::as_str);
        let new = || Module { file: file.to_owned(), ..Module::default() };
        self.modules.entry(path.to_vec()).or_insert_with(new);
        // Modules within the file, with the depth of braces around them.
        let mut inline: Vec<(String, usize)> = Vec::new();
        let mut depth = 0;
        let mut at = 0;
        while at < tokens.len() {
            let here: ModulePath = path.iter().chain(inline.iter().map(|(name, _)| name)).cloned().collect();
            let module = self.modules.entry(here).or_insert_with(new);
            match token(at) {
                "#" if tokens[at..].starts_with(&["#", "[", "cfg", "(", "test", ")", "]"].map(str::to_owned)) => {
                    at = end_of_item(tokens, at + 7);
                    continue;
                }
                "{" => depth += 1,
                "}" => {
                    depth -= 1;
                    inline.pop_if(|(_, around)| *around == depth);
                }
                "mod" if token(at + 2) == "{" => {
                    inline.push((token(at + 1).to_owned(), depth));
                    depth += 1;
                    at += 3;
                    continue;
                }
                "use" if token(at + 1) != "<" => {
                    let end = at + tokens[at..].iter().position(|token| token == ";").unwrap_or(tokens.len() - at);
                    let is_reexport = matches!(token(at.wrapping_sub(1)), "pub" | ")");
                    let mut rest = tokens[at + 1..end].iter().map(String::as_str).peekable();
                    read_use(&mut rest, &[], is_reexport, &mut module.imports);
                    at = end;
                }
                "struct" | "enum" | "trait" | "type" | "fn" | "const" | "static" => {
                    module.items.insert(token(at + 1).to_owned());
                }
                "macro_rules" => {
                    module.items.insert(token(at + 2).to_owned());
                    if tokens[..at].ends_with(&["macro_export", "]"].map(str::to_owned)) {
                        self.macros.insert(token(at + 2).to_owned(), file.to_owned());
                    }
                }
                first if is_name(first) && token(at + 1) == "::" && token(at.wrapping_sub(1)) != "::" => {
                    let mut names = vec![first.to_owned()];
                    while token(at + 1) == "::" && is_name(token(at + 2)) {
                        names.push(token(at + 2).to_owned());
                        at += 2;
                    }
                    module.paths.push(names);
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// Returns the file that defines what `path` names in the module `at`, and its name there. Returns `None` for what
    /// another crate defines, and for a module.
    fn definition(&self, at: &[String], path: &[String], depth: usize) -> Option<(PathBuf, String)> {
        assert!(depth < 20, "an import that never ends: {path:?} in {at:?}");
        let (first, mut rest) = path.split_first()?;
        let mut place = match first.as_str() {
            "crate" => Vec::new(),
            "self" => at.to_vec(),
            "super" => at.split_last()?.1.to_vec(),
            name => {
                rest = path;
                let known = self.modules.contains_key(&child(at, name)) || self.import(at, name).is_some();
                known.then(|| at.to_vec())?
            }
        };
        while let Some((name, after)) = rest.split_first() {
            if name == "super" {
                place.pop();
            } else if self.modules.contains_key(&child(&place, name)) {
                place.push(name.clone());
            } else if let Some(import) = self.import(&place, name) {
                let whole: Vec<String> = import.path.iter().chain(after).cloned().collect();
                // `use super::a::{self, B}` in the module `a` itself would not end.
                return self.definition(&place, &whole, depth + 1);
            } else {
                let module = self.modules.get(&place)?;
                let globs = module.imports.iter().filter(|import| import.name == "*" && !module.items.contains(name));
                let mut found = globs.filter_map(|import| {
                    let whole: Vec<String> = import.path.iter().chain([name]).cloned().collect();
                    self.definition(&place, &whole, depth + 1)
                });
                return found.next().or_else(|| {
                    let exported = self.macros.get(name).filter(|_| place.is_empty());
                    Some((exported.unwrap_or(&module.file).clone(), name.clone()))
                });
            }
            rest = after;
        }
        None
    }

    fn import(&self, at: &[String], name: &str) -> Option<&Import> {
        self.modules
            .get(at)?
            .imports
            .iter()
            .find(|import| import.name == name && import.path.first().is_some_and(|first| first != name))
    }
}

fn child(at: &[String], name: &str) -> ModulePath {
    at.iter().cloned().chain([name.to_owned()]).collect()
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Returns where the item that begins at `at` ends.
fn end_of_item(tokens: &[String], mut at: usize) -> usize {
    let mut depth = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth -= 1;
                if depth == 0 && token == "}" {
                    break;
                }
            }
            ";" if depth == 0 => break,
            _ => {}
        }
    }
    at
}

/// Reads one tree of a `use` item.
fn read_use<'a>(
    tokens: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>,
    before: &[String],
    is_reexport: bool,
    imports: &mut Vec<Import>,
) {
    let mut path = before.to_vec();
    while let Some(token) = tokens.next() {
        match token {
            "{" => {
                while tokens.next_if_eq(&"}").is_none() && tokens.peek().is_some() {
                    read_use(tokens, &path, is_reexport, imports);
                    tokens.next_if_eq(&",");
                }
                return;
            }
            "::" => {}
            "self" if !path.is_empty() => {}
            "*" => {
                imports.push(Import { name: "*".to_owned(), path, is_reexport });
                return;
            }
            name => path.push(name.to_owned()),
        }
        if matches!(tokens.peek(), None | Some(&("," | "}" | "as"))) {
            break;
        }
    }
    let mut name = path.last().cloned().unwrap_or_default();
    if tokens.next_if_eq(&"as").is_some() {
        tokens.next().unwrap_or_default().clone_into(&mut name);
    }
    imports.push(Import { name, path, is_reexport });
}

/// Splits Rust code into names, `::` and single other characters; without comments and literals.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if first == '"' {
            end_of_string(rest)
        } else if first == '\'' {
            // A character, or a lifetime, whose name may stay.
            let mut chars = rest.char_indices().skip(1);
            match (chars.next(), chars.next()) {
                (Some((_, '\\')), Some((at, escaped))) => {
                    let after = at + escaped.len_utf8();
                    after + rest[after..].find('\'').map_or(0, |end| end + 1)
                }
                (Some(_), Some((at, '\''))) => at + 1,
                _ => 1,
            }
        } else if is_name(&rest[..first.len_utf8()]) {
            let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
            let after = rest[name.len()..].trim_start_matches('#');
            if matches!(name, "r" | "br") && after.starts_with('"') {
                let hashes = rest.len() - name.len() - after.len();
                let end = format!("\"{}", "#".repeat(hashes));
                let start = name.len() + hashes + 1;
                rest[start..].find(&end).map_or(rest.len(), |at| start + at + end.len())
            } else {
                tokens.push(name.to_owned());
                name.len()
            }
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[len..];
    }
    tokens
}

fn end_of_string(text: &str) -> usize {
    let mut escaped = true;
    for (at, char) in text.char_indices() {
        match char {
            '"' if !escaped => return at + 1,
            '\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    text.len()
}
