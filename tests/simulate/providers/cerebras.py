"""Cerebras: https://inference-docs.cerebras.ai/api-reference/chat-completions.

The types that are made from its OpenAPI document: https://github.com/Cerebras/cerebras-cloud-sdk-python, types/chat.
"""

from functools import partial
from typing import Final

from simulate import chat
from simulate.chat import Body, Host, Model
from simulate.framing import data
from simulate.kept import Simulated
from simulate.told import Counts


def _tells(body: Body, _: Counts) -> None:
    body["system_fingerprint"] = "fp_simulated"
    if "usage" in body:
        body["time_info"] = {
            "queue_time": 0.0001,
            "prompt_time": 0.002,
            "completion_time": 0.03,
            "total_time": 0.0321,
            "created": chat.CREATED,
        }


def _usage(counts: Counts) -> Body:
    return {
        **chat.plainly(counts),
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": counts.thinking},
    }


GPT_OSS: Final = Host(
    provider="cerebras",
    url="https://api.cerebras.ai/v1/chat/completions",
    tells=_tells,
    # https://inference-docs.cerebras.ai/capabilities/reasoning
    thoughts=chat.as_reasoning,
    usage=_usage,
    places=chat.at_the_end,
    # Recorded traffic: no `[DONE]`.
    frames=partial(data, done=False),
    call_id="51mu1a7e{}",
    empty={},
)


def simulated() -> list[Simulated]:
    """One that thinks."""
    return chat.simulated(Model(host=GPT_OSS, id="gpt-oss-120b", thinks="always"))
