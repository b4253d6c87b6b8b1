//! What a payload teaches: which of its literals vary, and what the text in them goes to.

use std::ops::Range;

use crate::template::{Hole, Role};

/// Which stream of text a template fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// None: the frame brings nothing.
    Silence,
    /// The answer.
    Text,
    /// The reasoning.
    Reasoning,
    /// The reasoning, and this entry of its details.
    Detail(usize),
    /// The arguments of the tool call at this place.
    Arguments(usize),
    /// Whatever the content block at this place is made of.
    Block(usize),
}

/// Gathers what one payload teaches while it is read.
#[derive(Debug, Default)]
pub(crate) struct Lesson {
    slot: Option<Slot>,
    holes: Vec<Hole>,
    spoiled: bool,
}

impl Lesson {
    /// Starts on another payload.
    pub(crate) fn restart(&mut self) {
        self.slot = None;
        self.holes.clear();
        self.spoiled = false;
    }

    /// The payload does more than to bring one text.
    pub(crate) fn spoil(&mut self) {
        self.spoiled = true;
    }

    /// The payload brings this text. A second one spoils it.
    pub(crate) fn value(&mut self, slot: Slot, literal: Option<Range<usize>>) {
        if let Some(literal) = literal.filter(|literal| !literal.is_empty()) {
            self.spoiled |= self.slot.replace(slot).is_some();
            self.holes.push((Role::Value, literal));
        }
    }

    /// A literal that repeats the text.
    pub(crate) fn mirror(&mut self, literal: Option<Range<usize>>) {
        self.holes.extend(literal.map(|literal| (Role::Mirror, literal)));
    }

    /// A literal that means nothing.
    pub(crate) fn padding(&mut self, literal: Option<Range<usize>>) {
        self.holes.extend(literal.map(|literal| (Role::Padding, literal)));
    }

    /// A count; one that is not written in plain digits spoils the lesson.
    pub(crate) fn count(&mut self, name: u8, digits: Option<Range<usize>>) {
        match digits {
            Some(digits) => self.holes.push((Role::Count(name), digits)),
            None => self.spoiled = true,
        }
    }

    /// Spaces between two tokens, where there may be any number of them.
    pub(crate) fn blank(&mut self, spaces: Range<usize>) {
        self.holes.push((Role::Blank, spaces));
    }

    /// A counter that means nothing; one that is not written in plain digits is left as it stands.
    pub(crate) fn counter(&mut self, digits: Option<Range<usize>>) {
        self.holes.extend(digits.map(|digits| (Role::Counter, digits)));
    }

    /// What is to be learned, if anything.
    pub(crate) fn learned(&self) -> Option<(Slot, Vec<Hole>)> {
        let slot = self.slot.unwrap_or(Slot::Silence);
        (!self.spoiled).then(|| (slot, self.holes.clone()))
    }
}
