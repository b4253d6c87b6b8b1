//! One part of a content: words, thoughts, a call, or something that only Google understands.

use super::super::Slot;
use super::GoogleGenerate;
use crate::event::{Batch, Channel};
use crate::scan::{Kind, Read, Scan};

/// The members of a part that say something about it and not what it is.
const ABOUT: [&[u8]; 5] = [b"thought", b"thoughtSignature", b"partMetadata", b"mediaResolution", b"videoMetadata"];

#[derive(Default)]
struct Part<'a> {
    text: Option<Scan<'a>>,
    call: Option<Scan<'a>>,
    /// The word for what we do not understand.
    kind: Option<String>,
    thought: bool,
    signature: Option<String>,
}

impl GoogleGenerate {
    pub(super) fn part(&mut self, scan: &mut Scan<'_>, out: &mut Batch) -> Read<()> {
        let whole = *scan;
        let part = read(scan)?;
        if let Some(kind) = part.kind {
            self.lesson.spoil();
            let json = String::from_utf8_lossy({ whole }.raw()?).into_owned();
            out.opaque(self.blocks.add(), &kind, &json);
        } else if let Some(call) = part.call {
            self.lesson.spoil();
            self.calls.read(&mut { call }, part.signature.as_deref(), &mut self.blocks, out)?;
        } else if let Some(signature) = part.signature {
            self.signed(part.text, part.thought, &signature, out)?;
        } else if let Some(mut text) = part.text {
            let (channel, slot) =
                if part.thought { (Channel::Reasoning, Slot::Reasoning) } else { (Channel::Text, Slot::Text) };
            let literal = self.blocks.push_text(channel, &mut text, out)?;
            self.lesson.value(slot, literal);
        }
        Ok(())
    }

    /// A signature goes back on the part it came with, so its part is joined with no other. One without words seals an
    /// empty reasoning.
    fn signed(&mut self, text: Option<Scan<'_>>, thought: bool, signature: &str, out: &mut Batch) -> Read<()> {
        self.lesson.spoil();
        self.blocks.flush(out);
        self.blocks.close();
        let channel = if thought { Channel::Reasoning } else { Channel::Text };
        let before = out.buffer().len();
        if let Some(mut text) = text {
            self.blocks.push_text(channel, &mut text, out)?;
            self.blocks.flush(out);
        }
        let spoken = out.buffer().len() > before;
        let block = self.blocks.current(if spoken { channel } else { Channel::Reasoning });
        out.sealed(block, signature);
        self.blocks.close();
        Ok(())
    }
}

fn read<'a>(scan: &mut Scan<'a>) -> Read<Part<'a>> {
    let mut part = Part::default();
    let Some(mut object) = scan.object()? else { return Ok(part) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"text" if scan.peek()? == Kind::String => {
                part.text = Some(*scan);
                scan.skip()?;
            }
            b"functionCall" if scan.peek()? == Kind::Object => {
                part.call = Some(*scan);
                scan.skip()?;
            }
            b"thought" => part.thought = scan.raw()? == b"true",
            b"thoughtSignature" => {
                part.signature = scan.text()?.filter(|text| !text.is_empty()).map(std::borrow::Cow::into_owned);
            }
            key => {
                if scan.peek()? != Kind::Null && !ABOUT.contains(&key) {
                    part.kind.get_or_insert_with(|| String::from_utf8_lossy(key).into_owned());
                }
                scan.skip()?;
            }
        }
    }
    Ok(part)
}
