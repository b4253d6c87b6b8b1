"""Typed values while they grow: what each kind of type looks like at each point of its JSON."""

import datetime as dt
import enum
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, NamedTuple, TypedDict

import msgspec
import pytest
from msgspec import UNSET, Meta, Struct, UnsetType, field
from pydantic import BaseModel

from modelmix.growing import Showing, Tree
from modelmix.sketch import sketch_of
from modelmix.written import Written


class Mood(enum.Enum):
    GLAD = "glad"
    GLADDER = "gladder"


class Point(Struct):
    x: Annotated[int, Meta(ge=100)]
    note: str | None = None


class Shape(Struct):
    name: Annotated[str, Meta(min_length=100)]
    at: Point
    path: list[Point] = []
    mood: Mood | None = None
    size: float | UnsetType = UNSET
    on: dt.date | None = None
    cost: Decimal | None = None
    named: dict[str, Point] = field(default_factory=dict[str, Point])
    other: Any = None
    own_name: str = field(name="ownName", default="")


class Branch(Struct):
    value: int
    kids: list["Branch"] = []


class Circle(Struct, tag="circle"):
    r: int
    note: str = ""


class Square(Struct, tag="square"):
    side: int


class Drawing(Struct):
    shapes: list[Circle | Square]
    best: Circle | Square | None = None


@dataclass
class Person:
    name: str
    age: int = 0


class Movie(TypedDict):
    title: str
    year: int


class Pair(NamedTuple):
    left: str
    right: int


class City(BaseModel):
    name: str
    people: int


def seen(shape: object, text: str, showing: Showing = "live") -> Any:  # its type is made at run time
    """What is shown of a type after some text, as JSON would say it."""
    written, tree = Written(), Tree(sketch_of(shape), showing)
    for letter in text:
        tree.take(written.feed(letter))
        _ = tree.value
    return tree.value


def seen_of(tree: Tree) -> Any:  # as above
    return tree.value


def plain(value: object) -> object:
    return None if value is UNSET else msgspec.to_builtins(value)


GROWING: Final[dict[str, tuple[object, str, object]]] = {
    "nothing yet": (Shape, " ", None),
    "an object without fields": (Shape, "{", {}),
    "a text grows, its length unchecked": (Shape, '{"name":"Ci', {"name": "Ci"}),
    "a number comes when it is whole, its range unchecked": (
        Shape,
        '{"name":"a","at":{"x":12',
        {"name": "a", "at": {}},
    ),
    "objects in objects": (Shape, '{"at":{"x":12,"note":"h', {"at": {"x": 12, "note": "h"}}),
    "objects in lists": (Shape, '{"path":[{"x":1},{"x":2,', {"path": [{"x": 1}, {"x": 2}]}),
    "objects under names": (Shape, '{"named":{"a":{"x":1},"b":{', {"named": {"a": {"x": 1}, "b": {}}}),
    "a word of an enumeration comes when it is whole": (Shape, '{"mood":"glad', {}),
    "a word of an enumeration": (Shape, '{"mood":"glad"', {"mood": "glad"}),
    "no word of an enumeration": (Shape, '{"mood":"sad"', {}),
    "a date": (Shape, '{"on":"2026-01-02"', {"on": "2026-01-02"}),
    "half a date": (Shape, '{"on":"2026-01', {}),
    "an exact number": (Shape, '{"cost":"1.10"', {"cost": "1.10"}),
    "a name of its own in JSON": (Shape, '{"ownName":"a', {"ownName": "a"}),
    "a field that is not known": (Shape, '{"what":{"a":[1]},"name":"b', {"name": "b"}),
    "a null where none may be": (Shape, '{"name":null,"at":null,"size":null,"path":null,', {}),
    "a null where one may be": (Shape, '{"mood":null,', {"mood": None}),
    "another kind than the field's": (Shape, '{"name":5,"at":"x","path":{},"size":"big",', {}),
    "a whole number written as a fraction": (Point, '{"x":2.0,', {"x": 2}),
    "a fraction where none may be": (Point, '{"x":2.5,', {}),
    "anything": (Shape, '{"other":{"a":[1,"b', {"other": {"a": [1, "b"]}}),
    "a tree": (
        Branch,
        '{"value":1,"kids":[{"value":2,"kids":[{"value":3}',
        {"value": 1, "kids": [{"value": 2, "kids": [{"value": 3}]}]},
    ),
    "a union before its tag": (Circle | Square, '{"r":1,"no', None),
    "a union in its tag": (Circle | Square, '{"type":"circl', None),
    "a union after its tag": (Circle | Square, '{"type":"circle"', {"type": "circle"}),
    "a union whose tag comes late": (
        Circle | Square,
        '{"note":"n","r":1,"type":"circle","note":"more',
        {"type": "circle", "r": 1, "note": "more"},
    ),
    "a union of another": (Circle | Square, '{"type":"star","r":1,', None),
    "unions in a list": (
        Drawing,
        '{"shapes":[{"type":"circle","r":1},{"side":2,"type":"square"},{"r',
        {"shapes": [{"type": "circle", "r": 1}, {"type": "square", "side": 2}]},
    ),
    "a dataclass": (Person, '{"name":"Ada","ag', {"name": "Ada"}),
    "a TypedDict": (Movie, '{"title":"M","year":1931,"what":1', {"title": "M", "year": 1931}),
    "a NamedTuple": (Pair, '["a",1', ["a"]),
    "a tuple": (tuple[str, int], '["a",1]', ["a", 1]),
    "a set": (set[str], '["a","b', ["a", "b"]),
    "a pydantic model": (City, '{"name":"Os', {"name": "Os"}),
    "a list of pydantic models": (list[City], '[{"name":"Os', [{"name": "Os"}]),
    "a list": (list[int], "[1,2", [1]),
    "words": (Literal["a", "ab"], '"a', None),
    "a whole word": (Literal["a", "ab"], '"a"', "a"),
    "a text or a number": (str | int, '"a', "a"),
    "a text or a date": (list[dt.date | int], '["2026-01-02",3,', ["2026-01-02", 3]),
}


@pytest.mark.parametrize(("shape", "text", "expected"), GROWING.values(), ids=GROWING)
def test_a_value_grows_into_its_type(shape: object, text: str, expected: object) -> None:
    assert plain(seen(shape, text)) == expected


STABLE: Final[dict[str, tuple[object, str, object]]] = {
    "a text that grows is not shown": (Shape, '{"name":"Ci', {}),
    "a whole text is": (Shape, '{"name":"Ci"', {"name": "Ci"}),
    "an open list is": (list[str], '["a","b', ["a"]),
    "an open object is": (Shape, '{"at":{', {"at": {}}),
}


@pytest.mark.parametrize(("shape", "text", "expected"), STABLE.values(), ids=STABLE)
def test_a_stable_value_has_whole_texts_only(shape: object, text: str, expected: object) -> None:
    assert plain(seen(shape, text, "stable")) == expected


def test_what_is_missing_is_unset_and_what_is_there_has_its_type() -> None:
    value = seen(Shape, '{"name":"a","at":{"x":1},"mood":"glad","on":"2026-01-02","cost":1.5,"size":2,')
    assert type(value).__name__ == "PartialShape"
    assert type(value.at).__name__ == "PartialPoint"
    assert (value.at.x, value.at.note, value.path, value.own_name) == (1, UNSET, UNSET, UNSET)
    assert (value.mood, value.on, value.cost, value.size) == (Mood.GLAD, dt.date(2026, 1, 2), Decimal("1.5"), 2.0)
    assert isinstance(value.size, float)


def test_the_type_of_a_growing_value_says_what_it_holds() -> None:
    fields = msgspec.structs.fields(seen(Shape, "{"))
    held = {field.name: field.type for field in fields}
    assert held["name"] == str | UnsetType
    assert held["mood"] == Mood | None | UnsetType
    assert held["own_name"] == str | UnsetType
    assert all(field.default is UNSET for field in fields)


def test_a_union_is_one_of_its_types_as_soon_as_its_tag_is_there() -> None:
    assert type(seen(Circle | Square, '{"type":"square",')).__name__ == "PartialSquare"


def test_a_value_grows_in_place() -> None:
    written, tree = Written(), Tree(sketch_of(Shape))
    tree.take(written.feed('{"name":"a'))
    first = seen_of(tree)
    kept = first.name
    tree.take(written.feed('da","path":[{"x":1}'))
    assert seen_of(tree) is first
    assert (kept, first.name, len(first.path)) == ("a", "ada", 1)
