//! The members of one payload that matter, wherever they stand in it: some servers sort them by name.

use std::borrow::Cow;
use std::ops::Range;

use super::super::Lesson;
use crate::scan::{Kind, Read, Scan};

/// One event of a stream, or a whole response.
#[derive(Default)]
pub(super) struct Frame<'a> {
    /// What kind of event it is; empty in a whole response.
    pub(super) kind: Cow<'a, str>,
    /// The place of the item in the output.
    pub(super) output_index: Option<i64>,
    /// The place of the part in the item.
    pub(super) part_index: i64,
    pub(super) item_id: Cow<'a, str>,
    pub(super) delta: Option<Scan<'a>>,
    pub(super) item: Option<Scan<'a>>,
    pub(super) annotation: Option<Scan<'a>>,
    pub(super) response: Option<Scan<'a>>,
    /// Whether there is an error that says anything.
    pub(super) error: bool,
    /// Whether the payload is a response itself.
    pub(super) bare: bool,
}

impl<'a> Frame<'a> {
    /// Reads a payload; `None` when it is no object.
    pub(super) fn read(payload: &'a [u8], lesson: &mut Lesson) -> Read<Option<Self>> {
        let mut scan = Scan::new(payload);
        let Some(mut object) = scan.object()? else {
            scan.end()?;
            return Ok(None);
        };
        let mut frame = Self::default();
        while let Some(key) = scan.key(&mut object)? {
            match &*key {
                b"type" => frame.kind = scan.text()?.unwrap_or_default(),
                b"output_index" => frame.output_index = scan.count()?,
                b"content_index" | b"summary_index" => frame.part_index = scan.count()?.unwrap_or(0),
                b"item_id" => frame.item_id = scan.text()?.unwrap_or_default(),
                b"delta" => frame.delta = scan.later()?,
                b"item" => frame.item = scan.later()?,
                b"annotation" => frame.annotation = scan.later()?,
                b"response" => frame.response = scan.later()?,
                b"error" => frame.error = is_told(&mut scan)?,
                b"object" => frame.bare |= scan.is_text(b"response")?,
                b"output" => {
                    frame.bare |= scan.peek()? == Kind::Array;
                    scan.skip()?;
                }
                b"sequence_number" => lesson.counter(digits(&mut scan)?),
                b"obfuscation" => lesson.padding(scan.literal()?),
                _ => scan.skip()?,
            }
        }
        scan.end()?;
        // Events of tools have an output too.
        frame.bare &= frame.kind.is_empty();
        Ok(Some(frame))
    }
}

/// Whether an error member is one: every response has the member, `null` where all is well.
pub(super) fn is_told(scan: &mut Scan<'_>) -> Read<bool> {
    Ok(!matches!(scan.raw()?, b"null" | b"{}" | b"\"\"" | b"[]" | b"false"))
}

/// Where the digits of a counter lie; `None` for anything else, which is passed.
fn digits(scan: &mut Scan<'_>) -> Read<Option<Range<usize>>> {
    let raw = scan.raw()?;
    let plain = !raw.is_empty() && raw.iter().all(u8::is_ascii_digit);
    Ok(plain.then(|| scan.at() - raw.len()..scan.at()))
}
