"""What pictures come to in tokens, by the formulas that the providers publish. What they bill may differ a little."""

from math import ceil, floor, sqrt
from typing import Final, Literal, TypeAlias

from modelmix.node import Node
from modelmix.tokens.family import is_one_of
from modelmix.tokens.size import Size

Detail: TypeAlias = Literal["auto", "low", "high"] | None


class Tiles(Node, frozen=True, kw_only=True):
    """OpenAI: `base`, and `tile` for each square of 512 of what fits 2048 with its shorter side at 768.

    https://platform.openai.com/docs/guides/images-vision#calculating-costs
    """

    base: int
    tile: int


class Patches(Node, frozen=True, kw_only=True):
    """OpenAI, the same page: squares of 32, at most `budget` of them after scaling, times `factor`."""

    factor: float
    budget: int = 1536


class Grid(Node, frozen=True, kw_only=True):
    """Anthropic: squares of 28, after scaling to `edge` on the longer side and to `budget` squares.

    Older pages say width times height over 750, which is within five per cent of it.
    https://platform.claude.com/docs/en/build-with-claude/vision
    """

    edge: int
    budget: int


class Crops(Node, frozen=True):
    """Gemini up to 2.5: 258, or 258 for each square of 768 where a side is longer than 384.

    https://ai.google.dev/gemini-api/docs/tokens
    """


class Fixed(Node, frozen=True):
    """Gemini 3: so many whatever the size (https://ai.google.dev/gemini-api/docs/media-resolution)."""

    tokens: int


Rule: TypeAlias = Tiles | Patches | Grid | Crops | Fixed

_CROP: Final = 258
_LARGEST: Final = Size(8000, 8000)
"""No provider takes a larger picture; one of unknown size is counted as this."""

_SHARP: Final = ("claude-opus-4-[789]*", "claude-opus-4.[789]*", "claude-opus-[5-9]*", "claude-sonnet-[5-9]*")
"""Claude models that take larger pictures as they are."""

_RULES: Final[tuple[tuple[tuple[str, ...], Rule], ...]] = (
    (("gpt-4o-mini*",), Tiles(base=2833, tile=5667)),
    (("gpt-4.1-mini*",), Patches(factor=1.62)),
    (("gpt-4.1-nano*",), Patches(factor=2.46)),
    (("gpt-4o*", "gpt-4.1*", "gpt-4.5*", "chatgpt-4o*", "gpt-4-*"), Tiles(base=85, tile=170)),
    (("o4-mini*",), Patches(factor=1.72)),
    (("gpt-5*-mini*",), Patches(factor=1.62)),
    (("gpt-5*-nano*",), Patches(factor=2.46)),
    (("gpt-5", "gpt-5-*", "gpt-5.1*"), Tiles(base=70, tile=140)),
    (("gpt-5.*", "gpt-6*"), Patches(factor=1.2, budget=2500)),
    (("o1*", "o3*"), Tiles(base=75, tile=150)),
    (_SHARP, Grid(edge=2576, budget=4784)),
    (("claude*", "*-claude-*"), Grid(edge=1568, budget=1568)),
    (("gemini-1*", "gemini-2*"), Crops()),
    (("gemini*",), Fixed(1120)),
)


def picture_tokens(model: str, size: Size | None, detail: Detail = None) -> int | None:
    """What a picture comes to, its largest size where the size is unknown; None where no formula is published.

    >>> picture_tokens("gpt-4o", Size(1024, 1024)), picture_tokens("gpt-4o", Size(1024, 1024), "low")
    (765, 85)
    >>> picture_tokens("mistral-large", Size(1024, 1024)) is None
    True
    """
    rule = next((rule for globs, rule in _RULES if is_one_of(model, globs)), None)
    shown = size or _LARGEST
    match rule:
        case None:
            return None
        case Tiles(base=base, tile=tile):
            return base if detail == "low" else base + tile * _tiles(shown)
        case Patches(factor=factor, budget=budget):
            return ceil(_patches(Size(512, 512) if detail == "low" else shown, budget) * factor)
        case Grid(edge=edge, budget=budget):
            return _squares(shown, edge, budget)
        case Crops():
            small = shown.width <= 384 and shown.height <= 384
            return _CROP if small else _CROP * _covering(shown.width, shown.height, 768)
        case Fixed(tokens):
            return tokens


def _covering(width: float, height: float, side: int) -> int:
    """How many squares cover a picture."""
    return ceil(width / side) * ceil(height / side)


def _tiles(size: Size) -> int:
    """Scaled to fit 2048, then down to 768 on the shorter side."""
    fit = min(1.0, 2048 / max(size.width, size.height))
    width, height = size.width * fit, size.height * fit
    fit = min(1.0, 768 / min(width, height))
    return _covering(width * fit, height * fit, 512)


def _patches(size: Size, budget: int) -> int:
    """Scaled down until it fits the budget, then a little further, so that one side is a whole number of patches."""
    whole = _covering(size.width, size.height, 32)
    if whole <= budget:
        return whole
    fit = sqrt(budget * 32**2 / (size.width * size.height))
    width, height = size.width * fit / 32, size.height * fit / 32
    fit = min(floor(width) / width, floor(height) / height)
    return min(ceil(width * fit) * ceil(height * fit), budget)


def _squares(size: Size, edge: int, budget: int) -> int:
    """Scaled to fit the edge, then to the largest size whose squares stay within the budget."""
    fit = min(1.0, edge / max(size.width, size.height))
    width, height = size.width * fit, size.height * fit
    whole = _covering(width, height, 28)
    return whole if whole <= budget else min(budget, _patches_within(width, height, budget))


def _patches_within(width: float, height: float, budget: int) -> int:
    fit = sqrt(budget * 28**2 / (width * height))
    return max(1, floor(width * fit / 28)) * max(1, floor(height * fit / 28))
