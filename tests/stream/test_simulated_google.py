"""What the recordings of google-generate do not show: signatures everywhere, pieces of arguments, arrays, every end."""

import json
from collections.abc import Mapping
from typing import Final

import pytest

from fixtures.google.pieces import bit, call, ends, event, piece, stream, text
from modelmix.ast.content import AssistantPart, Citation, JsonText, Opaque, Reasoning, Seal, Text, ToolCall
from modelmix.ast.response import FinishReason
from modelmix.ast.usage import Usage
from modelmix.errors import Rejected, Truncated, Undecodable
from stream.simulated import Want, check_reply, failed, finished

GOOGLE: Final = "google-generate"
HI: Final = Text("hi")
CUT: Final = Truncated(phase="mid_stream")


def said(*parts: AssistantPart, usage: Usage | None = None) -> Want:
    """An answer that is complete."""
    return finished(*parts, raw="STOP", usage=usage)


def calls(*parts: AssistantPart) -> Want:
    """An answer that waits for its calls."""
    return finished(*parts, finish="tool_calls", raw="STOP")


def seal(value: str) -> Seal:
    """A signature of Google's."""
    return Seal(GOOGLE, value)


def called(arguments: str, call_id: str = "call_0", *, minted: bool = True, signature: Seal | None = None) -> ToolCall:
    """A call of the one function."""
    return ToolCall(id=call_id, name="f", arguments=JsonText(arguments), minted=minted, seal=signature)


def opaque(part: Mapping[str, object], kind: str) -> Opaque:
    """A part that is kept as it came."""
    return Opaque(owner=GOOGLE, kind=kind, json=JsonText(json.dumps(part)))


CODE: Final = {"executableCode": {"language": "PYTHON", "code": "1"}, "thoughtSignature": "s"}
IMAGE: Final = {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}
NEW: Final = {"thought": True, "hologram": {"text": "x"}}

PARTS: Final = {
    "text in pieces": (stream(piece(text("h")), piece(text("i")), ends()), said(HI)),
    "thoughts, then words": (
        stream(piece(text("so ", thought=True)), piece(text("so", thought=True), text("hi")), ends()),
        said(Reasoning("so so"), HI),
    ),
    "thought false": (stream(piece(text("hi", thought=False)), ends()), said(HI)),
    "a signed text is joined with no other": (
        stream(piece(text("a")), piece(text("b", thoughtSignature="s")), piece(text("c")), ends()),
        said(Text("a"), Text("b", seal("s")), Text("c")),
    ),
    "two signed texts": (
        stream(piece(text("a", thoughtSignature="s"), text("b", thoughtSignature="t")), ends()),
        said(Text("a", seal("s")), Text("b", seal("t"))),
    ),
    "a signature without words": (
        stream(piece(text("hi")), piece(text("", thoughtSignature="s"), finish="STOP")),
        said(HI, Reasoning("", seal("s"))),
    ),
    "a signature alone": (stream(piece({"thoughtSignature": "s"}), ends()), said(Reasoning("", seal("s")))),
    "a signed thought": (
        stream(piece(text("a", thought=True), text("b", thought=True, thoughtSignature="s"), text("hi")), ends()),
        said(Reasoning("a"), Reasoning("b", seal("s")), HI),
    ),
    "an empty signature is none": (
        stream(piece(text("h", thoughtSignature="")), piece(text("i")), ends()),
        said(HI),
    ),
    "code and an image between words": (
        stream(piece(text("h"), CODE, IMAGE, text("i")), ends()),
        said(Text("h"), opaque(CODE, "executableCode"), opaque(IMAGE, "inlineData"), Text("i")),
    ),
    "a kind of part that nobody knows": (stream(piece(NEW), ends()), said(opaque(NEW, "hologram"))),
    "parts that say nothing": (
        stream(piece({}, {"thought": True}, None, 7, {"text": None}, text("hi"), {"inlineData": None}), ends()),
        said(HI),
    ),
    "another candidate": (
        stream({"candidates": [{"index": 1, "content": {"parts": [text("no")]}, "finishReason": "STOP"}]}),
        failed(CUT),
    ),
    "an emoji in halves": (
        (
            'data: {"candidates": [{"content": {"parts": [{"text": "\\ud83d"},{"text": "\\ude00"}]},'
            '"finishReason": "STOP"}]}\n\n'
        ),
        said(Text("😀")),
    ),
    "half an emoji before a signature": (
        (
            'data: {"candidates": [{"content": {"parts": [{"text": "\\ud83d"},'
            '{"text": "a", "thoughtSignature": "s"}]},"finishReason": "STOP"}]}\n\n'
        ),
        said(Text("\ufffd"), Text("a", seal("s"))),
    ),
}

CALLS: Final = {
    "without an id": (stream(piece(call("f", {"a": 1})), ends()), calls(called('{"a": 1}'))),
    "with an id": (
        stream(piece(call("f", {}, id="fc")), ends()),
        calls(called("{}", "fc", minted=False)),
    ),
    "an empty id is none": (stream(piece(call("f", {}, id="")), ends()), calls(called("{}"))),
    "two at once, the first signed": (
        stream(piece(call("f", {"a": 1}, thoughtSignature="s"), call("f", {"a": 2})), ends()),
        calls(called('{"a": 1}', signature=seal("s")), called('{"a": 2}', "call_1")),
    ),
    "no arguments": (stream(piece(call("f")), ends()), calls(called("{}"))),
    "arguments null": (
        stream(piece({"functionCall": {"name": "f", "args": None}}), ends()),
        calls(called("{}")),
    ),
    "arguments as text": (stream(piece(call("f", '{"a":1}')), ends()), calls(called('{"a":1}'))),
    "arguments before the name": (
        stream(piece({"functionCall": {"args": {"a": 1}, "name": "f"}}), ends()),
        calls(called('{"a": 1}')),
    ),
    "words between": (
        stream(piece(text("h"), call("f", {}), text("i")), ends()),
        calls(Text("h"), called("{}"), Text("i")),
    ),
    "in pieces": (
        stream(
            piece({"functionCall": {"name": "f", "willContinue": True}, "thoughtSignature": "s"}),
            piece(bit("$.a", stringValue="x", willContinue=True)),
            piece(bit("$.a", stringValue="y")),
            piece(bit("$.list[0].n", numberValue=1.5), bit("$.list[0].b", boolValue=True)),
            piece({"functionCall": {}}),
            ends(),
        ),
        calls(called('{"a":"xy","list":[{"n":1.5,"b":true}]}', signature=seal("s"))),
    ),
    "in pieces that the next call ends": (
        stream(
            piece({"functionCall": {"name": "f", "willContinue": True}}, bit("$.a", nullValue="NULL_VALUE")),
            piece(call("f", {"b": 2})),
            ends(),
        ),
        calls(called('{"a":null}'), called('{"b": 2}', "call_1")),
    ),
    "in pieces that the finish ends": (
        stream(piece({"functionCall": {"name": "f", "willContinue": True}}, bit("$.a", stringValue="x")), ends()),
        calls(called('{"a":"x"}')),
    ),
    "in pieces that are cut": (
        stream(piece({"functionCall": {"name": "f", "willContinue": True}}, bit("$.a", stringValue="x"))),
        failed(CUT, called('{"a":"x')),
    ),
    "a piece of no call": (stream(piece({"functionCall": {}}, text("hi")), ends()), said(HI)),
    "with MAX_TOKENS": (
        stream(piece(call("f", {}), finish="MAX_TOKENS")),
        finished(called("{}"), finish="length", raw="MAX_TOKENS"),
    ),
}

WORDS: Final[Mapping[str, FinishReason]] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    **dict.fromkeys(("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"), "content_filter"),
    **dict.fromkeys(("MODEL_ARMOR", "IMAGE_SAFETY", "IMAGE_RECITATION"), "content_filter"),
    **dict.fromkeys(("MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"), "error"),
    **dict.fromkeys(("MISSING_THOUGHT_SIGNATURE", "MALFORMED_RESPONSE"), "error"),
    **dict.fromkeys(("LANGUAGE", "OTHER", "NO_IMAGE", "IMAGE_OTHER", "A_NEW_WORD"), "other"),
    "FINISH_REASON_UNSPECIFIED": "unknown",
}

BLOCKED: Final = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "modelVersion": "m"}
REPORT: Final = {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}
OVERLOADED: Final = Rejected(
    kind="overloaded", message="The model is overloaded.", code="UNAVAILABLE", phase="mid_stream"
)

ENDS: Final = {
    **{
        f"with {word}": (stream(piece(text("hi"), finish=word)), finished(HI, finish=reason, raw=word))
        for word, reason in WORDS.items()
    },
    "STOP with each piece": (stream(piece(text("h"), finish="STOP"), piece(text("i"), finish="STOP")), said(HI)),
    "STOP before everything": (
        stream(ends(), piece(text("hi")), ends("MAX_TOKENS")),
        finished(HI, finish="length", raw="MAX_TOKENS"),
    ),
    "without content": (stream({"candidates": [{"finishReason": "STOP"}]}), said()),
    "a refused prompt": (
        stream(BLOCKED),
        finished(finish="content_filter", raw="promptFeedback:PROHIBITED_CONTENT", reply=(None, "m")),
    ),
    "a refused prompt in a body": (
        json.dumps(BLOCKED),
        finished(finish="content_filter", raw="promptFeedback:PROHIBITED_CONTENT", reply=(None, "m")),
    ),
    "feedback that refuses nothing": (
        stream({**piece(text("hi")), "promptFeedback": {"safetyRatings": []}}, ends()),
        said(HI),
    ),
    "cut": (stream(piece(text("hi"))), failed(CUT, HI)),
    "a body without a word": (json.dumps(piece(text("hi"))), finished(HI, finish="unknown", raw=None)),
    "a body": (json.dumps(piece(text("hi"), finish="STOP"), indent=2), said(HI)),
    "half a body": (json.dumps(piece(text("hi"), finish="STOP"))[:-9], failed(CUT)),
    "an error in the midst": (stream(piece(text("hi")), REPORT), failed(OVERLOADED, HI)),
    "an error in a body": (json.dumps(REPORT), failed(OVERLOADED)),
    "an error in an array": (json.dumps([REPORT], indent=2), failed(OVERLOADED)),
    "an error that is null": (stream({**piece(text("hi"), finish="STOP"), "error": None}), said(HI)),
    "a document of another kind": (
        '{"totalTokens": 3}',
        failed(Undecodable(kind="not_a_reply", preview='{"totalTokens": 3}')),
    ),
    "nothing": (": ping\n\n", failed(Undecodable(kind="empty_stream"))),
}

ARRAYS: Final = {
    "an array": (
        f"[{json.dumps(piece(text('h')))}\n,\r\n{json.dumps(piece(text('i')))},{json.dumps(ends())}]",
        said(HI),
    ),
    "an array with indents": (
        json.dumps([piece(text("h}]")), piece(text('"i'), finish="STOP")], indent=2),
        said(Text('h}]"i')),
    ),
    "an array that is cut": (f"[{json.dumps(piece(text('hi')))},", failed(CUT, HI)),
    "an array with an error": (f"[{json.dumps(piece(text('hi')))},{json.dumps(REPORT)}]", failed(OVERLOADED, HI)),
    "LF alone": (stream(piece(text("hi")), ends()).replace("\r\n", "\n"), said(HI)),
    "id and model after the words": (
        stream({**piece(text("hi"), finish="STOP"), "modelVersion": "m", "responseId": "r"}),
        finished(HI, raw="STOP", reply=("r", "m")),
    ),
    "id and model change": (
        stream({**piece(text("hi")), "responseId": "r"}, {**ends(), "responseId": "q", "modelVersion": "m"}),
        finished(HI, raw="STOP", reply=("r", None)),
    ),
    "[DONE] of a gateway": (stream(piece(text("hi"), finish="STOP")) + "data: [DONE]\n\n", said(HI)),
    "an event named error": (
        stream(piece(text("hi"))) + "event: error\n" + event(REPORT),
        failed(OVERLOADED, HI),
    ),
}

WEB: Final = {"web": {"uri": "https://a.example", "title": "A"}}
GROUNDED: Final = {"groundingChunks": [WEB, {"maps": {"uri": "https://m.example"}}, WEB]}
A: Final = Citation("https://a.example", "A")

SOURCES: Final = {
    "grounded, told twice": (
        stream(
            piece(text("h"), groundingMetadata=GROUNDED), piece(text("i"), finish="STOP", groundingMetadata=GROUNDED)
        ),
        said(HI, A, Citation("https://m.example")),
    ),
    "documents and images": (
        stream(
            piece(
                text("hi"),
                finish="STOP",
                groundingMetadata={
                    "groundingChunks": [
                        {"retrievedContext": {"text": "x", "fileSearchStore": "fileSearchStores/s"}},
                        {"retrievedContext": {"uri": "gs://b/x.pdf", "title": "X"}},
                        {"image": {"sourceUri": "https://i.example", "imageUri": "https://i.example/x.png"}},
                    ]
                },
            )
        ),
        said(HI, Citation("gs://b/x.pdf", "X"), Citation("https://i.example")),
    ),
    "recited": (
        stream(piece(text("hi"), finish="STOP", citationMetadata={"citationSources": [{"uri": "https://a.example"}]})),
        said(HI, Citation("https://a.example")),
    ),
    "recited, as Vertex says it": (
        stream(piece(text("hi"), finish="STOP", citationMetadata={"citations": [WEB["web"]]})),
        said(HI, A),
    ),
    "no sources": (stream(piece(text("hi"), finish="STOP", groundingMetadata={})), said(HI)),
}


def used(usage: Usage, *counts: object) -> tuple[str, Want]:
    """A reply whose pieces have these counts."""
    pieces = [piece(text(letter), usage=count) for letter, count in zip("hi!?", counts, strict=False)]
    words = "hi!?"[: len(counts)]
    return stream(*pieces, ends()), said(Text(words), usage=usage)


def counts(prompt: int, total: int, **others: object) -> dict[str, object]:
    """Counts of a piece."""
    names = {"said": "candidatesTokenCount", "thought": "thoughtsTokenCount", "cached": "cachedContentTokenCount"}
    named = {names.get(name, name): count for name, count in others.items()}
    return {"promptTokenCount": prompt, "totalTokenCount": total, **named}


USAGE: Final = {
    "the last counts": used(Usage(input=3, output=2, total=5), counts(3, 4, said=1), counts(3, 5, said=2)),
    "thoughts are output": used(Usage(input=3, output=9, reasoning=7, total=12), counts(3, 12, said=2, thought=7)),
    "thoughts alone": used(Usage(input=3, output=7, reasoning=7, total=10), counts(3, 10, thought=7)),
    "cached is of the input": used(Usage(input=9, output=2, cache_read=4, total=11), counts(9, 11, said=2, cached=4)),
    "tools are input": used(Usage(input=9, output=2, total=11), counts(3, 11, said=2, toolUsePromptTokenCount=6)),
    "no words, no output": used(Usage(input=3, total=3), counts(3, 3)),
    "left out of the last": used(Usage(input=3, output=2, total=5), counts(3, 5, said=2), counts(3, 5)),
    "left out where the total has no room": used(
        Usage(input=8, output=7, reasoning=7, total=15), counts(3, 12, said=2, thought=7), counts(8, 15, thought=7)
    ),
    "the cached left out": used(
        Usage(input=9, output=2, cache_read=4, total=11), counts(9, 10, said=1, cached=4), counts(9, 11, said=2)
    ),
    "then none": used(Usage(input=3, output=2, total=5), counts(3, 5, said=2), {"trafficType": "ON_DEMAND"}, {}),
    "audio": used(
        Usage(input=3, output=2, audio_input=2, audio_output=1, total=5),
        counts(
            3,
            5,
            said=2,
            promptTokensDetails=[{"modality": "TEXT", "tokenCount": 1}, {"tokenCount": 2, "modality": "AUDIO"}],
            candidatesTokensDetails=[{"modality": "AUDIO", "tokenCount": 1}],
        ),
    ),
    "as floats and text": used(Usage(input=3, output=2, total=5), counts(3, 5, said=2.0), counts(3, 5, said="2")),
    "below zero": used(Usage(input=3, output=0, total=5), counts(3, 5, said=-2)),
    "null": used(Usage(), {"promptTokenCount": None}, None),
}

CASES: Final = {
    f"{group}/{name}": case
    for group, cases in {
        "parts": PARTS,
        "calls": CALLS,
        "ends": ENDS,
        "arrays": ARRAYS,
        "sources": SOURCES,
        "usage": USAGE,
    }.items()
    for name, case in cases.items()
}


@pytest.mark.parametrize(("reply", "want"), CASES.values(), ids=CASES)
def test_a_reply_of_gemini(reply: str, want: Want) -> None:
    check_reply(reply.encode(), reply, want, GOOGLE)
