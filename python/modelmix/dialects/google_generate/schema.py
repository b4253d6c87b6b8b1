"""JSON Schemas cut down to what Gemini enforces while it generates.

The keywords are those of `responseJsonSchema` (https://ai.google.dev/api/generate-content#generationconfig). What has
to go is checked on arrival.
"""

from typing import Final

from msgspec.json import encode

from modelmix.ast.content import JsonText
from modelmix.jsonvalue import JsonValue, parse

_KEPT: Final = frozenset(
    {"$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description", "enum", "items", "prefixItems"}
    | {"minItems", "maxItems", "minimum", "maximum", "anyOf", "oneOf", "properties", "additionalProperties"}
    | {"required", "propertyOrdering", "definitions"}
)
_SILENT: Final = frozenset({"default", "examples", "$schema", "$comment", "title", "description", "deprecated"})
"""What constrains nothing, so that nothing is lost with it."""
_MAPS: Final = frozenset({"properties", "$defs", "definitions"})
_LISTS: Final = frozenset({"anyOf", "oneOf", "prefixItems"})
_ONES: Final = frozenset({"items", "additionalProperties"})


def subset(schema: JsonText, description: str | None = None) -> tuple[JsonText, tuple[str, ...]]:
    """The schema in Gemini's subset, with a description where it has none, and the keywords that had to go."""
    lost: set[str] = set()
    cut = _cut(parse(schema), lost)
    if isinstance(cut, dict) and description and "$ref" not in cut:
        cut = {**cut, "description": cut.get("description", description)}
    return JsonText(encode(cut).decode()), tuple(sorted(lost))


def _cut(schema: JsonValue, lost: set[str]) -> JsonValue:
    if not isinstance(schema, dict):
        return schema
    schema = _single(schema)
    # Beside a reference Gemini refuses everything that does not begin with `$`.
    alone = "$ref" in schema
    kept: dict[str, JsonValue] = {}
    for keyword, value in schema.items():
        if keyword == "const" and not alone:
            kept |= _constant(value, lost)
        elif keyword not in _KEPT or (alone and not keyword.startswith("$")):
            if keyword not in _SILENT:
                lost.add(keyword)
        elif keyword in _MAPS and isinstance(value, dict):
            kept[keyword] = {name: _cut(inner, lost) for name, inner in value.items()}
        elif keyword in _LISTS and isinstance(value, list):
            kept[keyword] = [_cut(inner, lost) for inner in value]
        elif keyword in _ONES:
            kept[keyword] = _cut(value, lost)
        else:
            kept[keyword] = value
    return kept


def _single(schema: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """An `allOf` with one member, as schema generators wrap references, is that member."""
    match schema.get("allOf"):
        case [dict() as only] if not only.keys() & (schema.keys() - _SILENT):
            return {name: value for name, value in schema.items() if name != "allOf"} | only
        case _:
            return schema


def _constant(value: JsonValue, lost: set[str]) -> dict[str, JsonValue]:
    """A constant as a choice of one: Gemini chooses among texts and numbers only."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return {"enum": [value]}
    lost.add("const")
    return {}
