"""How long a request is, and whether a model has room for it."""

from typing import Final

import pytest
from hypothesis import given, strategies as st

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.content import Json, JsonText, Reasoning, Text, ToolCall, ToolResult
from modelmix.ast.message import Message, Tool, assistant, system, user
from modelmix.ast.model import Limits
from modelmix.ast.options import Options, Shaped, extra
from modelmix.ast.request import Request
from modelmix.ast.tool import ToolSpec
from modelmix.errors import TooLong
from modelmix.tokens.request import count_request
from modelmix.window import Sizes, room, sizes

CALL: Final = ToolCall(id="c", name="look up", arguments=JsonText('{"a": 1}'))
RESULT: Final = Tool((ToolResult(call_id="c", name="x", content=(Text("two words"), Json(JsonText("3")))),))
SCHEMA: Final = JsonText('{"type": "object"}')

# Words that begin with a letter or a digit, counted by eye; a quarter of the bytes, rounded up.
LENGTHS: dict[str, tuple[Request, Sizes]] = {
    "nothing": (Request(messages=(user(),)), Sizes(least=0, likely=0)),
    "words": (Request(messages=(user("one two  three\nfour"),)), Sizes(least=4, likely=5)),
    "a word is as long as it is": (Request(messages=(user("x" * 400),)), Sizes(least=1, likely=100)),
    "signs are no words": (Request(messages=(user("- -- {} ()"),)), Sizes(least=0, likely=3)),
    "signs before a word hide it": (Request(messages=(user('"a" (b) c'),)), Sizes(least=1, likely=3)),
    "letters of three bytes": (Request(messages=(user("日本語のテキスト"),)), Sizes(least=1, likely=6)),
    "every turn": (Request(messages=(system("a b"), user("c"), assistant("d e"), RESULT)), Sizes(least=8, likely=8)),
    "its own thoughts do not count": (Request(messages=(assistant(Reasoning("a b c")),)), Sizes(least=0, likely=0)),
    "calls": (Request(messages=(assistant(CALL),)), Sizes(least=3, likely=4)),
    "tools": (
        Request(messages=(), tools=(ToolSpec(name="a", description="b", parameters=SCHEMA),)),
        Sizes(least=2, likely=6),
    ),
    "the form of the answer": (
        Request(messages=(), output=Shaped(name="n", schema=JsonText("true"))),
        Sizes(least=1, likely=1),
    ),
    "half a character": (Request(messages=(user("\ud800"),)), Sizes(least=0, likely=1)),
}


@pytest.mark.parametrize(("request_", "expected"), LENGTHS.values(), ids=LENGTHS)
def test_length(request_: Request, expected: Sizes) -> None:
    assert sizes(request_) == expected


def note(tokens: str, window: str) -> Adaptation:
    why = f"it may be too long: about {tokens} tokens, and this model takes {window}"
    return Adaptation(field="prompt", action="noted", why=why)


SIZE: Final = 10**9
"""A body so large that what is in it has to be counted."""

WORDS: Final = (user("ab " * 1000),)
DENSE: Final = (user("x" * 4000),)
ROOMS: dict[str, tuple[tuple[Message, ...], Limits, Adaptation | TooLong | None]] = {
    "no window is known": (WORDS, Limits(), None),
    "far below it": (WORDS, Limits(context=100_000), None),
    "short for certain": (WORDS, Limits(context=2_000), None),
    "just within it": (WORDS, Limits(context=1_000), note("1,000", "1,000")),
    "a word too many": (WORDS, Limits(context=999), TooLong(spec="p:m", tokens=1_000, window=999)),
    "too long by an estimate only": (DENSE, Limits(context=500), note("1,000", "500")),
    "near it": (DENSE, Limits(context=1_100), note("1,000", "1,100")),
    "not so near": (DENSE, Limits(context=1_200), None),
    "a limit on input alone refuses nothing": (WORDS, Limits(input=900), note("1,000", "900")),
    "the narrower one is told": (DENSE, Limits(context=9_000, input=1_000), note("1,000", "1,000")),
}


@pytest.mark.parametrize(("messages", "limits", "expected"), ROOMS.values(), ids=ROOMS)
def test_room(messages: tuple[Message, ...], limits: Limits, expected: Adaptation | TooLong | None) -> None:
    assert room(Request(messages=messages), SIZE, limits, "p:m", "m") == expected


def test_a_body_shorter_than_the_window_holds_no_text_that_is_longer() -> None:
    assert room(Request(messages=WORDS), 899, Limits(context=1_000), "p:m", "m") is None
    assert room(Request(messages=WORDS), 900, Limits(context=1_000), "p:m", "m") == note("1,000", "1,000")


def test_where_the_encoding_is_known_what_is_counted_is_certain() -> None:
    limits = Limits(context=400)
    assert room(Request(messages=DENSE), SIZE, limits, "p:m", "m") == note("1,000", "400")
    counted = count_request(Request(messages=DENSE), "gpt-4o").tokens
    expected = TooLong(spec="p:m", tokens=counted, window=400)
    assert room(Request(messages=DENSE), SIZE, limits, "p:m", "gpt-4o") == expected
    assert room(Request(messages=DENSE), SIZE, Limits(context=counted * 2), "p:m", "gpt-4o") is None


SHORTENED: Final = ("truncation", "context_management", "transforms", "plugins")


@pytest.mark.parametrize("name", SHORTENED)
def test_what_the_provider_shortens_itself_is_not_refused(name: str) -> None:
    request = Request(messages=WORDS, options=Options(extra=extra(**{name: "auto"})))
    assert room(request, SIZE, Limits(context=1), "p:m", "m") is None


@given(st.text(), st.integers(1, 100))
def test_what_is_refused_is_longer_than_the_window_and_what_is_certain_is_likely(text: str, window: int) -> None:
    request = Request(messages=(user(text),))
    found = sizes(request)
    assert found.least <= found.likely
    assert isinstance(room(request, SIZE, Limits(context=window), "p:m", "m"), TooLong) == (found.least > window)
