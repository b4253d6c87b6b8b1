"""A value that fits a JSON Schema: always the same for the same schema.

What is not understood is an error that names the keyword, so that no value is handed out that might not fit.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from modelmix.jsonvalue import JsonValue
from modelmix.testing.mock.patterns import sample

Schema: TypeAlias = Mapping[str, JsonValue]

_DEEPEST: Final = 32
_LARGEST: Final = 10_000
"""Items, properties or characters that a schema may ask for at least."""
_SHALLOW: Final = 4
"""Levels below which what may be left out is left out, so that schemas that hold themselves come to an end."""

_BEYOND: Final = ("not", "if", "dependentSchemas", "$dynamicRef", "$recursiveRef")
_FORMATS: Final[Mapping[str, str]] = {
    "date": "2025-01-29",
    "time": "10:30:00Z",
    "date-time": "2025-01-29T10:30:00Z",
    "duration": "P1D",
    "email": "name@example.com",
    "idn-email": "name@example.com",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uri-reference": "https://example.com/",
    "iri": "https://example.com/",
    "iri-reference": "https://example.com/",
    "uri-template": "https://example.com/{name}",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
    "json-pointer": "/name",
    "relative-json-pointer": "0",
    "regex": "a",
}
_TYPES: Final = (
    ("object", ("properties", "required", "additionalProperties", "patternProperties", "minProperties")),
    ("array", ("items", "prefixItems", "minItems", "contains")),
    ("string", ("pattern", "format", "minLength", "maxLength")),
    ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)


class Unfit(ValueError):  # noqa: N818 - it says what a schema is to the mock
    """No value is made for this schema; the text names the keyword."""


def fitting(schema: JsonValue) -> JsonValue:
    """A value for a schema; types may be in capitals and there may be `nullable`, as Google writes them.

    >>> fitting({"type": "object", "properties": {"age": {"type": "integer", "minimum": 18}}})
    {'age': 18}

    Raises
    ------
    Unfit
        When a keyword is not understood, or contradicts another.
    """
    return _value(schema, schema, 0, 0)


def _value(schema: JsonValue, root: JsonValue, depth: int, nth: int) -> JsonValue:
    """The value for a schema; `nth` tells apart those that stand beside each other in a list."""
    if depth > _DEEPEST:
        raise Unfit("it holds itself without end")
    if schema is False:
        raise Unfit("nothing fits the schema `false`")
    if not isinstance(schema, Mapping):
        return "text"
    for word in _BEYOND:
        if word in schema:
            raise Unfit(f"`{word}` is not understood")
    if "$ref" in schema:
        return _value(_resolved(schema, root), root, depth + 1, nth)
    if "allOf" in schema:
        return _value(_all_of(schema, root), root, depth + 1, nth)
    return _plain(schema, root, depth, nth)


def _all_of(schema: Schema, root: JsonValue) -> JsonValue:
    """The schema with those that it joins put into it."""
    whole, parts = _without(schema, "allOf"), schema["allOf"]
    for part in parts if isinstance(parts, list) else ():
        whole = _merged(whole, _resolved(part, root))
    return whole


def _plain(schema: Schema, root: JsonValue, depth: int, nth: int) -> JsonValue:
    """The value for a schema that stands for itself."""
    if "const" in schema:
        return schema["const"]
    if isinstance(options := schema.get("enum"), list) and options:
        told = [option for option in options if option is not None] or options
        return told[nth % len(told)]
    for word in ("anyOf", "oneOf"):
        if isinstance(choices := schema.get(word), list) and choices:
            return _one_of(choices, _without(schema, word), root, depth, nth)
    return _typed(schema, root, depth, nth)


def _one_of(choices: list[JsonValue], rest: JsonValue, root: JsonValue, depth: int, nth: int) -> JsonValue:
    """A value for the first choice that has one; null comes last, and deep down first."""
    ordered = sorted(choices, key=lambda choice: _is_null(choice) != (depth >= _SHALLOW))
    problem = Unfit("there is nothing to choose")
    for choice in ordered:
        try:
            return _value(_merged(rest, _resolved(choice, root)), root, depth + 1, nth)
        except Unfit as cause:
            problem = cause
    raise problem


def _typed(schema: Schema, root: JsonValue, depth: int, nth: int) -> JsonValue:
    kind = _kind(schema, depth)
    match kind:
        case "object":
            return _object(schema, root, depth)
        case "array":
            return _array(schema, root, depth)
        case "string":
            return _string(schema, nth)
        case "integer" | "number":
            return _number(schema, nth, whole=kind == "integer")
        case "boolean":
            return nth % 2 == 0
        case "null":
            return None
        case None:
            return "text"
        case _:
            raise Unfit(f"`type` {kind} is not understood")


def _kind(schema: Schema, depth: int) -> str | None:
    """The type of the value: the first that is named, null last; else the one whose words there are."""
    named = schema.get("type")
    if isinstance(named, list) and named:
        names = [str(name).lower() for name in named]
        nulls = "null" in names and depth >= _SHALLOW
        return "null" if nulls else next((name for name in names if name != "null"), "null")
    if isinstance(named, str):
        return named.lower()
    return next((kind for kind, words in _TYPES if any(word in schema for word in words)), None)


def _object(schema: Schema, root: JsonValue, depth: int) -> JsonValue:
    properties = schema.get("properties")
    known: Mapping[str, JsonValue] = properties if isinstance(properties, Mapping) else {}
    required = _names(schema.get("required"))
    others = schema.get("additionalProperties", True)
    patterns = schema.get("patternProperties")
    made: dict[str, JsonValue] = {}
    for name in dict.fromkeys((*known, *required)):
        inner = _by_pattern(name, known.get(name, others), patterns)
        try:
            if name in required or depth < _SHALLOW:
                made[name] = _value(inner, root, depth + 1, 0)
        except Unfit:
            if name in required:
                raise
    most = _bound(schema, "maxProperties")
    for name in [name for name in reversed(made) if name not in required]:
        if most is not None and len(made) > most:
            del made[name]
    missing = _least(schema, "minProperties") - len(made)
    if missing > 0 and "propertyNames" in schema:
        raise Unfit("`propertyNames` is not understood beside `minProperties`")
    for count in range(missing):
        made[f"key{count + 1}"] = _value(_by_pattern(f"key{count + 1}", others, patterns), root, depth + 1, 0)
    return made


def _by_pattern(name: str, schema: JsonValue, patterns: JsonValue) -> JsonValue:
    """The schema of a property, with those of the patterns that its name matches."""
    matching = patterns.items() if isinstance(patterns, Mapping) else ()
    try:
        found = [inner for pattern, inner in matching if re.search(pattern, name)]
    except re.error as cause:
        raise Unfit(f"`patternProperties` has a pattern that is none: {cause}") from cause
    if found and schema is False:
        # What a pattern names is no additional property.
        schema = True
    for inner in found:
        schema = _merged(schema, inner)
    return schema


def _array(schema: Schema, root: JsonValue, depth: int) -> JsonValue:
    prefix = schema.get("prefixItems")
    first: list[JsonValue] = prefix if isinstance(prefix, list) else []
    rest = schema.get("items", True)
    contains = schema.get("contains")
    least = _least(schema, "minItems")
    most = _bound(schema, "maxItems")
    if contains is not None:
        least = max(least, _least(schema, "minContains", 1))
        rest = _merged(rest, contains)
        if _bound(schema, "maxContains") is not None:
            raise Unfit("`maxContains` is not understood")
    length = max(least, len(first) if rest is False else max(1, len(first))) if depth < _SHALLOW else least
    if most is not None and length > most:
        length = max(least, int(most))
    items = [_value(first[at] if at < len(first) else rest, root, depth + 1, at) for at in range(length)]
    if schema.get("uniqueItems") is True and any(item in items[:at] for at, item in enumerate(items)):
        raise Unfit("`uniqueItems` is not met")
    return list(items)


def _string(schema: Schema, nth: int) -> str:
    least = _least(schema, "minLength")
    most = _bound(schema, "maxLength")
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        fits = (text for text in _samples(pattern) if least <= len(text) <= (math.inf if most is None else most))
        found = next(fits, None)
        if found is None:
            raise Unfit(f"no text is found for `pattern` {pattern}")
        return found
    text = _FORMATS.get(str(schema.get("format")))
    if text is not None:
        return text
    plain = "text" if nth == 0 else f"{nth + 1} text"
    whole = plain + "x" * (least - len(plain))
    return whole if most is None else whole[: int(most)]


def _samples(pattern: str) -> Iterator[str]:
    for more in (0, 1, 2, 3, 5, 8, 13, 21, 34, 55):
        try:
            yield sample(pattern, more)
        except (ValueError, IndexError) as cause:
            raise Unfit(f"no text is found for `pattern` {pattern}") from cause


def _number(schema: Schema, nth: int, *, whole: bool) -> JsonValue:
    low, high = _bound(schema, "minimum"), _bound(schema, "maximum")
    above, below = _bound(schema, "exclusiveMinimum"), _bound(schema, "exclusiveMaximum")
    step = _bound(schema, "multipleOf")
    floor = max((bound for bound in (low, above) if bound is not None), default=-math.inf)
    ceiling = min((bound for bound in (high, below) if bound is not None), default=math.inf)
    unit = step or 1
    start = math.ceil(floor / unit) * unit if math.isfinite(floor) else unit
    last = math.floor(ceiling / unit) * unit if math.isfinite(ceiling) else start
    tried = [start + nth * unit, start, start + unit, last, last - unit, (floor + ceiling) / 2, 0]
    if not math.isfinite(floor) or floor < 1:
        tried.insert(0, (nth + 1) * unit)
    for number in tried:
        inside = math.isfinite(number) and floor <= number <= ceiling and number not in {above, below}
        stepped = step is None or math.isclose(number / step, round(number / step), abs_tol=1e-9)
        if inside and stepped and (not whole or float(number).is_integer()):
            return int(number) if float(number).is_integer() else number
    raise Unfit("no number is between its bounds")


def _least(schema: Schema, word: str, default: int = 0) -> int:
    """How many of something there must be."""
    value = _bound(schema, word)
    if value is not None and value > _LARGEST:
        raise Unfit(f"`{word}` asks for more than {_LARGEST}")
    return default if value is None else int(value)


def _bound(schema: Schema, word: str) -> float | None:
    """A number of a schema; Google writes whole ones as text. True, as draft 4 has it, is no bound."""
    value = schema.get(word)
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _merged(one: JsonValue, other: JsonValue) -> JsonValue:
    """A schema for what fits both."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return one if other is True or other is None or one is False else other
    whole: dict[str, JsonValue] = {**one, **other}
    for word in one.keys() & other.keys():
        mine, theirs = one[word], other[word]
        if isinstance(mine, dict) and isinstance(theirs, dict):
            same = {name: _merged(mine[name], theirs[name]) for name in mine.keys() & theirs.keys()}
            whole[word] = {**mine, **theirs, **same} if word == "properties" else _merged(mine, theirs)
        elif word == "required":
            whole[word] = [*dict.fromkeys((*_names(mine), *_names(theirs)))]
        elif isinstance(mine, int | float) and isinstance(theirs, int | float):
            whole[word] = max(mine, theirs) if "min" in word.lower() else min(mine, theirs)
    return whole


def _names(value: JsonValue) -> tuple[str, ...]:
    return tuple(str(name) for name in value) if isinstance(value, list) else ()


def _resolved(schema: JsonValue, root: JsonValue) -> JsonValue:
    """A schema with the one it refers to in its place, so that it can be merged."""
    for _ in range(_DEEPEST):
        if not isinstance(schema, Mapping) or "$ref" not in schema:
            return schema
        schema = _merged(_target(str(schema["$ref"]), root), _without(schema, "$ref"))
    raise Unfit("`$ref` leads to itself")


def _target(reference: str, root: JsonValue) -> JsonValue:
    """What a reference into the schema names."""
    node = root
    if not reference.startswith("#"):
        raise Unfit(f"`$ref` {reference} is outside of it")
    for step in reference[1:].split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, Mapping) and name in node:
            node = node[name]
        elif isinstance(node, list) and name.isdigit() and int(name) < len(node):
            node = node[int(name)]
        else:
            raise Unfit(f"`$ref` {reference} names nothing")
    return node


def _without(schema: Schema, word: str) -> JsonValue:
    return {name: value for name, value in schema.items() if name != word}


def _is_null(schema: JsonValue) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") in ("null", "NULL")
