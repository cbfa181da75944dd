//! Ids in the service's form: 16 hexadecimal digits, two zeros, 32 letters and digits. Ids of one response begin alike.

use wharf_core::error::Result;
use wharf_core::random;

/// The length of an id without its prefix, and of those of an older form \[runtime\].
const LENGTHS: [usize; 2] = [50, 48];

/// The length of the part that ids of one response share.
const SHARED: usize = 18;

/// Returns a new id without a prefix.
pub(super) fn plain() -> Result<String> {
    Ok(format!("{}00{}", random::hex::<8>()?, signs()?))
}

/// Returns a new id with a prefix.
pub(super) fn new(prefix: &str) -> Result<String> {
    Ok(format!("{prefix}_{}", plain()?))
}

/// Returns a new id with a prefix for a part of a response.
pub(super) fn within(response: &str, prefix: &str) -> String {
    let shared = response.split_once('_').and_then(|(_, body)| body.get(..SHARED)).unwrap_or_default();
    // Where a system has no random bytes the ids of parts are the least of its troubles.
    format!("{prefix}_{shared}{}", signs().unwrap_or_default())
}

/// Returns whether a text has the form of a response's id \[runtime\].
pub(super) fn is_response(id: &str) -> bool {
    id.strip_prefix("caresp_").is_some_and(|body| LENGTHS.contains(&body.len()))
}

fn signs() -> Result<String> {
    const SIGNS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let bytes = random::bytes::<32>()?;
    let sign = |byte: &u8| SIGNS.get(usize::from(*byte) % SIGNS.len()).map(|sign| char::from(*sign));
    Ok(bytes.iter().filter_map(sign).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ids_have_the_form_of_the_service() {
        let id = plain().unwrap();
        assert_eq!((id.len(), &id[16..18]), (50, "00"));
        assert!(id[..16].bytes().all(|b| b.is_ascii_hexdigit()));
        let response = new("caresp").unwrap();
        assert!(is_response(&response) && !is_response("caresp_unknown"));
        let item = within(&response, "msg");
        assert_eq!((item.len(), &item[4..22]), (54, &response[7..25]));
    }
}
