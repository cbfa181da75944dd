//! Evaluation of a path on a JSON text.
//!
//! Start with [`Engine::run`], which follows a path from pipe to pipe. Between two pipes, a [`ContainerSearch`] walks
//! into the containers. Results borrow from the input until a step creates new text.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use super::escape::unescape;
use super::glob;
use super::limits::{BoundedString, Limit, WorkBudget, check_depth};
use super::modifier;
use super::path::{ArrayStep, InnerPath, KeyStep, MultipathMember, NextStep, NodeId, Path, PathStep, Pick};
use super::query::Condition;
use super::scan::{Scanner, ValueKind, document, inside};
use super::selection::{MatchCount, Selection};

/// The maximum number of missed parts that an answer names.
const NAMED: usize = 16;

/// The text that a step selects; `None` for no match.
pub(super) type FoundText<'t> = Option<Cow<'t, str>>;

/// The state of one evaluation.
pub(super) struct Engine<'p> {
    path: &'p Path,
    pub(super) budget: WorkBudget,
    /// The numbers of matches and misses on the path that is being followed.
    share: Cell<MatchCount>,
    /// The parts of the path without a match, without duplicates, at most [`NAMED`].
    missed: RefCell<Vec<NodeId>>,
}

/// The result of the steps up to a pipe, and the node after the pipe.
struct PipeStage<'t> {
    value: FoundText<'t>,
    next: Option<NodeId>,
}

impl<'p> Engine<'p> {
    pub(super) fn new(path: &'p Path, input: &str) -> Self {
        Self { path, budget: WorkBudget::for_input(input.len()), share: Cell::default(), missed: RefCell::default() }
    }

    /// Returns the answer for `text`, which [run](Self::run) selected with the whole path.
    pub(super) fn answer<'t>(&self, text: FoundText<'t>) -> Selection<'t> {
        match (text, self.share.get()) {
            (None, _) | (_, MatchCount { found: 0, .. }) => Selection::Missed,
            (Some(text), MatchCount { missed: 0, .. }) => Selection::Matched(text),
            (Some(text), _) => {
                let missed = self.missed.borrow().iter().map(|id| self.path.part(*id).to_owned()).collect();
                Selection::Partial { text, missed }
            }
        }
    }

    /// Runs `work` without counting its misses, because its paths search rather than select. Also returns its match
    /// count.
    pub(super) fn aside<T>(&self, work: impl FnOnce() -> T) -> (T, MatchCount) {
        let (share, named) = (self.share.take(), self.missed.borrow().len());
        let done = work();
        self.missed.borrow_mut().truncate(named);
        (done, self.share.replace(share))
    }

    /// Adds to the match count of the current path.
    pub(super) fn count(&self, share: MatchCount) {
        self.share.set(self.share.get() + share);
    }

    fn miss(&self, id: NodeId) {
        let mut missed = self.missed.borrow_mut();
        if missed.len() < NAMED && !missed.contains(&id) {
            missed.push(id);
        }
    }

    /// Returns what the path from `id` on selects in `text`. Counts as one match or miss, or as several if the path
    /// names several parts (fields of a multipath, elements of an array).
    pub(super) fn run<'t>(&self, text: &'t str, id: NodeId, depth: usize) -> Result<FoundText<'t>, Limit> {
        let before = self.share.take();
        let value = self.follow(text, id, depth)?;
        let own = match (&value, self.share.get()) {
            (None, _) => {
                self.miss(id);
                MatchCount::MISSED
            }
            (Some(_), MatchCount { found: 0, missed: 0 }) => MatchCount::FOUND,
            (Some(_), parts) => parts,
        };
        self.share.set(before + own);
        Ok(value)
    }

    fn follow<'t>(&self, text: &'t str, id: NodeId, depth: usize) -> Result<FoundText<'t>, Limit> {
        check_depth(depth)?;
        let mut stage = self.stage(text, id, depth)?;
        while let Some(next) = stage.next {
            let value = stage.value.unwrap_or_default();
            if value.is_empty() {
                self.miss(id);
                self.count(MatchCount::MISSED);
            }
            // The step after a pipe runs even without input: `@keys` of nothing is `[]`.
            stage = match value {
                Cow::Borrowed(text) => self.stage(text, next, depth)?,
                Cow::Owned(text) => {
                    let PipeStage { value, next } = self.stage(&text, next, depth)?;
                    let value = value.map(|value| self.own(value)).transpose()?;
                    PipeStage { value, next }
                }
            };
        }
        Ok(stage.value)
    }

    fn own<'t>(&self, value: Cow<'_, str>) -> Result<Cow<'t, str>, Limit> {
        if let Cow::Borrowed(text) = value {
            self.budget.write(text.len())?;
        }
        Ok(Cow::Owned(value.into_owned()))
    }

    fn stage<'t>(&self, text: &'t str, id: NodeId, depth: usize) -> Result<PipeStage<'t>, Limit> {
        self.budget.read(text.len())?;
        let (value, next) = match self.path.node(id) {
            PathStep::Nothing => (None, None),
            PathStep::Modifier { modifier, next } => {
                let value = modifier::apply(modifier, self, text, depth)?;
                // The path after a modifier applies to the modifier's result.
                let value = match value {
                    _ if next.is_some() => Some(value),
                    Cow::Borrowed(text) => document(text).map(Cow::Borrowed),
                    Cow::Owned(text) => match document(&text) {
                        Some(all) if all.len() == text.len() => Some(Cow::Owned(text)),
                        part => part.map(|part| Cow::Owned(part.to_owned())),
                    },
                };
                (value, *next)
            }
            PathStep::Literal { json, next } => {
                // A literal always matches, whatever precedes it.
                self.share.take();
                let value = json.as_deref().map(|json| self.own(Cow::Borrowed(json)));
                (value.transpose()?, *next)
            }
            PathStep::Multipath { object, members, next } => {
                let value = self.multipath(text, *object, members, depth)?;
                (Some(Cow::Owned(value)), *next)
            }
            PathStep::Lines(step) => {
                let mut search = ContainerSearch::new(self);
                search.array(&mut Scanner::new(text), step, depth)?;
                (search.value, search.pipe)
            }
            PathStep::Component { .. } => {
                let mut search = ContainerSearch::new(self);
                let mut cursor = Scanner::new(text);
                cursor.first_container();
                search.descend(&mut cursor, id, depth)?;
                (search.value, search.pipe)
            }
        };
        Ok(PipeStage { value, next })
    }

    fn multipath(&self, text: &str, object: bool, members: &[MultipathMember], depth: usize) -> Result<String, Limit> {
        let mut out = BoundedString::new(&self.budget);
        out.push(if object { "{" } else { "[" })?;
        for member in members {
            let Some(value) = self.run(text, member.path, depth + 1)? else {
                continue;
            };
            if object {
                out.push_item(&member.key)?;
                out.push(":")?;
                out.push(&value)?;
            } else {
                out.push_item(&value)?;
            }
        }
        out.push(if object { "}" } else { "]" })?;
        Ok(out.finish())
    }

    /// Returns whether `text` matches the wildcard pattern.
    pub(super) fn matches(&self, text: &str, pattern: &str) -> Result<bool, Limit> {
        self.budget.read(text.len().saturating_mul(pattern.len()))?;
        Ok(glob::matches(text, pattern))
    }
}

/// A search from a container to a value in it.
///
/// The methods return whether the search is over. A search for all matches of a query is never over: its value is
/// known, but the search continues after the array, where a duplicate key may lead to another one.
struct ContainerSearch<'e, 'p, 't> {
    engine: &'e Engine<'p>,
    value: FoundText<'t>,
    pipe: Option<NodeId>,
}

impl<'e, 'p, 't> ContainerSearch<'e, 'p, 't> {
    fn new(engine: &'e Engine<'p>) -> Self {
        Self { engine, value: None, pipe: None }
    }

    /// Applies a component to the value at `cursor`, and moves past that value.
    fn descend(&mut self, cursor: &mut Scanner<'t>, id: NodeId, depth: usize) -> Result<bool, Limit> {
        check_depth(depth)?;
        match (cursor.kind(), self.engine.path.node(id)) {
            (Some(ValueKind::Object), PathStep::Component { key, .. }) => {
                cursor.enter();
                self.object(cursor, key, depth)
            }
            (Some(ValueKind::Array), PathStep::Component { array, .. }) => {
                cursor.enter();
                self.array(cursor, array, depth)
            }
            _ => {
                cursor.take();
                Ok(false)
            }
        }
    }

    /// Selects the value at `cursor`, or continues inside of it.
    fn arrive(&mut self, cursor: &mut Scanner<'t>, then: NextStep, depth: usize) -> Result<bool, Limit> {
        if let NextStep::Into(next) = then {
            return self.descend(cursor, next, depth + 1);
        }
        self.value = Some(Cow::Borrowed(cursor.take()));
        Ok(true)
    }

    fn object(&mut self, cursor: &mut Scanner<'t>, step: &KeyStep, depth: usize) -> Result<bool, Limit> {
        self.note_pipe(step.then);
        while let Some(key) = cursor.key() {
            if !self.key_fits(key, step)? {
                cursor.take();
            } else if self.arrive(cursor, step.then, depth)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn key_fits(&self, key: &str, step: &KeyStep) -> Result<bool, Limit> {
        let key = unescape(inside(key));
        if step.wild { self.engine.matches(&key, &step.name) } else { Ok(key == step.name) }
    }

    /// Notes the node after a pipe. It counts as soon as its component is tried, whether or not that matches.
    fn note_pipe(&mut self, then: NextStep) {
        if let NextStep::Pipe(pipe) = then {
            self.pipe = Some(pipe);
        }
    }

    fn array(&mut self, cursor: &mut Scanner<'t>, step: &ArrayStep, depth: usize) -> Result<bool, Limit> {
        self.note_pipe(step.then);
        let mut index = 0_usize;
        match &step.pick {
            Pick::Each(inner) => self.each(cursor, *inner, depth),
            Pick::First(query, inner) => self.first(cursor, query, *inner, depth),
            Pick::All(query, inner) => self.all(cursor, query, *inner, depth),
            Pick::Index(wanted) => {
                while cursor.element().is_some() {
                    if index != *wanted {
                        cursor.take();
                    } else if self.arrive(cursor, step.then, depth)? {
                        return Ok(true);
                    }
                    index += 1;
                }
                Ok(false)
            }
            Pick::Count | Pick::Nothing => {
                while cursor.element().is_some() {
                    cursor.take();
                    index += 1;
                }
                let count = matches!(step.pick, Pick::Count);
                if count {
                    self.value = Some(Cow::Owned(index.to_string()));
                }
                Ok(count)
            }
        }
    }

    fn each(&mut self, cursor: &mut Scanner<'t>, inner: InnerPath, depth: usize) -> Result<bool, Limit> {
        let mut out = BoundedString::new(&self.engine.budget);
        out.push("[")?;
        while cursor.element().is_some() {
            let element = cursor.take();
            if let Some(value) = self.engine.run(element, inner.path, depth + 1)? {
                out.push_item(&value)?;
            }
        }
        out.push("]")?;
        self.value = Some(Cow::Owned(out.finish()));
        self.pipe = inner.pipe.or(self.pipe);
        Ok(true)
    }

    fn first(
        &mut self,
        cursor: &mut Scanner<'t>,
        query: &Condition,
        inner: Option<InnerPath>,
        depth: usize,
    ) -> Result<bool, Limit> {
        while cursor.element().is_some() {
            let element = cursor.take();
            if query.accepts(self.engine, element, depth + 1)? {
                self.value = self.of_match(element, inner, depth)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn all(
        &mut self,
        cursor: &mut Scanner<'t>,
        query: &Condition,
        inner: Option<InnerPath>,
        depth: usize,
    ) -> Result<bool, Limit> {
        let mut out = BoundedString::new(&self.engine.budget);
        out.push("[")?;
        while cursor.element().is_some() {
            let element = cursor.take();
            if query.accepts(self.engine, element, depth + 1)?
                && let Some(value) = self.of_match(element, inner, depth)?
            {
                out.push_item(&value)?;
            }
        }
        out.push("]")?;
        self.value.get_or_insert(Cow::Owned(out.finish()));
        Ok(false)
    }

    /// Returns what is selected from an element that matches a query. The pipe in `inner` counts only if an element
    /// matches.
    fn of_match(&mut self, element: &'t str, inner: Option<InnerPath>, depth: usize) -> Result<FoundText<'t>, Limit> {
        let Some(inner) = inner else {
            return Ok(Some(Cow::Borrowed(element)));
        };
        self.pipe = inner.pipe.or(self.pipe);
        self.engine.run(element, inner.path, depth + 1)
    }
}
