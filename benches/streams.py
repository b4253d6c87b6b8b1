"""The streams that are decoded: recorded ones where they are at hand, else ones of our own making."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from benches.made import made

RECORDINGS = Path(__file__).parents[2] / "shared" / "recordings" / "dev"


@dataclass(frozen=True)
class Sample:
    """One reply, in the chunks it came in."""

    chunks: tuple[bytes, ...]

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    @property
    def payloads(self) -> list[bytes]:
        """The JSON documents in it, as `data:` lines bring them."""
        lines = [line.strip() for line in self.body.splitlines()]
        found = [line.removeprefix(b"data:").strip() for line in lines if line.startswith(b"data:")]
        return [payload for payload in found if payload != b"[DONE]"]


@dataclass(frozen=True)
class Samples:
    """All replies, and where they are from."""

    origin: str
    streams: tuple[Sample, ...]

    @property
    def events(self) -> int:
        return sum(len(stream.payloads) for stream in self.streams)

    @property
    def size(self) -> int:
        return sum(len(chunk) for stream in self.streams for chunk in stream.chunks)

    def groups(self) -> list[tuple[Sample, ...]]:
        """The streams in about eight handfuls, in which contenders take turns."""
        size = max(1, len(self.streams) // 8)
        return [self.streams[at : at + size] for at in range(0, len(self.streams), size)]

    def thinned(self, step: int) -> "Samples":
        """Every so manieth stream."""
        return Samples(self.origin, self.streams[::step])


def recorded(dialect: str = "openai-chat") -> Samples | None:
    """The recorded streams that kept their bytes and the boundaries of their chunks; None where there are none."""
    streams = tuple(Sample(tuple(_cut(record))) for record in _records(dialect))
    return Samples("recorded", streams) if streams else None


def own() -> Samples:
    """Streams of our own making, the same ones every time."""
    return Samples("our own", tuple(Sample(chunks) for chunks in made()))


def _records(dialect: str) -> Iterator[dict[str, Any]]:  # a record is whatever JSON its line holds
    for path in sorted(RECORDINGS.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                record: dict[str, Any] = json.loads(line)
                if record["dialect"] == dialect and record["streaming"] and _is_exact(record):
                    yield record


def _is_exact(record: dict[str, Any]) -> bool:
    response = record["response"]
    whole = response["status"] == 200 and not record["expected"]["error"] and "text" in response["body"]
    return whole and response["fidelity"] == "exact" and response["boundaries"] == "original"


def _cut(record: dict[str, Any]) -> Iterator[bytes]:
    body: bytes = record["response"]["body"]["text"].encode()
    sizes: list[int] = record["response"].get("sizes") or [len(body)]
    for start, end in pairwise(accumulate(sizes, initial=0)):
        yield body[start:end]
