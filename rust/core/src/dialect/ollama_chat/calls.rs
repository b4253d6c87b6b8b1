//! Tool calls, each whole in one line, its arguments an object.

use super::super::{Blocks, Lesson};
use crate::event::{Batch, Channel};
use crate::scan::{Kind, Read, Scan};

/// The calls of one reply.
#[derive(Debug, Default)]
pub(super) struct Calls {
    count: u32,
}

impl Calls {
    pub(super) fn any(&self) -> bool {
        self.count > 0
    }

    /// Reads `tool_calls`. Every entry is a call of its own: the server sends none twice, and none in pieces.
    pub(super) fn read(
        &mut self,
        scan: &mut Scan<'_>,
        blocks: &mut Blocks,
        lesson: &mut Lesson,
        out: &mut Batch,
    ) -> Read<()> {
        let Some(mut array) = scan.array()? else { return Ok(()) };
        while scan.item(&mut array)? {
            lesson.spoil();
            self.entry(scan, blocks, out)?;
        }
        Ok(())
    }

    fn entry(&mut self, scan: &mut Scan<'_>, blocks: &mut Blocks, out: &mut Batch) -> Read<()> {
        let (mut id, mut name, mut arguments) = (String::new(), String::new(), None);
        let Some(mut object) = scan.object()? else { return Ok(()) };
        while let Some(key) = scan.key(&mut object)? {
            match &*key {
                b"id" => id = scan.text()?.unwrap_or_default().into_owned(),
                b"function" => {
                    let Some(mut function) = scan.object()? else { continue };
                    while let Some(key) = scan.key(&mut function)? {
                        match &*key {
                            b"name" => name = scan.text()?.unwrap_or_default().into_owned(),
                            b"arguments" => arguments = scan.later()?,
                            _ => scan.skip()?,
                        }
                    }
                }
                _ => scan.skip()?,
            }
        }
        let (block, minted) = (blocks.add(), id.is_empty());
        if minted {
            // Older servers give none.
            id = format!("call_{}", self.count);
        }
        self.count += 1;
        out.tool_started(block, &id, &name, minted);
        if let Some(mut value) = arguments {
            let text = match value.peek()? {
                // Proxies send them as text.
                Kind::String => value.text()?.unwrap_or_default(),
                _ => String::from_utf8_lossy(value.raw()?),
            };
            out.push_delta(Channel::Arguments, block, &text);
        }
        Ok(())
    }
}
