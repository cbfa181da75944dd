//! `wharf backends`.

use super::Cx;
use crate::backend::registry;
use crate::error::Result;
use crate::output::CapabilitiesView;

pub(super) fn run(cx: &Cx) -> Result<()> {
    let mut listing = cx.out.listing();
    registry::ALL.iter().try_for_each(|entry| listing.push(&CapabilitiesView(entry.capabilities)))?;
    listing.finish()
}
