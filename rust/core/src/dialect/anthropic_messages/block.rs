//! One content block: text, thinking, a call, or one that only Anthropic understands.

use std::ops::Range;

use crate::event::{Batch, Channel};
use crate::json;
use crate::scan::{Kind as Value, Read, Scan};
use crate::strict;
use crate::text::{self, Carry};

/// What a block is to the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Thinking,
    /// A call for the client to run.
    Call,
    /// Anything else: the provider's own tools and their results, encrypted thinking, and what is not known yet.
    Other,
}

#[derive(Debug)]
pub(super) struct Block {
    index: i64,
    kind: Kind,
    part: Option<u32>,
    closed: bool,
    carry: Carry,
    id: String,
    name: String,
    /// What came as `text`, `thinking`, or pieces of input. Text that has been handed out is not kept.
    grown: String,
    /// The input that the block began with, as it stands.
    input: String,
    signature: String,
    /// Citations, as they stand, until the text that they belong to is whole.
    citations: Vec<String>,
    /// The provider's word for a block of its own, that block as it began, and what became of its members.
    word: String,
    raw: String,
    amended: Vec<(String, String)>,
}

impl Block {
    /// A block of which nothing is known yet.
    pub(super) fn new(index: i64, kind: Kind) -> Self {
        Self {
            index,
            kind,
            part: None,
            closed: false,
            carry: Carry::default(),
            id: String::new(),
            name: String::new(),
            grown: String::new(),
            input: String::new(),
            signature: String::new(),
            citations: Vec::new(),
            word: String::new(),
            raw: String::new(),
            amended: Vec::new(),
        }
    }

    /// A block as it begins, or whole.
    pub(super) fn read(index: i64, scan: &mut Scan<'_>) -> Read<Self> {
        let mut members = *scan;
        let raw = scan.raw()?;
        let word = word(&mut Scan::new(raw))?;
        let kind = match word.as_str() {
            "text" => Kind::Text,
            "thinking" => Kind::Thinking,
            "tool_use" => Kind::Call,
            _ => {
                let raw = text::lossy(raw).into_owned();
                return Ok(Self { word, raw, ..Self::new(index, Kind::Other) });
            }
        };
        let mut block = Self::new(index, kind);
        block.members(&mut members)?;
        Ok(block)
    }

    fn members(&mut self, scan: &mut Scan<'_>) -> Read<()> {
        let Some(mut object) = scan.object()? else { return Ok(()) };
        while let Some(key) = scan.key(&mut object)? {
            match (&*key, self.kind) {
                (b"text", Kind::Text) | (b"thinking", Kind::Thinking) => {
                    scan.text_into(&mut self.carry, &mut self.grown)?;
                }
                (b"citations", Kind::Text) => self.cite_all(scan)?,
                (b"signature", Kind::Thinking) => self.signature = scan.text()?.unwrap_or_default().into_owned(),
                (b"id", Kind::Call) => self.id = scan.text()?.unwrap_or_default().into_owned(),
                (b"name", Kind::Call) => self.name = scan.text()?.unwrap_or_default().into_owned(),
                (b"input", Kind::Call) => self.input = text::lossy(scan.raw()?).into_owned(),
                _ => scan.skip()?,
            }
        }
        Ok(())
    }

    pub(super) fn index(&self) -> i64 {
        self.index
    }

    pub(super) fn is_call(&self) -> bool {
        self.kind == Kind::Call
    }

    /// Whether this is no call, or one with arguments that can be read.
    pub(super) fn is_whole(&self) -> bool {
        !self.is_call() || self.grown.trim().is_empty() || strict::is_document(self.grown.as_bytes())
    }

    pub(super) fn is_growing(&self) -> bool {
        !self.closed
    }

    /// Whether pieces of this kind belong here. Input is also what the provider's own tools are called with.
    pub(super) fn takes(&self, kind: Kind) -> bool {
        self.kind == kind || (self.kind == Kind::Other && kind == Kind::Call)
    }

    /// Sets the members that a delta of a kind we do not know brings.
    pub(super) fn amend(&mut self, scan: &mut Scan<'_>) -> Read<()> {
        let Some(mut object) = scan.object()? else { return Ok(()) };
        while let Some(key) = scan.key(&mut object)? {
            let value = scan.raw()?;
            if &*key != b"type" {
                self.set(text::lossy(&key).into_owned(), text::lossy(value).into_owned());
            }
        }
        Ok(())
    }

    fn set(&mut self, name: String, value: String) {
        self.amended.retain(|(known, _)| *known != name);
        self.amended.push((name, value));
    }

    /// Hands out what the block begins with. Text and thinking become a part with their first letter.
    pub(super) fn open(&mut self, parts: &mut u32, out: &mut Batch) {
        match self.kind {
            Kind::Call => {
                let part = self.part(parts);
                let minted = self.id.is_empty();
                if minted {
                    self.id = format!("call_{part}");
                }
                out.tool_started(part, &self.id, &self.name, minted);
            }
            Kind::Text | Kind::Thinking => {
                let begun = std::mem::take(&mut self.grown);
                let from = out.buffer().len();
                out.buffer().push_str(&begun);
                self.commit(from, parts, out);
                let signature = std::mem::take(&mut self.signature);
                self.sign(&signature, parts, out);
            }
            Kind::Other => {}
        }
    }

    fn part(&mut self, parts: &mut u32) -> u32 {
        *self.part.get_or_insert_with(|| {
            let part = *parts;
            *parts += 1;
            part
        })
    }

    fn channel(&self) -> Channel {
        match self.kind {
            Kind::Thinking => Channel::Reasoning,
            Kind::Text | Kind::Other => Channel::Text,
            Kind::Call => Channel::Arguments,
        }
    }

    /// Makes an event of what was written to the buffer since `from`.
    fn commit(&mut self, from: usize, parts: &mut u32, out: &mut Batch) {
        let Some(piece) = out.buffer().get(from..).filter(|piece| !piece.is_empty()) else { return };
        match self.kind {
            Kind::Text | Kind::Thinking => {}
            Kind::Call => self.grown.push_str(piece),
            Kind::Other => {
                self.grown.push_str(piece);
                out.buffer().truncate(from);
                return;
            }
        }
        let (channel, part) = (self.channel(), self.part(parts));
        out.delta(channel, part, from);
    }

    /// Reads the next piece; gives where its literal lies.
    pub(super) fn grow(&mut self, scan: &mut Scan<'_>, parts: &mut u32, out: &mut Batch) -> Read<Option<Range<usize>>> {
        let from = out.buffer().len();
        let literal = scan.text_into(&mut self.carry, out.buffer())?;
        self.commit(from, parts, out);
        Ok(literal)
    }

    /// The next piece, as a literal.
    pub(super) fn fill(
        &mut self,
        literal: &[u8],
        escaped: bool,
        parts: &mut u32,
        out: &mut Batch,
    ) -> Result<(), usize> {
        let from = out.buffer().len();
        text::unescape(literal, escaped, &mut self.carry, out.buffer())?;
        self.commit(from, parts, out);
        Ok(())
    }

    /// The signature that goes back with thinking. Thinking may be hidden, so that there is nothing else of it.
    pub(super) fn sign(&mut self, signature: &str, parts: &mut u32, out: &mut Batch) {
        if !signature.is_empty() {
            let part = self.part(parts);
            out.sealed(part, signature);
        }
    }

    /// Keeps a citation.
    pub(super) fn cite(&mut self, scan: &mut Scan<'_>) -> Read<()> {
        if scan.peek()? == Value::Object {
            self.citations.push(text::lossy(scan.raw()?).into_owned());
            return Ok(());
        }
        scan.skip()
    }

    fn cite_all(&mut self, scan: &mut Scan<'_>) -> Read<()> {
        let Some(mut array) = scan.array()? else { return Ok(()) };
        while scan.item(&mut array)? {
            self.cite(scan)?;
        }
        Ok(())
    }

    /// The block is `whole`, or nothing more will come of it: hands out the rest.
    pub(super) fn close(&mut self, whole: bool, parts: &mut u32, out: &mut Batch) {
        if std::mem::replace(&mut self.closed, true) {
            return;
        }
        let from = out.buffer().len();
        self.carry.flush(out.buffer());
        self.commit(from, parts, out);
        match self.kind {
            // Pieces win over what the block began with: Anthropic begins with `{}` (`hermes-evolution#1170`). Where
            // the reply was cut, pieces may have been to come.
            Kind::Call if self.grown.is_empty() && whole => {
                let from = out.buffer().len();
                out.buffer().push_str(&self.input);
                self.commit(from, parts, out);
            }
            Kind::Text => self.hand_out_citations(parts, out),
            Kind::Other if whole => self.hand_out_whole(parts, out),
            Kind::Call | Kind::Thinking | Kind::Other => {}
        }
    }

    /// Citations follow their text, each as a part of its own, sealed with itself.
    fn hand_out_citations(&mut self, parts: &mut u32, out: &mut Batch) {
        for citation in std::mem::take(&mut self.citations) {
            let (url, title) = source(&citation).unwrap_or_default();
            let part = *parts;
            *parts += 1;
            out.cited(part, &url, &title);
            out.sealed(part, &citation);
        }
    }

    /// A block of the provider's own, with its input put together. One that was cut is no block.
    fn hand_out_whole(&mut self, parts: &mut u32, out: &mut Batch) {
        if !self.grown.is_empty() {
            if !strict::is_document(self.grown.as_bytes()) {
                return;
            }
            let input = std::mem::take(&mut self.grown);
            self.set(String::from("input"), input);
        }
        if !self.amended.is_empty() {
            self.raw = amended(&self.raw, &self.amended).unwrap_or_default();
        }
        let part = self.part(parts);
        out.opaque(part, &self.word, &self.raw);
    }
}

/// The model that takes over, where a block says so: the one that was asked has refused.
pub(super) fn successor(mut block: Scan<'_>) -> Read<Option<String>> {
    let (mut fallback, mut model) = (false, None);
    let Some(mut object) = block.object()? else { return Ok(None) };
    while let Some(key) = block.key(&mut object)? {
        match &*key {
            b"type" => fallback = block.is_text(b"fallback")?,
            b"to" => {
                let Some(mut to) = block.object()? else { continue };
                while let Some(key) = block.key(&mut to)? {
                    match &*key {
                        b"model" => model = block.text()?.map(std::borrow::Cow::into_owned),
                        _ => block.skip()?,
                    }
                }
            }
            _ => block.skip()?,
        }
    }
    Ok(model.filter(|_| fallback))
}

/// The `type` of an object.
fn word(scan: &mut Scan<'_>) -> Read<String> {
    let mut word = String::new();
    let Some(mut object) = scan.object()? else { return Ok(word) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"type" => word = scan.text()?.unwrap_or_default().into_owned(),
            _ => scan.skip()?,
        }
    }
    Ok(word)
}

/// An object with other values for some of its members; the rest stays as it stands.
fn amended(raw: &str, changes: &[(String, String)]) -> Read<String> {
    let mut whole = String::from("{");
    let mut write = |name: &str, value: &str| {
        if whole.len() > 1 {
            whole.push(',');
        }
        json::quote(name, &mut whole);
        whole.push(':');
        whole.push_str(value);
    };
    let mut scan = Scan::new(raw.as_bytes());
    let mut known = Vec::new();
    if let Some(mut object) = scan.object()? {
        while let Some(key) = scan.key(&mut object)? {
            let name = text::lossy(&key).into_owned();
            let value = text::lossy(scan.raw()?);
            let change = changes.iter().find(|(changed, _)| *changed == name);
            write(&name, change.map_or(&*value, |(_, value)| value.as_str()));
            known.push(name);
        }
    }
    for (name, value) in changes.iter().filter(|(name, _)| !known.contains(name)) {
        write(name, value);
    }
    whole.push('}');
    Ok(whole)
}

/// Where a citation points to, and the title of that; a document that was sent along has no URL. The source of a
/// search result is whatever its sender calls it.
fn source(citation: &str) -> Read<(String, String)> {
    let mut scan = Scan::new(citation.as_bytes());
    let (mut url, mut title) = (String::new(), String::new());
    let Some(mut object) = scan.object()? else { return Ok((url, title)) };
    while let Some(key) = scan.key(&mut object)? {
        let place = match &*key {
            b"url" | b"source" => &mut url,
            b"title" | b"document_title" => &mut title,
            _ => {
                scan.skip()?;
                continue;
            }
        };
        let foreign = &*key == b"source";
        if let Some(text) = scan.text()?.filter(|text| !foreign || text.contains("://")) {
            *place = text.into_owned();
        }
    }
    Ok((url, title))
}
