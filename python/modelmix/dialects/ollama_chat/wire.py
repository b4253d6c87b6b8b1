"""The format itself: every object of a request body, typed."""

from typing import TypeAlias

from msgspec import UNSET, Raw, Struct, UnsetType


class SystemMessage(Struct, tag_field="role", tag="system"):
    content: str


class UserMessage(Struct, tag_field="role", tag="user"):
    content: str
    images: list[Raw] | UnsetType = UNSET
    """Base64, one string a picture, without a media type."""


class Function(Struct):
    name: str
    arguments: Raw
    """An object, not text."""


class Call(Struct):
    function: Function


class AssistantMessage(Struct, tag_field="role", tag="assistant"):
    content: str
    """Empty where there is no text: the server's own type is a string."""
    thinking: str | UnsetType = UNSET
    images: list[Raw] | UnsetType = UNSET
    tool_calls: list[Call] | UnsetType = UNSET


class ToolMessage(Struct, tag_field="role", tag="tool"):
    content: str
    tool_name: str
    images: list[Raw] | UnsetType = UNSET


Message: TypeAlias = SystemMessage | UserMessage | AssistantMessage | ToolMessage


class FunctionSpec(Struct):
    name: str
    parameters: Raw
    description: str | UnsetType = UNSET


class ToolEntry(Struct, tag_field="type", tag="function"):
    function: FunctionSpec
