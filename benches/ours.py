"""Our reader, as the measurements use it."""

from collections.abc import Iterable

from benches.splits import Chunks
from modelmix import decoder


def to_events(chunks: Chunks) -> Iterable[object]:
    """One typed event for each of the provider's."""
    reader = decoder("openai-chat", coalesce=False, fold=False)
    for chunk in chunks:
        yield from reader.feed(chunk)
    yield from reader.finish()


def to_answer(chunks: Chunks) -> Iterable[object]:
    """The folded answer, without any events."""
    reader = decoder("openai-chat")
    for chunk in chunks:
        reader.absorb(chunk)
    reader.finish()
    return (reader.answer(),)
