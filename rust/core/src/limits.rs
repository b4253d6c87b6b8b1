//! How much one reply may hold.

/// Bounds on a reply, each with a typed fault behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one event, line or document. Image and file events of Gemini and Responses pass 1 MiB
    /// (`googleapis/python-genai#2248`), so line limits of 64-512 KiB, as in other clients, are too small.
    pub event: usize,
    /// Bytes of one whole reply.
    pub total: u64,
    /// Events of one reply.
    pub events: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { event: 16 << 20, total: 512 << 20, events: 10_000_000 }
    }
}

/// Bytes outside the framing that are kept, to tell an error body or a page from noise.
pub(crate) const STRAY: usize = 64 << 10;
