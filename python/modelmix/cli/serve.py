"""`mm serve`: a provider on this machine, for tests of any client."""

import shlex
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from returns.result import Failure, Success

from modelmix.cli.exits import INTERRUPTED
from modelmix.cli.failing import fail
from modelmix.cli.terminal import Screen, one_line
from modelmix.compat.fixture import Recording
from modelmix.endpoint import is_loopback
from modelmix.errors import BadConfig, BadRequest
from modelmix.outcome import Outcome, and_then, collect, mapped
from modelmix.testing.mock.provider import MockProvider
from modelmix.testing.mock.recordings import load
from modelmix.testing.mock.rules import Rule, read_rule, read_rules
from modelmix.testing.mock.seen import Seen

_FILES: Final = ("rules.toml", "rules.json")
_HOSTS: Final = "localhost, 127.0.0.1 or ::1: no key is checked, so nobody else may ask"


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Listening:
    """Where requests are taken, and how they are answered."""

    host: str = "127.0.0.1"
    "The address to listen at, on this machine."
    port: int = 0
    "The port; 0 takes one that is free."
    pace: Annotated[bool, Parameter(negative=())] = False
    "Give recordings as slowly as they came."


def serve(
    folder: Path | None = None,
    /,
    *,
    mock: Annotated[bool, Parameter(negative=())] = False,
    rule: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    rules: Path | None = None,
    model: Annotated[tuple[str, ...], Parameter(name=["--model", "-m"], negative=())] = (),
    listening: Listening | None = None,
) -> int:
    """Answer requests of any client on this machine, in every dialect, by recordings and rules.

    The variables that point the official SDKs here go to standard output, a line for each request to standard error.
    Ctrl-C ends it.

    Parameters
    ----------
    folder
        A folder with recordings, with rules.toml or rules.json, or with both.
    mock
        Answer without any model: the only way there is.
    rule
        What to answer, such as 'text = "hi"' or 'fail = 429, times = 2', repeatable; the first that applies decides.
    rules
        A file of rules, TOML or JSON.
    model
        A model that is known, repeatable; any other is refused. Without one, every model is known.
    """
    screen = Screen()
    at = listening or Listening()
    flaw = _flaw(at, mock=mock)
    if flaw is not None:
        return fail(flaw, screen)
    said = _rules(rule, rules, folder)
    if isinstance(said, Failure):
        return fail(said.failure(), screen)
    recorded = _recordings(folder)
    if isinstance(recorded, Failure):
        return fail(recorded.failure(), screen)
    return _run(_provider(said.unwrap(), recorded.unwrap(), model, at, screen), at, screen)


def _flaw(at: Listening, *, mock: bool) -> BadRequest | None:
    if not mock:
        return BadRequest(field="serve", value="nothing", expected="--mock: nothing else is served")
    if not is_loopback(at.host):
        return BadRequest(field="host", value=at.host, expected=_HOSTS)
    if not 0 <= at.port <= 65535:
        return BadRequest(field="port", value=str(at.port), expected="a number from 0 to 65535")
    return None


def _provider(
    rules: Sequence[Rule],
    recordings: Sequence[Recording] | None,
    models: Sequence[str],
    at: Listening,
    screen: Screen,
) -> MockProvider:
    return MockProvider(
        rules,
        fixtures=recordings,
        models=models,
        pace=at.pace,
        host=at.host,
        port=at.port,
        log=lambda seen: screen.note(_line(seen)),
        keep=0,
    )


def _run(provider: MockProvider, at: Listening, screen: Screen) -> int:
    """Serves until it is interrupted."""
    try:
        with provider:
            screen.note(f"Mock at {provider.root}\n")
            for name, value in provider.environment.items():
                screen.answer(f"export {name}={shlex.quote(value)}\n")
            threading.Event().wait()
    except OSError as cause:
        return fail(BadRequest(field="port", value=str(at.port), expected=f"a port that is free ({cause})"), screen)
    except KeyboardInterrupt:
        screen.note("Stopped\n")
    return INTERRUPTED


def _line(seen: Seen) -> str:
    """A request on one line: nothing of its headers, its query or its body but the model."""
    model = f" {one_line(seen.model)}" if seen.model else ""
    return f"{seen.status} {one_line(seen.method)} {one_line(seen.path)}{model}{' streamed' if seen.stream else ''}\n"


def _rules(said: Sequence[str], file: Path | None, folder: Path | None) -> Outcome[tuple[Rule, ...]]:
    """All rules, those of the command line first, those of the folder last."""
    own = collect(read_rule(text, "--rule") for text in said)
    files = [] if file is None else [file]
    if folder is not None:
        files += [path for name in _FILES if (path := folder / name).is_file()]
    read = collect(map(_file, files))
    return and_then(own, lambda first: mapped(read, lambda rest: (*first, *(rule for some in rest for rule in some))))


def _file(path: Path) -> Outcome[tuple[Rule, ...]]:
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        return Failure(BadConfig(where=str(path), detail=str(cause)))
    return read_rules(content, str(path), json=path.suffix == ".json")


def _recordings(folder: Path | None) -> Outcome[tuple[Recording, ...] | None]:
    """The recordings of the folder; None where rules alone are meant."""
    if folder is None:
        return Success(None)
    found = load(folder)
    if isinstance(found, Failure):
        return found
    if found.unwrap():
        return Success(found.unwrap())
    if any((folder / name).is_file() for name in _FILES):
        return Success(None)
    detail = "it holds no recordings (<provider>/<model>/<scenario>.json) and no rules.toml or rules.json"
    return Failure(BadConfig(where=str(folder), detail=detail))
