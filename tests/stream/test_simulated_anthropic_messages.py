"""What the recordings of anthropic-messages do not show, simulated from the documents of Anthropic and from threads
about those who copy it."""

import json
from typing import Final

import pytest

from modelmix.ast.content import Citation, JsonText, Opaque, Reasoning, Refusal, Seal, Text
from modelmix.ast.event import Cited, Failed, Finished, Sealed, Started, TextDelta
from modelmix.ast.usage import Usage
from modelmix.errors import Rejected, Truncated, Undecodable
from stream.feeding import read
from stream.simulated import Want, called, check_reply, failed, finished

OWNER: Final = "anthropic-messages"
CUT: Final = Truncated(phase="mid_stream")
END: Final = '{"type":"message_stop"}'
BEGUN: Final = ("msg_1", "claude-x")


def event(payload: object) -> str:
    """One event as Anthropic sends it; text stands for its payload."""
    text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
    return f"event: {json.loads(text)['type']}\ndata: {text}\n\n"


def stream(*payloads: object) -> bytes:
    """The events of one reply."""
    return "".join(event(payload) for payload in payloads).encode()


def start(**members: object) -> dict[str, object]:
    content: list[object] = []
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-x",
        "content": content,
        **members,
    }
    return {"type": "message_start", "message": message}


def block(index: int, **members: object) -> dict[str, object]:
    return {"type": "content_block_start", "index": index, "content_block": members}


def piece(index: int, kind: str, **members: object) -> dict[str, object]:
    return {"type": "content_block_delta", "index": index, "delta": {"type": f"{kind}_delta", **members}}


def stop(index: int) -> dict[str, object]:
    return {"type": "content_block_stop", "index": index}


def ended(reason: str | None = "end_turn", **members: object) -> dict[str, object]:
    return {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, **members}


def says(index: int, *pieces: str) -> list[object]:
    """A block of text."""
    return [
        block(index, type="text", text=""),
        *[piece(index, "text", text=text) for text in pieces],
        stop(index),
    ]


def body(*blocks: object, reason: str | None = "end_turn", **members: object) -> bytes:
    """A reply that is no stream."""
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-x", "content": blocks}
    return json.dumps({**message, "stop_reason": reason, **members}).encode()


def done(*parts: Text | Reasoning | Refusal | Opaque | Citation, raw: str | None = "end_turn") -> Want:
    return finished(*parts, raw=raw, reply=BEGUN)


HI: Final = Text("hi")
SIGNED: Final = Reasoning("so it is", Seal(OWNER, "c2ln"))
PAGE: Final = {"type": "page_location", "cited_text": "rain", "document_index": 0, "document_title": "a.pdf"}
WEB: Final = {"type": "web_search_result_location", "url": "https://a.example", "title": "A", "encrypted_index": "Eo"}


def cited(citation: object, url: str, title: str | None) -> Citation:
    return Citation(url, title, Seal(OWNER, json.dumps(citation)))


def opaque(kind: str, text: str) -> Opaque:
    return Opaque(owner=OWNER, kind=kind, json=JsonText(text))


REDACTED: Final = '{"type": "redacted_thinking", "data": "EmwK"}'

# https://platform.claude.com/docs/en/build-with-claude/streaming and the pages on thinking, citations and tools
BLOCKS: Final[dict[str, tuple[bytes, Want]]] = {
    "thinking with its signature": (
        stream(
            start(),
            block(0, type="thinking", thinking="", signature=""),
            piece(0, "thinking", thinking="so "),
            piece(0, "thinking", thinking="it is"),
            piece(0, "signature", signature="c2ln"),
            stop(0),
            *says(1, "hi"),
            ended(),
            END,
        ),
        done(SIGNED, HI),
    ),
    "thinking without words": (
        stream(start(), block(0, type="thinking", thinking=""), piece(0, "signature", signature="c2ln"), ended(), END),
        done(Reasoning("", Seal(OWNER, "c2ln"))),
    ),
    "thinking in a body": (
        body({"type": "thinking", "thinking": "so it is", "signature": "c2ln"}, {"type": "text", "text": "hi"}),
        done(SIGNED, HI),
    ),
    "thinking of those who sign nothing": (
        body({"type": "thinking", "thinking": "so", "signature": ""}),
        done(Reasoning("so")),
    ),
    "redacted thinking stays in its place": (
        stream(start(), block(0, type="redacted_thinking", data="EmwK"), stop(0), *says(1, "hi"), ended(), END),
        done(opaque("redacted_thinking", REDACTED), HI),
    ),
    "redacted thinking in a body": (body(json.loads(REDACTED)), done(opaque("redacted_thinking", REDACTED))),
    "citations follow their text, even where they came before it": (
        stream(
            start(),
            block(0, type="text", text="", citations=[]),
            piece(0, "citations", citation=WEB),
            piece(0, "text", text="It "),
            piece(0, "citations", citation=PAGE),
            piece(0, "text", text="rains"),
            stop(0),
            *says(1, "."),
            ended(),
            END,
        ),
        done(Text("It rains"), cited(WEB, "https://a.example", "A"), cited(PAGE, "", "a.pdf"), Text(".")),
    ),
    "citations in a body": (
        body(
            {"type": "text", "text": "It rains", "citations": [PAGE]}, {"type": "text", "text": ".", "citations": None}
        ),
        done(Text("It rains"), cited(PAGE, "", "a.pdf"), Text(".")),
    ),
    "a search result that has no URL": (
        body({"type": "text", "text": "a", "citations": [{"source": "doc-1", "title": "T"}]}),
        done(Text("a"), cited({"source": "doc-1", "title": "T"}, "", "T")),
    ),
    "a provider's own tool, its input put together": (
        stream(
            start(),
            block(0, type="server_tool_use", id="srvtoolu_1", name="web_search", input={}),
            piece(0, "input_json", partial_json=""),
            piece(0, "input_json", partial_json='{"query":'),
            piece(0, "input_json", partial_json=' "x"}'),
            stop(0),
            ended("pause_turn"),
            END,
        ),
        finished(
            opaque(
                "server_tool_use",
                '{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query": "x"}}',
            ),
            finish="pause",
            raw="pause_turn",
            reply=BEGUN,
        ),
    ),
    "a block and a delta of a kind to come": (
        stream(
            start(),
            block(0, type="compaction", content=None),
            piece(0, "compaction", content="so far", more=[1]),
            stop(0),
            ended(),
            END,
        ),
        done(opaque("compaction", '{"type":"compaction","content":"so far","more":[1]}')),
    ),
    "two texts are two parts": (
        stream(start(), *says(0, "a", "b"), *says(1, "c"), ended(), END),
        done(Text("ab"), Text("c")),
    ),
    "an emoji in two halves": (
        stream(
            start(),
            block(0, type="text", text=""),
            '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\\ud83d"}}',
            '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\\ude00"}}',
            stop(0),
            ended(),
            END,
        ),
        done(Text("\N{GRINNING FACE}")),
    ),
    "a refusal that is explained": (
        stream(
            start(),
            {
                "type": "message_delta",
                "delta": {"stop_reason": "refusal", "stop_details": {"type": "refusal", "explanation": "No."}},
            },
            END,
        ),
        finished(Refusal("No."), finish="content_filter", raw="refusal", reply=BEGUN),
    ),
    "events and types to come": (
        stream(start(), {"type": "message_mood", "mood": 1}, *says(0, "hi"), ended(), END),
        done(HI),
    ),
    "text under the index of a call": (
        # https://github.com/sgl-project/sglang/issues/24294
        stream(
            start(),
            block(0, type="tool_use", id="toolu_1", name="look", input={}),
            piece(0, "text", text="hi"),
            ended("tool_use"),
            END,
        ),
        finished(called("toolu_1", "look", "{}"), HI, finish="tool_calls", raw="tool_use", reply=BEGUN),
    ),
    "deltas that nobody announced": (stream(start(), piece(0, "text", text="hi"), ended(), END), done(HI)),
    "no message_start": (stream(*says(0, "hi"), ended(), END), finished(HI, raw="end_turn")),
}


def call(*pieces: str, given: object = None, reason: str | None = "tool_use") -> bytes:
    opening = block(0, type="tool_use", id="toolu_1", name="look", input={} if given is None else given)
    return stream(
        start(), opening, *[piece(0, "input_json", partial_json=text) for text in pieces], stop(0), ended(reason), END
    )


def calls(arguments: str, raw: str | None = "tool_use") -> Want:
    return finished(called("toolu_1", "look", arguments), finish="tool_calls", raw=raw, reply=BEGUN)


CALLS: Final[dict[str, tuple[bytes, Want]]] = {
    "in pieces, the first of them empty": (call("", '{"a"', ": 1}"), calls('{"a": 1}')),
    "no arguments at all": (call(""), calls("{}")),
    "whole at the start": (call(given={"a": 1}), calls('{"a": 1}')),
    "pieces win over the start": (call('{"b":2}', given={"a": 1}), calls('{"b":2}')),
    "with a word that says stop": (call("{}", reason="end_turn"), calls("{}", raw="end_turn")),
    "without a word": (call("{}", reason=None), calls("{}", raw=None)),
    "without a word and cut": (
        call('{"a', reason=None),
        finished(called("toolu_1", "look", '{"a'), finish="unknown", raw=None, reply=BEGUN),
    ),
    "cut by the limit": (
        call('{"a', reason="max_tokens"),
        finished(called("toolu_1", "look", '{"a'), finish="length", raw="max_tokens", reply=BEGUN),
    ),
    "without an id": (
        body({"type": "tool_use", "name": "look", "input": {"a": 1}}, reason="tool_use"),
        finished(called("call_0", "look", '{"a": 1}', minted=True), finish="tool_calls", raw="tool_use", reply=BEGUN),
    ),
}

BUSY: Final = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
OVERLOADED: Final = Rejected(kind="overloaded", message="Overloaded", code="overloaded_error", phase="mid_stream")


def broken(want: Want) -> Want:
    """A reply that broke after its beginning."""
    reply_id, model = BEGUN
    return Want(type(want.answer)(parts=want.answer.parts, id=reply_id, model=model), want.error)


ENDS: Final[dict[str, tuple[bytes, Want]]] = {
    "an error after text": (
        stream(start(), block(0, type="text", text=""), piece(0, "text", text="hi"), BUSY),
        broken(failed(OVERLOADED, HI)),
    ),
    "an error alone": (stream(BUSY), failed(OVERLOADED)),
    "an error without its event's name": (f"data: {json.dumps(BUSY)}\n\n".encode(), failed(OVERLOADED)),
    "an error as a body": (json.dumps(BUSY).encode(), failed(OVERLOADED)),
    "a reason, but no message_stop": (stream(start(), *says(0, "hi"), ended()), broken(failed(CUT, HI))),
    "a reason, and [DONE] for message_stop": (stream(start(), *says(0, "hi"), ended()) + b"data: [DONE]\n\n", done(HI)),
    "[DONE] before a reason": (stream(start(), *says(0, "hi")) + b"data: [DONE]\n\n", broken(failed(CUT, HI))),
    "cut in the midst of a call": (
        stream(start(), block(0, type="tool_use", id="toolu_1", name="look", input={"a": 1})),
        broken(failed(CUT, called("toolu_1", "look", "{}"))),
    ),
    "cut in the midst of a block of the provider's own": (
        stream(start(), *says(0, "hi"), block(1, type="server_tool_use", id="s", name="web_search", input={})),
        broken(failed(CUT, HI)),
    ),
    "cut in the midst of a cited text": (
        stream(
            start(),
            block(0, type="text", text=""),
            piece(0, "text", text="It rains"),
            piece(0, "citations", citation=WEB),
        ),
        broken(failed(CUT, Text("It rains"), cited(WEB, "https://a.example", "A"))),
    ),
    "what comes after message_stop": (stream(start(), *says(0, "hi"), ended(), END, BUSY), done(HI)),
    "only pings": (stream({"type": "ping"}), failed(CUT)),
    "nothing": (b"", failed(Undecodable(kind="empty_stream"))),
    "another document": (b'{"object":"list"}', failed(Undecodable(kind="not_a_reply", preview='{"object":"list"}'))),
    "a word to come": (
        stream(start(), *says(0, "hi"), ended("novel"), END),
        finished(HI, finish="other", raw="novel", reply=BEGUN),
    ),
    "a body without a reason": (
        body({"type": "text", "text": "hi"}, reason=None),
        finished(HI, finish="unknown", raw=None, reply=BEGUN),
    ),
    "the window is full": (
        body({"type": "text", "text": "hi"}, reason="model_context_window_exceeded"),
        finished(HI, finish="length", raw="model_context_window_exceeded", reply=BEGUN),
    ),
}

COUNTS: Final[dict[str, tuple[bytes, Want]]] = {
    "the end replaces the start, and leaves what it does not say": (
        stream(
            start(usage={"input_tokens": 0, "cache_read_input_tokens": 5, "output_tokens": 1}),
            *says(0, "hi"),
            ended(usage={"input_tokens": 20, "cache_read_input_tokens": None, "output_tokens": 14}),
            END,
        ),
        finished(HI, raw="end_turn", reply=BEGUN, usage=Usage(input=25, output=14, cache_read=5)),
    ),
    "thinking is part of the output": (
        body(
            {"type": "text", "text": "hi"},
            usage={"input_tokens": 3, "output_tokens": 9, "output_tokens_details": {"thinking_tokens": 7}},
        ),
        finished(HI, raw="end_turn", reply=BEGUN, usage=Usage(input=3, output=9, reasoning=7)),
    ),
    "what was written to the cache is input": (
        body(
            {"type": "text", "text": "hi"},
            usage={"input_tokens": 3, "output_tokens": 9, "cache_creation_input_tokens": 100},
        ),
        finished(HI, raw="end_turn", reply=BEGUN, usage=Usage(input=103, output=9, cache_write=100)),
    ),
}

CASES: Final = {**BLOCKS, **CALLS, **ENDS, **COUNTS}


@pytest.mark.parametrize(("name", "reply", "want"), [(name, *case) for name, case in CASES.items()], ids=CASES)
def test_a_reply_is_what_it_says(name: str, reply: bytes, want: Want) -> None:
    check_reply(reply, name, want, OWNER)


def test_no_case_hides_another() -> None:
    assert len(CASES) == len(BLOCKS) + len(CALLS) + len(ENDS) + len(COUNTS)


def test_events_come_in_the_order_of_what_they_mean() -> None:
    reply, _ = BLOCKS["citations follow their text, even where they came before it"]
    told = read([reply], dialect=OWNER, coalesce=False).events
    assert told == (
        Started("msg_1", "claude-x"),
        TextDelta(0, "It "),
        TextDelta(0, "rains"),
        Cited(1, "https://a.example", "A"),
        Sealed(1, Seal(OWNER, json.dumps(WEB))),
        Cited(2, "", "a.pdf"),
        Sealed(2, Seal(OWNER, json.dumps(PAGE))),
        TextDelta(3, "."),
        Finished("stop", "end_turn"),
    )


def test_the_model_that_takes_over_is_the_one_that_answers() -> None:
    taken = block(0, type="fallback", **{"from": {"model": "claude-x"}, "to": {"model": "claude-y"}})
    reading = read([stream(start(), taken, stop(0), *says(1, "hi"), ended(), END)], dialect=OWNER)
    assert (reading.answer.model, reading.answer.text) == ("claude-y", "hi")


def test_a_malformed_event_is_told_with_what_came_before_it() -> None:
    whole = stream(start(), *says(0, "hi"))
    reading = read([whole + b"event: content_block_delta\ndata: {]\n\n"], dialect=OWNER)
    assert isinstance(reading.end, Failed)
    assert isinstance(reading.end.error, Undecodable)
    assert (reading.end.error.kind, reading.answer.text) == ("malformed_event", "hi")
