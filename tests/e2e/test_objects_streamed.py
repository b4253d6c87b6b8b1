"""Objects while they come in, over real sockets, for the blocking and the asynchronous client alike."""

import enum
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import msgspec
import pytest
from msgspec import Meta, Struct
from pydantic import BaseModel

from e2e.cases import tool
from e2e.doors import DOORS, AsyncDoor, BlockingDoor, Grown
from fakes.replies import DONE, Reply, Step, answer, broken, delta, refusal, stream, streamed_answer, words
from fakes.server import FaultServer
from modelmix import BadRequest, Config, Deadlines, Failure, ObjectMismatch, Rejected, Shaped, Success, Truncated
from modelmix.ast.content import JsonText
from modelmix.errors import NotInstalled
from modelmix.jsonvalue import JsonValue
from modelmix.providers.load import built_in
from modelmix.providers.provider import Shape


class City(Struct):
    name: str
    people: Annotated[int, Meta(ge=0)]
    twins: list["City"] = []


class Circle(Struct, tag="circle"):
    r: int


class Square(Struct, tag="square"):
    side: int


@dataclass
class Person:
    name: str


class Country(BaseModel):
    capital: str


class Mood(enum.Enum):
    GLAD = "glad"
    SAD = "sad"


@pytest.fixture(params=list(DOORS.values()), ids=list(DOORS))
def door(request: pytest.FixtureRequest) -> Iterator[BlockingDoor | AsyncDoor]:
    with request.param(config=Config(providers={"tooled": TOOLED}), deadlines=Deadlines(total=20)) as opened:
        yield opened


TOOLED: Final = msgspec.structs.replace(
    built_in("groq"), id="tooled", name="Tooled", shape=Shape(json_mode="tool"), rules=()
)
PIECES: Final = ('{"name":"Os', 'lo","people":70', '9000,"twins":[{"na', 'me":"Göte', 'borg","people":1}]}')


def slowly(*pieces: str, finish: str = "stop") -> Reply:
    """A streamed answer whose pieces arrive one by one."""
    return stream(*(Step(event, 0.05) for event in words(*pieces)), delta(finish), DONE)


def test_an_object_is_seen_while_it_grows(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(slowly(*PIECES)) as server:
        grown = door.grow("openai:gpt-4o", "Which city?", City, base_url=server.url)
    assert grown.outcome == Success(City("Oslo", 709000, [City("Göteborg", 1)]))
    assert grown.partials == (
        '{"name":"Os"}',
        '{"name":"Oslo"}',
        '{"name":"Oslo","people":709000,"twins":[{}]}',
        '{"name":"Oslo","people":709000,"twins":[{"name":"Göte"}]}',
        '{"name":"Oslo","people":709000,"twins":[{"name":"Göteborg","people":1}]}',
    )
    response = grown.response.unwrap()
    assert response.text == "".join(PIECES)
    assert response.spec == "openai:gpt-4o"


KINDS: Final[dict[str, tuple[Any, str, object]]] = {
    # shape, the answer's text as a strict provider gives it: the object
    "a dataclass": (Person, '{"name":"Ada"}', Person("Ada")),
    "a pydantic model": (Country, '{"capital":"Oslo"}', Country(capital="Oslo")),
    "a list": (list[int], '{"value":[1,2]}', [1, 2]),
    "a list of Structs": (list[Circle], '{"value":[{"type":"circle","r":1}]}', [Circle(1)]),
    "a list of pydantic models": (list[Country], '{"value":[{"capital":"Oslo"}]}', [Country(capital="Oslo")]),
    "an enumeration": (Mood, '{"value":"sad"}', Mood.SAD),
    "words": (Literal["a", "b"], '{"value":"b"}', "b"),
    "a number": (int, '{"value":12}', 12),
    "a union": (Circle | Square, '{"value":{"type":"square","side":2}}', Square(2)),
    "a union with a text": (Circle | str, '{"value":"none"}', "none"),
    "a list that the model did not wrap": (list[int], "[1,2]", [1, 2]),
    "a list in a fence": (list[int], '```json\n{"value":[1,2]}\n```', [1, 2]),
    "a whole number as a fraction": (City, '{"name":"a","people":2.0,"twins":[]}', City("a", 2)),
    "half a surrogate pair": (Person, '{"name":"a\\ud83d"}', Person("a\ufffd")),
}


@pytest.mark.parametrize(("shape", "text", "expected"), KINDS.values(), ids=KINDS)
def test_every_kind_of_shape_comes_whole_and_streamed(
    door: BlockingDoor | AsyncDoor, shape: type[object], text: str, expected: object
) -> None:
    with FaultServer(answer(text)) as server:
        assert door.make("openai:gpt-4o", "Go", shape, base_url=server.url) == Success(expected)
    with FaultServer(stream(*words(*text), delta("stop"), DONE)) as server:
        grown = door.grow("openai:gpt-4o", "Go", shape, base_url=server.url)
        sent = json.loads(server.requests[0].body)
    assert grown.outcome == Success(expected)
    assert sent["response_format"]["json_schema"]["schema"]["type"] == "object"
    told = [change.field for change in grown.response.unwrap().adaptations]
    assert ("schema" in told) == ("value" in sent["response_format"]["json_schema"]["schema"]["properties"])


def test_a_list_is_seen_without_what_was_put_around_it(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(slowly('{"val', 'ue":["a', '","b"', "]}")) as server:
        grown = door.grow("openai:gpt-4o", "Go", list[str], base_url=server.url)
    assert grown.partials == ('["a"]', '["a","b"]')
    assert grown.outcome == Success(["a", "b"])


def test_elements_come_one_by_one_each_whole(door: BlockingDoor | AsyncDoor) -> None:
    text = '{"value":[{"name":"Oslo","people":1,"twins":null},{"name":"Rome","people":2,"twins":[]}]}'
    with FaultServer(stream(*words(*text), delta("stop"), DONE)) as server:
        picked = door.pick("openai:gpt-4o", "Go", list[City], base_url=server.url)
    assert picked == (City("Oslo", 1), City("Rome", 2))


def test_an_element_that_does_not_fit_ends_the_elements(door: BlockingDoor | AsyncDoor) -> None:
    text = '{"value":[{"name":"Oslo","people":1},{"name":"Rome","people":-2},{"name":"Bern","people":3}]}'
    with FaultServer(stream(*words(*text), delta("stop"), DONE)) as server:
        assert door.pick("openai:gpt-4o", "Go", list[City], base_url=server.url) == (City("Oslo", 1),)
        failed = door.grow("openai:gpt-4o", "Go", list[City], base_url=server.url).outcome.failure()
    assert isinstance(failed, ObjectMismatch)
    assert "[1].people" in failed.why


def test_elements_arrive_before_the_list_ends() -> None:
    from modelmix import Client

    reply = broken(*words('{"value":[1,2,3'), action="stall")
    with (
        FaultServer(reply) as server,
        Client(env={}, config=Config()) as client,
        client.stream_object("openai:gpt-4o", "Go", list[int], base_url=server.url, api_key="k").unwrap() as numbers,
    ):
        elements = numbers.elements()
        assert (next(elements), next(elements)) == (1, 2)


ENDS: Final[dict[str, tuple[Reply, tuple[str, ...], type[object]]]] = {
    "a value that does not fit": (
        streamed_answer('{"name":"Oslo","people":-1}'),
        ('{"name":"Oslo","people":-1}',),
        ObjectMismatch,
    ),
    "no JSON": (streamed_answer("Sure, here it is."), (), ObjectMismatch),
    "more than JSON": (streamed_answer('{"name":"a"}', " Bye."), (), ObjectMismatch),
    "an answer cut by its limit": (streamed_answer('{"name":"Os', finish="length"), ('{"name":"Os"}',), Truncated),
    "a connection that breaks": (stream(*words('{"name":"Os')), ('{"name":"Os"}',), Truncated),
    "a refusal of the provider": (refusal(401, "invalid_api_key", "no"), (), Rejected),
}


@pytest.mark.parametrize(("reply", "partials", "error"), ENDS.values(), ids=ENDS)
def test_an_object_that_fails_says_why(
    door: BlockingDoor | AsyncDoor, reply: Reply, partials: tuple[str, ...], error: type[object]
) -> None:
    with FaultServer(reply) as server:
        grown = door.grow("openai:gpt-4o", "Go", City, base_url=server.url)
    assert isinstance(grown.outcome, Failure)
    assert isinstance(grown.outcome.failure(), error)
    assert grown.partials[: len(partials)] == partials


RAW: Final = Shaped(
    name="city",
    schema=JsonText('{"type":"object","properties":{"name":{"type":"string","minLength":2}},"required":["name"]}'),
)


def test_a_schema_of_ones_own_gives_plain_json(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(slowly('{"na', 'me":"Os', 'lo"}')) as server:
        grown: Grown[JsonValue] = door.grow("openai:gpt-4o", "Go", RAW, base_url=server.url)
    assert grown.outcome == Success({"name": "Oslo"})
    assert grown.partials == ("{}", '{"name":"Os"}', '{"name":"Oslo"}')
    assert [change.field for change in grown.response.unwrap().adaptations] == ["minLength"]


UNASKED: Final = {
    "a keyword that nobody checks": ('{"type":"object","minLenght":2}', "minLenght"),
    "a format that nobody checks": ('{"type":"string","format":"shoe"}', '{"type":"string","format":"shoe"}'),
    "a reference to somewhere else": ('{"$ref":"https://example.com/x.json"}', '{"$ref":"https://example.com/x.json"}'),
    "no schema": ('{"type":"shoe"}', '{"type":"shoe"}'),
}


@pytest.mark.parametrize(("schema", "value"), UNASKED.values(), ids=UNASKED)
def test_a_schema_that_cannot_be_checked_is_refused_before_anything_is_sent(
    door: BlockingDoor | AsyncDoor, schema: str, value: str
) -> None:
    with FaultServer(streamed_answer("{}")) as server:
        form = Shaped(name="x", schema=JsonText(schema))
        grown: Grown[JsonValue] = door.grow("openai:gpt-4o", "Go", form, base_url=server.url)
        failed = grown.outcome.failure()
        assert server.requests == []
    assert isinstance(failed, BadRequest)
    assert (failed.field, failed.value) == ("schema", value)


def test_without_its_extra_nothing_is_sent(door: BlockingDoor | AsyncDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    with FaultServer(streamed_answer("{}")) as server:
        grown: Grown[JsonValue] = door.grow("openai:gpt-4o", "Go", RAW, base_url=server.url)
        failed = grown.outcome.failure()
        assert server.requests == []
    assert isinstance(failed, NotInstalled)


# Answers by a tool that must be called


def called(*pieces: str) -> Reply:
    """The answer as the arguments of a call, in pieces."""
    first = delta(tool_calls=[tool("City", pieces[0], "call_1")])
    rest = [delta(tool_calls=[tool(None, piece)]) for piece in pieces[1:]]
    return stream(*(Step(event, 0.05) for event in (first, *rest)), delta("tool_calls"), DONE)


def called_whole(arguments: str) -> Reply:
    calls = [{"id": "call_1", "type": "function", "function": {"name": "City", "arguments": arguments}}]
    return answer(None, finish="tool_calls", tool_calls=calls)


def test_a_forced_call_is_the_answer(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(called(*PIECES)) as server:
        grown = door.grow("tooled:any", "Which city?", City, base_url=server.url)
        body = json.loads(server.requests[0].body)
    assert grown.outcome == Success(City("Oslo", 709000, [City("Göteborg", 1)]))
    assert grown.partials[:2] == ('{"name":"Os"}', '{"name":"Oslo"}')
    response = grown.response.unwrap()
    assert (response.text, response.tool_calls, response.finish) == ("".join(PIECES), (), "stop")
    assert "response_format" not in body
    assert body["tool_choice"] == {"type": "function", "function": {"name": "City"}}
    assert [entry["function"]["name"] for entry in body["tools"]] == ["City"]


def test_a_forced_call_is_the_answer_of_a_whole_reply(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(called_whole('{"name":"Oslo","people":1}')) as server:
        assert door.make("tooled:any", "Go", City, base_url=server.url) == Success(City("Oslo", 1))


def test_words_beside_a_forced_call_are_no_part_of_the_object(door: BlockingDoor | AsyncDoor) -> None:
    call = tool("City", '{"name":"Oslo","people":1}', "call_1")
    reply = stream(*words("Let me see. "), delta(tool_calls=[call]), delta("tool_calls"), DONE)
    with FaultServer(reply) as server:
        grown = door.grow("tooled:any", "Go", City, base_url=server.url)
    assert grown.outcome == Success(City("Oslo", 1))
    assert grown.partials[-1:] == ('{"name":"Oslo","people":1}',)


def test_a_model_that_answers_in_text_though_it_was_to_call_is_read(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(streamed_answer('{"name":"Oslo","people":1}')) as server:
        assert door.grow("tooled:any", "Go", City, base_url=server.url).outcome == Success(City("Oslo", 1))


def test_a_stream_of_text_has_the_forced_call_as_text(door: BlockingDoor | AsyncDoor) -> None:
    from modelmix import Finished, TextDelta, ToolStarted, shape_of

    with FaultServer(called('{"name":', '"Oslo","people":1}')) as server:
        from modelmix import Client

        with (
            Client(env={}, config=Config(providers={"tooled": TOOLED})) as client,
            client.stream_text(
                "tooled:any", "Go", output=shape_of(City).unwrap(), base_url=server.url
            ).unwrap() as opened,
        ):
            events = list(opened)
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == '{"name":"Oslo","people":1}'
    assert not [event for event in events if isinstance(event, ToolStarted)]
    assert events[-1] == Finished("stop", "tool_calls")
