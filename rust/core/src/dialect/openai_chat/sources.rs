//! The sources of an answer, in all the forms they come in.

use super::super::{Lesson, Sources};
use super::keep_first;
use crate::scan::{Kind, Read, Scan};

/// Collects bare URLs, `{url, title}`, or `{url_citation: {url, title}}`.
pub(super) fn read(scan: &mut Scan<'_>, sources: &mut Sources, lesson: &mut Lesson) -> Read<()> {
    let Some(mut array) = scan.array()? else { return Ok(()) };
    while scan.item(&mut array)? {
        lesson.spoil();
        let (mut url, mut title) = (String::new(), String::new());
        if scan.peek()? == Kind::String {
            url = scan.text()?.unwrap_or_default().into_owned();
        } else {
            source(scan, &mut url, &mut title)?;
        }
        sources.keep(url, title);
    }
    Ok(())
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
