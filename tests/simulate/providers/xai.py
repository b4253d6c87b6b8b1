"""xAI: https://docs.x.ai/docs/api-reference#chat-completions and https://docs.x.ai/docs/guides/streaming-response."""

from collections.abc import Sequence
from typing import Final

from simulate import chat
from simulate.chat import Body, Host, Model
from simulate.kept import Simulated
from simulate.told import Counts


def _tells(body: Body, _: Counts) -> None:
    body["system_fingerprint"] = "fp_simulated"


def _usage(counts: Counts) -> Body:
    # Tokens of thinking are not among those of the completion, but in the total:
    # https://docs.x.ai/docs/guides/reasoning#consumption
    return {
        "prompt_tokens": counts.prompt,
        "completion_tokens": counts.answer,
        "total_tokens": counts.total,
        "prompt_tokens_details": {
            "text_tokens": counts.prompt,
            "audio_tokens": 0,
            "image_tokens": 0,
            "cached_tokens": 0,
        },
        "completion_tokens_details": {
            "reasoning_tokens": counts.thinking,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
        "num_sources_used": 0,
    }


def _everywhere(host: Host, pieces: Sequence[Body], counts: Counts) -> list[Body]:
    """Each chunk has the usage so far."""
    so_far = [Counts(counts.prompt, counts.thinking, min(at, counts.answer)) for at in range(1, len(pieces))]
    return [{**piece, "usage": host.usage(each)} for piece, each in zip(pieces, [*so_far, counts], strict=True)]


GROK: Final = Host(
    provider="xai",
    url="https://api.x.ai/v1/chat/completions",
    tells=_tells,
    usage=_usage,
    places=_everywhere,
    reply_id="simulated-{}-{}",
    empty={"content": ""},
)


def simulated() -> list[Simulated]:
    """One that thinks; its thoughts are counted and not shown."""
    return chat.simulated(Model(host=GROK, id="grok-4.3", thinks="always"))
