//! `POST /responses`: `OpenAI`'s second format, where an answer is a list of items.
//!
//! A stream tells of each item when it begins, while it grows and when it is whole, and closes with the whole response
//! once more. A body is that last event alone, so both are read the same way: what has been told is passed over.

mod frame;
mod item;
mod items;
mod pieces;
mod usage;

use std::borrow::Cow;

use self::frame::{Frame, is_told};
use self::item::Nature;
use self::items::Items;
use self::pieces::Place;
use super::{End, Heard, Lesson, Listen, Slot};
use crate::event::{Batch, Channel, Finish};
use crate::scan::{Read, Scan};
use crate::template::Hole;
use crate::usage::Usage;

/// The memory of one reply.
#[derive(Debug, Default)]
pub(crate) struct OpenAiResponses {
    items: Items,
    started: bool,
    usage: Usage,
    finish: Option<(Finish, String)>,
    lesson: Lesson,
}

/// How far a response has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It has only begun.
    Begun,
    /// An event says that it is over.
    Over,
    /// It came as a body, so nothing follows it, whatever it says.
    Whole,
}

impl OpenAiResponses {
    fn hear(&mut self, payload: &[u8], whole: bool, frame: &Frame<'_>, out: &mut Batch) -> Read<Heard> {
        if frame.bare {
            let stage = if whole { Stage::Whole } else { Stage::Over };
            return self.response(&mut Scan::new(payload), stage, "", out);
        }
        if let Some((place, channel, nature)) = grows(frame) {
            self.items.delta(frame, place, channel, nature, &mut self.lesson, out)?;
            return Ok(Heard::Ours);
        }
        match (&*frame.kind, frame.response) {
            ("error", _) => return Ok(Heard::Error(String::from_utf8_lossy(payload).into_owned())),
            (kind, None) if frame.error && !kind.starts_with("response.") => {
                return Ok(Heard::Error(String::from_utf8_lossy(payload).into_owned()));
            }
            ("response.output_item.added", _) => {
                self.lesson.spoil();
                self.items.begin(frame, out)?;
            }
            ("response.output_item.done", _) => {
                self.lesson.spoil();
                self.items.end(frame, out)?;
            }
            ("response.output_text.annotation.added", _) => {
                self.lesson.spoil();
                self.items.cite(frame, out)?;
            }
            (kind, Some(mut response)) => {
                self.lesson.spoil();
                let word = kind.strip_prefix("response.").unwrap_or_default();
                let over = matches!(word, "completed" | "incomplete" | "failed" | "cancelled");
                return self.response(&mut response, if over { Stage::Over } else { Stage::Begun }, word, out);
            }
            ("keepalive", None) => {}
            (kind, None) if kind.starts_with("response.") => {
                // What a provider's own tool does is told once more, whole, when its item is done.
                if let Some(mut delta) = frame.delta {
                    self.lesson.padding(delta.literal()?);
                }
            }
            _ => return Ok(Heard::Foreign),
        }
        Ok(Heard::Ours)
    }

    /// Reads a response; `word` is what the event calls its state.
    fn response(&mut self, scan: &mut Scan<'_>, stage: Stage, word: &str, out: &mut Batch) -> Read<Heard> {
        let (mut id, mut model, mut status, mut reason) = (None, None, None, None);
        let (mut error, mut output) = (None, None);
        let Some(mut object) = scan.object()? else { return Ok(Heard::Ours) };
        while let Some(key) = scan.key(&mut object)? {
            match &*key {
                b"id" => id = scan.text()?,
                b"model" => model = scan.text()?,
                b"status" => status = scan.text()?,
                b"incomplete_details" => reason = detail(scan)?,
                b"usage" => self.count(scan)?,
                b"error" => error = told(scan)?,
                b"output" => output = scan.later()?,
                _ => scan.skip()?,
            }
        }
        let (id, model) = (id.unwrap_or_default(), model.unwrap_or_default());
        let named = !id.is_empty() || !model.is_empty();
        if !self.started && named {
            self.started = true;
            out.started(&id, &model);
        }
        if stage == Stage::Begun {
            return Ok(Heard::Ours);
        }
        if let Some(mut output) = output {
            self.items.output(&mut output, out)?;
        }
        let status = status.as_deref().filter(|status| !status.is_empty()).unwrap_or(word);
        if error.is_some() || status == "failed" {
            let error = error.unwrap_or_else(|| format!("{{\"status\":\"{status}\"}}"));
            return Ok(Heard::Error(format!("{{\"error\":{error}}}")));
        }
        let raw = reason.unwrap_or_else(|| status.to_owned());
        // A body without a state may still be one of those that another word ends.
        if !raw.is_empty() || stage == Stage::Over {
            self.finish = Some((self.reason_for(&raw), raw));
        }
        Ok(Heard::Ours)
    }

    fn count(&mut self, scan: &mut Scan<'_>) -> Read<()> {
        let usage = usage::read(scan)?;
        if !usage.is_empty() {
            self.usage = usage;
        }
        Ok(())
    }

    /// Calls are made by a response that says `completed` like any other.
    fn reason_for(&self, raw: &str) -> Finish {
        match finish(raw) {
            Finish::Stop if self.items.any_calls() => Finish::ToolCalls,
            Finish::Unknown if raw.is_empty() && self.items.all_valid() => Finish::ToolCalls,
            reason => reason,
        }
    }
}

impl Listen for OpenAiResponses {
    fn read(&mut self, payload: &[u8], whole: bool, out: &mut Batch) -> Read<Heard> {
        self.lesson.restart();
        match Frame::read(payload, &mut self.lesson)? {
            Some(frame) => self.hear(payload, whole, &frame, out),
            None => Ok(Heard::Foreign),
        }
    }

    fn learned(&self) -> Option<(Slot, Vec<Hole>)> {
        self.lesson.learned()
    }

    fn accepts(&self, slot: Slot) -> bool {
        match slot {
            Slot::Silence => true,
            Slot::Block(piece) => self.items.accepts(piece),
            Slot::Text | Slot::Reasoning | Slot::Detail(_) | Slot::Arguments(_) => false,
        }
    }

    fn fill(&mut self, slot: Slot, literal: &[u8], escaped: bool, out: &mut Batch) -> Result<(), usize> {
        match slot {
            Slot::Block(piece) => self.items.fill(piece, literal, escaped, out),
            Slot::Silence | Slot::Text | Slot::Reasoning | Slot::Detail(_) | Slot::Arguments(_) => Ok(()),
        }
    }

    fn is_complete(&self) -> bool {
        self.finish.is_some()
    }

    /// Nothing follows the event that closes a response; some gateways add a `[DONE]`.
    fn has_closed(&self) -> bool {
        self.finish.is_some()
    }

    fn flush(&mut self, out: &mut Batch) {
        self.items.flush(out);
        let usage = std::mem::take(&mut self.usage);
        if !usage.is_empty() {
            out.used(usage);
        }
    }

    /// A `[DONE]` is no end here: gateways send it whether or not the response was closed.
    fn close(&mut self, end: End, out: &mut Batch) -> bool {
        let (reason, raw) = match (self.finish.take(), end) {
            (Some(finish), _) => finish,
            (None, End::Body) => (self.reason_for(""), String::new()),
            (None, End::Input | End::Done) => return false,
        };
        out.finished(reason, &raw);
        true
    }
}

/// Which text an event brings more of, and what kind of item that is a part of.
fn grows(frame: &Frame<'_>) -> Option<(Place, Channel, Nature)> {
    let content = Place::Content(frame.part_index);
    match &*frame.kind {
        "response.output_text.delta" => Some((content, Channel::Text, Nature::Message)),
        "response.refusal.delta" => Some((content, Channel::Refusal, Nature::Message)),
        "response.reasoning_text.delta" => Some((content, Channel::Reasoning, Nature::Reasoning)),
        "response.reasoning_summary_text.delta" => {
            Some((Place::Summary(frame.part_index), Channel::Reasoning, Nature::Reasoning))
        }
        "response.function_call_arguments.delta" => Some((Place::Input, Channel::Arguments, Nature::Function)),
        "response.custom_tool_call_input.delta" => Some((Place::Input, Channel::Arguments, Nature::Custom)),
        _ => None,
    }
}

/// The words seen in `status` and in `incomplete_details.reason`.
fn finish(raw: &str) -> Finish {
    match raw {
        "completed" => Finish::Stop,
        "incomplete" | "max_output_tokens" | "max_tokens" => Finish::Length,
        "content_filter" => Finish::ContentFilter,
        "cancelled" => Finish::Error,
        // A response in the background is yet to be fetched.
        "queued" | "in_progress" | "" => Finish::Unknown,
        _ => Finish::Other,
    }
}

/// Why a response is incomplete.
fn detail(scan: &mut Scan<'_>) -> Read<Option<String>> {
    let mut reason = None;
    let Some(mut object) = scan.object()? else { return Ok(reason) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"reason" => reason = scan.text()?.filter(|word| !word.is_empty()).map(Cow::into_owned),
            _ => scan.skip()?,
        }
    }
    Ok(reason)
}

/// An error as JSON, if it says anything.
fn told(scan: &mut Scan<'_>) -> Read<Option<String>> {
    let mut value = *scan;
    Ok(is_told(scan)?.then_some(String::from_utf8_lossy(value.raw()?).into_owned()))
}
