"""From what was asked for to what is run, and what is known of models without running anything."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from returns.result import Failure, Success

from modelmix.aim import Aim, World, aim
from modelmix.compat.bench import Job
from modelmix.compat.fixture import Origin
from modelmix.compat.imports.naming import imported_kind
from modelmix.compat.scenario import Operation, Scenario
from modelmix.compat.scenarios import SCENARIOS
from modelmix.compat.select import Pattern, Selection, Subject
from modelmix.compat.state import Entry, State
from modelmix.compat.verdict import Proof, Standing
from modelmix.errors import BadRequest, MissingKey, MixError
from modelmix.local.models import file_of
from modelmix.node import Node
from modelmix.outcome import Outcome
from modelmix.paths import data_folder
from modelmix.spec import Spec, parse_spec


class Wanted(Node, frozen=True, kw_only=True):
    """The scenarios that are meant: those of ours, and globs over the names of imported ones."""

    scenarios: tuple[Scenario, ...]
    imported: tuple[str, ...] = ("*",)

    @property
    def narrow(self) -> bool:
        """Whether some are left out."""
        return len(self.scenarios) < len(SCENARIOS) or "*" not in self.imported

    def is_meant(self, imported: str) -> bool:
        """Whether an imported exchange of that name is."""
        return any(fnmatchcase(imported, glob) for glob in self.imported)


def wanted_scenarios(names: Sequence[str], kept: Collection[str]) -> Outcome[Wanted]:
    """The scenarios of these names, which may be globs, all of them without any; `kept` are names of imported ones."""
    for name in names:
        if not any(fnmatchcase(each, name) for each in (*SCENARIOS, *kept)):
            expected = f"one of {', '.join(SCENARIOS)}" + (", or an imported one" if kept else "")
            return Failure(BadRequest(field="scenario", value=name, expected=expected))
    globs = tuple(names) or ("*",)
    ours = [each for each in SCENARIOS.values() if any(fnmatchcase(each.name, glob) for glob in globs)]
    return Success(Wanted(scenarios=tuple(ours), imported=globs))


def jobs_of(subjects: Iterable[Subject], wanted: Wanted, operation: Operation | None) -> tuple[Job, ...]:
    """What each model is asked: the scenarios of what it is used for, and what was imported of it."""
    return tuple(
        [
            Job(
                subject,
                tuple(
                    [
                        scenario
                        for scenario in wanted.scenarios
                        if scenario.operation in subject.operations and operation in {None, scenario.operation}
                    ]
                ),
                tuple(
                    [
                        name
                        for name in subject.fixtures
                        if (kind := imported_kind(name)) is not None
                        and operation in {None, kind}
                        and wanted.is_meant(name)
                    ]
                ),
            )
            for subject in subjects
        ]
    )


def is_excluded(spec: Spec, state: State, excluded: Sequence[Pattern]) -> bool:
    """Whether somebody has taken a model out: by hand in the state, or in the settings."""
    known = state.get(str(spec))
    return (known is not None and known.status == "excluded") or any(pattern.fits(spec) for pattern in excluded)


def known_of(subject: Subject, state: State, excluded: Sequence[Pattern]) -> Proof:
    """What is known of a model without running anything."""
    known = state.get(str(subject.spec))
    origins = Counter(subject.fixtures.values())
    return Proof(
        spec=subject.spec,
        tier=None if subject.entry is None else subject.entry.tier,
        standing=_standing(known, origins, out=is_excluded(subject.spec, state, excluded)),
        last_checked="" if known is None else known.last_checked,
        origins=origins,
    )


def _standing(known: Entry | None, origins: Mapping[Origin, int], *, out: bool) -> Standing:
    if out:
        return "excluded"
    if known is not None and known.status == "fail":
        return "fail"
    if origins and set(origins) == {"simulated"}:
        return "simulated"
    return "untested" if known is None else known.status


def with_state(selection: Selection, state: State, patterns: Sequence[Pattern]) -> Selection:
    """The selection, with models of which something is known and that the catalogue lacks among those it does not."""
    chosen = {str(subject.spec) for subject in selection.subjects}
    gone: list[str] = []
    for name in sorted(set(state) - chosen):
        parsed = parse_spec(name)
        if isinstance(parsed, Success) and any(pattern.fits(parsed.unwrap()) for pattern in patterns):
            gone.append(name)
    return Selection(subjects=selection.subjects, unknown=tuple(dict.fromkeys([*selection.unknown, *gone])))


def reachable(subjects: Iterable[Subject], world: World) -> tuple[Subject, ...]:
    """The models that could be asked right now: their key is set, or they lie on this machine."""
    able: dict[str, bool] = {}
    return tuple([subject for subject in subjects if _is_reachable(subject.spec, world, able)])


def _is_reachable(spec: Spec, world: World, able: dict[str, bool]) -> bool:
    """Asked once a provider, since all of its models share its key."""
    if spec.provider not in able:
        target = aim(str(spec), world, Aim(unlisted=True))
        if isinstance(target, Failure):
            able[spec.provider] = False
        else:
            found = target.unwrap()
            here = found.provider.launch and isinstance(file_of(found.model, data_folder(world.env)), Success)
            able[spec.provider] = found.key is not None or here
    return able[spec.provider]


def missing_key(proofs: Iterable[Proof]) -> MixError | None:
    """The key that is missing, if that is why nothing at all was run."""
    verdicts = [verdict for proof in proofs for verdict in proof.verdicts]
    if any(verdict.status in {"pass", "fail"} for verdict in verdicts):
        return None
    return next((verdict.error for verdict in verdicts if isinstance(verdict.error, MissingKey)), None)
