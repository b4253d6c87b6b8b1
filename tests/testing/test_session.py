"""Record and replay as a program has them."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace

from e2e.taping import no_network
from fakes.replies import answer, refusal, streamed_answer
from fakes.server import FaultServer
from modelmix import AsyncClient, BadFixture, Client, Config, FixtureDrift, Unreachable
from modelmix.providers.load import built_in
from modelmix.secret import Secret
from modelmix.testing import FixtureError, Record, Replay, record, replay
from modelmix.testing.guard import NetworkRefusedError

MODEL: Final = "openai:gpt-4o"
ENV: Final = {"OPENAI_API_KEY": "k-session-0123456789"}


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer([answer("Hello."), answer("Again.")]) as running:
        yield running


def config(server: FaultServer) -> Config:
    """Settings that send OpenAI's requests to the fake."""
    return Config(providers={"openai": replace(built_in("openai"), base_url=server.url)})


def test_a_block_is_recorded_and_replayed(server: FaultServer, tmp_path: Path) -> None:
    with record("chat/greeting", folder=tmp_path, env=ENV, config=config(server)) as client:
        assert client.generate_text(MODEL, "Hi.").unwrap().text == "Hello."
    assert server.requests[0].headers["authorization"] == f"Bearer {ENV['OPENAI_API_KEY']}"
    assert sorted(path.name for path in (tmp_path / "chat").iterdir()) == ["greeting.body.json", "greeting.json"]
    with no_network(), replay("chat/greeting", folder=tmp_path, env={}, config=config(server)) as client:
        assert client.generate_text(MODEL, "Hi.").unwrap().text == "Hello."
    assert len(server.requests) == 1


def test_a_block_is_recorded_and_replayed_asynchronously(server: FaultServer, tmp_path: Path) -> None:
    async def scene(session: Record | Replay) -> str:
        async with session as client:
            return (await client.generate_text(MODEL, "Hi.")).unwrap().text

    recorder = record("greeting", folder=tmp_path, env=ENV, config=config(server))
    assert asyncio.run(scene(recorder), debug=True) == "Hello."
    with no_network():
        assert asyncio.run(scene(replay("greeting", folder=tmp_path, env={}, config=Config()))) == "Hello."


def test_what_one_client_recorded_the_other_replays(server: FaultServer, tmp_path: Path) -> None:
    async def scene() -> str:
        async with replay("greeting", folder=tmp_path, env={}, config=Config()) as client:
            return (await client.generate_text(MODEL, "Hi.")).unwrap().text

    with record("greeting", folder=tmp_path, env=ENV, config=config(server)) as client:
        client.generate_text(MODEL, "Hi.")
    assert asyncio.run(scene()) == "Hello."


def test_the_files_say_where_they_are_from(server: FaultServer, tmp_path: Path) -> None:
    session = record("greeting", folder=tmp_path, env=ENV, config=config(server))
    with session as client:
        client.generate_text(MODEL, "Hi.")
        client.generate_text(MODEL, "Hi.")
    one, two = session.place.found().unwrap()
    assert [each.fixture.step for each in (one, two)] == [1, 2]
    fixture = one.fixture
    found = (fixture.origin, fixture.provider, fixture.model, fixture.scenario)
    assert found == ("local", "openai", "gpt-4o", "greeting")
    assert "k-session" not in repr((tmp_path / "greeting.json").read_text())


def test_replaying_needs_no_settings_of_whoever_recorded(server: FaultServer, tmp_path: Path) -> None:
    with record("greeting", folder=tmp_path, env=ENV, config=config(server)) as client:
        client.generate_text(MODEL, "Hi.")
    moved = Config(moved=frozenset({"openai"}), keys={"openai": Secret("stored")})
    with replay("greeting", folder=tmp_path, env={}, config=moved) as client:
        assert client.generate_text(MODEL, "Hi.").unwrap().text == "Hello."


def test_a_local_model_is_replayed_without_a_server(server: FaultServer, tmp_path: Path) -> None:
    # What llama.cpp would be asked at, were it running.
    here = Config(providers={"local": replace(built_in("local"), launch=False, base_url=server.url)})
    with record("greeting", folder=tmp_path, env={}, config=here) as client:
        client.generate_text("local:smollm2", "Hi.")
    with no_network(), replay("greeting", folder=tmp_path, env={}, config=Config()) as client:
        assert client.generate_text("local:smollm2", "Hi.").unwrap().text == "Hello."


def test_a_block_that_fails_records_nothing(server: FaultServer, tmp_path: Path) -> None:
    def block() -> None:
        with record("greeting", folder=tmp_path, env=ENV, config=config(server)) as client:
            client.generate_text(MODEL, "Hi.")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        block()
    assert list(tmp_path.iterdir()) == []


def test_a_block_that_asks_nothing_cannot_be_recorded(tmp_path: Path) -> None:
    with (
        pytest.raises(FixtureError, match="nothing was asked"),
        record("greeting", folder=tmp_path, env={}, config=Config()),
    ):
        pass


def test_what_was_never_recorded_cannot_be_replayed(tmp_path: Path) -> None:
    with (
        pytest.raises(FixtureError, match=r"greeting is of no use: there is none"),
        replay("greeting", folder=tmp_path, env={}, config=Config()),
    ):
        raise AssertionError("the block ran")


@pytest.mark.parametrize("name", ["", "a//b", "/a", "a/"])
def test_a_name_has_no_empty_parts(name: str, tmp_path: Path) -> None:
    with pytest.raises(FixtureError, match="is no name"), record(name, folder=tmp_path, env={}, config=Config()):
        raise AssertionError("the block ran")


def recorded(server: FaultServer, folder: Path) -> Replay:
    with record("greeting", folder=folder, env=ENV, config=config(server)) as client:
        client.generate_text(MODEL, "Hi.")
        client.generate_text(MODEL, "Ho.")
    return replay("greeting", folder=folder, env={}, config=config(server))


def test_another_request_fails_the_block_even_if_nobody_looks(server: FaultServer, tmp_path: Path) -> None:
    with (
        pytest.raises(FixtureError, match=r"\$\.messages\[0\]\.content differs") as caught,
        recorded(server, tmp_path) as client,
    ):
        assert isinstance(client.generate_text(MODEL, "He.").failure(), FixtureDrift)
    assert isinstance(caught.value.error, FixtureDrift)


def test_a_request_too_few_fails_the_block(server: FaultServer, tmp_path: Path) -> None:
    with (
        pytest.raises(FixtureError, match="1 of its exchanges were not asked for") as caught,
        recorded(server, tmp_path) as client,
    ):
        client.generate_text(MODEL, "Ho.")
    assert isinstance(caught.value.error, BadFixture)


def test_an_exception_is_not_hidden_by_what_was_not_asked(server: FaultServer, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), recorded(server, tmp_path):
        raise ZeroDivisionError


def test_another_client_is_refused_the_network(server: FaultServer, tmp_path: Path) -> None:
    async def other() -> object:
        async with AsyncClient(env=ENV, config=config(server)) as client:
            return (await client.generate_text(MODEL, "Hi.")).failure()

    session = recorded(server, tmp_path)
    asked = len(server.requests)
    session.begin()
    with Client(env=ENV, config=config(server)) as client:
        error = client.generate_text(MODEL, "Hi.").failure()
    assert isinstance(error, FixtureDrift)
    assert "through a client of its own" in error.built
    assert asyncio.run(other()) == error
    with pytest.raises(FixtureError, match="the client differs"):
        session.finish(passed=True)
    assert len(server.requests) == asked
    with Client(env=ENV, config=config(server)) as client:
        assert client.generate_text(MODEL, "Hi.").unwrap().text == "Again."


def test_another_client_is_allowed_if_that_is_wanted(server: FaultServer, tmp_path: Path) -> None:
    recorded(server, tmp_path)
    with (
        replay("greeting", folder=tmp_path, guard="none", env={}, config=Config()) as client,
        Client(env=ENV, config=config(server)) as other,
    ):
        assert other.generate_text(MODEL, "Hi.").unwrap().text == "Again."
        for prompt in ("Hi.", "Ho."):
            client.generate_text(MODEL, prompt).unwrap()


def test_sockets_that_lead_off_this_machine_are_refused_if_that_is_wanted(server: FaultServer, tmp_path: Path) -> None:
    recorded(server, tmp_path)
    own = socket.socket.connect
    with replay("greeting", folder=tmp_path, guard="sockets", env={}, config=Config()) as client:
        for prompt in ("Hi.", "Ho."):
            client.generate_text(MODEL, prompt).unwrap()
        with socket.create_connection(("127.0.0.1", server.port), 5):
            pass
        with socket.socket() as raw, pytest.raises(NetworkRefusedError, match=r"192\.0\.2\.1"):
            raw.connect(("192.0.2.1", 9))
        with socket.socket() as raw, pytest.raises(NetworkRefusedError):
            raw.connect_ex(("192.0.2.1", 9))
    assert socket.socket.connect is own


def test_sessions_may_end_in_any_order(server: FaultServer, tmp_path: Path) -> None:
    recorded(server, tmp_path)
    one, two = (replay("greeting", folder=tmp_path, env={}, config=Config()) for _ in range(2))
    one.begin()
    two.begin()
    one.finish(passed=False)
    with Client(env=ENV, config=config(server)) as client:
        assert isinstance(client.generate_text(MODEL, "Hi.").failure(), FixtureDrift)
        two.finish(passed=False)
        assert client.generate_text(MODEL, "Hi.").unwrap().text == "Again."


def test_a_program_may_make_its_own_client(server: FaultServer, tmp_path: Path) -> None:
    session = recorded(server, tmp_path)
    session.begin()
    with Client(http=session.http(), **session.setup()) as client:
        assert client.generate_text(MODEL, "Hi.").unwrap().text == "Hello."
    with Client(http=session.http(), **session.setup()) as client:
        assert client.generate_text(MODEL, "Ho.").unwrap().text == "Again."
    session.finish(passed=True)


def test_waits_between_tries_are_not_waited(tmp_path: Path) -> None:
    with FaultServer([refusal(429, "slow", "slow", {"Retry-After": "1"}), streamed_answer("ok")]) as server:
        with record("slow", folder=tmp_path, env=ENV, config=config(server)) as client:
            assert client.generate_text(MODEL, "Hi.").unwrap().attempts == 2
        text = (tmp_path / "slow.json").read_text()
        (tmp_path / "slow.json").write_text(text.replace('"retry-after": "1"', '"retry-after": "100"'))
    with replay("slow", folder=tmp_path, env={}, config=Config()) as client:
        assert client.generate_text(MODEL, "Hi.").unwrap().attempts == 2


def test_nothing_listens_and_that_is_recorded(tmp_path: Path) -> None:
    nowhere = Config(providers={"openai": replace(built_in("openai"), base_url="http://127.0.0.1:9/v1")}, retries=0)
    with record("down", folder=tmp_path, env=ENV, config=nowhere) as client:
        then = client.generate_text(MODEL, "Hi.").failure()
    with no_network(), replay("down", folder=tmp_path, env={}, config=nowhere) as client:
        now = client.generate_text(MODEL, "Hi.").failure()
    assert isinstance(then, Unreachable)
    assert now == then
