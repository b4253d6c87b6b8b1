"""JSON as typed Python values, for the few documents that Python reads itself: errors, schemas, settings."""

from typing import TypeAlias, cast

import msgspec

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
"""Any JSON document."""


def parse(text: str | bytes) -> JsonValue:
    """The value of a document.

    Raises
    ------
    ValueError
        When it is no JSON, or nested too deep to read.
    """
    try:
        return cast("JsonValue", msgspec.json.decode(text))
    except (msgspec.DecodeError, RecursionError) as cause:
        raise ValueError(str(cause)) from cause


def objects(value: JsonValue) -> tuple[dict[str, JsonValue], ...]:
    """The objects in a list; none where it is no list."""
    return tuple([item for item in value if isinstance(item, dict)]) if isinstance(value, list) else ()
