"""What is shown of a text of theirs: all that acts made visible, however it was cut, and nothing else changed."""

import json
import os
import unicodedata
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from modelmix.cli.terminal import Color, Sanitizer, Screen, is_piped, one_line, safe

TABLE = {
    # a text, and what is shown
    "plain": ("Hello, wörld\n\tok", "Hello, wörld\n\tok"),
    "an escape sequence": ("a\x1b[2Jb", "a␛[2Jb"),
    "the clipboard": ("\x1b]52;c;eA==\x07", "␛]52;c;eA==␇"),
    "an eight-bit sequence": ("\x9b2J", "\N{REPLACEMENT CHARACTER}2J"),
    "a carriage return": ("rm -rf /\rls", "rm -rf /␍ls"),
    "CRLF": ("a\r\nb", "a\nb"),
    "two carriage returns and a line feed": ("a\r\r\nb", "a␍\nb"),
    "a carriage return at the end": ("a\r", "a␍"),
    "a delete": ("a\x7fb", "a␡b"),
    "a nul": ("a\x00b", "a␀b"),
    "an override": ("a\u202eb", "a\N{REPLACEMENT CHARACTER}b"),
    "an isolate": ("a\u2066b\u2069", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"),
    "line and paragraph separators": ("a\u2028b\u2029c", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"),
    "half a character": ("a\ud83db", "a\N{REPLACEMENT CHARACTER}b"),
    "invisible tags": ("hi\U000e0001\U000e0061", "hi"),
    "a family": ("👨‍👩‍👧", "👨‍👩‍👧"),
    "a mark of direction": ("א\u200f!", "א\u200f!"),
    "a joiner": ("می‌خواهم", "می‌خواهم"),
    "a combining accent": ("e\u0301\u0323", "e\u0301\u0323"),
    "a next line": ("a\x85b", "a\N{REPLACEMENT CHARACTER}b"),
    "nothing": ("", ""),
}


def cuts(text: str) -> Iterator[list[str]]:
    """A text in one piece, in two and three at every place, and in single characters."""
    yield [text]
    yield list(text)
    places = range(1, len(text))
    for count in (1, 2):
        for at in combinations(places, count):
            edges = (0, *at, len(text))
            yield [text[start:end] for start, end in pairwise(edges)]


def shown(pieces: list[str]) -> str:
    cleaner = Sanitizer()
    return "".join([cleaner.clean(piece) for piece in pieces]) + cleaner.rest()


@pytest.mark.parametrize(("text", "expected"), TABLE.values(), ids=TABLE)
def test_what_acts_is_shown_instead_however_it_is_cut(text: str, expected: str) -> None:
    assert safe(text) == expected
    for pieces in cuts(text):
        assert shown(pieces) == expected, pieces


def test_every_hostile_text_is_shown_as_it_says_however_it_is_cut(shared: Path) -> None:
    rows = json.loads((shared / "vectors" / "hostile-inputs.json").read_text(encoding="utf-8"))["terminal"]
    assert len(rows) == 39
    for row in rows:
        text = row["input"] if "input" in row else json.loads(row["input_json_escape"])
        for pieces in cuts(text):
            assert shown(pieces) == row["expected_tty"], (row["id"], pieces)


ACTS = {"Cc", "Cs", "Zl", "Zp"}


@given(text=st.text(st.characters(), max_size=60), size=st.integers(1, 7))
def test_nothing_that_acts_is_left_and_any_cut_gives_the_same(text: str, size: int) -> None:
    found = shown([text[at : at + size] for at in range(0, len(text), size)])
    assert found == safe(text)
    assert not [char for char in found if unicodedata.category(char) in ACTS and char not in "\n\t"]
    assert found.encode("utf-8").decode("utf-8") == found
    assert safe(found) == found


LINES = {
    "one line": ("a b", "a b"),
    "several": ("a\n  b\r\n\tc", "a b c"),
    "blanks around": ("  a  ", "a"),
    "an escape": ("a\x1bb", "a␛b"),
    "a long one": ("x" * 301, "x" * 299 + "…"),
    "one that just fits": ("x" * 300, "x" * 300),
    "a carriage return at the end": ("a\r", "a␍"),
    "a line separator": ("a\u2028b", "a\N{REPLACEMENT CHARACTER}b"),
}


@pytest.mark.parametrize(("text", "expected"), LINES.values(), ids=LINES)
def test_a_text_of_theirs_fits_on_a_line_of_ours(text: str, expected: str) -> None:
    assert one_line(text) == expected


HOSTILE = "a\x1b[2J\rb"
ANSWERS: dict[str, tuple[bool | None, str]] = {
    "a pipe gets it as it is": (None, HOSTILE),
    "a pipe gets it safe where that is asked for": (True, "a␛[2J␍b"),
    "raw is raw": (False, HOSTILE),
}


@pytest.mark.parametrize(("sanitize", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_goes_out_as_asked(
    capfd: pytest.CaptureFixture[str],
    expected: str,
    *,
    sanitize: bool | None,
) -> None:
    screen = Screen(color="never", sanitize=sanitize, env={})
    for piece in HOSTILE:
        screen.answer(piece)
    screen.end_answer()
    screen.note("to the side")
    out, err = capfd.readouterr()
    assert (out, err) == (expected, "to the side")
    assert not screen.is_terminal


COLORS: dict[str, tuple[Color, dict[str, str], bool]] = {
    "always": ("always", {}, True),
    "always, whatever the environment": ("always", {"NO_COLOR": "1"}, True),
    "never": ("never", {}, False),
    "not into a pipe": ("auto", {}, False),
    "not where nobody wants it": ("auto", {"NO_COLOR": "1"}, False),
    "not on a dumb terminal": ("auto", {"TERM": "dumb"}, False),
}


@pytest.mark.parametrize(("color", "env", "coloured"), COLORS.values(), ids=COLORS)
def test_colour_is_for_those_who_see_it(color: Color, env: dict[str, str], *, coloured: bool) -> None:
    screen = Screen(color=color, sanitize=None, env=env)
    assert (screen.dim("x"), screen.alarm("y")) == (
        ("\x1b[2mx\x1b[0m", "\x1b[1;31my\x1b[0m") if coloured else ("x", "y")
    )
    assert screen.dim("") == ""


def test_something_to_read_is_a_pipe_or_a_file(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    try:
        assert is_piped(reader)
    finally:
        os.close(reader)
        os.close(writer)
    with (tmp_path / "file").open("wb") as file:
        assert is_piped(file.fileno())
    with Path(os.devnull).open("rb") as null:
        assert not is_piped(null.fileno())
    assert not is_piped(reader)
