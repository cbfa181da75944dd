//! Which proxy a request takes, if any.

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

use super::address::is_loopback;
use crate::config::env;
use crate::error::{Error, Result};

/// The proxies of the environment. The rules of `NO_PROXY` are those of `hyper-util`, which are
/// curl's: host names with their subdomains, addresses, networks and `*`, with commas between.
pub(super) struct Proxies {
    rules: Matcher,
    http: Option<Url>,
    https: Option<Url>,
}

/// A variable's name and what is in it.
type Variable = (&'static str, String);

/// The variables that are set.
#[derive(Default)]
struct Variables {
    http: Option<Variable>,
    https: Option<Variable>,
    all: Option<Variable>,
    no: Option<Variable>,
}

impl Proxies {
    /// Reads `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, or their lower-case twins.
    ///
    /// # Errors
    /// `usage` for a proxy that is no URL: going around it in silence would be worse. The message
    /// does not repeat it, because it may hold a password.
    pub(super) fn from_env() -> Result<Self> {
        let read = |names: [&'static str; 2]| names.into_iter().find_map(|name| Some((name, env::text(name)?)));
        Self::new(&Variables {
            http: read(env::HTTP_PROXY),
            https: read(env::HTTPS_PROXY),
            all: read(env::ALL_PROXY),
            no: read(env::NO_PROXY),
        })
    }

    fn new(set: &Variables) -> Result<Self> {
        let url = |variable: &Option<Variable>| variable.as_ref().map(url).transpose();
        let (http, https, all) = (url(&set.http)?, url(&set.https)?, url(&set.all)?);
        let exceptions = set.no.as_ref().map_or("", |(_, text)| text);
        Ok(Proxies {
            // Only its exceptions are asked for; where the others go is decided here.
            rules: Matcher::builder().all("http://proxy.invalid").no(exceptions).build(),
            http: http.or_else(|| all.clone()),
            https: https.or(all),
        })
    }

    /// All that are set.
    pub(super) fn urls(&self) -> impl Iterator<Item = &Url> {
        self.http.iter().chain(&self.https)
    }

    /// The proxy for a request; `None` is the direct way, which every request to this machine takes.
    pub(super) fn for_url(&self, url: &Url) -> Option<Url> {
        let proxy = if url.scheme() == "http" { &self.http } else { &self.https };
        let proxy = proxy.as_ref().filter(|_| !is_loopback(url))?;
        self.rules.intercept(&url.as_str().parse().ok()?).map(|_| proxy.clone())
    }
}

/// A proxy as people write it: with a scheme, or `host:port` for plain HTTP.
fn url((name, text): &Variable) -> Result<Url> {
    let text = if text.contains("://") { text.clone() } else { format!("http://{text}") };
    let known = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
    match Url::parse(&text) {
        Ok(url) if url.has_host() && known.contains(&url.scheme()) => Ok(url),
        _ => Err(Error::usage(format!("this variable holds no address of a proxy: {name}"))
            .hint("write it like `http://proxy.example:3128`, or unset it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(http: &str, https: &str, all: &str, no: &str) -> Result<Proxies> {
        let set = |text: &str| Some(("X_PROXY", text.to_owned())).filter(|(_, text)| !text.is_empty());
        Proxies::new(&Variables { http: set(http), https: set(https), all: set(all), no: set(no) })
    }

    fn chosen(proxies: &Proxies, url: &str) -> Option<String> {
        proxies.for_url(&Url::parse(url).unwrap()).map(|url| url.to_string())
    }

    #[test]
    fn another_machine_is_reached_through_the_proxy_and_this_one_never() {
        let all = proxies("", "", "http://me:word@proxy.test:3128", "").unwrap();
        let proxy = Some("http://me:word@proxy.test:3128/".to_owned());
        for far in ["https://service.test/x", "http://service.test", "https://10.0.0.1", "https://localhost.test"] {
            assert_eq!(chosen(&all, far), proxy, "{far}");
        }
        for near in
            ["https://127.0.0.1:8443", "http://127.0.0.1", "https://[::1]/", "http://localhost:1", "https://LOCALHOST"]
        {
            assert_eq!(chosen(&all, near), None, "{near}");
        }
    }

    #[test]
    fn each_scheme_has_its_own_and_all_fills_the_gap() {
        let both = proxies("http://plain.test", "https://tls.test", "http://all.test", "").unwrap();
        assert_eq!(chosen(&both, "https://service.test").unwrap(), "https://tls.test/");
        assert_eq!(chosen(&both, "http://service.test").unwrap(), "http://plain.test/");
        let one = proxies("plain.test:80", "", "", "").unwrap();
        assert_eq!(chosen(&one, "https://service.test"), None);
        let socks = proxies("", "", "socks5h://127.0.0.1:1080", "").unwrap();
        assert_eq!(chosen(&socks, "https://service.test").unwrap(), "socks5h://127.0.0.1:1080");
    }

    #[test]
    fn exceptions_are_names_networks_and_everything() {
        let with = |no: &str| proxies("", "http://proxy.test", "", no).unwrap();
        let some = with("service.test, .other.test,10.0.0.0/8");
        for direct in ["https://service.test", "https://a.service.test", "https://b.other.test", "https://10.1.2.3"] {
            assert_eq!(chosen(&some, direct), None, "{direct}");
        }
        for far in ["https://notservice.test", "https://11.0.0.1"] {
            assert!(chosen(&some, far).is_some(), "{far}");
        }
        assert_eq!(chosen(&with("*"), "https://anything.test"), None);
    }

    #[test]
    fn a_proxy_that_is_none_is_refused_and_not_repeated() {
        for bad in ["ftp://hunter2@proxy.test", "http://", "http://hunter2@:x"] {
            let error = proxies(bad, "", "", "").err().unwrap();
            assert!(error.message().contains("X_PROXY") && !error.message().contains("hunter2"), "{error}");
        }
    }
}
