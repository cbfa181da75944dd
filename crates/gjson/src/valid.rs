//! Validation of JSON. Uses a stack of its own, so that deep nesting costs only memory.

/// Returns whether `text` is one JSON value, possibly with white space around it.
pub(super) fn is_json(text: &str) -> bool {
    Checker { rest: text.as_bytes(), open: Vec::new() }.document().is_some()
}

/// A validator. Each method removes what it is named after from the front of `rest`, or returns `None`.
struct Checker<'t> {
    rest: &'t [u8],
    /// The expected closing brackets, innermost last.
    open: Vec<u8>,
}

impl Checker<'_> {
    fn document(&mut self) -> Option<()> {
        loop {
            let complete = self.value_or_opening()?;
            if complete && self.closings_and_comma()? {
                return Some(());
            }
        }
    }

    /// Checks a scalar or an empty container and returns true, or the start of a container up to its first value and
    /// returns false.
    fn value_or_opening(&mut self) -> Option<bool> {
        self.space();
        match self.next()? {
            b'{' => {
                self.space();
                if self.eat(b'}') {
                    return Some(true);
                }
                self.open.push(b'}');
                self.key()?;
                return Some(false);
            }
            b'[' => {
                self.space();
                if self.eat(b']') {
                    return Some(true);
                }
                self.open.push(b']');
                return Some(false);
            }
            b'"' => self.string()?,
            b't' => self.word(b"rue")?,
            b'f' => self.word(b"alse")?,
            b'n' => self.word(b"ull")?,
            b'-' => {
                let digit = self.next()?;
                self.number(digit)?;
            }
            digit => self.number(digit)?,
        }
        Some(true)
    }

    /// Checks what follows a value: closing brackets, then the end of the text (true), or a comma and the next key
    /// (false).
    fn closings_and_comma(&mut self) -> Option<bool> {
        loop {
            self.space();
            let Some(due) = self.open.last().copied() else {
                return self.rest.is_empty().then_some(true);
            };
            let byte = self.next()?;
            if byte == due {
                self.open.pop();
            } else if byte == b',' {
                if due == b'}' {
                    self.key()?;
                }
                return Some(false);
            } else {
                return None;
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        self.space();
        self.word(b"\"")?;
        self.string()?;
        self.space();
        self.word(b":")
    }

    /// Checks a string after its opening quote.
    fn string(&mut self) -> Option<()> {
        loop {
            match self.next()? {
                b'"' => return Some(()),
                b'\\' => match self.next()? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                    b'u' => {
                        for _ in 0..4 {
                            self.next().filter(u8::is_ascii_hexdigit)?;
                        }
                    }
                    _ => return None,
                },
                0..=0x1f => return None,
                _ => {}
            }
        }
    }

    /// Checks a number after its sign and first digit.
    fn number(&mut self, first: u8) -> Option<()> {
        match first {
            b'0' => {}
            b'1'..=b'9' => self.digits(),
            _ => return None,
        }
        if self.eat(b'.') {
            self.next().filter(u8::is_ascii_digit)?;
            self.digits();
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _sign = self.eat(b'+') || self.eat(b'-');
            self.next().filter(u8::is_ascii_digit)?;
            self.digits();
        }
        Some(())
    }

    fn digits(&mut self) {
        while let [b'0'..=b'9', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    fn space(&mut self) {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.word(&[byte]).is_some()
    }

    fn next(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }
}
