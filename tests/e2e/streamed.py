"""What a server does and what a call for a stream makes of it, for both clients: one row a fact.

Expected values come from the providers' wire formats and from what the library promises about retries, deadlines and
broken streams; none was taken from a run.
"""

from typing import Final

from e2e.cases import WEATHER, Case, Seen, again, case, tool
from fakes.replies import (
    DONE,
    Reply,
    Step,
    answer,
    body,
    broken,
    delta,
    event,
    gzipped,
    refusal,
    repeated,
    silence,
    stream,
    streamed_answer,
    usage_chunk,
    words,
)
from modelmix import Bounds, Deadlines

_OVERLOADED: Final = event({"error": {"message": "Overloaded", "type": "overloaded_error"}})
_INVALID: Final = event({"error": {"message": "no", "type": "invalid_request_error"}})
_PING: Final = b": keep-alive\n\n"
_ONE_HELLO: Final = delta("stop", content="Hello")
_GOOD: Final = streamed_answer("Hel", "lo")
_HELLO: Final = Seen(text="Hello", spent=15, made=3, finish="stop")

STREAMED: Final[dict[str, Case]] = {
    "pieces make the text": case(_GOOD, expected=_HELLO),
    "a stream without usage has none": case(
        stream(*words("Hel", "lo"), delta("stop"), DONE), expected=Seen(text="Hello", finish="stop")
    ),
    "usage on the last chunk counts": case(
        stream(*words("Hello"), delta("stop", usage={"prompt_tokens": 15, "completion_tokens": 3})), expected=_HELLO
    ),
    "text may come with the finish reason": case(stream(_ONE_HELLO, usage_chunk(15, 3), DONE), expected=_HELLO),
    "[DONE] is not required": case(stream(_ONE_HELLO, usage_chunk(15, 3)), expected=_HELLO),
    "events may be cut anywhere": case(
        stream(*(bytes([byte]) for step in _GOOD.steps for byte in step.data)), expected=_HELLO
    ),
    "a stream may end with its connection": case(
        stream(*(step.data for step in _GOOD.steps), framing="close"), expected=_HELLO
    ),
    "a stream compressed with gzip is opened": case(gzipped(_GOOD), expected=_HELLO),
    "an answer that is not streamed is taken": case(answer("Hello"), expected=_HELLO),
    "comments and empty deltas are no output": case(
        stream(b": hi\n\n", delta(role="assistant", content=""), *words("Hello"), b": hi\n\n", delta("stop"), DONE),
        expected=Seen(text="Hello", finish="stop"),
    ),
    "reasoning comes before the text": case(
        stream(delta(reasoning_content="2 and "), delta(reasoning="2"), *words("4"), delta("stop"), DONE),
        expected=Seen(text="4", reasoning="2 and 2", finish="stop"),
    ),
    "a refusal is kept apart from the text": case(
        stream(delta(refusal="N"), delta(refusal="o."), delta("stop"), DONE),
        expected=Seen(refusal="No.", finish="stop"),
    ),
    "pieces of calls are put together": case(
        stream(
            delta(tool_calls=[tool("weather", "", "call_1")]),
            delta(tool_calls=[tool(None, '{"city":')]),
            delta(tool_calls=[tool("time", "{}", "call_2", 1)]),
            delta(tool_calls=[tool(None, '"Paris"}')]),
            delta("tool_calls"),
            DONE,
        ),
        expected=Seen(calls=(*WEATHER, ("call_2", "time", "{}")), finish="tool_calls"),
    ),
    "[DONE] without a finish reason is an end": case(
        stream(*words("Hello"), DONE), expected=Seen(text="Hello", finish="unknown")
    ),
    "400 is not tried again": case(
        refusal(400, "invalid_request_error", "no"), expected=Seen(error="rejected/invalid/400")
    ),
    "429 is tried again": case(refusal(429, "rate_limit_exceeded", "slow"), _GOOD, expected=again(_HELLO)),
    "503 is tried again": case(refusal(503, "unavailable", "later"), _GOOD, expected=again(_HELLO)),
    "529 is tried again": case(refusal(529, "overloaded_error", "later"), _GOOD, expected=again(_HELLO)),
    "an error before any output is tried again": case(stream(_OVERLOADED), _GOOD, expected=again(_HELLO)),
    "an error after a role alone is tried again": case(
        stream(delta(role="assistant", content=""), _OVERLOADED), _GOOD, expected=again(_HELLO)
    ),
    "an error after keep-alives alone is tried again": case(
        stream(_PING, _PING, _OVERLOADED), _GOOD, expected=again(_HELLO)
    ),
    "an error that will not pass is not tried again": case(
        stream(_INVALID), _GOOD, expected=Seen(error="rejected/invalid")
    ),
    "an error after output is not tried again": case(
        stream(*words("Hel"), _OVERLOADED), _GOOD, expected=Seen(text="Hel", error="rejected/overloaded")
    ),
    "an error after reasoning is not tried again": case(
        stream(delta(reasoning_content="2"), _OVERLOADED),
        _GOOD,
        expected=Seen(reasoning="2", error="rejected/overloaded"),
    ),
    "an error after the start of a call is not tried again": case(
        stream(delta(tool_calls=[tool("weather", "", "call_1")]), _OVERLOADED),
        _GOOD,
        expected=Seen(calls=(("call_1", "weather", "{}"),), error="rejected/overloaded"),
    ),
    "an empty stream is tried again": case(stream(), _GOOD, expected=again(_HELLO)),
    "a stream of nothing but keep-alives is tried again": case(stream(_PING, _PING), _GOOD, expected=again(_HELLO)),
    "a stream of nothing but [DONE] is tried again": case(stream(DONE), _GOOD, expected=again(_HELLO)),
    "streams that stay empty are told": case(stream(), expected=Seen(error="undecodable/empty_stream", requests=3)),
    "a web page under 200 is no reply": case(
        body(b"<!doctype html><html><body>Sign in</body></html>", "text/html"),
        expected=Seen(error="undecodable/html"),
    ),
    "a broken event keeps what came before it": case(
        stream(*words("Hel"), b'data: {"choices":[{"delta":\n\n', DONE),
        expected=Seen(text="Hel", error="undecodable/malformed_event"),
    ),
    "a reset before the headers is tried again": case(silence("reset"), _GOOD, expected=again(_HELLO)),
    "a close before the headers is tried again": case(silence("close"), _GOOD, expected=again(_HELLO)),
    "headers that are none are tried again": case(
        Reply(0, {}, (Step(b"garbage\r\n\r\n", 0, "close"),), "raw"), _GOOD, expected=again(_HELLO)
    ),
    "a reset in the midst is a drop": case(
        broken(*words("Hel"), Step(delay=0.05), action="reset"), expected=Seen(text="Hel", error="dropped")
    ),
    "a close in the midst of a chunked body is a drop": case(
        broken(*words("Hel"), action="close"), expected=Seen(text="Hel", error="dropped")
    ),
    "a close of one side in the midst of a chunked body is a drop": case(
        broken(*words("Hel"), action="half_close"), expected=Seen(text="Hel", error="dropped")
    ),
    "a chunk that is cut is a drop": case(
        Reply(200, {"Transfer-Encoding": "chunked"}, (Step(b"400\r\n" + words("Hel")[0]), Step(action="close")), "raw"),
        expected=Seen(text="Hel", error="dropped"),
    ),
    "a chunk whose length is garbage is a drop": case(
        Reply(
            200,
            {"Transfer-Encoding": "chunked"},
            (Step(b"%x\r\n%b\r\n" % (len(words("Hel")[0]), words("Hel")[0])), Step(b"zz\r\n"), Step(action="close")),
            "raw",
        ),
        expected=Seen(text="Hel", error="dropped"),
    ),
    "the end of a chunked body without a finish reason is a truncation": case(
        stream(*words("Hel")), expected=Seen(text="Hel", error="truncated/connection")
    ),
    "the end of a connection without a finish reason is a truncation": case(
        stream(*words("Hel"), framing="close"), expected=Seen(text="Hel", error="truncated/connection")
    ),
    "a first event that is cut is a truncation": case(
        stream(words("Hel")[0][:-20], framing="close"), expected=Seen(error="truncated/connection")
    ),
    "an event that is cut is a truncation": case(
        stream(*words("Hel"), words("lo")[0][:-20], framing="close"),
        expected=Seen(text="Hel", error="truncated/connection"),
    ),
    "a reset after the finish reason does no harm": case(
        broken(*words("Hel"), delta("stop", content="lo"), Step(delay=0.05), action="reset"),
        expected=Seen(text="Hello", finish="stop"),
    ),
    "a close after the finish reason does no harm": case(
        broken(_ONE_HELLO, action="close"), expected=Seen(text="Hello", finish="stop")
    ),
    "silence after [DONE] does no harm": case(
        broken(_ONE_HELLO, DONE, action="stall"), expected=Seen(text="Hello", finish="stop")
    ),
    "the first_token deadline holds before the headers": case(
        silence("stall"), _GOOD, deadlines=Deadlines(first_token=0.2), expected=again(_HELLO)
    ),
    "the first_token deadline names itself": case(
        silence("stall"),
        deadlines=Deadlines(first_token=0.1),
        expected=Seen(error="timed_out/first_token/0.1", requests=3),
    ),
    "keep-alives do not extend the first_token deadline": case(
        stream(*repeated(_PING, 0.05, 60)),
        _GOOD,
        deadlines=Deadlines(first_token=0.3),
        expected=again(_HELLO),
    ),
    "the idle deadline names itself and keeps the text": case(
        broken(*words("Hel"), action="stall"),
        deadlines=Deadlines(idle=0.2),
        expected=Seen(text="Hel", error="timed_out/idle/0.2"),
    ),
    "any byte resets the idle deadline": case(
        stream(*words("Hel"), *repeated(_PING, 0.1, 5), delta("stop", content="lo"), DONE),
        deadlines=Deadlines(idle=0.4),
        expected=Seen(text="Hello", finish="stop"),
    ),
    "keep-alives do not reset the progress deadline": case(
        stream(*words("Hel"), *repeated(_PING, 0.05, 60)),
        deadlines=Deadlines(progress=0.3),
        expected=Seen(text="Hel", error="timed_out/progress/0.3"),
    ),
    "the total deadline cuts an answer that goes on": case(
        stream(*words("Hel"), *(Step(words("lo")[0], 10),)),
        deadlines=Deadlines(total=0.2),
        expected=Seen(text="Hel", error="timed_out/total/0.2"),
    ),
    "the total deadline holds over all tries": case(
        refusal(429, "rate_limit_exceeded", "slow", {"Retry-After": "0.1"}),
        silence("stall"),
        deadlines=Deadlines(total=0.3),
        expected=Seen(error="timed_out/total/0.3", requests=2),
    ),
    "an event that passes its bound keeps what came before it": case(
        stream(*words("Hel", "x" * 5000)), bounds=Bounds(event=1000), expected=Seen(text="Hel", error="too_large/event")
    ),
}
"""Answers that are streamed."""
