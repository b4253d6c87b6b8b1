"""Model specifications: `provider:model`."""

from returns.result import Failure, Success

from modelmix.errors import BadSpec
from modelmix.node import Node
from modelmix.outcome import Outcome


class Spec(Node, frozen=True):
    """A model of a provider. The model may hold `:` and `/`."""

    provider: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}"


def parse_spec(text: str) -> Outcome[Spec]:
    """The two halves of a specification.

    >>> parse_spec("openrouter:meta-llama/llama-3.3-70b:free").unwrap().model
    'meta-llama/llama-3.3-70b:free'
    """
    provider, colon, model = text.strip().partition(":")
    clean = provider.isprintable() and model.isprintable()
    if not (colon and provider and model and clean):
        return Failure(BadSpec(text=text))
    return Success(Spec(provider, model))
