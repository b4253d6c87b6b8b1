"""Files that are sent within a request."""

from msgspec import Raw
from msgspec.json import encode as to_json

from modelmix import _native
from modelmix.ast.content import Bytes
from modelmix.dialects.draft import Notes


def data_uri(source: Bytes) -> Raw:
    """The bytes as a JSON string with a `data:` URI, written once."""
    kind = to_json(source.media_type)[1:-1].decode()
    return Raw(_native.base64_json(f"data:{kind};base64,", source.data))


def base64_text(data: bytes) -> Raw:
    """The bytes as a JSON string of base64, written once."""
    return Raw(_native.base64_json("", data))


def inlined_text(data: bytes, name: str | None, notes: Notes) -> str:
    """A text document as the text that it is, after its name: others than PDF are refused by most."""
    notes.changed("file", "text documents are sent as text", into="text")
    title = f"{name}:\n" if name else ""
    return title + data.decode("utf-8", "replace")
