//! Content in parts: Mistral's reasoning models answer in `text`, `thinking` and `reference`.

use super::super::Blocks;
use crate::event::{Batch, Channel};
use crate::scan::{Kind, Read, Scan};

/// Reads a list of content parts.
pub(super) fn read(scan: &mut Scan<'_>, blocks: &mut Blocks, out: &mut Batch) -> Read<()> {
    texts(scan, Channel::Text, blocks, out)
}

/// Writes what the parts of a list say: `text` to the channel, `thinking` as reasoning.
fn texts(scan: &mut Scan<'_>, channel: Channel, blocks: &mut Blocks, out: &mut Batch) -> Read<()> {
    let Some(mut array) = scan.array()? else { return Ok(()) };
    while scan.item(&mut array)? {
        let Some(mut part) = scan.object()? else { continue };
        while let Some(key) = scan.key(&mut part)? {
            match &*key {
                b"text" => {
                    blocks.push_text(channel, scan, out)?;
                }
                b"thinking" if scan.peek()? == Kind::String => {
                    blocks.push_text(Channel::Reasoning, scan, out)?;
                }
                b"thinking" if channel == Channel::Text => texts(scan, Channel::Reasoning, blocks, out)?,
                _ => scan.skip()?,
            }
        }
    }
    Ok(())
}
