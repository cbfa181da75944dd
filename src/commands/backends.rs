//! `wharf backends`.

use std::collections::BTreeSet;

use super::Cx;
use crate::output::{CapabilitiesView, MatrixRow};
use wharf_client::backend::{Feature, registry};
use wharf_core::error::Result;

pub(super) fn run(cx: &Cx) -> Result<()> {
    if cx.out.is_for_people() {
        print_features(cx)?;
        cx.out.separate()?;
    }
    let mut listing = cx.out.listing();
    registry::ALL.iter().try_for_each(|entry| listing.push(&CapabilitiesView(entry.capabilities)))?;
    listing.finish()
}

/// Prints which backend has which feature.
fn print_features(cx: &Cx) -> Result<()> {
    let all = || registry::ALL.iter().map(|entry| entry.capabilities);
    let features: BTreeSet<Feature> = all().flat_map(|backend| backend.features).copied().collect();
    let row = |feature: Feature| MatrixRow {
        name: feature.name().to_owned(),
        marks: all().map(|backend| backend.has(feature)).collect(),
    };
    cx.out.matrix("FEATURE", all().map(|backend| backend.backend), features.into_iter().map(row))
}
