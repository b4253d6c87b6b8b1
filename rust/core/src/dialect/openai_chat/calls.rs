//! Tool calls that arrive in pieces, told apart by index, by id, or by order.

use std::borrow::Cow;
use std::ops::Range;

use super::super::{Blocks, Lesson, Slot};
use crate::event::{Batch, Channel};
use crate::scan::{Kind, Read, Scan};
use crate::strict;
use crate::text::{self, Carry};

#[derive(Debug, Default)]
struct Call {
    index: Option<i64>,
    id: String,
    name: String,
    block: Option<u32>,
    /// The arguments, as far as they came.
    arguments: String,
    /// How much of them has been handed out.
    given: usize,
    carry: Carry,
}

/// The calls of one reply, in order.
#[derive(Debug, Default)]
pub(super) struct Calls {
    list: Vec<Call>,
}

/// One entry of `tool_calls`.
#[derive(Default)]
struct Entry<'a> {
    index: Option<i64>,
    id: Cow<'a, str>,
    name: Cow<'a, str>,
    arguments: Option<Scan<'a>>,
}

impl Entry<'_> {
    /// Whether the same entry with another text would go to the same call, and bring no more than that text.
    fn is_lasting(&self) -> bool {
        let placed = self.index.is_some() || !self.id.is_empty() || self.name.is_empty();
        let textual = |mut arguments: Scan<'_>| matches!(arguments.peek(), Ok(Kind::String));
        placed && self.arguments.is_none_or(textual)
    }
}

impl Calls {
    pub(super) fn any(&self) -> bool {
        self.list.iter().any(|call| call.block.is_some())
    }

    pub(super) fn is_last(&self, at: usize) -> bool {
        at + 1 == self.list.len()
    }

    /// Whether there are calls, and each has arguments that can be read.
    pub(super) fn all_valid(&self) -> bool {
        let valid = |call: &Call| call.arguments.trim().is_empty() || strict::is_document(call.arguments.as_bytes());
        self.any() && self.list.iter().filter(|call| call.block.is_some()).all(valid)
    }

    /// Reads `tool_calls`. More arguments of one known call are all that a template can be made of.
    pub(super) fn read(
        &mut self,
        scan: &mut Scan<'_>,
        whole: bool,
        blocks: &mut Blocks,
        lesson: &mut Lesson,
        out: &mut Batch,
    ) -> Read<()> {
        let Some(mut array) = scan.array()? else { return Ok(()) };
        while scan.item(&mut array)? {
            let entry = entry(scan)?;
            let at = if whole { self.add() } else { self.place(&entry) };
            if self.list.get(at).is_none_or(|call| call.block.is_none()) || !entry.is_lasting() {
                lesson.spoil();
            }
            let literal = self.take(at, entry, blocks, out)?;
            lesson.value(Slot::Arguments(at), literal);
        }
        Ok(())
    }

    /// Reads `function_call`, the form before tools.
    pub(super) fn legacy(
        &mut self,
        scan: &mut Scan<'_>,
        blocks: &mut Blocks,
        lesson: &mut Lesson,
        out: &mut Batch,
    ) -> Read<()> {
        let mut entry = Entry::default();
        function(scan, &mut entry)?;
        let silent = match entry.arguments {
            Some(mut arguments) => matches!(arguments.raw()?, b"\"\""),
            None => true,
        };
        // Snowflake sends an empty function_call with every answer.
        if !entry.name.is_empty() || !silent {
            lesson.spoil();
            let at = self.place(&entry);
            self.take(at, entry, blocks, out)?;
        }
        Ok(())
    }

    fn add(&mut self) -> usize {
        self.list.push(Call::default());
        self.list.len() - 1
    }

    /// Which call an entry of a delta belongs to.
    fn place(&mut self, entry: &Entry<'_>) -> usize {
        let known = match entry.index {
            Some(index) => self.list.iter().rposition(|call| call.index == Some(index) && !call.differs(entry)),
            None if !entry.id.is_empty() => self.list.iter().rposition(|call| call.id == entry.id),
            None => self.list.len().checked_sub(1).filter(|last| !self.begins_another(*last, entry)),
        };
        known.unwrap_or_else(|| self.add())
    }

    /// Without index and id: a name after arguments that are complete begins another call.
    fn begins_another(&self, last: usize, entry: &Entry<'_>) -> bool {
        let Some(call) = self.list.get(last) else { return true };
        !entry.name.is_empty() && strict::is_document(call.arguments.as_bytes())
    }

    fn take(
        &mut self,
        at: usize,
        entry: Entry<'_>,
        blocks: &mut Blocks,
        out: &mut Batch,
    ) -> Read<Option<Range<usize>>> {
        let Some(call) = self.list.get_mut(at) else { return Ok(None) };
        call.index = call.index.or(entry.index);
        if call.id.is_empty() {
            call.id = entry.id.into_owned();
        }
        if call.name.is_empty() {
            call.name = entry.name.into_owned();
        }
        let literal = match entry.arguments {
            Some(mut arguments) => call.append(&mut arguments)?,
            None => None,
        };
        if !call.name.is_empty() {
            call.hand_out(at, blocks, out);
        }
        Ok(literal)
    }

    /// More arguments for a call, as a literal.
    pub(super) fn fill(&mut self, at: usize, literal: &[u8], escaped: bool, out: &mut Batch) -> Result<(), usize> {
        let Some(call) = self.list.get_mut(at) else { return Ok(()) };
        text::unescape(literal, escaped, &mut call.carry, &mut call.arguments)?;
        call.give(out);
        Ok(())
    }

    /// Hands out what is left; a call that never got a name is a call all the same.
    pub(super) fn flush(&mut self, blocks: &mut Blocks, out: &mut Batch) {
        for (at, call) in self.list.iter_mut().enumerate() {
            call.carry.flush(&mut call.arguments);
            call.hand_out(at, blocks, out);
        }
    }
}

impl Call {
    /// Another id at a used index is another call: Ollama and Gemini's gateway always say index 0.
    fn differs(&self, entry: &Entry<'_>) -> bool {
        !entry.id.is_empty() && !self.id.is_empty() && self.id != entry.id
    }

    fn append(&mut self, scan: &mut Scan<'_>) -> Read<Option<Range<usize>>> {
        match scan.peek()? {
            Kind::String => scan.text_into(&mut self.carry, &mut self.arguments),
            Kind::Null => Ok(None),
            // Some gateways send the arguments as they are, not as text.
            _ => {
                self.arguments.push_str(&String::from_utf8_lossy(scan.raw()?));
                Ok(None)
            }
        }
    }

    fn hand_out(&mut self, ordinal: usize, blocks: &mut Blocks, out: &mut Batch) {
        if self.block.is_none() {
            let block = blocks.add();
            self.block = Some(block);
            let minted = self.id.is_empty();
            if minted {
                self.id = format!("call_{ordinal}");
            }
            out.tool_started(block, &self.id, &self.name, minted);
        }
        self.give(out);
    }

    fn give(&mut self, out: &mut Batch) {
        if let Some(block) = self.block
            && let Some(piece) = self.arguments.get(self.given..)
        {
            out.push_delta(Channel::Arguments, block, piece);
            self.given = self.arguments.len();
        }
    }
}

fn entry<'a>(scan: &mut Scan<'a>) -> Read<Entry<'a>> {
    let mut entry = Entry::default();
    let Some(mut object) = scan.object()? else { return Ok(entry) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"index" => entry.index = scan.count()?,
            b"id" => entry.id = scan.text()?.unwrap_or_default(),
            b"function" => function(scan, &mut entry)?,
            _ => scan.skip()?,
        }
    }
    Ok(entry)
}

fn function<'a>(scan: &mut Scan<'a>, entry: &mut Entry<'a>) -> Read<()> {
    let Some(mut object) = scan.object()? else { return Ok(()) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"name" => entry.name = scan.text()?.unwrap_or_default(),
            b"arguments" => entry.arguments = scan.later()?,
            _ => scan.skip()?,
        }
    }
    Ok(())
}
