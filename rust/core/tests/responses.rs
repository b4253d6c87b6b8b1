//! Properties of openai-responses: cuts change nothing, and a frame that fits a template means what reading it means.
#![cfg(test)]

mod cuts;

use cuts::{pieces, singly};
use modelmix_core::decoder::{Decoder, Settings};
use modelmix_core::dialect::Dialect;
use modelmix_core::fold::Answer;
use modelmix_core::json;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// The frames that a stream is made of: most differ from another in their text and number alone.
const KINDS: [&str; 17] = [
    r#"{"type":"response.output_text.delta","output_index":0,"item_id":"a","delta":TEXT,"sequence_number":NUMBER,"obfuscation":PAD}"#,
    r#"{"type":"response.output_text.delta","output_index":1,"item_id":"b","content_index":1,"delta":TEXT,"sequence_number":NUMBER}"#,
    r#"{"delta":TEXT,"item_id":"a","sequence_number":NUMBER,"type":"response.output_text.delta"}"#,
    r#"{"type":"response.refusal.delta","output_index":0,"delta":TEXT,"sequence_number":NUMBER}"#,
    r#"{"type":"response.reasoning_summary_text.delta","output_index":2,"summary_index":0,"delta":TEXT,"sequence_number":NUMBER}"#,
    r#"{"type":"response.reasoning_text.delta","output_index":2,"delta":TEXT,"sequence_number":NUMBER}"#,
    r#"{"type":"response.function_call_arguments.delta","output_index":3,"item_id":"c","delta":TEXT,"sequence_number":NUMBER}"#,
    r#"{"type":"response.custom_tool_call_input.delta","output_index":4,"delta":TEXT,"sequence_number":NUMBER,"obfuscation":PAD}"#,
    r#"{"type":"response.code_interpreter_call_code.delta","output_index":5,"delta":TEXT,"sequence_number":NUMBER}"#,
    r#"{"type":"response.output_item.added","output_index":0,"item":{"type":"message","id":"a"},"sequence_number":NUMBER}"#,
    r#"{"type":"response.output_item.added","output_index":3,"item":{"type":"function_call","id":"c","call_id":"d","name":"f"}}"#,
    r#"{"type":"response.output_item.added","output_index":4,"item":{"type":"custom_tool_call","call_id":"e","name":"g"}}"#,
    r#"{"type":"response.output_item.added","output_index":2,"item":{"type":"reasoning","id":"r"}}"#,
    r#"{"type":"response.output_item.done","output_index":0,"item":{"type":"message","id":"a","content":[{"type":"output_text","text":TEXT}]}}"#,
    r#"{"type":"response.output_item.done","output_index":3,"item":{"type":"function_call","id":"c","name":"f","arguments":TEXT}}"#,
    r#"{"type":"response.output_item.done","output_index":4,"item":{"type":"custom_tool_call","name":"g","input":TEXT}}"#,
    r#"{"type":"response.output_text.annotation.added","output_index":0,"annotation":{"url":TEXT,"title":PAD}}"#,
];

const END: &str = r#"{"type":"response.completed","response":{"id":"1","model":"m","status":"completed","output":[{"type":"message","id":"a","content":[{"type":"output_text","text":"abc"}]}],"usage":{"input_tokens":3}}}"#;

/// A literal: plain, with escapes, with half a surrogate pair, or no text at all.
fn literals() -> impl Strategy<Value = String> {
    const RAW: &[&str] = &[
        r#""""#,
        r#""\ud83d""#,
        r#""\ude00""#,
        r#""\n\"""#,
        r#""\u00e9\\""#,
        "null",
        "7",
        "\"a\tb\"",
        r#""\x""#,
        "{}",
    ];
    prop_oneof![
        6 => "[a-c \u{e9}\u{1f600}\"\\\\]{0,6}".prop_map(|text| {
            let mut literal = String::new();
            json::quote(&text, &mut literal);
            literal
        }),
        1 => select(RAW).prop_map(String::from),
    ]
}

/// A stream of few kinds of frames, so that templates are learned and fit.
fn streams() -> impl Strategy<Value = String> {
    let numbers = prop_oneof![8 => (0u32..200).prop_map(|number| number.to_string()), 1 => Just("1.5".to_owned())];
    let frame = move |kinds| (select::<&str>(kinds), literals(), literals(), numbers.clone());
    let frames = vec(select(&KINDS[..]), 1..6).prop_flat_map(move |kinds| vec(frame(kinds), 1..60));
    (frames, any::<bool>(), any::<bool>()).prop_map(|(frames, named, ended)| {
        let mut out = String::new();
        for (kind, text, padding, number) in frames {
            let name = kind.split('"').find(|word| word.starts_with("response.")).unwrap_or_default();
            if named {
                out.push_str("event: ");
                out.push_str(name);
                out.push('\n');
            }
            out.push_str("data: ");
            out.push_str(&kind.replace("TEXT", &text).replace("PAD", &padding).replace("NUMBER", &number));
            out.push_str("\n\n");
        }
        if ended {
            out.push_str("data: ");
            out.push_str(END);
            out.push_str("\n\n");
        }
        out
    })
}

#[derive(Debug, PartialEq)]
struct Decoded {
    events: Vec<String>,
    answer: Option<Answer>,
    frames: u64,
}

fn decoded(chunks: &[&[u8]], coalesce: bool) -> Decoded {
    let mut settings = Settings::new(Dialect::OpenAiResponses);
    settings.coalesce = coalesce;
    let (mut decoder, mut events) = (Decoder::new(settings), Vec::new());
    for chunk in chunks {
        events.extend(decoder.feed(chunk).iter().map(|event| format!("{event:?}")));
    }
    events.extend(decoder.finish().iter().map(|event| format!("{event:?}")));
    Decoded { events, answer: decoder.answer().cloned(), frames: decoder.tally().frames }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Byte by byte no chunk ever holds an event, so every frame is read; whole, most fit a template.
    #[test]
    fn a_template_says_what_reading_says(text in streams(), places in vec(any::<Index>(), 0..6)) {
        let bytes = text.as_bytes();
        let read = decoded(&singly(bytes), false);
        let ends = read.events.iter().filter(|event| event.starts_with("Finished") || event.starts_with("Failed"));
        prop_assert_eq!(ends.count(), 1);
        prop_assert_eq!(&decoded(&[bytes], false), &read);
        prop_assert_eq!(&decoded(&pieces(bytes, &places), false), &read);
        let coalesced = decoded(&pieces(bytes, &places), true);
        prop_assert_eq!(&coalesced.answer, &read.answer);
        prop_assert_eq!(coalesced.frames, read.frames);
    }
}

/// Another item takes over a place with the very same id: what comes then is its own.
#[test]
fn a_template_gives_way_when_an_item_takes_over_its_place() {
    let begin = r#"data: {"type":"response.output_item.added","output_index":0,"item":{"type":"message","id":"a"}}"#;
    let end = r#"data: {"type":"response.output_item.done","output_index":0,"item":{"type":"message","id":"a"}}"#;
    let more = |text: &str, number: u32| {
        format!(
            r#"data: {{"type":"response.output_text.delta","output_index":0,"item_id":"a","delta":"{text}","sequence_number":{number}}}"#
        )
    };
    let frames = [
        begin.to_owned(),
        more("a", 8),
        more("b", 9),
        more("c", 10),
        end.to_owned(),
        begin.to_owned(),
        more("d", 99),
        more("e", 100),
        format!("data: {END}"),
    ];
    let body = frames.map(|frame| frame + "\n\n").concat();
    let whole = decoded(&[body.as_bytes()], false);
    assert_eq!(whole, decoded(&singly(body.as_bytes()), false));
    let texts: Vec<_> = whole.events.iter().filter(|event| event.starts_with("Text")).collect();
    let text = |block: u32, text: &str| format!(r#"Text {{ block: {block}, text: "{text}" }}"#);
    assert_eq!(
        texts,
        [text(0, "a"), text(0, "b"), text(0, "c"), text(1, "d"), text(1, "e")].iter().collect::<Vec<_>>()
    );
}
