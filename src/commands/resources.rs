//! `wharf resources`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Cx;
use super::args::{BodyFlag, PagingFlags, session_and_rest};
use super::session_name::SessionUse;
use super::spec::{Spec, name_left, upload_local};
use super::stdin::document;
use crate::output::Record;
use wharf_client::backend::page::Pager;
use wharf_client::backend::{Feature, NewResource, body_document as shape};
use wharf_core::advice::Step;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::receipt::DeletionTarget;
use wharf_core::model::{Deletion, RemotePath, Resource, ResourceKind, SessionId, SessionPath};
use wharf_core::verdict::Verdict;
use wharf_transfer::Transfer;
use wharf_transfer::mount::MountUploads;

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum ResourcesCommand {
    /// Mount files and other resources into a session
    #[command(visible_alias = "create")]
    Add(ResourcesAddArgs),
    /// List the resources of a session
    #[command(visible_alias = "ls")]
    #[command(after_help = "Example:\n  wharf resources list SESSION --transform mount_path -r")]
    List(ResourcesListArgs),
    /// Show a resource
    #[command(alias = "retrieve", alias = "show")]
    #[command(after_help = "Example:\n  wharf resources get SESSION RESOURCE")]
    Get(ResourcesGetArgs),
    /// Change a resource, such as the token of a repository
    Update(ResourcesUpdateArgs),
    /// Unmount resources
    #[command(visible_alias = "rm")]
    Delete(ResourcesDeleteArgs),
}

impl ResourcesCommand {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        cx.backend()?.require(Feature::Resources)?;
        match self {
            ResourcesCommand::Add(args) => args.run(cx).await,
            ResourcesCommand::List(args) => args.run(cx).await,
            ResourcesCommand::Get(args) => args.run(cx).await,
            ResourcesCommand::Update(args) => args.run(cx).await,
            ResourcesCommand::Delete(args) => args.run(cx).await,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    wharf resources add SESSION file_123:/in/data.csv\n  \
    wharf resources add SESSION @./data.csv:/in/data.csv\n  \
    wharf resources add SESSION --file-id file_123 --mount-path /in/data.csv")]
pub(super) struct ResourcesAddArgs {
    /// Session id, @last or @TITLE
    #[arg(value_name = "SESSION", required_unless_present = "session_id")]
    name: Option<OsString>,

    /// Resource: FILE_ID[:MOUNT_PATH], @LOCAL[:MOUNT_PATH] or a YAML object
    #[arg(value_name = "SPEC")]
    specs: Vec<OsString>,

    /// The session, by the vendor's flag
    #[arg(long, value_name = "SESSION", hide = true)]
    session_id: Option<String>,

    /// Stored file to mount
    #[arg(long, value_name = "FILE_ID", conflicts_with = "file")]
    file_id: Option<String>,

    /// Local file to upload and mount
    #[arg(long, value_name = "LOCAL", value_hint = clap::ValueHint::FilePath)]
    file: Option<PathBuf>,

    /// Path to mount at [default: from the file's name]
    #[arg(long, value_name = "PATH")]
    mount_path: Option<String>,

    /// Resource type: file, github_repository, memory_store or context
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,

    #[command(flatten)]
    body: BodyFlag,
}

impl ResourcesAddArgs {
    async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        let named = self.session_id.clone().map(OsString::from);
        let (session, specs) = session_and_rest(named, self.name.clone(), self.specs.clone());
        let specs = self.specs(cx, &specs).await?;
        for kind in specs.iter().map(Spec::kind) {
            backend.require(Feature::of_resource(kind))?;
            backend.require_resources()?.takes(kind)?;
        }
        let session = cx.named_session(&session.to_string_lossy(), SessionUse::Change("Mount into")).await?;
        let asked = specs.len();
        let options = cx.transfer_options()?;
        let watch = cx.out.watch(&[]);
        let _guard = cx.cancellation.register();
        let mut uploads = MountUploads::new(Transfer {
            backend,
            options: &options,
            observer: &watch,
            cancellation: &cx.cancellation,
        });
        let ready = upload_local(&mut uploads, specs).await.map_err(|error| name_left(&uploads, error))?;
        let made: Vec<_> = ready.iter().filter_map(|(_, upload)| upload.clone()).collect();
        cx.log_uploads(&session, &made, None);
        let mut verdict = Verdict::default();
        let (mut added, mut undone) = (Vec::new(), Vec::new());
        for (new, upload) in ready {
            let ready = upload.is_none().then(|| new.clone());
            let work = async { backend.require_resources()?.add(&session, new).await };
            match uploads.mount(upload.as_slice(), work).await {
                Ok(resource) => {
                    cx.log_mounts(&session, &ready);
                    added.push(resource);
                    verdict.succeeded();
                }
                Err(error) => {
                    verdict.failed(error);
                    undone.extend(upload);
                }
            }
        }
        undone.retain(|id| !uploads.left().contains(id));
        cx.forget_uploads(&undone);
        let flushed = backend.flush().await;
        let verdict = verdict.into_result(Resource::NOUN).map_err(|error| name_left(&uploads, error));
        cx.out.objects(asked, &added, flushed.and(verdict))
    }

    /// Returns the resources that the arguments, flags or the document describe.
    async fn specs(self, cx: &Cx, texts: &[OsString]) -> Result<Vec<Spec>> {
        let mut specs = texts.iter().map(|text| Spec::parse(cx, text)).collect::<Result<Vec<_>>>()?;
        if let Some(local) = &self.file {
            specs.push(Spec::Local { path: local.into(), mount_path: None });
        }
        if let Some(id) = &self.file_id {
            let kind = ResourceKind::File;
            specs.push(Spec::Ready(NewResource {
                kind,
                file_id: Some(id.parse()?),
                mount_path: None,
                extra: serde_json::Map::new(),
            }));
        }
        let document = document(cx, &self.body, specs.is_empty()).await?;
        if !document.is_empty() {
            specs.push(Spec::of_document(cx, document)?);
        }
        if let Some(kind) = &self.kind {
            let kind = shape::resource_kind(kind)?;
            for spec in &mut specs {
                match spec {
                    Spec::Ready(new) => new.kind = kind,
                    Spec::Local { path, .. } if kind != ResourceKind::File => {
                        return Err(Error::usage(format!(
                            "a local file is a resource of type file: `{}`",
                            path.display()
                        ))
                        .hint("leave out --type"));
                    }
                    Spec::Local { .. } => {}
                }
            }
        }
        match (&mut *specs, self.mount_path) {
            ([], _) => Err(Error::usage("nothing to mount").hint("give a SPEC, --file-id, --file or --body")),
            (_, None) => Ok(specs),
            ([Spec::Ready(NewResource { mount_path, .. }) | Spec::Local { mount_path, .. }], Some(path)) => {
                *mount_path = Some(path);
                Ok(specs)
            }
            (_, Some(_)) => {
                Err(Error::usage("--mount-path is for one resource")
                    .hint("write the path into each SPEC: `FILE_ID:/path`"))
            }
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct ResourcesListArgs {
    /// Session id, @last or @TITLE
    #[arg(value_name = "SESSION", required_unless_present = "session_id")]
    name: Option<String>,

    /// The session, by the vendor's flag
    #[arg(long, value_name = "SESSION", hide = true)]
    session_id: Option<String>,

    #[command(flatten)]
    paging: PagingFlags,
}

impl ResourcesListArgs {
    async fn run(self, cx: &Cx) -> Result<()> {
        let resources = cx.backend()?.require_resources()?;
        let name = session_and_rest(self.session_id, self.name, Vec::new()).0;
        let session = cx.named_session(&name, SessionUse::Read).await?;
        cx.pages(&self.paging, cx.out.listing(), async |page| resources.list(&session, page).await).await
    }
}

// One resource of a session, named by position or by the vendor's flags.
#[derive(Debug, Args)]
struct ResourceArgs {
    /// Session id, @last or @TITLE
    #[arg(value_name = "SESSION", required_unless_present = "session_id")]
    name: Option<String>,

    /// Resource id
    #[arg(value_name = "RESOURCE")]
    resource: Option<String>,

    /// The session, by the vendor's flag
    #[arg(long, value_name = "SESSION", hide = true)]
    session_id: Option<String>,

    /// The resource, by the vendor's flag
    #[arg(long, value_name = "RESOURCE", hide = true)]
    resource_id: Option<String>,
}

impl ResourceArgs {
    /// Returns the ids of the session and the resource.
    ///
    /// # Errors
    /// `usage` unless exactly one resource is named; those of finding the session.
    async fn read(self, cx: &Cx, usage: SessionUse<'_>) -> Result<(SessionId, String)> {
        let (session, rest) = session_and_rest(self.session_id, self.name, self.resource.into_iter().collect());
        let mut all = self.resource_id.into_iter().chain(rest);
        let hint = "`wharf resources list SESSION` shows the ids";
        match (all.next(), all.next()) {
            (Some(id), None) => Ok((cx.named_session(&session, usage).await?, id)),
            (None, _) => Err(Error::usage("a resource id is missing").hint(hint)),
            (Some(_), Some(_)) => Err(Error::usage("only one resource can be given").hint(hint)),
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct ResourcesGetArgs {
    #[command(flatten)]
    name: ResourceArgs,
}

impl ResourcesGetArgs {
    async fn run(self, cx: &Cx) -> Result<()> {
        let (session, id) = self.name.read(cx, SessionUse::Read).await?;
        cx.out.one(&cx.backend()?.require_resources()?.get(&session, &id).await?)
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    wharf resources update SESSION sesrsc_123 --body token.yaml")]
pub(super) struct ResourcesUpdateArgs {
    #[command(flatten)]
    name: ResourceArgs,

    #[command(flatten)]
    body: BodyFlag,
}

impl ResourcesUpdateArgs {
    async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        backend.require(Feature::ResourceUpdate)?;
        let document = document(cx, &self.body, false).await?;
        if document.is_empty() {
            return Err(Error::usage("nothing to change").hint("give a document: `--body FILE` or `--body -`"));
        }
        let (session, id) = self.name.read(cx, SessionUse::Change("Change a resource of")).await?;
        cx.out.one(&backend.require_resources()?.update(&session, &id, document).await?)
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    wharf resources delete SESSION sesrsc_123\n  \
    wharf resources delete SESSION --mount-path /in/data.csv")]
pub(super) struct ResourcesDeleteArgs {
    /// Session id, @last or @TITLE
    #[arg(value_name = "SESSION", required_unless_present = "session_id")]
    name: Option<String>,

    /// Resource ids
    #[arg(value_name = "RESOURCE")]
    resources: Vec<String>,

    /// The session, by the vendor's flag
    #[arg(long, value_name = "SESSION", hide = true)]
    session_id: Option<String>,

    /// A resource, by the vendor's flag
    #[arg(long, value_name = "RESOURCE", hide = true)]
    resource_id: Vec<String>,

    /// Unmount the resource at this path
    #[arg(long, value_name = "PATH")]
    mount_path: Option<String>,
}

impl ResourcesDeleteArgs {
    async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        let (session, mut ids) = session_and_rest(self.session_id, self.name, self.resources);
        ids.extend(self.resource_id);
        if ids.is_empty() && self.mount_path.is_none() {
            return Err(Error::usage("a resource id is missing")
                .hint("give its id or --mount-path; `wharf resources list SESSION` shows both"));
        }
        let named: Vec<_> = ids.iter().chain(&self.mount_path).cloned().collect();
        let session = cx.named_session(&session, SessionUse::DeleteIn("Unmount from", &named)).await?;
        if let Some(path) = &self.mount_path {
            ids.push(mounted_at(cx, &session, path).await?);
        }
        let mut verdict = Verdict::default();
        let mut listing = cx.out.listing().ignore_closed_stdout();
        for id in ids {
            match backend.require_resources()?.remove(&session, &id).await {
                Ok(()) => {
                    listing.push(&Deletion { what: DeletionTarget::Id(id), deleted: true, missing: false })?;
                    verdict.succeeded();
                }
                Err(error) => verdict.failed(error),
            }
        }
        let flushed = backend.flush().await;
        listing.conclude(flushed.and(verdict.into_result(Resource::NOUN)))
    }
}

/// Returns the id of the resource that is mounted at a path.
pub(super) async fn mounted_at(cx: &Cx, session: &SessionId, path: &str) -> Result<String> {
    let backend = cx.backend()?;
    let resources = backend.require_resources()?;
    let at = SessionPath { session: session.clone(), path: cx.resolve(path)? };
    let (mut mounted, mut unknown, mut walk) = (Vec::new(), None, Pager::whole());
    while let Some(request) = walk.request()? {
        for resource in walk.take(resources.list(session, request).await?).0 {
            match resource {
                Ok(one) => mounted.extend(one.mount_path.map(|path| (path, one.id))),
                Err(error) => drop(unknown.get_or_insert(error)),
            }
        }
    }
    let mut wanted: RemotePath = at.path.clone();
    let is_there = |wanted: &RemotePath| mounted.iter().any(|(path, _)| path == wanted.as_str());
    if let Some(files) = backend.files().filter(|_| !is_there(&wanted)) {
        // The service may have resolved the path differently. If the path does not exist, the search below fails.
        wanted = files.resolve(&at).await.map_or(wanted, |at| at.path);
    }
    if let Some((_, id)) = mounted.into_iter().find(|(path, _)| path == wanted.as_str()) {
        let what = format!("the resource at `{wanted}` has no id, so it cannot be unmounted");
        return id.ok_or_else(|| Error::new(Kind::Unsupported, what));
    }
    // An unreadable resource may be the one at this path.
    Err(unknown.unwrap_or_else(|| {
        Error::not_found(format!("nothing is mounted at `{session}:{wanted}`"))
            .hint(format!("{} shows the mount paths", Step::ListResources { session: Some(session.as_str()) }))
    }))
}
