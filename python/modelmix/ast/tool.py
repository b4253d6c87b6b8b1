"""A tool a model may call, and how freely."""

from typing import Literal, TypeAlias

from modelmix.ast.content import JsonText
from modelmix.node import Node


class ToolSpec(Node, frozen=True, kw_only=True):
    """A tool as a model sees it: `parameters` is a JSON Schema for an object.

    `strict` asks the provider to enforce the schema; None leaves that to the provider.
    """

    name: str
    description: str = ""
    parameters: JsonText = JsonText('{"type":"object","properties":{}}')
    strict: bool | None = None


class OneTool(Node, frozen=True):
    """The model must call this tool."""

    name: str


ToolChoice: TypeAlias = Literal["auto", "none", "required"] | OneTool
"""Whether the model may, must not, or must call tools."""
