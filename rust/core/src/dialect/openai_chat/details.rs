//! `reasoning_details`: structured reasoning that gateways want back as it came.
//!
//! In a stream they come in pieces. Pieces of one entry are joined: text and summary grow, the rest is set by the
//! last piece that has it. The joined list is the seal of the reasoning part.

use std::ops::Range;

use super::super::{Blocks, Lesson, Slot};
use crate::event::{Batch, Channel};
use crate::json;
use crate::scan::{Kind, Read, Scan};
use crate::text::{self, Carry};

/// One entry: its members in the order they came, `text`-like ones decoded, the rest as they stand.
#[derive(Debug, Default)]
struct Detail {
    kind: String,
    index: Option<i64>,
    texts: Vec<(&'static str, String)>,
    rest: Vec<(String, String)>,
}

/// The entries of one reply.
#[derive(Debug, Default)]
pub(super) struct Details {
    list: Vec<Detail>,
    block: Option<u32>,
}

const TEXTS: [&str; 3] = ["text", "summary", "data"];

impl Details {
    /// Reads a list of pieces and writes their words as reasoning; whether there were any.
    pub(super) fn read(
        &mut self,
        scan: &mut Scan<'_>,
        blocks: &mut Blocks,
        lesson: &mut Lesson,
        out: &mut Batch,
    ) -> Read<bool> {
        let mut told = false;
        let Some(mut array) = scan.array()? else { return Ok(told) };
        while scan.item(&mut array)? {
            let (piece, literal) = piece(scan, blocks.carry(Channel::Reasoning))?;
            told |= literal.as_ref().is_some_and(|literal| !literal.is_empty());
            for (name, text) in &piece.texts {
                if *name != "data" {
                    blocks.push(Channel::Reasoning, text, out);
                }
            }
            // Pieces that are not told apart by an index are never joined, so they have no template.
            if piece.texts.len() == 1 && piece.index.is_some() && literal.is_some() {
                lesson.value(Slot::Detail(self.join(piece)), literal);
            } else {
                lesson.spoil();
                self.join(piece);
            }
            self.block.get_or_insert_with(|| blocks.current(Channel::Reasoning));
        }
        Ok(told)
    }

    /// Adds a piece to its entry; gives which one that is.
    fn join(&mut self, piece: Detail) -> usize {
        let same = |known: &Detail| known.kind == piece.kind && known.index == piece.index;
        let known = piece.index.and_then(|_| self.list.iter().position(same));
        let at = known.unwrap_or(self.list.len());
        match self.list.get_mut(at) {
            Some(known) => known.join(piece),
            None => self.list.push(piece),
        }
        at
    }

    /// More text for an entry.
    pub(super) fn grow(&mut self, at: usize, text: &str) {
        if let Some((_, grown)) = self.list.get_mut(at).and_then(|detail| detail.texts.first_mut()) {
            grown.push_str(text);
        }
    }

    /// Writes the seal.
    pub(super) fn flush(&mut self, out: &mut Batch) {
        if let Some(block) = self.block.take() {
            let mut seal = String::from("[");
            for detail in &self.list {
                if seal.len() > 1 {
                    seal.push(',');
                }
                detail.write(&mut seal);
            }
            seal.push(']');
            out.sealed(block, &seal);
        }
    }
}

impl Detail {
    fn join(&mut self, piece: Self) {
        for (name, text) in piece.texts {
            match self.texts.iter_mut().find(|(other, _)| *other == name) {
                Some((_, grown)) => grown.push_str(&text),
                None => self.texts.push((name, text)),
            }
        }
        for (name, value) in piece.rest {
            match self.rest.iter_mut().find(|(other, _)| *other == name) {
                Some((_, last)) if value != "null" => *last = value,
                Some(_) => {}
                None => self.rest.push((name, value)),
            }
        }
    }

    fn write(&self, out: &mut String) {
        out.push('{');
        for (name, text) in &self.texts {
            member(name, out);
            json::quote(text, out);
        }
        for (name, value) in &self.rest {
            member(name, out);
            out.push_str(value);
        }
        out.push('}');
    }
}

fn member(name: &str, out: &mut String) {
    if !out.ends_with('{') {
        out.push(',');
    }
    json::quote(name, out);
    out.push(':');
}

/// Reads one piece, and where the literal of its words lies.
fn piece(scan: &mut Scan<'_>, carry: &mut Carry) -> Read<(Detail, Option<Range<usize>>)> {
    let (mut detail, mut literal) = (Detail::default(), None);
    let Some(mut object) = scan.object()? else { return Ok((detail, literal)) };
    while let Some(key) = scan.key(&mut object)? {
        let known = TEXTS.iter().find(|text| text.as_bytes() == &*key);
        match known {
            Some(name) if scan.peek()? == Kind::String => {
                let mut text = String::new();
                if *name == "data" {
                    text = scan.text()?.unwrap_or_default().into_owned();
                } else {
                    literal = scan.text_into(carry, &mut text)?;
                }
                detail.texts.push((name, text));
            }
            Some(_) if scan.peek()? == Kind::Null => scan.skip()?,
            _ => {
                let value = scan.raw()?;
                match &*key {
                    b"type" => detail.kind = Scan::new(value).text()?.unwrap_or_default().into_owned(),
                    b"index" => detail.index = Scan::new(value).count()?,
                    _ => {}
                }
                detail.rest.push((text::lossy(&key).into_owned(), text::lossy(value).into_owned()));
            }
        }
    }
    Ok((detail, literal))
}
