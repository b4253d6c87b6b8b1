"""The format itself: every object of a request body, typed. What differs by model is in the provider's file."""

from typing import Literal, TypeAlias

from msgspec import UNSET, Raw, Struct, UnsetType


class Blob(Struct, rename="camel"):
    mime_type: str
    data: bytes
    """Base64 on the wire."""


class FileData(Struct, rename="camel"):
    file_uri: str
    mime_type: str | UnsetType = UNSET


class FunctionCall(Struct):
    name: str
    args: Raw
    id: str | UnsetType = UNSET


class FunctionResponse(Struct):
    name: str
    response: "dict[str, Raw]"
    id: str | UnsetType = UNSET
    parts: "list[Part] | UnsetType" = UNSET
    """Media (https://ai.google.dev/gemini-api/docs/function-calling#multimodal)."""


class Part(Struct, rename="camel", kw_only=True):
    """One part: its kind is told by the field that is set."""

    text: str | UnsetType = UNSET
    inline_data: Blob | UnsetType = UNSET
    file_data: FileData | UnsetType = UNSET
    function_call: FunctionCall | UnsetType = UNSET
    function_response: FunctionResponse | UnsetType = UNSET
    thought: bool | UnsetType = UNSET
    thought_signature: str | UnsetType = UNSET


AnyPart: TypeAlias = Part | Raw
"""A part of ours, or one that goes back as it came."""


class Content(Struct):
    role: Literal["user", "model"]
    parts: list[AnyPart]


class Instruction(Struct):
    parts: list[Part]


class FunctionDeclaration(Struct, rename="camel"):
    name: str
    parameters_json_schema: Raw
    description: str | UnsetType = UNSET


class Functions(Struct, rename="camel"):
    function_declarations: list[FunctionDeclaration]


class CallingConfig(Struct, rename="camel"):
    mode: Literal["AUTO", "ANY", "NONE", "VALIDATED"]
    allowed_function_names: tuple[str, ...] | UnsetType = UNSET


class ThinkingConfig(Struct, rename="camel", kw_only=True):
    """Level and budget exclude each other."""

    thinking_level: str | UnsetType = UNSET
    thinking_budget: int | UnsetType = UNSET
    include_thoughts: bool | UnsetType = UNSET
