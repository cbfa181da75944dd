//! Random names and ids.

use crate::body;
use crate::error::{Error, Kind, Result};

/// Returns `N` random bytes.
///
/// # Errors
/// `io` if the system provides no random bytes.
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|e| Error::new(Kind::Io, format!("the system gave no random bytes: {e}")).caused_by(&e))?;
    Ok(bytes)
}

/// Returns `N` random bytes as hexadecimal digits, two per byte.
///
/// # Errors
/// `io` if the system provides no random bytes.
pub fn hex<const N: usize>() -> Result<String> {
    bytes::<N>().map(|bytes| body::hex(&bytes))
}

/// Returns a new id: `prefix`, an underscore and 24 hexadecimal digits.
///
/// # Errors
/// `io` if the system provides no random bytes.
pub fn id(prefix: &str) -> Result<String> {
    hex::<12>().map(|digits| format!("{prefix}_{digits}"))
}

/// Returns a UUID of version 4 (RFC 9562).
///
/// # Errors
/// `io` if the system provides no random bytes.
pub fn uuid() -> Result<String> {
    let number = u128::from_be_bytes(bytes()?) & !(0xF << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let digits = |shift: u32, count: u32| number >> shift & ((1 << (4 * count)) - 1);
    let (time, middle, version, variant) = (digits(96, 8), digits(80, 4), digits(64, 4), digits(48, 4));
    Ok(format!("{time:08x}-{middle:04x}-{version:04x}-{variant:04x}-{:012x}", digits(0, 12)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_says_that_it_is_random() {
        for _ in 0..100 {
            let uuid = uuid().unwrap();
            let parts: Vec<_> = uuid.split('-').map(str::len).collect();
            assert_eq!(parts, [8, 4, 4, 4, 12], "{uuid}");
            assert!(uuid.get(14..15) == Some("4") && "89ab".contains(uuid.get(19..20).unwrap()), "{uuid}");
        }
        assert_ne!(uuid().unwrap(), uuid().unwrap());
    }
}
