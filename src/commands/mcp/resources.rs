//! The tools for resources that are mounted into sessions.

use serde::Deserialize;
use serde_json::{Map, json};

use super::call::McpCall;
use super::creation::Created;
use super::listing::{collect_pages, without_provider};
use super::results::ToolOutput;
use super::sessions::SessionArguments;
use crate::commands::resources::mounted_at;
use crate::commands::spec::name_left;
use wharf_client::backend::NewResource;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{FileId, Resource, ResourceKind};
use wharf_transfer::mount::MountUploads;
use wharf_transfer::plan::LocalSource;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AddArguments {
    #[serde(flatten)]
    session: SessionArguments,
    file_id: Option<String>,
    local_path: Option<String>,
    mount_path: Option<String>,
}

pub(super) async fn add(call: &McpCall<'_>) -> Result<ToolOutput> {
    let AddArguments { session, file_id, local_path, mount_path } = call.read()?;
    let session = session.id()?;
    let resources = call.backend.require_resources()?;
    resources.takes(ResourceKind::File)?;
    let new = |file_id, mount_path| NewResource {
        kind: ResourceKind::File,
        file_id: Some(file_id),
        mount_path,
        extra: Map::new(),
    };
    let resource = match (file_id, local_path) {
        (Some(id), None) => {
            let new = new(id.parse()?, mount_path);
            let resource = resources.add(&session, new.clone()).await?;
            note_added(call, &resource, None);
            call.host.cx.log_mounts(&session, [&new]);
            call.backend.flush().await?;
            resource
        }
        (None, Some(local)) => {
            let content = call.local_source(&local)?;
            let base = local.rsplit(['/', std::path::MAIN_SEPARATOR]).next().map(str::to_owned);
            let sources = [LocalSource::of_content(content, base.clone())];
            let options = call.host.cx.transfer_options()?;
            let mount = call.transfer(&options, async |transfer| {
                let _guard = transfer.cancellation.register();
                let mut uploads = MountUploads::new(transfer);
                let made = uploads.upload(&sources).await.map_err(|error| name_left(&uploads, error))?;
                call.host.cx.log_uploads(&session, &made, None);
                let Some(id) = made.first().cloned() else {
                    return Err(Error::new(Kind::Internal, "an upload has no id"));
                };
                let new = new(id.clone(), mount_path.or(base));
                let work = async { resources.add(&session, new).await };
                let mounted = uploads.mount(&made, work).await;
                if let Ok(resource) = &mounted {
                    note_added(call, resource, Some(id));
                }
                if mounted.is_err() && uploads.left().is_empty() {
                    call.host.cx.forget_uploads(&made);
                }
                let flushed = call.backend.flush().await;
                let mounted = mounted.map_err(|error| name_left(&uploads, error))?;
                flushed.map(|()| mounted)
            });
            mount.await?
        }
        _ => return Err(Error::usage("give exactly one of fileId and localPath")),
    };
    Ok(ToolOutput { fields: without_provider(&resource)?, error: None })
}

fn note_added(call: &McpCall<'_>, resource: &Resource, uploaded: Option<FileId>) {
    // A file has an id.
    if let Some(id) = resource.id.clone() {
        call.note_created(Created::Resource { session: resource.session.clone(), id, uploaded });
    }
}

pub(super) async fn list(call: &McpCall<'_>) -> Result<ToolOutput> {
    let session = call.read::<SessionArguments>()?.id()?;
    let resources = call.backend.require_resources()?;
    collect_pages(call, "resources", None, usize::MAX, None, async |page| resources.list(&session, page).await).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceDeleteArguments {
    #[serde(flatten)]
    session: SessionArguments,
    resource_id: Option<String>,
    mount_path: Option<String>,
}

pub(super) async fn delete(call: &McpCall<'_>) -> Result<ToolOutput> {
    let ResourceDeleteArguments { session, resource_id, mount_path } = call.read()?;
    let session = session.id()?;
    let id = match (resource_id, mount_path) {
        (Some(id), None) => id,
        (None, Some(path)) => mounted_at(call.host.cx, &session, &path).await?,
        _ => return Err(Error::usage("give exactly one of resourceId and mountPath")),
    };
    call.backend.require_resources()?.remove(&session, &id).await?;
    call.backend.flush().await?;
    ToolOutput::of(&json!({ "id": id, "deleted": true }))
}
