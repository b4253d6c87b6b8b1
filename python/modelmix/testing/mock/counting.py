"""Tokens, as the mock counts them: words and signs, each with the white space before it."""

import re
from typing import Final

_PIECE: Final = re.compile(r"\s*(?:\w+|[^\w\s])|\s+\Z")


def pieces(text: str) -> tuple[str, ...]:
    """The text, cut where its tokens end; joined, they are the text again.

    >>> pieces("What is 2+2?")
    ('What', ' is', ' 2', '+', '2', '?')
    """
    return tuple(_PIECE.findall(text))


def tokens(text: str) -> int:
    """How many tokens a text has."""
    return len(pieces(text))
