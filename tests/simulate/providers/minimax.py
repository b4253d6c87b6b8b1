"""MiniMax, in OpenAI's format: https://platform.minimax.io/docs/api-reference/text-openai-api, whose parameters are those
of https://platform.minimax.io/docs/api-reference/text-post and https://platform.minimax.io/docs/api-reference/text-chat.
"""

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


M2: Final = Host(
    provider="minimax",
    url="https://api.minimax.io/v1/chat/completions",
    asks=_asks,
    tells=_tells,
    # "the content field will contain <think> tag content, which must be preserved completely": it goes back as well.
    aloud=True,
    usage=_usage,
    reply_id="51mu1a7ed{}{}",
    call_id="call_function_simulated_{}",
    empty={"content": ""},
)


def simulated() -> list[Simulated]:
    """One that thinks."""
    return chat.simulated(Model(host=M2, id="MiniMax-M2.7", thinks="always"))
