//! The details of `OpenAI`'s token counts, which its two dialects have alike.

use crate::scan::{Read, Scan};
use crate::usage::Usage;

/// Reads what is told of the input apart.
pub(super) fn input_details(scan: &mut Scan<'_>, usage: &mut Usage) -> Read<()> {
    let Some(mut object) = scan.object()? else { return Ok(()) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"cached_tokens" => usage.cache_read = scan.count()?.or(usage.cache_read),
            b"cache_write_tokens" => usage.cache_write = scan.count()?,
            b"audio_tokens" => usage.audio_input = scan.count()?,
            _ => scan.skip()?,
        }
    }
    Ok(())
}

/// Reads what is told of the output apart.
pub(super) fn output_details(scan: &mut Scan<'_>, usage: &mut Usage) -> Read<()> {
    let Some(mut object) = scan.object()? else { return Ok(()) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"reasoning_tokens" => usage.reasoning = scan.count()?.or(usage.reasoning),
            b"audio_tokens" => usage.audio_output = scan.count()?,
            _ => scan.skip()?,
        }
    }
    Ok(())
}
