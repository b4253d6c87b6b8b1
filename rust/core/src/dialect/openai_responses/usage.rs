//! The token counts of a response.

use crate::scan::{Read, Scan};
use crate::usage::Usage;

/// Reads a usage object; anything else says nothing. Input has the cached tokens in it and output the reasoning, with
/// xAI too: total = input + output wherever all three are given.
pub(super) fn read(scan: &mut Scan<'_>) -> Read<Usage> {
    let mut usage = Usage::default();
    let Some(mut object) = scan.object()? else { return Ok(usage) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"input_tokens" => usage.input = scan.count()?,
            b"output_tokens" => usage.output = scan.count()?,
            b"total_tokens" => usage.total = scan.count()?,
            b"input_tokens_details" => input_details(scan, &mut usage)?,
            b"output_tokens_details" => output_details(scan, &mut usage)?,
            _ => scan.skip()?,
        }
    }
    Ok(usage.clamped())
}

fn input_details(scan: &mut Scan<'_>, usage: &mut Usage) -> Read<()> {
    let Some(mut object) = scan.object()? else { return Ok(()) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"cached_tokens" => usage.cache_read = scan.count()?,
            b"cache_write_tokens" => usage.cache_write = scan.count()?,
            b"audio_tokens" => usage.audio_input = scan.count()?,
            _ => scan.skip()?,
        }
    }
    Ok(())
}

fn output_details(scan: &mut Scan<'_>, usage: &mut Usage) -> Read<()> {
    let Some(mut object) = scan.object()? else { return Ok(()) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"reasoning_tokens" => usage.reasoning = scan.count()?,
            b"audio_tokens" => usage.audio_output = scan.count()?,
            _ => scan.skip()?,
        }
    }
    Ok(())
}
