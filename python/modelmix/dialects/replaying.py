"""Earlier turns made ready to be sent: opaque parts as they came, results of parallel calls together."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec import Raw

from modelmix.ast.content import Opaque
from modelmix.ast.message import Message, Tool
from modelmix.dialects.draft import Notes
from modelmix.jsonvalue import parse


def verbatim(part: Opaque, owner: str, notes: Notes) -> list[Raw]:
    """An opaque part of the owner's, as it came; nothing, with a note, where it is another's or damaged."""
    if part.owner != owner:
        notes.dropped(part.kind, f"only {part.owner} understands it")
        return []
    try:
        parse(part.json)
    except ValueError:
        notes.dropped(part.kind, "it is no JSON")
        return []
    return [Raw(part.json.encode())]


def joined_results(messages: Iterable[Message]) -> Iterator[Message]:
    """The messages; the results of parallel calls share one turn."""
    for kind, group in groupby(messages, type):
        turns = list(group)
        if kind is not Tool or len(turns) == 1:
            yield from turns
        else:
            yield Tool(tuple([result for turn in turns if isinstance(turn, Tool) for result in turn.results]))
