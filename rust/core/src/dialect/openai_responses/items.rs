//! The items of a response while they grow, and the parts of the answer that they make.
//!
//! An item is known by its place in the output, not by its id: a gateway gives it another id with each event.

use std::borrow::Cow;

use super::super::{Blocks, Lesson, Slot};
use super::frame::Frame;
use super::item::{Nature, Part, Said, Source, member};
use super::pieces::{Piece, Place};
use crate::event::{Batch, Channel};
use crate::json;
use crate::scan::{Kind, Read, Scan};
use crate::text;

#[derive(Debug)]
struct Item {
    index: Option<i64>,
    id: String,
    nature: Nature,
    /// The part that a call or reasoning is.
    block: Option<u32>,
    /// Whether its end has been heard.
    closed: bool,
    /// Whether it comes right after reasoning, which goes back only with the very item that followed it.
    paired: bool,
    /// How many of its sources have been handed out.
    cited: usize,
}

/// The items of one reply, in order.
#[derive(Debug, Default)]
pub(super) struct Items {
    blocks: Blocks,
    list: Vec<Item>,
    pieces: Vec<Piece>,
    calls: u32,
}

impl Items {
    /// Whether there are calls for the caller to make.
    pub(super) fn any_calls(&self) -> bool {
        self.calls > 0
    }

    /// Whether a frame that brings more of this text still means the same: no other item has taken its place.
    pub(super) fn accepts(&self, at: usize) -> bool {
        let Some(piece) = self.pieces.get(at) else { return false };
        let Some(item) = self.list.get(piece.item) else { return false };
        let heir = |other: &Item| other.index == item.index || (!item.id.is_empty() && other.id == item.id);
        !item.closed && self.list.iter().rposition(heir) == Some(piece.item)
    }

    /// More of a text, as a literal.
    pub(super) fn fill(&mut self, at: usize, literal: &[u8], escaped: bool, out: &mut Batch) -> Result<(), usize> {
        let Some(piece) = self.pieces.get_mut(at) else { return Ok(()) };
        piece.fill(literal, escaped, &mut self.blocks, out)
    }

    /// More of a text.
    pub(super) fn delta(
        &mut self,
        frame: &Frame<'_>,
        place: Place,
        channel: Channel,
        nature: Nature,
        lesson: &mut Lesson,
        out: &mut Batch,
    ) -> Read<()> {
        let Some(mut delta) = frame.delta else { return Ok(()) };
        let known = self.known(frame.output_index, &frame.item_id);
        let item = known.unwrap_or_else(|| self.add(frame.output_index, &frame.item_id, nature));
        if self.list.get(item).is_none_or(|item| item.closed) {
            return Ok(());
        }
        let at = self.piece(item, place, channel);
        let Some(piece) = self.pieces.get_mut(at) else { return Ok(()) };
        let literal = piece.read(&mut delta, &mut self.blocks, out)?;
        if frame.output_index.is_none() && frame.item_id.is_empty() {
            // It goes to the last item, whichever that is by then.
            lesson.spoil();
        }
        lesson.value(Slot::Block(at), literal);
        Ok(())
    }

    /// An item begins. One that is announced again is no other, unless it has ended.
    pub(super) fn begin(&mut self, frame: &Frame<'_>, out: &mut Batch) -> Read<()> {
        let Some(mut item) = frame.item else { return Ok(()) };
        let said = Said::read(&mut item)?;
        let known = self.known(frame.output_index, &said.id).filter(|at| self.is_open(*at, said.nature));
        let at = known.unwrap_or_else(|| self.add(frame.output_index, &said.id, said.nature));
        self.call(at, &said, out);
        Ok(())
    }

    /// An item is whole.
    pub(super) fn end(&mut self, frame: &Frame<'_>, out: &mut Batch) -> Read<()> {
        let Some(mut item) = frame.item else { return Ok(()) };
        let said = Said::read(&mut item)?;
        let known = self.known(frame.output_index, &said.id).filter(|at| self.is_open(*at, said.nature));
        let at = known.unwrap_or_else(|| self.add(frame.output_index, &said.id, said.nature));
        self.settle(at, &said, out)
    }

    /// A text names a source.
    pub(super) fn cite(&mut self, frame: &Frame<'_>, out: &mut Batch) -> Read<()> {
        let Some(mut annotation) = frame.annotation else { return Ok(()) };
        if let Some(at) = self.known(frame.output_index, &frame.item_id) {
            self.source(at, &mut annotation, out)?;
        }
        Ok(())
    }

    /// The whole output, at the end of a stream or in a body: what no event told of is told now.
    pub(super) fn output(&mut self, scan: &mut Scan<'_>, out: &mut Batch) -> Read<()> {
        let Some(mut array) = scan.array()? else { return Ok(()) };
        let (mut whole, heard) = (Vec::new(), self.list.len());
        while scan.item(&mut array)? {
            whole.push(Said::read(scan)?);
        }
        for (index, said) in (0i64..).zip(&whole) {
            let named = |item: &Item| !said.id.is_empty() && item.id == said.id;
            // An item at the same place whose id is nowhere in the output is this one under another id.
            let placed = |item: &Item| {
                item.index == Some(index)
                    && item.nature == said.nature
                    && whole.iter().all(|other| *other.id != *item.id)
            };
            let streamed = self.list.get(..heard).unwrap_or_default();
            let known = streamed.iter().rposition(named).or_else(|| streamed.iter().rposition(placed));
            let at = known.unwrap_or_else(|| self.add(Some(index), &said.id, said.nature));
            if self.list.get(at).is_some_and(|item| !item.closed) {
                self.settle(at, said, out)?;
            }
        }
        Ok(())
    }

    /// Whether there are calls, and each has arguments that can be read.
    pub(super) fn all_valid(&self) -> bool {
        self.any_calls() && self.pieces.iter().filter(|piece| piece.block.is_some()).all(Piece::is_valid)
    }

    /// Hands out what was held back.
    pub(super) fn flush(&mut self, out: &mut Batch) {
        for piece in &mut self.pieces {
            piece.flush(&mut self.blocks, out);
        }
    }

    /// The item at a place of the output, or of an id, or the last one, by what a frame tells.
    fn known(&self, index: Option<i64>, id: &str) -> Option<usize> {
        match index {
            Some(_) => self.list.iter().rposition(|item| item.index == index),
            None if !id.is_empty() => self.list.iter().rposition(|item| item.id == id),
            None => self.list.len().checked_sub(1),
        }
    }

    fn is_open(&self, at: usize, nature: Nature) -> bool {
        self.list.get(at).is_some_and(|item| !item.closed && item.nature == nature)
    }

    /// Another item. Reasoning has its place from the start, because its seal may be all that ever comes.
    fn add(&mut self, index: Option<i64>, id: &str, nature: Nature) -> usize {
        let block = (nature == Nature::Reasoning).then(|| self.blocks.add());
        let paired = self.list.last().is_some_and(|last| last.nature == Nature::Reasoning);
        let id = id.to_owned();
        self.list.push(Item { index, id, nature, block, closed: false, paired, cited: 0 });
        self.list.len() - 1
    }

    /// The text at a place of an item; another one where there is none yet.
    fn piece(&mut self, item: usize, place: Place, channel: Channel) -> usize {
        let same = |piece: &Piece| piece.item == item && piece.place == place && piece.channel == channel;
        self.pieces.iter().rposition(same).unwrap_or_else(|| {
            let known = self.list.get(item);
            let quoted = known.is_some_and(|item| item.nature == Nature::Custom);
            let block = known.and_then(|item| item.block);
            self.pieces.push(Piece::new(item, place, channel, block, quoted));
            self.pieces.len() - 1
        })
    }

    /// Begins the part of a call, as soon as it has a name.
    fn call(&mut self, at: usize, said: &Said<'_>, out: &mut Batch) {
        let ordinal = self.calls;
        let Some(item) = self.list.get_mut(at) else { return };
        let ours = matches!(item.nature, Nature::Function | Nature::Custom);
        if !ours || item.block.is_some() || said.name.is_empty() {
            return;
        }
        self.calls += 1;
        let block = self.blocks.add();
        item.block = Some(block);
        if said.call_id.is_empty() {
            out.tool_started(block, &format!("call_{ordinal}"), &said.name, true);
        } else {
            out.tool_started(block, &said.call_id, &said.name, false);
        }
        let input = self.piece(at, Place::Input, Channel::Arguments);
        if let Some(piece) = self.pieces.get_mut(input) {
            piece.block = Some(block);
            piece.give(&mut self.blocks, out);
        }
    }

    /// Tells what no delta told of an item, and what must go back with it.
    fn settle(&mut self, at: usize, said: &Said<'_>, out: &mut Batch) -> Read<()> {
        match said.nature {
            Nature::Message => self.message(at, said, out)?,
            Nature::Reasoning => self.reasoning(at, said, out)?,
            Nature::Function | Nature::Custom => self.input(at, said, out)?,
            Nature::Other => out.opaque(self.blocks.add(), &said.kind, &text::lossy(said.raw)),
        }
        if let Some(item) = self.list.get_mut(at) {
            item.closed = true;
        }
        Ok(())
    }

    fn message(&mut self, at: usize, said: &Said<'_>, out: &mut Batch) -> Read<()> {
        let mut cited = self.list.get(at).map_or(0, |item| item.cited);
        if let Some(mut content) = said.content
            && let Some(mut array) = content.array()?
        {
            let mut index = 0;
            while content.item(&mut array)? {
                let part = Part::read(&mut content)?;
                self.part(at, Place::Content(index), &part, out);
                index += 1;
                let Some(mut sources) = part.annotations else { continue };
                let Some(mut array) = sources.array()? else { continue };
                while sources.item(&mut array)? {
                    if cited == 0 {
                        self.source(at, &mut sources, out)?;
                    } else {
                        cited -= 1;
                        sources.skip()?;
                    }
                }
            }
        }
        let Some(seal) = self.seal(at, said) else { return Ok(()) };
        for piece in self.pieces.iter().filter(|piece| piece.item == at && piece.channel == Channel::Text) {
            if let Some(block) = piece.block {
                out.sealed(block, &seal);
            }
        }
        Ok(())
    }

    fn reasoning(&mut self, at: usize, said: &Said<'_>, out: &mut Batch) -> Read<()> {
        for (parts, summary) in [(said.summary, true), (said.content, false)] {
            let Some(mut parts) = parts else { continue };
            let Some(mut array) = parts.array()? else { continue };
            let mut index = 0;
            while parts.item(&mut array)? {
                let part = Part::read(&mut parts)?;
                let place = if summary { Place::Summary(index) } else { Place::Content(index) };
                self.part(at, place, &part, out);
                index += 1;
            }
        }
        if let Some(block) = self.list.get(at).and_then(|item| item.block) {
            out.sealed(block, &text::lossy(said.raw));
        }
        Ok(())
    }

    fn input(&mut self, at: usize, said: &Said<'_>, out: &mut Batch) -> Read<()> {
        self.call(at, said, out);
        let mut whole = Cow::Borrowed("");
        if let Some(mut input) = said.input {
            // Gateways also send the arguments as they are, not as text.
            let worded = input.peek()? == Kind::String;
            whole = if worded { input.text()?.unwrap_or_default() } else { text::lossy(input.raw()?) };
        }
        let piece = self.piece(at, Place::Input, Channel::Arguments);
        if let Some(piece) = self.pieces.get_mut(piece) {
            piece.settle(&whole, &mut self.blocks, out);
            piece.close(&mut self.blocks, out);
        }
        let block = self.list.get(at).and_then(|item| item.block);
        if let (Some(block), Some(seal)) = (block, self.seal(at, said)) {
            out.sealed(block, &seal);
        }
        Ok(())
    }

    /// The whole of one text. Some servers count the parts of a message in another way when it is done.
    fn part(&mut self, at: usize, place: Place, part: &Part<'_>, out: &mut Batch) {
        let channel = match &*part.kind {
            "output_text" => Channel::Text,
            "refusal" => Channel::Refusal,
            "reasoning_text" | "summary_text" => Channel::Reasoning,
            _ => return,
        };
        let whole = part.text.as_deref().unwrap_or_default();
        let of = |piece: &Piece| piece.item == at && piece.channel == channel && !piece.settled;
        let begun = |piece: &Piece| of(piece) && piece.begins(whole);
        let known = self.pieces.iter().position(|piece| of(piece) && piece.place == place);
        let known = known.or_else(|| self.pieces.iter().position(begun));
        if known.is_none() && whole.is_empty() {
            return;
        }
        let known = known.unwrap_or_else(|| self.piece(at, place, channel));
        if let Some(piece) = self.pieces.get_mut(known) {
            piece.settle(whole, &mut self.blocks, out);
        }
    }

    fn source(&mut self, at: usize, scan: &mut Scan<'_>, out: &mut Batch) -> Read<()> {
        let source = Source::read(scan)?;
        if let Some(item) = self.list.get_mut(at) {
            item.cited += 1;
        }
        let block = self.blocks.add();
        out.cited(block, &source.url, &source.title);
        out.sealed(block, &text::lossy(source.raw));
        Ok(())
    }

    /// What must go back with a message or a call: its id where reasoning before it depends on it, and its labels.
    fn seal(&self, at: usize, said: &Said<'_>) -> Option<String> {
        let mut members = String::new();
        if self.list.get(at).is_some_and(|item| item.paired) && !said.id.is_empty() {
            let mut id = String::new();
            json::quote(&said.id, &mut id);
            member("id", &id, &mut members);
        }
        if !members.is_empty() && !said.beside.is_empty() {
            members.push(',');
        }
        members.push_str(&said.beside);
        (!members.is_empty()).then(|| format!("{{{members}}}"))
    }
}
