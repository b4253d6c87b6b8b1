"""Look for secrets in what is about to be kept: known ones in every disguise, unknown ones by their shape."""

import base64
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import Final
from urllib.parse import unquote

from modelmix.compat.frames import documents, unescaped
from modelmix.compat.taken import Taken
from modelmix.errors import SecretFound
from modelmix.jsonvalue import JsonValue
from modelmix.secret import SHORT, Secret

_SHAPES: Final = (
    ("a private key", "-----BEGIN", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    *(
        (kind, start, re.compile(rf"(?<![A-Za-z0-9_-]){re.escape(start)}{rest}"))
        for kind, start, rest in (
            # OpenAI, Anthropic, OpenRouter, DeepSeek and others; OpenAI repeats a refused key with stars in it.
            ("an API key", "sk-", r"(?=[a-z_-]*[A-Z0-9])[A-Za-z0-9_-]{20,}"),
            ("a part of an API key", "sk-", r"[A-Za-z0-9_-]*\*{3,}[A-Za-z0-9]+"),
            ("a Google API key", "AIza", r"[A-Za-z0-9_-]{30,}"),
            ("a Google access token", "ya29.", r"[A-Za-z0-9_-]{20,}"),
            ("a Groq API key", "gsk_", r"[A-Za-z0-9]{20,}"),
            ("an xAI API key", "xai-", r"[A-Za-z0-9]{20,}"),
            ("a Hugging Face token", "hf_", r"[A-Za-z0-9]{20,}"),
            ("a Perplexity API key", "pplx-", r"[A-Za-z0-9]{20,}"),
            ("an AWS access key", "AKIA", r"[A-Z0-9]{16}"),
            ("an AWS access key", "ASIA", r"[A-Z0-9]{16}"),
            ("a JSON web token", "eyJ", r"[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{10,}"),
            ("a bearer token", "Bearer ", r"(?=[^\s\"\\]*[0-9])[A-Za-z0-9._~+/-]{20,}"),
            ("a cookie", "__cf_bm=", r"[A-Za-z0-9._-]+"),
        )
    ),
)
"""Kinds of secrets, how each begins, and its whole shape: to look for the beginning first is many times faster."""

_CONFIGURED: Final = "a configured key"
_DEPTH: Final = 3
"""How many layers of escapes are undone: JSON within JSON within JSON."""

_INDEXES: Final = ("index", "output_index", "content_index", "choice_index")
_WHITE: Final = re.compile(r"\s+")


def find(taken: Taken, secrets: Sequence[Secret]) -> SecretFound | None:
    """The first secret in an exchange; None where there is none. Its headers are those that are to be kept."""
    needles = _all_needles(secrets)
    request, response = taken.request, taken.response
    texts = (
        ("the method", request.method),
        ("the URL", request.url),
        *_said("request", request.headers),
        *_said("reply", response.headers),
        ("the error that ended the reply", "" if response.broke is None else response.broke.detail),
    )
    told = _first(texts, needles)
    if told is not None:
        return told
    for where, body in (("the body of the request", request.body), ("the body of the reply", response.body)):
        kind = _kind(body.decode("utf-8", "replace"), needles) or _kind_of_pieces(body, needles)
        if kind is not None:
            return SecretFound(where=where, kind=kind)
    return None


def find_in(texts: Iterable[tuple[str, str]], secrets: Sequence[Secret]) -> SecretFound | None:
    """The first secret in texts, each with what it is called; None where there is none."""
    return _first(texts, _all_needles(secrets))


def _first(texts: Iterable[tuple[str, str]], needles: Collection[str]) -> SecretFound | None:
    found = ((where, _kind(text, needles)) for where, text in texts)
    return next((SecretFound(where=where, kind=kind) for where, kind in found if kind is not None), None)


def _all_needles(secrets: Sequence[Secret]) -> frozenset[str]:
    return frozenset(needle for secret in secrets for needle in _needles(secret.reveal()))


def _said(side: str, headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in headers.items():
        yield f"the header {name} of the {side}", value


def _needles(key: str) -> Iterator[str]:
    """The key, and what base64 makes of it wherever it stands in what is encoded."""
    if len(key) < SHORT:
        return
    yield key
    raw = key.encode()
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + raw).decode()
        # Letters that also hold bits of the neighbours are not certain.
        sure = whole[ceil(offset * 8 / 6) : (offset + len(raw)) * 8 // 6]
        yield sure
        yield sure.translate({ord("+"): "-", ord("/"): "_"})


def _kind(text: str, needles: Collection[str], *, shapes: bool = True) -> str | None:
    for form in _forms(text):
        # Base64 may be broken into lines.
        tight = _WHITE.sub("", form) if needles else ""
        if any(needle in form or needle in tight for needle in needles):
            return _CONFIGURED
        if shapes:
            for kind, start, shape in _SHAPES:
                if start in form and shape.search(form):
                    return kind
    return None


def _forms(text: str) -> Iterator[str]:
    """The text as it stands, and as it reads once escapes and percent signs are undone."""
    seen, fresh = {text}, [text]
    yield text
    for _ in range(_DEPTH):
        opened = [plain for form in fresh for plain in (unescaped(form), unquote(form))]
        fresh = [form for form in dict.fromkeys(opened) if form not in seen]
        seen.update(fresh)
        yield from fresh


def _kind_of_pieces(body: bytes, needles: Collection[str]) -> str | None:
    """What the pieces of a stream hold once they are put together."""
    placed: dict[object, list[str]] = {}
    named: dict[str, list[str]] = {}
    for document in documents(body):
        for place, name, text in _texts(document):
            placed.setdefault(place, []).append(text)
            named.setdefault(name, []).append(text)
    for pieces in placed.values():
        kind = _kind("".join(pieces), needles)
        if kind is not None:
            return kind
    # What stands in different places is no text of anybody's, and has shapes by chance.
    return next((kind for all_ in named.values() if (kind := _kind("".join(all_), needles, shapes=False))), None)


def _texts(document: JsonValue) -> Iterator[tuple[object, str, str]]:
    """Each string with its place, in which calls that take turns are kept apart, and its key."""
    waiting: list[tuple[tuple[object, ...], str, JsonValue]] = [((), "", document)]
    while waiting:
        place, name, value = waiting.pop()
        match value:
            case str():
                yield place, name, value
            case dict():
                turn = tuple(value.get(key) for key in _INDEXES if isinstance(value.get(key), int))
                waiting += [((*place, turn, key), key, member) for key, member in reversed(value.items())]
            case list():
                waiting += [((*place, at), name, value[at]) for at in reversed(range(len(value)))]
            case _:
                continue
