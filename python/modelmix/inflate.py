"""Compressed bodies, opened piece by piece: a few bytes may hold gigabytes."""

import zlib
from collections.abc import Iterator, Mapping
from typing import Final

_PIECE: Final = 1 << 20
"""Bytes of one piece at most; what reads the pieces counts them against its own limit."""

_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS

ACCEPTED: Final = "gzip, deflate"
"""What is asked for. Others have no bounded decoder in the standard library."""


class Inflater:
    """Opens one body compressed with gzip or deflate."""

    __slots__ = ("_inner",)

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(_GZIP_OR_ZLIB)

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """The bytes that a chunk opens to.

        Raises
        ------
        ValueError
            When the chunk is not what its encoding says.
        """
        rest = chunk
        while rest:
            try:
                piece = self._inner.decompress(rest, _PIECE)
            except zlib.error as cause:
                raise ValueError(str(cause)) from cause
            if piece:
                yield piece
            rest = self._inner.unconsumed_tail


def inflater(headers: Mapping[str, str]) -> Inflater | None:
    """What opens a body with these headers; None for one that is not compressed, or in a way nobody asked for."""
    encoding = headers.get("content-encoding", "").strip().lower()
    return Inflater() if encoding in {"gzip", "deflate", "x-gzip"} else None


def inflated(body: bytes, headers: Mapping[str, str]) -> bytes:
    """A whole body, opened as its headers say, however large it becomes.

    Raises
    ------
    ValueError
        When it is not what its encoding says.
    """
    found = inflater(headers)
    return body if found is None else b"".join(found.pieces(body))


class Excerpt:
    """The first bytes of a body, opened, up to a limit."""

    __slots__ = ("_inflater", "_limit", "found")

    def __init__(self, headers: Mapping[str, str], limit: int) -> None:
        self._inflater = inflater(headers)
        self._limit = limit
        self.found = b""

    def add(self, chunk: bytes) -> bool:
        """Takes a chunk; whether that is enough."""
        try:
            for piece in (chunk,) if self._inflater is None else self._inflater.pieces(chunk):
                self.found += piece[: self._limit - len(self.found)]
                if len(self.found) >= self._limit:
                    return True
        except ValueError:
            return True
        return False
