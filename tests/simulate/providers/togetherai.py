"""Together: https://docs.together.ai/reference/chat-completions-1.

Chunks are those of the types that are made from its OpenAPI document: https://github.com/togethercomputer/together-py,
types/chat/chat_completion_chunk.py.
"""

from dataclasses import replace
from typing import Final

from simulate import chat
from simulate.asked import SEED, Asked
from simulate.chat import Body, Host, Model
from simulate.kept import Simulated
from simulate.told import Counts


def _asks(body: Body, _: Asked) -> None:
    # The marks that end a turn and a message of Llama 3 (https://www.llama.com/docs/model-cards-and-prompt-formats),
    # which Together's playground puts into the code that it shows for these models.
    body["stop"] = ["<|eot_id|>", "<|eom_id|>"]


def _tells(body: Body, _: Counts) -> None:
    for choice in chat.choices(body):
        choice |= {"seed": SEED, "logprobs": None}
        if "delta" in choice:
            # Each delta has the role and the number of its token; the text stands beside it once more.
            delta = chat.member(choice, "delta")
            text = delta.get("content", "")
            choice |= {"text": text, "delta": {"token_id": 1000, "role": "assistant", "content": text, **delta}}
    if body["object"] == "chat.completion":
        body["prompt"] = []


def _usage(counts: Counts) -> Body:
    return {**chat.plainly(counts), "cached_tokens": 0}


LLAMA: Final = Host(
    provider="togetherai",
    url="https://api.together.xyz/v1/chat/completions",
    asks=_asks,
    tells=_tells,
    usage=_usage,
    places=chat.at_the_end,
    # `eos` where the model itself has ended.
    finishes={**chat.FINISHES, "stop": "eos"},
    reply_id="simulated-{}-{}",
    empty={"content": ""},
)

# https://docs.together.ai/docs/gpt-oss: the thoughts are in `reasoning`.
GPT_OSS: Final = replace(LLAMA, asks=chat.not_bent, thoughts=chat.as_reasoning, finishes=chat.FINISHES)


def simulated() -> list[Simulated]:
    """One that answers, and one that thinks before."""
    return [
        *chat.simulated(Model(host=LLAMA, id="meta-llama/Llama-3.3-70B-Instruct-Turbo")),
        *chat.simulated(Model(host=GPT_OSS, id="openai/gpt-oss-120b", thinks="always")),
    ]
