//! Folds the events of a reply into its parts, without making an object of each event.

use crate::event::{Batch, Event, Finish};
use crate::fault::Fault;
use crate::usage::Usage;

/// What a part of an answer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Answer text.
    Text(String),
    /// Reasoning, possibly empty when only its seal came.
    Reasoning(String),
    /// A refusal.
    Refusal(String),
    /// A tool call with its arguments as JSON text.
    Tool {
        /// The id of the call.
        id: String,
        /// The tool.
        name: String,
        /// Its arguments as the model wrote them; may be damaged.
        arguments: String,
        /// Whether the id is ours, because the provider gave none.
        minted: bool,
    },
    /// A source.
    Citation {
        /// Where it is.
        url: String,
        /// Its title; may be empty.
        title: String,
    },
    /// A part that only its own provider understands.
    Opaque {
        /// The provider's word for it.
        kind: String,
        /// The part, as JSON text.
        json: String,
    },
}

/// One part of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub body: Body,
    /// What must go back with it verbatim.
    pub seal: Option<String>,
}

/// Everything a reply has said so far.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Answer {
    /// The provider's id of the reply; may be empty.
    pub id: String,
    /// The model that answered, as the provider names it; may be empty.
    pub model: String,
    /// The parts, in the order they began.
    pub parts: Vec<Part>,
    /// The final token counts, if any came.
    pub usage: Usage,
    /// Why it finished, with the provider's own word, once it has.
    pub finish: Option<(Finish, String)>,
    /// What broke it, if something did.
    pub fault: Option<Fault>,
}

impl Answer {
    /// The parts that hold anything.
    pub fn filled(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.seal.is_some() || part.body != Body::Reasoning(String::new()))
    }

    /// The terminal event, once it has come.
    pub fn terminal(&self) -> Option<Event<'_>> {
        let finished = self.finish.as_ref().map(|(reason, raw)| Event::Finished { reason: *reason, raw });
        self.fault.as_ref().map(Event::Failed).or(finished)
    }

    /// Adds the events of one batch.
    pub fn add(&mut self, batch: &Batch) {
        for event in batch.iter() {
            self.apply(event);
        }
    }

    fn apply(&mut self, event: Event<'_>) {
        match event {
            Event::Started { id, model } => {
                id.clone_into(&mut self.id);
                model.clone_into(&mut self.model);
            }
            Event::Text { block, text } => self.grow(block, text, || Body::Text(String::new())),
            Event::Reasoning { block, text } => self.grow(block, text, || Body::Reasoning(String::new())),
            Event::Refusal { block, text } => self.grow(block, text, || Body::Refusal(String::new())),
            Event::ToolArguments { block, text } => self.grow(block, text, || tool("", "", false)),
            Event::ToolStarted { block, id, name, minted } => {
                self.part(block, || tool(id, name, minted));
            }
            Event::Sealed { block, seal } => {
                if let Some(part) = self.part(block, || Body::Reasoning(String::new())) {
                    part.seal = Some(seal.to_owned());
                }
            }
            Event::Cited { block, url, title } => {
                self.part(block, || Body::Citation { url: url.to_owned(), title: title.to_owned() });
            }
            Event::Opaque { block, kind, json } => {
                self.part(block, || Body::Opaque { kind: kind.to_owned(), json: json.to_owned() });
            }
            Event::Used(usage) => self.usage = usage,
            Event::Finished { reason, raw } => self.finish = Some((reason, raw.to_owned())),
            Event::Failed(fault) => self.fault = Some(fault.clone()),
        }
    }

    /// The part of a block, made when it is new. Encrypted reasoning has its place before anything of it is heard:
    /// until its seal comes, the place is held empty.
    fn part(&mut self, block: u32, body: impl FnOnce() -> Body) -> Option<&mut Part> {
        let at = usize::try_from(block).ok()?;
        while self.parts.len() < at {
            self.parts.push(Part { body: Body::Reasoning(String::new()), seal: None });
        }
        if at == self.parts.len() {
            self.parts.push(Part { body: body(), seal: None });
        }
        self.parts.get_mut(at)
    }

    fn grow(&mut self, block: u32, piece: &str, body: impl FnOnce() -> Body) {
        let Some(part) = self.part(block, body) else { return };
        match &mut part.body {
            Body::Text(text) | Body::Reasoning(text) | Body::Refusal(text) | Body::Tool { arguments: text, .. } => {
                text.push_str(piece);
            }
            Body::Citation { .. } | Body::Opaque { .. } => {}
        }
    }
}

fn tool(id: &str, name: &str, minted: bool) -> Body {
    Body::Tool { id: id.to_owned(), name: name.to_owned(), arguments: String::new(), minted }
}
