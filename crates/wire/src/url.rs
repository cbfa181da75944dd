//! Parts of URLs: escaped on their way out, read on their way in.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but what RFC 3986 leaves as it is in every part of a URL.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Escapes `text` as one segment of a path or as a value of a query: `a/b c` is `a%2Fb%20c`.
pub fn escape(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, RESERVED).into()
}

/// Returns the text of a segment of a path; `None` if it is not UTF-8.
pub fn unescape(segment: &str) -> Option<String> {
    percent_decode_str(segment).decode_utf8().ok().map(Cow::into_owned)
}

/// The names and values of a query, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads what follows the question mark. A plus is a space, as some clients write it; nothing
    /// where a part is not UTF-8.
    pub fn parse(text: &str) -> Option<Self> {
        let read = |part: &str| unescape(&part.replace('+', "%20"));
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((read(name)?, read(value)?))
        });
        pairs.collect::<Option<_>>().map(Query)
    }

    /// Adds a name and its value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// Returns all names and values, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the first value of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Returns all values of that name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What follows the question mark.
impl std::fmt::Display for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, (name, value)) in self.0.iter().enumerate() {
            let mark = if at == 0 { "" } else { "&" };
            write!(f, "{mark}{}={}", escape(name), escape(value))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_escaped_is_read_again() {
        let odd = "/data/naïve file+1 & 50%#?.txt";
        assert_eq!(escape(odd), "%2Fdata%2Fna%C3%AFve%20file%2B1%20%26%2050%25%23%3F.txt");
        assert_eq!(unescape(&escape(odd)).as_deref(), Some(odd));
        let query = Query::default().with("path", odd).with("api-version", "v1");
        assert_eq!(Query::parse(&query.to_string()), Some(query.clone()));
        assert_eq!((query.get("path"), query.get("x")), (Some(odd), None));
    }

    #[test]
    fn both_spellings_of_a_space_are_read_and_what_is_no_text_is_not() {
        let query = Query::parse("a=x+y&b=x%20y&c&&d=%2B").unwrap();
        assert_eq!([query.get("a"), query.get("b")], [Some("x y"); 2]);
        assert_eq!((query.get("c"), query.get("d")), (Some(""), Some("+")));
        assert!(query.pairs().eq([("a", "x y"), ("b", "x y"), ("c", ""), ("d", "+")]));
        assert_eq!(Query::parse("a=%ff"), None);
        assert_eq!(unescape("%ff"), None);
    }
}
