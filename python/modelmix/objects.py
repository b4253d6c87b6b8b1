"""A Python type, its JSON Schema, and the object that a model makes of it."""

import re
from collections.abc import Callable, Mapping
from typing import Final, Protocol, TypeVar, cast

import msgspec
from returns.result import Failure, Success

from modelmix.ast.content import JsonText
from modelmix.ast.options import Shaped
from modelmix.ast.response import Response
from modelmix.errors import BadRequest, MixError, NotInstalled, ObjectMismatch, Truncated
from modelmix.jsonvalue import JsonValue, parse
from modelmix.outcome import Outcome
from modelmix.strictness import without_nulls

T = TypeVar("T")

_FENCE: Final = re.compile(r"\s*```(?:json)?\s*\n(.*?)\n?```\s*", re.DOTALL)
_LABEL: Final = re.compile(r"[^a-zA-Z0-9_-]+")


class PydanticModel(Protocol):
    """What we need of a pydantic model's class; pydantic itself is never imported."""

    def model_json_schema(self) -> Mapping[str, object]:
        """Its JSON Schema."""
        ...

    def model_validate(self, obj: object) -> object:
        """An instance from plain values."""
        ...


def pydantic_model(shape: object) -> PydanticModel | None:
    """The shape, if it is the class of a pydantic model."""
    return cast("PydanticModel", shape) if hasattr(shape, "model_json_schema") else None


def shape_of(shape: type[object]) -> Outcome[Shaped]:
    """The form of an answer that is a `shape`: a msgspec Struct, dataclass, TypedDict, pydantic model or plain type."""
    name = getattr(shape, "__name__", "answer")
    try:
        model = pydantic_model(shape)
        schema = msgspec.json.schema(shape) if model is None else model.model_json_schema()
    except TypeError as cause:
        return Failure(BadRequest(field="shape", value=name, expected=f"a type with a JSON Schema ({cause})"))
    text = JsonText(msgspec.json.encode(unwrapped(schema)).decode())
    return Success(Shaped(name=_label(name), schema=text))


def unwrapped(schema: Mapping[str, object]) -> Mapping[str, object]:
    """The schema with its root in place: providers refuse a root that is a reference."""
    reference, definitions = schema.get("$ref"), schema.get("$defs")
    if not isinstance(reference, str) or not isinstance(definitions, dict):
        return schema
    known = cast("dict[str, dict[str, object]]", definitions)
    name = reference.rpartition("/")[2]
    root = known[name]
    others = {key: value for key, value in known.items() if key != name or _mentions(known, reference)}
    return {**root, "$defs": others} if others else root


def _mentions(definitions: Mapping[str, dict[str, object]], reference: str) -> bool:
    return f'"{reference}"' in msgspec.json.encode(definitions).decode()


def _label(name: str) -> str:
    return _LABEL.sub("_", name)[:64] or "answer"


def read_object(response: Response, shape: type[T], wanted: Shaped) -> Outcome[T]:
    """The object in an answer, validated in full."""
    return _read(response, wanted, lambda value: _convert(value, shape))


def read_json(response: Response, wanted: Shaped) -> Outcome[JsonValue]:
    """The JSON in an answer, validated against its schema by a JSON Schema library (extra `schema`)."""
    return _read(response, wanted, lambda value: _checked(value, wanted.schema))


def _read(response: Response, wanted: Shaped, convert: Callable[[JsonValue], Outcome[T] | str]) -> Outcome[T]:
    if response.finish == "length":
        return Failure(Truncated(by="output_limit", partial=response, phase="mid_stream"))
    if response.refusal is not None:
        return Failure(_mismatch(response, f"the model refused: {response.refusal}"))
    try:
        value = parse(bare(response.text))
    except ValueError as cause:
        return Failure(_mismatch(response, f"it is no JSON ({cause})"))
    read = convert(without_nulls(value, parse(wanted.schema)))
    return Failure(_mismatch(response, read)) if isinstance(read, str) else read


def bare(text: str) -> str:
    """The JSON in a text that may have a code fence around it."""
    fenced = _FENCE.fullmatch(text)
    return fenced[1] if fenced else text.strip()


def _mismatch(response: Response, why: str) -> MixError:
    return ObjectMismatch(why=why, partial=response, phase="mid_stream")


def _convert(value: JsonValue, shape: type[T]) -> Outcome[T] | str:
    try:
        model = pydantic_model(shape)
        return Success(msgspec.convert(value, shape) if model is None else cast("T", model.model_validate(value)))
    except ValueError as cause:
        # msgspec.ValidationError and pydantic.ValidationError both are one.
        return str(cause)


def _checked(value: JsonValue, schema: str) -> Outcome[JsonValue] | str:
    try:
        import jsonschema_rs  # noqa: PLC0415 - an extra, imported where it is used
    except ImportError:
        return Failure(NotInstalled(extra="schema", purpose="checking an answer against a JSON Schema"))
    try:
        validator = jsonschema_rs.validator_for(schema)
    except ValueError as cause:
        return Failure(BadRequest(field="schema", value=schema[:80], expected=f"a valid JSON Schema ({cause})"))
    error = next(iter(validator.iter_errors(value)), None)
    if error is None:
        return Success(value)
    place = "/".join(str(step) for step in error.instance_path)
    return f"{error.message} at /{place}" if place else error.message
