//! Why a reply ended, in Google's words.

use crate::event::Finish;

/// The meaning of a `finishReason`, or of `promptFeedback:` with a `blockReason`. Words that nobody knows are `other`.
pub(super) fn finish(raw: &str) -> Finish {
    match raw {
        "STOP" => Finish::Stop,
        "MAX_TOKENS" => Finish::Length,
        "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "MODEL_ARMOR"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION" => Finish::ContentFilter,
        "MALFORMED_FUNCTION_CALL"
        | "UNEXPECTED_TOOL_CALL"
        | "TOO_MANY_TOOL_CALLS"
        | "MISSING_THOUGHT_SIGNATURE"
        | "MALFORMED_RESPONSE" => Finish::Error,
        "" | "FINISH_REASON_UNSPECIFIED" => Finish::Unknown,
        _ if raw.starts_with("promptFeedback:") => Finish::ContentFilter,
        _ => Finish::Other,
    }
}
