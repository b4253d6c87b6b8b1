"""A rule and a request make an answer."""

from collections.abc import Mapping
from itertools import cycle, islice
from typing import Final

from msgspec.json import encode
from msgspec.structs import replace

from modelmix.jsonvalue import JsonValue
from modelmix.testing.mock.asked import Asked, Offer, Problem
from modelmix.testing.mock.counting import pieces
from modelmix.testing.mock.fitting import Unfit, fitting
from modelmix.testing.mock.rules import Answer, Rule
from modelmix.testing.mock.said import Called, Said

_LENGTH: Final = 16
_REFUSAL: Final = "I'm sorry, I cannot help with that."
_SILENCE: Final = "..."


def say(asked: Asked, rule: Rule, serial: int) -> Said | Problem:
    """The answer, cut at the limit that the request sets."""
    empty = Said(serial=serial, reasoning=rule.think)
    kind = _auto(asked) if rule.kind == "auto" else rule.kind
    try:
        said = _said(kind, asked, rule, empty)
    except Unfit as cause:
        return Problem(message=f"mock: no value is made for the schema: {cause}")
    return said if isinstance(said, Problem) else _within(said, asked.limit)


def _said(kind: Answer, asked: Asked, rule: Rule, empty: Said) -> Said | Problem:
    """The answer of a kind, as long as it comes."""
    match kind:
        case "auto" | "echo":
            return replace(empty, text=_echo(asked))
        case "text":
            return replace(empty, text=rule.text or "")
        case "object":
            return replace(empty, text=_json(_object(asked)))
        case "tool_call":
            return _call(asked, rule, empty)
        case "refuse":
            return replace(empty, refusal=_REFUSAL, finish="content_filter")
        case "filter":
            return replace(empty, finish="content_filter")
        case "length":
            count = _LENGTH if asked.limit is None else asked.limit
            words = islice(cycle(pieces(f" {_echo(asked).strip()}")), count)
            return replace(empty, text="".join(words).lstrip(), finish="length")


def _auto(asked: Asked) -> Answer:
    forced = asked.choice == "required" or asked.named is not None
    if forced and asked.tools and asked.result is None:
        return "tool_call"
    if asked.form is not None or asked.json:
        return "object"
    return "tool_call" if asked.result is not None else "echo"


def _echo(asked: Asked) -> str:
    # A model that was asked nothing still says something.
    return asked.user or _SILENCE


def _object(asked: Asked) -> JsonValue:
    return {"text": _echo(asked)} if asked.form is None else fitting(asked.form)


def _call(asked: Asked, rule: Rule, empty: Said) -> Said | Problem:
    if asked.result is not None:
        return replace(empty, text=asked.result)
    offers = () if asked.choice == "none" else asked.tools
    wanted = rule.tool or asked.named
    offer = next((offer for offer in offers if wanted in {None, offer.name}), None)
    if offer is not None:
        return replace(empty, calls=(_called(offer),), finish="tool_calls")
    if rule.tool is not None and asked.choice != "none":
        names = ", ".join(offer.name for offer in offers) or "none"
        return Problem(message=f"mock: the rule calls the tool {rule.tool}; the request offers {names}")
    return replace(empty, text=_echo(asked))


def _called(offer: Offer) -> Called:
    made = fitting({"type": "object"} if offer.schema is None else offer.schema)
    # Arguments are an object in every dialect, whatever the schema says.
    value = made if isinstance(made, Mapping) else {}
    return Called(offer.name, value, _json(value))


def _within(said: Said, limit: int | None) -> Said:
    """The answer, its text cut where the limit on tokens is passed. Calls are never cut."""
    words = pieces(said.text)
    if limit is None or said.calls or len(words) <= limit:
        return said
    return replace(said, text="".join(words[:limit]), finish="length")


def _json(value: JsonValue) -> str:
    return encode(value).decode()
