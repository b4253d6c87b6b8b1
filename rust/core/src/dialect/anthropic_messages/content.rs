//! The content blocks of one reply, found by their index while they grow.

use super::block::{Block, Kind};
use crate::dialect::{Lesson, Slot};
use crate::event::Batch;
use crate::scan::{Read, Scan};

/// All blocks so far, and how many parts of the answer they have made.
#[derive(Debug, Default)]
pub(super) struct Content {
    blocks: Vec<Block>,
    parts: u32,
}

/// Where the text of a delta stands, by the kind of block it belongs to.
const PIECES: [(&[u8], Kind); 3] =
    [(b"text", Kind::Text), (b"thinking", Kind::Thinking), (b"partial_json", Kind::Call)];

impl Content {
    /// A new part of the answer.
    pub(super) fn add(&mut self) -> u32 {
        let part = self.parts;
        self.parts += 1;
        part
    }

    /// Whether there are calls for the client to run.
    pub(super) fn calls(&self) -> bool {
        self.blocks.iter().any(Block::is_call)
    }

    /// Whether there are calls, and each has arguments that can be read.
    pub(super) fn calls_are_whole(&self) -> bool {
        self.calls() && self.blocks.iter().all(Block::is_whole)
    }

    /// Reads all blocks of a message.
    pub(super) fn whole(&mut self, scan: &mut Scan<'_>, out: &mut Batch) -> Read<()> {
        let Some(mut array) = scan.array()? else { return Ok(()) };
        while scan.item(&mut array)? {
            let index = i64::try_from(self.blocks.len()).unwrap_or(i64::MAX);
            self.start(index, scan, out)?;
            self.stop(index, out);
        }
        Ok(())
    }

    /// A block begins.
    pub(super) fn start(&mut self, index: i64, scan: &mut Scan<'_>, out: &mut Batch) -> Read<()> {
        let block = Block::read(index, scan)?;
        self.begin(block, out);
        Ok(())
    }

    fn begin(&mut self, mut block: Block, out: &mut Batch) -> usize {
        block.open(&mut self.parts, out);
        self.blocks.push(block);
        self.blocks.len() - 1
    }

    /// The growing block of an index.
    fn growing(&self, index: i64) -> Option<usize> {
        self.blocks.iter().rposition(|block| block.index() == index).filter(|at| self.is_growing(*at))
    }

    /// Whether the block at this place may still grow, and is the one that its index means.
    pub(super) fn is_growing(&self, at: usize) -> bool {
        let Some((block, later)) = self.blocks.get(at..).and_then(<[Block]>::split_first) else { return false };
        block.is_growing() && later.iter().all(|other| other.index() != block.index())
    }

    /// The block that a piece of some kind goes to: `SGLang` has sent text under the index of a call
    /// (`sgl-project/sglang#24294`), and some gateways never say that a block begins.
    fn place(&mut self, index: i64, kind: Kind, out: &mut Batch) -> usize {
        let known = self.growing(index).filter(|at| self.blocks.get(*at).is_some_and(|block| block.takes(kind)));
        known.unwrap_or_else(|| self.begin(Block::new(index, kind), out))
    }

    /// Reads a delta. More text for a block is all that a template can be made of.
    pub(super) fn delta(&mut self, index: i64, scan: &mut Scan<'_>, lesson: &mut Lesson, out: &mut Batch) -> Read<()> {
        let mut rest = *scan;
        let Some(mut object) = scan.object()? else { return Ok(()) };
        let mut known = false;
        while let Some(key) = scan.key(&mut object)? {
            if let Some((_, kind)) = PIECES.iter().find(|(name, _)| *name == &*key) {
                known = true;
                let at = self.place(index, *kind, out);
                if let Some(block) = self.blocks.get_mut(at) {
                    lesson.value(Slot::Block(at), block.grow(scan, &mut self.parts, out)?);
                }
                continue;
            }
            match &*key {
                b"type" => scan.skip()?,
                b"signature" => {
                    known = true;
                    lesson.spoil();
                    let at = self.place(index, Kind::Thinking, out);
                    if let (Some(block), Some(signature)) = (self.blocks.get_mut(at), scan.text()?) {
                        block.sign(&signature, &mut self.parts, out);
                    }
                }
                b"citation" => {
                    known = true;
                    lesson.spoil();
                    let at = self.place(index, Kind::Text, out);
                    if let Some(block) = self.blocks.get_mut(at) {
                        block.cite(scan)?;
                    }
                }
                _ => {
                    lesson.spoil();
                    scan.skip()?;
                }
            }
        }
        if !known
            && let Some(at) = self.growing(index)
            && let Some(block) = self.blocks.get_mut(at)
        {
            block.amend(&mut rest)?;
        }
        Ok(())
    }

    /// More text for a block, as a literal.
    pub(super) fn fill(&mut self, at: usize, literal: &[u8], escaped: bool, out: &mut Batch) -> Result<(), usize> {
        let Some(block) = self.blocks.get_mut(at) else { return Ok(()) };
        block.fill(literal, escaped, &mut self.parts, out)
    }

    /// A block is whole.
    pub(super) fn stop(&mut self, index: i64, out: &mut Batch) {
        if let Some(at) = self.growing(index)
            && let Some(block) = self.blocks.get_mut(at)
        {
            block.close(true, &mut self.parts, out);
        }
    }

    /// Hands out what blocks that never stopped still hold; whether the message is `whole` all the same.
    pub(super) fn flush(&mut self, whole: bool, out: &mut Batch) {
        for block in &mut self.blocks {
            block.close(whole, &mut self.parts, out);
        }
    }
}
