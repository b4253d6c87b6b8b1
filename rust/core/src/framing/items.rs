//! A JSON array whose items are the frames: Gemini's stream without `alt=sse`.

use super::{Frame, Next, Oversize, Rest};
use crate::scan::MAX_DEPTH;

/// Cuts the items out of an array of objects, one by one as they are completed.
#[derive(Debug)]
pub struct Items {
    item: Vec<u8>,
    given: bool,
    depth: u32,
    quoted: bool,
    escaped: bool,
    limit: usize,
}

impl Items {
    /// `limit` bounds one item, in bytes.
    pub fn new(limit: usize) -> Self {
        Self { item: Vec::new(), given: false, depth: 0, quoted: false, escaped: false, limit }
    }

    /// The next item of `chunk` from `at` on.
    ///
    /// # Errors
    /// When an item passes the limit, or nests too deep.
    pub fn next<'a>(&'a mut self, chunk: &'a [u8], at: &mut usize) -> Next<'a> {
        if std::mem::take(&mut self.given) {
            self.item.clear();
        }
        let start = *at;
        for byte in chunk.get(start..).unwrap_or_default() {
            *at += 1;
            if self.step(*byte)? {
                self.item.extend_from_slice(self.inside(chunk, start, *at));
                self.given = true;
                return Ok(Some(Frame { event: b"", data: trim(&self.item), raw: None, standard: true }));
            }
        }
        self.item.extend_from_slice(self.inside(chunk, start, *at));
        if self.item.len() > self.limit { Err(Oversize) } else { Ok(None) }
    }

    fn inside<'a>(&self, chunk: &'a [u8], start: usize, end: usize) -> &'a [u8] {
        let piece = chunk.get(start..end).unwrap_or_default();
        if self.item.is_empty() { separators(piece) } else { piece }
    }

    /// Follows one byte; true when it closes an item.
    fn step(&mut self, byte: u8) -> Result<bool, Oversize> {
        if self.quoted {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.quoted = false,
                _ => {}
            }
            return Ok(false);
        }
        match byte {
            b'"' => self.quoted = true,
            b'{' | b'[' => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(Oversize);
                }
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                return Ok(self.depth == 1);
            }
            _ => {}
        }
        Ok(false)
    }

    /// Ends the input.
    pub fn finish(&mut self) -> Rest<'_> {
        if std::mem::take(&mut self.given) {
            self.item.clear();
        }
        let rest = separators(&self.item);
        if rest.is_empty() { Rest::Nothing } else { Rest::Pending(rest) }
    }
}

/// Drops what stands between items: white space, commas, and the brackets of the array itself.
fn separators(piece: &[u8]) -> &[u8] {
    let first = piece.iter().position(|byte| !matches!(byte, b'[' | b']' | b',' | b' ' | b'\r' | b'\n' | b'\t'));
    first.and_then(|first| piece.get(first..)).unwrap_or_default()
}

fn trim(item: &[u8]) -> &[u8] {
    separators(item).trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::{Items, Rest};

    #[test]
    fn items_survive_any_cut() {
        let input = b"[{\"a\":\"}\\\"]\"}\n,\r\n{\"b\":[{}]}\n]\n";
        for cut in 0..=input.len() {
            let (mut items, mut seen) = (Items::new(100), Vec::new());
            let (head, tail) = input.split_at(cut);
            for chunk in [head, tail] {
                let mut at = 0;
                while let Some(frame) = items.next(chunk, &mut at).expect("below the limit") {
                    seen.push(String::from_utf8_lossy(frame.data).into_owned());
                }
            }
            assert_eq!(seen, ["{\"a\":\"}\\\"]\"}", "{\"b\":[{}]}"], "cut at {cut}");
            assert_eq!(items.finish(), Rest::Nothing);
        }
    }

    #[test]
    fn an_open_item_is_pending() {
        let mut items = Items::new(100);
        assert_eq!(items.next(b"[{\"a\":1", &mut 0), Ok(None));
        assert_eq!(items.finish(), Rest::Pending(b"{\"a\":1"));
    }
}
