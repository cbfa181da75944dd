//! Links between documents lead to a file, and to a heading, that exist.

use std::path::Path;

use crate::{documents, read, root};

/// Returns the targets of a document's links, without those to other sites.
fn targets(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://")).collect()
}

/// Returns the anchor that a repository host makes of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

fn has_heading(text: &str, wanted: &str) -> bool {
    text.lines().filter(|line| line.starts_with('#')).any(|line| anchor(line.trim_start_matches('#').trim()) == wanted)
}

#[test]
fn links_lead_somewhere() {
    let mut seen = 0;
    for name in documents() {
        let directory = Path::new(&name).parent().unwrap();
        let text = read(&name);
        for target in targets(&text) {
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() { Path::new(&name).to_owned() } else { directory.join(file) };
            assert!(root().join(&file).exists(), "{name}: {target}");
            let found = heading.is_empty() || has_heading(&read(file.to_str().unwrap()), heading);
            assert!(found, "{name}: {target}: no such heading");
            seen += 1;
        }
    }
    assert!(seen > 50, "only {seen} links were found: the check does not look");
}

#[test]
fn anchors_are_those_of_repository_hosts() {
    assert_eq!(anchor("Exit codes"), "exit-codes");
    assert_eq!(anchor("The emulator: `wharf serve`"), "the-emulator-wharf-serve");
    assert_eq!(targets("a [b](c.md#d) [e](https://f) [`g`](h)"), ["c.md#d", "h"]);
}
