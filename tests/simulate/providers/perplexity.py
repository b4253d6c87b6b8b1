"""Perplexity: chat completions that search the web.

https://docs.perplexity.ai/api-reference/chat-completions-post, and the types that are made from its OpenAPI document:
https://github.com/perplexityai/perplexity-py (types/chat/completion_create_params.py, types/stream_chunk.py,
types/shared/usage_info.py).
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from simulate import chat
from simulate.asked import Asked
from simulate.chat import Body, Host, Model
from simulate.framing import data
from simulate.kept import Simulated
from simulate.told import Counts


def _asks(body: Body, _: Asked) -> None:
    # Neither is among the parameters; usage is in every chunk.
    del body["seed"]
    body.pop("stream_options", None)


_SOURCES: Final = ["https://example.com/simulated/one", "https://example.com/simulated/two"]


def _tells(body: Body, _: Counts) -> None:
    body["citations"] = _SOURCES
    body["search_results"] = [
        {"title": f"Simulated source {at}", "url": url, "date": "2026-11-01", "last_updated": "2026-11-02"}
        for at, url in enumerate(_SOURCES, start=1)
    ]


def _usage(counts: Counts) -> Body:
    cost = {"input_tokens_cost": 0.0, "output_tokens_cost": 0.0, "request_cost": 0.005, "total_cost": 0.005}
    return {**chat.plainly(counts), "search_context_size": "low", "cost": cost}


def _everywhere(host: Host, pieces: Sequence[Body], counts: Counts) -> list[Body]:
    """By default each chunk has the message so far beside its delta, the sources and the usage so far.

    https://docs.perplexity.ai/docs/sonar/pro-search/stream-mode
    """
    said = ""
    found: list[Body] = []
    for at, piece in enumerate(pieces, start=1):
        choice = chat.choices(piece)[0]
        delta = chat.member(choice, "delta")
        said += str(delta.get("content", ""))
        choice |= {
            "delta": {"role": "assistant", "content": "", **delta},
            "message": {"role": "assistant", "content": said},
        }
        so_far = counts if at == len(pieces) else Counts(counts.prompt, 0, min(at, counts.answer))
        found.append({**piece, "usage": host.usage(so_far)})
    return found


SONAR: Final = Host(
    provider="perplexity",
    url="https://api.perplexity.ai/chat/completions",
    asks=_asks,
    tells=_tells,
    usage=_usage,
    places=_everywhere,
    # Recorded traffic: CRLF, and no `[DONE]`.
    frames=partial(data, end="\r\n", done=False),
    reply_id="simulated-{}-{}",
)


# Thoughts stand before the answer, an object included, and `response_format` does not take them away:
# https://docs.perplexity.ai/guides/structured-outputs
THINKING: Final = replace(SONAR, aloud=True)


def simulated() -> list[Simulated]:
    """One that answers, and one that thinks before; no tools are described for either."""
    return [
        *chat.simulated(Model(host=SONAR, id="sonar", tools=False)),
        *chat.simulated(Model(host=THINKING, id="sonar-reasoning-pro", thinks="always", tools=False)),
    ]
