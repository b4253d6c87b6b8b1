//! `POST /chat/completions`: `OpenAI`'s first chat format, and all that copy it.
//!
//! One path reads both a whole body and the chunks of a stream. Within one delta the order is fixed (reasoning, text,
//! refusal, tools), whatever the order of its keys, so that a turn folds back as it was meant.

mod calls;
mod details;
mod envelope;
mod parts;
mod sources;
mod usage;

use std::borrow::Cow;

use self::calls::Calls;
use self::details::Details;
use self::envelope::{Envelope, error, refused};
use super::{Blocks, End, Heard, Lesson, Listen, Slot, Sources};
use crate::event::{Batch, Channel, Finish};
use crate::scan::{Kind, Read, Scan};
use crate::tags::{TagReader, Tags};
use crate::template::Hole;
use crate::text;
use crate::usage::Usage;

/// The memory of one reply.
#[derive(Debug)]
pub(crate) struct OpenAiChat {
    blocks: Blocks,
    tags: TagReader,
    calls: Calls,
    details: Details,
    started: bool,
    id: String,
    model: String,
    usage: Usage,
    sources: Sources,
    finish: Option<String>,
    spoken: bool,
    lesson: Lesson,
}

/// The values of one delta or message, in the order of their meaning.
#[derive(Default)]
struct Delta<'a> {
    details: Option<Scan<'a>>,
    reasoning: Option<Scan<'a>>,
    reasoning_content: Option<Scan<'a>>,
    content: Option<Scan<'a>>,
    refusal: Option<Scan<'a>>,
    tool_calls: Option<Scan<'a>>,
    function_call: Option<Scan<'a>>,
    annotations: Option<Scan<'a>>,
    images: Option<Scan<'a>>,
    audio: Option<Scan<'a>>,
}

impl OpenAiChat {
    pub(crate) fn new(tags: Tags) -> Self {
        Self {
            blocks: Blocks::default(),
            tags: TagReader::new(tags),
            calls: Calls::default(),
            details: Details::default(),
            started: false,
            id: String::new(),
            model: String::new(),
            usage: Usage::default(),
            sources: Sources::default(),
            finish: None,
            spoken: false,
            lesson: Lesson::default(),
        }
    }

    /// One member of the payload itself.
    fn member(&mut self, key: &[u8], scan: &mut Scan<'_>, envelope: &mut Envelope) -> Read<()> {
        match key {
            b"id" if self.id.is_empty() => keep_first(&mut self.id, scan.text()?),
            b"model" if self.model.is_empty() => keep_first(&mut self.model, scan.text()?),
            b"usage" => self.usage(scan)?,
            b"x_groq" => self.groq(scan)?,
            b"error" => envelope.error = error(scan)?.or(envelope.error.take()),
            b"type" | b"object" => envelope.typed_error |= scan.is_text(b"error")?,
            b"base_resp" => envelope.error = refused(scan)?.or(envelope.error.take()),
            b"citations" | b"search_results" => sources::read(scan, &mut self.sources, &mut self.lesson)?,
            b"obfuscation" => self.lesson.padding(scan.literal()?),
            _ => scan.skip()?,
        }
        Ok(())
    }

    fn start(&mut self, envelope: &Envelope, out: &mut Batch) {
        let named = !self.id.is_empty() || !self.model.is_empty();
        if !self.started && envelope.choices && named {
            self.started = true;
            out.started(&self.id, &self.model);
        }
    }

    /// Groq's own usage, next to or instead of the common one.
    fn groq(&mut self, scan: &mut Scan<'_>) -> Read<()> {
        let Some(mut object) = scan.object()? else { return Ok(()) };
        while let Some(key) = scan.key(&mut object)? {
            match &*key {
                b"usage" => self.usage(scan)?,
                _ => scan.skip()?,
            }
        }
        Ok(())
    }

    /// Usage may come several times; the last that says anything counts, and nothing is added up.
    fn usage(&mut self, scan: &mut Scan<'_>) -> Read<()> {
        let usage = usage::read(scan)?;
        if !usage.is_empty() {
            self.usage = usage;
            self.lesson.spoil();
        }
        Ok(())
    }

    fn choices(&mut self, scan: &mut Scan<'_>, whole: bool, envelope: &mut Envelope, out: &mut Batch) -> Read<()> {
        let Some(mut array) = scan.array()? else { return Ok(()) };
        while scan.item(&mut array)? {
            self.choice(scan, whole, envelope, out)?;
        }
        Ok(())
    }

    /// Reads one choice. Only the first candidate is an answer; we never ask for more.
    fn choice(&mut self, scan: &mut Scan<'_>, whole: bool, envelope: &mut Envelope, out: &mut Batch) -> Read<()> {
        let Some(mut object) = scan.object()? else { return Ok(()) };
        let (mut index, mut finish) = (0, None);
        let (mut delta, mut message, mut text) = (None, None, None);
        while let Some(key) = scan.key(&mut object)? {
            match &*key {
                b"index" => index = scan.count()?.unwrap_or(0),
                b"delta" => delta = scan.later()?,
                b"message" => message = scan.later()?,
                b"text" => text = scan.later()?,
                b"finish_reason" => finish = scan.text()?,
                b"usage" => self.usage(scan)?,
                b"error" => envelope.error = error(scan)?.or(envelope.error.take()),
                _ => scan.skip()?,
            }
        }
        if index != 0 {
            self.lesson.spoil();
            return Ok(());
        }
        match (delta, message, text) {
            (_, Some(mut message), _) if whole => self.delta(&mut message, true, out)?,
            (Some(mut delta), _, _) => self.delta(&mut delta, whole, out)?,
            // Perplexity and Writer close a stream with the whole message once more.
            (None, Some(mut message), _) if !self.spoken => {
                self.delta(&mut message, true, out)?;
                self.lesson.spoil();
            }
            (None, None, Some(mut text)) => self.content(&mut text, out)?,
            _ => {}
        }
        if let Some(finish) = finish.filter(|word| !word.is_empty()) {
            self.finish = Some(finish.into_owned());
            self.lesson.spoil();
        }
        Ok(())
    }

    fn delta(&mut self, scan: &mut Scan<'_>, whole: bool, out: &mut Batch) -> Read<()> {
        let mut delta = Delta::default();
        let Some(mut object) = scan.object()? else { return Ok(()) };
        while let Some(key) = scan.key(&mut object)? {
            let value = match &*key {
                b"content" => &mut delta.content,
                b"reasoning" => &mut delta.reasoning,
                b"reasoning_content" => &mut delta.reasoning_content,
                b"reasoning_details" => &mut delta.details,
                b"refusal" => &mut delta.refusal,
                b"tool_calls" => &mut delta.tool_calls,
                b"function_call" => &mut delta.function_call,
                b"annotations" => &mut delta.annotations,
                b"images" => &mut delta.images,
                b"audio" => &mut delta.audio,
                _ => {
                    scan.skip()?;
                    continue;
                }
            };
            *value = scan.later()?;
        }
        self.speak(&delta, whole, out)
    }

    fn speak(&mut self, delta: &Delta<'_>, whole: bool, out: &mut Batch) -> Read<()> {
        let before = out.buffer().len();
        self.reason(delta, out)?;
        if let Some(mut content) = delta.content {
            self.content(&mut content, out)?;
        }
        if let Some(mut refusal) = delta.refusal
            && self.blocks.push_text(Channel::Refusal, &mut refusal, out)?.is_some_and(|literal| !literal.is_empty())
        {
            self.lesson.spoil();
        }
        if let Some(mut calls) = delta.tool_calls {
            self.calls.read(&mut calls, whole, &mut self.blocks, &mut self.lesson, out)?;
        }
        if let Some(mut call) = delta.function_call {
            self.calls.legacy(&mut call, &mut self.blocks, &mut self.lesson, out)?;
        }
        if let Some(mut annotations) = delta.annotations {
            sources::read(&mut annotations, &mut self.sources, &mut self.lesson)?;
        }
        if let Some(mut images) = delta.images {
            self.opaques("image", &mut images, out)?;
        }
        if let Some(audio) = delta.audio.filter(|_| whole) {
            self.audio(audio, out)?;
        }
        self.spoken |= out.buffer().len() > before;
        Ok(())
    }

    /// Writes the reasoning of a delta. Gateways mirror the same words in several fields: one counts.
    fn reason(&mut self, delta: &Delta<'_>, out: &mut Batch) -> Read<()> {
        let mut told = match delta.details {
            Some(mut details) => self.details.read(&mut details, &mut self.blocks, &mut self.lesson, out)?,
            None => false,
        };
        for field in [delta.reasoning, delta.reasoning_content] {
            let Some(mut field) = field else { continue };
            if told {
                self.lesson.mirror(field.literal()?);
            } else {
                let literal = self.blocks.push_text(Channel::Reasoning, &mut field, out)?;
                told = literal.as_ref().is_some_and(|literal| !literal.is_empty());
                self.lesson.value(Slot::Reasoning, literal);
            }
        }
        Ok(())
    }

    fn content(&mut self, scan: &mut Scan<'_>, out: &mut Batch) -> Read<()> {
        match scan.peek()? {
            Kind::String => {
                let literal = if self.tags.is_plain() {
                    self.blocks.push_text(Channel::Text, scan, out)?
                } else {
                    let mut text = String::new();
                    let literal = scan.text_into(self.blocks.carry(Channel::Text), &mut text)?;
                    self.tagged(&text, out);
                    literal
                };
                self.lesson.value(Slot::Text, literal);
            }
            Kind::Array => {
                self.lesson.spoil();
                parts::read(scan, &mut self.blocks, out)?;
            }
            // Workers AI answers a JSON schema with the object itself.
            Kind::Object => {
                self.lesson.spoil();
                let object = String::from_utf8_lossy(scan.raw()?);
                self.blocks.push(Channel::Text, &object, out);
            }
            Kind::Null | Kind::Bool | Kind::Number => scan.skip()?,
        }
        Ok(())
    }

    fn tagged(&mut self, text: &str, out: &mut Batch) {
        // What is held back, until it is known to be a tag or not, has been said all the same.
        self.spoken |= !text.is_empty();
        let blocks = &mut self.blocks;
        self.tags.feed(text, &mut |channel, piece: &str| blocks.push(channel, piece, out));
    }

    fn opaques(&mut self, kind: &str, scan: &mut Scan<'_>, out: &mut Batch) -> Read<()> {
        let Some(mut array) = scan.array()? else { return Ok(()) };
        while scan.item(&mut array)? {
            self.lesson.spoil();
            let json = String::from_utf8_lossy(scan.raw()?);
            out.opaque(self.blocks.add(), kind, &json);
        }
        Ok(())
    }

    /// A spoken answer; gateways also send an empty one to everybody.
    fn audio(&mut self, audio: Scan<'_>, out: &mut Batch) -> Read<()> {
        let (mut members, mut value) = (audio, audio);
        let mut id = String::new();
        if let Some(mut object) = members.object()? {
            while let Some(key) = members.key(&mut object)? {
                match &*key {
                    b"id" => keep_first(&mut id, members.text()?),
                    _ => members.skip()?,
                }
            }
        }
        if !id.is_empty() {
            let json = String::from_utf8_lossy(value.raw()?);
            out.opaque(self.blocks.add(), "audio", &json);
        }
        Ok(())
    }

    /// Calls with `stop`, or without a word, mean `tool_calls`: forced tools and many gateways say so.
    fn reason_for(&self, raw: &str) -> Finish {
        match finish(raw) {
            Finish::Stop if self.calls.any() => Finish::ToolCalls,
            Finish::Unknown if self.calls.all_valid() => Finish::ToolCalls,
            reason => reason,
        }
    }
}

impl Listen for OpenAiChat {
    fn read(&mut self, payload: &[u8], whole: bool, out: &mut Batch) -> Read<Heard> {
        self.lesson.restart();
        let mut scan = Scan::new(payload);
        let Some(mut object) = scan.object()? else {
            scan.end()?;
            return Ok(Heard::Foreign);
        };
        let (mut envelope, mut deferred) = (Envelope::default(), None);
        while let Some(key) = scan.key(&mut object)? {
            if &*key == b"choices" {
                envelope.choices = true;
                if self.started {
                    self.choices(&mut scan, whole, &mut envelope, out)?;
                } else {
                    deferred = Some(scan);
                    scan.skip()?;
                }
            } else {
                self.member(&key, &mut scan, &mut envelope)?;
            }
        }
        scan.end()?;
        self.start(&envelope, out);
        if let Some(mut choices) = deferred {
            self.choices(&mut choices, whole, &mut envelope, out)?;
        }
        Ok(match envelope.error {
            Some(error) => Heard::Error(error),
            None if envelope.typed_error => Heard::Error(String::from_utf8_lossy(payload).into_owned()),
            None if envelope.choices || !self.usage.is_empty() => Heard::Ours,
            None => Heard::Foreign,
        })
    }

    fn learned(&self) -> Option<(Slot, Vec<Hole>)> {
        self.lesson.learned().filter(|_| self.started)
    }

    /// A call that began since takes over its index, so only the last one keeps its template.
    fn accepts(&self, slot: Slot) -> bool {
        match slot {
            Slot::Silence | Slot::Text | Slot::Reasoning | Slot::Detail(_) => true,
            Slot::Arguments(call) => self.calls.is_last(call),
            Slot::Block(_) => false,
        }
    }

    fn fill(&mut self, slot: Slot, literal: &[u8], escaped: bool, out: &mut Batch) -> Result<(), usize> {
        self.spoken |= !literal.is_empty() && slot != Slot::Silence;
        match slot {
            Slot::Text if !self.tags.is_plain() => {
                let mut text = String::new();
                text::unescape(literal, escaped, self.blocks.carry(Channel::Text), &mut text)?;
                self.tagged(&text, out);
                Ok(())
            }
            Slot::Text => self.blocks.push_literal(Channel::Text, literal, escaped, out),
            Slot::Reasoning => self.blocks.push_literal(Channel::Reasoning, literal, escaped, out),
            Slot::Arguments(call) => self.calls.fill(call, literal, escaped, out),
            Slot::Detail(entry) => {
                let from = out.buffer().len();
                self.blocks.push_literal(Channel::Reasoning, literal, escaped, out)?;
                self.details.grow(entry, out.buffer().get(from..).unwrap_or_default());
                Ok(())
            }
            Slot::Silence | Slot::Block(_) => Ok(()),
        }
    }

    fn is_complete(&self) -> bool {
        self.finish.is_some()
    }

    fn flush(&mut self, out: &mut Batch) {
        let blocks = &mut self.blocks;
        self.tags.finish(&mut |channel, piece: &str| blocks.push(channel, piece, out));
        self.blocks.flush(out);
        self.calls.flush(&mut self.blocks, out);
        self.details.flush(out);
        self.sources.flush(&mut self.blocks, out);
        if !self.usage.is_empty() {
            out.used(self.usage);
        }
    }

    fn close(&mut self, end: End, out: &mut Batch) -> bool {
        if end == End::Input && self.finish.is_none() {
            return false;
        }
        let raw = self.finish.take().unwrap_or_default();
        out.finished(self.reason_for(&raw), &raw);
        true
    }
}

/// The words seen in `finish_reason`, of `OpenAI` and of those who copy it.
fn finish(raw: &str) -> Finish {
    match raw {
        "stop" | "eos" | "end_turn" | "stop_sequence" => Finish::Stop,
        "length" | "max_tokens" | "model_length" | "model_context_window_exceeded" => Finish::Length,
        "tool_calls" | "function_call" | "tool_use" => Finish::ToolCalls,
        "content_filter" | "sensitive" | "refusal" => Finish::ContentFilter,
        "error" | "network_error" | "insufficient_system_resource" => Finish::Error,
        "" => Finish::Unknown,
        _ => Finish::Other,
    }
}

fn keep_first(known: &mut String, new: Option<Cow<'_, str>>) {
    if let Some(new) = new
        && known.is_empty()
    {
        *known = new.into_owned();
    }
}
