"""Secrets are found in every disguise, whole or in pieces; ordinary words are no secrets."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings, strategies as st

from modelmix.compat.fixture import Broken
from modelmix.compat.scan import find
from modelmix.secret import Secret
from unit.compat.taking import take

KEY = "k-unit/0123+456?789~abc"

DISGUISES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64 after one byte": lambda key: base64.b64encode(b"a" + key.encode()).decode(),
    "base64 after two bytes": lambda key: base64.b64encode(b"ab" + key.encode() + b"cd").decode(),
    "base64 for URLs": lambda key: base64.urlsafe_b64encode(b"user:" + key.encode()).decode(),
    "base64 in lines": lambda key: base64.encodebytes(b"x" * 50 + key.encode() + b"y" * 50).decode(),
    "percent": lambda key: quote(key, safe=""),
    "every letter percent": lambda key: "".join(f"%{ord(letter):02x}" for letter in key),
    "percent twice": lambda key: quote(quote(key, safe=""), safe=""),
    "escapes": lambda key: "".join(f"\\u{ord(letter):04x}" for letter in key),
    "one escape": lambda key: key.replace("k", "\\u006B", 1),
    "an escaped slash": lambda key: key.replace("/", "\\/"),
}


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
@pytest.mark.parametrize("side", ["request", "reply"])
def test_a_configured_key_is_found_in_a_body(side: str, disguise: Callable[[str], str]) -> None:
    # As text in JSON, as JSON in JSON, and in what is no JSON.
    hidden = disguise(KEY)
    for body in (json.dumps({"a": hidden}), json.dumps({"a": json.dumps([hidden])}), f"<p>{hidden}</p>"):
        taken = take(sent=body.encode()) if side == "request" else take(came=body.encode())
        found = find(taken, [Secret(KEY)])
        assert found is not None
        assert (found.where, found.kind) == (f"the body of the {side}", "a configured key")
        assert KEY not in repr(found)


@settings(max_examples=60)
@given(key=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60), before=st.binary())
def test_any_key_is_found_in_base64_wherever_it_stands(key: str, before: bytes) -> None:
    hidden = base64.b64encode(before + key.encode() + b"after")
    assert find(take(came=b'{"a":"' + hidden + b'"}'), [Secret(key)]) is not None


def chat(piece: str, index: int = 0) -> object:
    return {"choices": [{"index": index, "delta": {"content": piece}}]}


def arguments(piece: str, index: int) -> object:
    call = {"index": index, "function": {"arguments": piece}}
    return {"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}


SPLIT = {
    "in two": [chat(KEY[:9]), chat(KEY[9:])],
    "by letters": [chat(letter) for letter in KEY],
    "between other answers": [chat(KEY[:9]), chat("other", 1), chat(KEY[9:]), chat("word", 1)],
    "in arguments that take turns": [
        arguments('{"a":"' + KEY[:9], 0),
        arguments('{"b":"x', 1),
        arguments(KEY[9:], 0),
        arguments('"}', 1),
    ],
    "in an escape": [arguments(r'{"a":"\u00', 0), arguments("6b" + KEY[1:], 0)],
    "in base64": [chat(base64.b64encode(KEY.encode()).decode()[:8]), chat(base64.b64encode(KEY.encode()).decode()[8:])],
}

FRAMINGS: dict[str, Callable[[list[object]], bytes]] = {
    "events": lambda documents: b"".join(b"data: %b\n\n" % json.dumps(each).encode() for each in documents),
    "events with names": lambda documents: b"".join(
        b"event: delta\r\ndata: %b\r\n\r\n" % json.dumps(each).encode() for each in documents
    ),
    "lines": lambda documents: b"".join(b"%b\n" % json.dumps(each).encode() for each in documents),
}


@pytest.mark.parametrize("framing", FRAMINGS.values(), ids=FRAMINGS)
@pytest.mark.parametrize("documents", SPLIT.values(), ids=SPLIT)
def test_a_key_in_pieces_is_found(documents: list[object], framing: Callable[[list[object]], bytes]) -> None:
    body = framing(documents)
    assert KEY.encode() not in body
    assert find(take(came=body), [Secret(KEY)]) is not None
    assert find(take(came=body), [Secret("another-key-of-mine")]) is None


def test_a_shape_in_pieces_is_found() -> None:
    pieces = FRAMINGS["events"]([chat("AKIAWWWW"), chat("WWWWWWWWWWWW")])
    found = find(take(came=pieces), ())
    assert found is not None
    assert found.kind == "an AWS access key"


PLACES = {
    "the URL": take(url=f"https://a.example/{KEY}"),
    "the header accept of the request": take(request={"accept": KEY}),
    "the header x-ratelimit-x of the reply": take(response={"x-ratelimit-x": KEY}),
    "the error that ended the reply": take(broke=Broken("reset", 1, f"no {KEY}")),
}


@pytest.mark.parametrize("where", PLACES)
def test_a_key_is_found_outside_of_bodies(where: str) -> None:
    found = find(PLACES[where], [Secret(KEY)])
    assert found is not None
    assert found.where == where


def test_a_short_key_is_a_word_like_any_other() -> None:
    assert find(take(came=b'{"a":"a test of it"}'), [Secret("test")]) is None


def test_the_shapes_of_known_secrets_are_found(shared: Path) -> None:
    rows = json.loads((shared / "vectors/hostile-inputs.json").read_text())["secrets"]
    texts = [row["synthetic"] for row in rows if row["where"] in {"body:text", "body:error.message"}]
    keys = [row["synthetic"] for row in rows if row["where"].startswith(("header:authorization", "query:access"))]
    assert len(texts) == 9
    for text in (*texts, *keys, "AIzaDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD", "__cf_bm=HHHHHH"):
        body = json.dumps({"choices": [{"message": {"content": f"It is {text}"}}]}).encode()
        assert find(take(came=body), ()) is not None, text
        assert find(take(sent=body), ()) is not None, text


WORDS = (
    "Ask the desk-clerk at the task-force-headquarters-in-the-city about sk-learn-classifier-examples.",
    "Authorization: Bearer YOUR_API_KEY, or Bearer $OPENAI_API_KEY_FROM_THE_ENVIRONMENT",
    "chatcmpl-9abcDEF0123456789abcdef call_0123456789abcdefABCDEF toolu_01A09q90qw90lq917835lq9",
    "eyJhbGciOi is how a token begins; hf_hub, xai-org and gsk_x are names",
    "postgres://user:password@localhost:5432/database",
)


@pytest.mark.parametrize("text", WORDS)
def test_ordinary_words_are_no_secrets(text: str) -> None:
    assert find(take(sent=json.dumps({"content": text}).encode()), ()) is None


def test_recorded_replies_hold_no_secrets(shared: Path) -> None:
    import gzip

    # They have been published, without their keys; what is found in them would be found for no reason.
    found: list[str] = []
    count = 0
    for path in sorted((shared / "recordings/dev").glob("pydantic-ai__*.jsonl.gz")):
        for line in gzip.decompress(path.read_bytes()).splitlines():
            row = json.loads(line)
            text = row["response"]["body"].get("text")
            if text is not None:
                count += 1
                told = find(take(came=text.encode()), ())
                found += [] if told is None else [f"{row['id']}: {told.kind}"]
    assert count > 100
    assert found == []
