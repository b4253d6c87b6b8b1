//! The token counts of a chat completion, and of those who count another way.

use super::super::tokens::{input_details, output_details};
use crate::scan::{Read, Scan};
use crate::usage::Usage;

/// Reads a usage object; anything else says nothing.
pub(super) fn read(scan: &mut Scan<'_>) -> Read<Usage> {
    let mut usage = Usage::default();
    let Some(mut object) = scan.object()? else { return Ok(usage) };
    while let Some(key) = scan.key(&mut object)? {
        match &*key {
            b"prompt_tokens" => usage.input = scan.count()?,
            b"completion_tokens" => usage.output = scan.count()?,
            b"total_tokens" => usage.total = scan.count()?,
            // The names of DeepSeek, Moonshot, Mistral and Databricks for the cached part.
            b"prompt_cache_hit_tokens" | b"cached_tokens" | b"num_cached_tokens" | b"cache_read_input_tokens" => {
                usage.cache_read = scan.count()?.or(usage.cache_read);
            }
            b"cache_creation_input_tokens" => usage.cache_write = scan.count()?.or(usage.cache_write),
            b"reasoning_tokens" => usage.reasoning = scan.count()?.or(usage.reasoning),
            b"prompt_tokens_details" => input_details(scan, &mut usage)?,
            b"completion_tokens_details" => output_details(scan, &mut usage)?,
            _ => scan.skip()?,
        }
    }
    Ok(normal(usage))
}

/// Brings the counts to one meaning, judged by the numbers: names of providers change, sums do not.
fn normal(usage: Usage) -> Usage {
    let mut usage = usage.clamped();
    if let (Some(input), Some(output), Some(reasoning), Some(total)) =
        (usage.input, usage.output, usage.reasoning, usage.total)
        && reasoning > 0
        && total == input + output + reasoning
    {
        // xAI leaves reasoning out of the completion, and has it in the total (97 of 97 recorded replies).
        usage.output = Some(output + reasoning);
    }
    if let (Some(input), Some(output), Some(audio), Some(total)) =
        (usage.input, usage.output, usage.audio_input, usage.total)
        && audio > input
        && total == input + output + audio
    {
        // Mistral leaves audio out of the prompt, and has it in the total (2 of 2 recorded replies).
        usage.input = Some(input + audio);
    }
    if let (Some(input), Some(cached)) = (usage.input, usage.cache_read)
        && cached > input
    {
        // Grok on Azure leaves cached tokens out of the prompt.
        usage.input = Some(input + cached);
    }
    usage
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::scan::Scan;

    #[test]
    fn counts_get_one_meaning() {
        for (name, json, input, output) in [
            ("as OpenAI", r#"{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}"#, Some(5), Some(7)),
            (
                "reasoning outside, as xAI",
                r#"{"prompt_tokens":49,"completion_tokens":32,"total_tokens":264,"completion_tokens_details":{"reasoning_tokens":183}}"#,
                Some(49),
                Some(215),
            ),
            (
                "reasoning inside",
                r#"{"prompt_tokens":49,"completion_tokens":215,"total_tokens":264,"completion_tokens_details":{"reasoning_tokens":183}}"#,
                Some(49),
                Some(215),
            ),
            (
                "cached outside, as Grok on Azure",
                r#"{"prompt_tokens":23,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":190}}"#,
                Some(213),
                Some(1),
            ),
            (
                "audio outside, as Mistral",
                r#"{"prompt_tokens":9,"completion_tokens":248,"total_tokens":632,"prompt_tokens_details":{"audio_tokens":375}}"#,
                Some(384),
                Some(248),
            ),
            ("as text and as floats", r#"{"prompt_tokens":"5","completion_tokens":7.0}"#, Some(5), Some(7)),
            ("below zero", r#"{"prompt_tokens":5,"completion_tokens":-9}"#, Some(5), Some(0)),
            ("unknown is not zero", r#"{"prompt_tokens":null}"#, None, None),
            ("no object", "[]", None, None),
        ] {
            let usage = read(&mut Scan::new(json.as_bytes())).expect(name);
            assert_eq!((usage.input, usage.output), (input, output), "{name}");
        }
    }
}
