"""Objects out of answers: every kind of type, what is read, and what is refused with the text kept."""

import json
import sys
import threading
from dataclasses import dataclass
from typing import Annotated, Final, Literal, NotRequired, TypedDict

import msgspec
import pytest
from msgspec import UNSET, Meta, Struct, UnsetType
from pydantic import BaseModel, Field

from modelmix.ast.content import JsonText, Refusal
from modelmix.ast.options import Shaped
from modelmix.ast.response import Response
from modelmix.errors import BadRequest, NotInstalled, ObjectMismatch, Truncated
from modelmix.objects import bare, read_json, read_object, shape_of
from unit.making import answer


class Point(Struct):
    x: Annotated[int, Meta(ge=0)]
    note: str | UnsetType = UNSET


class Line(Struct):
    points: tuple[Point, Point]
    style: Literal["solid", "dashed"] = "solid"


class Tree(Struct):
    value: int
    kids: tuple["Tree", ...] = ()


class Circle(Struct, tag="circle"):
    r: int
    note: str | UnsetType = UNSET


class Square(Struct, tag="square"):
    r: int


@dataclass
class Person:
    name: str
    age: int = 0


class Movie(TypedDict):
    title: str
    year: NotRequired[int]


class City(BaseModel):
    name: str
    people: int = Field(default=0, ge=0)
    mayor: str | None = None


class Country(BaseModel):
    capital: City
    cities: list[City] = []


SHAPES: dict[str, tuple[type[object], str, object]] = {
    "a Struct": (Point, '{"x":1,"note":"a"}', Point(1, "a")),
    "a Struct without what is optional": (Point, '{"x":1}', Point(1)),
    "a Struct with a null for what is optional": (Point, '{"x":1,"note":null}', Point(1)),
    "Structs in Structs": (
        Line,
        '{"points":[{"x":1,"note":null},{"x":2,"note":"b"}],"style":"dashed"}',
        Line((Point(1), Point(2, "b")), "dashed"),
    ),
    "a tree": (Tree, '{"value":1,"kids":[{"value":2,"kids":null}]}', Tree(1, (Tree(2),))),
    "a dataclass": (Person, '{"name":"Ada","age":36}', Person("Ada", 36)),
    "a dataclass with a null for its default": (Person, '{"name":"Ada","age":null}', Person("Ada")),
    "a TypedDict": (Movie, '{"title":"M","year":1931}', {"title": "M", "year": 1931}),
    "a TypedDict with a null for what is optional": (Movie, '{"title":"M","year":null}', {"title": "M"}),
    "a pydantic model": (City, '{"name":"Oslo","people":709}', City(name="Oslo", people=709)),
    "a pydantic model with a null that it allows": (City, '{"name":"Oslo","mayor":null}', City(name="Oslo")),
    "pydantic models in pydantic models": (
        Country,
        '{"capital":{"name":"Oslo","people":null,"mayor":null},"cities":[{"name":"Bergen","people":1}]}',
        Country(capital=City(name="Oslo"), cities=[City(name="Bergen", people=1)]),
    ),
    "a list": (list[int], "[1,2]", [1, 2]),
    "a list of Structs": (list[Point], '[{"x":1,"note":null}]', [Point(1)]),
    "a mapping": (dict[str, int], '{"a":1}', {"a": 1}),
    "a number": (int, "5", 5),
    "a text": (str, '"hi"', "hi"),
}


@pytest.mark.parametrize(("shape", "text", "expected"), SHAPES.values(), ids=SHAPES)
def test_an_answer_becomes_its_type(shape: type[object], text: str, expected: object) -> None:
    wanted = shape_of(shape).unwrap()
    assert read_object(answer(text), shape, wanted).unwrap() == expected


# What is no class to a checker is a shape all the same.
FORMS: dict[str, tuple[object, str, object]] = {
    "one of some words": (Literal["red", "green"], '"green"', "green"),
    "one of some types": (Circle | Square, '{"type":"circle","r":1,"note":null}', Circle(1)),
    "the other type": (Circle | Square, '{"type":"square","r":2}', Square(2)),
    "one or none": (Point | None, "null", None),
}


@pytest.mark.parametrize(("form", "text", "expected"), FORMS.values(), ids=FORMS)
def test_an_answer_becomes_one_of_several(form: type[object], text: str, expected: object) -> None:
    wanted = shape_of(form).unwrap()
    assert read_object(answer(text), form, wanted).unwrap() == expected


NAMES: dict[str, tuple[object, str]] = {
    "a class": (Point, "Point"),
    "a list": (list[int], "list"),
    "a pydantic model": (City, "City"),
}


@pytest.mark.parametrize(("shape", "name"), NAMES.values(), ids=NAMES)
def test_a_form_has_the_name_of_its_type(shape: type[object], name: str) -> None:
    assert shape_of(shape).unwrap().name == name


ROOTS: dict[str, object] = {"a Struct": Point, "a tree": Tree, "a dataclass": Person, "pydantic models": Country}


@pytest.mark.parametrize("shape", ROOTS.values(), ids=ROOTS)
def test_a_schema_has_its_root_in_place(shape: type[object]) -> None:
    schema = json.loads(shape_of(shape).unwrap().schema)
    assert schema["type"] == "object"
    assert "$ref" not in schema


def test_a_tree_keeps_the_definition_it_refers_to() -> None:
    schema = json.loads(shape_of(Tree).unwrap().schema)
    assert schema["properties"]["kids"]["items"] == {"$ref": "#/$defs/Tree"}
    assert "Tree" in schema["$defs"]


def test_a_label_is_made_of_what_providers_take() -> None:
    odd = msgspec.defstruct("Größe [cm] " + "x" * 80, [("x", int)])
    label = shape_of(odd).unwrap().name
    assert label.isascii()
    assert set(label) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
    assert len(label) == 64


def test_a_type_without_a_schema_is_a_bad_request() -> None:
    error = shape_of(threading.Thread).failure()
    assert isinstance(error, BadRequest)
    assert error.field == "shape"


FENCED = {
    '{"x":1}': '{"x":1}',
    '  {"x":1}\n': '{"x":1}',
    '```json\n{"x":1}\n```': '{"x":1}',
    '```\n{"x":1}\n```': '{"x":1}',
    '\n```json\n{\n  "x": 1\n}\n```\n': '{\n  "x": 1\n}',
    '```json\n{"x":1}```': '{"x":1}',
    '{"code":"```\\n```"}': '{"code":"```\\n```"}',
    "```json\n```": "",
    "": "",
}


@pytest.mark.parametrize(("text", "expected"), FENCED.items(), ids=[repr(text) for text in FENCED])
def test_a_fence_around_json_is_taken_off(text: str, expected: str) -> None:
    assert bare(text) == expected


MISMATCHES = {
    "a wrong type": ('{"x":"one"}', "x"),
    "out of range": ('{"x":-1}', "x"),
    "something missing": ('{"note":"a"}', "x"),
    "a null that must not be": ('{"x":null}', "x"),
    "another kind": ("[1]", "object"),
    "no JSON": ("Sure! Here it is.", "no JSON"),
    "cut JSON": ('{"x":1', "no JSON"),
    "two documents": ('{"x":1}{"x":2}', "no JSON"),
    "words around it": ('Here: {"x":1}', "no JSON"),
    "nothing": ("", "no JSON"),
    "not a number of JSON": ('{"x":NaN}', "no JSON"),
    "too deep": ("[" * 100_000, "no JSON"),
}


@pytest.mark.parametrize(("text", "why"), MISMATCHES.values(), ids=MISMATCHES)
def test_what_does_not_fit_is_refused_and_kept(text: str, why: str) -> None:
    response = answer(text)
    error = read_object(response, Point, shape_of(Point).unwrap()).failure()
    assert isinstance(error, ObjectMismatch)
    assert why in error.why
    assert error.partial == response


def test_pydantic_says_what_is_wrong_in_its_own_words() -> None:
    error = read_object(answer('{"name":"Oslo","people":-5}'), City, shape_of(City).unwrap()).failure()
    assert isinstance(error, ObjectMismatch)
    assert "greater than or equal to 0" in error.why


CUT = {"half an object": '{"x":1,"no', "a whole object": '{"x":1}'}


@pytest.mark.parametrize("text", CUT.values(), ids=CUT)
def test_an_answer_cut_by_its_limit_is_truncated(text: str) -> None:
    response = answer(text, "length")
    error = read_object(response, Point, shape_of(Point).unwrap()).failure()
    assert error == Truncated(by="output_limit", partial=response, phase="mid_stream")


def test_a_refusal_is_told_as_one() -> None:
    response = Response(parts=(Refusal("I would rather not"),), finish="stop")
    error = read_object(response, Point, shape_of(Point).unwrap()).failure()
    assert isinstance(error, ObjectMismatch)
    assert error.why == "the model refused: I would rather not"


RAW: Final = Shaped(
    name="raw",
    schema=JsonText(
        '{"type":"object","properties":{"x":{"type":"integer","minimum":0},"note":{"type":"string","minLength":2},'
        '"list":{"type":"array","items":{"type":"string"}}},"required":["x"],"additionalProperties":false}'
    ),
)
CHECKED: dict[str, tuple[str, object]] = {
    "it fits": ('{"x":1,"note":"ab"}', {"x": 1, "note": "ab"}),
    "a fence": ('```json\n{"x":1}\n```', {"x": 1}),
    "a null for what is optional": ('{"x":1,"note":null,"list":null}', {"x": 1}),
}


@pytest.mark.parametrize(("text", "expected"), CHECKED.values(), ids=CHECKED)
def test_a_raw_schema_is_checked_on_arrival(text: str, expected: object) -> None:
    assert read_json(answer(text), RAW).unwrap() == expected


UNFIT = {
    "too small": ('{"x":-1}', "at /x"),
    "deep inside": ('{"x":1,"list":["a",2]}', "at /list/1"),
    "something missing": ("{}", "x"),
    "too short": ('{"x":1,"note":"a"}', "at /note"),
    "something more": ('{"x":1,"y":2}', "y"),
}


@pytest.mark.parametrize(("text", "why"), UNFIT.values(), ids=UNFIT)
def test_a_raw_schema_says_where_it_does_not_fit(text: str, why: str) -> None:
    error = read_json(answer(text), RAW).failure()
    assert isinstance(error, ObjectMismatch)
    assert why in error.why
    assert error.partial == answer(text)


def test_a_raw_schema_that_is_none_is_a_bad_request() -> None:
    error = read_json(answer("{}"), Shaped(name="x", schema=JsonText('{"type":"no such type"}'))).failure()
    assert isinstance(error, BadRequest)
    assert error.field == "schema"


def test_without_its_extra_a_raw_schema_cannot_be_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    error = read_json(answer('{"x":1}'), RAW).failure()
    assert error == NotInstalled(extra="schema", purpose="checking an answer against a JSON Schema")


def test_a_raw_answer_cut_by_its_limit_is_truncated() -> None:
    error = read_json(answer("{", "length"), RAW).failure()
    assert isinstance(error, Truncated)
    assert error.by == "output_limit"
