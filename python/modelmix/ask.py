"""What may be said with a prompt, the same for every way of asking."""

from collections.abc import Sequence
from typing import TypedDict, Unpack

from modelmix.aim import Aim
from modelmix.ast.message import Prompt, conversation
from modelmix.ast.options import FreeText, Options, Output
from modelmix.ast.request import Request
from modelmix.ast.tool import ToolChoice, ToolSpec
from modelmix.providers.provider import Dialect
from modelmix.secret import Secret


class Ask(TypedDict, total=False):
    """Everything about a call but its model and its prompt; all of it may be left out.

    `system` goes before the prompt. `api_key` is used as it is given; without it the key is found in the environment
    or the user's settings. `base_url` sends the call elsewhere, and no stored key with it. `unlisted` takes a model
    that the catalogue does not know. `dialect` is spoken instead of the one that the model is known for.
    """

    system: str
    tools: Sequence[ToolSpec]
    tool_choice: ToolChoice
    options: Options
    api_key: str
    base_url: str
    unlisted: bool
    dialect: Dialect


def request_of(prompt: Prompt, *, stream: bool, output: Output | None = None, **ask: Unpack[Ask]) -> Request:
    """The request that a prompt and what is said with it make."""
    return Request(
        messages=conversation(prompt, ask.get("system")),
        tools=tuple(ask.get("tools", ())),
        tool_choice=ask.get("tool_choice", "auto"),
        options=ask.get("options", Options()),
        output=output or FreeText(),
        stream=stream,
    )


def aim_of(**ask: Unpack[Ask]) -> Aim:
    """Where the call shall go, as far as the caller says."""
    key = ask.get("api_key")
    return Aim(
        api_key=None if key is None else Secret(key),
        base_url=ask.get("base_url"),
        unlisted=ask.get("unlisted", False),
        dialect=ask.get("dialect"),
    )
