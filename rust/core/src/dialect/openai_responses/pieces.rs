//! The texts that an answer is made of, each growing at its own place.

use std::ops::Range;

use super::super::Blocks;
use crate::event::{Batch, Channel};
use crate::json;
use crate::scan::{Read, Scan};
use crate::strict;
use crate::text::{self, Carry};

/// Where in its item a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A part of the content.
    Content(i64),
    /// A part of the summary of reasoning.
    Summary(i64),
    /// The arguments of a call, or the input of a custom one.
    Input,
}

/// One text, as far as it came.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) item: usize,
    pub(super) place: Place,
    pub(super) channel: Channel,
    /// The part of the answer it is; `None` until there is any of it.
    pub(super) block: Option<u32>,
    /// What has come of it, to be held against the whole that closes its item.
    said: String,
    /// How much of `said` has been handed out.
    given: usize,
    carry: Carry,
    /// Written as a JSON string: custom tools take words where functions take an object.
    quoted: bool,
    opened: bool,
    /// Whether the whole has been heard.
    pub(super) settled: bool,
}

impl Piece {
    pub(super) fn new(item: usize, place: Place, channel: Channel, block: Option<u32>, quoted: bool) -> Self {
        Self {
            item,
            place,
            channel,
            block,
            said: String::new(),
            given: 0,
            carry: Carry::default(),
            quoted,
            opened: false,
            settled: false,
        }
    }

    fn is_input(&self) -> bool {
        self.channel == Channel::Arguments
    }

    /// Whether the text so far is where a whole one begins.
    pub(super) fn begins(&self, whole: &str) -> bool {
        !self.said.is_empty() && whole.starts_with(&self.said)
    }

    /// Whether arguments can be read; other texts always can.
    pub(super) fn is_valid(&self) -> bool {
        !self.is_input() || self.quoted || self.said.trim().is_empty() || strict::is_document(self.said.as_bytes())
    }

    /// More of the text, as the literal of a JSON string.
    pub(super) fn fill(
        &mut self,
        literal: &[u8],
        escaped: bool,
        blocks: &mut Blocks,
        out: &mut Batch,
    ) -> Result<(), usize> {
        let before = self.said.len();
        let read = text::unescape(literal, escaped, &mut self.carry, &mut self.said);
        if read.is_err() {
            self.said.truncate(before);
        }
        self.give(blocks, out);
        read
    }

    /// More of the text, which comes next; gives where its literal lies.
    pub(super) fn read(
        &mut self,
        scan: &mut Scan<'_>,
        blocks: &mut Blocks,
        out: &mut Batch,
    ) -> Read<Option<Range<usize>>> {
        let before = self.said.len();
        let literal = scan.text_into(&mut self.carry, &mut self.said);
        if literal.is_err() {
            self.said.truncate(before);
        }
        self.give(blocks, out);
        literal
    }

    /// The whole text, once it is known: what no delta brought is handed out now. What was said cannot be unsaid.
    pub(super) fn settle(&mut self, whole: &str, blocks: &mut Blocks, out: &mut Batch) {
        self.settled = true;
        self.carry.flush(&mut self.said);
        if let Some(rest) = whole.strip_prefix(self.said.as_str()) {
            self.said.push_str(rest);
        }
        self.give(blocks, out);
    }

    /// Hands out what has come and has not been handed out. A call's part is begun by its item, once it has a name.
    pub(super) fn give(&mut self, blocks: &mut Blocks, out: &mut Batch) {
        if self.block.is_none() && !self.is_input() && !self.said.is_empty() {
            self.block = Some(blocks.add());
        }
        let (Some(block), Some(rest)) = (self.block, self.said.get(self.given..)) else { return };
        let from = out.buffer().len();
        if self.quoted {
            if !self.opened {
                self.opened = true;
                out.buffer().push('"');
            }
            json::escape(rest, out.buffer());
        } else {
            out.buffer().push_str(rest);
        }
        out.delta(self.channel, block, from);
        self.given = self.said.len();
    }

    /// Nothing more will come: half a character is written as what it is.
    pub(super) fn flush(&mut self, blocks: &mut Blocks, out: &mut Batch) {
        if self.carry.flush(&mut self.said) {
            self.give(blocks, out);
        }
    }

    /// The end of the text, where it has a mark of its own.
    pub(super) fn close(&mut self, blocks: &mut Blocks, out: &mut Batch) {
        if self.quoted {
            self.give(blocks, out);
            if let Some(block) = self.block {
                out.push_delta(self.channel, block, "\"");
            }
        }
    }
}
