"""The verdict on an imported exchange: what its request asks for must hold of its reply."""

from array import array
from base64 import b64encode
from collections.abc import Mapping
from math import inf

import pytest

from modelmix.compat.imports.found import Found
from modelmix.compat.judging import Judged, Manner
from unit.compat.bringing import as_json, called, delta, found, judged, reply, streamed

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = {"tools": [{"type": "function", "function": {"name": "get_weather", "parameters": CITY}}]}
SHAPED = {"response_format": {"type": "json_schema", "json_schema": {"name": "place", "schema": CITY}}}
HELLO = {"content": "hello"}


def vectors(*values: object) -> bytes:
    data = [{"object": "embedding", "index": index, "embedding": value} for index, value in enumerate(values)]
    return as_json({"data": data, "model": "m-1", "usage": {"prompt_tokens": 4, "total_tokens": 4}})


def embedded(*values: object, texts: object = "hi", **asked: object) -> Found:
    url = "https://api.openai.com/v1/embeddings"
    return found(vectors(*values), wire="openai-embeddings", url=url, asked={"input": texts, **asked})


def packed(*values: float) -> str:
    return b64encode(array("f", values).tobytes()).decode()


GOOD: Mapping[str, Found] = {
    "text": found(reply(HELLO)),
    "a stream": found(streamed(delta("hel"), delta("lo", "stop"))),
    "a stream cut within its events": found(
        body := streamed(delta("hel"), delta("lo", "stop")), sizes=(9, len(body) - 9)
    ),
    "a call that fits": found(reply(called("get_weather", '{"city":"Oslo"}'), "tool_calls"), asked=TOOLS),
    "a call of a function by its older name": found(
        reply(called("get_weather", '{"city":"Oslo"}'), "tool_calls"),
        asked={"functions": [{"name": "get_weather", "parameters": CITY}]},
    ),
    "a call of a tool that came in the conversation": found(
        as_json(
            {
                "id": "resp_1",
                "object": "response",
                "model": "m-1",
                "status": "completed",
                "output": [
                    {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "late", "arguments": "{}"},
                ],
                "usage": {"input_tokens": 5, "output_tokens": 2, "total_tokens": 7},
            }
        ),
        wire="openai-responses",
        url="https://api.openai.com/v1/responses",
        asked={"input": [{"type": "additional_tools", "tools": [{"type": "function", "name": "late"}]}]},
    ),
    "a call of a tool without a schema": found(
        reply(called("ping", "anything"), "tool_calls"),
        asked={"tools": [{"type": "function", "function": {"name": "ping"}}]},
    ),
    "an object that fits": found(reply({"content": '{"city":"Oslo"}'}), asked=SHAPED),
    "words of refusal in place of an object": found(reply({"content": None, "refusal": "No."}), asked=SHAPED),
    "an object that the limit cut off": found(reply({"content": '{"ci'}, "length"), asked={**SHAPED, "max_tokens": 2}),
    "arguments that the limit cut off": found(reply(called("get_weather", '{"ci'), "length"), asked=TOOLS),
    "no counts": found(reply(HELLO, usage=None)),
    "reasoning above the limit": found(
        reply(
            HELLO,
            usage={
                "prompt_tokens": 5,
                "completion_tokens": 30,
                "total_tokens": 35,
                "completion_tokens_details": {"reasoning_tokens": 28},
            },
        ),
        asked={"max_completion_tokens": 10},
    ),
    # Seen in recordings of Grok on Azure: neither prompt nor total hold what was read from the cache.
    "a total without cached tokens": found(
        reply(
            HELLO,
            usage={
                "prompt_tokens": 7,
                "completion_tokens": 1,
                "total_tokens": 8,
                "prompt_tokens_details": {"cached_tokens": 161},
            },
        )
    ),
    "a vector": embedded([0.5, -0.25]),
    "vectors in base64": embedded(packed(0.5, 1.0), packed(0.25, 2.0), texts=["a", "b"], dimensions=2),
    "a text given as tokens": embedded([0.5, 1.0], texts=[1, 2, 3]),
}

FLAWED: Mapping[str, tuple[Found, str, str, str]] = {
    "a finish that tells nothing": (found(reply(HELLO, None)), "finish", "stop", "unknown"),
    "nothing said": (found(reply({"content": None})), "answer", "text", "nothing"),
    "a total that is no sum": (
        found(reply(HELLO, usage={"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 9})),
        "usage.total",
        "5 + 2 = 7",
        "9",
    ),
    "more reasoning than output": (
        found(
            reply(
                HELLO,
                usage={
                    "prompt_tokens": 5,
                    "completion_tokens": 2,
                    "total_tokens": 7,
                    "completion_tokens_details": {"reasoning_tokens": 3},
                },
            )
        ),
        "usage.reasoning",
        "from 0 to 2",
        "3",
    ),
    "above the limit": (found(reply(HELLO), asked={"max_tokens": 1}), "usage.output", "at most 1", "2"),
    "another tool": (
        found(reply(called("get_time", "{}"), "tool_calls"), asked=TOOLS),
        "tool call",
        "a call of get_weather",
        "get_time({})",
    ),
    "a call although there are no tools": (
        found(reply(called("get_time", "{}"), "tool_calls")),
        "tool call",
        "no tool",
        "get_time({})",
    ),
    "arguments that do not fit": (
        found(reply(called("get_weather", '{"town":"Oslo"}'), "tool_calls"), asked=TOOLS),
        "arguments of get_weather",
        "JSON that fits",
        '"city" is a required property',
    ),
    "arguments that are no JSON": (
        found(reply(called("get_weather", '{"city"'), "tool_calls"), asked=TOOLS),
        "arguments of get_weather",
        "JSON that fits",
        "it is no JSON",
    ),
    "an object that does not fit": (
        found(reply({"content": '{"city":5}'}), asked=SHAPED),
        "object",
        "JSON that fits",
        '5 is not of type "string"',
    ),
    "words in place of an object": (
        found(reply({"content": "Oslo"}), asked=SHAPED),
        "object",
        "JSON that fits",
        "it is no JSON",
    ),
    "no reply at all": (found(b"It works!"), "reply", "one that can be read", "no reply"),
    "another document": (found(b'{"hello":"world"}'), "reply", "one that can be read", "no reply"),
    "a stream without an event": (found(b": ping\n\n"), "reply", "one that can be read", "The"),
    "a refusal whose words are nowhere": (
        found(b'{"fault":{"sentence":"no"}}', status=400),
        "refusal",
        "an error in the provider's words",
        "fault",
    ),
    "too few vectors": (embedded([0.5], texts=["a", "b"]), "vectors", "2", "1"),
    "a vector too short": (embedded([0.5, 1.0], dimensions=3), "dimensions", "3", "2"),
    "vectors of two lengths": (
        embedded([0.5], [0.5, 1.0], texts=["a", "b"]),
        "reply",
        "can be read",
        "2 numbers instead of 1",
    ),
    "a number without end": (embedded(packed(0.5, inf)), "reply", "can be read", "broken"),
    "a vector of nothing": (embedded([0.0, 0.0]), "vector 0", "other than 0", "zeros"),
}

SKIPPED: Mapping[str, tuple[Found, str]] = {
    "too many requests": (
        found(b'{"error":{"message":"slow down","type":"rate_limit_error"}}', status=429),
        "the provider refused: 429 rate_limit: slow down",
    ),
    "a gateway's page": (found(b"<html>Bad Gateway</html>", status=502), "the provider refused: 502 server"),
    "an error in a stream": (
        found(streamed(delta("hel"), {"error": {"message": "overloaded", "code": "server_error"}}, end=False)),
        "the provider refused: server: overloaded",
    ),
    "an error under 200": (
        found(b'{"error":{"message":"upstream failed","code":502}}'),
        "the provider refused: server: upstream failed",
    ),
    "a stream that was cut": (found(streamed(delta("hel"), end=False)), "the recording was cut off"),
    "a reply that comes later": (
        found(
            as_json({"id": "resp_1", "object": "response", "model": "m-1", "status": "queued", "output": []}),
            wire="openai-responses",
            url="https://api.openai.com/v1/responses",
            asked={"input": "hi", "background": True},
        ),
        "gives the answer later: queued",
    ),
    "a dialect that is not spoken": (found(b"{}", wire="cohere-chat-v2"), "modelmix does not speak cohere-chat-v2"),
}


@pytest.mark.parametrize("exchange", GOOD.values(), ids=GOOD)
def test_what_keeps_to_its_request_passes(exchange: Found) -> None:
    assert judged(exchange) == Judged()


@pytest.mark.parametrize(("exchange", "about", "expected", "came"), FLAWED.values(), ids=FLAWED)
def test_each_flaw_is_told(exchange: Found, about: str, expected: str, came: str) -> None:
    verdict = judged(exchange)
    assert [flaw.about for flaw in verdict.flaws] == [about]
    assert expected in verdict.flaws[0].expected
    assert came in verdict.flaws[0].came
    assert not verdict.skipped


@pytest.mark.parametrize(("exchange", "why"), SKIPPED.values(), ids=SKIPPED)
def test_what_proves_nothing_about_the_model_is_skipped(exchange: Found, why: str) -> None:
    verdict = judged(exchange)
    assert why in verdict.skipped
    assert not verdict.flaws


def test_without_its_request_a_reply_is_held_to_itself_alone() -> None:
    verdict = judged(found(reply(called("get_time", "{}"), "tool_calls"), asked=TOOLS, kept=False))
    assert verdict == Judged(unchecked=("its request was not recorded",))
    assert judged(found(reply(HELLO, None), kept=False)).flaws[0].about == "finish"


def test_a_schema_that_is_none_is_no_fault_of_the_model() -> None:
    broken = {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "nothing"}}}]}
    verdict = judged(found(reply(called("f", "{}"), "tool_calls"), asked=broken))
    assert not verdict.flaws
    assert verdict.unchecked[0].startswith("arguments of f: ")


def test_reasoning_in_the_text_is_no_part_of_the_object() -> None:
    exchange = found(reply({"content": '<think>hm</think>{"city":"Oslo"}'}), asked=SHAPED)
    assert judged(exchange).flaws[0].about == "object"
    assert judged(exchange, Manner(tags="think")) == Judged()
