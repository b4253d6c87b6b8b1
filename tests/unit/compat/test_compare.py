"""The first difference of two requests: named by JSON path, the same each time."""

import json
import random

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from modelmix.compat.compare import Difference, difference, first_difference
from modelmix.compat.fixture import RecordedRequest
from modelmix.compat.taken import TakenRequest
from modelmix.jsonvalue import JsonValue
from unit.compat.taking import kept, take

SAME: dict[str, tuple[JsonValue, JsonValue]] = {
    "the order of members": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "a whole number and its like": ({"t": 1}, {"t": 1.0}),
    "zero and minus zero": (0.0, -0.0),
    "an id that was taken out": ({"user": "__user_1__"}, {"user": "alice@example.com"}),
    "an id within a text": ("for __organization_12__.", "for org-x.\ny."),
}


@pytest.mark.parametrize(("recorded", "built"), SAME.values(), ids=SAME)
def test_what_means_the_same_is_the_same(recorded: JsonValue, built: JsonValue) -> None:
    assert first_difference(recorded, built) is None


LONG = "x" * 100

DIFFERENT: dict[str, tuple[JsonValue, JsonValue, Difference]] = {
    "a number": ({"a": 1}, {"a": 2}, Difference("$.a", "1", "2")),
    "a truth and a number": ({"a": 1}, {"a": True}, Difference("$.a", "1", "true")),
    "a number and its digits": ({"a": 1}, {"a": "1"}, Difference("$.a", "1", '"1"')),
    "null and nothing": ({"a": None}, {}, Difference("$.a", "null", "nothing")),
    "a new member": ({}, {"a": None}, Difference("$.a", "nothing", "null")),
    "a text": ({"m": [{"content": "hi"}]}, {"m": [{"content": "ho"}]}, Difference("$.m[0].content", '"hi"', '"ho"')),
    "a new element": ([1], [1, {"b": 2}], Difference("$[1]", "nothing", '{"b":2}')),
    "a lost element": ([1, 2], [1], Difference("$[1]", "2", "nothing")),
    "the first by name": ({"b": 1, "a": 1}, {"a": 2, "b": 2}, Difference("$.a", "1", "2")),
    "a name that is no word": ({"a b": 1, "é": 1}, {"a b": 2, "é": 1}, Difference('$["a b"]', "1", "2")),
    "another kind": ({"a": [1]}, {"a": {"0": 1}}, Difference("$.a", "[1]", '{"0":1}')),
    "the whole": ([], None, Difference("$", "[]", "null")),
    "a big number": (2**60, 2**60 + 1, Difference("$", str(2**60), str(2**60 + 1))),
    "the end of a long text": (
        f"{LONG}a{LONG}",
        f"{LONG}b{LONG}",
        Difference("$", f'"…{"x" * 20}a{"x" * 59}…"', f'"…{"x" * 20}b{"x" * 59}…"'),
    ),
    "a long value": ({"a": 1}, {"a": [LONG]}, Difference("$.a", "1", f'["{"x" * 77}…')),
    "a text without the id that it had": ("__user_1__", "", Difference("$", '"__user_1__"', '""')),
}


@pytest.mark.parametrize(("recorded", "built", "expected"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_difference_is_told_with_its_path(recorded: JsonValue, built: JsonValue, expected: Difference) -> None:
    assert first_difference(recorded, built) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(document=JSON, seed=st.integers())
def test_a_document_is_itself_in_any_order(document: JsonValue, seed: int) -> None:
    def shuffled(value: JsonValue) -> JsonValue:
        match value:
            case dict():
                names = list(value)
                random.Random(seed).shuffle(names)
                return {name: shuffled(value[name]) for name in names}
            case list():
                return [shuffled(each) for each in value]
            case _:
                return value

    assert first_difference(document, shuffled(document)) is None


@given(one=JSON, other=JSON)
def test_a_difference_is_seen_from_both_sides(one: JsonValue, other: JsonValue) -> None:
    found, back = first_difference(one, other), first_difference(other, one)
    assert (found is None) == (back is None)
    assert (found is None) == (canonical(one) == canonical(other))
    if found is not None and back is not None:
        assert (found.path, found.recorded, found.built) == (back.path, back.built, back.recorded)


def canonical(value: JsonValue) -> str:
    """An independent judge: equal texts mean equal documents."""
    return json.dumps(plain(value), sort_keys=True)


def plain(value: JsonValue) -> JsonValue:
    match value:
        case bool():
            return value
        case int() | float():
            return float(value) + 0.0
        case dict():
            return {name: plain(member) for name, member in value.items()}
        case list():
            return [plain(each) for each in value]
        case _:
            return value


def test_a_deep_document_is_compared() -> None:
    deep: JsonValue = 1
    for _ in range(5000):
        deep = [deep]
    assert first_difference(deep, deep) is None


def recorded() -> RecordedRequest:
    exchange = take(b'{"model":"m"}', url="https://a.example/v1/chat?alt=sse", request={"anthropic-version": "1"})
    found = kept(exchange)[0].fixture.request
    assert found is not None
    return found


BUILT = TakenRequest(
    method="POST",
    url="https://a.example/v1/chat?alt=sse",
    headers={"anthropic-version": "1", "user-agent": "x"},
    body=b'{ "model" : "m" }',
)

REQUESTS: dict[str, tuple[TakenRequest, str | None]] = {
    "the method": (replace(BUILT, method="GET"), "method"),
    "the path": (replace(BUILT, url="https://a.example/v2/chat?alt=sse"), "url.path"),
    "a query": (replace(BUILT, url="https://a.example/v1/chat?alt=json"), "url.query.alt"),
    "a query that is missing": (replace(BUILT, url="https://a.example/v1/chat"), "url.query.alt"),
    "the version": (replace(BUILT, headers={}), "headers.anthropic-version"),
    "no body": (replace(BUILT, body=b""), "$"),
    "a body that is no JSON": (replace(BUILT, body=b"{"), "$"),
    "a secret in the query is one query more": (
        replace(BUILT, url="https://a.example/v1/chat?alt=sse&key=secret"),
        "url.query.key",
    ),
    "another host": (replace(BUILT, url="http://127.0.0.1:1/v1/chat?alt=sse"), None),
}


@pytest.mark.parametrize(("built", "path"), REQUESTS.values(), ids=REQUESTS)
def test_all_of_a_request_is_compared(built: TakenRequest, path: str | None) -> None:
    found = difference(recorded(), built)
    assert (None if found is None else found.path) == path
    assert found is None or "secret" not in found.built
