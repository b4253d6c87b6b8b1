"""LM Studio: https://lmstudio.ai/docs/developer/openai-compat/chat-completions,
https://lmstudio.ai/docs/developer/openai-compat/structured-output, https://lmstudio.ai/docs/developer/openai-compat/tools.
"""

from dataclasses import replace
from functools import partial
from typing import Final

from simulate import chat, vectors
from simulate.asked import PERSON, Asked
from simulate.chat import Body, Host, Model
from simulate.framing import document
from simulate.kept import Simulated
from simulate.told import Counts


def _asks(body: Body, asked: Asked) -> None:
    if asked.person:
        # It makes a grammar of any schema, so that this one need not be closed.
        body["response_format"] = chat.schema(PERSON)


def _tells(body: Body, _: Counts) -> None:
    body["system_fingerprint"] = body["model"]
    for choice in chat.choices(body):
        choice["logprobs"] = None
    if body["object"] == "chat.completion":
        body["stats"] = {}


QWEN: Final = Host(
    provider="lmstudio",
    # The port of this machine is not kept.
    url="http://localhost/v1/chat/completions",
    asks=_asks,
    tells=_tells,
    writes=partial(document, indent=2),
    call_id="51000000{}",
    empty={"content": ""},
)

# "Reasoning is now in choices.message.reasoning (non-streaming) and choices.delta.reasoning (streaming)":
# https://lmstudio.ai/docs/developer/api-changelog, 0.3.23. Of an effort it says nothing for chat completions; it is
# sent as OpenAI has it.
GPT_OSS: Final = replace(QWEN, thoughts=chat.as_reasoning)


def simulated() -> list[Simulated]:
    """One that answers, one that thinks before, and vectors."""
    return [
        *chat.simulated(Model(host=QWEN, id="qwen/qwen3-30b-a3b-2507")),
        *chat.simulated(Model(host=GPT_OSS, id="openai/gpt-oss-20b", thinks="always")),
        # https://lmstudio.ai/docs/developer/openai-compat/embeddings
        *vectors.openai(
            "lmstudio", "text-embedding-nomic-embed-text-v1.5", "http://localhost/v1/embeddings", encoding="float"
        ),
    ]
