"""The documents and strings in a body, whatever its frames."""

import json

import pytest
from hypothesis import given, strategies as st

from modelmix.compat.frames import documents, frames, read_string, strings

BODIES: dict[str, tuple[bytes, list[object]]] = {
    "one document": (b'{"a": 1}', [{"a": 1}]),
    "a list": (b'[{"a": 1},\n{"b": 2}]', [[{"a": 1}, {"b": 2}]]),
    "events": (b'event: x\ndata: {"a":1}\n\ndata:{"b":2}\n\ndata: [DONE]\n\n', [{"a": 1}, {"b": 2}]),
    "events with CRLF": (b'data: {"a":1}\r\n\r\ndata: {"b":2}\r\n\r\n', [{"a": 1}, {"b": 2}]),
    "events with CR": (b'data: {"a":1}\r\rdata: {"b":2}\r\r', [{"a": 1}, {"b": 2}]),
    "an event of two lines": (b'data: {"a":\ndata: 1}\n\n', [{"a": 1}]),
    "comments": (b': "ping\n\ndata: {"a":1}\n\n', [{"a": 1}]),
    "lines": (b'{"a":1}\n{"b":2}\n', [{"a": 1}, {"b": 2}]),
    "lines, the last cut": (b'{"a":1}\n{"b":', [{"a": 1}]),
    "a document that is cut": (b'{"a": {"b": 1', []),
    "no JSON": (b"<html>", []),
    "nothing": (b"", []),
}


@pytest.mark.parametrize(("body", "expected"), BODIES.values(), ids=BODIES)
def test_documents_are_found(body: bytes, expected: list[object]) -> None:
    assert list(documents(body)) == expected


@given(body=st.binary() | st.text('{}[]",:\\ab\n\r dta').map(str.encode))
def test_frames_stand_where_they_say(body: bytes) -> None:
    for offset, frame in frames(body):
        assert len(body[offset:]) >= len(frame)
        for place, start, end in strings(frame):
            assert place
            assert body[offset + start : offset + end] == frame[start:end]


PLACES: dict[str, tuple[bytes, list[object]]] = {
    "members": (b'{"a":"x","b":{"c":"y"}}', [(("a",), b"x"), (("b", "c"), b"y")]),
    "elements": (b'{"a":["x",{"b":"y"}],"c":"z"}', [(("a", ""), b"x"), (("a", "", "b"), b"y"), (("c",), b"z")]),
    "escapes": (rb'{"a\u0062":"\"x\\"}', [(("ab",), rb"\"x\\")]),
    "no strings": (b'{"a":1,"b":[true,null]}', []),
    "cut in a string": (b'{"a":"x', [(("a",), b"x")]),
    "cut in an escape": (b'{"a":"x\\', [(("a",), b"x")]),
}


@pytest.mark.parametrize(("frame", "expected"), PLACES.values(), ids=PLACES)
def test_strings_are_found_with_their_places(frame: bytes, expected: list[object]) -> None:
    assert [(place, frame[start:end]) for place, start, end in strings(frame)] == expected


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(document=st.dictionaries(TEXT, TEXT | st.lists(TEXT)))
def test_all_strings_of_a_document_are_found(document: dict[str, str | list[str]]) -> None:
    frame = json.dumps(document).encode()
    found = [read_string(frame[start:end]) for _, start, end in strings(frame)]
    assert found == [text for value in document.values() for text in ([value] if isinstance(value, str) else value)]


HALVES = {rb"a\u0041": "aA", rb"\ud83d": "\ud83d", b"\xff": "�", rb"\u00": r"\u00"}


@pytest.mark.parametrize(("raw", "expected"), HALVES.items())
def test_a_string_is_read_in_whatever_state_it_is(raw: bytes, expected: str) -> None:
    assert read_string(raw) == expected
