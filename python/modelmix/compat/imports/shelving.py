"""Where imported exchanges come to lie: each under a name of its own, and the same one never twice."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Raw
from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.compat.fixture import Fixture, Recording
from modelmix.compat.imports.making import named
from modelmix.compat.imports.naming import names
from modelmix.compat.store import FixtureStore
from modelmix.outcome import Outcome, and_then, mapped


class Shelves:
    """The imported exchanges of a store, and those that come to it. With `dry`, nothing is written."""

    def __init__(self, store: FixtureStore, *, dry: bool) -> None:
        self._store = store
        self._dry = dry
        self._held: dict[tuple[str, str], dict[str, Fixture]] = {}
        self._met: set[tuple[str, str, str]] = set()

    def put(self, recording: Recording) -> Outcome[Literal["new", "unchanged"]]:
        """Keeps an exchange; `unchanged` where it is there already.

        A recording that its tool has made again replaces the older one; any other has a name of its own.
        """
        fixture = recording.fixture
        held = self._of(fixture.provider, fixture.model)
        if isinstance(held, Failure):
            return held
        kept = held.unwrap()
        name = self._name(fixture, kept)
        self._met.add((fixture.provider, fixture.model, name))
        if name in kept and _content(kept[name]) == _content(fixture) and self._is_whole(kept[name]):
            return Success("unchanged")
        written = self._write(named(recording, name))
        if isinstance(written, Failure):
            return written
        kept[name] = written.unwrap()
        return Success("new")

    def _of(self, provider: str, model: str) -> Outcome[dict[str, Fixture]]:
        if (provider, model) not in self._held:
            firsts = self._store.firsts(provider, model)
            if isinstance(firsts, Failure):
                return firsts
            self._held[provider, model] = {each.scenario: each for each in firsts.unwrap()}
        return Success(self._held[provider, model])

    def _name(self, fixture: Fixture, kept: dict[str, Fixture]) -> str:
        """The name of the exchange that this one is, or was; else the first that is free."""
        taken = {name: kept[name] for name in _numbered(fixture, kept)}
        for same in (_face, _content):
            found = next((name for name, each in taken.items() if same(each) == same(fixture)), None)
            if found is not None:
                return found
        where = (fixture.provider, fixture.model)
        for name, each in taken.items():
            # Two exchanges that a tool calls alike are still two.
            if _place(each) == _place(fixture) and (*where, name) not in self._met:
                return name
        return next(name for name in _all(fixture) if name not in taken)

    def _is_whole(self, fixture: Fixture) -> bool:
        """Whether an exchange can be read, so that there is no need to write it again."""
        return isinstance(self._store.load(fixture.provider, fixture.model, fixture.scenario), Success)

    def _write(self, recording: Recording) -> Outcome[Fixture]:
        fixture = recording.fixture
        if self._dry:
            return Success(fixture)
        # To import again puts right what a machine that goes down may damage.
        staged = self._store.stage(fixture.provider, fixture.model, fixture.scenario, (recording,), durable=False)
        return mapped(and_then(staged, lambda files: files.promote()), lambda _: fixture)


def _all(fixture: Fixture) -> Iterator[str]:
    source = fixture.source
    assert source is not None
    return names(source.wire, source.scenario)


def _numbered(fixture: Fixture, kept: dict[str, Fixture]) -> Iterator[str]:
    """The names that exchanges of this scenario have, up to the first that is free."""
    for name in _all(fixture):
        if name not in kept:
            return
        yield name


def _place(fixture: Fixture) -> tuple[str, str, str]:
    source = fixture.source
    return ("", "", "") if source is None else (source.tool, source.path, source.scenario)


def _face(fixture: Fixture) -> Fixture:
    """What makes an exchange the one that it is: all but its name, and the version that wrote it."""
    request = fixture.request
    # The digest tells its body, however that is set in the file.
    bare = None if request is None else replace(request, body=Raw(b""))
    return replace(fixture, library="", scenario="", request=bare, response=replace(fixture.response, file=""))


def _content(fixture: Fixture) -> Fixture:
    """What was said, whoever recorded it, wherever that lies and whenever it was."""
    return replace(_face(fixture), source=None, time="")
