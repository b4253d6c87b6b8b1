"""Values that grow while their JSON is written: the laws of partial JSON, and the published vectors."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, cast

import msgspec
import pytest
from hypothesis import given, settings, strategies as st
from msgspec import UNSET, Struct

from modelmix.growing import Showing, Tree
from modelmix.jsonvalue import JsonValue
from modelmix.written import Progress, Written


class Seen(Struct, frozen=True):
    """How far a document has come, and its value."""

    state: str
    value: object = None


class Vector(Struct):
    """What is to be seen of an input that goes on, and of one that ends."""

    input: str
    stable: Seen
    live: Seen
    at_end_of_stream: Seen


class Vectors(Struct):
    """The file."""

    laws_corpus: list[str]
    vectors: list[Vector]


SHOWINGS: Final[tuple[Showing, ...]] = ("live", "stable")


class Reader:
    """A document and the tree that grows of it."""

    def __init__(self, showing: Showing = "live") -> None:
        self.document = Written()
        self.tree = Tree(showing=showing)

    def feed(self, text: str) -> None:
        self.tree.take(self.document.feed(text))

    def finish(self) -> None:
        self.tree.take(self.document.finish())

    @property
    def seen(self) -> Seen:
        """What a person would say of it: nothing of a document that is beyond saving."""
        state: Progress = self.document.progress
        value = self.tree.value
        return Seen(state, None if state == "invalid" or value is UNSET else value)


def read(pieces: list[str] | str, showing: Showing = "live") -> Reader:
    reader = Reader(showing)
    for piece in pieces:
        reader.feed(piece)
    return reader


def whole(text: str) -> JsonValue:
    """The value of a document, lone halves of surrogate pairs replaced."""
    read: JsonValue = json.loads(text)
    return _without_halves(read)


def _without_halves(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_without_halves(item) for item in value]
    if isinstance(value, dict):
        return {_replaced(name): _without_halves(item) for name, item in value.items()}
    return _replaced(value) if isinstance(value, str) else value


def _replaced(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@pytest.fixture(scope="session")
def vectors(shared: Path) -> Vectors:
    text = (shared / "vectors" / "partial-json-vectors.json").read_bytes()
    # Some rows record what other parsers made of an input, lone halves of surrogate pairs among it.
    plain = json.loads(text)
    for vector in plain["vectors"]:
        del vector["others"]
    return msgspec.convert(plain, Vectors)


# A fence is no JSON; the reader of answers takes it off, and is tested with it in test_written.py.
FENCED: Final = "```"


def test_every_vector_is_seen_as_it_says(vectors: Vectors) -> None:
    ran = 0
    for vector in vectors.vectors:
        if vector.input.startswith(FENCED):
            continue
        for showing in SHOWINGS:
            expected = vector.live if showing == "live" else vector.stable
            for pieces in ([vector.input], [*vector.input]):
                assert read(pieces, showing).seen == expected, (showing, vector.input)
                ran += 1
    assert ran == (len(vectors.vectors) - 1) * 4


def test_every_vector_ends_as_it_says(vectors: Vectors) -> None:
    for vector in vectors.vectors:
        if vector.input.startswith(FENCED):
            continue
        for showing in SHOWINGS:
            reader = read([vector.input], showing)
            reader.finish()
            seen = reader.seen
            if seen.state == "partial":
                seen = Seen("truncated")
            assert seen == vector.at_end_of_stream, vector.input


# The laws, over a corpus of our own; the published one is run through the same below.

CORPUS: Final = (
    '{"name":"Ada \\"A\\"","age":36,"tags":["a","\\u00e9"],"deep":{"x":-1.5e+3,"y":null,"z":true,"w":[[],{},[1,22]]}}',
    '[1,2.5,-3e2,0,-0,"s",false,null]',
    '  {"a" : [ { "b" : "c" } , 10 ] }  ',
    '"only \\ud83d\\ude00 text \\n"',
    "12345",
    "true",
    '{"a":"\\ud83d","b":"\\ude00","c":"\\ud83dx"}',
    '{"":"","k":""}',
    '"漢字✅"',
)


def _extends(before: JsonValue, after: JsonValue) -> bool:
    """Whether a value has only been added to."""
    if isinstance(before, str):
        return isinstance(after, str) and after.startswith(before)
    if isinstance(before, list):
        if not isinstance(after, list) or len(after) < len(before):
            return False
        return all(_extends(*pair) for pair in zip(before, after, strict=False))
    if isinstance(before, dict):
        return isinstance(after, dict) and all(
            name in after and _extends(value, after[name]) for name, value in before.items()
        )
    return type(before) is type(after) and before == after


def _shown(tree: Tree) -> tuple[JsonValue, ...]:
    """The value as it is now, for a growing one goes on growing; empty where there is nothing yet."""
    value = tree.value
    return () if value is UNSET else (_copied(cast("JsonValue", value)),)


def _copied(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return {name: _copied(item) for name, item in value.items()} if isinstance(value, dict) else value


def _check_prefixes(text: str, showing: Showing) -> None:
    """L1 to L3 and L6: every prefix has a value or nothing yet, it only grows, and it ends as the document's value."""
    reader, keys = Reader(showing), _keys(whole(text))
    before: tuple[JsonValue, ...] = ()
    for letter in text:
        reader.feed(letter)
        assert reader.document.progress != "invalid", text
        now = _shown(reader.tree)
        assert len(now) >= len(before)
        assert all(map(_extends, before, now)), (text, before, now)
        assert all(_keys(value) <= keys for value in now)
        before = now
    reader.finish()
    assert reader.document.progress == "complete"
    assert reader.tree.value == whole(text)


def _keys(value: JsonValue) -> set[str]:
    if isinstance(value, list):
        return set[str]().union(*map(_keys, value))
    if isinstance(value, dict):
        return {*value}.union(*map(_keys, value.values()))
    return set()


@pytest.mark.parametrize("showing", SHOWINGS)
@pytest.mark.parametrize("text", CORPUS)
def test_every_prefix_has_a_value_that_only_grows_into_the_whole(text: str, showing: Showing) -> None:
    _check_prefixes(text, showing)


@pytest.mark.parametrize("showing", SHOWINGS)
def test_the_published_corpus_keeps_the_laws(vectors: Vectors, showing: Showing) -> None:
    for text in vectors.laws_corpus:
        _check_prefixes(text, showing)
    assert len(vectors.laws_corpus) == 9


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(document=DOCUMENTS, ascii_only=st.booleans())
def test_any_document_keeps_the_laws(document: object, *, ascii_only: bool) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only)
    for showing in SHOWINGS:
        _check_prefixes(text, showing)


@settings(max_examples=150, deadline=None)
@given(document=DOCUMENTS, data=st.data())
def test_cuts_make_no_difference(document: object, data: st.DataObject) -> None:
    text = json.dumps(document)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    end = data.draw(st.integers(0, len(text)))
    pieces = [text[:end][start:stop] for start, stop in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    for showing in SHOWINGS:
        assert read(pieces, showing).seen == read([text[:end]], showing).seen


# A document that no continuation saves, and at which letter that is so.
REJECTED: Final = {
    "[1,]": 3,
    "{a:1}": 1,
    '{"a" 1': 5,
    '{"a":1,}': 7,
    '{"a":1}x': 7,
    '{"a":1}{': 7,
    "nope": 1,
    "01": 1,
    '{"a":01': 6,
    '"a\nb"': 2,
    '"\\x"': 2,
    '"\\u12g4"': 5,
    "[1 2]": 3,
    "+1": 0,
    ".5": 0,
    "1.e5": 2,
    "--1": 1,
    "[}": 1,
    "]": 0,
    "\ufeff1": 0,
    "NaN": 0,
    "'a'": 0,
    "[,1]": 1,
    '{"a":}': 5,
    "tru e": 3,
    "//": 0,
}


@pytest.mark.parametrize(("text", "at"), REJECTED.items(), ids=[repr(text) for text in REJECTED])
def test_what_cannot_be_saved_is_rejected_at_once(text: str, at: int) -> None:
    assert read(text[:at]).seen.state != "invalid"
    assert read(text[: at + 1]).seen.state == "invalid"


@settings(max_examples=200, deadline=None)
@given(document=DOCUMENTS, data=st.data())
def test_a_changed_document_is_rejected_or_is_json(document: object, data: st.DataObject) -> None:
    text = json.dumps(document)
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + data.draw(st.sampled_from('{}[],:"0x-.e tfn\\')) + text[at + 1 :]
    reader = read([changed])
    reader.finish()
    try:
        expected = whole(changed)
    except ValueError:
        assert reader.document.progress != "complete"
    else:
        assert reader.document.progress == "complete"
        # Python's own parser makes infinity of what is too large.
        too_large = "Infinity" in json.dumps(expected)
        assert reader.tree.flawed is too_large
        assert too_large or reader.tree.value == expected


MIB: Final = 1 << 20
LONG: Final = {
    "one text": '{"a":"' + "x" * (MIB - 8) + '"}',
    "one text of two bytes a letter": '{"a":"' + "\u00e9" * (MIB - 8) + '"}',
    "many numbers": "[" + "1234567," * (MIB // 8) + "1]",
    "many objects": "[" + '{"id":1,"name":"Ada"},' * (MIB // 22) + "null]",
}


def _seconds(text: str, size: int, look: Callable[[Tree], object]) -> float:
    """How much of a processor it takes to read a document in pieces of one size."""
    document, tree = Written(), Tree()
    start = time.process_time()
    for at in range(0, len(text), size):
        tree.take(document.feed(text[at : at + size]))
        look(tree)
    taken = time.process_time() - start
    assert document.progress == "complete"
    return taken


IDLE: Final = 0.0285
"""Seconds that `_pace` takes on an idle core of the machine on which the law's figures were taken."""


SLACK: Final = 4
"""How much more than the law's figures is let pass here, where caches are shared; what is quadratic takes far more."""


def _pace() -> float:
    """How slow this core is just now, as a multiple of an idle one; whoever shares it slows all work down alike."""
    start = time.process_time()
    table: dict[int, str] = {}
    for number in range(200_000):
        table[number & 1023] = str(number)
    return max(1.0, (time.process_time() - start) / IDLE)


def _at_nothing(_: Tree) -> object:
    return None


def _at_the_value(tree: Tree) -> object:
    return tree.value


# Seconds for a MiB in pieces of so many letters, as the law has them; whoever looks at each value may take twice that.
@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
@pytest.mark.parametrize(
    ("size", "look", "limit"),
    [(1, _at_nothing, 1.0), (16, _at_nothing, 0.2), (16, _at_the_value, 0.4)],
    ids=["letters", "pieces of 16", "pieces of 16, each looked at"],
)
def test_a_mebibyte_takes_less_than_its_limit(
    text: str, size: int, look: Callable[[Tree], object], limit: float
) -> None:
    assert any(_seconds(text, size, look) < SLACK * limit * _pace() for _ in range(5))


def test_four_times_the_text_takes_about_four_times_the_time_though_each_value_is_looked_at() -> None:
    quarter, full = (
        min(_seconds('{"a":"' + "x" * size + '"}', 1, _at_the_value) for _ in range(3))
        for size in (MIB // 16, MIB // 4)
    )
    # Copying the text at each look would make it sixteen times as long, and more.
    assert full < 8 * quarter


def test_the_words_for_progress_are_those_of_the_extension() -> None:
    seen = [read(text).document.progress for text in ("", "[", "[]", "]")]
    assert seen == ["empty", "partial", "complete", "invalid"]


def test_a_number_that_python_cannot_hold_is_left_out() -> None:
    reader = read("[1,1e400,2]")
    assert reader.tree.value == [1, 2]
    assert reader.tree.flawed
    assert not read("[1]").tree.flawed


def test_the_later_of_two_equal_keys_stays() -> None:
    assert read('{"a":[1],"a":{"b":2},"c":3}').tree.value == {"a": {"b": 2}, "c": 3}
