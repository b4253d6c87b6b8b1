"""`mm compat import`: the recordings of other tools as fixtures."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

from cyclopts import Parameter
from returns.result import Failure

from modelmix.cli.exits import DONE, FAILED
from modelmix.cli.failing import fail
from modelmix.cli.render import pretty
from modelmix.cli.running import counting
from modelmix.cli.setup import settings
from modelmix.cli.terminal import Color, Screen, one_line
from modelmix.compat.imports.found import Left
from modelmix.compat.imports.importing import Brought, Kept, bring
from modelmix.compat.offline import all_keys
from modelmix.compat.store import FixtureStore
from modelmix.config import fixtures_folder
from modelmix.errors import BadRequest, MixError
from modelmix.jsonvalue import JsonValue
from modelmix.paths import data_folder

_REASONS: Final = 10
"""Reasons that are listed without `--debug`."""


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Look:
    """What is shown."""

    debug: Annotated[bool, Parameter(negative=())] = False
    "List everything that was left out."
    format: Literal["text", "json"] = "text"
    "text or json."
    color: Color = "auto"
    "auto, always or never."


def import_(
    path: Path, /, *, dry_run: Annotated[bool, Parameter(negative=())] = False, look: Look | None = None
) -> int:
    """Bring recordings of other tools into the fixtures: of ReqLLM, cassettes of VCR, and collections.

    What a file holds is told by its content. Each exchange is kept whole, cleaned of keys and ids of accounts, or it
    is left out with the reason. The same import again changes nothing. `mm compat` then judges what was imported.

    Parameters
    ----------
    path
        A file, or a folder, which is read with all folders in it; plain or compressed with gzip.
    dry_run
        Write nothing; tell what would come of it.
    """
    look = look or Look()
    env = dict(os.environ)
    screen = Screen(color=look.color)
    if not path.exists():
        expected = "a file or a folder that is there"
        return fail(BadRequest(field="path", value=str(path), expected=expected), screen)
    found = settings(env, None)
    if isinstance(found, Failure):
        return fail(found.failure(), screen)
    ground = found.unwrap()
    root = fixtures_folder(ground.config, data_folder(ground.env))
    secrets, own = all_keys(ground.env, ground.config), ground.config.providers
    tally, problem = _tallied(bring(path, FixtureStore(root), secrets, own=own, dry=dry_run))
    shown = _document(tally, root, dry=dry_run) if look.format == "json" else _report(tally, look, dry=dry_run)
    screen.answer(shown)
    screen.end_answer()
    if problem is not None:
        return fail(problem, screen)
    return DONE if tally.total.read else FAILED


def _tallied(brought: Iterable[Brought]) -> tuple["Tally", MixError | None]:
    """What became of all exchanges, and the error that ended it before its time."""
    tally = Tally()
    with counting("Importing") as seen:
        for number, told in enumerate(brought, 1):
            if not isinstance(told, Kept | Left):
                return tally, told
            tally.add(told)
            seen(number)
    return tally, None


@dataclass(kw_only=True)
class Numbers:
    """Exchanges by what became of them."""

    imported: int = 0
    unchanged: int = 0
    left: int = 0

    @property
    def read(self) -> int:
        """Those that are in the store now."""
        return self.imported + self.unchanged

    @property
    def told(self) -> str:
        """All of them on one line."""
        return f"{self.imported} imported, {self.unchanged} unchanged, {self.left} left"


@dataclass
class Tally:
    """What became of all exchanges: by provider, where that is known, and what was left out."""

    providers: dict[str | None, Numbers] = field(default_factory=dict[str | None, Numbers])
    left: list[Left] = field(default_factory=list[Left])

    def add(self, told: Kept | Left) -> None:
        """Counts one more."""
        numbers = self.providers.setdefault(told.provider, Numbers())
        if isinstance(told, Left):
            numbers.left += 1
            self.left.append(told)
        elif told.new:
            numbers.imported += 1
        else:
            numbers.unchanged += 1

    @property
    def sorted(self) -> list[tuple[str | None, Numbers]]:
        """Providers by name; what nobody knows the provider of comes last."""
        return sorted(self.providers.items(), key=lambda pair: (pair[0] is None, pair[0] or ""))

    @property
    def total(self) -> Numbers:
        """All together."""
        every = self.providers.values()
        return Numbers(
            imported=sum(each.imported for each in every),
            unchanged=sum(each.unchanged for each in every),
            left=sum(each.left for each in every),
        )

    @property
    def reasons(self) -> Mapping[str, int]:
        """How often something was left out for which reason, the most frequent first."""
        return dict(Counter(each.why for each in self.left).most_common())


def _report(tally: Tally, look: Look, *, dry: bool) -> str:
    lines = [f"{one_line(name or '(provider not told)')}: {numbers.told}" for name, numbers in tally.sorted]
    lines.append(f"Total: {tally.total.told}" + (" (nothing was written)" if dry else ""))
    if look.debug:
        lines += ["", "Left:", *[f"  {one_line(each.path)}: {one_line(each.why, 1000)}" for each in tally.left]]
    elif tally.left:
        lines += ["", "Left, by reason (each of them: --debug):", *_by_reason(tally)]
    return "\n".join(lines) + "\n"


def _by_reason(tally: Tally) -> Iterable[str]:
    first: dict[str, str] = {}
    for each in tally.left:
        first.setdefault(each.why, each.path)
    for why, number in list(tally.reasons.items())[:_REASONS]:
        yield f"  {number} × {one_line(why)}, such as {one_line(first[why])}"
    if len(first) > _REASONS:
        yield f"  and {len(first) - _REASONS} more reasons"


def _document(tally: Tally, root: Path, *, dry: bool) -> str:
    providers: JsonValue = {name or "": _numbers(numbers) for name, numbers in tally.sorted}
    left: JsonValue = [{"path": each.path, "why": each.why, "provider": each.provider} for each in tally.left]
    reasons: JsonValue = dict(tally.reasons)
    document: JsonValue = {
        "fixtures": str(root),
        "dry_run": dry,
        "providers": providers,
        "total": _numbers(tally.total),
        "reasons": reasons,
        "left": left,
    }
    return pretty(document) + "\n"


def _numbers(numbers: Numbers) -> JsonValue:
    return {"imported": numbers.imported, "unchanged": numbers.unchanged, "left": numbers.left}
