"""Values made for schemas: the judge of whether they fit is a JSON Schema library."""

import re
from typing import Final, Literal, TypeAlias

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given, strategies as st
from pydantic import BaseModel, Field

from modelmix.jsonvalue import JsonValue
from modelmix.testing.mock.fitting import Unfit, fitting
from modelmix.testing.mock.patterns import sample

TREE: Final[JsonValue] = {
    "$ref": "#/$defs/Node",
    "$defs": {
        "Node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer"},
                "next": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]},
                "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
            },
            "required": ["value", "next", "children"],
            "additionalProperties": False,
        }
    },
}

SCHEMAS: Final[dict[str, JsonValue]] = {
    "anything": {},
    "true": True,
    "a constant": {"const": {"a": [1, None]}},
    "an enumeration": {"enum": ["red", "green"]},
    "a nullable enumeration": {"enum": [None, "red"]},
    "a type or null": {"type": ["null", "string"], "minLength": 3},
    "words of a length": {"type": "string", "minLength": 12, "maxLength": 12},
    "few letters": {"type": "string", "maxLength": 2},
    "a pattern": {"type": "string", "pattern": "^[A-Z]{2,3}-\\d{4}$"},
    "a pattern and a length": {"type": "string", "pattern": "^[a-z]+$", "minLength": 7, "maxLength": 9},
    "a date": {"type": "string", "format": "date"},
    "a moment": {"type": "string", "format": "date-time"},
    "an address": {"type": "string", "format": "email"},
    "an id": {"type": "string", "format": "uuid"},
    "a number in bounds": {"type": "number", "minimum": 0.25, "maximum": 0.75},
    "a number between": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    "a negative number": {"type": "integer", "maximum": -5},
    "a multiple": {"type": "integer", "minimum": 100, "multipleOf": 7},
    "a fraction of a step": {"type": "number", "minimum": 1.1, "multipleOf": 0.25},
    "a number beyond": {"type": "integer", "exclusiveMinimum": 41},
    "a list": {"type": "array", "items": {"type": "boolean"}},
    "a list of some length": {"type": "array", "items": {"type": "integer"}, "minItems": 4, "maxItems": 6},
    "an empty list": {"type": "array", "items": {"type": "integer"}, "maxItems": 0},
    "different items": {"type": "array", "items": {"type": "string"}, "minItems": 3, "uniqueItems": True},
    "different numbers": {"type": "array", "items": {"type": "integer"}, "minItems": 5, "uniqueItems": True},
    "different colours": {"type": "array", "items": {"enum": ["r", "g", "b"]}, "minItems": 3, "uniqueItems": True},
    "a tuple": {
        "type": "array",
        "prefixItems": [{"type": "string"}, {"type": "integer"}],
        "items": False,
        "minItems": 2,
    },
    "a list that holds something": {"type": "array", "contains": {"const": 7}, "minContains": 2},
    "an object": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "null"}}, "required": ["a"]},
    "an object without a type": {"properties": {"a": {"minimum": 3}}},
    "an unknown property": {"type": "object", "required": ["x"], "additionalProperties": {"type": "integer"}},
    "a map": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
    "few properties": {
        "type": "object",
        "properties": {"a": {}, "b": {}, "c": {}},
        "required": ["c"],
        "maxProperties": 2,
    },
    "names by pattern": {"type": "object", "properties": {"n1": {}}, "patternProperties": {"^n": {"type": "integer"}}},
    "all of them": {"allOf": [{"type": "integer", "minimum": 5}, {"minimum": 8}, {"maximum": 9}]},
    "objects joined": {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
            {"properties": {"a": {"minLength": 9}, "b": {"type": "integer"}}, "required": ["b"]},
        ]
    },
    "one of them": {
        "oneOf": [{"type": "null"}, {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "a"}}}]
    },
    "the second of them": {"anyOf": [{"not": {}}, {"type": "integer"}]},
    "a reference beside others": {"$defs": {"s": {"type": "string"}}, "$ref": "#/$defs/s", "minLength": 30},
    "a name with a slash": {"$defs": {"a/b": {"type": "integer"}}, "$ref": "#/$defs/a~1b"},
    "what holds itself": TREE,
}


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_a_value_fits_its_schema(schema: JsonValue) -> None:
    value = fitting(schema)
    assert isinstance(schema, dict | bool)
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(value)
    assert fitting(schema) == value


class Part(BaseModel):
    name: str = Field(pattern=r"^[a-z]{3,8}$")
    weight: float = Field(gt=0, lt=1)
    kind: Literal["small", "large"]
    also: "Part | None" = None
    tags: set[str] = Field(min_length=2)


class Machine(msgspec.Struct):
    parts: list[int]
    names: dict[str, int]
    pair: tuple[str, int]
    maybe: int | None


def test_values_are_read_back_into_the_types_that_made_the_schema() -> None:
    part = Part.model_validate(fitting(Part.model_json_schema()))
    assert part.kind == "small"
    assert part.also is not None
    machine = msgspec.convert(fitting(msgspec.json.schema(Machine)), Machine)
    assert machine.maybe is not None


GOOGLE: Final[JsonValue] = {
    "type": "OBJECT",
    "properties": {
        "age": {"type": "INTEGER"},
        "names": {"type": "ARRAY", "items": {"type": "STRING"}, "minItems": "2"},
    },
}


def test_types_may_be_in_capitals_and_counts_in_quotes() -> None:
    assert fitting(GOOGLE) == {"age": 1, "names": ["text", "2 text"]}


BEYOND: Final[dict[str, tuple[JsonValue, str]]] = {
    "a negation": ({"not": {"type": "string"}}, "`not`"),
    "a condition": ({"if": {}, "then": {}}, "`if`"),
    "nothing": (False, "`false`"),
    "a reference outside": ({"$ref": "https://example.com/s"}, "outside"),
    "a reference to nothing": ({"$ref": "#/$defs/x"}, "names nothing"),
    "a reference to itself": ({"$ref": "#"}, "`$ref` leads to itself"),
    "no end": ({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}, "without end"),
    "bounds the wrong way": ({"type": "integer", "minimum": 3, "maximum": 2}, "bounds"),
    "no whole number between": ({"type": "integer", "minimum": 1.2, "maximum": 1.8}, "bounds"),
    "an expression that looks ahead": ({"type": "string", "pattern": "^(?=a)b$"}, "`pattern`"),
    "no expression": ({"type": "string", "pattern": "("}, "`pattern`"),
    "an unknown type": ({"type": "picture"}, "`type` picture"),
    "more than there is": (
        {"type": "array", "items": {"const": 1}, "minItems": 2, "uniqueItems": True},
        "`uniqueItems`",
    ),
    "very many": ({"type": "array", "minItems": 10**9}, "`minItems`"),
}


@pytest.mark.parametrize(("schema", "why"), BEYOND.values(), ids=BEYOND)
def test_what_is_not_understood_is_named(schema: JsonValue, why: str) -> None:
    with pytest.raises(Unfit, match=re.escape(why)):
        fitting(schema)


Schema: TypeAlias = dict[str, JsonValue]

LEAVES: Final[tuple[Schema, ...]] = (
    {"type": "string"},
    {"type": "string", "format": "date"},
    {"type": "integer", "minimum": 3},
    {"type": "number", "exclusiveMaximum": -1},
    {"type": "boolean"},
    {"type": "null"},
    {"enum": [1, "two", None]},
    {"type": ["string", "null"], "maxLength": 3},
)
NAMES: Final = ("a", "b", "c d", "é")


def _list(items: Schema, least: int) -> Schema:
    return {"type": "array", "items": items, "minItems": least}


def _object(properties: dict[str, Schema], required: set[str], *, closed: bool) -> Schema:
    made: Schema = {"type": "object", "properties": {**properties}, "required": [*required]}
    # What is required and not declared must be allowed.
    return {**made, "additionalProperties": False} if closed and required <= {*properties} else made


def _choice(options: list[Schema]) -> Schema:
    return {"anyOf": [*options]}


def _nested(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    names = st.sampled_from(NAMES)
    properties, required = st.dictionaries(names, inner, max_size=3), st.sets(names, max_size=2)
    return st.one_of(
        st.builds(_list, inner, st.integers(0, 3)),
        st.builds(_object, properties, required, closed=st.booleans()),
        st.builds(_choice, st.lists(inner, min_size=1, max_size=3)),
    )


@given(st.recursive(st.sampled_from(LEAVES), _nested, max_leaves=12))
def test_any_schema_of_known_words_gets_a_value_that_fits(schema: Schema) -> None:
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(fitting(schema))


PATTERNS: Final = (
    "^$",
    "abc",
    "^a|b$",
    "^(foo|bar)+$",
    "[^a-z]{2}",
    r"^[\w.+-]+@[\w-]+\.[a-z]{2,}$",
    r"[\]]a",
    "[]a]",
    r"^\d{3}(?:-\d{4})?$",
    r"^(?P<year>\d{4})$",
    "^.*$",
    "^a{3}$",
    "é+",
    r"^\$[0-9]+(\.[0-9]{2})?$",
)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("more", [0, 1, 5])
def test_a_sample_matches_its_expression(pattern: str, more: int) -> None:
    assert re.search(pattern, sample(pattern, more)) is not None


@given(st.from_regex(r"[a-c]{0,3}[*+?]?(\(x\|y\))?\[[a-z]\]\{1,2\}", fullmatch=True))
def test_a_sample_matches_or_says_that_there_is_none(pattern: str) -> None:
    try:
        text = sample(pattern)
    except ValueError:
        return
    assert re.search(pattern, text) is not None
