"""Pictures and documents as parts of what is put in."""

from base64 import b64encode
from typing import Final

from msgspec import UNSET, Raw
from msgspec.json import encode as to_json

from modelmix.ast.content import Audio, Bytes, File, Image, Uploaded, Url
from modelmix.dialects.draft import Notes
from modelmix.dialects.openai_responses import wire
from modelmix.errors import Unsupported

_BY: Final = "openai-responses"


def encode_media(part: Image | Audio | File, notes: Notes) -> wire.InputPart | Unsupported:
    """A media part, or why it cannot be said."""
    match part:
        case Image():
            return _image(part)
        case File():
            return _file(part, notes)
        case Audio():
            # https://platform.openai.com/docs/guides/audio: audio models are served by chat completions.
            return Unsupported(what="audio", by=_BY, instead="ask an audio model by openai-chat")


def _image(part: Image) -> wire.InputImage:
    detail = part.detail or UNSET
    match part.source:
        case Bytes() as source:
            return wire.InputImage(image_url=_data_uri(source), detail=detail)
        case Url(address):
            return wire.InputImage(image_url=Raw(to_json(address)), detail=detail)
        case Uploaded(file_id):
            return wire.InputImage(file_id=file_id, detail=detail)


def _file(part: File, notes: Notes) -> wire.InputPart:
    match part.source:
        case Bytes(data, media_type) if media_type.startswith("text/"):
            # Documents other than PDF are refused by some; their text is understood by all.
            notes.changed("file", "text documents are sent as text", into="text")
            title = f"{part.name}:\n" if part.name else ""
            return wire.InputText(title + data.decode("utf-8", "replace"))
        case Bytes() as source:
            return wire.InputFile(filename=part.name or "document.pdf", file_data=_data_uri(source))
        case Url(address):
            # Recorded requests give the address alone.
            if part.name is not None:
                notes.dropped("file_name", "a file given by its address has the name that stands there")
            return wire.InputFile(file_url=address)
        case Uploaded(file_id):
            if part.name is not None:
                notes.dropped("file_name", "an upload has the name that it was given then")
            return wire.InputFile(file_id=file_id)


def _data_uri(source: Bytes) -> Raw:
    """The bytes as a JSON string with a `data:` URI. Base64 needs no escapes, so it is copied once."""
    return Raw(b"".join((to_json(f"data:{source.media_type};base64,")[:-1], b64encode(source.data), b'"')))
