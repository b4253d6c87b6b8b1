"""The pieces a response arrives in.

A stream gives `Started` once, deltas in order, and exactly one terminal event: `Finished` or `Failed`. `index` numbers
the part of the answer that an event belongs to, in the order the parts began.
"""

from typing import TypeAlias

from modelmix.ast.content import JsonText, Seal
from modelmix.ast.response import FinishReason
from modelmix.ast.usage import Usage
from modelmix.errors import MixError
from modelmix.node import Node


class Started(Node, frozen=True, tag="started"):
    """The reply has begun."""

    id: str | None = None
    model: str | None = None


class TextDelta(Node, frozen=True, tag="text", gc=False):
    """More answer text."""

    index: int
    text: str


class ReasoningDelta(Node, frozen=True, tag="reasoning", gc=False):
    """More reasoning."""

    index: int
    text: str


class Sealed(Node, frozen=True, tag="sealed"):
    """What must go back verbatim with the part `index`."""

    index: int
    seal: Seal


class RefusalDelta(Node, frozen=True, tag="refusal", gc=False):
    """More of a refusal."""

    index: int
    text: str


class ToolStarted(Node, frozen=True, tag="tool_started", gc=False):
    """A tool call has begun. `minted` says that the id is ours."""

    index: int
    id: str
    name: str
    minted: bool = False


class ToolDelta(Node, frozen=True, tag="tool_delta", gc=False):
    """More of a tool call's arguments, as JSON text."""

    index: int
    arguments: str


class Cited(Node, frozen=True, tag="cited", gc=False):
    """A source of the answer."""

    index: int
    url: str
    title: str | None = None


class OpaqueSeen(Node, frozen=True, tag="opaque"):
    """A part that only its own provider understands, whole."""

    index: int
    owner: str
    kind: str
    json: JsonText


class UsageSeen(Node, frozen=True, tag="usage"):
    """The token counts of the reply."""

    usage: Usage


class Finished(Node, frozen=True, tag="finished"):
    """The reply is complete; `raw` is the reason in the provider's own word."""

    reason: FinishReason
    raw: str | None = None


class Failed(Node, frozen=True, tag="failed"):
    """The reply is broken. What came before stands, also in `error.partial`."""

    error: MixError


Event: TypeAlias = (
    Started
    | TextDelta
    | ReasoningDelta
    | Sealed
    | RefusalDelta
    | ToolStarted
    | ToolDelta
    | Cited
    | OpaqueSeen
    | UsageSeen
    | Finished
    | Failed
)
"""Every kind of event."""
