//! The token counts of a message, said at its start and again, cumulative, near its end.

use crate::scan::{Read, Scan};
use crate::usage::Usage;

/// The counts as they were last said. A later one replaces the earlier; nothing is added up over events.
#[derive(Debug, Default)]
pub(super) struct Counts {
    input: Option<i64>,
    output: Option<i64>,
    cache_read: Option<i64>,
    cache_write: Option<i64>,
    thinking: Option<i64>,
}

impl Counts {
    /// Reads a usage object; what it leaves out or gives as `null` stays as it was.
    pub(super) fn read(&mut self, scan: &mut Scan<'_>) -> Read<()> {
        let Some(mut object) = scan.object()? else { return Ok(()) };
        while let Some(key) = scan.key(&mut object)? {
            let place = match &*key {
                b"input_tokens" => &mut self.input,
                b"output_tokens" => &mut self.output,
                b"cache_read_input_tokens" => &mut self.cache_read,
                b"cache_creation_input_tokens" => &mut self.cache_write,
                b"output_tokens_details" => {
                    self.details(scan)?;
                    continue;
                }
                _ => {
                    scan.skip()?;
                    continue;
                }
            };
            *place = scan.count()?.or(*place);
        }
        Ok(())
    }

    fn details(&mut self, scan: &mut Scan<'_>) -> Read<()> {
        let Some(mut object) = scan.object()? else { return Ok(()) };
        while let Some(key) = scan.key(&mut object)? {
            match &*key {
                b"thinking_tokens" => self.thinking = scan.count()?.or(self.thinking),
                _ => scan.skip()?,
            }
        }
        Ok(())
    }

    /// The counts in our meaning. Anthropic counts cached tokens beside `input_tokens`; ours are inside. Thinking is
    /// a part of `output_tokens` for both. Anthropic gives no total.
    pub(super) fn usage(&self) -> Usage {
        let counts = Usage {
            input: self.input,
            output: self.output,
            cache_read: self.cache_read,
            cache_write: self.cache_write,
            reasoning: self.thinking,
            ..Usage::default()
        };
        let counts = counts.clamped();
        let cached = counts.cache_read.unwrap_or(0).saturating_add(counts.cache_write.unwrap_or(0));
        Usage { input: counts.input.map(|input| input.saturating_add(cached)), ..counts }
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;
    use crate::scan::Scan;

    #[test]
    fn the_last_word_counts_and_cached_tokens_are_inside() {
        let start = r#"{"input_tokens":0,"output_tokens":1,"cache_read_input_tokens":null}"#;
        for (name, said, input, output, reasoning) in [
            ("only at the start", &[start][..], Some(0), Some(1), None),
            ("again at the end", &[start, r#"{"input_tokens":20,"output_tokens":14}"#], Some(20), Some(14), None),
            ("left out at the end", &[start, r#"{"output_tokens":14}"#], Some(0), Some(14), None),
            (
                "cached",
                &[r#"{"input_tokens":3,"cache_read_input_tokens":40,"cache_creation_input_tokens":500}"#],
                Some(543),
                None,
                None,
            ),
            (
                "thinking inside the output",
                &[r#"{"output_tokens":90,"output_tokens_details":{"thinking_tokens":60}}"#],
                None,
                Some(90),
                Some(60),
            ),
            ("no object", &["[]"], None, None, None),
        ] {
            let mut counts = Counts::default();
            for usage in said {
                counts.read(&mut Scan::new(usage.as_bytes())).expect(name);
            }
            let usage = counts.usage();
            assert_eq!((usage.input, usage.output, usage.reasoning), (input, output, reasoning), "{name}");
            assert_eq!(usage.total, None, "{name}");
        }
    }
}
