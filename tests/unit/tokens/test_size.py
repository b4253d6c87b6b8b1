"""The size of a picture, from heads made after the formats' documents."""

import struct
from typing import Final

import pytest
from hypothesis import given, strategies as st

from modelmix.tokens.size import Size, size_of


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x06\x00\x00\x00"


def gif(width: int, height: int, version: bytes = b"GIF89a") -> bytes:
    return version + struct.pack("<HH", width, height) + b"\xf7\x00\x00"


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def jpeg(width: int, height: int, *before: bytes, frame: int = 0xC0) -> bytes:
    start = segment(frame, struct.pack(">BHHB", 8, height, width, 3) + bytes(9))
    return b"\xff\xd8" + b"".join(before) + start + b"\xff\xda"


def webp(kind: bytes, chunk: bytes) -> bytes:
    body = b"WEBP" + kind + struct.pack("<I", len(chunk)) + chunk
    return b"RIFF" + struct.pack("<I", len(body)) + body


def canvas(width: int, height: int) -> bytes:
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return webp(b"VP8X", b"\x10\x00\x00\x00" + sizes)


def lossless(width: int, height: int) -> bytes:
    return webp(b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14 | 1 << 28))


def lossy(width: int, height: int) -> bytes:
    # The upper two bits of each are a scale.
    return webp(b"VP8 ", b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width | 0x4000, height | 0x8000))


_EXIF: Final = segment(0xE1, b"Exif\x00\x00" + bytes(300))

PICTURES: Final = {
    "PNG": (png(640, 480), Size(640, 480)),
    "a large PNG": (png(70000, 3), Size(70000, 3)),
    "GIF": (gif(320, 200), Size(320, 200)),
    "GIF of 1987": (gif(1, 2, b"GIF87a"), Size(1, 2)),
    "JPEG": (jpeg(1024, 768), Size(1024, 768)),
    "JPEG after other segments": (jpeg(8, 9, segment(0xE0, b"JFIF\x00" + bytes(9)), _EXIF), Size(8, 9)),
    "a progressive JPEG": (jpeg(10, 20, frame=0xC2), Size(10, 20)),
    "JPEG with filling": (b"\xff\xd8\xff\xff\xff" + jpeg(3, 4)[3:], Size(3, 4)),
    "JPEG with tables before": (jpeg(5, 6, segment(0xC4, bytes(19)), segment(0xDB, bytes(65))), Size(5, 6)),
    "WebP with a canvas": (canvas(4000, 3000), Size(4000, 3000)),
    "WebP without loss": (lossless(500, 16384), Size(500, 16384)),
    "WebP with loss": (lossy(640, 360), Size(640, 360)),
    "no width": (png(0, 4), None),
    "WebP of an unknown kind": (webp(b"VP9 ", bytes(20)), None),
    "JPEG of nothing but tables": (b"\xff\xd8" + segment(0xDB, bytes(65)) * 600, None),
    "JPEG that loses its way": (b"\xff\xd8" + segment(0xE0, bytes(4)) + b"what is this?", None),
    "a PDF": (b"%PDF-1.7", None),
    "nothing": (b"", None),
}


@pytest.mark.parametrize(("data", "expected"), PICTURES.values(), ids=PICTURES)
def test_a_picture_has_the_size_that_its_head_says(data: bytes, expected: Size | None) -> None:
    assert size_of(data) == expected


@pytest.mark.parametrize(("data", "expected"), PICTURES.values(), ids=PICTURES)
def test_a_head_that_is_cut_has_the_same_size_or_none(data: bytes, expected: Size | None) -> None:
    assert all(size_of(data[:end]) in {expected, None} for end in range(min(len(data), 400)))


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff", b"RIFF1234WEBPVP8 ", b"RIFF1234WEBPVP8L"]),
    st.binary(),
)
def test_any_bytes_after_a_signature_are_read_without_harm(head: bytes, rest: bytes) -> None:
    found = size_of(head + rest)
    assert found is None or (found.width > 0 and found.height > 0)
