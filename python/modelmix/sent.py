"""What can go wrong once a request is on its way."""

from typing import Literal, TypeAlias

from modelmix.ast.response import Response
from modelmix.node import Node

Phase: TypeAlias = Literal["connect", "headers", "first_token", "mid_stream"]
"""How far a call had come: connecting, waiting for headers, for the first output, or in the midst of it."""

RejectionKind: TypeAlias = Literal[
    "auth",
    "permission",
    "not_found",
    "rate_limit",
    "quota",
    "too_long",
    "invalid",
    "overloaded",
    "server",
    "redirect",
]
"""What a provider's refusal amounts to."""

Deadline: TypeAlias = Literal["connect", "write", "pool", "first_token", "idle", "progress", "total"]
"""Which limit on waiting passed: `idle` is silence, `progress` is keep-alives without output."""


class Attempt(Node, frozen=True, kw_only=True):
    """One try that failed: why, with which status, and how many seconds were waited before the next."""

    why: str
    status: int | None = None
    delay: float = 0.0


class Sent(Node, frozen=True, kw_only=True):
    """What every error carries once a request is on its way.

    `partial` is the answer as far as it came, usage included; None before any of it came.
    """

    provider: str = ""
    phase: Phase = "headers"
    attempts: tuple[Attempt, ...] = ()
    request_id: str | None = None
    partial: Response | None = None


class Unreachable(Sent, frozen=True, tag="unreachable", kw_only=True):
    """Nothing answers at `host`."""

    host: str
    kind: Literal["dns", "refused", "tls", "reset", "proxy", "other"]
    detail: str = ""


class TimedOut(Sent, frozen=True, tag="timed_out", kw_only=True):
    """A deadline of `seconds` passed."""

    deadline: Deadline
    seconds: float


class Rejected(Sent, frozen=True, tag="rejected", kw_only=True):
    """The provider said no, before the reply (`status`) or inside it (`status` is None).

    `retry_after` is the wait it asks for, in seconds; `should_retry` its own word on trying again.
    """

    kind: RejectionKind
    message: str
    status: int | None = None
    code: str | None = None
    retry_after: float | None = None
    should_retry: bool | None = None


class Undecodable(Sent, frozen=True, tag="undecodable", kw_only=True):
    """What came back is not a reply; `preview` shows its first characters."""

    kind: Literal["html", "not_json", "not_a_reply", "malformed_event", "empty_stream"]
    preview: str = ""


class TooLarge(Sent, frozen=True, tag="too_large", kw_only=True):
    """The reply passed a limit: bytes of one `event` or of the `reply`, or the number of `events`."""

    bound: Literal["event", "reply", "events"]
    limit: int


class Dropped(Sent, frozen=True, tag="dropped", kw_only=True):
    """The connection broke in the midst of the reply."""

    detail: str = ""


class Truncated(Sent, frozen=True, tag="truncated", kw_only=True):
    """The reply was cut.

    `by` says what cut it: a connection that ended before the terminal marker, or, for an object, the limit on output.
    `stray` is what came in place of the marker, if anything.
    """

    by: Literal["connection", "output_limit"] = "connection"
    stray: str = ""


class Cancelled(Sent, frozen=True, tag="cancelled", kw_only=True):
    """The caller closed the stream before it was done."""


class ObjectMismatch(Sent, frozen=True, tag="object_mismatch", kw_only=True):
    """The answer is not the object that was asked for. Its text is in `partial`."""

    why: str


class BadToolArguments(Sent, frozen=True, tag="bad_tool_arguments", kw_only=True):
    """A model called `tool` with arguments that do not fit it."""

    tool: str
    arguments: str
    why: str


class FixtureDrift(Sent, frozen=True, tag="fixture_drift", kw_only=True):
    """A request that is not the one recorded in `where`.

    `path` is the first place where they differ, as a JSON path into the body, or as `method`, `url` and the like;
    `recorded` and `built` are what stands there, shortened.
    """

    where: str
    path: str
    recorded: str
    built: str


SentError: TypeAlias = (
    Unreachable
    | TimedOut
    | Rejected
    | Undecodable
    | TooLarge
    | Dropped
    | Truncated
    | Cancelled
    | ObjectMismatch
    | BadToolArguments
    | FixtureDrift
)
"""What can go wrong once a request is on its way."""
