//! `wharf backends`.

use super::Cx;
use crate::output::CapabilitiesView;
use wharf_client::backend::registry;
use wharf_core::error::Result;

pub(super) fn run(cx: &Cx) -> Result<()> {
    let mut listing = cx.out.listing();
    registry::ALL.iter().try_for_each(|entry| listing.push(&CapabilitiesView(entry.capabilities)))?;
    listing.finish()
}
