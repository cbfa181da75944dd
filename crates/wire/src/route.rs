//! Route tables: the operations of a protocol with their methods and paths.
//!
//! A client builds its paths from a table, and the emulator of the same protocol finds with it what a request is
//! for. [`routes!`](crate::routes) writes one down.

pub use http::Method;

use crate::url::{escape, unescape};

/// The method and the path of an operation.
///
/// ```
/// use wharf_wire::route::{Method, Route};
///
/// let route = Route { name: "files.stop", method: Method::POST, path: "/v1/files/{file_id}:stop" };
/// assert_eq!(route.build(&["a b"]).as_deref(), Some("/v1/files/a%20b:stop"));
/// assert_eq!(route.build(&[".."]), None);
/// ```
#[derive(Debug)]
pub struct Route {
    /// The name of the operation in faults and logs: `GROUP.VERB`. Two operations may have one name.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path below the protocol's base URL, with the names of parameters in braces: `/v1/files/{file_id}`. A
    /// parameter is a segment or its part before a colon (`{session_id}:stop`). `{*rest}` at the end stands for
    /// one or more segments.
    pub path: &'static str,
}

impl Route {
    /// Returns the path with `parameters` in the place of the names, percent-encoded as one segment each.
    ///
    /// Returns `None` where their number differs, or where one would change the path's meaning: an empty one, `.`
    /// and `..`.
    pub fn build(&self, parameters: &[&str]) -> Option<String> {
        let mut parameters = parameters.iter();
        let mut path = String::new();
        for segment in self.path.split('/').skip(1) {
            path.push('/');
            match split(segment) {
                None => path.push_str(segment),
                Some((_, suffix)) => {
                    let value = parameters.next().filter(|value| !matches!(**value, "" | "." | ".."))?;
                    path.push_str(&escape(value));
                    path.push_str(suffix);
                }
            }
        }
        parameters.next().is_none().then_some(path)
    }

    /// Returns the names and the values of the parameters in `path`, still encoded, if the path fits.
    fn read<'a>(&self, path: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
        let mut found = Vec::new();
        let mut rest = Some(path.strip_prefix('/')?);
        for segment in self.path.split('/').skip(1) {
            let (value, after) = rest?.split_once('/').map_or((rest?, None), |(value, after)| (value, Some(after)));
            match split(segment) {
                Some((name, "")) if name.starts_with('*') => {
                    found.push((name.trim_start_matches('*'), rest?));
                    return Some(found);
                }
                // A colon in a value is encoded: a plain one is before a verb.
                Some((name, suffix)) => found.push((name, value.strip_suffix(suffix).filter(|id| !id.contains(':'))?)),
                None if segment == value => {}
                None => return None,
            }
            rest = after;
        }
        rest.is_none().then_some(found)
    }
}

/// Returns the name of the parameter in a segment of a route's path, and what follows it.
fn split(segment: &str) -> Option<(&str, &str)> {
    segment.strip_prefix('{')?.split_once('}')
}

/// The operations of a protocol. [`routes!`](crate::routes) implements it.
pub trait Operation: Copy + 'static {
    /// All operations, in the order in which paths are compared.
    const ALL: &'static [Self];

    /// Returns the method and the path.
    fn route(self) -> &'static Route;

    /// Returns the operation that a request is for, and the parameters of its path.
    ///
    /// # Errors
    /// Where no operation has this path or this method, or where a parameter is empty or not UTF-8.
    fn find(method: &Method, path: &str) -> Result<(Self, Parameters), NoRoute> {
        let mut error = NoRoute::Path;
        for operation in Self::ALL {
            let route = operation.route();
            let Some(found) = route.read(path) else { continue };
            if route.method != *method {
                error = NoRoute::Method;
                continue;
            }
            let decoded = found.into_iter().map(|(name, value)| Some((name, unescape(value)?)));
            let decoded = decoded.map(|pair| pair.filter(|(_, value)| !value.is_empty()));
            let parameters = decoded.collect::<Option<_>>().ok_or(NoRoute::Parameter)?;
            return Ok((*operation, Parameters(parameters)));
        }
        Err(error)
    }
}

/// The decoded parameters of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters(Vec<(&'static str, String)>);

impl Parameters {
    /// Returns the value of the parameter `name`, or an empty text if the route has no such parameter.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }
}

/// The reason why a request matches no operation of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRoute {
    /// No operation has this path.
    Path,
    /// Operations of other methods have this path.
    Method,
    /// A parameter of the path is empty or not UTF-8.
    Parameter,
}

/// Defines an enum whose variants are the operations of a protocol, each with its name, method and path, and
/// implements [`Operation`](crate::route::Operation) for it.
#[macro_export]
macro_rules! routes {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $type:ident {
            $($(#[$comment:meta])* $variant:ident = $name:literal, $method:ident $path:literal;)*
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $visibility enum $type {
            $(
                #[doc = concat!("`", stringify!($method), " ", $path, "`.\n")]
                $(#[$comment])*
                $variant,
            )*
        }

        impl $crate::route::Operation for $type {
            const ALL: &'static [Self] = &[$($type::$variant,)*];

            fn route(self) -> &'static $crate::route::Route {
                match self {
                    $($type::$variant => const {
                        &$crate::route::Route { name: $name, method: $crate::route::Method::$method, path: $path }
                    },)*
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    routes! {
        enum Sample {
            List = "files.list", GET "/v1/files";
            Upload = "files.upload", POST "/v1/files";
            Get = "files.get", GET "/v1/files/{file_id}";
            Stop = "sessions.stop", POST "/v1/sessions/{id}:stop";
            Part = "parts.get", GET "/v1/files/{file_id}/parts/{part}";
            Put = "objects.put", PUT "/objects/{bucket}/{*key}";
        }
    }

    fn found(method: &Method, path: &str) -> Result<(Sample, Vec<String>), NoRoute> {
        let (operation, parameters) = Sample::find(method, path)?;
        Ok((operation, parameters.0.into_iter().map(|(_, value)| value).collect()))
    }

    #[test]
    fn a_path_that_was_built_is_found_with_its_parameters() {
        for (operation, parameters) in [
            (Sample::List, &[][..]),
            (Sample::Get, &["file_1"]),
            (Sample::Get, &["a/../b c:d?ä%"]),
            (Sample::Stop, &["s:1"]),
            (Sample::Part, &["x", "stop:"]),
        ] {
            let route = operation.route();
            let path = route.build(parameters).unwrap();
            let expected = parameters.iter().map(|value| (*value).to_owned()).collect();
            assert_eq!(found(&route.method, &path), Ok((operation, expected)), "{path}");
        }
        assert_eq!(Sample::Part.route().build(&["a/b c", "p"]).unwrap(), "/v1/files/a%2Fb%20c/parts/p");
        let key = "/objects/b/a%20b/c";
        assert_eq!(found(&Method::PUT, key), Ok((Sample::Put, vec!["b".to_owned(), "a b/c".to_owned()])));
        assert_eq!(Sample::find(&Method::GET, "/v1/files/x").unwrap().1.get("file_id"), "x");
    }

    #[test]
    fn a_parameter_cannot_lead_to_another_path() {
        for bad in [&[][..], &[""], &["."], &[".."], &["a", "b"]] {
            assert_eq!(Sample::Get.route().build(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn other_paths_other_methods_and_bad_parameters_are_told_apart() {
        for (method, path, error) in [
            (Method::GET, "/v1/other", NoRoute::Path),
            (Method::GET, "/v1/files/x/parts", NoRoute::Path),
            (Method::GET, "v1/files", NoRoute::Path),
            (Method::POST, "/v1/sessions/s1:start", NoRoute::Path),
            (Method::POST, "/v1/sessions/s1", NoRoute::Path),
            (Method::PUT, "/objects/b", NoRoute::Path),
            (Method::DELETE, "/v1/files", NoRoute::Method),
            (Method::GET, "/v1/sessions/s1:stop", NoRoute::Method),
            (Method::GET, "/v1/files/", NoRoute::Parameter),
            (Method::GET, "/v1/files//parts/p", NoRoute::Parameter),
            (Method::GET, "/v1/files/%ff", NoRoute::Parameter),
        ] {
            assert_eq!(found(&method, path), Err(error), "{method} {path}");
        }
    }
}
