"""Where two requests differ first: named by JSON path, and the same each time."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from msgspec.json import encode

from modelmix.compat.account import PLACEHOLDER
from modelmix.compat.fixture import RecordedRequest
from modelmix.compat.redact import clean_url
from modelmix.compat.taken import TakenRequest
from modelmix.jsonvalue import JsonValue, parse
from modelmix.node import Node

NOTHING: Final = "nothing"
"""What is told of a value that is not there."""

_LONGEST: Final = 80
_BEFORE: Final = 20
"""Characters that are shown of what two long texts have in common, before the first that differs."""

_HEADERS: Final = ("anthropic-version", "anthropic-beta", "openai-beta")
"""Headers that change what a request means."""

_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Difference(Node, frozen=True):
    """Where it is, and what stands there on either side, shortened."""

    path: str
    recorded: str
    built: str


def difference(recorded: RecordedRequest, built: TakenRequest) -> Difference | None:
    """The first difference between a request and the recorded one; None where they mean the same.

    Compared are method, path and query of the URL, the headers that change its meaning as far as they are recorded,
    and the body. Host and port are not: a model may be served from elsewhere.
    """
    return next(_differences(recorded, built), None)


def _differences(recorded: RecordedRequest, built: TakenRequest) -> Iterator[Difference]:
    if recorded.method != built.method:
        yield Difference("method", recorded.method, built.method)
    was, now = urlsplit(recorded.url), urlsplit(clean_url(built.url))
    if not _fits(was.path, now.path):
        yield Difference("url.path", *_texts(was.path, now.path))
    yield from _queries(_query(was.query), _query(now.query))
    for name in _HEADERS:
        value = recorded.headers.get(name)
        if value is not None and value != built.headers.get(name):
            yield Difference(f"headers.{name}", value, built.headers.get(name, NOTHING))
    try:
        body = parse(built.body or b"null")
    except ValueError:
        yield Difference("$", shown(parse(bytes(recorded.body))), "a body that is no JSON")
        return
    found = first_difference(parse(bytes(recorded.body)), body)
    if found is not None:
        yield found


def _query(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True))


def _queries(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    for name in sorted({*was, *now}):
        if was.get(name) != now.get(name):
            yield Difference(f"url.query.{name}", was.get(name, NOTHING), now.get(name, NOTHING))


def first_difference(recorded: JsonValue, built: JsonValue) -> Difference | None:
    """The first difference of two documents; None where they mean the same.

    >>> first_difference({"a": [1, {"b": 2}]}, {"a": [1.0, {"b": 3}]})
    Difference(path='$.a[1].b', recorded='2', built='3')
    """
    return next(differences(recorded, built), None)


def differences(recorded: JsonValue, built: JsonValue) -> Iterator[Difference]:
    """Where two documents differ: members in the order of their names, elements in their own.

    The order of members does not count, and 1 is 1.0, but no truth is a number. Where an id was taken out of the
    recorded one, any text will do.
    """
    waiting: list[tuple[str, _Found, _Found]] = [("$", recorded, built)]
    while waiting:
        path, was, now = waiting.pop()
        match was, now:
            case dict(), dict():
                waiting += [
                    (_member(path, name), was.get(name, _NOTHING), now.get(name, _NOTHING))
                    for name in sorted({*was, *now}, reverse=True)
                ]
            case list(), list():
                both = range(max(len(was), len(now)))
                waiting += [(f"{path}[{at}]", _element(was, at), _element(now, at)) for at in reversed(both)]
            case str(), str():
                if not _fits(was, now):
                    yield Difference(path, *_quoted(was, now))
            case _:
                if isinstance(was, bool) is not isinstance(now, bool) or was != now:
                    yield Difference(path, _told(was), _told(now))


class _Nothing:
    """Where a value is not there."""


_NOTHING: Final = _Nothing()

_Found: TypeAlias = "JsonValue | _Nothing"


def _element(values: list[JsonValue], at: int) -> _Found:
    return values[at] if at < len(values) else _NOTHING


def _member(path: str, name: str) -> str:
    return f"{path}.{name}" if _WORD.fullmatch(name) else f"{path}[{encode(name).decode()}]"


def _told(value: _Found) -> str:
    return NOTHING if isinstance(value, _Nothing) else shown(value)


def shown(value: JsonValue) -> str:
    """A value as JSON, short enough for a line."""
    text = encode(value).decode()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _fits(recorded: str, built: str) -> bool:
    """Whether a text is the recorded one, which may hold placeholders for ids."""
    if recorded == built:
        return True
    pieces = PLACEHOLDER.split(recorded)
    return len(pieces) > 1 and re.fullmatch(".+".join(map(re.escape, pieces)), built, re.DOTALL) is not None


def _quoted(was: str, now: str) -> tuple[str, str]:
    one, other = _texts(was, now)
    return encode(one).decode(), encode(other).decode()


def _texts(was: str, now: str) -> tuple[str, str]:
    """Two texts from shortly before the first character that differs."""
    pairs = zip(was, now, strict=False)
    same = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(was), len(now)))
    start = max(0, same - _BEFORE) if max(len(was), len(now)) > _LONGEST else 0
    return _cut(was, start), _cut(now, start)


def _cut(text: str, start: int) -> str:
    piece = text[start : start + _LONGEST]
    return f"{'…' if start else ''}{piece}{'…' if start + _LONGEST < len(text) else ''}"
