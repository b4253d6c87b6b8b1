"""One captured reply from its bytes, its dialect named or told by its first payloads."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.ast.event import Event, Failed
from modelmix.ast.response import Response
from modelmix.decode import Bounds, Decoder, DialectName, Tags, decoder, detect
from modelmix.errors import MixError, Sent
from modelmix.outcome import Outcome

_UNTOLD: Final[DialectName] = "openai-chat"
"""What reads a reply that nothing tells apart: its decoder knows pages, plain text and other documents as such."""


def read_reply(
    chunks: Iterable[bytes], *, dialect: DialectName | None = None, tags: Tags = "none", bounds: Bounds | None = None
) -> Outcome[Response]:
    """The message that a captured reply holds, from its bytes, cut anywhere.

    Without a `dialect`, the first payloads tell it. The error of a reply that is cut, refused or damaged has what came
    of it in `partial`. Nothing is held but the message, and the payload that is being read.

    >>> read_reply([b'{"model":"m","message":{"content":"hi"},"done":true}']).unwrap().text
    'hi'
    """
    reader, chunks = _opened(chunks, dialect, tags, bounds, fold=True)
    for chunk in chunks:
        if reader.absorb(chunk):
            break
    reader.finish()
    answer, end = reader.answer() or Response(), reader.terminal()
    return Failure(with_partial(end.error, answer)) if isinstance(end, Failed) else Success(answer)


def reply_events(
    chunks: Iterable[bytes], *, dialect: DialectName | None = None, tags: Tags = "none", bounds: Bounds | None = None
) -> Iterator[Event]:
    """The events of a captured reply, as `read_reply` reads it; the last one is `Finished` or `Failed`."""
    reader, chunks = _opened(chunks, dialect, tags, bounds, fold=False)
    for chunk in chunks:
        yield from reader.feed(chunk)
        if reader.ended:
            return
    yield from reader.finish()


def with_partial(error: MixError, answer: Response) -> MixError:
    """The error with what came before it, if anything did."""
    return replace(error, partial=answer) if isinstance(error, Sent) and answer.parts else error


def _opened(
    chunks: Iterable[bytes], dialect: DialectName | None, tags: Tags, bounds: Bounds | None, *, fold: bool
) -> tuple[Decoder, Iterator[bytes]]:
    """A decoder for the reply, and all of its bytes."""
    rest = iter(chunks)
    if dialect is None:
        dialect, head = _told(rest, (bounds or Bounds()).event)
        rest = chain((head,), rest)
    return decoder(dialect, tags=tags, fold=fold, bounds=bounds), rest


def _told(chunks: Iterator[bytes], limit: int) -> tuple[DialectName, bytes]:
    """The dialect, and the bytes that it took to tell: no more than one payload may have, which is held anyway."""
    pieces: list[bytes] = []
    size = due = 0
    for chunk in chunks:
        pieces.append(chunk)
        size += len(chunk)
        if size >= due:
            head = b"".join(pieces)
            found = detect(head)
            if found is not None or size >= limit:
                return found or _UNTOLD, head
            # Looked at again when there is twice as much, so that no byte is looked at often.
            pieces, due = [head], 2 * size
    head = b"".join(pieces)
    return detect(head) or _UNTOLD, head
