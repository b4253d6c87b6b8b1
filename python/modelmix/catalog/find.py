"""Find models in the catalogue that modelmix ships."""

from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from returns.result import Failure, Success

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.model import Model
from modelmix.catalog.record import ProviderRecord, model
from modelmix.errors import UnknownModel
from modelmix.node import Node
from modelmix.outcome import Outcome
from modelmix.spec import Spec

_FOLDER: Final = Path(__file__).parent / "data"
_SHOWN: Final = 20


class Found(Node, frozen=True):
    """A model, and how its name was read."""

    model: Model
    adaptations: tuple[Adaptation, ...] = ()


@cache
def record(provider: str) -> ProviderRecord | None:
    """What the catalogue has of a provider; None where it has nothing."""
    if provider not in _listed():
        return None
    return msgspec.json.decode((_FOLDER / f"{provider}.json").read_bytes(), type=ProviderRecord)


@cache
def _listed() -> frozenset[str]:
    return frozenset(path.stem for path in _FOLDER.glob("*.json")) - {"manifest"}


def models(provider: str) -> tuple[Model, ...]:
    """All models of a provider, by id."""
    known = record(provider)
    return () if known is None else tuple([model(provider, known.models[name]) for name in sorted(known.models)])


def find(spec: Spec) -> Outcome[Found]:
    """The model of that name, or the newest dated model whose name begins with it; else the nearest names."""
    known = find_known(spec)
    if known is not None:
        return Success(known)
    entries = (record(spec.provider) or ProviderRecord(id=spec.provider)).models
    near = tuple(sorted(entries, key=lambda name: -_likeness(spec.model, name))[:_SHOWN])
    return Failure(UnknownModel(spec=str(spec), provider=spec.provider, near=near, total=len(entries)))


def find_known(spec: Spec) -> Found | None:
    """As `find`, without the nearest names: looking for those takes longer than most of a call."""
    entries = (record(spec.provider) or ProviderRecord(id=spec.provider)).models
    if spec.model in entries:
        return Found(model(spec.provider, entries[spec.model]))
    dated = [name for name in entries if _undated(name) == spec.model]
    if not dated:
        return None
    newest = max(dated, key=_date)
    note = Adaptation(field="model", action="changed", into=newest, why="the newest model of that name")
    return Found(model(spec.provider, entries[newest]), (note,))


def _undated(name: str) -> str:
    """A name without its `-20241022`, `-2024-10-22` or `-latest`."""
    short = name.removesuffix("-latest")
    head, digits = name[:-8], name[-8:]
    if len(digits) == 8 and digits.isdecimal() and head.endswith("-"):
        short = head[:-1]
    head, date = name[:-11], name[-11:]
    if len(date) == 11 and date[0] == date[5] == date[8] == "-" and date.replace("-", "").isdecimal():
        short = head
    return short


def _date(name: str) -> str:
    """What to order names of one model by: `-latest` beats every date."""
    return "9" * 8 if name.endswith("-latest") else name[-11:].replace("-", "")[-8:]


def _likeness(wanted: str, name: str) -> float:
    return SequenceMatcher(None, wanted.lower(), name.lower()).ratio() + (0.5 if name.startswith(wanted) else 0.0)
