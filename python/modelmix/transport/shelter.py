"""Awaiting so that a cancellation comes through once, and no second one breaks off the cleaning up after it.

`anyio` shields from cancel scopes, but not from `Task.cancel()`, and the connection pool cleans up in the task of its
caller: there, a second cancellation would leave a connection open that nobody closes any more.
"""

from collections.abc import Awaitable, Generator
from typing import Generic, TypeVar

import anyio

T = TypeVar("T")


class Sheltered(Generic[T]):
    """Something to await that is told of at most `cancels` cancellations.

    A later one counts when all is done. It still comes through where a future is waited for, which is lost once it is
    cancelled; cleaning up only ever passes its turn.
    """

    __slots__ = ("_cancels", "_work")

    def __init__(self, work: Awaitable[T], *, cancels: int) -> None:
        self._work = work
        self._cancels = cancels

    def __await__(self) -> Generator[object, None, T]:
        steps = self._work.__await__()
        thrown: BaseException | None = None
        late: BaseException | None = None
        while True:
            try:
                waited = next(steps) if thrown is None else steps.throw(thrown)
            except StopIteration as end:
                if late is not None:
                    raise late from None
                result: T = end.value
                return result
            thrown = None
            try:
                yield waited
            except anyio.get_cancelled_exc_class() as cancelled:
                if waited is None and not self._cancels:
                    late = cancelled
                else:
                    self._cancels = max(0, self._cancels - 1)
                    thrown = cancelled
            except BaseException as other:  # noqa: BLE001 - not ours: it goes where it was meant to
                thrown = other
