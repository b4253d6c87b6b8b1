"""An example of every error, its parts named as they are in the guide: `<provider>`."""

from decimal import Decimal
from typing import Final

from modelmix.ast.response import Unpriced
from modelmix.ast.usage import Usage
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

_WHO: Final = "<provider>"
_SPEC: Final = "<provider>:<model>"

_UNSENT: Final[tuple[MixError, ...]] = (
    BadSpec(text="<model>"),
    UnknownProvider(name=_WHO, near=("<other>",)),
    UnknownModel(spec=_SPEC, provider=_WHO, near=("<model>",), total=45),
    UnknownModel(spec=_SPEC, provider=_WHO),
    MissingKey(provider=_WHO, env=("<VARIABLE>",)),
    BadKey(provider=_WHO, source="<place>", why="<why>"),
    Unsupported(what="<what>", by="<who>", instead="<other>"),
    *(
        Incapable(spec=_SPEC, needs=needs, near=("<other>",))
        for needs in ("tools", "reasoning", "temperature", "image", "pdf", "audio", "video", "length")
    ),
    TooLong(spec=_SPEC, tokens=9000, window=8192),
    BadConfig(where="<place>", detail="<why>"),
    BadRequest(field="<option>", value="<value>", expected="<what>"),
    NotInstalled(extra="<extra>", purpose="<what>"),
    NotPulled(name="<model>", size=92_871_040),
    *(LocalFailed(step=step, name="<model>", detail="<why>") for step in ("pull", "verify", "start")),
    NoEndpoint(provider=_WHO, path="<file>"),
    NotAccepted(provider=_WHO, api="<address>", env=("<VARIABLE>",)),
    *(FetchFailed(source="<place>", why="<why>", hint="<hint>", kind=kind) for kind in ("network", "data")),
    WriteFailed(path="<file>", why="<why>", hint="<hint>"),
    BadFixture(where="<file>", detail="<why>"),
    SecretFound(where="<place>", kind="<kind>"),
    TooCostly(spec=_SPEC, limit=Decimal("0.05"), worst=Decimal("0.16384")),
    TooCostly(spec=_SPEC, limit=Decimal("0.05"), worst=Decimal("0.16384"), spent=Decimal("0.01")),
    ToolsStopped(rounds=8, messages=(), usage=Usage()),
)

_COSTS: Final = tuple(
    TooCostly(spec=_SPEC, limit=Decimal("0.05"), why=Unpriced(why=why, what="<what>"))
    for why in ("unlisted", "no_price", "no_usage", "no_limit", "no_window", "option", "tool", "fee", "media")
)

_SENT: Final[tuple[MixError, ...]] = (
    *(
        Unreachable(host="<host>", kind=kind, detail="<why>")
        for kind in ("dns", "refused", "tls", "reset", "proxy", "other")
    ),
    *(
        TimedOut(deadline=deadline, seconds=30)
        for deadline in ("connect", "write", "pool", "first_token", "idle", "progress", "total")
    ),
    Rejected(kind="auth", message="<message>", status=401, provider=_WHO),
    Rejected(kind="permission", message="<message>", status=403, provider=_WHO),
    Rejected(kind="not_found", message="<message>", status=404, provider=_WHO),
    Rejected(kind="rate_limit", message="<message>", status=429, provider=_WHO, retry_after=20),
    Rejected(kind="quota", message="<message>", status=429, provider=_WHO),
    Rejected(kind="too_long", message="<message>", status=400, provider=_WHO),
    Rejected(kind="invalid", message="<message>", status=400, provider=_WHO),
    Rejected(kind="overloaded", message="<message>", status=529, provider=_WHO),
    Rejected(kind="server", message="<message>", status=500, provider=_WHO),
    Rejected(kind="redirect", message="<message>", status=302, provider=_WHO),
    *(
        Undecodable(kind=kind, preview="<text>", provider=_WHO)
        for kind in ("html", "not_json", "not_a_reply", "malformed_event", "empty_stream")
    ),
    TooLarge(bound="event", limit=16 << 20),
    TooLarge(bound="reply", limit=512 << 20),
    TooLarge(bound="events", limit=10_000_000),
    Dropped(detail="<why>"),
    Truncated(stray="<text>"),
    Truncated(by="output_limit"),
    Cancelled(),
    ObjectMismatch(why="<why>"),
    BadToolArguments(tool="<tool>", arguments="{", why="<why>"),
    FixtureDrift(where="<file>", path="<path>", recorded="<value>", built="<value>"),
)

EXAMPLES: Final[tuple[MixError, ...]] = (*_UNSENT, *_COSTS, *_SENT)
"""Every error, each of its kinds, and each way that its words may go."""
