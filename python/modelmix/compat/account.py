"""Ids that tie an exchange to somebody's account, and what stands in their place."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Final

from modelmix.compat.frames import Place, frames, read_string, strings
from modelmix.compat.taken import Taken

PLACEHOLDER: Final = re.compile(r"__(?:organization|project|user|account|request)_[0-9]+__")
"""What stands in place of an id: the same for the same id, within one scenario."""

_KEYS: Final = MappingProxyType(
    {
        **dict.fromkeys(("organization", "organization_id", "org_id", "tenant_id"), "organization"),
        **dict.fromkeys(("project", "project_id"), "project"),
        **dict.fromkeys(("user", "user_id", "end_user_id", "safety_identifier", "prompt_cache_key"), "user"),
        **dict.fromkeys(("account", "account_id", "customer_id"), "account"),
        **dict.fromkeys(("request_id", "requestid"), "request"),
    }
)
"""Kinds of ids, by the keys under which providers give them.

Seen in recorded replies: `user_id` (OpenRouter's errors), `request_id` (MiniMax, Anthropic's errors),
`response.safety_identifier` and `response.prompt_cache_key` (OpenAI's Responses API).
"""

_HOLDERS: Final = frozenset({"response", "error", "metadata", "meta"})
"""Members in which such keys mean the same. Elsewhere, as in the arguments of a tool, they are the user's own words."""

_GROQ: Final = ("x_groq", "id")

_HEADERS: Final = MappingProxyType(
    {
        **dict.fromkeys(("openai-organization", "anthropic-organization-id"), "organization"),
        "openai-project": "project",
        **dict.fromkeys(("x-request-id", "request-id", "x-amzn-requestid", "apim-request-id", "cf-ray"), "request"),
    }
)

# OpenAI's ids have 24 letters and digits; a word after a hyphen has no digits.
_SHAPES: Final = tuple(
    (kind, start, re.compile(rb"(?<![A-Za-z0-9_-])%b(?=[A-Za-z]*[0-9])[A-Za-z0-9]{16,}(?![A-Za-z0-9])" % start))
    for kind, start in (("organization", b"org-"), ("project", b"proj_"), ("user", b"user-"), ("request", b"req_"))
)

_LEAST: Final = 8
"""A shorter id may be part of any word, and is replaced only in its own place."""


def names(takes: Sequence[Taken], accounts: Iterable[str] = ()) -> Mapping[str, str]:
    """Placeholders for all ids in the exchanges of one scenario, numbered as they are met, known `accounts` first."""
    found: dict[str, str] = {}
    counts: dict[str, int] = {}
    met = (pair for taken in takes for pair in _ids(taken))
    for kind, value in chain((("account", value) for value in accounts), met):
        if value and value not in found and not PLACEHOLDER.fullmatch(value):
            counts[kind] = counts.get(kind, 0) + 1
            found[value] = f"__{kind}_{counts[kind]}__"
    return found


def told_by_headers(takes: Sequence[Taken]) -> frozenset[str]:
    """Ids that stand in headers, which are ids whatever they look like."""
    return frozenset(
        value
        for taken in takes
        for headers in (taken.request.headers, taken.response.headers)
        for name, value in headers.items()
        if name in _HEADERS
    )


def replaced(body: bytes, named: Mapping[str, str], sure: frozenset[str]) -> tuple[tuple[int, int, bytes], ...]:
    """Which bytes of a body to replace, and by what: `(start, end, placeholder)`, in order and apart."""
    spans = [(start, end, named[value]) for _, value, start, end in _placed(body) if value in named]
    for value, name in named.items():
        if len(value) >= _LEAST and (value in sure or re.search("[0-9@]", value)):
            alone = re.compile(rb"(?<![A-Za-z0-9_-])%b(?![A-Za-z0-9_-])" % re.escape(value.encode()))
            spans += [(*found.span(), name) for found in alone.finditer(body)]
    kept: list[tuple[int, int, bytes]] = []
    for start, end, name in sorted(spans):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, name.encode()))
    return tuple(kept)


def _ids(taken: Taken) -> Iterator[tuple[str, str]]:
    for headers in (taken.request.headers, taken.response.headers):
        for name, value in headers.items():
            if name in _HEADERS:
                yield _HEADERS[name], value
    for body in (taken.request.body, taken.response.body):
        for kind, value, _, _ in _placed(body):
            yield kind, value
        for kind, start, shape in _SHAPES:
            for found in shape.finditer(body) if start in body else ():
                yield kind, found[0].decode()


@lru_cache(maxsize=4)
def _placed(body: bytes) -> tuple[tuple[str, str, int, int], ...]:
    """Ids in their own places: kind, value, and where it stands. Asked twice of each body: for names, and for spans."""
    return tuple(_each_placed(body))


def _each_placed(body: bytes) -> Iterator[tuple[str, str, int, int]]:
    for offset, frame in frames(body):
        for place, start, end in strings(frame):
            kind = _kind(place)
            if kind is not None:
                yield kind, read_string(frame[start:end]), offset + start, offset + end


def _kind(place: Place) -> str | None:
    # A stream may be one list of its documents.
    plain = place[1:] if place[0] == "" else place
    if plain == _GROQ:
        return "request"
    return _KEYS.get(plain[-1].lower()) if plain and _HOLDERS.issuperset(plain[:-1]) else None
