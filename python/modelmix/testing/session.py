"""One test's talk with models: recorded while they are there, replayed when they are not.

Both sessions are used alike. As a context manager a session gives a client (`with`), or an asynchronous one (`async
with`); a program that makes clients of its own is given what they are to be made with.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypedDict

from modelmix.aclient import AsyncClient
from modelmix.client import Client
from modelmix.config import Config, load
from modelmix.retry import Policy
from modelmix.testing.place import Name, Place, sure

if TYPE_CHECKING:
    import httpx


class Setup(TypedDict):
    """What a client is made with, besides what it sends through."""

    env: Mapping[str, str]
    config: Config
    policy: Policy


class _AsyncClient(AsyncClient):
    """A client that closes what it sends through, in the event loop that it was opened in."""

    def __init__(self, http: "httpx.AsyncClient", setup: Setup) -> None:
        super().__init__(http=http, **setup)
        self._http = http

    async def aclose(self) -> None:
        """Closes all connections."""
        await super().aclose()
        await self._http.aclose()


class Session(ABC):
    """What recording and replaying have in common: `begin` it, use it, and `finish` it, or enter it."""

    def __init__(self, name: Name, folder: Path | str, env: Mapping[str, str] | None, config: Config | None) -> None:
        self.place = Place(name, folder)
        self.env = os.environ if env is None else env
        self._config = config
        self.stack = ExitStack()
        self._entered: AsyncClient | None = None

    @cached_property
    def settings(self) -> Config:
        """The settings in force."""
        return sure(load(Path.cwd(), self.env)) if self._config is None else self._config

    @abstractmethod
    def begin(self) -> None:
        """Begins.

        Raises
        ------
        FixtureError
            When there is nothing to replay.
        """

    @abstractmethod
    def http(self) -> "httpx.Client":
        """What a client sends through; closed when the session is finished."""

    @abstractmethod
    def ahttp(self) -> "httpx.AsyncClient":
        """As `http`, for one event loop; close it there."""

    @abstractmethod
    def setup(self) -> Setup:
        """What a program makes a client of its own with: `Client(http=session.http(), **session.setup())`."""

    def client(self) -> Client:
        """A client that needs nothing else; close it, or use it as a context manager."""
        return Client(http=self.http(), **self.setup())

    def async_client(self) -> AsyncClient:
        """As `client`, for one event loop."""
        return _AsyncClient(self.ahttp(), self.setup())

    @property
    def complaints(self) -> tuple[str, ...]:
        """What there is to say beside the failure of a test."""
        return ()

    @abstractmethod
    def conclude(self) -> None:
        """What is to be done after a test that passed."""

    def finish(self, *, passed: bool) -> None:
        """Ends: after a test that passed, what is recorded is kept, or it is checked that all was replayed.

        Raises
        ------
        FixtureError
            When it was not, or cannot be kept.
        """
        self.stack.close()
        if passed:
            self.conclude()

    def __enter__(self) -> Client:
        self.begin()
        return self.stack.enter_context(self.client())

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.finish(passed=kind is None)

    async def __aenter__(self) -> AsyncClient:
        self.begin()
        self._entered = self.async_client()
        return self._entered

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._entered is not None:
            await self._entered.aclose()
        self.finish(passed=kind is None)
