"""The tries of one call: how many there were, what they cost in time, whether another is due."""

import random
from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from msgspec.structs import replace

from modelmix.budget import Budget
from modelmix.call import AnyCall, auth_header
from modelmix.errors import Attempt, MixError, Rejected, Sent
from modelmix.explanation import explain
from modelmix.retry import Bucket, Policy, delay
from modelmix.version import VERSION

USER_AGENT: Final = f"modelmix/{VERSION}"


class Trial:
    """Counts the tries of one call."""

    __slots__ = ("_attempts", "_bucket", "_budget", "_key", "_policy", "_waited", "begun", "call")

    def __init__(
        self, call: AnyCall, policy: Policy, bucket: Bucket, begun: float, budget: Budget | None = None
    ) -> None:
        self.call = call
        self.begun = begun
        self._policy = policy
        self._bucket = bucket
        self._budget = budget
        self._attempts: list[Attempt] = []
        self._waited = 0.0
        self._key = str(uuid4()) if call.target.provider.idempotency_header else None

    @property
    def tries(self) -> int:
        """Which try this is, counted from 1."""
        return len(self._attempts) + 1

    def headers(self) -> dict[str, str]:
        """The headers of a try, the key among them, and the same idempotency key each time."""
        provider, key = self.call.target.provider, self.call.target.key
        headers = {**dict(self.call.headers), "user-agent": USER_AGENT}
        if provider.idempotency_header and self._key:
            headers[provider.idempotency_header] = self._key
        if key is not None:
            name, value = auth_header(provider, key.reveal())
            headers[name] = value
        return headers

    def again(self, error: MixError) -> float | None:
        """How long to wait before the next try; None when there is none, or no money for one."""
        wait = delay(error, self.tries, self._waited, self._policy, random.random)
        if self._budget is not None and not self._budget.again(error):
            return None
        if wait is None or not self._bucket.take(error):
            return None
        status = error.status if isinstance(error, Rejected) else None
        self._attempts.append(Attempt(why=explain(error).summary, status=status, delay=wait))
        self._waited += wait
        return wait if self._policy.waits else 0.0

    def told(self, error: MixError) -> MixError:
        """The final error, with the tries before it."""
        return replace(error, attempts=tuple(self._attempts)) if isinstance(error, Sent) else error

    def succeeded(self) -> None:
        """A try has brought output."""
        self._bucket.refund()


def lower(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers with their names in lower case."""
    return {name.lower(): value for name, value in headers.items()}
