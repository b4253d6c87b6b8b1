"""What a quirk is: something seen on the wire, and what becomes of it."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from modelmix.compat.frames import documents
from modelmix.compat.probe.row import Change
from modelmix.compat.taken import Taken
from modelmix.decode import DialectName
from modelmix.inflate import inflated
from modelmix.jsonvalue import JsonValue, parse
from modelmix.node import Node

COPES: Final = "modelmix copes by itself"
NOTHING: Final = "nothing to cover"


class Quirk(Node, frozen=True, kw_only=True):
    """`seen` says what was seen, `cover` what becomes of it; `change` is what the provider's row must say for that."""

    name: str
    seen: str
    cover: str = COPES
    change: Change | None = None


class Overheard(Node, frozen=True):
    """The exchanges of one scenario or question, as they came."""

    scenario: str
    dialect: DialectName
    taken: tuple[Taken, ...]


Object: TypeAlias = dict[str, JsonValue]
"""A JSON object."""


def opened(taken: Taken) -> bytes:
    """The body of a reply with its compression undone."""
    try:
        return inflated(taken.response.body, taken.response.headers)
    except ValueError:
        return b""


def objects(body: bytes) -> list[Object]:
    """The JSON objects of a body, whatever frames it has."""
    return [item for item in documents(body) if isinstance(item, dict)]


def asked(taken: Taken) -> Object:
    """The body of a request; empty for one that has none."""
    try:
        body = parse(taken.request.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def is_stream(taken: Taken) -> bool:
    """Whether a stream was asked for, and something good came."""
    wanted = asked(taken).get("stream") is True or ":streamGenerateContent" in taken.request.url
    return wanted and 200 <= taken.response.status < 300


def streams(overheard: Sequence[Overheard]) -> list[Taken]:
    """The exchanges that are streams."""
    return [taken for one in overheard for taken in one.taken if is_stream(taken)]


def inside(value: JsonValue, *keys: str | int) -> JsonValue:
    """What stands in a document at a place; None where there is no such place."""
    for key in keys:
        if isinstance(key, str) and isinstance(value, dict):
            value = value.get(key)
        elif isinstance(key, int) and isinstance(value, list) and key < len(value):
            value = value[key]
        else:
            return None
    return value
