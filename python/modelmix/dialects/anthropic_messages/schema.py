"""JSON Schemas in the subset that Anthropic enforces while it generates.

As the strict subset of others, every object is closed; unlike there, properties may stay optional.
"""

from typing import Final

from msgspec.json import encode as to_json

from modelmix.ast.content import JsonText
from modelmix.jsonvalue import JsonValue, parse

# https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations, and what the
# official SDK takes out (`lib/_parse/_transform.py` of anthropic 2.12.0).
_KEPT: Final = frozenset(
    {"type", "enum", "const", "anyOf", "allOf", "$ref", "$defs", "definitions", "description", "title"}
    | {"properties", "required", "additionalProperties", "items", "format", "minItems"}
)
_SILENT: Final = frozenset({"default", "examples", "$schema", "$id", "$comment"})
"""Words that constrain nothing."""

_FORMATS: Final = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"}
)


def enforceable(schema: JsonText) -> tuple[JsonText, tuple[str, ...]]:
    """The schema in the subset, and the keywords that had to go."""
    lost: set[str] = set()
    fitted = _fitted(parse(schema), lost)
    return JsonText(to_json(fitted).decode()), tuple(sorted(lost))


def _fitted(schema: JsonValue, lost: set[str]) -> JsonValue:
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, JsonValue] = {}
    for keyword, value in schema.items():
        match keyword, value:
            case (("properties" | "$defs" | "definitions"), dict()):
                kept[keyword] = {name: _fitted(inner, lost) for name, inner in value.items()}
            case (("anyOf" | "oneOf" | "allOf"), list()):
                kept["anyOf" if keyword == "oneOf" else keyword] = [_fitted(inner, lost) for inner in value]
            case "items", _:
                kept[keyword] = _fitted(value, lost)
            case _ if keyword in _SILENT:
                pass
            case _ if _is_enforced(keyword, value):
                kept[keyword] = value
            case _:
                lost.add(keyword)
    if "properties" in kept or kept.get("type") == "object":
        kept["additionalProperties"] = False
    return kept


def _is_enforced(keyword: str, value: JsonValue) -> bool:
    match keyword:
        case "format":
            return isinstance(value, str) and value in _FORMATS
        case "minItems":
            return isinstance(value, int) and value <= 1
        case "additionalProperties":
            return value is False
        case _:
            return keyword in _KEPT
