"""JSON Schemas rewritten to the strict subset that providers enforce while they generate.

Strict means: every object closed, every property required. What was optional becomes nullable; the null is taken out
again on arrival, where the schema of the caller does not allow it.
"""

from collections.abc import Iterator
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
        elif keyword == "additionalProperties" and value is not False:
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
    return _cleaned(value, schema, schema)


def _cleaned(value: JsonValue, schema: JsonValue, root: JsonValue) -> JsonValue:
    if isinstance(value, list):
        kinds = [kind for kind in _kinds(schema, root) if "items" in kind or "prefixItems" in kind]
        return [_cleaned(item, _item(kinds, at), root) for at, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    kinds = [kind for kind in _kinds(schema, root) if isinstance(kind.get("properties"), dict)]
    fitting = next((kind for kind in kinds if _fits(value, kind)), kinds[0] if kinds else {})
    properties, required = fitting.get("properties"), fitting.get("required", [])
    if not isinstance(properties, dict) or not isinstance(required, list):
        return value
    return {
        name: _cleaned(inner, properties.get(name), root)
        for name, inner in value.items()
        if inner is not None or name in required or _takes_null(properties.get(name), root)
    }


def _item(kinds: list[dict[str, JsonValue]], at: int) -> JsonValue:
    """What the item at a place of a list is."""
    if not kinds:
        return None
    first = kinds[0].get("prefixItems")
    return first[at] if isinstance(first, list) and at < len(first) else kinds[0].get("items")


def _fits(value: dict[str, JsonValue], kind: dict[str, JsonValue]) -> bool:
    """Whether an object is of this kind: its names and its fixed words tell."""
    properties = kind.get("properties")
    return isinstance(properties, dict) and all(
        name in properties and (inner is None or _is_said(inner, properties[name])) for name, inner in value.items()
    )


def _is_said(value: JsonValue, schema: JsonValue) -> bool:
    """Whether a schema that fixes the words has this one among them."""
    if not isinstance(schema, dict):
        return True
    words = [schema["const"]] if "const" in schema else schema.get("enum")
    return not isinstance(words, list) or value in words


def _takes_null(schema: JsonValue, root: JsonValue) -> bool:
    kinds = [*_kinds(schema, root)]
    return not kinds or any(_is_nullable(kind) for kind in kinds)


def _is_nullable(kind: dict[str, JsonValue]) -> bool:
    types = kind.get("type", "null")
    return (types == "null" or (isinstance(types, list) and "null" in types)) and _is_said(None, kind)


def _kinds(schema: JsonValue, root: JsonValue, seen: set[str] | None = None) -> Iterator[dict[str, JsonValue]]:
    """All that a schema may mean: its references followed, each once, and its choices opened."""
    seen = set() if seen is None else seen
    if not isinstance(schema, dict):
        return
    reference = schema.get("$ref")
    choices = next((schema[word] for word in ("anyOf", "oneOf", "allOf") if word in schema), None)
    if isinstance(reference, str):
        if reference not in seen:
            seen.add(reference)
            yield from _kinds(_referred(reference, root), root, seen)
    elif isinstance(choices, list) and "properties" not in schema:
        for choice in choices:
            yield from _kinds(choice, root, seen)
    else:
        yield schema


def _referred(reference: str, root: JsonValue) -> JsonValue:
    found = root
    for step in reference.split("/")[1:]:
        found = found.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
    return found
