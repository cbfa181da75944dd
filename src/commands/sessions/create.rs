//! `sessions create`.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use clap::Args;
use serde_json::{Map, Value};

use super::label_flags::{label, labels};
use super::wait::{WaitGoal, wait_for};
use crate::commands::Cx;
use crate::commands::args::BodyFlag;
use crate::commands::spec::{Spec, mount_sources, name_left};
use crate::commands::stdin::document;
use crate::output::escape;
use wharf_client::backend::{Backend, Feature, NewResource, NewSession, body_document as shape, expiry};
use wharf_core::advice;
use wharf_core::config::{Origin, Setting, body, duration, money};
use wharf_core::error::{Error, Result};
use wharf_core::model::{FileId, Labels, Session, SessionId, SessionName, Timestamp};
use wharf_core::platform::shown;
use wharf_transfer::Transfer;
use wharf_transfer::mount::{MountSource, MountUploads, StagedFile};
use wharf_transfer::results::Sink;

#[derive(Debug, Default, Args)]
pub(in crate::commands) struct SessionsCreateArgs {
    /// Title of the session
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,

    /// Label to set; can be repeated
    #[arg(long, value_name = "K=V")]
    label: Vec<String>,

    /// Labels by the vendor's flag: K=V, or a mapping
    #[arg(long, value_name = "K=V", hide = true)]
    metadata: Vec<String>,

    /// Mount FILE_ID[:MOUNT_PATH], @LOCAL[:MOUNT_PATH] or a YAML object
    #[arg(long, value_name = "SPEC")]
    resource: Vec<OsString>,

    /// Delete the session after this idle time, such as 2h, at least 1s
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    ttl: Option<Duration>,

    /// Id for the new session [default: generated]
    #[arg(long, value_name = "ID")]
    id: Option<String>,

    #[command(flatten)]
    body: BodyFlag,

    /// Wait until the session can be used
    #[arg(long)]
    wait: bool,

    /// Version of the agent
    #[arg(long, value_name = "VERSION")]
    agent_version: Option<String>,

    /// Environment to run the session in [env: WHARF_ENVIRONMENT]
    #[arg(long, value_name = "ID", alias = "environment-id")]
    environment: Option<String>,

    /// Vault with credentials for the agent; can be repeated
    #[arg(long, value_name = "ID", alias = "vault-id")]
    vault: Vec<String>,

    /// Image to start the session from [env: WHARF_IMAGE]
    #[arg(long, value_name = "NAME")]
    image: Option<String>,

    /// Pause the agent when it has cost this much at list price: 2.50
    #[arg(long, value_name = "USD", value_parser = money::parse, allow_hyphen_values = true)]
    max_cost: Option<u64>,
}

impl SessionsCreateArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        let wait = self.wait;
        let draft = self.prepare(cx, true).await?;
        let session = draft.create(cx, |_| Ok(())).await?;
        cx.record_last(&session);
        backend.flush().await?;
        let session =
            if wait { wait_for(backend, &session.id, WaitGoal::Usable).await?.unwrap_or(session) } else { session };
        cx.out.one(&session)?;
        cx.out.suggest(&format!("wharf files upload FILE {}:/", escape::shell_word(session.id.as_str())));
        Ok(())
    }

    /// Returns whether a document is read from stdin.
    pub(in crate::commands) fn reads_stdin(&self) -> bool {
        self.body.body.as_deref() == Some(Path::new("-"))
    }

    /// Returns whether any of the flags is given.
    pub(in crate::commands) fn is_given(&self) -> bool {
        let texts = [&self.title, &self.id, &self.agent_version, &self.environment, &self.image];
        let lists = [&self.label, &self.metadata, &self.vault];
        texts.iter().any(|text| text.is_some())
            || lists.iter().any(|list| !list.is_empty())
            || !self.resource.is_empty()
            || self.ttl.is_some()
            || self.body.body.is_some()
            || self.wait
    }

    /// Checks the session, as far as possible before anything is sent. A document is read from stdin if it is asked for,
    /// or if stdin is one and `reads_stdin`.
    ///
    /// # Errors
    /// `usage` and `unsupported` for what cannot be created.
    pub(in crate::commands) async fn prepare(self, cx: &Cx, reads_stdin: bool) -> Result<SessionDraft> {
        let backend = cx.backend()?;
        let (mut session, unknown) = backend.sessions().read_document(document(cx, &self.body, reads_stdin).await?)?;
        cx.note_unknown(&unknown);
        let specs = self.merge(cx, backend, &mut session)?;
        let mounts = specs.iter().flat_map(|spec| [Feature::SessionResources, Feature::of_resource(spec.kind())]);
        session.features().chain(mounts).try_for_each(|feature| backend.require(feature))?;
        backend.sessions().check(&session)?;
        Ok(SessionDraft { session, specs, inputs: Vec::new(), upload_prefix: String::new() })
    }

    /// Puts the flags over what the document said: maps merge by key, lists are replaced.
    fn merge(self, cx: &Cx, backend: &dyn Backend, new: &mut NewSession) -> Result<Vec<Spec>> {
        let settings = cx.settings()?;
        // What the environment or the profile says is for those backends that have it, so that one
        // script is for all; a flag means this call.
        let from_settings = |setting: &Setting<String>, feature| {
            let meant = setting.origin == Origin::Flag || backend.capabilities().has(feature);
            setting.value.clone().filter(|_| meant)
        };
        new.id = self.id.map(|id| id.parse()).transpose()?.or(new.id.take());
        new.title = self.title.or(new.title.take());
        new.ttl = self.ttl.or(new.ttl);
        if settings.agent.origin == Origin::Flag || new.agent.is_none() {
            new.agent = from_settings(&settings.agent, Feature::SessionAgent);
            // A flag can hold an object, as the vendor's does; a document's string is an id as it stands.
            if let Some(text) = new.agent.take_if(|text| text.trim_start().starts_with('{')) {
                shape::agent(new, body::mapping(&text, &advice::Setting::Agent.to_string())?.into())?;
            }
        }
        new.agent_version = self.agent_version.or(new.agent_version.take());
        new.environment = self
            .environment
            .or(new.environment.take())
            .or_else(|| from_settings(&settings.environment, Feature::SessionEnvironment));
        new.image = self.image.or(new.image.take()).or_else(|| from_settings(&settings.image, Feature::SessionImage));
        new.max_cost = self.max_cost;
        if !self.vault.is_empty() {
            new.vaults = self.vault;
        }
        for text in &self.metadata {
            new.labels.extend(metadata(text)?);
        }
        new.labels.extend(labels(&self.label)?);
        check_values(new)?;
        self.resource.iter().map(|spec| Spec::parse(cx, spec)).collect()
    }
}

/// A session that is about to be created.
pub(in crate::commands) struct SessionDraft {
    /// The session, without the resources of [`SessionDraft::specs`] and [`SessionDraft::inputs`].
    pub(in crate::commands) session: NewSession,
    /// What is to be mounted.
    specs: Vec<Spec>,
    /// Files and directories of this machine that are to be mounted besides, for a backend that
    /// [mounts uploads](wharf_client::backend::SessionFiles::mounts_uploads).
    pub(in crate::commands) inputs: Vec<MountSource>,
    /// How the names of the stored files begin that are uploaded for it. Names in the session are without it.
    pub(in crate::commands) upload_prefix: String,
}

impl SessionDraft {
    /// Returns whether local files are uploaded before the session is created.
    pub(in crate::commands) fn uploads(&self) -> bool {
        !self.inputs.is_empty() || self.specs.iter().any(|spec| matches!(spec, Spec::Local { .. }))
    }

    /// Returns the local files and directories of the SPECs, for messages.
    fn local_names(&self) -> Vec<String> {
        let local = self.specs.iter().filter_map(|spec| match spec {
            Spec::Local { path, .. } => Some(shown(path)),
            Spec::Ready(_) => None,
        });
        local.collect()
    }

    /// Uploads the local files. The receipts go to `sink` if one of them fails, after which no upload is left but those
    /// that the error names; otherwise to that of [`MountUploads::report`].
    ///
    /// The caller registers with the cancellation of `transfer` until the session is created.
    ///
    /// # Errors
    /// Those of [`MountUploads::stage`], with what is left.
    pub(in crate::commands) async fn stage<'a>(
        self,
        transfer: Transfer<'a>,
        sink: Sink<'_>,
    ) -> Result<StagedSession<'a>> {
        let SessionDraft { session: mut new, specs, inputs, upload_prefix } = self;
        let home = transfer.backend.capabilities().home.parse()?;
        let mut sources = mount_sources(&specs, &home)?;
        sources.extend(inputs);
        let others = specs.iter().filter_map(|spec| match spec {
            Spec::Ready(new) => Some(new.clone()),
            Spec::Local { .. } => None,
        });
        if !specs.is_empty() {
            new.resources = others.collect();
        }
        let mut uploads = MountUploads::new(transfer);
        let staged = uploads.stage(&sources, &upload_prefix, &new.resources, sink).await;
        // A run deletes what is left.
        let names_left = upload_prefix.is_empty();
        let staged = staged.map_err(|error| if names_left { name_left(&uploads, error) } else { error })?;
        let files = staged.iter().map(|file| file.id.clone()).collect();
        let mut staged = staged.iter().map(StagedFile::resource);
        if !specs.is_empty() {
            new.resources.clear();
            for spec in specs {
                match spec {
                    Spec::Ready(ready) => new.resources.push(ready),
                    Spec::Local { .. } => new.resources.extend(staged.next()),
                }
            }
        }
        new.resources.extend(staged);
        Ok(StagedSession { session: new, files, uploads, names_left })
    }

    /// Creates the session with all that is to be mounted, or nothing at all. `uploaded` hears of the stored files that
    /// were uploaded for it, before it is created.
    ///
    /// # Errors
    /// Those of the uploads and of the creation, with what is left; that of `uploaded`.
    pub(in crate::commands) async fn create(
        self,
        cx: &Cx,
        uploaded: impl FnOnce(&[FileId]) -> Result<()>,
    ) -> Result<Session> {
        let options = cx.transfer_options()?;
        let watch = cx.out.watch(&self.local_names());
        let _guard = cx.cancellation.register();
        let transfer =
            Transfer { backend: cx.backend()?, options: &options, observer: &watch, cancellation: &cx.cancellation };
        let mut staged = self.stage(transfer, &mut |_| Ok(())).await?;
        uploaded(&staged.files)?;
        staged.create(cx).await
    }
}

/// A session that is about to be created, whose local files are uploaded.
pub(in crate::commands) struct StagedSession<'a> {
    session: NewSession,
    /// The stored files that were uploaded for it.
    pub(in crate::commands) files: Vec<FileId>,
    /// The uploads, whose receipts are [reported](MountUploads::report) once the creation is decided.
    pub(in crate::commands) uploads: MountUploads<'a>,
    /// Whether an error names the uploads that are left.
    names_left: bool,
}

impl StagedSession<'_> {
    /// Returns the id that the session is to get, if it was chosen.
    pub(in crate::commands) fn id(&self) -> Option<&SessionId> {
        self.session.id.as_ref()
    }

    /// Creates the session. The uploads are deleted again if it fails, unless they may be mounted nevertheless.
    ///
    /// # Errors
    /// Those of the creation, with what is left; that of a cancellation.
    pub(in crate::commands) async fn create(&mut self, cx: &Cx) -> Result<Session> {
        let new = std::mem::take(&mut self.session);
        let is_ready = |one: &&NewResource| one.file_id.as_ref().is_some_and(|id| !self.files.contains(id));
        let ready: Vec<_> = new.resources.iter().filter(is_ready).cloned().collect();
        let created = self.uploads.mount(&self.files, cx.backend()?.sessions().create(new)).await;
        let named = |error| if self.names_left { name_left(&self.uploads, error) } else { error };
        let session = created.map_err(named)?;
        cx.log_uploads(&session.id, &self.files, None);
        cx.log_mounts(&session.id, &ready);
        Ok(session)
    }
}

/// The shortest idle time: a session that is gone before it can be looked at is of no use.
const TTL_MIN: Duration = Duration::from_secs(1);

/// Checks the values of a new session that every backend has in common.
///
/// # Errors
/// `usage` for an empty name, an id that reads as another name, and an invalid idle time.
pub(in crate::commands) fn check_values(new: &NewSession) -> Result<()> {
    if let Some(id) = new.id.as_ref().filter(|id| id.as_str().starts_with(SessionName::MARK)) {
        return Err(Error::usage(format!("the session id begins with `@`, which names a title: {:?}", id.as_str()))
            .hint("choose another id; `--title` sets the title"));
    }
    let names = [("agent", &new.agent), ("environment", &new.environment), ("image", &new.image)];
    if let Some((what, _)) = names.into_iter().find(|(_, value)| value.as_deref() == Some("")) {
        return Err(Error::usage(format!("the name of the {what} is empty")).hint("name it, or leave it out"));
    }
    let is_valid = |ttl| ttl >= TTL_MIN && expiry(Timestamp::now(), ttl).is_some();
    match new.ttl {
        Some(ttl) if !is_valid(ttl) => {
            Err(Error::usage(format!("{} is at least 1s, and ends before the year 9999", advice::Setting::Ttl))
                .hint("write a time such as `30m` or `2h`"))
        }
        _ => Ok(()),
    }
}

/// Parses the value of the vendor's `--metadata`: a mapping, or `K=V` as for labels.
fn metadata(text: &str) -> Result<Labels> {
    if !text.trim_start().starts_with('{') && text.contains('=') {
        return Ok(Labels::from([label(text)?]));
    }
    let fields: Map<String, Value> = body::mapping(text, "--metadata")?;
    shape::labels("metadata", fields.into())
}
