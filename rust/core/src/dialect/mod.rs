//! What each wire format means: one file a dialect, each with a state that reads frames and writes events.

mod anthropic_messages;
mod blocks;
mod google_generate;
mod lesson;
mod ollama_chat;
mod openai_chat;
mod openai_responses;
mod sources;
mod tokens;

pub(crate) use anthropic_messages::AnthropicMessages;
pub(crate) use blocks::Blocks;
pub(crate) use google_generate::GoogleGenerate;
pub(crate) use lesson::{Lesson, Slot};
pub(crate) use ollama_chat::OllamaChat;
pub(crate) use openai_chat::OpenAiChat;
pub(crate) use openai_responses::OpenAiResponses;
pub(crate) use sources::Sources;

use crate::event::Batch;
use crate::framing::Framing;
use crate::scan::Read;
use crate::tags::Tags;
use crate::template::{Counts, Hole};

/// A wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `POST /chat/completions` and all that copy it.
    OpenAiChat,
    /// `POST /responses` of `OpenAI`.
    OpenAiResponses,
    /// `POST /messages` of Anthropic and all that copy it.
    AnthropicMessages,
    /// `POST /models/{id}:generateContent` of Google's Gemini API.
    GoogleGenerate,
    /// `POST /api/chat` of Ollama.
    OllamaChat,
}

impl Dialect {
    /// Every dialect, with the name it has everywhere else.
    pub const ALL: [(&'static str, Self); 5] = [
        ("openai-chat", Self::OpenAiChat),
        ("openai-responses", Self::OpenAiResponses),
        ("anthropic-messages", Self::AnthropicMessages),
        ("google-generate", Self::GoogleGenerate),
        ("ollama-chat", Self::OllamaChat),
    ];

    /// The dialect of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, dialect)| *dialect)
    }

    /// How its replies are cut into frames.
    pub fn framing(self) -> Framing {
        match self {
            Self::OpenAiChat | Self::OpenAiResponses | Self::AnthropicMessages => Framing::Sniff,
            Self::GoogleGenerate => Framing::Items,
            Self::OllamaChat => Framing::Lines,
        }
    }

    /// A fresh memory for one reply in this dialect.
    pub(crate) fn listen(self, tags: Tags) -> Box<dyn Listen> {
        match self {
            Self::OpenAiChat => Box::new(OpenAiChat::new(tags)),
            Self::OpenAiResponses => Box::new(OpenAiResponses::default()),
            Self::AnthropicMessages => Box::new(AnthropicMessages::default()),
            Self::GoogleGenerate => Box::new(GoogleGenerate::default()),
            Self::OllamaChat => Box::new(OllamaChat::new(tags)),
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
pub(crate) trait Listen: std::fmt::Debug + Send + Sync {
    /// Reads one payload; `whole` when it is a whole body instead of a piece of a stream.
    fn read(&mut self, payload: &[u8], whole: bool, out: &mut Batch) -> Read<Heard>;

    /// What the payload just read teaches about those to come.
    fn learned(&self) -> Option<(Slot, Vec<Hole>)> {
        None
    }

    /// Whether a template for this text still means what it meant when it was learned.
    fn accepts(&self, _slot: Slot) -> bool {
        true
    }

    /// Takes the counts of a payload that fits a template, before its text.
    fn count(&mut self, _counts: &Counts) {}

    /// Reads a payload that fits a template: only its text is new.
    fn fill(&mut self, slot: Slot, literal: &[u8], escaped: bool, out: &mut Batch) -> Result<(), usize>;

    /// Whether the terminal marker has been heard, so that whatever happens next, the reply is complete.
    fn is_complete(&self) -> bool;

    /// Whether the terminal marker also ends the reply, so that nothing more is to be expected.
    fn has_closed(&self) -> bool {
        false
    }

    /// Hands out all text that was held back, then the usage; nothing is lost when a stream breaks.
    fn flush(&mut self, out: &mut Batch);

    /// Writes the finish if the reply is complete; false when it is not.
    fn close(&mut self, end: End, out: &mut Batch) -> bool;
}
