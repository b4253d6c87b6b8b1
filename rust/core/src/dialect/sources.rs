//! The sources of an answer, handed out after all else.

use super::Blocks;
use crate::event::Batch;

/// The sources of one reply, each once, in the order they came.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    list: Vec<(String, String)>,
}

impl Sources {
    /// Keeps a source; a title that comes later is added.
    pub(crate) fn keep(&mut self, url: String, title: String) {
        match self.list.iter_mut().find(|(known, _)| *known == url) {
            Some((_, known)) if known.is_empty() => *known = title,
            Some(_) => {}
            None if url.is_empty() => {}
            None => self.list.push((url, title)),
        }
    }

    /// Hands them out, each as a part.
    pub(crate) fn flush(&mut self, blocks: &mut Blocks, out: &mut Batch) {
        for (url, title) in std::mem::take(&mut self.list) {
            out.cited(blocks.add(), &url, &title);
        }
    }
}
