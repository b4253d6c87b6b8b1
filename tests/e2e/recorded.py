"""Recorded chat replies of the providers, as a server plays them again and as their oracle tells them."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from fakes.replies import Reply, Step
from modelmix.decode import DialectName
from modelmix.providers.load import built_in
from stream.recordings import reader

PROVIDERS: Final = (
    "groq",
    "xai",
    "togetherai",
    "cerebras",
    "openrouter",
    "lmstudio",
    "minimax",
    "perplexity",
    "ollama",
    "anthropic",
    "google",
    "openai",
)

SPEAKS: Final = MappingProxyType[str, DialectName]({"openai": "openai-responses"})
"""The dialect of the recordings that are played, where it is not the provider's own."""

TAGGED: Final = ("minimax", "ollama")
"""Whose reasoning is looked for in the text; the oracle leaves it there."""

_BLOCK: Final = re.compile(r"\A\s*<think>(.*?)(?:</think>\s*|\Z)", re.DOTALL)


class Counts(Struct, frozen=True):
    """The oracle's usage, brought to one meaning."""

    input_total: int | None
    output_total: int | None


class Problem(Struct, frozen=True):
    """What went wrong, by the oracle."""

    message: str | None
    kind: str | None


class Expected(Struct, frozen=True):
    """What the oracle found."""

    text: str
    reasoning: str | None
    usage_full: Counts
    error: Problem | None


class Recording(Struct, frozen=True):
    """One reply."""

    id: str
    provider: str
    dialect: str
    model: str | None
    streaming: bool
    status: int
    kind: str
    chunks: tuple[bytes, ...]
    expected: Expected

    @property
    def body(self) -> bytes:
        """All of it."""
        return b"".join(self.chunks)

    @property
    def answer(self) -> "Answer":
        """What a reader is shown: reasoning that a model writes into its text is told from it."""
        text, reasoning = self.expected.text, self.expected.reasoning or ""
        block = _BLOCK.match(text) if self.provider in TAGGED else None
        return Answer(text, reasoning) if block is None else Answer(text[block.end() :], reasoning + block[1])


class Answer(NamedTuple):
    """The two parts of what a model says."""

    text: str
    reasoning: str


def reply(recording: Recording, cut: int | None = None) -> Reply:
    """The reply as it came, or its first bytes and then the end."""
    if not recording.streaming:
        return Reply(recording.status, {"Content-Type": recording.kind}, (Step(recording.body),))
    pieces = recording.chunks if cut is None else (recording.body[:cut],)
    steps = tuple(Step(piece) for piece in pieces)
    return Reply(recording.status, {"Content-Type": recording.kind}, steps, "chunked" if cut is None else "close")


def records(shared: Path, provider: str) -> Iterator[Recording]:
    """The recordings of a provider in the dialect that `gen` speaks to it."""
    dialect = SPEAKS.get(provider, built_in(provider).dialect)
    read = reader(shared)
    for record in read.records(str(shared / "recordings" / "dev"), provider=provider, dialect=dialect):
        response = record["response"]
        flat = {
            **record,
            "status": response["status"],
            "chunks": (),
            "kind": response["headers"].get("content-type", ""),
        }
        found = msgspec.convert(flat, Recording)
        yield msgspec.structs.replace(found, chunks=tuple(piece for piece in read.chunks(record) if piece))
