use super::{Asked, Embedded, Packing, Reader, Wire};
use crate::fault::{Bound, Fault, Foreign};

const ASKED: Asked =
    Asked { wire: Wire::OpenAi, packing: Packing::Float32, count: None, dimensions: None, total: 1 << 20 };

fn told(body: &str, asked: Asked) -> Result<Embedded, Fault> {
    let mut reader = Reader::new(asked);
    reader.feed(body.as_bytes());
    let whole = reader.finish().clone();
    let mut bytewise = Reader::new(asked);
    for byte in body.as_bytes() {
        bytewise.feed(&[*byte]);
    }
    assert_eq!(*bytewise.finish(), whole, "{body}");
    whole
}

fn vectors(body: &str, wire: Wire) -> Vec<Vec<f32>> {
    told(body, Asked { wire, ..ASKED }).unwrap().vectors
}

#[test]
fn every_wire_says_vectors_its_own_way() {
    let cases = [
        (Wire::OpenAi, r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5, -1]}]}"#),
        (Wire::OpenAi, r#"{"data":[{"embedding":"AAAAPwAAgL8="}]}"#),
        (Wire::OpenAi, r#"{"data":[{"embedding":"AAAAPwAAgL8"}]}"#),
        (Wire::OpenAi, r#"{"data":[[5e-1,-1.0]],"error":null}"#),
        (Wire::Google, r#"{"embeddings":[{"values":[0.5,-1]}]}"#),
        (Wire::Google, r#"{"embedding":{"values":[0.5,-1]}}"#),
        (Wire::Ollama, r#"{"model":"m","embeddings":[[0.5,-1]],"total_duration":1}"#),
        (Wire::Ollama, r#"{"embedding":[0.5,-1]}"#),
    ];
    for (wire, body) in cases {
        assert_eq!(vectors(body, wire), [[0.5, -1.0]], "{body}");
    }
}

#[test]
fn vectors_are_put_in_the_order_of_their_indices() {
    let body = r#"{"data":[{"index":1,"embedding":[2]},{"embedding":[3],"index":2},{"index":0,"embedding":[1]}]}"#;
    assert_eq!(vectors(body, Wire::OpenAi), [[1.0], [2.0], [3.0]]);
}

#[test]
fn bytes_are_what_the_asker_knows_them_to_be() {
    let asked = Asked { packing: Packing::Int8, ..ASKED };
    let embedded = told(r#"{"data":[{"embedding":"f4D/AA=="}]}"#, asked).unwrap();
    assert_eq!(embedded.vectors, [[127.0, -128.0, -1.0, 0.0]]);
}

#[test]
fn model_and_usage_are_told() {
    let body = r#"{"data":[{"embedding":[1]}],"model":"m-1","usage":{"prompt_tokens":3,"total_tokens":4}}"#;
    let embedded = told(body, ASKED).unwrap();
    assert_eq!((&*embedded.model, embedded.usage.input, embedded.usage.total), ("m-1", Some(3), Some(4)));
    let body = r#"{"embeddings":[{"values":[1]}],"usageMetadata":{"promptTokenCount":5}}"#;
    let embedded = told(body, Asked { wire: Wire::Google, ..ASKED }).unwrap();
    assert_eq!((&*embedded.model, embedded.usage.input, embedded.usage.total), ("", Some(5), None));
}

#[test]
fn what_is_no_vector_is_malformed() {
    let values = [
        "[0.1,null]",
        "[01]",
        "[-01]",
        "[1e99]",
        "[-inf]",
        "[5.]",
        "[1.e5]",
        "[-.5]",
        "[1e]",
        "[1e+]",
        "[--1]",
        "[1-]",
        "[1.5.2]",
        "[0x1]",
        "[\"1\"]",
        "[[1]]",
        "\"AAAA\"",
        "\"AADAfw==\"",
        "\"?\"",
    ];
    for value in values {
        let body = format!(r#"{{"data":[{{"embedding":{value}}}]}}"#);
        assert!(matches!(told(&body, ASKED), Err(Fault::Malformed { .. })), "{body}");
    }
}

#[test]
fn every_form_of_a_number_is_read() {
    let body = r#"{"embeddings":[[0, -0, 0.5, 10, 1e2, 1E+2, 1.5e-3, -2.25]]}"#;
    assert_eq!(vectors(body, Wire::Ollama), [[0.0, -0.0, 0.5, 10.0, 100.0, 100.0, 0.0015, -2.25]]);
}

#[test]
fn a_reply_is_held_to_what_was_asked() {
    let two = r#"{"data":[{"embedding":[1,2],"index":0},{"embedding":[3,4],"index":1}]}"#;
    let odd = r#"{"data":[{"embedding":[1,2],"index":0},{"embedding":[3],"index":1}]}"#;
    let cases = [
        (two, Asked { count: Some(3), ..ASKED }, "2 vectors for 3 texts"),
        (two, Asked { dimensions: Some(8), ..ASKED }, "a vector of 2 numbers instead of 8"),
        (odd, ASKED, "a vector of 1 numbers instead of 2"),
        (r#"{"data":[{"index":0}]}"#, ASKED, "a vector of 0 numbers instead of 0"),
        (r#"{"data":[{"embedding":[1],"index":1}]}"#, ASKED, "vectors whose indices are not those of the texts"),
        (
            r#"{"data":[{"embedding":[1],"index":0},{"embedding":[1]}]}"#,
            ASKED,
            "vectors whose indices are not those of the texts",
        ),
    ];
    for (body, asked, preview) in cases {
        let preview = preview.to_owned();
        assert_eq!(told(body, asked), Err(Fault::Foreign { kind: Foreign::Json, preview }), "{body}");
    }
    let whole = Asked { count: Some(2), dimensions: Some(2), ..ASKED };
    assert_eq!(told(two, whole).unwrap().vectors, [[1.0, 2.0], [3.0, 4.0]]);
}

#[test]
fn what_is_no_reply_says_what_it_is() {
    let foreign = |kind, preview: &str| Fault::Foreign { kind, preview: preview.to_owned() };
    let error = r#"{"error":{"message":"no"}}"#;
    let cases = [
        ("", Fault::Empty),
        (" \n", Fault::Empty),
        ("<html>", foreign(Foreign::Html, "<html>")),
        ("OK", foreign(Foreign::Text, "OK")),
        ("7", foreign(Foreign::Json, "7")),
        (r#"{"status":"ok"}"#, foreign(Foreign::Json, r#"{"status":"ok"}"#)),
        (r#"{"data":null}"#, foreign(Foreign::Json, r#"{"data":null}"#)),
        (error, Fault::Provider { payload: error.to_owned() }),
        (&format!("[{error}]"), Fault::Provider { payload: error.to_owned() }),
        (r#"{"data":[{"embedding":[1.5"#, Fault::Truncated { stray: String::new() }),
        (r#"{"data":[{"embedding":[1."#, Fault::Truncated { stray: String::new() }),
        (r#"{"data":[{"embedding":[1,-"#, Fault::Truncated { stray: String::new() }),
        (
            r#"{"data":[{"embedding":[1.5]}]} x"#,
            Fault::Malformed { frame: 0, preview: r#"{"data":[{"embedding":[1.5]}]} x"#.to_owned() },
        ),
    ];
    for (body, fault) in cases {
        assert_eq!(told(body, ASKED), Err(fault), "{body}");
    }
}

#[test]
fn a_reply_beyond_its_bound_ends_at_once_and_is_let_go() {
    let mut reader = Reader::new(Asked { total: 8, ..ASKED });
    assert!(!reader.feed(b"12345678"));
    assert!(reader.feed(b"9"));
    assert!(reader.feed(b"0"));
    assert_eq!(*reader.finish(), Err(Fault::TooLarge { bound: Bound::Total, limit: 8 }));
    assert_eq!(reader.body.capacity(), 0);
}

#[test]
fn no_vectors_for_no_texts_is_a_reply() {
    assert_eq!(vectors(r#"{"data":[]}"#, Wire::OpenAi), Vec::<Vec<f32>>::new());
}
