"""The schema of an answer as a provider takes it, the same for every dialect."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec.json import encode

from modelmix.ast.content import JsonText
from modelmix.dialects.draft import Notes
from modelmix.jsonvalue import parse
from modelmix.providers.provider import Shape
from modelmix.subsets import SubsetName, fit
from modelmix.wrapping import WRAPPED, in_place, is_object, wrapped


def rooted(schema: JsonText, notes: Notes, *, wanted: bool) -> JsonText:
    """The schema with an object at its root, where one is wanted."""
    if not wanted:
        return schema
    if is_object(schema):
        return in_place(schema)
    notes.tell(WRAPPED)
    return wrapped(schema)


def fitted(schema: JsonText, subset: SubsetName, notes: Notes) -> JsonText:
    """The schema in the part of JSON Schema that the provider enforces, every loss told."""
    rewritten, lost = fit(parse(schema), subset)
    for keyword in lost:
        notes.dropped(keyword, f"{_OWNERS[subset]} does not have it; it is checked on arrival")
    return schema if subset == "any" else JsonText(encode(rewritten).decode())


def answer_schema(schema: JsonText, shape: Shape, notes: Notes, *, subset: SubsetName) -> JsonText:
    """The schema of an answer as this provider enforces it; `subset` is what the dialect does where nothing is said."""
    chosen = "any" if shape.strict_schema is False else shape.schema_subset or subset
    return fitted(rooted(schema, notes, wanted=shape.root_object is not False), chosen, notes)


_OWNERS: Final[Mapping[SubsetName, str]] = MappingProxyType(
    {
        "openai": "the strict subset of JSON Schema",
        "anthropic": "Anthropic's subset of JSON Schema",
        "google": "Google's subset of JSON Schema",
        "any": "the provider",
    }
)
