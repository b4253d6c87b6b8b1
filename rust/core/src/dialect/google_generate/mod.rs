//! `POST /models/{id}:generateContent` and `:streamGenerateContent`: Google's Gemini API.
//!
//! A body, an SSE event and an item of the array that comes without `alt=sse` are the same document, so one path reads
//! them all. Format: <https://ai.google.dev/api/generate-content>.

mod calls;
mod ends;
mod grounding;
mod parts;
mod pieces;
mod usage;

use self::calls::Calls;
use self::ends::finish;
use self::usage::Tokens;
use super::{Blocks, End, Heard, Lesson, Listen, Slot, Sources};
use crate::event::{Batch, Channel, Finish};
use crate::scan::{Kind, Read, Scan};
use crate::template::{Counts, Hole};

/// The memory of one reply.
#[derive(Debug, Default)]
pub(crate) struct GoogleGenerate {
    blocks: Blocks,
    calls: Calls,
    sources: Sources,
    tokens: Tokens,
    started: bool,
    id: String,
    model: String,
    finish: Option<String>,
    lesson: Lesson,
}

/// What one document says besides its first candidate.
#[derive(Default)]
struct Envelope<'a> {
    candidates: Option<Scan<'a>>,
    error: Option<String>,
    ours: bool,
}

impl GoogleGenerate {
    fn member<'a>(&mut self, key: &[u8], scan: &mut Scan<'a>, envelope: &mut Envelope<'a>) -> Read<()> {
        envelope.ours |= matches!(key, b"candidates" | b"promptFeedback" | b"usageMetadata" | b"modelVersion");
        match key {
            b"candidates" => {
                envelope.candidates = Some(*scan);
                scan.skip()?;
            }
            b"usageMetadata" => self.tokens.read(scan, &mut self.lesson)?,
            b"responseId" if self.id.is_empty() => self.id = scan.text()?.unwrap_or_default().into_owned(),
            b"modelVersion" if self.model.is_empty() => self.model = scan.text()?.unwrap_or_default().into_owned(),
            b"promptFeedback" => self.feedback(scan)?,
            b"error" => {
                let kind = scan.peek()?;
                let report = String::from_utf8_lossy(scan.raw()?);
                envelope.error = (kind != Kind::Null).then(|| format!("{{\"error\":{report}}}"));
            }
            _ => scan.skip()?,
        }
        Ok(())
    }

    /// A prompt that was refused has no candidates.
    fn feedback(&mut self, scan: &mut Scan<'_>) -> Read<()> {
        let Some(mut object) = scan.object()? else { return Ok(()) };
        while let Some(key) = scan.key(&mut object)? {
            match &*key {
                b"blockReason" => {
                    if let Some(reason) = scan.text()? {
                        self.lesson.spoil();
                        self.finish = Some(format!("promptFeedback:{reason}"));
                    }
                }
                _ => scan.skip()?,
            }
        }
        Ok(())
    }

    fn start(&mut self, out: &mut Batch) {
        let named = !self.id.is_empty() || !self.model.is_empty();
        if !self.started && named {
            self.started = true;
            out.started(&self.id, &self.model);
        }
    }

    /// Reads the first candidate. We never ask for more.
    fn candidates(&mut self, scan: &mut Scan<'_>, out: &mut Batch) -> Read<()> {
        let Some(mut array) = scan.array()? else { return Ok(()) };
        while scan.item(&mut array)? {
            self.candidate(scan, out)?;
        }
        Ok(())
    }

    fn candidate(&mut self, scan: &mut Scan<'_>, out: &mut Batch) -> Read<()> {
        let Some(mut object) = scan.object()? else { return Ok(()) };
        let (mut index, mut word, mut content) = (0, None, None);
        let (mut grounding, mut recited) = (None, None);
        while let Some(key) = scan.key(&mut object)? {
            let place = match &*key {
                b"index" => {
                    index = scan.count()?.unwrap_or(0);
                    continue;
                }
                b"finishReason" => {
                    word = scan.text()?;
                    continue;
                }
                b"content" => &mut content,
                b"groundingMetadata" => &mut grounding,
                b"citationMetadata" => &mut recited,
                _ => {
                    scan.skip()?;
                    continue;
                }
            };
            *place = Some(*scan);
            scan.skip()?;
        }
        if index != 0 {
            self.lesson.spoil();
            return Ok(());
        }
        if let Some(mut content) = content {
            self.content(&mut content, out)?;
        }
        if let Some(mut grounding) = grounding {
            grounding::chunks(&mut grounding, &mut self.sources, &mut self.lesson)?;
        }
        if let Some(mut recited) = recited {
            grounding::recited(&mut recited, &mut self.sources, &mut self.lesson)?;
        }
        // Some models say STOP with each piece; the last word counts.
        if let Some(word) = word.filter(|word| !word.is_empty()) {
            self.lesson.spoil();
            self.finish = Some(word.into_owned());
        }
        Ok(())
    }

    fn content(&mut self, scan: &mut Scan<'_>, out: &mut Batch) -> Read<()> {
        let Some(mut object) = scan.object()? else { return Ok(()) };
        while let Some(key) = scan.key(&mut object)? {
            match &*key {
                b"parts" => {
                    let Some(mut array) = scan.array()? else { continue };
                    while scan.item(&mut array)? {
                        self.part(scan, out)?;
                    }
                }
                _ => scan.skip()?,
            }
        }
        Ok(())
    }
}

impl Listen for GoogleGenerate {
    fn read(&mut self, payload: &[u8], _whole: bool, out: &mut Batch) -> Read<Heard> {
        self.lesson.restart();
        let mut scan = Scan::new(payload);
        let Some(mut object) = scan.object()? else {
            scan.end()?;
            return Ok(Heard::Foreign);
        };
        let mut envelope = Envelope::default();
        while let Some(key) = scan.key(&mut object)? {
            self.member(&key, &mut scan, &mut envelope)?;
        }
        scan.end()?;
        if envelope.ours {
            self.start(out);
        }
        if let Some(mut candidates) = envelope.candidates {
            self.candidates(&mut candidates, out)?;
        }
        Ok(match envelope.error {
            Some(error) => Heard::Error(error),
            None if envelope.ours => Heard::Ours,
            None => Heard::Foreign,
        })
    }

    fn learned(&self) -> Option<(Slot, Vec<Hole>)> {
        self.lesson.learned().filter(|_| self.started)
    }

    fn count(&mut self, counts: &Counts) {
        self.tokens.take(counts);
    }

    fn fill(&mut self, slot: Slot, literal: &[u8], escaped: bool, out: &mut Batch) -> Result<(), usize> {
        match slot {
            Slot::Text => self.blocks.push_literal(Channel::Text, literal, escaped, out),
            Slot::Reasoning => self.blocks.push_literal(Channel::Reasoning, literal, escaped, out),
            Slot::Silence | Slot::Detail(_) | Slot::Arguments(_) | Slot::Block(_) => Ok(()),
        }
    }

    fn is_complete(&self) -> bool {
        self.finish.is_some()
    }

    fn flush(&mut self, out: &mut Batch) {
        self.blocks.flush(out);
        self.calls.flush(self.finish.is_some(), out);
        self.sources.flush(&mut self.blocks, out);
        let usage = self.tokens.usage();
        if !usage.is_empty() {
            out.used(usage);
        }
    }

    fn close(&mut self, end: End, out: &mut Batch) -> bool {
        if end == End::Input && self.finish.is_none() {
            return false;
        }
        let raw = self.finish.take().unwrap_or_default();
        let reason = match finish(&raw) {
            Finish::Stop | Finish::Unknown if self.calls.any() => Finish::ToolCalls,
            reason => reason,
        };
        out.finished(reason, &raw);
        true
    }
}
