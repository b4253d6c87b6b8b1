"""What is known of each model from earlier runs: `supported_models.json` beside the fixtures."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec import Struct
from returns.result import Failure, Success

from modelmix.catalog.writing import replace_file
from modelmix.compat.verdict import Proof
from modelmix.errors import BadConfig
from modelmix.outcome import Outcome, mapped

NAME: Final = "supported_models.json"
"""What the file is called."""

Known: TypeAlias = Literal["pass", "fail", "excluded"]
"""What may be known."""


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One model: what is known of it, and since when, as RFC 3339 in UTC."""

    status: Known
    last_checked: str = ""


State: TypeAlias = Mapping[str, Entry]
"""Models by their spec."""


def load(root: Path) -> Outcome[State]:
    """What the folder of the fixtures knows; nothing where it has no such file."""
    path = root / NAME
    try:
        return Success(msgspec.json.decode(path.read_bytes(), type=dict[str, Entry]))
    except FileNotFoundError:
        return Success({})
    except (OSError, msgspec.DecodeError) as cause:
        detail = f'{cause}; correct it, or delete it and run: mm compat "*:*" --update-state'
        return Failure(BadConfig(where=str(path), detail=detail))


def updated(state: State, proofs: Iterable[Proof], now: str, *, narrow: bool = False) -> State:
    """The state after a run; `narrow` where it asked only some of the scenarios.

    A model that was excluded by hand stays so. A failure is lifted only by a run that left nothing untested: a fixture
    of what failed was never kept, so that a replay alone cannot know better. A narrow run can only fail a model. What
    is only simulated is not written.
    """
    known = dict(state)
    for proof in proofs:
        name = str(proof.spec)
        before = known.get(name)
        if before is not None and before.status == "excluded":
            continue
        if proof.standing == "fail":
            known[name] = Entry("fail", now)
        elif proof.standing == "pass" and not narrow and not _fails_still(before, proof):
            known[name] = Entry("pass", now)
    return known


def still_failing(state: State, proofs: Iterable[Proof]) -> tuple[str, ...]:
    """Models that are known to fail and of which nothing failed now: what failed was not asked again."""
    names = ((str(proof.spec), proof) for proof in proofs if proof.standing != "fail")
    return tuple([name for name, proof in names if _fails_still(state.get(name), proof)])


def _fails_still(before: Entry | None, proof: Proof) -> bool:
    open_ = any(verdict.status == "untested" for verdict in proof.verdicts)
    return before is not None and before.status == "fail" and open_


def written(state: State) -> bytes:
    """The file: a model a line in all but name, sorted, for people and for diffs."""
    entries = {name: {"status": entry.status, "last_checked": entry.last_checked} for name, entry in state.items()}
    return msgspec.json.format(msgspec.json.encode(dict(sorted(entries.items()))), indent=2) + b"\n"


def save(root: Path, state: State) -> Outcome[Path]:
    """Puts the whole file in its place in one step."""
    path = root / NAME
    return mapped(replace_file(path, written(state)), lambda _: path)
