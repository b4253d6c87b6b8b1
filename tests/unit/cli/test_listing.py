"""Tables of plain text: aligned, and no wider than they may be."""

from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given, strategies as st

from modelmix.cli.listing import Column, about, dollars, pairs, shown, table, tokens

MODELS: Final = Column(title="MODEL", cells=("openai:gpt-4o", "a:b"))
PRICES: Final = Column(title="IN", cells=("2.50", "10.00"), right=True, rank=1)
DATES: Final = Column(title="RELEASED", cells=("2024-05-13", "-"), rank=2)
NOTHING: Final = Column(title="STATUS", cells=("", ""), rank=3)

TABLES: dict[str, tuple[int | None, bool, str]] = {
    "as wide as it is": (None, False, "openai:gpt-4o   2.50  2024-05-13\na:b            10.00  -\n"),
    "with titles": (
        None,
        True,
        "MODEL             IN  RELEASED\nopenai:gpt-4o   2.50  2024-05-13\na:b            10.00  -\n",
    ),
    "just wide enough": (32, False, "openai:gpt-4o   2.50  2024-05-13\na:b            10.00  -\n"),
    "without the least important column": (31, False, "openai:gpt-4o   2.50\na:b            10.00\n"),
    "with one column": (19, False, "openai:gpt-4o\na:b\n"),
    "cut": (12, False, "openai:gpt-…\na:b\n"),
    "never cut to nothing": (3, False, "openai:gpt-…\na:b\n"),
}


@pytest.mark.parametrize(("width", "titled", "expected"), TABLES.values(), ids=TABLES)
def test_a_table(width: int | None, expected: str, *, titled: bool) -> None:
    assert table((MODELS, PRICES, DATES, NOTHING), width=width, titled=titled) == expected


def test_letters_that_take_two_places_are_counted_as_two() -> None:
    wide = (Column(title="", cells=("日本語", "abc")), Column(title="", cells=("1", "2")))
    assert table(wide, titled=False) == "日本語  1\nabc     2\n"
    names = Column(title="", cells=("日本語日本語日本語", "abc"))
    assert table((names,), width=12, titled=False) == "日本語日本…\nabc\n"


@given(st.lists(st.from_regex(r"[ -~]*", fullmatch=True), min_size=1), st.integers(12, 60))
def test_no_line_is_wider_than_the_terminal(cells: list[str], width: int) -> None:
    columns = (Column(title="MODEL", cells=tuple(cells)), Column(title="X", cells=("12345",) * len(cells), rank=1))
    assert max(map(len, table(columns, width=width, titled=True).split("\n"))) <= width


def test_facts_are_aligned_and_empty_ones_left_out() -> None:
    assert pairs((("a", "1"), ("long", "2"), ("none", ""))) == "  a     1\n  long  2\n"
    assert pairs(()) == ""


SIZES: dict[int | None, str] = {
    None: "-",
    0: "0",
    999: "999",
    1_000: "1k",
    8_192: "8.19k",
    128_000: "128k",
    999_499: "999k",
    999_500: "1M",
    1_000_000: "1M",
    1_048_576: "1.05M",
    10_000_000: "10M",
}


@pytest.mark.parametrize(("count", "expected"), SIZES.items())
def test_sizes_as_people_say_them(count: int | None, expected: str) -> None:
    assert tokens(count) == expected


PRICED: dict[str | None, tuple[str, str]] = {
    None: ("-", "-"),
    "0": ("0.00", "0.00"),
    "2.5": ("2.50", "2.50"),
    "10": ("10.00", "10.00"),
    "100": ("100.00", "100.00"),
    "0.075": ("0.075", "0.075"),
    "0.28999999": ("0.28999999", "0.29"),
    "0.00001": ("0.00001", "0.00001"),
    "1E+2": ("100.00", "100.00"),
}


@pytest.mark.parametrize(("price", "expected"), PRICED.items())
def test_prices_are_exact_and_short_in_tables(price: str | None, expected: tuple[str, str]) -> None:
    value = None if price is None else Decimal(price)
    assert (dollars(value), about(value)) == expected


def test_a_name_that_acts_is_made_visible_on_one_line() -> None:
    assert shown("a\x1b[31m\nb\u202e") == "a␛[31m b�"
