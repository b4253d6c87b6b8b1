//! Recognises a frame that differs from an earlier one in a single string.
//!
//! Nearly all events of a stream are alike to the byte but for the few letters of text that they bring. JSON is read
//! the same way whenever its bytes are the same, so a frame that equals an earlier one outside of one string literal
//! means what that one meant, with another text. Comparing bytes is many times cheaper than reading them.

use std::ops::Range;

use crate::text;

/// What a literal that varies is to the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The text that the frame brings.
    Value,
    /// The same text once more: gateways mirror it in another field.
    Mirror,
    /// Means nothing: `OpenAI` pads events to hide their length.
    Padding,
    /// Digits that mean nothing: `OpenAI` numbers the events of a response.
    Counter,
}

/// A literal of the payload, without its quotes, or the digits of a [`Role::Counter`].
pub(crate) type Hole = (Role, Range<usize>);

/// An earlier frame with holes in it.
#[derive(Debug)]
pub(crate) struct Template<Slot> {
    slot: Slot,
    /// What stands before each hole.
    pieces: Vec<(Vec<u8>, Role)>,
    tail: Vec<u8>,
}

/// A frame that fits.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Hit<'a> {
    pub(crate) literal: &'a [u8],
    pub(crate) escaped: bool,
    /// How long the whole frame is.
    pub(crate) len: usize,
}

impl<Slot: Copy> Template<Slot> {
    /// Learns from a frame; `data` is where its payload starts in `raw`.
    pub(crate) fn learn(raw: &[u8], data: usize, slot: Slot, mut holes: Vec<Hole>) -> Option<Self> {
        holes.sort_by_key(|(_, literal)| literal.start);
        let (mut pieces, mut at) = (Vec::new(), 0);
        for (role, literal) in holes {
            pieces.push((raw.get(at..data + literal.start)?.to_vec(), role));
            at = data + literal.end;
        }
        Some(Self { slot, pieces, tail: raw.get(at..)?.to_vec() })
    }

    pub(crate) fn slot(&self) -> Slot {
        self.slot
    }

    /// The frame at the start of `bytes`, if it fits. An empty text never does: it may change what else counts.
    /// Without a hole for a text, the frames that fit bring nothing.
    pub(crate) fn fit<'a>(&self, bytes: &'a [u8]) -> Option<Hit<'a>> {
        let (mut rest, mut value) = (bytes, None);
        for (piece, role) in &self.pieces {
            rest = rest.strip_prefix(piece.as_slice())?;
            if *role == Role::Counter {
                rest = after_digits(rest)?;
                continue;
            }
            let end = text::extent(rest, 0)?;
            let literal = rest.get(..end.close)?;
            match (role, value) {
                (Role::Padding | Role::Counter, _) => {}
                (_, None) => value = Some((literal, end.escaped)),
                (_, Some((known, _))) if known == literal => {}
                _ => return None,
            }
            rest = rest.get(end.close..)?;
        }
        rest = rest.strip_prefix(self.tail.as_slice())?;
        let (literal, escaped) = match value {
            Some(([], _)) => return None,
            Some(value) => value,
            None => (&b""[..], false),
        };
        Some(Hit { literal, escaped, len: bytes.len() - rest.len() })
    }
}

/// What follows the digits that come next, of which there is at least one.
fn after_digits(bytes: &[u8]) -> Option<&[u8]> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 { None } else { bytes.get(digits..) }
}

#[cfg(test)]
mod tests {
    use super::{Hit, Role, Template};

    fn learn(raw: &str, holes: &[(Role, &str)]) -> Template<()> {
        let place = |text: &str| raw.find(text).map(|at| at - 6..at - 6 + text.len()).expect("it is there");
        let holes = holes.iter().map(|(role, text)| (*role, place(text))).collect();
        Template::learn(raw.as_bytes(), 6, (), holes).expect("the ranges fit")
    }

    #[test]
    fn frames_that_differ_in_the_value_fit() {
        let template = learn("data: {\"a\":1,\"text\":\"hi\",\"b\":[]}\n\n", &[(Role::Value, "hi")]);
        let next = br#"data: {"a":1,"text":"say \"x\"","b":[]}"#.to_vec();
        let next = [next, b"\n\ndata: more".to_vec()].concat();
        let hit = Hit { literal: br#"say \"x\""#, escaped: true, len: next.len() - 10 };
        assert_eq!(template.fit(&next), Some(hit));
        for other in [
            &b"data: {\"a\":2,\"text\":\"hi\",\"b\":[]}\n\n"[..],
            b"data: {\"a\":1,\"text\":\"hi\",\"b\":[1]}\n\n",
            b"data: {\"a\":1,\"text\":\"hi\",\"b\":[]}\n",
            b"data: {\"a\":1,\"text\":\"\",\"b\":[]}\n\n",
            b"data: {\"a\":1,\"text\":\"hi",
            b"",
        ] {
            assert_eq!(template.fit(other), None, "{}", String::from_utf8_lossy(other));
        }
    }

    #[test]
    fn mirrors_must_agree_and_padding_need_not() {
        let raw = "data: {\"t\":\"hi\",\"p\":\"xyz\",\"m\":\"HI\"}\n\n";
        let template = learn(raw, &[(Role::Padding, "xyz"), (Role::Mirror, "HI"), (Role::Value, "hi")]);
        let next = b"data: {\"t\":\"ho\",\"p\":\"\",\"m\":\"ho\"}\n\n";
        assert_eq!(template.fit(next), Some(Hit { literal: b"ho", escaped: false, len: next.len() }));
        assert_eq!(template.fit(b"data: {\"t\":\"ho\",\"p\":\"\",\"m\":\"hu\"}\n\n"), None);
        assert_eq!(template.fit(b"data: {\"t\":\"ho\",\"p\":1,\"m\":\"ho\"}\n\n"), None);
    }

    #[test]
    fn a_counter_may_be_any_digits() {
        let template = learn("data: {\"t\":\"hi\",\"n\":99}\n\n", &[(Role::Value, "hi"), (Role::Counter, "99")]);
        let next = b"data: {\"t\":\"ho\",\"n\":100}\n\n";
        assert_eq!(template.fit(next), Some(Hit { literal: b"ho", escaped: false, len: next.len() }));
        for other in [
            &b"data: {\"t\":\"ho\",\"n\":}\n\n"[..],
            b"data: {\"t\":\"ho\",\"n\":-1}\n\n",
            b"data: {\"t\":\"ho\",\"n\":1.5}\n\n",
            b"data: {\"t\":\"ho\",\"n\":\"1\"}\n\n",
            b"data: {\"t\":\"ho\",\"n\":10",
        ] {
            assert_eq!(template.fit(other), None, "{}", String::from_utf8_lossy(other));
        }
    }
}
