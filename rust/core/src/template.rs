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
    /// A count that changes from frame to frame, known to the dialect by this number.
    Count(u8),
    /// Digits that mean nothing: `OpenAI` numbers the events of a response.
    Counter,
    /// No literal, but spaces between tokens: Anthropic pads events with them.
    Blank,
}

/// How many counts a template may have; a frame of Gemini's has up to nine.
const COUNTS: usize = 12;

/// The digits of a count that fit without overflow.
const DIGITS: usize = 18;

/// The counts of one frame, each with the number that the dialect knows it by.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    list: [(u8, i64); COUNTS],
    len: usize,
}

impl Counts {
    /// Whether the frame had none, as those of most dialects.
    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u8, i64)> {
        self.list.iter().take(self.len).copied()
    }

    fn push(&mut self, name: u8, count: i64) -> Option<()> {
        *self.list.get_mut(self.len)? = (name, count);
        self.len += 1;
        Some(())
    }
}

/// The digits at the start of `bytes` as a count, and how many there are.
fn count(bytes: &[u8]) -> Option<(i64, usize)> {
    let digits = digits(bytes);
    if digits == 0 || digits > DIGITS {
        return None;
    }
    let value = bytes.iter().take(digits).fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some((value, digits))
}

/// A literal of the payload, without its quotes; for some roles its digits, or spaces.
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
    /// Without a hole for a text, the frames that fit bring nothing. `counts` is filled with those of the frame: it is
    /// the caller's, because few templates have any and every frame would pay for its making.
    pub(crate) fn fit<'a>(&self, bytes: &'a [u8], counts: &mut Counts) -> Option<Hit<'a>> {
        let (mut rest, mut value) = (bytes, None);
        counts.len = 0;
        for (piece, role) in &self.pieces {
            rest = rest.strip_prefix(piece.as_slice())?;
            match role {
                Role::Value | Role::Mirror | Role::Padding => {}
                Role::Count(name) => {
                    let (found, digits) = count(rest)?;
                    counts.push(*name, found)?;
                    rest = rest.get(digits..)?;
                    continue;
                }
                Role::Counter => {
                    rest = after_digits(rest)?;
                    continue;
                }
                Role::Blank => {
                    rest = unspaced(rest);
                    continue;
                }
            }
            let end = text::extent(rest, 0)?;
            let literal = rest.get(..end.close)?;
            match (role, value) {
                // A line ends here: the rest is another frame, however it looks.
                (Role::Padding, _) if literal.iter().any(|byte| *byte < 0x20) => return None,
                (Role::Padding, _) => {}
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

fn unspaced(bytes: &[u8]) -> &[u8] {
    let spaces = bytes.iter().take_while(|byte| **byte == b' ').count();
    bytes.get(spaces..).unwrap_or_default()
}

/// What follows the digits that come next, of which there is at least one.
fn after_digits(bytes: &[u8]) -> Option<&[u8]> {
    match digits(bytes) {
        0 => None,
        digits => bytes.get(digits..),
    }
}

/// How many digits `bytes` starts with.
fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests {
    use super::{Counts, Hit, Role, Template};

    fn fit<'a>(template: &Template<()>, bytes: &'a [u8]) -> Option<(Hit<'a>, Vec<(u8, i64)>)> {
        let mut counts = Counts::default();
        template.fit(bytes, &mut counts).map(|hit| (hit, counts.iter().collect()))
    }

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
        assert_eq!(fit(&template, &next), Some((hit, vec![])));
        for other in [
            &b"data: {\"a\":2,\"text\":\"hi\",\"b\":[]}\n\n"[..],
            b"data: {\"a\":1,\"text\":\"hi\",\"b\":[1]}\n\n",
            b"data: {\"a\":1,\"text\":\"hi\",\"b\":[]}\n",
            b"data: {\"a\":1,\"text\":\"\",\"b\":[]}\n\n",
            b"data: {\"a\":1,\"text\":\"hi",
            b"",
        ] {
            assert_eq!(fit(&template, other), None, "{}", String::from_utf8_lossy(other));
        }
    }

    #[test]
    fn any_number_of_spaces_fits_a_blank() {
        let raw = "data: {\"d\":{\"t\":\"hi\"}  }\n\n";
        let holes = vec![(Role::Value, 11..13), (Role::Blank, 15..17)];
        let template = Template::learn(raw.as_bytes(), 6, (), holes).expect("the ranges fit");
        for next in ["data: {\"d\":{\"t\":\"ho\"}}\n\n", "data: {\"d\":{\"t\":\"ho\"}       }\n\n"] {
            let hit = Hit { literal: b"ho", escaped: false, len: next.len() };
            assert_eq!(fit(&template, next.as_bytes()), Some((hit, vec![])), "{next}");
        }
        assert_eq!(fit(&template, b"data: {\"d\":{\"t\":\"ho\"} ,}\n\n"), None);
    }

    #[test]
    fn mirrors_must_agree_and_padding_need_not() {
        let raw = "data: {\"t\":\"hi\",\"p\":\"xyz\",\"m\":\"HI\"}\n\n";
        let template = learn(raw, &[(Role::Padding, "xyz"), (Role::Mirror, "HI"), (Role::Value, "hi")]);
        let next = b"data: {\"t\":\"ho\",\"p\":\"\",\"m\":\"ho\"}\n\n";
        let hit = Hit { literal: b"ho", escaped: false, len: next.len() };
        assert_eq!(fit(&template, next), Some((hit, vec![])));
        assert_eq!(fit(&template, b"data: {\"t\":\"ho\",\"p\":\"\",\"m\":\"hu\"}\n\n"), None);
        assert_eq!(fit(&template, b"data: {\"t\":\"ho\",\"p\":1,\"m\":\"ho\"}\n\n"), None);
    }

    #[test]
    fn counts_may_change_and_are_told() {
        let raw = "data: {\"t\":\"hi\",\"n\":12,\"m\":7}\n\n";
        let template = learn(raw, &[(Role::Value, "hi"), (Role::Count(3), "12"), (Role::Count(5), "7")]);
        let told = |bytes: &[u8]| fit(&template, bytes).map(|(_, counts)| counts);
        assert_eq!(told(b"data: {\"t\":\"ho\",\"n\":345,\"m\":0}\n\n"), Some(vec![(3, 345), (5, 0)]));
        for other in [
            &b"data: {\"t\":\"ho\",\"n\":-3,\"m\":0}\n\n"[..],
            b"data: {\"t\":\"ho\",\"n\":3.5,\"m\":0}\n\n",
            b"data: {\"t\":\"ho\",\"n\":null,\"m\":0}\n\n",
            b"data: {\"t\":\"ho\",\"n\":1234567890123456789,\"m\":0}\n\n",
            b"data: {\"t\":\"ho\",\"n\":3",
        ] {
            assert_eq!(told(other), None, "{}", String::from_utf8_lossy(other));
        }
    }

    #[test]
    fn a_counter_may_be_any_digits() {
        let template = learn("data: {\"t\":\"hi\",\"n\":99}\n\n", &[(Role::Value, "hi"), (Role::Counter, "99")]);
        let next = b"data: {\"t\":\"ho\",\"n\":100}\n\n";
        let hit = Hit { literal: b"ho", escaped: false, len: next.len() };
        assert_eq!(fit(&template, next), Some((hit, vec![])));
        for other in [
            &b"data: {\"t\":\"ho\",\"n\":}\n\n"[..],
            b"data: {\"t\":\"ho\",\"n\":-1}\n\n",
            b"data: {\"t\":\"ho\",\"n\":1.5}\n\n",
            b"data: {\"t\":\"ho\",\"n\":\"1\"}\n\n",
            b"data: {\"t\":\"ho\",\"n\":10",
        ] {
            assert_eq!(fit(&template, other), None, "{}", String::from_utf8_lossy(other));
        }
    }
}
