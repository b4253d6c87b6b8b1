//! Numbers the parts of an answer, and writes text into the part that is open.

use crate::event::{Batch, Channel};
use crate::scan::{Read, Scan};
use crate::text::{self, Carry};

/// The parts of one answer.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    count: u32,
    open: Option<(Channel, u32)>,
    carries: [Carry; 3],
}

impl Blocks {
    /// A new part, which text does not flow into.
    pub(crate) fn add(&mut self) -> u32 {
        let block = self.count;
        self.count += 1;
        self.open = None;
        block
    }

    /// Text flows into the open part no more.
    pub(crate) fn close(&mut self) {
        self.open = None;
    }

    /// The part that text of this channel flows into: the open one, or a new one.
    pub(crate) fn current(&mut self, channel: Channel) -> u32 {
        match self.open {
            Some((open, block)) if open == channel => block,
            _ => {
                let block = self.add();
                self.open = Some((channel, block));
                block
            }
        }
    }

    /// The half of a surrogate pair that waits on this channel.
    pub(crate) fn carry(&mut self, channel: Channel) -> &mut Carry {
        let [text, reasoning, refusal] = &mut self.carries;
        match channel {
            Channel::Text | Channel::Arguments => text,
            Channel::Reasoning => reasoning,
            Channel::Refusal => refusal,
        }
    }

    /// Writes a piece of text.
    pub(crate) fn push(&mut self, channel: Channel, piece: &str, out: &mut Batch) {
        if !piece.is_empty() {
            let block = self.current(channel);
            out.push_delta(channel, block, piece);
        }
    }

    /// Decodes a literal that stands in a payload and writes it.
    pub(crate) fn push_literal(
        &mut self,
        channel: Channel,
        literal: &[u8],
        escaped: bool,
        out: &mut Batch,
    ) -> Result<(), usize> {
        let from = out.buffer().len();
        text::unescape(literal, escaped, self.carry(channel), out.buffer())?;
        self.commit(channel, from, out);
        Ok(())
    }

    /// Decodes the string that comes next and writes it; gives where its literal lies.
    pub(crate) fn push_text(
        &mut self,
        channel: Channel,
        scan: &mut Scan<'_>,
        out: &mut Batch,
    ) -> Read<Option<std::ops::Range<usize>>> {
        let from = out.buffer().len();
        let literal = scan.text_into(self.carry(channel), out.buffer())?;
        self.commit(channel, from, out);
        Ok(literal)
    }

    fn commit(&mut self, channel: Channel, from: usize, out: &mut Batch) {
        if out.buffer().len() > from {
            let block = self.current(channel);
            out.delta(channel, block, from);
        }
    }

    /// Writes what still waits for the other half of a surrogate pair.
    pub(crate) fn flush(&mut self, out: &mut Batch) {
        for channel in [Channel::Reasoning, Channel::Text, Channel::Refusal] {
            let from = out.buffer().len();
            self.carry(channel).flush(out.buffer());
            self.commit(channel, from, out);
        }
    }
}
