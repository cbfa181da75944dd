//! `wharf sessions events`.

use std::pin::pin;

use clap::{Args, ValueEnum};
use futures_util::StreamExt;

use crate::commands::Cx;
use crate::commands::args::PagingFlags;
use crate::commands::cx::shown;
use crate::commands::session_name::SessionUse;
use crate::output::Record;
use wharf_client::backend::turn::{Activity, EventQuery, Followed};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Event, SessionId, Timestamp};
use wharf_core::verdict::Verdict;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    wharf sessions events SESSION --type text --type tool_call\n  \
    wharf sessions events SESSION -f --format jsonl\n  \
    wharf sessions events SESSION --until idle")]
pub(in crate::commands) struct SessionsEventsArgs {
    /// Session; : is the one of --session or WHARF_SESSION
    #[arg(value_name = "SESSION", required_unless_present = "session_id")]
    target: Option<String>,

    /// The same, by the vendor's flag
    #[arg(long, value_name = "SESSION", hide = true, conflicts_with = "target")]
    session_id: Option<String>,

    /// Go on with events as they happen, until the session ends
    #[arg(short, long, conflicts_with_all = ["limit", "page"])]
    follow: bool,

    /// Only events of this type, of wharf or of the provider; can be repeated
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,

    /// Only events after this event, or at this time or later
    #[arg(long, value_name = "ID|TIME")]
    since: Option<String>,

    /// Follow the events until the agent's turn is over
    #[arg(long, value_enum, value_name = "STATE", conflicts_with_all = ["limit", "page"])]
    until: Option<Until>,

    #[command(flatten)]
    paging: PagingFlags,
}

/// `--until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Until {
    /// The last turn is over.
    Idle,
}

/// Decides which events are listed.
struct EventFilter {
    /// Names of types, of wharf or of the provider.
    types: Vec<String>,
    /// The event after which the listing begins; none once it came.
    after: Option<String>,
    /// The time of the first event.
    not_before: Option<Timestamp>,
}

impl SessionsEventsArgs {
    /// Returns the SESSION argument.
    pub(super) fn target(&self) -> &str {
        self.target.as_deref().or(self.session_id.as_deref()).unwrap_or_default()
    }

    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let events = cx.backend()?.require_events()?;
        let since: Option<Timestamp> = self.since.as_deref().and_then(|since| since.parse().ok());
        // Events before that time show as well whether the turn is over.
        let (since, not_before) = if self.until.is_some() { (None, since) } else { (since, None) };
        let query = EventQuery { since };
        let after = self.since.filter(|_| since.or(not_before).is_none());
        if let (Some(id), Some(_)) = (&after, &self.paging.page) {
            // The event may be on an earlier page.
            return Err(Error::usage(format!("--since with an event and --page exclude each other: {id:?}"))
                .hint("leave out --since: a page begins where the one before it ended"));
        }
        let session =
            cx.session(self.target.as_deref().or(self.session_id.as_deref()).unwrap_or_default(), SessionUse::Read);
        let session = session.await?;
        let mut filter = EventFilter { types: self.types, after, not_before };
        if self.follow || self.until.is_some() {
            return follow(cx, &session, &query, filter, self.until).await;
        }
        let mut number = 0;
        let listed = cx.pages(&self.paging, cx.out.listing(), async |page| {
            let mut page = events.list(&session, &query, page).await?;
            for event in page.items.iter_mut().flatten() {
                number += 1;
                event.seq = number;
            }
            page.items.retain(|event| event.as_ref().map_or(true, |event| filter.wants(event)));
            Ok(page)
        });
        listed.await?;
        filter.check()
    }
}

/// Writes events as they happen, until the session or the turn ends.
async fn follow(
    cx: &Cx,
    session: &SessionId,
    query: &EventQuery,
    mut filter: EventFilter,
    until: Option<Until>,
) -> Result<()> {
    let mut listing = cx.out.following::<Event>();
    let mut steps = cx.backend()?.require_events()?.follow(session, query);
    let (mut number, mut caught_up, mut done) = (0, false, false);
    let mut verdict = Verdict::default();
    let mut reader_left = pin!(cx.out.reader_left());
    loop {
        let step = tokio::select! {
            step = steps.next() => step,
            // No event may come that would show it.
            error = &mut reader_left => return Err(error),
        };
        let Some(step) = step else { break };
        let activity = match step {
            Ok(Followed::Event(mut event, activity)) => {
                number += 1;
                event.seq = number;
                if filter.wants(&event) {
                    shown(listing.push(&event), &mut verdict)?;
                }
                activity
            }
            Ok(Followed::Unreadable(error)) => {
                cx.out.note_now(format!("an event is left out: {error}"));
                verdict.failed(error);
                Activity::Same
            }
            Ok(Followed::CaughtUp) => {
                caught_up = true;
                if let Err(error) = filter.check() {
                    listing.abandon();
                    return Err(error);
                }
                Activity::Same
            }
            Err(error) => {
                listing.abandon();
                return Err(error);
            }
        };
        match activity {
            Activity::Same => {}
            Activity::Working => done = false,
            Activity::Done => done = true,
        }
        if until == Some(Until::Idle) && caught_up && done {
            break;
        }
    }
    listing.finish()?;
    verdict.into_result(<Event as Record>::NOUN)
}

impl EventFilter {
    /// Checks, at the end of the history, whether the event came after which the listing begins.
    ///
    /// # Errors
    /// `not_found` if it did not.
    fn check(&self) -> Result<()> {
        match &self.after {
            Some(id) => Err(Error::new(Kind::NotFound, format!("no event of the session has this id: {id:?}"))
                .hint("`--since` takes an id of `wharf sessions events`, or a time such as 2026-11-27T09:00:00Z")),
            None => Ok(()),
        }
    }

    fn wants(&mut self, event: &Event) -> bool {
        if let Some(after) = &self.after {
            if event.id.as_ref() == Some(after) {
                self.after = None;
            }
            return false;
        }
        if event.at.is_some_and(|at| self.not_before.is_some_and(|not_before| at < not_before)) {
            return false;
        }
        self.types.is_empty()
            || self.types.iter().any(|name| *name == event.kind.name() || Some(name) == event.provider_type.as_ref())
    }
}
