"""What a server makes of a JSON Schema, and the next way to ask for objects where one does not hold."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from modelmix.compat.probe.quirk import COPES, NOTHING, Quirk
from modelmix.compat.probe.row import Change
from modelmix.compat.verdict import Verdict
from modelmix.decode import DialectName
from modelmix.errors import ObjectMismatch, Rejected, Truncated
from modelmix.node import Node
from modelmix.providers.provider import Shape

Held: TypeAlias = Literal["enforced", "passed over", "refused", "unknown"]
"""What became of a schema."""


class Way(Node, frozen=True):
    """A way to ask for an object, in words, and what the row says for it."""

    words: str
    field: str = ""
    shape: Shape = Shape()


_IN_WORDS: Final = Way("asked for in words", '`shape.json_mode = "none"`', Shape(json_mode="none"))

WAYS: Final[Mapping[DialectName, tuple[Way, ...]]] = MappingProxyType(
    {
        "openai-chat": (
            Way("`json_schema`"),
            Way("`json_object`", '`shape.json_mode = "object"`', Shape(json_mode="object")),
            _IN_WORDS,
        ),
        "openai-responses": (
            Way("a schema in `text`"),
            Way(
                "a schema in `response_format`",
                '`shape.form_field = "response_format"`',
                Shape(form_field="response_format"),
            ),
            _IN_WORDS,
        ),
        "anthropic-messages": (Way("a tool that must be called"), _IN_WORDS),
        "google-generate": (Way("`responseJsonSchema`"), _IN_WORDS),
        "ollama-chat": (Way("a schema in `format`"), _IN_WORDS),
    }
)
"""The ways of each dialect to ask for an object, the best first; with the last, nothing is enforced."""


def held(verdict: Verdict) -> Held:
    """What became of the schema in the question that tells."""
    if verdict.status not in {"pass", "fail"}:
        return "unknown"
    if verdict.status == "pass":
        return "enforced"
    match verdict.error:
        case Rejected(kind="invalid" | "server"):
            return "refused"
        case None | ObjectMismatch() | Truncated(by="output_limit"):
            # Words that nothing holds to a schema may also go on up to the limit.
            return "passed over"
        case _:
            return "unknown"


def next_way(dialect: DialectName, tried: Sequence[Held]) -> Way | None:
    """The way to try after some; None where the last one held, or was the last."""
    ways = WAYS[dialect]
    if not tried or tried[-1] in {"enforced", "unknown"} or len(tried) >= len(ways):
        return None
    if tried[-1] == "passed over" and dialect == "openai-chat":
        # Any object would do less than the schema does, which must be said in words then.
        return ways[-1]
    return ways[len(tried)]


def json_schema(tried: Sequence[tuple[Way, Held]]) -> Quirk:
    """What was tried, in its order, and which field of the row covers it."""
    if not tried or tried[0][1] == "unknown":
        return Quirk(name="JSON schema", seen="not found out", cover=NOTHING)
    seen = "; ".join([f"{way.words}: {_outcome(way, outcome)}" for way, outcome in tried])
    last = tried[-1][0]
    change = Change(shape=last.shape) if last.field else None
    return Quirk(name="JSON schema", seen=seen, cover=last.field or COPES, change=change)


def _outcome(way: Way, outcome: Held) -> str:
    if way == _IN_WORDS:
        return {"enforced": "followed", "passed over": "not followed"}.get(outcome, outcome)
    if way.shape.json_mode == "object":
        return {"enforced": "taken, and the schema followed", "passed over": "taken"}.get(outcome, outcome)
    return outcome
