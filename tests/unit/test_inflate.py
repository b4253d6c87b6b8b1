"""Compressed bodies: opened whole however they are cut, bounded however much they hold, refused when they are none."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from modelmix.inflate import ACCEPTED, Excerpt, Inflater, inflater

MIB = 1 << 20


def by_gzip(data: bytes) -> bytes:
    return gzip.compress(data)


def by_zlib(data: bytes) -> bytes:
    return zlib.compress(data)


@pytest.mark.parametrize("pack", [by_gzip, by_zlib], ids=["gzip", "zlib"])
@given(data=st.binary(max_size=3000), size=st.integers(1, 200))
def test_a_body_opens_to_what_it_was(pack: Callable[[bytes], bytes], data: bytes, size: int) -> None:
    packed = pack(data)
    opener = Inflater()
    pieces = [piece for at in range(0, len(packed), size) for piece in opener.pieces(packed[at : at + size])]
    assert b"".join(pieces) == data


SIZES = (0, 1, MIB - 1, MIB, MIB + 1, MIB + 200, 3 * MIB + 257)


@pytest.mark.parametrize("size", SIZES)
def test_no_byte_is_lost_at_the_edge_of_a_piece(size: int) -> None:
    packed = gzip.compress(b"a" * size)
    opener = Inflater()
    pieces = [piece for at in range(0, len(packed), 5) for piece in opener.pieces(packed[at : at + 5])]
    assert sum(map(len, pieces)) == size
    assert all(len(piece) <= MIB for piece in pieces)


def test_a_bomb_opens_piece_by_piece() -> None:
    bomb = gzip.compress(b"\0" * (64 * MIB), 9)
    assert len(bomb) < MIB
    tracemalloc.start()
    try:
        opened = sum(map(len, Inflater().pieces(bomb)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert opened == 64 * MIB
    assert peak < 8 * MIB


def test_a_bomb_may_be_left_half_opened() -> None:
    bomb = gzip.compress(b"\0" * (16 * MIB), 9)
    assert len(next(Inflater().pieces(bomb))) == MIB


def broken(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


PACKED = gzip.compress(bytes(range(256)) * 20)
BAD = {
    "plain text": b"data: hi\n\n",
    "another format": b"\x28\xb5\x2f\xfd\x04\x00",
    "a broken body": broken(PACKED, 15),
    "a broken checksum": broken(PACKED, len(PACKED) - 6),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_what_is_not_what_it_says_raises(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        list(Inflater().pieces(data))


def test_what_follows_the_end_is_let_be() -> None:
    opener = Inflater()
    assert b"".join(opener.pieces(gzip.compress(b"hi") + b"trailing")) == b"hi"
    assert list(opener.pieces(b"more")) == []


ENCODINGS = {
    "gzip": True,
    "x-gzip": True,
    "deflate": True,
    "GZIP": True,
    " gzip ": True,
    "identity": False,
    "": False,
    "br": False,
    "zstd": False,
    "gzip, br": False,
}


@pytest.mark.parametrize(("encoding", "opened"), ENCODINGS.items(), ids=[repr(name) for name in ENCODINGS])
def test_only_what_was_asked_for_is_opened(encoding: str, *, opened: bool) -> None:
    assert (inflater({"content-encoding": encoding}) is not None) == opened


def test_a_body_without_an_encoding_is_plain() -> None:
    assert inflater({}) is None
    assert ACCEPTED == "gzip, deflate"


EXCERPTS: dict[str, tuple[dict[str, str], tuple[bytes, ...], bytes, bool]] = {
    # headers, chunks: what is found, and whether that was enough
    "less than the limit": ({}, (b"abc", b"def"), b"abcdef", False),
    "the limit": ({}, (b"abcde", b"fghij"), b"abcdefghij", True),
    "more than the limit": ({}, (b"abcdefgh", b"ijklmnop"), b"abcdefghij", True),
    "one chunk that is too long": ({}, (b"abcdefghijklmnop",), b"abcdefghij", True),
    "nothing": ({}, (), b"", False),
    "compressed": ({"content-encoding": "gzip"}, (gzip.compress(b"abc"),), b"abc", False),
    "compressed, and longer": ({"content-encoding": "gzip"}, (gzip.compress(b"x" * 99),), b"x" * 10, True),
    "not compressed as it says": ({"content-encoding": "gzip"}, (b"plain",), b"", True),
}


@pytest.mark.parametrize(("headers", "chunks", "found", "enough"), EXCERPTS.values(), ids=EXCERPTS)
def test_an_excerpt_is_the_first_bytes(
    headers: dict[str, str], chunks: tuple[bytes, ...], found: bytes, *, enough: bool
) -> None:
    excerpt = Excerpt(headers, 10)
    last = False
    for chunk in chunks:
        last = excerpt.add(chunk)
    assert excerpt.found == found
    assert last == enough


def test_an_excerpt_of_a_bomb_is_short() -> None:
    excerpt = Excerpt({"content-encoding": "gzip"}, 64 << 10)
    assert excerpt.add(gzip.compress(b"\0" * (16 * MIB), 9))
    assert excerpt.found == b"\0" * (64 << 10)
