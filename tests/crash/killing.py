"""A sync that is killed, again and again, at evenly spread points of its writing; after each the catalogue is read.

Run as a program with a home folder, the number of points and the number of rounds; prints one JSON document. What it
steps into are the functions of the system, so that nothing of the code under test knows of it.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final, cast

from returns.result import Success

from modelmix.catalog.sync import Wish, sync
from unit.catalog.making import catalog, fetched, known, model, provider, say

NAMES: Final = ("mistral", "openai", "groq", "vivgrid")
STEPPED_INTO: Final = ("open", "write", "fsync", "replace", "mkdir", "unlink", "rmdir")


def version(number: int) -> bytes:
    """A catalogue in which every model says which version it is of."""
    return known(*(provider(name, model("m", cost={"input": number})) for name in NAMES))


def bring(home: Path, number: int) -> bool:
    wish = Wish(prune=True, allow_shrink=True)
    return isinstance(sync(catalog(home), fetched(version(number)), wish, datetime.now(UTC)), Success)


class Steps:
    """Counts the steps of writing, and ends the process at one of them."""

    def __init__(self, last: int | None) -> None:
        self.count = 0
        self._last = last

    def take(self) -> None:
        self.count += 1
        if self.count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def into(self, name: str) -> None:
        """Steps into a function of the system: before it, in the midst of what it writes, and after it."""
        real: Callable[..., object] = getattr(os, name)

        def stepped(*arguments: object, **named: object) -> object:
            self.take()
            if name == "write":
                file, data = arguments[0], bytes(cast("memoryview[int]", arguments[1]))
                real(file, data[: len(data) // 2])
                self.take()
                real(file, data[len(data) // 2 :])
                self.take()
                return len(data)
            done = real(*arguments, **named)
            self.take()
            return done

        setattr(os, name, stepped)


def in_child(work: Callable[[], int]) -> int:
    """Does some work in a process of its own: its exit code, or the signal that ended it, below zero."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = work()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def count(home: Path, number: int, report: Path) -> int:
    steps = Steps(None)
    for name in STEPPED_INTO:
        steps.into(name)
    done = bring(home, number)
    report.write_text(str(steps.count), encoding="utf-8")
    return 0 if done else 1


def die(home: Path, number: int, last: int) -> int:
    steps = Steps(last)
    for name in STEPPED_INTO:
        steps.into(name)
    return 0 if bring(home, number) else 1


def seen(home: Path) -> set[str]:
    """The versions that are found, over all providers: one, if what is read is of one piece."""
    whole = catalog(home)
    assert whole.faults() == (), whole.faults()
    records = [whole.record(name).unwrap() for name in NAMES]
    return {str(each.models["m"].cost.input) for each in records if each is not None}


def main(home: Path, points: int, rounds: int) -> None:
    say(home, "patch.json", {"provider": {"id": "openai"}, "models": [{"id": "mine"}]})
    assert in_child(lambda: 0 if bring(home, 1) else 1) == 0
    assert in_child(lambda: count(home, 2, home / "steps")) == 0
    whole = int((home / "steps").read_text(encoding="utf-8"))
    number, killed, outcomes = 2, 0, {"old": 0, "new": 0, "torn": 0}
    for _ in range(rounds):
        for point in range(points):
            before = seen(home)
            number += 1
            last = 1 + point * (whole - 1) // (points - 1)
            ended = in_child(partial(die, home, number, last))
            killed += ended == -signal.SIGKILL
            found = seen(home)
            outcomes["new" if found == {str(number)} else "old" if found == before else "torn"] += 1
    assert in_child(lambda: 0 if bring(home, number + 1) else 1) == 0
    left = sorted(path.name for path in (home / "catalog").iterdir())
    sys.stdout.write(
        json.dumps({"steps": whole, "killed": killed, "last": sorted(seen(home)), "left": left, **outcomes})
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
