"""Exit codes: one for each class of error."""

from typing import Final

from modelmix.errors import (
    BadConfig,
    BadFixture,
    BadKey,
    BadRequest,
    BadSpec,
    BadToolArguments,
    Cancelled,
    Dropped,
    FetchFailed,
    FixtureDrift,
    Incapable,
    LocalFailed,
    MissingKey,
    MixError,
    NoEndpoint,
    NotAccepted,
    NotInstalled,
    NotPulled,
    ObjectMismatch,
    Rejected,
    SecretFound,
    TimedOut,
    TooCostly,
    TooLarge,
    TooLong,
    ToolsStopped,
    Truncated,
    Undecodable,
    UnknownModel,
    UnknownProvider,
    Unreachable,
    Unsupported,
    WriteFailed,
)

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2
KEY: Final = 3
UNKNOWN: Final = 4
LIMITED: Final = 5
NETWORK: Final = 6
CUT: Final = 7
MISMATCH: Final = 8
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 0
"""A reader that closes early, as `head` does, has what it wants."""

_REJECTED: Final = {
    "auth": KEY,
    "permission": KEY,
    "not_found": UNKNOWN,
    "rate_limit": LIMITED,
    "quota": LIMITED,
    "too_long": FAILED,
    "invalid": FAILED,
    "overloaded": FAILED,
    "server": FAILED,
    "redirect": FAILED,
}


def exit_code(error: MixError) -> int:  # noqa: C901, PLR0912 - one case a class
    """The code for an error."""
    match error:
        case BadRequest() | BadConfig() | NotInstalled() | NotPulled() | NoEndpoint() | TooCostly():
            code = USAGE
        case MissingKey() | BadKey() | NotAccepted():
            code = KEY
        case BadSpec() | UnknownProvider() | UnknownModel():
            code = UNKNOWN
        case Unreachable() | TimedOut():
            code = _unless_begun(error, NETWORK)
        case Rejected():
            code = _REJECTED[error.kind] if error.phase != "mid_stream" else CUT
        case Undecodable():
            code = CUT if error.kind == "empty_stream" else _unless_begun(error, FAILED)
        case Dropped() | Truncated():
            code = CUT
        case TooLarge():
            code = CUT
        case ObjectMismatch():
            code = MISMATCH
        case Cancelled():
            code = INTERRUPTED
        case ToolsStopped():
            code = FAILED if error.cause is None else exit_code(error.cause)
        case FetchFailed():
            code = NETWORK if error.kind == "network" else FAILED
        case Unsupported() | Incapable() | TooLong() | LocalFailed() | BadToolArguments() | WriteFailed():
            code = FAILED
        case BadFixture() | SecretFound() | FixtureDrift():
            code = FAILED
    return code


def _unless_begun(error: Unreachable | TimedOut | Undecodable, code: int) -> int:
    """The code, unless there has been output: then the reply is one that was cut."""
    return CUT if error.phase == "mid_stream" else code
