"""What the public types promise: checked by both type checkers, never run.

Matching an outcome is exact and exhaustive; so is matching every union of the package. A case that a new member opens
is found here by the checkers, not by a user.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, assert_never, assert_type

from msgspec import Struct

from modelmix import (
    Adaptation,
    AsyncClient,
    CallEnded,
    CallStarted,
    Client,
    Counted,
    Embeddings,
    Event,
    Failure,
    FunctionTool,
    Message,
    MixError,
    ObjectStream,
    Options,
    Outcome,
    Part,
    Response,
    Round,
    Step,
    Stream,
    Success,
    ToolRun,
    Vector,
    aio,
    and_then,
    collect,
    count_tokens,
    either,
    embed,
    explain,
    fold,
    generate_object,
    generate_text,
    mapped,
    run_tools,
    stream_object,
    stream_text,
    tool,
    user,
)
from modelmix.ast.content import Source
from modelmix.ast.event import Failed, Finished, TextDelta
from modelmix.ast.message import Assistant, Developer, System, Tool, User
from modelmix.ast.options import AnyJson, FreeText, Output, Shaped
from modelmix.errors import Rejected, SentError
from modelmix.jsonvalue import JsonValue


class Weather(Struct):
    city: str
    degrees: float


@dataclass
class Point:
    x: int
    y: int


def an_outcome_is_matched_in_full(outcome: Outcome[Response]) -> str:
    match outcome:
        case Success(response):
            assert_type(response, Response)
            return response.text
        case Failure(error):
            assert_type(error, MixError)
            return explain(error).summary


def early_return_narrows(outcome: Outcome[int]) -> int:
    if isinstance(outcome, Failure):
        assert_type(outcome.failure(), MixError)
        return 0
    assert_type(outcome, Success[int])
    return outcome.unwrap()


def objects_have_the_type_that_was_asked_for(client: Client) -> None:
    assert_type(client.generate_object("openai:gpt-4o", "Weather?", Weather), Outcome[Weather])
    assert_type(generate_object("openai:gpt-4o", "Where?", Point), Outcome[Point])
    assert_type(client.generate_object("openai:gpt-4o", "Which?", list[int]), Outcome[list[int]])


def unions_and_words_have_their_type_too(client: Client, form: Shaped) -> None:
    assert_type(client.generate_object("openai:gpt-4o", "Which?", Weather | Point), Outcome[Weather | Point])
    assert_type(generate_object("openai:gpt-4o", "Which?", Literal["a", "b"]), Outcome[Literal["a", "b"]])
    assert_type(client.generate_object("openai:gpt-4o", "Which?", form), Outcome[JsonValue])


def objects_are_streamed_as_the_type_that_was_asked_for(client: Client, form: Shaped) -> None:
    assert_type(client.stream_object("openai:gpt-4o", "Weather?", Weather), Outcome[ObjectStream[Weather]])
    assert_type(stream_object("openai:gpt-4o", "Where?", form), Outcome[ObjectStream[JsonValue]])
    with client.stream_object("openai:gpt-4o", "Which?", list[Point]).unwrap() as stream:
        for point in stream.elements():
            assert_type(point, Point)
        assert_type(stream.result(), Outcome[list[Point]])
        assert_type(stream.response(), Outcome[Response])


async def asynchronous_objects_give_the_same(client: AsyncClient) -> None:
    async with (await client.stream_object("openai:gpt-4o", "Which?", list[Point])).unwrap() as stream:
        async for point in stream.elements():
            assert_type(point, Point)
        assert_type(await stream.result(), Outcome[list[Point]])


def tokens_are_counted_with_the_words_of_a_call() -> None:
    assert_type(count_tokens("openai:gpt-4o", "Hi"), Outcome[Counted])
    assert_type(count_tokens("openai:gpt-4o", [user("Hi")], system="Be brief"), Outcome[Counted])


def calls_take_the_same_words(client: Client) -> None:
    options = Options(temperature=0.2, max_tokens=10)
    assert_type(client.generate_text("openai:gpt-4o", "Hi", options=options, system="Be brief"), Outcome[Response])
    assert_type(generate_text("openai:gpt-4o", user("Hi"), api_key="k"), Outcome[Response])
    assert_type(stream_text("openai:gpt-4o", [user("Hi")], unlisted=True), Outcome[Stream])


async def asynchronous_calls_give_the_same(client: AsyncClient) -> None:
    assert_type(await client.generate_text("openai:gpt-4o", "Hi"), Outcome[Response])
    match await client.stream_text("openai:gpt-4o", "Hi"):
        case Success(stream):
            async with stream:
                async for event in stream:
                    assert_type(event, Event)
                assert_type(await stream.result(), Outcome[Response])
        case Failure(error):
            assert_type(error, MixError)


@tool
def weather(city: str, days: int = 1) -> Weather:
    """The weather of a city."""
    return Weather(city, days * 1.5)


async def clock(zone: str) -> str:
    return zone


async def a_tool_keeps_the_type_of_its_function() -> None:
    assert_type(weather("Oslo", days=2), Weather)
    assert_type(await tool(clock)("UTC"), str)
    any_tool: FunctionTool[..., object] = tool(clock)
    assert_type(any_tool.spec.name, str)


def tools_are_run_for_an_answer(client: Client) -> None:
    run = client.run_tools("openai:gpt-4o", "Weather?", [weather, clock], max_rounds=3, system="Be brief")
    assert_type(run, Outcome[ToolRun])
    assert_type(run_tools("openai:gpt-4o", "Weather?", [clock], on_step=steps_are_matched_in_full), Outcome[ToolRun])


def steps_are_matched_in_full(step: Step) -> str:
    match step:
        case CallStarted(call):
            return call.name
        case CallEnded(error=error):
            assert_type(None if error is None else error.exception, Exception | None)
            return "ended"
        case Round(response=response):
            return response.text
    assert_never(step)


def texts_become_vectors(client: Client) -> None:
    assert_type(client.embed("openai:text-embedding-3-small", "Hi", dimensions=256, task="query"), Outcome[Embeddings])
    match embed("openai:text-embedding-3-small", ["a", "b"], api_key="k"):
        case Success(result):
            vector: Vector = result.vectors[0]
            assert_type(vector[0], float)
        case Failure(error):
            assert_type(error, MixError)


async def asynchronous_tools_and_vectors_are_the_same(client: AsyncClient) -> None:
    assert_type(await client.run_tools("openai:gpt-4o", "Hi", [weather, clock]), Outcome[ToolRun])
    assert_type(await aio.embed("openai:text-embedding-3-small", "Hi"), Outcome[Embeddings])


def streams_give_events(stream: Stream) -> Iterator[str]:
    with stream:
        for event in stream:
            match event:
                case TextDelta(index, text):
                    assert_type(index, int)
                    yield text
                case Finished(reason, raw):
                    assert_type(raw, str | None)
                    yield reason
                case Failed(error):
                    assert_type(error, MixError)
                case _:
                    pass


def combinators_keep_both_channels(outcome: Outcome[int], error: MixError) -> None:
    assert_type(mapped(outcome, str), Outcome[str])
    assert_type(and_then(outcome, lambda number: Success(str(number)) if number else Failure(error)), Outcome[str])
    assert_type(either(outcome, str, lambda problem: explain(problem).summary), str)
    assert_type(collect([outcome, outcome]), Outcome[tuple[int, ...]])


def folding_events_gives_a_response(events: Sequence[Event]) -> Outcome[Response]:
    return fold(events)


def messages_are_matched_in_full(message: Message) -> str:
    match message:
        case System() | Developer():
            return "instructions"
        case User() | Assistant():
            return "talk"
        case Tool():
            return "tools"
    assert_never(message)


def outputs_are_matched_in_full(output: Output) -> str:
    match output:
        case FreeText():
            return "text"
        case AnyJson():
            return "json"
        case Shaped(name=name):
            return name
    assert_never(output)


def errors_on_the_way_carry_their_context(error: SentError) -> tuple[str, Response | None]:
    if isinstance(error, Rejected):
        assert_type(error.status, int | None)
        assert_type(error.retry_after, float | None)
    return error.provider, error.partial


def parts_say_what_they_are(part: Part, source: Source, note: Adaptation) -> tuple[str, str, str]:
    return type(part).__name__, type(source).__name__, note.action
