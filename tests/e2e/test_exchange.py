"""What both clients make of what a server does, over real sockets: the same for both."""

import sys
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import pytest
from returns.result import Failure, Success

from e2e.cases import Case
from e2e.doors import Entrance
from e2e.plain import PLAIN
from e2e.sight import is_whole, named, seen
from e2e.streamed import STREAMED
from fakes.replies import (
    Reply,
    answer,
    body,
    refusal,
    silence,
    stream,
    streamed_answer,
    words,
)
from fakes.server import DeafListener, FaultServer
from modelmix import (
    Deadlines,
    ObjectMismatch,
    Options,
    Policy,
    Rejected,
    Truncated,
)
from modelmix.errors import Sent

MODEL: Final = "openai:gpt-4o"
QUICK: Final = Policy(first=0.01)
ONCE: Final = Policy(retries=0)
KEY: Final = "sk-canary-4f6c1d0b9a7e"


@pytest.mark.parametrize("case", PLAIN.values(), ids=PLAIN)
def test_a_whole_answer(entrance: Entrance, case: Case) -> None:
    with (
        FaultServer(case.replies) as server,
        entrance(policy=QUICK, deadlines=case.deadlines, bounds=case.bounds) as client,
    ):
        outcome = client.text(MODEL, "What is 2+2?", base_url=server.url)
        assert seen(outcome, len(server.requests)) == case.expected


@pytest.mark.parametrize("case", STREAMED.values(), ids=STREAMED)
def test_a_streamed_answer(entrance: Entrance, case: Case) -> None:
    with (
        FaultServer(case.replies) as server,
        entrance(policy=QUICK, deadlines=case.deadlines, bounds=case.bounds) as client,
    ):
        streamed = client.stream(MODEL, "What is 2+2?", base_url=server.url)
        assert seen(streamed.outcome, len(server.requests)) == case.expected
        assert is_whole(streamed)


def test_nothing_answers_at_a_port_that_nobody_listens_on(entrance: Entrance) -> None:
    with FaultServer(answer("4")) as server:
        url = server.url
    with entrance(policy=QUICK) as client:
        assert named(client.text(MODEL, "hi", base_url=url).failure()) == "unreachable/refused"


@dataclass(frozen=True)
class Deaf:
    """A listener that never reads, and the deadline that passes there."""

    room: bool
    deadlines: Deadlines
    prompt: str
    expected: str


DEAF: Final = {
    "connect, where the network gives no answer": Deaf(
        room=False, deadlines=Deadlines(connect=0.2), prompt="hi", expected="timed_out/connect/0.2"
    ),
    "write, where the server does not read": Deaf(
        room=True, deadlines=Deadlines(write=0.2), prompt="x" * (24 << 20), expected="timed_out/write/0.2"
    ),
    "first_token, where the server reads and says nothing": Deaf(
        room=True, deadlines=Deadlines(first_token=0.2), prompt="hi", expected="timed_out/first_token/0.2"
    ),
}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems treat a full backlog in other ways")
@pytest.mark.parametrize("case", DEAF.values(), ids=DEAF)
def test_the_deadline_that_passes_is_named(entrance: Entrance, case: Deaf) -> None:
    with (
        DeafListener(room=case.room) as listener,
        entrance(policy=ONCE, deadlines=case.deadlines) as client,
    ):
        begun = time.monotonic()
        problem = client.stream(MODEL, case.prompt, base_url=listener.url).outcome.failure()
        assert named(problem) == case.expected
        assert time.monotonic() - begun < 2


HINTS: Final[dict[str, tuple[dict[str, str], float]]] = {
    "Retry-After in seconds": ({"Retry-After": "0.3"}, 0.3),
    "retry-after-ms wins": ({"retry-after-ms": "200", "Retry-After": "9"}, 0.2),
    "the words of the message": ({}, 0.25),
}


@pytest.mark.parametrize(("headers", "least"), HINTS.values(), ids=HINTS)
def test_a_wait_that_is_asked_for_is_waited(entrance: Entrance, headers: dict[str, str], least: float) -> None:
    slow = refusal(429, "rate_limit_exceeded", "Please try again in 250ms.", headers)
    with FaultServer((slow, answer("4"))) as server, entrance(policy=QUICK) as client:
        assert isinstance(client.text(MODEL, "hi", base_url=server.url), Success)
        first, second = server.requests
        # At most a tenth more, and what a busy machine adds.
        assert least <= second.at - first.at < least * 1.1 + 0.3


def test_the_tries_of_a_call_are_counted_and_told(entrance: Entrance) -> None:
    slow = refusal(429, "rate_limit_exceeded", "slow down", {"retry-after-ms": "10"})
    script = (slow, silence("reset"), answer("4"))
    with FaultServer(script) as server, entrance(policy=QUICK) as client:
        assert client.text(MODEL, "hi", base_url=server.url).unwrap().attempts == 3
    with FaultServer((slow, slow, refusal(500, "server_error", "oops"))) as server, entrance(policy=QUICK) as client:
        problem = client.stream(MODEL, "hi", base_url=server.url).outcome.failure()
    assert isinstance(problem, Rejected)
    assert problem.status == 500
    assert [attempt.status for attempt in problem.attempts] == [429, 429]
    assert all(0.01 <= attempt.delay <= 0.011 for attempt in problem.attempts)


def test_all_tries_of_a_call_carry_one_idempotency_key(entrance: Entrance) -> None:
    later = refusal(503, "unavailable", "later")
    with FaultServer((later, later, answer("4"), answer("4"))) as server, entrance(policy=QUICK) as client:
        for _ in range(2):
            assert isinstance(client.text(MODEL, "hi", base_url=server.url), Success)
        keys = [request.headers["idempotency-key"] for request in server.requests]
    assert keys[0] == keys[1] == keys[2] != keys[3]


def test_an_error_tells_who_where_and_how_far(entrance: Entrance) -> None:
    head = {"x-request-id": "req-7"}
    with FaultServer(stream(*words("Hel"), headers=head)) as server, entrance() as client:
        problem = client.stream(MODEL, "hi", base_url=server.url).outcome.failure()
    assert isinstance(problem, Truncated)
    assert (problem.provider, problem.request_id, problem.phase) == ("openai", "req-7", "mid_stream")
    assert problem.partial is not None
    assert (problem.partial.text, problem.partial.model) == ("Hel", "gpt-4o-2024-08-06")


def test_a_response_tells_its_cost_its_adaptations_and_its_ids(entrance: Entrance) -> None:
    script = body(answer("4").steps[0].data, "application/json", headers={"x-request-id": "req-7"})
    with FaultServer(script) as server, entrance() as client:
        options = Options(max_tokens=5, temperature=1.0)
        plain = client.text(MODEL, "hi", base_url=server.url).unwrap()
        bent = client.text(
            "openai:gpt-5-mini", "hi", base_url=server.url, options=options, dialect="openai-chat"
        ).unwrap()
    # 15 tokens at 2.50 and 3 at 10 dollars a million.
    assert plain.cost is not None
    assert plain.cost.total == Decimal("0.0000675")
    assert [(item.name, item.tokens) for item in plain.cost.items] == [("input", 15), ("output", 3)]
    assert (plain.request_id, plain.id, plain.spec) == ("req-7", "chatcmpl-1", MODEL)
    assert plain.adaptations == ()
    why = [(change.field, change.action, change.into) for change in bent.adaptations]
    assert sorted(why) == [("max_tokens", "renamed", "max_completion_tokens"), ("temperature", "dropped", None)]
    assert all(change.why for change in bent.adaptations)


@dataclass
class City:
    """What is asked for below."""

    name: str
    people: int = 0


OBJECTS: Final = {
    "an object that fits": (answer('{"name":"Paris","people":2}'), City("Paris", 2)),
    "an object in a code fence": (answer('```json\n{"name":"Paris","people":2}\n```'), City("Paris", 2)),
    "what strict mode fills with null is left out": (answer('{"name":"Paris","people":null}'), City("Paris")),
    "an object that does not fit": (answer('{"name":5}'), ObjectMismatch),
    "words": (answer("Paris"), ObjectMismatch),
    "a refusal": (answer(None, refusal="No."), ObjectMismatch),
    "an object that is cut": (answer('{"name":"Pa', finish="length"), Truncated),
}


@pytest.mark.parametrize(("reply", "expected"), OBJECTS.values(), ids=OBJECTS)
def test_an_object(entrance: Entrance, reply: Reply, expected: City | type[Sent]) -> None:
    with FaultServer(reply) as server, entrance() as client:
        outcome = client.make(MODEL, "Paris", City, base_url=server.url)
        sent = server.requests[0].body
    assert b'"json_schema"' in sent
    match outcome:
        case Success(found):
            assert found == expected
        case Failure(problem):
            assert type(problem) is expected
            assert isinstance(problem, Sent)
            assert problem.partial is not None


def test_what_is_sent_says_what_was_asked(entrance: Entrance) -> None:
    with FaultServer(streamed_answer("4")) as server, entrance() as client:
        client.stream(MODEL, "hi", base_url=server.url, system="Be brief", options=Options(temperature=0.5))
        (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept"] == "text/event-stream"
    # Compressed streams come in bursts.
    assert request.headers["accept-encoding"] == "identity"
    assert b'"temperature":0.5' in request.body
    assert b'"include_usage":true' in request.body
