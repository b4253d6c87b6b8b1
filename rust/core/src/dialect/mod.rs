//! What each wire format means: one file a dialect, each with a state that reads frames and writes events.

mod blocks;
mod lesson;
mod openai_chat;

pub(crate) use blocks::Blocks;
pub(crate) use lesson::{Lesson, Slot};
pub(crate) use openai_chat::OpenAiChat;

use crate::event::Batch;
use crate::framing::Framing;
use crate::scan::Read;
use crate::tags::Tags;
use crate::template::Hole;

/// A wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `POST /chat/completions` and all that copy it.
    OpenAiChat,
}

impl Dialect {
    /// Every dialect, with the name it has everywhere else.
    pub const ALL: [(&'static str, Self); 1] = [("openai-chat", Self::OpenAiChat)];

    /// The dialect of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, dialect)| *dialect)
    }

    /// How its replies are cut into frames.
    pub fn framing(self) -> Framing {
        match self {
            Self::OpenAiChat => Framing::Sniff,
        }
    }

    pub(crate) fn state(self, tags: Tags) -> State {
        match self {
            Self::OpenAiChat => State::OpenAiChat(Box::new(OpenAiChat::new(tags))),
        }
    }
}

/// What a frame turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Part of an answer, or at least of this dialect.
    Ours,
    /// Well-formed, but nothing this dialect knows.
    Foreign,
    /// A report that the reply failed, as JSON.
    Error(String),
}

/// How the input ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The bytes ran out.
    Input,
    /// A `[DONE]` said so.
    Done,
    /// A whole body has been read.
    Body,
}

/// The memory of a dialect while it reads one reply.
#[derive(Debug)]
pub(crate) enum State {
    OpenAiChat(Box<OpenAiChat>),
}

impl State {
    /// Reads one payload; `whole` when it is a whole body instead of a piece of a stream.
    pub(crate) fn read(&mut self, payload: &[u8], whole: bool, out: &mut Batch) -> Read<Heard> {
        match self {
            Self::OpenAiChat(state) => state.read(payload, whole, out),
        }
    }

    /// What the payload just read teaches about those to come.
    pub(crate) fn learned(&self) -> Option<(Slot, Vec<Hole>)> {
        match self {
            Self::OpenAiChat(state) => state.learned(),
        }
    }

    /// Whether a template for this text still means what it meant when it was learned.
    pub(crate) fn accepts(&self, slot: Slot) -> bool {
        match self {
            Self::OpenAiChat(state) => state.accepts(slot),
        }
    }

    /// Reads a payload that fits a template: only its text is new.
    pub(crate) fn fill(&mut self, slot: Slot, literal: &[u8], escaped: bool, out: &mut Batch) -> Result<(), usize> {
        match self {
            Self::OpenAiChat(state) => state.fill(slot, literal, escaped, out),
        }
    }

    /// Whether the terminal marker has been heard, so that whatever happens next, the reply is complete.
    pub(crate) fn is_complete(&self) -> bool {
        match self {
            Self::OpenAiChat(state) => state.is_complete(),
        }
    }

    /// Whether the terminal marker also ends the reply, so that nothing more is to be expected.
    pub(crate) fn has_closed(&self) -> bool {
        match self {
            // Usage may follow the finish reason.
            Self::OpenAiChat(_) => false,
        }
    }

    /// Hands out all text that was held back, then the usage; nothing is lost when a stream breaks.
    pub(crate) fn flush(&mut self, out: &mut Batch) {
        match self {
            Self::OpenAiChat(state) => state.flush(out),
        }
    }

    /// Writes the finish if the reply is complete; false when it is not.
    pub(crate) fn close(&mut self, end: End, out: &mut Batch) -> bool {
        match self {
            Self::OpenAiChat(state) => state.close(end, out),
        }
    }
}
