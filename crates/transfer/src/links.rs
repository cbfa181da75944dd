//! What the walks of a transfer do with links.

use std::fmt::Display;

use wharf_core::advice::Setting;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::receipt::SkipReason;

/// The most links to directories that one walk follows: links to links make trees without end.
const MOST_FOLLOWED: u32 = 10_000;

/// The treatment of links in a tree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Links {
    /// Transfer their targets; a link that leads out of the tree fails.
    #[default]
    FollowInside,
    /// Exclude links.
    Skip,
    /// Transfer their targets, wherever they are.
    Follow,
    /// Fail for each link.
    Error,
}

/// Decides about the links of one walk.
///
/// A walk asks in three phases, because only the first needs no lookup, and a lookup is asynchronous for a session and
/// not for a disk: [`skip`](Self::skip) for each link, [`check_target`](Self::check_target) once its target is known,
/// and [`enter`](Self::enter) before the walk lists a directory that it points to.
pub(super) struct LinkPolicy {
    links: Links,
    followed: u32,
}

impl LinkPolicy {
    pub(super) fn new(links: Links) -> Self {
        LinkPolicy { links, followed: 0 }
    }

    /// Returns whether links that lead out of the tree are followed.
    pub(super) fn follows_outside(&self) -> bool {
        self.links == Links::Follow
    }

    /// Returns why the link is skipped; `None` for one to follow.
    ///
    /// # Errors
    /// `conflict` where links are refused.
    pub(super) fn skip(&self, link: impl Display) -> Result<Option<SkipReason>> {
        match self.links {
            Links::Skip => Ok(Some(SkipReason::Link)),
            Links::Error => {
                let (follow, skip) = (Setting::Links.to("follow-inside"), Setting::Links.to("skip"));
                Err(Error::conflict(format!("`{link}` is a link"))
                    .hint(format!("{follow} transfers its target, {skip} excludes it")))
            }
            Links::FollowInside | Links::Follow => Ok(None),
        }
    }

    /// Fails where the link may not be followed; `instead` is what the user can do about one that leads out of the
    /// tree, which `place` names.
    ///
    /// # Errors
    /// `conflict` where the target is outside and only links inside are followed.
    pub(super) fn check_target(&self, link: impl Display, is_inside: bool, place: &str, instead: &str) -> Result<()> {
        if is_inside || self.follows_outside() {
            return Ok(());
        }
        Err(Error::conflict(format!("the link leads out of {place}: `{link}`"))
            .hint(format!("{instead}, or use {}", Setting::Links.to("follow"))))
    }

    /// Counts a link to a directory that the walk lists next. `is_circle` where the directory holds the link or one of
    /// those that led to it.
    ///
    /// # Errors
    /// `conflict` for a circle, `limit` after 10,000 links.
    pub(super) fn enter(&mut self, link: impl Display, is_circle: bool) -> Result<()> {
        if is_circle {
            return Err(Error::conflict(format!("the link leads to a directory above it: `{link}`")));
        }
        self.followed += 1;
        if self.followed > MOST_FOLLOWED {
            let what = format!("more than {MOST_FOLLOWED} links to directories are in this tree: `{link}`");
            return Err(Error::new(Kind::Limit, what).hint(format!("{} leaves them out", Setting::Links.to("skip"))));
        }
        Ok(())
    }
}
