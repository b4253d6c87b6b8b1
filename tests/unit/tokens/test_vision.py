"""Pictures as tokens: the examples that the providers' pages give, and what they say of the largest."""

from typing import Final

import pytest

from modelmix.tokens.size import Size
from modelmix.tokens.vision import Detail, picture_tokens

EXAMPLES: Final[dict[str, tuple[str, Size | None, Detail, int | None]]] = {
    # https://platform.openai.com/docs/guides/images-vision#calculating-costs
    "tiles of a square": ("gpt-4o", Size(1024, 1024), "high", 765),
    "tiles of a tall picture": ("gpt-4o", Size(2048, 4096), None, 1105),
    "low detail": ("gpt-4o", Size(4096, 8192), "low", 85),
    "one tile": ("gpt-4.1", Size(512, 512), "auto", 85 + 170),
    "tiles of a small model": ("gpt-4o-mini", Size(512, 512), None, 2833 + 5667),
    "tiles of a reasoning model": ("o3", Size(1024, 1024), None, 75 + 4 * 150),
    "tiles of GPT-5": ("gpt-5", Size(1024, 1024), None, 70 + 4 * 140),
    "patches that fit": ("gpt-4.1-mini", Size(1024, 1024), None, 1659),
    "patches that do not": ("gpt-4.1-mini", Size(1800, 2400), None, 2353),
    "patches of the smallest": ("gpt-5-nano", Size(32, 33), None, 5),
    # https://platform.claude.com/docs/en/build-with-claude/vision
    "squares that fit": ("claude-sonnet-4-5", Size(1000, 1000), None, 1296),
    "a single square": ("anthropic/claude-haiku-4.5", Size(28, 28), None, 1),
    # https://ai.google.dev/gemini-api/docs/tokens and .../media-resolution
    "a small picture": ("gemini-2.5-flash", Size(384, 384), None, 258),
    "crops": ("gemini-2.0-flash", Size(1536, 769), None, 4 * 258),
    "Gemini 3, whatever the size": ("gemini-3-flash-preview", Size(1, 1), None, 1120),
    "no formula": ("mistral-large-latest", Size(10, 10), None, None),
}


@pytest.mark.parametrize(("model", "size", "detail", "expected"), EXAMPLES.values(), ids=EXAMPLES)
def test_a_picture_comes_to_what_its_provider_says(
    model: str, size: Size | None, detail: Detail, expected: int | None
) -> None:
    assert picture_tokens(model, size, detail) == expected


# 1,536 patches times 1.62; 1,568 and 4,784 squares (the documents of both).
MOST: Final = {"gpt-4.1-mini": 2489, "claude-sonnet-4-5": 1568, "claude-opus-4-8": 4784, "gemini-3.5-flash": 1120}


@pytest.mark.parametrize(("model", "most"), MOST.items(), ids=MOST)
def test_no_picture_comes_to_more_than_the_most(model: str, most: int) -> None:
    for side in (100, 1568, 3000, 8000):
        for other in (1, 100, 1568, 8000):
            assert 0 < (picture_tokens(model, Size(side, other)) or 0) <= most


@pytest.mark.parametrize("model", ["gpt-4o", "o1", *MOST])
def test_a_picture_of_unknown_size_is_counted_at_its_largest(model: str) -> None:
    unknown = picture_tokens(model, None)
    assert unknown is not None
    assert unknown >= max(picture_tokens(model, Size(side, side)) or 0 for side in (64, 512, 768, 2048))
