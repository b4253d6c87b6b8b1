"""What `--schema` may say: a file, JSON, the concise form, a type in a module, and all that is none of these."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from returns.result import Success

from modelmix.ast.options import Shaped
from modelmix.cli.schemas import Person, Wanted, read, wanted
from modelmix.errors import BadRequest, ObjectMismatch
from unit.making import answer

PERSON = {
    "name": {"type": "string", "description": "Full name of the person"},
    "age": {"type": "integer", "description": "Age in years"},
    "occupation": {"type": "string", "description": "Job or profession"},
    "location": {"type": "string", "description": "City or region where they live"},
}


def schema_of(text: str | None) -> dict[str, object]:
    found: dict[str, object] = json.loads(wanted(text).unwrap().form.schema)
    return found


def test_without_a_schema_a_person_is_wanted() -> None:
    found = wanted(None).unwrap()
    schema = json.loads(found.form.schema)
    assert (schema["type"], schema["properties"], schema["required"]) == ("object", PERSON, ["name"])
    assert found.shape is Person


CONCISE: dict[str, tuple[str, dict[str, object], list[str]]] = {
    # text: properties, required
    "as documented": (
        "name str, age int: years, tags [str]",
        {
            "name": {"type": "string"},
            "age": {"type": "integer", "description": "years"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        ["name", "age", "tags"],
    ),
    "one field": ("name str", {"name": {"type": "string"}}, ["name"]),
    "every type": (
        "a str, b int, c float, d bool",
        {"a": {"type": "string"}, "b": {"type": "integer"}, "c": {"type": "number"}, "d": {"type": "boolean"}},
        ["a", "b", "c", "d"],
    ),
    "optional ones": (
        "a str?, b int, c [float]?: many",
        {
            "a": {"type": "string"},
            "b": {"type": "integer"},
            "c": {"type": "array", "items": {"type": "number"}, "description": "many"},
        },
        ["b"],
    ),
    "blanks everywhere": (
        "  a   str :  first  ,b [ int ]",
        {"a": {"type": "string", "description": "first"}, "b": {"type": "array", "items": {"type": "integer"}}},
        ["a", "b"],
    ),
    "a colon in a description": (
        "a str: like 10:30",
        {"a": {"type": "string", "description": "like 10:30"}},
        ["a"],
    ),
    "a name that is a word of Python": ("class str", {"class": {"type": "string"}}, ["class"]),
}


@pytest.mark.parametrize(("text", "properties", "required"), CONCISE.values(), ids=CONCISE)
def test_the_concise_form_is_a_schema(text: str, properties: dict[str, object], required: list[str]) -> None:
    schema = schema_of(text)
    assert (schema["type"], schema["properties"], schema.get("required", [])) == ("object", properties, required)


def test_the_concise_form_may_be_longer_than_a_name_of_a_file() -> None:
    text = ", ".join(f"field_{number} str: a description of some length" for number in range(50))
    assert len(text) > 1000
    assert list(json.loads(wanted(text).unwrap().form.schema)["properties"])[-1] == "field_49"


RAW = '{"title":"My Thing!","type":"object","properties":{"x":{"type":"integer"}},"required":["x"]}'


def test_json_is_taken_as_it_is_with_its_title_for_a_name() -> None:
    found = wanted(f"  {RAW}\n").unwrap()
    assert found.form.schema == RAW
    assert found.form.name == "My_Thing_"
    assert found.shape is None
    assert wanted('{"type":"object"}').unwrap().form.name == "answer"


def test_a_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "thing.json").write_text(RAW, encoding="utf-8")
    (tmp_path / "thing").write_text(RAW, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in (str(tmp_path / "thing.json"), "thing.json", "thing", "./thing"):
        assert wanted(name).unwrap().form.schema == RAW


TYPES = """
from dataclasses import dataclass
from typing import NotRequired, TypedDict
import msgspec
from pydantic import BaseModel

class Struct(msgspec.Struct):
    x: int

@dataclass
class Data:
    x: int

class Dict(TypedDict):
    x: int
    y: NotRequired[str]

class Model(BaseModel):
    x: int

number = 5
def function() -> None: ...
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working directory with modules of the user's own."""
    (tmp_path / "their_types.py").write_text(TYPES, encoding="utf-8")
    (tmp_path / "their_bug.py").write_text("1 // 0", encoding="utf-8")
    (tmp_path / "their_typo.py").write_text("class:", encoding="utf-8")
    (tmp_path / "their_package").mkdir()
    (tmp_path / "their_package" / "deep.py").write_text(TYPES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("their_")]:
        del sys.modules[name]


@pytest.mark.parametrize("name", ["Struct", "Data", "Dict", "Model"])
def test_a_type_in_a_module_is_a_schema(here: Path, name: str) -> None:
    before = list(sys.path)
    found = wanted(f"their_types:{name}").unwrap()
    schema = json.loads(found.form.schema)
    assert schema["type"] == "object"
    assert schema["properties"]["x"]["type"] == "integer"
    assert schema["required"] == ["x"]
    assert found.form.name == name
    assert sys.path == before


def test_a_module_in_a_package_is_found(here: Path) -> None:
    assert wanted("their_package.deep:Struct").unwrap().form.name == "Struct"


BAD = {
    "broken JSON": ('{"type":', "a JSON Schema ("),
    "a file that is not there": ("nowhere/at/all.json", "a file that can be read ("),
    "a module that is not there": ("no_such_module_at_all:Type", "module:Type that can be imported ("),
    "a type that is not there": ("their_types:Nothing", "module:Type that can be imported ("),
    "a module that raises": ("their_bug:Type", "module:Type that can be imported ("),
    "a module that is no Python": ("their_typo:Type", "module:Type that can be imported ("),
    "a module above": ("..their_types:Struct", "module:Type that can be imported ("),
    "a number": ("their_types:number", "a type"),
    "a function": ("their_types:function", "a type"),
    "a word": ("person", "a file, JSON, module:Type, or"),
    "an unknown type": ("name string", "a file, JSON, module:Type, or"),
    "no type": ("name, age int", "a file, JSON, module:Type, or"),
    "an open bracket": ("tags [str", "a file, JSON, module:Type, or"),
    "a closed bracket": ("tags str]", "a file, JSON, module:Type, or"),
    "a name twice": ("a str, a int", "each name once"),
    "a name that begins with a digit": ("1a str", "names that fit ("),
    "an empty field": ("name str,,age int", "a file, JSON, module:Type, or"),
    "nothing": ("", "a file, JSON, module:Type, or"),
    "a list": ('["a"]', "a file, JSON, module:Type, or"),
    "a home of nobody": ("~nobody-at-all/x.json", "a file, JSON, module:Type, or"),
    "a folder": (".", "a file, JSON, module:Type, or"),
}


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=BAD)
def test_anything_else_is_a_bad_request(here: Path, text: str, expected: str) -> None:
    error = wanted(text).failure()
    assert isinstance(error, BadRequest)
    assert error.field == "schema"
    assert error.expected.startswith(expected)


FILES = {"a list": "[1]", "no JSON": "type: object", "nothing": "", "not UTF-8": None}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_file_that_is_no_schema_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "schema.json"
    path.write_bytes(b'{"\xff' if content is None else content.encode())
    error = wanted(str(path)).failure()
    assert isinstance(error, BadRequest)
    assert error.value == str(path)


READ: dict[str, tuple[str | None, str, object]] = {
    # schema, answer: the object
    "a person": (None, '{"name":"Ada","age":36}', {"name": "Ada", "age": 36}),
    "a person in a fence": (None, '```json\n{"name":"Ada"}\n```', {"name": "Ada"}),
    "a person with nulls for what is not known": (
        None,
        '{"name":"Ada","age":null,"occupation":"engineer","location":null}',
        {"name": "Ada", "occupation": "engineer"},
    ),
    "the concise form": ("a str, b int?", '{"a":"x","b":null}', {"a": "x"}),
    "raw JSON": (RAW, '{"x":1}', {"x": 1}),
    "raw JSON, in order": ('{"type":"object"}', '{"b":1,"a":[2.5,null]}', {"b": 1, "a": [2.5, None]}),
}


@pytest.mark.parametrize(("text", "reply", "expected"), READ.values(), ids=READ)
def test_an_answer_is_read_as_plain_json(text: str | None, reply: str, expected: object) -> None:
    assert read(wanted(text).unwrap(), answer(reply)) == Success(expected)


UNFIT: dict[str, tuple[str | None, str]] = {
    "a person without a name": (None, '{"age":36}'),
    "a person with an age in words": (None, '{"name":"Ada","age":"36"}'),
    "the concise form": ("a str", '{"a":1}'),
    "raw JSON": (RAW, '{"x":"one"}'),
}


@pytest.mark.parametrize(("text", "reply"), UNFIT.values(), ids=UNFIT)
def test_an_answer_that_does_not_fit_is_told(text: str | None, reply: str) -> None:
    assert isinstance(read(wanted(text).unwrap(), answer(reply)).failure(), ObjectMismatch)


def test_a_form_is_named_for_providers() -> None:
    found = wanted("name str").unwrap()
    assert isinstance(found, Wanted)
    assert isinstance(found.form, Shaped)
    assert found.form.name == "Answer"
