"""The fixtures that come with the project, replayed without a network.

Those of the local model were recorded from it; all others are simulated from the documents by `tests/simulate`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec.structs import replace

from e2e.offline import cut_off
from e2e.shell import Shell
from modelmix.ast.event import Event, TextDelta
from modelmix.ast.request import Request
from modelmix.ast.response import Response
from modelmix.decode import Bounds, Decoder, DialectName, Tags, decoder
from modelmix.dialects.draft import Draft
from modelmix.dialects.table import Dialect, dialect_named
from modelmix.outcome import Outcome
from simulate import everything

ROOT: Final = Path(__file__).parents[1] / "fixtures" / "compat"
PROVIDERS: Final = ("local", "local-messages", "local-responses")
WORDS: Final = {"basic", "streaming", "token_limit", "usage", "object_basic", "object_streaming"}
VECTORS: Final = {"embed_basic", "embed_batch"}
SMALL: Final = 400_000
SIMULATED: Final = frozenset({f"{each.provider}:{each.model}" for each in everything.simulated()})

ASKED: Final[Mapping[DialectName, tuple[str, str]]] = {
    # A model that is spoken to in a dialect, and where the limit on its output stands.
    "openai-chat": ("openai:gpt-4o-mini", "$.max_tokens"),
    "openai-responses": ("openai:gpt-5-mini", "$.max_output_tokens"),
    "anthropic-messages": ("anthropic:claude-haiku-4-5", "$.max_tokens"),
    "google-generate": ("google:gemini-3.5-flash", "$.generationConfig.maxOutputTokens"),
    "ollama-chat": ("ollama:qwen3:8b", "$.options.num_predict"),
}


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(tmp_path_factory.mktemp("own"), {"MM_FIXTURES_DIR": str(ROOT)})


@pytest.fixture(scope="module")
def told(shell: Shell) -> Mapping[str, Any]:
    """What `mm compat` says of them all, as JSON."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        cut_off(monkeypatch)
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
    recorded = [ROOT / provider for provider in PROVIDERS]
    assert sum(path.stat().st_size for each in recorded for path in each.rglob("*") if path.is_file()) < SMALL


# Simulations


def test_every_scenario_of_a_simulated_model_is_checked(told: Mapping[str, Any]) -> None:
    """All that it can be asked is there, holds, and says that it is a simulation."""
    for spec in SIMULATED:
        scenarios = told["models"][spec]["scenarios"].values()
        assert {scenario["status"] for scenario in scenarios} <= {"pass", "skipped"}, spec
        assert {scenario["origin"] for scenario in scenarios if scenario["status"] == "pass"} == {"simulated"}, spec


def test_every_provider_and_dialect_of_ours_is_simulated(told: Mapping[str, Any]) -> None:
    assert {spec.partition(":")[0] for spec in SIMULATED} == {
        *("anthropic", "cerebras", "google", "groq", "lmstudio", "minimax"),
        *("ollama", "openai", "openrouter", "perplexity", "togetherai", "xai"),
    }
    assert {spec for spec, _ in ASKED.values()} <= SIMULATED


def test_a_simulated_model_is_not_called_validated(told: Mapping[str, Any]) -> None:
    standing = {spec: model["status"] for spec, model in told["models"].items() if model["origins"].get("simulated")}
    assert standing == dict.fromkeys(SIMULATED, "simulated")
    assert told["total"]["simulated"] == len(SIMULATED)
    assert told["total"]["pass"] == len(PROVIDERS)
    assert told["origins"]["simulated"] == len(everything.simulated())


def test_the_status_of_a_fresh_clone_tells_simulations_apart(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(monkeypatch)
    status = shell.inside("compat")
    assert status.code == 0
    assert "OpenAI\n  ~ gpt-4o-mini (simulated)\n  ~ gpt-5-mini (simulated)\n" in status.out
    assert "\n  0 pass, 0 fail, 0 excluded, 0 untested, 3 simulated | 0.0% coverage\n" in status.out
    assert f"\nOnly simulated, which validates nothing: {len(SIMULATED)}\n" in status.out
    assert not SIMULATED & set(json.loads((ROOT / "supported_models.json").read_bytes()))


@pytest.mark.parametrize("dialect", ASKED)
def test_an_encoder_that_is_broken_is_told_by_the_path(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, dialect: DialectName
) -> None:
    spec, path = ASKED[dialect]

    def longer(request: Request, *rest: Any) -> Outcome[Draft]:
        limit = (request.options.max_tokens or 0) + 1
        return dialect_named(dialect).encode(
            replace(request, options=replace(request.options, max_tokens=limit)), *rest
        )

    def another(name: DialectName) -> Dialect:
        found = dialect_named(name)
        return replace(found, encode=longer) if name == dialect else found

    monkeypatch.setattr("modelmix.call.dialect_named", another)
    run = shell.inside("compat", spec)
    assert f"FAIL {spec}\n  basic (simulated): request at {path}\n    expected: 2048\n    came:     2049\n" in run.out
    assert run.code == 1


class Deaf:
    """A decoder that loses every second piece of text."""

    def __init__(self, inner: Decoder) -> None:
        self._inner = inner
        self._heard = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def feed(self, chunk: bytes) -> list[Event]:
        return [event for event in self._inner.feed(chunk) if self._is_kept(event)]

    def answer(self) -> Response | None:
        """Of a reply in one piece, nothing."""
        found = self._inner.answer()
        return found if found is None or self._heard else replace(found, parts=())

    def _is_kept(self, event: Event) -> bool:
        self._heard += isinstance(event, TextDelta)
        return not isinstance(event, TextDelta) or self._heard % 2 == 1


@pytest.mark.parametrize("dialect", ASKED)
def test_a_decoder_that_loses_text_is_found_out(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, dialect: DialectName
) -> None:
    spec, _ = ASKED[dialect]

    def deaf(name: DialectName, *, tags: Tags, bounds: Bounds) -> Any:
        found = decoder(name, tags=tags, bounds=bounds)
        return Deaf(found) if name == dialect else found

    monkeypatch.setattr("modelmix.call.decoder", deaf)
    run = shell.inside("compat", spec)
    assert "  basic (simulated): text\n    expected: a text that is not empty\n" in run.out
    assert "  streaming (simulated): the folded events: parts\n" in run.out
    assert run.code == 1
