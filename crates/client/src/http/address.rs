//! Where requests go: the rules for addresses, and how a path and a query are written.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};

use reqwest::Url;

use wharf_core::error::{Error, Kind, Result};
use wharf_wire::route::Route;

/// Reads the base URL of a service.
pub(super) fn base(text: &str) -> Result<Url> {
    let url = given(text).map_err(|e| e.context("the base URL"))?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Error::usage("the base URL has a query or a fragment").hint("give scheme, host and path only"));
    }
    Ok(url)
}

/// Reads the address of a service that a host offers to its programs. Plain `http` may also go to a link-local
/// address, which no router forwards (RFC 3927, section 7): Azure's hosts have the metadata of virtual machines at
/// 169.254.169.254 and App Service's tokens close to it.
pub(super) fn of_the_host(text: &str) -> Result<Url> {
    read(text, |url| is_loopback(url) || is_link_local(url))
}

/// Reads an absolute URL that a request may go to. Messages do not repeat the URL: it may be a secret.
pub(super) fn given(text: &str) -> Result<Url> {
    read(text, is_loopback)
}

/// Reads an absolute URL; `near` tells which URLs may use plain `http`.
fn read(text: &str, near: impl Fn(&Url) -> bool) -> Result<Url> {
    let url = Url::parse(text).map_err(|e| Error::usage(format!("invalid URL: {e}")).hint(EXAMPLE).caused_by(&e))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::usage("a URL with a user name or a password in it")
            .hint("credentials come from the backend's own variables"));
    }
    match url.scheme() {
        "https" if url.has_host() => Ok(url),
        "http" if near(&url) => Ok(url),
        "http" => Err(Error::usage(format!("plain http:// to another machine: `{}`", origin(&url)))
            .hint("use https://; plain http:// is for 127.0.0.1, [::1] and localhost only")),
        _ => Err(Error::usage("a URL that is neither http:// nor https://").hint(EXAMPLE)),
    }
}

const EXAMPLE: &str = "write it like `https://service.example/path`";

/// Returns whether a URL names this machine and cannot name another: an address of the loopback network, or
/// `localhost`, which is never looked up (RFC 6761, section 6.3).
pub(super) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Returns whether a URL names an IPv4 link-local address (169.254.0.0/16).
fn is_link_local(url: &Url) -> bool {
    url.host_str().and_then(|host| host.parse::<Ipv4Addr>().ok()).is_some_and(|address| address.is_link_local())
}

/// Returns scheme, host and port, the only parts of an address that messages show.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Returns the URL of a path below `base`. Each segment is escaped, so that it stays one segment.
///
/// # Errors
/// `usage` for a segment that means another place: an empty one, `.` or `..`, plain or escaped.
pub(super) fn below(base: &Url, segments: &[&str]) -> Result<Url> {
    let mut url = base.clone();
    if segments.is_empty() {
        // With the slash at its end, if it has one.
        return Ok(url);
    }
    if let Some(bad) = segments.iter().find(|segment| means_another_place(segment)) {
        return Err(Error::usage(format!("invalid part of a URL: `{bad}`")));
    }
    url.path_segments_mut()
        .map_err(|()| Error::usage("a base URL that has no path"))?
        .pop_if_empty()
        .extend(segments.iter().copied());
    Ok(url)
}

/// Returns the URL of an operation below another one.
///
/// # Errors
/// `usage` for a parameter that means another place: an empty one, `.` or `..`.
pub(super) fn of_route(base: &Url, route: &Route, parameters: &[&str]) -> Result<Url> {
    if let Some(bad) = parameters.iter().find(|segment| means_another_place(segment)) {
        return Err(Error::usage(format!("invalid part of a URL: `{bad}`")));
    }
    let path = route.build(parameters);
    let path = path.ok_or_else(|| Error::new(Kind::Internal, format!("wrong parameters for `{}`", route.path)))?;
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    Ok(url)
}

fn means_another_place(segment: &str) -> bool {
    matches!(segment, "" | "." | "..")
}

/// Adds a parameter to a query. All characters but the unreserved ones of RFC 3986 are escaped; a space becomes
/// `%20`, which every parser understands, and not `+`.
pub(super) fn add_query(url: &mut Url, name: &str, value: &str) {
    let mut query = url.query().map(|query| format!("{query}&")).unwrap_or_default();
    escape(&mut query, name);
    query.push('=');
    escape(&mut query, value);
    url.set_query(Some(&query));
}

fn escape(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wharf_core::error::Kind;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for good in [
            "https://service.test",
            "https://service.test:8443/api/v1/",
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:1",
            "http://localhost:3000/x",
        ] {
            assert!(base(good).is_ok(), "{good}");
        }
        for bad in [
            "http://service.test",
            "http://localhost.service.test",
            "http://127.0.0.1.service.test",
            "http://[::2]",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "ftp://service.test",
            "file:///etc/passwd",
            "service.test",
            "",
            "https://user@service.test",
            "https://:word@service.test",
            "https://service.test/?a=b",
            "https://service.test/#x",
        ] {
            assert_eq!(base(bad).unwrap_err().kind(), Kind::Usage, "{bad}");
        }
    }

    #[test]
    fn a_hosts_own_service_may_be_on_its_link_and_nothing_else_may() {
        let metadata = "http://169.254.169.254/metadata";
        for good in [metadata, "http://169.254.129.5:8081/msi/token", "http://127.0.0.1:1", "https://service.test"] {
            assert!(of_the_host(good).is_ok(), "{good}");
        }
        for bad in ["http://169.255.0.1", "http://169.254.169.254.service.test", "http://10.0.0.1", "http://[fe80::1]"]
        {
            assert_eq!(of_the_host(bad).unwrap_err().kind(), Kind::Usage, "{bad}");
        }
        // Such an address is refused, whether a user or a service names it.
        assert!(base(metadata).is_err() && given(metadata).is_err());
    }

    #[test]
    fn segments_stay_segments() {
        let base = base("https://service.test/api/").unwrap();
        let at = |segments: &[&str]| below(&base, segments).map(|url| url.to_string());
        assert_eq!(at(&["v1", "a/b c:d"]).unwrap(), "https://service.test/api/v1/a%2Fb%20c:d");
        assert_eq!(at(&["s", "id:stop"]).unwrap(), "https://service.test/api/s/id:stop");
        assert_eq!(at(&["ä%2e?#"]).unwrap(), "https://service.test/api/%C3%A4%252e%3F%23");
        assert_eq!(at(&[]).unwrap(), "https://service.test/api/");
        for bad in ["", ".", ".."] {
            assert!(at(&["v1", bad]).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn queries_are_escaped_as_every_service_reads_them() {
        let mut url = base("https://service.test").unwrap();
        add_query(&mut url, "path", "a b+c&d%e#f?g/ä");
        add_query(&mut url, "ids[]", "x~1");
        assert_eq!(url.query(), Some("path=a%20b%2Bc%26d%25e%23f%3Fg%2F%C3%A4&ids%5B%5D=x~1"));
    }
}
