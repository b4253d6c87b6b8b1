"""Texts as vectors: what is asked for, and what comes back."""

from array import array
from typing import Literal, TypeAlias

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.options import Extra
from modelmix.ast.response import Cost, Unpriced
from modelmix.ast.usage import Usage
from modelmix.node import Node

Task: TypeAlias = Literal["query", "document", "similarity", "classification", "clustering", "question", "fact", "code"]
"""What vectors are for, where a model makes other ones for other ends: a search and the documents it finds, texts that
are alike, classes, groups, questions, claims to check, and code to look for."""

Vector: TypeAlias = "array[float]"
"""One vector, as `array.array` of typecode `f`.

Four bytes a number, where a tuple of floats takes 32: the 2,048 vectors of 3,072 numbers that one call may give are
25 MB and not 200. Other libraries take an array as it is, without a copy, through its buffer.
"""


class EmbedRequest(Node, frozen=True, kw_only=True):
    """Texts to be turned into vectors of `dimensions` numbers, for a `task`; `extra` is passed through by name."""

    texts: tuple[str, ...]
    dimensions: int | None = None
    task: Task | None = None
    extra: Extra = ()


class Embeddings(Node, frozen=True, kw_only=True):
    """One vector a text, in the order of the texts.

    Vectors come as the model gives them: not all are of unit length, and those of Perplexity are whole numbers from
    -128 to 127.
    """

    vectors: tuple[Vector, ...] = ()
    usage: Usage = Usage()
    """Of all requests together; a count that one of them does not give is unknown."""
    cost: Cost | None = None
    """None where it is unknown, which is not 0; `unpriced` says why."""
    unpriced: Unpriced | None = None
    model: str | None = None
    """The model that answered, as the provider names it."""
    spec: str | None = None
    """The model that was asked, as `provider:model`."""
    requests: int = 1
    """How many requests the texts were sent in."""
    attempts: int = 1
    """All tries of all requests."""
    seconds: float = 0.0
    """How long the requests took, one after another."""
    adaptations: tuple[Adaptation, ...] = ()

    @property
    def bill(self) -> Cost | Unpriced:
        """What they cost, or why that is unknown."""
        return self.cost if self.cost is not None else self.unpriced or Unpriced(why="no_price", what="tokens")
