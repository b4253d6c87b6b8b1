"""Pictures, recordings and documents as content parts."""

from types import MappingProxyType
from typing import Final, Literal

from msgspec import UNSET, Raw
from msgspec.json import encode as to_json

from modelmix.ast.content import Audio, Bytes, File, Image, Uploaded, Url
from modelmix.dialects.draft import Notes
from modelmix.dialects.inline import data_uri, inlined_text
from modelmix.dialects.openai_chat import wire
from modelmix.errors import Unsupported
from modelmix.providers.provider import Shape

_BY: Final = "openai-chat"

_AUDIO: Final = MappingProxyType[str, Literal["wav", "mp3"]](
    {"audio/wav": "wav", "audio/x-wav": "wav", "audio/mpeg": "mp3", "audio/mp3": "mp3"}
)


def encode_media(part: Image | Audio | File, shape: Shape, notes: Notes) -> wire.ContentPart | Unsupported:
    """A media part, or why it cannot be said."""
    match part:
        case Image():
            return _image(part)
        case Audio():
            return _audio(part)
        case File():
            return _file(part, shape, notes)


def _image(part: Image) -> wire.ContentPart | Unsupported:
    match part.source:
        case Bytes() as source:
            url = data_uri(source)
        case Url(address):
            url = Raw(to_json(address))
        case Uploaded():
            return Unsupported(what="an uploaded image", by=_BY, instead="give its bytes or a URL")
    return wire.ImagePart(wire.ImageUrl(url, part.detail or UNSET))


def _audio(part: Audio) -> wire.ContentPart | Unsupported:
    match part.source:
        case Bytes(data, media_type) if media_type in _AUDIO:
            return wire.AudioPart(wire.InputAudio(data, _AUDIO[media_type]))
        case Bytes(_, media_type):
            return Unsupported(what=f"{media_type} audio", by=_BY, instead="give WAV or MP3")
        case Url() | Uploaded():
            return Unsupported(what="audio by reference", by=_BY, instead="give its bytes")


def _file(part: File, shape: Shape, notes: Notes) -> wire.ContentPart | Unsupported:
    match part.source:
        case Bytes(data, media_type) if media_type.startswith("text/"):
            return wire.TextPart(inlined_text(data, part.name, notes))
        case Bytes() as source:
            return wire.FilePart(wire.FileData(part.name or "document.pdf", data_uri(source)))
        case Uploaded(file_id):
            if part.name is not None:
                notes.dropped("file_name", "an upload has the name that it was given then")
            return wire.FilePart(wire.FileData(file_id=file_id))
        case Url(address) if shape.file_urls:
            return wire.FilePart(wire.FileData(part.name or "document.pdf", Raw(to_json(address))))
        case Url():
            return Unsupported(what="a document by URL", by=_BY, instead="give its bytes")
