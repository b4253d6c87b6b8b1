"""One reply as both sides get it, and what a reader makes of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, get_args

OracleDialect: TypeAlias = Literal["openai-chat", "openai-responses", "anthropic-messages", "google-generate"]
"""The dialects that an official SDK speaks."""

ORACLE_DIALECTS: Final[tuple[OracleDialect, ...]] = get_args(OracleDialect)


@dataclass(frozen=True, kw_only=True)
class WireReply:
    """What came over the wire, in the chunks it came in; `streamed` says how it was asked for."""

    id: str
    dialect: OracleDialect
    streamed: bool
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    chunks: tuple[bytes, ...]

    @property
    def body(self) -> bytes:
        """All of it."""
        return b"".join(self.chunks)


@dataclass(frozen=True)
class Call:
    """A tool call; `id` is None where the provider gave none. Arguments are parsed, but for those that are no JSON."""

    name: str
    id: str | None
    arguments: object


@dataclass(frozen=True)
class Problem:
    """Why there is no answer: the HTTP status if it is an error, and the provider's message; or the reader's own fault.

    `fault` is what a reader says when the bytes are beyond it.
    """

    status: int | None = None
    message: str | None = None
    fault: str | None = None


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What a reader makes of a reply; token counts in our meaning of them."""

    text: str = ""
    reasoning: str = ""
    refusal: str | None = None
    tool_calls: tuple[Call, ...] = ()
    finish: str | None = None
    raw_finish: str | None = None
    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    reasoning_tokens: int | None = None
    total: int | None = None
    error: Problem | None = None
    raised: bool = False
    """Whether an SDK raised an exception."""


def parsed(arguments: str | None) -> object:
    """Arguments as a value: nothing means no arguments, and what is no JSON stays as it is."""
    if not arguments or not arguments.strip():
        return {}
    try:
        value: object = json.loads(arguments)
    except ValueError:
        return arguments
    return value


def finish(raw: str | None, words: Mapping[str, str], calls: tuple[Call, ...]) -> str:
    """A provider's finish reason in the one spelling; calls win over `stop` and silence."""
    mapped = words.get(raw, "other") if raw else "unknown"
    return "tool_calls" if calls and mapped in {"stop", "unknown"} else mapped
