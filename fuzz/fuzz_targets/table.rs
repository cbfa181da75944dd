//! What people see: whatever the strings hold, a terminal gets plain lines that fit, and YAML and
//! JSON readers get the strings back.

#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;
use wharf::output::table::Table;
use wharf::output::{Align, Column, Fit, escape, yaml};
use wharf_core::config::body;

const COLUMNS: &[Column] = &[
    Column { name: "ID", align: Align::Left, fit: Fit::Rigid },
    Column { name: "SIZE", align: Align::Right, fit: Fit::Rigid },
    Column { name: "TITLE", align: Align::Left, fit: Fit::Flexible },
];

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    /// The terminal's columns, if there is one.
    width: Option<u8>,
    rows: Vec<[&'a str; 3]>,
}

fuzz_target!(|input: Input<'_>| {
    for text in input.rows.iter().flatten() {
        check_escape(text);
        check_yaml(text);
    }
    check_table(&input);
    check_yaml_list(&input.rows);
});

/// What a terminal obeys, reorders or shows as nothing: control characters, separators of lines, and
/// the characters that Unicode lists as `Bidi_Control` or as `Default_Ignorable_Code_Point`. But for
/// the selectors of an emoji's form, which belong to ordinary text.
fn is_treacherous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

fn check_escape(text: &str) {
    let shown = escape::for_terminal(text);
    assert!(!shown.chars().any(is_treacherous), "{shown:?}");
    assert_eq!(escape::for_terminal(&shown), shown);
    assert_eq!(text == shown, !text.chars().any(is_treacherous), "{text:?}");
    let json = json!({ text: text }).to_string();
    let safe = escape::json_for_terminal(&json);
    assert!(!safe.chars().any(is_treacherous), "{safe:?}");
    assert_eq!(serde_json::from_str::<Value>(&safe).ok(), Some(json!({ text: text })));
}

fn check_table(input: &Input<'_>) {
    let width = input.width.map(usize::from);
    let mut table = Table::new(COLUMNS, width, false);
    let mut text = String::new();
    for row in &input.rows {
        let cells = row.map(|cell| escape::for_terminal(cell).into_owned());
        text.extend(table.text_row(cells));
    }
    text.extend(table.finish());
    if input.rows.is_empty() {
        return assert_eq!(text, "");
    }
    let lines: Vec<_> = text.strip_suffix('\n').expect("a last line break").split('\n').collect();
    assert_eq!(lines.len(), input.rows.len() + 1);
    let limit = width.filter(|width| *width > 0);
    for line in &lines {
        assert!(!line.chars().any(is_treacherous), "{line:?}");
        assert_eq!(line.trim_end(), *line);
        assert!(limit.is_none_or(|limit| line.width() <= limit), "{} of {limit:?}: {line:?}", line.width());
    }
    for (line, row) in lines.iter().skip(1).zip(&input.rows).filter(|_| limit.is_none()) {
        let whole = |cell: &&str| line.contains(escape::for_terminal(cell).trim_end());
        assert!(row.iter().all(whole), "{line:?} of {row:?}");
    }
}

/// The same as a value, a key, an item and a member, to a reader of YAML and to that of bodies.
fn check_yaml(text: &str) {
    let deep = json!({ text: [text, [text, { "k": text }], {}], "x": { text: null } });
    for value in [json!(text), deep] {
        let written = yaml::from_json(&value.to_string()).expect("YAML of any strings");
        assert_reads(&written, &value);
    }
    let written = yaml::from_json(&json!(text).to_string()).expect("YAML of any string");
    let read = body::value(&written, "the output").unwrap_or_else(|error| panic!("{written:?}\n{error}"));
    assert_eq!(read, text, "{written:?} as a body");
}

fn check_yaml_list(rows: &[[&str; 3]]) {
    let write = |row: &[&str; 3]| yaml::list_item(&json!({ "a": row[0], row[1]: [row[2]] }).to_string());
    let list: String = rows.iter().map(|row| write(row).expect("an item of any strings")).collect();
    let wanted: Value = rows.iter().map(|row| json!({ "a": row[0], row[1]: [row[2]] })).collect();
    if !rows.is_empty() {
        assert_reads(&list, &wanted);
    }
}

fn assert_reads(written: &str, wanted: &Value) {
    let read: Value = serde_saphyr::from_str(written).unwrap_or_else(|error| panic!("{written:?}\n{error}"));
    // With the order of keys.
    assert_eq!(read.to_string(), wanted.to_string(), "{written:?}");
}
