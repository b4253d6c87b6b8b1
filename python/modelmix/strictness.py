"""JSON Schemas rewritten to the strict subset that providers enforce while they generate.

Strict means: every object closed, every property required. What was optional becomes nullable; the null is taken out
again on arrival, where the schema of the caller does not allow it.
"""

from typing import Final

from msgspec.json import encode

from modelmix.ast.content import JsonText
from modelmix.jsonvalue import JsonValue, parse

# https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
_UNSUPPORTED: Final = frozenset(
    {"default", "minProperties", "maxProperties", "patternProperties", "propertyNames", "unevaluatedProperties"}
    | {"contains", "minContains", "maxContains", "uniqueItems", "unevaluatedItems", "not", "if", "then", "else"}
    | {"dependentRequired", "dependentSchemas", "minLength", "maxLength", "examples"}
)

_MAPS: Final = ("properties", "$defs", "definitions")
_LISTS: Final = ("anyOf", "allOf", "oneOf", "prefixItems")


def strict(schema: JsonText) -> tuple[JsonText, tuple[str, ...]]:
    """The schema in the strict subset, and the keywords that had to go."""
    lost: set[str] = set()
    rewritten = _strict(parse(schema), lost)
    return JsonText(encode(rewritten).decode()), tuple(sorted(lost))


def _strict(schema: JsonValue, lost: set[str]) -> JsonValue:
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, JsonValue] = {}
    for keyword, value in schema.items():
        if keyword in _UNSUPPORTED:
            if keyword not in {"default", "examples"}:
                lost.add(keyword)
        elif keyword in _MAPS and isinstance(value, dict):
            kept[keyword] = {name: _strict(inner, lost) for name, inner in value.items()}
        elif keyword in _LISTS and isinstance(value, list):
            kept["anyOf" if keyword == "oneOf" else keyword] = [_strict(inner, lost) for inner in value]
        elif keyword == "items":
            kept[keyword] = _strict(value, lost)
        else:
            kept[keyword] = value
    return _closed(kept) if "properties" in kept or kept.get("type") == "object" else kept


def _closed(schema: dict[str, JsonValue]) -> JsonValue:
    properties = schema.get("properties", {})
    required = schema.get("required", [])
    if not isinstance(properties, dict) or not isinstance(required, list):
        return schema
    nullable: JsonValue = {name: inner if name in required else _nullable(inner) for name, inner in properties.items()}
    return {**schema, "properties": nullable, "required": [*properties], "additionalProperties": False}


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


def without_nulls(value: JsonValue, schema: JsonValue) -> JsonValue:
    """The value without the nulls that stand for optional properties left out."""
    if isinstance(value, list) and isinstance(schema, dict):
        return [without_nulls(item, schema.get("items")) for item in value]
    if not isinstance(value, dict) or not isinstance(schema, dict):
        return value
    properties, required = schema.get("properties"), schema.get("required", [])
    if not isinstance(properties, dict) or not isinstance(required, list):
        return value
    return {
        name: without_nulls(inner, properties.get(name))
        for name, inner in value.items()
        if inner is not None or name in required or _takes_null(properties.get(name))
    }


def _takes_null(schema: JsonValue) -> bool:
    if not isinstance(schema, dict):
        return True
    kind, options, words = schema.get("type"), schema.get("anyOf"), schema.get("enum")
    if kind == "null" or (isinstance(kind, list) and "null" in kind):
        return True
    if isinstance(words, list) and None in words:
        return True
    return isinstance(options, list) and any(_takes_null(option) for option in options)
