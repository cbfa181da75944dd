//! Decoding of UTF-8 text that arrives in blocks.

/// Returns the number of bytes at the end of `bytes` that begin an incomplete character.
pub fn unfinished(bytes: &[u8]) -> usize {
    let rest = bytes.utf8_chunks().last().map_or(&[][..], |chunk| chunk.invalid());
    match std::str::from_utf8(rest) {
        Err(e) if e.error_len().is_none() => rest.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_beginning_of_a_character_is_unfinished() {
        assert_eq!((unfinished("\u{e4}".as_bytes()), unfinished(b"a\xc3"), unfinished(b"a\xff")), (0, 1, 0));
        assert_eq!((unfinished(b""), unfinished(b"\xff\xe6\xbc"), unfinished(b"\xf0\x9f\x98")), (0, 2, 3));
    }
}
