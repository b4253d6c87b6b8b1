"""The object in an answer's text: what may stand around it, and what may not."""

from typing import Final

import pytest
from msgspec import UNSET

from modelmix.growing import Tree
from modelmix.written import Written


def read(pieces: list[str], *, wrapped: bool = False) -> tuple[str, object]:
    """How far a text has come, and its value."""
    written, tree = Written(wrapped=wrapped), Tree()
    for piece in pieces:
        tree.take(written.feed(piece))
    tree.take(written.finish())
    return written.progress, None if written.progress == "invalid" or tree.value is UNSET else tree.value


FENCED: Final[dict[str, tuple[str, object]]] = {
    '```json\n{"x":1}\n```': ("complete", {"x": 1}),
    '```\n{"x":1}\n```\n': ("complete", {"x": 1}),
    ' \n```json \n{"x":1}```': ("complete", {"x": 1}),
    '```json\n{"x":1}': ("complete", {"x": 1}),
    '```json\n{"x":': ("partial", {}),
    '```json\n{"x":"```\\n"}\n```': ("complete", {"x": "```\n"}),
    "```json\n12\n```": ("complete", 12),
    "```json\n[1,2]\n``` Bye.": ("invalid", None),
    '```json\n{"x":1}{"x":2}': ("invalid", None),
    '```python\n{"x":1}\n```': ("invalid", None),
    '``{"x":1}': ("invalid", None),
    "```": ("invalid", None),
    "``": ("invalid", None),
    '`{"x":1}`': ("invalid", None),
    '{"x":1}\n```': ("invalid", None),
    "": ("empty", None),
    "\n ": ("empty", None),
}


@pytest.mark.parametrize(("text", "expected"), FENCED.items(), ids=[repr(text) for text in FENCED])
def test_a_fence_is_taken_off_however_it_is_cut(text: str, expected: tuple[str, object]) -> None:
    for size in (1, 2, 3, 5, len(text) or 1):
        assert read([text[at : at + size] for at in range(0, len(text), size)]) == expected


WRAPPED: Final[dict[str, tuple[str, object]]] = {
    '{"value":[1,2]}': ("complete", [1, 2]),
    ' { "value" : "a" } ': ("complete", "a"),
    '{"value":{"value":1}}': ("complete", {"value": 1}),
    '{"value":[{"a":[]},': ("partial", [{"a": []}]),
    '{"value":12': ("partial", None),
    '{"value":12}': ("complete", 12),
    '```json\n{"value":[1]}\n```': ("complete", [1]),
    # What comes without it, or with more than it, stays or is told by the whole answer.
    "[1,2]": ("complete", [1, 2]),
    "12": ("complete", 12),
    "{}": ("complete", {}),
    '{"other":1}': ("complete", {"other": 1}),
    '{"value":1,"more":{"a":[2]}}': ("complete", 1),
    '{"value":1}x': ("invalid", None),
}


@pytest.mark.parametrize(("text", "expected"), WRAPPED.items(), ids=[repr(text) for text in WRAPPED])
def test_what_was_put_around_an_answer_is_taken_off(text: str, expected: tuple[str, object]) -> None:
    for size in (1, 2, 3, 5, len(text)):
        assert read([text[at : at + size] for at in range(0, len(text), size)], wrapped=True) == expected
