"""The format itself: every object of a request body, typed."""

from typing import Literal, TypeAlias

from msgspec import UNSET, Raw, Struct, UnsetType


class TextPart(Struct, tag_field="type", tag="text"):
    text: str


class ImageUrl(Struct):
    url: Raw
    detail: str | UnsetType = UNSET


class ImagePart(Struct, tag_field="type", tag="image_url"):
    image_url: ImageUrl


class InputAudio(Struct):
    data: bytes
    """Base64 on the wire."""
    format: Literal["wav", "mp3"]


class AudioPart(Struct, tag_field="type", tag="input_audio"):
    input_audio: InputAudio


class FileData(Struct):
    filename: str | UnsetType = UNSET
    file_data: Raw | UnsetType = UNSET
    file_id: str | UnsetType = UNSET


class FilePart(Struct, tag_field="type", tag="file"):
    file: FileData


ContentPart: TypeAlias = TextPart | ImagePart | AudioPart | FilePart

Content: TypeAlias = str | list[ContentPart]


class SystemMessage(Struct, tag_field="role", tag="system"):
    content: Content


class DeveloperMessage(Struct, tag_field="role", tag="developer"):
    content: Content


class UserMessage(Struct, tag_field="role", tag="user"):
    content: Content


class Function(Struct):
    name: str
    arguments: str


class Call(Struct, tag_field="type", tag="function"):
    id: str
    function: Function


class AssistantMessage(Struct, tag_field="role", tag="assistant"):
    content: str | None
    """`null` where there is no text; some servers refuse an absent or empty one beside calls."""
    tool_calls: list[Call] | UnsetType = UNSET
    reasoning_content: str | UnsetType = UNSET
    reasoning: str | UnsetType = UNSET
    reasoning_details: Raw | UnsetType = UNSET


class ToolMessage(Struct, tag_field="role", tag="tool"):
    tool_call_id: str
    content: str


Message: TypeAlias = SystemMessage | DeveloperMessage | UserMessage | AssistantMessage | ToolMessage


class FunctionSpec(Struct):
    name: str
    parameters: Raw
    description: str | UnsetType = UNSET
    strict: bool | UnsetType = UNSET


class ToolEntry(Struct, tag_field="type", tag="function"):
    function: FunctionSpec


class FunctionName(Struct):
    name: str


class NamedTool(Struct, tag_field="type", tag="function"):
    function: FunctionName


class JsonSchema(Struct):
    name: str
    schema: Raw
    description: str | UnsetType = UNSET
    strict: bool | UnsetType = UNSET


class SchemaFormat(Struct, tag_field="type", tag="json_schema"):
    json_schema: JsonSchema


class ObjectFormat(Struct, tag_field="type", tag="json_object"):
    pass


class StreamOptions(Struct):
    include_usage: bool


class Reasoning(Struct):
    effort: str
