//! Function calls: whole, or with arguments that come piece by piece, which Vertex does when it is asked to.

use std::borrow::Cow;

use super::super::Blocks;
use super::pieces::Tree;
use crate::event::{Batch, Channel};
use crate::scan::{Kind, Read, Scan};
use crate::text;

/// The calls of one reply.
#[derive(Debug, Default)]
pub(super) struct Calls {
    count: usize,
    /// The part of the last call.
    last: Option<u32>,
    open: Option<Open>,
}

/// A call whose arguments are not whole yet.
#[derive(Debug)]
struct Open {
    block: u32,
    arguments: Tree,
}

/// One `functionCall`.
#[derive(Default)]
struct Piece<'a> {
    id: Cow<'a, str>,
    name: Cow<'a, str>,
    args: Option<Scan<'a>>,
    partial: Option<Scan<'a>>,
    more: bool,
}

impl Calls {
    pub(super) fn any(&self) -> bool {
        self.count > 0
    }

    /// Reads one `functionCall`. Without a name it goes on with the call before it.
    pub(super) fn read(
        &mut self,
        scan: &mut Scan<'_>,
        signature: Option<&str>,
        blocks: &mut Blocks,
        out: &mut Batch,
    ) -> Read<()> {
        let piece = piece(scan)?;
        if !piece.name.is_empty() || (self.open.is_none() && piece.args.is_some()) {
            self.begin(&piece, blocks, out)?;
        }
        if let (Some(open), Some(mut partial)) = (&mut self.open, piece.partial) {
            open.arguments.read(&mut partial)?;
        }
        if let (Some(signature), Some(block)) = (signature, self.last) {
            out.sealed(block, signature);
        }
        if !piece.more {
            self.flush(true, out);
        }
        Ok(())
    }

    fn begin(&mut self, piece: &Piece<'_>, blocks: &mut Blocks, out: &mut Batch) -> Read<()> {
        self.flush(true, out);
        let block = blocks.add();
        let minted = piece.id.is_empty();
        let id = if minted { Cow::Owned(format!("call_{}", self.count)) } else { Cow::Borrowed(&*piece.id) };
        self.count += 1;
        self.last = Some(block);
        out.tool_started(block, &id, &piece.name, minted);
        let Some(mut args) = piece.args else {
            self.open = Some(Open { block, arguments: Tree::default() });
            return Ok(());
        };
        let arguments = match args.peek()? {
            Kind::String => args.text()?.unwrap_or_default(),
            _ => text::lossy(args.raw()?),
        };
        out.push_delta(Channel::Arguments, block, &arguments);
        Ok(())
    }

    /// Hands out the arguments that came in pieces; those of a reply that was cut are not `whole`.
    pub(super) fn flush(&mut self, whole: bool, out: &mut Batch) {
        if let Some(open) = self.open.take() {
            let mut arguments = String::new();
            open.arguments.write(whole, &mut arguments);
            out.push_delta(Channel::Arguments, open.block, &arguments);
        }
    }
}

fn piece<'a>(scan: &mut Scan<'a>) -> Read<Piece<'a>> {
    let mut piece = Piece::default();
    let Some(mut object) = scan.object()? else { return Ok(piece) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"id" => piece.id = scan.text()?.unwrap_or_default(),
            b"name" => piece.name = scan.text()?.unwrap_or_default(),
            b"willContinue" => piece.more = scan.raw()? == b"true",
            b"args" => piece.args = scan.later()?,
            b"partialArgs" => piece.partial = scan.later()?,
            _ => scan.skip()?,
        }
    }
    Ok(piece)
}
