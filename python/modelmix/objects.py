"""A Python type or a JSON Schema, and the object that a model makes of it."""

import re
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar, cast, get_args

import msgspec
from returns.result import Failure, Success

from modelmix.ast.content import JsonText, Text
from modelmix.ast.options import Shaped
from modelmix.ast.response import Response
from modelmix.errors import BadRequest, MixError, NotInstalled, ObjectMismatch, Truncated
from modelmix.growing import Tree
from modelmix.jsonvalue import JsonValue, parse
from modelmix.keywords import flaws
from modelmix.outcome import Outcome, mapped
from modelmix.sketch import ANYTHING, Sketch, sketch_of
from modelmix.strictness import without_nulls
from modelmix.wrapping import in_place, unwrapped, was_wrapped
from modelmix.written import Written

if TYPE_CHECKING:
    import jsonschema_rs
    from typing_extensions import TypeForm

T = TypeVar("T")

_FENCE: Final = re.compile(r"\s*```(?:json)?\s*\n(.*?)\n?```\s*", re.DOTALL)
_ADAPTER: Final = "TypeAdapter"
_LABEL: Final = re.compile(r"[^a-zA-Z0-9_-]+")


class Reading(Generic[T]):
    """How an answer is asked for, and read."""

    __slots__ = ("_convert", "form", "item", "sketch")

    def __init__(
        self,
        form: Shaped,
        convert: Callable[[JsonValue], Outcome[T] | str],
        item: Callable[[JsonValue], Outcome[object] | str],
        sketch: Sketch,
    ) -> None:
        self.form: Final = form
        self._convert = convert
        self.item: Final = item
        """One item of an answer that is a list, validated; the reason why it is none."""
        self.sketch: Final = sketch
        """What it looks like while it is being written."""

    def read(self, response: Response) -> Outcome[T]:
        """The object in an answer, validated in full."""
        return _read(response, self.form, self._convert)


def reading_of(shape: "TypeForm[T] | Shaped") -> Outcome[Reading[T]]:
    """How an answer of a shape is read: a type, or a schema, for which the extra `schema` is needed."""
    if isinstance(shape, Shaped):
        raw = raw_reading(shape)
        # For a schema, T is JsonValue: the overloads of those who call this say so.
        return cast("Outcome[Reading[T]]", raw)
    item = _item_type(shape)
    return mapped(
        shape_of(shape),
        lambda form: Reading(
            form,
            lambda value: _convert(value, shape),
            lambda value: _convert(_cleaned_item(value, form), item),
            sketch_of(shape),
        ),
    )


def _item_type(shape: object) -> "TypeForm[object]":
    """What a type of lists is a list of; anything where it is none."""
    plain: object = getattr(shape, "__origin__", shape) if hasattr(shape, "__metadata__") else shape
    return cast("TypeForm[object]", next(iter(get_args(plain)), object))


def raw_reading(form: Shaped) -> Outcome[Reading[JsonValue]]:
    """How an answer is read that is to fit a schema: what nobody could check is an error before anything is asked."""
    validator = _validator(form.schema)
    if isinstance(validator, Failure):
        return validator
    for flaw in flaws(form.schema):
        return Failure(flaw)
    one = _of_one_item(form.schema)
    return Success(
        Reading(
            form,
            lambda value: _checked(value, form.schema),
            lambda value: _checked([_cleaned_item(value, form)], one),
            ANYTHING,
        )
    )


def _cleaned_item(value: JsonValue, form: Shaped) -> JsonValue:
    cleaned = without_nulls([value], parse(form.schema))
    return cleaned[0] if isinstance(cleaned, list) else value


def _of_one_item(schema: JsonText) -> JsonText:
    """The schema of a list, for a list of one of its items: what it says of the whole list is left out."""
    root = parse(schema)
    of_all = {"minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains", "prefixItems"}
    kept = {word: value for word, value in root.items() if word not in of_all} if isinstance(root, dict) else root
    return JsonText(msgspec.json.encode(kept).decode())


class PydanticModel(Protocol):
    """What we need of a pydantic model's class; pydantic itself is never imported."""

    def model_json_schema(self) -> Mapping[str, object]:
        """Its JSON Schema."""
        ...

    def model_validate(self, obj: object) -> object:
        """An instance from plain values."""
        ...


class PydanticAdapter(Protocol):
    """What we need of pydantic's `TypeAdapter`, for types that hold models."""

    def json_schema(self) -> Mapping[str, object]:
        """The JSON Schema of the type."""
        ...

    def validate_python(self, value: object, /) -> object:
        """A value of the type from plain values."""
        ...


def pydantic_model(shape: object) -> PydanticModel | None:
    """The shape, if it is the class of a pydantic model."""
    return cast("PydanticModel", shape) if hasattr(shape, "model_json_schema") else None


def _adapter(shape: object) -> PydanticAdapter | None:
    """What reads a type that holds pydantic models, such as a list of them; None where there are none."""
    if not any(_holds_models(part) for part in get_args(shape)):
        return None
    make = cast("Callable[[object], PydanticAdapter]", getattr(sys.modules["pydantic"], _ADAPTER))
    return make(shape)


def _holds_models(shape: object) -> bool:
    return pydantic_model(shape) is not None or any(map(_holds_models, get_args(shape)))


def _schema(shape: object) -> Mapping[str, object]:
    model = pydantic_model(shape)
    if model is not None:
        return model.model_json_schema()
    adapter = _adapter(shape)
    return msgspec.json.schema(shape) if adapter is None else adapter.json_schema()


def shape_of(shape: "TypeForm[object]") -> Outcome[Shaped]:
    """The form of an answer that is a `shape`: a msgspec Struct, dataclass, TypedDict, pydantic model or plain type."""
    name = str(getattr(shape, "__name__", "answer"))
    try:
        schema = _schema(shape)
    except TypeError as cause:
        return Failure(BadRequest(field="shape", value=name, expected=f"a type with a JSON Schema ({cause})"))
    text = in_place(JsonText(msgspec.json.encode(schema).decode()))
    return Success(Shaped(name=_label(name), schema=text))


def _label(name: str) -> str:
    return _LABEL.sub("_", name)[:64] or "answer"


def read_object(response: Response, shape: "TypeForm[T]", wanted: Shaped) -> Outcome[T]:
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
        value = plain(response, wanted)
    except ValueError as cause:
        return Failure(_mismatch(response, f"it is no JSON ({cause})"))
    read = convert(value)
    return Failure(_mismatch(response, read)) if isinstance(read, str) else read


def plain(response: Response, wanted: Shaped) -> JsonValue:
    """The JSON of an answer as its schema has it, before it is validated: without what the provider's form added.

    Raises
    ------
    ValueError
        When it is no JSON.
    """
    value = _value(response)
    if was_wrapped(response.adaptations):
        value = unwrapped(value)
    return without_nulls(value, parse(wanted.schema))


def _value(response: Response) -> JsonValue:
    """The JSON of an answer. Where a model says something beside it, the last part of its text is the answer."""
    texts = [part.text for part in response.parts if isinstance(part, Text) and part.text.strip()]
    try:
        return document(response.text)
    except ValueError:
        if len(texts) < 2:
            raise
        return document(texts[-1])


def document(text: str) -> JsonValue:
    """The JSON in a text that may have a code fence around it. A lone half of a surrogate pair becomes U+FFFD.

    Raises
    ------
    ValueError
        When it is no JSON.
    """
    try:
        return parse(bare(text))
    except ValueError:
        written, tree = Written(), Tree()
        tree.take(written.feed(bare(text)))
        tree.take(written.finish())
        if "\\u" not in text or written.progress != "complete" or tree.flawed:
            raise
        return cast("JsonValue", tree.value)


def bare(text: str) -> str:
    """The JSON in a text that may have a code fence around it."""
    fenced = _FENCE.fullmatch(text)
    return fenced[1] if fenced else text.strip()


def _mismatch(response: Response, why: str) -> MixError:
    return ObjectMismatch(why=why, partial=response, phase="mid_stream")


def _convert(value: JsonValue, shape: "TypeForm[T]") -> Outcome[T] | str:
    try:
        return Success(_converted(value, shape))
    except ValueError as cause:
        # msgspec.ValidationError and pydantic.ValidationError both are one.
        whole = _integral(value)
        try:
            return str(cause) if whole == value and repr(whole) == repr(value) else Success(_converted(whole, shape))
        except ValueError:
            return str(cause)


def _converted(value: JsonValue, shape: "TypeForm[T]") -> T:
    model, adapter = pydantic_model(shape), _adapter(shape)
    if model is not None:
        return cast("T", model.model_validate(value))
    if adapter is not None:
        return cast("T", adapter.validate_python(value))
    return msgspec.convert(value, cast("type[T]", shape))


def _integral(value: JsonValue) -> JsonValue:
    """The value with whole numbers that were written as fractions, which JSON Schema takes for integers, as such."""
    if isinstance(value, list):
        return [_integral(item) for item in value]
    if isinstance(value, dict):
        return {name: _integral(item) for name, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _checked(value: JsonValue, schema: JsonText) -> Outcome[JsonValue] | str:
    found = _validator(schema)
    if isinstance(found, Failure):
        return found
    error = next(iter(found.unwrap().iter_errors(value)), None)
    if error is None:
        return Success(value)
    place = "/".join(str(step) for step in error.instance_path)
    return f"{error.message} at /{place}" if place else error.message


def _validator(schema: JsonText) -> "Outcome[jsonschema_rs.Validator]":
    """What holds answers against a schema in full, formats included; nothing outside of it is ever fetched."""
    try:
        from jsonschema_rs import validator_for  # noqa: PLC0415 - an extra, imported where it is used
    except ImportError:
        return Failure(NotInstalled(extra="schema", purpose="checking an answer against a JSON Schema"))
    return _compiled(validator_for, schema)


@lru_cache(maxsize=64)
def _compiled(make: "Callable[..., jsonschema_rs.Validator]", schema: JsonText) -> "Outcome[jsonschema_rs.Validator]":
    try:
        validator = make(schema, validate_formats=True, ignore_unknown_formats=False, retriever=_nothing)
    except ValueError as cause:
        return Failure(BadRequest(field="schema", value=schema[:80], expected=f"a valid JSON Schema ({_first(cause)})"))
    return Success(validator)


def _nothing(uri: str) -> JsonValue:
    raise ValueError(f"{uri} is outside of it")


def _first(cause: ValueError) -> str:
    return str(cause).partition("\n")[0]
