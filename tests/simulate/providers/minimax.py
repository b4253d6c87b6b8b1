"""MiniMax, in OpenAI's format: https://platform.minimax.io/docs/api-reference/text-openai-api.

Parameters and replies are those of https://platform.minimax.io/docs/api-reference/text-post and
https://platform.minimax.io/docs/api-reference/text-chat-openai.
"""

from collections.abc import Sequence
from typing import Final

from simulate import chat
from simulate.asked import Asked
from simulate.chat import Body, Host, Model
from simulate.kept import Simulated
from simulate.told import Counts


def _asks(body: Body, asked: Asked) -> None:
    # Not among the parameters.
    del body["seed"]
    if asked.person:
        # "only supported by `MiniMax-Text-01`"; a tool cannot be forced either.
        chat.in_words(body)
    if body.get("temperature") == 0.0:
        # "value range (0, 1]": 0 is not in it, and what is next to it is for the caller's library to say.
        body["temperature"] = 0.01


def _tells(body: Body, _: Counts) -> None:
    if body["object"] == "chat.completion":
        body |= {
            "input_sensitive": False,
            "output_sensitive": False,
            "input_sensitive_type": 0,
            "output_sensitive_type": 0,
            "output_sensitive_int": 0,
            "base_resp": {"status_code": 0, "status_msg": ""},
        }


def _usage(counts: Counts) -> Body:
    details = {"completion_tokens_details": {"reasoning_tokens": counts.thinking}}
    return {**chat.plainly(counts), "total_characters": 0, **details}


def _whole_at_the_end(host: Host, pieces: Sequence[Body], counts: Counts) -> list[Body]:
    """Each delta has the role; the last event is the whole answer once more, with the usage."""
    said = ""
    for piece in pieces:
        choice = chat.choices(piece)[0]
        delta = chat.member(choice, "delta")
        said += str(delta.get("content", ""))
        choice["delta"] = {"content": "", **delta, "role": "assistant"}
    message = {"content": said, "role": "assistant"}
    whole = {**chat.choices(pieces[-1])[0], "message": message}
    del whole["delta"]
    return [*pieces, {**pieces[-1], "object": "chat.completion", "choices": [whole], "usage": host.usage(counts)}]


M2: Final = Host(
    provider="minimax",
    url="https://api.minimax.io/v1/chat/completions",
    asks=_asks,
    tells=_tells,
    # "the content field will contain <think> tag content, which must be preserved completely": it goes back as well.
    aloud=True,
    usage=_usage,
    places=_whole_at_the_end,
    reply_id="51mu1a7ed{}{}",
    call_id="call_function_simulated_{}",
    empty={"content": ""},
)


def simulated() -> list[Simulated]:
    """One that thinks."""
    return chat.simulated(Model(host=M2, id="MiniMax-M2.7", thinks="always"))
