"""Ask the recordings of a scenario what a live model was asked, and hold what comes to the same assertions."""

from collections.abc import Sequence

from msgspec.structs import replace
from returns.result import Failure

from modelmix.aclient import AsyncClient
from modelmix.ask import Reach
from modelmix.compat.bench import Bench, is_unlisted
from modelmix.compat.fixture import Recording
from modelmix.compat.offline import offline, offline_env
from modelmix.compat.play import Heard, Played, failed, play
from modelmix.compat.scenario import Flaw, Scenario
from modelmix.compat.select import Subject
from modelmix.compat.verdict import Verdict
from modelmix.config import Config
from modelmix.retry import Policy
from modelmix.transport.tape import areplaying


async def replay(scenario: Scenario, subject: Subject, bench: Bench) -> Verdict:
    """The verdict of the fixture of a scenario; `untested` where there is none."""
    spec = subject.spec
    if not subject.fixtures or bench.store is None:
        # Of most models of a catalogue there is nothing, and looking takes longer than knowing.
        return Verdict(scenario=scenario.name, status="untested", reason="no fixture")
    loaded = bench.store.load(spec.provider, spec.model, scenario.name)
    if isinstance(loaded, Failure):
        played = failed(loaded.failure())
        return Verdict(scenario=scenario.name, status="fail", flaws=played.flaws, error=played.error)
    found = loaded.unwrap()
    if not found:
        return Verdict(scenario=scenario.name, status="untested", reason="no fixture")
    played = await _replayed(scenario, subject, found, bench)
    first = found[0].fixture
    return Verdict(
        scenario=scenario.name,
        status="fail" if played.flaws else "pass",
        origin=first.origin,
        flaws=played.flaws,
        error=played.error,
        time=first.time,
        recordings=found,
    )


async def _replayed(scenario: Scenario, subject: Subject, found: Sequence[Recording], bench: Bench) -> Played:
    """Asks the recordings. Neither the environment nor any key has a part in it, and no server is started."""
    reach = Reach(unlisted=is_unlisted(subject))
    heard = [Heard(recording.fixture.response.headers, recording.body) for recording in found]
    plain = offline(Config(providers=bench.config.providers, project=bench.config.project))
    # Of the environment only where the catalogue lies, which says what the rates are.
    env = offline_env({name: bench.env[name] for name in ("MM_HOME",) if name in bench.env})
    async with (
        areplaying(found) as http,
        AsyncClient(env=env, config=plain, http=http, policy=Policy(retries=0)) as client,
    ):
        played = await play(client, str(subject.spec), scenario, reach, lambda: heard)
    if not played.flaws and played.exchanges != len(found):
        unlike = Flaw(about="exchanges", expected=f"{len(found)}, as recorded", came=str(played.exchanges))
        return replace(played, flaws=(unlike,))
    return played
