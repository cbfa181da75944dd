//! Additional request headers, which must not be credentials.

use std::collections::BTreeMap;

use super::secret_words::names_secret;
use crate::error::{Error, Result};

/// Merges the headers of the profile with those of flags, `Name: value`, which take precedence.
///
/// # Errors
/// `usage` for an invalid header and for a credential. The message does not contain the value.
pub fn merge(profile: BTreeMap<String, String>, flags: &[String]) -> Result<BTreeMap<String, String>> {
    let mut headers = BTreeMap::new();
    for (name, value) in profile {
        headers.extend([check(&name, &value)?]);
    }
    for flag in flags {
        let (name, value) = flag.split_once(':').ok_or_else(malformed)?;
        headers.extend([check(name, value)?]);
    }
    Ok(headers)
}

fn check(name: &str, value: &str) -> Result<(String, String)> {
    let (name, value) = (name.trim_matches(' '), value.trim_matches([' ', '\t']));
    let is_name = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(is_name) || value.chars().any(char::is_control) {
        return Err(malformed());
    }
    if names_secret(name) {
        return Err(Error::usage(format!("header `{name}` is a credential, which cannot be set as a header"))
            .hint("set the backend's own variable instead"));
    }
    Ok((name.to_owned(), value.to_owned()))
}

fn malformed() -> Error {
    Error::usage("invalid header").hint("write `Name: value`; a name has letters, digits and dashes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(flag: &str) -> Result<BTreeMap<String, String>> {
        merge(BTreeMap::new(), &[flag.to_owned()])
    }

    #[test]
    fn credentials_are_refused_by_any_name_and_never_repeated() {
        for name in ["Authorization", "x-api-key", "X-Access-Token", "cookie", "Proxy-Authorization"] {
            let error = one(&format!("{name}: hunter2")).unwrap_err();
            assert!(error.message().contains("credential") && !error.message().contains("hunter2"), "{error}");
        }
        assert!(merge(BTreeMap::from([("api-key".into(), "x".into())]), &[]).is_err());
    }

    #[test]
    fn names_and_values_are_what_http_allows() {
        assert_eq!(one("X-Team:  blue ").unwrap(), BTreeMap::from([("X-Team".into(), "blue".into())]));
        for bad in ["", "x", ": v", "a b: c", "x: a\r\nHost: y", "x\n: y"] {
            assert!(one(bad).is_err(), "{bad:?}");
        }
    }
}
