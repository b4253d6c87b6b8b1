"""Answers that are no objects: lists, words, unions.

Most providers want an object at the root of a schema. One is put around any other root, and taken off on arrival. That
it was is told by an adaptation, which the answer carries.
"""

from collections.abc import Iterable
from typing import Final

from msgspec.json import encode

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.content import JsonText
from modelmix.jsonvalue import JsonValue, parse

KEY: Final = "value"
"""What the answer is called in the object around it."""

WRAPPED: Final = Adaptation(
    field="schema",
    action="changed",
    why="this provider wants an object at the root of a schema; it is taken off on arrival",
    into=f'{{"{KEY}": …}}',
)

_DEFINITIONS: Final = ("$defs", "definitions")

_CHOICES: Final = ("anyOf", "oneOf", "allOf")
"""What stands at no root, not even beside `"type": "object"`. OpenAI:
https://platform.openai.com/docs/guides/structured-outputs#supported-schemas, Anthropic: "input_schema does not support
oneOf, allOf, or anyOf at the top level"."""


def is_object(schema: JsonText) -> bool:
    """Whether a schema says at its root, or where its root refers to, that it is for objects and nothing else."""
    root = parse(schema)
    seen: set[str] = set()
    found = root
    while isinstance(found, dict) and isinstance(reference := found.get("$ref"), str) and reference not in seen:
        seen.add(reference)
        found = referred(reference, root)
    if not isinstance(found, dict):
        return False
    if any(word in found for word in _CHOICES):
        return False
    return found.get("type") == "object" or ("type" not in found and "properties" in found)


def referred(reference: str, root: JsonValue) -> JsonValue:
    """What a reference within a document points to; None for nothing."""
    found = root
    for step in reference.split("/")[1:]:
        found = found.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
    return found


def in_place(schema: JsonText) -> JsonText:
    """The schema with its root in place: providers refuse a root that is a reference."""
    root = parse(schema)
    reference = root.get("$ref") if isinstance(root, dict) else None
    if not isinstance(root, dict) or not isinstance(reference, str):
        return schema
    found, definitions = referred(reference, root), root.get("$defs")
    if not isinstance(found, dict) or "$ref" in found or not isinstance(definitions, dict):
        return schema
    name = reference.rpartition("/")[2]
    others = {key: value for key, value in definitions.items() if key != name or _mentions(definitions, reference)}
    beside = {word: value for word, value in root.items() if word not in {"$ref", "$defs"}}
    placed = {**found, **beside, "$defs": others} if others else {**found, **beside}
    return JsonText(encode(placed).decode())


def _mentions(definitions: dict[str, JsonValue], reference: str) -> bool:
    return f'"{reference}"' in encode(definitions).decode()


def wrapped(schema: JsonText) -> JsonText:
    """The schema of an object whose only property is what the schema is for."""
    root = parse(schema)
    inner = _moved(root)
    definitions: dict[str, JsonValue] = {}
    if isinstance(inner, dict):
        definitions = {name: inner[name] for name in _DEFINITIONS if name in inner}
        inner = {name: value for name, value in inner.items() if name not in definitions and name != "$schema"}
    outer: dict[str, JsonValue] = {
        "type": "object",
        "properties": {KEY: inner},
        "required": [KEY],
        "additionalProperties": False,
        **definitions,
    }
    return JsonText(encode(outer).decode())


def _moved(schema: JsonValue) -> JsonValue:
    """The schema with its references pointing to where their targets are now."""
    if isinstance(schema, list):
        return [_moved(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _target(value) if name == "$ref" and isinstance(value, str) else _moved(value)
        for name, value in schema.items()
    }


def _target(reference: str) -> str:
    kept = tuple(f"#/{name}/" for name in _DEFINITIONS)
    if not (reference == "#" or reference.startswith("#/")) or reference.startswith(kept):
        return reference
    return f"#/properties/{KEY}{reference[1:]}"


def was_wrapped(adaptations: Iterable[Adaptation]) -> bool:
    """Whether an object was put around what was asked for."""
    return WRAPPED in adaptations


def unwrapped(value: JsonValue) -> JsonValue:
    """The value without the object around it; as it is, if the model left that out."""
    return value[KEY] if isinstance(value, dict) and [*value] == [KEY] else value
