//! The context of a command.

use std::cell::{Cell, OnceCell, RefCell};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::GlobalFlags;
use super::args::PagingFlags;
use super::resolved_names::ResolvedNames;
use crate::output::{Format, Listing, Output, OutputOptions, Record, escape};
use wharf_client::backend::page::Pager;
use wharf_client::backend::{Backend, Capabilities, Feature, Page, PageRequest, registry};
use wharf_core::clock::until;
use wharf_core::config::answers::Answers;
use wharf_core::config::env;
use wharf_core::config::trace::TraceSink;
use wharf_core::config::{Flags, Origin, Settings};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, SessionId};
use wharf_core::platform::{self, SignalEvent};
use wharf_core::private_cache;
use wharf_core::run_journal::RunRecord;
use wharf_core::verdict::Verdict;
use wharf_transfer::TransferOptions;
use wharf_transfer::cancellation::{Cancellation, cancel_error};

/// The context of a command: settings, backend and output. Settings and backend are created when they are first used.
pub struct Cx {
    /// The output of the command.
    pub out: Output,
    flags: Flags,
    settings: OnceCell<Settings>,
    backend: OnceCell<Box<dyn Backend>>,
    /// The buffer of answers for `--format raw`.
    answers: Option<Answers>,
    /// The cancellation of the command.
    pub cancellation: Cancellation,
    /// The exit status of a command that succeeds. It is not 0 only if the status of another program is passed on.
    pub(super) status: Cell<u8>,
    /// The channel for signals while work handles them itself.
    signals: RefCell<Option<UnboundedSender<SignalEvent>>>,
    /// Whether work handles signals itself.
    pub(super) handles_signals: Arc<AtomicBool>,
    /// Set by the handler of the first signal that asks the process to stop, before any other reaction.
    pub(super) asked: Arc<AtomicBool>,
    /// The next line of the terminal, where a thread reads it.
    pub(super) reading: tokio::sync::Mutex<Option<oneshot::Receiver<io::Result<String>>>>,
    /// The names of sessions that were resolved.
    pub(super) names: RefCell<ResolvedNames>,
}

impl Cx {
    /// Creates the context. `configured` reads the configuration file for the format; without it, only the command line
    /// and the environment decide. With `own_format`, only the command line decides how results are printed.
    pub fn new(global: &GlobalFlags, configured: bool, own_format: bool) -> Result<Self> {
        let mut flags = global.layer();
        let mut resolved = if configured { Some(Settings::resolve(&flags, registry::choosers())?) } else { None };
        let format = match resolved.as_ref().map(|settings| settings.format.value.as_deref().map(Format::parse)) {
            Some(word) if !own_format => word.transpose()?.or(global.format),
            // The agent format leaves the output of a command as it is, and decides how errors are printed.
            Some(word) => global.format.or(word.and_then(Result::ok).filter(|format| *format == Format::Agent)),
            None => global.format.or_else(|| env::text(env::FORMAT).and_then(|word| Format::parse(&word).ok())),
        };
        let answers = (format == Some(Format::Raw)).then(Answers::default);
        flags.answers.clone_from(&answers);
        let out = Output::new(OutputOptions {
            format: format.unwrap_or_default(),
            raw_output: global.raw_output,
            quiet: global.quiet,
            null: global.null,
            transform: global.transform.clone(),
            color: global.color,
            progress: global.progress,
            utc: global.utc,
            verbose: global.verbose,
            causes: global.debug,
            answers: answers.clone(),
        })?;
        if global.verbose || global.debug {
            flags.trace = Some(TraceSink { detail: global.debug, say: out.noter() });
        }
        if let Some(settings) = &mut resolved {
            settings.trace.clone_from(&flags.trace);
            settings.answers.clone_from(&flags.answers);
        }
        Ok(Cx {
            out,
            answers,
            flags,
            settings: resolved.map(OnceCell::from).unwrap_or_default(),
            backend: OnceCell::new(),
            cancellation: Cancellation::default(),
            status: Cell::new(0),
            signals: RefCell::default(),
            handles_signals: Arc::default(),
            asked: Arc::default(),
            reading: tokio::sync::Mutex::default(),
            names: RefCell::default(),
        })
    }

    /// Returns the flags that other layers can set as well.
    pub(super) fn flags(&self) -> &Flags {
        &self.flags
    }

    /// Returns the backend that the command line names, for a command that does not use it.
    #[cfg(feature = "emulator")]
    pub(super) fn named_backend(&self) -> Option<&str> {
        self.flags.backend.as_deref()
    }

    /// Returns the combined settings.
    pub fn settings(&self) -> Result<&Settings> {
        if self.settings.get().is_none() {
            let _ = self.settings.set(Settings::resolve(&self.flags, registry::choosers())?);
        }
        self.settings.get().ok_or_else(|| Error::usage("no settings"))
    }

    /// Returns the chosen backend.
    pub fn backend(&self) -> Result<&dyn Backend> {
        if self.backend.get().is_none() {
            let _ = self.backend.set(registry::open(self.settings()?)?);
        }
        self.backend.get().map(AsRef::as_ref).ok_or_else(|| Error::usage("no backend"))
    }

    /// Cleans up after work of the backend that was dropped. Called when the command has ended.
    ///
    /// # Errors
    /// That of the command; what the work left behind.
    pub(super) async fn clean_up(&self, ended: Result<()>) -> Result<()> {
        let Some(backend) = self.backend.get() else { return ended };
        let _guard = self.cancellation.register_end();
        Error::after_clean_up(ended, backend.clean_up().await)
    }

    /// Removes the answers that completion keeps, after a command that may have made them wrong. Those of the local backend
    /// are not kept.
    pub(super) fn forget_completions(&self) {
        let is_local = |backend: &dyn Backend| backend.capabilities().account.is_none();
        if !self.backend.get().map(AsRef::as_ref).is_some_and(is_local)
            && let Some(cache) = self.settings.get().and_then(Settings::completion_cache)
        {
            private_cache::clear(&cache);
        }
    }

    /// Returns the backend with which a run was begun.
    ///
    /// # Errors
    /// Those of opening it; `conflict` if it is another service or store now.
    pub(super) fn backend_of_run(&self, run: &RunRecord) -> Result<Box<dyn Backend>> {
        let flags = Flags {
            backend: Some(run.backend.clone()),
            profile: run.profile.clone().or_else(|| self.flags.profile.clone()),
            agent: run.agent.clone().or_else(|| self.flags.agent.clone()),
            ..self.flags.clone()
        };
        let backend = registry::open(&Settings::resolve(&flags, registry::choosers())?)?;
        if backend.origin() == run.origin {
            return Ok(backend);
        }
        Err(Error::conflict(format!("it was begun at another service: {}", run.origin))
            .hint("set the address, profile and home with which it was begun"))
    }

    /// Returns the signals from now on, for work that handles them itself. Until then, and when the value is dropped,
    /// a signal ends the command.
    pub(super) fn signals(&self) -> Signals {
        let (sender, receiver) = unbounded_channel();
        *self.signals.borrow_mut() = Some(sender);
        self.handles_signals.store(true, Ordering::SeqCst);
        Signals { receiver, first: None, handled: Arc::clone(&self.handles_signals), asked: Arc::clone(&self.asked) }
    }

    /// Waits for work of a command that handles signals itself, unless it is to stop.
    ///
    /// # Errors
    /// Those of the work; that of a signal or of `--timeout`.
    pub(super) async fn unless_stopped<T>(
        &self,
        signals: &mut Signals,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        tokio::select! {
            done = work => done,
            heard = signals.next() => Err(cancel_error(heard.signal.kind())),
            error = self.cancellation.cancelled() => Err(error),
        }
    }

    /// Waits for `closing`, which writes the last output of work that handles signals itself, at most `patience` if
    /// there is a limit.
    ///
    /// # Errors
    /// That of writing; `interrupted` or `deadline` if the reader of the output stalls.
    pub(super) async fn close_output(
        &self,
        signals: &mut Signals,
        closing: impl Future<Output = Result<()>>,
        patience: Option<Duration>,
    ) -> Result<()> {
        tokio::select! {
            closed = closing => closed,
            heard = signals.next() => Err(cancel_error(heard.signal.kind())),
            error = self.cancellation.cancelled(), if patience.is_none() => Err(error),
            () = until(patience.map(|patience| Instant::now() + patience)) => Ok(()),
        }
    }

    /// Passes a signal on to the work that handles signals itself; returns it if there is no such work.
    pub(super) fn pass_signal(&self, event: SignalEvent) -> Option<SignalEvent> {
        match self.signals.borrow().as_ref() {
            Some(sender) => sender.send(event).err().map(|unsent| unsent.0),
            None => Some(event),
        }
    }

    /// Prints the settings in effect and their origins to stderr, for `--verbose`.
    pub(super) fn print_settings(&self) {
        let Some(settings) = self.settings.get() else { return };
        for (name, setting) in settings.all() {
            if let Some(value) = &setting.value {
                self.out.note(format!("{name}: {value} (from {})", setting.origin));
            }
        }
    }

    /// Sets the backend's name in an error, unless it has one.
    pub(super) fn with_backend_name(&self, error: Error) -> Error {
        match self.backend.get() {
            Some(backend) => error.from_backend(backend.capabilities().backend),
            None => error,
        }
    }

    /// Suggests to an agent the command that works in a session.
    pub(super) fn suggest_work(&self, session: &SessionId) -> Result<()> {
        let session = escape::shell_word(session.as_str());
        let backend = self.backend()?;
        let commands = [
            (Feature::Exec, format!("wharf exec {session} -- COMMAND")),
            (Feature::Invoke, format!("wharf invoke {session} PROMPT")),
        ];
        if self.out.is_for_agents()
            && let Some((_, command)) = commands.iter().find(|(feature, _)| backend.capabilities().has(*feature))
        {
            self.out.suggest(command);
        }
        Ok(())
    }

    /// Prints a note for each unknown field of a document.
    pub(super) fn note_unknown(&self, unknown: &[String]) {
        for name in unknown {
            self.out.note(format!("note: field `{name}` of the document is unknown to wharf and is sent as it is"));
        }
    }

    /// Returns the absolute path for one that the user wrote. A relative path is relative to the backend's home, and
    /// `@outputs` at the start is the directory of results.
    pub(super) fn resolve(&self, path: &str) -> Result<RemotePath> {
        resolve_path(self.backend()?.capabilities(), path)
    }

    /// Returns whether the command line, rather than the environment, has `--session`.
    pub(super) fn names_session(&self) -> Result<bool> {
        Ok(self.settings()?.session.origin == Origin::Flag)
    }

    /// Runs `work` for each subject, and prints the records that succeed. The first failure does not stop the others.
    pub async fn each<S, T: Record>(&self, subjects: &[S], work: impl AsyncFn(&S) -> Result<T>) -> Result<()> {
        let mut verdict = Verdict::default();
        let mut done = Vec::new();
        for subject in subjects {
            match work(subject).await {
                Ok(record) => {
                    done.push(record);
                    verdict.succeeded();
                }
                Err(error) => verdict.failed(error),
            }
        }
        self.out.objects(subjects.len(), &done, verdict.into_result(T::NOUN))
    }

    /// Returns the transfer options from the settings, before flags of the command.
    pub fn transfer_options(&self) -> Result<TransferOptions> {
        let settings = self.settings()?;
        let capabilities = self.backend()?.capabilities();
        let jobs = settings.jobs()?.unwrap_or(capabilities.jobs);
        let is_local = capabilities.account.is_none();
        let store_dir = settings.home().ok().filter(|_| is_local).and_then(|home| platform::key_of(&home).ok());
        Ok(TransferOptions {
            store_dir,
            jobs: usize::try_from(jobs).unwrap_or(1),
            load: settings.load.clone(),
            retries: settings.retries.unwrap_or(wharf_core::config::RETRIES),
            deadline: settings.deadline,
            ..TransferOptions::default()
        })
    }

    /// Prints a listing page by page, to its end or to the limit.
    pub async fn pages<T: Record>(
        &self,
        paging: &PagingFlags,
        mut listing: Listing<'_, T>,
        mut fetch: impl AsyncFnMut(PageRequest) -> Result<Page<T>>,
    ) -> Result<()> {
        let mut walk = Pager::new(self.backend()?.capabilities().backend, paging.page.as_deref(), paging.limit())?;
        let answers = self.answers.as_ref().filter(|_| self.out.wants_pages());
        let mut verdict = Verdict::default();
        loop {
            let page = match walk.request() {
                Ok(None) => break,
                Ok(Some(request)) => match answers {
                    Some(answers) => answers.with_all(fetch(request)).await,
                    None => fetch(request).await,
                },
                Err(error) => Err(error),
            };
            let (items, more) = match page {
                Ok(page) => walk.take(page),
                Err(error) => {
                    listing.abandon();
                    return Err(error);
                }
            };
            // The first answer is the page.
            let raw = answers.and_then(|answers| answers.take().into_iter().next());
            if let Some(raw) = &raw {
                shown(listing.push_page(raw.get()), &mut verdict)?;
            }
            for item in items {
                match item {
                    Ok(_) if raw.is_some() => {}
                    Ok(item) => shown(listing.push(&item), &mut verdict)?,
                    Err(error) => verdict.failed(error),
                }
            }
            if let Some(token) = more {
                listing.more(token);
            }
        }
        listing.finish()?;
        verdict.into_result(T::NOUN)
    }
}

/// Returns the absolute path for one that the user wrote, as [`Cx::resolve`].
///
/// # Errors
/// Those of [`RemotePath::resolve`] and [`RemotePath::check_length`].
pub(super) fn resolve_path(capabilities: &Capabilities, path: &str) -> Result<RemotePath> {
    let (base, path) = match path.strip_prefix("@outputs").map(|rest| rest.strip_prefix('/').unwrap_or(rest)) {
        Some(rest) if path == "@outputs" || path.starts_with("@outputs/") => (capabilities.outputs, rest),
        _ => (capabilities.home, path),
    };
    let path = RemotePath::resolve(path, &base.parse()?)?;
    path.check_length().map(|()| path)
}

/// The signals of work that handles them itself.
pub(super) struct Signals {
    receiver: UnboundedReceiver<SignalEvent>,
    /// The first signal that asked to stop.
    first: Option<Kind>,
    handled: Arc<AtomicBool>,
    asked: Arc<AtomicBool>,
}

impl Signals {
    /// Returns the next signal. Nothing is lost where the future is dropped.
    pub(super) async fn next(&mut self) -> SignalEvent {
        let Some(heard) = self.receiver.recv().await else { return std::future::pending().await };
        self.first.get_or_insert(heard.signal.kind());
        heard
    }

    /// Returns the kind of the first signal, if there was one.
    pub(super) fn first(&mut self) -> Option<Kind> {
        if self.first.is_none() {
            self.first = self.receiver.try_recv().ok().map(|heard| heard.signal.kind());
        }
        self.first
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.handled.store(false, Ordering::SeqCst);
        // What the signals asked for was done.
        self.asked.store(false, Ordering::SeqCst);
    }
}

/// Counts the result of printing a record. An error that concerns only this record, such as one that the format cannot
/// represent, does not end the command.
pub(super) fn shown(pushed: Result<()>, verdict: &mut Verdict) -> Result<()> {
    match pushed {
        Ok(()) => verdict.succeeded(),
        Err(error) if error.kind() == Kind::Usage => verdict.failed(error),
        Err(error) => return Err(error),
    }
    Ok(())
}
