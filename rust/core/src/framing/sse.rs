//! Server-sent events, to the letter of WHATWG HTML §9.2.6, cut anywhere.
//!
//! Framing works on bytes: UTF-8 is checked where text is read, so a code point split between two reads cannot break
//! it. A single-line payload that lies in one chunk is a slice of that chunk; only what is unfinished is copied, and
//! no byte is searched twice.

use memchr::{memchr, memchr2};

use super::{Frame, Next, Oversize};
use crate::limits::STRAY;

/// Splits off the field name and value of one SSE line.
///
/// ```
/// # use modelmix_core::framing::field;
/// assert_eq!(field(b"data: hi"), (&b"data"[..], &b"hi"[..]));
/// assert_eq!(field(b"data:hi"), (&b"data"[..], &b"hi"[..]));
/// assert_eq!(field(b"data"), (&b"data"[..], &b""[..]));
/// ```
pub fn field(line: &[u8]) -> (&[u8], &[u8]) {
    let Some(colon) = memchr(b':', line) else { return (line, b"") };
    let (name, rest) = line.split_at(colon);
    let value = rest.get(1..).unwrap_or_default();
    (name, value.strip_prefix(b" ").unwrap_or(value))
}

pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// The fields of an event.
const FIELDS: [&[u8]; 4] = [b"data", b"event", b"id", b"retry"];

/// Cuts bytes into events.
#[derive(Debug)]
pub struct Sse {
    /// How many bytes of a byte order mark have been seen; its length once that is settled.
    bom: usize,
    line: Vec<u8>,
    skip_lf: bool,
    event: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    given: bool,
    id: Vec<u8>,
    last_id: Vec<u8>,
    retry: Option<u64>,
    error: Vec<u8>,
    stray: Vec<u8>,
    limit: usize,
}

/// Where the payload of a complete event lies.
enum Payload {
    /// In the chunk, with the bounds of the payload, and where the event starts when all of it counts.
    Chunk { event: Option<usize>, from: usize, to: usize },
    /// In `self.data`.
    Buffer,
    /// In `self.error`: an SSE field named `error`.
    Error,
}

impl Sse {
    /// `limit` bounds one event, in bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            bom: 0,
            line: Vec::new(),
            skip_lf: false,
            event: Vec::new(),
            data: Vec::new(),
            has_data: false,
            given: false,
            id: Vec::new(),
            last_id: Vec::new(),
            retry: None,
            error: Vec::new(),
            stray: Vec::new(),
            limit,
        }
    }

    /// As [`Sse::new`], when `bom` bytes of a byte order mark have been passed already.
    pub(super) fn after_bom(limit: usize, bom: usize) -> Self {
        let settled = if bom == 0 { 0 } else { BOM.len() };
        Self { bom: settled, ..Self::new(limit) }
    }

    /// The next event of `chunk` from `at` on.
    ///
    /// # Errors
    /// When an event passes the limit.
    pub fn next<'a>(&'a mut self, chunk: &'a [u8], at: &mut usize) -> Next<'a> {
        if std::mem::take(&mut self.given) {
            self.event.clear();
            self.data.clear();
            self.has_data = false;
        }
        if self.bom < BOM.len() {
            self.strip_bom(chunk, at);
        }
        let Some(payload) = self.advance(chunk, at)? else { return Ok(None) };
        let event = match self.event.as_slice() {
            b"" => b"message",
            named => named,
        };
        let (data, raw) = match payload {
            Payload::Chunk { event: start, from, to } => {
                let raw = start.and_then(|start| Some((chunk.get(start..*at)?, from - start)));
                (chunk.get(from..to).unwrap_or_default(), raw)
            }
            Payload::Buffer => (
                self.data
                    .strip_suffix(
                        b"
",
                    )
                    .unwrap_or(&self.data),
                None,
            ),
            Payload::Error => {
                return Ok(Some(Frame { event: b"error", data: &self.error, raw: None, standard: false }));
            }
        };
        Ok(Some(Frame { event, data, raw, standard: true }))
    }

    fn strip_bom(&mut self, chunk: &[u8], at: &mut usize) {
        while let Some(byte) = chunk.get(*at) {
            match BOM.get(self.bom) {
                Some(expected) if expected == byte => {
                    self.bom += 1;
                    *at += 1;
                }
                Some(_) => {
                    // Not a mark after all: what looked like one is the start of the first line.
                    self.line.extend_from_slice(BOM.get(..self.bom).unwrap_or_default());
                    self.bom = BOM.len();
                }
                None => return,
            }
        }
    }

    /// Reads lines until an event is complete.
    fn advance(&mut self, chunk: &[u8], at: &mut usize) -> Result<Option<Payload>, Oversize> {
        let event = *at;
        let fresh = self.fresh();
        let mut lines = 0u32;
        loop {
            if self.skip_lf && *at < chunk.len() {
                self.skip_lf = false;
                *at += usize::from(chunk.get(*at) == Some(&b'\n'));
            }
            let rest = chunk.get(*at..).unwrap_or_default();
            let Some(end) = memchr2(b'\n', b'\r', rest) else {
                self.line.extend_from_slice(rest);
                *at = chunk.len();
                return if self.line.len() + self.data.len() > self.limit { Err(Oversize) } else { Ok(None) };
            };
            // A line counts in full, whether it came in one piece or in many.
            if self.line.len() + end + self.data.len() > self.limit {
                return Err(Oversize);
            }
            let from = *at;
            let to = from + end;
            self.end_line(chunk, at, to);
            lines += 1;
            if !self.line.is_empty() {
                self.line.extend_from_slice(chunk.get(from..to).unwrap_or_default());
                let line = std::mem::take(&mut self.line);
                let complete = self.line(&line);
                self.line = line;
                self.line.clear();
                if complete.is_some() {
                    return Ok(complete);
                }
                continue;
            }
            let line = chunk.get(from..to).unwrap_or_default();
            if let Some(value) = self.lone_data(line, chunk, *at) {
                let to = from + line.len();
                let from = to - value;
                self.end_line(chunk, at, *at);
                let start = (fresh && self.plain(lines) && !self.skip_lf).then_some(event);
                self.given = true;
                self.last_id.clone_from(&self.id);
                return Ok(Some(Payload::Chunk { event: start, from, to }));
            }
            if let Some(payload) = self.line(line) {
                return Ok(Some(payload));
            }
        }
    }

    /// Moves past a line's end; a CR at the end of the chunk waits for its LF.
    fn end_line(&mut self, chunk: &[u8], at: &mut usize, end: usize) {
        *at = end + 1;
        if chunk.get(end) == Some(&b'\r') {
            match chunk.get(end + 1) {
                Some(b'\n') => *at += 1,
                Some(_) => {}
                None => self.skip_lf = true,
            }
        }
    }

    /// The length of the value when this is the only `data` line of an event that ends right here.
    fn lone_data(&self, line: &[u8], chunk: &[u8], next: usize) -> Option<usize> {
        if self.has_data || self.skip_lf || !matches!(chunk.get(next), Some(b'\n' | b'\r')) {
            return None;
        }
        let (name, value) = field(line);
        (name == b"data").then_some(value.len())
    }

    /// Whether the event so far is its `data` line alone, or that after its `event` line.
    fn plain(&self, lines: u32) -> bool {
        lines == 1 || (lines == 2 && !self.event.is_empty())
    }

    /// Processes one line; gives the payload it completes.
    fn line(&mut self, line: &[u8]) -> Option<Payload> {
        if line.is_empty() {
            return self.dispatch();
        }
        let (name, value) = field(line);
        match name {
            b"" => {}
            b"data" => {
                self.data.extend_from_slice(value);
                self.data.push(b'\n');
                self.has_data = true;
            }
            b"event" => {
                self.event.clear();
                self.event.extend_from_slice(value);
            }
            b"id" => {
                if memchr(0, value).is_none() {
                    self.id.clear();
                    self.id.extend_from_slice(value);
                }
            }
            b"retry" => self.retry = digits(value).or(self.retry),
            // llama.cpp through 2025 reports errors in a field of this name (`ggml-org/llama.cpp#16109`).
            b"error" if value.starts_with(b"{") => {
                self.error.clear();
                self.error.extend_from_slice(value);
                return Some(Payload::Error);
            }
            _ => self.keep_stray(line),
        }
        None
    }

    fn keep_stray(&mut self, line: &[u8]) {
        let room = STRAY.saturating_sub(self.stray.len() + 1);
        self.stray.extend(line.iter().take(room));
        if room > 0 {
            self.stray.push(b'\n');
        }
    }

    fn dispatch(&mut self) -> Option<Payload> {
        self.last_id.clone_from(&self.id);
        if self.has_data {
            self.given = true;
            return Some(Payload::Buffer);
        }
        self.event.clear();
        None
    }

    /// Whether the next byte starts a fresh event.
    pub(crate) fn fresh(&self) -> bool {
        let empty = self.line.is_empty() && (self.given || (!self.has_data && self.event.is_empty()));
        empty && !self.skip_lf && self.bom != 1 && self.bom != 2
    }

    /// Ends the input. WHATWG drops an event without its blank line; its payload is handed out here to be judged.
    pub fn pending(&mut self) -> Option<&[u8]> {
        if std::mem::take(&mut self.given) {
            self.data.clear();
            self.has_data = false;
        }
        if self.bom < BOM.len() {
            self.line.extend_from_slice(BOM.get(..self.bom).unwrap_or_default());
            self.bom = BOM.len();
        }
        let line = std::mem::take(&mut self.line);
        let (name, value) = field(&line);
        if name == b"data" {
            self.data.extend_from_slice(value);
            self.data.push(b'\n');
            self.has_data = true;
        } else if !matches!(name, b"" | b"event" | b"id" | b"retry")
            && !FIELDS.iter().any(|field| field.starts_with(&line))
        {
            // What starts as a field's name does is a line that was cut.
            self.keep_stray(&line);
        }
        let data = self.data.strip_suffix(b"\n").unwrap_or(&self.data);
        (self.has_data && !data.is_empty()).then_some(data)
    }

    /// The last event id, as of the last blank line.
    pub fn last_id(&self) -> &[u8] {
        &self.last_id
    }

    /// The reconnection time that was asked for, in milliseconds. Never acted upon: a POST is not repeated.
    pub fn retry(&self) -> Option<u64> {
        self.retry
    }

    /// Lines that are no SSE, at most 64 KiB of them: a bare error body, a page, a proxy's last words.
    pub fn stray(&self) -> &[u8] {
        &self.stray
    }
}

fn digits(value: &[u8]) -> Option<u64> {
    let all = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    all.then(|| std::str::from_utf8(value).ok()?.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::Sse;

    type Event = (String, String);

    fn events(chunks: &[&[u8]]) -> (Vec<Event>, Sse) {
        let (mut sse, mut seen) = (Sse::new(1000), Vec::new());
        for chunk in chunks {
            let mut at = 0;
            while let Some(frame) = sse.next(chunk, &mut at).expect("below the limit") {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                seen.push((text(frame.event), text(frame.data)));
            }
        }
        (seen, sse)
    }

    fn event(name: &str, data: &str) -> Event {
        (name.to_owned(), data.to_owned())
    }

    #[test]
    fn every_cut_gives_the_same_events() {
        let input = "\u{feff}: hi\r\ndata: a\r\n\r\nevent: x\rdata:b\ndata\r\rid: 7\nretry: 20\n\ndata: é\n\nno field\n\nevent: y\n\ndata: z";
        let expected = [event("message", "a"), event("x", "b\n"), event("message", "é")];
        for first in 0..=input.len() {
            for second in first..=input.len() {
                let bytes = input.as_bytes();
                let (head, rest) = bytes.split_at(first);
                let (middle, tail) = rest.split_at(second - first);
                let (seen, mut sse) = events(&[head, middle, tail]);
                assert_eq!(seen, expected, "cut at {first} and {second}");
                assert_eq!((sse.last_id(), sse.retry(), sse.stray()), (&b"7"[..], Some(20), &b"no field\n"[..]));
                assert_eq!(sse.pending(), Some(&b"z"[..]));
            }
        }
    }

    #[test]
    fn a_cr_dispatches_without_waiting_for_its_lf() {
        let (seen, _) = events(&[b"data: a\r\n\r"]);
        assert_eq!(seen, [event("message", "a")]);
        let (seen, _) = events(&[b"data: a\r\n\r", b"\ndata: b\n\n"]);
        assert_eq!(seen, [event("message", "a"), event("message", "b")]);
    }

    #[test]
    fn only_an_event_in_one_piece_is_raw() {
        let mut sse = Sse::new(100);
        let chunk = b"data: a\n\nevent: e\ndata: b\n\nid: 1\ndata: c\n\ndata: d\r\n\r\ndata: e\n";
        let (mut at, mut raws) = (0, Vec::new());
        while let Some(frame) = sse.next(chunk, &mut at).expect("below the limit") {
            raws.push(frame.raw.map(|(raw, _)| String::from_utf8_lossy(raw).into_owned()));
        }
        let whole = |text: &str| Some(text.to_owned());
        assert_eq!(raws[0], whole("data: a\n\n"));
        assert_eq!(raws[1], whole("event: e\ndata: b\n\n"));
        assert_eq!(raws[2], None);
        assert_eq!(raws[3], whole("data: d\r\n\r\n"));
        assert!(!sse.fresh());
    }

    #[test]
    fn an_error_field_is_a_frame() {
        let (seen, _) = events(&[b"error: {\"code\":400}\n\ndata: [DONE]\n\n"]);
        assert_eq!(seen, [event("error", "{\"code\":400}"), event("message", "[DONE]")]);
    }

    #[test]
    fn an_event_over_the_limit_is_refused() {
        for chunks in [&[&b"data: 123456789012"[..]][..], &[b"data: 12345\ndata: 67890\n"], &[b": 12345", b"6789\n"]] {
            let (mut sse, mut refused) = (Sse::new(10), false);
            for chunk in chunks {
                refused |= sse.next(chunk, &mut 0).is_err();
            }
            assert!(refused);
        }
    }
}
