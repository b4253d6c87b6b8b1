//! The sources of an answer: what it was grounded on, and what it recites.

use super::super::{Lesson, Sources};
use crate::scan::{Read, Scan};

/// Reads `groundingMetadata`: each chunk is a page of the web, a place on a map, an image or a retrieved document.
pub(super) fn chunks(scan: &mut Scan<'_>, sources: &mut Sources, lesson: &mut Lesson) -> Read<()> {
    let Some(mut object) = scan.object()? else { return Ok(()) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"groundingChunks" => {
                let Some(mut array) = scan.array()? else { continue };
                while scan.item(&mut array)? {
                    chunk(scan, sources, lesson)?;
                }
            }
            _ => scan.skip()?,
        }
    }
    Ok(())
}

fn chunk(scan: &mut Scan<'_>, sources: &mut Sources, lesson: &mut Lesson) -> Read<()> {
    let Some(mut object) = scan.object()? else { return Ok(()) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"web" | b"maps" | b"image" | b"retrievedContext" => source(scan, sources, lesson)?,
            _ => scan.skip()?,
        }
    }
    Ok(())
}

/// Reads `citationMetadata`, which Vertex writes with other keys.
pub(super) fn recited(scan: &mut Scan<'_>, sources: &mut Sources, lesson: &mut Lesson) -> Read<()> {
    let Some(mut object) = scan.object()? else { return Ok(()) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"citationSources" | b"citations" => {
                let Some(mut array) = scan.array()? else { continue };
                while scan.item(&mut array)? {
                    source(scan, sources, lesson)?;
                }
            }
            _ => scan.skip()?,
        }
    }
    Ok(())
}

fn source(scan: &mut Scan<'_>, sources: &mut Sources, lesson: &mut Lesson) -> Read<()> {
    let Some(mut object) = scan.object()? else { return Ok(()) };
    let (mut url, mut title) = (String::new(), String::new());
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            // An image is attributed to the page it stands on.
            b"uri" | b"sourceUri" => url = scan.text()?.unwrap_or_default().into_owned(),
            b"title" => title = scan.text()?.unwrap_or_default().into_owned(),
            _ => scan.skip()?,
        }
    }
    lesson.spoil();
    sources.keep(url, title);
    Ok(())
}
