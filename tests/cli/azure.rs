//! Azure as far as logging in goes, for the tests of that: token endpoints, tools, and a project to log in to.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::endpoint::{Endpoint, RecordedRequest, Reply};
use crate::sandbox::{Call, Run, Sandbox, tree};

/// Begins every secret of these tests, so that one look finds them all.
pub(crate) const PLANTED: &str = "PLANTED";

/// Azure as far as a login goes, and a project in it, on one port.
pub(crate) struct Azure {
    pub(crate) sandbox: Sandbox,
    pub(crate) service: Endpoint,
}

/// How long tokens are good here, in seconds.
pub(crate) type TokenLifetime = Arc<AtomicU64>;

pub(crate) fn json_of(status: u16, body: &serde_json::Value) -> Reply {
    (status, "content-type: application/json\r\n".to_owned(), body.to_string())
}

/// A token, as Entra and the endpoints of hosts write it.
pub(crate) fn answered(token: &str, life: u64) -> serde_json::Value {
    let end = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + life;
    json!({"access_token": token, "token_type": "Bearer", "expires_in": life, "expires_on": end.to_string(),
        "resource": "https://ai.azure.com"})
}

/// The service takes every token whose text does not hold `old`.
fn project(asked: &RecordedRequest) -> Reply {
    let token = asked.header("authorization").unwrap_or_default();
    if !token.starts_with("Bearer PLANTED-") || token.contains("old") {
        // It repeats all that it got.
        let message = format!("no such token: {}", asked.head.replace("\r\n", " "));
        return json_of(401, &json!({"error": {"code": "Unauthorized", "message": message}}));
    }
    json_of(200, &json!({"data": [], "has_more": false}))
}

impl Azure {
    pub(crate) fn new() -> Self {
        Self::with(Arc::new(AtomicU64::new(3600)))
    }

    pub(crate) fn with(life: TokenLifetime) -> Self {
        let count = AtomicU64::new(0);
        Self::of(move |asked| {
            let number = count.fetch_add(1, Ordering::Relaxed);
            let token = format!("PLANTED-token-{number}");
            if asked.body.contains("wrong") || asked.line.contains("wrong") {
                let body = asked.body.clone();
                let description = format!("AADSTS7000215: Invalid client secret ({body}). Trace ID: t1");
                let refused = json!({"error": "invalid_client", "error_description": description, "trace_id": "t1"});
                return json_of(401, &refused);
            }
            json_of(200, &answered(&token, life.load(Ordering::Relaxed)))
        })
    }

    pub(crate) fn of(tokens: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static) -> Self {
        let service =
            Endpoint::new(move |asked| if asked.line.contains("/agents/") { project(asked) } else { tokens(asked) });
        let sandbox = Sandbox::new();
        fs::create_dir(sandbox.path("bin")).unwrap();
        sandbox.write("authority.pem", service.authority());
        Azure { sandbox, service }
    }

    /// `wharf ARGS...` with a project and an agent, and no machine's metadata anywhere.
    pub(crate) fn wharf(&self, args: &[&str]) -> Call {
        let path = format!("{}:/usr/bin:/bin", self.sandbox.path("bin").display());
        let call = self.sandbox.wharf(args).env("PATH", path).env("WHARF_AGENT", "a1");
        // No process listens on this port.
        call.env("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:9")
            .env("FOUNDRY_PROJECT_ENDPOINT", format!("{}/api/projects/p", self.service.url()))
            .env("AZURE_AUTHORITY_HOST", self.service.secure_url())
            .env("SSL_CERT_FILE", self.sandbox.path("authority.pem"))
    }

    pub(crate) fn list(&self) -> Call {
        self.wharf(&["sessions", "list", "--debug"])
    }

    /// How often a token was asked for.
    pub(crate) fn tokens(&self) -> usize {
        self.service.asked("").len() - self.service.asked("/agents/").len()
    }

    /// The token of the last call to the service.
    pub(crate) fn used(&self) -> String {
        let asked = self.service.asked("/agents/");
        asked.last().unwrap().header("authorization").unwrap().trim_start_matches("Bearer ").to_owned()
    }

    /// Puts a program where wharf looks for `az` and `azd`. `ran-NAME` in the working directory has its
    /// arguments, a line for each time that it ran.
    pub(crate) fn tool(&self, name: &str, script: &str) {
        let ran = self.sandbox.path(format!("ran-{name}"));
        let path = self
            .sandbox
            .write(format!("bin/{name}"), format!("#!/bin/sh\necho \"$*\" >>{}\n{script}\n", ran.display()));
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn ran(&self, name: &str) -> Vec<String> {
        let ran = fs::read_to_string(self.sandbox.path(format!("ran-{name}"))).unwrap_or_default();
        ran.lines().map(str::to_owned).collect()
    }

    /// The files with tokens.
    pub(crate) fn kept(&self) -> Vec<String> {
        let dir = self.sandbox.store().join("tokens");
        if dir.exists() { tree(&dir) } else { Vec::new() }
    }
}

/// A service principal.
pub(crate) fn principal(call: Call, tenant: &str, secret: &str) -> Call {
    call.env("AZURE_TENANT_ID", tenant).env("AZURE_CLIENT_ID", "client-1").env("AZURE_CLIENT_SECRET", secret)
}

/// Nothing secret in whatever was shown.
#[track_caller]
pub(crate) fn clean(run: Run) -> Run {
    for shown in [run.stdout(), run.stderr()] {
        assert!(!shown.contains(PLANTED), "{shown}");
    }
    run
}

pub(crate) const AZ: &str =
    "echo '{\"accessToken\": \"PLANTED-az\", \"expires_on\": 4102444800, \"tokenType\": \"Bearer\"}'";
pub(crate) const AZD: &str = "echo '{\"token\": \"PLANTED-azd\", \"expiresOn\": \"2099-01-01T00:00:00Z\"}'";
