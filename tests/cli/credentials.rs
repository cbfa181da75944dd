//! Logging in to Microsoft Foundry: the order, what is kept, what is refused, and what is never shown.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::azure::{AZ, Azure, answered, clean, json_of, principal};
use crate::endpoint::{Endpoint, RecordedRequest};
use crate::sandbox::{Call, Run, Sandbox, open_to_write};

#[test]
fn a_service_principal_is_asked_once_and_its_token_kept() {
    let azure = Azure::new();
    clean(principal(azure.list(), "tenant-1", "PLANTED-s+cret/1").run()).ok();
    let asked = &azure.service.asked("/tenant-1/oauth2/v2.0/token")[0];
    assert_eq!(
        asked.body,
        "client_id=client-1&client_secret=PLANTED-s%2Bcret%2F1&grant_type=client_credentials&\
         scope=https%3A%2F%2Fai.azure.com%2F.default"
    );
    assert_eq!((asked.header("authorization"), azure.used().as_str()), (None, "PLANTED-token-0"));
    clean(principal(azure.list(), "tenant-1", "PLANTED-s+cret/1").run()).ok();
    assert_eq!((azure.tokens(), azure.used().as_str()), (1, "PLANTED-token-0"));
    let kept = azure.kept();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let mode = |path: std::path::PathBuf| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(azure.sandbox.store().join("tokens").join(&kept[0])), 0o600);
    assert_eq!(mode(azure.sandbox.store().join("tokens")), 0o700);
}

#[test]
fn a_cached_token_is_used_only_with_its_own_settings() {
    let azure = Azure::new();
    let mut seen = 0;
    let mut asks = |call: Call| {
        clean(call.run()).ok();
        let now = azure.tokens();
        std::mem::replace(&mut seen, now) != now
    };
    let first = || principal(azure.list(), "tenant-1", "PLANTED-secret");
    assert!(asks(first()) && !asks(first()));
    assert!(asks(principal(azure.list(), "tenant-2", "PLANTED-secret")));
    assert!(asks(principal(azure.list(), "tenant-1", "PLANTED-other")));
    assert!(asks(first().env("AZURE_CLIENT_ID", "client-2")));
    let port = azure.service.secure_url().replace("127.0.0.1", "localhost");
    assert!(asks(first().env("AZURE_AUTHORITY_HOST", port)));
    assert!(!asks(first()), "and the first is still there");
    // What others may have written is not read.
    for file in azure.kept() {
        let path = azure.sandbox.store().join("tokens").join(file);
        fs::set_permissions(path, fs::Permissions::from_mode(0o666)).unwrap();
    }
    assert!(asks(first()) && !asks(first()));
    for file in azure.kept() {
        fs::write(azure.sandbox.store().join("tokens").join(file), "{broken").unwrap();
    }
    assert!(asks(first()) && !asks(first()));
}

#[test]
fn a_token_that_is_nearly_over_is_not_kept() {
    let azure = Azure::with(Arc::new(AtomicU64::new(299)));
    for count in 1..3 {
        clean(principal(azure.list(), "tenant-1", "PLANTED-secret").run()).ok();
        assert_eq!(azure.tokens(), count);
    }
    assert_eq!(azure.kept(), [""; 0]);
}

#[test]
fn a_kept_token_that_is_refused_is_renewed_once() {
    let count = AtomicU64::new(0);
    let azure = Azure::of(move |_| {
        let token = if count.fetch_add(1, Ordering::Relaxed) == 1 { "PLANTED-new" } else { "PLANTED-old" };
        json_of(200, &answered(token, 3600))
    });
    let run = || clean(principal(azure.list(), "tenant-1", "PLANTED-secret").run());
    run().code(3).says(&["401"]);
    assert_eq!(azure.tokens(), 1, "one that is new is not asked for again");
    run().ok();
    assert_eq!((azure.tokens(), azure.used().as_str()), (2, "PLANTED-new"));
    run().ok();
    assert_eq!(azure.tokens(), 2, "the new one took the old one's place");
}

#[test]
fn a_tools_token_is_kept_for_as_long_as_its_login() {
    let azure = Azure::new();
    azure.tool("az", AZ);
    let run = || clean(azure.list().run()).ok().stderr().len();
    run();
    run();
    assert_eq!((azure.ran("az").len(), azure.kept().len()), (2, 0), "whose it is is not known");
    let profile = azure.sandbox.path("../user/.azure/azureProfile.json");
    fs::create_dir_all(profile.parent().unwrap()).unwrap();
    fs::write(&profile, "{\"user\": \"one\"}").unwrap();
    run();
    run();
    assert_eq!((azure.ran("az").len(), azure.kept().len()), (3, 1));
    let relative = || azure.list().env("AZURE_CONFIG_DIR", "../user/.azure").run();
    clean(relative()).ok();
    clean(relative()).ok();
    assert_eq!((azure.ran("az").len(), azure.kept().len()), (5, 1), "it runs elsewhere");
    fs::write(&profile, "{\"user\": \"two\"}").unwrap();
    run();
    assert_eq!(azure.ran("az").len(), 6);
    clean(azure.list().env("AZURE_TENANT_ID", "tenant-1").run()).ok();
    assert_eq!(azure.ran("az").len(), 7);
}

#[test]
fn nothing_at_all_says_what_was_looked_for() {
    let azure = Azure::new();
    let run = clean(azure.wharf(&["sessions", "list"]).run());
    run.code(3).says(&[
        "no login for Microsoft Foundry",
        "az login",
        "--token-file, WHARF_FOUNDRY_TOKEN, WHARF_FOUNDRY_TOKEN_FILE",
        "service principal (AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET are not set)",
        "workload identity (",
        "managed identity (no metadata service answers here)",
        "`az` is not installed",
        "`azd` is not installed",
    ]);
    assert_eq!(azure.service.asked("").len(), 0);
}

#[test]
fn a_token_that_is_given_goes_before_all_logins_and_is_not_kept() {
    let azure = Azure::new();
    let file = azure.sandbox.write("token", "PLANTED-file\n");
    let variable = |call: Call| call.env("WHARF_FOUNDRY_TOKEN", "PLANTED-variable");
    let all = |args: &[&str]| {
        let call = variable(principal(azure.wharf(args), "t", "PLANTED-secret"));
        call.env("WHARF_FOUNDRY_TOKEN_FILE", azure.sandbox.write("other", "PLANTED-other"))
    };
    let list = ["sessions", "list", "--debug"];
    clean(all(&[&list[..], &["--token-file", file.to_str().unwrap()]].concat()).run()).ok();
    assert_eq!(azure.used(), "PLANTED-file");
    clean(all(&list).run()).ok();
    assert_eq!(azure.used(), "PLANTED-variable");
    clean(all(&list).without_env("WHARF_FOUNDRY_TOKEN").run()).ok();
    assert_eq!(azure.used(), "PLANTED-other");
    assert_eq!((azure.tokens(), azure.kept()), (0, vec![]));
    let run = clean(all(&[&list[..], &["--token-file", "-"]].concat()).run());
    run.code(2).says(&["--token-file", "/dev/stdin"]);
    for (path, why) in [("none", "no such file"), ("empty", "empty")] {
        azure.sandbox.write("empty", " \n");
        clean(all(&[&list[..], &["--token-file", path]].concat()).run()).code(3).says(&["--token-file", path, why]);
    }
    // What the service refuses is not asked for again where it cannot change.
    clean(azure.list().env("WHARF_FOUNDRY_TOKEN", "PLANTED-old").run()).code(3).says(&["401"]);
}

#[test]
fn a_token_may_come_through_a_pipe() {
    let azure = Azure::new();
    let fifo = azure.sandbox.fifo("pipe");
    let running = azure.wharf(&["sessions", "list", "--token-file", "pipe"]).start();
    let mut pipe = open_to_write(&fifo);
    std::io::Write::write_all(&mut pipe, b"PLANTED-pipe\n").unwrap();
    drop(pipe);
    clean(running.finish()).ok();
    assert_eq!(azure.used(), "PLANTED-pipe");
}

#[test]
fn a_profile_says_where_its_token_is() {
    let azure = Azure::new();
    let dir = azure.sandbox.config().join("wharf");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("beside"), "PLANTED-beside\n").unwrap();
    let with = |line: &str| fs::write(dir.join("config.toml"), format!("[profiles.p]\n{line}\n")).unwrap();
    let call = || azure.wharf(&["sessions", "list", "--debug", "--profile", "p"]);
    for (line, token) in [
        ("secret_env = 'MINE'", "PLANTED-mine"),
        ("secret_file = 'beside'", "PLANTED-beside"),
        ("secret_command = ['sh', '-c', 'echo PLANTED-$1', '0', 'said']", "PLANTED-said"),
    ] {
        with(line);
        clean(call().env("MINE", "PLANTED-mine").run()).ok();
        assert_eq!(azure.used(), token);
    }
    clean(call().env("WHARF_FOUNDRY_TOKEN", "PLANTED-variable").run()).ok();
    assert_eq!(azure.used(), "PLANTED-variable");
    for (line, code, word) in [
        ("secret_env = 'MINE'", 3, "secret_env (MINE)"),
        ("secret_file = 'gone'", 3, "secret_file"),
        ("secret_command = ['sh', '-c', 'echo PLANTED-x; exit 4']", 3, "exit status: 4"),
        ("secret_command = ['no-such-program']", 3, "not found on PATH"),
        ("secret_env = 'A'\nsecret_file = 'b'", 2, "one source"),
    ] {
        with(line);
        clean(call().run()).code(code).says(&[word]);
    }
}

#[test]
fn doctor_says_who_gave_the_token_and_what_the_others_lack() {
    let azure = Azure::new();
    azure.tool("az", AZ);
    let doctor = |call: Call| clean(call.run());
    let of = |run: &Run, check: &str| {
        let all = run.json();
        let one = all.as_array().unwrap().iter().find(|one| one["check"] == check).unwrap().clone();
        (one["ok"].as_bool().unwrap(), one["detail"].as_str().unwrap().to_owned())
    };
    let run = doctor(azure.wharf(&["doctor", "--debug"]));
    run.code(10);
    assert_eq!(of(&run, "token"), (true, "from Azure CLI, valid until 2100-01-01T00:00:00Z".to_owned()));
    assert_eq!(of(&run, "Azure CLI"), (true, "gave the token".to_owned()));
    assert_eq!(of(&run, "Azure Developer CLI"), (true, "not set up: `azd` is not installed".to_owned()));
    assert_eq!(of(&run, "managed identity").1, "asked: no metadata service answers here");
    assert!(of(&run, "service principal").1.contains("AZURE_CLIENT_SECRET are not set"));
    principal(azure.list(), "tenant-1", "PLANTED-secret").run().ok();
    let run = doctor(principal(azure.wharf(&["doctor"]), "tenant-1", "PLANTED-secret"));
    let (_, token) = of(&run, "token");
    assert!(token.starts_with("from service principal, valid until 20") && token.contains("cached by"), "{token}");
    assert_eq!(of(&run, "Azure CLI").1, "not asked");
    let run = doctor(principal(azure.wharf(&["doctor"]), "tenant-1", "PLANTED-wrong"));
    run.one_of(&[3, 10]);
    assert!(!of(&run, "token").0 && of(&run, "token").1.contains("AADSTS7000215"), "{:?}", of(&run, "token"));
    let claims = "eyJhdWQiOiJ4IiwiZXhwIjoxNzk1MjE5MjAwfQ";
    let run = doctor(azure.wharf(&["doctor"]).env("WHARF_FOUNDRY_TOKEN", format!("PLANTED-{claims}.{claims}.s")));
    assert!(of(&run, "token").1.starts_with("from WHARF_FOUNDRY_TOKEN, "), "{:?}", of(&run, "token"));
}

#[test]
fn an_end_user_is_named_on_every_call() {
    let azure = Azure::new();
    let call = |args: &[&str]| azure.wharf(args).env("WHARF_FOUNDRY_TOKEN", "PLANTED-t");
    let acting = ["--user-identity", "user@example.org", "--isolation-key", "tenant 7"];
    clean(call(&[&["sessions", "list"], &acting[..]].concat()).run()).ok();
    // The answer is not a session; only the request matters here.
    clean(call(&["sessions", "delete", "s1", "--user-identity", "u1"]).env("WHARF_ISOLATION_KEY", "k1").run()).code(8);
    let asked = azure.service.asked("/agents/");
    let of = |asked: &RecordedRequest| {
        ["x-ms-user-identity", "x-ms-user-isolation-key"].map(|name| asked.header(name).map(str::to_owned))
    };
    assert_eq!(of(&asked[0]), [Some("user@example.org".to_owned()), Some("tenant 7".to_owned())]);
    assert!(asked.len() > 1);
    assert!(asked[1..].iter().all(|asked| of(asked) == [Some("u1".to_owned()), Some("k1".to_owned())]));
    // The login service does not get these headers.
    clean(principal(azure.wharf(&["sessions", "list", "--user-identity", "u1"]), "t", "PLANTED-s").run()).ok();
    assert_eq!(of(&azure.service.asked("/oauth2/")[0]), [None, None]);
    for bad in [["--user-identity", "a b"], ["--user-identity", ""], ["--isolation-key", "a\nb"]] {
        let count = azure.service.asked("").len();
        let name = bad[0].trim_start_matches("--").replace('-', "_");
        clean(call(&[&["sessions", "list"], &bad[..]].concat()).run()).code(2).says(&[&name, "(flag)"]);
        assert_eq!(azure.service.asked("").len(), count);
    }
}

#[test]
fn a_backend_that_knows_no_end_users_refuses_them() {
    let sandbox = Sandbox::new();
    for flag in ["--user-identity", "--isolation-key"] {
        let run = sandbox.run(["sessions", "create", flag, "u1"]);
        run.code(7).says(&[flag, "(from flag)", "foundry"]);
    }
    let run = sandbox.wharf(["sessions", "create"]).env("WHARF_USER_IDENTITY", "u1").run();
    run.code(7).says(&["WHARF_USER_IDENTITY"]);
    assert_eq!(sandbox.run(["sessions", "list"]).ok().stdout(), "[]\n");
}

#[test]
fn requests_are_told_as_far_as_is_asked_for() {
    let azure = Azure::new();
    let run = |flag: &[&str]| {
        let args = [&["sessions", "list"], flag].concat();
        clean(principal(azure.wharf(&args), "tenant-1", "PLANTED-secret").run())
    };
    let debug = run(&["--debug"]);
    debug.ok().says(&[
        "POST https://127.0.0.1:",
        "/tenant-1/oauth2/v2.0/token: try 1, 200, ",
        "> client_id=***&client_secret=***&grant_type=***&scope=***",
        "< {\"access_token\":***,",
        "token: from service principal, valid until 20",
        "/agents/a1/endpoint/sessions?",
        "> authorization: ***",
        "< {\"data\":[],\"has_more\":false}",
    ]);
    let verbose = run(&["-v"]);
    verbose.ok().says(&["/agents/a1/endpoint/sessions?", "try 1, 200, ", "cached by an earlier command"]);
    assert!(!verbose.stderr().lines().any(|line| line.starts_with(['<', '>'])), "{}", verbose.stderr());
    assert_eq!(run(&[]).ok().stderr(), "");
    // An error for programs has standard error to itself.
    let args = ["sessions", "list", "--debug", "--format", "json"];
    let failed = principal(azure.wharf(&args), "tenant-1", "PLANTED-wrong").run();
    assert_eq!(clean(failed).code(3).error()["kind"], "auth");
}

#[test]
fn a_retry_after_beyond_the_timeout_is_not_waited_for() {
    let service = Endpoint::new(|_| (429, "retry-after: 60\r\n".to_owned(), "{}".to_owned()));
    let sandbox = Sandbox::new();
    let call = |args: &[&str]| {
        let endpoint = format!("{}/api/projects/p", service.url());
        let call = sandbox.wharf(args).env("WHARF_AGENT", "a1").env("FOUNDRY_PROJECT_ENDPOINT", endpoint);
        call.env("WHARF_FOUNDRY_TOKEN", "PLANTED-t")
    };
    clean(call(&["sessions", "list", "--timeout", "15s"]).run()).code(6).says(&["429"]);
    assert_eq!(service.asked("").len(), 1);
    let slow = Endpoint::new(|_| {
        std::thread::sleep(std::time::Duration::from_secs(3));
        (200, String::new(), "{}".to_owned())
    });
    let args = ["sessions", "list", "--timeout", "500ms", "--base-url", &slow.url()];
    clean(call(&args).run()).code(124).says(&["--timeout ran out"]);
}
