"""What both clients do with connections, keys and memory, over real sockets: the same for both."""

import gzip
import logging
import time
import tracemalloc
from typing import Final

import pytest
from returns.result import Failure

from e2e.cases import Seen
from e2e.doors import Door, Entrance
from e2e.sight import named, seen
from fakes.replies import (
    DONE,
    Reply,
    Step,
    answer,
    broken,
    delta,
    refusal,
    silence,
    stream,
    streamed_answer,
    words,
)
from fakes.server import FaultServer
from modelmix import (
    Bounds,
    Config,
    Policy,
    Rejected,
    explain,
)
from modelmix.providers.provider import Auth, Provider

MODEL: Final = "openai:gpt-4o"
QUICK: Final = Policy(first=0.01)
ONCE: Final = Policy(retries=0)
KEY: Final = "sk-canary-4f6c1d0b9a7e"

# Connections


def _plain(client: Door, url: str) -> Seen:
    return seen(client.text(MODEL, "hi", base_url=url), 1)


def _streamed(client: Door, url: str) -> Seen:
    return seen(client.stream(MODEL, "hi", base_url=url).outcome, 1)


REUSED: Final = {
    "whole answers": (answer("Hello"), _plain),
    "streamed answers": (streamed_answer("Hel", "lo"), _streamed),
    "answers with more after [DONE]": (
        stream(*words("Hello"), delta("stop"), DONE, Step(b": more\n\n", 0.02)),
        _streamed,
    ),
    "refusals": (refusal(400, "invalid_request_error", "no"), _plain),
}


@pytest.mark.parametrize("case", REUSED.values(), ids=REUSED)
def test_fifty_requests_take_one_connection(entrance: Entrance, case: tuple[Reply, object]) -> None:
    reply, ask = case
    assert callable(ask)
    with FaultServer(reply) as server, entrance() as client:
        answers = {ask(client, server.url) for _ in range(50)}
        assert len(answers) == 1
        assert (len(server.requests), server.connections) == (50, 1)


def test_a_connection_that_the_server_closed_costs_no_failure(entrance: Entrance) -> None:
    closing = Reply(200, {"Content-Type": "application/json"}, (*answer("4").steps, Step(action="close")))
    with FaultServer(closing) as server, entrance(policy=QUICK) as client:
        answers = [_plain(client, server.url) for _ in range(3)]
        assert [told.text for told in answers] == ["4", "4", "4"]


def test_leaving_a_stream_early_closes_its_connection_at_once(entrance: Entrance) -> None:
    with FaultServer(broken(*words("Hel"), action="stall")) as server, entrance() as client:
        events = client.leave(MODEL, "hi", base_url=server.url)
        assert server.was_left(within=1)
        assert events


def test_a_stream_that_fails_closes_its_connection_at_once(entrance: Entrance) -> None:
    endless = broken(*words("Hel"), b'data: {"choices":[{"delta":\n\n', action="stall")
    with FaultServer(endless) as server, entrance() as client:
        assert named(client.stream(MODEL, "hi", base_url=server.url).outcome.failure()) == "undecodable/malformed_event"
        assert server.was_left(within=1)
        (request,) = server.requests
        # Finished streams are read on for a quarter of a second; there is nothing to gain from a broken one.
        assert time.monotonic() - request.at < 0.2


# Keys


def _mine(url: str) -> Config:
    """Settings with a provider of the user's own at a server."""
    provider = Provider(
        id="mine", name="Mine", dialect="openai-chat", base_url=url, auth=Auth(env=("MINE_KEY",)), any_model=True
    )
    return Config(providers={"mine": provider})


def test_no_stored_key_goes_to_a_base_url_of_the_callers(entrance: Entrance) -> None:
    with FaultServer(answer("4")) as server, entrance(env={"OPENAI_API_KEY": KEY}) as client:
        client.text(MODEL, "hi", base_url=server.url)
        client.text(MODEL, "hi", base_url=server.url, api_key="sk-given-0123456789")
        without, given = server.requests
    assert "authorization" not in without.headers
    assert KEY not in repr(without)
    assert given.headers["authorization"] == "Bearer sk-given-0123456789"


def test_a_provider_of_the_users_own_gets_its_own_key(entrance: Entrance) -> None:
    with FaultServer(answer("4")) as server, entrance(config=_mine(server.url), env={"MINE_KEY": KEY}) as client:
        assert client.text("mine:any", "hi").unwrap().text == "4"
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_takes_no_key_to_another_server(entrance: Entrance, status: int) -> None:
    with FaultServer(answer("4")) as second:
        moved = Reply(status, {"Location": f"http://user:pass@127.0.0.1:{second.port}/v1/chat/completions?key=secret"})
        with FaultServer(moved) as first, entrance() as client:
            problem = client.text(MODEL, "hi", base_url=first.url, api_key=KEY).failure()
        assert second.connections == 0
    assert isinstance(problem, Rejected)
    assert (problem.kind, problem.status) == ("redirect", status)
    # The target is told by its host alone.
    assert f"127.0.0.1:{second.port}" in problem.message
    assert "secret" not in repr(problem)
    assert "pass" not in repr(problem)


def test_a_key_is_in_nothing_that_is_printed_or_logged(
    entrance: Entrance, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "httpcore.connection", "httpcore.http11", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    script = (streamed_answer("4"), refusal(401, "invalid_api_key", "Incorrect API key"), silence("reset"), answer("4"))
    printed: list[str] = []
    with (
        FaultServer(script) as server,
        entrance(policy=ONCE, config=_mine(server.url), env={"MINE_KEY": KEY}) as client,
    ):
        printed += [repr(client.stream("mine:any", "hi")), client.shown(), repr(client), str(client)]
        for _ in range(3):
            outcome = client.text("mine:any", "hi")
            printed += [repr(outcome), str(outcome)]
            printed += [repr(explain(outcome.failure()))] if isinstance(outcome, Failure) else []
        assert [request.headers["authorization"] for request in server.requests] == [f"Bearer {KEY}"] * 4
    out, err = capfd.readouterr()
    assert caplog.records, "the libraries below log at DEBUG"
    assert KEY not in "".join([*printed, caplog.text, out, err])


# Bounds

_BOMB: Final = gzip.compress(b" " * (128 << 20), 1)
_PACKED: Final = {"Content-Type": "application/json", "Content-Encoding": "gzip"}


def test_a_compressed_body_that_opens_to_too_much_takes_little_memory(entrance: Entrance) -> None:
    bombs = (Reply(200, _PACKED, (Step(b"" + _BOMB),)), Reply(500, _PACKED, (Step(_BOMB),)))
    with FaultServer(bombs) as server, entrance(policy=ONCE, bounds=Bounds(total=4 << 20)) as client:
        tracemalloc.start()
        try:
            names = [named(client.text(MODEL, "hi", base_url=server.url).failure()) for _ in bombs]
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert names == ["too_large/reply", "rejected/server/500"]
    assert peak < 32 << 20
