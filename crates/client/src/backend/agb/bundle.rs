//! Bundles: many small files in one presigned transfer, unpacked or packed by a shell in the session.
//!
//! The work in the session runs in a process group of its own, in a directory beside that of the transfer, and one call
//! starts it and waits for its report. Creating the directory is what starts the work, so that a call that is sent again
//! finds it. All scripts are constant and run in `dash`, `bash` and `busybox`; their arguments are quoted.
//!
//! A plan tells the scripts which files there are: a line `d PATH` for a directory, followed by one for each file in it. A
//! file with a plain name is staged under that name in a directory with the number of its line `d`, so that one command
//! moves or copies all of them; any other is staged under its own number in the directory `o`.

use std::fmt::Write as _;
use std::sync::Arc;

use super::job::{said, script};
use super::presigned::StagedTransfer;
use super::stat::AgbFiles;
use super::tools::{failed, from_root, root_call};
use crate::backend::BundleLimits;
use crate::http::Class;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, SessionId, SessionPath};
use wharf_core::random;
use wharf_core::sync::lock;
use wharf_wire::agb::text::ToolError;
use wharf_wire::json;

/// The bounds: a plan has to fit into the call that starts the work, whatever has to be escaped in common names.
pub(super) const LIMITS: BundleLimits =
    BundleLimits { fewest: 8, files: 256, bytes: 8 << 20, file_bytes: 1 << 20, path_bytes: 20_000 };

/// Starts work and waits for its report. Arguments: the script of the work, the id, the directory of the work, that of the
/// transfer, whether the latter is to be created, and the further arguments of the work.
const START: &str = include_str!("bundle/start.sh");

/// Unpacks an archive and moves the files to their paths. Arguments: the directories of work and transfer, the staging
/// directory, the hash of the archive, whether existing files are kept, the plan. Reports the files that failed by their
/// numbers, and then `end`.
pub(super) const UNPACK: &str = include_str!("bundle/unpack.sh");

/// Copies files and makes an archive of the copies with their hashes. Arguments: the directories of work and transfer, the
/// plan. Reports the size of the archive.
pub(super) const PACK: &str = include_str!("bundle/pack.sh");

/// Ends work that still runs, and removes paths. Arguments: the id, the directory of the work, the paths.
const END: &str = include_str!("bundle/end.sh");

/// Tells whether a session can do this work. Argument: the id.
const PROBE: &str = include_str!("bundle/probe.sh");

/// The hashes in an archive, as `sha256sum` has them.
pub(super) const MANIFEST: &str = "manifest";

/// Calls that wait for a report, at most. Each waits 15 s.
const CALLS: u32 = 20;

/// The longest name that every form of archive has room for below a directory with a number.
const PLAIN_NAME: usize = 90;

/// Why there is no report of work.
pub(super) struct WorkFailure {
    pub(super) error: Error,
    /// Whether the work may have begun.
    pub(super) may_have_begun: bool,
}

/// The files of a bundle, as scripts read them.
#[derive(Default)]
pub(super) struct BundlePlan {
    pub(super) text: String,
    /// The path of each file in the archive.
    pub(super) staged: Vec<String>,
    directory: Option<RemotePath>,
    directories: usize,
}

impl BundlePlan {
    /// Adds a file. `kind` is the letter of its line, and `about` what stands before its name. Files of one directory that
    /// follow each other are moved at once.
    pub(super) fn add(&mut self, path: &RemotePath, executable: bool, about: &str) {
        let parent = path.parent().unwrap_or_else(RemotePath::root);
        if self.directory.as_ref() != Some(&parent) {
            self.directories += 1;
            let _ = writeln!(self.text, "d {}", escaped(&from_root(&parent)));
            self.directory = Some(parent);
        }
        let name = path.name();
        let is_plain = is_plain(name);
        let letter = match (is_plain, executable) {
            (true, false) => 'f',
            (true, true) => 'F',
            (false, false) => 'o',
            (false, true) => 'O',
        };
        let staged = if is_plain { format!("{}/{name}", self.directories) } else { format!("o/{}", self.staged.len()) };
        let _ = writeln!(self.text, "{letter} {about}{}", escaped(name));
        self.staged.push(staged);
    }
}

/// Returns whether a name is the same in plans, archives and lists of hashes.
fn is_plain(name: &str) -> bool {
    name.len() <= PLAIN_NAME
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -_.,+=@%:~()#".contains(&byte))
}

/// Returns a name as one line, from which `printf %b` makes the name again.
fn escaped(name: &str) -> String {
    name.replace('\\', "\\0134").replace('\n', "\\0012")
}

impl AgbFiles {
    /// Fails with `unsupported` where the session lacks what works on bundles.
    pub(super) async fn require_bundles(&self, session: &SessionId) -> Result<()> {
        let cell = Arc::clone(lock(&self.images.bundles).entry(session.clone()).or_default());
        let lacks = cell.get_or_try_init(|| self.probe(session)).await?;
        match lacks {
            None => Ok(()),
            Some(lacks) => {
                let what = format!("the session has no shell with the programs for bundles ({lacks})");
                Err(Error::new(Kind::Unsupported, what))
            }
        }
    }

    async fn probe(&self, session: &SessionId) -> Result<Option<String>> {
        let id = random::hex::<8>()?;
        let outcome = self.client.output(Class::Safe, session, root_call(script(PROBE, &[&id]))).await?;
        let text = match &outcome {
            Ok(text) => text,
            Err(error) => &error.message,
        };
        Ok(match said(text, &id).map(str::trim) {
            Some("able") => None,
            Some(lacks) => Some(json::excerpt(lacks)),
            None => Some(json::excerpt(text.trim())),
        })
    }

    /// Runs a script beside a transfer and returns its report.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn work(
        &self,
        transfer: &StagedTransfer,
        work: &str,
        makes: bool,
        args: &[&str],
    ) -> std::result::Result<String, WorkFailure> {
        let (id, session) = (&transfer.id, &transfer.session);
        let unclear = |said: &str| WorkFailure { error: unclear(session, said), may_have_begun: true };
        let nothing = |error| WorkFailure { error, may_have_begun: false };
        let Some(place) = &transfer.work else {
            return Err(nothing(Error::new(Kind::Internal, "a transfer without work")));
        };
        let (place, directory) = (from_root(place), from_root(&transfer.directory));
        let makes = if makes { "1" } else { "" };
        let command = script(START, &[&[work, id.as_str(), &place, &directory, makes], args].concat());
        let at = SessionPath { session: session.clone(), path: transfer.directory.clone() };
        for _ in 0..CALLS {
            let (client, session_id, request) = (Arc::clone(&self.client), session.clone(), root_call(command.clone()));
            let call = async move { client.output(Class::Idempotent, &session_id, request).await };
            let text = match transfer.calls.run(call).await {
                Ok(Ok(text)) => text,
                Ok(Err(error)) => {
                    return Err(WorkFailure { error: of_bundle(failed(&at, &error)), may_have_begun: true });
                }
                Err(error) => return Err(WorkFailure { error, may_have_begun: true }),
            };
            let Some(report) = said(&text, id) else { return Err(unclear(&text)) };
            let (word, rest) = report.trim().split_once(' ').unwrap_or((report.trim(), ""));
            match word {
                "busy" => {}
                "died" => return Err(unclear("its process is gone")),
                "refused" => return Err(nothing(of_bundle(failed(&at, &ToolError::read(rest))))),
                "absent" => {
                    let what = format!("the content was sent, and did not reach the session: `{session}`");
                    return Err(nothing(Error::new(Kind::Unavailable, what)));
                }
                _ => return Ok(report.to_owned()),
            }
        }
        Err(unclear("it does not end"))
    }

    /// Ends the work of a transfer and removes its paths; returns those that may be left.
    pub(super) async fn end_work(
        &self,
        session: &SessionId,
        id: &str,
        work: &RemotePath,
        paths: &[RemotePath],
    ) -> Vec<SessionPath> {
        let from_root: Vec<String> = std::iter::once(work).chain(paths).map(from_root).collect();
        let mut args = vec![id, from_root.first().map_or("", String::as_str)];
        args.extend(from_root.iter().map(String::as_str));
        match self.client.output(Class::Idempotent, session, root_call(script(END, &args))).await {
            Ok(Ok(text)) if said(&text, id).is_some_and(|said| said.trim() == "removed") => Vec::new(),
            outcome => self.clear_by_tool(session, paths, outcome.err()).await,
        }
    }
}

/// Returns an error of the session's programs as that of a bundle as a whole. Other kinds would be those of each file, which
/// may go another way.
pub(super) fn of_bundle(error: Error) -> Error {
    error.of_kind(Kind::Unavailable)
}

/// Returns the error of work of which it is unknown what it has done.
pub(super) fn unclear(session: &SessionId, said: &str) -> Error {
    let said = match said.trim() {
        "" => "nothing was reported".to_owned(),
        said => json::excerpt(said),
    };
    Error::new(Kind::Unavailable, format!("it is not known what became of a bundle of files in `{session}` ({said})"))
        .hint("files may have arrived: run the command again")
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use sha2::{Digest as _, Sha256};

    use super::*;
    use wharf_core::body::hex;

    /// The root of a session in which a shell runs scripts as the tool does.
    struct Root {
        dir: tempfile::TempDir,
        shell: &'static [&'static str],
    }

    impl Root {
        /// A root for each shell of this machine; those of the images are among them.
        fn all() -> Vec<Root> {
            let shells: [&[&str]; 3] = [&["/bin/dash"], &["/bin/bash"], &["/bin/busybox", "sh"]];
            let found: Vec<_> = shells.into_iter().filter(|shell| Path::new(shell[0]).exists()).collect();
            assert!(!found.is_empty(), "no shell is here");
            found.into_iter().map(|shell| Root { dir: tempfile::tempdir().unwrap(), shell }).collect()
        }

        fn path(&self, below: &str) -> PathBuf {
            self.dir.path().join(below)
        }

        fn write(&self, below: &str, content: &str) {
            std::fs::create_dir_all(self.path(below).parent().unwrap()).unwrap();
            std::fs::write(self.path(below), content).unwrap();
        }

        fn read(&self, below: &str) -> String {
            std::fs::read_to_string(self.path(below)).unwrap_or_else(|e| panic!("{:?}: {below:?}: {e}", self.shell))
        }

        fn mode(&self, below: &str) -> u32 {
            self.path(below).metadata().unwrap().permissions().mode() & 0o777
        }

        /// Runs a script with this shell and returns what it says of the job `j`.
        fn says(&self, text: &str, args: &[&str]) -> String {
            let command = Command::new(self.shell[0])
                .args(&self.shell[1..])
                .args(["-c", text, "wharf"])
                .args(args)
                .current_dir(self.dir.path())
                .output()
                .unwrap();
            let text = String::from_utf8(command.stdout).unwrap();
            said(&text, "j").unwrap_or_else(|| panic!("{:?}: {text:?}", self.shell)).trim_end().to_owned()
        }

        /// Packs files of the root into an archive as an upload does, and has it unpacked there.
        fn unpack(&self, keep: &str, files: &[(&str, &str, bool)]) -> String {
            let mut plan = BundlePlan::default();
            let from = self.path("from");
            for (path, content, executable) in files {
                plan.add(&path.parse().unwrap(), *executable, "1700000000.500000000 ");
                let staged = from.join(plan.staged.last().unwrap());
                std::fs::create_dir_all(staged.parent().unwrap()).unwrap();
                std::fs::write(&staged, content).unwrap();
                let mode = if *executable { 0o755 } else { 0o644 };
                std::fs::set_permissions(&staged, PermissionsExt::from_mode(mode)).unwrap();
            }
            let hash =
                |content: &str| if content == "damaged" { "0".repeat(64) } else { hex(&Sha256::digest(content)) };
            let lines =
                files.iter().zip(&plan.staged).map(|((_, content, _), at)| format!("{}  {at}\n", hash(content)));
            std::fs::write(from.join(MANIFEST), lines.collect::<Vec<_>>().concat()).unwrap();
            std::fs::create_dir_all(self.path("sync/d")).unwrap();
            let tar =
                Command::new("tar").arg("-cf").arg(self.path("sync/d/content")).arg("-C").arg(&from).arg(".").status();
            assert!(tar.unwrap().success());
            std::fs::remove_dir_all(&from).unwrap();
            let sum = hex(&Sha256::digest(std::fs::read(self.path("sync/d/content")).unwrap()));
            let stage = "./tmp/.wharf-1";
            let args = ["j", "./sync/w", "./sync/d", "", stage, &sum, keep, plan.text.trim_end()];
            let report = self.says(START, &[&[UNPACK], &args[..]].concat());
            assert!(!self.path(stage).exists(), "{:?}", self.shell);
            assert_eq!(self.says(START, &[&[UNPACK], &args[..]].concat()), report, "a call again finds the report");
            assert_eq!(self.says(END, &["j", "./sync/w", "./sync/w", "./sync/d"]), "removed");
            assert_eq!(self.path("sync").read_dir().unwrap().count(), 0);
            report
        }
    }

    const ODD: [&str; 6] = ["new\nline\n", "-n", "it's \"$x\" `y` *", "back\\0134slash", "日本", " "];

    #[test]
    fn files_reach_their_paths_whatever_their_names() {
        for root in Root::all() {
            let long = "x".repeat(255);
            let names: Vec<&str> = ODD.into_iter().chain([long.as_str(), "a", ".hidden", "-rf x"]).collect();
            let paths: Vec<String> =
                names.iter().flat_map(|name| [format!("/tmp/a b/{name}"), format!("/tmp/{name}/c")]).collect();
            let files: Vec<_> = paths.iter().map(|path| (path.as_str(), path.as_str(), false)).collect();
            assert_eq!(root.unpack("", &files), "end", "{:?}", root.shell);
            for path in &paths {
                assert_eq!(root.read(&path[1..]), *path, "{:?}", root.shell);
            }
            let modified = root.path("tmp/a b/a").metadata().unwrap().modified().unwrap();
            assert!(modified <= std::time::SystemTime::now());
        }
    }

    #[test]
    fn what_exists_is_treated_as_by_a_single_upload() {
        for root in Root::all() {
            root.write("tmp/old", "old");
            root.write("tmp/private", "old");
            root.write("tmp/file", "old");
            root.write("elsewhere", "old");
            std::fs::create_dir_all(root.path("tmp/dir/below")).unwrap();
            std::fs::set_permissions(root.path("tmp/private"), PermissionsExt::from_mode(0o4640)).unwrap();
            std::os::unix::fs::symlink("../elsewhere", root.path("tmp/link")).unwrap();
            let files = [
                ("/tmp/old", "new", true),
                ("/tmp/private", "new", true),
                ("/tmp/dir", "new", false),
                ("/tmp/link", "new", false),
                ("/tmp/bad", "damaged", false),
                ("/tmp/it's", "damaged", false),
                ("/tmp/file/x", "new", false),
                ("/tmp/new/x", "new", true),
            ];
            let report = root.unpack("", &files);
            let (failed, _) = report.split_once("end\n").unwrap();
            assert_eq!(failed, "2 directory\n4 differs\n5 differs\n6 blocked\n", "{:?}", root.shell);
            assert_eq!((root.mode("tmp/old"), root.mode("tmp/private"), root.mode("tmp/new/x")), (0o755, 0o750, 0o755));
            assert_eq!(root.read("elsewhere"), "old");
            for new in ["tmp/old", "tmp/private", "tmp/link", "tmp/new/x"] {
                assert_eq!(root.read(new), "new");
            }
            assert!(root.path("tmp/link").symlink_metadata().unwrap().is_file());
            assert!(!root.path("tmp/bad").exists() && !root.path("tmp/it's").exists());
            let report = root
                .unpack("1", &[("/tmp/old", "newer", false), ("/tmp/it's", "x", false), ("/tmp/private", "y", false)]);
            assert_eq!(report, "0 exists\n2 exists\nend", "{:?}", root.shell);
            assert_eq!((root.read("tmp/old"), root.read("tmp/it's")), ("new".to_owned(), "x".to_owned()));
        }
    }

    #[test]
    fn a_damaged_archive_changes_nothing() {
        for root in Root::all() {
            root.write("sync/d/content", "not what was sent");
            let args = [UNPACK, "j", "./sync/w", "./sync/d", "", "./tmp/.wharf-1", "00", "", "d ./tmp\nf 1.0 a"];
            assert!(root.says(START, &args).starts_with("damaged"), "{:?}", root.shell);
            assert!(!root.path("tmp").exists());
            let gone = [UNPACK, "j", "./sync/w2", "./sync/none", "", "./tmp/.wharf-1", "00", "", ""];
            assert_eq!(root.says(START, &gone), "absent", "a call that comes after the end starts nothing");
        }
    }

    #[test]
    fn an_archive_has_the_files_that_are_there() {
        for root in Root::all() {
            let mut plan = BundlePlan::default();
            let mut wanted = Vec::new();
            for name in ODD.into_iter().chain(["a", ".hidden"]) {
                root.write(&format!("tmp/in/{name}"), name);
                plan.add(&format!("/tmp/in/{name}").parse().unwrap(), false, "");
                wanted.push(name);
            }
            std::os::unix::fs::symlink("a", root.path("tmp/in/link")).unwrap();
            assert!(Command::new("mkfifo").arg(root.path("tmp/in/fifo")).status().unwrap().success());
            for other in ["/tmp/in/link", "/tmp/in/fifo", "/tmp/in/gone", "/tmp/none/gone", "/tmp/in"] {
                plan.add(&other.parse().unwrap(), false, "");
            }
            let report = root.says(START, &[PACK, "j", "./sync/w", "./sync/d", "1", plan.text.trim_end()]);
            let size = root.path("sync/d/content").metadata().unwrap().len();
            assert_eq!(report.lines().next(), Some(format!("size {size}").as_str()), "{:?}", root.shell);
            std::fs::create_dir(root.path("out")).unwrap();
            let out = root.path("out");
            let mut tar = Command::new("tar");
            assert!(tar.arg("-xf").arg(root.path("sync/d/content")).arg("-C").arg(out).status().unwrap().success());
            for (name, staged) in wanted.iter().zip(&plan.staged) {
                assert_eq!(root.read(&format!("out/{staged}")), *name);
                assert!(root.read("out/manifest").contains(&format!("{}  {staged}\n", hex(&Sha256::digest(name)))));
            }
            assert_eq!(root.read("out/manifest").lines().count(), wanted.len() + 1, "the link's target is the last");
            assert!(!root.path("sync/w/files").exists());
        }
    }

    #[test]
    fn an_end_stops_work_and_a_session_tells_what_it_lacks() {
        for root in Root::all() {
            std::fs::create_dir_all(root.path("sync/w")).unwrap();
            let mut work = Command::new("setsid").args(["sleep", "60"]).spawn().unwrap();
            std::fs::write(root.path("sync/w/pid"), format!("{}\n", work.id())).unwrap();
            // Until it is the leader of its group.
            std::thread::yield_now();
            while root.says(END, &["j", "./sync/w"]) != "removed" || work.try_wait().unwrap().is_none() {}
            assert_eq!(root.says(END, &["j", "./sync/w", "./sync/w"]), "removed");
            assert_eq!(root.says(PROBE, &["j"]), "able");
            // The programs of busybox are part of its shell.
            if !root.shell[0].contains("busybox") {
                assert_eq!(root.says(&format!("PATH=/no/such; {PROBE}"), &["j"]), "lacks setsid");
            }
        }
    }
}
