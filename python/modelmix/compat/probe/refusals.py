"""How a server says no, and to what: the shape of its errors, and the options that it does not take."""

import re
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Final

from modelmix.compat.probe.counting import NO_STREAM_OPTIONS
from modelmix.compat.probe.quirk import COPES, NOTHING, Overheard, Quirk, asked, opened
from modelmix.compat.probe.row import Change
from modelmix.jsonvalue import JsonValue, parse
from modelmix.node import Node
from modelmix.providers.provider import Rule
from modelmix.rejection import read_rejection
from modelmix.transport.inquiry import Told


class Bad(Node, frozen=True):
    """A request that is wrong on purpose, in words, and what came back."""

    what: str
    told: Told


def errors(bad: Sequence[Bad]) -> Iterator[Quirk]:
    """What each bad request is answered with."""
    for one in bad:
        status = one.told.status
        if 200 <= status < 300:
            inner = _shape(one.told.body)
            seen = f"{one.what}: answered {status} all the same"
            cover = "a misspelt model name is not found out" if one.what == UNKNOWN_MODEL else NOTHING
            if inner != "an answer":
                seen, cover = f"{one.what}: {inner} under {status}", COPES
            yield Quirk(name="error shape", seen=seen, cover=cover)
        else:
            understood = read_rejection(one.told.body, status, one.told.headers)
            cover = f"modelmix reads it as {_KINDS.get(understood.kind, understood.kind)}"
            yield Quirk(name="error shape", seen=f"{one.what}: {status}, {_shape(one.told.body)}", cover=cover)


UNKNOWN_MODEL: Final = "a model that is none"
WRONG_TYPE: Final = "a number in place of messages"

_KINDS: Final = MappingProxyType(
    {
        "not_found": "a model that is not known",
        "invalid": "an invalid request",
        "server": "a fault of the server",
        "auth": "a key that is refused",
        "too_long": "a request that is too long",
    }
)


def _shape(body: bytes) -> str:
    """Whose way of saying an error a body has (WIRE §7)."""
    try:
        document = parse(body)
    except ValueError:
        if not body.strip():
            return "an empty body"
        return "a web page" if body.lstrip()[:1] == b"<" else "plain text"
    if isinstance(document, list):
        return "Google's error object, in an array"
    return _object_shape(document) if isinstance(document, dict) else "JSON that is no object"


def _object_shape(document: dict[str, JsonValue]) -> str:
    error = document.get("error")
    if isinstance(error, str):
        return "Ollama's error, a text"
    if isinstance(error, dict):
        if document.get("type") == "error":
            return "Anthropic's error object"
        return "Google's error object" if {"code", "status"} <= set(error) else "OpenAI's error object"
    if isinstance(document.get("detail"), str | list):
        return "a `detail`, as FastAPI has it"
    if isinstance(document.get("message"), str):
        return "a bare `message`"
    answers = {"choices", "content", "output", "candidates", "message", "data", "embeddings"}
    return "an answer" if answers & set(document) else "JSON of its own"


_FIELDS: Final = ("seed", "temperature", "top_p", "reasoning_effort")
"""What the scenarios set and what an answer can do without."""

_LIMIT: Final = "max_completion_tokens"


def refused_options(overheard: Sequence[Overheard]) -> Iterator[Quirk]:
    """Options that a refusal names, of those that its request had."""
    seen: set[str] = set()
    for one in overheard:
        for taken in one.taken:
            if taken.response.status not in {400, 422}:
                continue
            sent = asked(taken)
            words = set(re.findall(r"[a-z_]+", read_rejection(opened(taken), taken.response.status).message))
            for quirk in _refused(sent, words):
                if quirk.name not in seen:
                    seen.add(quirk.name)
                    yield quirk


def _refused(sent: dict[str, JsonValue], words: set[str]) -> Iterator[Quirk]:
    if "max_tokens" in sent and _LIMIT in words:
        rule = Rule(why=f"this server calls it {_LIMIT}", rename={"max_tokens": _LIMIT})
        change = Change(rules=(rule,))
        yield Quirk(name="max_tokens", seen=f"refused; it wants {_LIMIT}", cover="`rules`, rename", change=change)
    if "stream_options" in sent and "stream_options" in words:
        cover = "`shape.stream_usage = false`"
        yield Quirk(name="stream_options", seen="refused", cover=cover, change=NO_STREAM_OPTIONS)
    for field in _FIELDS:
        if field in sent and field in words:
            change = Change(rules=(Rule(why="this server refuses it", drop=(field,)),))
            yield Quirk(name=field, seen="refused", cover="`rules`, drop", change=change)
