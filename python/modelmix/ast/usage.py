"""Tokens spent, with one meaning for every provider."""

from modelmix.node import Node


class Usage(Node, frozen=True, kw_only=True):
    """Token counts of one reply. None means that the provider did not say, which is not 0."""

    input: int | None = None
    """All prompt tokens, cached ones included."""
    output: int | None = None
    """All generated tokens, reasoning included."""
    cache_read: int | None = None
    """Of `input`: read from a cache."""
    cache_write: int | None = None
    """Of `input`: written to a cache."""
    reasoning: int | None = None
    """Of `output`: spent on reasoning."""
    audio_input: int | None = None
    """Of `input`: audio."""
    audio_output: int | None = None
    """Of `output`: audio."""
    total: int | None = None
    """As the provider totals them."""
