//! The house's one structural rule: a room imports only from rooms below it.

#![allow(clippy::unwrap_used, reason = "a test that cannot read the sources has failed")]

use std::fs;
use std::path::Path;

/// The rooms from the ground up. What stands on one line may import each other.
const ROOMS: [&[&str]; 11] = [
    &["error"],
    &["model"],
    &["body", "platform", "pool", "random"],
    &["pending", "removal", "walk"],
    &["upload_log"],
    &["config"],
    &["http", "wire"],
    &["backend"],
    &["serve", "transfer"],
    &["output"],
    &["commands"],
];

fn level(room: &str) -> usize {
    ROOMS.iter().position(|rooms| rooms.contains(&room)).unwrap_or_else(|| panic!("{room} is no known room"))
}

fn check(path: &Path, room: &str, seen: &mut usize, wrong: &mut Vec<String>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            check(&entry.unwrap().path(), room, seen, wrong);
        }
        return;
    }
    for (number, line) in fs::read_to_string(path).unwrap().lines().enumerate() {
        // Doc comments may point upwards.
        let code = line.split("//").next().unwrap_or_default();
        for part in code.split("crate::").skip(1) {
            assert!(!part.starts_with('{'), "{}: one room an import", path.display());
            let used: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            *seen += 1;
            if !used.is_empty() && level(&used) > level(room) {
                wrong.push(format!("{}:{}: {room} imports {used}", path.display(), number + 1));
            }
        }
    }
}

#[test]
fn imports_point_downwards_only() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut seen, mut wrong) = (0, Vec::new());
    for entry in fs::read_dir(&src).unwrap() {
        let path = entry.unwrap().path();
        let room = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if !matches!(room.as_str(), "main" | "lib") {
            check(&path, &room, &mut seen, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 100, "only {seen} imports were found: the check does not look");
}
