"""Files that are sent within a request."""

from base64 import b64encode

from msgspec import Raw
from msgspec.json import encode as to_json

from modelmix.ast.content import Bytes
from modelmix.dialects.draft import Notes


def data_uri(source: Bytes) -> Raw:
    """The bytes as a JSON string with a `data:` URI. Base64 needs no escapes, so it is copied once."""
    return Raw(b"".join((to_json(f"data:{source.media_type};base64,")[:-1], b64encode(source.data), b'"')))


def inlined_text(data: bytes, name: str | None, notes: Notes) -> str:
    """A text document as the text that it is, after its name: others than PDF are refused by most."""
    notes.changed("file", "text documents are sent as text", into="text")
    title = f"{name}:\n" if name else ""
    return title + data.decode("utf-8", "replace")
