//! `wharf serve`: the hosted services' protocols in front of the local store, for tests.
//!
//! One listener on this machine's loopback speaks every dialect; a path says which is meant. Each
//! request goes through `exchange.rs`, where faults come in, to a `Dialect`, which does with a
//! backend what is asked for. Any key is accepted, unless commands really run; nothing is synced before
//! the end.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests prepare their own files"))]

mod agb;
mod agent_program;
mod answer;
mod anthropic;
mod api_error;
mod connection;
mod dialect;
pub mod env_file;
mod event_stream;
mod exchange;
pub mod faults;
mod form;
mod foundry;
mod guard;
mod journal;
mod log;
mod request;
mod runner;
mod script;
mod tls;
mod token;
mod trust;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use self::agb::AgbEmulator;
use self::agent_program::AgentProgram;
use self::anthropic::AnthropicEmulator;
use self::connection::{Connection, Socket, Stream};
use self::dialect::Dialect;
use self::exchange::ServerState;
use self::faults::{Fault, Faults};
use self::foundry::FoundryEmulator;
use self::log::Log;
use self::tls::Tls;
use self::token::AccessKey;
use wharf_client::backend::Backend as _;
use wharf_client::backend::local::{self, Durability, Local};
use wharf_core::advice::Setting;
use wharf_core::error::{Error, Kind, Result};
use wharf_wire::foundry::FoundryOperation;

/// How long requests may go on when the server stops.
const GRACE: Duration = Duration::from_millis(500);

/// How long a client may take to agree on a secure connection.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long a connection may wait for its client: for a request or the rest of its head, for the next bytes of
/// its body, and for the client to take what is sent to it.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How long to wait where the system has no socket left.
const PAUSE: Duration = Duration::from_millis(50);

/// A dialect, before there is a server.
struct DialectSpec {
    /// The backend whose service it is.
    backend: &'static str,
    /// The names that faults know its requests by. What two dialects have in common has one name.
    operations: fn() -> Vec<&'static str>,
    /// Longer names for some of them, which say more of a request than its path does.
    parts: fn() -> &'static [&'static str],
    /// The variables by which clients find it at an origin, and the key for it.
    variables: fn(&str, &str) -> Vec<(&'static str, String)>,
    /// Speaks it.
    build: fn(&DialectContext<'_>) -> Result<Box<dyn Dialect>>,
}

/// Where a dialect is spoken.
struct DialectContext<'a> {
    origin: &'a str,
    /// What all dialects are in front of.
    backend: &'a Arc<Local>,
    /// The store's place, if it stays.
    stays: Option<&'a Path>,
    /// A directory that goes with the server.
    scratch: &'a Path,
    /// Whether commands really run.
    exec: bool,
    /// The words of the command that does an agent's work, where one does.
    agent_command: Option<&'a [OsString]>,
}

impl DialectContext<'_> {
    /// Returns the program that does an agent's work, where one does.
    fn agent(&self) -> Option<AgentProgram> {
        let argv = self.agent_command?.to_owned();
        Some(AgentProgram::new(argv, Arc::clone(self.backend), self.scratch.to_owned()))
    }
}

/// All dialects.
const DIALECTS: &[DialectSpec] = &[
    DialectSpec {
        backend: "foundry",
        operations: || dialect::names::<FoundryOperation>().collect(),
        parts: || &[],
        variables: foundry::variables,
        build: |context| Ok(Box::new(FoundryEmulator::new(context.backend.clone(), context.agent()))),
    },
    DialectSpec {
        backend: "anthropic",
        operations: anthropic::operations,
        parts: || &[],
        variables: anthropic::variables,
        build: |context| {
            Ok(Box::new(AnthropicEmulator::new(Arc::clone(context.backend), context.stays, context.agent())?))
        },
    },
    DialectSpec {
        backend: "agb",
        operations: agb::operations,
        parts: agb::parts,
        variables: agb::variables,
        build: |context| {
            let objects = Local::new(context.scratch.join("objects"), local::CAPABILITIES.limits, Durability::None);
            let (origin, backend) = (context.origin.to_owned(), Arc::clone(context.backend));
            let exec = context.exec.then(|| context.scratch.to_owned());
            Ok(Box::new(AgbEmulator::new(origin, backend, Arc::new(objects), exec)?))
        },
    },
];

/// Returns each backend with the names that faults have for the operations of its service, in the order of its routes.
pub fn operations_by_backend() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    DIALECTS.iter().map(|dialect| (dialect.backend, (dialect.operations)()))
}

/// Returns the names that faults have for the operations of all services, sorted.
pub fn operations() -> Vec<&'static str> {
    let mut all: Vec<_> = operations_by_backend().flat_map(|(_, operations)| operations).collect();
    all.extend(DIALECTS.iter().flat_map(|dialect| (dialect.parts)()));
    all.push(dialect::UNKNOWN);
    all.sort_unstable();
    all.dedup();
    all
}

/// Returns the backends whose services a server stands in for.
pub fn backends() -> impl Iterator<Item = &'static str> {
    DIALECTS.iter().map(|dialect| dialect.backend)
}

/// What a server is to be like.
pub struct ServerOptions {
    /// Where it listens: an address of this machine's loopback.
    pub listen: SocketAddr,
    /// Whether connections are secure.
    pub tls: bool,
    /// Where it keeps everything; in a directory that goes with it where there is none.
    pub store: Option<PathBuf>,
    /// Whether commands and code really run, as this user. Then a random key is the only one that is accepted.
    pub exec: bool,
    /// The words of a command that does the agent's work, as this user. Then, too, a random key is the only one.
    pub agent_command: Option<Vec<OsString>>,
    /// What goes wrong on purpose.
    pub faults: Vec<Fault>,
    /// Where requests are written down.
    pub log: Option<PathBuf>,
    /// Receives warnings about what does not end the server.
    pub warn: Arc<dyn Fn(String) + Send + Sync>,
    /// How long a connection may wait for its client.
    pub patience: Duration,
}

/// A server that listens.
pub struct Server {
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    shared: Arc<ServerState>,
    backend: Arc<Local>,
    origin: String,
    variables: Vec<(&'static str, String)>,
    /// What goes with it. The last field, so that all tasks that use it have ended before.
    scratch: TempDir,
}

impl Server {
    /// Binds the address and prepares the store.
    ///
    /// # Errors
    /// `usage` for an address that others can reach; `conflict` for one that is taken; `io` where
    /// the store, the log or a temporary directory cannot be opened.
    pub async fn bind(options: ServerOptions) -> Result<Self> {
        let ServerOptions { listen, tls, store, exec, agent_command, faults, log, warn, patience } = options;
        if !listen.ip().is_loopback() {
            return Err(Error::usage(format!("this address can be reached from elsewhere: `{listen}`"))
                .hint("the server takes any key: listen on 127.0.0.1 or [::1]"));
        }
        let log = log.map(|path| Log::open(path, warn)).transpose()?.map(Arc::new);
        let scratch = tempfile::Builder::new().prefix("wharf-serve-").tempdir();
        let scratch = scratch.map_err(|e| {
            let parent = std::env::temp_dir();
            Error::io(format!("creating a temporary directory in `{}`", parent.display()), &e)
                .of_kind(Kind::Io)
                .hint("set TMPDIR to a directory that can be written to")
        })?;
        let store = store.map(|store| {
            std::path::absolute(&store).map_err(|e| Error::io(format!("finding `{}`", store.display()), &e))
        });
        let store = store.transpose()?;
        let (home, outlives) = match &store {
            Some(store) => (store.clone(), Durability::Process),
            None => (scratch.path().join("store"), Durability::None),
        };
        let backend = Arc::new(Local::new(home, local::CAPABILITIES.limits, outlives));
        let listener = TcpListener::bind(listen).await.and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) = listener.map_err(|e| not_listening(listen, &e))?;
        let origin = format!("{}://{address}", if tls { "https" } else { "http" });
        let access = if exec || agent_command.is_some() { AccessKey::random()? } else { AccessKey::any() };
        let mut variables: Vec<_> =
            DIALECTS.iter().flat_map(|dialect| (dialect.variables)(&origin, access.key())).collect();
        let mut acceptor = None;
        if tls {
            let tls = Tls::make()?;
            variables.extend(trust::variables(scratch.path(), &tls.authority)?);
            acceptor = Some(tls.acceptor);
        }
        let context = DialectContext {
            origin: &origin,
            backend: &backend,
            stays: store.as_deref(),
            scratch: scratch.path(),
            exec,
            agent_command: agent_command.as_deref(),
        };
        let dialects = DIALECTS.iter().map(|dialect| (dialect.build)(&context)).collect::<Result<_>>()?;
        let shared = Arc::new(ServerState { dialects, access, faults: Faults::new(faults), log, patience });
        Ok(Server { listener, acceptor, shared, backend, origin, variables, scratch })
    }

    /// Returns the address of the server, as a URL.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns the variables by which clients find it and trust it.
    pub fn variables(&self) -> &[(&'static str, String)] {
        &self.variables
    }

    /// Answers until `stop` is there, and a little longer those who are being answered.
    ///
    /// # Errors
    /// `io` where a store that stays cannot be made durable, or a temporary one removed.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<()> {
        let Server { listener, acceptor, shared, backend, scratch, .. } = self;
        let closing = watch::Sender::new(false);
        let mut lines = JoinSet::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                accepted = listener.accept() => match accepted {
                    Ok((tcp, _)) => {
                        lines.spawn(talk(tcp, acceptor.clone(), Arc::clone(&shared), closing.subscribe()));
                    }
                    Err(_) => sleep(PAUSE).await,
                },
                Some(_) = lines.join_next() => {}
            }
        }
        drop(listener);
        closing.send_replace(true);
        // A connection that takes longer is cut off when `lines` goes.
        drop(timeout(GRACE, async { while lines.join_next().await.is_some() {} }).await);
        lines.shutdown().await;
        for dialect in &shared.dialects {
            dialect.stop().await;
        }
        backend.flush().await?;
        drop((shared, backend));
        scratch.close().map_err(|e| Error::io("removing the temporary store", &e).of_kind(Kind::Io))
    }
}

fn not_listening(address: SocketAddr, error: &std::io::Error) -> Error {
    use std::io::ErrorKind::{AddrInUse, AddrNotAvailable};
    let made = Error::io(format!("listening on {address}"), error);
    match error.kind() {
        AddrInUse | AddrNotAvailable => {
            made.of_kind(Kind::Conflict).hint(format!("leave out {} to use a free port", Setting::Listen))
        }
        _ => made,
    }
}

/// Serves one connection to its end.
async fn talk(
    tcp: TcpStream,
    acceptor: Option<TlsAcceptor>,
    shared: Arc<ServerState>,
    mut closing: watch::Receiver<bool>,
) {
    // Only speed depends on it.
    drop(tcp.set_nodelay(true));
    let stream = match acceptor {
        None => Stream::Plain(tcp),
        Some(acceptor) => match timeout(HANDSHAKE, acceptor.accept(tcp)).await {
            Ok(Ok(tls)) => Stream::Tls(Box::new(tls)),
            _ => return,
        },
    };
    let line = Connection::new(shared.patience);
    let patience = shared.patience;
    let socket = TokioIo::new(Socket::new(stream, Arc::clone(&line)));
    let service = service_fn(|request| exchange::serve(Arc::clone(&shared), Arc::clone(&line), request));
    let mut server = http1::Builder::new();
    // This counts between requests as well.
    server.timer(TokioTimer::new()).header_read_timeout(patience);
    let mut connection = std::pin::pin!(server.serve_connection(socket, service).with_upgrades());
    tokio::select! {
        // What ends it is the other side's to know.
        _ = connection.as_mut() => return,
        _ = closing.wait_for(|closing| *closing) => connection.as_mut().graceful_shutdown(),
    }
    drop(connection.await);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// Reads until the server ends the connection.
    async fn ends(tcp: &mut TcpStream) -> Vec<u8> {
        let mut all = Vec::new();
        match timeout(Duration::from_secs(10), tcp.read_to_end(&mut all)).await.expect("the connection stays open") {
            Ok(_) => {}
            Err(e) => assert!(matches!(e.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{e}"),
        }
        all
    }

    #[tokio::test]
    async fn a_connection_whose_client_does_nothing_ends() {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let patience = Duration::from_millis(200);
        let options = ServerOptions {
            listen,
            tls: false,
            store: None,
            exec: false,
            agent_command: None,
            faults: Vec::new(),
            log: None,
            warn: Arc::new(drop),
            patience,
        };
        let server = Server::bind(options).await.unwrap();
        let address = server.origin().trim_start_matches("http://").to_owned();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let clients = async {
            let list = format!("GET /v1/models HTTP/1.1\r\nhost: {address}\r\n\r\n");
            let put = format!("PUT /x HTTP/1.1\r\nhost: {address}\r\ncontent-length: 10\r\n\r\nhalf");
            // Nothing at all, half a head, half a body, and nothing after an answer.
            for (begun, answered) in [("", false), ("GET / HT", false), (put.as_str(), false), (list.as_str(), true)] {
                let mut tcp = TcpStream::connect(&address).await.unwrap();
                tcp.write_all(begun.as_bytes()).await.unwrap();
                let got = ends(&mut tcp).await;
                assert_eq!(got.starts_with(b"HTTP/1.1 40"), answered, "{begun}: {}", String::from_utf8_lossy(&got));
            }
            // One that goes on asking keeps its connection.
            let mut tcp = TcpStream::connect(&address).await.unwrap();
            for _ in 0..4 {
                tcp.write_all(list.as_bytes()).await.unwrap();
                assert!(tcp.read(&mut [0; 4096]).await.unwrap() > 0);
                sleep(patience / 2).await;
            }
            drop(stop);
        };
        let (ran, ()) = tokio::join!(server.run(async { drop(stopped.await) }), clients);
        ran.unwrap();
    }
}
