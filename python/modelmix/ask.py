"""What may be said with a prompt, the same for every way of asking."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypedDict, Unpack

from modelmix.aim import Aim
from modelmix.ast.message import Prompt, conversation
from modelmix.ast.options import FreeText, Options, Output
from modelmix.ast.request import Request
from modelmix.ast.tool import ToolChoice, ToolSpec
from modelmix.decode import DialectName
from modelmix.secret import Secret


class Reach(TypedDict, total=False):
    """Where any call goes; all of it may be left out.

    `api_key` is used as it is given; without it the key is found in the environment or the user's settings. `base_url`
    sends the call elsewhere, and no stored key with it. `unlisted` takes a model that the catalogue does not know, and
    asks of any model what the catalogue says that it cannot do. Nothing is sent that may cost more than `max_cost` US
    dollars, all tries and all answers of a run together.
    """

    api_key: str
    base_url: str
    unlisted: bool
    max_cost: Decimal


class Talk(Reach, total=False):
    """What goes with a prompt, tools aside; all of it may be left out.

    `system` goes before the prompt. `dialect` is spoken instead of the one that the model is known for.
    """

    system: str
    tool_choice: ToolChoice
    options: Options
    dialect: DialectName


class Ask(Talk, total=False):
    """Everything about a call but its model and its prompt; all of it may be left out."""

    tools: Sequence[ToolSpec]


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
    return _aim(ask.get("api_key"), ask.get("base_url"), ask.get("dialect"), unlisted=ask.get("unlisted", False))


def reach_of(**reach: Unpack[Reach]) -> Aim:
    """As `aim_of`, for a call that is no talk."""
    return _aim(reach.get("api_key"), reach.get("base_url"), None, unlisted=reach.get("unlisted", False))


def _aim(key: str | None, base_url: str | None, dialect: DialectName | None, *, unlisted: bool) -> Aim:
    secret = None if key is None else Secret(key)
    return Aim(api_key=secret, base_url=base_url, unlisted=unlisted, dialect=dialect)
