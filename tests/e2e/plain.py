"""What a server does and what a call for a whole answer makes of it, for both clients: one row a fact.

Expected values come from the providers' wire formats and from what the library promises about retries, deadlines and
broken streams; none was taken from a run.
"""

from typing import Final

from e2e.cases import WEATHER, Case, Seen, again, case, tool
from fakes.replies import (
    Reply,
    Step,
    answer,
    body,
    gzipped,
    refusal,
    repeated,
    silence,
    whole,
)
from modelmix import Bounds, Deadlines

_FOUR: Final = Seen(text="4", spent=15, made=3, finish="stop")

PLAIN: Final[dict[str, Case]] = {
    "an answer is told with its usage": case(answer("4"), expected=_FOUR),
    "a chunked body is an answer too": case(
        Reply(200, {"Content-Type": "application/json"}, answer("4").steps, "chunked"), expected=_FOUR
    ),
    "a body that ends with its connection is an answer too": case(
        Reply(200, {"Content-Type": "application/json"}, answer("4").steps, "close"), expected=_FOUR
    ),
    "a body compressed with gzip is opened": case(gzipped(answer("4")), expected=_FOUR),
    "a body that comes in single bytes is an answer too": case(
        Reply(200, {}, tuple(Step(bytes([byte])) for byte in answer("4").steps[0].data), "length"), expected=_FOUR
    ),
    "reasoning_content is reasoning": case(
        answer("4", reasoning_content="2 and 2"),
        expected=Seen(text="4", reasoning="2 and 2", spent=15, made=3, finish="stop"),
    ),
    "a refusal is kept apart from the text": case(
        answer(None, refusal="No."), expected=Seen(refusal="No.", spent=15, made=3, finish="stop")
    ),
    "tool calls are told with their arguments": case(
        answer(None, finish="tool_calls", tool_calls=[tool("weather", '{"city":"Paris"}', "call_1")]),
        expected=Seen(calls=WEATHER, spent=15, made=3, finish="tool_calls"),
    ),
    "calls with the finish reason stop are tool_calls": case(
        answer(None, tool_calls=[tool("weather", '{"city":"Paris"}', "call_1")]),
        expected=Seen(calls=WEATHER, spent=15, made=3, finish="tool_calls"),
    ),
    "an answer cut by the limit on output says so": case(
        answer("4", finish="length"), expected=Seen(text="4", spent=15, made=3, finish="length")
    ),
    "a web page under 200 is no reply": case(
        body(b"<!doctype html><html><body>Sign in</body></html>", "text/html"),
        expected=Seen(error="undecodable/html"),
    ),
    "text under 200 is no reply": case(body(b"OK", "text/plain"), expected=Seen(error="undecodable/not_json")),
    "JSON that is no completion is no reply": case(
        whole({"status": "ok"}), expected=Seen(error="undecodable/not_a_reply")
    ),
    "an error under 200 is a refusal": case(
        whole({"error": {"message": "no", "type": "invalid_request_error"}}), expected=Seen(error="rejected/invalid")
    ),
    "400 is not tried again": case(
        refusal(400, "invalid_request_error", "no"), expected=Seen(error="rejected/invalid/400")
    ),
    "401 is not tried again": case(
        refusal(401, "invalid_api_key", "Incorrect API key"), expected=Seen(error="rejected/auth/401")
    ),
    "403 is not tried again": case(
        refusal(403, "permission_denied", "no"), expected=Seen(error="rejected/permission/403")
    ),
    "404 is not tried again": case(
        refusal(404, "model_not_found", "no such model"), expected=Seen(error="rejected/not_found/404")
    ),
    "a context that is too long is not tried again": case(
        refusal(400, "context_length_exceeded", "long"), expected=Seen(error="rejected/too_long/400")
    ),
    "429 is tried again": case(refusal(429, "rate_limit_exceeded", "slow down"), answer("4"), expected=again(_FOUR)),
    "503 is tried again": case(refusal(503, "unavailable", "later"), answer("4"), expected=again(_FOUR)),
    "529 is tried again": case(refusal(529, "overloaded_error", "later"), answer("4"), expected=again(_FOUR)),
    "500 is tried again": case(refusal(500, "server_error", "oops"), answer("4"), expected=again(_FOUR)),
    "a gateway's web page under 502 is tried again": case(
        body(b"<html>Bad Gateway</html>", "text/html", 502), answer("4"), expected=again(_FOUR)
    ),
    "a quota that is used up is not tried again": case(
        refusal(429, "insufficient_quota", "pay"), answer("4"), expected=Seen(error="rejected/quota/429")
    ),
    "x-should-retry false wins over the status": case(
        refusal(503, "unavailable", "later", {"x-should-retry": "false"}),
        answer("4"),
        expected=Seen(error="rejected/overloaded/503"),
    ),
    "x-should-retry true wins over the status": case(
        refusal(400, "invalid_request_error", "later", {"x-should-retry": "true"}), answer("4"), expected=again(_FOUR)
    ),
    "a wait above the cap is not waited for": case(
        refusal(429, "rate_limit_exceeded", "tomorrow", {"Retry-After": "121"}),
        answer("4"),
        expected=Seen(error="rejected/rate_limit/429"),
    ),
    "two tries follow the first, and no more": case(
        refusal(503, "unavailable", "later"), expected=Seen(error="rejected/overloaded/503", requests=3)
    ),
    "a reset before the headers is tried again": case(silence("reset"), answer("4"), expected=again(_FOUR)),
    "a close before the headers is tried again": case(silence("close"), answer("4"), expected=again(_FOUR)),
    "resets without end are told": case(silence("reset"), expected=Seen(error="unreachable/reset", requests=3)),
    "a body shorter than it promised is a drop": case(
        Reply(200, {"Content-Type": "application/json"}, (Step(b'{"id":"chatcmpl-1","choices":['),), short=100),
        expected=Seen(error="dropped"),
    ),
    "a body cut by the end of its connection is truncated": case(
        Reply(200, {"Content-Type": "application/json"}, (Step(answer("4").steps[0].data[:-30]),), "close"),
        expected=Seen(error="truncated/connection"),
    ),
    "a redirect is not followed": case(
        Reply(307, {"Location": "http://127.0.0.1:9/v1/chat/completions"}), expected=Seen(error="rejected/redirect/307")
    ),
    "the total deadline holds for a server that is silent": case(
        silence("stall"), deadlines=Deadlines(total=0.2), expected=Seen(error="timed_out/total/0.2")
    ),
    "the total deadline holds for a body that stalls": case(
        Reply(200, {}, (Step(b'{"id":'), Step(action="stall")), "chunked"),
        deadlines=Deadlines(total=0.2),
        expected=Seen(error="timed_out/total/0.2"),
    ),
    "the total deadline holds for a body that trickles": case(
        Reply(200, {}, (*repeated(b" ", 0.05, 60), *answer("4").steps), "chunked"),
        deadlines=Deadlines(total=0.3),
        expected=Seen(error="timed_out/total/0.3"),
    ),
    "a refusal that trickles is not waited for longer than the deadline": case(
        Reply(400, {}, (Step(b'{"error":{"message":"no"'), *repeated(b" ", 0.05, 60), Step(b"}}")), "chunked"),
        deadlines=Deadlines(total=0.3),
        expected=Seen(error="rejected/invalid/400"),
    ),
    "a reply that passes its bound is an error": case(
        answer("x" * 5000), bounds=Bounds(total=4000), expected=Seen(error="too_large/reply")
    ),
    "a compressed reply is bounded by what it opens to": case(
        gzipped(answer("x" * 200_000)), bounds=Bounds(total=4000), expected=Seen(error="too_large/reply")
    ),
}
"""Answers that are not streamed."""
