"""The format itself: every object of a request body, typed."""

from typing import Literal, TypeAlias

from msgspec import UNSET, Raw, Struct, UnsetType


class CacheControl(Struct, tag_field="type", tag="ephemeral"):
    ttl: Literal["5m", "1h"] | UnsetType = UNSET


class TextBlock(Struct, tag_field="type", tag="text"):
    text: str
    citations: list[Raw] | UnsetType = UNSET
    cache_control: CacheControl | UnsetType = UNSET


class Base64Source(Struct, tag_field="type", tag="base64"):
    media_type: str
    data: bytes
    """Base64 on the wire."""


class UrlSource(Struct, tag_field="type", tag="url"):
    url: str


class FileSource(Struct, tag_field="type", tag="file"):
    file_id: str


class TextSource(Struct, tag_field="type", tag="text"):
    data: str
    media_type: Literal["text/plain"] = "text/plain"


class ImageBlock(Struct, tag_field="type", tag="image"):
    source: Base64Source | UrlSource | FileSource
    cache_control: CacheControl | UnsetType = UNSET


class DocumentBlock(Struct, tag_field="type", tag="document"):
    source: Base64Source | UrlSource | FileSource | TextSource
    title: str | UnsetType = UNSET
    cache_control: CacheControl | UnsetType = UNSET


class ThinkingBlock(Struct, tag_field="type", tag="thinking"):
    thinking: str
    signature: str


class ToolUseBlock(Struct, tag_field="type", tag="tool_use"):
    id: str
    name: str
    input: Raw
    cache_control: CacheControl | UnsetType = UNSET


ResultBlock: TypeAlias = TextBlock | ImageBlock | DocumentBlock


class ToolResultBlock(Struct, tag_field="type", tag="tool_result"):
    tool_use_id: str
    content: str | list[ResultBlock] | UnsetType = UNSET
    is_error: bool | UnsetType = UNSET
    cache_control: CacheControl | UnsetType = UNSET


Block: TypeAlias = TextBlock | ImageBlock | DocumentBlock | ThinkingBlock | ToolUseBlock | ToolResultBlock

Content: TypeAlias = list[Block | Raw]
"""What a turn holds; raw blocks are the provider's own, as they came."""


class Message(Struct):
    role: Literal["user", "assistant"]
    content: str | Content


class Tool(Struct):
    name: str
    input_schema: Raw
    description: str | UnsetType = UNSET
    strict: bool | UnsetType = UNSET


class ToolChoice(Struct):
    type: Literal["auto", "any", "tool", "none"]
    name: str | UnsetType = UNSET
    disable_parallel_tool_use: bool | UnsetType = UNSET


class Enabled(Struct, tag_field="type", tag="enabled"):
    budget_tokens: int


class Adaptive(Struct, tag_field="type", tag="adaptive"):
    display: Literal["summarized"] | UnsetType = UNSET


class Disabled(Struct, tag_field="type", tag="disabled"):
    pass


class SchemaFormat(Struct, tag_field="type", tag="json_schema"):
    schema: Raw


class OutputConfig(Struct):
    effort: str | UnsetType = UNSET
    format: SchemaFormat | UnsetType = UNSET
