"""Errors of all shapes under 200, refusals, and every way a reply can end."""

from typing import Final

import pytest

from modelmix.ast.content import Refusal, Text
from modelmix.ast.usage import Usage
from modelmix.errors import Rejected, RejectionKind, Truncated, Undecodable
from stream.simulated import Want, check, failed, finished, names


def rejected(kind: RejectionKind, message: str, code: str | None) -> Rejected:
    """The provider's error inside a reply."""
    return Rejected(kind=kind, message=message, code=code, phase="mid_stream")


HI: Final = Text("hi")
BROKEN: Final = rejected("server", "Provider disconnected", "server_error")
CUT: Final = Truncated(phase="mid_stream")
EMPTY: Final = Undecodable(kind="empty_stream")

REFUSALS: Final = {
    "refusal/in pieces": finished(Refusal("I cannot.")),
    "refusal/in a body": finished(Refusal("I cannot.")),
    "refusal/empty": finished(HI),
    "refusal/after text": finished(Text("Well, "), Refusal("no."), finish="content_filter", raw="content_filter"),
}

ERRORS: Final = {
    "error/an object": failed(rejected("rate_limit", "Slow down", "rate_limit_exceeded")),
    "error/after text": failed(BROKEN, HI),
    "error/after the finish": failed(BROKEN, HI),
    "error/after [DONE]": finished(HI),
    "error/text": failed(rejected("server", "No model loaded", None)),
    "error/a number as code": failed(rejected("rate_limit", "Rate limited", "429")),
    "error/beside choices": failed(BROKEN, HI),
    "error/in the choice": failed(rejected("server", "Bad luck", "502"), Text("half")),
    "error/finish alone": finished(HI, finish="error", raw="error"),
    "error/by type": failed(rejected("overloaded", "Busy", "overloaded_error")),
    "error/by object": failed(rejected("not_found", "No such model", "404")),
    "error/in base_resp": failed(rejected("server", "unknown error", "1000")),
    "error/base_resp that is well": finished(HI),
    "error/in an event of that name": failed(rejected("invalid", "Not a tool", "tool_use_failed"), HI),
    "error/text in an event of that name": failed(rejected("server", "upstream connect error", None)),
    "error/in a field of that name": failed(rejected("server", "slot unavailable", "server_error")),
    "error/a body": failed(rejected("not_found", "No such model", "model_not_found")),
    "error/a body of many lines": failed(BROKEN),
    "error/a body that is an array": failed(rejected("overloaded", "Overloaded", "UNAVAILABLE")),
    "error/a body after events": failed(BROKEN, HI),
    "error/members that are empty": finished(Text("hi!")),
    "error/a page": failed(Undecodable(kind="html", preview="<!DOCTYPE html><title>502</title>")),
    "error/text without framing": failed(Undecodable(kind="not_json", preview="upstream request timeout")),
    "error/another document": failed(Undecodable(kind="not_a_reply", preview='{"detail": "Not Found"}')),
    "error/a proxy's last words": failed(Truncated(stray="upstream error: read ECONNRESET", phase="mid_stream"), HI),
    "error/nothing at all": failed(EMPTY),
    "error/only [DONE]": failed(EMPTY),
    "error/only keep-alives": failed(EMPTY),
    "error/half a document": failed(CUT),
    "error/a payload that is not JSON": failed(
        Undecodable(kind="malformed_event", preview='{"choices": [{"delta": {"content": : ping', phase="mid_stream"), HI
    ),
    "error/a number that is not JSON": failed(
        Undecodable(
            kind="malformed_event",
            preview='{"choices": [{"delta": {"content": "hi"}, "logprobs": NaN}]}',
            phase="mid_stream",
        )
    ),
}

FINISHES: Final = {
    "finish/with text": finished(HI),
    "finish/empty on every chunk": finished(HI),
    "finish/empty at the end": finished(HI, finish="unknown", raw=None),
    "finish/null and [DONE]": finished(HI, finish="unknown", raw=None),
    "finish/twice": finished(HI, usage=Usage(input=3, output=2, total=5)),
    "finish/once more, with null": finished(HI, finish="length", raw="length"),
    "finish/without [DONE]": finished(HI),
    "finish/cut before it": failed(CUT, HI),
    "finish/cut inside a field's name": failed(CUT, HI),
    "finish/cut inside the first field's name": failed(EMPTY),
    "finish/cut inside the first event": failed(CUT),
    "finish/length": finished(HI, finish="length", raw="length"),
    "finish/content_filter": finished(HI, finish="content_filter", raw="content_filter"),
    "finish/eos": finished(HI, raw="eos"),
    "finish/a new word": finished(HI, finish="other", raw="waiting_for_godot"),
    "finish/null in a body": finished(HI, finish="unknown", raw=None),
    "finish/text after [DONE]": finished(HI),
    "finish/spaces around [DONE]": finished(HI, finish="unknown", raw=None),
    "finish/[DONE] in the event": finished(HI),
}

CASES: Final = {**REFUSALS, **ERRORS, **FINISHES}


@pytest.mark.parametrize(("name", "want"), CASES.items(), ids=CASES)
def test_end(name: str, want: Want) -> None:
    check(name, want)


def test_no_reply_is_left_out() -> None:
    assert CASES.keys() == names("refusal", "error", "finish")
