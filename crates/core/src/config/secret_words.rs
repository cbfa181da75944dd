//! Names of secrets.

/// Parts of names that hold secrets, in lower case.
const WORDS: [&str; 9] =
    ["api_key", "apikey", "authorization", "cookie", "credential", "passwd", "password", "secret", "token"];

/// Returns whether a field, header or parameter with this name holds a secret.
pub fn names_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    WORDS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_compared_without_case_and_with_either_mark() {
        for name in ["Authorization", "x-api-key", "X-Access-Token", "auth_token", "DB_PASSWD", "Set-Cookie"] {
            assert!(names_secret(name), "{name}");
        }
        for name in ["x-request-id", "agent", "Idempotency-Key", "x-author"] {
            assert!(!names_secret(name), "{name}");
        }
    }
}
