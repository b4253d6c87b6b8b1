"""Groq: https://console.groq.com/docs/api-reference#chat-create and https://console.groq.com/docs/reasoning.

Chunks are those of the types of its package: https://github.com/groq/groq-python, types/chat/chat_completion_chunk.py.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from simulate import chat
from simulate.asked import SEED, Asked
from simulate.chat import Body, Host, Model
from simulate.kept import Simulated
from simulate.told import Counts


def _tells(body: Body, _: Counts) -> None:
    body["system_fingerprint"] = "fp_simulated"
    for choice in chat.choices(body):
        choice["logprobs"] = None
    if body["object"] == "chat.completion":
        body |= {"usage_breakdown": None, "service_tier": "on_demand", "x_groq": {"id": "req_simulated"}}


def _usage(counts: Counts) -> Body:
    details = {"completion_tokens_details": {"reasoning_tokens": counts.thinking}} if counts.thinking else {}
    times = {"queue_time": 0.01, "prompt_time": 0.002, "completion_time": 0.05, "total_time": 0.052}
    return {**chat.plainly(counts), **times, **details}


def _twice(host: Host, pieces: Sequence[Body], counts: Counts) -> list[Body]:
    """The first chunk has an id and the seed, the last the usage: in `x_groq`, and once more since it was asked for."""
    first, *others = chat.with_a_tail(host, pieces, counts)
    end = others[-2]
    return [
        {**first, "x_groq": {"id": "req_simulated", "seed": SEED}},
        *others[:-2],
        {**end, "x_groq": {"id": "req_simulated", "usage": host.usage(counts)}},
        others[-1],
    ]


def _asks(body: Body, asked: Asked) -> None:
    # "Streaming and tool use are not currently supported with Structured Outputs":
    # https://console.groq.com/docs/structured-outputs
    if asked.person and asked.stream:
        chat.in_words(body)


GPT_OSS: Final = Host(
    provider="groq",
    url="https://api.groq.com/openai/v1/chat/completions",
    asks=_asks,
    tells=_tells,
    thoughts=chat.as_reasoning,
    usage=_usage,
    places=_twice,
    call_id="fc_simulated_{}",
    empty={},
)


def _asks_qwen(body: Body, asked: Asked) -> None:
    body["reasoning_format"] = "parsed"
    if asked.person:
        # Not among the models that take a schema; JSON mode is for all. Whether in streams as well is not said.
        chat.in_words(body)
        body |= {} if asked.stream else {"response_format": {"type": "json_object"}}
    # Qwen 3 knows `none` and `default` alone; low is neither, and `default` is what holds without it.
    body.pop("reasoning_effort", None)


QWEN: Final = replace(GPT_OSS, asks=_asks_qwen)


def simulated() -> list[Simulated]:
    """Two that think; of one the thoughts must be asked for."""
    return [
        *chat.simulated(Model(host=GPT_OSS, id="openai/gpt-oss-20b", thinks="always")),
        *chat.simulated(Model(host=QWEN, id="qwen/qwen3-32b", thinks="always")),
    ]
