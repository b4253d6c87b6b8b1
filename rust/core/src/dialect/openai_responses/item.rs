//! What one entry of `output` says about itself.

use std::borrow::Cow;

use crate::json;
use crate::scan::{Kind, Read, Scan};
use crate::text;

/// What an item is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// Text, refusals, and the sources of both.
    Message,
    /// Reasoning.
    Reasoning,
    /// A call of a function of ours.
    Function,
    /// A call of a custom tool of ours, whose input is words.
    Custom,
    /// Anything else: the provider's own tools, and what is yet to be invented.
    Other,
}

impl Nature {
    fn of(kind: &str) -> Self {
        match kind {
            "message" => Self::Message,
            "reasoning" => Self::Reasoning,
            "function_call" => Self::Function,
            "custom_tool_call" => Self::Custom,
            _ => Self::Other,
        }
    }
}

/// One entry of `output`, as far as it is told.
pub(super) struct Said<'a> {
    pub(super) nature: Nature,
    pub(super) kind: Cow<'a, str>,
    pub(super) id: Cow<'a, str>,
    pub(super) call_id: Cow<'a, str>,
    pub(super) name: Cow<'a, str>,
    /// `arguments` or `input`.
    pub(super) input: Option<Scan<'a>>,
    pub(super) content: Option<Scan<'a>>,
    pub(super) summary: Option<Scan<'a>>,
    /// What else must go back with a message or a call, as members of an object without its braces.
    pub(super) beside: String,
    /// The whole item as it came.
    pub(super) raw: &'a [u8],
}

impl<'a> Said<'a> {
    /// Reads an item; anything but an object is one of a kind without a name.
    pub(super) fn read(scan: &mut Scan<'a>) -> Read<Self> {
        let mut members = *scan;
        let mut said = Self {
            nature: Nature::Other,
            kind: Cow::Borrowed(""),
            id: Cow::Borrowed(""),
            call_id: Cow::Borrowed(""),
            name: Cow::Borrowed(""),
            input: None,
            content: None,
            summary: None,
            beside: String::new(),
            raw: scan.raw()?,
        };
        let Some(mut object) = members.object()? else { return Ok(said) };
        while let Some(key) = members.key(&mut object)? {
            match &*key {
                b"type" => said.kind = members.text()?.unwrap_or_default(),
                b"id" => said.id = members.text()?.unwrap_or_default(),
                b"call_id" => said.call_id = members.text()?.unwrap_or_default(),
                b"name" => said.name = members.text()?.unwrap_or_default(),
                b"arguments" | b"input" => said.input = members.later()?,
                b"content" => said.content = members.later()?,
                b"summary" => said.summary = members.later()?,
                // `phase` of a message, `namespace` and `caller` of a call: they are wanted back.
                b"phase" | b"namespace" | b"caller" => said.keep(&key, members.peek()?, members.raw()?),
                _ => members.skip()?,
            }
        }
        said.nature = Nature::of(&said.kind);
        Ok(said)
    }

    fn keep(&mut self, name: &[u8], kind: Kind, value: &[u8]) {
        if kind != Kind::Null {
            member(&text::lossy(name), &text::lossy(value), &mut self.beside);
        }
    }
}

/// Appends a member to those of an object.
pub(super) fn member(name: &str, value: &str, out: &mut String) {
    if !out.is_empty() {
        out.push(',');
    }
    json::quote(name, out);
    out.push(':');
    out.push_str(value);
}

/// One part of a message's content, or of reasoning.
pub(super) struct Part<'a> {
    pub(super) kind: Cow<'a, str>,
    pub(super) text: Option<Cow<'a, str>>,
    pub(super) annotations: Option<Scan<'a>>,
}

impl<'a> Part<'a> {
    pub(super) fn read(scan: &mut Scan<'a>) -> Read<Self> {
        let mut part = Self { kind: Cow::Borrowed(""), text: None, annotations: None };
        let (mut text, mut refusal) = (None, None);
        let Some(mut object) = scan.object()? else { return Ok(part) };
        while let Some(key) = scan.key(&mut object)? {
            match &*key {
                b"type" => part.kind = scan.text()?.unwrap_or_default(),
                b"text" => text = scan.text()?,
                b"refusal" => refusal = scan.text()?,
                b"annotations" => part.annotations = scan.later()?,
                _ => scan.skip()?,
            }
        }
        part.text = if part.kind == "refusal" { refusal } else { text };
        Ok(part)
    }
}

/// A source that a text names: a page, a file that was sent along, or one that a tool made.
pub(super) struct Source<'a> {
    pub(super) url: Cow<'a, str>,
    pub(super) title: Cow<'a, str>,
    pub(super) raw: &'a [u8],
}

impl<'a> Source<'a> {
    pub(super) fn read(scan: &mut Scan<'a>) -> Read<Self> {
        let mut members = *scan;
        let mut source = Self { url: Cow::Borrowed(""), title: Cow::Borrowed(""), raw: scan.raw()? };
        let Some(mut object) = members.object()? else { return Ok(source) };
        while let Some(key) = members.key(&mut object)? {
            match &*key {
                b"url" => source.url = members.text()?.unwrap_or_default(),
                b"title" | b"filename" => source.title = members.text()?.unwrap_or_default(),
                _ => members.skip()?,
            }
        }
        Ok(source)
    }
}
