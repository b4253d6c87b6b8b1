"""The formats themselves: every object of a request body, typed."""

from msgspec import UNSET, Struct, UnsetType


class Part(Struct):
    text: str


class Content(Struct):
    parts: list[Part]


class EmbedContent(Struct, rename="camel"):
    model: str
    content: Content
    task_type: str | UnsetType = UNSET
    output_dimensionality: int | UnsetType = UNSET
