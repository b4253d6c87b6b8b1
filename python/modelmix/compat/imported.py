"""The verdicts on what was imported of a model."""

import time
from collections.abc import Iterable

from anyio.lowlevel import checkpoint
from msgspec.structs import replace
from returns.result import Failure

from modelmix.compat.judging import Manner, judge
from modelmix.compat.play import failed
from modelmix.compat.store import FixtureStore
from modelmix.compat.verdict import Verdict, Watch
from modelmix.providers.provider import Provider
from modelmix.quirks import tags_for
from modelmix.spec import Spec


async def judge_imported(
    scenarios: Iterable[str],
    spec: Spec,
    store: FixtureStore,
    provider: Provider | None,
    watch: Watch,
    verdicts: list[Verdict],
) -> None:
    """Adds a verdict on each. `provider` is None for one that only a catalogue knows, or nobody.

    Nothing in here has to be waited for, so that it makes room for an interrupt itself.
    """
    for scenario in scenarios:
        watch(spec, scenario, None)
        await checkpoint()
        started = time.monotonic()
        verdict = _verdict(scenario, spec, store, provider)
        verdicts.append(replace(verdict, seconds=time.monotonic() - started))
        watch(spec, scenario, verdicts[-1])


def _verdict(scenario: str, spec: Spec, store: FixtureStore, provider: Provider | None) -> Verdict:
    loaded = store.load(spec.provider, spec.model, scenario)
    if isinstance(loaded, Failure):
        damage = failed(loaded.failure())
        return Verdict(scenario=scenario, status="fail", flaws=damage.flaws, error=damage.error)
    found = loaded.unwrap()
    if not found:
        return Verdict(scenario=scenario, status="untested", reason="no fixture")
    judged = judge(found[0], Manner() if provider is None else _manner(provider, spec.model))
    return Verdict(
        scenario=scenario,
        status="fail" if judged.flaws else "skipped" if judged.skipped else "pass",
        origin=found[0].fixture.origin,
        reason="; ".join([judged.skipped] if judged.skipped else judged.unchecked),
        flaws=judged.flaws,
        error=judged.error,
        time=found[0].fixture.time,
        recordings=found,
    )


def _manner(provider: Provider, model: str) -> Manner:
    return Manner(tags_for(provider, model), provider.embedding.packing)
