"""Pictures and documents as parts of what is put in."""

from typing import Final

from msgspec import UNSET, Raw
from msgspec.json import encode as to_json

from modelmix.ast.content import Audio, Bytes, File, Image, Uploaded, Url
from modelmix.dialects.draft import Notes
from modelmix.dialects.inline import data_uri, inlined_text
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
            return wire.InputImage(image_url=data_uri(source), detail=detail)
        case Url(address):
            return wire.InputImage(image_url=Raw(to_json(address)), detail=detail)
        case Uploaded(file_id):
            return wire.InputImage(file_id=file_id, detail=detail)


def _file(part: File, notes: Notes) -> wire.InputPart:
    match part.source:
        case Bytes(data, media_type) if media_type.startswith("text/"):
            return wire.InputText(inlined_text(data, part.name, notes))
        case Bytes() as source:
            return wire.InputFile(filename=part.name or "document.pdf", file_data=data_uri(source))
        case Url(address):
            # Recorded requests give the address alone.
            if part.name is not None:
                notes.dropped("file_name", "a file given by its address has the name that stands there")
            return wire.InputFile(file_url=address)
        case Uploaded(file_id):
            if part.name is not None:
                notes.dropped("file_name", "an upload has the name that it was given then")
            return wire.InputFile(file_id=file_id)
