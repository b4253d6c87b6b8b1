"""The format itself: every object of a request body, typed.

None of it can be part of a cycle, so the garbage collector need not look at it: a long conversation is a thousand of
these.
"""

from typing import Literal, TypeAlias

from msgspec import UNSET, Raw, Struct, UnsetType


class TextPart(Struct, gc=False, tag_field="type", tag="text"):
    text: str


class ImageUrl(Struct, gc=False):
    url: Raw
    detail: str | UnsetType = UNSET


class ImagePart(Struct, gc=False, tag_field="type", tag="image_url"):
    image_url: ImageUrl


class InputAudio(Struct, gc=False):
    data: bytes
    """Base64 on the wire."""
    format: Literal["wav", "mp3"]


class AudioPart(Struct, gc=False, tag_field="type", tag="input_audio"):
    input_audio: InputAudio


class FileData(Struct, gc=False):
    filename: str | UnsetType = UNSET
    file_data: Raw | UnsetType = UNSET
    file_id: str | UnsetType = UNSET


class FilePart(Struct, gc=False, tag_field="type", tag="file"):
    file: FileData


ContentPart: TypeAlias = TextPart | ImagePart | AudioPart | FilePart

Content: TypeAlias = str | list[ContentPart]


class SystemMessage(Struct, gc=False, tag_field="role", tag="system"):
    content: Content


class DeveloperMessage(Struct, gc=False, tag_field="role", tag="developer"):
    content: Content


class UserMessage(Struct, gc=False, tag_field="role", tag="user"):
    content: Content


class Function(Struct, gc=False):
    name: str
    arguments: str


class Call(Struct, gc=False, tag_field="type", tag="function"):
    id: str
    function: Function


class AssistantMessage(Struct, gc=False, tag_field="role", tag="assistant"):
    content: str | None
    """`null` where there is no text; some servers refuse an absent or empty one beside calls."""
    tool_calls: list[Call] | UnsetType = UNSET
    reasoning_content: str | UnsetType = UNSET
    reasoning: str | UnsetType = UNSET
    reasoning_details: Raw | UnsetType = UNSET


class ToolMessage(Struct, gc=False, tag_field="role", tag="tool"):
    tool_call_id: str
    content: str


Message: TypeAlias = SystemMessage | DeveloperMessage | UserMessage | AssistantMessage | ToolMessage


class FunctionSpec(Struct, gc=False):
    name: str
    parameters: Raw
    description: str | UnsetType = UNSET
    strict: bool | UnsetType = UNSET


class ToolEntry(Struct, gc=False, tag_field="type", tag="function"):
    function: FunctionSpec


class FunctionName(Struct, gc=False):
    name: str


class NamedTool(Struct, gc=False, tag_field="type", tag="function"):
    function: FunctionName


class JsonSchema(Struct, gc=False):
    name: str
    schema: Raw
    description: str | UnsetType = UNSET
    strict: bool | UnsetType = UNSET


class SchemaFormat(Struct, gc=False, tag_field="type", tag="json_schema"):
    json_schema: JsonSchema


class ObjectFormat(Struct, gc=False, tag_field="type", tag="json_object"):
    pass


class StreamOptions(Struct, gc=False):
    include_usage: bool


class Reasoning(Struct, gc=False):
    effort: str
