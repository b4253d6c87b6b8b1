"""Captured replies from their bytes: the dialect is told, and what broke has its partial message."""

from collections.abc import Iterator
from typing import Final

import pytest
from returns.result import Failure, Success

from modelmix import _native
from modelmix.accumulate import fold
from modelmix.ast.content import Text
from modelmix.ast.event import Failed, Finished, TextDelta
from modelmix.ast.response import Response
from modelmix.decode import DIALECTS, Bounds, detect
from modelmix.errors import MixError, Rejected, TooLarge, Truncated, Undecodable
from modelmix.ingest.replies import read_reply, reply_events

# One reply that says `hi` in each dialect, streamed and in one piece, after the documents of the five APIs.
CHAT: Final = b'data: {"id":"c1","object":"chat.completion.chunk","choices":[{"delta":{"content":"hi"}}]}\n\n'
CHAT_END: Final = b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
LINE: Final = b'{"model":"m","created_at":"2025-05-27T22:54:57Z","message":{"role":"assistant","content":"hi"},'
LINE_END: Final = b'"done":true,"done_reason":"stop"}\n'

HEADS: Final[dict[str, tuple[bytes, str | None]]] = {
    "openai-chat, streamed": (CHAT, "openai-chat"),
    "openai-chat, whole": (b'{"id":"c1","object":"chat.completion","choices":[]}', "openai-chat"),
    "openai-chat, after keep-alives": (b": OPENROUTER PROCESSING\n\n" * 9 + CHAT, "openai-chat"),
    "openai-chat, an error": (b'{"error":{"message":"no","type":"server_error"}}', "openai-chat"),
    "openai-responses, streamed": (
        b'event: response.created\ndata: {"type":"response.created","sequence_number":0,"response":{"id":"r"}}\n\n',
        "openai-responses",
    ),
    "openai-responses, without names of events": (
        b'data: {"type":"response.created","response":{"id":"r"}}\n\n',
        "openai-responses",
    ),
    "openai-responses, whole": (b'{\n  "id": "resp_1",\n  "object": "response",\n  "output": []}', "openai-responses"),
    "anthropic-messages, streamed": (
        b'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","content":[]}}\n\n',
        "anthropic-messages",
    ),
    "anthropic-messages, the message first": (
        b'data: {"message":{"id":"msg_1","content":[]},"type":"message_start"}\n\n',
        "anthropic-messages",
    ),
    "anthropic-messages, whole": (
        b'{"model":"claude","id":"msg_1","type":"message","role":"assistant","content":[]}',
        "anthropic-messages",
    ),
    "anthropic-messages, an error": (
        b'{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
        "anthropic-messages",
    ),
    "google-generate, streamed": (b'data: {"candidates": [{"content": {"parts": []}}]}\r\n\r\n', "google-generate"),
    "google-generate, an array": (b'[{\n  "candidates": [{"content": {}}]\n}\n', "google-generate"),
    "google-generate, whole": (b'{"candidates":[],"usageMetadata":{}}', "google-generate"),
    "google-generate, blocked": (b'{"promptFeedback":{"blockReason":"SAFETY"}}', "google-generate"),
    "google-generate, an error": (
        b'[{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}]',
        "google-generate",
    ),
    "ollama-chat, streamed": (LINE + b'"done":false}\n', "ollama-chat"),
    "ollama-chat, of /api/generate": (b'{"model":"m","response":"hi","done":false}\n', "ollama-chat"),
    "ollama-chat, over several lines": (
        b'{\n  "model": "m",\n  "created_at": "2025-05-27T22:54:57Z",\n  "message": {\n    "role"',
        "ollama-chat",
    ),
    "ollama-chat, without a time": (b'{"message":{"content":"hi"}}\n', "ollama-chat"),
    "ollama-chat, an error": (b'{"error":"no such model"}', "ollama-chat"),
    "a byte order mark": (b"\xef\xbb\xbf" + CHAT, "openai-chat"),
    "a page": (b"<!DOCTYPE html>", None),
    "text": (b"upstream request timeout", None),
    "another document": (b'{"models":[]}', None),
    "nothing": (b"", None),
}


@pytest.mark.parametrize(("head", "dialect"), HEADS.values(), ids=HEADS)
def test_the_first_payloads_tell_the_dialect(head: bytes, dialect: str | None) -> None:
    assert _native.detect(head) == dialect
    # Until it can be told it is not guessed: no beginning tells another dialect.
    assert {_native.detect(head[:at]) for at in range(len(head))} <= {None, dialect}
    assert detect(head) == (dialect if dialect in DIALECTS else None)


REPLIES: Final[dict[str, bytes]] = {
    "openai-chat": CHAT + CHAT_END,
    "openai-chat, whole": b'{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}',
    "ollama-chat": LINE + b'"done":false}\n' + LINE.replace(b'"hi"', b'""') + LINE_END,
    "ollama-chat, whole": LINE + LINE_END,
}


def singly(body: bytes) -> Iterator[bytes]:
    return (body[at : at + 1] for at in range(len(body)))


@pytest.mark.parametrize("body", REPLIES.values(), ids=REPLIES)
def test_a_reply_becomes_a_message_or_events(body: bytes) -> None:
    for chunks in ([body], [*singly(body)], [b"", body, b""]):
        message = read_reply(chunks).unwrap()
        assert (message.text, message.finish) == ("hi", "stop")
        assert fold(reply_events(chunks)) == Success(message)


def test_a_dialect_that_is_named_is_believed() -> None:
    outcome = read_reply([REPLIES["openai-chat"]], dialect="ollama-chat")
    assert isinstance(outcome.failure(), Undecodable)
    assert read_reply([REPLIES["ollama-chat"]], dialect="ollama-chat").unwrap().text == "hi"


def test_markup_of_reasoning_is_looked_for_where_it_is_asked_for() -> None:
    body = REPLIES["ollama-chat, whole"].replace(b"hi", b"<think>hm</think>hi")
    assert read_reply([body]).unwrap().text == "<think>hm</think>hi"
    tagged = read_reply([body], tags="think").unwrap()
    assert (tagged.reasoning, tagged.text) == ("hm", "hi")


HI: Final = Response(parts=(Text("hi"),))
BROKEN: Final[dict[str, tuple[bytes, MixError]]] = {
    "cut": (CHAT, Truncated(phase="mid_stream", partial=Response(id="c1", parts=HI.parts))),
    "cut before it says anything": (CHAT[:20], Truncated(phase="mid_stream")),
    "refused": (b'{"error":"no luck"}', Rejected(kind="server", message="no luck", phase="mid_stream")),
    "refused on the way": (
        LINE + b'"done":false}\n{"error":"no luck"}\n',
        Rejected(kind="server", message="no luck", phase="mid_stream", partial=Response(model="m", parts=HI.parts)),
    ),
    "a page": (b"<html>", Undecodable(kind="html", preview="<html>")),
    "text": (b"bad gateway", Undecodable(kind="not_json", preview="bad gateway")),
    "another document": (b'{"models":[]}', Undecodable(kind="not_a_reply", preview='{"models":[]}')),
    "nothing": (b"", Undecodable(kind="empty_stream")),
}


@pytest.mark.parametrize(("body", "error"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_whole_reply_is_an_error_with_what_came(body: bytes, error: MixError) -> None:
    for chunks in ([body], [*singly(body)]):
        assert read_reply(chunks) == Failure(error)
        *came, end = reply_events(chunks)
        assert isinstance(end, Failed)
        assert type(end.error) is type(error)
        assert not any(isinstance(event, Finished | Failed) for event in came)
        partial = getattr(error, "partial", None)
        assert "".join(event.text for event in came if isinstance(event, TextDelta)) == ("hi" if partial else "")


def test_nothing_is_asked_for_after_the_end() -> None:
    def chunks() -> Iterator[bytes]:
        yield REPLIES["ollama-chat"]
        raise AssertionError("the reply has ended")

    assert read_reply(chunks()).unwrap().text == "hi"
    assert isinstance([*reply_events(chunks())][-1], Finished)


def test_a_reply_has_bounds_while_its_dialect_is_not_told() -> None:
    asked: list[int] = []

    def chunks() -> Iterator[bytes]:
        for at in range(1000):
            asked.append(at)
            yield b": keep-alive\n\n"

    outcome = read_reply(chunks(), bounds=Bounds(event=100, total=1400))
    assert outcome == Failure(TooLarge(bound="reply", limit=1400))
    # A chunk holds 14 bytes.
    assert len(asked) == 101
