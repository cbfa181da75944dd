//! `wharf sessions`.

use std::io::{self, BufRead, IsTerminal};
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value};

use super::Cx;
use super::args::{BodyFlag, Paging, SessionNames};
use super::spec::{Spec, Uploads};
use super::stdin::document;
use crate::backend::{Backend, Feature, LabelPatch, NewSession, PageRequest, SessionQuery};
use crate::config::{Origin, body, duration};
use crate::error::{Error, Kind, Result};
use crate::model::receipt::Deleted;
use crate::model::{Deletion, Labels, Session, SessionId, SessionStatus};
use crate::output::Record;
use crate::transfer::tally::Tally;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Makes a session and prints it
    Create(Create),
    /// Prints the sessions, newest first
    #[command(visible_alias = "ls")]
    List(List),
    /// Prints sessions
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(SessionNames),
    /// Sets, changes and removes labels, and prints those that result
    Label(Label),
    /// Waits until a session can be used
    Wait(Wait),
    /// Resets the idle timer
    Touch(SessionNames),
    /// Frees the compute and keeps the files
    Stop(SessionNames),
    /// Keeps the history and nothing else
    Archive(SessionNames),
    /// Deletes sessions and all that is in them
    #[command(visible_alias = "rm")]
    Delete(Delete),
}

impl Verb {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        match self {
            Verb::Create(args) => args.run(cx).await,
            Verb::List(args) => args.run(cx).await,
            Verb::Get(names) => each(cx, &names, None, async |backend, id| backend.sessions().get(id).await).await,
            Verb::Label(args) => args.run(cx).await,
            Verb::Wait(args) => args.run(cx).await,
            Verb::Touch(names) => {
                each(cx, &names, Some(Feature::SessionTouch), async |backend, id| backend.sessions().touch(id).await)
                    .await
            }
            Verb::Stop(names) => {
                each(cx, &names, Some(Feature::SessionStop), async |backend, id| backend.sessions().stop(id).await)
                    .await
            }
            Verb::Archive(names) => {
                each(cx, &names, Some(Feature::SessionArchive), async |backend, id| {
                    backend.sessions().archive(id).await
                })
                .await
            }
            Verb::Delete(args) => args.run(cx).await,
        }
    }
}

/// Does one thing to each session, and prints those that it was done to.
async fn each(
    cx: &Cx,
    names: &SessionNames,
    feature: Option<Feature>,
    work: impl AsyncFn(&dyn Backend, &SessionId) -> Result<Session>,
) -> Result<()> {
    let backend = cx.backend()?;
    feature.map_or(Ok(()), |feature| backend.require(feature))?;
    let ids = names.all().map(|name| name.parse()).collect::<Result<Vec<SessionId>>>()?;
    let mut tally = Tally::default();
    let mut done = Vec::new();
    for id in &ids {
        match work(backend, id).await {
            Ok(session) => {
                done.push(session);
                tally.done();
            }
            Err(error) => tally.failed(error),
        }
    }
    if !done.is_empty() || ids.len() > 1 {
        cx.out.objects(ids.len(), &done)?;
    }
    tally.verdict(Session::NOUN)
}

#[derive(Debug, Args)]
#[command(after_help = "Standard input is read too, when it is a pipe or a file: a YAML or JSON document.\n\n\
    Examples:\n  \
    wharf sessions create --title nightly --label team=blue --ttl 2h\n  \
    wharf sessions create --resource @./data.csv:/in/data.csv\n  \
    id=$(wharf sessions create -q </dev/null)")]
pub(super) struct Create {
    /// A title for people
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,

    /// A label; may be given several times
    #[arg(long, value_name = "K=V")]
    label: Vec<String>,

    /// Labels by the vendor's flag: K=V, or a mapping
    #[arg(long, value_name = "K=V", hide = true)]
    metadata: Vec<String>,

    /// Something to mount: `FILE_ID`[:`MOUNT_PATH`], @LOCAL[:`MOUNT_PATH`], or a YAML object
    #[arg(long, value_name = "SPEC")]
    resource: Vec<String>,

    /// How long it may idle before it goes away, such as `2h`
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    ttl: Option<Duration>,

    /// A name of your own for it
    #[arg(long, value_name = "ID")]
    id: Option<String>,

    #[command(flatten)]
    body: BodyFlag,

    /// Wait until it can be used
    #[arg(long)]
    wait: bool,

    /// The agent's version
    #[arg(long, value_name = "VERSION")]
    agent_version: Option<String>,

    /// The environment that it runs in [env: WHARF_ENVIRONMENT]
    #[arg(long, value_name = "ID", alias = "environment-id")]
    environment: Option<String>,

    /// A vault with its agent's credentials; may be given several times
    #[arg(long, value_name = "ID", alias = "vault-id")]
    vault: Vec<String>,

    /// The image that it starts from [env: WHARF_IMAGE]
    #[arg(long, value_name = "NAME")]
    image: Option<String>,
}

impl Create {
    async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        let (mut new, unknown) = backend.sessions().read_document(document(&self.body, true)?)?;
        for name in unknown {
            cx.out.note(format!("note: the body has a member that wharf does not know, and passes on: `{name}`"));
        }
        let wait = self.wait;
        let specs = self.merge(cx, &mut new)?;
        check_features(backend, &new, !specs.is_empty())?;
        let mut uploads = Uploads::default();
        let made = async {
            if !specs.is_empty() {
                new.resources = uploads.ready(backend, specs).await?;
            }
            backend.sessions().create(new).await
        };
        let session = match made.await {
            Ok(session) => session,
            Err(error) => return Err(uploads.undo(backend, error).await),
        };
        backend.settle().await?;
        let session =
            if wait { wait_for(backend, &session.id, Goal::Usable).await?.unwrap_or(session) } else { session };
        cx.out.one(&session)?;
        cx.out.tip(format!("next: wharf files upload FILE {}:/", session.id));
        Ok(())
    }

    /// Puts the flags over what the document said: maps merge by key, lists are replaced.
    fn merge(self, cx: &Cx, new: &mut NewSession) -> Result<Vec<Spec>> {
        let settings = cx.settings()?;
        new.id = self.id.map(|id| id.parse()).transpose()?.or(new.id.take());
        new.title = self.title.or(new.title.take());
        new.ttl = self.ttl.or(new.ttl);
        if settings.agent.origin == Origin::Flag || new.agent.is_none() {
            new.agent.clone_from(&settings.agent.value);
        }
        new.agent_version = self.agent_version.or(new.agent_version.take());
        new.environment = self.environment.or(new.environment.take()).or_else(|| settings.environment.value.clone());
        new.image = self.image.or(new.image.take()).or_else(|| settings.image.value.clone());
        if !self.vault.is_empty() {
            new.vaults = self.vault;
        }
        for text in &self.metadata {
            new.labels.extend(metadata(text)?);
        }
        new.labels.extend(labels(&self.label)?);
        self.resource.iter().map(|spec| Spec::parse(spec)).collect()
    }
}

/// Everything that was asked for and that a backend may lack, before anything is sent.
fn check_features(backend: &dyn Backend, new: &NewSession, specs: bool) -> Result<()> {
    let asked = [
        (new.title.is_some(), Feature::SessionTitle),
        (!new.labels.is_empty(), Feature::SessionLabels),
        (new.ttl.is_some(), Feature::SessionTtl),
        (new.id.is_some(), Feature::SessionId),
        (specs || !new.resources.is_empty(), Feature::SessionResources),
        (new.agent.is_some(), Feature::SessionAgent),
        (new.agent_version.is_some(), Feature::SessionAgentVersion),
        (new.environment.is_some(), Feature::SessionEnvironment),
        (!new.vaults.is_empty(), Feature::SessionVaults),
        (new.image.is_some(), Feature::SessionImage),
    ];
    asked.into_iter().filter(|(asked, _)| *asked).try_for_each(|(_, feature)| backend.require(feature))
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    wharf sessions list --label team=blue --status running\n  \
    wharf sessions list -q | while read -r id; do wharf sessions touch \"$id\"; done")]
pub(super) struct List {
    /// Only sessions with this label; may be given several times
    #[arg(long, value_name = "K=V")]
    label: Vec<String>,

    /// Only sessions of this status; may be given several times
    #[arg(long, value_enum, value_name = "STATUS")]
    status: Vec<SessionStatus>,

    #[command(flatten)]
    paging: Paging,
}

impl List {
    async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        let query = SessionQuery { labels: labels(&self.label)?, statuses: self.status };
        if !query.labels.is_empty() {
            backend.require(Feature::SessionLabels)?;
        }
        cx.pages(&self.paging, cx.out.listing(), async |page| backend.sessions().list(&query, page).await).await
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  wharf sessions label SESSION team=red stage=\n  wharf sessions label SESSION stage-"
)]
pub(super) struct Label {
    /// The session's id
    #[arg(value_name = "SESSION", required_unless_present = "session_id")]
    name: Option<String>,

    /// What to change: K=V sets, K- removes
    #[arg(value_name = "K=V|K-", allow_hyphen_values = true)]
    changes: Vec<String>,

    /// The session, by the vendor's flag
    #[arg(long, value_name = "SESSION", hide = true)]
    session_id: Option<String>,
}

/// What `sessions label` prints.
#[derive(serde::Serialize)]
#[serde(transparent)]
struct Printed(Labels);

impl Record for Printed {
    const NOUN: &'static str = "labels";

    const VIEW: crate::output::View<Self> = crate::output::View {
        columns: &[crate::output::Column { name: "LABELS", align: crate::output::Align::Left, flex: true }],
        cells: |labels| vec![labels.key()],
    };

    fn key(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n")
    }
}

impl Label {
    async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        backend.require(Feature::SessionLabels)?;
        let (id, changes) = subject(self.session_id, self.name, self.changes);
        let mut patch = LabelPatch::default();
        for change in &changes {
            match (change.split_once('='), change.strip_suffix('-')) {
                (None, Some(name)) if !name.is_empty() => patch.remove.push(name.to_owned()),
                _ => patch.set.extend([label(change)?]),
            }
        }
        let session = backend.sessions().label(&id.parse()?, patch).await?;
        cx.out.one(&Printed(session.labels.unwrap_or_default()))
    }
}

/// The first positional argument is the session, unless the vendor's flag named it.
pub(super) fn subject(flag: Option<String>, first: Option<String>, rest: Vec<String>) -> (String, Vec<String>) {
    match flag {
        Some(id) => (id, first.into_iter().chain(rest).collect()),
        None => (first.unwrap_or_default(), rest),
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  wharf sessions wait SESSION --for deleted --timeout 5m")]
pub(super) struct Wait {
    #[command(flatten)]
    names: SessionNames,

    /// What to wait for; until it can be used where nothing is said
    #[arg(long = "for", value_name = "STATUS", value_parser = Goal::parse)]
    goal: Option<Goal>,
}

/// What a wait is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goal {
    Usable,
    Status(SessionStatus),
    Deleted,
}

impl Goal {
    fn parse(text: &str) -> Result<Self, String> {
        if text == "deleted" {
            return Ok(Goal::Deleted);
        }
        SessionStatus::from_str(text, true).map(Goal::Status).map_err(|_| {
            let words: Vec<_> = SessionStatus::value_variants().iter().map(|status| status.word()).collect();
            format!("statuses are {}, deleted", words.join(", "))
        })
    }

    fn reached(self, status: SessionStatus) -> bool {
        match self {
            Goal::Usable => matches!(status, SessionStatus::Running | SessionStatus::Idle),
            Goal::Status(wanted) => wanted == status,
            Goal::Deleted => false,
        }
    }
}

impl Wait {
    async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        let goal = self.goal.unwrap_or(Goal::Usable);
        let mut seen = Vec::new();
        let mut subjects = 0;
        for name in self.names.all() {
            subjects += 1;
            seen.extend(wait_for(backend, &name.parse()?, goal).await?);
        }
        if goal == Goal::Deleted {
            return Ok(());
        }
        cx.out.objects(subjects, &seen)
    }
}

/// Polls until the goal is reached; a deleted session is none.
async fn wait_for(backend: &dyn Backend, id: &SessionId, goal: Goal) -> Result<Option<Session>> {
    let mut pause = Duration::from_millis(100);
    loop {
        let session = match backend.sessions().get(id).await {
            Err(error) if goal == Goal::Deleted && error.kind() == Kind::NotFound => return Ok(None),
            other => other?,
        };
        if goal.reached(session.status) {
            return Ok(Some(session));
        }
        if session.status.is_final() {
            return Err(Error::conflict(format!("this session is {} and will not change: `{id}`", session.status))
                .hint("look at it: `wharf sessions get`"));
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(2));
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    wharf sessions delete SESSION\n  \
    wharf sessions delete --label team=blue --dry-run\n  \
    wharf sessions delete --label team=blue --yes --missing-ok")]
pub(super) struct Delete {
    /// The sessions' ids
    #[arg(value_name = "SESSION", required_unless_present_any = ["label", "session_id"])]
    names: Vec<String>,

    /// The same, by the vendor's flag
    #[arg(long, value_name = "SESSION", hide = true)]
    session_id: Vec<String>,

    /// All sessions with this label; may be given several times
    #[arg(long, value_name = "K=V", conflicts_with_all = ["names", "session_id"])]
    label: Vec<String>,

    /// Do not ask before deleting by label
    #[arg(short, long)]
    yes: bool,

    /// Print what would be deleted, and delete nothing
    #[arg(long)]
    dry_run: bool,

    /// A session that is not there is no failure
    #[arg(long)]
    missing_ok: bool,

    /// Interrupt a session that is running
    #[arg(long)]
    force: bool,
}

impl Delete {
    async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        let ids = if self.label.is_empty() {
            self.session_id.iter().chain(&self.names).map(|name| name.parse()).collect::<Result<Vec<SessionId>>>()?
        } else {
            let ids = self.select(backend).await?;
            if ids.is_empty() && !self.missing_ok {
                return Err(Error::new(
                    Kind::NoMatch,
                    format!("no session has these labels: {}", self.label.join(", ")),
                )
                .hint("add --missing-ok if that is fine"));
            }
            if !self.dry_run && !self.yes && !ids.is_empty() {
                confirm(ids.len(), &self.label)?;
            }
            ids
        };
        let mut tally = Tally::default();
        let mut listing = cx.out.listing().regardless();
        for id in ids {
            let result = if self.dry_run {
                backend.sessions().get(&id).await.map(|_| false)
            } else {
                backend.sessions().delete(&id, self.force).await.map(|()| true)
            };
            match result {
                Ok(deleted) => {
                    listing.push(&Deletion { what: Deleted::Id(id.to_string()), deleted })?;
                    tally.done();
                }
                Err(error) if error.kind() == Kind::NotFound && self.missing_ok => {
                    listing.push(&Deletion { what: Deleted::Id(id.to_string()), deleted: false })?;
                    tally.done();
                }
                Err(error) => tally.failed(error),
            }
        }
        backend.settle().await?;
        listing.finish()?;
        tally.verdict(Session::NOUN)
    }

    async fn select(&self, backend: &dyn Backend) -> Result<Vec<SessionId>> {
        backend.require(Feature::SessionLabels)?;
        let query = SessionQuery { labels: labels(&self.label)?, statuses: Vec::new() };
        let mut ids = Vec::new();
        let mut page = PageRequest::default();
        loop {
            let part = backend.sessions().list(&query, page).await?;
            ids.extend(part.items.into_iter().map(|session| session.id));
            match part.next {
                Some(cursor) => page = PageRequest { cursor: Some(cursor), limit: None },
                None => return Ok(ids),
            }
        }
    }
}

/// Asks at a terminal; elsewhere nobody could answer.
fn confirm(count: usize, labels: &[String]) -> Result<()> {
    let what = format!("{count} sessions with {}", labels.join(", "));
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Error::usage(format!("this would delete {what}"))
            .hint("add --yes to delete them, or --dry-run to see them"));
    }
    crate::output::report::say(&format!("Delete {what}? [y/N] "));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(|e| Error::io("reading the answer", &e))?;
    match answer.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(Error::conflict("nothing was deleted").hint("answer `y`, or add --yes")),
    }
}

fn labels(texts: &[String]) -> Result<Labels> {
    texts.iter().map(|text| label(text)).collect()
}

fn label(text: &str) -> Result<(String, String)> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(Error::usage(format!("this is no label: {text:?}")).hint("write `name=value`")),
    }
}

/// The vendor's `--metadata`: a mapping, or `K=V` as for labels.
fn metadata(text: &str) -> Result<Labels> {
    if !text.trim_start().starts_with('{') && text.contains('=') {
        return Ok(Labels::from([label(text)?]));
    }
    let members: Map<String, Value> = body::mapping(text, "--metadata")?;
    crate::backend::document::labels("metadata", members.into())
}
