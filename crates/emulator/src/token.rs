//! Credentials: any is accepted, none is not.

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;

/// The token that commands are given. Any other is accepted as well.
pub const TOKEN: &str = "wharf-serve-accepts-any-token";

/// Returns whether a request has a bearer token, whatever it is.
pub(super) fn is_given(headers: &HeaderMap) -> bool {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token =
        value.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    token.is_some_and(|(_, token)| !token.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_token_will_do_and_none_will_not() {
        let given = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, hyper::header::HeaderValue::from_static(value));
            is_given(&headers)
        };
        assert!(given("Bearer x") && given("bearer wharf"));
        assert!(!given("Bearer ") && !given("Basic x") && !given("x"));
        assert!(!is_given(&HeaderMap::new()));
    }
}
