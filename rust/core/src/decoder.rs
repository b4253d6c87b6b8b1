//! Bytes in, events out: framing, dialect and fold of one reply, held together.

use crate::dialect::{Dialect, End, Heard, Listen, Slot};
use crate::event::Batch;
use crate::fault::{Bound, Fault, Foreign, preview};
use crate::fold::Answer;
use crate::framing::{Frame, Framer, Rest};
use crate::hearing::{Sound, hear, hear_body, is_done, stray_error};
use crate::limits::Limits;
use crate::strict;
use crate::tags::Tags;
use crate::template::{Counts, Template};

/// How a reply is decoded.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The wire format.
    pub dialect: Dialect,
    /// Markup of reasoning to look for in the text.
    pub tags: Tags,
    /// Whether deltas of one part that arrive together become one event.
    pub coalesce: bool,
    /// Whether the answer is folded along the way.
    pub fold: bool,
    /// How much the reply may hold.
    pub limits: Limits,
}

impl Settings {
    /// The defaults for a dialect: no markup, coalesced events, folded along the way.
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, tags: Tags::None, coalesce: true, fold: true, limits: Limits::default() }
    }
}

/// What went through a decoder.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Bytes fed.
    pub bytes: u64,
    /// Payloads read, keep-alives left out.
    pub frames: u64,
    /// Events handed out.
    pub events: u64,
}

/// Decodes one reply.
///
/// ```
/// use modelmix_core::decoder::{Decoder, Settings};
/// use modelmix_core::dialect::Dialect;
/// use modelmix_core::event::{Event, Finish};
///
/// let mut decoder = Decoder::new(Settings::new(Dialect::OpenAiChat));
/// let chunk = br#"data: {"id":"1","choices":[{"delta":{"content":"hi"}}]}
///
/// data: {"choices":[{"delta":{},"finish_reason":"stop"}]}
///
/// "#;
/// let events: Vec<_> = decoder.feed(chunk).iter().map(|event| format!("{event:?}")).collect();
/// assert_eq!(events.len(), 2);
/// let last = decoder.finish().iter().next();
/// assert_eq!(last, Some(Event::Finished { reason: Finish::Stop, raw: "stop" }));
/// ```
#[derive(Debug)]
pub struct Decoder {
    framer: Framer,
    state: Box<dyn Listen>,
    /// The last kinds of frames, the latest first: reasoning and text often take turns.
    templates: [Option<Template<Slot>>; 2],
    /// Those of the last frame that was held against a template.
    counts: Counts,
    learning: Learning,
    batch: Batch,
    answer: Option<Answer>,
    limits: Limits,
    tally: Tally,
    ours: bool,
    semantic: bool,
    ended: bool,
}

/// Keeps streams that never repeat themselves from paying for templates that never fit.
#[derive(Debug, Default)]
struct Learning {
    since_hit: u32,
}

impl Learning {
    /// After this many templates that did not fit, only every `RARELY`th frame is learned from.
    const PATIENCE: u32 = 16;
    const RARELY: u32 = 64;

    fn is_due(&mut self) -> bool {
        self.since_hit = self.since_hit.saturating_add(1);
        self.since_hit <= Self::PATIENCE || self.since_hit.is_multiple_of(Self::RARELY)
    }
}

impl Decoder {
    /// A decoder for one reply.
    pub fn new(settings: Settings) -> Self {
        Self {
            framer: Framer::new(settings.dialect.framing(), settings.limits.event),
            state: settings.dialect.listen(settings.tags),
            templates: [None, None],
            counts: Counts::default(),
            learning: Learning::default(),
            batch: Batch::new(settings.coalesce),
            answer: settings.fold.then(Answer::default),
            limits: settings.limits,
            tally: Tally::default(),
            ours: false,
            semantic: false,
            ended: false,
        }
    }

    /// Reads one chunk, cut anywhere, and gives the events in it. After the terminal event input is ignored.
    pub fn feed(&mut self, chunk: &[u8]) -> &Batch {
        self.batch.clear();
        self.tally.bytes += chunk.len() as u64;
        if self.tally.bytes > self.limits.total {
            self.fail_large(Bound::Total, self.limits.total);
        }
        let mut at = 0;
        while !self.ended {
            self.repeat(chunk, &mut at);
            if at == chunk.len() || !self.advance(chunk, &mut at) {
                break;
            }
        }
        self.settle()
    }

    /// The input has ended: gives the terminal event, unless there has been one.
    pub fn finish(&mut self) -> &Batch {
        self.batch.clear();
        if !self.ended {
            self.end_input();
        }
        self.settle()
    }

    /// The events of the last [`Decoder::feed`] or [`Decoder::finish`].
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// Whether the terminal event has been given.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Whether the reply is complete, though more may follow: an error of the transport does not harm it now.
    pub fn is_complete(&self) -> bool {
        self.ended || self.state.is_complete()
    }

    /// Whether output has been handed out, after which a call must not be repeated.
    pub fn has_spoken(&self) -> bool {
        self.semantic
    }

    /// Everything said so far; `None` unless it is folded.
    pub fn answer(&self) -> Option<&Answer> {
        self.answer.as_ref()
    }

    /// What went through.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    fn settle(&mut self) -> &Batch {
        self.tally.events += self.batch.len() as u64;
        if self.tally.events > self.limits.events && !self.ended {
            self.fail_large(Bound::Events, self.limits.events);
        }
        if !self.semantic {
            self.semantic = self.batch.iter().any(|event| event.is_semantic());
        }
        if let Some(answer) = &mut self.answer {
            answer.add(&self.batch);
        }
        &self.batch
    }

    /// Reads frames as long as they are like one of the last.
    fn repeat(&mut self, chunk: &[u8], at: &mut usize) {
        if !self.framer.is_fresh() {
            return;
        }
        while *at < chunk.len() {
            if self.repeat_latest(chunk, at) {
                continue;
            }
            self.templates.swap(0, 1);
            if !self.repeat_latest(chunk, at) {
                self.templates.swap(0, 1);
                return;
            }
        }
    }

    /// Reads one frame if it is like the latest.
    fn repeat_latest(&mut self, chunk: &[u8], at: &mut usize) -> bool {
        let [Some(template), _] = &self.templates else { return false };
        let Some(hit) = chunk.get(*at..).and_then(|rest| template.fit(rest, &mut self.counts)) else { return false };
        if hit.len > self.limits.event || !self.state.accepts(template.slot()) {
            return false;
        }
        let mark = self.batch.mark();
        if !self.counts.is_empty() {
            self.state.count(&self.counts);
        }
        if self.state.fill(template.slot(), hit.literal, hit.escaped, &mut self.batch).is_err() {
            // The slow path will say what is wrong, and where.
            self.batch.rewind(mark);
            return false;
        }
        self.learning.since_hit = 0;
        self.tally.frames += 1;
        *at += hit.len;
        true
    }

    /// Reads one frame; false when the chunk holds no more.
    fn advance(&mut self, chunk: &[u8], at: &mut usize) -> bool {
        match self.framer.next(chunk, at) {
            Ok(Some(frame)) => {
                let heard = hear(&mut *self.state, &mut self.batch, &frame, &mut self.tally);
                if let (Ok(Sound::Heard(Heard::Ours)), Some((raw, data))) = (&heard, frame.raw)
                    && self.learning.is_due()
                    && let Some((slot, holes)) = self.state.learned()
                {
                    let [latest, older] = &mut self.templates;
                    *older = std::mem::replace(latest, Template::learn(raw, data, slot, holes));
                }
                self.judge(heard);
                true
            }
            Ok(None) => false,
            Err(_) => {
                self.fail_large(Bound::Event, self.limits.event as u64);
                false
            }
        }
    }

    fn judge(&mut self, heard: Result<Sound, Fault>) {
        match heard {
            Ok(Sound::Nothing | Sound::Heard(Heard::Foreign)) => {}
            Ok(Sound::Heard(Heard::Ours)) => self.ours = true,
            Ok(Sound::Heard(Heard::Error(payload))) => self.fail(Fault::Provider { payload }),
            Ok(Sound::Done) => self.done(),
            Err(fault) => self.fail(fault),
        }
        if self.state.has_closed() {
            self.close(End::Input);
        }
    }

    /// `[DONE]`: the reply is over, and so is our reading.
    fn done(&mut self) {
        if self.ours {
            self.close(End::Done);
        } else {
            self.end_input();
        }
    }

    /// Writes what is left and the terminal event; false when the reply is not complete.
    fn close(&mut self, end: End) -> bool {
        self.state.flush(&mut self.batch);
        let closed = self.state.close(end, &mut self.batch);
        self.ended |= closed;
        closed
    }

    fn fail(&mut self, fault: Fault) {
        if !self.ended {
            self.state.flush(&mut self.batch);
            self.batch.failed(fault);
            self.ended = true;
        }
    }

    fn fail_large(&mut self, bound: Bound, limit: u64) {
        self.fail(Fault::TooLarge { bound, limit });
    }

    fn end_input(&mut self) {
        let (rest, mut cut) = (self.framer.finish(), false);
        let body = matches!(rest, Rest::Body(_));
        let heard = match rest {
            Rest::Page(page) => Err(Fault::Foreign { kind: Foreign::Html, preview: preview(page) }),
            // An event without its end counts only if it cannot have lost anything.
            Rest::Pending(data) if is_done(data) || strict::is_document(data) => {
                let frame = Frame { event: b"", data, raw: None, standard: true };
                hear(&mut *self.state, &mut self.batch, &frame, &mut self.tally)
            }
            Rest::Body(data) => hear_body(&mut *self.state, &mut self.batch, data, &mut self.tally),
            rest => {
                cut = rest != Rest::Nothing;
                Ok(Sound::Nothing)
            }
        };
        let foreign = heard == Ok(Sound::Heard(Heard::Foreign));
        match heard {
            Ok(Sound::Done) => self.ended |= self.ours && self.close(End::Done),
            heard => self.judge(heard),
        }
        if self.ended {
            return;
        }
        let end = if body && self.ours { End::Body } else { End::Input };
        if !self.close(end) {
            let fault = self.unfinished(foreign, cut);
            self.batch.failed(fault);
            self.ended = true;
        }
    }

    /// Why a reply that has no terminal marker ended; `cut` says that it did in the midst of an event.
    fn unfinished(&mut self, foreign: bool, cut: bool) -> Fault {
        let stray = self.framer.stray().trim_ascii();
        if let Some(payload) = stray_error(stray) {
            return Fault::Provider { payload };
        }
        // A body that is no document yet is one that was cut.
        if self.ours || cut || (self.tally.frames == 0 && !self.framer.body().is_empty()) {
            return Fault::Truncated { stray: preview(stray) };
        }
        if foreign || self.tally.frames > 0 {
            return Fault::Foreign { kind: Foreign::Json, preview: preview(self.framer.body()) };
        }
        match stray.first() {
            None => Fault::Empty,
            Some(b'<') => Fault::Foreign { kind: Foreign::Html, preview: preview(stray) },
            Some(_) => Fault::Foreign { kind: Foreign::Text, preview: preview(stray) },
        }
    }
}
