"""Pictures, recordings and documents as parts."""

from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from msgspec import UNSET

from modelmix.ast.content import Audio, Bytes, File, Image, Uploaded, Url
from modelmix.dialects.draft import Notes
from modelmix.dialects.google_generate import wire

# The media types that Gemini documents, by the ending that a URL may have.
_ENDINGS: Final = MappingProxyType(
    {
        "png": "image/png",
        "jpg": "image/jpeg",
        "jpeg": "image/jpeg",
        "webp": "image/webp",
        "heic": "image/heic",
        "heif": "image/heif",
        "gif": "image/gif",
        "pdf": "application/pdf",
        "txt": "text/plain",
        "md": "text/markdown",
        "html": "text/html",
        "csv": "text/csv",
        "json": "application/json",
        "xml": "text/xml",
        "wav": "audio/wav",
        "mp3": "audio/mp3",
        "aiff": "audio/aiff",
        "aac": "audio/aac",
        "ogg": "audio/ogg",
        "flac": "audio/flac",
        "mp4": "video/mp4",
        "mov": "video/mov",
        "webm": "video/webm",
    }
)


def encode_media(part: Image | Audio | File, notes: Notes) -> wire.Part:
    """A media part."""
    if isinstance(part, Image) and part.detail is not None:
        notes.dropped("detail", "Gemini looks at all pictures of a request with one resolution")
    if isinstance(part, File) and part.name is not None:
        notes.dropped("file_name", "Gemini has no names for documents")
    match part.source:
        case Bytes(data, media_type):
            return wire.Part(inline_data=wire.Blob(media_type, data))
        case Url(address, media_type):
            return wire.Part(file_data=wire.FileData(address, media_type or _by_ending(address, notes) or UNSET))
        case Uploaded(file_id, media_type):
            return wire.Part(file_data=wire.FileData(file_id, media_type or UNSET))


def _by_ending(address: str, notes: Notes) -> str | None:
    """The media type that the ending of a URL tells: Gemini wants one with most URLs."""
    try:
        ending = urlsplit(address).path.rpartition(".")[2].lower()
    except ValueError:
        return None
    found = _ENDINGS.get(ending)
    if found is not None:
        notes.added("media_type", "Gemini wants to know it; the ending of the URL says so", into=found)
    return found
