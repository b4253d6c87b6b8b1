"""How calls of tools come in a stream, read off its bytes (QUIRKS 59 to 72)."""

from collections.abc import Iterator, Sequence

from modelmix.compat.probe.quirk import NOTHING, Object, Overheard, Quirk, inside, objects, opened, streams
from modelmix.decode import DialectName
from modelmix.jsonvalue import JsonValue


def tool_deltas(overheard: Sequence[Overheard], dialect: DialectName) -> Iterator[Quirk]:
    """The pieces of the calls in the stream that has most of them."""
    found = [_calls(objects(opened(taken)), dialect) for taken in streams(overheard)]
    pieces = max(found, key=len) if found else []
    if not pieces:
        yield Quirk(name="tool deltas", seen="none: the model called no tool in a stream", cover=NOTHING)
        return
    facts = _chat(pieces) if dialect == "openai-chat" else _other(pieces, dialect)
    yield Quirk(name="tool deltas", seen=", ".join(facts))
    yield from _stopped(overheard, dialect)


def _calls(frames: Sequence[Object], dialect: DialectName) -> list[Object]:
    """The pieces of calls, in their order."""
    found: list[JsonValue] = []
    for frame in frames:
        match dialect:
            case "openai-chat":
                calls = inside(frame, "choices", 0, "delta", "tool_calls")
                calls = calls or inside(frame, "choices", 0, "message", "tool_calls")
            case "openai-responses":
                calls = [frame] if frame.get("type") == "response.function_call_arguments.delta" else None
            case "anthropic-messages":
                calls = [frame] if inside(frame, "delta", "type") == "input_json_delta" else None
            case "google-generate":
                parts = inside(frame, "candidates", 0, "content", "parts")
                parts = parts if isinstance(parts, list) else []
                calls = [inside(part, "functionCall") for part in parts]
            case "ollama-chat":
                calls = inside(frame, "message", "tool_calls")
        found += calls if isinstance(calls, list) else []
    return [call for call in found if isinstance(call, dict)]


def _chat(pieces: Sequence[Object]) -> Iterator[str]:
    named = [piece for piece in pieces if inside(piece, "function", "name")]
    ids = [piece.get("id") for piece in pieces if piece.get("id")]
    calls = len({str(found) for found in ids}) or len(named)
    indexes = {str(piece["index"]) for piece in pieces if piece.get("index") is not None}
    if not indexes:
        yield "no index"
    elif len(indexes) == 1 and calls > 1:
        yield f"one index for {calls} calls"
    else:
        yield "indexed"
    if not ids:
        yield "no ids"
    elif len(ids) > calls:
        yield "ids repeated"
    whole = len(pieces) == len(named) == calls
    yield "each call whole in one chunk" if whole else f"{_counted('call', calls)} in {_counted('piece', len(pieces))}"
    if any(isinstance(inside(piece, "function", "arguments"), dict) for piece in pieces):
        yield "arguments as an object"


def _other(pieces: Sequence[Object], dialect: DialectName) -> Iterator[str]:
    if dialect in {"google-generate", "ollama-chat"}:
        yield f"{_counted('call', len(pieces))}, each whole"
        yield "with ids" if any(piece.get("id") for piece in pieces) else "without ids"
    else:
        yield f"arguments in {_counted('piece', len(pieces))}"


def _counted(word: str, number: int) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _stopped(overheard: Sequence[Overheard], dialect: DialectName) -> Iterator[Quirk]:
    """A reply with calls that ends as if it had none (QUIRKS 71)."""
    if dialect != "openai-chat":
        return
    for taken in streams(overheard):
        frames = objects(opened(taken))
        ends = [inside(frame, "choices", 0, "finish_reason") for frame in frames]
        if _calls(frames, dialect) and "stop" in ends:
            yield Quirk(name="finish reason", seen="`stop` although tools are called")
            return
