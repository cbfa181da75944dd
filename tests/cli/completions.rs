//! What is made of the grammar: completion scripts and manual pages.

use crate::sandbox::Sandbox;

#[test]
fn every_verb_is_in_the_scripts() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = sandbox.run(["completions", shell, "--static"]);
        for word in ["sessions", "files", "resources", "create", "upload", "download", "mkdir", "doctor", "--transform"]
        {
            // Fish writes long options without their dashes.
            assert!(run.ok().stdout().contains(word.trim_start_matches('-')), "{shell}: {word}");
        }
        assert!(!run.stdout().contains("panic-for-test"), "{shell}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let run = sandbox.run(["completions", shell]);
        assert!(run.ok().stdout().contains(&format!("WHARF_COMPLETE={shell}")), "{shell}");
    }
    for shell in ["elvish", "powershell"] {
        let fixed = sandbox.run(["completions", shell, "--static"]).ok().stdout().to_owned();
        assert_eq!(sandbox.run(["completions", shell]).ok().stdout(), fixed, "{shell}");
    }
    sandbox.run(["completions", "tcsh"]).code(2);
    sandbox.run(["completions"]).code(2);
}

#[test]
fn the_script_for_zsh_goes_on_behind_the_first_argument() {
    let run = Sandbox::new().run(["completions", "zsh", "--static"]);
    let repeated: Vec<_> = run.ok().stdout().lines().filter(|line| line.starts_with("'*:")).collect();
    assert!(repeated.len() > 20);
    for line in repeated {
        // What follows the command of `exec` belongs to that command.
        assert!(!line.starts_with("'*::") || line.starts_with("'*::command "), "{line}");
    }
}

#[test]
fn manual_pages_are_written_for_every_verb() {
    let sandbox = Sandbox::new();
    sandbox.run(["man", "out/man1"]).ok();
    let pages = sandbox.tree("out/man1");
    for page in
        ["wharf.1", "wharf-sessions-create.1", "wharf-files-upload.1", "wharf-resources-add.1", "wharf-doctor.1"]
    {
        assert!(pages.contains(&page.to_owned()), "{page} in {pages:?}");
    }
    for page in &pages {
        let text = sandbox.read(format!("out/man1/{page}"));
        assert!(text.contains(".TH ") && text.contains("SYNOPSIS"), "{page}");
    }
    sandbox.run(["man", "out/man1"]).ok();
    assert_eq!(sandbox.tree("out/man1"), pages);
    sandbox.run(["man"]).code(2);
}
