"""What a reader takes for one character is cut whole."""

import pytest
from hypothesis import given, strategies as st

from modelmix.graphemes import shorten

FAMILY = "👨‍👩‍👧"
FLAG = "🇳🇴"
CASES = {
    # text, limit: its beginning, and whether that is all
    "shorter": ("abc", 5, "abc", True),
    "as long": ("abc", 3, "abc", True),
    "longer": ("abcd", 3, "abc", False),
    "nothing": ("", 3, "", True),
    "nothing wanted": ("abc", 0, "", False),
    "an accent of its own": ("e\N{COMBINING ACUTE ACCENT}e", 1, "e\N{COMBINING ACUTE ACCENT}", False),
    "a family": (FAMILY + "x", 1, FAMILY, False),
    "a family alone": (FAMILY, 1, FAMILY, True),
    "two flags": (FLAG + FLAG, 1, FLAG, False),
    "a skin": ("👋🏽!", 1, "👋🏽", False),
    "Hangul": ("한글", 1, "한", False),
    "Hangul of parts": ("한글", 1, "한", False),
    "Devanagari": ("नमस्ते", 2, "नम", False),
    "CRLF": ("\r\nx", 1, "\r\n", False),
    "half a character": ("\ud83dx", 1, "?", False),
}


@pytest.mark.parametrize(("text", "limit", "shown", "whole"), CASES.values(), ids=CASES)
def test_a_text_is_cut_between_graphemes(text: str, limit: int, shown: str, *, whole: bool) -> None:
    assert shorten(text, limit) == (shown, whole)


@given(text=st.text(max_size=80), limit=st.integers(0, 40))
def test_what_is_shown_is_a_beginning(text: str, limit: int) -> None:
    shown, whole = shorten(text, limit)
    assert text.encode("utf-8", "replace").decode().startswith(shown)
    assert whole == (shown == text.encode("utf-8", "replace").decode())
    assert shorten(shown, limit) == (shown, True)
