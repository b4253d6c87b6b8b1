"""Tools run for a model over real sockets: what is sent, what is called, what is told, for both clients."""

import asyncio
import contextvars
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pytest
from returns.result import Success

from e2e.cases import tool as called
from e2e.doors import DOORS, AsyncDoor, BlockingDoor
from fakes.replies import DONE, Reply, Step, answer, delta, refusal, silence, stream, usage_chunk, words
from fakes.server import FaultServer
from modelmix import (
    AsyncClient,
    CallEnded,
    CallStarted,
    Config,
    Finished,
    OneTool,
    Options,
    Policy,
    Rejected,
    Round,
    Text,
    TextDelta,
    ToolRun,
    ToolsStopped,
    ToolStarted,
    Usage,
    tool,
)

MODEL: Final = "openai:gpt-4o"
ASKED: Final = "What is the weather?"
LONGEST: Final = 20


def weather(city: str) -> str:
    """The weather of a city."""
    return f"rain in {city}"


async def clock(zone: str = "UTC") -> dict[str, str]:
    """The time."""
    await asyncio.sleep(0)
    return {"zone": zone, "time": "noon"}


def broken(city: str) -> str:
    """Never works."""
    raise LookupError(f"no such city: {city}")


def calls(*asked: tuple[str, str, str]) -> Reply:
    """An answer with nothing but calls: id, name, arguments."""
    made = [called(name, arguments, call, index) for index, (call, name, arguments) in enumerate(asked)]
    return answer(None, finish="tool_calls", tool_calls=made)


OSLO: Final = ("c1", "weather", '{"city":"Oslo"}')
NOON: Final = ("c2", "clock", "{}")
FINAL: Final = answer("It rains.")


@pytest.fixture(params=DOORS.values(), ids=list(DOORS))
def door(request: pytest.FixtureRequest) -> Iterator[BlockingDoor | AsyncDoor]:
    with request.param(policy=Policy(retries=0)) as made:
        yield made


def bodies(server: FaultServer) -> list[Any]:
    return [json.loads(request.body) for request in server.requests]


def test_calls_are_run_and_their_results_sent_until_there_is_an_answer(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer([calls(OSLO, NOON), FINAL]) as server:
        run = door.tools(MODEL, ASKED, [weather, tool(clock)], base_url=server.url, system="Be brief.").unwrap()
        first, second = bodies(server)
    assert [entry["function"]["name"] for entry in first["tools"]] == ["weather", "clock"]
    assert second["messages"][0] == {"role": "system", "content": "Be brief."}
    assert second["messages"][3:] == [
        {"role": "tool", "tool_call_id": "c1", "content": "rain in Oslo"},
        {"role": "tool", "tool_call_id": "c2", "content": '{"zone":"UTC","time":"noon"}'},
    ]
    assert run.response.text == "It rains."
    assert (len(run.rounds), run.errors) == (2, ())
    assert run.usage == Usage(input=30, output=6, total=36)
    # 2.50 and 10.00 dollars a million.
    assert run.cost is not None
    assert f"{run.cost.total:f}".rstrip("0") == "0.000135"
    # The system prompt is no part of what is gone on with.
    assert [type(message).__name__ for message in run.messages] == ["User", "Assistant", "Tool", "Assistant"]


def test_a_run_can_be_gone_on_with(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer([calls(OSLO), FINAL, answer("Bye.")]) as server:
        run = door.tools(MODEL, ASKED, [weather], base_url=server.url).unwrap()
        after = door.tools(MODEL, run.messages, [weather], base_url=server.url).unwrap()
        assert len(bodies(server)[-1]["messages"]) == 4
    assert after.messages == (*run.messages, after.response.message)


def test_errors_go_to_the_model_and_to_the_caller(door: BlockingDoor | AsyncDoor) -> None:
    asked = (
        ("c1", "weather", '{"city":'),
        ("c2", "weather", '{"town":"Oslo"}'),
        ("c3", "os.remove", "{}"),
        ("c4", "broken", '{"city":"Oslo"}'),
        ("c5", "weather", '{"city":"Rome"}'),
    )
    touched: list[str] = []

    def weather(city: str) -> str:
        touched.append(city)
        return "sun"

    with FaultServer([calls(*asked), FINAL]) as server:
        run = door.tools(MODEL, ASKED, [weather, broken], base_url=server.url).unwrap()
        told = {message["tool_call_id"]: message["content"] for message in bodies(server)[1]["messages"][2:]}
    assert touched == ["Rome"]
    assert [(error.kind, error.call.id) for error in run.errors] == [
        ("bad_arguments", "c1"),
        ("bad_arguments", "c2"),
        ("unknown_tool", "c3"),
        ("raised", "c4"),
    ]
    assert isinstance(run.errors[3].exception, LookupError)
    assert told["c4"].endswith("The tool failed: LookupError: no such city: Oslo")
    assert "there is no tool `os.remove`" in told["c3"]
    assert told["c5"] == "sun"
    assert [ended.result.is_error for ended in run.rounds[0].ended] == [True, True, True, True, False]


def test_a_forced_choice_holds_for_the_first_answer_only(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer([calls(OSLO), FINAL]) as server:
        door.tools(MODEL, ASKED, [weather], base_url=server.url, tool_choice=OneTool("weather")).unwrap()
        first, second = bodies(server)
    assert first["tool_choice"] == {"type": "function", "function": {"name": "weather"}}
    assert "tool_choice" not in second


def test_rounds_that_are_used_up_keep_the_conversation(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer([calls(OSLO), calls(OSLO), FINAL]) as server:
        problem = door.tools(MODEL, ASKED, [weather], base_url=server.url, max_rounds=2).failure()
        assert isinstance(problem, ToolsStopped)
        assert (problem.rounds, problem.cause, len(problem.messages)) == (2, None, 4)
        # What is left is run when it is gone on with.
        run = door.tools(MODEL, problem.messages, [weather], base_url=server.url).unwrap()
        assert bodies(server)[2]["messages"][4] == {"role": "tool", "tool_call_id": "c1", "content": "rain in Oslo"}
    assert run.response.text == "It rains."


def test_a_later_call_that_fails_keeps_the_conversation(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer([calls(OSLO), refusal(401, "invalid_api_key", "no")]) as server:
        problem = door.tools(MODEL, ASKED, [weather], base_url=server.url).failure()
    assert isinstance(problem, ToolsStopped)
    assert isinstance(problem.cause, Rejected)
    assert problem.messages[-1] == problem.messages[2]
    with FaultServer(refusal(401, "invalid_api_key", "no")) as server:
        assert isinstance(door.tools(MODEL, ASKED, [weather], base_url=server.url).failure(), Rejected)


def test_an_answer_that_was_cut_runs_nothing(door: BlockingDoor | AsyncDoor) -> None:
    cut = answer(None, finish="length", tool_calls=[called("clock", "", "c1")])
    with FaultServer(cut) as server:
        run = door.tools(MODEL, ASKED, [clock], base_url=server.url).unwrap()
    assert (run.response.finish, len(run.messages), run.rounds[0].ended) == ("length", 2, ())


def test_events_and_steps_can_be_watched(door: BlockingDoor | AsyncDoor) -> None:
    asking = stream(delta(tool_calls=[called("weather", '{"city":"Oslo"}', "c1")]), delta("tool_calls"), DONE)
    saying = stream(*words("It ", "rains."), delta("stop"), usage_chunk(15, 3), DONE)
    seen: list[object] = []
    with FaultServer([asking, saying]) as server:
        run = door.tools(
            MODEL, ASKED, [weather], base_url=server.url, on_event=seen.append, on_step=seen.append
        ).unwrap()
        assert [request["stream"] for request in bodies(server)] == [True, True]
    kinds = [type(thing).__name__ for thing in seen]
    assert [kind for kind in kinds if kind in {"ToolStarted", "CallStarted", "CallEnded", "Round", "Finished"}] == [
        *("ToolStarted", "Finished", "CallStarted", "CallEnded", "Round"),
        *("Finished", "Round"),
    ]
    assert [thing.text for thing in seen if isinstance(thing, TextDelta)] == ["It ", "rains."]
    assert [thing for thing in seen if isinstance(thing, Round)] == list(run.rounds)
    assert any(isinstance(thing, ToolStarted) for thing in seen)
    assert isinstance(seen[-2], Finished)
    # The first answer has not said what it cost.
    assert (run.usage, run.cost) == (Usage(), None)


def test_steps_can_be_watched_without_a_stream(door: BlockingDoor | AsyncDoor) -> None:
    seen: list[object] = []
    threads: set[threading.Thread] = set()

    def watch(step: object) -> None:
        seen.append(step)
        threads.add(threading.current_thread())

    with FaultServer([calls(OSLO, ("c2", "nonesuch", "{}"), NOON), FINAL]) as server:
        door.tools(MODEL, ASKED, [weather, clock], base_url=server.url, on_step=watch).unwrap()
        assert [request["stream"] for request in bodies(server)] == [False, False]
    assert [step.call.id for step in seen if isinstance(step, CallStarted)] == ["c1", "c2"]
    assert sorted(step.call.id for step in seen if isinstance(step, CallEnded)) == ["c1", "c2", "c2"]
    assert threads == {threading.main_thread()}


def test_what_a_watcher_raises_is_its_owners(door: BlockingDoor | AsyncDoor) -> None:
    def watch(step: object) -> None:
        raise ZeroDivisionError(step)

    for asked in ([calls(OSLO), FINAL], [calls(OSLO, NOON), FINAL]):
        with FaultServer(asked) as server, pytest.raises(ZeroDivisionError):
            door.tools(MODEL, ASKED, [weather, clock], base_url=server.url, on_step=watch)


@pytest.mark.parametrize("parallel", [1, 3])
def test_calls_run_at_the_same_time_within_the_bound(door: BlockingDoor | AsyncDoor, parallel: int) -> None:
    lock, now, most = threading.Lock(), 0, 0

    def slow(number: int) -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.1)
        with lock:
            now -= 1
        return number

    asked = [(f"c{number}", "slow", json.dumps({"number": number})) for number in range(6)]
    with FaultServer([calls(*asked), FINAL]) as server:
        door.tools(MODEL, ASKED, [slow], base_url=server.url, parallel=parallel).unwrap()
        results = [message["content"] for message in bodies(server)[1]["messages"][2:]]
    assert most == parallel
    assert results == ["0", "1", "2", "3", "4", "5"]
    assert threading.active_count() < 12


def test_functions_that_wait_run_at_the_same_time(door: BlockingDoor | AsyncDoor) -> None:
    async def slow(number: int) -> int:
        await asyncio.sleep(0.3)
        return number

    asked = [(f"c{number}", "slow", json.dumps({"number": number})) for number in range(4)]
    begun = time.monotonic()
    with FaultServer([calls(*asked), FINAL]) as server:
        run = door.tools(MODEL, ASKED, [slow], base_url=server.url).unwrap()
    assert time.monotonic() - begun < 1.1
    assert run.errors == ()


MARK: Final = contextvars.ContextVar("mark", default="")


def test_functions_see_the_context_of_the_caller(door: BlockingDoor | AsyncDoor) -> None:
    def mark() -> str:
        return MARK.get()

    token = MARK.set("here")
    try:
        with FaultServer([calls(("c1", "mark", "{}"), ("c2", "mark", "{}")), FINAL]) as server:
            run = door.tools(MODEL, ASKED, [mark], base_url=server.url).unwrap()
    finally:
        MARK.reset(token)
    assert [ended.result.content for ended in run.rounds[0].ended] == [(Text("here"),), (Text("here"),)]


def test_options_and_retries_are_those_of_any_call() -> None:
    with (
        FaultServer([refusal(503, "unavailable", "later"), calls(OSLO), FINAL]) as server,
        BlockingDoor(policy=Policy(retries=1, first=0.001)) as door,
    ):
        run = door.tools(MODEL, ASKED, [weather], base_url=server.url, options=Options(max_tokens=9)).unwrap()
        assert [request["max_tokens"] for request in bodies(server)] == [9, 9, 9]
    assert run.rounds[0].response.attempts == 2


def test_a_cancelled_run_ends_its_tasks_and_closes_its_connection() -> None:
    ended: list[str] = []

    begun_all = asyncio.Event()
    begun_one: list[str] = []

    async def hang() -> str:
        begun_one.append("hang")
        if len(begun_one) == 2:
            begun_all.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("hang")
        return ""

    async def work(server: FaultServer) -> None:
        async with AsyncClient(env={}, config=Config()) as client:
            asked: Sequence[Any] = [hang]
            task = asyncio.create_task(client.run_tools(MODEL, ASKED, asked, base_url=server.url))
            await asyncio.wait_for(begun_all.wait(), 5)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert len(asyncio.all_tasks()) == 1

    begun = time.monotonic()
    with FaultServer([calls(("c1", "hang", "{}"), ("c2", "hang", "{}")), FINAL]) as server:
        asyncio.run(work(server))
        assert len(server.requests) == 1
    assert ended == ["hang", "hang"]
    assert time.monotonic() - begun < 5


def test_a_cancelled_question_to_the_model_ends_the_run() -> None:
    async def work(server: FaultServer) -> None:
        async with AsyncClient(env={}, config=Config()) as client:
            task = asyncio.create_task(client.run_tools(MODEL, ASKED, [weather], base_url=server.url))
            while not await asyncio.to_thread(server.is_silent, 1.0):
                pass
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(server.was_left, 2.0)

    with FaultServer([calls(OSLO), silence("stall")]) as server:
        asyncio.run(work(server))


INTERRUPTED: Final = """
import signal, sys, threading, time
from modelmix import Client, Config

begun, done, interrupted = [], [], threading.Event()

def interrupt(number, frame):
    interrupted.set()
    raise KeyboardInterrupt

signal.signal(signal.SIGINT, interrupt)

def slow(number: int) -> int:
    begun.append(number)
    if len(begun) == 2:
        print("begun", flush=True)
    interrupted.wait(15)
    time.sleep(1)
    done.append(number)
    return number

try:
    with Client(env={}, config=Config()) as client:
        client.run_tools("openai:gpt-4o", "go", [slow], parallel=2, base_url=sys.argv[1])
except KeyboardInterrupt:
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("modelmix-tool")]
    print("interrupted", len(begun), sorted(done) == sorted(begun), left)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
def test_an_interrupt_leaves_no_thread_behind() -> None:
    asked = [(f"c{number}", "slow", json.dumps({"number": number})) for number in range(6)]
    with FaultServer([calls(*asked), FINAL]) as server:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", INTERRUPTED, server.url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline() == "begun\n"
                process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=LONGEST)
            except BaseException:
                process.kill()
                raise
        assert len(server.requests) == 1
    # Two had begun and were waited for; the other four never ran.
    assert (out, err, process.returncode) == ("interrupted 2 True []\n", "", 0)


def test_a_step_that_stalls_is_bounded_by_the_deadline_of_the_call() -> None:
    from modelmix import Deadlines, TimedOut

    with (
        FaultServer([calls(OSLO), Reply(200, {}, (Step(action="stall"),), "chunked")]) as server,
        BlockingDoor(policy=Policy(retries=0), deadlines=Deadlines(total=0.3)) as door,
    ):
        problem = door.tools(MODEL, ASKED, [weather], base_url=server.url).failure()
    assert isinstance(problem, ToolsStopped)
    assert isinstance(problem.cause, TimedOut)


def test_the_functions_of_the_package_run_tools_too() -> None:
    from modelmix import aio, run_tools

    with FaultServer([calls(OSLO), FINAL, calls(OSLO), FINAL]) as server:
        run = run_tools("openai:gpt-4o", ASKED, [weather], base_url=server.url)
        again = asyncio.run(_awaited(aio.run_tools("openai:gpt-4o", ASKED, [weather], base_url=server.url)))
    assert isinstance(run, Success)
    assert run.unwrap().response.text == again.response.text == "It rains."


async def _awaited(work: Any) -> ToolRun:
    run: ToolRun = (await work).unwrap()
    return run
