//! The sources of an answer, in all the forms they come in.

use super::super::{Blocks, Lesson};
use super::keep_first;
use crate::event::Batch;
use crate::scan::{Kind, Read, Scan};

/// The sources of one reply, each once, in the order they came.
#[derive(Debug, Default)]
pub(super) struct Sources {
    list: Vec<(String, String)>,
}

impl Sources {
    /// Collects bare URLs, `{url, title}`, or `{url_citation: {url, title}}`.
    pub(super) fn read(&mut self, scan: &mut Scan<'_>, lesson: &mut Lesson) -> Read<()> {
        let Some(mut array) = scan.array()? else { return Ok(()) };
        while scan.item(&mut array)? {
            lesson.spoil();
            let (mut url, mut title) = (String::new(), String::new());
            if scan.peek()? == Kind::String {
                url = scan.text()?.unwrap_or_default().into_owned();
            } else {
                source(scan, &mut url, &mut title)?;
            }
            self.keep(url, title);
        }
        Ok(())
    }

    fn keep(&mut self, url: String, title: String) {
        match self.list.iter_mut().find(|(known, _)| *known == url) {
            Some((_, known)) if known.is_empty() => *known = title,
            Some(_) => {}
            None if url.is_empty() => {}
            None => self.list.push((url, title)),
        }
    }

    /// Hands them out, each as a part.
    pub(super) fn flush(&mut self, blocks: &mut Blocks, out: &mut Batch) {
        for (url, title) in std::mem::take(&mut self.list) {
            out.cited(blocks.add(), &url, &title);
        }
    }
}

fn source(scan: &mut Scan<'_>, url: &mut String, title: &mut String) -> Read<()> {
    let Some(mut object) = scan.object()? else { return Ok(()) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"url" => keep_first(url, scan.text()?),
            b"title" => keep_first(title, scan.text()?),
            b"url_citation" => source(scan, url, title)?,
            _ => scan.skip()?,
        }
    }
    Ok(())
}
