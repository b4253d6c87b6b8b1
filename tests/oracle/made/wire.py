"""Puts documents on the wire: whole, as events, and cut where no event ends."""

import json
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from oracle.reply import OracleDialect, WireReply

Document: TypeAlias = Mapping[str, object]

_CUT: Final = 17
"""Bytes of a chunk: prime, so that cuts fall everywhere, inside characters too."""


def whole(name: str, dialect: OracleDialect, document: Document, status: int = 200) -> WireReply:
    """A reply in one document."""
    body = json.dumps(document, ensure_ascii=False).encode()
    return WireReply(
        id=f"made/{dialect}/{name}",
        dialect=dialect,
        streamed=False,
        status=status,
        headers={"content-type": "application/json"},
        chunks=(body,),
    )


def events(name: str, dialect: OracleDialect, *documents: Document, done: bool = False) -> WireReply:
    """A stream, an event a document; the event has the name that the document gives as its `type`."""
    lines = "".join(map(_event, documents)) + ("data: [DONE]\n\n" if done else "")
    return WireReply(
        id=f"made/{dialect}/{name}",
        dialect=dialect,
        streamed=True,
        headers={"content-type": "text/event-stream"},
        chunks=tuple(_cut(lines.encode())),
    )


def _event(document: Document) -> str:
    head = f"event: {document['type']}\n" if "type" in document else ""
    return f"{head}data: {json.dumps(document, ensure_ascii=False)}\n\n"


def _cut(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), _CUT):
        yield body[start : start + _CUT]
