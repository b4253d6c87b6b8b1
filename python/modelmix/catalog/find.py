"""Find a model among those of a provider, by a name that may lack its date."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.model import Model
from modelmix.catalog.record import ModelRecord, ProviderRecord, model
from modelmix.node import Node
from modelmix.spec import Spec

_SHOWN: Final = 20


class Found(Node, frozen=True):
    """A model, and how its name was read."""

    model: Model
    adaptations: tuple[Adaptation, ...] = ()


def look_up(spec: Spec, known: ProviderRecord | None) -> Found | None:
    """The model of that name, or the newest dated model whose name begins with it."""
    if known is None:
        return None
    entries = known.models
    if spec.model in entries and is_served(entries[spec.model]):
        return Found(model(spec.provider, entries[spec.model]))
    dated = [name for name in entries if _undated(name) == spec.model and is_served(entries[name])]
    if not dated:
        return None
    newest = max(dated, key=_date)
    note = Adaptation(field="model", action="changed", into=newest, why="the newest model of that name")
    return Found(model(spec.provider, entries[newest]), (note,))


def is_served(entry: ModelRecord) -> bool:
    """Whether a model can still be asked, or may be: one that was retired is as good as unknown."""
    return entry.status != "retired"


def nearest(wanted: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names that are most like the one that is wanted, nearest first, 20 at most."""
    return tuple(sorted(names, key=lambda name: -_likeness(wanted, name))[:_SHOWN])


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
