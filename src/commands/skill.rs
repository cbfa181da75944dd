//! `wharf skill`: instructions for coding agents, as the Agent Skills specification has them.

use std::future::ready;
use std::path::PathBuf;

use bytes::Bytes;
use clap::{Args, Subcommand, ValueHint};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::Cx;
use crate::output::{AgentLine, Column, LinePart, Record, TableView};
use wharf_client::backend::{GetResult, RemoteHash};
use wharf_core::body::{Attributes, Body, hex};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::verdict::Verdict;
use wharf_transfer::dest::{DestDir, WriteOptions};
use wharf_transfer::written_files::WrittenFiles;

/// The skill.
const SKILL: &str = include_str!("../../skills/wharf/SKILL.md");

/// The files in which coding agents look for the skill, below a project or a home directory.
const PLACES: [&str; 2] = [".agents/skills/wharf/SKILL.md", ".claude/skills/wharf/SKILL.md"];

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum SkillCommand {
    /// Write the skill where coding agents look for it
    Install(SkillInstallArgs),
    /// Print the skill
    #[command(after_help = "Example:\n  wharf skill show > SKILL.md")]
    Show,
}

#[derive(Debug, Args)]
#[command(after_help = "A file that exists with another content is not replaced, and nothing is\n\
    written then.\n\n\
    Examples:\n  \
    wharf skill install             # for this project\n  \
    wharf skill install --dir ~     # for all projects")]
pub(super) struct SkillInstallArgs {
    /// Directory to install below, in .agents/skills and .claude/skills [default: .]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: Option<PathBuf>,
}

impl SkillCommand {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        match self {
            SkillCommand::Install(args) => args.run(cx).await,
            SkillCommand::Show => cx.out.bytes(SKILL.as_bytes()),
        }
    }
}

impl SkillInstallArgs {
    async fn run(self, cx: &Cx) -> Result<()> {
        let dir = DestDir::open(&self.dir.unwrap_or_else(|| PathBuf::from(".")), true)?;
        // Nothing is written if one of the files is there and differs.
        for place in PLACES {
            is_installed(&dir, place).await?;
        }
        let written = WrittenFiles::default();
        let (mut files, mut verdict) = (Vec::new(), Verdict::default());
        for place in PLACES {
            match install(&dir, place, &written).await {
                Ok(status) => {
                    verdict.succeeded();
                    files.push(SkillFile { path: dir.shown(place), status });
                }
                Err(error) => verdict.failed(error),
            }
        }
        let verdict = verdict.into_result(SkillFile::NOUN).and(dir.sync(false));
        // The files are there, whether or not that can be printed.
        let mut listing = cx.out.listing().ignore_closed_stdout();
        files.iter().try_for_each(|file| listing.push(file))?;
        listing.conclude(verdict)
    }
}

/// Writes the skill to a place, unless it is there.
async fn install(dir: &DestDir, place: &str, written: &WrittenFiles) -> Result<SkillStatus> {
    // One place may be a link to the other.
    if is_installed(dir, place).await? {
        return Ok(SkillStatus::Unchanged);
    }
    match dir.write(place, content(), &WriteOptions { keep_existing: true, bulk: false, written }).await {
        Ok(_) => Ok(SkillStatus::Written),
        // Another process may have written it meanwhile.
        Err(error) if error.kind() == Kind::Conflict && is_installed(dir, place).await.is_ok_and(|it| it) => {
            Ok(SkillStatus::Unchanged)
        }
        Err(error) => Err(error),
    }
}

/// Returns whether the skill is there.
///
/// # Errors
/// `conflict` if there is something else.
async fn is_installed(dir: &DestDir, place: &str) -> Result<bool> {
    let Some(there) = dir.look(place)? else { return Ok(false) };
    let differs = there.is_dir() || dir.hash(place).await? != hex(&Sha256::digest(SKILL));
    if differs {
        return Err(Error::conflict(format!("`{}` exists and is not this skill", dir.shown(place)))
            .hint("look at it, and remove it to install the skill of this version of wharf"));
    }
    Ok(true)
}

/// Returns the skill as a content to write.
fn content() -> GetResult {
    let block = Bytes::from_static(SKILL.as_bytes());
    GetResult {
        body: Body::of_stream(Some(block.len() as u64), stream::once(ready(Ok(block))).boxed()),
        attributes: Attributes::default(),
        sha256: RemoteHash::Unknown,
        file_id: None,
    }
}

/// A file of the skill.
#[derive(Debug, Serialize)]
struct SkillFile {
    path: String,
    status: SkillStatus,
}

/// What was done with a file of the skill.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum SkillStatus {
    Written,
    /// It was there already.
    Unchanged,
}

impl SkillStatus {
    const fn word(self) -> &'static str {
        match self {
            SkillStatus::Written => "written",
            SkillStatus::Unchanged => "unchanged",
        }
    }
}

impl Record for SkillFile {
    const NOUN: &'static str = "files";

    const VIEW: TableView<Self> = TableView {
        columns: &[Column::left("STATUS"), Column::left("PATH")],
        cells: |file| vec![file.status.word().into(), file.path.clone().into()],
    };

    const LINE: AgentLine<Self> = AgentLine {
        max_bytes: usize::MAX,
        parts: |file| vec![LinePart::word(file.status.word()), LinePart::word(&file.path)],
    };

    fn key(&self) -> Option<String> {
        Some(self.path.clone())
    }
}
