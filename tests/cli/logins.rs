//! The logins that Microsoft Foundry takes, one by one: what each is asked, and what comes of its answers.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::azure::{AZ, AZD, Azure, answered, clean, json_of, principal};

#[test]
fn what_is_set_up_and_fails_is_said_and_not_passed_by() {
    let azure = Azure::new();
    azure.tool("az", AZ);
    let run = clean(principal(azure.list(), "tenant-1", "PLANTED-wrong").run());
    run.code(3).says(&[
        "service principal",
        "401",
        "AADSTS7000215",
        &azure.service.secure_url(),
        "AZURE_CLIENT_SECRET",
    ]);
    assert!(!run.stderr().lines().any(|line| line.starts_with("error:") && line.contains("Trace ID")));
    assert_eq!(azure.ran("az"), [""; 0]);
    let half = azure.list().env("AZURE_CLIENT_SECRET", "PLANTED-secret").env("AZURE_CLIENT_ID", "c").run();
    clean(half).code(3).says(&["AZURE_CLIENT_SECRET is set", "AZURE_TENANT_ID is not set"]);
    let certificate = azure.list().env("AZURE_CLIENT_CERTIFICATE_PATH", "cert.pem").run();
    clean(certificate).code(3).says(&["AZURE_CLIENT_CERTIFICATE_PATH", "not supported", "AZURE_CLIENT_SECRET"]);
    let far = principal(azure.list(), "tenant-1", "PLANTED-secret").env("AZURE_AUTHORITY_HOST", "http://login.test");
    clean(far.run()).code(2).says(&["AZURE_AUTHORITY_HOST", "plain http://"]);
    let near = principal(azure.list(), "tenant-1", "PLANTED-secret").env("AZURE_AUTHORITY_HOST", azure.service.url());
    clean(near.run()).code(2).says(&["AZURE_AUTHORITY_HOST", "plain http://"]);
    let path = format!("{}/common", azure.service.secure_url());
    let path = principal(azure.list(), "tenant-1", "PLANTED-secret").env("AZURE_AUTHORITY_HOST", path);
    clean(path.run()).code(2).says(&["AZURE_AUTHORITY_HOST", "a path"]);
    let tenant = principal(azure.list(), "../x", "PLANTED-secret");
    clean(tenant.run()).code(3).says(&["AZURE_TENANT_ID"]);
    assert_eq!((azure.tokens(), azure.ran("az")), (1, vec![]));
}

#[test]
fn a_workload_logs_in_with_its_platforms_token() {
    let azure = Azure::new();
    let file = azure.sandbox.write("federated", "PLANTED-assertion\n");
    let call = || {
        let call = azure.list().env("AZURE_TENANT_ID", "tenant-1").env("AZURE_CLIENT_ID", "client-1");
        call.env("AZURE_FEDERATED_TOKEN_FILE", &file)
    };
    clean(call().run()).ok();
    let body = &azure.service.asked("/tenant-1/oauth2/v2.0/token")[0].body;
    assert!(body.contains("client_assertion=PLANTED-assertion") && body.contains("jwt-bearer"), "{body}");
    fs::write(&file, "PLANTED-wrong").unwrap();
    clean(call().env("AZURE_CLIENT_ID", "client-2").run()).code(3).says(&["workload identity", "AADSTS7000215"]);
    fs::remove_file(&file).unwrap();
    clean(call().env("AZURE_CLIENT_ID", "client-3").run())
        .code(3)
        .says(&["AZURE_FEDERATED_TOKEN_FILE", "no such file"]);
    clean(call().without_env("AZURE_TENANT_ID").run()).code(3).says(&["workload identity", "AZURE_TENANT_ID"]);
}

#[test]
fn an_app_is_known_to_its_host() {
    let azure = Azure::new();
    let call = |path: &str| {
        let endpoint = format!("{}{path}", azure.service.url());
        azure.list().env("IDENTITY_ENDPOINT", endpoint).env("IDENTITY_HEADER", "PLANTED-header")
    };
    clean(call("/msi/token/").run()).ok();
    let asked = &azure.service.asked("/msi/token")[0];
    assert!(asked.line.starts_with("GET /msi/token/?api-version=2019-08-01&resource=https%3A%2F%2Fai.azure.com "));
    assert_eq!(asked.header("x-identity-header"), Some("PLANTED-header"));
    clean(call("/msi/token").env("AZURE_CLIENT_ID", "client-1").run()).ok();
    assert!(azure.service.asked("/msi/token?")[0].line.contains("&client_id=client-1 "));
    assert_eq!(azure.kept(), [""; 0], "the host keeps them");
    clean(call("/wrong").run()).code(3).says(&["managed identity", "IDENTITY_ENDPOINT", "invalid_client"]);
    let half = call("/msi/token").without_env("IDENTITY_HEADER").run();
    clean(half).code(3).says(&["IDENTITY_HEADER is not"]);
    let far = azure.list().env("IDENTITY_ENDPOINT", "http://10.0.0.1/t").env("IDENTITY_HEADER", "PLANTED-header");
    clean(far.run()).code(2).says(&["IDENTITY_ENDPOINT", "plain http://"]);
}

#[test]
fn a_machine_is_known_to_its_metadata_service() {
    let azure = Azure::of(|asked| {
        if asked.line.contains("client_id=") {
            return json_of(400, &json!({"error": "invalid_request", "error_description": "Identity not found"}));
        }
        json_of(200, &answered("PLANTED-machine", 3600))
    });
    azure.tool("az", AZ);
    let call = || azure.list().env("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure.service.url());
    clean(call().run()).ok().says(&["/metadata/identity/oauth2/token?api-version=2019-08-01&resource="]);
    let asked = &azure.service.asked("/metadata/")[0];
    let line = "GET /metadata/identity/oauth2/token?api-version=2019-08-01&resource=https%3A%2F%2Fai.azure.com ";
    assert!(asked.line.starts_with(line), "{}", asked.line);
    assert_eq!((asked.header("metadata"), azure.used().as_str()), (Some("true"), "PLANTED-machine"));
    assert_eq!(azure.ran("az"), [""; 0]);
    // One without an identity is passed by.
    clean(call().env("AZURE_CLIENT_ID", "client-1").run()).ok();
    assert_eq!(azure.used(), "PLANTED-az");
    assert_eq!(azure.kept(), [""; 0]);
}

#[test]
fn the_tools_that_people_log_in_with_are_asked_in_order() {
    let azure = Azure::new();
    let scope = "--scope https://ai.azure.com/.default";
    azure.tool("azd", AZD);
    clean(azure.list().run()).ok();
    assert_eq!(azure.used(), "PLANTED-azd");
    assert_eq!(azure.ran("azd"), [format!("auth token -o json --no-prompt {scope}")]);
    azure.tool("az", AZ);
    clean(azure.list().env("AZURE_TENANT_ID", "tenant-1").run()).ok();
    assert_eq!(azure.used(), "PLANTED-az");
    assert_eq!(azure.ran("az"), [format!("account get-access-token -o json {scope} --tenant tenant-1")]);
    azure.tool("az", "echo 'WARNING: old' >&2; echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1");
    let run = clean(azure.list().run());
    run.ok().says(&["Azure CLI: Please run 'az login' to setup account."]);
    assert_eq!(azure.used(), "PLANTED-azd");
    azure.tool("azd", "echo '{\"data\":{\"message\":\"\\nERROR: not logged in\\n\"}}' >&2; exit 1");
    let run = clean(azure.list().run());
    run.code(3).says(&["Azure CLI: Please run 'az login' to setup account.; Azure Developer CLI: not logged in"]);
    assert_eq!(azure.tokens(), 0);
}

#[test]
fn each_request_is_sent_again_by_one_layer_only() {
    let azure = Azure::of(|_| (503, "retry-after: 0\r\n".to_owned(), "{}".to_owned()));
    azure.tool("az", AZ);
    let list = |retries: &str| azure.wharf(&["sessions", "list", "--retries", retries]);
    for (retries, tries) in [("0", 1), ("2", 3)] {
        let before = azure.tokens();
        let run = clean(principal(list(retries), "tenant-1", "PLANTED-secret").run());
        run.code(8).says(&["service principal", "503"]);
        assert_eq!(azure.tokens() - before, tries);
    }
    // Azure's client wants to ask a virtual machine seven times.
    for (retries, tries) in [("0", 1), ("4", 2)] {
        let before = azure.tokens();
        clean(list(retries).env("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure.service.url()).run()).ok();
        assert_eq!((azure.tokens() - before, azure.used().as_str()), (tries, "PLANTED-az"));
    }
}

#[test]
fn what_is_no_token_is_not_used_and_not_shown() {
    for (content, code, words) in [
        ("{}", 3, ["the answer holds no token", "right address"]),
        (r#"{"access_token": " ", "token_type": "Bearer", "expires_in": 3600}"#, 3, ["holds no token", ""]),
        (r#"{"access_token": {"a": "PLANTED"}, "token_type": "Bearer"}"#, 3, ["holds no token", ""]),
        ("<html>PLANTED-secret", 8, ["something other than the expected JSON", "***"]),
    ] {
        let azure = Azure::of(move |_| (200, String::new(), content.to_owned()));
        let run = clean(principal(azure.list(), "tenant-1", "PLANTED-secret").run());
        run.code(code).says(&words).says(&["service principal"]);
        // Whatever answers at the address of the metadata may be another cloud's.
        azure.tool("az", AZ);
        let list = azure.wharf(&["sessions", "list"]);
        let run = clean(list.env("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure.service.url()).run());
        assert_eq!((run.ok().stdout(), azure.used().as_str()), ("[]\n", "PLANTED-az"), "{content}");
    }
}

#[test]
fn what_the_token_endpoint_says_is_kept_for_programs() {
    let azure = Azure::new();
    let args = ["sessions", "list", "--format", "json"];
    let run = clean(principal(azure.wharf(&args), "tenant-1", "PLANTED-wrong a+b/1").run());
    let error = run.code(3).error();
    assert_eq!((&error["kind"], &error["status"]), (&json!("auth"), &json!(401)));
    assert_eq!((&error["code"], &error["request_id"]), (&json!("invalid_client"), &json!("t1")));
}

#[test]
fn an_authority_that_is_not_trusted_gets_nothing() {
    let azure = Azure::new();
    azure.tool("az", AZ);
    let run = principal(azure.list(), "tenant-1", "PLANTED-secret").without_env("SSL_CERT_FILE").run();
    clean(run).code(8).says(&["service principal", "no secure connection", "--ca-cert"]);
    let authority = azure.sandbox.path("authority.pem");
    let args = ["sessions", "list", "--ca-cert", authority.to_str().unwrap()];
    clean(principal(azure.wharf(&args), "tenant-1", "PLANTED-secret").without_env("SSL_CERT_FILE").run()).ok();
    assert_eq!((azure.tokens(), azure.ran("az")), (1, vec![]));
}

#[test]
fn hosts_that_are_known_and_not_supported_are_passed_by() {
    let azure = Azure::new();
    let endpoint = format!("{}/msi", azure.service.url());
    let call = || azure.wharf(&["sessions", "list"]);
    let run = call().env("MSI_ENDPOINT", &endpoint).run();
    clean(run).code(3).says(&["managed identity (", "CloudShell managed identity isn't supported"]);
    let fabric = call().env("IDENTITY_ENDPOINT", &endpoint).env("IDENTITY_HEADER", "PLANTED-header");
    let run = fabric.env("IDENTITY_SERVER_THUMBPRINT", "00").run();
    clean(run).code(3).says(&["Service Fabric managed identity isn't supported"]);
    assert_eq!(azure.tokens(), 0);
}

#[test]
fn the_tool_that_runs_is_the_one_that_was_found() {
    let azure = Azure::new();
    azure.tool("az", AZ);
    let here = azure.sandbox.write("az", "#!/bin/sh\ntouch ran-the-wrong-one\n");
    fs::set_permissions(here, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!(".::bin:{}:/usr/bin:/bin", azure.sandbox.path("bin").display());
    clean(azure.list().env("PATH", path).run()).ok();
    assert_eq!((azure.used().as_str(), azure.ran("az").len()), ("PLANTED-az", 1));
    assert!(!azure.sandbox.path("ran-the-wrong-one").exists());
    // Before 2.54.0 it did not say in which time zone the end is.
    azure.tool("az", "echo '{\"accessToken\": \"PLANTED-az\", \"expiresOn\": \"2099-01-01 00:00:00\"}'");
    clean(azure.list().run()).code(3).says(&["Azure CLI: the output of `az` contains no token", "newer version"]);
}

#[test]
fn a_token_whose_life_cannot_be_true_is_refused_and_nothing_panics() {
    for life in [253_402_300_799_i64, i64::MIN, i64::MAX, -1] {
        for (name, told) in
            [("expires_in", json!(life)), ("expires_in", json!(life.to_string())), ("expires_on", json!(life))]
        {
            let mut answer = answered("PLANTED-token", 3600);
            answer[name] = told;
            let theirs = answer.clone();
            let azure = Azure::of(move |_| json_of(200, &theirs));
            let run = clean(principal(azure.list(), "tenant-1", "PLANTED-secret").run());
            run.one_of(&[3, 8]).says(&["service principal", "expires_"]);
            // The endpoint of App Service, and a virtual machine's.
            for call in [
                azure.list().env("IDENTITY_ENDPOINT", azure.service.url()).env("IDENTITY_HEADER", "PLANTED-h"),
                azure.list().env("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure.service.url()),
            ] {
                clean(call.run()).one_of(&[3, 8]);
            }
            assert_eq!((azure.service.asked("/agents/").len(), azure.kept().len()), (0, 0), "{answer}");
        }
    }
}

#[test]
fn a_token_with_a_line_break_is_neither_sent_nor_kept() {
    for token in ["PLANTED-a\r\nx-evil: 1", "PLANTED-a\nb"] {
        let azure = Azure::of(move |_| json_of(200, &answered(token, 3600)));
        for count in 1..3 {
            let run = clean(principal(azure.list(), "tenant-1", "PLANTED-secret").run());
            run.code(3).says(&["no header can hold"]);
            assert_eq!((azure.tokens(), azure.kept().len()), (count, 0), "it is asked for again");
        }
    }
}
