use super::{Flaw, Kind, MAX_DEPTH, Scan};

fn keys(document: &str) -> Result<Vec<String>, Flaw> {
    let (mut scan, mut keys) = (Scan::new(document.as_bytes()), Vec::new());
    if let Some(mut object) = scan.object()? {
        while let Some(key) = scan.key(&mut object)? {
            keys.push(String::from_utf8_lossy(&key).into_owned());
            scan.skip()?;
        }
    }
    scan.end()?;
    Ok(keys)
}

#[test]
fn objects_give_their_keys() {
    assert_eq!(
        keys(r#" {"a":1,"b" : [ "}" ,{"c":"]"}], "\u0063\n":null } "#),
        Ok(vec!["a".into(), "b".into(), "c\n".into()])
    );
    assert_eq!(keys("{}"), Ok(vec![]));
    assert_eq!(keys("[1]"), Ok(vec![]));
}

#[test]
fn malformed_objects_are_flaws() {
    for document in ["{,}", r#"{"a":1,}"#, r#"{"a":1 "b":2}"#, r#"{"a" 1}"#, "{a:1}", "{}x", r#"{"a":}"#, "x"] {
        assert!(matches!(keys(document), Err(Flaw::Syntax(_))), "{document}");
    }
    for document in ["", "{", r#"{"a"#, r#"{"a":"#, r#"{"a":["#, r#"{"a":"b"#, r#"{"a":1"#] {
        assert_eq!(keys(document), Err(Flaw::Short), "{document}");
    }
}

#[test]
fn nesting_is_limited_when_read_and_when_skipped() {
    let deep = "[".repeat(MAX_DEPTH as usize + 1);
    assert_eq!(Scan::new(deep.as_bytes()).skip(), Err(Flaw::Deep));
    let fine = "[".repeat(MAX_DEPTH as usize) + &"]".repeat(MAX_DEPTH as usize);
    assert_eq!(Scan::new(fine.as_bytes()).skip(), Ok(()));
}

#[test]
fn counts_are_read_leniently() {
    for (document, expected) in [
        ("3", Some(3)),
        ("3.0", Some(3)),
        (r#""3""#, Some(3)),
        ("-9", Some(-9)),
        ("9007199254740993", Some(9_007_199_254_740_993)),
        ("3.5", None),
        ("null", None),
        ("[1]", None),
        ("1e400", None),
    ] {
        assert_eq!(Scan::new(document.as_bytes()).count(), Ok(expected), "{document}");
    }
}

#[test]
fn texts_are_validated() {
    assert_eq!(Scan::new(b"\"a\nb\"").text(), Err(Flaw::Syntax(2)));
    assert_eq!(Scan::new(b"17").text(), Ok(None));
    assert_eq!(Scan::new(br#""\u00e9""#).text().map(|text| text.map(String::from)), Ok(Some("é".to_owned())));
}

#[test]
fn peek_tells_the_kind() {
    let cases = [
        ("null", Kind::Null),
        ("true", Kind::Bool),
        ("-1", Kind::Number),
        ("\"\"", Kind::String),
        ("[]", Kind::Array),
        (" {}", Kind::Object),
    ];
    for (document, kind) in cases {
        assert_eq!(Scan::new(document.as_bytes()).peek(), Ok(kind), "{document}");
    }
}
