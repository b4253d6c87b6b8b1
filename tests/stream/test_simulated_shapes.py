"""Messages, deltas, sources, framing and text in the shapes that providers give them."""

from typing import Final

import pytest

from modelmix.ast.content import AssistantPart, Citation, JsonText, Opaque, Reasoning, Seal, Text
from modelmix.errors import Truncated
from stream.simulated import Want, called, check, failed, finished, names


def opaque(kind: str, json: str) -> Opaque:
    """A part that is kept as it came."""
    return Opaque(owner="openai-chat", kind=kind, json=JsonText(json))


def cited(*sources: AssistantPart) -> Want:
    """The answer with its sources."""
    return finished(Text("hi"), *sources)


CUT: Final = Truncated(phase="mid_stream")
HI: Final = finished(Text("hi"))
A: Final = Citation("https://a.example")
B: Final = Citation("https://b.example")
TITLED: Final = Citation("https://a.example", "A")

SHAPES: Final = {
    "shape/a stream": finished(Text("hi"), reply=("chatcmpl-1", "gpt-4o-mini-2024-07-18")),
    "shape/a body": finished(Text("hi"), reply=("chatcmpl-1", "gpt-4o-mini")),
    "shape/id and model after the choices": finished(Text("hi"), reply=("1", "m")),
    "shape/an empty first chunk": finished(Text("hi"), reply=("1", "m")),
    "shape/id and model change": finished(Text("hi"), reply=("1", "m")),
    "shape/delta null": HI,
    "shape/delta absent": HI,
    "shape/choices null": HI,
    "shape/message in place of delta": HI,
    "shape/message at the end": HI,
    "shape/message beside delta": HI,
    "shape/roles of all kinds": HI,
    "shape/content an object": finished(Text('{"title": "Apples", "n": 1}')),
    "shape/content an empty list": HI,
    "shape/content a number": HI,
    "shape/text in place of delta": HI,
    "shape/other choices": HI,
    "shape/another choice ends first": failed(CUT, Text("hi")),
    "shape/padding": HI,
    "shape/unknown members": finished(Text("hi!")),
    "shape/images": finished(Text("hi"), opaque("image", '{"type": "image_url", "index": 0}')),
    "shape/audio": finished(opaque("audio", '{"id": "audio_1", "data": "UklG", "transcript": "hi"}')),
    "shape/audio that is empty": HI,
}

SOURCES: Final = {
    "sources/citations on every chunk": cited(A, B),
    "sources/with titles": cited(TITLED),
    "sources/annotations": cited(TITLED),
    "sources/annotations in a body": cited(TITLED),
    "sources/none": cited(),
}

FRAMING: Final = {
    "framing/CRLF": HI,
    "framing/CR": HI,
    "framing/a byte order mark": HI,
    "framing/a byte order mark before a body": HI,
    "framing/no space": HI,
    "framing/comments": HI,
    "framing/keep-alives as data": HI,
    "framing/ids and event names": HI,
    "framing/two payloads in one event": HI,
    "framing/one payload in many lines": HI,
    "framing/no blank line at the end": HI,
    "framing/[DONE] without a blank line": finished(Text("hi"), finish="unknown", raw=None),
    "framing/blank lines before a body": HI,
    "framing/one document a line": HI,
}

TEXTS: Final = {
    "text/a pair of surrogates": finished(Text("😀")),
    "text/a pair over two deltas": finished(Text("a😀b")),
    "text/a pair around a comment": finished(Reasoning("😀")),
    "text/a pair in details": finished(Reasoning("😀", Seal("openai-chat", '[{"text":"😀","index":0}]'))),
    "text/a pair in two fields": finished(Reasoning("😀")),
    "text/a pair in arguments": finished(called("c", "f", '"😀"'), finish="tool_calls", raw="tool_calls"),
    "text/half a pair": finished(Text("\ufffda\ufffdb")),
    "text/half a pair at the end": finished(Text("a\ufffd")),
    "text/half a pair, cut": failed(CUT, Text("a\ufffd")),
    "text/separators": finished(Text("a\u2028b\u2029c\u0085d\x0b\x0ce")),
    "text/escapes": finished(Text('"\\/\b\f\n\r\t\x00é漢😀')),
    "text/bytes that are not UTF-8": finished(Text("a\ufffd\ufffdb")),
    "text/white space": finished(Text(" \n\t")),
}

CASES: Final = {**SHAPES, **SOURCES, **FRAMING, **TEXTS}


@pytest.mark.parametrize(("name", "want"), CASES.items(), ids=CASES)
def test_shape(name: str, want: Want) -> None:
    check(name, want)


def test_no_reply_is_left_out() -> None:
    assert CASES.keys() == names("shape", "sources", "framing", "text")
