"""The parameters of a function: the JSON Schema that a model sees, and the values that a call is made with."""

from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import Annotated, Any, Final, TypeAlias, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.json import encode

from modelmix.ast.content import JsonText
from modelmix.jsonvalue import JsonValue, parse
from modelmix.node import Node
from modelmix.objects import pydantic_model
from modelmix.strictness import without_nulls
from modelmix.wrapping import in_place

Arguments: TypeAlias = tuple[tuple[object, ...], Mapping[str, object]]
"""What a function is called with: by position, and by name."""

_BY_POSITION: Final = Parameter.POSITIONAL_ONLY
_ANYTHING: Final = "$anything"
_MANY: Final = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


class Parameters(Node, frozen=True):
    """What a function takes, as a Struct with a field for each parameter."""

    shape: type[Struct]
    schema: JsonText
    positional: tuple[str, ...]


def parameters_of(function: Callable[..., object], name: str, described: Mapping[str, str]) -> Parameters:
    """The parameters of a function, told by its annotations.

    A description is a text or a `msgspec.Meta` in `Annotated`, else what the docstring says.

    Raises
    ------
    TypeError
        When a parameter has no annotation, no JSON Schema, or is one of `*args` and `**kwargs`: a mistake in the
        program.
    """
    try:
        hints = get_type_hints(function, include_extras=True)
    except NameError as cause:
        raise TypeError(f"a type of the tool `{name}` cannot be found from its module: {cause}") from cause
    fields: list[tuple[str, object] | tuple[str, object, object]] = []
    found = signature(function).parameters
    for parameter in found.values():
        if parameter.kind in _MANY or parameter.name not in hints:
            raise TypeError(f"the parameter `{parameter}` of the tool `{name}` needs a type, and to be a single one")
        kind = _described(hints[parameter.name], described.get(parameter.name))
        if parameter.default is Parameter.empty:
            fields.append((parameter.name, kind))
        else:
            # Left out, it is left to the function, whose default need not be one that JSON can say.
            fields.append((parameter.name, kind | UnsetType, UNSET))
    shape = msgspec.defstruct(name, cast("Any", fields), kw_only=True, forbid_unknown_fields=True)
    positional = tuple(parameter.name for parameter in found.values() if parameter.kind is _BY_POSITION)
    return Parameters(shape, _schema(shape), positional)


def _described(hint: Any, description: str | None) -> Any:
    """The hint with its description where msgspec looks for it."""
    metas: list[Meta] = []
    if get_origin(hint) is Annotated:
        hint, *notes = get_args(hint)
        metas = [note for note in notes if isinstance(note, Meta)]
        description = " ".join(note for note in notes if isinstance(note, str)) or description
    if description and not any(meta.description for meta in metas):
        metas.append(Meta(description=description))
    for meta in metas:
        hint = Annotated[hint, meta]
    return hint


def _schema(shape: type[Struct]) -> JsonText:
    whole = msgspec.json.schema(shape, schema_hook=_own_schema)
    plain = parse(in_place(JsonText(encode(whole).decode())))
    definitions: dict[str, JsonValue] = {}
    hoisted = _hoisted(plain, definitions)
    assert isinstance(hoisted, dict)
    del hoisted["title"]
    return JsonText(encode({**hoisted, "$defs": definitions} if definitions else hoisted).decode())


def _hoisted(value: JsonValue, definitions: dict[str, JsonValue]) -> JsonValue:
    """The schema with all definitions gathered, as references look for them at the root."""
    if isinstance(value, list):
        return [_hoisted(item, definitions) for item in value]
    if not isinstance(value, dict):
        return value
    inner = value.get("$defs")
    if isinstance(inner, dict):
        definitions.update({name: _hoisted(schema, definitions) for name, schema in inner.items()})
    return {name: _hoisted(item, definitions) for name, item in value.items() if name not in {"$defs", _ANYTHING}}


def _own_schema(kind: type) -> dict[str, object]:
    """The schema of a type that msgspec leaves to others: `object` may be anything."""
    model = pydantic_model(kind)
    if model is None and kind is not object:
        raise NotImplementedError  # msgspec asks for this where a hook knows no schema
    # msgspec takes an empty schema for none, so what stands for it goes when definitions are gathered.
    return {_ANYTHING: True} if model is None else dict(model.model_json_schema())


def _own_value(kind: type, value: object) -> object:
    model = pydantic_model(kind)
    return value if model is None else model.model_validate(value)


def read_arguments(parameters: Parameters, text: JsonText) -> Arguments:
    """The arguments that a model wrote, validated in full.

    Raises
    ------
    ValueError
        When they are no JSON, or do not fit: the message says why.
    """
    value = without_nulls(parse(text), parse(parameters.schema))
    try:
        read = _convert(value, parameters.shape)
    except ValueError:
        whole = _integral(value)
        if whole == value and encode(whole) == encode(value):
            raise
        read = _convert(whole, parameters.shape)
    given = {name: getattr(read, name) for name in parameters.shape.__struct_fields__}
    by_position = [given.pop(name) for name in parameters.positional]
    last = next((at for at, item in enumerate(by_position) if item is UNSET), len(by_position))
    if any(item is not UNSET for item in by_position[last:]):
        raise ValueError(f"`{parameters.positional[last]}` is missing, and others that come after it are there")
    return tuple(by_position[:last]), {name: item for name, item in given.items() if item is not UNSET}


def _convert(value: JsonValue, shape: type[Struct]) -> Struct:
    return msgspec.convert(value, shape, strict=True, dec_hook=_own_value)


def _integral(value: JsonValue) -> JsonValue:
    """The value with whole numbers as such: some models write `3.0` where a count is meant."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case list():
            return [_integral(item) for item in value]
        case dict():
            return {name: _integral(item) for name, item in value.items()}
        case _:
            return value
