//! A pull scanner over one JSON document: read the fields you name, skip the rest.
//!
//! What is read is fully validated. What is skipped is only followed to its end: brackets are counted, strings are
//! respected, and nesting is limited, so a well-formed document gets the same verdict from both.

use std::borrow::Cow;

use crate::text::{self, Carry};

/// Nesting deeper than this is a flaw; every provider stays below 20.
pub const MAX_DEPTH: u32 = 128;

/// What is wrong with a document, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// The document ends too early.
    Short,
    /// A byte that no JSON document has at this offset.
    Syntax(usize),
    /// Nesting beyond [`MAX_DEPTH`].
    Deep,
}

/// The value, or the flaw that prevents reading it.
pub type Read<T> = Result<T, Flaw>;

/// What kind of value comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// Keeps the place inside one object or array.
#[derive(Debug, Default)]
pub struct Place {
    started: bool,
}

/// A position in a document.
///
/// ```
/// use modelmix_core::scan::Scan;
/// let mut scan = Scan::new(br#"{"skip": [1, {"a": 2}], "id": "x\n1"}"#);
/// let mut id = None;
/// if let Some(mut object) = scan.object()? {
///     while let Some(key) = scan.key(&mut object)? {
///         match &*key {
///             b"id" => id = scan.text()?,
///             _ => scan.skip()?,
///         }
///     }
/// }
/// scan.end()?;
/// assert_eq!(id.as_deref(), Some("x\n1"));
/// # Ok::<(), modelmix_core::scan::Flaw>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: u32,
}

impl<'a> Scan<'a> {
    /// Starts at the beginning of a document.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, depth: 0 }
    }

    /// The offset of the next byte.
    pub fn at(&self) -> usize {
        self.at
    }

    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
    }

    fn flaw(&self) -> Flaw {
        if self.at < self.bytes.len() { Flaw::Syntax(self.at) } else { Flaw::Short }
    }

    /// What kind of value comes next, without reading it.
    ///
    /// # Errors
    /// When no value starts here.
    pub fn peek(&mut self) -> Read<Kind> {
        self.blank();
        match self.byte() {
            Some(b'"') => Ok(Kind::String),
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'n') => Ok(Kind::Null),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            _ => Err(self.flaw()),
        }
    }

    /// Steps over a value that is to be read later, out of its turn; `None` for a null.
    ///
    /// # Errors
    /// When no value starts here, or it is malformed.
    pub fn later(&mut self) -> Read<Option<Self>> {
        let kind = self.peek()?;
        let place = *self;
        self.skip()?;
        Ok((kind != Kind::Null).then_some(place))
    }

    /// Enters an object; any other value is skipped and gives `None`.
    ///
    /// # Errors
    /// When no value starts here, or the nesting is too deep.
    pub fn object(&mut self) -> Read<Option<Place>> {
        self.enter(Kind::Object)
    }

    /// Enters an array; any other value is skipped and gives `None`.
    ///
    /// # Errors
    /// When no value starts here, or the nesting is too deep.
    pub fn array(&mut self) -> Read<Option<Place>> {
        self.enter(Kind::Array)
    }

    fn enter(&mut self, kind: Kind) -> Read<Option<Place>> {
        if self.peek()? != kind {
            self.skip()?;
            return Ok(None);
        }
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Flaw::Deep) } else { Ok(Some(Place::default())) }
    }

    /// The next key of the object, with its value next to read; `None` at the closing brace.
    ///
    /// # Errors
    /// When the object is not well-formed here.
    pub fn key(&mut self, place: &mut Place) -> Read<Option<Cow<'a, [u8]>>> {
        if let Some(key) = self.plain_key(place) {
            return Ok(Some(Cow::Borrowed(key)));
        }
        if !self.step(place, b'}')? {
            return Ok(None);
        }
        self.blank();
        let key = self.decoded()?;
        self.blank();
        if self.byte() != Some(b':') {
            return Err(self.flaw());
        }
        self.at += 1;
        Ok(Some(key))
    }

    /// A key as programs write it, without blanks or escapes.
    #[inline]
    fn plain_key(&mut self, place: &mut Place) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..)?;
        let rest = if place.started { rest.strip_prefix(b",\"")? } else { rest.strip_prefix(b"\"")? };
        let end = text::extent(rest, 0)?;
        let (key, [b'"', b':', after @ ..]) = rest.split_at_checked(end.close)? else { return None };
        if end.escaped {
            return None;
        }
        place.started = true;
        self.at = self.bytes.len() - after.len();
        Some(key)
    }

    /// Whether another item of the array is next to read; false at the closing bracket.
    ///
    /// # Errors
    /// When the array is not well-formed here.
    pub fn item(&mut self, place: &mut Place) -> Read<bool> {
        self.step(place, b']')
    }

    fn step(&mut self, place: &mut Place, close: u8) -> Read<bool> {
        self.blank();
        let started = std::mem::replace(&mut place.started, true);
        match self.byte() {
            Some(byte) if byte == close => {
                self.at += 1;
                self.depth -= 1;
                Ok(false)
            }
            Some(b',') if started => {
                self.at += 1;
                Ok(true)
            }
            Some(_) if !started => Ok(true),
            _ => Err(self.flaw()),
        }
    }

    fn decoded(&mut self) -> Read<Cow<'a, [u8]>> {
        let (from, end) = self.quoted()?;
        let literal = self.bytes.get(from..end.close).unwrap_or_default();
        if !end.escaped {
            return Ok(Cow::Borrowed(literal));
        }
        let (mut out, mut carry) = (String::new(), Carry::default());
        text::unescape(literal, true, &mut carry, &mut out).map_err(|bad| Flaw::Syntax(from + bad))?;
        carry.flush(&mut out);
        Ok(Cow::Owned(out.into_bytes()))
    }

    /// Passes a string; gives where its text starts and where it ends.
    fn quoted(&mut self) -> Read<(usize, text::Extent)> {
        if self.byte() != Some(b'"') {
            return Err(self.flaw());
        }
        let from = self.at + 1;
        let end = text::extent(self.bytes, from).ok_or(Flaw::Short)?;
        self.at = end.close + 1;
        Ok((from, end))
    }

    /// A string, or `None` for any other value, which is skipped.
    ///
    /// # Errors
    /// When no value starts here, or the string is not valid.
    pub fn text(&mut self) -> Read<Option<Cow<'a, str>>> {
        if self.peek()? != Kind::String {
            self.skip()?;
            return Ok(None);
        }
        let from = self.at + 1;
        let literal = self.decoded()?;
        if let Some(bad) = literal.iter().position(|byte| *byte < 0x20)
            && matches!(literal, Cow::Borrowed(_))
        {
            return Err(Flaw::Syntax(from + bad));
        }
        Ok(Some(match literal {
            Cow::Borrowed(bytes) => text::lossy(bytes),
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }))
    }

    /// Appends a string to `out` and gives where its literal lies; `None` for any other value, which is skipped.
    ///
    /// # Errors
    /// When no value starts here, or the string is not valid.
    pub fn text_into(&mut self, carry: &mut Carry, out: &mut String) -> Read<Option<std::ops::Range<usize>>> {
        if self.peek()? != Kind::String {
            self.skip()?;
            return Ok(None);
        }
        let (from, end) = self.quoted()?;
        let literal = self.bytes.get(from..end.close).unwrap_or_default();
        text::unescape(literal, end.escaped, carry, out).map_err(|bad| Flaw::Syntax(from + bad))?;
        Ok(Some(from..end.close))
    }

    /// Where the literal of the string that comes next lies; `None` for any other value. Both are skipped.
    ///
    /// # Errors
    /// When no value starts here, or it does not end.
    pub fn literal(&mut self) -> Read<Option<std::ops::Range<usize>>> {
        if self.peek()? != Kind::String {
            self.skip()?;
            return Ok(None);
        }
        self.quoted().map(|(from, end)| Some(from..end.close))
    }

    /// Whether the value that comes next is this string, without escapes. It is skipped either way.
    ///
    /// # Errors
    /// When no value starts here, or it does not end.
    pub fn is_text(&mut self, text: &[u8]) -> Read<bool> {
        let literal = self.literal()?;
        Ok(literal.is_some_and(|at| self.bytes.get(at) == Some(text)))
    }

    /// A count. Gateways also send it as `3.0` or `"3"`; anything else that is not a whole number gives `None`.
    ///
    /// # Errors
    /// When no value starts here.
    pub fn count(&mut self) -> Read<Option<i64>> {
        if self.peek()? == Kind::String {
            return Ok(self.text()?.and_then(|text| whole(&text)));
        }
        let raw = self.raw()?;
        if raw.len() < 19 && raw.iter().all(u8::is_ascii_digit) {
            return Ok(Some(raw.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))));
        }
        Ok(std::str::from_utf8(raw).ok().and_then(whole))
    }

    /// The bytes of the next value, as they stand.
    ///
    /// # Errors
    /// When no value starts here, or it does not end.
    pub fn raw(&mut self) -> Read<&'a [u8]> {
        self.blank();
        let from = self.at;
        self.skip()?;
        Ok(self.bytes.get(from..self.at).unwrap_or_default())
    }

    /// Passes the next value, whatever it is.
    ///
    /// # Errors
    /// When no value starts here, it does not end, or it is nested too deep.
    pub fn skip(&mut self) -> Read<()> {
        match self.peek()? {
            Kind::String => self.quoted().map(|_| ()),
            Kind::Object | Kind::Array => self.skip_nested(),
            Kind::Null | Kind::Bool | Kind::Number => {
                let rest = self.bytes.get(self.at..).unwrap_or_default();
                self.at += rest.iter().position(|byte| ends_scalar(*byte)).unwrap_or(rest.len());
                Ok(())
            }
        }
    }

    fn skip_nested(&mut self) -> Read<()> {
        let outside = self.depth;
        loop {
            match self.byte().ok_or(Flaw::Short)? {
                b'"' => {
                    self.quoted()?;
                    continue;
                }
                b'{' | b'[' => {
                    self.depth += 1;
                    if self.depth > MAX_DEPTH {
                        return Err(Flaw::Deep);
                    }
                }
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == outside {
                        self.at += 1;
                        return Ok(());
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Makes sure that nothing but white space follows.
    ///
    /// # Errors
    /// When something does.
    pub fn end(&mut self) -> Read<()> {
        self.blank();
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.flaw()) }
    }
}

fn ends_scalar(byte: u8) -> bool {
    matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t')
}

fn whole(text: &str) -> Option<i64> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let (whole, fraction) = text.split_once('.')?;
        fraction.bytes().all(|digit| digit == b'0').then(|| whole.parse().ok())?
    })
}

#[cfg(test)]
mod tests;
