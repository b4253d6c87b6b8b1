"""Token counts in every place and spelling: one meaning, never added up, unknown is not 0."""

from typing import Final

import pytest

from modelmix.ast.content import Text
from modelmix.ast.usage import Usage
from stream.simulated import Want, check, finished, names


def used(usage: Usage) -> Want:
    """The answer of all these replies."""
    return finished(Text("hi"), usage=usage)


PLAIN: Final = Usage(input=3, output=2, total=5)

CASES: Final = {
    "usage/in a chunk of its own": used(PLAIN),
    "usage/with the finish": used(PLAIN),
    "usage/with every chunk": used(PLAIN),
    "usage/then null": used(PLAIN),
    "usage/in the choice": used(PLAIN),
    "usage/in x_groq": used(PLAIN),
    "usage/in x_groq and again": used(PLAIN),
    "usage/nowhere": used(Usage()),
    "usage/in detail": used(
        Usage(input=30, output=20, cache_read=10, cache_write=4, reasoning=8, audio_input=1, audio_output=2, total=50)
    ),
    "usage/details that are null": used(PLAIN),
    "usage/cached as DeepSeek": used(Usage(input=9, output=2, cache_read=4, total=11)),
    "usage/cached as Moonshot": used(Usage(input=9, output=2, cache_read=4, total=11)),
    "usage/cached as Anthropic": used(Usage(input=9, output=2, cache_read=4, cache_write=1, total=11)),
    "usage/reasoning outside the completion": used(Usage(input=3, output=9, reasoning=7, total=12)),
    "usage/reasoning inside the completion": used(Usage(input=3, output=9, reasoning=7, total=12)),
    "usage/cached outside the prompt": used(Usage(input=213, output=2, cache_read=190, total=25)),
    "usage/as floats and text": used(PLAIN),
    "usage/below zero": used(Usage(input=3, output=0)),
    "usage/that is no object": used(Usage()),
    "usage/in a body": used(PLAIN),
}


@pytest.mark.parametrize(("name", "want"), CASES.items(), ids=CASES)
def test_usage(name: str, want: Want) -> None:
    check(name, want)


def test_no_reply_is_left_out() -> None:
    assert CASES.keys() == names("usage")
