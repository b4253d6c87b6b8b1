"""The closed union of everything that can go wrong.

Each case has fields, not prose; `modelmix.explanation` makes the prose. What is not here is a bug, and raises.
"""

from decimal import Decimal
from typing import Literal, TypeAlias

from modelmix.ast.message import Message
from modelmix.ast.model import Ability
from modelmix.ast.response import Cost, Unpriced
from modelmix.ast.usage import Usage
from modelmix.node import Node
from modelmix.sent import (
    Attempt,
    BadToolArguments,
    Cancelled,
    Deadline,
    Dropped,
    FixtureDrift,
    ObjectMismatch,
    Phase,
    Rejected,
    RejectionKind,
    Sent,
    SentError,
    TimedOut,
    TooLarge,
    Truncated,
    Undecodable,
    Unreachable,
)

__all__ = [
    "Attempt",
    "BadConfig",
    "BadFixture",
    "BadKey",
    "BadRequest",
    "BadSpec",
    "BadToolArguments",
    "Cancelled",
    "Deadline",
    "Dropped",
    "FetchFailed",
    "FixtureDrift",
    "Incapable",
    "LocalFailed",
    "MissingKey",
    "MixError",
    "NoEndpoint",
    "NotAccepted",
    "NotInstalled",
    "NotPulled",
    "ObjectMismatch",
    "Phase",
    "Rejected",
    "RejectionKind",
    "SecretFound",
    "Sent",
    "SentError",
    "TimedOut",
    "TooCostly",
    "TooLarge",
    "TooLong",
    "ToolsStopped",
    "Truncated",
    "Undecodable",
    "UnknownModel",
    "UnknownProvider",
    "Unreachable",
    "Unsupported",
    "WriteFailed",
]


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
