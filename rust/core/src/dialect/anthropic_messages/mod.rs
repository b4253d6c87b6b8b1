//! `POST /v1/messages`: Anthropic's format, and all that copy it.
//!
//! A reply is a list of content blocks. In a stream each begins, grows and stops; in a body each stands whole, and is
//! read as one that begins and stops at once.

mod block;
mod content;
mod usage;

use std::borrow::Cow;
use std::ops::Range;

use self::content::Content;
use self::usage::Counts;
use super::{End, Heard, Lesson, Listen, Slot};
use crate::event::{Batch, Channel, Finish};
use crate::scan::{Read, Scan};
use crate::template::Hole;

/// The memory of one reply.
#[derive(Debug, Default)]
pub(crate) struct AnthropicMessages {
    content: Content,
    started: bool,
    /// The id and the model of a reply that has begun, until something is said: another model may take over first.
    beginning: Option<(String, String)>,
    counts: Counts,
    reason: Option<String>,
    explanation: String,
    stopped: bool,
    lesson: Lesson,
}

/// The members of one payload, in whatever order they came.
#[derive(Default)]
struct Payload<'a> {
    kind: Cow<'a, str>,
    index: i64,
    message: Option<Scan<'a>>,
    block: Option<Scan<'a>>,
    delta: Option<Scan<'a>>,
    usage: Option<Scan<'a>>,
    error: Option<Scan<'a>>,
    /// The white space before its closing brace, which Anthropic varies to hide the length of what it says.
    padding: Range<usize>,
}

impl AnthropicMessages {
    fn payload<'a>(&mut self, scan: &mut Scan<'a>) -> Read<Option<Payload<'a>>> {
        let mut payload = Payload::default();
        let Some(mut object) = scan.object()? else { return Ok(None) };
        let mut end = scan.at();
        while let Some(key) = scan.key(&mut object)? {
            match &*key {
                b"type" => payload.kind = scan.text()?.unwrap_or_default(),
                b"index" => payload.index = scan.count()?.unwrap_or(0),
                b"message" => payload.message = scan.later()?,
                b"content_block" => payload.block = scan.later()?,
                b"delta" => payload.delta = scan.later()?,
                b"usage" => payload.usage = scan.later()?,
                b"error" => payload.error = scan.later()?,
                // What is not read may be anything, so a text in it may vary.
                _ => self.lesson.padding(scan.literal()?),
            }
            end = scan.at();
        }
        payload.padding = end..scan.at() - 1;
        Ok(Some(payload))
    }

    /// A message: whole in a body, mostly without content at the start of a stream.
    fn message(&mut self, scan: &mut Scan<'_>, out: &mut Batch) -> Read<()> {
        let Some(mut object) = scan.object()? else { return Ok(()) };
        let (mut id, mut model, mut content) = (Cow::default(), Cow::default(), None);
        while let Some(key) = scan.key(&mut object)? {
            match &*key {
                b"id" => id = scan.text()?.unwrap_or_default(),
                b"model" => model = scan.text()?.unwrap_or_default(),
                b"content" => content = scan.later()?,
                b"usage" => self.counts.read(scan)?,
                _ => self.ending(&key, scan)?,
            }
        }
        if !self.started {
            self.started = true;
            self.beginning = Some((id.into_owned(), model.into_owned()));
        }
        if let Some(mut blocks) = content.filter(|blocks| !is_empty(*blocks)) {
            self.begin(out);
            self.content.whole(&mut blocks, out)?;
        }
        self.refuse(out);
        Ok(())
    }

    /// Tells that the reply has begun, once something is said.
    fn begin(&mut self, out: &mut Batch) {
        if let Some((id, model)) = self.beginning.take() {
            out.started(&id, &model);
        }
    }

    /// One member that says why the reply ended, in a message or in the delta of one.
    fn ending(&mut self, key: &[u8], scan: &mut Scan<'_>) -> Read<()> {
        match key {
            b"stop_reason" => {
                if let Some(reason) = scan.text()?.filter(|reason| !reason.is_empty()) {
                    self.reason = Some(reason.into_owned());
                }
            }
            b"stop_details" => self.explanation = explained(scan)?,
            _ => scan.skip()?,
        }
        Ok(())
    }

    /// Gives the words about a refusal, once.
    fn refuse(&mut self, out: &mut Batch) {
        let explanation = std::mem::take(&mut self.explanation);
        if !explanation.is_empty() {
            self.begin(out);
            out.push_delta(Channel::Refusal, self.content.add(), &explanation);
        }
    }

    /// Reads an event of a stream; whether it is one that we know.
    fn event(&mut self, payload: Payload<'_>, out: &mut Batch) -> Read<bool> {
        match &*payload.kind {
            "content_block_delta" => {
                self.begin(out);
                if let Some(mut delta) = payload.delta {
                    self.content.delta(payload.index, &mut delta, &mut self.lesson, out)?;
                }
                self.lesson.blank(payload.padding);
                return Ok(true);
            }
            "content_block_start" => {
                if let Some(mut block) = payload.block {
                    if let (Some((_, model)), Some(successor)) = (&mut self.beginning, block::successor(block)?) {
                        *model = successor;
                    }
                    self.begin(out);
                    self.content.start(payload.index, &mut block, out)?;
                }
            }
            "content_block_stop" => self.content.stop(payload.index, out),
            "message_start" => {
                if let Some(mut message) = payload.message {
                    self.message(&mut message, out)?;
                }
            }
            "message_delta" => {
                if let Some(mut delta) = payload.delta
                    && let Some(mut object) = delta.object()?
                {
                    while let Some(key) = delta.key(&mut object)? {
                        self.ending(&key, &mut delta)?;
                    }
                }
                if let Some(mut usage) = payload.usage {
                    self.counts.read(&mut usage)?;
                }
                self.refuse(out);
            }
            "message_stop" => self.stopped = true,
            // Google's Vertex sends events of its own before the first.
            "ping" | "vertex_event" => return Ok(true),
            _ => return Ok(false),
        }
        self.lesson.spoil();
        Ok(true)
    }

    /// Calls with a word that says nothing of them are calls all the same.
    fn reason_for(&self, raw: &str) -> Finish {
        match finish(raw) {
            Finish::Stop if self.content.calls() => Finish::ToolCalls,
            Finish::Unknown if self.content.calls_are_whole() => Finish::ToolCalls,
            reason => reason,
        }
    }
}

impl Listen for AnthropicMessages {
    fn read(&mut self, payload: &[u8], _whole: bool, out: &mut Batch) -> Read<Heard> {
        self.lesson.restart();
        let mut scan = Scan::new(payload);
        let mut again = scan;
        let Some(members) = self.payload(&mut scan)? else {
            scan.end()?;
            return Ok(Heard::Foreign);
        };
        scan.end()?;
        if members.kind == "error" || members.error.is_some() {
            return Ok(Heard::Error(String::from_utf8_lossy(payload).into_owned()));
        }
        if members.kind == "message" {
            self.lesson.spoil();
            self.message(&mut again, out)?;
            return Ok(Heard::Ours);
        }
        Ok(if self.event(members, out)? { Heard::Ours } else { Heard::Foreign })
    }

    fn learned(&self) -> Option<(Slot, Vec<Hole>)> {
        self.lesson.learned()
    }

    /// The reply may have begun anew, and another block under the same index.
    fn accepts(&self, slot: Slot) -> bool {
        match slot {
            Slot::Silence => true,
            Slot::Block(at) => self.beginning.is_none() && self.content.is_growing(at),
            Slot::Text | Slot::Reasoning | Slot::Detail(_) | Slot::Arguments(_) => false,
        }
    }

    fn fill(&mut self, slot: Slot, literal: &[u8], escaped: bool, out: &mut Batch) -> Result<(), usize> {
        match slot {
            Slot::Block(at) => self.content.fill(at, literal, escaped, out),
            Slot::Silence | Slot::Text | Slot::Reasoning | Slot::Detail(_) | Slot::Arguments(_) => Ok(()),
        }
    }

    fn is_complete(&self) -> bool {
        self.stopped
    }

    fn has_closed(&self) -> bool {
        self.stopped
    }

    fn flush(&mut self, out: &mut Batch) {
        self.begin(out);
        self.content.flush(self.stopped || self.reason.is_some(), out);
        let usage = self.counts.usage();
        if !usage.is_empty() {
            out.used(usage);
        }
    }

    fn close(&mut self, end: End, out: &mut Batch) -> bool {
        let complete = match end {
            End::Input => self.stopped,
            End::Done => self.stopped || self.reason.is_some(),
            End::Body => true,
        };
        if complete {
            let raw = self.reason.take().unwrap_or_default();
            out.finished(self.reason_for(&raw), &raw);
        }
        complete
    }
}

/// The values of `stop_reason`: <https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons>.
fn finish(raw: &str) -> Finish {
    match raw {
        "end_turn" | "stop_sequence" => Finish::Stop,
        "max_tokens" | "model_context_window_exceeded" => Finish::Length,
        "tool_use" => Finish::ToolCalls,
        "pause_turn" => Finish::Pause,
        "refusal" => Finish::ContentFilter,
        "" => Finish::Unknown,
        _ => Finish::Other,
    }
}

/// The words about a refusal, where there are any.
fn explained(scan: &mut Scan<'_>) -> Read<String> {
    let mut explanation = String::new();
    let Some(mut object) = scan.object()? else { return Ok(explanation) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"explanation" => explanation = scan.text()?.unwrap_or_default().into_owned(),
            _ => scan.skip()?,
        }
    }
    Ok(explanation)
}

/// Whether a list has no items.
fn is_empty(mut list: Scan<'_>) -> bool {
    list.raw().is_ok_and(|raw| raw.iter().all(|byte| byte.is_ascii_whitespace() || matches!(byte, b'[' | b']')))
}
