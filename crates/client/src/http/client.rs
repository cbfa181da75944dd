//! Connections, opened on first use: one kind for this machine, one for all other hosts.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, ClientBuilder, Proxy, Url, redirect, retry};
use rustls::RootCertStore;
use tokio::sync::{OnceCell, oneshot};

use super::options::Options;
use super::proxy::Proxies;
use super::redact::Secrets;
use super::tls;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::thread;

/// How long an unused connection is kept. Services and load balancers close theirs after a minute or more; if one
/// closes while a request is being sent, the effect of a `Once` request is unknown.
const KEPT: Duration = Duration::from_secs(20);

/// The clients of one service.
#[derive(Default)]
pub(super) struct Clients {
    plain: OnceCell<Client>,
    secure: OnceCell<(Client, Proxies)>,
}

impl Clients {
    /// Returns the client for a URL, creating it on first use. Only `https` reads the certificates of the system and
    /// the proxies of the environment: plain `http` stays on this machine. The proxy's credentials are added to
    /// `secrets`.
    pub(super) async fn of(&self, url: &Url, options: &Options, secrets: &Secrets) -> Result<&Client> {
        if url.scheme() == "http" {
            return self.plain.get_or_try_init(|| async { plain(options) }).await;
        }
        let (client, proxies) = self.secure.get_or_try_init(|| async { secure(options, secrets) }).await?;
        // The HTTP library has no way to say that there is none.
        proxies.for_url(url).map(|_| client)
    }
}

fn plain(options: &Options) -> Result<Client> {
    // reqwest wants to know about TLS even where there is none.
    build(common(options, RootCertStore::empty())?.no_proxy())
}

fn secure(options: &Options, secrets: &Secrets) -> Result<(Client, Proxies)> {
    let proxies = Proxies::from_env();
    proxies.url().into_iter().for_each(|proxy| secrets.learn_proxy(proxy));
    let roots = tls::roots(options.ca_cert.as_deref(), options.deadline)?;
    let theirs = proxies.clone();
    let chosen = Proxy::custom(move |url| theirs.for_url(url).ok().flatten().cloned());
    Ok((build(common(options, roots)?.proxy(chosen))?, proxies))
}

fn common(options: &Options, roots: RootCertStore) -> Result<ClientBuilder> {
    // The port of the request takes the place of 0.
    let here = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))];
    Ok(Client::builder()
        .tls_backend_preconfigured(tls::config(roots)?)
        .user_agent(concat!("wharf/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .connect_timeout(options.connect_timeout)
        .pool_idle_timeout(KEPT)
        .dns_resolver(Arc::new(SystemNames))
        .resolve_to_addrs("localhost", &here))
}

/// The resolver of the system, run in a thread that the process does not wait for when it exits. The default resolver
/// of the HTTP library uses the thread pool of the runtime, which panics if no thread can be started, and whose
/// threads the process waits for.
struct SystemNames;

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        let (sender, found) = oneshot::channel();
        let look_up = move || {
            // The port of the request takes the place of 0.
            drop(sender.send((name.as_str(), 0).to_socket_addrs()));
        };
        let started = thread::spawn(look_up);
        Box::pin(async move {
            started?;
            let found = found.await.unwrap_or_else(|_| Err(io::ErrorKind::UnexpectedEof.into()))?;
            Ok(Box::new(found) as Addrs)
        })
    }
}

fn build(builder: ClientBuilder) -> Result<Client> {
    builder.build().map_err(|e| {
        let e = e.without_url();
        Error::new(Kind::Internal, format!("creating the HTTP client: {e}")).caused_by(&e)
    })
}
