"""The recordings of real traffic in our dialects, read where they lie."""

import gzip
from collections.abc import Iterator, Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Final

import msgspec
from msgspec import Struct

from modelmix.decode import DialectName

RECORDED: Final = MappingProxyType[DialectName, frozenset[str]](
    {
        "openai-chat": frozenset({"openai-chat", "mistral-chat"}),
        "google-generate": frozenset({"google-generate"}),
        "ollama-chat": frozenset({"ollama-chat", "ollama-generate"}),
        "anthropic-messages": frozenset({"anthropic-messages"}),
        "openai-responses": frozenset({"openai-responses"}),
    }
)
"""What the recordings call each dialect. Mistral's chat is `openai-chat` with parts in its content, and Ollama's
`/api/generate` is `/api/chat` with its text beside the envelope."""


class Call(Struct, frozen=True):
    """A tool call; `arguments` is None and `arguments_raw` the text when that is not JSON."""

    id: str | None
    name: str
    arguments: object = None
    arguments_raw: str | None = None


class Finish(Struct, frozen=True):
    """Why the answer ended."""

    raw: str | None
    normalised: str | None


class Usage(Struct, frozen=True):
    """The provider's counts as they are."""

    input: int | None
    output: int | None
    cached_input: int | None
    cache_write: int | None
    reasoning: int | None
    total: int | None


class FullUsage(Struct, frozen=True):
    """The counts brought to one meaning."""

    input_total: int | None
    output_total: int | None
    total: int | None


class Problem(Struct, frozen=True):
    """What went wrong, by the oracle."""

    message: str | None
    kind: str | None


class Expected(Struct, frozen=True):
    """The outcome that the oracle found."""

    text: str
    reasoning: str | None
    refusal: str | None
    tool_calls: tuple[Call, ...]
    finish: Finish
    usage: Usage
    usage_full: FullUsage
    id: str | None
    model: str | None
    error: Problem | None
    citations: tuple[str, ...] = ()
    content_object: object = None
    usage_raw: Mapping[str, object] | None = None


class Reply(Struct, frozen=True):
    """What came over the wire, but for its bytes."""

    status: int
    headers: Mapping[str, str]


class Recording(Struct, frozen=True):
    """One reply with its outcome."""

    id: str
    provider: str
    dialect: str
    wire: str
    response: Reply
    expected: Expected


class _Line(Struct):
    dialect: str


def records(shared: Path, dialect: DialectName) -> Iterator[tuple[Recording, bytes]]:
    """All recordings of the dialect with their bytes, as the reader beside them gives them."""
    module = reader(shared)
    for record in module.records(str(shared / "recordings" / "dev")):
        if record["dialect"] in RECORDED[dialect]:
            yield msgspec.convert(record, Recording), module.body(record)


def count(shared: Path, dialect: DialectName) -> int:
    """How many recordings of the dialect the files hold, counted without their reader."""
    files = (shared / "recordings" / "dev").glob("*.jsonl.gz")
    lines = (line for file in files for line in gzip.decompress(file.read_bytes()).splitlines())
    return sum(msgspec.json.decode(line, type=_Line).dialect in RECORDED[dialect] for line in lines)


def reader(shared: Path) -> ModuleType:
    """The reader beside the recordings."""
    spec = spec_from_file_location("reader", shared / "recordings" / "reader.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
