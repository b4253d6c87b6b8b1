"""OpenAI: chat completions, responses, embeddings."""

from typing import Final

from simulate import chat, responses, vectors
from simulate.chat import Body, Host, Model
from simulate.kept import Simulated
from simulate.told import Counts

# Every chunk has the tier and the fingerprint, and padding against guesses from its length:
# https://platform.openai.com/docs/api-reference/chat-streaming/streaming


def _tells(body: Body, _: Counts) -> None:
    body |= {"service_tier": "default", "system_fingerprint": "fp_simulated"}
    for choice in chat.choices(body):
        choice["logprobs"] = None
        if "message" in choice:
            choice["message"] = {**chat.member(choice, "message"), "refusal": None, "annotations": []}
    if body["object"] == "chat.completion.chunk":
        body["obfuscation"] = "simulated"


CHAT: Final = Host(
    provider="openai",
    url="https://api.openai.com/v1/chat/completions",
    tells=_tells,
    usage=chat.in_detail,
)


def simulated() -> list[Simulated]:
    """An earlier model by chat completions, a later one by responses, and vectors."""
    return [
        *chat.simulated(Model(host=CHAT, id="gpt-4o-mini", says="gpt-4o-mini-2024-07-18")),
        *responses.simulated("gpt-5-mini", says="gpt-5-mini-2025-08-07"),
        # https://platform.openai.com/docs/api-reference/embeddings/create
        *vectors.openai("openai", "text-embedding-3-small", "https://api.openai.com/v1/embeddings", encoding="base64"),
    ]
