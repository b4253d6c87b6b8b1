"""The closed union of everything that can go wrong.

Each case has fields, not prose; `modelmix.explanation` makes the prose. What is not here is a bug, and raises.
"""

from decimal import Decimal
from typing import Literal, TypeAlias

from modelmix.ast.message import Message
from modelmix.ast.model import Ability
from modelmix.ast.response import Cost, Response, Unpriced
from modelmix.ast.usage import Usage
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


class BadSpec(Node, frozen=True, tag="bad_spec", kw_only=True):
    """A model specification that is not `provider:model`."""

    text: str


class UnknownProvider(Node, frozen=True, tag="unknown_provider", kw_only=True):
    """No provider of that name; `near` are names like it."""

    name: str
    near: tuple[str, ...] = ()


class UnknownModel(Node, frozen=True, tag="unknown_model", kw_only=True):
    """The catalogue does not list the model; `near` are the provider's models, nearest first, of `total`."""

    spec: str
    provider: str
    near: tuple[str, ...] = ()
    total: int = 0


class MissingKey(Node, frozen=True, tag="missing_key", kw_only=True):
    """No API key; any of the variables `env` would do."""

    provider: str
    env: tuple[str, ...]


class BadKey(Node, frozen=True, tag="bad_key", kw_only=True):
    """A key from `source` that cannot be one. The key itself is never told."""

    provider: str
    source: str
    why: str


class Unsupported(Node, frozen=True, tag="unsupported", kw_only=True):
    """Something that this provider, dialect or version cannot say; `instead` is a way out, if there is one."""

    what: str
    by: str
    instead: str = ""


class Incapable(Node, frozen=True, tag="incapable", kw_only=True):
    """A model that cannot do what the request `needs`, as the catalogue has it; `near` are models that can."""

    spec: str
    needs: Ability
    near: tuple[str, ...] = ()


class TooLong(Node, frozen=True, tag="too_long", kw_only=True):
    """A request of at least `tokens` tokens, to a model whose context window takes `window`."""

    spec: str
    tokens: int
    window: int


class BadConfig(Node, frozen=True, tag="bad_config", kw_only=True):
    """Settings in `where` that cannot be used."""

    where: str
    detail: str


class BadRequest(Node, frozen=True, tag="bad_request", kw_only=True):
    """An option or input outside of what it may be."""

    field: str
    value: str
    expected: str


class NotInstalled(Node, frozen=True, tag="not_installed", kw_only=True):
    """An optional part of modelmix is needed: the extra `extra`, for `purpose`."""

    extra: str
    purpose: str


class NotPulled(Node, frozen=True, tag="not_pulled", kw_only=True):
    """A local model that is not on this machine yet; `size` in bytes."""

    name: str
    size: int


class LocalFailed(Node, frozen=True, tag="local_failed", kw_only=True):
    """A local model could not be fetched or started."""

    step: Literal["pull", "verify", "start"]
    name: str
    detail: str


class BadFixture(Node, frozen=True, tag="bad_fixture", kw_only=True):
    """A recorded exchange in `where` that is damaged, missing, or could not be kept."""

    where: str
    detail: str


class SecretFound(Node, frozen=True, tag="secret_found", kw_only=True):
    """Something that looks like a secret, of the kind `kind`, in the part `where` of an exchange that was to be kept.

    The secret itself is never told.
    """

    where: str
    kind: str


class TooCostly(Node, frozen=True, tag="too_costly", kw_only=True):
    """A call that was not made, since it may cost more than it may. Amounts are US dollars.

    `worst` is what the calls to come may cost at most; None where that is unknown, for which `why` is the reason.
    `spent` is what the run has cost before, or may have cost where a try failed.
    """

    spec: str
    limit: Decimal
    worst: Decimal | None = None
    spent: Decimal = Decimal(0)
    why: Unpriced | None = None


class NoEndpoint(Node, frozen=True, tag="no_endpoint", kw_only=True):
    """A patch makes a provider and does not say where it is; `path` is its file."""

    provider: str
    path: str


class NotAccepted(Node, frozen=True, tag="not_accepted", kw_only=True):
    """A provider that a sync brought and nobody has accepted: its host and its key variables, as they are told."""

    provider: str
    api: str | None
    env: tuple[str, ...]


class FetchFailed(Node, frozen=True, tag="fetch_failed", kw_only=True):
    """There is no catalogue to be had from `source`, or none that can be taken. `hint` is what to check."""

    source: str
    why: str
    hint: str
    kind: Literal["network", "data"]


class WriteFailed(Node, frozen=True, tag="write_failed", kw_only=True):
    """A file of ours cannot be written. What was there before is still there. `hint` is what to check."""

    path: str
    why: str
    hint: str


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


class ToolsStopped(Node, frozen=True, tag="tools_stopped", kw_only=True):
    """A run of tools that came to no answer: after `rounds` answers of the model, or because asking it failed.

    `cause` is why asking failed, None where all rounds are used up. `messages` is the conversation so far without its
    system prompt, ready to be gone on with; calls at its end have not been run.
    """

    rounds: int
    messages: tuple[Message, ...]
    usage: Usage
    cost: Cost | None = None
    unpriced: Unpriced | None = None
    cause: "MixError | None" = None


MixError: TypeAlias = (
    BadSpec
    | UnknownProvider
    | UnknownModel
    | MissingKey
    | BadKey
    | Unsupported
    | Incapable
    | TooLong
    | BadConfig
    | BadRequest
    | NotInstalled
    | NotPulled
    | LocalFailed
    | BadFixture
    | SecretFound
    | TooCostly
    | NoEndpoint
    | NotAccepted
    | FetchFailed
    | WriteFailed
    | Unreachable
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
    | ToolsStopped
)
"""Everything that can go wrong."""

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
