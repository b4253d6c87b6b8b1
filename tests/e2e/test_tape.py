"""What is recorded is what came, and what is replayed is what was recorded; faults and cuts among it."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, Final

import httpx
import pytest
from msgspec import Raw
from msgspec.structs import replace

from e2e.doors import Entrance
from e2e.taping import kept, no_network, recorded_by, replayed_by, timeless, timeless_events
from fakes.replies import (
    DONE,
    Reply,
    Step,
    answer,
    broken,
    delta,
    gzipped,
    refusal,
    silence,
    stream,
    streamed_answer,
    words,
)
from fakes.server import FaultServer, free_port
from modelmix import Client, Config, Deadlines, Dropped, FixtureDrift, Options, Policy
from modelmix.compat.playback import Playback
from modelmix.dialects.openai_chat import wire
from modelmix.transport.faults import DriftError
from modelmix.transport.tape import Tape, recording, replaying

MODEL: Final = "openai:gpt-4o"
KEY: Final = "k-tape-0123456789abcdef"
ONCE: Final = Policy(retries=0)
TWICE: Final = Policy(retries=1, first=0.01)
AT_ONCE: Final = Policy(retries=1, waits=False)

STREAMED: dict[str, tuple[Reply, ...]] = {
    "an answer": (streamed_answer("Hel", "lo"),),
    "cut anywhere": (stream(*[streamed_answer("Hel", "lo").steps[0].data[at : at + 7] for at in range(0, 200, 7)]),),
    "to the end of the connection": (stream(*words("a"), delta("stop"), DONE, framing="close"),),
    "without an end": (stream(*words("a", "b")),),
    "a reset in the midst of it": (broken(*words("a", "b"), action="reset"),),
    "an end in the midst of it": (broken(*words("a"), action="close"),),
    "silence in the midst of it": (broken(*words("a"), action="stall"),),
    "a reset after the head": (broken(action="reset"),),
    "no head": (silence("close"),),
    "a reset instead of a head": (silence("reset"),),
    "garbage": (Reply(0, {}, (Step(b"SSH-2.0-OpenSSH\r\n", action="close"),), "raw"),),
    "a refusal": (refusal(400, "invalid", "no"),),
    "an error in the stream": (stream(b'data: {"error":{"message":"overloaded","code":503}}\n\n'),),
    "nothing": (stream(),),
    "a second try": (refusal(429, "rate_limit_exceeded", "slow", {"Retry-After": "1"}), streamed_answer("ok")),
    "a second try after a reset": (silence("reset"), streamed_answer("ok")),
}


@pytest.mark.parametrize("replies", STREAMED.values(), ids=STREAMED)
def test_a_stream_is_replayed_as_it_was(replies: tuple[Reply, ...], entrance: Entrance) -> None:
    tape = Tape()
    policy = TWICE if len(replies) > 1 else ONCE
    with FaultServer(replies) as server, recorded_by(entrance, tape, policy, IMPATIENT) as door:
        then = door.stream(MODEL, "Hello.", base_url=server.url, api_key=KEY)
    playback = Playback(kept(tape))
    begun = time.monotonic()
    with no_network(), replayed_by(entrance, playback, replace(policy, waits=False), IMPATIENT) as door:
        now = door.stream(MODEL, "Hello.", base_url=server.url)
    assert time.monotonic() - begun < 0.9
    assert timeless_events(now.events) == timeless_events(then.events)
    assert timeless(now.outcome) == timeless(then.outcome)
    assert (playback.left, playback.drifts) == ((), ())
    assert len(tape.taken) == len(server.requests) == len(replies)


IMPATIENT: Final = Deadlines(idle=0.3)

WHOLE: dict[str, tuple[Reply, ...]] = {
    "an answer": (answer("Hello."),),
    "a compressed one": (gzipped(answer("Hello.")),),
    "half of one": (Reply(200, {"Content-Type": "application/json"}, (Step(b'{"id":'),), short=90),),
    "a page": (Reply(200, {"Content-Type": "text/html"}, (Step(b"<html>"),)),),
    "a refusal": (refusal(401, "invalid_api_key", "no such key"),),
    "a compressed refusal": (gzipped(refusal(404, "model_not_found", "no such model")),),
    "a redirect": (Reply(307, {"Location": "https://elsewhere.example/x"}),),
    "a second try": (refusal(503, "overloaded", "later"), answer("Hello.")),
}


@pytest.mark.parametrize("replies", WHOLE.values(), ids=WHOLE)
def test_a_whole_answer_is_replayed_as_it_was(replies: tuple[Reply, ...], entrance: Entrance) -> None:
    tape = Tape()
    policy = TWICE if len(replies) > 1 else ONCE
    with FaultServer(replies) as server, recorded_by(entrance, tape, policy) as door:
        then = door.text(MODEL, "Hello.", base_url=server.url, api_key=KEY)
    with no_network(), replayed_by(entrance, kept(tape), replace(policy, waits=False)) as door:
        now = door.text(MODEL, "Hello.", base_url=server.url)
    assert timeless(now) == timeless(then)


def test_nobody_listening_is_replayed_as_that(entrance: Entrance) -> None:
    tape = Tape()
    url = f"http://127.0.0.1:{free_port()}/v1"
    with recorded_by(entrance, tape, ONCE) as door:
        then = door.text(MODEL, "Hello.", base_url=url, api_key=KEY)
    assert tape.taken[0].response.status == 0
    with no_network(), replayed_by(entrance, kept(tape), ONCE) as door:
        assert timeless(door.text(MODEL, "Hello.", base_url=url)) == timeless(then)


def test_bytes_and_chunks_are_those_that_came(entrance: Entrance) -> None:
    reply = streamed_answer("Hel", "lo")
    reply = Reply(reply.status, reply.headers, tuple(Step(step.data, 0.03) for step in reply.steps), "chunked")
    tape = Tape()
    with FaultServer(reply) as server, recorded_by(entrance, tape, ONCE) as door:
        door.stream(MODEL, "Hello.", base_url=server.url, api_key=KEY)
    (taken,) = tape.taken
    assert taken.request.body == server.requests[0].body
    assert taken.request.url == f"{server.url}/chat/completions"
    assert taken.response.broke is None
    assert [data for _, data in taken.response.chunks] == [step.data for step in reply.steps]
    times = [at for at, _ in taken.response.chunks]
    assert all(later - earlier >= 20 for earlier, later in pairwise(times))
    (found,) = kept(tape)
    assert found.body == b"".join(step.data for step in reply.steps)
    assert KEY not in repr(found)


def test_a_recording_asks_for_no_compression(entrance: Entrance) -> None:
    with FaultServer(answer("x")) as server, recorded_by(entrance, Tape(), ONCE) as door:
        door.text(MODEL, "Hello.", base_url=server.url, api_key=KEY)
        assert server.requests[0].headers["accept-encoding"] == "identity"


def test_a_reply_comes_in_its_own_time_if_that_is_wanted(entrance: Entrance) -> None:
    tape = Tape()
    slow = stream(*(Step(piece, 0.1) for piece in words("a", "b")), Step(delta("stop"), 0.1), DONE)
    with FaultServer(slow) as server, recorded_by(entrance, tape, ONCE) as door:
        door.stream(MODEL, "Hello.", base_url=server.url, api_key=KEY)
    took: list[float] = []
    for pace in (True, False):
        begun = time.monotonic()
        with replayed_by(entrance, kept(tape), ONCE, pace=pace) as door:
            door.stream(MODEL, "Hello.", base_url=server.url)
        took.append(time.monotonic() - begun)
    assert took[0] >= 0.29
    assert took[1] < took[0]


def test_a_reply_that_nobody_read_to_its_end_breaks_off_there(entrance: Entrance) -> None:
    tape = Tape()
    endless = broken(*words("a"), action="stall")
    with FaultServer(endless) as server, recorded_by(entrance, tape, ONCE) as door:
        then = door.leave(MODEL, "Hello.", base_url=server.url, api_key=KEY)
    (found,) = kept(tape)
    assert found.fixture.response.broke is not None
    assert found.fixture.response.broke.fault == "left"
    with replayed_by(entrance, [found], ONCE) as door:
        assert door.leave(MODEL, "Hello.", base_url=server.url) == then
    with replayed_by(entrance, [found], ONCE) as door:
        error = door.stream(MODEL, "Hello.", base_url=server.url).outcome.failure()
    assert isinstance(error, Dropped)
    assert "read no further" in error.detail


def test_another_request_is_told_with_its_path_and_not_tried_again(entrance: Entrance) -> None:
    tape = Tape()
    with FaultServer(answer("x")) as server, recorded_by(entrance, tape, ONCE) as door:
        door.text(MODEL, "Hello.", base_url=server.url, api_key=KEY)
    playback = Playback(kept(tape))
    with replayed_by(entrance, playback, AT_ONCE) as door:
        error = door.text(MODEL, "Hello.", base_url=server.url, options=Options(temperature=0.5)).failure()
    assert isinstance(error, FixtureDrift)
    assert (error.where, error.path, error.recorded, error.built) == ("taped", "$.temperature", "nothing", "0.5")
    assert error.provider == "openai"
    assert len(playback.drifts) == 1


def test_an_encoder_that_changes_is_found_out(entrance: Entrance, monkeypatch: pytest.MonkeyPatch) -> None:
    tape = Tape()
    with FaultServer(answer("x")) as server, recorded_by(entrance, tape, ONCE) as door:
        door.tools(MODEL, "Hello.", [clock], base_url=server.url, api_key=KEY)
    own = wire.FunctionSpec

    def loud(name: str, parameters: Raw, **rest: Any) -> wire.FunctionSpec:
        return own(name.upper(), parameters, **rest)

    monkeypatch.setattr(wire, "FunctionSpec", loud)
    with replayed_by(entrance, kept(tape), ONCE) as door:
        stopped = door.tools(MODEL, "Hello.", [clock], base_url=server.url).failure()
    assert isinstance(stopped, FixtureDrift)
    assert (stopped.path, stopped.recorded, stopped.built) == ("$.tools[0].function.name", '"clock"', '"CLOCK"')


def clock(zone: str) -> str:
    """The time in a zone."""
    return f"nine in {zone}"


def test_many_may_record_and_replay_at_a_time() -> None:
    def asked(http: httpx.Client) -> list[str]:
        with Client(env={}, config=Config(), http=http) as client, ThreadPoolExecutor(8) as pool:
            prompts = [f"n{number}" for number in range(40)]

            def ask(prompt: str) -> str:
                return client.generate_text(MODEL, prompt, base_url=url, api_key=KEY).unwrap().text

            return list(pool.map(ask, prompts))

    tape = Tape()
    with FaultServer(lambda request: answer(request.body.decode()[-40:])) as server, recording({}, tape) as http:
        url = server.url
        then = asked(http)
    with replaying(kept(tape)) as http:
        assert asked(http) == then
    assert len(set(then)) == 40


def test_a_client_of_httpx_may_be_replayed_alone() -> None:
    tape = Tape()
    with FaultServer(answer("x")) as server, recording({}, tape) as http:
        http.post(f"{server.url}/chat/completions", json={"model": "m"})
        http.get(f"{server.url}/models?limit=2")
    with replaying(kept(tape)) as http:
        assert http.get("https://elsewhere.example/v1/models?limit=2").json()["object"] == "chat.completion"
        with pytest.raises(DriftError, match=r"\$\.model: recorded \"m\", built \"other\""):
            http.post("https://elsewhere.example/v1/chat/completions", json={"model": "other"})


def test_what_is_no_exchange_raises_as_it_would() -> None:
    tape = Tape()
    with recording({"HTTPS_PROXY": "nonsense://"}, tape) as http, pytest.raises(Exception, match="no proxy URL"):
        http.get("https://a.example/")
