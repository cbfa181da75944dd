//! The names of modifiers and the parsing of their arguments.

use super::escape::unescape;
use super::layout::Layout;
use super::path::Modifier;
use super::scan::{Element, ValueKind, document, entries, inside};
use super::valid::is_json;

/// All modifiers, each with the options of its JSON argument.
const MODIFIERS: [(&str, &[&str]); 13] = [
    ("dig", &[]),
    ("flatten", &["deep"]),
    ("fromstr", &[]),
    ("group", &[]),
    ("join", &["preserve"]),
    ("keys", &[]),
    ("pretty", &["sortKeys", "indent", "prefix", "width"]),
    ("reverse", &[]),
    ("this", &[]),
    ("tostr", &[]),
    ("ugly", &[]),
    ("valid", &[]),
    ("values", &[]),
];

pub(super) fn is_modifier(name: &str) -> bool {
    MODIFIERS.iter().any(|(known, _)| *known == name)
}

/// Returns the modifier with this name, except `@dig`, whose argument is a path.
pub(super) fn modifier(name: &str, argument: &str) -> Option<Modifier> {
    Some(match name {
        "this" => Modifier::This,
        "valid" => Modifier::Valid,
        "reverse" => Modifier::Reverse,
        "flatten" => Modifier::Flatten { deep: flag(argument, "deep") },
        "join" => Modifier::Join { preserve: flag(argument, "preserve") },
        "keys" => Modifier::Keys,
        "values" => Modifier::Values,
        "ugly" => Modifier::Ugly,
        "pretty" => Modifier::Pretty(Box::new(layout(argument))),
        "tostr" => Modifier::ToStr,
        "fromstr" => Modifier::FromStr,
        "group" => Modifier::Group,
        _ => return None,
    })
}

/// Returns what is wrong with the argument of a modifier. The Go library ignores such mistakes.
pub(super) fn problem(name: &str, argument: &str) -> Option<String> {
    let (_, known) = MODIFIERS.iter().find(|(known, _)| *known == name)?;
    if name == "dig" {
        return argument.is_empty().then(|| "`@dig` needs a path".into());
    }
    if argument.is_empty() {
        return None;
    }
    if known.is_empty() {
        return Some(format!("`@{name}` takes no argument"));
    }
    if !is_json(argument) || document(argument).and_then(ValueKind::of) != Some(ValueKind::Object) {
        return Some(format!("the argument of `@{name}` must be a JSON object"));
    }
    options(argument)
        .map(|(option, _)| option)
        .find(|option| !known.contains(&option.as_ref()))
        .map(|option| format!("`@{name}` has no option `{option}`"))
}

/// Returns the options in an argument if it is an object; stops at a string that is not closed.
fn options(argument: &str) -> impl Iterator<Item = (std::borrow::Cow<'_, str>, &str)> {
    let object = document(argument).filter(|json| ValueKind::of(json) == Some(ValueKind::Object));
    let members = object.into_iter().flat_map(entries);
    members
        .map(|Element { key, value }| (unescape(inside(key)), value))
        .take_while(|(_, value)| ValueKind::of(value) != Some(ValueKind::String) || is_json(value))
}

/// Returns whether the last option with this name is true.
fn flag(argument: &str, name: &str) -> bool {
    options(argument).filter(|(key, _)| key == name).last().is_some_and(|(_, value)| is_yes(value))
}

fn layout(argument: &str) -> Layout {
    let mut layout = Layout::default();
    for (key, value) in options(argument) {
        match key.as_ref() {
            "sortKeys" => layout.sort_keys = is_yes(value),
            "indent" => layout.indent = white_space(value),
            "prefix" => layout.prefix = white_space(value),
            "width" => layout.width = integer(value),
            _ => {}
        }
    }
    layout
}

fn is_yes(value: &str) -> bool {
    match ValueKind::of(value) {
        Some(ValueKind::True) => true,
        Some(ValueKind::Number) => value.parse::<f64>().is_ok_and(|number| number != 0.0),
        Some(ValueKind::String) => says_true(&unescape(inside(value))) == Some(true),
        _ => false,
    }
}

/// Parses a boolean as Go's `ParseBool` does, ignoring case.
pub(super) fn says_true(text: &str) -> Option<bool> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if is("1") || is("t") || is("true") {
        Some(true)
    } else if is("0") || is("f") || is("false") {
        Some(false)
    } else {
        None
    }
}

fn white_space(value: &str) -> String {
    let text = match ValueKind::of(value) {
        Some(ValueKind::String) => unescape(inside(value)),
        _ => value.into(),
    };
    let keep = |ch: &char| matches!(ch, ' ' | '\t' | '\n' | '\r');
    text.chars().filter(keep).collect()
}

fn integer(value: &str) -> i64 {
    match ValueKind::of(value) {
        Some(ValueKind::True) => 1,
        Some(ValueKind::String) => unescape(inside(value)).parse().unwrap_or(0),
        // Out of range widths saturate.
        #[allow(clippy::cast_possible_truncation)]
        Some(ValueKind::Number) => value.parse::<f64>().map_or(0, |number| number as i64),
        _ => 0,
    }
}
