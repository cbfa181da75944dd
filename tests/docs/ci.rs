//! The jobs of docs/ci.md, run as the CI systems would run them, against the emulator. Steps that install wharf or call an
//! action are left out.

use std::fmt::Write as _;

use serde_json::Value;

use crate::blocks::run;
use crate::read;

const PAGE: &str = "docs/ci.md";

/// Returns the page up to its first job, whose blocks make what the jobs need, and the jobs.
fn page() -> (String, Vec<Value>) {
    let page = read(PAGE);
    let mut parts = page.split("\n```yaml\n");
    let before = parts.next().unwrap().to_owned();
    let jobs = parts.map(|part| serde_saphyr::from_str(part.split_once("\n```").unwrap().0).unwrap());
    (before, jobs.collect())
}

/// Returns lines that export variables. A value that the CI system fills in is one that the emulator sets.
fn exports(variables: &Value) -> String {
    let known = |value: &str| !value.contains("${{");
    let all = variables.as_object().into_iter().flatten();
    let all = all.filter_map(|(name, value)| Some((name, value.as_str().filter(|value| known(value))?)));
    all.fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "export {name}=\"{value}\"");
        text
    })
}

/// Returns the commands that write a script to a file.
fn file(name: &str, script: &str) -> String {
    format!("cat > {name} <<'END_OF_FILE'\n{script}\nEND_OF_FILE\n")
}

fn installs(script: &str) -> bool {
    script.starts_with("cargo install")
}

/// Returns the commands that run the steps of a GitHub job as the runner does: each is a file for a shell of its own, with
/// a summary of its own and the variables of the steps before it, also after a step that failed if it says so. The
/// summaries are `summary-N`, what the steps print is `log`, and the status of the job is `status`.
fn github(workflow: &Value) -> String {
    assert_eq!(workflow["defaults"]["run"]["shell"], "bash");
    let (_, job) = workflow["jobs"].as_object().unwrap().iter().next().unwrap();
    let steps = job["steps"].as_array().unwrap().iter();
    let steps: Vec<&Value> = steps.filter(|step| step["run"].as_str().is_some_and(|run| !installs(run))).collect();
    assert!(steps.len() > 1, "{job}");
    let mut script = exports(&job["env"]);
    script.push_str(
        "export GITHUB_WORKSPACE=$PWD RUNNER_TEMP=$PWD/temp GITHUB_ENV=$PWD/temp/env GITHUB_RUN_ID=1\n\
         mkdir -p temp; : > temp/env; status=0\n",
    );
    for (number, step) in steps.iter().enumerate() {
        let always = step["if"] == "always()";
        assert!(always || step["if"].is_null(), "{step}");
        let name = format!("temp/step-{number}");
        script.push_str(&file(&name, step["run"].as_str().unwrap()));
        let goes = if always { "true" } else { "[ $status = 0 ]" };
        let _ = writeln!(
            script,
            "if {goes}; then (set -a; . temp/env; set +a; {}\
             GITHUB_STEP_SUMMARY=$PWD/summary-{number} bash --noprofile --norc -eo pipefail {name}) \
             >> log 2>&1 || status=$?; fi",
            exports(&step["env"]).replace('\n', "; ")
        );
    }
    script.push_str("echo $status > status\n");
    script
}

/// Returns the commands that run a GitLab job as the runner does.
fn gitlab(config: &Value) -> String {
    let (_, job) = config.as_object().unwrap().iter().next().unwrap();
    let lines = |name: &str| {
        let lines = job[name].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
        lines.filter(|line| !installs(line)).collect::<Vec<_>>().join("\n")
    };
    let mut script = String::from("export CI_PROJECT_DIR=$PWD CI_JOB_ID=1\n") + &exports(&job["variables"]);
    script.push_str(&file("script", &[lines("before_script"), lines("script")].join("\n")));
    script.push_str(&file("after", &lines("after_script")));
    script.push_str("status=0; bash -eo pipefail script >> log 2>&1 || status=$?\n");
    script.push_str("bash -eo pipefail after >> log 2>&1\necho $status > status\n");
    script
}

/// Runs what the page has before its jobs, then `change`, then a job in the emulator, and then `checks`: conditions, one a
/// line, that must hold, or must not where the line begins with `!`.
fn run_job(job: &str, serve: &str, change: &str, checks: &[&str]) {
    let (before, _) = page();
    let mut script = format!(
        "rm -rf results receipts.jsonl *.txt\n{change}\n{}wharf serve {serve} -- bash -e job || cat log\n",
        file("job", &job.replace("END_OF_FILE", "END_OF_STEP"))
    );
    for check in checks {
        let _ = writeln!(script, "if {check}; then :; else cat log summary-* status; ls -R; false; fi");
    }
    run(PAGE, &format!("{before}\n```sh\n{script}```\n")).unwrap();
}

const AGENT: &str =
    r#"-b anthropic --agent-command "sh -c 'cat > /dev/null; cat data/*.csv > \$WHARF_OUTPUTS/report.md; echo done'""#;

#[test]
fn the_github_job_of_the_page_leaves_results_and_a_summary() {
    let (_, jobs) = page();
    let checks = [
        "[ $(cat status) = 0 ]",
        "grep -q '^apples,3' results/report.md",
        "grep -q done answer.txt",
        "grep -q '### wharf run' summary-1",
        "grep -q '<code>deleted</code>' summary-1",
        "grep -q '<code>data</code></td><td>1</td>' summary-1",
        "grep -q 'outputs</code></td><td>1</td>' summary-1",
        "! grep '::' log",
        "[ -d temp/wharf ]",
    ];
    run_job(&github(&jobs[0]), AGENT, "", &checks);
}

#[test]
fn the_github_job_of_the_page_fails_with_annotations_and_cleans_up() {
    let (_, jobs) = page();
    let checks = [
        "[ $(cat status) = 4 ]",
        "grep -q '^::error title=wharf run%3A not_found,file=data/broken::' log",
        "grep -q '<code>data/broken</code>' summary-1",
        "[ ! -e results ]",
    ];
    run_job(&github(&jobs[0]), AGENT, "ln -s missing data/broken", &checks);
}

#[test]
fn the_gitlab_job_of_the_page_leaves_results_and_receipts() {
    let (_, jobs) = page();
    let checks = [
        "[ $(cat status) = 0 ]",
        "grep -qx ' *3' results/lines.txt",
        "[ $(grep -c '\"status\": \"copied\"' run.json) = 2 ]",
        "[ -d .wharf ]",
    ];
    run_job(&gitlab(&jobs[1]), "-b agb --exec", "", &checks);
    run_job(&gitlab(&jobs[1]), "-b agb --exec", "rm -r data", &["[ $(cat status) = 125 ]", "[ ! -e results ]"]);
}

#[test]
fn every_job_of_the_page_is_run() {
    let (_, jobs) = page();
    assert_eq!(jobs.len(), 2);
    assert!(jobs[0]["jobs"].is_object() && jobs[1].as_object().unwrap().len() == 1);
}
