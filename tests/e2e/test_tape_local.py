"""Recordings of the real llama.cpp server with a real model, in all three of its dialects and for vectors.

Skipped as `test_local.py` is.
"""

import asyncio
from pathlib import Path
from typing import Final

import msgspec
import pytest
from msgspec.structs import replace

from e2e.taping import no_network, timeless
from modelmix import Client, Config, Event, Finished, Options, Outcome, Response
from modelmix.outcome import either
from modelmix.testing import record, replay

BRIEF: Final = Options(max_tokens=8, temperature=0.0, seed=7)
QUESTION: Final = "What is the capital of France?"
MODELS: Final = ("local:smollm2", "local-messages:smollm2", "local-responses:smollm2")


class Place(msgspec.Struct):
    """What a small model may fill in."""

    city: str


def talk(client: Client, model: str) -> tuple[tuple[Event, ...], list[object]]:
    """A stream, a whole answer and an object."""
    with client.stream_text(model, QUESTION, options=BRIEF).unwrap() as stream:
        events = tuple(stream)
        streamed = stream.result()
    whole: Outcome[Response] = client.generate_text(model, QUESTION, options=BRIEF)
    placed = client.generate_object(model, "Paris, as an object", Place, options=replace(BRIEF, max_tokens=40))
    return events, [timeless(streamed), timeless(whole), either(placed, repr, lambda error: type(error).__name__)]


@pytest.mark.parametrize("model", MODELS)
def test_a_real_model_is_replayed_without_it(model: str, data: Path, tmp_path: Path) -> None:
    env = {"MM_HOME": str(data)}
    session = record("talk", folder=tmp_path, env=env, config=Config())
    with session as client:
        events, then = talk(client, model)
    assert isinstance(events[-1], Finished)
    nowhere = {"MM_HOME": str(tmp_path / "nothing")}
    with no_network(), replay("talk", folder=tmp_path, env=nowhere, config=Config()) as client:
        again, now = talk(client, model)
    assert now == then
    assert again == events
    found = session.place.found().unwrap()
    # A connection that the server has closed meanwhile, and a model that still loads, are tried again.
    statuses = [each.fixture.response.status for each in found]
    assert statuses.count(200) == 3
    assert set(statuses) <= {200, 503, 0}
    assert {each.fixture.origin for each in found} == {"local"}
    assert max(len(each.fixture.response.chunks) for each in found) > 3
    assert [each.body for each in found] == [taken.response.body for taken in session.tape.taken]
    # The server's key is one of this process alone, and in no file all the same.
    keys = {taken.request.headers.get("authorization", "").removeprefix("Bearer ") for taken in session.tape.taken}
    keys |= {taken.request.headers.get("x-api-key", "") for taken in session.tape.taken}
    text = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert keys - {""}
    assert not [key for key in keys - {""} if key in text]


def test_real_vectors_are_replayed(data: Path, tmp_path: Path) -> None:
    with record("vectors", folder=tmp_path, env={"MM_HOME": str(data)}, config=Config()) as client:
        then = client.embed("local:smollm2", ["Oslo", "Rome"]).unwrap()
    with no_network(), replay("vectors", folder=tmp_path, env={}, config=Config()) as client:
        now = client.embed("local:smollm2", ["Oslo", "Rome"]).unwrap()
    assert now.vectors == then.vectors


def test_asynchronous_programs_replay_what_others_recorded(data: Path, tmp_path: Path) -> None:
    async def ask() -> str:
        async with replay("talk", folder=tmp_path, env={}, config=Config()) as client:
            return (await client.generate_text(MODELS[0], QUESTION, options=BRIEF)).unwrap().text

    with record("talk", folder=tmp_path, env={"MM_HOME": str(data)}, config=Config()) as client:
        then = client.generate_text(MODELS[0], QUESTION, options=BRIEF).unwrap().text
    with no_network():
        assert asyncio.run(ask()) == then
