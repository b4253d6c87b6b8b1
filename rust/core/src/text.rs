//! JSON strings: escapes, surrogates and damaged UTF-8, across any cut.

use std::borrow::Cow;

use memchr::memchr2;

const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// The half of a surrogate pair that the next delta of the same channel may complete.
///
/// Some gateways split an emoji between two deltas: `"\ud83d"` and then `"\ude00"`. Neither half is text on its own,
/// so the first waits here.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Carry(Option<u16>);

impl Carry {
    /// Writes U+FFFD for a half that nothing completed.
    pub fn flush(&mut self, out: &mut String) -> bool {
        let waiting = self.0.take().is_some();
        if waiting {
            out.push(REPLACEMENT);
        }
        waiting
    }
}

/// Where a string literal ends: the position of its closing quote, and whether it holds escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) close: usize,
    pub(crate) escaped: bool,
}

/// How many words of eight bytes are looked at before a vectorised search starts; most keys and texts are shorter.
const WORDS: usize = 4;

/// The bytes of `word` that equal `letter`, each marked by its highest bit; marks above the lowest may be wrong.
#[inline]
fn marks(word: u64, letter: u8) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    let zeroed = word ^ (ONES * u64::from(letter));
    zeroed.wrapping_sub(ONES) & !zeroed & (ONES << 7)
}

/// The position of the first quote or backslash from `at` on.
#[inline]
fn special(bytes: &[u8], mut at: usize) -> Option<usize> {
    for _ in 0..WORDS {
        let Some(word) = bytes.get(at..)?.first_chunk() else { break };
        let word = u64::from_le_bytes(*word);
        let found = marks(word, b'"') | marks(word, b'\\');
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    Some(at + memchr2(b'"', b'\\', bytes.get(at..)?)?)
}

/// Finds the closing quote of the literal whose first byte is `bytes[from]`; `None` when the input ends first.
#[inline]
pub(crate) fn extent(bytes: &[u8], from: usize) -> Option<Extent> {
    let (mut at, mut escaped) = (from, false);
    loop {
        let found = special(bytes, at)?;
        if bytes.get(found) == Some(&b'"') {
            return Some(Extent { close: found, escaped });
        }
        escaped = true;
        at = found + 2;
    }
}

/// Appends the text of a literal (the bytes between its quotes) to `out`.
///
/// Lone surrogates and bytes that are not UTF-8 become U+FFFD; a high surrogate at the very end waits in `carry`.
/// Returns the offset of the first byte that JSON forbids, if there is one.
pub(crate) fn unescape(literal: &[u8], escaped: bool, carry: &mut Carry, out: &mut String) -> Result<(), usize> {
    if let Some(bad) = literal.iter().position(|byte| *byte < 0x20) {
        return Err(bad);
    }
    if !escaped {
        if !literal.is_empty() {
            carry.flush(out);
        }
        push_lossy(literal, out);
        return Ok(());
    }
    let mut rest = literal;
    while let Some(slash) = memchr::memchr(b'\\', rest) {
        let (plain, tail) = rest.split_at(slash);
        if !plain.is_empty() {
            carry.flush(out);
            push_lossy(plain, out);
        }
        let bad = literal.len() - tail.len();
        let (code, after) = escape(tail).ok_or(bad)?;
        push_code(&code, carry, out);
        rest = after;
    }
    if !rest.is_empty() {
        carry.flush(out);
        push_lossy(rest, out);
    }
    Ok(())
}

/// Text from bytes that should be UTF-8; what is not becomes U+FFFD.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    // The lossy conversion of the standard library reads byte by byte; nearly all input is fine and need not.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

fn push_lossy(bytes: &[u8], out: &mut String) {
    match std::str::from_utf8(bytes) {
        Ok(text) => out.push_str(text),
        Err(_) => out.push_str(&String::from_utf8_lossy(bytes)),
    }
}

enum Code {
    Char(char),
    High(u16),
    Low(u16),
}

/// Reads one escape; `tail` starts at its backslash.
fn escape(tail: &[u8]) -> Option<(Code, &[u8])> {
    let plain = match tail.get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let unit = hex(tail.get(2..6)?)?;
            let code = match unit {
                0xD800..=0xDBFF => Code::High(unit),
                0xDC00..=0xDFFF => Code::Low(unit),
                _ => Code::Char(char::from_u32(u32::from(unit))?),
            };
            return Some((code, tail.get(6..)?));
        }
        _ => return None,
    };
    Some((Code::Char(plain), tail.get(2..)?))
}

fn hex(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0u16, |sum, digit| {
        let value = char::from(*digit).to_digit(16)?;
        Some(sum << 4 | u16::try_from(value).ok()?)
    })
}

fn push_code(code: &Code, carry: &mut Carry, out: &mut String) {
    match *code {
        Code::Char(char) => {
            carry.flush(out);
            out.push(char);
        }
        Code::High(unit) => {
            carry.flush(out);
            carry.0 = Some(unit);
        }
        Code::Low(low) => out.push(join(carry.0.take(), low)),
    }
}

fn join(high: Option<u16>, low: u16) -> char {
    let Some(high) = high else { return REPLACEMENT };
    let code = 0x1_0000 + (u32::from(high - 0xD800) << 10) + u32::from(low - 0xDC00);
    char::from_u32(code).unwrap_or(REPLACEMENT)
}

#[cfg(test)]
mod tests {
    use super::{Carry, extent, unescape};

    fn read(pieces: &[&str]) -> String {
        let (mut out, mut carry) = (String::new(), Carry::default());
        for piece in pieces {
            unescape(piece.as_bytes(), piece.contains('\\'), &mut carry, &mut out).expect("a valid literal");
        }
        carry.flush(&mut out);
        out
    }

    #[test]
    fn escapes_and_surrogates() {
        let cases: [(&[&str], &str); 10] = [
            (&["plain"], "plain"),
            (&[r#"a\"b\\c\/d\n\t\r\b\f"#], "a\"b\\c/d\n\t\r\u{8}\u{c}"),
            (&[r"\u00e9\u6F22"], "é漢"),
            (&[r"\ud83d\ude00"], "😀"),
            (&[r"\ud83d", r"\ude00!"], "😀!"),
            (&[r"\ud83d", "x"], "\u{fffd}x"),
            (&[r"\ud83d", r"\n"], "\u{fffd}\n"),
            (&[r"\ude00"], "\u{fffd}"),
            (&[r"\ud83d\ud83d\ude00"], "\u{fffd}😀"),
            (&[r"x\ud83d", ""], "x\u{fffd}"),
        ];
        for (pieces, expected) in cases {
            assert_eq!(read(pieces), expected, "{pieces:?}");
        }
    }

    #[test]
    fn damaged_utf8_is_replaced() {
        let (mut out, mut carry) = (String::new(), Carry::default());
        assert_eq!(unescape(b"a\xffb\xe2\x82", false, &mut carry, &mut out), Ok(()));
        assert_eq!(out, "a\u{fffd}b\u{fffd}");
    }

    #[test]
    fn forbidden_bytes_are_located() {
        for (literal, at) in [(&b"ab\ncd"[..], 2), (br"ab\x", 2), (br"a\u12", 1), (br"a\u12G4", 1)] {
            let (mut out, mut carry) = (String::new(), Carry::default());
            assert_eq!(unescape(literal, literal.contains(&b'\\'), &mut carry, &mut out), Err(at), "{literal:?}");
        }
    }

    #[test]
    fn the_closing_quote_is_found_behind_escapes() {
        assert_eq!(extent(br#"ab" "#, 0).map(|end| (end.close, end.escaped)), Some((2, false)));
        assert_eq!(extent(br#"a\"b" "#, 0).map(|end| (end.close, end.escaped)), Some((4, true)));
        assert_eq!(extent(br#"a\\" "#, 0).map(|end| (end.close, end.escaped)), Some((3, true)));
        for open in [&br#"a\""#[..], b"a", b"", br"a\"] {
            assert_eq!(extent(open, 0), None, "{open:?}");
        }
    }
}
