//! Token counts: cumulative, sent with each piece, so the last ones count.

use std::ops::Range;

use super::super::Lesson;
use crate::scan::{Kind, Read, Scan};
use crate::template::Counts;
use crate::usage::Usage;

/// The fields of `usageMetadata` that mean something, by their place in [`Tokens`].
const FIELDS: [(&[u8], u8); 6] = [
    (b"promptTokenCount", PROMPT),
    (b"candidatesTokenCount", CANDIDATES),
    (b"totalTokenCount", TOTAL),
    (b"thoughtsTokenCount", THOUGHTS),
    (b"cachedContentTokenCount", CACHED),
    (b"toolUsePromptTokenCount", TOOLS),
];
/// What the total is the sum of.
const SUMMED: [u8; 4] = [PROMPT, TOOLS, CANDIDATES, THOUGHTS];
const PROMPT: u8 = 0;
const CANDIDATES: u8 = 1;
const TOTAL: u8 = 2;
const THOUGHTS: u8 = 3;
const CACHED: u8 = 4;
const TOOLS: u8 = 5;
const AUDIO_IN: u8 = 6;
const AUDIO_OUT: u8 = 7;
/// A count of a modality that we do not keep.
const OTHER: u8 = 8;

/// The last counts.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tokens {
    counts: [Option<i64>; OTHER as usize],
}

impl Tokens {
    fn set(&mut self, name: u8, count: i64) {
        if let Some(place) = self.counts.get_mut(usize::from(name)) {
            *place = Some(count);
        }
    }

    fn get(&self, name: u8) -> Option<i64> {
        self.counts.get(usize::from(name)).copied().flatten()
    }

    /// Takes the counts of a frame that fits a template.
    pub(super) fn take(&mut self, counts: &Counts) {
        let mut last = Self::default();
        for (name, count) in counts.iter() {
            last.set(name, count);
        }
        self.follow(last);
    }

    /// The last counts follow those before. Some versions leave a field out of the last piece
    /// (`googleapis/python-genai#1204`): it stays as it was if the total has room for it.
    fn follow(&mut self, last: Self) {
        if last == Self::default() {
            return;
        }
        let before = std::mem::replace(self, last);
        let known = |name: u8| last.get(name).unwrap_or(0);
        let mut room = last.get(TOTAL).unwrap_or(0) - SUMMED.into_iter().map(known).sum::<i64>();
        for name in SUMMED {
            if let (None, Some(count)) = (last.get(name), before.get(name))
                && (count <= room || last.get(TOTAL).is_none())
            {
                room -= count;
                self.set(name, count);
            }
        }
        if let (None, Some(count)) = (last.get(CACHED), before.get(CACHED))
            && self.get(PROMPT) == before.get(PROMPT)
        {
            self.set(CACHED, count);
        }
    }

    /// Reads `usageMetadata`.
    pub(super) fn read(&mut self, scan: &mut Scan<'_>, lesson: &mut Lesson) -> Read<()> {
        let Some(mut object) = scan.object()? else { return Ok(()) };
        let mut last = Self::default();
        while let Some(key) = scan.key(&mut object)? {
            match &*key {
                b"promptTokensDetails" => last.details(scan, AUDIO_IN, lesson)?,
                b"candidatesTokensDetails" | b"responseTokensDetails" => last.details(scan, AUDIO_OUT, lesson)?,
                key => match FIELDS.iter().find(|(field, _)| *field == key) {
                    Some((_, name)) => {
                        let (count, digits) = number(scan)?;
                        last.learn(*name, count, digits, lesson);
                    }
                    None => scan.skip()?,
                },
            }
        }
        self.follow(last);
        Ok(())
    }

    fn learn(&mut self, name: u8, count: Option<i64>, digits: Option<Range<usize>>, lesson: &mut Lesson) {
        if let Some(count) = count {
            self.set(name, count);
            lesson.count(name, digits);
        }
    }

    /// Counts by modality: only audio has a price of its own.
    fn details(&mut self, scan: &mut Scan<'_>, audio: u8, lesson: &mut Lesson) -> Read<()> {
        let Some(mut array) = scan.array()? else { return Ok(()) };
        while scan.item(&mut array)? {
            let (mut name, mut counted) = (OTHER, (None, None));
            let Some(mut object) = scan.object()? else { continue };
            while let Some(key) = scan.key(&mut object)? {
                match &*key {
                    b"modality" => name = if scan.is_text(b"AUDIO")? { audio } else { OTHER },
                    b"tokenCount" => counted = number(scan)?,
                    _ => scan.skip()?,
                }
            }
            self.learn(name, counted.0, counted.1, lesson);
        }
        Ok(())
    }

    /// The counts with one meaning: thoughts are output, and what the provider's own tools put before the model is
    /// input; the total of the recorded replies is the sum of all four.
    pub(super) fn usage(&self) -> Usage {
        let sum = |first: Option<i64>, second: Option<i64>| match (first, second) {
            (None, None) => None,
            (first, second) => Some(first.unwrap_or(0) + second.unwrap_or(0)),
        };
        let reply = Usage {
            input: sum(self.get(PROMPT), self.get(TOOLS)),
            output: sum(self.get(CANDIDATES), self.get(THOUGHTS)),
            cache_read: self.get(CACHED),
            cache_write: None,
            reasoning: self.get(THOUGHTS),
            audio_input: self.get(AUDIO_IN),
            audio_output: self.get(AUDIO_OUT),
            total: self.get(TOTAL),
        };
        reply.clamped()
    }
}

/// A count, and where its digits stand if it is written in nothing else.
fn number(scan: &mut Scan<'_>) -> Read<(Option<i64>, Option<Range<usize>>)> {
    let kind = scan.peek()?;
    let (from, mut digits) = (scan.at(), *scan);
    let plain = kind == Kind::Number && digits.raw()?.iter().all(u8::is_ascii_digit);
    let count = scan.count()?;
    Ok((count, plain.then(|| from..scan.at())))
}
