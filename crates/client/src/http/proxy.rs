//! Selects the proxy of a request by the rules of curl.

use std::net::IpAddr;

use reqwest::Url;

use super::address::is_loopback;
use wharf_core::config::env;
use wharf_core::error::{Error, Result};

/// The schemes of proxies.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// The port of a SOCKS proxy that names none (RFC 1928, section 3).
const SOCKS_PORT: u16 = 1080;

/// The proxy of the environment for `https://` addresses. Plain `http://` stays on this machine and uses no proxy.
#[derive(Debug, Default, Clone)]
pub(super) struct Proxies {
    /// An invalid address is an error only for a request that would use the proxy: silently connecting without the
    /// proxy would be worse.
    proxy: Option<Result<Url>>,
    exceptions: String,
}

impl Proxies {
    /// Reads `HTTPS_PROXY`, else `ALL_PROXY`, and `NO_PROXY`; the lower-case spelling of each has priority.
    pub(super) fn from_env() -> Self {
        let read = |names: [&'static str; 2]| names.into_iter().find_map(|name| Some((name, env::text(name)?)));
        let proxy = read(env::HTTPS_PROXY).or_else(|| read(env::ALL_PROXY));
        let exceptions = read(env::NO_PROXY).map(|(_, text)| text).unwrap_or_default();
        Proxies { proxy: proxy.map(|(name, text)| url(name, &text)), exceptions }
    }

    /// Returns the configured proxy if its address is valid.
    pub(super) fn url(&self) -> Option<&Url> {
        self.proxy.as_ref()?.as_ref().ok()
    }

    /// Returns the proxy for a request; `None` for a direct connection, which every request to this machine uses.
    ///
    /// # Errors
    /// `usage` for a proxy with an invalid address. The message does not repeat it, because it may hold a password.
    pub(super) fn for_url(&self, url: &Url) -> Result<Option<&Url>> {
        match &self.proxy {
            Some(proxy) if !is_loopback(url) && !is_exempt(&self.exceptions, url) => {
                proxy.as_ref().map(Some).map_err(Clone::clone)
            }
            _ => Ok(None),
        }
    }
}

/// Parses the address of a proxy: with a scheme, or `host:port` for plain HTTP. `socks://`, which desktops set, means
/// `socks4://`.
fn url(name: &str, text: &str) -> Result<Url> {
    let text = text.trim();
    let text = match text.split_once("://") {
        None => format!("http://{text}"),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("socks") => format!("socks4://{rest}"),
        Some(_) => text.to_owned(),
    };
    match Url::parse(&text) {
        Ok(mut url) if url.host_str().is_some_and(|host| !host.is_empty()) && SCHEMES.contains(&url.scheme()) => {
            if url.port_or_known_default().is_none() {
                // It cannot fail where there is a host.
                let _ = url.set_port(Some(SOCKS_PORT));
            }
            Ok(url)
        }
        _ => Err(Error::usage(format!("invalid proxy address in {name}"))
            .hint("write it like `http://proxy.example:3128` or `socks5h://127.0.0.1:1080`, or unset it")),
    }
}

/// Returns whether a list of exceptions contains the host of an address: the host itself, a domain above it, an
/// address, a network (`10.0.0.0/8`) or `*`, separated by commas or blanks. A port after a name has to match.
fn is_exempt(list: &str, url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let address: Option<IpAddr> = unbracketed(host).parse().ok();
    list.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty()).any(|entry| {
        if entry == "*" {
            return true;
        }
        let (name, port) = with_port(entry);
        if port.is_some_and(|port| url.port_or_known_default() != Some(port)) {
            return false;
        }
        match address {
            Some(address) => is_in_network(name, address),
            None => is_below(host, name.strip_prefix('.').unwrap_or(name).trim_end_matches('.')),
        }
    })
}

/// Splits the port from an entry. An IPv6 address without brackets has none.
fn with_port(entry: &str) -> (&str, Option<u16>) {
    match entry.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => match port.parse() {
            Ok(port) => (name, Some(port)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    }
}

fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// Returns whether a host is `domain` or a subdomain of it.
fn is_below(host: &str, domain: &str) -> bool {
    let Some(at) = host.len().checked_sub(domain.len()).filter(|_| !domain.is_empty()) else { return false };
    let (above, end) = (host.get(..at).unwrap_or_default(), host.get(at..).unwrap_or_default());
    end.eq_ignore_ascii_case(domain) && (above.is_empty() || above.ends_with('.'))
}

/// Returns whether an address equals `network` or is in that network.
fn is_in_network(network: &str, address: IpAddr) -> bool {
    let (base, bits) = match network.split_once('/') {
        Some((base, bits)) => (base, bits.parse::<u32>().ok()),
        None => (network, Some(128)),
    };
    let (Ok(base), Some(bits)) = (unbracketed(base).parse::<IpAddr>(), bits) else { return false };
    let differ = match (base.to_canonical(), address.to_canonical()) {
        (IpAddr::V4(base), IpAddr::V4(address)) if bits <= 32 || !network.contains('/') => {
            (base.to_bits() ^ address.to_bits()).leading_zeros().min(32) < bits.min(32)
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => (base.to_bits() ^ address.to_bits()).leading_zeros() < bits,
        _ => true,
    };
    !differ
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(proxy: &str, exceptions: &str) -> Proxies {
        Proxies { proxy: Some(url("X_PROXY", proxy)), exceptions: exceptions.to_owned() }
    }

    fn chosen(proxies: &Proxies, url: &str) -> Option<String> {
        proxies.for_url(&Url::parse(url).unwrap()).unwrap().map(Url::to_string)
    }

    #[test]
    fn another_machine_is_reached_through_the_proxy_and_this_one_never() {
        let all = proxies("http://me:word@proxy.test:3128", "");
        let proxy = Some("http://me:word@proxy.test:3128/".to_owned());
        for far in ["https://service.test/x", "https://10.0.0.1", "https://localhost.test"] {
            assert_eq!(chosen(&all, far), proxy, "{far}");
        }
        for near in
            ["https://127.0.0.1:8443", "http://127.0.0.1", "https://[::1]/", "http://localhost:1", "https://LOCALHOST"]
        {
            assert_eq!(chosen(&all, near), None, "{near}");
        }
    }

    #[test]
    fn a_proxy_is_written_as_curl_reads_it() {
        for (written, read) in [
            ("plain.test:80", "http://plain.test/"),
            (" plain.test:3128 ", "http://plain.test:3128/"),
            ("HTTPS://tls.test", "https://tls.test/"),
            ("socks://127.0.0.1:1080/", "socks4://127.0.0.1:1080/"),
            ("SOCKS://a.test", "socks4://a.test:1080"),
            ("socks4a://a.test:9", "socks4a://a.test:9"),
            ("socks5h://[::1]", "socks5h://[::1]:1080"),
        ] {
            assert_eq!(chosen(&proxies(written, ""), "https://service.test").unwrap(), read, "{written}");
        }
    }

    #[test]
    fn exceptions_are_names_addresses_networks_and_everything() {
        let exempt = |list: &str, url: &str| is_exempt(list, &Url::parse(url).unwrap());
        let list = "service.test, .other.test,10.0.0.0/8  a.blank.test\tb.blank.test,,192.0.2.7 2001:db8::/32,[::5] p.test:8443";
        for direct in [
            "https://service.test",
            "https://SERVICE.test.",
            "https://a.service.test:99",
            "https://b.other.test",
            "https://other.test",
            "https://10.1.2.3",
            "https://192.0.2.7",
            "https://a.blank.test",
            "https://b.blank.test",
            "https://[2001:db8:1::2]",
            "https://[::5]",
            "https://p.test:8443",
            "https://[::ffff:10.1.2.3]",
        ] {
            assert!(exempt(list, direct), "{direct}");
        }
        for far in [
            "https://notservice.test",
            "https://test",
            "https://11.0.0.1",
            "https://192.0.2.70",
            "https://[2001:db9::1]",
            "https://p.test",
            "https://service.test.evil.test",
        ] {
            assert!(!exempt(list, far), "{far}");
        }
        for all in ["*", " * ", "a.test *"] {
            assert!(exempt(all, "https://anything.test") && exempt(all, "https://192.0.2.1"), "{all}");
        }
        for nothing in
            ["", " , ,", ".", "10.0.0.0/33", "10.0.0.0/x", "1.2.3.4/", "*.service.test", "http://service.test"]
        {
            assert!(!exempt(nothing, "https://service.test") && !exempt(nothing, "https://10.0.0.1"), "{nothing}");
        }
        assert!(exempt("0.0.0.0/0", "https://10.0.0.1") && !exempt("0.0.0.0/0", "https://[::2]"));
    }

    #[test]
    fn a_proxy_that_is_none_is_refused_where_it_would_be_used_and_not_repeated() {
        let service = Url::parse("https://service.test").unwrap();
        for bad in ["ftp://hunter2@proxy.test", "http://", "http://hunter2@:x", "socks6://hunter2", "socks5://"] {
            let error = proxies(bad, "").for_url(&service).unwrap_err();
            assert!(error.message().contains("X_PROXY") && !error.message().contains("hunter2"), "{error}");
            assert_eq!(chosen(&proxies(bad, "service.test"), "https://service.test"), None);
            assert_eq!(chosen(&proxies(bad, ""), "https://127.0.0.1"), None);
        }
    }
}
