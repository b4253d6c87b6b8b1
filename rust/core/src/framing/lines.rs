//! NDJSON: one document a line.

use memchr::memchr;

use super::{Frame, Next, Oversize, Rest};
use crate::strict;

/// Cuts bytes into lines that are not blank.
#[derive(Debug)]
pub struct Lines {
    line: Vec<u8>,
    given: bool,
    begun: bool,
    limit: usize,
}

impl Lines {
    /// `limit` bounds one line, in bytes.
    pub fn new(limit: usize) -> Self {
        Self { line: Vec::new(), given: false, begun: false, limit }
    }

    /// The next line of `chunk` from `at` on.
    ///
    /// # Errors
    /// When a line passes the limit.
    pub fn next<'a>(&'a mut self, chunk: &'a [u8], at: &mut usize) -> Next<'a> {
        if std::mem::take(&mut self.given) {
            self.line.clear();
        }
        let (whole, raw) = loop {
            let (from, rest) = (*at, chunk.get(*at..).unwrap_or_default());
            let end = memchr(b'\n', rest);
            let piece = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            *at += piece.len() + usize::from(end.is_some());
            if self.line.len() + piece.len() > self.limit {
                return Err(Oversize);
            }
            if end.is_none() {
                self.line.extend_from_slice(piece);
                return Ok(None);
            }
            if self.line.is_empty() {
                if !piece.trim_ascii().is_empty() {
                    let indent = piece.len() - piece.trim_ascii_start().len();
                    break (Some(piece), chunk.get(from..*at).map(|raw| (raw, indent)));
                }
            } else {
                self.line.extend_from_slice(piece);
                self.given = true;
                break (None, None);
            }
        };
        self.begun = true;
        let data = whole.unwrap_or(&self.line).trim_ascii();
        Ok(Some(Frame { event: b"", data, raw, standard: true }))
    }

    /// Whether the next byte starts a line, with nothing of an earlier one pending.
    pub(super) fn is_fresh(&self) -> bool {
        self.given || self.line.is_empty()
    }

    /// What came before `at`, if the first line ends in this chunk and is no document: one that is written over
    /// several lines. Only the first line is ever asked about.
    pub(super) fn opening_of_a_body(&self, chunk: &[u8], at: usize) -> Option<Vec<u8>> {
        if self.begun {
            return None;
        }
        let rest = chunk.get(at..)?;
        let line = [&self.line, rest.get(..memchr(b'\n', rest)?)?].concat();
        let told = line.len() > self.limit || line.trim_ascii().is_empty() || strict::is_document(&line);
        (!told).then(|| self.line.clone())
    }

    /// The line that lacks its end.
    pub(super) fn pending(&self) -> &[u8] {
        if self.given { b"" } else { &self.line }
    }

    /// Ends the input: the last line may lack its newline.
    pub fn finish(&mut self) -> Rest<'_> {
        if std::mem::take(&mut self.given) {
            self.line.clear();
        }
        let line = self.line.trim_ascii();
        if line.is_empty() { Rest::Nothing } else { Rest::Pending(line) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lines, Rest};

    #[test]
    fn lines_survive_any_cut() {
        let input = b" {\"a\":1}\r\n\n  \n{\"b\":2}\n{\"c\"";
        for cut in 0..=input.len() {
            let (mut lines, mut seen) = (Lines::new(100), Vec::new());
            let (head, tail) = input.split_at(cut);
            for chunk in [head, tail] {
                let mut at = 0;
                while let Some(frame) = lines.next(chunk, &mut at).expect("below the limit") {
                    seen.push(frame.data.to_vec());
                }
            }
            seen.retain(|line| !line.is_empty());
            assert_eq!(seen, [b"{\"a\":1}".to_vec(), b"{\"b\":2}".to_vec()], "cut at {cut}");
            assert_eq!(lines.finish(), Rest::Pending(b"{\"c\""));
        }
    }

    #[test]
    fn only_a_first_line_that_is_no_document_opens_a_body() {
        for (begun, chunk, opening) in [
            (&b""[..], &b"{\n \"a\": 1}"[..], Some(Vec::new())),
            (b"{\"a\":", b" 1,\n", Some(b"{\"a\":".to_vec())),
            (b"", b"{\"a\":1}\n{", None),
            (b"", b"{\"a\"", None),
            (b"{}\n", b"{\n", None),
        ] {
            let (mut lines, mut at) = (Lines::new(100), 0);
            lines.next(begun, &mut at).expect("below the limit");
            assert_eq!(lines.opening_of_a_body(chunk, 0), opening, "{}", String::from_utf8_lossy(chunk));
        }
    }

    #[test]
    fn a_line_in_one_chunk_is_given_raw() {
        let (mut lines, mut at) = (Lines::new(100), 0);
        let chunk = b"\n  {\"a\":1} \r\n{\"b\"";
        let frame = lines.next(chunk, &mut at).expect("below the limit").expect("a line");
        assert_eq!((frame.data, frame.raw), (&b"{\"a\":1}"[..], Some((&b"  {\"a\":1} \r\n"[..], 2))));
        assert!(lines.is_fresh());
        assert_eq!(lines.next(chunk, &mut at), Ok(None));
        assert!(!lines.is_fresh());
        let frame = lines.next(b":2}\n", &mut 0).expect("below the limit").expect("a line");
        assert_eq!((frame.data, frame.raw), (&b"{\"b\":2}"[..], None));
        assert!(lines.is_fresh());
    }

    #[test]
    fn a_line_over_the_limit_is_refused() {
        assert!(Lines::new(3).next(b"12345", &mut 0).is_err());
    }
}
