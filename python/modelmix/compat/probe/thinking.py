"""Where a server puts reasoning, read off its replies (QUIRKS 107 to 109)."""

from collections.abc import Iterator, Sequence
from typing import Final

from modelmix.compat.probe.quirk import Object, Overheard, Quirk, inside, objects, opened
from modelmix.compat.probe.row import Change
from modelmix.decode import DialectName, Tags
from modelmix.jsonvalue import JsonValue

_FIELDS: Final = ("reasoning_content", "reasoning", "reasoning_details")
_MARKS: Final[tuple[tuple[str, Tags], ...]] = (("<think>", "think"), ("<|channel|>", "harmony"))


def reasoning_place(overheard: Sequence[Overheard], dialect: DialectName) -> Iterator[Quirk]:
    """The fields that hold reasoning, and markup of it that stands in the text."""
    found: dict[str, None] = {}
    tags: Tags | None = None
    for one in overheard:
        for taken in one.taken:
            text = ""
            for frame in objects(opened(taken)):
                for message in _messages(frame, dialect):
                    found.update(dict.fromkeys([field for field in _FIELDS if inside(message, field)]))
                    content = inside(message, "content")
                    text += content if isinstance(content, str) else ""
            tags = tags or next((kind for mark, kind in _MARKS if text.lstrip().startswith(mark)), None)
    if found:
        yield Quirk(name="reasoning", seen=f"in {' and '.join([f'`{field}`' for field in found])}")
    if tags is not None:
        seen = f"in the text, as {'`<think>`' if tags == 'think' else 'channels of harmony'}"
        yield Quirk(name="reasoning", seen=seen, cover=f'`tags = "{tags}"`', change=Change(tags=tags))


def _messages(frame: Object, dialect: DialectName) -> tuple[JsonValue, ...]:
    """Where words and reasoning stand in a document of a reply, in the dialects that know both by these names."""
    if dialect == "ollama-chat":
        return (inside(frame, "message"),)
    if dialect == "openai-chat":
        return (inside(frame, "choices", 0, "message"), inside(frame, "choices", 0, "delta"))
    return ()
