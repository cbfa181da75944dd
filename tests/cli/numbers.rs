//! Numbers and dates of a service that cannot be true: an error or an unknown, and never a bug of ours. The binary
//! under test checks every sum.

use serde_json::{Value, json};

use crate::azure::json_of;
use crate::endpoint::{Endpoint, RecordedRequest};
use crate::sandbox::{Run, Sandbox};

fn numbers() -> Vec<Value> {
    let texts =
        ["9999-12-31T23:59:59.999999999Z", "-009999-01-02T01:59:59Z", "+300000-01-01T00:00:00Z", "", "soon", "1e999"];
    let written = ["18446744073709551615", "18446744073709551616", "1e308", "1e999", "-1", "0.5", "253402300800"];
    let numbers = [i64::MIN, i64::MIN + 1, i64::MAX, 253_402_300_799, -377_705_116_800, 0];
    let written = written.into_iter().map(|text| serde_json::from_str(text).unwrap());
    texts.into_iter().map(Value::from).chain(written).chain(numbers.into_iter().map(Value::from)).collect()
}

#[track_caller]
fn no_bug(run: &Run, what: &Value) {
    let code = run.one_of(&[0, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12]);
    assert!(!code.stderr().contains("panicked"), "{what}: {}", run.stderr());
}

#[test]
fn sizes_and_times_of_files_may_be_anything() {
    for number in numbers() {
        let told = number.clone();
        let service = Endpoint::new(move |asked: &RecordedRequest| {
            let file =
                |name: &str| json!({"name": name, "size": told, "is_dir": false, "modified_time": told, "mode": told});
            if asked.line.contains("/content") {
                (200, String::new(), "abc".to_owned())
            } else if asked.line.contains("path=d%2F") {
                json_of(200, &file("a"))
            } else if asked.line.contains("/stat") {
                json_of(200, &json!({"name": "d", "size": told, "is_dir": true, "modified_time": told}))
            } else {
                json_of(200, &json!({"entries": [file("a"), file("b")], "has_more": false}))
            }
        });
        let sandbox = Sandbox::new();
        for args in [
            &["ls", "-R", "s1:/d"][..],
            &["ls", "-l", "s1:/d", "--format", "table"],
            &["stat", "s1:/d/a"],
            &["cat", "s1:/d/a"],
            &["cat", "s1:/d/a", "--range", "1-18446744073709551615"],
            &["download", "s1:/d", "out", "--dry-run", "--max-size", "10MB"],
            &["download", "s1:/d", "out", "--progress", "lines"],
            &["download", "s1:/d", "out", "--if-exists", "update", "--checksum"],
        ] {
            let endpoint = format!("{}/api/projects/p", service.url());
            let call = sandbox.wharf(["files"].iter().chain(args)).env("WHARF_AGENT", "a1");
            let call = call.env("FOUNDRY_PROJECT_ENDPOINT", endpoint).env("WHARF_FOUNDRY_TOKEN", "t");
            no_bug(&call.run(), &number);
        }
    }
}

#[test]
fn times_of_sessions_may_be_anything() {
    for number in numbers() {
        let told = number.clone();
        let service = Endpoint::new(move |_| {
            let session = json!({"agent_session_id": "s1", "status": "active", "created_at": told, "expires_at": told,
                "last_accessed_at": told, "version_indicator": {"type": "version_ref", "agent_version": "1"}});
            json_of(200, &json!({"data": [session], "has_more": false}))
        });
        let sandbox = Sandbox::new();
        for format in ["json", "table"] {
            let endpoint = format!("{}/api/projects/p", service.url());
            let call = sandbox.wharf(["sessions", "list", "--format", format]).env("WHARF_AGENT", "a1");
            let call = call.env("FOUNDRY_PROJECT_ENDPOINT", endpoint).env("WHARF_FOUNDRY_TOKEN", "t");
            no_bug(&call.run(), &number);
        }
    }
}

#[test]
fn a_time_to_wait_may_be_anything() {
    for value in [
        "99999999999999999999999",
        "-5",
        "1e308",
        "inf",
        "NaN",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "Fri Dec 31 23:59:59 9999",
        "Friday, 31-Dec-99 23:59:59 GMT",
    ] {
        for name in ["retry-after", "retry-after-ms"] {
            for date in ["", "date: Fri, 31 Dec 9999 23:59:59 GMT\r\n", "date: Mon, 01 Jan 0001 00:00:00 GMT\r\n"] {
                let headers = format!("{name}: {value}\r\n{date}");
                let told = headers.clone();
                let service = Endpoint::new(move |_| (429, headers.clone(), "{}".to_owned()));
                let sandbox = Sandbox::new();
                let call =
                    sandbox.wharf(["sessions", "list", "--retries", "0", "--format", "json"]).env("WHARF_AGENT", "a1");
                let call = call.env("FOUNDRY_PROJECT_ENDPOINT", format!("{}/api/projects/p", service.url()));
                let run = call.env("WHARF_FOUNDRY_TOKEN", "t").run();
                assert_eq!(run.code(6).error()["status"], 429, "{told}");
            }
        }
    }
}
