"""Parts from files, bytes and data URIs, their type told by their first bytes."""

import base64
import binascii
from typing import Final, TypeAlias

from modelmix.ast.content import Audio, Bytes, File, Image, Url

Media: TypeAlias = Image | Audio | File
"""A part that carries a file."""

# Offsets and signatures as registered with IANA or documented by the format's owner.
_SIGNATURES: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (0, b"BM", "image/bmp"),
    (0, b"%PDF-", "application/pdf"),
    (8, b"WAVE", "audio/wav"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (4, b"ftypM4A", "audio/mp4"),
)


def media_type(data: bytes) -> str | None:
    """The media type of some bytes by their signature; `text/plain` for UTF-8 text, None for anything else.

    >>> media_type(b"%PDF-1.7 ...")
    'application/pdf'
    """
    for offset, signature, name in _SIGNATURES:
        if data.startswith(signature, offset):
            return name
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else "text/plain"


def media(data: bytes, media_type: str, name: str | None = None) -> Media:
    """The part for bytes of a known media type."""
    source = Bytes(data, media_type)
    if media_type.startswith("image/"):
        return Image(source)
    if media_type.startswith("audio/"):
        return Audio(source)
    return File(source, name)


def image(source: bytes | str) -> Image:
    """A picture from its bytes, a `data:` URI, or a URL that the provider fetches.

    Raises
    ------
    ValueError
        When bytes are of no known image type, or a data URI is malformed: a mistake in the program.
    """
    if isinstance(source, bytes):
        found = media_type(source)
        if found is None or not found.startswith("image/"):
            raise ValueError("these bytes are no image of a known type; give `Image(Bytes(data, media_type))` instead")
        return Image(Bytes(source, found))
    return Image(data_uri(source) if source.startswith("data:") else Url(source))


def data_uri(uri: str) -> Bytes:
    """The bytes in a base64 `data:` URI (RFC 2397).

    Raises
    ------
    ValueError
        When it is none: a mistake in the program.
    """
    head, comma, data = uri.removeprefix("data:").partition(",")
    kind, *attributes = head.split(";")
    if not comma or "base64" not in attributes:
        raise ValueError("not a base64 data URI")
    try:
        return Bytes(base64.b64decode(data, validate=True), kind or "text/plain")
    except binascii.Error as cause:
        raise ValueError("the data URI holds no valid base64") from cause
