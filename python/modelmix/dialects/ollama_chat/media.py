"""Pictures and documents: the format has room for text and for images by their bytes."""

from typing import Final

from msgspec import Raw

from modelmix.ast.content import Audio, Bytes, File, Image
from modelmix.dialects.draft import Notes
from modelmix.dialects.inline import base64_text
from modelmix.errors import Unsupported

OWNER: Final = "ollama-chat"


class Said:
    """Gathers the words and pictures of one message, which the format keeps apart."""

    __slots__ = ("images", "words")

    def __init__(self) -> None:
        self.words: list[str] = []
        self.images: list[Raw] = []

    @property
    def text(self) -> str:
        """All words, joined by newlines."""
        return "\n".join(self.words)


def add_media(part: Image | Audio | File, said: Said, notes: Notes) -> Unsupported | None:
    """Adds a media part to what a message says, or tells why it cannot be said."""
    match part:
        case Image(Bytes(data), detail):
            if detail is not None:
                notes.dropped("detail", "Ollama looks at every image alike")
            said.images.append(base64_text(data))
            return None
        case File(Bytes(data, media_type), name) if media_type.startswith("text/"):
            notes.changed("file", "Ollama takes text and images only", into="text")
            said.words.append((f"{name}:\n" if name else "") + data.decode("utf-8", "replace"))
            return None
        case Image():
            # The server reads base64 and nothing else; it fetches no URL.
            return Unsupported(what="an image by reference", by=OWNER, instead="give its bytes")
        case Audio():
            return Unsupported(what="audio", by=OWNER, instead="give its words")
        case File(Bytes(_, media_type)):
            return Unsupported(what=f"a document of type {media_type}", by=OWNER, instead="give its text or its images")
        case File():
            return Unsupported(what="a document by reference", by=OWNER, instead="give its text")
