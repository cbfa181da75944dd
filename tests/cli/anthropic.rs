//! Anthropic's managed agents as people use them from the command line.

use std::fs::File;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::sandbox::{Call, Run, Sandbox, Served};

/// `wharf ARGS...` with a key, an agent and an environment.
fn wharf(served: &Served<'_>, args: &[&str]) -> Call {
    served.wharf("anthropic", args).env("WHARF_AGENT", "agent_1").env("WHARF_ENVIRONMENT", "env_1")
}

fn run(served: &Served<'_>, args: &[&str]) -> Run {
    wharf(served, args).run()
}

fn session(served: &Served<'_>) -> String {
    run(served, &["sessions", "create", "-q"]).ok().stdout().trim_end().to_owned()
}

/// The operations that a server was asked for.
fn asked(sandbox: &Sandbox) -> Vec<String> {
    let lines = sandbox.read("log.jsonl");
    let operation = |line: &str| serde_json::from_str::<Value>(line).unwrap()["operation"].as_str().unwrap().to_owned();
    lines.lines().map(operation).collect()
}

#[test]
fn without_a_key_nothing_is_sent_and_a_login_of_the_vendors_tools_is_told_apart() {
    let sandbox = Sandbox::new();
    sandbox.write("log.jsonl", "");
    let served = sandbox.serve(&["--log", sandbox.path("log.jsonl").to_str().unwrap()]);
    let bare = || wharf(&served, &["sessions", "list"]).without_env("ANTHROPIC_API_KEY");
    bare().run().code(3).says(&["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "make an API key"]);
    bare().env("ANTHROPIC_API_KEY", "").run().code(3);
    bare().env("ANTHROPIC_PROFILE", "work").run().code(3).says(&["does not read"]);
    sandbox.write("logins/credentials/default.json", "{}");
    bare().env("ANTHROPIC_CONFIG_DIR", sandbox.path("logins")).run().code(3).says(&["does not read"]);
    assert!(asked(&sandbox).is_empty());
    bare().env("ANTHROPIC_AUTH_TOKEN", "tok").run().ok();
    let login = ["doctor", "--transform", "{check,detail}", "--format", "jsonl"];
    let both = wharf(&served, &login).env("ANTHROPIC_AUTH_TOKEN", "tok").run();
    assert!(both.ok().stdout().contains("ANTHROPIC_API_KEY; set too, and not sent: ANTHROPIC_AUTH_TOKEN"));
}

#[test]
fn the_backend_is_chosen_by_its_key_and_the_address_by_the_nearest_that_names_one() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let (url, key) = (served.variable("ANTHROPIC_BASE_URL"), served.variable("ANTHROPIC_API_KEY"));
    let chosen = sandbox.wharf(["config", "get", "backend"]).env("ANTHROPIC_API_KEY", key).run();
    assert!(chosen.ok().stdout().contains("anthropic"), "{}", chosen.stdout());
    let list = |args: &[&str]| sandbox.wharf(args).env("ANTHROPIC_API_KEY", key);
    list(&["sessions", "list"]).env("ANTHROPIC_BASE_URL", url).run().ok();
    list(&["sessions", "list", "--base-url", url]).env("ANTHROPIC_BASE_URL", "http://127.0.0.1:9").run().ok();
    let profile = format!("profile = 'p'\n[profiles.p]\nbackend = 'anthropic'\nbase_url = '{url}/'\n");
    std::fs::create_dir_all(sandbox.config().join("wharf")).unwrap();
    std::fs::write(sandbox.config().join("wharf/config.toml"), profile).unwrap();
    list(&["sessions", "list"]).run().ok();
    let secret = |line: &str| {
        let profile = format!("profile = 'p'\n[profiles.p]\nbackend = 'anthropic'\nbase_url = '{url}'\n{line}\n");
        std::fs::write(sandbox.config().join("wharf/config.toml"), profile).unwrap();
        sandbox.run(["doctor", "--transform", "{check,detail}", "--format", "jsonl"])
    };
    sandbox.write("key", "from-a-file\n");
    let file = sandbox.path("key");
    assert!(secret(&format!("secret_file = '{}'", file.display())).ok().stdout().contains("secret_file"));
    assert!(secret("secret_command = ['echo', 'printed']").ok().stdout().contains("secret_command"));
    secret("secret_env = 'NOWHERE'").code(10);
    sandbox.run(["sessions", "list"]).code(3).says(&["NOWHERE"]);
    let token = sandbox.wharf(["sessions", "list", "--base-url", url, "-b", "anthropic", "--token-file", "key"]);
    token.run().ok();
    sandbox.run(["sessions", "list", "-b", "anthropic", "--token-file", "-"]).code(2);
    list(&["sessions", "list", "--retries", "0"]).env("ANTHROPIC_BASE_URL", "http://127.0.0.1:9").run().code(8);
}

#[test]
fn a_tree_is_uploaded_and_mounted_and_each_receipt_names_both() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let id = session(&served);
    sandbox.write("tree/a.txt", "1");
    sandbox.write("tree/d/b c.txt", "22");
    std::fs::create_dir(sandbox.path("tree/empty")).unwrap();
    let sent = run(&served, &["files", "upload", "tree", &format!("{id}:/in")]);
    let receipts = sent.ok().json();
    for receipt in receipts.as_array().unwrap().iter().filter(|receipt| receipt["status"] == "copied") {
        assert_eq!(receipt["verified"], "size");
        assert!(receipt["file_id"].as_str().unwrap().starts_with("file_") && receipt["resource_id"].is_string());
        assert_eq!(receipt["id"], receipt["file_id"]);
    }
    let shown = run(&served, &["files", "ls", "-R", "-q", &format!("{id}:in")]);
    let below = |line: &str| line.split_once("/uploads/").unwrap().1.to_owned();
    assert_eq!(shown.ok().lines().into_iter().map(below).collect::<Vec<_>>(), ["in/a.txt", "in/d", "in/d/b c.txt"]);
    let keep = ["files", "upload", "tree/a.txt", &format!("{id}:/in/a.txt"), "--if-exists", "error"];
    run(&served, &keep).code(5).says(&["files rm"]);
    run(&served, &["files", "upload", "tree/a.txt", &format!("{id}:/in")]).code(5);
    run(&served, &["files", "upload", "tree/a.txt", &format!("{id}:/in/a.txt"), "--if-exists", "skip"]).ok();
    run(&served, &["files", "rm", &format!("{id}:/in/a.txt")]).ok();
    run(&served, &["files", "upload", "tree/a.txt", &format!("{id}:/in/a.txt")]).ok();
    let download = run(&served, &["files", "download", &format!("{id}:/in"), "back"]);
    download.code(7).says(&["uploaded cannot be fetched again"]);
    assert!(sandbox.tree("back").iter().all(|path| path.ends_with('/')), "{:?}", sandbox.tree("back"));
}

#[test]
fn what_the_agent_made_is_fetched_whole() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let id = session(&served);
    let outputs = format!("{id}:/mnt/session/outputs");
    served.leave(&id, "filename=report.pdf", b"first");
    served.leave(&id, "filename=late.txt&after=2s", b"late");
    served.leave(&id, "filename=..%2F..%2Fescape", b"3");
    run(&served, &["files", "download", &outputs, "quick", "--no-settle"]).ok();
    assert_eq!(sandbox.tree("quick"), [".._.._escape", "report.pdf"]);
    let receipts = run(&served, &["files", "download", &outputs, "all"]).ok().json();
    for receipt in receipts.as_array().unwrap() {
        assert!(receipt["file_id"].as_str().is_some_and(|id| id.starts_with("file_")), "{receipt}");
        assert_eq!(
            (&receipt["id"], &receipt["source"]),
            (
                &receipt["file_id"],
                &json!(format!("{outputs}/{}", receipt["destination"].as_str().unwrap().trim_start_matches("all/")))
            )
        );
    }
    assert_eq!(sandbox.tree("all"), [".._.._escape", "late.txt", "report.pdf"]);
    assert_eq!(sandbox.read("all/late.txt"), "late");
    assert_eq!(run(&served, &["files", "cat", &format!("{outputs}/late.txt"), "--range", "1-2"]).ok().stdout(), "at");
    let two = served.leave(&id, "filename=report.pdf", b"second");
    let both = run(&served, &["files", "download", &outputs, "both", "--no-settle"]);
    both.code(5).says(&["report.pdf", &two, "--all"]);
    assert!(!sandbox.path("both").exists());
    run(&served, &["files", "download", &outputs, "both", "--no-settle", "--all"]).ok();
    assert_eq!(sandbox.read(format!("both/report.{two}.pdf")), "second");
    assert_eq!(sandbox.tree("both").len(), 4);
    run(&served, &["files", "download", &format!("{outputs}/report.pdf"), "one"]).code(5).says(&[&two]);
    run(&served, &["files", "download", &two, "by-id.pdf"]).ok();
    assert_eq!(sandbox.read("by-id.pdf"), "second");
}

#[test]
fn what_this_backend_lacks_is_said_before_anything_is_sent() {
    let sandbox = Sandbox::new();
    sandbox.write("log.jsonl", "");
    sandbox.write("f", "1");
    File::create(sandbox.path("huge")).unwrap().set_len(524_288_001).unwrap();
    let served = sandbox.serve(&["--log", sandbox.path("log.jsonl").to_str().unwrap()]);
    for args in [
        &["files", "mkdir", "sesn_1:/d"][..],
        &["files", "mv", "sesn_1:/a", "sesn_1:/b"],
        &["files", "upload", "f", "--verify"],
        &["sessions", "touch", "sesn_1"],
        &["sessions", "stop", "sesn_1"],
        &["sessions", "create", "--ttl", "1h"],
        &["sessions", "create", "--id", "mine"],
        &["sessions", "create", "--image", "x"],
        &["sessions", "create", "--resource", "@f", "--resource", "{type: context}"],
        &["resources", "add", "sesn_1", "@f", "{type: memory_store, memory_store_id: m}"],
        &["resources", "add", "sesn_1", "{type: github_repository, url: u}"],
    ] {
        run(&served, args).code(7);
    }
    run(&served, &["files", "upload", "huge"]).code(6);
    run(&served, &["files", "upload", "huge", "sesn_1:/x"]).code(6);
    run(&served, &["files", "upload", "f", "--expires-in", "5m"]).code(2);
    for backend in ["foundry", "agb", "local"] {
        served.wharf(backend, ["files", "upload", "f", "sesn_1:/x", "--expires-in", "1d"]).run().code(7);
    }
    run(&served, &["sessions", "create", "--resource", "@f", "--agent-version", "newest"]).code(2);
    wharf(&served, &["sessions", "create", "--resource", "@f"]).without_env("WHARF_AGENT").run().code(2);
    assert!(asked(&sandbox).is_empty(), "{:?}", asked(&sandbox));
    run(&served, &["files", "upload", "f", "--expires-in", "1d", "--name", "g.csv"]).ok();
    let file = run(&served, &["files", "ls", "--transform", "provider.{filename,mime_type,expires_at}"]).ok().json();
    assert_eq!((&file["filename"], &file["mime_type"]), (&json!("g.csv"), &json!("text/csv")));
    assert!(file["expires_at"].is_string());
    let beta = |backend: &str| served.wharf(backend, ["sessions", "list", "--beta", "made-up-2026-01-01"]).run();
    beta("foundry").code(7);
    beta("anthropic").code(2).says(&["made-up-2026-01-01"]);
}

#[test]
fn resources_come_and_go_by_id_and_by_path() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let id = session(&served);
    sandbox.write("x.csv", "1");
    let file = run(&served, &["files", "upload", "x.csv", "-q"]).ok().stdout().trim_end().to_owned();
    let added = run(&served, &["resources", "add", &id, &file, &format!("{file}:/in/y.csv"), "@x.csv:z.csv"]);
    assert_eq!(
        added.ok().column("mount_path"),
        ["x.csv", "in/y.csv", "z.csv"].map(|path| format!("/mnt/session/uploads/{path}"))
    );
    run(&served, &["resources", "add", &id, &format!("{file}:/in/y.csv")]).code(5);
    run(&served, &["resources", "delete", &id, "--mount-path", "/in/y.csv"]).ok();
    run(&served, &["resources", "delete", &id, "--mount-path", "/mnt/session/uploads/z.csv"]).ok();
    run(&served, &["resources", "delete", &id, "--mount-path", "/in/y.csv"]).code(4);
    let left = run(&served, &["resources", "list", &id]).ok().column("id");
    run(&served, &["resources", "delete", &id, &left[0]]).ok();
    assert_eq!(run(&served, &["resources", "list", &id]).ok().json(), json!([]));
}

#[test]
fn a_session_whose_agent_works_is_waited_for_or_interrupted() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let id = session(&served);
    let say = |text: &str| {
        let event = json!({ "type": "user.message", "content": [{ "type": "text", "text": text }] });
        served.post(&format!("/v1/sessions/{id}/events"), json!({ "events": [event] }).to_string().as_bytes());
    };
    say("sleep 1s");
    assert_eq!(run(&served, &["sessions", "get", &id, "--transform", "status", "-r"]).ok().stdout(), "running\n");
    run(&served, &["sessions", "delete", &id]).code(5).says(&["--force"]);
    let begun = Instant::now();
    run(&served, &["sessions", "wait", &id]).ok();
    assert!(begun.elapsed() < Duration::from_secs(15));
    say("sleep");
    run(&served, &["sessions", "delete", &id, "--force"]).ok();
    run(&served, &["sessions", "get", &id]).code(4);
    let other = session(&served);
    run(&served, &["sessions", "archive", &other]).ok();
    run(&served, &["sessions", "wait", &other]).code(5);
    assert_eq!(run(&served, &["sessions", "list"]).ok().json(), json!([]));
    assert_eq!(run(&served, &["sessions", "list", "--include-archived", "-q"]).ok().stdout(), format!("{other}\n"));
}

#[test]
fn an_upload_in_trouble_is_done_once_or_told() {
    for (fault, code, there) in [
        ("upload:429 x2 retry-after=0", 0, 1),
        ("upload:529 x1", 0, 1),
        ("upload:503 x1", 0, 1),
        ("upload:500@end x1", 8, 1),
        ("upload:reset@1MiB x1", 8, 0),
        ("upload:reset@end x1", 8, 1),
        ("upload:redirect=http://127.0.0.1:9/", 8, 0),
        ("upload:endless", 8, 0),
        ("upload:413", 6, 0),
        ("upload:401", 3, 0),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("big", vec![7; 3 << 20]);
        let served = sandbox.serve(&["--fault", fault]);
        let sent = run(&served, &["files", "upload", "big", "--timeout", "19s"]);
        sent.code(code);
        if code == 8 && there == 1 {
            sent.says(&["may have taken effect", "wharf files ls"]);
        }
        drop(served);
        let sound = sandbox.serve(&[]);
        assert_eq!(run(&sound, &["files", "ls"]).ok().json().as_array().unwrap().len(), there, "{fault}");
    }
}

#[test]
fn a_download_in_trouble_ends_in_right_bytes_or_leaves_the_old_ones() {
    let content: Vec<u8> = (0..(3 << 20)).map(|at: u32| u8::try_from(at * 7 % 251).unwrap()).collect();
    for (faults, code) in [
        (&["download:truncate@50% x1"][..], 0),
        (&["download:truncate@50% x1", "download:chunked"], 0),
        (&["download:reset@1MiB x2"], 0),
        (&["download:503 x1", "list:500 x1"], 0),
        (&["download:truncate@50%"], 8),
        (&["download:truncate@50%", "download:chunked"], 8),
        (&["download:redirect=http://127.0.0.1:9/"], 8),
        (&["download:404"], 4),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("out/big", "the old one");
        let options: Vec<&str> = faults.iter().flat_map(|fault| ["--fault", *fault]).collect();
        let served = sandbox.serve(&options);
        let id = session(&served);
        served.leave(&id, "filename=big", &content);
        let got = run(
            &served,
            &["files", "download", &format!("{id}:/mnt/session/outputs/big"), "out/big", "--retries", "2"],
        );
        got.code(code);
        let here = std::fs::read(sandbox.path("out/big")).unwrap();
        let wanted = if code == 0 { &content[..] } else { b"the old one" };
        assert!(here == wanted, "{faults:?}: {} bytes", here.len());
        assert_eq!(sandbox.tree("out"), ["big"], "{faults:?}");
    }
}

/// How many stored files there are.
fn stored(served: &Served<'_>) -> usize {
    run(served, &["files", "ls", "-q"]).ok().lines().len()
}

#[test]
fn an_upload_on_the_way_to_a_mount_is_verified_like_every_other() {
    let sandbox = Sandbox::new();
    sandbox.write("d", "data\n");
    let served = sandbox.serve(&["--fault", "files.upload:bytes_written=3"]);
    let id = session(&served);
    for args in [
        &["resources", "add", &id, "@./d"][..],
        &["resources", "add", &id, "--file", "d"],
        &["resources", "add", &id, "@./d:/a", "@./d:/b"],
        &["sessions", "create", "--resource", "@./d"],
        &["files", "upload", "d", &format!("{id}:/d")],
        &["files", "upload", "d"],
    ] {
        run(&served, args).code(9).says(&["differs from the source's: sent 5, there 3"]);
    }
    assert_eq!(stored(&served), 0, "what is not to be trusted is gone");
    assert_eq!(run(&served, &["resources", "list", &id, "-q"]).ok().stdout(), "");
    assert_eq!(run(&served, &["sessions", "list", "-q"]).ok().lines(), [&id], "no session is made");
}

#[test]
fn uploads_that_nothing_is_mounted_of_are_deleted_or_named() {
    for (fault, code, left) in [
        ("resources.add:400", 2, 0),
        ("resources.add:reset@end x1", 8, 1),
        ("resources.add:500@end x1", 8, 1),
        ("sessions.create:400 skip=1", 2, 0),
        ("sessions.create:reset@end skip=1", 8, 1),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("a", "a");
        let served = sandbox.serve(&["--fault", fault]);
        let id = session(&served);
        let add = ["resources", "add", &id, "@a"];
        let args = if fault.starts_with("resources") { add } else { ["sessions", "create", "--resource", "@a"] };
        let failed = run(&served, &args);
        failed.code(code);
        assert_eq!(stored(&served), left, "{fault}");
        if left == 1 {
            let file = run(&served, &["files", "ls", "-q"]).ok().stdout().trim_end().to_owned();
            failed.says(&["these uploads remain", &format!("wharf files rm {file}")]);
        }
    }
    // After a signal they are deleted, also those of a request under way: what it mounts nevertheless is a copy.
    for (fault, args, left) in [
        ("resources.add:latency=5s", &["resources", "add", "SESSION", "@a", "@b", "@c"][..], 0),
        ("files.upload:latency=5s skip=1", &["resources", "add", "SESSION", "@a", "@b", "@c", "--jobs=1"], 0),
        ("sessions.create:latency=5s skip=1", &["sessions", "create", "--resource=@a", "--resource=@b"], 0),
        ("resources.add:latency=5s", &["files", "upload", "a", "SESSION:/x"], 0),
    ] {
        let sandbox = Sandbox::new();
        let log = sandbox.path("log.jsonl");
        for name in ["a", "b", "c"] {
            sandbox.write(name, name);
        }
        let served = sandbox.serve(&["--fault", fault, "--log", log.to_str().unwrap()]);
        let id = session(&served);
        let slow = fault.split(':').next().unwrap();
        let skipped = usize::from(fault.contains("skip=1"));
        let before = if slow == "sessions.create" { 1 } else { skipped };
        let args: Vec<String> = args.iter().map(|arg| arg.replace("SESSION", &id)).collect();
        let running = wharf(&served, &args.iter().map(String::as_str).collect::<Vec<_>>()).start();
        // What is slow is logged when it is answered; what comes before it shows that it has begun.
        crate::sandbox::wait_until("all that comes before it", || {
            let lines = std::fs::read_to_string(&log).unwrap_or_default();
            let count = |name: &str| lines.matches(&format!("\"{name}\"")).count();
            let uploads = args.iter().filter(|arg| arg.contains('@') || *arg == "a").count();
            if slow == "files.upload" { count("files.upload") == before } else { count("files.upload") == uploads }
        });
        std::thread::sleep(Duration::from_millis(300));
        running.signal(rustix::process::Signal::INT);
        let run = running.finish();
        run.code(130).says(&["interrupted"]);
        let there = self::run(&served, &["files", "ls", "-q"]);
        let named: Vec<_> = there.ok().lines().into_iter().filter(|file| run.stderr().contains(file)).collect();
        assert_eq!(named.len(), left, "{fault}: {}\n{}", run.stderr(), there.stdout());
        assert!(there.lines().len() <= left + skipped, "{fault}: {}", there.stdout());
    }
}

#[test]
fn what_was_uploaded_for_a_session_is_told_when_it_goes_and_deleted_where_that_is_asked_for() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    for name in ["a", "t/b", "t/c"] {
        sandbox.write(name, name);
    }
    let other = run(&served, &["files", "upload", "a", "-q"]).ok().stdout().trim_end().to_owned();
    let create = ["sessions", "create", "--resource", "@a:/1", "--resource", &format!("{other}:/2"), "-q"];
    let id = run(&served, &create).ok().stdout().trim_end().to_owned();
    let bystander = session(&served);
    run(&served, &["files", "upload", "a", &format!("{bystander}:/x")]).ok();
    run(&served, &["resources", "add", &id, "@a:/3", &format!("{other}:/4")]).ok();
    run(&served, &["files", "upload", "t", &format!("{id}:/t"), "--expires-in", "1d"]).ok();
    run(&served, &["files", "upload", "a", &format!("{id}:/3")]).ok();
    let log = sandbox.store().join("uploads.jsonl");
    let mode = |path: &std::path::Path| {
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777
    };
    assert_eq!(mode(&log), 0o600);
    // One of them is removed by hand.
    run(&served, &["resources", "add", &id, "@a:/5"]).ok();
    let newest = run(&served, &["files", "ls", "-q", "--limit", "1"]).ok().stdout().trim_end().to_owned();
    run(&served, &["files", "rm", &newest]).ok();
    assert_eq!(stored(&served), 7);
    let deleted = run(&served, &["sessions", "delete", &id]);
    let hint = format!("wharf sessions delete {id} --with-files --missing-ok");
    deleted.ok().says(&["5 stored files that wharf uploaded for this session remain", &hint]);
    assert_eq!(stored(&served), 7, "nothing goes unasked");
    let planned = run(&served, &["sessions", "delete", &id, "--with-files", "--missing-ok", "--dry-run"]);
    assert_eq!(planned.ok().json().as_array().unwrap().len(), 6);
    let cleaned = run(&served, &["sessions", "delete", &id, "--with-files", "--missing-ok"]);
    let lines = cleaned.ok().json();
    let done = lines.as_array().unwrap().iter().filter(|line| line["deleted"] == true).count();
    assert_eq!((lines.as_array().unwrap().len(), done), (6, 5));
    assert_eq!(stored(&served), 2, "what was there before and what belongs to another session stay");
    let again = run(&served, &["sessions", "delete", &id, "--with-files", "--missing-ok"]);
    assert_eq!(again.ok().json().as_array().unwrap().len(), 1, "the record has nothing left of it");
    // A damaged record is reported, and the deletion is done.
    let text = std::fs::read_to_string(&log).unwrap();
    std::fs::write(&log, format!("{{\n\u{0}garbage\n{text}")).unwrap();
    let last = run(&served, &["sessions", "delete", &bystander, "--with-files"]);
    last.ok().says(&["the record of uploads is damaged", "2 of its lines"]);
    assert_eq!(stored(&served), 1);
    std::fs::remove_file(&log).unwrap();
    std::fs::create_dir(&log).unwrap();
    let id = session(&served);
    run(&served, &["files", "upload", "a", &format!("{id}:/x")]).ok().says(&["uploads.jsonl"]);
    run(&served, &["sessions", "delete", &id]).ok().says(&["uploads.jsonl"]);
}

#[test]
fn the_stored_file_of_a_mount_is_deleted_even_after_a_failure() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&["--fault", "files.delete:400 x1"]);
    sandbox.write("a", "a");
    let id = session(&served);
    run(&served, &["files", "upload", "a", &format!("{id}:/x")]).ok();
    run(&served, &["sessions", "delete", &id, "--with-files"]).code(10).says(&["deleting the stored file `file_"]);
    run(&served, &["sessions", "delete", &id, "--with-files"]).code(10).says(&[&id]);
    assert_eq!(stored(&served), 0);
}
