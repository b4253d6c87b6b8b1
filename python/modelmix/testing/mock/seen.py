"""A request as it came, fit to be kept, asserted on and told."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode

from msgspec.structs import replace

from modelmix.call import HIDDEN
from modelmix.jsonvalue import JsonValue, parse
from modelmix.node import Node
from modelmix.secret import Secret

_KEYS: Final = ("authorization", "x-api-key", "x-goog-api-key", "api-key")
_QUERY_KEY: Final = "key"


class Request(Node, frozen=True, kw_only=True):
    """One request off the wire; names of headers are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class Seen(Node, frozen=True, kw_only=True):
    """A request that the mock had, and the status that it gave. Keys are hidden everywhere but in `key`."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    key: Secret | None
    model: str = ""
    stream: bool = False
    status: int = 200

    @property
    def json(self) -> JsonValue:
        """The body as a value.

        Raises
        ------
        ValueError
            When it is no JSON.
        """
        return parse(self.body)

    @property
    def options(self) -> Mapping[str, str]:
        """What the query says."""
        return dict(parse_qsl(self.query, keep_blank_values=True))


def seen(request: Request) -> Seen:
    """The request with its key put away."""
    path, _, query = request.target.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    given = [request.headers[name].removeprefix("Bearer ") for name in _KEYS if name in request.headers]
    given += [value for name, value in pairs if name == _QUERY_KEY]
    shown = [(name, HIDDEN if name == _QUERY_KEY else value) for name, value in pairs]
    return Seen(
        method=request.method,
        path=path,
        query=urlencode(shown, safe="*"),
        headers={name: HIDDEN if name in _KEYS else value for name, value in request.headers.items()},
        body=request.body,
        key=Secret(given[0]) if given else None,
    )


def answered(request: Seen, *, model: str, stream: bool, status: int) -> Seen:
    """The request with what came of it."""
    return replace(request, model=model, stream=stream, status=status)
