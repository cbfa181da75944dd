//! The table of requests in `docs/benchmarks.md`: each cell is counted.

use std::collections::BTreeMap;
use std::fs;
use std::thread;

use serde_json::Value;

use crate::agb::context;
use crate::run_services::{Services, create_flags};
use crate::sandbox::{Sandbox, wait_until};

/// A row: a command without `wharf`, and its number of requests on each backend; `None` if the backend lacks it.
struct Row {
    command: String,
    counts: BTreeMap<String, Option<Count>>,
}

/// A number of requests: `3`, or `3+` where a service is asked until it has ended.
struct Count {
    least: usize,
    is_exact: bool,
}

impl Count {
    fn parse(cell: &str) -> Option<Self> {
        let number = cell.trim_end_matches('+');
        let count = |least| Count { least, is_exact: number == cell };
        (!cell.is_empty()).then(|| count(number.parse().unwrap()))
    }

    /// The service of these tests ends soon: an endless loop is none of `3+`.
    fn holds(&self, count: usize) -> bool {
        count == self.least || (!self.is_exact && (self.least..self.least + 200).contains(&count))
    }
}

/// Returns the rows of the table below the heading `Requests`.
fn rows() -> Vec<Row> {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/benchmarks.md")).unwrap();
    let section = text.split("\n## ").find(|section| section.starts_with("Requests\n")).expect("no section `Requests`");
    let cells =
        |line: &str| -> Vec<String> { line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect() };
    let mut lines = section.lines().filter(|line| line.starts_with('|'));
    let head = cells(lines.next().unwrap());
    let row = |line: &str| {
        let mut row = cells(line).into_iter();
        let command = row.next().unwrap().trim_matches('`').to_owned();
        let counts = head.iter().skip(1).cloned().zip(row.map(|cell| Count::parse(&cell)));
        Row { command, counts: counts.collect() }
    };
    lines.skip(1).map(row).collect()
}

/// Runs the rows of one backend in their order, in one session; returns what differs from the table.
fn differences(backend: &str, rows: &[Row]) -> Vec<String> {
    let sandbox = Sandbox::new();
    for path in ["f", "dir/a", "dir/b", "dir/sub/c"] {
        sandbox.write(path, path);
    }
    let services = Services::with_agents(&sandbox, &[]);
    let quiet = |args: &[&str]| services.served.wharf(backend, args).run().stdout().trim_end().to_owned();
    let create = [&["sessions", "create", "-q"], create_flags(backend)].concat();
    let context = if backend == "agb" { context(&services.served) } else { String::new() };
    let spec = format!("{{type: context, context_id: {context}, mount_path: /home/agb/data}}");
    let bound: &[&str] = if context.is_empty() { &[] } else { &["--resource", &spec] };
    let (session, spare) = (quiet(&[&create[..], bound].concat()), quiet(&create));
    let stored = quiet(&["files", "upload", "f", "--name", "stored", "-q"]);
    let file = if stored.is_empty() { "file_none" } else { &stored };
    let mounted = quiet(&["resources", "add", &session, &format!("{file}:/in/kept"), "-q"]);
    let resource = [&mounted, &context].into_iter().find(|id| !id.is_empty()).map_or("sesrsc_none", String::as_str);
    if backend == "anthropic" {
        let script = r#"for name in f g h; do echo "$name" >"$WHARF_OUTPUTS/$name"; done"#;
        services.served.wharf(backend, ["invoke", &session, script]).run().ok();
    } else {
        let to = format!("{session}:@outputs/");
        services.served.wharf(backend, ["files", "upload", "f", "dir/a", "dir/b", &to]).run().ok();
    }
    let requests = || -> Vec<String> {
        services.served.wait_for_closed_connections();
        let text = sandbox.read("log.jsonl");
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.map(|line| line["operation"].as_str().unwrap().to_owned()).collect()
    };
    let mut wrong = Vec::new();
    for row in rows {
        let Some(expected) = row.counts.get(backend) else { continue };
        let before = requests().len();
        let mut words: Vec<String> = row
            .command
            .split(' ')
            .map(|word| {
                let word = word.replace("SPARE", &spare).replace("SESSION", &session);
                word.replace("FILE_ID", file).replace("RESOURCE", resource)
            })
            .collect();
        if matches!(words[0].as_str(), "run" | "with") || words.starts_with(&["sessions".into(), "create".into()]) {
            let at = if words[0] == "sessions" { 2 } else { 1 };
            words.splice(at..at, create_flags(backend).iter().map(|flag| (*flag).to_owned()));
        }
        let run = services.served.wharf(backend, &words).run();
        // The process that watches over a run may end after it.
        wait_until("no run goes on", || {
            fs::read_dir(sandbox.store().join("runs")).map_or(true, |runs| runs.count() == 0)
        });
        let made = requests().split_off(before);
        let count = made.len();
        let is_right = match expected {
            Some(expected) => run.has_code(0) && expected.holds(count),
            None => (run.has_code(7) || run.has_code(125)) && count == 0,
        };
        if !is_right {
            wrong.push(format!("{backend} `{}`: {count} requests, {made:?}: {}", row.command, run.stderr()));
        }
    }
    wrong
}

#[test]
fn each_command_takes_as_many_requests_as_the_table_says() {
    let rows = rows();
    assert!(rows.len() > 25, "{} rows", rows.len());
    let wrong: Vec<String> = thread::scope(|scope| {
        let rows = &rows;
        let backends = ["anthropic", "foundry", "agb"].map(|backend| scope.spawn(move || differences(backend, rows)));
        backends.into_iter().flat_map(|backend| backend.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
