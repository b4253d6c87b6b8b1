"""The recordings of real traffic, in the dialects that an official SDK speaks."""

import base64
import gzip
from collections.abc import Iterator, Mapping
from itertools import accumulate, pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec
from msgspec import Struct

from oracle.reply import OracleDialect, WireReply

RECORDINGS: Final = Path(__file__).parents[3] / "shared" / "recordings" / "dev"
"""Where they lie, beside the project."""

_DIALECTS: Final = MappingProxyType[str, OracleDialect](
    {
        "openai-chat": "openai-chat",
        # Mistral's chat is openai-chat with parts in its content.
        "mistral-chat": "openai-chat",
        "openai-responses": "openai-responses",
        "anthropic-messages": "anthropic-messages",
        "google-generate": "google-generate",
    }
)


class _Body(Struct):
    text: str | None = None
    b64: str | None = None


class _Response(Struct):
    status: int
    headers: Mapping[str, str]
    body: _Body
    sizes: tuple[int, ...] = ()


class _Record(Struct):
    id: str
    dialect: str
    wire: str
    streaming: bool
    response: _Response


def recorded(folder: Path = RECORDINGS) -> Iterator[WireReply]:
    """All of them, in the order of their files; none where there are none."""
    for file in sorted(folder.glob("*.jsonl.gz")):
        for line in gzip.decompress(file.read_bytes()).splitlines():
            record = msgspec.json.decode(line, type=_Record)
            dialect = _DIALECTS.get(record.dialect)
            if dialect is not None:
                yield _reply(record, dialect)


def _reply(record: _Record, dialect: OracleDialect) -> WireReply:
    response = record.response
    body = base64.b64decode(response.body.b64) if response.body.b64 else (response.body.text or "").encode()
    cuts = accumulate(response.sizes or (len(body),), initial=0)
    return WireReply(
        id=record.id,
        dialect=dialect,
        streamed=record.streaming,
        status=response.status,
        headers=response.headers,
        chunks=tuple(body[start:end] for start, end in pairwise(cuts)),
    )
