"""Functions as tools: the schema that a model sees, and the arguments that it may give."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Annotated, Any, Final, Literal, TypedDict

import msgspec
import pytest
from msgspec import Meta, Struct
from pydantic import BaseModel, Field
from returns.result import Failure, Success

from modelmix import BadToolArguments, FunctionTool, ToolCall, tool
from modelmix.ast.content import JsonText


class Unit(Enum):
    CELSIUS = "celsius"
    KELVIN = "kelvin"


class Place(Struct):
    city: str
    country: str | None = None


@dataclass
class Point:
    x: int
    y: int


class Range(TypedDict):
    low: float
    high: float


class Inner(BaseModel):
    size: int = Field(ge=1)


class Box(BaseModel):
    inner: Inner
    label: str = "none"


def weather(city: Annotated[str, "Where"], days: Annotated[int, Meta(ge=1, le=7)] = 1) -> str:
    """The weather of a city.

    Args:
        days: How many.
    """
    return f"{city} {days}"


def everything(
    place: Place,
    point: Point,
    span: Range,
    unit: Unit,
    mode: Literal["fast", "slow"],
    tags: dict[str, list[int]],
    day: date,
    anything: object,
) -> None: ...


def boxes(box: Box, more: list[Box], other: Box | None = None) -> None: ...


def by_position(first: int, second: int = 2, third: int = 3, /, *, named: str = "n") -> None: ...


async def later(seconds: float) -> None:
    """Waits."""


class Shop:
    def price(self, item: str) -> float:
        """What an item costs."""
        return float(len(item))


def schema(given: Callable[..., object]) -> Any:
    return msgspec.json.decode(tool(given).spec.parameters)


def test_the_schema_says_what_the_annotations_say() -> None:
    assert schema(weather) == {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "Where"},
            "days": {"type": "integer", "minimum": 1, "maximum": 7, "description": "How many."},
        },
        "required": ["city"],
        "additionalProperties": False,
    }


def test_every_kind_of_type_has_its_schema() -> None:
    told = schema(everything)
    kinds = told["properties"]
    assert kinds["place"] == {"$ref": "#/$defs/Place"}
    assert set(told["$defs"]) == {"Place", "Point", "Range", "Unit"}
    assert kinds["mode"] == {"enum": ["fast", "slow"]}
    assert kinds["tags"]["additionalProperties"] == {"type": "array", "items": {"type": "integer"}}
    assert kinds["day"] == {"type": "string", "format": "date"}
    assert kinds["anything"] == {}
    assert told["required"] == list(kinds)


def test_pydantic_models_have_their_own_schema_with_all_definitions_at_the_root() -> None:
    told = schema(boxes)
    assert told["properties"]["box"]["properties"]["inner"] == {"$ref": "#/$defs/Inner"}
    assert told["$defs"]["Inner"]["properties"]["size"]["minimum"] == 1
    assert "$defs" not in told["properties"]["box"]
    assert told["required"] == ["box", "more"]


def test_a_tool_is_named_and_described_by_its_function_unless_told_otherwise() -> None:
    own = tool(weather).spec
    assert (own.name, own.description, own.strict) == ("weather", "The weather of a city.", None)
    other = tool(weather, name="forecast", description="Guesses.", strict=True).spec
    assert (other.name, other.description, other.strict) == ("forecast", "Guesses.", True)
    assert tool(Shop().price).spec.name == "price"
    assert schema(Shop().price)["required"] == ["item"]


def test_a_tool_is_still_its_function() -> None:
    made = tool(weather)
    assert made("Oslo", days=2) == "Oslo 2"
    assert (made.is_async, tool(later).is_async) == (False, True)
    assert repr(made) == "FunctionTool(weather)"


def untyped(city: str) -> None: ...


def nameless(city: str) -> None: ...


del untyped.__annotations__["city"]
nameless.__annotations__["city"] = "Nowhere"


def many(*cities: str) -> None: ...


def keyed(**cities: str) -> None: ...


def strange(place: Shop) -> None: ...


NO_TOOLS: Final = {
    "a parameter without a type": untyped,
    "a type that is nowhere": nameless,
    "any number of parameters": many,
    "any names of parameters": keyed,
    "a type that JSON cannot say": strange,
    "no name": lambda: None,
    "a part of a function": functools.partial(weather, "Oslo"),
}


@pytest.mark.parametrize("function", NO_TOOLS.values(), ids=NO_TOOLS)
def test_a_function_that_can_be_no_tool_is_a_mistake_of_the_program(function: Callable[..., object]) -> None:
    with pytest.raises(TypeError):
        tool(function)


EVERYTHING: Final = """
{"place": {"city": "Oslo"}, "point": {"x": 1, "y": 2}, "span": {"low": 0, "high": 1.5}, "unit": "kelvin",
 "mode": "fast", "tags": {"a": [1, 2.0]}, "day": "2026-01-02", "anything": [1]}
"""

FITS: Final[dict[str, tuple[Callable[..., object], str, tuple[object, ...], Mapping[str, object]]]] = {
    "what is needed": (weather, '{"city":"Oslo"}', (), {"city": "Oslo"}),
    "what may be left out": (weather, '{"city":"Oslo","days":2}', (), {"city": "Oslo", "days": 2}),
    "null for what may be left out": (weather, '{"city":"Oslo","days":null}', (), {"city": "Oslo"}),
    "a whole number with a point": (weather, '{"city":"Oslo","days":2.0}', (), {"city": "Oslo", "days": 2}),
    "typed values": (
        everything,
        EVERYTHING,
        (),
        {
            "place": Place("Oslo"),
            "point": Point(1, 2),
            "span": {"low": 0.0, "high": 1.5},
            "unit": Unit.KELVIN,
            "mode": "fast",
            "tags": {"a": [1, 2]},
            "day": date(2026, 1, 2),
            "anything": [1],
        },
    ),
    "pydantic models": (
        boxes,
        '{"box":{"inner":{"size":1}},"more":[{"inner":{"size":2},"label":"x"}]}',
        (),
        {"box": Box(inner=Inner(size=1)), "more": [Box(inner=Inner(size=2), label="x")]},
    ),
    "by position": (by_position, '{"first":1,"second":5,"named":"x"}', (1, 5), {"named": "x"}),
    "a method": (Shop().price, '{"item":"tea"}', (), {"item": "tea"}),
}


def called(arguments: str) -> ToolCall:
    return ToolCall(id="c1", name="any", arguments=JsonText(arguments))


@pytest.mark.parametrize(("function", "text", "positional", "named"), FITS.values(), ids=FITS)
def test_arguments_that_fit_are_read(
    function: Callable[..., object], text: str, positional: tuple[object, ...], named: Mapping[str, object]
) -> None:
    assert tool(function).read(called(text)) == Success((positional, named))


MISFITS: Final[dict[str, tuple[Callable[..., object], str]]] = {
    "no JSON": (weather, '{"city":'),
    "a list": (weather, '["Oslo"]'),
    "nothing": (weather, ""),
    "a name missing": (weather, "{}"),
    "a name too many": (weather, '{"city":"Oslo","planet":"Earth"}'),
    "another type": (weather, '{"city":5}'),
    "a number as text": (weather, '{"city":"Oslo","days":"2"}'),
    "a number out of range": (weather, '{"city":"Oslo","days":9}'),
    "half a number": (weather, '{"city":"Oslo","days":1.5}'),
    "null for what is needed": (weather, '{"city":null}'),
    "a pydantic model out of range": (boxes, '{"box":{"inner":{"size":0}},"more":[]}'),
    "a gap by position": (by_position, '{"first":1,"third":3}'),
    "code": (weather, "__import__('os').getcwd()"),
}


@pytest.mark.parametrize(("function", "text"), MISFITS.values(), ids=MISFITS)
def test_arguments_that_do_not_fit_are_a_typed_error(function: Callable[..., object], text: str) -> None:
    read = tool(function).read(called(text))
    assert isinstance(read, Failure)
    problem = read.failure()
    assert isinstance(problem, BadToolArguments)
    assert (problem.tool, problem.arguments) == ("any", text)
    assert problem.why


def test_a_tool_stays_typed() -> None:
    made: FunctionTool[..., str] = tool(weather)
    assert made("Oslo") == "Oslo 1"
