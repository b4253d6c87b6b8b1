"""Which models are meant: those of the catalogue, those that run on this machine, and those that have fixtures."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.ast.model import Model
from modelmix.catalog.catalog import Catalog
from modelmix.catalog.query import type_of
from modelmix.compat.fixture import Origin
from modelmix.compat.imports.naming import imported_kind
from modelmix.compat.scenario import Operation
from modelmix.compat.scenarios import SCENARIOS
from modelmix.errors import BadSpec
from modelmix.local.models import PULLABLE, entry_of
from modelmix.node import Node
from modelmix.outcome import Outcome, collect, mapped
from modelmix.providers.known import find as find_provider
from modelmix.providers.load import names
from modelmix.providers.provider import Provider
from modelmix.spec import Spec

_WILD: Final = frozenset("*?[")


class Subject(Node, frozen=True, kw_only=True):
    """A model that may be proved. `entry` is None for one that only has fixtures."""

    spec: Spec
    entry: Model | None = None
    operations: tuple[Operation, ...]
    fixtures: Mapping[str, Origin] = {}
    """Its scenarios that have a fixture."""


class Pattern(Node, frozen=True):
    """Globs over providers and models; `exact` where it names one model."""

    provider: str
    model: str
    exact: bool

    def fits(self, spec: Spec) -> bool:
        """Whether a model is meant."""
        return _fits(spec.provider, self.provider) and _fits(spec.model, self.model)


def _fits(name: str, glob: str) -> bool:
    return name == glob or fnmatchcase(name, glob)


class Universe(Node, frozen=True, kw_only=True):
    """All that there is to choose from."""

    catalog: Catalog
    own: Mapping[str, Provider] = {}
    """Providers of the user's settings."""
    fixtures: Mapping[Spec, Mapping[str, Origin]] = {}
    """Models that have fixtures, their scenarios, and where each comes from."""


class Selection(Node, frozen=True, kw_only=True):
    """The models that are meant, and specs that name none."""

    subjects: tuple[Subject, ...] = ()
    unknown: tuple[str, ...] = ()


def parse_pattern(text: str, universe: Universe) -> Outcome[Pattern]:
    """What a pattern means: `anthropic` is all of Anthropic, and aliases are names of their provider.

    >>> parse_pattern("grok:grok-4*", Universe(catalog=Catalog())).unwrap().provider
    'xai'
    """
    provider, colon, model = text.strip().partition(":")
    if colon and not (provider and model):
        return Failure(BadSpec(text=text))
    if not (_WILD & set(provider)):
        known = find_provider(provider, universe.own, universe.catalog).value_or(None)
        provider = provider if known is None else known.id
    exact = bool(colon) and not _WILD & {*provider, *model}
    return Success(Pattern(provider, model or "*", exact))


def select(patterns: Sequence[Pattern], universe: Universe) -> Outcome[Selection]:
    """The models that fit one of the patterns, by name, each once."""
    resolved = collect([_resolved(pattern, universe) for pattern in patterns])
    if isinstance(resolved, Failure):
        return resolved
    patterns = resolved.unwrap()
    wanted = [name for name in _providers(universe) if any(_fits(name, pattern.provider) for pattern in patterns)]
    chosen: dict[Spec, Subject] = {}
    for name in wanted:
        subjects = of_provider(name, universe)
        if isinstance(subjects, Failure):
            return subjects
        for subject in subjects.unwrap():
            if any(pattern.fits(subject.spec) for pattern in patterns):
                chosen[subject.spec] = subject
    for pattern in patterns:
        spec = Spec(pattern.provider, pattern.model)
        if pattern.exact and spec not in chosen and (served := _served(spec, universe)) is not None:
            chosen[spec] = served
    unknown = [
        f"{pattern.provider}:{pattern.model}"
        for pattern in patterns
        if pattern.exact and not any(map(pattern.fits, chosen))
    ]
    return Success(Selection(subjects=tuple(chosen.values()), unknown=tuple(dict.fromkeys(unknown))))


def _resolved(pattern: Pattern, universe: Universe) -> Outcome[Pattern]:
    """A name without its date means the newest model of that name, as everywhere else."""
    if not pattern.exact or Spec(pattern.provider, pattern.model) in universe.fixtures:
        return Success(pattern)
    found = universe.catalog.find_known(Spec(pattern.provider, pattern.model))
    return mapped(found, lambda known: pattern if known is None else replace(pattern, model=known.model.id))


def recorded(universe: Universe) -> Outcome[Selection]:
    """The models that have fixtures."""
    found: list[Subject] = []
    for name in sorted({spec.provider for spec in universe.fixtures}):
        subjects = of_provider(name, universe)
        if isinstance(subjects, Failure):
            return subjects
        found += [one for one in subjects.unwrap() if one.fixtures]
    return Success(Selection(subjects=tuple(found)))


def _served(spec: Spec, universe: Universe) -> Subject | None:
    """A model of a server that serves what its owner likes, so that no catalogue can know."""
    provider = _provider(spec.provider, universe)
    if provider is None or provider.launch or not (provider.any_model or provider.id not in names()):
        return None
    return Subject(spec=spec, operations=("text",) if provider.embeddings is None else ("text", "embedding"))


def used_for(selection: Selection, operation: Operation | None) -> Selection:
    """The models that are used for an operation."""
    fitting = [one for one in selection.subjects if operation is None or operation in one.operations]
    return replace(selection, subjects=tuple(fitting))


def _providers(universe: Universe) -> list[str]:
    """Every provider that has models."""
    catalogued = universe.catalog.providers()
    known = catalogued.unwrap() if isinstance(catalogued, Success) else ()
    return sorted({*known, *names(), *universe.own, *(spec.provider for spec in universe.fixtures)})


def of_provider(name: str, universe: Universe) -> Outcome[tuple[Subject, ...]]:
    """The models of one provider, by name."""
    listed = universe.catalog.models(name)
    if isinstance(listed, Failure):
        return listed
    entries: dict[str, Model] = {entry.id: entry for entry in listed.unwrap()}
    provider = _provider(name, universe)
    if provider is not None and provider.launch:
        entries |= {model: entry_of(name, PULLABLE[model]) for model in PULLABLE}
    kept = {spec.model: scenarios for spec, scenarios in universe.fixtures.items() if spec.provider == name}
    subjects = [
        Subject(
            spec=Spec(name, model),
            entry=entries.get(model),
            operations=operations_of(entries.get(model), provider, kept.get(model, {})),
            fixtures=kept.get(model, {}),
        )
        for model in sorted({*entries, *kept})
    ]
    return Success(tuple([subject for subject in subjects if subject.operations]))


def operations_of(
    entry: Model | None, provider: Provider | None, fixtures: Mapping[str, Origin]
) -> tuple[Operation, ...]:
    """What a model is used for: by the catalogue, else by what it has fixtures of.

    A server of one's own makes both. What the catalogue gives to neither may still have been asked.
    """
    if entry is None:
        return _kept_of(fixtures) or ("text",)
    if provider is not None and provider.launch:
        return ("text", "embedding") if provider.embeddings is not None else ("text",)
    match type_of(entry):
        case "embedding":
            return ("embedding",)
        case "chat":
            return ("text",)
        case _:
            return _kept_of(fixtures)


def _kept_of(fixtures: Mapping[str, Origin]) -> tuple[Operation, ...]:
    """What there are fixtures of."""
    ours: list[Operation] = [SCENARIOS[name].operation for name in fixtures if name in SCENARIOS]
    imported: list[Operation] = [kind for name in fixtures if (kind := imported_kind(name)) is not None]
    return tuple(dict.fromkeys([*ours, *imported]))


def _provider(name: str, universe: Universe) -> Provider | None:
    """The provider that has a file or is the user's own."""
    found = find_provider(name, universe.own, universe.catalog).value_or(None)
    return found if isinstance(found, Provider) else None
