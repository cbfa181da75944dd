//! Changes of the configuration file, which keep its comments and its layout.
//!
//! [`update`] reads, changes and replaces the file under a lock, so that two changes at once are both kept, and a reader
//! sees the old file or the new one.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Key, Value};

use super::profile::{ConfigFile, LARGEST, text_of};
use super::{JOBS, check_command, header, size, small};
use crate::error::{Error, Kind, Result};
use crate::platform;
use crate::staging::{Access, StagingEntry, sweep_unfinished};
use crate::walk::open_handle;

/// The maximum number of links from the named path to the file.
const LINKS: usize = 40;

/// A key of a profile.
#[derive(Debug, PartialEq, Eq)]
pub struct ProfileKey {
    /// The name of the key.
    pub name: &'static str,
    form: ValueForm,
}

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ValueForm {
    /// Text, written as it was given.
    Text,
    /// A number of files at once.
    Jobs,
    /// A number, a size such as `10GiB`, or `none`.
    Amount,
    /// An array of text.
    Words,
    /// The name of an environment variable.
    Variable,
    /// The address of a service.
    Address,
    /// Names of headers with their values.
    Headers,
}

const fn key(name: &'static str, form: ValueForm) -> ProfileKey {
    ProfileKey { name, form }
}

/// All keys of a profile.
pub const KEYS: &[ProfileKey] = &[
    key("backend", ValueForm::Text),
    key("base_url", ValueForm::Address),
    key("agent", ValueForm::Text),
    key("environment", ValueForm::Text),
    key("image", ValueForm::Text),
    key("agent_command", ValueForm::Words),
    key("format", ValueForm::Text),
    key("jobs", ValueForm::Jobs),
    key("session_bytes", ValueForm::Amount),
    key("session_mounts", ValueForm::Amount),
    key("user_identity", ValueForm::Text),
    key("isolation_key", ValueForm::Text),
    key("secret_env", ValueForm::Variable),
    key("secret_file", ValueForm::Text),
    key("secret_command", ValueForm::Words),
    key("headers", ValueForm::Headers),
];

impl ProfileKey {
    /// Returns the key with this name.
    pub fn find(name: &str) -> Option<&'static ProfileKey> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// Reads a value as a user writes it on a command line.
    ///
    /// # Errors
    /// `usage` for a value of another form. The message does not repeat a value that may be a secret.
    fn read(&self, text: &str) -> Result<Value> {
        let invalid = |what: &str, hint: &str| Err(Error::usage(format!("{}: {what}", self.name)).hint(hint));
        if text.is_empty() || text.contains('\0') {
            return invalid("the value is empty or contains NUL", "to remove a key, unset it");
        }
        match self.form {
            ValueForm::Text if text.chars().any(char::is_control) => {
                invalid("the value contains control characters", "write it on one line")
            }
            ValueForm::Text => Ok(text.into()),
            ValueForm::Jobs => match text.parse::<u32>() {
                Ok(jobs @ 1..=JOBS) => Ok(i64::from(jobs).into()),
                _ => invalid(&format!("{text:?} is not a number from 1 to {JOBS}"), "write a number such as 8"),
            },
            ValueForm::Amount => match (text.parse::<i64>(), size::parse(text)) {
                (Ok(number @ 0..), _) => Ok(number.into()),
                (_, Ok(_)) => Ok(text.into()),
                _ if text == "none" => Ok(text.into()),
                (_, Err(e)) => Err(Error::usage(format!("{}: {e}", self.name)).hint("or `none`, for no limit")),
            },
            ValueForm::Words => match read_as::<Vec<String>>(text) {
                Some(words) => {
                    check_command(&words).map_err(|e| {
                        let what = format!("{}: {}", self.name, e.message());
                        e.with_message(what)
                    })?;
                    Ok(Array::from_iter(words).into())
                }
                None => invalid("the value is not an array of text", "write it as `[\"PROGRAM\", \"WORD\"]`"),
            },
            ValueForm::Variable => {
                let starts = |c: char| c.is_ascii_alphabetic() || c == '_';
                if text.starts_with(starts) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                    Ok(text.into())
                } else {
                    invalid("the value is not the name of an environment variable", "name the variable, not its value")
                }
            }
            ValueForm::Address => {
                let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
                let host = host.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
                match host {
                    Some(host) if host.contains('@') => {
                        invalid("the address contains a user name or a password", "leave them out")
                    }
                    Some(host) if !host.is_empty() => Ok(text.into()),
                    _ => invalid("the value is not an address", "write it like `https://service.example/path`"),
                }
            }
            ValueForm::Headers => match read_as::<BTreeMap<String, String>>(text) {
                Some(headers) => Ok(InlineTable::from_iter(header::merge(headers, &[])?).into()),
                None => invalid("the value is not a table of text", "write it as `{ NAME = \"VALUE\" }`"),
            },
        }
    }
}

impl ProfileKey {
    /// Returns a value as the list of settings has it: an array as JSON, and of a program that prints a secret only its
    /// name, because the arguments may be confidential.
    fn shown(&self, value: &Value) -> String {
        match value {
            Value::String(text) => text.value().clone(),
            Value::Array(words) => {
                let all = if self.name == "secret_command" { 1 } else { words.len() };
                let words: Vec<&str> = words.iter().take(all).filter_map(Value::as_str).collect();
                serde_json::Value::from(words).to_string()
            }
            other => other.to_string().trim().to_owned(),
        }
    }
}

/// Reads a TOML or a JSON value.
fn read_as<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    /// A document with one key.
    #[derive(serde::Deserialize)]
    struct OneValue<T> {
        value: T,
    }
    // More lines could be more keys.
    let toml = (!text.contains('\n')).then(|| toml::from_str::<OneValue<T>>(&format!("value = {text}")).ok()).flatten();
    toml.map(|one| one.value).or_else(|| serde_json::from_str(text).ok())
}

/// The configuration file while it is changed.
#[derive(Debug)]
pub struct ConfigDocument {
    path: PathBuf,
    document: DocumentMut,
    file: ConfigFile,
}

impl ConfigDocument {
    fn parse(text: &str, path: &Path) -> Result<Self> {
        // First with the rules for settings, whose messages name the line.
        let file = ConfigFile::parse(text, path)?;
        let text = text.trim_start_matches('\u{feff}');
        let document = text.parse().map_err(|e| Error::usage(format!("`{}`: {e}", path.display())))?;
        Ok(ConfigDocument { path: path.to_owned(), document, file })
    }

    /// Returns the settings in the file.
    pub fn file(&self) -> &ConfigFile {
        &self.file
    }

    /// Sets a key of a profile to a value as a user writes it, and returns the value as it is in the file.
    ///
    /// # Errors
    /// `usage` for a value of another form and for a profile that does not exist; `conflict` where another key names
    /// the source of the secret.
    pub fn set(&mut self, profile: &str, key: &ProfileKey, text: &str) -> Result<String> {
        let mut value = key.read(text)?;
        let shown = key.shown(&value);
        let other = |name: &str| name.starts_with("secret_") && key.name.starts_with("secret_") && name != key.name;
        let table = self.profile(profile)?;
        if let Some((name, _)) = table.iter().find(|(name, _)| other(name)) {
            return Err(Error::conflict(format!("`{name}` names the source of the secret already"))
                .hint(format!("unset `{name}` first")));
        }
        match table.get_mut(key.name).and_then(Item::as_value_mut) {
            Some(old) => {
                // With the comment behind it.
                *value.decor_mut() = old.decor().clone();
                *old = value;
            }
            None => drop(table.insert(key.name, Item::Value(value))),
        }
        Ok(shown)
    }

    /// Removes a key of a profile.
    ///
    /// # Errors
    /// `not_found` if the profile does not have the key; `usage` for a profile that does not exist.
    pub fn unset(&mut self, profile: &str, key: &ProfileKey) -> Result<()> {
        match self.profile(profile)?.remove(key.name) {
            Some(_) => Ok(()),
            None => Err(Error::not_found(format!("profile {profile:?} does not set `{}`", key.name))),
        }
    }

    /// Makes a profile the default.
    ///
    /// # Errors
    /// `usage` for a profile that does not exist.
    pub fn set_default(&mut self, profile: &str) -> Result<()> {
        self.profile(profile)?;
        let mut value = Value::from(profile);
        match self.document.get_mut("profile").and_then(Item::as_value_mut) {
            Some(old) => {
                *value.decor_mut() = old.decor().clone();
                *old = value;
            }
            None => drop(self.document.insert("profile", Item::Value(value))),
        }
        Ok(())
    }

    /// Removes the default.
    ///
    /// # Errors
    /// `not_found` if there is none.
    pub fn unset_default(&mut self) -> Result<()> {
        match self.document.remove("profile") {
            Some(_) => Ok(()),
            None => Err(Error::not_found("the configuration names no default profile")),
        }
    }

    /// Adds a profile at the end of the file. `comments` are lines to be written below its keys.
    ///
    /// # Errors
    /// `conflict` if there is such a profile, unless it may be replaced: then its keys are removed, and its place stays.
    pub fn add(&mut self, profile: &str, replace: bool, keys: &[(&ProfileKey, String)], comments: &str) -> Result<()> {
        let exists = self.file.profiles.contains_key(profile);
        if exists && !replace {
            return Err(Error::conflict(format!("profile {profile:?} exists in `{}`", self.path.display())));
        }
        if exists {
            self.profile(profile)?.clear();
        } else {
            let header = Key::new(profile);
            let text = self.document.to_string();
            let gap = if text.ends_with("\n\n") {
                ""
            } else if text.is_empty() || text.ends_with('\n') {
                "\n"
            } else {
                "\n\n"
            };
            let text = format!("{text}{gap}[profiles.{}]\n{comments}", header.display_repr());
            *self = ConfigDocument::parse(&text, &self.path)?;
        }
        for (key, value) in keys {
            self.set(profile, key, value)?;
        }
        Ok(())
    }

    fn profile(&mut self, name: &str) -> Result<&mut dyn toml_edit::TableLike> {
        let missing = self.file.find(name, &self.path).err();
        let profiles = self.document.get_mut("profiles").and_then(Item::as_table_like_mut);
        let profile = profiles.and_then(|profiles| profiles.get_mut(name)).and_then(Item::as_table_like_mut);
        profile.ok_or_else(|| missing.unwrap_or_else(|| Error::new(Kind::Internal, "a profile is not a table")))
    }

    /// Returns the changed text after checking it with the rules for settings.
    fn text(&self) -> Result<String> {
        let text = self.document.to_string();
        let file = ConfigFile::parse(&text, &self.path)?;
        for profile in file.profiles.values() {
            profile.secret(&self.path)?;
        }
        Ok(text)
    }
}

/// Changes the configuration file at `path`, which need not exist. If `change` fails, or the result is not valid, the
/// file stays as it is. A link stays a link: the file that it leads to is changed.
///
/// # Errors
/// Those of `change`; `usage` for a file that is not valid already; errors of reading and writing the file.
pub fn update<T>(
    path: &Path,
    until: Option<Instant>,
    change: impl FnOnce(&mut ConfigDocument) -> Result<T>,
) -> Result<T> {
    let doing = |e: io::Error| Error::io(format!("writing the configuration `{}`", path.display()), &e);
    let target = follow(path).map_err(doing)?;
    let (Some(parent), Some(name)) = (target.parent(), target.file_name().and_then(|name| name.to_str())) else {
        return Err(Error::usage(format!("`{}` cannot be a configuration file", path.display())));
    };
    platform::create_private_dir(parent).map_err(doing)?;
    let dir = Dir::open_ambient_dir(parent, ambient_authority()).map_err(doing)?;
    let lock = open_handle(&dir).map_err(doing)?;
    match lock.lock() {
        Err(e) if platform::lacks_locks(&e) => {}
        locked => locked.map_err(doing)?,
    }
    sweep_unfinished(&dir);
    let there = match platform::entry_metadata(&dir, name) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        found => Some(found.map_err(doing)?),
    };
    if there.as_ref().is_some_and(|meta| !meta.is_file()) {
        return Err(Error::usage(format!("not a regular file: `{}`", path.display())));
    }
    let old = match &there {
        Some(_) => text_of(small::read(&target, "the configuration", LARGEST, until)?, path)?,
        None => String::new(),
    };
    let mut document = ConfigDocument::parse(&old, path)?;
    let changed = change(&mut document)?;
    let mut text = document.text()?;
    let lines = old.matches('\n').count();
    if lines > 0 && old.matches("\r\n").count() == lines {
        text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    if old.starts_with('\u{feff}') {
        text.insert(0, '\u{feff}');
    }
    if text != old {
        let mut staging = StagingEntry::beside(&dir).map_err(doing)?;
        staging.handle().write_all(text.as_bytes()).map_err(doing)?;
        match &there {
            Some(replaced) => {
                let access = Access { replaced: Some(replaced), executable: false, at_least: 0 };
                staging.set_access(&dir, name, access).map_err(doing)?;
            }
            None => platform::set_mode(staging.handle(), 0o600).map_err(doing)?,
        }
        staging.handle().sync_all().map_err(doing)?;
        staging.persist(&dir, name).map_err(doing)?;
        platform::sync_directory(parent).map_err(doing)?;
    }
    Ok(changed)
}

/// Returns the path that a chain of links at `path` leads to; its last part need not exist.
fn follow(path: &Path) -> io::Result<PathBuf> {
    let mut path = std::path::absolute(path)?;
    for _ in 0..LINKS {
        match path.read_link() {
            Ok(link) => path = path.parent().unwrap_or(Path::new("/")).join(link),
            // It is something else, or nothing.
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("there are too many links"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# mine\nprofile = \"a\" # usual\n\n[profiles.a] # first\n# the agent\nagent = \"one\" # keep\njobs = 3\n\n\
                        # the other\n[profiles.b]\nbackend = 'local'\n";

    fn document(text: &str) -> ConfigDocument {
        ConfigDocument::parse(text, Path::new("/etc/config.toml")).unwrap()
    }

    fn set(document: &mut ConfigDocument, profile: &str, key: &str, value: &str) -> Result<String> {
        document.set(profile, ProfileKey::find(key).unwrap(), value)
    }

    #[test]
    fn a_change_keeps_all_that_it_is_not_about() {
        let mut changed = document(FILE);
        set(&mut changed, "a", "agent", "two \"2\"").unwrap();
        assert_eq!(changed.text().unwrap(), FILE.replace("\"one\"", "'two \"2\"'"));
        let mut changed = document(FILE);
        set(&mut changed, "a", "image", "debian").unwrap();
        assert_eq!(changed.text().unwrap(), FILE.replace("jobs = 3\n", "jobs = 3\nimage = \"debian\"\n"));
        let mut changed = document(FILE);
        changed.unset("a", ProfileKey::find("jobs").unwrap()).unwrap();
        assert_eq!(changed.text().unwrap(), FILE.replace("jobs = 3\n", ""));
        let mut changed = document(FILE);
        changed.set_default("b").unwrap();
        assert_eq!(changed.text().unwrap(), FILE.replacen("\"a\"", "\"b\"", 1));
    }

    #[test]
    fn values_have_the_form_of_their_key() {
        for (key, value, written) in [
            ("jobs", "8", "jobs = 8"),
            ("session_bytes", "4096", "session_bytes = 4096"),
            ("session_bytes", "10GiB", "session_bytes = \"10GiB\""),
            ("session_mounts", "none", "session_mounts = \"none\""),
            ("agent_command", r#"["claude", '-p']"#, r#"agent_command = ["claude", "-p"]"#),
            ("agent_command", r#"["\ud83d\ude00"]"#, "agent_command = [\"\u{1f600}\"]"),
            ("headers", "{ x-team = 'blue' }", r#"headers = { x-team = "blue" }"#),
            ("headers", r#"{"x-team": "blue"}"#, r#"headers = { x-team = "blue" }"#),
            ("secret_env", "MY_KEY", "secret_env = \"MY_KEY\""),
            ("base_url", "https://a.test/p", "base_url = \"https://a.test/p\""),
        ] {
            let mut changed = document("[profiles.a]\n");
            set(&mut changed, "a", key, value).unwrap();
            assert_eq!(changed.text().unwrap(), format!("[profiles.a]\n{written}\n"), "{key} {value}");
        }
        for (key, value) in [
            ("jobs", "0"),
            ("jobs", "257"),
            ("jobs", "many"),
            ("session_bytes", "-1"),
            ("session_mounts", "few"),
            ("agent_command", "claude -p"),
            ("agent_command", "[]"),
            ("agent_command", "[1]"),
            ("agent_command", "['']"),
            ("agent_command", "['a']\nbackend = 'x'"),
            ("headers", "{ authorization = 'hunter2' }"),
            ("headers", "x: y"),
            ("secret_env", "sk-hunter2"),
            ("base_url", "https://me:hunter2@a.test"),
            ("base_url", "a.test"),
            ("agent", ""),
            ("agent", "a\nb"),
        ] {
            let error = set(&mut document("[profiles.a]\n"), "a", key, value).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage, "{key} {value}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn the_line_ends_of_the_file_stay() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        for (old, new) in [
            ("[profiles.a]\r\njobs = 1 # one\r\n", "[profiles.a]\r\njobs = 2 # one\r\nimage = \"x\"\r\n"),
            ("\u{feff}[profiles.a]\njobs = 1\n", "\u{feff}[profiles.a]\njobs = 2\nimage = \"x\"\n"),
        ] {
            std::fs::write(&path, old).unwrap();
            update(&path, None, |document| {
                set(document, "a", "jobs", "2")?;
                set(document, "a", "image", "x")
            })
            .unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), new);
        }
    }

    #[test]
    fn profiles_of_every_notation_are_changed() {
        for text in [
            "[profiles.a]\nagent = 'x'\n",
            "[profiles]\na = { agent = 'x' }\n",
            "profiles.a.agent = 'x'\n",
            "profiles = { a = { agent = 'x' } }\n",
            "[profiles]\na.agent = 'x'\n",
        ] {
            let mut changed = document(text);
            set(&mut changed, "a", "agent", "y").unwrap();
            set(&mut changed, "a", "image", "z").unwrap();
            let file = ConfigFile::parse(&changed.text().unwrap(), Path::new("f")).unwrap();
            let profile = file.find("a", Path::new("f")).unwrap();
            assert_eq!((profile.agent.as_deref(), profile.image.as_deref()), (Some("y"), Some("z")), "{text}");
        }
    }

    #[test]
    fn a_profile_is_added_behind_the_others_and_replaced_in_its_place() {
        let backend = ProfileKey::find("backend").unwrap();
        let keys = [(backend, "agb".to_owned())];
        for text in ["", "[profiles.b]", FILE, "# a comment"] {
            let mut changed = document(text);
            changed.add("new one", false, &keys, "# image = \"x\"\n").unwrap();
            let changed = changed.text().unwrap();
            assert!(changed.starts_with(text), "{changed}");
            assert!(changed.ends_with("[profiles.\"new one\"]\nbackend = \"agb\"\n# image = \"x\"\n"), "{changed}");
        }
        let mut changed = document(FILE);
        assert_eq!(changed.add("a", false, &keys, "").unwrap_err().kind(), Kind::Conflict);
        changed.add("a", true, &keys, "").unwrap();
        let text = changed.text().unwrap();
        assert!(text.contains("[profiles.a] # first\nbackend = \"agb\"\n\n# the other\n[profiles.b]"), "{text}");
    }

    #[test]
    fn one_key_names_the_source_of_the_secret() {
        let mut changed = document("[profiles.a]\nsecret_env = 'A'\n");
        assert_eq!(set(&mut changed, "a", "secret_file", "x").unwrap_err().kind(), Kind::Conflict);
        set(&mut changed, "a", "secret_env", "B").unwrap();
    }

    #[test]
    fn the_keys_are_those_of_the_file() {
        let error = ConfigFile::parse("[profiles.a]\nno_such_key = 1\n", Path::new("f")).unwrap_err();
        let known = error.message().split_once("expected one of ").unwrap().1;
        let known: Vec<_> = known.split(", ").map(|name| name.trim_matches('`')).collect();
        assert_eq!(known, KEYS.iter().map(|key| key.name).collect::<Vec<_>>());
    }
}
