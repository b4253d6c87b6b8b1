"""What verdicts come to."""

import pytest

from modelmix.compat.fixture import Origin
from modelmix.compat.verdict import Proof, Standing, Status, Verdict, count, origins, standing_of
from modelmix.spec import Spec
from unit.compat.taking import OLD

CASES: dict[str, tuple[tuple[tuple[Status, Origin | None], ...], Standing]] = {
    "one passes": ((("pass", "live"),), "pass"),
    "one fails": ((("pass", "live"), ("fail", "live")), "fail"),
    "skipped is not failed": ((("pass", "live"), ("skipped", None)), "pass"),
    "skipped alone is": ((("skipped", None), ("skipped", None)), "fail"),
    "without a fixture": ((("untested", None), ("skipped", None)), "untested"),
    "nothing at all": ((), "untested"),
    "only simulated": ((("pass", "simulated"), ("pass", "simulated")), "simulated"),
    "simulated beside live": ((("pass", "simulated"), ("pass", "live")), "pass"),
    "simulated beside imported": ((("pass", "simulated"), ("pass", "imported")), "pass"),
    "a simulation that fails": ((("fail", "simulated"),), "fail"),
}


def test_a_recording_that_proves_nothing_is_no_missing_one() -> None:
    skipped = Verdict(scenario="s", status="skipped", origin="imported", recordings=OLD)
    untested = Verdict(scenario="t", status="untested")
    assert standing_of([untested, skipped]) == "fail"
    assert standing_of([untested, skipped, Verdict(scenario="u", status="pass", origin="imported")]) == "pass"


@pytest.mark.parametrize(("verdicts", "standing"), CASES.values(), ids=CASES)
def test_standings(verdicts: tuple[tuple[Status, Origin | None], ...], standing: Standing) -> None:
    made = [Verdict(scenario="s", status=status, origin=origin) for status, origin in verdicts]
    assert standing_of(made) == standing


def proof(standing: Standing, origins: dict[Origin, int] | None = None) -> Proof:
    return Proof(spec=Spec("a", "b"), standing=standing, origins=origins or {})


def test_simulated_and_untested_are_not_covered_and_excluded_do_not_count() -> None:
    found = count([proof("pass"), proof("fail"), proof("simulated"), proof("untested"), proof("excluded")])
    assert (found.passed, found.failed, found.simulated, found.excluded, found.untested) == (1, 1, 1, 1, 1)
    assert (found.total, found.coverage) == (4, 25.0)


def test_nothing_is_no_coverage() -> None:
    assert count([]).coverage == 0.0


def test_origins_are_counted_apart() -> None:
    found = origins([proof("pass", {"simulated": 2, "live": 1}), proof("pass", {"live": 3})])
    assert list(found.items()) == [("live", 4), ("simulated", 2)]
