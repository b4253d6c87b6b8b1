//! Cuts bytes into frames: SSE events, NDJSON lines, array items, or one whole body.

mod items;
mod lines;
mod sse;

pub use items::Items;
pub use lines::Lines;
use sse::BOM;
pub use sse::{Sse, field};

use crate::limits::STRAY;

/// One framed payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The SSE event type, empty where there is none.
    pub event: &'a [u8],
    /// The payload.
    pub data: &'a [u8],
    /// The bytes of the whole SSE event or line, its blank line or newline included, and where `data` starts in them;
    /// only when all of it lies in one chunk and nothing before it matters.
    pub raw: Option<(&'a [u8], usize)>,
    /// Whether this is what the framing's standard calls an event; an SSE field named `error` is not.
    pub standard: bool,
}

/// A frame is larger than allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Oversize;

/// The result of asking for a frame: one, none until more bytes come, or one that is too large.
pub type Next<'a> = Result<Option<Frame<'a>>, Oversize>;

/// How a reply is cut into frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Told from the first byte: `{` or `[` is a document, `<` is a page, anything else is SSE.
    Sniff,
    /// One JSON document a line; told from the first byte as [`Framing::Sniff`], and a document that goes on over
    /// several lines is a whole body.
    Lines,
    /// Told from the first byte as [`Framing::Sniff`], but `[` starts an array whose items are the frames.
    Items,
}

#[derive(Debug)]
enum State {
    /// Nothing but white space so far, and this many bytes of a byte order mark.
    Undecided(Framing, usize),
    Sse(Box<Sse>),
    Lines(Lines),
    Items(Items),
    Whole(Vec<u8>),
    Page(Vec<u8>),
}

/// What was left when the input ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Rest<'a> {
    /// Nothing.
    Nothing,
    /// An event, line or item without its end; judge it before use.
    Pending(&'a [u8]),
    /// A whole body.
    Body(&'a [u8]),
    /// An HTML page.
    Page(&'a [u8]),
}

/// Cuts one reply into frames.
#[derive(Debug)]
pub struct Framer {
    state: State,
    limit: usize,
}

impl Framer {
    /// `limit` bounds a single event, line or item, in bytes.
    pub fn new(framing: Framing, limit: usize) -> Self {
        Self { state: State::Undecided(framing, 0), limit }
    }

    /// The next frame of `chunk` from `at` on, which moves past it.
    ///
    /// # Errors
    /// When a frame passes the limit.
    pub fn next<'a>(&'a mut self, chunk: &'a [u8], at: &mut usize) -> Next<'a> {
        if let State::Undecided(framing, bom) = self.state {
            self.decide(framing, bom, chunk, at);
        }
        if let State::Lines(lines) = &self.state
            && let Some(opening) = lines.opening_of_a_body(chunk, *at)
        {
            self.state = State::Whole(opening);
        }
        match &mut self.state {
            State::Undecided(..) => Ok(None),
            State::Sse(sse) => sse.next(chunk, at),
            State::Lines(lines) => lines.next(chunk, at),
            State::Items(items) => items.next(chunk, at),
            State::Whole(body) => {
                body.extend_from_slice(chunk.get(*at..).unwrap_or_default());
                *at = chunk.len();
                Ok(None)
            }
            State::Page(body) => {
                let room = STRAY.saturating_sub(body.len());
                body.extend(chunk.get(*at..).unwrap_or_default().iter().take(room));
                *at = chunk.len();
                Ok(None)
            }
        }
    }

    fn decide(&mut self, framing: Framing, mut bom: usize, chunk: &[u8], at: &mut usize) {
        while let Some(byte) = chunk.get(*at) {
            if bom < BOM.len() && BOM.get(bom) == Some(byte) {
                bom += 1;
            } else if !byte.is_ascii_whitespace() {
                self.state = self.chosen(framing, bom, *byte);
                return;
            }
            // DeepSeek sends empty lines before a plain body while it waits; they mean nothing in any framing.
            *at += 1;
        }
        self.state = State::Undecided(framing, bom);
    }

    fn chosen(&self, framing: Framing, bom: usize, first: u8) -> State {
        match (first, framing) {
            (b'[', Framing::Items) => State::Items(Items::new(self.limit)),
            (b'{', Framing::Lines) => State::Lines(Lines::new(self.limit)),
            (b'{' | b'[', _) => State::Whole(Vec::new()),
            (b'<', _) => State::Page(Vec::new()),
            _ => State::Sse(Box::new(Sse::after_bom(self.limit, bom))),
        }
    }

    /// Whether the next byte starts a fresh event or line, with nothing of an earlier one pending.
    pub(crate) fn is_fresh(&self) -> bool {
        match &self.state {
            State::Sse(sse) => sse.fresh(),
            State::Lines(lines) => lines.is_fresh(),
            _ => false,
        }
    }

    /// Ends the input.
    pub fn finish(&mut self) -> Rest<'_> {
        match &mut self.state {
            State::Undecided(..) => Rest::Nothing,
            State::Sse(sse) => sse.pending().map_or(Rest::Nothing, Rest::Pending),
            State::Lines(lines) => lines.finish(),
            State::Items(items) => items.finish(),
            State::Whole(body) => Rest::Body(body),
            State::Page(body) => Rest::Page(body),
        }
    }

    /// The whole body, where the reply is one, or the line that lacks its end.
    pub(crate) fn body(&self) -> &[u8] {
        match &self.state {
            State::Whole(body) => body,
            State::Lines(lines) => lines.pending(),
            _ => b"",
        }
    }

    /// Text outside the framing, at most 64 KiB of it.
    pub fn stray(&self) -> &[u8] {
        match &self.state {
            State::Sse(sse) => sse.stray(),
            _ => b"",
        }
    }
}
