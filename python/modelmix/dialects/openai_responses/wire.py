"""The format itself: every object of a request body, typed.

None of it can be part of a cycle, so the garbage collector need not look at it.
"""

from typing import Literal, TypeAlias

from msgspec import UNSET, Raw, Struct, UnsetType


class Breakpoint(Struct, gc=False):
    """Everything up to here is kept in the prompt cache, for as long as the request says."""

    mode: Literal["explicit"] = "explicit"


class InputText(Struct, gc=False, tag_field="type", tag="input_text"):
    text: str
    prompt_cache_breakpoint: Breakpoint | UnsetType = UNSET


class InputImage(Struct, gc=False, tag_field="type", tag="input_image"):
    image_url: Raw | UnsetType = UNSET
    file_id: str | UnsetType = UNSET
    detail: str | UnsetType = UNSET
    prompt_cache_breakpoint: Breakpoint | UnsetType = UNSET


class InputFile(Struct, gc=False, tag_field="type", tag="input_file"):
    filename: str | UnsetType = UNSET
    file_data: Raw | UnsetType = UNSET
    file_url: str | UnsetType = UNSET
    file_id: str | UnsetType = UNSET
    prompt_cache_breakpoint: Breakpoint | UnsetType = UNSET


InputPart: TypeAlias = InputText | InputImage | InputFile

Role: TypeAlias = Literal["user", "system", "developer"]


class InputMessage(Struct, gc=False):
    role: Role
    content: str | list[InputPart]


class OutputText(Struct, gc=False, tag_field="type", tag="output_text"):
    text: str
    annotations: list[Raw] | UnsetType = UNSET


class OutputRefusal(Struct, gc=False, tag_field="type", tag="refusal"):
    refusal: str


OutputPart: TypeAlias = OutputText | OutputRefusal


class OutputMessage(Struct, gc=False, tag_field="type", tag="message"):
    """llama.cpp wants the `type`; an id is that of a message which follows its reasoning."""

    content: list[OutputPart]
    role: Literal["assistant"] = "assistant"
    id: str | UnsetType = UNSET
    phase: Raw | UnsetType = UNSET


class FunctionCall(Struct, gc=False, tag_field="type", tag="function_call"):
    call_id: str
    name: str
    arguments: str
    id: str | UnsetType = UNSET
    namespace: Raw | UnsetType = UNSET
    caller: Raw | UnsetType = UNSET


class CustomCall(Struct, gc=False, tag_field="type", tag="custom_tool_call"):
    call_id: str
    name: str
    input: str
    id: str | UnsetType = UNSET
    namespace: Raw | UnsetType = UNSET
    caller: Raw | UnsetType = UNSET


class FunctionOutput(Struct, gc=False, tag_field="type", tag="function_call_output"):
    call_id: str
    output: str | list[InputPart]
    caller: Raw | UnsetType = UNSET


class CustomOutput(Struct, gc=False, tag_field="type", tag="custom_tool_call_output"):
    call_id: str
    output: str | list[InputPart]
    caller: Raw | UnsetType = UNSET


Item: TypeAlias = InputMessage | OutputMessage | FunctionCall | CustomCall | FunctionOutput | CustomOutput | Raw
"""One entry of `input`. `Raw` is an item of the provider's own, as it came."""


class Tool(Struct, gc=False, tag_field="type", tag="function"):
    name: str
    parameters: Raw
    strict: bool
    """Absent, a schema would be made strict: what is optional in it would become required."""
    description: str | UnsetType = UNSET


class NamedTool(Struct, gc=False, tag_field="type", tag="function"):
    name: str


class SchemaFormat(Struct, gc=False, tag_field="type", tag="json_schema"):
    name: str
    schema: Raw
    description: str | UnsetType = UNSET
    strict: bool | UnsetType = UNSET


class ObjectFormat(Struct, gc=False, tag_field="type", tag="json_object"):
    pass


class TextConfig(Struct, gc=False):
    format: SchemaFormat | ObjectFormat


class ChatSchema(Struct, gc=False):
    name: str
    schema: Raw
    description: str | UnsetType = UNSET
    strict: bool | UnsetType = UNSET


class ChatSchemaFormat(Struct, gc=False, tag_field="type", tag="json_schema"):
    """The form as chat completions have it, for servers that read it from there."""

    json_schema: ChatSchema


class Reasoning(Struct, gc=False):
    effort: str


class Replayed(Struct, gc=False):
    """What of a reasoning item decides whether and how it may go back."""

    id: str | None = None
    encrypted_content: str | None = None
    content: list[Raw] | None = None


class Sealed(Struct, gc=False):
    """What the decoder keeps with a text or a call, to go back with it."""

    id: str | UnsetType = UNSET
    phase: Raw | UnsetType = UNSET
    namespace: Raw | UnsetType = UNSET
    caller: Raw | UnsetType = UNSET
