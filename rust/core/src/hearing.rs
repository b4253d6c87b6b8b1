//! What a frame amounts to: a keep-alive, the end, or a payload for the dialect.

use crate::dialect::{Heard, Listen};
use crate::event::Batch;
use crate::fault::{Fault, preview};
use crate::framing::Frame;
use crate::scan::{Flaw, Scan};
use crate::strict;

use crate::decoder::Tally;

/// What a frame amounts to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sound {
    /// A keep-alive.
    Nothing,
    /// `[DONE]`.
    Done,
    /// A payload.
    Heard(Heard),
}

pub(crate) fn is_done(data: &[u8]) -> bool {
    data.trim_ascii() == b"[DONE]"
}

/// Keep-alives are also sent as data: empty, a comment inside the field, or `null`.
fn is_idle(data: &[u8]) -> bool {
    matches!(data.first(), None | Some(b':')) || data == b"null"
}

pub(crate) fn hear(
    state: &mut dyn Listen,
    batch: &mut Batch,
    frame: &Frame<'_>,
    tally: &mut Tally,
) -> Result<Sound, Fault> {
    let data = frame.data.trim_ascii();
    if is_idle(data) {
        return Ok(Sound::Nothing);
    }
    if is_done(data) {
        return Ok(Sound::Done);
    }
    if frame.event == b"error" {
        return Ok(Sound::Heard(Heard::Error(String::from_utf8_lossy(data).into_owned())));
    }
    // A missing blank line joins payloads; they count if each line is one (`Wei-Shaw/sub2api#1471`).
    if memchr::memchr(b'\n', data).is_some() && !is_one_value(data) {
        return hear_lines(state, batch, data, tally);
    }
    // Offsets of the hole are relative to the untrimmed data, so that is what is read.
    read(state, batch, frame.data, false, tally)
}

fn is_one_value(data: &[u8]) -> bool {
    let mut scan = Scan::new(data);
    scan.skip().is_ok() && scan.end().is_ok()
}

fn hear_lines(state: &mut dyn Listen, batch: &mut Batch, data: &[u8], tally: &mut Tally) -> Result<Sound, Fault> {
    let lines = || data.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    if !lines().all(|line| is_done(line) || strict::is_document(line)) {
        return Err(Fault::Malformed { frame: tally.frames, preview: preview(data) });
    }
    let mut last = Sound::Nothing;
    for line in lines() {
        last = if is_done(line) { Sound::Done } else { read(state, batch, line, false, tally)? };
        if last == Sound::Done || matches!(last, Sound::Heard(Heard::Error(_))) {
            break;
        }
    }
    Ok(last)
}

/// Reads a whole body: one document, the first item of an array, or one document a line.
pub(crate) fn hear_body(
    state: &mut dyn Listen,
    batch: &mut Batch,
    data: &[u8],
    tally: &mut Tally,
) -> Result<Sound, Fault> {
    let mut scan = Scan::new(data);
    match scan.skip().and_then(|()| scan.end()) {
        Ok(()) => read(state, batch, first_item(data), true, tally),
        // The body was cut; what it says so far is not to be trusted.
        Err(Flaw::Short) => Ok(Sound::Nothing),
        Err(_) => hear_lines(state, batch, data, tally),
    }
}

/// Errors also come as an array with one item.
fn first_item(data: &[u8]) -> &[u8] {
    let mut scan = Scan::new(data);
    let mut first = || {
        let mut array = scan.array().ok()??;
        scan.item(&mut array).ok()?.then(|| scan.raw().ok())?
    };
    if data.trim_ascii_start().starts_with(b"[") { first().unwrap_or(data) } else { data }
}

fn read(
    state: &mut dyn Listen,
    batch: &mut Batch,
    data: &[u8],
    whole: bool,
    tally: &mut Tally,
) -> Result<Sound, Fault> {
    let mark = batch.mark();
    let frame = tally.frames;
    tally.frames += 1;
    let Ok(heard) = state.read(data, whole, batch) else {
        batch.rewind(mark);
        return Err(Fault::Malformed { frame, preview: preview(data) });
    };
    Ok(Sound::Heard(heard))
}

/// A bare JSON error where SSE was expected; gateways send it under 200 (`lemonade-sdk/lemonade#2826`).
pub(crate) fn stray_error(stray: &[u8]) -> Option<String> {
    let start = memchr::memchr2(b'{', b'[', stray)?;
    let body = first_item(stray.get(start..)?);
    let mut scan = Scan::new(body);
    let mut object = scan.object().ok()??;
    while let Some(key) = scan.key(&mut object).ok()? {
        if &*key == b"error" {
            return Some(String::from_utf8_lossy(body).into_owned());
        }
        scan.skip().ok()?;
    }
    None
}
