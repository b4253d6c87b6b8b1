"""What a run finds out: a verdict for each scenario, a standing for each model, and counts that keep origins apart."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

from modelmix.compat.fixture import Origin, Recording
from modelmix.compat.scenario import Flaw
from modelmix.errors import MixError
from modelmix.node import Node
from modelmix.spec import Spec

Status: TypeAlias = Literal["pass", "fail", "skipped", "untested"]
"""What became of a scenario.

`skipped`: the model cannot be asked it, or its recording proves nothing; `untested`: there was nothing to check.
"""

Standing: TypeAlias = Literal["pass", "fail", "simulated", "excluded", "untested"]
"""What is known of a model. `simulated`: nothing fails, but nothing that passed has ever been near a provider."""


class Verdict(Node, frozen=True, kw_only=True):
    """One scenario of one model. `flaws` are the assertions that do not hold.

    `reason` says why it was not asked, or what of an imported exchange could not be checked.
    """

    scenario: str
    status: Status
    origin: Origin | None = None
    reason: str = ""
    flaws: tuple[Flaw, ...] = ()
    error: MixError | None = None
    time: str = ""
    """When the exchange was recorded, as RFC 3339 in UTC."""
    seconds: float = 0.0
    """How long it took to ask, or to check."""
    recordings: tuple[Recording, ...] = ()
    """The exchanges behind it, without secrets."""


class Watch(Protocol):
    """Is told of each scenario, before and after."""

    def __call__(self, spec: Spec, scenario: str, verdict: Verdict | None) -> None:
        """`verdict` is None before."""
        ...


class Proof(Node, frozen=True, kw_only=True):
    """A model with its verdicts. `tier` is a word of a patch, such as `flagship`."""

    spec: Spec
    tier: str | None = None
    standing: Standing
    verdicts: tuple[Verdict, ...] = ()
    last_checked: str = ""
    origins: Mapping[Origin, int] = {}
    """How many of its scenarios have a fixture, by origin."""


class Counts(Node, frozen=True, kw_only=True):
    """Models by standing."""

    passed: int = 0
    failed: int = 0
    simulated: int = 0
    excluded: int = 0
    untested: int = 0

    @property
    def total(self) -> int:
        """All that could be validated: what was excluded was taken out on purpose."""
        return self.passed + self.failed + self.simulated + self.untested

    @property
    def coverage(self) -> float:
        """The share that is validated, in per cent; a simulation validates nothing."""
        return 100 * self.passed / self.total if self.total else 0.0


def standing_of(verdicts: Iterable[Verdict]) -> Standing:
    """What the verdicts come to: one failure fails the model, and only something that is no simulation passes it.

    A model of which nothing could be asked has failed, and so has one whose every recording proves nothing; one
    without fixtures is untested.
    """
    found = tuple(verdicts)
    statuses = {verdict.status for verdict in found}
    if "fail" in statuses:
        return "fail"
    passed = {verdict.origin for verdict in found if verdict.status == "pass"}
    if passed:
        return "simulated" if passed == {"simulated"} else "pass"
    proves_nothing = any(verdict.status == "skipped" and verdict.recordings for verdict in found)
    return "fail" if proves_nothing or (found and "untested" not in statuses) else "untested"


def count(proofs: Iterable[Proof]) -> Counts:
    """How many models stand where."""
    found = Counter(proof.standing for proof in proofs)
    return Counts(
        passed=found["pass"],
        failed=found["fail"],
        simulated=found["simulated"],
        excluded=found["excluded"],
        untested=found["untested"],
    )


def origins(proofs: Iterable[Proof]) -> dict[Origin, int]:
    """Scenarios that have a fixture, by origin."""
    found: Counter[Origin] = Counter()
    for proof in proofs:
        found.update(proof.origins)
    return {origin: found[origin] for origin in ORDER if found[origin]}


ORDER: Sequence[Origin] = ("live", "local", "imported", "simulated")
"""Origins, the one that proves most first."""


def by_provider(proofs: Iterable[Proof]) -> dict[str, tuple[Proof, ...]]:
    """The models of each provider, both in the order of their names."""
    found: dict[str, list[Proof]] = {}
    for proof in sorted(proofs, key=lambda proof: (proof.spec.provider, proof.spec.model)):
        found.setdefault(proof.spec.provider, []).append(proof)
    return {provider: tuple(models) for provider, models in found.items()}
