"""Which part of JSON Schema each provider enforces while a model writes.

A schema is rewritten into that part. What is lost on the way is told by its keyword; the answer is validated against
the whole schema on arrival.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from modelmix.jsonvalue import JsonValue
from modelmix.keywords import INNER, LISTS, MAPS, is_annotation
from modelmix.node import Node
from modelmix.wrapping import referred

SubsetName: TypeAlias = Literal["openai", "anthropic", "google", "any"]
"""Whose part of JSON Schema: `any` is all of it."""

Schema: TypeAlias = dict[str, JsonValue]


class Subset(Node, frozen=True, kw_only=True):
    """What one provider takes."""

    keywords: frozenset[str]
    """Every keyword it enforces, or takes as an annotation."""
    closed: bool = False
    """Whether each object must refuse further properties."""
    all_required: bool = False
    """Whether every property must be required; what was optional becomes nullable."""
    formats: frozenset[str] | None = None
    """The formats it knows; None where it says nothing of them."""
    min_items: frozenset[int] | None = None
    """The values it takes for `minItems`."""
    enums: Literal["any", "scalars", "strings and numbers"] = "any"
    """What may stand among fixed words."""
    patterns: re.Pattern[str] | None = None
    """What in a regular expression is beyond it; None where nothing is."""
    all_of_references: bool = True
    """Whether `allOf` may hold references."""
    bare_references: bool = False
    """Whether nothing may stand beside a reference."""
    recursive: bool = True
    """Whether a schema may refer to itself."""


_BEYOND: Final = re.compile(r"\(\?<?[=!]|\\[bBk1-9]|\(\?P=")
"""Looking around, boundaries of words, and references to groups."""

_FORMATS: Final = frozenset({"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"})

SUBSETS: Final[Mapping[SubsetName, Subset]] = MappingProxyType(
    {
        # https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
        "openai": Subset(
            keywords=frozenset(
                {"type", "enum", "const", "anyOf", "properties", "required", "additionalProperties", "items"}
                | {"prefixItems", "$defs", "definitions", "$ref", "$anchor", "$id", "pattern", "format", "minItems"}
                | {"maxItems", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
                | {"title", "description", "$schema", "$comment", "deprecated", "readOnly", "writeOnly"}
                | {"discriminator", "contentEncoding", "contentMediaType", "contentSchema"}
                | {"$dynamicRef", "$dynamicAnchor", "$vocabulary"}
            ),
            closed=True,
            all_required=True,
            formats=_FORMATS,
        ),
        # https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
        # and `transform_schema` of the SDK, which has the formats. The SDK takes `pattern` out, the document has it.
        "anthropic": Subset(
            keywords=frozenset(
                {"type", "enum", "const", "anyOf", "allOf", "properties", "required", "additionalProperties", "items"}
                | {"$defs", "definitions", "$ref", "pattern", "format", "minItems", "title", "description"}
            ),
            closed=True,
            formats=_FORMATS | {"uri"},
            min_items=frozenset({0, 1}),
            enums="scalars",
            patterns=_BEYOND,
            all_of_references=False,
            recursive=False,
        ),
        # https://ai.google.dev/api/generate-content, GenerationConfig.responseJsonSchema. Its `propertyOrdering` is no
        # word of JSON Schema, and refused before.
        "google": Subset(
            keywords=frozenset(
                {"$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description", "enum", "items"}
                | {"prefixItems", "minItems", "maxItems", "minimum", "maximum", "anyOf", "oneOf"}
                | {"properties", "additionalProperties", "required"}
            ),
            enums="strings and numbers",
            bare_references=True,
        ),
    }
)
"""The subsets by name; `any` has no entry, as nothing is rewritten for it."""


def fit(schema: JsonValue, name: SubsetName) -> tuple[JsonValue, tuple[str, ...]]:
    """The schema in a subset, and the keywords that had to go."""
    subset = SUBSETS.get(name)
    if subset is None:
        return schema, ()
    fitting = _Fitting(subset, schema)
    return fitting.fitted(schema), tuple(sorted(fitting.lost))


def is_recursive(schema: JsonValue) -> bool:
    """Whether a schema refers to itself, directly or by way of others."""
    return _circles(schema, schema, frozenset(), set())


def takes(schema: JsonValue, name: SubsetName) -> bool:
    """Whether a schema can be said in a subset at all, if need be with losses: a tree needs references in circles."""
    subset = SUBSETS.get(name)
    return subset is None or subset.recursive or not is_recursive(schema)


def _circles(node: JsonValue, root: JsonValue, open_: frozenset[str], done: set[str]) -> bool:
    """Whether references lead from a node in a circle; each reference is followed once."""
    for reference in _references(node):
        if reference == "#" or reference in open_:
            return True
        if reference not in done:
            if _circles(referred(reference, root), root, open_ | {reference}, done):
                return True
            done.add(reference)
    return False


def _references(node: JsonValue) -> Iterator[str]:
    """The references in a node, but not those of definitions that stand in it."""
    if isinstance(node, list):
        for item in node:
            yield from _references(item)
    elif isinstance(node, dict):
        for word, value in node.items():
            if word == "$ref" and isinstance(value, str):
                yield value
            elif word not in {"$defs", "definitions"}:
                yield from _references(value)


class _Fitting:
    """One schema while it is rewritten."""

    def __init__(self, subset: Subset, root: JsonValue) -> None:
        self._subset = subset
        self._root = root
        self.lost: set[str] = set()

    def fitted(self, schema: JsonValue) -> JsonValue:
        if not isinstance(schema, dict):
            return schema
        kept: Schema = {}
        for word, value in self._reworded(schema).items():
            if not self._takes(word, value):
                self._lose(word)
            elif word in MAPS and isinstance(value, dict):
                kept[word] = {name: self.fitted(inner) for name, inner in value.items()}
            elif word == "$ref" and isinstance(value, str):
                kept[word] = self._target(value)
            elif word in LISTS and isinstance(value, list):
                kept[word] = [self.fitted(inner) for inner in value]
            elif word in INNER:
                kept[word] = self.fitted(value)
            else:
                kept[word] = value
        return self._closed(self._bare(_typed(kept)))

    def _reworded(self, schema: Schema) -> Schema:
        """The schema in words that the subset has, where there are such."""
        keywords, reworded = self._subset.keywords, Schema()
        for word, value in _single(schema).items():
            if word == "oneOf" and "oneOf" not in keywords and "anyOf" not in schema:
                reworded["anyOf"] = value
            elif word == "const" and "const" not in keywords and "enum" not in schema and self._takes("enum", [value]):
                reworded["enum"] = [value]
            elif word == "definitions" and self._moves and "$defs" not in schema:
                reworded["$defs"] = value
            else:
                reworded[word] = value
        return reworded

    @property
    def _moves(self) -> bool:
        """Whether the definitions of earlier drafts go where those of this one stand."""
        return "definitions" not in self._subset.keywords

    def _target(self, reference: str) -> str:
        place = "#/definitions/"
        return f"#/$defs/{reference[len(place) :]}" if self._moves and reference.startswith(place) else reference

    def _takes(self, word: str, value: JsonValue) -> bool:
        subset = self._subset
        if word not in subset.keywords:
            return False
        if word == "additionalProperties" and subset.closed:
            return value is False
        if word == "format" and subset.formats is not None:
            return isinstance(value, str) and value in subset.formats
        if word == "minItems" and subset.min_items is not None:
            return isinstance(value, int) and value in subset.min_items
        if word == "pattern" and subset.patterns is not None:
            return isinstance(value, str) and subset.patterns.search(value) is None
        if word == "allOf" and not subset.all_of_references:
            return not any(isinstance(inner, dict) and "$ref" in inner for inner in _items(value))
        if word in {"enum", "const"}:
            values = value if word == "enum" and isinstance(value, list) else [value]
            return all(map(_ENUMS[subset.enums], values))
        return True

    def _lose(self, word: str) -> None:
        if not is_annotation(word) and word not in {"$schema", "$comment", "$vocabulary"}:
            self.lost.add(word)

    def _bare(self, schema: Schema) -> Schema:
        if not self._subset.bare_references or "$ref" not in schema:
            return schema
        for word in schema:
            if not word.startswith("$"):
                self._lose(word)
        return {word: value for word, value in schema.items() if word.startswith("$")}

    def _closed(self, schema: Schema) -> JsonValue:
        if not self._subset.closed or not ("properties" in schema or schema.get("type") == "object"):
            return schema
        properties, required = schema.get("properties", {}), schema.get("required", [])
        if not isinstance(properties, dict) or not isinstance(required, list):
            return schema
        if not self._subset.all_required:
            return {**schema, "properties": properties, "additionalProperties": False}
        nullable: JsonValue = {
            name: inner if name in required else _nullable(inner) for name, inner in properties.items()
        }
        return {**schema, "properties": nullable, "required": [*properties], "additionalProperties": False}


_ENUMS: Final[Mapping[str, Callable[[JsonValue], bool]]] = MappingProxyType(
    {
        "any": lambda _: True,
        "scalars": lambda value: not isinstance(value, list | dict),
        "strings and numbers": lambda value: isinstance(value, str | int | float) and not isinstance(value, bool),
    }
)


def _typed(schema: Schema) -> Schema:
    """Fixed words with their type. Providers want one in every schema: "schema must have a 'type' key", says OpenAI."""
    if "type" in schema or not ("enum" in schema or "const" in schema):
        return schema
    kinds = {_kind(value) for value in (_items(schema["enum"]) if "enum" in schema else [schema["const"]])}
    named: list[JsonValue] = [*sorted(kinds - {"integer"} if "number" in kinds else kinds)]
    return {"type": named[0] if len(named) == 1 else named, **schema} if named else schema


def _kind(value: JsonValue) -> str:
    """The type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"


def _single(schema: Schema) -> Schema:
    """An `allOf` of one, which pydantic writes to put a description beside a reference, is that one."""
    match schema.get("allOf"):
        case [dict() as only] if not any(word in schema and not is_annotation(word) for word in only):
            return {**only, **{word: value for word, value in schema.items() if word != "allOf"}}
        case _:
            return schema


def _items(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _nullable(schema: JsonValue) -> JsonValue:
    if not isinstance(schema, dict):
        return schema
    kind = schema.get("type")
    if isinstance(kind, str) and "enum" not in schema and "const" not in schema:
        return schema if kind == "null" else {**schema, "type": [kind, "null"]}
    if isinstance(kind, list) and "enum" not in schema:
        return schema if "null" in kind else {**schema, "type": [*kind, "null"]}
    description = {"description": schema["description"]} if "description" in schema else {}
    inner = {name: value for name, value in schema.items() if name != "description"}
    return {"anyOf": [inner, {"type": "null"}], **description}
