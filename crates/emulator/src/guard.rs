//! Who may ask: programs that mean this server, and no web page.
//!
//! A page whose name is made to resolve to 127.0.0.1 after it was loaded (DNS rebinding) reaches every server of
//! this machine, and its browser takes what it reads for the page's own. What gives it away is the name in `Host`,
//! which a browser never lets a page choose, and for what a page sends to another place, `Origin`.

use std::net::IpAddr;

use hyper::header::{HOST, HeaderMap, ORIGIN};
use hyper::http::uri::Authority;
use hyper::{StatusCode, Uri, Version};

/// Why a request is not answered, and its status.
pub(super) type GuardError = (StatusCode, String);

/// Looks at what a request says of where it goes and where it comes from.
///
/// # Errors
/// 400 where the request names no host or several; 403 for a host that is not this machine's loopback, on any
/// port, because a tunnel may have another; and for an `Origin` that is another place than the host.
pub(super) fn check(version: Version, uri: &Uri, headers: &HeaderMap) -> Result<(), GuardError> {
    let mut hosts = headers.get_all(HOST).iter().map(|host| host.to_str().ok().and_then(|host| host.parse().ok()));
    let host: Option<Authority> = match (hosts.next(), hosts.next()) {
        (Some(Some(host)), None) => Some(host),
        // HTTP/1.0 has no such header, and no browser speaks that.
        (None, None) if version < Version::HTTP_11 => None,
        _ => return Err((StatusCode::BAD_REQUEST, "a request names one host".to_owned())),
    };
    for named in [host.as_ref(), uri.authority()].into_iter().flatten() {
        if named.as_str().contains('@') || !is_here(named.host()) {
            let why = format!("this server answers to 127.0.0.1, [::1] and localhost, and not to `{named}`");
            return Err((StatusCode::FORBIDDEN, why));
        }
    }
    let foreign = headers.get_all(ORIGIN).iter().find(|origin| {
        let authority = origin.to_str().ok().and_then(|text| text.split_once("://")).map(|(_, authority)| authority);
        !host
            .as_ref()
            .is_some_and(|host| authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host.as_str())))
    });
    match foreign {
        Some(origin) => {
            let origin = String::from_utf8_lossy(origin.as_bytes());
            Err((StatusCode::FORBIDDEN, format!("this server answers no pages of other origins: `{origin}`")))
        }
        None => Ok(()),
    }
}

/// Returns whether a host can only be this machine's loopback: an address of it, or `localhost`, which browsers do not
/// look up (RFC 6761, section 6.3).
fn is_here(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let name = host.strip_suffix('.').unwrap_or(&host);
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&host);
    name == "localhost"
        || name.ends_with(".localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(uri: &str, headers: &[(&'static str, &str)]) -> u16 {
        let map = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        check(Version::HTTP_11, &uri.parse().unwrap(), &map).map_or_else(|(status, _)| status.as_u16(), |()| 200)
    }

    #[test]
    fn only_this_machines_own_names_are_hosts() {
        for host in
            ["127.0.0.1:8080", "127.9.9.9", "localhost:1", "LOCALHOST", "localhost.:80", "[::1]:8080", "a.localhost"]
        {
            assert_eq!(status("/x", &[("host", host)]), 200, "{host}");
        }
        for host in [
            "evil.test:8080",
            "127.0.0.1.evil.test",
            "localhost.evil.test",
            "evil.test@127.0.0.1",
            "10.0.0.1",
            "0.0.0.0:8080",
            "[::2]",
            "127.1.evil",
        ] {
            assert_eq!(status("/x", &[("host", host)]), 403, "{host}");
        }
        for hosts in [&[][..], &[("host", "localhost"), ("host", "localhost")], &[("host", "")], &[("host", "a b")]] {
            assert_eq!(status("/x", hosts), 400, "{hosts:?}");
        }
        assert_eq!(status("http://evil.test/x", &[("host", "localhost")]), 403);
        assert_eq!(status("http://localhost/x", &[("host", "localhost")]), 200);
        assert!(check(Version::HTTP_10, &"/x".parse().unwrap(), &HeaderMap::new()).is_ok());
    }

    #[test]
    fn a_page_of_another_origin_is_refused() {
        let from = |origin: &str| status("/x", &[("host", "localhost:8080"), ("origin", origin)]);
        assert_eq!((from("http://localhost:8080"), from("https://LOCALHOST:8080")), (200, 200));
        for origin in
            ["http://evil.test", "http://localhost:3000", "http://localhost", "null", "", "http://127.0.0.1:8080"]
        {
            assert_eq!(from(origin), 403, "{origin}");
        }
        let both = [("host", "localhost"), ("origin", "http://localhost"), ("origin", "http://evil.test")];
        assert_eq!(status("/x", &both), 403);
    }
}
