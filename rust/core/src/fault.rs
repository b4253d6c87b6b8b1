//! What can be wrong with a stream, as a value.

/// A limit that input can pass, with its precedent in [`crate::limits::Limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// One event, line or document.
    Event,
    /// All bytes of one reply.
    Total,
    /// The number of events of one reply.
    Events,
}

impl Bound {
    /// The word for this bound on the Python side.
    pub fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Total => "reply",
            Self::Events => "events",
        }
    }
}

/// Why a stream ended without being finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The provider reported an error inside the reply; the payload as it came.
    Provider {
        /// The error object, or the text, that was sent.
        payload: String,
    },
    /// A payload that is not the JSON it should be.
    Malformed {
        /// Which payload of the reply, counted from 0.
        frame: u64,
        /// Its first characters.
        preview: String,
    },
    /// The reply is not what was asked for: a page, plain text, a document of another kind.
    Foreign {
        /// What it looks like.
        kind: Foreign,
        /// Its first characters.
        preview: String,
    },
    /// The reply ended without any payload.
    Empty,
    /// The reply ended before its terminal marker.
    Truncated {
        /// Text outside the framing that came with the cut, if any.
        stray: String,
    },
    /// A limit was passed.
    TooLarge {
        /// Which limit.
        bound: Bound,
        /// Its value.
        limit: u64,
    },
}

/// What a reply that is not ours looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// An HTML page.
    Html,
    /// Text without structure.
    Text,
    /// JSON, but no answer of this dialect.
    Json,
}

impl Foreign {
    /// The word for this kind on the Python side.
    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Text => "not_json",
            Self::Json => "not_a_reply",
        }
    }
}

/// How much of a damaged payload is worth showing, in characters.
const PREVIEW: usize = 200;

/// The first characters of some bytes, for a person to recognise them.
pub(crate) fn preview(bytes: &[u8]) -> String {
    let enough = bytes.get(..PREVIEW * 4).unwrap_or(bytes);
    String::from_utf8_lossy(enough).chars().take(PREVIEW).collect()
}
