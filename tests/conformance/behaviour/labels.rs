//! Labels: set at the beginning, changed later, asked for in a listing.

use wharf_client::backend::{Feature, LabelPatch, NewSession, SessionQuery};
use wharf_core::error::Kind;
use wharf_core::model::Labels;

use super::in_views_too;
use crate::room::pages;
use crate::stage::refused;

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn labelled(pairs: &[(&str, &str)]) -> NewSession {
    NewSession { labels: labels(pairs), ..NewSession::default() }
}

#[test]
fn labels_are_kept_changed_and_removed() {
    in_views_too(async |stage| {
        let sessions = stage.sessions();
        let made = sessions.create(labelled(&[("team", "blue"), ("an odd name", "= , ü")])).await;
        let Some(made) = stage.allows(Feature::SessionLabels, made) else {
            let plain = sessions.create(NewSession::default()).await.unwrap();
            refused(sessions.label(&plain.id, LabelPatch::default()).await, Kind::Unsupported);
            return;
        };
        assert_eq!(made.labels, Some(labels(&[("team", "blue"), ("an odd name", "= , ü")])));
        let patch =
            LabelPatch { set: labels(&[("team", "red"), ("new", "1")]), remove: vec!["an odd name".to_owned()] };
        let wanted = Some(labels(&[("team", "red"), ("new", "1")]));
        assert_eq!(sessions.label(&made.id, patch).await.unwrap().labels, wanted);
        assert_eq!(sessions.label(&made.id, LabelPatch::default()).await.unwrap().labels, wanted, "just a look");
        let patch = LabelPatch { set: Labels::new(), remove: vec!["never there".to_owned()] };
        assert_eq!(sessions.label(&made.id, patch).await.unwrap().labels, wanted);
        assert_eq!(sessions.get(&made.id).await.unwrap().labels, wanted);
    });
}

#[test]
fn a_label_without_a_value_is_kept_or_refused() {
    in_views_too(async |stage| {
        if !stage.has(Feature::SessionLabels) {
            return;
        }
        let sessions = stage.sessions();
        let made = sessions.create(labelled(&[("team", "blue")])).await.unwrap();
        let blank = || LabelPatch { set: labels(&[("new", "")]), remove: Vec::new() };
        if stage.blank_labels {
            let wanted = Some(labels(&[("team", "blue"), ("new", "")]));
            assert_eq!(sessions.label(&made.id, blank()).await.unwrap().labels, wanted);
        } else {
            refused(sessions.label(&made.id, blank()).await, Kind::Usage);
            refused(sessions.create(labelled(&[("new", "")])).await, Kind::Usage);
            assert_eq!(sessions.get(&made.id).await.unwrap().labels, Some(labels(&[("team", "blue")])));
        }
    });
}

#[test]
fn a_listing_shows_the_sessions_that_have_all_labels() {
    in_views_too(async |stage| {
        let sessions = stage.sessions();
        let query = |pairs: &[(&str, &str)]| SessionQuery { labels: labels(pairs), ..SessionQuery::default() };
        if !stage.has(Feature::SessionLabels) {
            refused(
                sessions.list(&query(&[("a", "1")]), wharf_client::backend::PageRequest::default()).await,
                Kind::Unsupported,
            );
            return;
        }
        let mut ids = Vec::new();
        for pairs in [&[("a", "1"), ("b", "1")][..], &[("a", "1"), ("b", "2")], &[("a", "2"), ("b", "1")], &[]] {
            ids.push(sessions.create(labelled(pairs)).await.unwrap().id);
        }
        for (pairs, wanted) in [
            (&[("a", "1")][..], &[1, 0][..]),
            (&[("b", "1")], &[2, 0]),
            (&[("a", "1"), ("b", "1")], &[0]),
            (&[("a", "3")], &[]),
            (&[("c", "1")], &[]),
            (&[], &[3, 2, 1, 0]),
        ] {
            let query = query(pairs);
            for size in [Some(1), None] {
                let found = pages(size, async |page| sessions.list(&query, page).await).await.unwrap();
                let found: Vec<_> = found.into_iter().map(|session| session.id).collect();
                let wanted: Vec<_> = wanted.iter().map(|which: &usize| ids[*which].clone()).collect();
                assert_eq!(found, wanted, "{pairs:?}");
            }
        }
    });
}
