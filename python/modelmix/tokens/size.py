"""The size of a picture, read off its first bytes."""

import struct
from typing import Final

from modelmix.node import Node

_SEGMENTS: Final = 512
"""Segments of a JPEG that are looked through for its frame; real files have it among the first dozens."""

_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG that begin a frame (ITU T.81, table B.1)."""


class Size(Node, frozen=True):
    """Width and height in pixels."""

    width: int
    height: int


def size_of(data: bytes) -> Size | None:
    """The size of a PNG, JPEG, GIF or WebP; None for anything else, and for a head that is cut or makes no sense.

    >>> size_of(b"GIF89a" + bytes([64, 1, 200, 0]))
    Size(width=320, height=200)
    """
    try:
        found = _read(data)
    except struct.error:
        return None
    return found if found is not None and found.width > 0 and found.height > 0 else None


def _read(data: bytes) -> Size | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Size(*struct.unpack_from(">II", data, 16))
    if data.startswith((b"GIF87a", b"GIF89a")):
        return Size(*struct.unpack_from("<HH", data, 6))
    if data.startswith(b"RIFF") and data.startswith(b"WEBP", 8):
        return _webp(data)
    return _jpeg(data) if data.startswith(b"\xff\xd8") else None


def _webp(data: bytes) -> Size | None:
    """RFC 9649: a canvas (VP8X), a lossless picture (VP8L), or one key frame of VP8 (RFC 6386, 9.1)."""
    kind = data[12:16]
    if kind == b"VP8X":
        low, high, low_height, high_height = struct.unpack_from("<HBHB", data, 24)
        return Size(1 + low + (high << 16), 1 + low_height + (high_height << 16))
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return Size(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return Size(width & 0x3FFF, height & 0x3FFF)
    return None


def _jpeg(data: bytes) -> Size | None:
    """From segment to segment up to the one that begins a frame."""
    at = 2
    for _ in range(_SEGMENTS):
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        lead, marker = struct.unpack_from(">BB", data, at)
        if lead != 0xFF:
            return None
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return Size(width, height)
        (length,) = struct.unpack_from(">H", data, at + 2)
        at += 2 + max(length, 2)
    return None
