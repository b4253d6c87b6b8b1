"""A provider on this machine, for tests: modelmix and any SDK can be pointed at it."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from returns.result import Failure

from modelmix.catalog.catalog import Catalog
from modelmix.compat.fixture import Recording
from modelmix.endpoint import is_loopback
from modelmix.explanation import explain
from modelmix.outcome import Outcome, T
from modelmix.providers.known import find
from modelmix.providers.provider import Provider
from modelmix.testing.mock.recordings import load
from modelmix.testing.mock.rules import Rule, checked
from modelmix.testing.mock.script import Script
from modelmix.testing.mock.seen import Request, Seen
from modelmix.testing.mock.server import Server
from modelmix.testing.mock.wire import Reply

_SPEAKERS: Final = MappingProxyType(
    {
        "openai-chat": "openai",
        "openai-responses": "openai",
        "anthropic-messages": "anthropic",
        "google-generate": "google",
        "ollama-chat": "ollama",
    }
)
"""A provider whose base URL each dialect is spoken at."""


class MockProvider:
    """A provider on the loopback, while it is entered; it speaks all five dialects, and embeddings.

    `rules` say what it answers, and what goes wrong; without any it answers what a request asks for. `fixtures` is a
    folder of recordings, or recordings themselves: a request that is none of them is refused with the first
    difference, unless there are rules as well, which answer it then. With `pace` recordings come as slowly as they
    did. `models` are those that it knows; any, if there are none. `log` is called with each request, in another thread.

    >>> with MockProvider([Rule(text="hello")]) as mock:
    ...     mock.url("openai").endswith("/v1")
    True

    Raises
    ------
    ValueError
        When the rules contradict themselves, the recordings are damaged, or the host is another machine's.
    OSError
        On entering, when the port cannot be had.
    """

    def __init__(
        self,
        rules: Sequence[Rule] = (),
        *,
        fixtures: Path | Sequence[Recording] | None = None,
        models: Sequence[str] = (),
        pace: bool = False,
        host: str = "127.0.0.1",
        port: int = 0,
        log: Callable[[Seen], object] | None = None,
        keep: int | None = None,
    ) -> None:
        if not is_loopback(host):
            raise ValueError(f"{host} is not this machine: the mock checks no keys, so it listens on the loopback only")
        self._recordings = _sure(load(fixtures)) if isinstance(fixtures, Path) else fixtures
        self._models = tuple(models)
        self._pace = pace
        self._log = log
        self._serial = count(1)
        self._seen: deque[Seen] = deque(maxlen=keep)
        self._script = self._scripted(rules)
        self._host = host
        self._server = Server(self._answer, host, port)

    def play(self, *rules: Rule) -> None:
        """Goes on with other rules, and forgets the requests so far."""
        self._script = self._scripted(rules)
        self._seen.clear()

    @property
    def requests(self) -> tuple[Seen, ...]:
        """The requests so far, in the order they came; the last `keep` of them, if it was given."""
        return tuple(self._seen)

    @property
    def root(self) -> str:
        """The address, without a path."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._server.port}"

    def url(self, name: str) -> str:
        """The base URL that stands for that of a provider or dialect, for modelmix and SDKs like OpenAI's.

        Raises
        ------
        ValueError
            When there is no such provider.
        """
        known = _sure(find(_SPEAKERS.get(name, name), {}, Catalog()))
        address = known.base_url if isinstance(known, Provider) else known.api
        return self.root + urlsplit(address or "").path.rstrip("/")

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that point the official SDKs here. Their keys are made up: none is checked."""
        return MappingProxyType(
            {
                "OPENAI_BASE_URL": self.url("openai"),
                "OPENAI_API_KEY": "mock",
                # These put the version into the path themselves.
                "ANTHROPIC_BASE_URL": self.root,
                "ANTHROPIC_API_KEY": "mock",
                "GOOGLE_GEMINI_BASE_URL": self.root,
                "GEMINI_API_KEY": "mock",
                "OLLAMA_HOST": self.root,
            }
        )

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.stop()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._server.start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._server.stop)

    def _scripted(self, rules: Sequence[Rule]) -> Script:
        return Script(
            _sure(checked(rules, "rules")), self._recordings, self._models, serial=self._serial, pace=self._pace
        )

    def _answer(self, request: Request) -> Reply:
        reply, seen = self._script.answer(request)
        self._seen.append(seen)
        if self._log is not None:
            self._log(seen)
        return reply


def _sure(outcome: Outcome[T]) -> T:
    """The value: whoever writes a test is told at once what is wrong with it."""
    if isinstance(outcome, Failure):
        raise ValueError(explain(outcome.failure()).summary)  # noqa: TRY004 - an error, not a type
    return outcome.unwrap()
