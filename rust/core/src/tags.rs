//! Reasoning that a model writes into its text: `<think>` blocks and gpt-oss harmony channels, found across any cut.
//!
//! A tag counts only where a model puts one: `<think>` opens the answer, harmony markup starts it. The same letters
//! later in the answer are the answer's own.

use crate::event::Channel;

/// Which markup to look for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Tags {
    /// None: text is text.
    #[default]
    None,
    /// `<think>…</think>` before the answer.
    Think,
    /// `<|channel|>analysis<|message|>…<|end|>` and its kin.
    Harmony,
}

impl Tags {
    /// The markup of that name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "none" => Some(Self::None),
            "think" => Some(Self::Think),
            "harmony" => Some(Self::Harmony),
            _ => None,
        }
    }
}

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";
const MESSAGE: &str = "<|message|>";
/// How long a header may be, in bytes: it is a role, a channel and a recipient. What is longer is text.
const HEADER: usize = 256;
const HARMONY: [&str; 6] = ["<|channel|>", "<|start|>", "<|end|>", "<|return|>", "<|call|>", MESSAGE];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing but white space so far.
    Start,
    /// Inside a body; what comes goes to this channel.
    Body(Channel),
    /// As `Body`, but its leading white space is dropped.
    Fresh(Channel),
    /// In a harmony header, up to its `<|message|>`.
    Header,
    /// No more tags are expected.
    Plain,
}

/// Divides text between answer and reasoning.
#[derive(Debug)]
pub(crate) struct TagReader {
    tags: Tags,
    state: State,
    held: String,
    /// Whether the answer has not begun, and all that is held is white space.
    blank: bool,
}

impl TagReader {
    pub(crate) fn new(tags: Tags) -> Self {
        let state = if tags == Tags::None { State::Plain } else { State::Start };
        Self { tags, state, held: String::new(), blank: state == State::Start }
    }

    /// Whether text passes unchanged from here on.
    pub(crate) fn is_plain(&self) -> bool {
        self.state == State::Plain && self.held.is_empty()
    }

    /// Reads more text; `out` gets the pieces that are certain.
    pub(crate) fn feed(&mut self, text: &str, out: &mut impl FnMut(Channel, &str)) {
        self.held.push_str(text);
        // Models have been seen to send white space without end; it decides nothing, so none of it is read again.
        if self.blank && text.trim_start().is_empty() {
            return;
        }
        let held = std::mem::take(&mut self.held);
        let mut rest = held.as_str();
        while let Some(after) = self.step(rest, out) {
            rest = after;
        }
        self.held = rest.to_owned();
        if self.state == State::Plain && !rest.is_empty() {
            out(Channel::Text, rest);
            self.held.clear();
        }
        self.blank = self.state == State::Start && rest.trim_start().is_empty();
    }

    /// The text has ended: what was held back is text after all.
    pub(crate) fn finish(&mut self, out: &mut impl FnMut(Channel, &str)) {
        let held = std::mem::take(&mut self.held);
        let channel = match self.state {
            State::Body(channel) => channel,
            State::Fresh(_) => return,
            State::Start | State::Header | State::Plain => Channel::Text,
        };
        if !held.is_empty() {
            out(channel, &held);
        }
    }

    /// Takes what can be taken from the front of `rest`; `None` when more text is needed.
    fn step<'t>(&mut self, rest: &'t str, out: &mut impl FnMut(Channel, &str)) -> Option<&'t str> {
        match self.state {
            State::Plain => None,
            State::Start => self.start(rest),
            State::Header => self.header(rest),
            State::Fresh(channel) => {
                let text = rest.trim_start();
                if text.is_empty() {
                    return (!rest.is_empty()).then_some(text);
                }
                self.state = if self.tags == Tags::None { State::Plain } else { State::Body(channel) };
                Some(text)
            }
            State::Body(channel) => self.body(channel, rest, out),
        }
    }

    fn start<'t>(&mut self, rest: &'t str) -> Option<&'t str> {
        let text = rest.trim_start();
        let openings: &[&str] = if self.tags == Tags::Think { &[OPEN] } else { &HARMONY };
        if let Some(open) = openings.iter().find(|open| text.starts_with(**open)) {
            return self.opened(open, text);
        }
        if openings.iter().any(|open| open.starts_with(text)) {
            return None;
        }
        self.state = match self.tags {
            // A template may have opened the block before the answer; then only its close is ever seen.
            Tags::Think => State::Body(Channel::Text),
            Tags::Harmony | Tags::None => State::Plain,
        };
        Some(rest)
    }

    fn header<'t>(&mut self, rest: &'t str) -> Option<&'t str> {
        match rest.split_once(MESSAGE) {
            Some((header, body)) if header.len() <= HEADER => {
                self.state = State::Fresh(channel_of(header));
                Some(body)
            }
            None if rest.len() < HEADER + MESSAGE.len() => None,
            _ => {
                self.state = State::Body(Channel::Text);
                Some(rest)
            }
        }
    }

    fn opened<'t>(&mut self, tag: &str, text: &'t str) -> Option<&'t str> {
        self.state = match tag {
            OPEN => State::Fresh(Channel::Reasoning),
            MESSAGE => State::Fresh(Channel::Text),
            "<|channel|>" | "<|start|>" => State::Header,
            _ => State::Start,
        };
        text.strip_prefix(tag)
    }

    fn body<'t>(&mut self, channel: Channel, rest: &'t str, out: &mut impl FnMut(Channel, &str)) -> Option<&'t str> {
        let tags: &[&str] = match (self.tags, channel) {
            (Tags::Harmony, _) => &HARMONY,
            (_, Channel::Reasoning) => &[CLOSE],
            _ => &[CLOSE, OPEN],
        };
        let found = tags.iter().filter_map(|tag| rest.find(*tag).map(|at| (at, *tag))).min();
        let (text, tag) = match found {
            Some((at, tag)) => (rest.get(..at)?, Some(tag)),
            None => (rest.get(..rest.len() - held_back(rest, tags))?, None),
        };
        if !text.is_empty() {
            out(channel, text);
        }
        let after = rest.get(text.len()..)?;
        match tag {
            Some(CLOSE) => {
                self.state = State::Fresh(Channel::Text);
                self.tags = Tags::None;
                after.strip_prefix(CLOSE)
            }
            // Opened in the middle of the answer: the answer speaks of the tag.
            Some(OPEN) => {
                self.state = State::Plain;
                Some(after)
            }
            Some(tag) => self.opened(tag, after),
            None if text.is_empty() => None,
            None => Some(after),
        }
    }
}

/// The longest end of `text` that may be the start of a tag, in bytes.
fn held_back(text: &str, tags: &[&str]) -> usize {
    let longest = tags.iter().map(|tag| tag.len() - 1).max().unwrap_or(0);
    let tail = text.len().saturating_sub(longest);
    (tail..text.len())
        .find(|from| text.get(*from..).is_some_and(|end| tags.iter().any(|tag| tag.starts_with(end))))
        .map_or(0, |from| text.len() - from)
}

fn channel_of(header: &str) -> Channel {
    if header.contains("analysis") { Channel::Reasoning } else { Channel::Text }
}

#[cfg(test)]
mod tests {
    use super::{TagReader, Tags};
    use crate::event::Channel;

    fn read(tags: Tags, pieces: &[&str]) -> (String, String) {
        let (mut text, mut reasoning) = (String::new(), String::new());
        let mut out = |channel, piece: &str| match channel {
            Channel::Reasoning => reasoning.push_str(piece),
            _ => text.push_str(piece),
        };
        let mut reader = TagReader::new(tags);
        for piece in pieces {
            reader.feed(piece, &mut out);
        }
        reader.finish(&mut out);
        (text, reasoning)
    }

    const CASES: [(Tags, &str, &str, &str); 14] = [
        (Tags::None, "<think>a</think>b", "<think>a</think>b", ""),
        (Tags::Think, "plain <think>a</think>", "plain <think>a</think>", ""),
        (Tags::Think, "\n<think>\nwhy é\n</think>\n\nanswer <think> <b>", "answer <think> <b>", "why é\n"),
        (Tags::Think, "<think></think>x", "x", ""),
        (Tags::Think, "a</think>\nb", "ab", ""),
        (Tags::Think, "<think>never closed", "", "never closed"),
        (Tags::Think, "<thin", "<thin", ""),
        (Tags::Think, "a < b </thin", "a < b </thin", ""),
        (Tags::Think, "", "", ""),
        (Tags::Harmony, "plain <|channel|>", "plain <|channel|>", ""),
        (
            Tags::Harmony,
            "<|channel|>analysis<|message|>why<|end|><|start|>assistant<|channel|>final<|message|>yes<|return|>",
            "yes",
            "why",
        ),
        (Tags::Harmony, "<|channel|>final<|message|>a <| b", "a <| b", ""),
        (Tags::Harmony, "<|start|>assistant<|channel|>commentary<|message|>hm<|end|>", "hm", ""),
        (Tags::Harmony, "<|message|>x", "x", ""),
    ];

    #[test]
    fn every_cut_gives_the_same_division() {
        for (tags, input, text, reasoning) in CASES {
            let expected = (text.to_owned(), reasoning.to_owned());
            assert_eq!(read(tags, &[input]), expected, "{input}");
            let letters: Vec<String> = input.chars().map(String::from).collect();
            let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
            assert_eq!(read(tags, &letters), expected, "{input} letter by letter");
            for (cut, _) in input.char_indices() {
                let (head, tail) = input.split_at(cut);
                assert_eq!(read(tags, &[head, tail]), expected, "{input} cut at {cut}");
            }
        }
    }
}
