"""May this failure be tried again, and after how long.

Only before any output has reached the caller: afterwards a second try would repeat what was said. A retried request
may be billed twice; where a provider takes an idempotency key, all tries of one call carry the same.
"""

import threading
from collections.abc import Callable
from typing import Final

from modelmix.errors import MixError, Rejected, RejectionKind, TimedOut, Undecodable, Unreachable
from modelmix.node import Node

_RETRIED_STATUSES: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, *range(520, 525), 527, 529})

_FATAL_KINDS: Final[frozenset[RejectionKind]] = frozenset({"auth", "permission", "not_found", "quota", "too_long"})
"""Told by code or message, so that they stand whatever the status."""

_PASSING_KINDS: Final[frozenset[RejectionKind]] = frozenset({"rate_limit", "overloaded", "server"})


class Policy(Node, frozen=True, kw_only=True):
    """How often and how long. All times in seconds.

    `cap` is the longest wait a provider may ask for, `budget` all waits of one call together; `first` and `ceiling`
    shape the waits that nobody asked for: random up to `first`, doubled with each try, up to `ceiling`. Without
    `waits`, tries follow each other at once, as in replay, where nobody is waited for.
    """

    retries: int = 2
    cap: float = 120.0
    budget: float = 120.0
    first: float = 0.5
    ceiling: float = 20.0
    waits: bool = True


def is_passing(error: MixError) -> bool:
    """Whether the same request may well succeed later."""
    match error:
        case Unreachable():
            # A certificate does not mend itself; the rest may.
            return error.kind != "tls"
        case TimedOut():
            return error.deadline in {"connect", "first_token"}
        case Undecodable():
            return error.kind == "empty_stream"
        case Rejected():
            return _is_passing_refusal(error)
        case _:
            return False


def _is_passing_refusal(error: Rejected) -> bool:
    if error.should_retry is not None:
        return error.should_retry
    if error.kind in _FATAL_KINDS:
        return False
    return error.kind in _PASSING_KINDS if error.status is None else error.status in _RETRIED_STATUSES


def delay(error: MixError, tries: int, waited: float, policy: Policy, random: Callable[[], float]) -> float | None:
    """How long to wait before the next try, after `tries` failed ones and `waited` seconds; None for no more tries.

    `random` gives numbers from 0 to 1. The wait is never shorter than what the provider asks for.
    """
    if tries > policy.retries or not is_passing(error):
        return None
    hint = error.retry_after if isinstance(error, Rejected) else None
    if hint is None:
        # Full jitter: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
        wait = random() * min(policy.ceiling, policy.first * 2.0 ** (tries - 1))
    elif hint > policy.cap:
        return None
    else:
        # What is added must not use up the budget that the wait asked for fits into.
        wait = min(hint * (1 + 0.1 * random()), max(hint, policy.budget - waited))
    return wait if waited + wait <= policy.budget else None


class Bucket:
    """Keeps a client from storming a provider that is down: failed tries take tokens, successes give them back.

    Sizes and costs are those of the AWS SDKs' standard retry mode.
    """

    __slots__ = ("_left", "_lock")

    SIZE: Final = 500
    COST: Final = 14
    THROTTLED_COST: Final = 5

    def __init__(self) -> None:
        self._left = self.SIZE
        self._lock = threading.Lock()

    def take(self, error: MixError) -> bool:
        """Whether one more try may be made after this failure."""
        throttled = isinstance(error, Rejected) and error.kind == "rate_limit"
        cost = self.THROTTLED_COST if throttled else self.COST
        with self._lock:
            if self._left < cost:
                return False
            self._left -= cost
            return True

    def refund(self) -> None:
        """A call has succeeded."""
        with self._lock:
            self._left = min(self.SIZE, self._left + self.COST)
