//! The pieces a reply arrives in.

use std::ops::Range;

use crate::fault::Fault;
use crate::usage::Usage;

/// Why a reply finished, in one spelling for every provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The model was done.
    Stop,
    /// The output limit was reached.
    Length,
    /// The model waits for the results of its tool calls.
    ToolCalls,
    /// A filter stopped the reply.
    ContentFilter,
    /// The provider paused a long turn, to be continued with the same content.
    Pause,
    /// The provider says that the reply failed.
    Error,
    /// The provider did not say.
    Unknown,
    /// A word that we have no meaning for.
    Other,
}

impl Finish {
    /// The word for this reason on the Python side.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ToolCalls => "tool_calls",
            Self::ContentFilter => "content_filter",
            Self::Pause => "pause",
            Self::Error => "error",
            Self::Unknown => "unknown",
            Self::Other => "other",
        }
    }
}

/// One piece. `block` numbers the part of the answer it belongs to, in the order the parts began.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event<'a> {
    /// The reply has begun. Both strings are empty where the provider gave none.
    Started {
        /// The provider's id of the reply.
        id: &'a str,
        /// The model that answers, as the provider names it.
        model: &'a str,
    },
    /// More answer text.
    Text {
        /// Which part.
        block: u32,
        /// The piece.
        text: &'a str,
    },
    /// More reasoning.
    Reasoning {
        /// Which part.
        block: u32,
        /// The piece.
        text: &'a str,
    },
    /// What must go back with a part verbatim: a signature, or encrypted reasoning.
    Sealed {
        /// Which part.
        block: u32,
        /// Opaque to everyone but the dialect that sent it.
        seal: &'a str,
    },
    /// More of a refusal.
    Refusal {
        /// Which part.
        block: u32,
        /// The piece.
        text: &'a str,
    },
    /// A tool call has begun.
    ToolStarted {
        /// Which part.
        block: u32,
        /// The id of the call.
        id: &'a str,
        /// The tool.
        name: &'a str,
        /// Whether the id is ours, because the provider gave none.
        minted: bool,
    },
    /// More of a tool call's arguments, as JSON text.
    ToolArguments {
        /// Which part.
        block: u32,
        /// The piece.
        text: &'a str,
    },
    /// A source that the answer rests on.
    Cited {
        /// Which part.
        block: u32,
        /// Where the source is.
        url: &'a str,
        /// Its title; empty where none was given.
        title: &'a str,
    },
    /// A part that only its own provider understands, whole.
    Opaque {
        /// Which part.
        block: u32,
        /// The provider's word for it.
        kind: &'a str,
        /// The part, as JSON text.
        json: &'a str,
    },
    /// The final token counts.
    Used(Usage),
    /// The reply is complete.
    Finished {
        /// Why.
        reason: Finish,
        /// The same in the provider's own word; empty where it gave none.
        raw: &'a str,
    },
    /// The reply is broken.
    Failed(&'a Fault),
}

impl Event<'_> {
    /// Whether this is output: after such an event a call must not be repeated.
    pub fn is_semantic(&self) -> bool {
        !matches!(self, Self::Started { .. } | Self::Used(_) | Self::Finished { .. } | Self::Failed(_))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Text,
    Reasoning,
    Refusal,
    Arguments,
}

#[derive(Debug)]
enum Item {
    Started { id: Range<usize>, model: Range<usize> },
    Delta { channel: Channel, block: u32, text: Range<usize> },
    Sealed { block: u32, seal: Range<usize> },
    ToolStarted { block: u32, id: Range<usize>, name: Range<usize>, minted: bool },
    Cited { block: u32, url: Range<usize>, title: Range<usize> },
    Opaque { block: u32, kind: Range<usize>, json: Range<usize> },
    Used(Usage),
    Finished { reason: Finish, raw: Range<usize> },
    Failed(Fault),
}

/// The events of one feed. Their strings share one buffer, so an event costs no allocation of its own.
#[derive(Debug, Default)]
pub struct Batch {
    items: Vec<Item>,
    text: String,
    coalesce: bool,
}

/// A point to return to when a frame turns out to be malformed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    items: usize,
    text: usize,
    last: usize,
}

impl Batch {
    /// With `coalesce`, deltas of one part that follow each other become one event.
    pub fn new(coalesce: bool) -> Self {
        Self { items: Vec::new(), text: String::new(), coalesce }
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.items.clear();
        self.text.clear();
    }

    /// The events, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Event<'_>> {
        self.items.iter().map(|item| self.event(item))
    }

    fn event<'a>(&'a self, item: &'a Item) -> Event<'a> {
        let text = |range: &Range<usize>| self.text.get(range.clone()).unwrap_or_default();
        match item {
            Item::Started { id, model } => Event::Started { id: text(id), model: text(model) },
            Item::Delta { channel, block, text: range } => match channel {
                Channel::Text => Event::Text { block: *block, text: text(range) },
                Channel::Reasoning => Event::Reasoning { block: *block, text: text(range) },
                Channel::Refusal => Event::Refusal { block: *block, text: text(range) },
                Channel::Arguments => Event::ToolArguments { block: *block, text: text(range) },
            },
            Item::Sealed { block, seal } => Event::Sealed { block: *block, seal: text(seal) },
            Item::ToolStarted { block, id, name, minted } => {
                Event::ToolStarted { block: *block, id: text(id), name: text(name), minted: *minted }
            }
            Item::Cited { block, url, title } => Event::Cited { block: *block, url: text(url), title: text(title) },
            Item::Opaque { block, kind, json } => Event::Opaque { block: *block, kind: text(kind), json: text(json) },
            Item::Used(usage) => Event::Used(*usage),
            Item::Finished { reason, raw } => Event::Finished { reason: *reason, raw: text(raw) },
            Item::Failed(fault) => Event::Failed(fault),
        }
    }

    /// The shared buffer: write the text of a delta here, then call [`Batch::delta`] with where it began.
    pub(crate) fn buffer(&mut self) -> &mut String {
        &mut self.text
    }

    /// Makes an event of what was written to the buffer since `from`; of nothing, no event.
    pub(crate) fn delta(&mut self, channel: Channel, block: u32, from: usize) {
        let end = self.text.len();
        if from == end {
            return;
        }
        if self.coalesce
            && let Some(Item::Delta { channel: last, block: same, text }) = self.items.last_mut()
            && *last == channel
            && *same == block
            && text.end == from
        {
            text.end = end;
            return;
        }
        self.items.push(Item::Delta { channel, block, text: from..end });
    }

    pub(crate) fn push_delta(&mut self, channel: Channel, block: u32, text: &str) {
        let from = self.text.len();
        self.text.push_str(text);
        self.delta(channel, block, from);
    }

    fn keep(&mut self, text: &str) -> Range<usize> {
        let from = self.text.len();
        self.text.push_str(text);
        from..self.text.len()
    }

    pub(crate) fn started(&mut self, id: &str, model: &str) {
        let (id, model) = (self.keep(id), self.keep(model));
        self.items.push(Item::Started { id, model });
    }

    pub(crate) fn sealed(&mut self, block: u32, seal: &str) {
        let seal = self.keep(seal);
        self.items.push(Item::Sealed { block, seal });
    }

    pub(crate) fn tool_started(&mut self, block: u32, id: &str, name: &str, minted: bool) {
        let (id, name) = (self.keep(id), self.keep(name));
        self.items.push(Item::ToolStarted { block, id, name, minted });
    }

    pub(crate) fn cited(&mut self, block: u32, url: &str, title: &str) {
        let (url, title) = (self.keep(url), self.keep(title));
        self.items.push(Item::Cited { block, url, title });
    }

    pub(crate) fn opaque(&mut self, block: u32, kind: &str, json: &str) {
        let (kind, json) = (self.keep(kind), self.keep(json));
        self.items.push(Item::Opaque { block, kind, json });
    }

    pub(crate) fn used(&mut self, usage: Usage) {
        self.items.push(Item::Used(usage));
    }

    pub(crate) fn finished(&mut self, reason: Finish, raw: &str) {
        let raw = self.keep(raw);
        self.items.push(Item::Finished { reason, raw });
    }

    pub(crate) fn failed(&mut self, fault: Fault) {
        self.items.push(Item::Failed(fault));
    }

    pub(crate) fn mark(&self) -> Mark {
        let last = match self.items.last() {
            Some(Item::Delta { text, .. }) => text.end,
            _ => 0,
        };
        Mark { items: self.items.len(), text: self.text.len(), last }
    }

    /// Forgets what came after `mark`.
    pub(crate) fn rewind(&mut self, mark: Mark) {
        self.items.truncate(mark.items);
        if let Some(Item::Delta { text, .. }) = self.items.last_mut() {
            text.end = mark.last;
        }
        self.text.truncate(mark.text);
    }
}
