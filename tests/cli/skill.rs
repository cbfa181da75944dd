//! `wharf skill`: instructions for coding agents, where these look for them.

use std::fs;
use std::os::unix::fs::symlink;

use crate::sandbox::Sandbox;

const PLACES: [&str; 2] = [".agents/skills/wharf/SKILL.md", ".claude/skills/wharf/SKILL.md"];

#[test]
fn the_skill_is_written_where_agents_look_and_equal_files_are_left_alone() {
    let sandbox = Sandbox::new();
    let shown = sandbox.run(["skill", "show"]).ok().stdout().to_owned();
    assert!(shown.starts_with("---\nname: wharf\n"), "{shown}");
    let installed = sandbox.run(["skill", "install"]);
    assert_eq!(
        (installed.ok().column("path"), installed.column("status")),
        (PLACES.map(|it| format!("./{it}")).into(), vec!["written".to_owned(); 2])
    );
    for place in PLACES {
        assert_eq!(sandbox.read(place), shown);
    }
    assert_eq!(sandbox.tree("").iter().filter(|path| !path.ends_with('/')).count(), 2, "nothing else is left");
    assert_eq!(sandbox.run(["skill", "install"]).ok().column("status"), ["unchanged"; 2]);
    fs::remove_file(sandbox.path(PLACES[0])).unwrap();
    assert_eq!(sandbox.run(["skill", "install"]).ok().column("status"), ["written", "unchanged"]);
    let lines = sandbox.run(["skill", "install", "--dir", "new/home", "--format", "agent"]);
    assert_eq!(lines.ok().stdout(), PLACES.map(|it| format!("written new/home/{it}\n")).concat() + "2 files\n");
    assert_eq!(sandbox.read(format!("new/home/{}", PLACES[1])), shown);
}

#[test]
fn a_file_that_differs_is_a_conflict_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    sandbox.write(PLACES[1], "mine");
    let refused = sandbox.run(["skill", "install", "--format", "json"]);
    assert_eq!(refused.code(5).error()["kind"], "conflict");
    refused.says(&[PLACES[1]]);
    assert_eq!(sandbox.read(PLACES[1]), "mine");
    assert!(!sandbox.path(".agents").exists());
    fs::remove_file(sandbox.path(PLACES[1])).unwrap();
    fs::create_dir(sandbox.path(PLACES[1])).unwrap();
    sandbox.run(["skill", "install"]).code(5).says(&[PLACES[1]]);
}

#[test]
fn a_file_in_place_of_the_directory_is_called_one() {
    let sandbox = Sandbox::new();
    sandbox.write("j", "");
    let run = sandbox.run(["skill", "install", "--dir", "j"]);
    run.code(5).says(&["not a directory: `j`", "name a directory"]);
    assert!(!run.stderr().contains("remove it first"), "{}", run.stderr());
    assert_eq!(sandbox.tree(""), ["j"]);
}

#[test]
fn a_link_leads_nowhere_else() {
    let sandbox = Sandbox::new();
    let outside = sandbox.config().join("outside");
    fs::create_dir(&outside).unwrap();
    // A directory that is a link out of the project, and a file that is one.
    symlink(&outside, sandbox.path(".claude")).unwrap();
    sandbox.run(["skill", "install"]).code(5);
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    fs::remove_file(sandbox.path(".claude")).unwrap();
    fs::write(outside.join("file"), "mine").unwrap();
    fs::create_dir_all(sandbox.path(PLACES[1]).parent().unwrap()).unwrap();
    symlink(outside.join("file"), sandbox.path(PLACES[1])).unwrap();
    sandbox.run(["skill", "install"]).code(5);
    symlink(outside.join("nothing"), sandbox.path("dangling")).unwrap();
    fs::rename(sandbox.path("dangling"), sandbox.path(PLACES[1])).unwrap();
    assert!(!sandbox.run(["skill", "install"]).has_code(0));
    assert_eq!(fs::read_to_string(outside.join("file")).unwrap(), "mine");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
    // Inside the project, a link is a usual way to share skills.
    fs::remove_dir_all(sandbox.path(".claude")).unwrap();
    fs::create_dir_all(sandbox.path(".agents/skills")).unwrap();
    fs::create_dir(sandbox.path(".claude")).unwrap();
    symlink("../.agents/skills", sandbox.path(".claude/skills")).unwrap();
    assert_eq!(sandbox.run(["skill", "install"]).ok().column("status"), ["written", "unchanged"]);
}

#[test]
fn a_place_that_cannot_be_written_does_not_hide_the_other_one() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.path(".claude"), "a file").unwrap();
    let run = sandbox.run(["skill", "install", "--format", "json"]);
    let files = run.code(10).json();
    assert_eq!(files.as_array().map(Vec::len), Some(1), "{files}");
    assert_eq!(files[0]["status"], "written");
    assert_eq!(run.error()["kind"], "partial");
    let again = sandbox.run(["skill", "install", "--format", "json"]);
    assert_eq!(again.code(10).json()[0]["status"], "unchanged");
}
