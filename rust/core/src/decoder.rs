//! Bytes in, events out: framing, dialect and fold of one reply, held together.

use crate::dialect::{Dialect, End, Heard, Slot, State};
use crate::event::Batch;
use crate::fault::{Bound, Fault, Foreign, preview};
use crate::fold::Answer;
use crate::framing::{Frame, Framer, Rest};
use crate::limits::Limits;
use crate::scan::{Flaw, Scan};
use crate::strict;
use crate::tags::Tags;
use crate::template::Template;

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
    state: State,
    template: Option<Template<Slot>>,
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
            state: settings.dialect.state(settings.tags),
            template: None,
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
            if !self.advance(chunk, &mut at) {
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

    /// Reads frames as long as they are like the last one.
    fn repeat(&mut self, chunk: &[u8], at: &mut usize) {
        let Some(template) = &self.template else { return };
        if !self.framer.is_fresh() || !self.state.accepts(template.slot()) {
            return;
        }
        while let Some(hit) = chunk.get(*at..).and_then(|rest| template.fit(rest)) {
            if hit.len > self.limits.event {
                return;
            }
            let mark = self.batch.mark();
            if self.state.fill(template.slot(), hit.literal, hit.escaped, &mut self.batch).is_err() {
                // The slow path will say what is wrong, and where.
                self.batch.rewind(mark);
                return;
            }
            self.learning.since_hit = 0;
            self.tally.frames += 1;
            *at += hit.len;
        }
    }

    /// Reads one frame; false when the chunk holds no more.
    fn advance(&mut self, chunk: &[u8], at: &mut usize) -> bool {
        match self.framer.next(chunk, at) {
            Ok(Some(frame)) => {
                let heard = hear(&mut self.state, &mut self.batch, &frame, &mut self.tally);
                if let (Ok(Sound::Heard(Heard::Ours)), Some((raw, data))) = (&heard, frame.raw)
                    && self.learning.is_due()
                    && let Some((slot, holes)) = self.state.learned()
                {
                    self.template = Template::learn(raw, data, slot, holes);
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
        let mut body = false;
        let heard = match self.framer.finish() {
            Rest::Page(page) => Err(Fault::Foreign { kind: Foreign::Html, preview: preview(page) }),
            // An event without its end counts only if it cannot have lost anything.
            Rest::Pending(data) if is_done(data) || strict::is_document(data) => {
                let frame = Frame { event: b"", data, raw: None, standard: true };
                hear(&mut self.state, &mut self.batch, &frame, &mut self.tally)
            }
            Rest::Nothing | Rest::Pending(_) => Ok(Sound::Nothing),
            Rest::Body(data) => {
                body = true;
                hear_body(&mut self.state, &mut self.batch, data, &mut self.tally)
            }
        };
        let foreign = heard == Ok(Sound::Heard(Heard::Foreign));
        match heard {
            Ok(Sound::Done) => {
                self.ended |= self.ours && self.close(End::Done);
            }
            heard => self.judge(heard),
        }
        if self.ended {
            return;
        }
        let end = if body && self.ours { End::Body } else { End::Input };
        if !self.close(end) {
            let fault = self.unfinished(foreign);
            self.batch.failed(fault);
            self.ended = true;
        }
    }

    /// Why a reply that has no terminal marker ended.
    fn unfinished(&mut self, foreign: bool) -> Fault {
        let stray = self.framer.stray().trim_ascii();
        if let Some(payload) = stray_error(stray) {
            return Fault::Provider { payload };
        }
        if self.ours {
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

/// What a frame amounts to.
#[derive(Debug, PartialEq, Eq)]
enum Sound {
    /// A keep-alive.
    Nothing,
    /// `[DONE]`.
    Done,
    /// A payload.
    Heard(Heard),
}

fn is_done(data: &[u8]) -> bool {
    data.trim_ascii() == b"[DONE]"
}

/// Keep-alives are also sent as data: empty, a comment inside the field, or `null`.
fn is_idle(data: &[u8]) -> bool {
    matches!(data.first(), None | Some(b':')) || data == b"null"
}

fn hear(state: &mut State, batch: &mut Batch, frame: &Frame<'_>, tally: &mut Tally) -> Result<Sound, Fault> {
    let data = frame.data.trim_ascii();
    if is_idle(data) {
        return Ok(Sound::Nothing);
    }
    if is_done(data) {
        return Ok(Sound::Done);
    }
    if frame.event == b"error" {
        return Ok(Sound::Heard(Heard::Error(String::from_utf8_lossy(data).into_owned())));
    }
    // A missing blank line joins payloads; they count if each line is one (`Wei-Shaw/sub2api#1471`).
    if memchr::memchr(b'\n', data).is_some() && !is_one_value(data) {
        return hear_lines(state, batch, data, tally);
    }
    // Offsets of the hole are relative to the untrimmed data, so that is what is read.
    read(state, batch, frame.data, false, tally)
}

fn is_one_value(data: &[u8]) -> bool {
    let mut scan = Scan::new(data);
    scan.skip().is_ok() && scan.end().is_ok()
}

fn hear_lines(state: &mut State, batch: &mut Batch, data: &[u8], tally: &mut Tally) -> Result<Sound, Fault> {
    let lines = || data.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    if !lines().all(|line| is_done(line) || strict::is_document(line)) {
        return Err(Fault::Malformed { frame: tally.frames, preview: preview(data) });
    }
    let mut last = Sound::Nothing;
    for line in lines() {
        last = if is_done(line) { Sound::Done } else { read(state, batch, line, false, tally)? };
        if last == Sound::Done || matches!(last, Sound::Heard(Heard::Error(_))) {
            break;
        }
    }
    Ok(last)
}

/// Reads a whole body: one document, the first item of an array, or one document a line.
fn hear_body(state: &mut State, batch: &mut Batch, data: &[u8], tally: &mut Tally) -> Result<Sound, Fault> {
    let mut scan = Scan::new(data);
    match scan.skip().and_then(|()| scan.end()) {
        Ok(()) => read(state, batch, first_item(data), true, tally),
        // The body was cut; what it says so far is not to be trusted.
        Err(Flaw::Short) => Ok(Sound::Nothing),
        Err(_) => hear_lines(state, batch, data, tally),
    }
}

/// Errors also come as an array with one item.
fn first_item(data: &[u8]) -> &[u8] {
    let mut scan = Scan::new(data);
    let mut first = || {
        let mut array = scan.array().ok()??;
        scan.item(&mut array).ok()?.then(|| scan.raw().ok())?
    };
    if data.trim_ascii_start().starts_with(b"[") { first().unwrap_or(data) } else { data }
}

fn read(state: &mut State, batch: &mut Batch, data: &[u8], whole: bool, tally: &mut Tally) -> Result<Sound, Fault> {
    let mark = batch.mark();
    let frame = tally.frames;
    tally.frames += 1;
    let Ok(heard) = state.read(data, whole, batch) else {
        batch.rewind(mark);
        return Err(Fault::Malformed { frame, preview: preview(data) });
    };
    Ok(Sound::Heard(heard))
}

/// A bare JSON error where SSE was expected; gateways send it under 200 (`lemonade-sdk/lemonade#2826`).
fn stray_error(stray: &[u8]) -> Option<String> {
    let start = memchr::memchr2(b'{', b'[', stray)?;
    let body = first_item(stray.get(start..)?);
    let mut scan = Scan::new(body);
    let mut object = scan.object().ok()??;
    while let Some(key) = scan.key(&mut object).ok()? {
        if &*key == b"error" {
            return Some(String::from_utf8_lossy(body).into_owned());
        }
        scan.skip().ok()?;
    }
    None
}
