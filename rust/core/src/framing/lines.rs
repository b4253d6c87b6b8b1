//! NDJSON: one document a line.

use memchr::memchr;

use super::{Frame, Next, Oversize, Rest};

/// Cuts bytes into lines that are not blank.
#[derive(Debug)]
pub struct Lines {
    line: Vec<u8>,
    given: bool,
    limit: usize,
}

impl Lines {
    /// `limit` bounds one line, in bytes.
    pub fn new(limit: usize) -> Self {
        Self { line: Vec::new(), given: false, limit }
    }

    /// The next line of `chunk` from `at` on.
    ///
    /// # Errors
    /// When a line passes the limit.
    pub fn next<'a>(&'a mut self, chunk: &'a [u8], at: &mut usize) -> Next<'a> {
        if std::mem::take(&mut self.given) {
            self.line.clear();
        }
        let whole = loop {
            let rest = chunk.get(*at..).unwrap_or_default();
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
                    break Some(piece);
                }
            } else {
                self.line.extend_from_slice(piece);
                self.given = true;
                break None;
            }
        };
        let data = whole.unwrap_or(&self.line).trim_ascii();
        Ok(Some(Frame { event: b"", data, raw: None, standard: true }))
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
    fn a_line_over_the_limit_is_refused() {
        assert!(Lines::new(3).next(b"12345", &mut 0).is_err());
    }
}
