"""OpenRouter: https://openrouter.ai/docs/api-reference/chat-completion, https://openrouter.ai/docs/api-reference/streaming,
https://openrouter.ai/docs/use-cases/reasoning-tokens, https://openrouter.ai/docs/use-cases/usage-accounting.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from simulate import chat
from simulate.asked import Asked, Json
from simulate.chat import Body, Host, Model
from simulate.framing import data
from simulate.kept import Simulated
from simulate.told import Counts, Told


def _asks(body: Body, asked: Asked) -> None:
    if asked.effort:
        del body["reasoning_effort"]
        body["reasoning"] = {"effort": asked.effort}


def _tells(body: Body, _: Counts) -> None:
    body["provider"] = "Simulated"
    for choice in chat.choices(body):
        # The word of whoever serves the model, beside that of OpenRouter.
        choice |= {"logprobs": None, "native_finish_reason": choice["finish_reason"]}


def _details(told: Told, kind: str) -> list[Body]:
    return [{"type": "reasoning.text", "text": told.thinking, "format": kind, "index": 0}]


def _thoughts(told: Told) -> Body:
    """The thoughts as text, and as details; the pieces of a stream are of one detail, of the same index."""
    return {"reasoning": told.thinking, "reasoning_details": _details(told, "unknown")} if told.thinking else {}


def _remembers(told: Told) -> Body:
    """The details go back as they came."""
    return {"reasoning_details": _details(told, "unknown")} if told.thinking else {}


def _usage(counts: Counts) -> Body:
    return {
        **chat.plainly(counts),
        "cost": 0.0001,
        "is_byok": False,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "cost_details": {"upstream_inference_cost": None},
        "completion_tokens_details": {"reasoning_tokens": counts.thinking},
    }


def _frames(values: Sequence[Json]) -> bytes:
    """Comments keep the connection alive for as long as nothing else comes."""
    return b": OPENROUTER PROCESSING\n\n" * 2 + data(values)


GPT_OSS: Final = Host(
    provider="openrouter",
    url="https://openrouter.ai/api/v1/chat/completions",
    asks=_asks,
    tells=_tells,
    thoughts=_thoughts,
    remembers=_remembers,
    usage=_usage,
    frames=_frames,
    reply_id="gen-simulated-{}-{}",
    empty={"content": ""},
)


def _signed(told: Told) -> Body:
    """Claude signs its thoughts."""
    if not told.thinking:
        return {}
    detail = {**_details(told, "anthropic-claude-v1")[0], "signature": "c2ltdWxhdGVk"}
    return {"reasoning": told.thinking, "reasoning_details": [detail]}


CLAUDE: Final = replace(GPT_OSS, thoughts=_signed)


def simulated() -> list[Simulated]:
    """One that always thinks, one that thinks where it is asked to, and one that nobody serves with schemas."""
    return [
        *chat.simulated(Model(host=GPT_OSS, id="openai/gpt-oss-120b", thinks="always")),
        *chat.simulated(Model(host=CLAUDE, id="anthropic/claude-haiku-4.5", thinks="asked")),
        *chat.simulated(Model(host=GPT_OSS, id="moonshotai/kimi-k2", schemas=False)),
    ]
