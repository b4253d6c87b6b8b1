"""What of an exchange may be kept: no secrets, nothing that tells whose it was, all else byte for byte."""

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.call import HIDDEN
from modelmix.compat.account import names, replaced, told_by_headers
from modelmix.compat.scan import find
from modelmix.compat.taken import Taken, TakenRequest, TakenResponse
from modelmix.endpoint import is_loopback
from modelmix.errors import BadFixture
from modelmix.inflate import inflater
from modelmix.outcome import Outcome, collect, mapped
from modelmix.secret import Secret
from modelmix.wait import header_wait

_SENT: Final = frozenset({"content-type", "accept", "anthropic-version", "anthropic-beta", "openai-beta"})
_CAME: Final = frozenset({"content-type", "date", "retry-after", "retry-after-ms", "x-ms-retry-after-ms"}) | {
    "x-amz-retry-after",
    "x-should-retry",
}
_CAME_BY_PREFIX: Final = ("x-ratelimit-", "anthropic-ratelimit-")
_DATE: Final = "Thu, 01 Jan 1970 00:00:00 GMT"

_KEPT_QUERY: Final = frozenset({"alt", "api-version", "beta"})
_SECRET_NAME: Final = re.compile(r"(?i)auth|key|token|secret|cookie|password|sig")

LARGEST: Final = 64 << 20
"""Bytes of a reply that was compressed, at most."""


def clean(taken: Taken, secrets: Sequence[Secret]) -> Outcome[Taken]:
    """One exchange as it may be kept; `SecretFound` where something in it would be a secret of somebody's."""
    return mapped(clean_all((taken,), secrets), lambda takes: takes[0])


def clean_all(
    takes: Sequence[Taken], secrets: Sequence[Secret], accounts: Collection[str] = ()
) -> Outcome[tuple[Taken, ...]]:
    """The exchanges of one scenario as they may be kept; an id has the same placeholder in all of them.

    `accounts` are ids that are known beforehand.

    Looked for are `secrets`, what the requests carried as keys, and whatever has the shape of a key. A reply that came
    compressed is opened: otherwise nobody could see what is in it.
    """
    found = collect(_opened(taken) for taken in takes)
    if isinstance(found, Failure):
        return found
    opened = found.unwrap()
    named, sure = names(opened, accounts), told_by_headers(opened) | {*accounts}
    known = (*secrets, *(secret for taken in takes for secret in _carried(taken.request)))
    return collect(_checked(_cleaned(taken, named, sure), known) for taken in opened)


def clean_url(url: str) -> str:
    """A URL without user name, password, the port of this machine, and what a query may hold that is nobody's affair.

    >>> clean_url("http://127.0.0.1:4711/v1/models/x:stream?alt=sse&key=AIza")
    'http://127.0.0.1/v1/models/x:stream?alt=sse&key=***'
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if is_loopback(parts.hostname or ""):
        # It is another one each time.
        host = host.removesuffix(f":{parts.port}")
    query = "&".join(
        f"{quote(name)}={quote(value) if name in _KEPT_QUERY else HIDDEN}"
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    return parts._replace(netloc=host, query=query, fragment="").geturl()


def _checked(taken: Taken, secrets: Sequence[Secret]) -> Outcome[Taken]:
    found = find(taken, secrets)
    return Success(taken) if found is None else Failure(found)


def _carried(request: TakenRequest) -> list[Secret]:
    """What a request carried as a key, in its headers or its URL."""
    parts = urlsplit(request.url)
    values = [value.rpartition(" ")[2] for name, value in request.headers.items() if _is_secret(name)]
    values += [value for name, value in parse_qsl(parts.query) if _SECRET_NAME.search(name)]
    return [Secret(value) for value in (*values, parts.password) if value]


def _is_secret(header: str) -> bool:
    return _SECRET_NAME.search(header) is not None and "idempotency" not in header


def _opened(taken: Taken) -> Outcome[Taken]:
    """The exchange with its reply as it was before it was compressed."""
    response = taken.response
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity" or not response.chunks:
        return Success(taken)
    inner = inflater(response.headers)
    if inner is None:
        return _sealed(taken, f"is encoded as {encoding[:20]}")
    chunks: list[tuple[int, bytes]] = []
    size = 0
    try:
        for at, data in response.chunks:
            for piece in inner.pieces(data):
                chunks.append((at, piece))
                size += len(piece)
                if size > LARGEST:
                    return _sealed(taken, f"opens to more than {LARGEST >> 20} MiB")
    except ValueError as cause:
        return _sealed(taken, f"cannot be opened: {cause}")
    headers = {name: value for name, value in response.headers.items() if name != "content-encoding"}
    return Success(replace(taken, response=replace(response, headers=headers, chunks=tuple(chunks))))


def _sealed(taken: Taken, why: str) -> Failure[BadFixture]:
    where = clean_url(taken.request.url)
    return Failure(BadFixture(where=where, detail=f"the reply {why}, so that nobody can look for secrets in it"))


def _cleaned(taken: Taken, named: Mapping[str, str], sure: frozenset[str]) -> Taken:
    request, response = taken.request, taken.response
    sent = replaced(request.body, named, sure)
    url = clean_url(request.url).encode()
    return Taken(
        TakenRequest(
            method=request.method,
            url=_spliced(url, replaced(url, named, sure)).decode(),
            headers={name: value for name, value in request.headers.items() if name in _SENT},
            body=_spliced(request.body, sent),
        ),
        TakenResponse(
            status=response.status,
            headers=_came(response.headers),
            chunks=_recut(response, replaced(response.body, named, sure)),
            broke=response.broke,
        ),
    )


def _came(headers: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in headers.items() if name in _CAME or name.startswith(_CAME_BY_PREFIX)}
    if "date" in kept:
        kept["date"] = _DATE
    elsewhere = urlsplit(clean_url(headers.get("location", "")))
    if elsewhere.netloc:
        # The rest of the address may hold anything.
        kept["location"] = f"{elsewhere.scheme}://{elsewhere.netloc}/"
    until = kept.get("retry-after", "")
    if "," in until:
        # A date means what it says only beside the server's own clock.
        wait = header_wait({"retry-after": until, "date": headers.get("date", "")})
        kept["retry-after"] = "0" if wait is None else f"{wait:g}"
    return kept


def _spliced(body: bytes, changes: Sequence[tuple[int, int, bytes]]) -> bytes:
    pieces: list[bytes] = []
    at = 0
    for start, end, name in changes:
        pieces += [body[at:start], name]
        at = end
    return b"".join([*pieces, body[at:]])


def _recut(response: TakenResponse, changes: Sequence[tuple[int, int, bytes]]) -> tuple[tuple[int, bytes], ...]:
    """The chunks with the changes made, cut where they were cut."""
    if not changes:
        return response.chunks
    body = _spliced(response.body, changes)
    cuts = [_moved(cut, changes) for cut in accumulate((len(data) for _, data in response.chunks), initial=0)]
    times = [at for at, _ in response.chunks]
    pieces = [(at, body[start:end]) for at, start, end in zip(times, cuts, cuts[1:], strict=False)]
    return tuple((at, data) for at, data in pieces if data)


def _moved(cut: int, changes: Sequence[tuple[int, int, bytes]]) -> int:
    """Where a cut stands once the changes are made; one within an id stays within its placeholder."""
    shift = 0
    for start, end, name in changes:
        if cut <= start:
            break
        if cut < end:
            return start + shift + min(cut - start, len(name))
        shift += len(name) - (end - start)
    return cut + shift
