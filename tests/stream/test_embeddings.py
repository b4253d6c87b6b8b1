"""Every recorded embedding reply gives the vectors, counts and model that its oracle found, whole and cut at random."""

import base64
import struct
import sys
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec
import pytest
from hypothesis import given, strategies as st
from msgspec import Struct

from modelmix import _native
from modelmix.ast.event import Failed, Finished
from modelmix.ast.usage import Usage
from modelmix.decode import Bounds
from modelmix.errors import Rejected, TooLarge, Truncated, Undecodable
from modelmix.rejection import read_rejection
from modelmix.vectors import WIRES, Packing, VectorReader, WireName, to_json
from stream.feeding import CUTS
from stream.recordings import Problem, Reply, reader


class Told(Struct, frozen=True):
    """The vectors by the oracle: how many, how long, and the first numbers or letters of each."""

    count: int
    dims: int | None
    encoding: str
    first: tuple[tuple[float, ...] | str, ...]


class Counts(Struct, frozen=True):
    """The provider's counts."""

    input: int | None
    total: int | None


class Expected(Struct, frozen=True):
    """The outcome that the oracle found."""

    embeddings: Told | None
    usage: Counts
    model: str | None
    error: Problem | None


class Recording(Struct, frozen=True):
    """One reply with its outcome."""

    id: str
    provider: str
    dialect: str
    response: Reply
    expected: Expected


RECORDED: Final[Mapping[WireName, tuple[int, int]]] = {
    "openai-embeddings": (29, 2),
    "google-embed": (16, 0),
    "ollama-embed": (5, 0),
}
"""How many replies were recorded of each wire: answers and refusals."""


def records(shared: Path, wire: WireName) -> Iterator[tuple[Recording, bytes]]:
    module = reader(shared)
    for record in module.records(str(shared / "recordings" / "dev")):
        if record["dialect"] == wire:
            yield msgspec.convert(record, Recording), module.body(record)


def packing(recording: Recording) -> Packing:
    return "int8" if recording.provider == "perplexity" else "float32"


def first_numbers(told: tuple[float, ...] | str, how: Packing) -> tuple[float, ...]:
    """The oracle's numbers as `float32` holds them, by Python's own reading."""
    if not isinstance(told, str):
        return struct.unpack(f"={len(told)}f", struct.pack(f"={len(told)}f", *told))
    data = base64.b64decode(told[: len(told) // 4 * 4])
    if how == "int8":
        return tuple(map(float, struct.unpack(f"{len(data)}b", data)))
    return struct.unpack(f"<{len(data) // 4}f", data[: len(data) // 4 * 4])


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("wire", WIRES)
def test_every_reply_has_its_recorded_vectors(
    wire: WireName, cut: str, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = refused = 0
    lengths: Counter[int] = Counter()
    for recording, body in records(shared, wire):
        told = recording.expected.embeddings
        if told is None:
            problem = recording.expected.error
            assert problem is not None
            rejection = read_rejection(body, recording.response.status)
            assert (rejection.message, rejection.kind) == (problem.message, "auth")
            refused += 1
            continue
        reading = VectorReader(wire, packing=packing(recording), count=told.count, dimensions=told.dims)
        for chunk in CUTS[cut](body, recording.id):
            assert reading.feed(chunk) == []
        assert reading.finish() == [Finished("stop")], recording.id
        vectors, answer = reading.vectors, reading.answer()
        assert answer is not None
        assert len(vectors) == told.count
        for vector, first in zip(vectors, told.first, strict=False):
            numbers = first_numbers(first, packing(recording))
            assert numbers
            assert tuple(vector[: len(numbers)]) == numbers, recording.id
            lengths[len(vector)] += 1
        assert answer.usage == Usage(input=recording.expected.usage.input, total=recording.expected.usage.total)
        assert answer.model == recording.expected.model
        ran += 1
    with capsys.disabled():
        sys.stdout.write(f" {wire}: {ran} recordings, {refused} refusals ")
    assert (ran, refused) == RECORDED[wire]
    assert sum(lengths.values()) >= ran


@pytest.mark.parametrize("wire", WIRES)
def test_a_reply_that_is_cut_never_gives_vectors(wire: WireName, shared: Path) -> None:
    for recording, body in records(shared, wire):
        if recording.expected.embeddings is None:
            continue
        whole = body.strip()
        for at in {1, len(whole) // 3, len(whole) // 2, len(whole) - 1}:
            reading = VectorReader(wire, packing=packing(recording))
            reading.absorb(whole[:at])
            (end,) = reading.finish()
            assert isinstance(end, Failed)
            assert isinstance(end.error, Truncated), (recording.id, at, end)
            assert reading.vectors == ()


def test_the_names_are_those_of_the_core() -> None:
    assert list(WIRES) == _native.embedding_wires()


@pytest.mark.parametrize(("wire", "how"), [("nonesuch", "float32"), ("google-embed", "nonesuch")])
def test_an_unknown_name_is_a_mistake_of_the_program(wire: str, how: str) -> None:
    with pytest.raises(ValueError, match="nonesuch"):
        _native.VectorReader(wire, packing=how)


ENDS: Final = {
    "an error under 200": (b'{"error":{"message":"no","code":"invalid_api_key"}}', Rejected),
    "a page": (b"<html>", Undecodable),
    "text": (b"OK", Undecodable),
    "nothing": (b"", Undecodable),
    "JSON of another kind": (b'{"status":"ok"}', Undecodable),
    "fewer vectors than texts": (b'{"data":[{"embedding":[1]}]}', Undecodable),
    "another length than asked": (b'{"data":[{"embedding":[1,2]},{"embedding":[1,2]}]}', Undecodable),
    "no number": (b'{"data":[{"embedding":[NaN]},{"embedding":[1]}]}', Undecodable),
    "too much": (b'{"data":[' + b" " * 200, TooLarge),
}


@pytest.mark.parametrize(("body", "error"), ENDS.values(), ids=ENDS)
def test_what_is_no_reply_is_a_typed_error(body: bytes, error: type[object]) -> None:
    reading = VectorReader("openai-embeddings", count=2, dimensions=1, bounds=Bounds(total=100))
    events = [*reading.feed(body), *reading.finish()]
    (end,) = events
    assert isinstance(end, Failed)
    assert isinstance(end.error, error)
    assert (reading.terminal(), reading.ended, reading.complete, reading.vectors) == (end, True, False, ())
    assert reading.finish() == []


NUMBERS: Final = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(st.lists(st.lists(NUMBERS, min_size=3, max_size=3), min_size=1, max_size=5), st.data())
def test_numbers_and_bytes_are_read_alike(rows: list[list[float]], data: st.DataObject) -> None:
    packed = [base64.b64encode(struct.pack(f"<{len(row)}f", *row)).decode() for row in rows]
    order = data.draw(st.permutations(range(len(rows))))
    for values in (rows, packed):
        items = [{"index": index, "embedding": values[index]} for index in order]
        reading = VectorReader("openai-embeddings", count=len(rows))
        reading.absorb(msgspec.json.encode({"data": items}))
        assert reading.finish() == [Finished("stop")]
        assert [list(vector) for vector in reading.vectors] == rows


@given(st.lists(NUMBERS, min_size=1))
def test_a_vector_is_written_so_that_it_reads_back(numbers: list[float]) -> None:
    vector = array("f", numbers)
    assert array("f", msgspec.json.decode(to_json(vector))) == vector


def test_a_vector_is_written_as_short_as_it_can_be() -> None:
    assert to_json(array("f", [0.1, -1.0, 1e-9])) == "[0.1,-1.0,1e-9]"
