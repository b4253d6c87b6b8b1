"""Whether a request fits into the context window of a model, as far as its text tells."""

import re
from collections.abc import Iterator
from typing import Final

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.content import File, Reasoning
from modelmix.ast.model import Limits
from modelmix.ast.options import Shaped
from modelmix.ast.request import Request
from modelmix.ast.texts import parts_of, texts_of
from modelmix.errors import TooLong
from modelmix.node import Node

# Tokenizers cut at white space before they merge, so that no token holds the beginnings of two words.
_WORD: Final = re.compile(r"(?<!\S)\w")

_BYTES: Final = 4
"""Bytes of a token, about: https://platform.openai.com/tokenizer."""

_NEAR: Final = 0.9
"""Share of the window from which on a request may be too long: estimates are that far off."""

# OpenAI: https://platform.openai.com/docs/api-reference/responses/create, Anthropic:
# https://platform.claude.com/docs/en/build-with-claude/context-editing, OpenRouter:
# https://openrouter.ai/docs/guides/features/message-transforms
_SHORTENING: Final = frozenset({"truncation", "context_management", "transforms", "plugins"})
"""Options by which a provider makes room in a conversation."""


class Sizes(Node, frozen=True, kw_only=True):
    """Tokens of a request: `least` is certain, `likely` an estimate. Media are not counted."""

    least: int
    likely: int


def sizes(request: Request) -> Sizes:
    """How long a request is.

    >>> from modelmix.ast.message import user
    >>> sizes(Request(messages=(user("How long is this?"),)))
    Sizes(least=4, likely=5)
    """
    text = "\n".join(_texts(request))
    least = sum(1 for _ in _WORD.finditer(text))
    return Sizes(least=least, likely=max(least, -(-len(text.encode(errors="replace")) // _BYTES)))


def room(request: Request, size: int, limits: Limits, spec: str, model: str) -> Adaptation | TooLong | None:
    """What is wrong with the length of a request: too long for certain, perhaps too long (a note), or nothing.

    `size` is that of its body in bytes: most requests are so short that nothing has to be counted. Nothing is said of
    one that the provider is asked to shorten by itself.
    """
    window = limits.context
    takes = min(filter(None, (window, limits.input)), default=None)
    if takes is None or size < _NEAR * takes or any(name in _SHORTENING for name, _ in request.options.extra):
        return None
    found = _counted(request, model, sizes(request), _NEAR * takes)
    if window is not None and found.least > window:
        return TooLong(spec=spec, tokens=found.least, window=window)
    if found.likely < _NEAR * takes:
        return None
    why = f"it may be too long: about {found.likely:,} tokens, and this model takes {takes:,}"
    return Adaptation(field="prompt", action="noted", why=why)


def _counted(request: Request, model: str, found: Sizes, near: float) -> Sizes:
    """What a request near the window comes to, counted where the encoding of the model is known."""
    if found.likely < near:
        return found
    # Counting takes tables that hardly any request needs.
    from modelmix.tokens.request import count_request  # noqa: PLC0415

    counted = count_request(request, model)
    return Sizes(least=counted.tokens, likely=counted.tokens) if counted.exact else found


def _texts(request: Request) -> Iterator[str]:
    """All texts that a model reads for certain: its own thoughts may stay behind, and a file may be read in part."""
    for message in request.messages:
        for part in parts_of(message):
            if not isinstance(part, Reasoning | File):
                yield from texts_of(part)
    for tool in request.tools:
        yield from (tool.name, tool.description, tool.parameters)
    if isinstance(request.output, Shaped):
        yield request.output.schema
