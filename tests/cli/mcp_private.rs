//! `wharf mcp`: files of wharf and of its logins, which no tool reads or replaces.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::json;
use wharf_core::config::env::{PRIVATE_DIRECTORIES, PRIVATE_FILES};

use crate::mcp_client::McpClient;
use crate::sandbox::Sandbox;

/// Fails unless a path below the root is refused for reading and for replacing, and stays what it is.
#[track_caller]
fn refuses(client: &mut McpClient, session: &str, root: &Path, path: &str) {
    let before = fs::read(root.join(path)).unwrap();
    let upload = json!({ "sessionId": session, "filePath": "up", "localPath": path });
    client.fails("usage", "session_file_upload", &upload);
    let replace = json!({ "sessionId": session, "filePath": "source", "localPath": path, "overwrite": true });
    client.fails("usage", "session_file_download", &replace);
    assert_eq!(fs::read(root.join(path)).unwrap(), before, "{path}");
}

/// Makes a symbolic and a hard link to a file, and returns the names of all three.
fn with_links(root: &Path, path: &str) -> [String; 3] {
    let links = ["soft", "hard"].map(|kind| format!("{kind}-{}", path.replace('/', "-")));
    symlink(path, root.join(&links[0])).unwrap();
    fs::hard_link(root.join(path), root.join(&links[1])).unwrap();
    let [soft, hard] = links;
    [path.to_owned(), soft, hard]
}

#[test]
fn no_file_that_a_setting_names_for_a_secret_is_sent_or_replaced() {
    let sandbox = Sandbox::new();
    let root = sandbox.path("shared");
    let mut paths: Vec<_> = PRIVATE_FILES.iter().map(|name| format!("file-{name}")).collect();
    paths.extend(PRIVATE_DIRECTORIES.iter().flat_map(|name| [format!("dir-{name}/f"), format!("dir-{name}/auth/f")]));
    paths.extend(["profiles/used", "profiles/other"].map(str::to_owned));
    // The default directories of logins.
    paths.push("user/.azd/auth/f".to_owned());
    for path in &paths {
        sandbox.write(format!("shared/{path}"), "secret");
    }
    let profiles = "profile = 'a'\n[profiles.a]\nbackend = 'local'\nsecret_file = 'used'\n\
                    [profiles.b]\nbackend = 'agb'\nsecret_file = 'other'\n";
    sandbox.write("shared/profiles/config.toml", profiles);
    paths.push("profiles/config.toml".to_owned());
    for only_defaults in [false, true] {
        let mut call =
            sandbox.wharf(["mcp", "--root", "shared"]).env("WHARF_CONFIG", root.join("profiles/config.toml"));
        if only_defaults {
            call = call.env("HOME", root.join("user"));
        } else {
            for name in PRIVATE_FILES {
                call = call.env(name, root.join(format!("file-{name}")));
            }
            for name in PRIVATE_DIRECTORIES {
                call = call.env(name, root.join(format!("dir-{name}")));
            }
        }
        let mut client = McpClient::connect(call);
        let session = client.session();
        let file = |path: &str| json!({ "sessionId": session, "filePath": "source", "localPath": path });
        sandbox.write("shared/plain", "plain");
        client.ok("session_file_upload", &file("plain"));
        for path in paths.iter().filter(|path| path.starts_with("user/") == only_defaults) {
            for name in with_links(&root, path) {
                refuses(&mut client, &session, &root, &name);
            }
        }
        if !only_defaults {
            client.fails("usage", "session_file_download", &file("dir-AZURE_CONFIG_DIR/new"));
        }
        client.leave().ok();
    }
}

#[test]
fn the_files_of_flags_are_refused_on_hosted_backends() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let root = sandbox.path("shared");
    let flags = ["mcp", "--root", "shared", "--token-file", "shared/token", "--ca-cert", "shared/certificate"];
    let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap().cert.pem();
    let files = [("token", "secret"), ("certificate", certificate.as_str())];
    let names = files.map(|(name, content)| {
        sandbox.write(format!("shared/{name}"), content);
        with_links(&root, name)
    });
    for backend in ["anthropic", "foundry", "agb"] {
        let mut client = McpClient::connect(served.wharf(backend, flags));
        for name in names.iter().flatten() {
            // Nothing is asked of the service before.
            refuses(&mut client, "no-such-session", &root, name);
        }
        client.leave().ok();
    }
}

#[test]
fn a_hard_link_to_a_file_of_the_data_directory_is_refused() {
    let sandbox = Sandbox::new();
    let root = sandbox.path("shared");
    fs::create_dir(&root).unwrap();
    let mut client = McpClient::connect(sandbox.wharf(["mcp", "--root", "shared"]));
    let session = client.session();
    let upload = json!({ "sessionId": session, "filePath": "source", "contentText": "new" });
    client.ok("session_file_upload", &upload);
    let store = sandbox.store();
    fs::write(store.join("uploads.jsonl"), "{}").unwrap();
    for below in ["tokens", "runs"] {
        fs::create_dir_all(store.join(below)).unwrap();
        fs::write(store.join(below).join("f"), "secret").unwrap();
        fs::hard_link(store.join(below).join("f"), root.join(below)).unwrap();
        refuses(&mut client, &session, &root, below);
    }
    let files: Vec<_> = fs::read_dir(&store).unwrap().map(|entry| entry.unwrap().path()).collect();
    let files: Vec<_> = files.iter().filter(|path| path.is_file()).collect();
    assert!(files.iter().any(|path| path.ends_with("wharf.db")), "{files:?}");
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap();
        fs::hard_link(path, root.join(name)).unwrap();
        refuses(&mut client, &session, &root, name);
    }
    // The content of a session is not a secret of wharf.
    fs::hard_link(sandbox.inside(&session, "source"), root.join("content")).unwrap();
    let content = json!({ "sessionId": session, "filePath": "copy", "localPath": "content" });
    assert_eq!(client.ok("session_file_upload", &content)["bytes"], 3);
    client.leave().ok();
}
