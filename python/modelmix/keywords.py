"""The words of JSON Schema. A word that nobody would check is an error, never passed over."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from modelmix.errors import BadRequest
from modelmix.jsonvalue import JsonValue, parse

# https://json-schema.org/draft/2020-12/schema and the vocabularies it names.
MAPS: Final = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
"""Words whose value holds schemas by name."""

LISTS: Final = frozenset({"anyOf", "allOf", "oneOf", "prefixItems"})
"""Words whose value is a list of schemas."""

INNER: Final = frozenset(
    {"items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else"}
    | {"unevaluatedItems", "unevaluatedProperties", "contentSchema"}
)
"""Words whose value is one schema."""

ANNOTATIONS: Final = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment"}
    # Of OpenAPI, and written by msgspec and pydantic beside the `anyOf` that says the same.
    | {"discriminator"}
)
"""Words that say nothing about what is valid."""

ASSERTIONS: Final = frozenset(
    {"type", "enum", "const", "required", "dependentRequired", "minProperties", "maxProperties"}
    | {"multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"}
    | {"minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType"}
    | {"minItems", "maxItems", "uniqueItems", "minContains", "maxContains"}
)
"""Words that say what is valid without holding a schema."""

_CORE: Final = frozenset({"$schema", "$id", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary"})
_KNOWN: Final = MAPS | LISTS | INNER | ANNOTATIONS | ASSERTIONS | _CORE

# What drafts before 2020-12 have besides; their validators know it, and a schema says by `$schema` that it is one.
_OLDER: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "draft-04": frozenset({"dependencies", "additionalItems", "id"}),
        "draft-06": frozenset({"dependencies", "additionalItems"}),
        "draft-07": frozenset({"dependencies", "additionalItems"}),
        "2019-09": frozenset({"additionalItems", "$recursiveRef", "$recursiveAnchor"}),
    }
)


_DEEPEST: Final = 128
"""Levels that a schema may have: as many as a reply."""


@lru_cache(maxsize=256)
def flaws(schema: str) -> tuple[BadRequest, ...]:
    """What of a schema nobody would check, or fetch: leaving it out would change what was asked for.

    A text that is no schema at all has no flaw of this kind.
    """
    try:
        root = parse(schema)
    except ValueError:
        return ()
    if _depth(root) > _DEEPEST:
        return (BadRequest(field="schema", value=schema[:80], expected=f"at most {_DEEPEST} levels"),)
    wanted = "keywords of JSON Schema 2020-12"
    words = [BadRequest(field="schema", value=word, expected=wanted) for word in unknown(root)]
    paths = [BadRequest(field="schema", value=path, expected="references within the schema") for path in outside(root)]
    return (*words, *paths)


def _depth(value: JsonValue) -> int:
    """How deep a document is nested."""
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
    return depth


def is_annotation(word: str) -> bool:
    """Whether a word only tells something; words of somebody's own begin with `x-`."""
    return word in ANNOTATIONS or word.startswith("x-")


def unknown(schema: JsonValue) -> Iterator[str]:
    """The words of a schema that JSON Schema does not have."""
    drafts = str(schema.get("$schema", "")) if isinstance(schema, dict) else ""
    older = frozenset[str]().union(*(words for draft, words in _OLDER.items() if draft in drafts))
    for node in schemas(schema):
        yield from (word for word in node if word not in _KNOWN and word not in older and not is_annotation(word))


def outside(schema: JsonValue) -> Iterator[str]:
    """The references that leave the document. They are never followed."""
    nodes = [*schemas(schema)]
    own = {name for node in nodes if isinstance(name := node.get("$id"), str)}
    for node in nodes:
        for word in ("$ref", "$dynamicRef"):
            target = node.get(word)
            if isinstance(target, str) and not target.startswith("#") and target.partition("#")[0] not in own:
                yield target


def schemas(schema: JsonValue) -> Iterator[dict[str, JsonValue]]:
    """A schema and all schemas in it. What stands where no schema stands, such as a default, is none."""
    if not isinstance(schema, dict):
        return
    yield schema
    for word, value in schema.items():
        if word in MAPS and isinstance(value, dict):
            for inner in value.values():
                yield from schemas(inner)
        elif word in LISTS and isinstance(value, list):
            for inner in value:
                yield from schemas(inner)
        elif word in INNER:
            yield from schemas(value)
