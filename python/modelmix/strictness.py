"""Answers to schemas in the strict subset, read back out of it.

Strict means: every object closed, every property required. What was optional is nullable there; the null is taken out
again on arrival, where the schema of the caller does not allow it.
"""

from collections.abc import Iterator

from modelmix.jsonvalue import JsonValue
from modelmix.wrapping import referred


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


class Places:
    """Where one is in a value while it is written, and what its schema says of the nulls there."""

    __slots__ = ("_levels", "_root")

    def __init__(self, schema: JsonValue) -> None:
        self._root = schema
        self._levels: list[tuple[list[dict[str, JsonValue]], int]] = []
        """What may be open, and how many places of it are behind."""

    def enter(self, key: str | None) -> None:
        """An object or an array begins: under a key, or as the next item."""
        schemas: list[JsonValue] = [self._root]
        if self._levels:
            kinds, at = self._levels[-1]
            self._levels[-1] = (kinds, at + 1)
            schemas = [_item([kind], at) if key is None else _property(kind, key) for kind in kinds]
        self._levels.append(([kind for schema in schemas for kind in _kinds(schema, self._root)], 0))

    def leave(self) -> None:
        """It ends."""
        self._levels.pop()

    def is_left_out(self, key: str) -> bool:
        """Whether a null under this key stands for a property left out, whatever the object turns out to be."""
        kinds = [kind for kind in self._levels[-1][0] if _property(kind, key) is not None] if self._levels else []
        return bool(kinds) and not any(
            key in _required(kind) or _takes_null(_property(kind, key), self._root) for kind in kinds
        )


def _property(kind: dict[str, JsonValue], key: str) -> JsonValue:
    properties = kind.get("properties")
    return properties.get(key) if isinstance(properties, dict) else None


def _required(kind: dict[str, JsonValue]) -> list[JsonValue]:
    required = kind.get("required")
    return required if isinstance(required, list) else []


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
            yield from _kinds(referred(reference, root), root, seen)
    elif isinstance(choices, list) and "properties" not in schema:
        for choice in choices:
            yield from _kinds(choice, root, seen)
    else:
        yield schema
