"""A count of tokens that says how good it is."""

from modelmix.node import Node


class Counted(Node, frozen=True, kw_only=True):
    """A number of tokens, and how it was found.

    `exact` says that the provider counts the same: the model's own encoding, and a published form of messages that
    the recordings bear out. Anything else is an estimate. `notes` says what had to be assumed, and what is in the
    request but not in the count.
    """

    tokens: int
    exact: bool
    by: str
    """The encoding, and for an estimate the family of models that its weights are for."""
    notes: tuple[str, ...] = ()
