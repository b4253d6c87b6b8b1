//! JSON that is still being written: tokens as soon as they are certain, at a cost linear in what is new.
//!
//! A token, once given, stays true: strings only grow, numbers come when they are terminated, keys when they are whole.
//! A document that no continuation can save is rejected at the first byte where that is so.

mod number;

use std::ops::Range;

use self::number::Number;
use crate::scan::MAX_DEPTH;

/// One certain piece of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// `{`
    OpenObject,
    /// `[`
    OpenArray,
    /// `}` or `]`
    Close,
    /// A whole key of the open object.
    Key(&'a str),
    /// A string value begins.
    OpenString,
    /// More of the open string.
    Piece(&'a str),
    /// The open string is whole.
    CloseString,
    /// A number, `true`, `false` or `null`, as it is written.
    Scalar(&'a str),
}

/// How far a document has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing but white space.
    Empty,
    /// Begun.
    Partial,
    /// Whole.
    Complete,
    /// Beyond saving.
    Invalid,
}

impl Progress {
    /// The word for it on the Python side.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Partial => "partial",
            Self::Complete => "complete",
            Self::Invalid => "invalid",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escape {
    None,
    Backslash,
    Unicode { digits: u8, unit: u16 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A value, or the end of an array that is empty so far.
    Value {
        or_close: bool,
    },
    /// A key, or the end of an object that is empty so far.
    Key {
        or_close: bool,
    },
    Colon,
    /// Inside a string; `key` tells which kind.
    String {
        key: bool,
        escape: Escape,
    },
    Number(Number),
    /// In `true`, `false` or `null`, so many bytes in.
    Word(&'static str, usize),
    /// After a value inside something, or after the document.
    After,
    Invalid,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    OpenObject,
    OpenArray,
    Close,
    Key(Range<usize>),
    OpenString,
    Piece(Range<usize>),
    CloseString,
    Scalar(Range<usize>),
}

/// Reads one document piece by piece.
///
/// ```
/// use modelmix_core::partial::{Partial, Token};
/// let mut partial = Partial::default();
/// partial.feed(r#"{"na"#);
/// assert_eq!(partial.tokens().collect::<Vec<_>>(), [Token::OpenObject]);
/// partial.feed(r#"me": "Ad"#);
/// assert_eq!(partial.tokens().collect::<Vec<_>>(), [Token::Key("name"), Token::OpenString, Token::Piece("Ad")]);
/// ```
#[derive(Debug)]
pub struct Partial {
    state: State,
    stack: Vec<bool>,
    begun: bool,
    items: Vec<Item>,
    text: String,
    /// The key or scalar that is not whole yet.
    open: String,
    high: Option<u16>,
}

impl Default for Partial {
    fn default() -> Self {
        Self {
            state: State::Value { or_close: false },
            stack: Vec::new(),
            begun: false,
            items: Vec::new(),
            text: String::new(),
            open: String::new(),
            high: None,
        }
    }
}

impl Partial {
    /// Reads more text; [`Partial::tokens`] has what became certain.
    pub fn feed(&mut self, text: &str) {
        self.items.clear();
        self.text.clear();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            rest = match self.state {
                State::Invalid => return,
                State::String { key, escape: Escape::None } => self.plain(key, rest),
                _ => {
                    if !self.step(first) {
                        self.state = State::Invalid;
                        return;
                    }
                    rest.get(first.len_utf8()..).unwrap_or_default()
                }
            };
        }
    }

    /// The text has ended: a number at the top may only now be whole.
    pub fn finish(&mut self) -> Progress {
        self.items.clear();
        self.text.clear();
        if let State::Number(number) = self.state
            && self.stack.is_empty()
            && number.may_end()
        {
            self.scalar();
        }
        self.progress()
    }

    /// How far the document has come.
    pub fn progress(&self) -> Progress {
        match self.state {
            State::Invalid => Progress::Invalid,
            State::After if self.stack.is_empty() => Progress::Complete,
            _ if self.begun => Progress::Partial,
            _ => Progress::Empty,
        }
    }

    /// What the last [`Partial::feed`] or [`Partial::finish`] made certain.
    pub fn tokens(&self) -> impl Iterator<Item = Token<'_>> {
        let text = |range: &Range<usize>| self.text.get(range.clone()).unwrap_or_default();
        self.items.iter().map(move |item| match item {
            Item::OpenObject => Token::OpenObject,
            Item::OpenArray => Token::OpenArray,
            Item::Close => Token::Close,
            Item::Key(range) => Token::Key(text(range)),
            Item::OpenString => Token::OpenString,
            Item::Piece(range) => Token::Piece(text(range)),
            Item::CloseString => Token::CloseString,
            Item::Scalar(range) => Token::Scalar(text(range)),
        })
    }

    /// Follows one character outside of plain string text; false when no document has it here.
    fn step(&mut self, char: char) -> bool {
        let Ok(byte) = u8::try_from(char) else { return self.outside_ascii() };
        let blank = matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        match self.state {
            State::String { key, escape } => self.escaped(key, escape, byte),
            State::Number(number) => match number.next(byte) {
                Some(next) => {
                    self.open.push(char);
                    self.state = State::Number(next);
                    true
                }
                None if number.may_end() => {
                    self.scalar();
                    self.step(char)
                }
                None => false,
            },
            State::Word(word, at) => self.word(word, at, byte),
            State::Invalid => false,
            _ if blank => true,
            State::Value { or_close } => self.value(byte, or_close),
            State::Key { or_close } => self.key(byte, or_close),
            State::Colon => {
                self.state = State::Value { or_close: false };
                byte == b':'
            }
            State::After => self.after(byte),
        }
    }

    fn outside_ascii(&mut self) -> bool {
        // Only strings hold such characters, and those are read elsewhere.
        self.state = State::Invalid;
        false
    }

    fn value(&mut self, byte: u8, or_close: bool) -> bool {
        self.begun = true;
        match byte {
            b'{' => return self.enter(Item::OpenObject, true, State::Key { or_close: true }),
            b'[' => return self.enter(Item::OpenArray, false, State::Value { or_close: true }),
            b'"' => {
                self.items.push(Item::OpenString);
                self.state = State::String { key: false, escape: Escape::None };
            }
            b'-' | b'0'..=b'9' => {
                self.open.push(char::from(byte));
                self.state = State::Number(match byte {
                    b'-' => Number::Minus,
                    b'0' => Number::Zero,
                    _ => Number::Whole,
                });
            }
            b't' => self.state = State::Word("true", 1),
            b'f' => self.state = State::Word("false", 1),
            b'n' => self.state = State::Word("null", 1),
            b']' if or_close => self.leave(),
            _ => return false,
        }
        true
    }

    fn enter(&mut self, item: Item, object: bool, state: State) -> bool {
        self.items.push(item);
        self.stack.push(object);
        self.state = state;
        self.stack.len() <= MAX_DEPTH as usize
    }

    fn leave(&mut self) {
        self.stack.pop();
        self.items.push(Item::Close);
        self.state = State::After;
    }

    fn key(&mut self, byte: u8, or_close: bool) -> bool {
        match byte {
            b'"' => self.state = State::String { key: true, escape: Escape::None },
            b'}' if or_close => self.leave(),
            _ => return false,
        }
        true
    }

    fn after(&mut self, byte: u8) -> bool {
        match (self.stack.last(), byte) {
            (Some(true), b',') => self.state = State::Key { or_close: false },
            (Some(false), b',') => self.state = State::Value { or_close: false },
            (Some(true), b'}') | (Some(false), b']') => self.leave(),
            _ => return false,
        }
        true
    }

    fn word(&mut self, word: &'static str, at: usize, byte: u8) -> bool {
        if word.as_bytes().get(at) != Some(&byte) {
            return false;
        }
        self.state = State::Word(word, at + 1);
        if at + 1 == word.len() {
            self.open.push_str(word);
            self.scalar();
        }
        true
    }

    fn scalar(&mut self) {
        let range = self.keep();
        self.items.push(Item::Scalar(range));
        self.state = State::After;
    }

    fn keep(&mut self) -> Range<usize> {
        let from = self.text.len();
        self.text.push_str(&self.open);
        self.open.clear();
        from..self.text.len()
    }

    /// Takes string text up to its quote, an escape or the end of the piece; gives what comes after.
    fn plain<'t>(&mut self, key: bool, text: &'t str) -> &'t str {
        let stop = text.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F)).unwrap_or(text.len());
        let (plain, rest) = text.split_at(stop);
        if !plain.is_empty() {
            self.write(key, plain);
        }
        match rest.bytes().next() {
            Some(b'"') => self.close_string(key),
            Some(b'\\') => self.state = State::String { key, escape: Escape::Backslash },
            Some(_) => self.state = State::Invalid,
            None => {}
        }
        rest.get(1..).unwrap_or_default()
    }

    fn close_string(&mut self, key: bool) {
        if self.high.take().is_some() {
            self.write(key, "\u{fffd}");
        }
        if key {
            let range = self.keep();
            self.items.push(Item::Key(range));
            self.state = State::Colon;
        } else {
            self.items.push(Item::CloseString);
            self.state = State::After;
        }
    }

    /// Adds text to the open string; a half of a surrogate pair that waits is lost by it.
    fn write(&mut self, key: bool, text: &str) {
        let lone = if self.high.take().is_some() { "\u{fffd}" } else { "" };
        if key {
            self.open.push_str(lone);
            self.open.push_str(text);
            return;
        }
        let from = self.text.len();
        self.text.push_str(lone);
        self.text.push_str(text);
        let end = self.text.len();
        match self.items.last_mut() {
            Some(Item::Piece(range)) if range.end == from => range.end = end,
            _ => self.items.push(Item::Piece(from..end)),
        }
    }

    fn escaped(&mut self, key: bool, escape: Escape, byte: u8) -> bool {
        self.state = State::String { key, escape: Escape::None };
        match escape {
            Escape::None => return false,
            Escape::Backslash => {
                let plain = match byte {
                    b'"' => "\"",
                    b'\\' => "\\",
                    b'/' => "/",
                    b'b' => "\u{8}",
                    b'f' => "\u{c}",
                    b'n' => "\n",
                    b'r' => "\r",
                    b't' => "\t",
                    b'u' => {
                        self.state = State::String { key, escape: Escape::Unicode { digits: 0, unit: 0 } };
                        return true;
                    }
                    _ => return false,
                };
                self.write(key, plain);
            }
            Escape::Unicode { digits, unit } => {
                let Some(digit) = char::from(byte).to_digit(16).and_then(|digit| u16::try_from(digit).ok()) else {
                    return false;
                };
                let unit = unit << 4 | digit;
                if digits < 3 {
                    self.state = State::String { key, escape: Escape::Unicode { digits: digits + 1, unit } };
                } else {
                    self.unit(key, unit);
                }
            }
        }
        true
    }

    /// Adds one UTF-16 unit; a high surrogate waits for the low one.
    fn unit(&mut self, key: bool, unit: u16) {
        match (self.high, unit) {
            (Some(high), 0xDC00..=0xDFFF) => {
                self.high = None;
                let code = 0x1_0000 + (u32::from(high - 0xD800) << 10) + u32::from(unit - 0xDC00);
                self.write_char(key, char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            (_, 0xD800..=0xDBFF) => {
                if self.high.take().is_some() {
                    self.write_char(key, char::REPLACEMENT_CHARACTER);
                }
                self.high = Some(unit);
            }
            _ => self.write_char(key, char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }

    fn write_char(&mut self, key: bool, char: char) {
        let mut buffer = [0; 4];
        let text: &str = char.encode_utf8(&mut buffer);
        self.write(key, text);
    }
}
