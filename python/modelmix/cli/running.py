"""How far a run is and what is under way, for a person who looks on."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from modelmix.cli.terminal import one_line
from modelmix.compat.verdict import Verdict, Watch
from modelmix.spec import Spec


@contextmanager
def progress(total: int) -> Generator[Watch]:
    """What is to be told of each scenario; nothing is drawn where standard error is no terminal."""
    if not (sys.stderr.isatty() and total):
        yield _unseen
        return
    # It takes as long to import as all of the rest.
    from rich.console import Console  # noqa: PLC0415
    from rich.markup import escape  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        under_way: dict[Spec, str] = {}

        def told(spec: Spec, scenario: str, verdict: Verdict | None) -> None:
            if verdict is None:
                under_way[spec] = scenario
            else:
                under_way.pop(spec, None)
                bar.advance(task)
            shown = ", ".join([f"{one_line(str(each), 60)} {name}" for each, name in under_way.items()])
            bar.update(task, description=escape(shown))

        yield told


_EVERY: Final = 25
"""How many more there must be before the count is drawn anew."""


@contextmanager
def counting(words: str) -> Generator[Callable[[int], None]]:
    """What is to be told how many there are by now; nothing is drawn where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - as above

    with Console(stderr=True).status(words) as status:
        yield lambda number: status.update(f"{words} {number:,}") if number % _EVERY == 0 else None


def _unseen(spec: Spec, scenario: str, verdict: Verdict | None) -> None:
    """Nobody looks on."""
