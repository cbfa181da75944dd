//! What nobody may read: secrets are taken out of everything that is shown.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Url;
use reqwest::header::HeaderValue;
use serde_json::Value;

use super::address::origin;

/// What stands for a secret.
pub const MASK: &str = "***";

/// Shorter values are not looked for in texts: they would be found in every other word.
const SHORTEST: usize = 6;

/// Members of JSON objects whose text is a secret, in lower case: what the services call their
/// tokens, and addresses that let their bearer in.
const MEMBERS: [&str; 17] = [
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

/// The secrets that a request carries, so that they can be taken out of what a service echoes, and
/// those of its client beside them.
#[derive(Default)]
pub(super) struct Secrets {
    own: Mutex<BTreeSet<String>>,
    shared: Option<Arc<Secrets>>,
}

impl Secrets {
    /// None yet but those of the client.
    pub(super) fn of_request(shared: &Arc<Secrets>) -> Self {
        Secrets { shared: Some(Arc::clone(shared)), ..Secrets::default() }
    }

    /// Remembers a header's value, and what follows its scheme (`Bearer`, `Basic`).
    pub(super) fn learn(&self, value: &HeaderValue) {
        let Ok(text) = value.to_str() else { return };
        let mut known = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        for part in [Some(text), text.split_once(' ').map(|(_, rest)| rest.trim())].into_iter().flatten() {
            if part.len() >= SHORTEST && !known.contains(part) {
                known.insert(part.to_owned());
            }
        }
    }

    /// Remembers a text.
    pub(super) fn learn_text(&self, text: &str) {
        if text.len() >= SHORTEST {
            self.own.lock().unwrap_or_else(PoisonError::into_inner).insert(text.to_owned());
        }
    }

    /// Remembers an address that lets its bearer in: its path, its query and the values in that.
    pub(super) fn learn_url(&self, url: &Url) {
        let mut known = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let mut add = |text: &str| {
            if text.len() >= SHORTEST {
                known.insert(text.to_owned());
            }
        };
        add(url.as_str());
        if url.path().len() > SHORTEST {
            add(url.path());
        }
        url.query().into_iter().for_each(&mut add);
        url.query()
            .into_iter()
            .flat_map(|query| query.split('&'))
            .filter_map(|pair| pair.split_once('='))
            .for_each(|(_, value)| add(value));
        url.query_pairs().for_each(|(_, value)| add(&value));
    }

    /// A text without the secrets: neither those that are known, nor queries of URLs, nor secret
    /// members of JSON.
    pub(super) fn scrub(&self, text: &str) -> String {
        let mut found = Vec::new();
        let mut level = Some(self);
        while let Some(secrets) = level {
            let known = secrets.own.lock().unwrap_or_else(PoisonError::into_inner);
            found.extend(known.iter().filter(|secret| text.contains(secret.as_str())).cloned());
            level = secrets.shared.as_deref();
        }
        // The longer first: one may be a part of another.
        found.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        let plain = found.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), MASK));
        self::text(&plain)
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(MASK)
    }
}

/// A URL to be shown: the names in its query, and the values of those that are `known` to be no secret.
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

/// A URL that lets its bearer in, to be shown: where it leads.
pub fn bearer_url(url: &Url) -> String {
    format!("{}/{MASK}", origin(url))
}

/// Whether a member or a parameter of this name is a secret.
fn is_secret(name: &str) -> bool {
    MEMBERS.contains(&name.to_ascii_lowercase().as_str())
}

/// Masks every secret member of a JSON value, however deep.
pub fn json(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(json),
        Value::Object(members) => {
            for (name, value) in members {
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

/// A text without the queries of the URLs in it and the values of secret JSON members.
pub fn text(text: &str) -> String {
    members(&queries(text))
}

/// Masks user names, passwords and queries of all URLs in a text.
fn queries(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        let ends = |c: char| c.is_whitespace() || c.is_control() || "\"'`<>\\|{}".contains(c);
        let (url, tail) = after.split_at(after.find(ends).unwrap_or(after.len()));
        let (address, secret) = url.split_at(url.find(['?', '#', ';']).unwrap_or(url.len()));
        shown.push_str(before);
        shown.push_str("://");
        if let Some((_, address)) = address.rsplit_once('@') {
            shown.push_str(MASK);
            shown.push('@');
            shown.push_str(address);
        } else {
            shown.push_str(address);
        }
        if let Some(mark) = secret.chars().next() {
            shown.push(mark);
            shown.push_str(MASK);
        }
        rest = tail;
    }
    shown + rest
}

/// Masks the values of secret members in JSON text, which may be cut off or sit in a string of
/// other JSON, with a backslash before each quote.
fn members(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(':') {
        let (before, after) = rest.split_at(at);
        shown.push_str(before);
        let name = before.trim_end().trim_end_matches(['"', '\'', '\\']);
        let quoted = name.len() < before.trim_end().len();
        let secret = quoted && MEMBERS.iter().any(|member| ends_with(name, member));
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

fn ends_with(text: &str, member: &str) -> bool {
    let Some(at) = text.len().checked_sub(member.len()) else { return false };
    let named = text.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(member));
    named && text.get(..at).is_some_and(|before| before.ends_with(['"', '\'']))
}

/// How many bytes of a text the JSON value at its start takes.
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
    fn values_lose_secret_members_at_any_depth() {
        let mut value = serde_json::json!({"a": [{"linkUrl": "https://x.test", "b": {"wsUrl": "w"}}], "token": null,
            "text": "{\"authCode\":\"abc\"}", "count": 3});
        json(&mut value);
        let shown = serde_json::json!({"a": [{"linkUrl": "***", "b": {"wsUrl": "***"}}], "token": null,
            "text": "{\"authCode\":***}", "count": 3});
        assert_eq!(value, shown);
    }

    proptest! {
        #[test]
        fn a_planted_secret_never_comes_through(
            secret in "[A-Za-z0-9+/._~-]{8,40}",
            before in ".{0,20}",
            after in ".{0,20}",
            member in prop::sample::select(&MEMBERS[..]),
            shape in 0..6,
        ) {
            let quoted = serde_json::to_string(&secret).unwrap();
            let planted = match shape {
                0 => format!("{before}{secret}{after}"),
                1 => format!("{before} Bearer {secret} {after}"),
                2 => format!("{before}{{\"{member}\": {quoted}}}{after}"),
                3 => serde_json::json!({ "data": serde_json::json!({ member: &secret }).to_string() }).to_string(),
                4 => format!("{before}https://a.test/p?q={secret} {after}"),
                _ => format!("{before}https://u:{secret}@a.test/ {after}"),
            };
            let secrets = Secrets::default();
            secrets.learn(&HeaderValue::try_from(format!("Bearer {secret}")).unwrap());
            prop_assert!(!secrets.scrub(&planted).contains(&secret), "{planted}");
            if shape > 1 && !before.contains(&secret) && !after.contains(&secret) {
                prop_assert!(!text(&planted).contains(&secret), "{planted} {}", text(&planted));
            }
        }
    }
}
