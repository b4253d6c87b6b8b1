"""What `--schema` may say: a file, inline JSON, the concise form, or a Python type."""

import re
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from returns.result import Failure, Success

from modelmix.ast.content import JsonText
from modelmix.ast.options import Shaped
from modelmix.ast.response import Response
from modelmix.cli.imports import imported
from modelmix.errors import BadRequest
from modelmix.jsonvalue import JsonValue, parse
from modelmix.node import Node
from modelmix.objects import plain, raw_reading, read_json, read_object, shape_of
from modelmix.outcome import Outcome, and_then, mapped


class Person(Struct):
    """The object that is made when nothing else is asked for."""

    name: Annotated[str, Meta(description="Full name of the person")]
    age: Annotated[int, Meta(description="Age in years")] | UnsetType = UNSET
    occupation: Annotated[str, Meta(description="Job or profession")] | UnsetType = UNSET
    location: Annotated[str, Meta(description="City or region where they live")] | UnsetType = UNSET


class Wanted(Node, frozen=True):
    """The form of an object, and the Python type behind it if there is one."""

    form: Shaped
    shape: type[object] | None = None


def read(wanted: Wanted, response: Response) -> Outcome[JsonValue]:
    """The object in an answer, as plain JSON, validated in full."""
    if wanted.shape is None:
        return read_json(response, wanted.form)
    checked = read_object(response, wanted.shape, wanted.form)
    return mapped(checked, lambda _: plain(response, wanted.form))


def checkable(wanted: Wanted | None) -> Outcome[None]:
    """Whether an answer can be held against its schema, before one is asked for."""
    if wanted is None or wanted.shape is not None:
        return Success(None)
    return mapped(raw_reading(wanted.form), lambda _: None)


def wanted(text: str | None) -> Outcome[Wanted]:
    """The form that `--schema` names; without it, a person."""
    if text is None:
        return _typed(Person)
    stripped = text.strip()
    if stripped.startswith("{"):
        return _raw(stripped, "schema")
    path = _file(stripped)
    if path is not None:
        try:
            return _raw(path.read_text(encoding="utf-8"), stripped)
        except (OSError, UnicodeDecodeError) as cause:
            return Failure(BadRequest(field="schema", value=text, expected=f"a file that can be read ({cause})"))
    if re.fullmatch(r"[\w.]+:\w+", stripped):
        return _imported(stripped)
    return _concise(stripped)


def _file(text: str) -> Path | None:
    """The file that a text names, if it names one: a schema in words may be longer than any name of a file."""
    try:
        path = Path(text).expanduser()
        return path if text.endswith(".json") or path.is_file() else None
    except (OSError, RuntimeError):
        return None


def _raw(text: str, where: str) -> Outcome[Wanted]:
    try:
        schema = parse(text)
    except ValueError as cause:
        return Failure(BadRequest(field="schema", value=where, expected=f"a JSON Schema ({cause})"))
    if not isinstance(schema, dict):
        return Failure(BadRequest(field="schema", value=where, expected="a JSON Schema, which is an object"))
    title = schema.get("title")
    name = re.sub(r"[^a-zA-Z0-9_-]+", "_", title)[:64] if isinstance(title, str) and title else "answer"
    return Success(Wanted(Shaped(name=name, schema=JsonText(text))))


def _imported(place: str) -> Outcome[Wanted]:
    found = imported(place, "schema", "Type")
    if isinstance(found, Failure):
        return found
    shape = found.unwrap()
    if not isinstance(shape, type):
        return Failure(BadRequest(field="schema", value=place, expected="a type"))
    return _typed(shape)


def _typed(shape: type[object]) -> Outcome[Wanted]:
    return mapped(shape_of(shape), lambda form: Wanted(form, shape))


_FIELD: Final = re.compile(r"\s*(\w+)\s+(\[?)\s*(str|int|float|bool)\s*(\]?)(\??)\s*(?::\s*(.*))?", re.DOTALL)
_TYPES: Final[dict[str, type[object]]] = {"str": str, "int": int, "float": float, "bool": bool}


def _concise(text: str) -> Outcome[Wanted]:
    """A type from `name str, age int: years, tags [str]`; a `?` after a type makes its field optional."""
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for piece in text.split(","):
        found = _FIELD.fullmatch(piece)
        if found is None or bool(found[2]) != bool(found[4]):
            expected = "a file, JSON, module:Type, or `name type: description, …` with str, int, float, bool or [type]"
            return Failure(BadRequest(field="schema", value=piece.strip(), expected=expected))
        fields.append(_field(found))
    if len({field[0] for field in fields}) < len(fields):
        return Failure(BadRequest(field="schema", value=text, expected="each name once"))
    return and_then(_defined(fields), _typed)


def _field(found: re.Match[str]) -> tuple[str, Any] | tuple[str, Any, Any]:
    kind: Any = _TYPES[found[3]]  # a type made at run time has no static one
    if found[2]:
        kind = list[kind]
    if found[6]:
        kind = Annotated[kind, Meta(description=found[6].strip())]
    return (found[1], kind | UnsetType, UNSET) if found[5] else (found[1], kind)


def _defined(fields: list[tuple[str, Any] | tuple[str, Any, Any]]) -> Outcome[type[object]]:
    try:
        return Success(msgspec.defstruct("Answer", fields, kw_only=True))
    except (TypeError, ValueError) as cause:
        return Failure(BadRequest(field="schema", value="the concise form", expected=f"names that fit ({cause})"))
