"""Texts as tokens: equal to what `tiktoken` gave, true to laws, and linear in hostile texts."""

from collections.abc import Callable
from time import process_time
from typing import Final, get_args

import pytest
from hypothesis import given, strategies as st

from modelmix import _native
from modelmix.tokens.encoding import EncodingName, count, encode
from tokens.frozen import Row, frozen

ENCODINGS: Final[tuple[EncodingName, ...]] = get_args(EncodingName)
TABLE: Final = frozen()


@pytest.mark.parametrize("row", TABLE.rows, ids=[row.name for row in TABLE.rows])
def test_a_text_has_the_tokens_that_the_oracle_gave_it(row: Row) -> None:
    for encoding in ENCODINGS:
        assert count(row.text, encoding) == row.counts[encoding]
        assert encode(row.text, encoding) == list(row.tokens.get(encoding, encode(row.text, encoding)))


def test_the_table_is_the_oracles_and_knows_both_encodings() -> None:
    assert "tiktoken" in TABLE.origin
    assert all(set(row.counts) == set(ENCODINGS) for row in TABLE.rows)
    assert sum(len(row.tokens) for row in TABLE.rows) > len(TABLE.rows)


TEXTS: Final = st.text() | st.text(alphabet=" \t\r\naB'sé字한😀\u0301<|>0")


@given(TEXTS, st.sampled_from(ENCODINGS))
def test_counting_is_as_many_as_there_are(text: str, encoding: EncodingName) -> None:
    tokens = encode(text, encoding)
    assert count(text, encoding) == len(tokens)
    assert encode(text, encoding) == tokens


@given(TEXTS, st.sampled_from(ENCODINGS))
def test_no_token_is_shorter_than_a_byte(text: str, encoding: EncodingName) -> None:
    assert bool(text) <= count(text, encoding) <= len(text.encode())


@given(TEXTS, TEXTS)
def test_a_line_end_before_words_parts_texts(first: str, second: str) -> None:
    # Neither encoding has a token that goes on from a line end into a letter.
    whole = f"{first}x\ny{second}"
    assert count(whole) == count(f"{first}x\n") + count(f"y{second}")


def test_half_a_character_counts_as_a_question_mark() -> None:
    assert encode("a\ud800b") == encode("a?b")
    assert count("\udfff") == 1


def test_an_encoding_that_is_not_there_is_a_mistake() -> None:
    for ask in (_native.count_tokens, _native.encode_tokens):
        with pytest.raises(ValueError, match="unknown encoding `p50k_base`"):
            ask("hi", "p50k_base")


SIZE: Final = 60_000
HOSTILE: Final[dict[str, Callable[[int], str]]] = {
    "one letter": lambda size: "a" * size,
    "capitals": lambda size: "A" * size,
    "spaces": lambda size: " " * size,
    "line ends": lambda size: "\n" * size,
    "exclamation marks": lambda size: "!" * size,
    "small and large letters in turn": lambda size: "aB" * (size // 2),
    "Hangul": lambda size: "한글" * (size // 6),
    "combining marks": lambda size: "\u0301" * (size // 2),
    "bases": lambda size: "ACGT" * (size // 4),
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_twice_the_text_takes_about_twice_as_long(make: Callable[[int], str]) -> None:
    count("the tables are there")
    # Quadratic work would be a factor of 16.
    assert _least(make(4 * SIZE)) < 9 * _least(make(SIZE)) + 0.01


def _least(text: str) -> float:
    """CPU seconds, the least of several."""
    taken: list[float] = []
    for _ in range(5):
        begun = process_time()
        count(text)
        taken.append(process_time() - begun)
    return min(taken)
