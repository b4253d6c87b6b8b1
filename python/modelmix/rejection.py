"""What a provider's refusal means, told from its body, its headers and its status.

Codes and messages are read before the status, because the status is often wrong: Google and xAI answer a wrong key
with 400, quotas come as 429, and an error inside a stream comes under 200.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeAlias

from modelmix.errors import Rejected, RejectionKind
from modelmix.jsonvalue import JsonValue, parse
from modelmix.wait import header_wait, prose_wait, span

Node: TypeAlias = Mapping[str, JsonValue]
"""One object of an error body."""

BODY_LIMIT: Final = 64 << 10
"""How much of an error body is read, in bytes."""

_MESSAGE_LIMIT: Final = 2000
_DEPTH: Final = 8

_CODES: Final = MappingProxyType[str, RejectionKind](
    {
        "insufficient_quota": "quota",
        "insufficient_balance": "quota",
        "billing_not_active": "quota",
        "billing_hard_limit_reached": "quota",
        "billing_error": "quota",
        "enforced_spend_limit": "quota",
        "servicequotaexceededexception": "quota",
        "context_length_exceeded": "too_long",
        "exceed_context_size_error": "too_long",
        "too_many_prompt_tokens": "too_long",
        "request_too_large": "too_long",
        "invalid_api_key": "auth",
        "api_key_invalid": "auth",
        "authentication_error": "auth",
        "permission_error": "permission",
        "permission_denied": "permission",
        "model_not_found": "not_found",
        "model_decommissioned": "not_found",
        "not_found_error": "not_found",
        "1211": "not_found",
        "rate_limit_exceeded": "rate_limit",
        "rate_limit_error": "rate_limit",
        "throttlingexception": "rate_limit",
        "resource_exhausted": "rate_limit",
        "overloaded_error": "overloaded",
        "server_is_overloaded": "overloaded",
        "overloaded": "overloaded",
        "unavailable": "overloaded",
        "server_error": "server",
        "api_error": "server",
        "internal_server_error": "server",
        "invalid_request_error": "invalid",
        "invalid-argument": "invalid",
        "invalid_argument": "invalid",
        "bad_request_error": "invalid",
    }
)
"""Words that say what is meant, in lower case, wherever a body has them: type, code, status, reason."""

_GENERIC: Final[frozenset[RejectionKind]] = frozenset({"invalid", "server"})
"""Kinds whose words providers also put beside a more telling message or status."""

_TOO_LONG: Final = re.compile(
    r"prompt is too long|prompt too long|maximum context length|exceeds the maximum number of tokens"
    r"|exceeds the context window|exceeds? the available context size|too many tokens",
    re.IGNORECASE,
)
_BAD_KEY: Final = re.compile(r"api key", re.IGNORECASE)
_NO_MODEL: Final = re.compile(
    r"model\b.*\b(does not exist|not found|unknown|not supported)|unknown model", re.IGNORECASE
)
_HTTP_STATUS: Final = re.compile(r"[1-5][0-9]{2}")
_NO_CREDIT: Final = re.compile(r"credit balance", re.IGNORECASE)

_STATUSES: Final = MappingProxyType[int, RejectionKind](
    {
        401: "auth",
        402: "quota",
        403: "permission",
        404: "not_found",
        408: "server",
        413: "too_long",
        425: "server",
        429: "rate_limit",
        503: "overloaded",
        529: "overloaded",
    }
)

_REQUEST_IDS: Final = (
    "x-request-id",
    "request-id",
    "x-goog-request-id",
    "apim-request-id",
    "x-generation-id",
    "cf-ray",
)


def request_id(headers: Mapping[str, str]) -> str | None:
    """The id to quote to the provider's support; header names in lower case."""
    return next((headers[name] for name in _REQUEST_IDS if name in headers), None)


def read_rejection(
    body: bytes, status: int | None = None, headers: Mapping[str, str] | None = None, now: datetime | None = None
) -> Rejected:
    """The refusal in an error body, of any shape that providers send.

    `status` is None for an error inside a reply. Header names are in lower case, repeated headers joined by commas.
    """
    headers = headers or {}
    text = body[:BODY_LIMIT].decode("utf-8", "replace").strip()
    nodes = tuple(_nodes(_parsed(text)))
    message = _message(nodes) or text[:_MESSAGE_LIMIT] or "no message"
    words = tuple(_words(nodes))
    inner = _status(nodes) if status is None or status < 300 else status
    wait = header_wait(headers, now)
    return Rejected(
        kind=_kind(words, message, inner, daily=_is_daily(nodes)),
        message=message[:_MESSAGE_LIMIT],
        status=status,
        code=next((word for word in words if not word.isdecimal()), next(iter(words), None)),
        retry_after=wait if wait is not None else _body_wait(nodes, message),
        should_retry=_SHOULD_RETRY.get(headers.get("x-should-retry", "")),
        request_id=request_id(headers) or _text(nodes, "request_id"),
        phase="headers" if status is not None else "mid_stream",
    )


_SHOULD_RETRY: Final[Mapping[str, bool]] = MappingProxyType({"true": True, "false": False})


def _parsed(text: str) -> JsonValue:
    if text.startswith(("event:", "data:")):
        # Some gateways put their error bodies into SSE framing as well.
        lines = [line.removeprefix("data:").strip() for line in text.splitlines() if line.startswith("data:")]
        text = "\n".join(lines)
    try:
        return parse(text)
    except ValueError:
        return None


def _nodes(value: JsonValue, depth: int = _DEPTH) -> Iterator[Node]:
    """The objects of a body, innermost error first, then what stands around it, then its details."""
    if depth == 0:
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth - 1)
    elif isinstance(value, dict):
        for name in ("error", "base_resp", "response"):
            yield from _nodes(value.get(name), depth - 1)
        yield value
        for name in ("details", "violations", "metadata", "errors"):
            yield from _nodes(value.get(name), depth - 1)


def _text(nodes: tuple[Node, ...], *names: str) -> str | None:
    for node in nodes:
        for name in names:
            value = node.get(name)
            if isinstance(value, str) and value:
                return value
    return None


def _message(nodes: tuple[Node, ...]) -> str | None:
    return _text(nodes, "message", "status_msg", "error", "detail", "msg")


def _words(nodes: tuple[Node, ...]) -> Iterator[str]:
    for node in nodes:
        for name in ("code", "reason", "type", "status", "__type", "status_code"):
            value = node.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value) not in {"", "error"}:
                yield str(value)


def _status(nodes: tuple[Node, ...]) -> int | None:
    for node in nodes:
        for name in ("code", "status", "http_code"):
            value = node.get(name)
            if isinstance(value, str | int) and _HTTP_STATUS.fullmatch(str(value)):
                return int(value)
    return None


def _kind(words: tuple[str, ...], message: str, status: int | None, *, daily: bool) -> RejectionKind:
    if daily:
        return "quota"
    told: list[RejectionKind] = [_CODES[word.lower()] for word in words if word.lower() in _CODES]
    exact: list[RejectionKind] = [kind for kind in told if kind not in _GENERIC]
    if exact:
        return exact[0]
    spoken = _spoken(message, status)
    if spoken is not None:
        return spoken
    if status is not None:
        return _by_status(status)
    return told[0] if told else "server"


def _spoken(message: str, status: int | None) -> RejectionKind | None:
    if _TOO_LONG.search(message):
        return "too_long"
    if status is None or status >= 500:
        return None
    if _NO_CREDIT.search(message):
        return "quota"
    if _BAD_KEY.search(message) and status in {400, 401, 403}:
        return "auth"
    if _NO_MODEL.search(message) and status in {400, 404, 422}:
        return "not_found"
    return None


def _by_status(status: int) -> RejectionKind:
    if status in _STATUSES:
        return _STATUSES[status]
    if 300 <= status < 400:
        return "redirect"
    return "server" if status >= 500 else "invalid"


def _is_daily(nodes: tuple[Node, ...]) -> bool:
    """Google's daily quotas come with a short RetryInfo that does not help."""
    return any(isinstance(quota := node.get("quotaId"), str) and "PerDay" in quota for node in nodes)


def _body_wait(nodes: tuple[Node, ...], message: str) -> float | None:
    for name in ("retryDelay", "quotaResetDelay"):
        for node in nodes:
            value = node.get(name)
            wait = span(value) if isinstance(value, str) else None
            if wait is not None:
                return wait
    return prose_wait(message)
