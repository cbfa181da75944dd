//! Targets and session paths: what parses is safe, prints back, and obeys the laws of paths.
//!
//! The input is up to three lines: a target, a home directory, and the name of one part.

#![no_main]

use std::path::{Component, Path};

use libfuzzer_sys::fuzz_target;
use wharf_core::error::Kind;
use wharf_core::model::target::names_directory;
use wharf_core::model::{RemotePath, SessionName, SessionPath, Target};

fuzz_target!(|input: &str| {
    let mut lines = input.splitn(3, '\n');
    let target = lines.next().unwrap_or_default();
    let home = lines.next().unwrap_or_default();
    let name = lines.next().unwrap_or_default();

    check_target(target);
    let Some(home) = check_resolved(home, &RemotePath::root()) else { return };
    let typed = target.split_once(':').map_or(target, |(_, path)| path);
    let Some(path) = check_resolved(typed, &home) else { return };
    check_parent(&path);
    check_join(&path, name);
    check_pair(&path, &home);
});

fn check_target(text: &str) {
    assert!(!(Target::is_session_path(text) && Target::is_stored_file(text)), "two readings of {text:?}");
    match Target::parse(text) {
        Err(error) => assert_eq!(error.kind(), Kind::Usage, "{text:?}"),
        Ok(Target::Stored(id)) => {
            assert!(Target::is_stored_file(text));
            assert_eq!(id.to_string(), text);
            assert!(!text.chars().any(char::is_control), "{text:?}");
        }
        Ok(Target::Session { session, path }) => {
            assert!(Target::is_session_path(text));
            let printed = session.as_ref().map(ToString::to_string).unwrap_or_default();
            assert_eq!(format!("{printed}:{path}"), text);
            let resolved: RemotePath = path.parse().expect("the path of a target that parsed");
            let again = session.as_ref().map(|_| printed.parse().expect("a name as it is printed"));
            assert_eq!(again, session);
            if let Some(SessionName::Id(session)) = session {
                assert!(!Target::is_stored_file(&printed), "{printed:?}");
                // The name of a session is the name of a directory too.
                let mut parts = Path::new(&printed).components();
                assert!(matches!(parts.next(), Some(Component::Normal(part)) if part == printed.as_str()));
                assert_eq!(parts.next(), None);
                let whole = SessionPath { session: session.clone(), path: resolved.clone() };
                let again = Target::parse(&whole.to_string()).expect("a session path as it is printed");
                assert_eq!(
                    again,
                    Target::Session { session: Some(SessionName::Id(session)), path: resolved.to_string() }
                );
            }
        }
    }
}

/// What `text` names below `home`, checked.
fn check_resolved(text: &str, home: &RemotePath) -> Option<RemotePath> {
    let forbidden = text.contains('\0') || text.split('/').any(|part| part == "..");
    let path = match RemotePath::resolve(text, home) {
        Ok(path) => path,
        Err(error) => {
            assert!(forbidden, "{text:?} is refused");
            assert_eq!(error.kind(), Kind::Usage);
            return None;
        }
    };
    assert!(!forbidden, "{text:?} is taken");
    assert_clean(&path);
    assert_eq!(path.to_string().parse().ok().as_ref(), Some(&path));
    assert_eq!(RemotePath::resolve(path.as_str(), home).ok().as_ref(), Some(&path));
    assert_eq!(RemotePath::root().descend(path.relative()).ok().as_ref(), Some(&path));
    if !text.starts_with('/') {
        assert!(path.is_within(home), "{text:?} leaves {home}");
        assert_eq!(home.descend(path.below(home)).ok().as_ref(), Some(&path));
    }
    if names_directory(text) {
        let inside = RemotePath::resolve(&format!("{text}/x"), home).expect("one more part");
        assert!(inside.parent() == Some(path.clone()) || text.is_empty());
    }
    Some(path)
}

/// Checks the promised form: appended to a directory, the path stays inside.
fn assert_clean(path: &RemotePath) {
    let text = path.as_str();
    let parts = text.strip_prefix('/').expect("a leading slash");
    assert!(!text.contains('\0'), "{text:?}");
    assert!(path.is_root() || parts.split('/').all(|part| !matches!(part, "" | "." | "..")), "{text:?}");
    let outside = |part: Component<'_>| !matches!(part, Component::Normal(_) | Component::CurDir);
    assert!(!Path::new(path.relative()).components().any(outside), "{text:?}");
    assert!(path.is_within(path) && path.is_within(&RemotePath::root()));
    assert_eq!(path.below(path), "");
    assert_eq!(path.name().contains('/'), path.is_root());
}

/// The way up ends at the root, after a step for each part.
fn check_parent(path: &RemotePath) {
    let mut steps = 0;
    let mut here = path.clone();
    while let Some(parent) = here.parent() {
        assert_clean(&parent);
        assert_eq!(parent.join(here.name()), here);
        assert!(path.is_within(&parent) && !parent.is_within(&here));
        here = parent;
        steps += 1;
    }
    assert!(here.is_root());
    assert_eq!(steps, path.relative().split('/').filter(|part| *part != ".").count());
}

fn check_join(path: &RemotePath, name: &str) {
    if matches!(name, "" | "." | "..") || name.contains(['/', '\0']) {
        return;
    }
    let joined = path.join(name);
    assert_clean(&joined);
    assert_eq!(path.descend(name).ok().as_ref(), Some(&joined));
    assert_eq!(joined.parent().as_ref(), Some(path));
    assert_eq!(joined.name(), name);
    assert_eq!(joined.below(path), name);
    assert!(joined.is_within(path) && !path.is_within(&joined));
}

/// Two paths: what lies below the other, and what does not.
fn check_pair(one: &RemotePath, other: &RemotePath) {
    assert_eq!(one == other, one.is_within(other) && other.is_within(one));
    for (path, ancestor) in [(one, other), (other, one)] {
        let below = path.below(ancestor);
        assert!(!below.starts_with('/'));
        let top = if path.is_within(ancestor) { ancestor.clone() } else { RemotePath::root() };
        assert_eq!(top.descend(below).ok().as_ref(), Some(path), "{path} below {ancestor}");
    }
}
