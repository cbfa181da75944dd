//! The modifiers. Their names and arguments are in `arguments.rs`.
//!
//! Start with [`apply`]. The input of a modifier is the text before it, or an empty text if nothing was found. Its
//! result is a new text; an empty result is no match.

use std::borrow::Cow;
use std::collections::HashMap;

use super::escape::{quote, unescape};
use super::eval::Engine;
use super::limits::{BoundedString, Limit};
use super::path::{Modifier, NodeId};
use super::pretty::ugly;
use super::scan::{Element, Elements, ValueKind, document, entries, inside};
use super::selection::MatchCount;
use super::valid::is_json;

type Modified<'t> = Result<Cow<'t, str>, Limit>;

/// Returns the result of `modifier` on `text`.
pub(super) fn apply<'t>(modifier: &Modifier, engine: &Engine<'_>, text: &'t str, depth: usize) -> Modified<'t> {
    let kind = document(text).and_then(ValueKind::of);
    let out = BoundedString::new(&engine.budget);
    match (modifier, kind) {
        (Modifier::Valid, _) if !is_json(text) => Ok("".into()),
        (Modifier::Reverse, Some(ValueKind::Array | ValueKind::Object)) => reverse(out, text),
        (Modifier::Flatten { deep }, Some(ValueKind::Array)) => flatten(out, text, *deep),
        (Modifier::Join { preserve: true }, Some(ValueKind::Array)) => join_all(out, text),
        (Modifier::Join { preserve: false }, Some(ValueKind::Array)) => join(out, text),
        (Modifier::Values, Some(ValueKind::Array))
        | (
            Modifier::This | Modifier::Valid | Modifier::Reverse | Modifier::Flatten { .. } | Modifier::Join { .. },
            _,
        ) => Ok(text.into()),
        (Modifier::Values, _) => list(out, entries(text).map(|entry| entry.value)),
        (Modifier::Keys, _) => {
            let keys = entries(text).map(|entry| match entry.key {
                "" => "null",
                key => key,
            });
            list(out, keys)
        }
        (Modifier::Ugly, _) => {
            let short = ugly(text);
            if let Cow::Owned(short) = &short {
                engine.budget.write(short.len())?;
            }
            Ok(short)
        }
        (Modifier::Pretty(layout), _) => layout.print(text, out).map(Cow::Owned),
        (Modifier::ToStr, _) => {
            let literal = quote(text);
            engine.budget.write(literal.len())?;
            Ok(literal.into())
        }
        (Modifier::FromStr, _) => from_str(engine, text),
        (Modifier::Group, Some(ValueKind::Object)) => group(out, text),
        (Modifier::Group, _) => Ok("".into()),
        (Modifier::Dig(path), _) => dig(engine, out, text, *path, depth),
    }
}

/// Returns an array of `items`.
fn list<'t, 'i>(mut out: BoundedString<'_>, items: impl Iterator<Item = &'i str>) -> Modified<'t> {
    out.push("[")?;
    for item in items {
        out.push_item(item)?;
    }
    out.push("]")?;
    Ok(out.finish().into())
}

/// Returns an object of `members`.
fn map<'t, 'i>(mut out: BoundedString<'_>, members: impl Iterator<Item = Element<'i>>) -> Modified<'t> {
    out.push("{")?;
    for Element { key, value } in members {
        out.push_item(key)?;
        out.push(":")?;
        out.push(value)?;
    }
    out.push("}")?;
    Ok(out.finish().into())
}

fn reverse<'t>(out: BoundedString<'_>, text: &str) -> Modified<'t> {
    let items: Vec<_> = entries(text).collect();
    if document(text).and_then(ValueKind::of) == Some(ValueKind::Array) {
        list(out, items.iter().rev().map(|entry| entry.value))
    } else {
        map(out, items.into_iter().rev())
    }
}

/// Returns the inside of a container.
fn unwrapped(raw: &str) -> &str {
    let length = raw.len();
    raw.get(1..length.saturating_sub(1)).unwrap_or_default()
}

fn is(kind: ValueKind, raw: &str) -> bool {
    ValueKind::of(raw) == Some(kind)
}

/// Replaces the arrays in an array with their elements: one level, or all levels if `deep` is true.
fn flatten<'t>(mut out: BoundedString<'_>, text: &str, deep: bool) -> Modified<'t> {
    out.push("[")?;
    let mut open: Vec<Elements<'_>> = vec![entries(text)];
    while let Some(level) = open.last_mut() {
        let Some(Element { value, .. }) = level.next() else {
            open.pop();
            continue;
        };
        if !is(ValueKind::Array, value) {
            out.push_item(value)?;
        } else if deep {
            open.push(entries(value));
        } else if !unwrapped(value).trim().is_empty() {
            out.push_item(unwrapped(value).trim())?;
        }
    }
    out.push("]")?;
    Ok(out.finish().into())
}

/// Merges the objects of an array into one, with all of their fields.
fn join_all<'t>(mut out: BoundedString<'_>, text: &str) -> Modified<'t> {
    out.push("{")?;
    for Element { value, .. } in entries(text) {
        // The Go library writes a comma also next to an object without fields.
        if is(ValueKind::Object, value) && !unwrapped(value).trim().is_empty() {
            out.push_item(unwrapped(value))?;
        }
    }
    out.push("}")?;
    Ok(out.finish().into())
}

/// Merges the objects of an array into one. A key that occurs several times has its first position and its last value.
fn join<'t>(out: BoundedString<'_>, text: &str) -> Modified<'t> {
    let mut members: Vec<Element<'_>> = Vec::new();
    let mut places: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let objects = entries(text).filter(|entry| is(ValueKind::Object, entry.value));
    for entry in objects.flat_map(|object| entries(object.value)) {
        let place = *places.entry(unescape(inside(entry.key))).or_insert(members.len());
        match members.get_mut(place) {
            Some(member) => member.value = entry.value,
            None => members.push(entry),
        }
    }
    map(out, members.into_iter())
}

/// Returns the JSON in a string. A number is formatted as in Go.
fn from_str<'t>(engine: &Engine<'_>, text: &'t str) -> Modified<'t> {
    let Some(raw) = document(text).filter(|_| is_json(text)) else {
        return Ok("".into());
    };
    let value = match ValueKind::of(raw) {
        Some(ValueKind::String) => unescape(inside(raw)),
        Some(ValueKind::Number) if raw.contains(['.', 'e', 'E']) => {
            let number = raw.parse().unwrap_or(f64::NAN);
            Cow::Owned(number.to_string())
        }
        Some(ValueKind::Null) | None => "".into(),
        Some(_) => raw.into(),
    };
    // The Go library accepts any text. Text that is not JSON would be useless, so it is no match here.
    if !is_json(&value) {
        return Ok("".into());
    }
    if let Cow::Owned(value) = &value {
        engine.budget.write(value.len())?;
    }
    Ok(value)
}

/// Converts an object of arrays to an array of objects.
fn group<'t>(mut out: BoundedString<'_>, text: &str) -> Modified<'t> {
    let columns = entries(text).filter(|entry| is(ValueKind::Array, entry.value));
    let mut columns: Vec<_> = columns.map(|entry| (entry.key, entries(entry.value))).collect();
    out.push("[")?;
    let mut first = true;
    loop {
        // Columns that have ended are dropped.
        let mut row = Vec::with_capacity(columns.len());
        columns.retain_mut(|(key, column)| {
            let cell = column.next();
            row.extend(cell.map(|cell| (*key, cell.value)));
            cell.is_some()
        });
        if row.is_empty() {
            break;
        }
        if !std::mem::take(&mut first) {
            out.push(",")?;
        }
        for (index, (key, value)) in row.into_iter().enumerate() {
            out.push(if index == 0 { "{" } else { "," })?;
            out.push(key)?;
            out.push(":")?;
            out.push(value)?;
        }
        out.push("}")?;
    }
    out.push("]")?;
    Ok(out.finish().into())
}

/// Returns what `path` selects in the text and in each value inside of it, in document order, outer values first.
fn dig<'t>(engine: &Engine<'_>, mut out: BoundedString<'_>, text: &str, path: NodeId, depth: usize) -> Modified<'t> {
    out.push("[")?;
    let mut value = document(text).unwrap_or_default();
    let mut open: Vec<Elements<'_>> = Vec::new();
    let mut hits = 0;
    loop {
        let (found, share) = engine.aside(|| engine.run(value, path, depth + 1));
        hits += share.found;
        if let Some(found) = found? {
            out.push_item(&found)?;
        }
        if ValueKind::of(value).is_some_and(ValueKind::is_container) {
            open.push(entries(value));
        }
        value = loop {
            let Some(level) = open.last_mut() else {
                engine.count(if hits > 0 { MatchCount::FOUND } else { MatchCount::MISSED });
                out.push("]")?;
                return Ok(out.finish().into());
            };
            match level.next() {
                Some(entry) => break entry.value,
                None => drop(open.pop()),
            }
        };
    }
}
