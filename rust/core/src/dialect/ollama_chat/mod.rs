//! `POST /api/chat`: Ollama's own format, one JSON document a line.
//!
//! A reply that is not streamed is the one line that says everything. `POST /api/generate` answers in the same lines,
//! with its text beside the envelope instead of in a message, and is read as well.

mod calls;

use std::borrow::Cow;

use self::calls::Calls;
use super::{Blocks, End, Heard, Lesson, Listen, Slot};
use crate::event::{Batch, Channel, Finish};
use crate::scan::{Kind, Read, Scan};
use crate::tags::{TagReader, Tags};
use crate::template::Hole;
use crate::text;
use crate::usage::Usage;

/// The memory of one reply.
#[derive(Debug)]
pub(crate) struct OllamaChat {
    blocks: Blocks,
    tags: TagReader,
    calls: Calls,
    started: bool,
    model: String,
    usage: Usage,
    /// The reason, empty where none was given, once `done` is true.
    done: Option<String>,
    lesson: Lesson,
}

/// What one line holds, to be read in the order of its meaning.
#[derive(Default)]
struct Line<'a> {
    ours: bool,
    message: Option<Scan<'a>>,
    said: Said<'a>,
    done: bool,
    reason: Option<Cow<'a, str>>,
    error: bool,
}

/// The members of a message, or of a line of `/api/generate`.
#[derive(Default)]
struct Said<'a> {
    thinking: Option<Scan<'a>>,
    content: Option<Scan<'a>>,
    images: Option<Scan<'a>>,
    calls: Option<Scan<'a>>,
}

impl OllamaChat {
    pub(crate) fn new(tags: Tags) -> Self {
        Self {
            blocks: Blocks::default(),
            tags: TagReader::new(tags),
            calls: Calls::default(),
            started: false,
            model: String::new(),
            usage: Usage::default(),
            done: None,
            lesson: Lesson::default(),
        }
    }

    /// One member of the line.
    fn member<'a>(&mut self, key: &[u8], scan: &mut Scan<'a>, line: &mut Line<'a>) -> Read<()> {
        match key {
            b"model" if self.model.is_empty() => self.model = scan.text()?.unwrap_or_default().into_owned(),
            // The one member that changes with each line and means nothing to the answer.
            b"created_at" => self.lesson.padding(scan.literal()?),
            b"message" => line.message = scan.later()?,
            b"response" => line.said.content = scan.later()?,
            b"thinking" => line.said.thinking = scan.later()?,
            b"tool_calls" => line.said.calls = scan.later()?,
            b"done" => {
                line.ours = true;
                line.done = scan.raw()? == b"true";
            }
            b"done_reason" => line.reason = scan.text()?,
            b"prompt_eval_count" => self.usage.input = scan.count()?.or(self.usage.input),
            b"prompt_eval_cached_count" => self.usage.cache_read = scan.count()?.or(self.usage.cache_read),
            b"eval_count" => self.usage.output = scan.count()?.or(self.usage.output),
            b"error" => line.error |= is_error(scan)?,
            _ => scan.skip()?,
        }
        Ok(())
    }

    fn start(&mut self, out: &mut Batch) {
        if !self.started && !self.model.is_empty() {
            self.started = true;
            out.started("", &self.model);
        }
    }

    /// Writes what a line says: reasoning, text, images, calls, whatever the order of its keys.
    fn speak(&mut self, said: &Said<'_>, out: &mut Batch) -> Read<()> {
        if let Some(mut thinking) = said.thinking {
            let literal = self.blocks.push_text(Channel::Reasoning, &mut thinking, out)?;
            self.lesson.value(Slot::Reasoning, literal);
        }
        if let Some(mut content) = said.content {
            let literal = self.content(&mut content, out)?;
            self.lesson.value(Slot::Text, literal);
        }
        if let Some(mut images) = said.images {
            self.images(&mut images, out)?;
        }
        if let Some(mut calls) = said.calls {
            self.calls.read(&mut calls, &mut self.blocks, &mut self.lesson, out)?;
        }
        Ok(())
    }

    fn content(&mut self, scan: &mut Scan<'_>, out: &mut Batch) -> Read<Option<std::ops::Range<usize>>> {
        if self.tags.is_plain() {
            return self.blocks.push_text(Channel::Text, scan, out);
        }
        let mut text = String::new();
        let literal = scan.text_into(self.blocks.carry(Channel::Text), &mut text)?;
        self.tagged(&text, out);
        Ok(literal)
    }

    fn tagged(&mut self, text: &str, out: &mut Batch) {
        let blocks = &mut self.blocks;
        self.tags.feed(text, &mut |channel, piece: &str| blocks.push(channel, piece, out));
    }

    /// Pictures that a model made, base64 each. They go back in the same member.
    fn images(&mut self, scan: &mut Scan<'_>, out: &mut Batch) -> Read<()> {
        let Some(mut array) = scan.array()? else { return Ok(()) };
        while scan.item(&mut array)? {
            self.lesson.spoil();
            let json = String::from_utf8_lossy(scan.raw()?);
            out.opaque(self.blocks.add(), "image", &json);
        }
        Ok(())
    }

    /// Calls end with `stop`; the server has no word of its own for them.
    fn reason_for(&self, raw: &str) -> Finish {
        match raw {
            "stop" | "" if self.calls.any() => Finish::ToolCalls,
            // Older servers give no reason with `done`.
            "stop" | "" => Finish::Stop,
            "length" => Finish::Length,
            "tool_calls" => Finish::ToolCalls,
            _ => Finish::Other,
        }
    }
}

impl Listen for OllamaChat {
    fn read(&mut self, payload: &[u8], _whole: bool, out: &mut Batch) -> Read<Heard> {
        self.lesson.restart();
        let mut scan = Scan::new(payload);
        let mut line = Line::default();
        let Some(mut object) = scan.object()? else {
            scan.end()?;
            return Ok(Heard::Foreign);
        };
        while let Some(key) = scan.key(&mut object)? {
            self.member(&key, &mut scan, &mut line)?;
        }
        scan.end()?;
        if let Some(mut message) = line.message {
            line.ours = true;
            if let Some(mut object) = message.object()? {
                line.said = said(&mut message, &mut object)?;
            }
        }
        if line.ours {
            self.start(out);
            self.speak(&line.said, out)?;
        }
        if line.error {
            return Ok(Heard::Error(String::from_utf8_lossy(payload).into_owned()));
        }
        if line.done {
            self.lesson.spoil();
            self.done = Some(line.reason.unwrap_or_default().into_owned());
        }
        Ok(if line.ours { Heard::Ours } else { Heard::Foreign })
    }

    fn learned(&self) -> Option<(Slot, Vec<Hole>)> {
        self.lesson.learned().filter(|_| self.started)
    }

    fn fill(&mut self, slot: Slot, literal: &[u8], escaped: bool, out: &mut Batch) -> Result<(), usize> {
        match slot {
            Slot::Reasoning => self.blocks.push_literal(Channel::Reasoning, literal, escaped, out),
            Slot::Text if self.tags.is_plain() => self.blocks.push_literal(Channel::Text, literal, escaped, out),
            Slot::Text => {
                let mut text = String::new();
                text::unescape(literal, escaped, self.blocks.carry(Channel::Text), &mut text)?;
                self.tagged(&text, out);
                Ok(())
            }
            // Calls come whole, so no template is ever made of one.
            Slot::Silence | Slot::Detail(_) | Slot::Arguments(_) | Slot::Block(_) => Ok(()),
        }
    }

    fn is_complete(&self) -> bool {
        self.done.is_some()
    }

    fn has_closed(&self) -> bool {
        self.done.is_some()
    }

    fn flush(&mut self, out: &mut Batch) {
        let blocks = &mut self.blocks;
        self.tags.finish(&mut |channel, piece: &str| blocks.push(channel, piece, out));
        self.blocks.flush(out);
        if !self.usage.is_empty() {
            out.used(normal(self.usage));
        }
    }

    /// Only `done` ends a reply, streamed or not: a line without it is one of more to come.
    fn close(&mut self, _end: End, out: &mut Batch) -> bool {
        let Some(raw) = self.done.take() else { return false };
        out.finished(self.reason_for(&raw), &raw);
        true
    }
}

fn said<'a>(scan: &mut Scan<'a>, object: &mut crate::scan::Place) -> Read<Said<'a>> {
    let mut said = Said::default();
    while let Some(key) = scan.key(object)? {
        let value = match &*key {
            b"thinking" => &mut said.thinking,
            b"content" => &mut said.content,
            b"images" => &mut said.images,
            b"tool_calls" => &mut said.calls,
            _ => {
                scan.skip()?;
                continue;
            }
        };
        *value = scan.later()?;
    }
    Ok(said)
}

/// Whether an `error` member says anything: a text, or an object where a proxy stands in between.
fn is_error(scan: &mut Scan<'_>) -> Read<bool> {
    let kind = scan.peek()?;
    let raw = scan.raw()?;
    Ok(matches!(kind, Kind::String | Kind::Object | Kind::Array) && !matches!(raw, b"\"\"" | b"{}" | b"[]"))
}

/// Brings the counts to one meaning. Cached tokens beyond the prompt cannot be a part of it: they come on top.
fn normal(usage: Usage) -> Usage {
    let mut usage = usage.clamped();
    if let (Some(input), Some(cached)) = (usage.input, usage.cache_read)
        && cached > input
    {
        usage.input = Some(input + cached);
    }
    usage
}

#[cfg(test)]
mod tests;
