"""Whether a body is what its dialect's own typed Structs say: no unknown field, none missing, every type exact.

`Raw` stands in those Structs for JSON that is copied as it is. What it must hold is said in `NARROW`; as a member of a
list, a raw value must be one of the opaque parts of the request, and anything else fits one of the Structs beside it.
"""

from base64 import b64decode
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType, NoneType, UnionType
from typing import Final, Literal, TypeAlias, Union, cast, get_args, get_origin

from msgspec import Raw, Struct, UnsetType
from msgspec.structs import fields

from modelmix.dialects.anthropic_messages import wire as anthropic
from modelmix.dialects.google_generate import wire as google
from modelmix.dialects.ollama_chat import wire as ollama
from modelmix.dialects.openai_chat import wire as chat
from modelmix.dialects.openai_responses import wire as responses

Own: TypeAlias = Collection[object]
"""Values that go back as they came."""

_OBJECT: TypeAlias = dict[str, Raw]

NARROW: Final = MappingProxyType[tuple[type[Struct], str], object](
    {
        (chat.ImageUrl, "url"): str,
        (chat.FileData, "file_data"): str | UnsetType,
        (chat.AssistantMessage, "reasoning_details"): list[_OBJECT] | UnsetType,
        (chat.FunctionSpec, "parameters"): _OBJECT,
        (anthropic.ToolUseBlock, "input"): _OBJECT,
        (anthropic.TextBlock, "citations"): list[_OBJECT] | UnsetType,
        (anthropic.Tool, "input_schema"): _OBJECT,
        (google.FunctionCall, "args"): _OBJECT,
        (google.FunctionDeclaration, "parameters_json_schema"): _OBJECT,
        (responses.InputImage, "image_url"): str | UnsetType,
        (responses.InputFile, "file_data"): str | UnsetType,
        (responses.OutputText, "annotations"): list[_OBJECT] | UnsetType,
        (responses.Tool, "parameters"): _OBJECT,
        (ollama.Function, "arguments"): _OBJECT,
        (ollama.FunctionSpec, "parameters"): _OBJECT,
        (ollama.UserMessage, "images"): list[str] | UnsetType,
        (ollama.AssistantMessage, "images"): list[str] | UnsetType,
        (ollama.ToolMessage, "images"): list[str] | UnsetType,
    }
)


def flaws(value: object, kind: object, own: Own, at: str = "$") -> Iterator[str]:
    """What is wrong with a JSON value of this type."""
    origin, inner = get_origin(kind), cast("tuple[object, ...]", get_args(kind))
    if origin in {Union, UnionType}:
        yield from _union_flaws(value, inner, own, at)
    elif origin is Literal:
        if not any(type(value) is type(choice) and value == choice for choice in inner):
            yield f"{at}: {value!r} is none of {inner}"
    elif origin in {list, tuple, dict}:
        yield from _inner_flaws(value, inner[1 if origin is dict else 0], own, at, is_object=origin is dict)
    elif isinstance(kind, type) and issubclass(kind, Struct):
        yield from _struct_flaws(value, (kind,), own, at)
    elif kind is bytes:
        yield from _base64_flaws(value, at)
    elif kind is not Raw and type(value) is not kind:
        yield f"{at}: {value!r} is no {kind}"


def _inner_flaws(value: object, kind: object, own: Own, at: str, *, is_object: bool) -> Iterator[str]:
    if not isinstance(value, dict if is_object else list):
        yield f"{at}: no {'object' if is_object else 'list'}"
        return
    members = (
        [(f".{name}", member) for name, member in cast("dict[str, object]", value).items()]
        if isinstance(value, dict)
        else [(f"[{place}]", item) for place, item in enumerate(cast("list[object]", value))]
    )
    for name, member in members:
        yield from flaws(member, kind, own, at + name)


def _union_flaws(value: object, kinds: tuple[object, ...], own: Own, at: str) -> Iterator[str]:
    structs = tuple(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Struct))
    if structs and Raw in kinds and value in own:
        return
    if structs and isinstance(value, dict):
        yield from _struct_flaws(cast("object", value), structs, own, at)
        return
    others = [kind for kind in kinds if kind is not UnsetType and kind is not Raw]
    if value is None and NoneType in others:
        return
    if all(any(flaws(value, kind, own, at)) for kind in others):
        yield f"{at}: {value!r} is none of {kinds}"


def _struct_flaws(value: object, kinds: tuple[type[Struct], ...], own: Own, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: no object"
        return
    members = cast("dict[str, object]", value)
    kind = next((kind for kind in kinds if _is_tagged(kind, members)), None)
    if kind is None:
        yield f"{at}: none of {[kind.__name__ for kind in kinds]} has the tag of {members}"
        return
    config = kind.__struct_config__
    known = {field.encode_name: field for field in fields(kind)}
    for name, member in members.items():
        if name in known:
            expected = NARROW.get((kind, known[name].name), cast("object", known[name].type))
            yield from flaws(member, expected, own, f"{at}.{name}")
        elif name != config.tag_field:
            yield f"{at}: unknown field {name}"
    for name, field in known.items():
        if field.required and name not in members:
            yield f"{at}: {name} is missing"


def _is_tagged(kind: type[Struct], members: Mapping[str, object]) -> bool:
    """Whether an object is the Struct that its tag names; one without a tag is any object that has no `type`."""
    config = kind.__struct_config__
    if config.tag_field is None:
        return "type" not in members
    return members.get(config.tag_field) == config.tag


def _base64_flaws(value: object, at: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{at}: no text"
        return
    try:
        b64decode(value, validate=True)
    except ValueError:
        yield f"{at}: no base64"
