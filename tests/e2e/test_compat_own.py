"""The fixtures that come with the project: recorded from the real local model, replayed without a network."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from e2e.offline import cut_off
from e2e.shell import Shell

ROOT: Final = Path(__file__).parents[1] / "fixtures" / "compat"
PROVIDERS: Final = ("local", "local-messages", "local-responses")
WORDS: Final = {"basic", "streaming", "token_limit", "usage", "object_basic", "object_streaming"}
VECTORS: Final = {"embed_basic", "embed_batch"}
SMALL: Final = 400_000


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    """What `mm compat` says of them all, as JSON."""
    cut_off(monkeypatch)
    shell = Shell(tmp_path, {"MM_FIXTURES_DIR": str(ROOT)})
    found: dict[str, Any] = json.loads(shell.inside("compat", "*:*", "--format", "json").out)
    return found


def test_every_fixture_holds(told: Mapping[str, Any]) -> None:
    flaws = {
        (spec, name): scenario["flaws"]
        for spec, model in told["models"].items()
        for name, scenario in model["scenarios"].items()
        if scenario["flaws"]
    }
    assert flaws == {}
    assert told["total"]["scenarios"]["fail"] == 0


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_local_model_does_what_it_must_over_each_api(told: Mapping[str, Any], provider: str) -> None:
    scenarios = told["models"][f"{provider}:smollm2"]["scenarios"]
    passed = {name for name, scenario in scenarios.items() if scenario["status"] == "pass"}
    assert passed >= WORDS | (VECTORS if provider == "local" else set())
    assert {scenario["origin"] for scenario in scenarios.values()} == {"local", None}


def test_no_scenario_of_the_local_model_is_ruled_out(told: Mapping[str, Any]) -> None:
    found = [told["models"][f"{provider}:smollm2"]["scenarios"].values() for provider in PROVIDERS]
    assert {scenario["status"] for scenarios in found for scenario in scenarios} <= {"pass", "untested"}


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in ROOT.rglob("*") if path.is_file()) < SMALL
