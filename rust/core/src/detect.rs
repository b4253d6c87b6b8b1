//! Tells the dialect of a captured reply by its first bytes.
//!
//! Every dialect names itself early: by the type or the object of its payloads, or by a member that no other has. The
//! members of the first payloads are read in order, as far as they have come, and held against a table.

use memchr::memchr2;

use crate::framing::field;
use crate::scan::{Kind, Scan};

/// How the value of a member must be for the row to count.
#[derive(Debug, Clone, Copy)]
enum Value {
    /// Whatever it is.
    Any,
    /// Of this kind.
    Is(Kind),
    /// This word.
    Word(&'static [u8]),
    /// A word that begins so.
    Starts(&'static [u8]),
}

use Value::{Any, Is, Starts, Word};

const ANTHROPIC: &str = "anthropic-messages";
const CHAT: &str = "openai-chat";
const GOOGLE: &str = "google-generate";
const OLLAMA: &str = "ollama-chat";
const RESPONSES: &str = "openai-responses";

/// Members that tell a dialect by themselves. The first member of a payload that has a row decides.
const TELLING: [(&[u8], Value, &str); 21] = [
    (b"choices", Any, CHAT),
    (b"object", Starts(b"chat.completion"), CHAT),
    (b"object", Word(b"text_completion"), CHAT),
    (b"object", Word(b"response"), RESPONSES),
    (b"type", Starts(b"response."), RESPONSES),
    (b"sequence_number", Any, RESPONSES),
    (b"type", Word(b"message"), ANTHROPIC),
    (b"type", Starts(b"message_"), ANTHROPIC),
    (b"type", Starts(b"content_block_"), ANTHROPIC),
    (b"type", Word(b"ping"), ANTHROPIC),
    (b"stop_reason", Any, ANTHROPIC),
    (b"candidates", Any, GOOGLE),
    (b"promptFeedback", Any, GOOGLE),
    (b"usageMetadata", Any, GOOGLE),
    (b"modelVersion", Any, GOOGLE),
    (b"responseId", Any, GOOGLE),
    (b"done", Is(Kind::Bool), OLLAMA),
    (b"done_reason", Is(Kind::String), OLLAMA),
    // Of Responses it is a number.
    (b"created_at", Is(Kind::String), OLLAMA),
    (b"response", Is(Kind::String), OLLAMA),
    (b"base_resp", Is(Kind::Object), CHAT),
];

/// The dialect of a reply that begins with these bytes; `None` when they do not tell, or not yet.
///
/// Errors in place of a reply are told by their form, as far as forms differ.
///
/// ```
/// use modelmix_core::detect::detect;
/// assert_eq!(detect(b"data: {\"id\":\"x\",\"choices\":["), Some("openai-chat"));
/// assert_eq!(detect(b"{\"message\":{\"content\":\"hi\"},\"done\":false}\n"), Some("ollama-chat"));
/// assert_eq!(detect(b"<html>"), None);
/// ```
pub fn detect(head: &[u8]) -> Option<&'static str> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    match head.first()? {
        b'{' => document(head).or_else(|| head.split(|byte| *byte == b'\n').find_map(document)),
        b'[' => document(head.get(1..)?.trim_ascii_start()),
        _ => lines(head).find_map(|line| match field(line) {
            (b"event", name) => event(name),
            (b"data", payload) => document(payload),
            _ => None,
        }),
    }
}

/// Lines ended by a line feed, a carriage return, or both.
fn lines(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = rest.get(..end)?;
        rest = rest.get(end + 1..).unwrap_or_default();
        Some(line)
    })
}

/// The two dialects that name their events call them as their payloads.
fn event(name: &[u8]) -> Option<&'static str> {
    // What an event without a name is called.
    if name == b"message" {
        return None;
    }
    let fits = |(key, wanted, _): &&(&[u8], Value, &'static str)| *key == b"type" && word_fits(*wanted, name);
    TELLING.iter().find(fits).map(|(_, _, dialect)| *dialect)
}

/// The dialect of one payload, or of as much of it as there is.
fn document(payload: &[u8]) -> Option<&'static str> {
    let mut scan = Scan::new(payload);
    let mut object = scan.object().ok()??;
    let (mut failed, mut error, mut message) = (false, None, false);
    // What has not come yet is a flaw, and ends the reading without a word; only a whole payload tells by what it lacks.
    while let Some(key) = scan.key(&mut object).ok()? {
        let mut value = scan;
        if let Some(dialect) = member(&key, value) {
            return Some(dialect);
        }
        match &*key {
            b"type" => failed |= value.is_text(b"error").unwrap_or(false),
            b"error" => error = Some(value),
            // Anthropic's first event has one too, beside its type.
            b"message" => message = value.peek() == Ok(Kind::Object),
            _ => {}
        }
        scan.skip().ok()?;
    }
    match error {
        Some(error) => error_form(failed, error),
        None => message.then_some(OLLAMA),
    }
}

fn member(key: &[u8], value: Scan<'_>) -> Option<&'static str> {
    let fits = |(known, wanted, _): &&(&[u8], Value, &'static str)| *known == key && value_fits(*wanted, value);
    TELLING.iter().find(fits).map(|(_, _, dialect)| *dialect)
}

fn value_fits(wanted: Value, mut value: Scan<'_>) -> bool {
    match wanted {
        Any => true,
        Is(kind) => value.peek() == Ok(kind),
        Word(_) | Starts(_) => {
            value.peek() == Ok(Kind::String)
                && value.text().is_ok_and(|text| text.is_some_and(|text| word_fits(wanted, text.as_bytes())))
        }
    }
}

fn word_fits(wanted: Value, word: &[u8]) -> bool {
    match wanted {
        Any | Is(_) => false,
        Word(known) => word == known,
        Starts(known) => word.starts_with(known),
    }
}

/// Who words an error so: a text is Ollama's, a type beside it Anthropic's, a status in it Google's, all else `OpenAI`'s.
fn error_form(failed: bool, mut error: Scan<'_>) -> Option<&'static str> {
    match error.peek().ok()? {
        Kind::String => Some(OLLAMA),
        Kind::Object if failed => Some(ANTHROPIC),
        Kind::Object => {
            let mut object = error.object().ok()??;
            while let Some(key) = error.key(&mut object).ok()? {
                if &*key == b"status" && error.peek() == Ok(Kind::String) {
                    return Some(GOOGLE);
                }
                error.skip().ok()?;
            }
            Some(CHAT)
        }
        Kind::Null | Kind::Bool | Kind::Number | Kind::Array => None,
    }
}

#[cfg(test)]
mod tests {
    use super::detect;

    #[test]
    fn first_payloads_tell_the_dialect() {
        for (head, dialect) in [
            // openai-chat
            ("data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\"", Some("openai-chat")),
            (": OPENROUTER PROCESSING\n\ndata: {\"choices\":[]}\n\n", Some("openai-chat")),
            ("\n\n{\n  \"id\": \"c1\",\n  \"choices\": [", Some("openai-chat")),
            ("{\"error\":{\"message\":\"no\",\"type\":\"invalid_request_error\",\"code\":null}}", Some("openai-chat")),
            // openai-responses
            ("event: response.created\r\ndata: {", Some("openai-responses")),
            ("data: {\"type\":\"response.created\",\"response\":{", Some("openai-responses")),
            ("{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":1", Some("openai-responses")),
            ("data: {\"type\":\"error\",\"sequence_number\":2,\"code\":\"x\"}\n\n", Some("openai-responses")),
            // anthropic-messages
            ("event: message_start\ndata: {\"ty", Some("anthropic-messages")),
            ("event: ping\ndata: {\"type\": \"ping\"}\n\n", Some("anthropic-messages")),
            ("data:{\"message\":{},\"type\":\"message_start\"}\r\r", Some("anthropic-messages")),
            ("{\"model\":\"c\",\"id\":\"msg_1\",\"type\":\"message\",\"role\":", Some("anthropic-messages")),
            ("{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}", Some("anthropic-messages")),
            // google-generate
            ("data: {\"candidates\": [{\"content\": {\"pa", Some("google-generate")),
            ("[{\n  \"candidates\": [", Some("google-generate")),
            ("{\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}", Some("google-generate")),
            (
                "[{\"error\":{\"code\":400,\"message\":\"no\",\"status\":\"INVALID_ARGUMENT\"}}]",
                Some("google-generate"),
            ),
            // ollama-chat
            ("{\"model\":\"m\",\"created_at\":\"2025\",\"message\":{\"role\"", Some("ollama-chat")),
            ("{\"model\":\"m\",\"created_at\":\"2025\",\"response\":\"Hi\",\"done\":false}\n", Some("ollama-chat")),
            ("{\"error\":\"model 'x' not found\"}", Some("ollama-chat")),
            ("{\"model\":\"m\"}\n{\"done\":true}", Some("ollama-chat")),
            ("{\"message\":{\"content\":\"a\"},\"done\":fal", Some("ollama-chat")),
            // None of them, or not yet
            ("", None),
            ("data: {\"id\":\"c1\",\"obj", None),
            ("event: message\ndata: hi\n\n", None),
            ("data: [DONE]\n\n", None),
            ("{\"models\":[]}", None),
            ("{\"error\":null}", None),
            ("[]", None),
            ("[1", None),
            ("<!DOCTYPE html>", None),
            ("upstream request timeout", None),
        ] {
            assert_eq!(detect(head.as_bytes()), dialect, "{head}");
            assert_eq!(detect(["\u{feff}", head].concat().as_bytes()), dialect, "{head}");
        }
    }
}
