"""Media parts: types told by first bytes, data URIs, and which part a file becomes."""

from base64 import b64encode

import pytest
from hypothesis import given, strategies as st

from modelmix.ast.content import Audio, Bytes, File, Image, Url
from modelmix.ast.media import Media, data_uri, image, media, media_type

SIGNATURES = {
    "png": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
    "jpeg": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
    "gif 87": (b"GIF87a\x01\x00", "image/gif"),
    "gif 89": (b"GIF89a\x01\x00", "image/gif"),
    "webp": (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
    "heic": (b"\x00\x00\x00\x18ftypheic\x00\x00", "image/heic"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
    "wav": (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"),
    "mp3 with a tag": (b"ID3\x04\x00", "audio/mpeg"),
    "mp3 without": (b"\xff\xfb\x90\x00", "audio/mpeg"),
    "flac": (b"fLaC\x00\x00", "audio/flac"),
    "ogg": (b"OggS\x00\x02", "audio/ogg"),
    "m4a": (b"\x00\x00\x00\x20ftypM4A \x00", "audio/mp4"),
    "text": ("grüße\n".encode(), "text/plain"),
    "nothing": (b"", "text/plain"),
    "an executable": (b"\x7fELF\x02\x01\x01\x00", None),
    "Latin-1": ("grüße".encode("latin-1"), None),
    "text with a nul": (b"a\x00b", None),
    "a cut signature": (b"\x89PN", None),
    "RIFF of another kind": (b"RIFF\x24\x00\x00\x00AVI \x00\xff", None),
}


@pytest.mark.parametrize(("data", "expected"), SIGNATURES.values(), ids=SIGNATURES)
def test_the_first_bytes_tell_the_type(data: bytes, expected: str | None) -> None:
    assert media_type(data) == expected


PARTS: dict[str, tuple[str, Media]] = {
    "image": ("image/webp", Image(Bytes(b"x", "image/webp"))),
    "audio": ("audio/wav", Audio(Bytes(b"x", "audio/wav"))),
    "document": ("application/pdf", File(Bytes(b"x", "application/pdf"), "a")),
    "text": ("text/plain", File(Bytes(b"x", "text/plain"), "a")),
}


@pytest.mark.parametrize(("kind", "expected"), PARTS.values(), ids=PARTS)
def test_a_file_becomes_the_part_of_its_type(kind: str, expected: Media) -> None:
    assert media(b"x", kind, "a") == expected


PNG = b"\x89PNG\r\n\x1a\n"
IMAGES: dict[str, tuple[bytes | str, Image]] = {
    "bytes": (PNG, Image(Bytes(PNG, "image/png"))),
    "a URL": ("https://example.com/cat.png", Image(Url("https://example.com/cat.png"))),
    "a data URI": ("data:image/png;base64,iVBORw0KGgo=", Image(Bytes(PNG, "image/png"))),
}


@pytest.mark.parametrize(("source", "expected"), IMAGES.values(), ids=IMAGES)
def test_an_image_from_what_there_is(source: bytes | str, expected: Image) -> None:
    assert image(source) == expected


URIS = {
    "a type": ("data:image/gif;base64,R0lGODlh", Bytes(b"GIF89a", "image/gif")),
    "no type": ("data:;base64,aGk=", Bytes(b"hi", "text/plain")),
    "a parameter": ("data:text/plain;charset=utf-8;base64,aGk=", Bytes(b"hi", "text/plain")),
    "nothing in it": ("data:text/plain;base64,", Bytes(b"", "text/plain")),
    "a comma in it is no base64 and none comes": ("data:a/b;base64,////", Bytes(b"\xff\xff\xff", "a/b")),
}


@pytest.mark.parametrize(("uri", "expected"), URIS.values(), ids=URIS)
def test_a_data_uri_holds_bytes(uri: str, expected: Bytes) -> None:
    assert data_uri(uri) == expected


MISTAKES: dict[str, bytes | str] = {
    "text for an image": b"hello",
    "a document for an image": b"%PDF-1.7",
    "unknown bytes": b"\x7fELF\x00",
    "a data URI without base64": "data:text/plain,hello",
    "a data URI without data": "data:image/png;base64",
    "broken base64": "data:image/png;base64,iVBOR",
    "base64 with other characters": "data:image/png;base64,iVBO Rw0K",
}


@pytest.mark.parametrize("source", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_the_program_raises(source: bytes | str) -> None:
    with pytest.raises(ValueError, match=r"image|base64|data URI"):
        image(source)


@given(data=st.binary(max_size=200))
def test_any_bytes_go_through_a_data_uri(data: bytes) -> None:
    uri = f"data:application/octet-stream;base64,{b64encode(data).decode()}"
    assert data_uri(uri) == Bytes(data, "application/octet-stream")


@given(data=st.binary(max_size=64))
def test_any_bytes_have_a_type_or_none(data: bytes) -> None:
    kind = media_type(data)
    assert kind is None or "/" in kind
