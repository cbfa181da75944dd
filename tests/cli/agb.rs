//! AGB cloud from the command line, against the emulator.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::sandbox::{Sandbox, Served};

fn session(served: &Served<'_>, args: &[&str]) -> String {
    let run = served.wharf("agb", [&["sessions", "create", "-q"], args].concat()).run();
    run.ok().stdout().trim_end().to_owned()
}

#[test]
fn a_session_goes_from_its_creation_to_its_end() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let wharf = |args: &[&str]| served.wharf("agb", args).run();
    let made = wharf(&["sessions", "create", "--label", "team=blue", "--label", "a b=ü&=+", "--ttl", "5m"]).ok().json();
    let id = made["id"].as_str().unwrap();
    assert_eq!((&made["status"], &made["expires_at"]), (&json!("running"), &Value::Null));
    let other = session(&served, &[]);
    let listed = wharf(&["sessions", "list"]).ok().json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert!(listed.as_array().unwrap().iter().all(|one| one["labels"].is_null() && one["status"] == "running"));
    let found = wharf(&["sessions", "list", "--label", "a b=ü&=+", "-q"]);
    assert_eq!(found.ok().lines(), [id]);
    assert_eq!(wharf(&["sessions", "list", "--status", "stopped", "-q"]).ok().stdout(), "");
    let first = wharf(&["sessions", "list", "--limit", "1", "-q"]);
    assert_eq!((first.ok().lines(), first.stderr().starts_with("more: ")), (vec![other.as_str()], true));
    let token = first.stderr().trim_end().strip_prefix("more: ").unwrap().to_owned();
    assert_eq!(wharf(&["sessions", "list", "--page", &token, "-q"]).ok().lines(), [id]);

    let labels = |run: crate::sandbox::Run| run.ok().json();
    assert_eq!(labels(wharf(&["sessions", "label", id, "team-", "new=1"])), json!({ "a b": "ü&=+", "new": "1" }));
    assert_eq!(labels(wharf(&["sessions", "label", id, "a b-"])), json!({ "new": "1" }));
    wharf(&["sessions", "label", id, "new-"]).code(7).says(&["last label"]);
    wharf(&["sessions", "label", id, "new="]).code(2);
    assert_eq!(labels(wharf(&["sessions", "label", id])), json!({ "new": "1" }), "nothing has changed");

    wharf(&["sessions", "wait", id]).ok();
    wharf(&["sessions", "touch", id]).ok();
    wharf(&["sessions", "stop", id]).code(7);
    wharf(&["sessions", "delete", id]).ok();
    wharf(&["sessions", "delete", id]).code(4);
    wharf(&["sessions", "delete", id, "--missing-ok"]).ok();
    wharf(&["sessions", "get", id]).code(4);
    wharf(&["files", "ls", &format!("{id}:/")]).code(4);
    wharf(&["sessions", "wait", id, "--for", "deleted"]).ok();
}

#[test]
fn files_of_all_kinds_go_in_and_come_out_as_they_went() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let id = session(&served, &[]);
    let wharf = |args: &[&str]| served.wharf("agb", args).run();
    let contents: [(&str, Vec<u8>); 7] = [
        ("empty", Vec::new()),
        ("text ü.txt", "a\n\"quoted\\\"\t日本\r\n".as_bytes().to_vec()),
        ("binary", (0..=255).collect()),
        ("quotes", vec![b'"'; 40_000]),
        ("wide", "日".repeat(30_000).into_bytes()),
        ("blocks", b"0123456789".repeat(20_000)),
        ("sub/large", (0..1_000_003_u32).flat_map(u32::to_le_bytes).collect()),
    ];
    for (name, content) in &contents {
        sandbox.write(format!("in/{name}"), content);
    }
    let up = wharf(&["files", "upload", "in", &format!("{id}:tree")]).ok().json();
    for receipt in up.as_array().unwrap() {
        let source = receipt["source"].as_str().unwrap();
        // What one call of a tool carries is hashed in the session.
        let verified = if source.ends_with("empty") || source.ends_with("ü.txt") { "sha256" } else { "md5" };
        assert_eq!((&receipt["status"], &receipt["verified"]), (&json!("copied"), &json!(verified)), "{receipt}");
    }
    let again = wharf(&["files", "upload", "in", &format!("{id}:tree"), "--if-exists", "update"]).ok().json();
    assert!(again.as_array().unwrap().iter().all(|one| one["status"] == "skipped"), "times are kept: {again}");
    wharf(&["files", "download", &format!("{id}:tree"), "out"]).ok();
    for (name, content) in &contents {
        assert!(std::fs::read(sandbox.path(format!("out/{name}"))).unwrap() == *content, "{name}");
    }
    let listed = wharf(&["files", "ls", &format!("{id}:/tmp/tree"), "-R", "-q"]);
    assert_eq!(listed.ok().lines().len(), contents.len() + 1, "nothing but what was uploaded: {}", listed.stdout());
    let stat = wharf(&["files", "stat", &format!("{id}:tree/blocks")]).ok().json();
    assert_eq!((&stat["size"], &stat["kind"]), (&json!(200_000), &json!("file")));
    let range = wharf(&["files", "cat", &format!("{id}:tree/blocks"), "--range", "40499-40502"]);
    assert_eq!(range.ok().stdout(), "9012");
    let range = wharf(&["files", "cat", &format!("{id}:tree/sub/large"), "--range", "4-7"]);
    assert_eq!(range.ok().bytes(), [1, 0, 0, 0]);
    // Nothing is left where transfers pass through.
    let left = wharf(&["files", "ls", &format!("{id}:/home"), "-R", "-q"]);
    assert!(!left.ok().stdout().contains("wharf-"), "{}", left.stdout());
    assert!(!listed.stdout().contains(".wharf-"));
}

#[test]
#[cfg(unix)]
fn a_replaced_file_keeps_its_read_and_write_bits_and_never_gets_others() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    let sandbox = Sandbox::new();
    // A text goes by a tool, everything else by the service's storage.
    for (name, content) in [("text", &b"new"[..]), ("binary", b"\0new"), ("tool", b"new"), ("binary-tool", b"\0new")] {
        let mode = if name.ends_with("tool") { 0o755 } else { 0o644 };
        fs::set_permissions(sandbox.write(format!("in/{name}"), content), Permissions::from_mode(mode)).unwrap();
    }
    let served = sandbox.serve(&[]);
    let to = format!("{}:/tmp/in", session(&served, &[]));
    let upload = || served.wharf("agb", ["files", "upload", "in", &to]).run().ok().column("status");
    assert_eq!(upload(), ["copied"; 4]);
    let sessions: Vec<_> =
        fs::read_dir(sandbox.path("../served/sessions")).unwrap().map(|one| one.unwrap().path()).collect();
    let [there] = &sessions[..] else { panic!("one session: {sessions:?}") };
    let path = |name: &str| there.join("tmp/in").join(name);
    let mode = |name: &str| fs::metadata(path(name)).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode("text"), mode("binary-tool")), (0o644, 0o755));
    for (before, plain, program) in
        [(0o600, 0o600, 0o700), (0o664, 0o664, 0o775), (0o755, 0o644, 0o755), (0o6711, 0o600, 0o700)]
    {
        for name in ["text", "binary", "tool", "binary-tool"] {
            fs::write(path(name), "old").unwrap();
            fs::set_permissions(path(name), Permissions::from_mode(before)).unwrap();
        }
        assert_eq!(upload(), ["copied"; 4]);
        for (name, wanted) in [("text", plain), ("binary", plain), ("tool", program), ("binary-tool", program)] {
            assert_eq!(mode(name), wanted, "{name} after {before:o}");
            assert!(fs::read(path(name)).unwrap().ends_with(b"new"), "{name}");
        }
    }
}

#[test]
fn the_key_may_stand_in_dot_env_and_nothing_else_may() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let endpoint = served.variable("AGB_ENDPOINT").to_owned();
    sandbox.write(
        ".env",
        "AGB_ENDPOINT=http://127.0.0.1:1\nWHARF_BACKEND=foundry\nexport AGB_API_KEY='akm-of-the-file'\n",
    );
    let wharf = |args: &[&str]| sandbox.wharf(args);
    // It chooses no backend.
    assert_eq!(wharf(&["config", "get", "backend", "--transform", "value", "-r"]).run().ok().stdout().trim(), "local");
    let listed = wharf(&["sessions", "list", "-b", "agb"]).env("AGB_ENDPOINT", &endpoint).run();
    assert_eq!(listed.ok().json(), json!([]));
    // A variable goes before the file, and chooses.
    let chosen = wharf(&["sessions", "list"]).env("AGB_ENDPOINT", &endpoint).run();
    assert_eq!(chosen.ok().json(), json!([]));
    sandbox.write(".env", "OTHER=1\n");
    let none = wharf(&["sessions", "list", "-b", "agb"]).env("AGB_ENDPOINT", &endpoint).run();
    none.code(3).says(&["AGB_API_KEY", ".env"]);
    sandbox.write("key", "akm-of-a-file\n");
    std::fs::create_dir_all(sandbox.config().join("wharf")).unwrap();
    let profile =
        format!("[profiles.a]\nbackend = 'agb'\nbase_url = '{endpoint}'\nsecret_command = ['/bin/cat', 'key']\n");
    std::fs::write(sandbox.config().join("wharf/config.toml"), profile).unwrap();
    assert_eq!(wharf(&["sessions", "list", "--profile", "a"]).run().ok().json(), json!([]));
    let flag = wharf(&["sessions", "list", "-b", "agb", "--token-file", "key"]).env("AGB_ENDPOINT", &endpoint).run();
    assert_eq!(flag.ok().json(), json!([]));
    let newline = wharf(&["sessions", "list"]).env("AGB_ENDPOINT", &endpoint).env("AGB_API_KEY", "akm-1\n").run();
    newline.ok();
}

#[test]
fn an_image_is_needed_and_what_the_service_lacks_is_said_before_anything_is_sent() {
    let sandbox = Sandbox::new();
    let wharf =
        |args: &[&str]| sandbox.wharf(args).env("AGB_ENDPOINT", "http://127.0.0.1:1").env("AGB_API_KEY", "akm-1").run();
    wharf(&["sessions", "create"]).code(2).says(&["--image"]);
    for flag in
        [&["--title", "t"][..], &["--id", "nightly"], &["--agent", "a"], &["--environment", "e"], &["--vault", "v"]]
    {
        wharf(&[&["sessions", "create", "--image", "i"], flag].concat()).code(7);
    }
    wharf(&["files", "ls"]).code(7);
    wharf(&["files", "mkdir", "s1:/x", "--mode", "755"]).code(7);
}

/// Asks the emulator for a context, as the console of the service would make one.
pub(crate) fn context(served: &Served<'_>) -> String {
    let origin = served.variable("AGB_ENDPOINT").trim_start_matches("http://").to_owned();
    let key = served.variable("AGB_API_KEY");
    let mut stream = TcpStream::connect(&origin).unwrap();
    let request = format!(
        "GET /sdk/GetContext?name=c&allowCreate=true HTTP/1.1\r\nhost: {origin}\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let body: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    body["data"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn contexts_are_bound_when_a_session_is_made_and_keep_what_was_in_it() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let context = context(&served);
    let spec = format!("{{type: context, context_id: {context}, mount_path: /home/agb/data}}");
    let wharf = |args: &[&str]| served.wharf("agb", args).run();
    let id = session(&served, &["--resource", &spec]);
    let listed = wharf(&["resources", "list", &id]).ok().json();
    assert_eq!((&listed[0]["id"], &listed[0]["kind"]), (&json!(context), &json!("context")));
    assert_eq!((&listed[0]["mount_path"], listed.as_array().unwrap().len()), (&json!("/home/agb/data"), 1));
    assert_eq!(listed[0]["provider"][0]["status"], "Success");
    served.wharf("agb", ["files", "upload", "-", &format!("{id}:/home/agb/data/kept")]).stdin("\0kept").run().ok();
    assert_eq!(
        wharf(&["resources", "list", &id, "-q"]).ok().lines(),
        [context.as_str()],
        "transfers are not the user's"
    );
    wharf(&["resources", "get", &id, &context]).ok();
    wharf(&["resources", "get", &id, "SdkCtx-none"]).code(4);
    wharf(&["resources", "add", &id, &spec]).code(7).says(&["running session"]);
    wharf(&["resources", "delete", &id, &context]).code(7).says(&["running session"]);
    wharf(&["resources", "add", &id, "file_1:/x"]).code(7);
    wharf(&["sessions", "delete", &id]).ok();
    let second = session(&served, &["--resource", &spec]);
    assert_eq!(wharf(&["files", "cat", &format!("{second}:/home/agb/data/kept")]).ok().bytes(), b"\0kept");
    let unknown = spec.replace(&context, "SdkCtx-none");
    let before = wharf(&["sessions", "list", "-q"]).ok().lines().len();
    wharf(&["sessions", "create", "--resource", &unknown]).code(4);
    assert_eq!(wharf(&["sessions", "list", "-q"]).ok().lines().len(), before, "no session is left");
}

#[test]
fn secrets_of_the_service_are_shown_only_in_the_raw_answer() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let id = session(&served, &["--image", "agb-code-space-2"]);
    let key = "akm-planted-0123456789";
    let wharf = |args: &[&str]| served.wharf("agb", args).env("AGB_API_KEY", key).run();
    let raw = wharf(&["sessions", "get", &id, "--format", "raw"]).ok().json();
    let token = raw["token"].as_str().unwrap().to_owned();
    assert!(
        raw["linkUrl"].as_str().unwrap().contains("/link/") && raw["resourceUrl"].as_str().unwrap().contains(&token)
    );
    sandbox.write("binary", b"\0\x01\x02");
    let target = format!("{id}:/tmp/binary");
    for args in [
        &["sessions", "get", &id][..],
        &["sessions", "get", &id, "--format", "yaml", "-v"],
        &["sessions", "get", &id, "--format", "table"],
        &["sessions", "create", "--image", "agb-code-space-2"],
        &["sessions", "list"],
        &["files", "upload", "binary", &target, "-v", "--debug"],
        &["files", "stat", &target],
        &["files", "cat", &target, "--debug"],
        &["doctor", "-v"],
    ] {
        let run = wharf(args);
        let all = format!("{}{}", String::from_utf8_lossy(run.ok().bytes()), run.stderr());
        for secret in [key, &token, "/link/", "Signature=", "signature="] {
            assert!(!all.contains(secret), "{args:?} shows {secret}: {all}");
        }
    }
    let refused = sandbox.serve(&["--fault", "files.upload:403", "--fault", "sessions.get:500"]);
    for args in
        [&["files", "upload", "binary", &target, "--debug"][..], &["sessions", "get", &id, "-v", "--retries", "0"]]
    {
        let run = refused.wharf("agb", args).env("AGB_API_KEY", key).run();
        let all = format!("{}{}", run.code(8).stdout(), run.stderr());
        assert!([key, "ignature="].iter().all(|secret| !all.contains(secret)), "{all}");
    }
}

#[test]
fn hostile_names_are_kept_as_they_are_and_lead_nowhere() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let id = session(&served, &[]);
    let wharf = |args: &[&str]| served.wharf("agb", args).run();
    let names = [
        "[FILE] x",
        "[DIR] y",
        "-rf",
        "$(touch pwned)",
        "a'b\"c`d`",
        "two\nlines",
        "[FILE] a\n[FILE] b",
        "x;y|z&",
        "*",
        "~",
        " ",
    ];
    for name in names {
        let target = format!("{id}:odd/{name}");
        served.wharf("agb", ["files", "upload", "-", &target]).stdin(name.as_bytes()).run().ok();
        assert_eq!(wharf(&["files", "cat", &target]).ok().bytes(), name.as_bytes(), "{name:?}");
    }
    let listed = wharf(&["files", "ls", &format!("{id}:odd")]).ok().json();
    let mut there: Vec<&str> = listed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    let mut wanted = names.to_vec();
    there.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(there, wanted);
    for name in names {
        let (from, to) = (format!("{id}:odd/{name}"), format!("{id}:moved/{name}"));
        wharf(&["files", "mkdir", &format!("{id}:moved")]).ok();
        wharf(&["files", "mv", &from, &to]).ok();
        wharf(&["files", "rm", &to]).ok();
    }
    assert_eq!(wharf(&["files", "ls", &format!("{id}:"), "-R", "-q"]).ok().lines().len(), 2, "odd and moved");
    wharf(&["files", "rm", "-r", &format!("{id}:")]).code(5);
}

#[test]
fn a_link_to_a_file_is_fetched_as_the_file() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&["--exec"]);
    let id = session(&served, &[]);
    let wharf = |args: &[&str]| served.wharf("agb", args).run();
    let script = "mkdir d && cd d && printf 1234567 >t && ln -s t in && ln -s in twice && ln -s none broken && \
        head -c 500000 /dev/zero >large && ln -s large to-large";
    wharf(&["exec", &id, "-w", "/tmp", "--", "sh", "-c", script]).ok();
    for name in ["in", "twice"] {
        wharf(&["files", "download", &format!("{id}:/tmp/d/{name}"), name]).ok();
        assert_eq!(sandbox.read(name), "1234567");
        assert_eq!(wharf(&["files", "cat", &format!("{id}:/tmp/d/{name}")]).ok().stdout(), "1234567");
        let range = wharf(&["files", "cat", &format!("{id}:/tmp/d/{name}"), "--range", "2-3"]);
        assert_eq!(range.ok().stdout(), "34");
    }
    wharf(&["files", "download", &format!("{id}:/tmp/d/to-large"), "large"]).ok();
    assert_eq!(std::fs::metadata(sandbox.path("large")).unwrap().len(), 500_000);
    wharf(&["files", "cat", &format!("{id}:/tmp/d/broken")]).code(4).says(&["/tmp/d/broken` not found"]);
    let down = wharf(&["files", "download", &format!("{id}:/tmp/d"), "out"]);
    assert_eq!(down.code(10).column("status").iter().filter(|status| *status == "copied").count(), 5);
    assert_eq!(sandbox.read("out/twice"), "1234567");
}
