//! The route tables, and the paths that official clients were recorded to use.

use std::collections::BTreeSet;

use wharf_wire::agb::AgbOperation;
use wharf_wire::anthropic::AnthropicOperation;
use wharf_wire::foundry::FoundryOperation;
use wharf_wire::route::{Method, NoRoute, Operation};

use crate::capture::Capture;

/// Paths that are not in the tables: what an endpoint of the service's own choice is at, and services beside it.
const OTHERS: &[&str] = &["/link/", "/oss/"];

/// Returns the recorded requests that are for no operation, and how many are for one.
fn unknown<O: Operation>(service: &str) -> (BTreeSet<String>, usize) {
    let (mut unknown, mut known) = (BTreeSet::new(), 0);
    for capture in Capture::all(service) {
        // A base URL has a path of its own in one of them.
        let path = capture.path().trim_start_matches("/pre");
        let method: Method = capture.method().parse().unwrap();
        match O::find(&method, path) {
            Ok(_) => known += 1,
            Err(NoRoute::Path) if OTHERS.iter().any(|other| path.starts_with(other)) => {}
            Err(error) => drop(unknown.insert(format!("{method} {path}: {error:?}"))),
        }
    }
    (unknown, known)
}

#[test]
fn every_recorded_request_is_for_an_operation_of_its_table() {
    for (service, (unknown, known)) in [
        ("foundry", unknown::<FoundryOperation>("foundry")),
        ("anthropic", unknown::<AnthropicOperation>("anthropic")),
        ("agb", unknown::<AgbOperation>("agb")),
    ] {
        assert!(unknown.is_empty(), "{service}: {unknown:#?}");
        assert!(known > 50, "{service}: only {known} requests were compared");
    }
}
