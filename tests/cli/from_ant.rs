//! `docs/from-ant.md`: a script for the vendor's command line runs with its first words changed.

use std::path::Path;

use crate::sandbox::{Sandbox, WHARF};

/// The two scripts of the walk-through.
fn scripts() -> [String; 2] {
    let text = include_str!("../../docs/from-ant.md");
    let blocks: Vec<&str> = text.split("```text\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    [blocks[0].to_owned(), blocks[1].to_owned()]
}

#[test]
fn the_two_differ_in_their_first_words_only() {
    let [theirs, ours] = scripts();
    assert!(theirs.lines().count() > 20 && theirs.lines().count() == ours.lines().count());
    let mut changed = 0;
    for (their, our) in theirs.lines().zip(ours.lines()) {
        let ported = their
            .replace("ant beta:sessions:resources ", "wharf resources ")
            .replace("ant beta:sessions ", "wharf sessions ")
            .replace("ant beta:files ", "wharf files ");
        assert_eq!(ported, our);
        changed += usize::from(their != our);
    }
    assert!(changed >= 12, "{changed}");
}

#[test]
fn the_walk_through_runs() {
    let sandbox = Sandbox::new();
    sandbox.write("sales.csv", "month,sum\n11,7\n");
    // What an agent would do in between.
    let [_, ours] = scripts();
    let (before, after) = ours.split_once("wharf files list").unwrap();
    let leave = "curl -sS --fail --data-binary 'seven' \
        \"$ANTHROPIC_BASE_URL/_emulator/anthropic/sessions/$SESSION_ID/outputs?filename=report.txt\" >/dev/null\n";
    let script = format!("set -euo pipefail\n{before}{leave}wharf files list{after}");
    sandbox.write("walk.sh", script);
    let bin = Path::new(WHARF).parent().unwrap().display().to_string();
    let run = sandbox
        .wharf(["serve", "--", "bash", "walk.sh"])
        .env("PATH", format!("{bin}:/usr/bin:/bin"))
        .env("WHARF_BACKEND", "anthropic")
        .env("AGENT_ID", "agent_1")
        .env("ENVIRONMENT_ID", "env_1")
        .run();
    assert_eq!(run.ok().lines()[..1], ["november sales"]);
    let out = run.stdout();
    for line in
        ["/mnt/session/uploads/sales.csv\n/mnt/session/uploads/again.csv\n", "\nreport.txt\nsales.csv\nreport.txt\n"]
    {
        assert!(out.contains(line), "{out}");
    }
    assert_eq!(sandbox.read("report.txt"), "seven");
    assert_eq!(sandbox.tree(""), ["report.txt", "sales.csv", "walk.sh"]);
}
