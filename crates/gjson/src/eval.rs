//! Applying a path to a JSON text.
//!
//! Start with [`Engine::run`], which follows a path from pipe to pipe; between two pipes a
//! [`ContainerSearch`] walks into the containers. Text is borrowed from the input for as long as no step
//! makes a new one.

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

/// The most parts of a path that an answer names as missed.
const NAMED: usize = 16;

/// What a step selects.
pub(super) type FoundText<'t> = Option<Cow<'t, str>>;

/// One evaluation.
pub(super) struct Engine<'p> {
    path: &'p Path,
    pub(super) budget: WorkBudget,
    /// How much of what the path that is being followed names was there so far.
    share: Cell<MatchCount>,
    /// The first parts of the path that had no match, each once.
    missed: RefCell<Vec<NodeId>>,
}

/// The result of the steps up to a pipe, and what is behind that.
struct PipeStage<'t> {
    value: FoundText<'t>,
    next: Option<NodeId>,
}

impl<'p> Engine<'p> {
    pub(super) fn new(path: &'p Path, input: &str) -> Self {
        Self { path, budget: WorkBudget::for_input(input.len()), share: Cell::default(), missed: RefCell::default() }
    }

    /// The answer, after the one [run](Self::run) of the whole path that selected `text`.
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

    /// Does `work` without counting what its paths do not find: they search rather than select. Also
    /// gives what they found.
    pub(super) fn aside<T>(&self, work: impl FnOnce() -> T) -> (T, MatchCount) {
        let (share, named) = (self.share.take(), self.missed.borrow().len());
        let done = work();
        self.missed.borrow_mut().truncate(named);
        (done, self.share.replace(share))
    }

    /// Counts one thing that the path names.
    pub(super) fn count(&self, share: MatchCount) {
        self.share.set(self.share.get() + share);
    }

    fn miss(&self, id: NodeId) {
        let mut missed = self.missed.borrow_mut();
        if missed.len() < NAMED && !missed.contains(&id) {
            missed.push(id);
        }
    }

    /// What the path that begins at `id` selects in `text`. It counts as one thing that is there or
    /// not, or, where it names several (members of a multipath, elements of an array), as these.
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
            // What is behind a pipe takes its turn even on nothing: `@keys` of that is `[]`.
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
                // Behind a modifier the text is looked at anew.
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
                // It is there, whatever was before it.
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

    /// Whether `text` fits the wildcards of `pattern`.
    pub(super) fn matches(&self, text: &str, pattern: &str) -> Result<bool, Limit> {
        self.budget.read(text.len().saturating_mul(pattern.len()))?;
        Ok(glob::matches(text, pattern))
    }
}

/// The way from a container to a value in it.
///
/// The methods tell whether the search is over. A search for all matches of a query never is: it
/// has a value, but goes on behind the array, where an equal key may still lead to another one.
struct ContainerSearch<'e, 'p, 't> {
    engine: &'e Engine<'p>,
    value: FoundText<'t>,
    pipe: Option<NodeId>,
}

impl<'e, 'p, 't> ContainerSearch<'e, 'p, 't> {
    fn new(engine: &'e Engine<'p>) -> Self {
        Self { engine, value: None, pipe: None }
    }

    /// Goes on with a component inside of the value at `cursor`, and steps over that.
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

    /// Finds or enters the value at `cursor`, which is the one that a component asks for.
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

    /// The pipe counts as soon as its component is tried.
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

    /// What is taken of an element that fits a query. The pipe in `inner` counts only if one does.
    fn of_match(&mut self, element: &'t str, inner: Option<InnerPath>, depth: usize) -> Result<FoundText<'t>, Limit> {
        let Some(inner) = inner else {
            return Ok(Some(Cow::Borrowed(element)));
        };
        self.pipe = inner.pipe.or(self.pipe);
        self.engine.run(element, inner.path, depth + 1)
    }
}
