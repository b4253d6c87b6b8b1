//! The scanner, the strict gate and the writer against `serde_json`, on documents and on damaged ones.
#![cfg(test)]

use modelmix_core::scan::{Flaw, Kind, MAX_DEPTH, Read, Scan};
use modelmix_core::{json, strict};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value};

fn config() -> ProptestConfig {
    ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() }
}

/// A document, and how it is written: with blanks, with escapes, or plainly.
fn documents() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z\"\\\\\n\u{1f600}\u{e9}]{0,40}".prop_map(Value::from),
    ];
    let value = scalar.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((any::<String>(), inner), 0..6)
                .prop_map(|members| Value::from(members.into_iter().collect::<Map<_, _>>())),
        ]
    });
    (value, 0..3).prop_map(|(value, style)| match style {
        0 => value.to_string(),
        1 => format!(" {value:#}\r\n\t"),
        _ => escaped(&value.to_string()),
    })
}

/// The same document with everything beyond ASCII escaped.
fn escaped(document: &str) -> String {
    let escape = |unit: u16| match u8::try_from(unit) {
        Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
        _ => format!("\\u{unit:04x}"),
    };
    document.encode_utf16().map(escape).collect::<Vec<_>>().concat()
}

/// A document with some bytes put in, taken away or exchanged.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        proptest::sample::select(&b"{}[]:,\"\\ \n0123456789.-+eEtruefalsn\x01\xff\xc3\xa9u"[..]),
        any::<u8>(),
    ];
    (documents(), vec((any::<prop::sample::Index>(), 0..3, byte), 0..4)).prop_map(|(document, damages)| {
        let mut bytes = document.into_bytes();
        for (place, kind, byte) in damages {
            let at = place.index(bytes.len() + 1);
            match kind {
                0 => bytes.insert(at, byte),
                1 if at < bytes.len() => bytes[at] = byte,
                _ if at < bytes.len() => drop(bytes.remove(at)),
                _ => {}
            }
        }
        bytes
    })
}

/// Whether `serde_json` takes this for a document; `None` where it judges more than the grammar: it refuses halves of
/// surrogate pairs, and numbers that no float can hold.
fn judged(bytes: &[u8]) -> Option<bool> {
    match serde_json::from_slice::<Value>(bytes).map_err(|error| error.to_string()) {
        Ok(_) => Some(true),
        Err(error) if ["hex escape", "surrogate", "out of range"].iter().any(|more| error.contains(more)) => None,
        Err(_) => Some(false),
    }
}

/// Where the scanner is lenient: in scalars, and in control characters inside keys.
#[derive(Debug, PartialEq)]
enum Lenient {
    Scalar(std::ops::Range<usize>),
    Key(std::ops::Range<usize>),
}

/// Reads all of a document, through every way of reading.
fn walk(scan: &mut Scan<'_>, lenient: &mut Vec<Lenient>) -> Read<Value> {
    match scan.peek()? {
        Kind::String => Ok(scan.text()?.map_or(Value::Null, |text| Value::from(&*text))),
        Kind::Array => {
            let mut items = Vec::new();
            let mut array = scan.array()?.expect("it is one");
            while scan.item(&mut array)? {
                items.push(walk(scan, lenient)?);
            }
            Ok(Value::from(items))
        }
        Kind::Object => {
            let mut members = Map::new();
            let mut object = scan.object()?.expect("it is one");
            let mut from = scan.at();
            while let Some(key) = scan.key(&mut object)? {
                lenient.push(Lenient::Key(from..scan.at()));
                members.insert(String::from_utf8_lossy(&key).into_owned(), walk(scan, lenient)?);
                from = scan.at();
            }
            Ok(Value::from(members))
        }
        Kind::Null | Kind::Bool | Kind::Number => {
            let raw = scan.raw()?;
            lenient.push(Lenient::Scalar(scan.at() - raw.len()..scan.at()));
            Ok(serde_json::from_slice(raw).unwrap_or(Value::Null))
        }
    }
}

fn read(bytes: &[u8]) -> Read<(Value, Vec<Lenient>)> {
    let (mut scan, mut lenient) = (Scan::new(bytes), Vec::new());
    let value = walk(&mut scan, &mut lenient)?;
    scan.end()?;
    Ok((value, lenient))
}

/// The document with what is read leniently made strict.
fn tightened(bytes: &[u8], lenient: &[Lenient]) -> String {
    let (mut out, mut at) = (Vec::new(), 0);
    for place in lenient {
        let (Lenient::Scalar(range) | Lenient::Key(range)) = place;
        out.extend_from_slice(&bytes[at..range.start]);
        match place {
            Lenient::Scalar(_) => out.push(b'0'),
            Lenient::Key(_) => out.extend(bytes[range.clone()].iter().map(|byte| *byte.max(&b' '))),
        }
        at = range.end;
    }
    out.extend_from_slice(&bytes[at..]);
    String::from_utf8_lossy(&out).into_owned()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_document_is_read_as_serde_reads_it(document in documents()) {
        let expected: Value = serde_json::from_str(&document).expect("it was written by serde");
        prop_assert_eq!(read(document.as_bytes()).map(|(value, _)| value), Ok(expected));
        let mut scan = Scan::new(document.as_bytes());
        prop_assert_eq!(scan.skip().and_then(|()| scan.end()), Ok(()));
        prop_assert!(strict::is_document(document.as_bytes()));
    }

    #[test]
    fn the_strict_gate_agrees_with_serde(bytes in damaged()) {
        if let Some(verdict) = judged(&bytes) {
            prop_assert_eq!(strict::is_document(&bytes), verdict);
        }
    }

    #[test]
    fn whatever_serde_takes_is_read_and_skipped(bytes in damaged()) {
        if judged(&bytes) == Some(true) {
            prop_assert!(read(&bytes).is_ok());
            let mut scan = Scan::new(&bytes);
            prop_assert_eq!(scan.skip().and_then(|()| scan.end()), Ok(()));
        }
    }

    /// Leniency ends with scalars, keys and bytes that are not UTF-8: all else that is read is a document.
    #[test]
    fn whatever_is_read_is_a_document(bytes in damaged()) {
        if let Ok((_, lenient)) = read(&bytes) {
            let strict = tightened(&bytes, &lenient);
            prop_assert_ne!(judged(strict.as_bytes()), Some(false), "{}", strict);
        }
    }

    #[test]
    fn a_document_that_is_cut_is_short(document in documents(), place in any::<prop::sample::Index>()) {
        let document = format!("[{document}]");
        let cut = &document.as_bytes()[..place.index(document.len())];
        prop_assert!(matches!(read(cut), Err(Flaw::Short)));
        let mut scan = Scan::new(cut);
        prop_assert_eq!(scan.skip(), Err(Flaw::Short));
        prop_assert!(!strict::is_document(cut));
    }

    #[test]
    fn noise_is_never_more_than_a_flaw(bytes in vec(any::<u8>(), 0..60)) {
        if let Some(verdict) = judged(&bytes) {
            prop_assert_eq!(strict::is_document(&bytes), verdict);
        }
        if let Ok(raw) = Scan::new(&bytes).raw() {
            prop_assert!(raw.len() <= bytes.len());
        }
    }

    #[test]
    fn counts_are_whole_numbers_however_they_are_written(count in any::<i64>(), fraction in 1u32..1000) {
        for (document, expected) in [
            (format!("{count}"), Some(count)),
            (format!(" {count}.0"), Some(count)),
            (format!("\"{count}\""), Some(count)),
            (format!("{count}.{fraction:04}"), None),
            (format!("\"{count}x\""), None),
            (format!("[{count}]"), None),
        ] {
            prop_assert_eq!(Scan::new(document.as_bytes()).count(), Ok(expected), "{}", document);
        }
    }

    #[test]
    fn a_quoted_text_is_that_text(text in any::<String>()) {
        let mut quoted = String::new();
        json::quote(&text, &mut quoted);
        prop_assert_eq!(serde_json::from_str::<String>(&quoted).ok(), Some(text.clone()));
        let mut scan = Scan::new(quoted.as_bytes());
        prop_assert_eq!(scan.text().map(|text| text.map(String::from)), Ok(Some(text)));
    }
}

#[test]
fn nesting_has_one_limit_everywhere() {
    for (open, inner, close) in [("[", "", "]"), ("[", "0", "]"), ("{\"a\":", "{}", "}"), ("{\"a\":", "0", "}")] {
        let inside = usize::from(inner == "{}");
        for (depth, fits) in [(MAX_DEPTH as usize, true), (MAX_DEPTH as usize + 1, false)] {
            let times = depth - inside;
            let document = format!("{}{inner}{}", open.repeat(times), close.repeat(times));
            let bytes = document.as_bytes();
            assert_eq!(strict::is_document(bytes), fits, "{document}");
            assert_eq!(Scan::new(bytes).skip(), if fits { Ok(()) } else { Err(Flaw::Deep) }, "{document}");
            assert_eq!(read(bytes).err(), if fits { None } else { Some(Flaw::Deep) }, "{document}");
        }
    }
}
