"""Lists of models, in the four ways that servers say them (WIRE §8), and the model that is asked."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from modelmix.ast.model import Model
from modelmix.catalog.query import type_of
from modelmix.jsonvalue import JsonValue, parse
from modelmix.node import Node

Style: TypeAlias = Literal["openai", "anthropic", "google", "ollama"]
"""Whose way of listing models it is."""

_MOST: Final = 10_000
_LONGEST: Final = 200
"""Models that are looked at, and characters of a name: more is no list of models."""


class Listed(Node, frozen=True):
    """A model as it is listed; `talks` is None where the list does not say what it is for."""

    name: str
    talks: bool | None = None

    @property
    def is_embedder(self) -> bool:
        """Whether it makes vectors, as far as its name tells."""
        return type_of(Model(provider="", id=self.name)) == "embedding"

    @property
    def is_talker(self) -> bool:
        """Whether it can be asked for words."""
        return type_of(Model(provider="", id=self.name)) == "chat" if self.talks is None else self.talks


def read_list(body: bytes) -> tuple[Style, tuple[Listed, ...]] | None:
    """Whose list a body is, and what it lists; None for one that is no list of models."""
    try:
        document = parse(body)
    except ValueError:
        return None
    # Together gives the bare array.
    rows = document if isinstance(document, list) else None
    style: Style = "openai"
    if isinstance(document, dict):
        data, models = document.get("data"), document.get("models")
        if isinstance(data, list):
            rows, style = data, "anthropic" if "has_more" in document and "object" not in document else "openai"
        elif isinstance(models, list):
            rows, style = models, "google" if any(_is_googles(row) for row in models) else "ollama"
    if rows is None:
        return None
    return style, tuple(_listed(rows[:_MOST]))


def _is_googles(row: JsonValue) -> bool:
    return isinstance(row, dict) and str(row.get("name", "")).startswith("models/")


def _listed(rows: Sequence[JsonValue]) -> Iterator[Listed]:
    for row in rows:
        if not isinstance(row, dict):
            continue
        name = row.get("id") or row.get("model") or row.get("name")
        if isinstance(name, str) and name.isprintable() and 0 < len(name) <= _LONGEST:
            yield Listed(name.removeprefix("models/"), _talks(row))


def _talks(row: Mapping[str, JsonValue]) -> bool | None:
    methods = row.get("supportedGenerationMethods")
    return "generateContent" in methods if isinstance(methods, list) else None


def talker(models: Sequence[Listed]) -> str | None:
    """The first model that can be asked for words; None where none is listed."""
    return next((model.name for model in models if model.is_talker), None)


def embedder(models: Sequence[Listed], model: str) -> str:
    """The model that is asked for vectors: one that is listed as such, else the same as for words."""
    return next((one.name for one in models if one.is_embedder), model)
