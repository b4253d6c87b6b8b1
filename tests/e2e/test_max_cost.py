"""A limit on cost holds before anything is sent: for every way to ask, over tries and rounds, and in commands."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final, TypedDict

import pytest
from msgspec import Struct
from returns.result import Failure

from e2e.cases import tool as called
from e2e.doors import DOORS, AsyncDoor, BlockingDoor
from e2e.shell import Shell
from fakes.replies import Reply, answer, refusal, silence, streamed_answer, whole
from fakes.server import FaultServer
from modelmix import BadRequest, Options, Outcome, Policy, TooCostly, ToolsStopped, Unpriced
from modelmix.ast.toolrun import ToolRun
from modelmix.catalog.catalog import Catalog
from modelmix.spec import Spec
from modelmix.worst import worst_case
from unit.making import call, target

MODEL: Final = "openai:gpt-4o"
FEW: Final = Options(max_tokens=10)
KEY: Final = {"OPENAI_API_KEY": "sk-test-0123456789"}


class Placed(TypedDict):
    """What is said in every case here."""

    base_url: str
    max_cost: Decimal


class Limited(Placed):
    """What is said with a prompt."""

    options: Options


class Jane(Struct):
    """Somebody."""

    name: str


def clock() -> str:
    """The time."""
    return "noon"


@pytest.fixture(params=DOORS.values(), ids=list(DOORS))
def door(request: pytest.FixtureRequest) -> Iterator[BlockingDoor | AsyncDoor]:
    with request.param(env=KEY, policy=Policy(retries=2, first=0.001)) as made:
        yield made


Asking = Callable[[BlockingDoor | AsyncDoor, Limited], Outcome[object]]

WAYS: Final[dict[str, Asking]] = {
    "text": lambda door, said: door.text(MODEL, "hi", **said),
    "stream": lambda door, said: door.stream(MODEL, "hi", **said).outcome,
    "object": lambda door, said: door.make(MODEL, "hi", Jane, **said),
    "streamed object": lambda door, said: door.grow(MODEL, "hi", Jane, **said).outcome,
    "tools": lambda door, said: door.tools(MODEL, "hi", [clock], **said),
    "tools, streamed": lambda door, said: door.tools(MODEL, "hi", [clock], on_event=lambda _: None, **said),
    "vectors": lambda door, said: door.embed("openai:text-embedding-3-small", "hi", **without_options(said)),
}


def without_options(said: Limited) -> Placed:
    return Placed(base_url=said["base_url"], max_cost=said["max_cost"])


@pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS)
def test_nobody_is_connected_to_for_a_call_that_may_cost_too_much(door: BlockingDoor | AsyncDoor, ask: Asking) -> None:
    with FaultServer(answer("hi")) as server:
        outcome = ask(door, Limited(base_url=server.url, max_cost=Decimal("0.0000001"), options=FEW))
        assert server.connections == 0
    assert isinstance(outcome, Failure)
    error = outcome.failure()
    assert isinstance(error, TooCostly)
    assert error.worst is not None
    assert (error.limit, error.spent, error.why) == (Decimal("0.0000001"), Decimal(0), None)
    assert error.worst > error.limit


@pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS)
def test_a_limit_that_is_no_amount_is_refused(door: BlockingDoor | AsyncDoor, ask: Asking) -> None:
    with FaultServer(answer("hi")) as server:
        outcome = ask(door, Limited(base_url=server.url, max_cost=Decimal(-1), options=FEW))
        assert server.connections == 0
    error = outcome.failure()
    assert isinstance(error, BadRequest)
    assert error.field == "max_cost"


def test_a_call_within_the_limit_is_made(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(answer("hi")) as server:
        found = door.text(MODEL, "hi", base_url=server.url, max_cost=Decimal("0.01"), options=FEW).unwrap()
    assert found.text == "hi"


def test_what_is_unknown_is_not_sent_where_there_is_a_limit(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(answer("hi")) as server:
        outcome = door.text("openai:new", "hi", base_url=server.url, unlisted=True, max_cost=Decimal(1000))
        assert server.connections == 0
    assert outcome.failure() == TooCostly(spec="openai:new", limit=Decimal(1000), why=Unpriced(why="unlisted"))


@pytest.mark.parametrize("made", DOORS.values(), ids=DOORS)
def test_a_client_may_have_a_limit_for_all_its_calls(made: type[BlockingDoor] | type[AsyncDoor]) -> None:
    with FaultServer(answer("hi")) as server, made(env=KEY, max_cost=Decimal("0.0000001")) as door:
        outcome = door.text(MODEL, "hi", base_url=server.url, options=FEW)
        assert server.connections == 0
        own = door.text(MODEL, "hi", base_url=server.url, options=FEW, max_cost=Decimal("0.01"))
    assert isinstance(outcome.failure(), TooCostly)
    assert own.unwrap().text == "hi"


def bound() -> Decimal:
    """The most that one try of `Hello.` in ten tokens may cost."""
    entry = Catalog().find(Spec("openai", "gpt-4o")).unwrap().model
    worst = worst_case(call(target(entry=entry), stream=False, options=FEW)).cost
    assert worst is not None
    return worst


LOST: Final = silence("reset")
SLOW: Final = refusal(429, "rate_limit_exceeded", "slow down")
AGAIN: dict[str, tuple[Reply, str, int]] = {
    # the reply to the first try, how many worst cases may be spent: tries that are made
    "a reply that was lost may have been billed": (LOST, "1.9", 1),
    "there is enough for two": (LOST, "2", 2),
    "a refusal costs nothing": (SLOW, "1", 2),
}


@pytest.mark.parametrize(("first", "times", "tries"), AGAIN.values(), ids=AGAIN)
def test_the_limit_holds_over_all_tries(door: BlockingDoor | AsyncDoor, first: Reply, times: str, tries: int) -> None:
    with FaultServer([first, answer("hi")]) as server:
        limit = bound() * Decimal(times)
        outcome = door.text(MODEL, "Hello.", base_url=server.url, max_cost=limit, options=FEW)
        assert len(server.requests) == tries
    assert isinstance(outcome, Failure) is (tries == 1)


def asking(*, spent: int, made: int) -> Reply:
    return answer(None, spent, made, "tool_calls", tool_calls=[called("clock", "{}", "c1", 0)])


def run(door: BlockingDoor | AsyncDoor, server: FaultServer, limit: str) -> Outcome[ToolRun]:
    return door.tools(MODEL, "hi", [clock], base_url=server.url, max_cost=Decimal(limit), options=FEW)


def test_the_limit_holds_over_all_rounds(door: BlockingDoor | AsyncDoor) -> None:
    # 1,000 × 2.50 + 1,000 × 10, in millionths: 0.0125 of 0.013.
    with FaultServer([asking(spent=1000, made=1000), answer("noon")]) as server:
        error = run(door, server, "0.013").failure()
        assert len(server.requests) == 1
    assert isinstance(error, ToolsStopped)
    assert isinstance(error.cause, TooCostly)
    assert (error.cause.limit, error.cause.spent) == (Decimal("0.013"), Decimal("0.0125"))
    assert error.rounds == 1
    assert error.cost is not None
    assert error.cost.total == Decimal("0.0125")


def test_rounds_that_cost_little_leave_enough_for_more(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer([asking(spent=100, made=10), answer("noon")]) as server:
        done = run(door, server, "0.013").unwrap()
    assert done.response.text == "noon"


def test_a_round_of_unknown_cost_counts_as_the_most_it_may_have_cost(door: BlockingDoor | AsyncDoor) -> None:
    message = {"role": "assistant", "content": None, "tool_calls": [called("clock", "{}", "c1", 0)]}
    untold = whole({"id": "1", "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]})
    with FaultServer([untold, answer("noon")]) as server:
        error = run(door, server, "0.002").failure()
        assert len(server.requests) == 1
    assert isinstance(error, ToolsStopped)
    assert isinstance(error.cause, TooCostly)
    assert error.cause.spent > 0


# The command line

ASK: Final = ("gen", "hi", "-m", MODEL, "--max-tokens", "10", "--api-key-env", "OPENAI_API_KEY")
EMBED: Final = ("embed", "hi", "-m", "openai:text-embedding-3-small", "--api-key-env", "OPENAI_API_KEY")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path, KEY)


COMMANDS = {
    "text": ASK,
    "text in one piece": (*ASK, "--no-stream"),
    "an object": (*ASK, "--json"),
    "an envelope": (*ASK, "--format", "json"),
    "vectors": EMBED,
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_command_that_may_cost_too_much_sends_nothing(shell: Shell, command: tuple[str, ...]) -> None:
    with FaultServer(streamed_answer("hi")) as server:
        told = shell.inside(*command, "--max-cost", "0.00000001", "--base-url", server.url)
        assert server.connections == 0
    assert (told.out, told.code) == ("", 2)
    lines = told.err.splitlines()
    assert lines[0].startswith("Error: Nothing was sent to openai:")
    assert lines[0].endswith(", and $0.00000001 is the limit")
    assert lines[2] == "Lower --max-tokens, take a cheaper model (mm models), or raise --max-cost"


def test_a_command_within_the_limit_is_carried_out(shell: Shell) -> None:
    with FaultServer(streamed_answer("hi")) as server:
        told = shell.inside(*ASK, "--max-cost", ".01", "--base-url", server.url)
    assert (told.out, told.code) == ("hi\n", 0)


def test_a_command_says_why_what_it_may_cost_is_unknown(shell: Shell) -> None:
    with FaultServer(streamed_answer("hi")) as server:
        place = ("--base-url", server.url, "--api-key-env", "OPENAI_API_KEY", "--max-cost", "5")
        told = shell.inside("gen", "hi", "-m", "openai:new", "--unlisted", *place)
        assert server.connections == 0
    assert told.code == 2
    assert told.err == (
        "Error: Nothing was sent to openai:new, as the most it may cost is unknown: "
        "the catalogue does not list the model\n\n"
        "Take a model with a price (mm models), or leave out --max-cost\n"
    )


AMOUNTS = ("-1", "1e3", "NaN", "inf", "Infinity", "1_000", "$1", "1,5", "", " 1", "1 ", "+1", "١", "0x1", "1.", "1.2.3")


@pytest.mark.parametrize("command", [ASK, EMBED], ids=["gen", "embed"])
@pytest.mark.parametrize("amount", AMOUNTS)
def test_an_amount_is_written_in_plain_decimals(shell: Shell, amount: str, command: tuple[str, ...]) -> None:
    with FaultServer(streamed_answer("hi")) as server:
        told = shell.inside(*command, f"--max-cost={amount}", "--base-url", server.url)
        assert server.connections == 0
    assert (told.out, told.code) == ("", 2)
    assert told.err.startswith("Error: max_cost cannot be ")
    assert told.err.endswith(": expected US dollars in plain decimals, such as 0.05\n")


def test_a_dry_run_tells_that_the_limit_would_refuse_it(shell: Shell) -> None:
    told = shell.inside(*ASK, "--dry-run", "--max-cost", "0.0001")
    assert told.code == 0
    assert "Worst case: $0.0" in told.err
    assert "Note: Nothing was sent to openai:gpt-4o: it may cost up to $0.0" in told.err


def test_a_local_model_costs_nothing_and_needs_no_price(shell: Shell) -> None:
    told = shell.inside("gen", "hi", "-m", "local:smollm2", "--dry-run", "--max-cost", "0")
    assert told.code == 0
    assert "Worst case: $0.000000" in told.err
    assert "Note" not in told.err
