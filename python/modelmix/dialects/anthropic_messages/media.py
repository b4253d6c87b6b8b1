"""Pictures and documents as content blocks."""

from typing import Final

from msgspec import UNSET

from modelmix.ast.content import Audio, Bytes, File, Image, Uploaded, Url
from modelmix.dialects.anthropic_messages import wire
from modelmix.dialects.draft import Notes
from modelmix.errors import Unsupported

_BY: Final = "anthropic-messages"

# https://platform.claude.com/docs/en/build-with-claude/vision
_PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


def encode_media(part: Image | Audio | File, notes: Notes) -> wire.ImageBlock | wire.DocumentBlock | Unsupported:
    """A media part, or why it cannot be said."""
    match part:
        case Image():
            return _image(part, notes)
        case Audio():
            return Unsupported(what="audio", by=_BY, instead="give its words, or use a model that listens")
        case File():
            return _file(part, notes)


def _image(part: Image, notes: Notes) -> wire.ImageBlock | Unsupported:
    if part.detail not in {None, "auto"}:
        notes.dropped("detail", "how closely the model looks cannot be chosen here")
    match part.source:
        case Bytes(data, media_type) if media_type in _PICTURES:
            return wire.ImageBlock(wire.Base64Source(media_type, data))
        case Bytes(_, media_type):
            return Unsupported(what=f"{media_type} pictures", by=_BY, instead="give JPEG, PNG, GIF or WebP")
        case Url(address):
            return wire.ImageBlock(wire.UrlSource(address))
        case Uploaded(file_id):
            return wire.ImageBlock(wire.FileSource(file_id))


def _file(part: File, notes: Notes) -> wire.DocumentBlock | Unsupported:
    source: wire.Base64Source | wire.UrlSource | wire.FileSource | wire.TextSource
    match part.source:
        case Bytes(data, "application/pdf" as media_type):
            source = wire.Base64Source(media_type, data)
        case Bytes(data, media_type) if media_type.startswith("text/"):
            if media_type != "text/plain":
                notes.changed("file", "text documents have one type here", into="text/plain")
            source = wire.TextSource(data.decode("utf-8", "replace"))
        case Bytes(_, media_type):
            return Unsupported(what=f"{media_type} documents", by=_BY, instead="give PDF or text")
        case Url(address):
            source = wire.UrlSource(address)
        case Uploaded(file_id):
            source = wire.FileSource(file_id)
    return wire.DocumentBlock(source, part.name or UNSET)
