//! The token counts of a response.

use super::super::tokens::{input_details, output_details};
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
