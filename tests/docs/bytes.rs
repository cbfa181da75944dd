//! The table of bytes in docs/agents.md, compared with what `benches/bytes` prints.

use std::process::Command;

use crate::{read, root};

/// The difference in percent that is taken for none: the length of a time is not always the same.
const TOLERANCE: u64 = 3;

/// Returns the rows of the table of tasks: the task, and the bytes of each format.
fn rows(text: &str) -> Vec<(String, Vec<u64>)> {
    let table = text.lines().skip_while(|line| !line.starts_with("| task |")).skip(2);
    let rows = table.map_while(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    rows.map(|row| {
        let mut cells = row.split(" | ").map(str::to_owned);
        (cells.next().unwrap(), cells.map(|cell| cell.parse().unwrap()).collect())
    })
    .collect()
}

#[test]
fn the_table_of_bytes_is_what_the_script_prints() {
    let counted = Command::new(root().join("benches/bytes")).arg(env!("CARGO_BIN_EXE_wharf")).output().unwrap();
    assert!(counted.status.success(), "{}", String::from_utf8_lossy(&counted.stderr));
    let counted = rows(&String::from_utf8(counted.stdout).unwrap());
    let shown = rows(&read("docs/agents.md"));
    assert!(counted.len() > 5 && counted.len() == shown.len(), "{counted:?}\n{shown:?}");
    let total = &counted.last().unwrap().1;
    assert!(total[1] * 5 < total[0], "{total:?}");
    for (counted, shown) in counted.iter().zip(&shown) {
        assert_eq!(counted.0, shown.0);
        for (counted, shown) in counted.1.iter().zip(&shown.1) {
            assert!(counted.abs_diff(*shown) * 100 <= counted * TOLERANCE, "run benches/bytes: {counted} {shown}");
        }
    }
}
