//! Cuts change nothing: not for the framing, and not for the decoder, whether frames are recognised by a template or
//! read one by one.
#![cfg(test)]

mod cuts;

use cuts::{pieces, singly};
use modelmix_core::decoder::{Decoder, Settings};
use modelmix_core::dialect::Dialect;
use modelmix_core::fold::Answer;
use modelmix_core::framing::Sse;
use modelmix_core::json;
use modelmix_core::tags::Tags;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

fn config() -> ProptestConfig {
    ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() }
}

/// What the framing makes of some chunks: events, id, retry, stray lines, and what is pending.
#[derive(Debug, PartialEq)]
struct Framed {
    events: Vec<(Vec<u8>, Vec<u8>, bool)>,
    id: Vec<u8>,
    retry: Option<u64>,
    too_large: bool,
    pending: Option<Vec<u8>>,
    stray: Vec<u8>,
}

fn framed(chunks: &[&[u8]], limit: usize) -> Framed {
    let (mut sse, mut events, mut too_large) = (Sse::new(limit), Vec::new(), false);
    'chunks: for chunk in chunks {
        let mut at = 0;
        loop {
            match sse.next(chunk, &mut at) {
                Ok(Some(frame)) => events.push((frame.event.to_vec(), frame.data.to_vec(), frame.standard)),
                Ok(None) => break,
                Err(_) => {
                    too_large = true;
                    break 'chunks;
                }
            }
        }
    }
    if too_large {
        return Framed { events, id: Vec::new(), retry: None, too_large, pending: None, stray: Vec::new() };
    }
    let (id, retry) = (sse.last_id().to_vec(), sse.retry());
    let pending = sse.pending().map(<[u8]>::to_vec);
    Framed { events, id, retry, too_large, pending, stray: sse.stray().to_vec() }
}

/// Lines that mean something, lines that nearly do, and ends of all kinds.
fn sse() -> impl Strategy<Value = Vec<u8>> {
    let words: &[&[u8]] = &[
        b"data",
        b"data:",
        b"data: ",
        b"data:  x",
        b"event: ",
        b"event:error",
        b"id: 7",
        b"id:\x00",
        b"retry: 20",
        b"retry: x",
        b"error: {\"a\":1}",
        b":",
        b": hi",
        b" data: y",
        b"[DONE]",
        b"{}",
        b"\xef\xbb\xbf",
        b"\xc3",
        b"\xa9",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"\r\r",
        b"\r\n\r\n",
        b"x",
        b"",
    ];
    vec(select(words), 0..40).prop_map(|words| words.concat())
}

#[derive(Debug, PartialEq)]
struct Decoded {
    events: Vec<String>,
    answer: Option<Answer>,
    frames: u64,
    ended: bool,
}

fn settings(tags: Tags, coalesce: bool, event: usize) -> Settings {
    settings_of(Dialect::OpenAiChat, tags, coalesce, event)
}

fn settings_of(dialect: Dialect, tags: Tags, coalesce: bool, event: usize) -> Settings {
    let mut settings = Settings::new(dialect);
    settings.tags = tags;
    settings.coalesce = coalesce;
    settings.limits.event = event;
    settings
}

fn decoded(chunks: &[&[u8]], settings: Settings) -> Decoded {
    let (mut decoder, mut events) = (Decoder::new(settings), Vec::new());
    for chunk in chunks {
        events.extend(decoder.feed(chunk).iter().map(|event| format!("{event:?}")));
    }
    events.extend(decoder.finish().iter().map(|event| format!("{event:?}")));
    Decoded { events, answer: decoder.answer().cloned(), frames: decoder.tally().frames, ended: decoder.has_ended() }
}

fn terminals(decoded: &Decoded) -> usize {
    decoded.events.iter().filter(|event| event.starts_with("Finished") || event.starts_with("Failed")).count()
}

/// The frames that a stream is made of: most differ from another in their text alone.
const KINDS: [&str; 20] = [
    r#"data: {"id":"1","model":"m","choices":[{"index":0,"delta":{"content":TEXT}}]}"#,
    r#"data: {"id":"1","model":"m","choices":[{"index":0,"delta":{"content":TEXT},"finish_reason":null}],"usage":null}"#,
    r#"data: {"id":"1","choices":[{"delta":{"content":TEXT}}],"obfuscation":PAD}"#,
    r#"data: {"obfuscation":PAD,"id":"1","choices":[{"delta":{"reasoning_content":TEXT}}]}"#,
    r#"data: {"id":"1","choices":[{"delta":{"reasoning":TEXT,"reasoning_content":TEXT}}]}"#,
    r#"data: {"id":"1","choices":[{"delta":{"reasoning":TEXT,"reasoning_content":PAD}}]}"#,
    r#"data: {"id":"1","choices":[{"delta":{"reasoning":TEXT,"reasoning_details":[{"type":"t","index":0,"text":TEXT}]}}]}"#,
    r#"data: {"id":"1","choices":[{"delta":{"reasoning_details":[{"type":"t","text":TEXT}]}}]}"#,
    r#"data: {"id":"1","choices":[{"delta":{"content":TEXT,"reasoning":TEXT}}]}"#,
    r#"data: {"id":"1","choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":TEXT}}]}}]}"#,
    r#"data: {"id":"1","choices":[{"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":TEXT}}]}}]}"#,
    r#"data: {"id":"1","choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"h","arguments":""}}]}}]}"#,
    r#"data: {"id":"1","choices":[{"delta":{"tool_calls":[{"function":{"name":"f","arguments":TEXT}}]}}]}"#,
    r#"data: {"id":"1","choices":[{"delta":{"tool_calls":[{"function":{"arguments":TEXT}}]}}]}"#,
    r#"data: {"id":"1","choices":[{"delta":{"tool_calls":[{"id":"d","function":{"arguments":TEXT}}]}}]}"#,
    r#"data: {"id":"1","choices":[{"delta":{"function_call":{"name":"f","arguments":TEXT}}}]}"#,
    r#"data: {"id":"1","choices":[{"delta":{"refusal":TEXT}}]}"#,
    r#"data: {"id":"1","choices":[{"delta":{"content":""}}]}"#,
    r#"data: {"id":"1","choices":[{"delta":{"content":TEXT},"finish_reason":"stop"}],"usage":{"prompt_tokens":3}}"#,
    ": ping",
];

/// The same for blocks: what begins, grows and stops, under three indices, padded or not.
const BLOCKS: [&str; 19] = [
    r#"data: {"type":"message_start","message":{"id":"1","model":"m","content":[],"usage":{"input_tokens":3}}}"#,
    r#"data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":TEXT}}"#,
    r#"data: {"type":"content_block_start","index":1,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
    r#"data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}}"#,
    r#"data: {"type":"content_block_start","index":2,"content_block":{"type":"server_tool_use","name":"s","input":{}}}"#,
    r#"data: {"type":"content_block_start","index":0,"content_block":{"type":"redacted_thinking","data":TEXT}}"#,
    r#"NAMEDdata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":TEXT}}"#,
    r#"NAMEDdata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":TEXT}    }"#,
    r#"data: {"type":"content_block_delta","index":1,"delta":{"type":"thinking_delta","thinking":TEXT} }"#,
    r#"data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":TEXT}   }"#,
    r#"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":TEXT},"p":PAD}"#,
    r#"data: {"type":"content_block_delta","index":1,"delta":{"type":"signature_delta","signature":TEXT}}"#,
    r#"data: {"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"url":TEXT}}}"#,
    r#"data: {"type":"content_block_delta","index":2,"delta":{"type":"new_delta","content":TEXT}}"#,
    r#"data: {"type":"content_block_stop","index":0}"#,
    r#"data: {"type":"content_block_stop","index":2 }"#,
    r#"data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}}"#,
    r#"data: {"type":"ping"}"#,
    ": ping",
];

/// A literal: plain, with escapes, with half a surrogate pair, or damaged.
fn literals() -> impl Strategy<Value = String> {
    const RAW: &[&str] = &[
        r#""""#,
        r#""\ud83d""#,
        r#""\ude00""#,
        r#""\n""#,
        r#""\u00e9\\""#,
        r#""<think>""#,
        r#""</thi""#,
        r#""nk>""#,
        r#"" ""#,
        r#""<|channel|>analysis<|message|>""#,
        r#""<|end|>""#,
        r#""\x""#,
        "null",
        "7",
        "[]",
        "\"a\tb\"",
        "\"{}\"",
        "\"{\"",
        "\"}\"",
    ];
    prop_oneof![
        4 => "[a-z \u{e9}\u{1f600}\"\\\\<>{}]{0,12}".prop_map(|text| {
            let mut literal = String::new();
            json::quote(&text, &mut literal);
            literal
        }),
        1 => select(RAW).prop_map(String::from),
    ]
}

/// A stream of few kinds of frames, so that templates are learned and fit.
fn streams() -> impl Strategy<Value = String> {
    streams_of(&KINDS, "data: [DONE]")
}

fn streams_of(kinds: &'static [&'static str], last: &'static str) -> impl Strategy<Value = String> {
    let frames = vec(select(kinds), 1..5).prop_flat_map(|kinds| vec((select(kinds), literals(), literals()), 1..60));
    let ends = select(&["\n\n", "\r\n\r\n", "\r\r"][..]);
    (frames, ends, any::<bool>()).prop_map(move |(frames, end, done)| {
        let mut out = String::new();
        for (kind, text, padding) in frames {
            let kind = kind.replace("NAMED", "event: content_block_delta\n");
            out.push_str(&kind.replace("TEXT", &text).replace("PAD", &padding));
            out.push_str(end);
        }
        if done {
            out.push_str(last);
            out.push_str(end);
        }
        out
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn framing_does_not_see_cuts(
        bytes in sse(), places in vec(any::<Index>(), 0..6), limit in prop_oneof![Just(1000), 0usize..40],
    ) {
        let whole = framed(&[&bytes], limit);
        prop_assert_eq!(&framed(&pieces(&bytes, &places), limit), &whole);
        prop_assert_eq!(&framed(&singly(&bytes), limit), &whole);
    }

    /// Byte by byte no chunk ever holds an event, so every frame is read; whole, most fit a template.
    #[test]
    fn a_template_says_what_reading_says(
        text in streams(),
        places in vec(any::<Index>(), 0..6),
        tags in select(&[Tags::None, Tags::Think, Tags::Harmony][..]),
        event in prop_oneof![Just(16usize << 20), 60usize..140],
    ) {
        let (bytes, settings) = (text.as_bytes(), settings(tags, false, event));
        let read = decoded(&singly(bytes), settings);
        prop_assert_eq!(terminals(&read), 1);
        prop_assert!(read.ended);
        prop_assert_eq!(&decoded(&[bytes], settings), &read);
        prop_assert_eq!(&decoded(&pieces(bytes, &places), settings), &read);
    }

    #[test]
    fn a_template_says_what_reading_says_of_blocks(
        text in streams_of(&BLOCKS, r#"data: {"type":"message_stop"}"#),
        places in vec(any::<Index>(), 0..6),
        event in prop_oneof![Just(16usize << 20), 60usize..140],
    ) {
        let bytes = text.as_bytes();
        let settings = settings_of(Dialect::AnthropicMessages, Tags::None, false, event);
        let read = decoded(&singly(bytes), settings);
        prop_assert_eq!(terminals(&read), 1);
        prop_assert!(read.ended);
        prop_assert_eq!(&decoded(&[bytes], settings), &read);
        prop_assert_eq!(&decoded(&pieces(bytes, &places), settings), &read);
        let settings = settings_of(Dialect::AnthropicMessages, Tags::None, true, event);
        prop_assert_eq!(&decoded(&pieces(bytes, &places), settings).answer, &read.answer);
    }

    #[test]
    fn coalescing_changes_only_the_number_of_events(
        text in streams(),
        places in vec(any::<Index>(), 0..6),
        tags in select(&[Tags::None, Tags::Think, Tags::Harmony][..]),
    ) {
        let bytes = text.as_bytes();
        let plain = decoded(&singly(bytes), settings(tags, false, 16 << 20));
        let coalesced = decoded(&pieces(bytes, &places), settings(tags, true, 16 << 20));
        prop_assert_eq!(&coalesced.answer, &plain.answer);
        prop_assert_eq!(coalesced.events.last(), plain.events.last());
        prop_assert_eq!(coalesced.frames, plain.frames);
        prop_assert!(coalesced.events.len() <= plain.events.len());
    }

    #[test]
    fn noise_ends_once_and_fails(bytes in sse(), places in vec(any::<Index>(), 0..6)) {
        let settings = settings(Tags::None, false, 16 << 20);
        let read = decoded(&singly(&bytes), settings);
        prop_assert_eq!(&decoded(&pieces(&bytes, &places), settings), &read);
        prop_assert_eq!(terminals(&read), 1);
        prop_assert!(read.events.last().is_some_and(|event| event.starts_with("Failed")));
    }
}

/// Frames of Gemini's, whose counts change as well.
const GOOGLE: [&str; 10] = [
    r#"data: {"candidates": [{"content": {"parts": [{"text": TEXT}],"role": "model"},"index": 0}],"usageMetadata": {"promptTokenCount": 3,"candidatesTokenCount": N,"totalTokenCount": N},"modelVersion": "m"}"#,
    r#"data: {"candidates": [{"content": {"parts": [{"text": TEXT,"thought": true}]}}],"usageMetadata": {"promptTokenCount": 3,"thoughtsTokenCount": N,"totalTokenCount": N},"responseId": "r"}"#,
    r#"data: {"modelVersion": "m","candidates": [{"content": {"parts": [{"text": TEXT}]}}],"usageMetadata": {"trafficType": "ON_DEMAND"}}"#,
    r#"data: {"modelVersion": "m","candidates": [{"content": {"parts": [{"text": TEXT}]}}],"usageMetadata": {"candidatesTokensDetails": [{"modality": "AUDIO","tokenCount": N},{"modality": "TEXT","tokenCount": N}]}}"#,
    r#"data: {"modelVersion": "m","candidates": [{"content": {"parts": [{"text": TEXT},{"text": PAD,"thought": true}]}}]}"#,
    r#"data: {"modelVersion": "m","candidates": [{"content": {"parts": [{"text": TEXT,"thoughtSignature": PAD}]}}]}"#,
    r#"data: {"modelVersion": "m","candidates": [{"content": {"parts": [{"functionCall": {"name": TEXT,"args": {"a": PAD}}}]}}]}"#,
    r#"data: {"modelVersion": "m","candidates": [{"content": {"parts": [{"functionCall": {"partialArgs": [{"jsonPath": "$.a","stringValue": TEXT}],"willContinue": true}}]}}]}"#,
    r#"data: {"modelVersion": "m","candidates": [{"content": {"parts": [{"text": ""}]}}],"usageMetadata": {"promptTokenCount": N,"cachedContentTokenCount": N}}"#,
    r#"data: {"modelVersion": "m","candidates": [{"content": {"parts": [{"text": TEXT}]},"finishReason": "STOP"}],"usageMetadata": {"promptTokenCount": N}}"#,
];

/// A stream of Gemini's, of few kinds of frames.
fn counted() -> impl Strategy<Value = String> {
    let counts = prop_oneof![6 => (0u32..1000).prop_map(|count| count.to_string()), 1 => Just("1.0".to_owned())];
    vec(select(&GOOGLE[..]), 1..4)
        .prop_flat_map(move |kinds| vec((select(kinds), literals(), literals(), counts.clone()), 1..40))
        .prop_map(|frames| {
            let frame = |(kind, text, padding, count): (&str, String, String, String)| {
                kind.replace("TEXT", &text).replace("PAD", &padding).replace(": N", &format!(": {count}")) + "\r\n\r\n"
            };
            frames.into_iter().map(frame).collect()
        })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_template_with_counts_says_what_reading_says(text in counted(), places in vec(any::<Index>(), 0..6)) {
        let mut settings = settings(Tags::None, false, 16 << 20);
        settings.dialect = Dialect::GoogleGenerate;
        let bytes = text.as_bytes();
        let read = decoded(&singly(bytes), settings);
        prop_assert_eq!(terminals(&read), 1);
        prop_assert_eq!(&decoded(&[bytes], settings), &read);
        prop_assert_eq!(&decoded(&pieces(bytes, &places), settings), &read);
    }
}

/// The streams above are made to fit templates; this one is known to, and mixes what must not be mixed up.
#[test]
fn a_template_gives_way_when_a_call_takes_over_its_index() {
    let arguments = |piece: &str| {
        format!(
            r#"data: {{"id":"1","choices":[{{"delta":{{"tool_calls":[{{"index":0,"function":{{"arguments":"{piece}"}}}}]}}}}]}}"#
        )
    };
    let start = |id: &str| {
        format!(
            r#"data: {{"id":"1","choices":[{{"delta":{{"tool_calls":[{{"index":0,"id":"{id}","function":{{"name":"f","arguments":""}}}}]}}}}]}}"#
        )
    };
    let end = r#"data: {"id":"1","choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#.to_owned();
    let frames =
        [start("a"), arguments("1"), arguments("2"), arguments("3"), start("b"), arguments("4"), arguments("5"), end];
    let body = frames.map(|frame| frame + "\n\n").concat();
    let settings = settings(Tags::None, false, 1 << 20);
    let whole = decoded(&[body.as_bytes()], settings);
    assert_eq!(whole, decoded(&singly(body.as_bytes()), settings));
    let calls = whole.events.iter().filter(|event| event.starts_with("Tool")).collect::<Vec<_>>();
    let text = |block: u32, text: &str| format!(r#"ToolArguments {{ block: {block}, text: "{text}" }}"#);
    let started =
        |block: u32, id: &str| format!(r#"ToolStarted {{ block: {block}, id: "{id}", name: "f", minted: false }}"#);
    let expected =
        [started(0, "a"), text(0, "1"), text(0, "2"), text(0, "3"), started(1, "b"), text(1, "4"), text(1, "5")];
    assert_eq!(calls, expected.iter().collect::<Vec<_>>());
}
