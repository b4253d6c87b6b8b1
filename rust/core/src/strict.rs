//! Whether bytes are exactly one JSON document, by RFC 8259 and nothing looser.
//!
//! The scanner is lenient with what it skips; this gate is not. It decides about an event that lacks its end, about
//! several documents in one event, and about tool arguments.

use crate::scan::MAX_DEPTH;
use crate::text;

/// Whether `bytes` are one whole document, with nothing but white space around it.
///
/// ```
/// use modelmix_core::strict::is_document;
/// assert!(is_document(br#" {"a": [1.5e3, "\u00e9", null]} "#));
/// for not in [&b"{"[..], b"01", b"[1,]", b"nan", b"{} {}", b"\"\n\"", b""] {
///     assert!(!is_document(not));
/// }
/// ```
pub fn is_document(bytes: &[u8]) -> bool {
    let mut gate = Gate { bytes, at: 0 };
    gate.value().is_some() && gate.ends()
}

struct Gate<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Gate<'_> {
    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
    }

    fn ends(&mut self) -> bool {
        self.blank();
        self.at == self.bytes.len()
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        self.blank();
        (self.byte() == Some(byte)).then(|| self.at += 1)
    }

    /// Walks one value with a stack of its own: input must not decide how deep we recurse.
    fn value(&mut self) -> Option<()> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            self.blank();
            match self.byte()? {
                b'{' | b'[' if open.len() == MAX_DEPTH as usize => return None,
                b'{' => {
                    self.at += 1;
                    if self.eat(b'}').is_none() {
                        self.key()?;
                        open.push(b'}');
                        continue;
                    }
                }
                b'[' => {
                    self.at += 1;
                    if self.eat(b']').is_none() {
                        open.push(b']');
                        continue;
                    }
                }
                b'"' => self.string()?,
                b'-' | b'0'..=b'9' => self.number()?,
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                _ => self.word(b"null")?,
            }
            if self.close(&mut open)? {
                return Some(());
            }
        }
    }

    /// After a value: closes what ends here, or moves to the next value. True when nothing is open any more.
    fn close(&mut self, open: &mut Vec<u8>) -> Option<bool> {
        loop {
            let Some(close) = open.last().copied() else { return Some(true) };
            if self.eat(b',').is_some() {
                if close == b'}' {
                    self.key()?;
                }
                return Some(false);
            }
            self.eat(close)?;
            open.pop();
        }
    }

    fn key(&mut self) -> Option<()> {
        self.blank();
        if self.byte()? != b'"' {
            return None;
        }
        self.string()?;
        self.eat(b':')
    }

    fn string(&mut self) -> Option<()> {
        let from = self.at + 1;
        let end = text::extent(self.bytes, from)?;
        let literal = self.bytes.get(from..end.close)?;
        std::str::from_utf8(literal).ok()?;
        text::unescape(literal, end.escaped, &mut text::Carry::default(), &mut String::new()).ok()?;
        self.at = end.close + 1;
        Some(())
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.bytes.get(self.at..)?.starts_with(word).then(|| self.at += word.len())
    }

    fn number(&mut self) -> Option<()> {
        self.at += usize::from(self.byte() == Some(b'-'));
        match self.byte()? {
            b'0' => self.at += 1,
            _ => self.digits()?,
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let from = self.at;
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
        (self.at > from).then_some(())
    }
}
