"""What encoding gives: a body before the provider's rules, and what was changed on the way."""

from collections.abc import Callable, Iterator
from typing import Protocol

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.content import Seal
from modelmix.ast.model import Model
from modelmix.ast.request import Request
from modelmix.node import Node
from modelmix.outcome import Outcome
from modelmix.providers.provider import Shape
from modelmix.quirks import Body


class Draft(Node, frozen=True):
    """A body, and the adaptations that made it.

    `max_tokens` is the bound on output where the dialect has its own, `answer_tool` the tool that must be called where
    its arguments are the answer.
    """

    body: Body
    adaptations: tuple[Adaptation, ...]
    max_tokens: int | None = None
    answer_tool: str | None = None


class Notes:
    """Gathers adaptations while a request is encoded; each is told once."""

    __slots__ = ("_told",)

    def __init__(self) -> None:
        self._told: dict[Adaptation, None] = {}

    def dropped(self, field: str, why: str) -> None:
        """Something could not be said."""
        self._told[Adaptation(field=field, action="dropped", why=why)] = None

    def changed(self, field: str, why: str, into: str | None = None) -> None:
        """Something is said in another way."""
        self._told[Adaptation(field=field, action="changed", why=why, into=into)] = None

    def added(self, field: str, why: str, into: str | None = None) -> None:
        """Something is said that was not asked for."""
        self._told[Adaptation(field=field, action="added", why=why, into=into)] = None

    def unsealed(self, seal: Seal | None, owner: str | None = None) -> None:
        """A part goes without the seal that it has, unless that is of `owner`."""
        if seal is not None and seal.owner != owner:
            self.dropped("seal", f"it is {seal.owner}'s, and has no place here")

    def tell(self, adaptation: Adaptation) -> None:
        """A change that others look for."""
        self._told[adaptation] = None

    def __iter__(self) -> Iterator[Adaptation]:
        return iter(self._told)


class Encode(Protocol):
    """Says a request in a dialect, for a model, in a provider's shape; `entry` is what the catalogue knows of it."""

    def __call__(self, request: Request, model: str, shape: Shape, entry: Model | None, /) -> Outcome[Draft]:
        """The draft, or what the dialect cannot say."""
        ...


Path = Callable[[str, Request], str]
"""Where a request for a model goes, below the base URL."""
