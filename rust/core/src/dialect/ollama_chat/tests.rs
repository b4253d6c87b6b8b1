//! What the lines mean, and that lines like each other take the fast way to the same meaning.

use super::OllamaChat;
use crate::decoder::{Decoder, Settings};
use crate::dialect::{Dialect, Listen, Slot};
use crate::event::{Batch, Event, Finish};
use crate::tags::Tags;
use crate::template::Role;

fn lines(contents: &[&str]) -> String {
    let line = |(at, content): (usize, &&str)| {
        format!(
            "{{\"model\":\"m\",\"created_at\":\"2025-05-27T22:54:57.{at}Z\",\
             \"message\":{{\"role\":\"assistant\",\"content\":\"{content}\"}},\"done\":false}}\n"
        )
    };
    contents.iter().enumerate().map(line).collect()
}

const DONE: &str = "{\"model\":\"m\",\"created_at\":\"2025-05-27T22:54:58Z\",\"message\":{\"role\":\"assistant\",\
    \"content\":\"\"},\"done_reason\":\"stop\",\"done\":true,\"prompt_eval_count\":26,\"eval_count\":3}\n";

/// The answer's text and how the reply ended, fed in pieces of one size.
fn heard(body: &str, size: usize) -> (String, String) {
    let mut decoder = Decoder::new(Settings::new(Dialect::OllamaChat));
    let (mut text, mut end) = (String::new(), String::new());
    let mut note = |event: Event<'_>| match event {
        Event::Text { text: piece, .. } => text.push_str(piece),
        Event::Finished { .. } | Event::Failed(_) => end = format!("{event:?}"),
        _ => {}
    };
    for chunk in body.as_bytes().chunks(size) {
        decoder.feed(chunk).iter().for_each(&mut note);
    }
    decoder.finish().iter().for_each(&mut note);
    (text, end)
}

#[test]
fn a_time_that_changes_with_each_line_does_not_keep_lines_from_being_alike() {
    let mut state = OllamaChat::new(Tags::None);
    let line = lines(&["ab"]);
    let payload = line.trim_end().as_bytes();
    state.read(payload, false, &mut Batch::new(true)).expect("a document");
    let (slot, holes) = state.learned().expect("a template");
    let known: Vec<_> = holes.iter().map(|(role, place)| (*role, payload.get(place.clone()))).collect();
    let time = (Role::Padding, Some(&b"2025-05-27T22:54:57.0Z"[..]));
    assert_eq!((slot, known), (Slot::Text, vec![time, (Role::Value, Some(&b"ab"[..]))]));
    let done = DONE.trim_end().as_bytes();
    state.read(done, false, &mut Batch::new(true)).expect("a document");
    assert_eq!(state.learned(), None);
}

#[test]
fn every_size_of_chunk_gives_the_same_answer() {
    let body = lines(&["Hi", "", " \\\"there\\\"", "\\ud83d", "\\ude00", "<", "\\n", "!"]) + DONE;
    let whole = heard(&body, body.len());
    assert_eq!(whole.0, "Hi \"there\"😀<\n!");
    assert_eq!(whole.1, format!("{:?}", Event::Finished { reason: Finish::Stop, raw: "stop" }));
    for size in 1..200 {
        assert_eq!(heard(&body, size), whole, "chunks of {size}");
    }
}

#[test]
fn a_line_broken_inside_its_time_is_malformed_in_every_chunk() {
    let broken = "{\"model\":\"m\",\"created_at\":\"2025\n\",\"message\":{\"role\":\"assistant\",\
        \"content\":\"x\"},\"done\":false}\n";
    let body = lines(&["a", "b"]) + broken + DONE;
    let whole = heard(&body, body.len());
    assert!(whole.1.contains("Malformed"), "{}", whole.1);
    assert_eq!(whole.0, "ab");
    for size in 1..200 {
        assert_eq!(heard(&body, size), whole, "chunks of {size}");
    }
}
