"""What was changed about a request to suit a model, and why."""

from typing import Literal

from modelmix.node import Node


class Adaptation(Node, frozen=True, kw_only=True):
    """One change. Nothing is dropped, renamed, clamped or added in silence.

    `field` is the option as the user knows it, `into` what it became where it still exists. With `noted` nothing was
    changed: it is something to know about this call, such as that its model is deprecated.
    """

    field: str
    action: Literal["dropped", "renamed", "clamped", "added", "changed", "noted"]
    why: str
    into: str | None = None
