"""The pytest plugin: a test that speaks to models replays what they once said, or records it."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import pytest

if TYPE_CHECKING:
    from modelmix.client import Client
    from modelmix.testing.guard import Guard
    from modelmix.testing.mock.provider import MockProvider
    from modelmix.testing.session import Session

# What the fixtures need is imported by the first of them: most runs of pytest have none.
# ruff: noqa: PLC0415

_session: Final = pytest.StashKey["Session"]()
_passed: Final = pytest.StashKey[bool]()

_MARKER: Final = "mm(name): what the recording of this test is called, in place of the name of the test"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the plugin."""
    group = parser.getgroup("modelmix", "recorded answers of models")
    group.addoption(
        "--mm-record",
        choices=("none", "once", "all"),
        default="none",
        help="none: replay only; once: record what has not been recorded; all: record everything again",
    )
    parser.addini("mm_fixtures", "folder of recorded answers, from the root of the tests", default="tests/fixtures/mm")
    parser.addini("mm_guard", "who is refused the network in replay: clients, sockets or none", default="clients")


def pytest_configure(config: pytest.Config) -> None:
    """The marker of the plugin."""
    config.addinivalue_line("markers", _MARKER)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remembers whether a test with a session has passed, and tells beside its failure what was not replayed."""
    report = yield
    session = item.stash.get(_session, None)
    if report.when == "call" and session is not None:
        item.stash[_passed] = report.passed
        if report.failed:
            report.sections += [("modelmix", words) for words in session.complaints]
    return report


@pytest.fixture
def mm_replay(request: pytest.FixtureRequest) -> Iterator["Session"]:
    """The session of a test: `client()`, `async_client()`, and what else clients are made with."""
    from modelmix.testing.place import FixtureError

    item = cast("pytest.Item", request.node)
    try:
        session = _begun(item)
        item.stash[_session] = session
        yield session
        session.finish(passed=item.stash.get(_passed, False))
    except FixtureError as cause:
        pytest.fail(f"{cause}\n{_advice(item)}", pytrace=False)


@pytest.fixture
def mm_client(mm_replay: "Session") -> Iterator["Client"]:
    """A client whose answers are recorded, or replayed."""
    with mm_replay.client() as client:
        yield client


@pytest.fixture
def mm_mock() -> Iterator["MockProvider"]:
    """A provider on this machine for the time of a test; it answers by echo until it is told rules."""
    from modelmix.testing.mock.provider import MockProvider

    with MockProvider() as mock:
        yield mock


def _begun(item: pytest.Item) -> "Session":
    """The session of a test, recording or replaying as the options say."""
    from modelmix.testing.place import Place
    from modelmix.testing.recording import Record
    from modelmix.testing.replaying import Replay

    config = item.config
    place = Place(_name(item), config.rootpath / cast("str", config.getini("mm_fixtures")))
    mode = cast("str", config.getoption("--mm-record"))
    if mode == "all" or (mode == "once" and not place.exists()):
        session: Session = Record(place.parts, folder=place.root)
    else:
        session = Replay(place.parts, folder=place.root, guard=_guard(config))
    session.begin()
    return session


def _name(item: pytest.Item) -> tuple[str, ...]:
    """The name that the marker gives, else that of the test, a folder for each file and class."""
    marker = item.get_closest_marker("mm")
    if marker is not None:
        return tuple(cast("str", marker.args[0]).split("/"))
    file, *rest = item.nodeid.split("::")
    return (*Path(file).with_suffix("").parts, *rest)


def _guard(config: pytest.Config) -> "Guard":
    said = cast("str", config.getini("mm_guard"))
    if said not in {"clients", "sockets", "none"}:
        raise pytest.UsageError(f"mm_guard is clients, sockets or none, not {said!r}")
    return cast("Guard", said)


def _advice(item: pytest.Item) -> str:
    missing = cast("str", item.config.getoption("--mm-record")) == "none" and _session not in item.stash
    return f"Run: pytest '{item.nodeid}' --mm-record={'once' if missing else 'all'}"
