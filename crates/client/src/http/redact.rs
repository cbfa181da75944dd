//! Masks secrets in everything that is shown.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;
use reqwest::Url;
use reqwest::header::HeaderValue;
use serde_json::Value;

use super::address::origin;
use wharf_core::sync::lock;

/// The replacement of a secret.
pub(crate) const MASK: &str = "***";

/// The minimum length of a secret that is searched in texts: shorter ones would match parts of words.
const SHORTEST: usize = 6;

/// The number of leading bytes of a credential that are masked on their own as well: services shorten what they
/// repeat.
const PREFIX: usize = 16;

/// The number of bytes of a text that are searched.
const LONGEST: usize = 64 * 1024;

/// The longest run of backslashes that is read as one escape.
const BACKSLASHES: usize = 15;

/// The longest foreign text in a message, in characters.
const EXCERPT: usize = 200;

/// Fields of JSON objects whose text is a secret, in lower case: the services' names for tokens and for URLs that
/// grant access.
const SECRET_FIELDS: [&str; 17] = [
    "access_token",
    "api_key",
    "apikey",
    "authcode",
    "authorization",
    "authorization_token",
    "client_assertion",
    "client_secret",
    "id_token",
    "linkurl",
    "password",
    "refresh_token",
    "secret",
    "ticket",
    "token",
    "wsurl",
    "x-api-key",
];

/// A secret to search for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct KnownSecret {
    text: String,
    /// Whether the secret is a credential, whose beginning is a secret as well. The beginning of a URL is not.
    is_credential: bool,
}

/// The secrets of a request and of its client, which are removed from everything that a service repeats.
#[derive(Default)]
pub(super) struct Secrets {
    own: Mutex<BTreeSet<KnownSecret>>,
    shared: Option<Arc<Secrets>>,
}

impl Secrets {
    /// Returns the secrets of a new request: those of its client.
    pub(super) fn of_request(shared: &Arc<Secrets>) -> Self {
        Secrets { shared: Some(Arc::clone(shared)), ..Secrets::default() }
    }

    /// Remembers a header's value, and what follows its scheme (`Bearer`, `Basic`).
    pub(super) fn learn(&self, value: &HeaderValue) {
        let Ok(text) = value.to_str() else { return };
        for part in [Some(text), text.split_once(' ').map(|(_, rest)| rest.trim())].into_iter().flatten() {
            self.learn_text(part);
        }
    }

    /// Remembers a credential, in its own characters and in base64, in which `Basic` sends it.
    pub(super) fn learn_text(&self, text: &str) {
        if text.len() < SHORTEST {
            return;
        }
        self.add(text, true);
        // What is encoded before it shifts its bits by none, one or two bytes.
        for before in 0..3 {
            let bytes = [&vec![0; before], text.as_bytes()].concat();
            // Only whole characters that nothing before or after it has a part in.
            let (first, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
            for encoded in [BASE64_STANDARD_NO_PAD.encode(&bytes), BASE64_URL_SAFE_NO_PAD.encode(&bytes)] {
                self.add(encoded.get(first..end).unwrap_or_default(), true);
            }
        }
    }

    /// Remembers a URL that grants access: its path, its query and the values in the query.
    pub(super) fn learn_url(&self, url: &Url) {
        let mut add = |text: &str| self.add(text, false);
        add(url.as_str());
        if url.path().len() > SHORTEST {
            add(url.path());
            add(&percent_decode_str(url.path()).decode_utf8_lossy());
        }
        url.query().into_iter().for_each(&mut add);
        url.query()
            .into_iter()
            .flat_map(|query| query.split('&'))
            .filter_map(|pair| pair.split_once('='))
            .for_each(|(_, value)| add(value));
        url.query_pairs().for_each(|(_, value)| add(&value));
    }

    /// Remembers the user and the password of a proxy, as in its address and as they are sent.
    pub(super) fn learn_proxy(&self, proxy: &Url) {
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        if let Some(password) = proxy.password() {
            self.learn_text(&plain(password));
            self.learn_text(&format!("{}:{}", plain(proxy.username()), plain(password)));
        }
    }

    fn add(&self, text: &str, is_credential: bool) {
        if text.len() >= SHORTEST {
            let secret = KnownSecret { text: text.to_owned(), is_credential };
            lock(&self.own).insert(secret);
        }
    }

    fn all(&self) -> Vec<KnownSecret> {
        let mut all = self.shared.as_deref().map(Secrets::all).unwrap_or_default();
        all.extend(lock(&self.own).iter().cloned());
        all
    }

    /// Returns a text without secrets: known ones in any escaping, queries of URLs, and secret fields of JSON.
    /// `is_cut` means that the text is the beginning of a longer one: a part of a secret at its end is masked too.
    /// Searches and returns at most [`LONGEST`] bytes.
    pub(super) fn scrub(&self, text: &str, is_cut: bool) -> String {
        let end = (0..=LONGEST.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
        let beginning = text.get(..end).unwrap_or_default();
        self::text(&self.masked(beginning, is_cut || end < text.len()))
    }

    /// Returns the beginning of a foreign text in one line, without secrets and control characters. The text is cut
    /// last, so that no cut leaves a part of a secret.
    pub(super) fn excerpt(&self, text: &str) -> String {
        excerpt(&self.scrub(text, false))
    }

    fn masked(&self, text: &str, is_cut: bool) -> String {
        let secrets = self.all();
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let found = secrets.iter().filter_map(|secret| secret.begins(rest, is_cut)).max();
            if let Some(len) = found {
                shown.push_str(MASK);
                rest = rest.get(len..).unwrap_or_default();
            } else {
                shown.push(first);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
        }
        shown
    }
}

impl KnownSecret {
    /// Returns the number of bytes at the beginning of a text that are this secret, in any mixture of escapes.
    fn begins(&self, text: &str, is_cut: bool) -> Option<usize> {
        let (mut at, mut wanted) = (0, self.text.as_str());
        while !wanted.is_empty() {
            let Some((len, known)) = text.get(at..).and_then(|rest| same(rest, wanted)) else { break };
            at += len;
            wanted = wanted.get(known..).unwrap_or_default();
        }
        let matched = self.text.len() - wanted.len();
        let left = text.get(at..).unwrap_or_default();
        // The text may have been cut within an escape.
        let reaches_the_end = is_cut && (left.is_empty() || left.len() < 6 && left.starts_with(['%', '\\', '&']));
        let is_found = wanted.is_empty() || self.is_credential && matched >= PREFIX || reaches_the_end && matched > 0;
        // An escape is never cut in two characters, so that `at` is one of the text's boundaries.
        is_found.then_some(if reaches_the_end && !wanted.is_empty() { text.len() } else { at })
    }
}

/// Compares the first character of a text, which may be escaped, with that of a secret. If they are equal, returns
/// the number of bytes that each takes.
fn same(text: &str, secret: &str) -> Option<(usize, usize)> {
    let wanted = secret.chars().next()?;
    let first = text.chars().next()?;
    let escaped = match first {
        '%' => percent(text, secret),
        '\\' => backslash(text, wanted),
        '&' => entity(text, wanted),
        '+' if wanted == ' ' => Some((1, 1)),
        _ => None,
    };
    escaped.or_else(|| (first == wanted).then(|| (first.len_utf8(), wanted.len_utf8())))
}

/// Matches `%2B`, or `%252B` if escaped twice, for each byte of a character.
fn percent(text: &str, secret: &str) -> Option<(usize, usize)> {
    let wanted = secret.chars().next()?.len_utf8();
    let mut at = 0;
    for byte in secret.bytes().take(wanted) {
        let rest = text.get(at..)?.strip_prefix('%')?;
        let twice = rest.starts_with("25") && byte != b'%';
        let digits = if twice { rest.get(2..4)? } else { rest.get(..2)? };
        if u8::from_str_radix(digits, 16).ok()? != byte {
            return None;
        }
        at += if twice { 5 } else { 3 };
    }
    Some((at, wanted))
}

/// Matches `\/`, `\"`, `\u002b` or `\x2b`, with more backslashes where JSON is in a string of other JSON.
fn backslash(text: &str, wanted: char) -> Option<(usize, usize)> {
    let slashes = text.bytes().take_while(|byte| *byte == b'\\').take(BACKSLASHES).count();
    let rest = text.get(slashes..)?;
    let code = |digits: usize| u32::from_str_radix(rest.get(1..=digits)?, 16).ok().and_then(char::from_u32);
    let len = match rest.chars().next() {
        Some('u') if code(4) == Some(wanted) => 5,
        Some('x') if code(2) == Some(wanted) => 3,
        Some(next) if next == wanted => next.len_utf8(),
        _ => return None,
    };
    Some((slashes + len, wanted.len_utf8()))
}

/// Matches `&amp;`, `&#43;` or `&#x2b;`.
fn entity(text: &str, wanted: char) -> Option<(usize, usize)> {
    // None is longer than `&quot;` or `&#x10ffff;`.
    let end = text.bytes().take(10).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let code = match name.strip_prefix('#') {
        Some(hex) if hex.starts_with(['x', 'X']) => {
            u32::from_str_radix(hex.get(1..)?, 16).ok().and_then(char::from_u32)
        }
        Some(number) => number.parse().ok().and_then(char::from_u32),
        None => [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')]
            .into_iter()
            .find_map(|(known, c)| (known == name).then_some(c)),
    };
    (code == Some(wanted)).then_some((name.len() + 2, wanted.len_utf8()))
}

/// Returns the beginning of a text in one line, without control characters.
fn excerpt(text: &str) -> String {
    let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(MASK)
    }
}

/// Returns a URL for display: with the names in its query, and the values of those that are `known` to hold no
/// secret.
pub fn url(url: &Url, known: &[String]) -> String {
    let mut shown = origin(url) + url.path();
    for (at, pair) in url.query().into_iter().flat_map(|query| query.split('&')).enumerate() {
        shown.push(if at == 0 { '?' } else { '&' });
        match pair.split_once('=') {
            Some((name, _)) if known.iter().any(|known| known == name) && !is_secret(name) => shown.push_str(pair),
            Some((name, _)) => {
                shown.push_str(name);
                shown.push('=');
                shown.push_str(MASK);
            }
            None => shown.push_str(MASK),
        }
    }
    shown
}

/// Returns the origin of a URL that grants access, for display.
pub(crate) fn bearer_url(url: &Url) -> String {
    format!("{}/{MASK}", origin(url))
}

/// Returns whether a field or parameter of this name holds a secret.
fn is_secret(name: &str) -> bool {
    SECRET_FIELDS.contains(&name.to_ascii_lowercase().as_str())
}

/// Masks every secret field of a JSON value, at any depth.
pub fn json(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(json),
        Value::Object(fields) => {
            for (name, value) in fields {
                if is_secret(name) && !value.is_null() {
                    *value = Value::from(MASK);
                } else {
                    json(value);
                }
            }
        }
        // Some services put JSON into strings.
        Value::String(text) if text.contains("\":") || text.contains("://") => *text = self::text(text),
        _ => {}
    }
}

/// Returns a text without the queries of its URLs and the values of secret JSON fields.
pub fn text(text: &str) -> String {
    mask_fields(&urls(text, |_| true))
}

/// Returns a text in which each URL to another host than `own` is cut to its origin: a path may grant access as well
/// as a query.
pub(super) fn only_origins(text: &str, own: Option<&str>) -> String {
    urls(text, |host| own == Some(host))
}

/// Masks user names, passwords and queries of all URLs in a text, and the paths of URLs for whose host `shows_path`
/// is false. In a string of JSON each slash may have backslashes before it.
fn urls(text: &str, shows_path: impl Fn(&str) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(colon) = rest.find(':') {
        let (before, after) = rest.split_at(colon + 1);
        shown.push_str(before);
        let Some(start) = slash(after).and_then(|one| Some(one + slash(after.get(one..)?)?)) else {
            rest = after;
            continue;
        };
        let (marker, after) = after.split_at(start);
        shown.push_str(marker);
        let ends = |at: usize, c: char| match c {
            '\\' => after.get(at..).and_then(slash).is_none(),
            c => c.is_whitespace() || c.is_control() || "\"'`<>|{}".contains(c),
        };
        let end = after.char_indices().find(|(at, c)| ends(*at, *c)).map_or(after.len(), |(at, _)| at);
        let (url, tail) = after.split_at(end);
        let (address, secret) = url.split_at(url.find(['?', '#', ';']).unwrap_or(url.len()));
        let (authority, path) = address.split_at(address.find(['/', '\\']).unwrap_or(address.len()));
        // A password may hold a slash that is not escaped.
        let (user, authority, path) = match (address.rsplit_once('@'), authority.rsplit_once('@')) {
            (_, Some((user, host))) => (Some(user), host, path),
            (Some((user, host)), None) if user.contains(':') => (Some(user), host, ""),
            _ => (None, authority, path),
        };
        if user.is_some() {
            shown.push_str(MASK);
            shown.push('@');
        }
        shown.push_str(authority);
        if shows_path(authority) || path.trim_start_matches(['/', '\\']).is_empty() {
            shown.push_str(path);
        } else {
            shown.push('/');
            shown.push_str(MASK);
        }
        if let Some(mark) = secret.chars().next() {
            shown.push(mark);
            shown.push_str(MASK);
        }
        rest = tail;
    }
    shown + rest
}

/// Returns the length of a slash at the beginning of a text, including backslashes before it.
fn slash(text: &str) -> Option<usize> {
    let slashes = text.bytes().take_while(|byte| *byte == b'\\').take(BACKSLASHES).count();
    text.get(slashes..)?.starts_with('/').then_some(slashes + 1)
}

/// Masks the values of secret fields in JSON text, which may be cut off or be in a string of other JSON, with a
/// backslash before each quote.
fn mask_fields(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(':') {
        let (before, after) = rest.split_at(at);
        shown.push_str(before);
        let name = before.trim_end().trim_end_matches(['"', '\'', '\\']);
        let quoted = name.len() < before.trim_end().len();
        let secret = quoted && SECRET_FIELDS.iter().any(|field| ends_with(name, field));
        let value = after.get(1..).unwrap_or_default();
        let start = value.len() - value.trim_start().len();
        let (space, value) = value.split_at(start);
        shown.push(':');
        shown.push_str(space);
        rest = value;
        if secret && !value.starts_with("null") {
            shown.push_str(MASK);
            rest = value.get(value_len(value)..).unwrap_or_default();
        }
    }
    shown + rest
}

fn ends_with(text: &str, field: &str) -> bool {
    let Some(at) = text.len().checked_sub(field.len()) else { return false };
    let named = text.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(field));
    named && text.get(..at).is_some_and(|before| before.ends_with(['"', '\'']))
}

/// Returns the number of bytes of the JSON value at the start of a text.
fn value_len(value: &str) -> usize {
    let escaped = value.starts_with('\\');
    let opening = value.trim_start_matches('\\');
    let slashes = value.len() - opening.len();
    if !opening.starts_with(['"', '\'']) {
        return value.find([',', '}', ']', ' ', '\n']).unwrap_or(value.len());
    }
    let quote = if opening.starts_with('"') { '"' } else { '\'' };
    let mut before = 0;
    for (at, c) in value.char_indices().skip(slashes + 1) {
        match c {
            '\\' => before += 1,
            // In a string of a string, the end has as many backslashes as the beginning had.
            c if c == quote && (before == slashes || !escaped && before % 2 == 0) => return at + 1,
            _ => before = 0,
        }
    }
    value.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use wharf_wire::url::escape;

    #[test]
    fn urls_keep_the_names_of_their_queries() {
        let known = ["path".to_owned(), "token".to_owned()];
        let shown = |text| url(&Url::parse(text).unwrap(), &known);
        assert_eq!(shown("https://a.test/p?path=a%2Fb&token=1&sig=2"), "https://a.test/p?path=a%2Fb&token=***&sig=***");
        assert_eq!(shown("https://a.test/p/q?x=1&y=&z"), "https://a.test/p/q?x=***&y=***&***");
        assert_eq!(shown("https://a.test:8443/p#frag"), "https://a.test:8443/p");
        assert_eq!(bearer_url(&Url::parse("https://a.test/k/e/y?sig=1").unwrap()), "https://a.test/***");
    }

    #[test]
    fn texts_lose_queries_and_secret_members() {
        for (text_, shown) in [
            ("see https://a.test/x?sig=abc now", "see https://a.test/x?*** now"),
            ("https://me:word@a.test/x", "https://***@a.test/x"),
            ("see https:\\/\\/a.test\\/x?sig=abc now", "see https:\\/\\/a.test\\/x?*** now"),
            ("https://me:wo/rd@a.test/x?y", "https://***@a.test/x?***"),
            (r#"{"token": "abc\"d", "a": 1}"#, r#"{"token": ***, "a": 1}"#),
            (r#"{"TOKEN":"abc","name":"token"}"#, r#"{"TOKEN":***,"name":"token"}"#),
            (r#"{"data":"{\"ticket\":\"abc\",\"a\":1}"}"#, r#"{"data":"{\"ticket\":***,\"a\":1}"}"#),
            (r#"{"token":"cut"#, r#"{"token":***"#),
            (r#"{"token":null}"#, r#"{"token":null}"#),
            ("a token: expired", "a token: expired"),
            ("at 12:30", "at 12:30"),
        ] {
            assert_eq!(text(text_), shown);
        }
    }

    #[test]
    fn addresses_elsewhere_show_their_origin_alone() {
        for (text, shown) in [
            (
                "https://a.test/x/sig?q=1 and https://b.test/x/sig#y",
                "https://a.test/x/sig?*** and https://b.test/***#***",
            ),
            (r#"{"url":"https:\/\/b.test\/x\/sig"}"#, r#"{"url":"https:\/\/b.test/***"}"#),
            (r#"{"data":"{\"url\":\"https://b.test/sig\"}"}"#, r#"{"data":"{\"url\":\"https://b.test/***\"}"}"#),
            ("https://me:word@b.test:8443/sig", "https://***@b.test:8443/***"),
            ("https://b.test/ and https://b.test: 12:30", "https://b.test/ and https://b.test: 12:30"),
        ] {
            assert_eq!(only_origins(text, Some("a.test")), shown);
        }
        assert_eq!(only_origins("https://a.test/x", None), "https://a.test/***");
    }

    #[test]
    fn values_lose_secret_members_at_any_depth() {
        let mut value = serde_json::json!({"a": [{"linkUrl": "https://x.test", "b": {"wsUrl": "w"}}], "token": null,
            "text": "{\"authCode\":\"abc\"}", "count": 3});
        json(&mut value);
        let shown = serde_json::json!({"a": [{"linkUrl": "***", "b": {"wsUrl": "***"}}], "token": null,
            "text": "{\"authCode\":***}", "count": 3});
        assert_eq!(value, shown);
    }

    /// Returns the secrets of a client with one token.
    fn knowing(token: &str) -> Secrets {
        let secrets = Secrets::default();
        secrets.learn(&HeaderValue::try_from(format!("Bearer {token}")).unwrap());
        secrets
    }

    #[test]
    fn a_secret_is_found_in_every_spelling_that_a_service_may_give_it() {
        let token = "sk-ant/A+b=c~1\"2'3&4 5é";
        let secrets = Secrets::default();
        secrets.learn_text(token);
        let percent = |byte: u8| format!("%{byte:02x}");
        let json = |text: &str| serde_json::to_string(text).unwrap();
        let basic = |user: &str| BASE64_STANDARD_NO_PAD.encode(format!("{user}:{token}"));
        for spelled in [
            token.to_owned(),
            escape(token).into_owned(),
            escape(&escape(token)).into_owned(),
            token.bytes().map(percent).collect::<Vec<_>>().concat(),
            json(token),
            json(&json(token)),
            json(&json(token)).replace('/', "\\/"),
            token.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect::<Vec<_>>().concat(),
            token.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&#39;"),
            token.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect::<Vec<_>>().concat(),
            token.replace(' ', "+"),
        ] {
            for text in [spelled.clone(), format!("no such key: {spelled}."), format!("x={spelled}&y=1")] {
                let shown = secrets.scrub(&text, false);
                assert!(shown.contains(MASK) && shown.len() <= text.len() - spelled.len() + 16, "{text}: {shown}");
            }
        }
        for user in ["", "u", "us", "use"] {
            let (encoded, shown) = (basic(user), secrets.scrub(&format!("Basic {}", basic(user)), false));
            assert!(shown.contains(MASK) && shown.len() < 20, "{encoded}: {shown}");
        }
    }

    #[test]
    fn no_cut_leaves_a_part_of_a_secret() {
        let token = "tok-0123456789abcdefghijklmnopqrstuvwxyz+/ABCDEFGHIJKLMNOPQRSTUVWXYZ".repeat(4);
        let secrets = knowing(&token);
        let longest_part =
            |shown: &str| (1..=token.len()).rev().find(|len| shown.contains(&token[..*len])).unwrap_or(0);
        for before in (0..210).chain((LONGEST - 300..LONGEST + 10).step_by(31)) {
            // White space is squeezed, so that the end of what is looked at comes into view.
            for text in [format!("{}{token} end", "x".repeat(before)), format!("{}{token} end", " ".repeat(before))] {
                assert!(longest_part(&secrets.excerpt(&text)) < 4, "{before}: {}", secrets.excerpt(&text));
            }
        }
        let encoded = token.bytes().map(|b| format!("%{b:02x}")).collect::<Vec<_>>().concat();
        for len in 3..token.len() {
            for cut in [&token[..len], &encoded[..len]] {
                assert_eq!(secrets.scrub(&format!("x {cut}"), true), format!("x {MASK}"), "{cut}");
            }
        }
        // Services shorten what they repeat.
        assert!(!secrets.scrub(&format!("key {}... is unknown", &token[..20]), false).contains("tok-0123"));
    }

    #[test]
    fn what_is_no_secret_stays_and_takes_no_time() {
        let secrets = knowing("sk-ant-0123456789");
        secrets.learn_url(&Url::parse("https://store.test/bucket/key%20x?sig=0123456789").unwrap());
        for text in ["Bearer tokens are wanted", "https://store.test is down", "100% + 1 & more; \\ end", "sk-ant-"] {
            assert_eq!(secrets.scrub(text, false), text);
        }
        assert_eq!(secrets.scrub("no object /bucket/key x here", false), "no object *** here");
        // Square time would be an hour.
        for text in ["&", "\\", "%25", "Bearer sk-ant-"] {
            assert!(secrets.excerpt(&text.repeat(1 << 18)).chars().count() <= EXCERPT + 1);
        }
    }

    proptest! {
        #[test]
        fn a_planted_secret_never_comes_through(
            secret in "[A-Za-z0-9+/._~-]{8,40}",
            before in ".{0,20}",
            after in ".{0,20}",
            field in prop::sample::select(&SECRET_FIELDS[..]),
            shape in 0..6,
        ) {
            let quoted = serde_json::to_string(&secret).unwrap();
            let planted = match shape {
                0 => format!("{before}{secret}{after}"),
                1 => format!("{before} Bearer {secret} {after}"),
                2 => format!("{before}{{\"{field}\": {quoted}}}{after}"),
                3 => serde_json::json!({ "data": serde_json::json!({ field: &secret }).to_string() }).to_string(),
                4 => format!("{before}https://a.test/p?q={secret} {after}"),
                _ => format!("{before}https://u:{secret}@a.test/ {after}"),
            };
            let secrets = Secrets::default();
            secrets.learn(&HeaderValue::try_from(format!("Bearer {secret}")).unwrap());
            prop_assert!(!secrets.scrub(&planted, false).contains(&secret), "{planted}");
            if shape > 1 && !before.contains(&secret) && !after.contains(&secret) {
                prop_assert!(!text(&planted).contains(&secret), "{planted} {}", text(&planted));
            }
        }
    }
}
