//! Token counts with one meaning, whatever the provider calls them.

/// What a reply cost in tokens. `None` means that nobody said, which is not 0.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// All prompt tokens, cached ones included.
    pub input: Option<i64>,
    /// All generated tokens, reasoning included.
    pub output: Option<i64>,
    /// Of `input`: read from a cache.
    pub cache_read: Option<i64>,
    /// Of `input`: written to a cache.
    pub cache_write: Option<i64>,
    /// Of `output`: spent on reasoning.
    pub reasoning: Option<i64>,
    /// Of `input`: audio.
    pub audio_input: Option<i64>,
    /// Of `output`: audio.
    pub audio_output: Option<i64>,
    /// As the provider totals them.
    pub total: Option<i64>,
}

impl Usage {
    /// Whether nothing at all was said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Counts below 0 have been seen (`output_tokens: -9`, o4-mini); they mean nothing.
    #[must_use]
    pub(crate) fn clamped(self) -> Self {
        let clamp = |count: Option<i64>| count.map(|count| count.max(0));
        Self {
            input: clamp(self.input),
            output: clamp(self.output),
            cache_read: clamp(self.cache_read),
            cache_write: clamp(self.cache_write),
            reasoning: clamp(self.reasoning),
            audio_input: clamp(self.audio_input),
            audio_output: clamp(self.audio_output),
            total: clamp(self.total),
        }
    }
}
