"""Where a stream tells its usage, read off its bytes (QUIRKS 48, 93 to 98)."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from modelmix.compat.probe.quirk import Object, Overheard, Quirk, asked, inside, objects, opened, streams
from modelmix.compat.probe.row import Change
from modelmix.decode import DialectName
from modelmix.providers.provider import Shape

_ESTIMATED: Final = "modelmix estimates the tokens and says so"

_PLACES: Final[Mapping[DialectName, tuple[tuple[str | int, ...], ...]]] = MappingProxyType(
    {
        "openai-chat": (("usage",), ("choices", 0, "usage"), ("x_groq", "usage")),
        "openai-responses": (("response", "usage"),),
        "anthropic-messages": (("usage",), ("message", "usage")),
        "google-generate": (("usageMetadata",),),
    }
)
"""Where usage may stand in a document of a stream; Ollama has its counts at the root."""


def usage_tail(overheard: Sequence[Overheard], dialect: DialectName, unasked: bytes | None) -> Iterator[Quirk]:
    """Where usage stands. `unasked` is a stream for which usage was not asked, None where nobody tried."""
    bodies = [objects(opened(taken)) for taken in streams(overheard)]
    frames = next((body for body in bodies if body), None)
    if frames is None:
        return
    places = [place for frame in frames if (place := _place(frame, dialect)) is not None]
    if not places:
        yield Quirk(name="usage tail", seen="no usage in a stream", cover=_ESTIMATED)
        return
    seen = _where(frames, places, dialect)
    if dialect == "openai-chat" and any("stream_options" in asked(taken) for taken in streams(overheard)):
        seen += _told_unasked(unasked)
    yield Quirk(name="usage tail", seen=seen)


def _place(frame: Object, dialect: DialectName) -> str | None:
    """Where in a frame usage stands."""
    if dialect == "ollama-chat":
        return "eval_count" if "eval_count" in frame else None
    for path in _PLACES[dialect]:
        if isinstance(inside(frame, *path), dict):
            return ".".join([str(key) for key in path])
    return None


def _where(frames: Sequence[Object], places: Sequence[str], dialect: DialectName) -> str:
    holders = [frame for frame in frames if _place(frame, dialect) is not None]
    if len(holders) == len(frames) > 1:
        return f"`{places[-1]}` in every chunk"
    if dialect == "anthropic-messages":
        kinds = dict.fromkeys([str(frame.get("type")) for frame in holders if isinstance(frame.get("type"), str)])
        known = [kind for kind in ("message_start", "message_delta") if kind in kinds]
        return f"in {' and '.join(known) or 'events of another kind'}"
    if len(holders) > 1:
        return f"`{places[-1]}` in {len(holders)} of {len(frames)} chunks"
    if dialect == "openai-chat" and holders[0].get("choices") == []:
        return f"`{places[0]}` in a chunk of its own, with no choices"
    if holders[0] is frames[-1]:
        return f"`{places[0]}` in the last chunk"
    return f"`{places[0]}` in a chunk before the last"


def _told_unasked(body: bytes | None) -> str:
    if body is None or not objects(body):
        return ""
    told = any(_place(frame, "openai-chat") is not None for frame in objects(body))
    return ", also without `stream_options`" if told else ", only with `stream_options`"


NO_STREAM_OPTIONS: Final = Change(shape=Shape(stream_usage=False))
"""For servers that refuse `stream_options`."""
